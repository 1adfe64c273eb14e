//! Converters of records into the shapes of exports.

use super::{ANA, ANA_ID};
use serde_json::{Map, Value, json};

/// A shape: the name of its file, and what writes it.
pub(super) struct Shape {
    pub(super) name: &'static str,
    pub(super) write: fn(&[Value]) -> String,
}

/// Correlation id of the change in both audit logs.
pub(super) const CHANGE: &str = "c0440000-0000-4000-8000-0000000000d1";

/// Shapes that keep the record.
pub(super) const WHOLE: &[Shape] = &[
    Shape { name: "search.csv", write: search_csv },
    Shape { name: "search.json", write: |records| json!(searched(records, false)).to_string() },
    Shape { name: "extracted.json", write: extracted },
    Shape { name: "purview.csv", write: purview },
    Shape { name: "blob.json", write: |records| json!(records).to_string() },
    Shape { name: "query.json", write: |records| json!({"value": queried(records, false)}).to_string() },
    Shape { name: "dynamic.json", write: |records| json!({"value": queried(records, true)}).to_string() },
    Shape { name: "query.csv", write: query_csv },
    Shape { name: "splunk.json", write: splunk },
    Shape { name: "elastic.json", write: elastic },
    Shape { name: "lower.jsonl", write: lower },
    Shape { name: "cloud.json", write: |records| json!(cloud(records, |record| record)).to_string() },
    Shape {
        name: "cloud-text.json",
        write: |records| json!(cloud(records, |record| json!(record.to_string()))).to_string(),
    },
];

/// Shapes that lose some of it.
pub(super) const POORER: &[Shape] = &[
    Shape { name: "office.csv", write: office },
    Shape { name: "cloud-null.json", write: |records| json!(cloud(records, |_| Value::Null)).to_string() },
    Shape { name: "cut.csv", write: cut },
];

