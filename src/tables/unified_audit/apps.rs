//! Copilot, Power Automate, Power BI, and operations of which nothing more is known.

use super::shape::Body;
use super::words::meaning;
use crate::model::Field;
use crate::model::words::listed;
use crate::tables::act::ActRow;
use crate::tables::json::Value;
use crate::tables::members::{elements, member, member_text};

/// Resources that are listed.
const MOST: usize = 5;

/// Puts what a record was done to.
pub(super) fn put<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>) {
    let text = |names: &[&str]| names.iter().find_map(|name| meaning(body.text(name)?));
    if body.has("CopilotEventData") {
        return copilot(row, body);
    }
    let flow = || text(&["FlowDisplayName", "FlowName", "FlowDetailsUrl"]);
    let report = || text(&["ReportName", "DashboardName", "DatasetName", "DataflowName", "ItemName"]);
    let other = || text(&["ObjectId", "OfficeObjectId", "Name", "Item"]);
    row.set_some(Field::Object, flow().or_else(report).or_else(other));
    let connectors = text(&["FlowConnectorNames"]).map(|names| format!("uses {names}"));
    row.set_some(Field::Detail, connectors.or_else(|| text(&["WorkSpaceName"]).map(|name| format!("in {name}"))));
}

/// Documents that Copilot read for the user, else the application that it was asked in.
fn copilot<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>) {
    let data = body.value("CopilotEventData");
    let host = member_text(data, "AppHost").and_then(meaning);
    let resources = elements(member(data, "AccessedResources"));
    let name = |resource: Value<'r>| {
        ["Name", "SiteUrl", "Id", "ID"].iter().find_map(|name| meaning(member_text(resource, name)?))
    };
    let names: Vec<&str> = resources.filter_map(name).collect();
    if names.is_empty() {
        row.set_some(Field::Object, host);
    } else {
        row.set(Field::Object, listed(&names, MOST));
        row.set_some(Field::Detail, host.map(|host| format!("in {host}")));
    }
}
