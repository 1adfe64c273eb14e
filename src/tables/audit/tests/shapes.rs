//! A record in the shape of the Graph API, put into every other shape.

use super::super::read;
use crate::model::Field;
use crate::tables::act::{ActRow, testing};
use serde_json::{Map, Value, json};

/// A record in the shape of the Graph API.
pub(super) fn graph(operation: &str, user: bool, targets: &Value, details: &Value) -> Value {
    let initiated = if user {
        json!({"app": null, "user": {
            "id": "11111111-0000-4000-8000-000000000001", "displayName": null,
            "userPrincipalName": "Admin@contoso.com", "ipAddress": "203.0.113.7",
        }})
    } else {
        json!({"user": null, "app": {
            "appId": null, "displayName": "Device Registration Service",
            "servicePrincipalId": "99999999-0000-4000-8000-000000000009", "servicePrincipalName": null,
        }})
    };
    json!({
        "id": "Directory_22222222-0000-4000-8000-000000000002_ABCDE_1",
        "category": "UserManagement",
        "correlationId": "22222222-0000-4000-8000-000000000002",
        "result": "success",
        "resultReason": "",
        "activityDisplayName": operation,
        "activityDateTime": "2026-05-20T14:02:04.1234567Z",
        "loggedByService": "Core Directory",
        "operationType": "Update",
        "userAgent": null,
        "initiatedBy": initiated,
        "targetResources": targets,
        "additionalDetails": details,
    })
}

pub(super) fn renamed(value: &Value, name: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (name(key), renamed(value, name))).collect())
        }
        Value::Array(items) => items.iter().map(|item| renamed(item, name)).collect(),
        other => other.clone(),
    }
}

pub(super) fn capital(key: &str) -> String {
    key[..1].to_uppercase() + &key[1..]
}

pub(super) fn snake(key: &str) -> String {
    let mut name = String::new();
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// Columns of Log Analytics, their objects as texts or not.
pub(super) fn log_analytics(record: &Value, as_text: bool) -> Value {
    let mut row = Map::new();
    for (key, value) in record.as_object().unwrap() {
        let value =
            if as_text && !value.is_string() && !value.is_null() { json!(value.to_string()) } else { value.clone() };
        row.insert(capital(key), value);
    }
    row.insert("OperationName".to_owned(), record["activityDisplayName"].clone());
    row.insert("TimeGenerated".to_owned(), record["activityDateTime"].clone());
    // A computed column has taken its place.
    row.insert("Type".to_owned(), json!("ServicePrincipal"));
    Value::Object(row)
}

pub(super) fn diagnostics(record: &Value) -> Value {
    json!({
        "time": "2026-05-20T14:02:04.1234567Z",
        "resourceId": "/tenants/55555555-0000-4000-8000-000000000005/providers/Microsoft.aadiam",
        "operationName": record["activityDisplayName"],
        "category": "AuditLogs",
        "resultSignature": "None",
        "callerIpAddress": "203.0.113.7",
        "correlationId": record["correlationId"],
        "identity": "Somebody",
        "Level": 4,
        "properties": record,
    })
}

/// Elastic's names, arrays of targets and properties as objects with numbers.
pub(super) fn elastic(record: &Value) -> Value {
    let numbered = |items: &Value| -> Value {
        let items = items.as_array().unwrap().iter().enumerate();
        Value::Object(items.map(|(at, item)| (at.to_string(), item.clone())).collect())
    };
    let mut properties = record.clone();
    for target in properties["targetResources"].as_array_mut().unwrap() {
        target["modifiedProperties"] = numbered(&target["modifiedProperties"]);
    }
    properties["targetResources"] = numbered(&properties["targetResources"]);
    properties.as_object_mut().unwrap().remove("result");
    json!({
        "@timestamp": "2026-05-20T14:02:04.123Z",
        "azure": {
            "auditlogs": {
                "operation_name": record["activityDisplayName"],
                "category": "AuditLogs",
                "properties": renamed(&properties, &snake),
            },
            "correlation_id": record["correlationId"],
        },
        "event": {"action": record["activityDisplayName"], "outcome": record["result"]},
        "source": {"ip": "203.0.113.7"},
    })
}

pub(super) fn flat(value: &Value, start: &str, into: &mut Map<String, Value>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if start.is_empty() { key.clone() } else { format!("{start}.{key}") };
                flat(value, &name, into);
            }
        }
        other => {
            into.insert(start.to_owned(), other.clone());
        }
    }
}