pub(super) fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| row.to_string() + "\n").collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn csv(rows: &[Value]) -> String {
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(|row| row.as_object().unwrap().keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&names).unwrap();
    for row in rows {
        writer.write_record(names.iter().map(|name| text(&row[*name]))).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

pub(crate) fn searched(records: &[Value], as_object: bool) -> Vec<Value> {
    let numbered = (1..).zip(records);
    let row = |(number, record): (usize, &Value)| {
        json!({
            "RecordType": "x", "CreationDate": record["CreationTime"], "UserIds": record["UserId"],
            "Operations": record["Operation"], "ResultIndex": number, "ResultCount": records.len(),
            "Identity": record["Id"], "IsValid": true, "ObjectState": "Unchanged",
            "AuditData": if as_object { record.clone() } else { json!(record.to_string()) },
        })
    };
    numbered.map(row).collect()
}

/// `5/1/2026 2:01:00 PM`, as an American machine writes it.
fn american(record: &Value) -> String {
    let time = record["CreationTime"].as_str().unwrap();
    format!("5/1/2026 2:{} PM", &time[14..19])
}

fn search_csv(records: &[Value]) -> String {
    let mut rows = searched(records, false);
    for (row, record) in rows.iter_mut().zip(records) {
        row["CreationDate"] = json!(american(record));
    }
    format!("#TYPE Deserialized.Rows\r\n{}", csv(&rows))
}

/// Two arrays, one after the other, as merged files have them.
fn extracted(records: &[Value]) -> String {
    let (one, other) = records.split_at(records.len() / 2);
    [one, other].map(|part| format!("{:#}\r\n\r\n", json!(searched(part, true)))).concat()
}

fn purview(records: &[Value]) -> String {
    let row = |record: &Value| {
        json!({
            "RecordId": record["Id"], "CreationDate": format!("{}.0000000Z ", record["CreationTime"].as_str().unwrap()),
            "RecordType": record["RecordType"], "Operation": record["Operation"], "UserId": record["UserId"],
            "AuditData": record.to_string().replace('/', "\\/"), "AssociatedAdminUnits": "",
            "AssociatedAdminUnitsNames": "",
        })
    };
    csv(&records.iter().map(row).collect::<Vec<_>>())
}

/// Purview's export after a spreadsheet cut its cells.
fn cut(records: &[Value]) -> String {
    let row = |record: &Value| {
        let data = record.to_string();
        json!({
            "RecordId": record["Id"], "CreationDate": american(record), "RecordType": record["RecordType"],
            "Operation": record["Operation"], "UserId": record["UserId"], "AuditData": data[..data.len() / 2],
        })
    };
    csv(&records.iter().map(row).collect::<Vec<_>>())
}

fn queried(records: &[Value], is_dynamic: bool) -> Vec<Value> {
    let row = |record: &Value| {
        let mut data = Map::new();
        for (name, value) in record.as_object().unwrap() {
            if value.is_array() {
                data.insert(format!("{name}@odata.type"), json!("#Collection(x)"));
            }
            data.insert(name.clone(), value.clone());
        }
        data.insert("CreationTime".to_owned(), json!(format!("{}Z", record["CreationTime"].as_str().unwrap())));
        if let Some(context) = data.get_mut("AppAccessContext") {
            *context = json!(context.to_string());
        }
        let data = if is_dynamic { json!({"dynamicProperties": data}) } else { Value::Object(data) };
        json!({
            "id": record["Id"], "createdDateTime": record["CreationTime"], "auditLogRecordType": "x",
            "operation": record["Operation"], "service": record["Workload"], "userId": record["UserKey"],
            "userPrincipalName": record["UserId"], "clientIp": null, "administrativeUnits": [""], "auditData": data,
        })
    };
    records.iter().map(row).collect()
}

fn query_csv(records: &[Value]) -> String {
    csv(&queried(records, false))
}

fn splunk(records: &[Value]) -> String {
    let row = |record: &Value| json!({"preview": false, "result": {"_raw": record.to_string(), "sourcetype": "o365:management:activity"}});
    lines(&records.iter().map(row).collect::<Vec<_>>())
}

/// Lists of names and values become objects.
fn elastic(records: &[Value]) -> String {
    let row = |record: &Value| {
        let mut record = record.clone();
        for name in ["OperationProperties", "Parameters", "DeviceProperties"] {
            let Some(list) = record.get(name).and_then(Value::as_array).cloned() else { continue };
            let named = |item: &Value| (text(&item["Name"]), item["Value"].clone());
            record[name] = Value::Object(list.iter().map(named).collect());
        }
        json!({"_source": {
            "@timestamp": format!("{}.000Z", record["CreationTime"].as_str().unwrap()),
            "event": {"action": record["Operation"], "provider": record["Workload"]}, "o365": {"audit": record},
        }})
    };
    lines(&records.iter().map(row).collect::<Vec<_>>())
}

fn lower(records: &[Value]) -> String {
    fn lowered(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                Value::Object(members.iter().map(|(name, value)| (name.to_lowercase(), lowered(value))).collect())
            }
            Value::Array(items) => items.iter().map(lowered).collect(),
            value => value.clone(),
        }
    }
    let row = |record: &Value| {
        let mut record = record.clone();
        record["CreationTime"] = json!(record["CreationTime"].as_str().unwrap().replace('T', " "));
        lowered(&record)
    };
    lines(&records.iter().map(row).collect::<Vec<_>>())
}

/// Rows of `CloudAppEvents`, whose account is an application: it may be, and must decide nothing where the record is known.
fn cloud(records: &[Value], raw: fn(Value) -> Value) -> Vec<Value> {
    let row = |record: &Value| {
        let time = format!("{}.0000000Z", record["CreationTime"].as_str().unwrap());
        let mut kept = record.clone();
        kept["CreationTime"] = json!(time);
        json!({
            "Timestamp": time, "ActionType": record["Operation"], "Application": "Office 365", "ApplicationId": 11161,
            "AccountObjectId": "a9900000-0000-4000-8000-0000000000a9", "AccountDisplayName": "Ana", "IPAddress": "",
            "ReportId": format!("1_11161_{}", text(&record["Id"])), "RawEventData": raw(kept), "ActivityObjects": [],
        })
    };
    records.iter().map(row).collect()
}

