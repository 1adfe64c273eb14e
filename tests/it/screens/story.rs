//! One bundle: a director's device code phished, an administrator's client hopping, a colleague's own work.
#![expect(clippy::unwrap_used, reason = "a test may fail that way")]

use serde_json::{Value, json};
use std::fmt::Write as _;

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const RESOURCES: [(&str, &str, &str); 6] = [
    ("14:02:00", "00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
    ("14:02:31", "00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
    ("14:03:02", "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services"),
    ("14:03:33", "797f4846-ba00-4fd7-ba43-dac1f8f63013", "Azure Resource Manager"),
    ("14:04:04", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault"),
    ("14:04:37", "c5393580-f805-4401-95e8-94b7a6ef2fc2", "Office 365 Management APIs"),
];

/// The rows as NDJSON.
pub(crate) fn ndjson() -> String {
    let mut rows = usual_days("u1", "finance.director@contoso.com", "192.0.2.10");
    rows.extend(usual_days("u2", "b.office@contoso.com", "192.0.2.11"));
    rows.extend(phish());
    rows.extend(own_work());
    rows.iter().fold(String::new(), |mut text, row| {
        writeln!(text, "{row}").unwrap();
        text
    })
}

/// The story with more of the director's rows: a directory read in pages, calls that only a session or nothing ties,
/// a night of silence and a morning after.
pub(crate) fn busy() -> String {
    let who = ("u1", "finance.director@contoso.com");
    let call = |number: usize, at: &str, rest: &Value| {
        let mut call = row("MicrosoftGraphActivityLogs", at, who, rest);
        for (name, value) in [
            ("RequestId", json!(format!("busy{number}"))),
            ("AppId", json!(CLI)),
            ("RequestMethod", json!("GET")),
            ("ResponseStatusCode", json!("200")),
            ("IPAddress", json!("198.51.100.23")),
            ("UserAgent", json!("python-requests/2.31.0")),
        ] {
            call[name] = value;
        }
        call
    };
    let uri = |path: &str| format!("https://graph.microsoft.com/v1.0{path}");
    let mut rows: Vec<Value> = (0..38)
        .map(|number| {
            let path = uri(&format!("/users?$top=999&$skiptoken={number}"));
            let rest = json!({ "SignInActivityId": "tok0", "RequestUri": path });
            call(number, &format!("2026-05-01T14:05:{number:02}Z"), &rest)
        })
        .collect();
    let by_session = json!({ "SignInActivityId": "lost", "SessionId": "s1", "RequestUri": uri("/me/chats") });
    rows.push(call(38, "2026-05-01T14:07:00Z", &by_session));
    rows.push(call(39, "2026-05-01T14:08:00Z", &json!({ "RequestUri": uri("/sites?search=finance") })));
    let mut morning = usual_days("u1", who.1, "192.0.2.10").pop().unwrap();
    (morning["Id"], morning["SessionId"]) = (json!("morning"), json!("s9"));
    for name in ["TimeGenerated", "CreatedDateTime"] {
        morning[name] = json!("2026-05-02T08:30:00Z");
    }
    rows.push(morning);
    let mut text = ndjson();
    for row in rows {
        writeln!(text, "{row}").unwrap();
    }
    text
}

/// The story with both audit logs: mail, a chat and files by the stolen token, a rule in the same session, and a device
/// that only the address ties.
pub(crate) fn audited() -> String {
    let act = |number: usize, clock: &str, operation: &str, workload: &str, rest: &Value| {
        let mut act = json!({
            "AppAccessContext": { "AADSessionId": "s1", "UniqueTokenId": "tok0" },
            "ClientIP": "198.51.100.23", "CreationTime": format!("2026-05-01T{clock}"), "Id": format!("act{number}"),
            "Operation": operation, "RecordType": 2, "ResultStatus": "Succeeded", "UserKey": "u1",
            "UserId": "finance.director@contoso.com", "Workload": workload,
        });
        for (name, value) in rest.as_object().unwrap() {
            act[name] = value.clone();
        }
        act
    };
    let message =
        |id: &str, subject: &str| json!({ "InternetMessageId": format!("<{id}@contoso.com>"), "Subject": subject });
    let read = json!({
        "OperationProperties": [{ "Name": "MailAccessType", "Value": "Bind" }],
        "Folders": [{ "Path": "\\Inbox", "FolderItems": [message("m1", "Invoice 20418"), message("m2", "Bank details")] }],
        "OperationCount": 2,
    });
    let rule = json!({
        "ObjectId": "finance.director\\.",
        "Parameters": [
            { "Name": "Name", "Value": "." }, { "Name": "MoveToFolder", "Value": "RSS Feeds" },
            { "Name": "DeleteMessage", "Value": "True" }, { "Name": "SubjectContainsWords", "Value": "invoice" },
        ],
    });
    let file = |name: &str| {
        let site = "https://contoso-my.sharepoint.com/personal/finance_director";
        json!({ "ObjectId": format!("{site}/Documents/{name}"), "SourceFileName": name, "SourceRelativeUrl": "Documents" })
    };
    let chat = json!({ "ChatThreadId": "19:7c1f0d5e@thread.v2", "ChatName": "Finance leads" });
    let device = json!({
        "Type": "AuditLogs", "ActivityDateTime": "2026-05-01T14:12:00Z", "OperationName": "Register device",
        "Id": "change0", "Result": "success", "LoggedByService": "Device Registration Service",
        "InitiatedBy": { "user": {
            "id": "u1", "userPrincipalName": "finance.director@contoso.com", "ipAddress": "198.51.100.23"
        } },
        "TargetResources": [{ "displayName": "DESKTOP-7K2QF9M", "type": "Device", "id": "d1" }],
    });
    let rows = [
        act(0, "14:02:20", "MailItemsAccessed", "Exchange", &read),
        act(1, "14:05:40", "MessagesListed", "MicrosoftTeams", &chat),
        act(2, "14:06:02", "FileDownloaded", "OneDrive", &file("Forecast.xlsx")),
        act(3, "14:06:20", "FileDownloaded", "OneDrive", &file("Payment run.xlsx")),
        act(4, "14:09:20", "New-InboxRule", "Exchange", &rule),
        device,
    ];
    let mut text = ndjson();
    for row in rows {
        writeln!(text, "{row}").unwrap();
    }
    text
}

/// Three that stay just below a threshold: the window, the time after a device code, the resources.
pub(crate) fn near() -> String {
    let token = |user: &str, number: usize, at: &str, rest: &Value| {
        let (_, id, name) = RESOURCES[number];
        let mut token = row("AADNonInteractiveUserSignInLogs", at, (user, &format!("{user}@contoso.com")), rest);
        for (name, value) in [
            ("Id", json!(format!("{user}{number}"))),
            ("AppId", json!(CLI)),
            ("AppDisplayName", json!("Microsoft Azure CLI")),
            ("ResourceIdentity", json!(id)),
            ("ResourceDisplayName", json!(name)),
            ("IncomingTokenType", json!("refreshToken")),
            ("IPAddress", json!("198.51.100.23")),
        ] {
            token[name] = value;
        }
        token
    };
    let mut rows = Vec::new();
    for (number, clock) in ["10:00:00", "10:05:00", "10:11:00"].into_iter().enumerate() {
        rows.push(token("window", number, &format!("2026-05-01T{clock}Z"), &json!({})));
    }
    let code = json!({ "Id": "code", "AuthenticationProtocol": "deviceCode", "AppId": CLI, "IPAddress": "192.0.2.10" });
    rows.push(row("SigninLogs", "2026-05-01T11:36:00Z", ("code", "code@contoso.com"), &code));
    for (number, clock) in ["12:00:00", "12:01:00", "12:02:00"].into_iter().enumerate() {
        rows.push(token("code", number, &format!("2026-05-01T{clock}Z"), &json!({})));
    }
    for (number, clock) in ["13:00:00", "13:01:00"].into_iter().enumerate() {
        rows.push(token("two", number, &format!("2026-05-01T{clock}Z"), &json!({})));
    }
    rows.iter().fold(String::new(), |mut text, row| {
        writeln!(text, "{row}").unwrap();
        text
    })
}

fn row(table: &str, at: &str, who: (&str, &str), rest: &Value) -> Value {
    let mut row = json!({ "Type": table, "TimeGenerated": at, "CreatedDateTime": at, "UserId": who.0 });
    if table != "MicrosoftGraphActivityLogs" {
        row["UserPrincipalName"] = json!(who.1);
        row["ResultType"] = json!("0");
    }
    for (name, value) in rest.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

fn usual_days(id: &str, upn: &str, address: &str) -> Vec<Value> {
    let day = |day: u32| {
        row(
            "SigninLogs",
            &format!("2026-04-{day:02}T09:00:00Z"),
            (id, upn),
            &json!({
                "Id": format!("{id}-day-{day}"), "IPAddress": address, "AutonomousSystemNumber": "64496",
                "AppId": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "AppDisplayName": "Azure Portal",
                "ResourceDisplayName": "Windows Azure Service Management API",
                "UserAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0",
            }),
        )
    };
    (1..=20).map(day).collect()
}

fn phish() -> Vec<Value> {
    let who = ("u1", "finance.director@contoso.com");
    let mut rows = vec![
        row(
            "SigninLogs",
            "2026-05-01T13:59:40Z",
            who,
            &json!({ "Id": "denied", "ResultType": "50126", "IPAddress": "192.0.2.10", "AppDisplayName": "Azure Portal",
                     "AppId": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "ResourceDisplayName": "Microsoft Graph" }),
        ),
        row(
            "SigninLogs",
            "2026-05-01T14:00:00Z",
            who,
            &json!({ "Id": "code", "AuthenticationProtocol": "deviceCode", "IPAddress": "192.0.2.10", "SessionId": "s1",
                     "AppId": CLI, "AppDisplayName": "Microsoft Azure CLI", "ResourceDisplayName": "Azure Resource Manager",
                     "ResourceIdentity": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
                     "UserAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0" }),
        ),
    ];
    for (number, (clock, id, name)) in RESOURCES.into_iter().enumerate() {
        rows.push(row(
            "AADNonInteractiveUserSignInLogs",
            &format!("2026-05-01T{clock}Z"),
            who,
            &json!({ "Id": format!("row{number}"), "IncomingTokenType": "refreshToken", "AppId": CLI,
                     "AppDisplayName": "Microsoft Azure CLI", "ResourceIdentity": id, "ResourceDisplayName": name,
                     "IPAddress": "198.51.100.23", "AutonomousSystemNumber": "64500", "SessionId": "s1",
                     "UserAgent": "python-requests/2.31.0", "UniqueTokenIdentifier": format!("tok{number}") }),
        ));
    }
    let calls = [
        ("14:02:07", "GET", "200", "/me/messages?$search=\"invoice\""),
        ("14:02:09", "GET", "200", "/me/messages/AAMk1/attachments"),
        ("14:02:12", "GET", "403", "/directoryRoles"),
        ("14:02:20", "POST", "201", "/me/mailFolders/inbox/messageRules"),
    ];
    for (number, (clock, method, status, path)) in calls.into_iter().enumerate() {
        rows.push(row(
            "MicrosoftGraphActivityLogs",
            &format!("2026-05-01T{clock}Z"),
            who,
            &json!({ "RequestId": format!("call{number}"), "AppId": CLI, "SignInActivityId": "tok0", "RequestMethod": method,
                     "ResponseStatusCode": status, "RequestUri": format!("https://graph.microsoft.com/v1.0{path}"),
                     "IPAddress": "198.51.100.23", "UserAgent": "python-requests/2.31.0" }),
        ));
    }
    rows
}

/// A burst from the usual address; its agent tries to speak to the terminal.
fn own_work() -> Vec<Value> {
    let who = ("u2", "b.office@contoso.com");
    let token = |(number, (_, id, name)): (usize, &(&str, &str, &str))| {
        row(
            "AADNonInteractiveUserSignInLogs",
            &format!("2026-04-20T10:0{number}:00Z"),
            who,
            &json!({ "Id": format!("own{number}"), "IncomingTokenType": "refreshToken", "AppId": CLI,
                     "AppDisplayName": "Microsoft Azure CLI", "ResourceIdentity": id, "ResourceDisplayName": name,
                     "IPAddress": "192.0.2.11", "AutonomousSystemNumber": "64496", "SessionId": "s2",
                     "UserAgent": "az\u{1b}[2J\u{202e}cli/2.60", "UniqueTokenIdentifier": format!("own-tok{number}") }),
        )
    };
    RESOURCES.iter().take(3).enumerate().map(token).collect()
}
