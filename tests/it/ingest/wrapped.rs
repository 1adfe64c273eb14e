//! Records as collectors and search tools wrap them, one made-up row each.

use super::{file, read, read_one};
use serde_json::{Value, json};
use tokentrail::testing::ingest::{Loaded, Options};
use tokentrail::testing::model::{Field, Span, Table};

fn one(name: &str, text: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let loaded = read_one(file(folder.path(), name, text.as_bytes()));
    assert_eq!(loaded.rows_skipped(), 0, "{name}: {:?}", loaded.problems);
    loaded
}

/// The fields of the only event, and its table.
fn event(loaded: &Loaded) -> (Table, impl Fn(Field) -> String + '_) {
    assert_eq!(loaded.store.len(), 1);
    let (id, event) = loaded.store.events().next().unwrap();
    (event.table, move |field| loaded.store.get(id, field).to_owned())
}

/// A sign-in as Graph's beta has it.
fn sign_in() -> Value {
    json!({
        "id": "33333333-0000-4000-8000-000000000001", "createdDateTime": "2026-05-01T14:00:00Z",
        "userPrincipalName": "zoe@contoso.com", "userId": "44444444-0000-4000-8000-000000000001",
        "appId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "appDisplayName": "Azure CLI", "ipAddress": "203.0.113.9",
        "isInteractive": false, "resourceDisplayName": "Microsoft Graph",
        "resourceId": "00000003-0000-0000-c000-000000000000",
        "status": {"errorCode": 50076, "failureReason": "Other."},
        "deviceDetail": {"deviceId": "d-1", "operatingSystem": "Windows 10", "isCompliant": true},
        "location": {"city": "Example City", "countryOrRegion": "US"},
        "incomingTokenType": "refreshToken", "uniqueTokenIdentifier": "AAAAAAAAAAAAAAAAAAAAAA", "userAgent": "curl",
    })
}

