//! A small bundle on disk, as Log Analytics exports it: one device-code theft, one quiet user, one broken row.

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The one whose tokens are stolen.
pub(crate) const VICTIM: &str = "finance.director@contoso.com";
/// User agent of the thief's tool, hostile to terminals, Markdown, HTML and spreadsheets.
pub(crate) const AGENT: &str = "=cmd|'/C x'!A0\u{1b}[31m<b>`|`[a](https://evil.example)\u{202e}";

const VICTIM_ID: &str = "11111111-0000-0000-0000-000000000001";
const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const TENANT: &str = "7e7a0000-0000-0000-0000-000000000001";

/// The analytics that find two hits in it whatever else comes to be found: for tests about something else.
pub(crate) const BURSTS: &str = "device-code-burst,foci-burst";

/// Writes the bundle's three files, and returns their paths.
pub(crate) fn write(folder: &Path) -> Vec<PathBuf> {
    let mut broken = lines(&tokens());
    broken.push_str("{\"Type\":\"AADNonInteractiveUserSignInLogs\",\"Id\":\n");
    let files = [
        ("SigninLogs.json", lines(&sign_ins())),
        ("AADNonInteractiveUserSignInLogs.json", broken),
        ("MicrosoftGraphActivityLogs.json", lines(&calls())),
    ];
    let write = |(name, text): (&str, String)| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    files.into_iter().map(write).collect()
}

/// Writes a file more: the victim's mornings before, at the address where the code was typed. By them the burst's
/// network is new to the user.
pub(crate) fn write_days_before(folder: &Path) {
    let morning = |day: u32| {
        let time = format!("2026-04-{day}T09:00:00Z");
        let more = json!({
            "TimeGenerated": time, "CreatedDateTime": time, "IncomingTokenType": "none", "IPAddress": "203.0.113.20",
            "UserAgent": "Mozilla/5.0", "ResourceDisplayName": "Exchange Online", "AppDisplayName": "Microsoft Office",
            "AppId": "d3590ed6-52b3-4102-aeff-aad2292ab01c",
            "SessionId": format!("5e550000-0000-0000-0001-{day:0>12}"),
        });
        sign_in("SigninLogs", &(day + 100).to_string(), "", &more)
    };
    fs::write(folder.join("before.json"), lines(&(10..28).map(morning).collect::<Vec<_>>())).unwrap();
}

fn lines(rows: &[Value]) -> String {
    rows.iter().flat_map(|row| [row.to_string(), "\n".to_owned()]).collect()
}

fn sign_in(table: &str, id: &str, clock: &str, more: &Value) -> Value {
    let mut row = json!({
        "Type": table,
        "Id": id,
        "TimeGenerated": format!("2026-05-01T{clock}.5Z"),
        "CreatedDateTime": format!("2026-05-01T{clock}.0000001Z"),
        "UserId": VICTIM_ID,
        "UserPrincipalName": "Finance.Director@contoso.com",
        "UserDisplayName": "Finance Director",
        "AppId": CLI,
        "AppDisplayName": "Microsoft Azure CLI",
        "ResultType": "0",
        "IPAddress": "198.51.100.23",
        "UserAgent": AGENT,
        "SessionId": "5e550000-0000-0000-0000-000000000001",
        "CorrelationId": format!("c0000000-0000-0000-0000-{id:0>12}"),
        "HomeTenantId": TENANT,
        "ResourceTenantId": TENANT,
        "IncomingTokenType": "refreshToken",
        "UniqueTokenIdentifier": format!("token-{id}"),
    });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

fn sign_ins() -> Vec<Value> {
    let code = json!({
        "AuthenticationProtocol": "deviceCode", "IncomingTokenType": "none", "IPAddress": "203.0.113.20",
        "UserAgent": "Mozilla/5.0", "ResourceDisplayName": "Microsoft Graph",
    });
    let quiet = json!({
        "UserId": "11111111-0000-0000-0000-000000000002", "UserPrincipalName": "b.office@contoso.com",
        "SessionId": "5e550000-0000-0000-0000-000000000002", "AppId": "d3590ed6-52b3-4102-aeff-aad2292ab01c",
        "AppDisplayName": "Microsoft Office", "ResourceDisplayName": "Exchange Online", "UserAgent": "Mozilla/5.0",
    });
    vec![sign_in("SigninLogs", "1", "14:00:00", &code), sign_in("SigninLogs", "2", "09:00:00", &quiet)]
}

fn tokens() -> Vec<Value> {
    let resources = [
        ("14:02:00", "00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
        ("14:02:31", "00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
        ("14:03:02", "797f4846-ba00-4fd7-ba43-dac1f8f63013", "Windows Azure Service Management API"),
        ("14:04:05", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault"),
    ];
    let row = |(index, (clock, id, name)): (usize, &(&str, &str, &str))| {
        let more = json!({
            "ResourceIdentity": id, "ResourceDisplayName": name, "OriginalTransferMethod": "deviceCodeFlow",
        });
        sign_in("AADNonInteractiveUserSignInLogs", &(index + 3).to_string(), clock, &more)
    };
    let mut rows: Vec<Value> = resources.iter().enumerate().map(row).collect();
    // The same row twice, as overlapping exports have it.
    rows.push(rows[0].clone());
    rows
}

fn calls() -> Vec<Value> {
    let call = |id: &str, clock: &str, path: &str| {
        json!({
            "Type": "MicrosoftGraphActivityLogs",
            "RequestId": id,
            "TimeGenerated": format!("2026-05-01T{clock}.0000001Z"),
            "UserId": VICTIM_ID,
            "AppId": CLI,
            "IPAddress": "198.51.100.23",
            "UserAgent": AGENT,
            "SignInActivityId": "token-3",
            "RequestMethod": "GET",
            "ResponseStatusCode": 200,
            "RequestUri": format!("https://graph.microsoft.com/v1.0{path}"),
        })
    };
    vec![call("g1", "14:02:07", "/me/messages?$search=\"invoice\""), call("g2", "14:02:09", "/me/drive/root/children")]
}
