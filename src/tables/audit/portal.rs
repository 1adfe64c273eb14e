//! The portal's CSV of audit rows: targets, changed properties and further details in numbered columns.

use crate::tables::members::{Members, WrittenTime};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

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
    let (targets, details) = numbered(row);
    Some(json!({
        "activityDisplayName": operation,
        "correlationId": text("CorrelationId"),
        "loggedByService": text("Service"),
        "result": text("Result"),
        "resultReason": text("ResultReason"),
        "userAgent": text("User Agent"),
        "callerIpAddress": text("IPAddress"),
        "initiatedBy": actor,
        "targetResources": targets,
        "additionalDetails": details,
    }))
}

/// The time of a row: `Date (UTC)`, `Date (UTC+02:00)`, or `Date` where the portal does not say the zone.
pub(super) fn time<'r>(row: &Members<'r>) -> Option<WrittenTime<'r>> {
    row.text("Activity")?;
    let is_date = |name: &&str| {
        let name = name.to_ascii_lowercase();
        name == "date" || name.starts_with("date (")
    };
    let name = row.names().find(is_date)?;
    row.time(&[name])
}

/// Objects by their numbers.
type Numbered = BTreeMap<u32, Map<String, Value>>;

/// Targets and further details, from every numbered column that has a cell.
fn numbered(row: &Members<'_>) -> (Vec<Value>, Vec<Value>) {
    let (mut targets, mut properties, mut details) =
        (Numbered::new(), BTreeMap::<u32, Numbered>::new(), Numbered::new());
    for (name, text) in row.texts() {
        let name = name.trim().to_ascii_lowercase();
        if let Some((number, part)) = part(&name, "target") {
            let target = targets.entry(number).or_default();
            if let Some((number_of, part)) = self::part(part, "modifiedproperty") {
                let property = properties.entry(number).or_default().entry(number_of).or_default();
                insert(
                    property,
                    part,
                    &[("name", "displayName"), ("oldvalue", "oldValue"), ("newvalue", "newValue")],
                    text,
                );
            } else {
                let names = [
                    ("type", "type"),
                    ("displayname", "displayName"),
                    ("objectid", "id"),
                    ("userprincipalname", "userPrincipalName"),
                ];
                insert(target, part, &names, text);
            }
        } else if let Some((number, part)) = part(&name, "additionaldetail") {
            insert(details.entry(number).or_default(), part, &[("key", "key"), ("value", "value")], text);
        }
    }
    for (number, properties) in properties {
        let list = listed(properties);
        targets.entry(number).or_default().insert("modifiedProperties".to_owned(), Value::Array(list));
    }
    (listed(targets), listed(details))
}

fn listed(objects: Numbered) -> Vec<Value> {
    objects.into_values().filter(|object| !object.is_empty()).map(Value::Object).collect()
}

/// Number and rest of a column's name, `target2displayname`.
fn part<'n>(name: &'n str, start: &str) -> Option<(u32, &'n str)> {
    let rest = name.strip_prefix(start)?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    Some((rest[..end].parse().ok()?, &rest[end..]))
}

fn insert(object: &mut Map<String, Value>, part: &str, names: &[(&str, &str)], text: &str) {
    if let Some((_, name)) = names.iter().find(|(written, _)| *written == part) {
        object.entry(*name).or_insert_with(|| json!(text));
    }
}