fn assert_is_sign_in(loaded: &Loaded, shape: &str, device: &str) {
    assert_eq!(loaded.sources[0].shape.map(|shape| shape.id), Some(shape));
    let (table, text) = event(loaded);
    assert_eq!(table, Table::NonInteractive);
    for (field, value) in [
        (Field::Id, "33333333-0000-4000-8000-000000000001"),
        (Field::UserPrincipalName, "zoe@contoso.com"),
        (Field::AppId, "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
        (Field::ResourceIdentity, "00000003-0000-0000-c000-000000000000"),
        (Field::ResultType, "50076"),
        (Field::IpAddress, "203.0.113.9"),
        (Field::Location, "US"),
        (Field::IncomingTokenType, "refreshToken"),
        (Field::TokenId, "AAAAAAAAAAAAAAAAAAAAAA"),
        (Field::UserAgent, "curl"),
        (Field::DeviceDetail, device),
    ] {
        assert_eq!(text(field), value, "{shape}: {field:?}");
    }
    assert_eq!(loaded.store.range().unwrap().0.to_string(), "2026-05-01T14:00:00.0000000Z");
}

/// `createdDateTime` as `created_date_time`.
fn snake(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let name = |key: &str| {
        key.chars().fold(String::new(), |name, c| {
            if c.is_uppercase() { format!("{name}_{}", c.to_lowercase()) } else { format!("{name}{c}") }
        })
    };
    members.iter().map(|(key, value)| (name(key), snake(value))).collect::<serde_json::Map<_, _>>().into()
}

/// Nested members as `outer.inner`, values as text.
fn flat(value: &Value, prefix: &str, out: &mut serde_json::Map<String, Value>) {
    for (key, value) in value.as_object().unwrap() {
        match value {
            Value::Object(_) => flat(value, &format!("{prefix}{key}."), out),
            Value::String(_) => drop(out.insert(format!("{prefix}{key}"), value.clone())),
            other => drop(out.insert(format!("{prefix}{key}"), other.to_string().into())),
        }
    }
}

#[test]
fn elastic_s_common_schema() {
    let device = r#"{"device_id":"d-1","is_compliant":true,"operating_system":"Windows 10"}"#;
    let mut properties = snake(&sign_in());
    let agent = properties.as_object_mut().unwrap().remove("user_agent").unwrap();
    let source = json!({
        "@timestamp": "2026-05-01T14:03:00Z", "event": {"dataset": "azure.signinlogs", "kind": "event"},
        "source": {"ip": "203.0.113.9"}, "user_agent": {"original": agent, "name": "curl"},
        "azure": {"tenant_id": "t", "signinlogs": {"category": "NonInteractiveUserSignInLogs", "properties": properties}},
    });
    let hit = json!({"_index": "x", "_source": source});
    assert_is_sign_in(&one("hits.json", &json!({"hits": {"hits": [hit]}}).to_string()), "elastic-hits", device);
    assert_is_sign_in(&one("source.ndjson", &format!("{hit}\n")), "elastic-ndjson", device);
    let mut dotted = serde_json::Map::new();
    flat(&source, "", &mut dotted);
    let mut line = Value::from(dotted);
    line.as_object_mut().unwrap().remove("azure.tenant_id");
    let device = r#"{"deviceId":"d-1","operatingSystem":"Windows 10","isCompliant":true}"#;
    assert_is_sign_in(&one("dotted.ndjson", &format!("{line}\n")), "elastic-ndjson", device);
}

#[test]
fn splunk_s_own_columns_and_cells() {
    let record = json!({
        "time": "2026-05-01T14:03:00Z", "category": "NonInteractiveUserSignInLogs", "properties": sign_in(),
    });
    let mut columns = serde_json::Map::new();
    flat(&record, "", &mut columns);
    columns.insert("source".into(), "eventhub".into());
    let line = json!({"preview": false, "result": columns});
    let device = r#"{"deviceId":"d-1","operatingSystem":"Windows 10","isCompliant":true}"#;
    assert_is_sign_in(&one("flat.json", &format!("{line}\n")), "splunk-ndjson", device);
    let device = r#"{"deviceId":"d-1","isCompliant":true,"operatingSystem":"Windows 10"}"#;
    let raw = record.to_string().replace('"', "\"\"");
    let csv = format!("\"_time\",\"_raw\",host\n\"2026-05-01T14:00:00.000+0000\",\"{raw}\",x\n");
    assert_is_sign_in(&one("raw.csv", &csv), "splunk-csv", device);
}

#[test]
fn what_power_shell_makes_of_graph() {
    let mut row = serde_json::Map::new();
    for (key, value) in sign_in().as_object().unwrap() {
        row.insert(key[..1].to_uppercase() + &key[1..], value.clone());
    }
    row.insert("CreatedDateTime".into(), "/Date(1777644000000)/".into());
    row.insert("DeviceDetail".into(), "@{DeviceId=d-1; OperatingSystem=Windows 10; IsCompliant=True}".into());
    row.insert("Status".into(), "@{AdditionalDetails=; ErrorCode=50076; FailureReason=Other.}".into());
    row.insert("Location".into(), "@{City=Example City; CountryOrRegion=US; State=}".into());
    let loaded =
        one("Entra_Sign_In_Log_zoe.json", &Value::from(vec![Value::from(row)]).to_string().replace("/Date", "\\/Date"));
    let device = r#"{"deviceId":"d-1","isCompliant":true,"operatingSystem":"Windows 10"}"#;
    assert_is_sign_in(&loaded, "graph-powershell", device);
    let types = "Id,CreatedDateTime,UserId,AppId,Status,DeviceDetail,Location\n\
                 i,5/31/2026 2:00:00 PM,u,a,Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInStatus,\
                 Microsoft.Graph.PowerShell.Models.MicrosoftGraphDeviceDetail,System.Object[]\n";
    let loaded = one("log.csv", types);
    assert!(loaded.sources[0].remarks.iter().any(|remark| remark.contains("names of types")));
    let (_, text) = event(&loaded);
    for field in [Field::ResultType, Field::DeviceDetail, Field::LocationDetails] {
        assert_eq!(text(field), "");
    }
}

#[test]
fn defender_s_tables() {
    let csv = "Timestamp,Application,ApplicationId,LogonType,EndpointCall,ErrorCode,SessionId,AccountObjectId,AccountUpn,\
               IsManaged,IsCompliant,ResourceId,IPAddress,Country,RequestId,UniqueTokenId\n\
               2026-05-01T14:00:00.1234567Z,Azure CLI,a,\"[\"\"interactiveUser\"\"]\",Cmsi:Cmsi,0,s,u,zoe@contoso.com,\
               0,1,r,203.0.113.9,US,i,t\n";
    let loaded = one("hunt.csv", csv);
    assert_eq!(loaded.sources[0].shape.map(|shape| shape.id), Some("defender-xdr-csv"));
    assert!(loaded.sources[0].remarks.iter().any(|remark| remark.contains("Cmsi:Cmsi")));
    let (table, text) = event(&loaded);
    assert_eq!(
        (table, text(Field::AuthenticationProtocol), text(Field::ResultType)),
        (Table::SignIn, "deviceCode".into(), "0".into())
    );
    assert_eq!(text(Field::DeviceDetail), r#"{"deviceId":"","isCompliant":true,"isManaged":false}"#);
    let call = json!([{"Timestamp": "2026-05-01T14:00:00Z", "ApplicationId": "a", "RequestMethod": "GET",
        "RequestUri": "https://graph.microsoft.com/v1.0/me", "ResponseStatusCode": "200", "RequestId": "r",
        "AccountObjectId": "u", "UniqueTokenIdentifier": "t"}]);
    let loaded = one("calls.json", &call.to_string());
    let (table, text) = event(&loaded);
    assert_eq!((table, text(Field::TokenId), text(Field::UserId)), (Table::Graph, "t".into(), "u".into()));
}

const HEADER: &str = "TimeGenerated,Id,AppId,UserId,ResultType,Type";

fn times(zone: Option<Span>, header: &str, dates: &[&str]) -> (Vec<String>, Loaded) {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = dates.iter().enumerate().map(|(n, date)| format!("{date},i{n},a,u,0,SigninLogs\n")).collect();
    let path = file(folder.path(), "rows.csv", format!("{header}\n{rows}").as_bytes());
    let loaded = read(&[path], &Options { local_zone: zone, ..Options::default() });
    let mut times: Vec<_> = loaded
        .store
        .events()
        .map(|(id, e)| (loaded.store.get(id, Field::Id).to_owned(), e.time().to_string()))
        .collect();
    times.sort();
    (times.into_iter().map(|(_, time)| time[..16].to_owned()).collect(), loaded)
}

#[test]
fn day_first_is_decided_by_the_whole_source_and_said() {
    let (read, loaded) = times(None, HEADER, &["1/5/2026 10:00:00", "02/05/2026 10:00:00", "20/05/2026 10:00:00"]);
    assert_eq!(read, ["2026-05-01T10:00", "2026-05-02T10:00", "2026-05-20T10:00"]);
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.sources[0].remarks, ["dates were read day first: 1 times have no other reading"]);
    assert_eq!(loaded.sources[0].first.unwrap().to_string(), "2026-05-01T10:00:00.0000000Z");
    let (read, loaded) = times(None, HEADER, &["1/5/2026 10:00:00", "5/20/2026 10:00:00"]);
    assert_eq!(read, ["2026-01-05T10:00", "2026-05-20T10:00"]);
    assert_eq!((loaded.problems.len(), loaded.sources[0].remarks.len()), (0, 0));
    let (read, loaded) = times(None, HEADER, &["3/3/2026 10:00:00", "1/5/2026 10:00:00", "2/5/2026 10:00:00"]);
    assert_eq!(read, ["2026-03-03T10:00", "2026-01-05T10:00", "2026-02-05T10:00"]);
    assert_eq!(loaded.problems[0].record, Some(2));
    assert!(loaded.problems[0].reason.starts_with("day and month cannot be told apart in any of its 2 rows"));
    assert_eq!((loaded.rows_read(), loaded.rows_skipped()), (3, 0), "the rows are read all the same");
    let (read, loaded) = times(None, HEADER, &["1/5/2026 10:00:00", "20/5/2026 10:00:00", "5/20/2026 10:00:00"]);
    assert_eq!(read[0], "2026-01-05T10:00");
    assert!(loaded.problems[0].reason.contains("contradict each other"), "{:?}", loaded.problems);
}

#[test]
fn local_times_need_a_zone() {
    let header = HEADER.replace("TimeGenerated", "TimeGenerated [Local Time]");
    let (read, loaded) = times(None, &header, &["2026-05-01 10:00:00"]);
    assert_eq!(read, ["2026-05-01T10:00"]);
    assert!(loaded.problems[0].reason.contains("--local-zone"));
    let (read, loaded) = times(Some(Span::minutes(120)), &header, &["2026-05-01 10:00:00"]);
    assert_eq!(read, ["2026-05-01T08:00"]);
    assert_eq!(loaded.problems, []);
    assert!(loaded.sources[0].remarks[0].contains("UTC+02:00"));
    let (read, _) =
        times(None, &HEADER.replace("TimeGenerated", "TimeGenerated [UTC+02:00]"), &["2026-05-01 10:00:00"]);
    assert_eq!(read, ["2026-05-01T08:00"]);
}

#[test]
fn a_quote_that_is_not_closed_takes_no_other_row() {
    let folder = tempfile::tempdir().unwrap();
    let row = |id: &str| format!("2026-05-01T10:00:00Z,{id},a,u,0,SigninLogs\n");
    let text = format!("{HEADER}\n{}{}{}{}", row("i1"), row("\"i2"), row("i3"), row("i4"));
    let loaded = read_one(file(folder.path(), "rows.csv", text.as_bytes()));
    assert_eq!((loaded.rows_read(), loaded.rows_skipped()), (3, 1));
    assert!(loaded.problems[0].reason.contains("a quote in it is not closed"), "{:?}", loaded.problems);
    let cut = format!("{HEADER}\n2026-05-01T10:00:00Z,{},a,u,0,SigninLogs\n", "x".repeat(32_767));
    let loaded = read_one(file(folder.path(), "cut.csv", cut.as_bytes()));
    assert!(loaded.sources[0].remarks[0].contains("the most Excel keeps"), "{:?}", loaded.sources[0].remarks);
}

#[test]
fn records_that_a_spreadsheet_cut_are_counted_and_keep_their_envelope() {
    let folder = tempfile::tempdir().unwrap();
    let whole = r#"{""CreationTime"":""2026-05-01T10:00:00"",""Operation"":""Send"",""Workload"":""Exchange""}"#;
    let header = "RecordId,CreationDate,RecordType,Operation,UserId,AuditData";
    let row = |id: &str, data: &str| format!("{id},2026-05-01T10:00:00Z,2,Send,ana@contoso.com,\"{data}\"\n");
    let text = format!("{header}\n{}{}{}", row("i1", whole), row("i2", &whole[..39]), row("i3", ""));
    let loaded = read_one(file(folder.path(), "cut.csv", text.as_bytes()));
    assert_eq!((loaded.rows_read(), loaded.problems.len()), (3, 0), "{:?}", loaded.problems);
    let remarks = &loaded.sources[0].remarks;
    assert!(
        remarks.iter().any(|remark| remark.starts_with("the record in 2 rows of the unified audit log")),
        "{remarks:?}"
    );
    let all = format!("{header}\n{}", row("i1", whole));
    assert_eq!(read_one(file(folder.path(), "whole.csv", all.as_bytes())).sources[0].remarks, [""; 0]);
}

#[test]
fn partial_results_and_broken_frames_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let frames = json!([
        {"FrameType": "DataSetHeader", "Version": "v2.0"},
        {"FrameType": "DataTable", "TableKind": "PrimaryResult", "TableName": "T", "Columns": [
            {"ColumnName": "TimeGenerated", "ColumnType": "datetime"}, {"ColumnName": "AppId", "ColumnType": "string"},
            {"ColumnName": "UserId", "ColumnType": "string"}], "Rows": [["2026-05-01T10:00:00Z", "a", "u"]]},
        {"FrameType": "DataSetCompletion", "HasErrors": true, "Cancelled": false},
    ]);
    let query = json!({"tables": [{"name": "PrimaryResult", "columns": [{"name": "TimeGenerated", "type": "datetime"},
        {"name": "AppId", "type": "string"}, {"name": "UserId", "type": "string"}], "rows": [["2026-05-01T10:00:00Z", "a", "u"]]}],
        "error": {"code": "PartialError"}});
    for (name, text) in [("frames.json", frames.to_string()), ("query.json", query.to_string())] {
        let loaded = read_one(file(folder.path(), name, text.as_bytes()));
        assert_eq!(loaded.rows_read(), 1, "{name}");
        assert!(loaded.problems[0].reason.contains("is not whole"), "{name}: {:?}", loaded.problems);
    }
    let bare = "[".repeat(200_000);
    let loaded = read_one(file(folder.path(), "deep.json", bare.as_bytes()));
    assert_eq!(loaded.problems.len(), 1, "{:?}", loaded.problems);
}

