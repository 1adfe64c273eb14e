//! One logical set of acts in every shape of the audit tables gives the same rows of the timeline, up to what the shape
//! cannot hold; and two shapes together give each row once.

mod shapes;

use serde_json::{Value, json};
use shapes::{Shape, lines};
use std::collections::BTreeMap;
use std::fs;

pub(crate) const ANA: &str = "ana@contoso.com";
const BEN: &str = "ben@contoso.com";
pub(crate) const ANA_ID: &str = "a1a1a1a1-0000-4000-8000-00000000000a";
const BEN_ID: &str = "b2b2b2b2-0000-4000-8000-00000000000b";
const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const SIGN_IN: &str = "ebbcde9f-2dd4-4b92-8f29-7a0ef7b10500";
const TOKEN: &str = "n96869QtkkuPKXoO97EFAA";
const SESSION: &str = "5e551000-1111-4000-8000-000000000001";
const ADDRESS: &str = "203.0.113.5";

#[test]
fn searches_that_are_not_whole_and_office_activity_alone_are_named() {
    let notices = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("log.ndjson"), text).unwrap();
        let loaded = tokentrail::testing::ingest::load(
            &[folder.path().to_owned()],
            &tokentrail::testing::ingest::Options::default(),
            &|_| {},
            &std::sync::atomic::AtomicBool::new(false),
        );
        let loaded = loaded.unwrap();
        let info = tokentrail::testing::report::info::info(&loaded);
        info.notices.iter().map(|notice| notice.what.clone()).collect::<Vec<_>>().join("\n")
    };
    let mut rows = shapes::searched(&records(), false);
    let whole = rows.len();
    assert!(!notices(&lines(&rows)).contains("not whole"));
    rows.truncate(2);
    let found = notices(&lines(&rows));
    assert!(
        found.contains(&format!("The unified audit log is not whole: 2 of {whole} that a search found.")),
        "{found}"
    );
    rows[0]["ResultIndex"] = json!(-1);
    rows[1]["ResultIndex"] = json!(-1);
    let found = notices(&lines(&rows));
    assert!(found.contains("2 rows of a page without an answer (ResultIndex -1)"), "{found}");
    let office = json!({
        "TimeGenerated": "2026-05-01T14:01:00Z", "OfficeId": "1", "OfficeWorkload": "Exchange", "Operation": "Send",
        "UserId": ANA, "Type": "OfficeActivity",
    });
    let found = notices(&lines(&[office]));
    assert!(found.contains("here as OfficeActivity alone"), "{found}");
}

/// Columns of a row that every shape must give alike.
const COLUMNS: [&str; 14] = [
    "Id",
    "Time",
    "Failed",
    "Kind",
    "Operation",
    "Action",
    "Object",
    "Count",
    "Tie",
    "TiedTo",
    "UniqueTokenIdentifier",
    "SessionId",
    "IPAddress",
    "Actor",
];

/// The sign-ins that acts are tied to.
fn sign_ins() -> String {
    let row = |user: &str, id: &str, name: &str, sign_in: &str| {
        json!({
            "Type": "AADNonInteractiveUserSignInLogs", "TimeGenerated": "2026-05-01T14:05:00Z",
            "CreatedDateTime": "2026-05-01T14:00:00.5Z", "Id": sign_in, "UserId": id, "UserPrincipalName": name,
            "AppId": CLI, "ResourceIdentity": "r", "IPAddress": ADDRESS, "AutonomousSystemNumber": "64500",
            "ResultType": "0", "SessionId": if user == "a" { SESSION } else { "" }, "IncomingTokenType": "refreshToken",
        })
    };
    lines(&[row("a", ANA_ID, ANA, SIGN_IN), row("b", BEN_ID, BEN, "ebbcde9f-2dd4-4b92-8f29-7a0ef7b10600")])
}

