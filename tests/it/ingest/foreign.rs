//! Rows of tables that are not read: each is counted under its table's name, none becomes an event, none is refused.

use super::{file, read_one, tables};
use serde_json::{Value, json};
use tokentrail::testing::ingest::Loaded;
use tokentrail::testing::report::info::{NoticeKind, info, lookalikes, nothing_analysed};

const USER: &str = "44444444-0000-4000-8000-000000000001";
const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const AT: &str = "2026-05-01T14:00:00Z";

fn one(name: &str, text: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    read_one(file(folder.path(), name, text.as_bytes()))
}

/// Rows without a `Type`, with what they hold alone to tell their table.
fn rows() -> Vec<(&'static str, Value)> {
    vec![
        (
            "AADUserRiskEvents",
            json!({
                "id": "r1", "requestId": "q", "riskEventType": "anomalousToken", "riskState": "atRisk",
                "userPrincipalName": "zoe@contoso.com", "userId": USER, "ipAddress": "203.0.113.9",
                "activityDateTime": AT, "detectedDateTime": AT, "location": {"city": "Example City"},
            }),
        ),
        (
            "AADRiskyUsers",
            json!({
                "id": USER, "riskLastUpdatedDateTime": AT, "riskLevel": "high", "userPrincipalName": "zoe@contoso.com",
            }),
        ),
        (
            "AADServicePrincipalSignInLogs",
            json!({
                "TimeGenerated": AT, "Id": "s1", "AppId": CLI, "ServicePrincipalId": "sp", "ResultType": "0",
                "IPAddress": "203.0.113.9", "ResourceIdentity": "r", "IncomingTokenType": "none",
            }),
        ),
        (
            "AADManagedIdentitySignInLogs",
            json!({
                "TimeGenerated": AT, "Type": "AADManagedIdentitySignInLogs", "Id": "s1", "AppId": CLI,
                "ResultType": "0", "UserId": USER, "Identity": {"a": 1},
            }),
        ),
        (
            "AlertEvidence",
            json!({
                "Timestamp": AT, "AlertId": "al", "EntityType": "User", "EvidenceRole": "Impacted",
                "AccountObjectId": USER, "AccountUpn": "zoe@contoso.com", "Application": "Microsoft Graph",
                "ApplicationId": CLI,
            }),
        ),
        (
            "SecurityIncident",
            json!({"TimeGenerated": AT, "IncidentNumber": 7, "Status": "New", "Owner": {"upn": null}}),
        ),
        (
            "AADProvisioningLogs",
            json!({"time": AT, "category": "ProvisioningLogs", "identity": "Zoe", "properties": {"id": "p"}}),
        ),
        (
            "EmailEvents",
            json!({
                "Timestamp": AT, "NetworkMessageId": "n", "SenderFromAddress": "eve@example.com",
                "RecipientObjectId": USER, "Subject": "Hello",
            }),
        ),
        (
            "IdentityLogonEvents",
            json!({
                "Timestamp": AT, "ActionType": "LogonSuccess", "LogonType": "Interactive", "Protocol": "OAuth",
                "Application": "Microsoft 365", "AccountUpn": "zoe@contoso.com", "AccountObjectId": USER,
            }),
        ),
        (
            "DeviceEvents",
            json!({
                "Timestamp": AT, "ActionType": "BrowserLaunchedToOpenUrl", "DeviceId": "d", "AccountUpn": "zoe@c",
                "InitiatingProcessFileName": "outlook.exe", "InitiatingProcessAccountObjectId": USER, "AppId": "x",
            }),
        ),
        (
            "IntuneDevices",
            json!({"id": "d", "enrolledDateTime": AT, "userPrincipalName": "zoe@contoso.com", "userId": USER}),
        ),
    ]
}