pub(super) fn office(records: &[Value]) -> String {
    let is_office = |record: &&Value| record["Workload"] != "AzureActiveDirectory";
    let row = |record: &Value| {
        let column = |name: &str| json!(text(&record[name]));
        let mut row = json!({
            "TenantId": "t", "TimeGenerated": format!("{}Z", text(&record["CreationTime"])), "OfficeId": record["Id"],
            "Start_Time": "2026-05-01T15:00:00Z", "OfficeWorkload": record["Workload"],
            "OfficeObjectId": column("ObjectId"), "Client_IPAddress": column("ClientIPAddress"),
            "Site_Url": column("SiteUrl"), "UserType": if record["UserType"] == 3 { "DcAdmin" } else { "Regular" },
            "RecordType": if record["RecordType"] == 50 { "50" } else { "x" }, "Type": "OfficeActivity",
            "SourceSystem": "OfficeActivityManager", "OriginatingServer": "EXCH01 (15.20)\r\n",
        });
        for name in [
            "Operation",
            "UserId",
            "UserKey",
            "ResultStatus",
            "ClientIP",
            "ClientAppId",
            "AppAccessContext",
            "Folders",
            "Item",
            "OperationProperties",
            "Parameters",
            "AffectedItems",
            "Folder",
            "MailboxOwnerUPN",
            "SourceFileName",
            "ChatThreadId",
            "Members",
        ] {
            row[name] = column(name);
        }
        row
    };
    csv(&records.iter().filter(is_office).map(row).collect::<Vec<_>>())
}

/// Changes in every shape of `AuditLogs`: of a user by another, and of an application's own.
pub(super) fn audit_logs() -> Vec<(&'static str, String)> {
    let user = json!({"id": ANA_ID, "userPrincipalName": ANA, "ipAddress": "203.0.113.5:443", "displayName": null});
    let app = json!({"displayName": "Device Registration Service", "servicePrincipalId": "5900"});
    let target = |kind: &str, id: &str, name: Option<&str>| {
        json!([{"type": kind, "id": id, "displayName": if name.is_none() { Some("Laptop") } else { None },
            "userPrincipalName": name, "modifiedProperties": []}])
    };
    let change = |number: u32, operation: &str, result: &str, actor: Value, targets: Value| {
        json!({
            "id": format!("Directory_{CHANGE}_X_{number}"), "activityDisplayName": operation, "result": result,
            "activityDateTime": format!("2026-05-01T14:20:0{number}.1234567Z"), "correlationId": CHANGE,
            "loggedByService": "Core Directory", "category": "UserManagement", "resultReason": "", "initiatedBy": actor,
            "targetResources": targets, "additionalDetails": [{"key": "User-Agent", "value": "agent"}],
        })
    };
    let changes = [
        change(
            0,
            "Update user",
            "failure",
            json!({"user": user, "app": null}),
            target("User", "b2", Some("ben@contoso.com")),
        ),
        change(1, "Add device", "success", json!({"user": null, "app": app}), target("Device", "d1", None)),
    ];
    let columns = |change: &Value, as_text: bool| {
        let value = |name: &str| if as_text { json!(change[name].to_string()) } else { change[name].clone() };
        json!({
            "TimeGenerated": change["activityDateTime"], "ActivityDateTime": change["activityDateTime"],
            "OperationName": change["activityDisplayName"], "ActivityDisplayName": change["activityDisplayName"],
            "Category": change["category"], "Result": change["result"], "CorrelationId": CHANGE, "Id": change["id"],
            "InitiatedBy": value("initiatedBy"), "TargetResources": value("targetResources"),
            "AdditionalDetails": value("additionalDetails"), "LoggedByService": "Core Directory", "Type": "AuditLogs",
        })
    };
    let diagnostics = |change: &Value| {
        json!({
            "time": change["activityDateTime"], "category": "AuditLogs", "operationName": change["activityDisplayName"],
            "correlationId": CHANGE, "Level": 4, "properties": change,
        })
    };
    let portal = |change: &Value| {
        let (user, app) = (&change["initiatedBy"]["user"], &change["initiatedBy"]["app"]);
        let target = &change["targetResources"][0];
        json!({
            "Date (UTC)": change["activityDateTime"], "CorrelationId": CHANGE, "Service": "Core Directory",
            "Category": "UserManagement", "Activity": change["activityDisplayName"], "Result": change["result"],
            "ResultReason": "", "User Agent": "", "ActorType": if user.is_null() { "Application" } else { "User" },
            "ActorDisplayName": app["displayName"], "ActorObjectId": user["id"],
            "ActorUserPrincipalName": user["userPrincipalName"], "IPAddress": user["ipAddress"],
            "ActorServicePrincipalId": app["servicePrincipalId"], "Target1Type": target["type"],
            "Target1DisplayName": target["displayName"], "Target1ObjectId": target["id"],
            "Target1UserPrincipalName": target["userPrincipalName"],
        })
    };
    let all = |row: &dyn Fn(&Value) -> Value| changes.iter().map(row).collect::<Vec<_>>();
    vec![
        ("columns.jsonl", lines(&all(&|change| columns(change, false)))),
        ("columns.csv", csv(&all(&|change| columns(change, true)))),
        ("diagnostics.json", lines(&all(&diagnostics))),
        ("graph.json", json!({"value": changes}).to_string()),
        ("list.json", json!(changes).to_string()),
        ("portal.csv", csv(&all(&portal))),
    ]
}