fn record(number: u32, workload: &str, kind: u32, operation: &str, more: &Value) -> Value {
    let mut record = json!({
        "CreationTime": format!("2026-05-01T14:{number:02}:00"),
        "Id": format!("0ac70000-0000-4000-8000-0000000000{number:02}"),
        "Operation": operation, "OrganizationId": "7e4a0000-0000-4000-8000-0000000000aa", "RecordType": kind,
        "ResultStatus": "Succeeded", "UserKey": "100320010000000a", "UserType": 0, "Version": 1,
        "Workload": workload, "UserId": "Ana@contoso.com",
    });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

/// Acts in mail, files, chats and directory.
#[expect(clippy::too_many_lines, reason = "a list of records")]
fn records() -> Vec<Value> {
    let message = |id: &str| json!({"Id": format!("Rg{id}"), "InternetMessageId": format!("<{id}@contoso.com>")});
    let deleted = |n: u32| json!({"Id": format!("x{n}"), "Subject": format!("Subject {n}")});
    vec![
        record(
            1,
            "Exchange",
            50,
            "MailItemsAccessed",
            &json!({
                "ClientIPAddress": "203.0.113.5:443", "ClientAppId": CLI, "OperationCount": 3,
                "AppAccessContext": {"UniqueTokenId": TOKEN, "AADSessionId": SESSION.to_uppercase()},
                "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}],
                "Folders": [{"Path": "\\Inbox", "FolderItems": [message("1"), message("2"), message("1")]}],
            }),
        ),
        record(
            2,
            "Exchange",
            2,
            "MailItemsAccessed",
            &json!({
                "ClientIP": "<null>", "ClientIPAddress": "[203.0.113.5]", "OperationCount": 9,
                "OperationProperties": [{"Name": "MailAccessType", "Value": "Sync"}],
                "Item": {"ParentFolder": {"Path": "\\Sent Items", "Name": "Sent Items"}},
            }),
        ),
        record(
            3,
            "Exchange",
            2,
            "Send",
            &json!({
                "ClientIP": "2001:db8:0::7", "SessionId": SESSION,
                "Item": {"Subject": "Invoice, \"due\"", "InternetMessageId": "<s@contoso.com>"},
            }),
        ),
        record(
            4,
            "Exchange",
            1,
            "Set-InboxRule",
            &json!({
                "ClientIP": "[203.0.113.5]:5678", "ObjectId": "ana\\.",
                "Parameters": [{"Name": "Name", "Value": "."}, {"Name": "ForwardTo", "Value": "x@example.org"},
                    {"Name": "Mailbox", "Value": "Ben@contoso.com"}],
            }),
        ),
        record(
            5,
            "Exchange",
            3,
            "SoftDelete",
            &json!({
                "ClientIP": "", "ResultStatus": "FALSE", "Folder": {"Path": "\\Inbox"},
                "AffectedItems": [deleted(1), deleted(2)], "MailboxOwnerUPN": ANA,
            }),
        ),
        record(
            6,
            "SharePoint",
            6,
            "FileDownloaded",
            &json!({
                "ClientIP": "::ffff:203.0.113.5", "ObjectId": "https://contoso.sharepoint.com/sites/x/Shared Documents/a.xlsx",
                "SourceFileName": "a.xlsx", "SiteUrl": "https://contoso.sharepoint.com/sites/x/",
                "AppAccessContext": {"AADSessionId": "00000000-0000-0000-0000-000000000000", "UniqueTokenId": "AAAAAAAAAAAAAAAAAAAAAA"},
            }),
        ),
        record(
            7,
            "MicrosoftTeams",
            25,
            "ChatCreated",
            &json!({
                "ClientIP": "198.51.100.9", "ChatThreadId": "19:a@unq.gbl.spaces", "Members": [{"UPN": "x@example.org"}],
            }),
        ),
        record(
            8,
            "AzureActiveDirectory",
            8,
            "Add member to role.",
            &json!({
                "ResultStatus": "Success", "InterSystemsId": "c0440000-0000-4000-8000-0000000000c8",
                "Target": [{"ID": "User_x", "Type": 2}, {"ID": BEN, "Type": 5}],
            }),
        ),
        record(
            9,
            "AzureActiveDirectory",
            15,
            "UserLoginFailed",
            &json!({
                "ResultStatus": "Success", "ClientIP": "198.51.100.9", "ApplicationId": CLI,
                "DeviceProperties": [{"Name": "OS", "Value": "Windows"}, {"Name": "SessionId", "Value": SESSION}],
            }),
        ),
        record(
            10,
            "Exchange",
            1,
            "Add-MailboxPermission",
            &json!({
                "UserType": 3, "UserId": "NT AUTHORITY\\SYSTEM (w3wp)",
                "Parameters": [{"Name": "Identity", "Value": ANA}],
            }),
        ),
    ]
}

/// Rows of a user's timeline that are no sign-ins, by time.
fn rows(files: &[(&str, String)], user: &str) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sign-ins.jsonl"), sign_ins()).unwrap();
    for (number, (name, text)) in files.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}-{name}")), text).unwrap();
    }
    let mut command = assert_cmd::Command::cargo_bin("tokentrail").unwrap();
    let command = command.arg("timeline").arg(folder.path()).args(["--user", user, "--format", "jsonl"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = String::from_utf8(output.stdout).unwrap();
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let acts = rows.filter(|row| row["Kind"] == "act" || row["Kind"] == "record");
    acts.map(|row| COLUMNS.iter().map(|name| row[*name].clone()).collect()).collect()
}

/// Both timelines.
fn both(files: &[(&str, String)]) -> [Vec<Value>; 2] {
    [ANA, BEN].map(|user| rows(files, user))
}

/// Id, failed, operation, count, tie, session, address and actor of the rows, in short.
fn short(rows: &[Value]) -> Vec<String> {
    let word = |row: &Value, column: &str| {
        let at = COLUMNS.iter().position(|name| *name == column).unwrap();
        row[at].as_str().map_or_else(|| row[at].to_string(), str::to_owned)
    };
    let columns = ["Failed", "Operation", "Object", "Count", "Tie", "SessionId", "IPAddress", "Actor"];
    rows.iter().map(|row| columns.map(|column| word(row, column)).join(" | ").to_lowercase()).collect()
}

#[test]
fn the_rows_are_what_the_records_say() {
    let [ana, ben] = both(&[("raw.jsonl", lines(&records()))]);
    assert_eq!(
        short(&ana),
        [
            format!("false | mailitemsaccessed | \\inbox | 2 | token | {SESSION} | {ADDRESS} | null"),
            format!("false | mailitemsaccessed | \\sent items | 1 | network | null | {ADDRESS} | null"),
            format!("false | send | invoice, \"due\" | 1 | session | {SESSION} | 2001:db8::7 | null"),
            format!("false | set-inboxrule | . | 1 | network | null | {ADDRESS} | null"),
            "true | softdelete | subject 1 | 2 | time | null | null | null".to_owned(),
            format!("false | filedownloaded | a.xlsx | 1 | network | null | {ADDRESS} | null"),
            "false | chatcreated | 19:a@unq.gbl.spaces | 1 | time | null | 198.51.100.9 | null".to_owned(),
            format!("false | add member to role | {BEN} | 1 | time | null | null | null"),
            format!("true | userloginfailed | null | 1 | session | {SESSION} | 198.51.100.9 | null"),
        ]
    );
    assert_eq!(
        short(&ben),
        [
            format!("false | set-inboxrule | . | 1 | network | null | {ADDRESS} | {ANA}"),
            format!("false | add member to role | {BEN} | 1 | time | null | null | {ANA}"),
        ]
    );
}

#[test]
fn every_whole_shape_of_the_unified_audit_log_gives_the_same_rows() {
    let expected = both(&[("raw.jsonl", lines(&records()))]);
    for Shape { name, write } in shapes::WHOLE {
        assert_eq!(both(&[(name, write(&records()))]), expected, "{name}");
    }
}

/// Of each record the fullest copy decides, whatever the order of the files.
#[test]
fn two_shapes_together_give_each_row_once() {
    let expected = both(&[("raw.jsonl", lines(&records()))]);
    let mut whole = shapes::WHOLE.iter().cycle();
    for Shape { name, write } in shapes::WHOLE.iter().skip(1).chain(shapes::POORER) {
        let Shape { name: other, write: write_other } = whole.next().unwrap();
        let (one, other) = ((*name, write(&records())), (*other, write_other(&records())));
        assert_eq!(both(&[one.clone(), other.clone()]), expected, "{name} and {}", other.0);
        assert_eq!(both(&[other.clone(), one]), expected, "{} and {name}", other.0);
    }
}

/// `OfficeActivity` has no directory, and no column for the session of Exchange.
#[test]
fn a_shape_with_fewer_columns_lacks_them_alone() {
    let [ana, _] = both(&[("raw.jsonl", lines(&records()))]);
    let [poor, _] = both(&[("office.csv", shapes::office(&records()))]);
    let short = |rows: &[Value]| {
        let by_operation = short(rows).into_iter().filter(|row| !row.contains("| send |"));
        by_operation.collect::<Vec<_>>()
    };
    assert_eq!(short(&poor), short(&ana[..7]));
    let sent = self::short(&poor).into_iter().find(|row| row.contains("| send |")).unwrap();
    assert_eq!(sent, "false | send | invoice, \"due\" | 1 | time | null | 2001:db8::7 | null");
}

#[test]
fn every_shape_of_the_other_audit_tables_gives_the_same_rows() {
    for (shapes, count) in [(shapes::audit_logs(), [2, 2]), (shapes::activity(), [2, 0])] {
        let all: BTreeMap<&str, [Vec<Value>; 2]> =
            shapes.iter().map(|(name, text)| (*name, both(&[(*name, text.clone())]))).collect();
        let expected = all.values().next().unwrap();
        assert_eq!([expected[0].len(), expected[1].len()], count, "{expected:?}");
        for (name, rows) in &all {
            // The portal's CSV has no record id.
            let without_id = |rows: &[Vec<Value>; 2]| {
                rows.iter().flatten().map(|row| row.as_array().unwrap()[1..].to_vec()).collect::<Vec<_>>()
            };
            assert_eq!(without_id(rows), without_id(expected), "{name}");
        }
        let next = shapes.iter().cycle().skip(1);
        for ((one, text), (other, second)) in shapes.iter().zip(next) {
            let known = [one, other].into_iter().find(|name| **name != "portal.csv").unwrap();
            for files in
                [[(*one, text.clone()), (*other, second.clone())], [(*other, second.clone()), (*one, text.clone())]]
            {
                assert_eq!(both(&files), all[known], "{one} and {other}");
            }
        }
    }
}

/// The change is one row, of `AuditLogs`, whatever the shapes of both logs.
#[test]
fn a_change_in_both_logs_is_one_row() {
    let unified = [record(
        20,
        "AzureActiveDirectory",
        8,
        "Update user.",
        &json!({
            "ResultStatus": "Success", "InterSystemsId": shapes::CHANGE, "ClientIP": "198.51.100.77",
            "Target": [{"ID": BEN, "Type": 5}],
        }),
    )];
    let logs = shapes::audit_logs();
    let logs = logs.iter().cycle();
    for (Shape { name: other, write }, (name, text)) in shapes::WHOLE.iter().zip(logs) {
        let alone = both(&[(name, text.clone())]);
        assert_eq!(both(&[(name, text.clone()), (other, write(&unified))]), alone, "{name} and {other}");
    }
}