/// The portal's columns and cells.
pub(super) fn portal(record: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (user, app) = (&record["initiatedBy"]["user"], &record["initiatedBy"]["app"]);
    let mut cells = vec![
        ("Date (UTC)".to_owned(), text(&record["activityDateTime"])),
        ("CorrelationId".to_owned(), text(&record["correlationId"])),
        ("Service".to_owned(), text(&record["loggedByService"])),
        ("Category".to_owned(), text(&record["category"])),
        ("Activity".to_owned(), text(&record["activityDisplayName"])),
        ("Result".to_owned(), text(&record["result"])),
        ("ResultReason".to_owned(), text(&record["resultReason"])),
        ("User Agent".to_owned(), String::new()),
        ("ActorType".to_owned(), if user.is_null() { "Application" } else { "User" }.to_owned()),
        ("ActorDisplayName".to_owned(), text(&app["displayName"])),
        ("ActorObjectId".to_owned(), text(&user["id"])),
        ("ActorUserPrincipalName".to_owned(), text(&user["userPrincipalName"])),
        ("IPAddress".to_owned(), "203.0.113.7".to_owned()),
        ("ActorServicePrincipalId".to_owned(), text(&app["servicePrincipalId"])),
    ];
    for (target, n) in record["targetResources"].as_array().unwrap().iter().zip(1..) {
        for (name, key) in [
            ("Type", "type"),
            ("DisplayName", "displayName"),
            ("ObjectId", "id"),
            ("UserPrincipalName", "userPrincipalName"),
        ] {
            cells.push((format!("Target{n}{name}"), text(&target[key])));
        }
        for (property, m) in target["modifiedProperties"].as_array().unwrap().iter().zip(1..) {
            for (name, key) in [("Name", "displayName"), ("OldValue", "oldValue"), ("NewValue", "newValue")] {
                cells.push((format!("Target{n}ModifiedProperty{m}{name}"), text(&property[key])));
            }
        }
    }
    for (detail, n) in record["additionalDetails"].as_array().unwrap().iter().zip(1..) {
        cells.push((format!("AdditionalDetail{n}Key"), text(&detail["key"])));
        cells.push((format!("AdditionalDetail{n}Value"), text(&detail["value"])));
    }
    cells
}

pub(super) fn of_json(json: &Value) -> ActRow<'static> {
    testing::of_json(read, json)
}

pub(super) fn of_cells(cells: &[(String, String)]) -> ActRow<'static> {
    testing::of_cells(read, cells)
}

/// Every shape of a record in the shape of the Graph API.
pub(super) fn shapes(record: &Value) -> Vec<(&'static str, ActRow<'static>)> {
    let nested = elastic(record);
    let mut flattened = Map::new();
    flat(&nested, "", &mut flattened);
    let diagnostics = diagnostics(record);
    let lower = |key: &str| key.to_ascii_lowercase();
    vec![
        ("Graph API", of_json(record)),
        ("Log Analytics", of_json(&log_analytics(record, false))),
        ("Log Analytics, texts", of_json(&log_analytics(record, true))),
        ("diagnostics", of_json(&diagnostics)),
        ("lower case", of_json(&renamed(&diagnostics, &lower))),
        ("Elastic", of_json(&nested)),
        ("Elastic, flat", of_json(&Value::Object(flattened))),
        (
            "Elastic, original",
            of_json(&json!({"event": {"original": diagnostics.to_string()}, "azure": nested["azure"]})),
        ),
        ("Kibana", of_json(&json!({"_index": "i", "_id": "x", "_source": nested}))),
        ("Splunk", of_json(&json!({"preview": false, "result": {"_raw": diagnostics.to_string()}}))),
        ("portal CSV", of_cells(&portal(record))),
    ]
}

/// Fails where a shape gives another row than the Graph API, up to what the shape cannot hold.
pub(super) fn same_in_every_shape(record: &Value) -> ActRow<'static> {
    let shapes = shapes(record);
    let expected = shapes[0].1.clone();
    for (shape, row) in shapes {
        for field in Field::ALL {
            let lacks = field == Field::Id && shape == "portal CSV"
                || field == Field::IpAddress && expected.get(field).is_none();
            if !lacks {
                assert_eq!(row.get(field), expected.get(field), "{field:?} of {shape}");
            }
        }
        assert_eq!(row.failed, expected.failed, "{shape}");
        let time = row.created.map(|time| time.text).unwrap_or_default();
        assert!(time.starts_with("2026-05-20T14:02:04.123"), "{shape}: {time}");
    }
    expected
}
