//! Each record in every shape.

use super::read;
use crate::model::{Field, Kept};
use crate::tables::act::{ActRow, testing};
use serde_json::{Map, Value, json};

const VM: &str = "/subscriptions/s1/resourceGroups/rg-web/providers/Microsoft.Compute/virtualMachines/vm-web01";
const OID: &str = "11111111-0000-4000-8000-000000000001";
const EVENT: &str = "44444444-0000-4000-8000-000000000004";
const CORRELATION: &str = "22222222-0000-4000-8000-000000000002";

fn claims() -> Value {
    json!({
        "aud": "https://management.core.windows.net/",
        "iat": "1779285424", "nbf": "1779285424", "exp": "1779289324",
        "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "http://schemas.microsoft.com/identity/claims/objectidentifier": OID,
        "http://schemas.microsoft.com/identity/claims/scope": "user_impersonation",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "Eve@contoso.com",
        "ipaddr": "203.0.113.7",
        "uti": "abcdEFGHijklMNOPqrstUV",
        "ver": "1.0",
    })
}

/// One operation on a machine, before it is put into a shape.
struct Record {
    operation: &'static str,
    status: &'static str,
    claims: Value,
    resource: &'static str,
    properties: Value,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            operation: "Microsoft.Compute/virtualMachines/runCommand/action",
            status: "Succeeded",
            claims: claims(),
            resource: VM,
            properties: json!({"message": "x"}),
        }
    }
}

impl Record {
    fn authorization(&self) -> Value {
        json!({"action": self.operation, "scope": self.resource, "evidence": {"role": "Owner", "principalType": "User"}})
    }

    fn log_analytics(&self, as_text: bool) -> Value {
        let value = |value: Value| if as_text { json!(serde_json::to_string_pretty(&value).unwrap()) } else { value };
        let suffix = if as_text { "" } else { "_d" };
        let mut row = json!({
            "TimeGenerated": "2026-05-20T14:02:04.1234567Z",
            "EventSubmissionTimestamp": "2026-05-20T14:02:20.0000000Z",
            "OperationName": "Befehl auf virtuellem Computer ausführen",
            "OperationNameValue": self.operation,
            "ActivityStatusValue": self.status,
            "CategoryValue": "Administrative",
            "ResourceProviderValue": "Microsoft.Compute",
            "Caller": "Eve@contoso.com",
            "CallerIpAddress": "203.0.113.7",
            "CorrelationId": CORRELATION,
            "EventDataId": EVENT,
            "_ResourceId": self.resource.to_lowercase(),
            "Type": "AzureActivity",
        });
        row[format!("Claims{suffix}")] = value(self.claims.clone());
        row[format!("Authorization{suffix}")] = value(self.authorization());
        row[format!("Properties{suffix}")] = value(self.properties.clone());
        row
    }

    fn diagnostics(&self) -> Value {
        let mut properties = self.properties.clone();
        properties["eventDataId"] = json!(EVENT);
        json!({
            "time": "2026-05-20T14:02:04.1234567Z",
            "resourceId": self.resource.to_uppercase(),
            "operationName": self.operation,
            "category": "Administrative",
            "resultType": self.status,
            "callerIpAddress": "203.0.113.7",
            "correlationId": CORRELATION,
            "identity": {"authorization": self.authorization(), "claims": self.claims},
            "properties": properties,
        })
    }

    fn rest(&self) -> Value {
        json!({
            "eventTimestamp": "2026-05-20T14:02:04.1234567Z",
            "submissionTimestamp": "2026-05-20T14:02:20.0000000Z",
            "id": format!("{}/events/{EVENT}/ticks/637896803756986539", self.resource),
            "operationName": {"value": self.operation, "localizedValue": "Befehl ausführen"},
            "status": {"value": self.status, "localizedValue": "Erfolgreich"},
            "category": {"value": "Administrative", "localizedValue": "Verwaltung"},
            "resourceProviderName": {"value": "Microsoft.Compute", "localizedValue": "Microsoft.Compute"},
            "caller": "Eve@contoso.com",
            "correlationId": CORRELATION,
            "eventDataId": EVENT,
            "resourceId": self.resource,
            "claims": self.claims,
            "authorization": self.authorization(),
            "httpRequest": {"clientRequestId": "c", "clientIpAddress": "203.0.113.7", "method": "POST"},
            "properties": self.properties,
        })
    }