/// Rows of audit tables without a `Type`.
fn audited() -> Vec<(&'static str, Value)> {
    let unified = json!({
        "CreationTime": "2026-05-01T14:00:00", "Id": "a1", "Operation": "MailItemsAccessed", "RecordType": 50,
        "Workload": "Exchange", "UserId": "zoe@contoso.com", "ClientIP": "203.0.113.9", "AppId": CLI,
        "ResultStatus": "Succeeded", "UserType": 0, "AppAccessContext": {"UniqueTokenId": "t", "AADSessionId": "s"},
        "Folders": [{"Path": "\\Inbox", "FolderItems": [{"Id": "m"}]}],
    });
    vec![
        (
            "UnifiedAuditLog",
            json!({
                "Timestamp": AT, "ActionType": "MailItemsAccessed", "Application": "Microsoft Exchange Online",
                "ApplicationId": 20893, "AccountObjectId": USER, "AccountDisplayName": "Zoe",
                "IPAddress": "203.0.113.9", "UserAgent": "Client=REST", "RawEventData": unified, "ReportId": "1_2_a1",
            }),
        ),
        ("UnifiedAuditLog", unified.clone()),
        (
            "UnifiedAuditLog",
            json!({
                "RecordType": "ExchangeItemAggregated", "CreationDate": "5/1/2026 2:00:00 PM", "Identity": "a1",
                "UserIds": "zoe@contoso.com", "Operations": "MailItemsAccessed", "AuditData": unified.to_string(),
            }),
        ),
        (
            "UnifiedAuditLog",
            json!({
                "id": "a1", "createdDateTime": AT, "auditLogRecordType": "ExchangeItemAggregated", "userId": USER,
                "operation": "MailItemsAccessed", "userPrincipalName": "zoe@contoso.com", "clientIp": "203.0.113.9",
                "auditData": unified,
            }),
        ),
        (
            "UnifiedAuditLog",
            json!({
                "TimeGenerated": AT, "OfficeWorkload": "Exchange", "OfficeId": "a1", "Operation": "MailItemsAccessed",
                "UserId": "zoe@contoso.com", "AppId": CLI, "ClientIP": "203.0.113.9", "UserType": "Regular",
            }),
        ),
        (
            "AuditLogs",
            json!({
                "TimeGenerated": AT, "Type": "Application", "OperationName": "Add owner to application", "Id": "d1",
                "InitiatedBy": {"user": {"id": USER}}, "TargetResources": [{"id": "x"}], "Identity": "Zoe",
                "AppId": CLI, "ResultType": "", "UserId": USER,
            }),
        ),
        (
            "AuditLogs",
            json!({
                "id": "d1", "activityDateTime": AT, "activityDisplayName": "Add member to role",
                "initiatedBy": {"user": {"id": USER, "userPrincipalName": "zoe@contoso.com"}, "app": null},
                "targetResources": [], "category": "RoleManagement", "correlationId": "c",
            }),
        ),
        (
            "AzureActivity",
            json!({
                "time": AT, "resourceId": "/SUBSCRIPTIONS/S", "category": "Administrative", "resultType": "Start",
                "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "correlationId": "c",
                "callerIpAddress": "203.0.113.9", "location": "global",
                "identity": {"authorization": {"scope": "/"}, "claims": {"appid": CLI, "uti": "t"}},
            }),
        ),
        (
            "AzureActivity",
            json!({
                "TimeGenerated": AT, "OperationNameValue": "X/WRITE", "CategoryValue": "Administrative",
                "Caller": "zoe@contoso.com", "CallerIpAddress": "203.0.113.9", "EventDataId": "e",
            }),
        ),
    ]
}

#[test]
fn rows_of_audit_tables_are_acts_and_no_sign_ins() {
    for (table, row) in audited() {
        let row = row.to_string();
        for loaded in [one("rows.json", &format!("[{row}]")), one("rows.ndjson", &format!("{row}\n"))] {
            let events: Vec<_> = loaded.store.events().map(|(_, event)| event.table).collect();
            assert!(events.len() == 1 && events[0].records() && events[0].name() == table, "{row}: {events:?}");
            assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
        }
    }
}

#[test]
fn a_row_of_another_table_is_counted_under_its_name_in_json_and_csv() {
    for (table, row) in rows() {
        let mut loaded =
            vec![one("rows.json", &json!([row, row]).to_string()), one("rows.ndjson", &format!("{row}\n{row}\n"))];
        let cell = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => format!("\"{}\"", text.replace('"', "\"\"")),
            other => format!("\"{}\"", other.to_string().replace('"', "\"\"")),
        };
        let members = row.as_object().unwrap();
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        let cells: Vec<String> = members.values().map(cell).collect();
        let (names, cells) = (names.join(","), cells.join(","));
        // What says nothing as a cell, an object as text, is no cell of an export's.
        if !matches!(table, "AADProvisioningLogs" | "SecurityIncident") {
            loaded.push(one("rows.csv", &format!("{names}\n{cells}\n{cells}\n")));
        }
        for loaded in loaded {
            assert_eq!(tables(&loaded), [(table, 2)].into(), "{row}");
            assert!(loaded.store.is_empty() && loaded.problems.is_empty(), "{table}: {:?}", loaded.problems);
            assert!(lookalikes(&loaded).is_none() && !loaded.nothing_readable());
            let sentence = nothing_analysed(&loaded).unwrap();
            assert!(sentence.contains(&format!("2 rows of {table} (")), "{sentence}");
            let notices = info(&loaded).notices;
            assert_eq!(notices[0].kind, NoticeKind::NoTable);
            assert!(notices[0].way_out.as_ref().unwrap().contains("SigninLogs"), "{:?}", notices[0]);
        }
    }
}