#[test]
fn rows_that_only_look_like_ours_are_counted_under_their_own_table() {
    let call = |uri: &str| {
        json!({"time": "2026-05-01T14:00:00Z", "requestId": "r", "requestMethod": "GET", "requestUri": uri,
            "userId": "u", "appId": "a", "signInActivityId": "t"})
    };
    let audit = json!({"id": "d", "category": "UserManagement", "activityDisplayName": "Add user",
        "activityDateTime": "2026-05-01T14:00:00Z", "targetResources": []});
    for (name, row, table) in [
        ("calls.json", call("https://graph.windows.net/x/users?api-version=1.6-internal"), "AADGraphActivityLogs"),
        ("calls.json", call("https://graph.microsoft.com/v1.0/users"), "MicrosoftGraphActivityLogs"),
        ("am-AADGraphActivityLogs.json", call("https://example.net/users"), "AADGraphActivityLogs"),
        ("audit.json", audit, "AuditLogs"),
    ] {
        let loaded = one(name, &row.to_string());
        assert!(loaded.sources[0].tables.keys().eq([table]), "{name}: {:?}", loaded.sources[0].tables);
    }
}

#[test]
fn what_was_taken_out_of_an_export_is_no_value() {
    let mut row = sign_in();
    for name in ["status", "location", "deviceDetail"] {
        row[name] = "[redacted]".into();
    }
    let loaded = one("redacted.json", &row.to_string());
    let (_, text) = event(&loaded);
    assert_eq!(text(Field::ResultType), "");
    assert!(loaded.sources[0].remarks[0].contains("whether those sign-ins succeeded is not known"));
    let folder = tempfile::tempdir().unwrap();
    let text =
        json!({"time": "2026-05-01T14:00:00Z", "category": "SignInLogs", "properties": "<too long>"}).to_string();
    let loaded = read_one(file(folder.path(), "cut.json", text.as_bytes()));
    assert_eq!((loaded.rows_read(), loaded.rows_skipped()), (0, 1));
    assert!(loaded.problems[0].reason.contains("its properties are a text"), "{:?}", loaded.problems);
}