    fn elastic(&self) -> Value {
        let claims: Map<String, Value> = self
            .claims
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.replace('.', "_"), value.clone()))
            .collect();
        let mut properties = self.properties.clone();
        properties["eventDataId"] = json!(EVENT);
        json!({
            "@timestamp": "2026-05-20T14:02:04.123Z",
            "azure": {
                "activitylogs": {
                    "operation_name": self.operation,
                    "result_type": self.status,
                    "category": "Administrative",
                    "identity": {
                        "claims": claims,
                        "authorization": {"action": self.operation, "scope": self.resource, "evidence": {"principal_type": "User"}},
                    },
                    "properties": properties,
                },
                "correlation_id": CORRELATION,
                "resource": {"id": self.resource.to_uppercase(), "provider": "MICROSOFT.COMPUTE"},
            },
            "event": {"action": self.operation, "outcome": "success"},
            "source": {"ip": "203.0.113.7"},
        })
    }

    fn shapes(&self) -> Vec<(&'static str, Value)> {
        let mut rest_text = self.rest();
        rest_text["claims"] = json!(self.claims.to_string());
        let mut lower = Map::new();
        for (key, value) in self.diagnostics().as_object().unwrap() {
            lower.insert(key.to_ascii_lowercase(), value.clone());
        }
        let mut power_shell = Map::new();
        for (key, value) in self.rest().as_object().unwrap() {
            power_shell.insert(key[..1].to_uppercase() + &key[1..], value.clone());
        }
        power_shell.insert("Claims".to_owned(), json!({"Content": self.claims}));
        let mut flattened = Map::new();
        flat(&self.elastic(), "", &mut flattened);
        vec![
            ("REST", self.rest()),
            ("REST, claims as text", rest_text),
            ("Log Analytics", self.log_analytics(false)),
            ("Log Analytics, texts", self.log_analytics(true)),
            ("diagnostics", self.diagnostics()),
            ("lower case", Value::Object(lower)),
            ("PowerShell", Value::Object(power_shell)),
            ("Elastic", self.elastic()),
            ("Elastic, flat", Value::Object(flattened)),
            ("Kibana", json!({"_id": "x", "_source": self.elastic()})),
            ("Splunk", json!({"result": {"_raw": self.diagnostics().to_string()}})),
        ]
    }

    /// The row, which is the same in every shape.
    fn row(&self) -> ActRow<'static> {
        let shapes = self.shapes();
        let expected = of_json(&shapes[0].1);
        for (shape, record) in shapes {
            let row = of_json(&record);
            for field in Field::ALL {
                assert_eq!(row.get(field), expected.get(field), "{field:?} of {shape}");
            }
            assert_eq!(row.failed, expected.failed, "{shape}");
            assert!(row.created.unwrap().text.starts_with("2026-05-20T14:02:04.123"), "{shape}");
        }
        expected
    }
}

fn flat(value: &Value, start: &str, into: &mut Map<String, Value>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                flat(value, &if start.is_empty() { key.clone() } else { format!("{start}.{key}") }, into);
            }
        }
        other => {
            into.insert(start.to_owned(), other.clone());
        }
    }
}

fn of_json(json: &Value) -> ActRow<'static> {
    testing::of_json(read, json)
}