const RUN: &str = "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION";

/// Two Azure operations, three steps and one, in every shape.
pub(super) fn activity() -> Vec<(&'static str, String)> {
    let claims = json!({
        "appid": super::CLI, "uti": super::TOKEN, "ipaddr": "198.51.100.1", "iat": "1777643700",
        "http://schemas.microsoft.com/identity/claims/objectidentifier": ANA_ID,
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": ANA,
    });
    let steps = [(1, 0, "Start"), (1, 2, "Accept"), (1, 9, "Success"), (2, 0, "Failure")];
    let resource = |operation: u32| {
        format!("/subscriptions/s1/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm{operation}")
    };
    let all = |row: &dyn Fn(&str, &str, String, String, &str) -> Value| {
        // Unordered, as storage writes them.
        let rows = steps.iter().rev().map(|(operation, second, status)| {
            let time = format!("2026-05-01T14:3{operation}:0{second}.1234567Z");
            let id = format!("e7e70000-0000-4000-8000-00000000{operation:02}{second:02}");
            let correlation = format!("c0440000-0000-4000-8000-0000000000e{operation}");
            row(&time, &id, correlation, resource(*operation), status)
        });
        rows.collect::<Vec<_>>()
    };
    let columns = |time: &str, id: &str, correlation: String, resource: String, status: &str, as_text: bool| {
        json!({
            "TimeGenerated": time, "EventSubmissionTimestamp": "2026-05-01T14:59:00Z", "EventDataId": id,
            "CorrelationId": correlation, "OperationNameValue": RUN, "OperationName": "Befehl",
            "CategoryValue": "Administrative", "ActivityStatusValue": status, "Caller": ANA, "_ResourceId": resource,
            "CallerIpAddress": "203.0.113.5", "Type": "AzureActivity",
            "Claims_d": if as_text { json!(claims.to_string()) } else { claims.clone() },
        })
    };
    let diagnostics = |time: &str, id: &str, correlation: String, resource: String, status: &str| {
        json!({
            "time": time, "resourceId": resource, "operationName": RUN, "category": "Administrative",
            "resultType": status, "callerIpAddress": "203.0.113.5", "correlationId": correlation,
            "identity": {"claims": claims}, "properties": {"eventDataId": id, "caller": ANA},
        })
    };
    let listed = |time: &str, id: &str, correlation: String, resource: String, status: &str| {
        let value = |text: &str| json!({"value": text, "localizedValue": "x"});
        json!({
            "eventTimestamp": time, "submissionTimestamp": "2026-05-01T14:59:00Z", "eventDataId": id,
            "correlationId": correlation, "operationName": value(RUN), "category": value("Administrative"),
            "status": value(status), "caller": ANA, "claims": claims, "resourceId": resource,
            "httpRequest": {"clientIpAddress": "203.0.113.5"}, "id": format!("{resource}/events/{id}/ticks/1"),
        })
    };
    vec![
        ("columns.jsonl", lines(&all(&|a, b, c, d, e| columns(a, b, c, d, e, false)))),
        ("columns.csv", csv(&all(&|a, b, c, d, e| columns(a, b, c, d, e, true)))),
        ("diagnostics.json", lines(&all(&diagnostics))),
        ("listed.json", json!(all(&listed)).to_string()),
        ("page.json", json!({"value": all(&listed)}).to_string()),
    ]
}
