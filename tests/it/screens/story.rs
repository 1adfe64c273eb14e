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
