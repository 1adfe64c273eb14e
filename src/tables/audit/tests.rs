//! Each record in every shape, and what is read of each kind of change.

mod kinds;
mod shapes;

use crate::model::Field;
use serde_json::{Value, json};
use shapes::{diagnostics, graph, log_analytics, of_json, same_in_every_shape};

fn property(name: &str, old: Option<&str>, new: Option<&str>) -> Value {
    json!({"displayName": name, "oldValue": old, "newValue": new})
}

#[expect(clippy::needless_pass_by_value, reason = "a call reads as the record does")]
fn target(kind: &str, name: Option<&str>, upn: Option<&str>, properties: Vec<Value>) -> Value {
    let id = format!("{:0>8}-0000-4000-8000-00000000000a", kind.len());
    json!({"id": id, "displayName": name, "type": kind, "userPrincipalName": upn, "modifiedProperties": properties})
}

#[test]
fn a_change_reads_the_same_in_every_shape() {
    let targets = json!([
        target(
            "User",
            None,
            Some("Eve@contoso.com"),
            vec![
                property("Role.ObjectID", None, Some("\"77777777-0000-4000-8000-000000000007\"")),
                property("Role.DisplayName", None, Some("\"Global Administrator\"")),
                property("Role.TemplateId", None, Some("\"62e90394-69f5-4237-9190-012177145e10\"")),
            ],
        ),
        target("Role", None, None, vec![]),
    ]);
    let details = json!([{"key": "User-Agent", "value": "python-requests/2.31"}]);
    let row = same_in_every_shape(&graph("Add member to role", true, &targets, &details));
    for (field, text) in [
        (Field::Id, "Directory_22222222-0000-4000-8000-000000000002_ABCDE_1"),
        (Field::CorrelationId, "22222222-0000-4000-8000-000000000002"),
        (Field::UserPrincipalName, "Admin@contoso.com"),
        (Field::UserId, "11111111-0000-4000-8000-000000000001"),
        (Field::IpAddress, "203.0.113.7"),
        (Field::UserAgent, "python-requests/2.31"),
        (Field::Operation, "Add member to role"),
        (Field::Workload, "Core Directory"),
        (Field::Outcome, "success"),
        (Field::Object, "Global Administrator, Eve@contoso.com"),
        (Field::ActedUpon, "eve@contoso.com"),
    ] {
        assert_eq!(row.get(field), Some(text), "{field:?}");
    }
    assert!(!row.failed && row.get(Field::AppDisplayName).is_none() && row.get(Field::AppId).is_none());
}

#[test]
fn an_application_acts_in_place_of_a_person() {
    let targets = json!([target("User", None, Some("eve@contoso.com"), vec![])]);
    let row = same_in_every_shape(&graph("Change user password", false, &targets, &json!([])));
    assert_eq!(row.get(Field::AppDisplayName), Some("Device Registration Service"));
    assert_eq!((row.get(Field::UserId), row.get(Field::UserPrincipalName)), (None, None));
    assert_eq!(row.get(Field::ActedUpon), Some("eve@contoso.com"));
}

#[test]
fn the_beta_names_session_token_and_issue() {
    let mut record = graph("Add user", true, &json!([]), &json!([]));
    record["initiatedBy"]["linkableIdentifiers"] = json!({
        "sessionId": "33333333-0000-4000-8000-000000000003", "deviceId": "44444444-0000-4000-8000-000000000004",
        "tokenDetails": {"issuedAtDateTime": "2026-05-20T13:57:04Z", "uniqueTokenIdentifier": "abcdEFGHijklMNOPqrstUV"},
    });
    for record in [record.clone(), log_analytics(&record, true), diagnostics(&record)] {
        let row = of_json(&record);
        assert_eq!(row.get(Field::SessionId), Some("33333333-0000-4000-8000-000000000003"));
        assert_eq!(row.get(Field::DeviceId), Some("44444444-0000-4000-8000-000000000004"));
        assert_eq!(row.get(Field::TokenId), Some("abcdEFGHijklMNOPqrstUV"));
        assert_eq!(row.get(Field::IssuedAt), Some("2026-05-20T13:57:04Z"));
    }
    record["initiatedBy"]["linkableIdentifiers"] = json!({"sessionId": "00000000-0000-0000-0000-000000000000",
        "deviceId": "", "tokenDetails": {"uniqueTokenIdentifier": "AAAAAAAAAAAAAAAAAAAAAA"}});
    let row = of_json(&record);
    assert_eq!((row.get(Field::SessionId), row.get(Field::TokenId), row.get(Field::DeviceId)), (None, None, None));
}

#[test]
fn an_address_is_the_first_that_is_one() {
    let mut record = diagnostics(&graph("Add user", true, &json!([]), &json!([])));
    record["properties"]["initiatedBy"]["user"]["ipAddress"] = json!("<null>");
    record["callerIpAddress"] = json!("[::ffff:198.51.100.9]:443");
    assert_eq!(of_json(&record).get(Field::IpAddress), Some("198.51.100.9"));
    record["properties"]["initiatedBy"]["user"]["ipAddress"] = json!("2001:0DB8::0001");
    assert_eq!(of_json(&record).get(Field::IpAddress), Some("2001:db8::1"));
}

#[test]
fn anything_but_success_failed() {
    let row = |result: &str| {
        let mut record = graph("Add user", true, &json!([]), &json!([]));
        record["result"] = json!(result);
        record["resultReason"] = json!("Not allowed");
        same_in_every_shape(&record)
    };
    for (result, failed) in [("success", false), ("SUCCESS", false), ("failure", true), ("timeout", true)] {
        assert_eq!(row(result).failed, failed, "{result}");
    }
    assert_eq!(row("failure").get(Field::ResultDescription), Some("Not allowed"));
}

#[test]
fn one_stop_goes_and_a_dash_stays() {
    for (logged, operation) in [
        (
            "Update application – Certificates and secrets management ",
            "Update application – Certificates and secrets management",
        ),
        ("Add member to role.", "Add member to role"),
        ("Odd..", "Odd."),
    ] {
        let record = graph(logged, true, &json!([]), &json!([]));
        assert_eq!(same_in_every_shape(&record).get(Field::Operation), Some(operation));
    }
}

#[test]
fn acted_upon_are_users_that_did_not_act() {
    let user =
        |id: Value, upn: Value| json!({"id": id, "type": "User", "userPrincipalName": upn, "modifiedProperties": []});
    let actor_id = "11111111-0000-4000-8000-000000000001";
    let targets = json!([
        user(json!(actor_id), Value::Null),
        user(Value::Null, json!("ADMIN@contoso.com")),
        user(json!("AAAAAAAA-0000-4000-8000-00000000000a"), Value::Null),
        user(json!("66666666-0000-4000-8000-000000000006"), json!("Bob@contoso.com")),
        user(json!("66666666-0000-4000-8000-000000000006"), json!("bob@contoso.com")),
        {"id": null, "displayName": null, "modifiedProperties": []},
        {"id": "1", "displayName": "MFA", "type": "Policy", "modifiedProperties": []},
    ]);
    let row = of_json(&graph("Update user", true, &targets, &json!([])));
    assert_eq!(row.get(Field::ActedUpon), Some("aaaaaaaa-0000-4000-8000-00000000000a bob@contoso.com"));
}
