//! The portal's CSV of audit rows: targets, changed properties and further details in numbered columns.

use crate::tables::members::{Members, WrittenTime};
use serde_json::{Map, Value, json};

/// Sets of columns of one kind that are looked for; today's files have 3 targets, 5 properties each and 6 details.
const MOST: usize = 20;

/// A row in the shape of the Graph API; `None` where it is no row of the portal's CSV. It has no record id.
pub(super) fn record(row: &Members<'_>) -> Option<Value> {
    let operation = row.text("Activity")?;
    row.first(&["ActorType", "Service", "Target1Type"])?;
    let text = |name: &str| row.text(name).map_or(Value::Null, |text| json!(text));
    let is_user = row.text("ActorType").is_none_or(|kind| kind.eq_ignore_ascii_case("user"));
    let actor = if is_user {
        json!({"user": {
            "id": text("ActorObjectId"),
            "displayName": text("ActorDisplayName"),
            "userPrincipalName": text("ActorUserPrincipalName"),
        }})
    } else {
        let name = row.first(&["ActorDisplayName", "ActorServicePrincipalName"]);
        let id = row.first(&["ActorServicePrincipalId", "ActorObjectId"]);
        json!({"app": {"displayName": name, "servicePrincipalId": id}})
    };
    Some(json!({
        "activityDisplayName": operation,
        "correlationId": text("CorrelationId"),
        "loggedByService": text("Service"),
        "result": text("Result"),
        "resultReason": text("ResultReason"),
        "userAgent": text("User Agent"),
        "callerIpAddress": text("IPAddress"),
        "initiatedBy": actor,
        "targetResources": numbered(|n| target(row, n)),
        "additionalDetails": numbered(|n| pair(row, &format!("AdditionalDetail{n}"), &[("Key", "key"), ("Value", "value")])),
    }))
}

/// The time of a row: `Date (UTC)`, or `Date` where the portal showed another zone.
pub(super) fn time(row: &Members<'_>) -> Option<WrittenTime> {
    row.text("Activity")?;
    row.time(&["Date (UTC)", "Date"])
}

fn numbered(read: impl Fn(usize) -> Option<Value>) -> Vec<Value> {
    (1..=MOST).filter_map(read).collect()
}

fn target(row: &Members<'_>, number: usize) -> Option<Value> {
    let start = format!("Target{number}");
    let names = [
        ("Type", "type"),
        ("DisplayName", "displayName"),
        ("ObjectId", "id"),
        ("UserPrincipalName", "userPrincipalName"),
    ];
    let values = [("Name", "displayName"), ("OldValue", "oldValue"), ("NewValue", "newValue")];
    let properties = numbered(|n| pair(row, &format!("{start}ModifiedProperty{n}"), &values));
    let target = pair(row, &start, &names);
    if target.is_none() && properties.is_empty() {
        return None;
    }
    let mut target = target.unwrap_or_else(|| json!({}));
    target["modifiedProperties"] = Value::Array(properties);
    Some(target)
}

/// The cells of columns that begin alike, under other names; `None` where all are empty.
fn pair(row: &Members<'_>, start: &str, names: &[(&str, &str)]) -> Option<Value> {
    let mut object = Map::new();
    for (end, name) in names {
        if let Some(text) = row.text(&format!("{start}{end}")) {
            object.insert((*name).to_owned(), json!(text));
        }
    }
    (!object.is_empty()).then_some(Value::Object(object))
}