#[test]
fn an_operation_reads_the_same_in_every_shape() {
    let row = Record::default().row();
    for (field, text) in [
        (Field::Id, EVENT),
        (Field::CorrelationId, CORRELATION),
        (Field::UserPrincipalName, "Eve@contoso.com"),
        (Field::UserId, OID),
        (Field::AppId, "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
        (Field::IpAddress, "203.0.113.7"),
        (Field::TokenId, "abcdEFGHijklMNOPqrstUV"),
        (Field::IssuedAt, "2026-05-20T13:57:04Z"),
        (Field::Operation, "Microsoft.Compute/virtualMachines/runCommand/action"),
        (Field::Workload, "Microsoft.Compute"),
        (Field::Outcome, "Succeeded"),
        (Field::Object, "vm-web01"),
        (Field::Detail, "virtualMachines, resource group rg-web, subscription s1"),
    ] {
        assert_eq!(row.get(field), Some(text), "{field:?}");
    }
    assert!(!row.failed && row.get(Field::SessionId).is_none() && row.get(Field::ActedUpon).is_none());
}

#[test]
fn a_failure_has_its_reason() {
    for (status, failed) in
        [("Failed", true), ("Failure", true), ("Start", false), ("Accept", false), ("Accepted", false)]
    {
        let properties = json!({"statusMessage": "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"m\"}}"});
        let row = Record { status, properties, ..Record::default() }.row();
        assert_eq!(row.failed, failed, "{status}");
        assert_eq!(row.get(Field::ResultDescription), failed.then_some("AuthorizationFailed"));
    }
}

#[test]
fn an_assignment_names_role_and_principal() {
    let body = json!({"Id": "x", "Properties": {
        "PrincipalId": "77777777-0000-4000-8000-000000000007", "PrincipalType": "User",
        "RoleDefinitionId": "/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    }});
    let row = Record {
        operation: "Microsoft.Authorization/roleAssignments/write",
        resource: "/subscriptions/s1/resourceGroups/rg-web/providers/Microsoft.Authorization/roleAssignments/88888888",
        properties: json!({"requestbody": body.to_string()}),
        ..Record::default()
    };
    // The provider is of no matter here.
    let row = of_json(&row.diagnostics());
    assert_eq!(row.get(Field::Object), Some("rg-web"));
    assert_eq!(
        row.get(Field::Detail),
        Some(
            "role 8e3af657-a8ff-443c-a75c-2fe8c4bcb635, for user 77777777-0000-4000-8000-000000000007, resource group, subscription s1"
        )
    );
}

#[test]
fn the_actor_is_whom_the_claims_name_else_the_caller() {
    let record = |claims: Value, caller: &str| {
        let mut record = Record { claims, ..Record::default() }.rest();
        record["caller"] = json!(caller);
        let row = of_json(&record);
        [Field::UserPrincipalName, Field::UserId, Field::AppDisplayName].map(|field| row.get(field).map(str::to_owned))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(record(claims(), "other@contoso.com"), [some("Eve@contoso.com"), some(OID), None]);
    let mut guest = claims();
    guest.as_object_mut().unwrap().remove("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn");
    assert_eq!(record(guest, "guest@example.org"), [None, some(OID), None]);
    assert_eq!(record(Value::Null, "eve@contoso.com"), [some("eve@contoso.com"), None, None]);
    assert_eq!(record(Value::Null, OID), [None, some(OID), None]);
    assert_eq!(record(Value::Null, "Microsoft.Advisor"), [None, None, some("Microsoft.Advisor")]);
    assert_eq!(record(json!({"idtyp": "app", "oid": OID, "appid": "a"}), OID), [None, None, None]);
}

#[test]
fn an_operation_is_never_the_name_for_people() {
    let mut row = Record::default().log_analytics(false);
    row.as_object_mut().unwrap().remove("OperationNameValue");
    assert_eq!(of_json(&row).get(Field::Operation), Some("Microsoft.Compute/virtualMachines/runCommand/action"));
    row.as_object_mut().unwrap().remove("Authorization_d");
    assert_eq!(of_json(&row).get(Field::Operation), None);
}

#[test]
fn addresses_and_ids_that_say_nothing_are_passed_over() {
    let mut claims = claims();
    claims["uti"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let mut record = Record { claims, ..Record::default() }.rest();
    record["callerIpAddress"] = json!("localhost");
    record["httpRequest"] = json!({"clientIpAddress": "<null>"});
    let row = of_json(&record);
    assert_eq!((row.get(Field::TokenId), row.get(Field::IpAddress)), (None, Some("203.0.113.7")));
    record["httpRequest"] = json!("{\"clientIpAddress\":\"198.51.100.9:443\"}");
    assert_eq!(of_json(&record).get(Field::IpAddress), Some("198.51.100.9"));
}

#[test]
fn the_path_of_an_event_has_its_id() {
    let mut record = Record::default().rest();
    record.as_object_mut().unwrap().remove("eventDataId");
    assert_eq!(of_json(&record).get(Field::Id), Some(EVENT));
    record["id"] = json!(VM);
    assert_eq!(of_json(&record).get(Field::Id), None);
}

#[test]
fn of_two_copies_that_with_the_better_address_represents_the_operation() {
    let kept = |around: Value| {
        let mut row = Record::default().rest();
        for name in ["httpRequest", "callerIpAddress"] {
            row.as_object_mut().unwrap().remove(name);
        }
        row.as_object_mut().unwrap().extend(around.as_object().unwrap().clone());
        let row = testing::of_json(read, &row);
        (row.get(Field::IpAddress).map(str::to_owned), row.kept)
    };
    let found = |address: &str, kept| (Some(address.to_owned()), kept);
    let request = json!({"clientIpAddress": "203.0.113.9"});
    assert_eq!(
        kept(json!({"callerIpAddress": "203.0.113.8", "httpRequest": request})),
        found("203.0.113.8", Kept::Whole)
    );
    assert_eq!(kept(json!({"callerIpAddress": "", "httpRequest": request})), found("203.0.113.9", Kept::Wrapped));
    assert_eq!(kept(json!({})), found("203.0.113.7", Kept::Columns));
}