fn sign_in() -> Value {
    json!({
        "TimeGenerated": AT, "CreatedDateTime": AT, "Id": "s1", "UserId": USER, "AppId": CLI, "ResultType": "0",
        "UserPrincipalName": "zoe@contoso.com", "IncomingTokenType": "refreshToken", "IsInteractive": false,
    })
}

fn with(changes: &[(&str, Value)]) -> String {
    let mut row = sign_in();
    for (key, value) in changes {
        row[*key] = value.clone();
    }
    format!("{row}\n")
}

#[test]
fn a_copy_of_a_table_is_read_as_the_table_it_says_it_copies() {
    let silent = "AADNonInteractiveUserSignInLogs";
    for changes in [
        vec![("Type", json!("AADNonInteractiveUserSignInLogs_CL"))],
        vec![("Type", json!("AADNonInteractiveUserSignInLogs_KQL_CL"))],
        vec![("Type", json!("aadnoninteractiveusersigninlogs_case42_SRCH"))],
        vec![("Type", json!("Case42_SRCH")), ("_OriginalType", json!(silent))],
        vec![("_OriginalType", json!(silent)), ("Type", json!("Case42_SRCH"))],
        vec![("SourceTable", json!(silent))],
        vec![("TableName", json!(silent))],
        vec![("$table", json!(silent)), ("Type", json!("User"))],
    ] {
        let loaded = one("rows.ndjson", &with(&changes));
        assert_eq!(tables(&loaded), [(silent, 1)].into(), "{changes:?}");
        assert_eq!((loaded.rows_read(), loaded.lookalikes().len()), (1, 0));
    }
    let foreign = one("rows.ndjson", &with(&[("Type", json!("AuditLogs_CL"))]));
    assert_eq!(tables(&foreign), [("AuditLogs", 1)].into());
}

#[test]
fn what_looks_like_ours_in_an_unknown_table_is_lost_and_said() {
    let call = json!({
        "TimeGenerated": AT, "Type": "Evidence_CL", "RequestUri": "https://graph.microsoft.com/v1.0/me",
        "RequestMethod": "GET", "UserId": USER,
    });
    let typed = json!({
        "TimeGenerated": AT, "Type": "Evidence_CL", "UserId_g": USER, "AppId_g": CLI, "ResultType_s": "0",
    });
    let other = json!({"TimeGenerated": AT, "Type": "Heartbeat", "Computer": "host"});
    let loaded = one("rows.ndjson", &format!("{}{call}\n{typed}\n{other}\n", with(&[("Type", json!("Evidence_CL"))])));
    assert_eq!(loaded.lookalikes(), [("Evidence_CL", 3)].into());
    assert_eq!((loaded.rows_read(), loaded.rows_skipped()), (0, 0));
    let sentence = lookalikes(&loaded).unwrap();
    assert!(sentence.starts_with("3 rows of Evidence_CL look like sign-ins or Graph calls"), "{sentence}");
    let notices = info(&loaded).notices;
    assert!(notices.iter().any(|notice| notice.kind == NoticeKind::Lookalike), "{notices:?}");
    assert!(!nothing_analysed(&loaded).unwrap().contains("Evidence_CL"));
}

#[test]
fn a_bad_value_refuses_a_row_of_ours_alone() {
    let loaded = one("rows.ndjson", &with(&[("UserId", json!({"a": 1}))]));
    assert_eq!((loaded.rows_read(), loaded.rows_skipped()), (0, 1));
    assert_eq!(loaded.problems[0].reason, "UserId is an object where a text is expected");
    let foreign =
        one("rows.ndjson", &with(&[("UserId", json!({"a": 1})), ("ActionType", json!("x")), ("ReportId", json!("1"))]));
    assert_eq!((foreign.rows_read(), foreign.rows_skipped(), foreign.problems.len()), (0, 0, 0));
}

#[test]
fn empty_columns_of_a_union_tell_no_table() {
    let empty = [
        ("ActionType", json!("")),
        ("ReportId", Value::Null),
        ("AuditData", Value::Null),
        ("TargetResources", json!([])),
    ];
    assert_eq!(one("rows.ndjson", &with(&empty)).rows_read(), 1);
    let csv = format!("TimeGenerated,UserId,AppId,ResultType,AuditData,Type\n{AT},{USER},{CLI},0,,SigninLogs\n");
    assert_eq!(one("rows.csv", &csv).rows_read(), 1);
}

#[test]
fn an_error_answer_is_named_with_its_code() {
    let loaded = one("page.json", r#"{"error": {"code": "Authentication_Expired", "message": "Sign in again"}}"#);
    assert!(loaded.nothing_readable());
    assert!(loaded.problems[0].reason.contains("Authentication_Expired: Sign in again"), "{:?}", loaded.problems);
    assert_eq!(loaded.problems[0].record, None, "a whole file: never silent");
}
