//! Teams: chats read and written, members and apps added.

use super::shape::Body;
use super::words::{is_true, meaning};
use crate::model::Field;
use crate::model::words::listed;
use crate::tables::act::ActRow;
use crate::tables::json::Value;
use crate::tables::members::{elements, member, member_text};

/// Names and domains that are listed.
const MOST: usize = 5;

/// Puts what was done in Teams.
pub(super) fn put<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>, operation: &str) {
    let text = |names: &[&str]| names.iter().find_map(|name| meaning(body.text(name)?));
    let of_message =
        matches!(operation, "messagedeleted" | "messageupdated" | "messageedited" | "messageeditedhaslink");
    let of_app = matches!(
        operation,
        "appinstalled" | "appuninstalled" | "botaddedtoteam" | "connectoradded" | "connectorupdated" | "tabadded"
    );
    let team = || text(&["TeamName"]);
    let chat = || text(&["ChatName"]).or_else(|| text(&["ChatThreadId"]));
    let message = || text(&["MessageId"]);
    let add_on = || text(&["AddOnName", "AddonName", "TabName", "Name"]);
    let object = match () {
        () if operation == "teamssessionstarted" => None,
        () if of_message => message().or_else(chat).or_else(team),
        () if of_app => add_on().or_else(team).or_else(chat),
        () => team().or_else(chat).or_else(message),
    };
    let rest = || text(&["MeetingTitle", "ItemName", "TeamGuid", "ChannelGuid", "ObjectId", "OfficeObjectId"]);
    let is_session = operation == "teamssessionstarted";
    row.set_some(Field::Object, object.or_else(|| if is_session { None } else { rest() }));

    let mut detail = Vec::new();
    if of_app && row.get(Field::Object) != team() {
        detail.extend(team().map(|team| format!("in {team}")));
    }
    detail.extend(text(&["ChannelName"]).map(|channel| format!("channel {channel}")));
    let members = body.value("Members");
    let name = |member: Value<'r>| {
        let names = ["UPN", "Upn", "UserPrincipalName", "DisplayName"];
        names.iter().find_map(|name| meaning(member_text(member, name)?))
    };
    let members: Vec<&str> = elements(members).filter_map(name).collect();
    if !members.is_empty() {
        detail.push(format!("with {}", listed(&members, MOST)));
    }
    let participants = body.value("ParticipantInfo");
    if member_text(participants, "HasForeignTenantUsers").is_some_and(is_true) {
        row.set(Field::Variant, "foreign");
        let domains = member(participants, "ParticipatingDomains");
        let domains: Vec<&str> = elements(domains).filter_map(Value::as_str).collect();
        detail.push(match domains.as_slice() {
            [] => "outside the tenant".to_owned(),
            domains => format!("outside the tenant: {}", listed(domains, MOST)),
        });
    }
    row.set(Field::Detail, detail.join(", "));
}
