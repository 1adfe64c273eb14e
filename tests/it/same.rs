//! The same sign-ins in several shapes are the same events: hits must not depend on how often, in which shape, in
//! which order or on how many threads they were read.

use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use tokentrail::testing::ingest::{Loaded, Options, load};
use tokentrail::testing::model::{Field, Table};

/// One user's device code and burst, and calls with the last token.
const CODE: u32 = 0;
const ROWS: std::ops::Range<u32> = 0..6;
const USER: &str = "a1a1a1a1-0000-4000-8000-00000000000a";
const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const TENANT: &str = "7e4a0000-0000-4000-8000-0000000000aa";
const RESOURCES: [&str; 3] = [
    "00000003-0000-0000-c000-000000000000",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",
];

fn id(n: u32) -> String {
    format!("ebbcde9f-2dd4-4b92-8f29-7a0ef7b1{n:04}")
}

/// Bytes of the id above, in base64url.
fn token(n: u32) -> String {
    use base64::Engine;
    let id: uuid::Uuid = id(n).parse().unwrap();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(id.to_bytes_le())
}

fn created(n: u32) -> String {
    format!("2026-05-01T14:0{n}:00.1234567Z")
}

/// The row as Log Analytics has it: everything, and an ingest time.
fn log_analytics(n: u32) -> Map<String, Value> {
    let row = json!({
        "Type": if n == CODE { "SigninLogs" } else { "AADNonInteractiveUserSignInLogs" },
        "TimeGenerated": format!("2026-05-01T14:1{n}:00.7654321Z"),
        "CreatedDateTime": created(n),
        "Id": id(n),
        "CorrelationId": format!("c0c0c0c0-0000-4000-8000-00000000000{n}"),
        "UserId": USER,
        "UserPrincipalName": "Finance.Director@contoso.com",
        "AppId": CLI,
        "AppDisplayName": "Microsoft Azure CLI",
        "ResourceIdentity": RESOURCES[n as usize % 3],
        "ResourceDisplayName": format!("Resource {}", n % 3),
        "IPAddress": "192.0.2.100",
        "UserAgent": "python-requests/2.31.0",
        "ResultType": "0",
        "AuthenticationProtocol": if n == CODE { "deviceCode" } else { "none" },
        "OriginalTransferMethod": "deviceCodeFlow",
        "IncomingTokenType": if n == CODE { "none" } else { "refreshToken" },
        "SessionId": "s-1",
        "UniqueTokenIdentifier": token(n),
        "HomeTenantId": TENANT,
        "ResourceTenantId": TENANT,
        "AutonomousSystemNumber": "64500",
    });
    row.as_object().unwrap().clone()
}

/// The sign-in in Graph v1.0: no protocol, token or session, no ingest time, seconds only.
fn graph_v1(n: u32) -> Value {
    let row = log_analytics(n);
    json!({
        "id": id(n),
        "createdDateTime": format!("{}Z", &created(n)[..19]),
        "correlationId": row["CorrelationId"],
        "userId": USER,
        "userPrincipalName": "finance.director@contoso.com",
        "appId": CLI,
        "appDisplayName": "Microsoft Azure CLI",
        "resourceId": row["ResourceIdentity"],
        "resourceDisplayName": row["ResourceDisplayName"],
        "ipAddress": "192.0.2.100",
        "userAgent": "python-requests/2.31.0",
        "isInteractive": n == CODE,
        "homeTenantId": TENANT,
        "resourceTenantId": TENANT,
        "status": {"errorCode": 0},
    })
}

/// The sign-in in the portal's CSV, which does not name its table.
fn portal(n: u32) -> String {
    let row = log_analytics(n);
    let text = |name: &str| row[name].as_str().unwrap().to_owned();
    [
        format!("{}Z", &created(n)[..19]),
        id(n),
        text("UserAgent"),
        text("CorrelationId"),
        USER.to_owned(),
        "finance.director@contoso.com".to_owned(),
        text("IncomingTokenType"),
        text("AuthenticationProtocol"),
        CLI.to_owned(),
        text("ResourceIdentity"),
        text("IPAddress"),
        "0".to_owned(),
    ]
    .join(",")
}

const PORTAL_HEADER: &str = "Date (UTC),Request ID,User agent,Correlation ID,User ID,Username,Incoming token type,\
                             Authentication Protocol,Application ID ,Resource ID ,IP address,Sign-in error code";

fn call(n: u32) -> Value {
    json!({
        "Type": "MicrosoftGraphActivityLogs", "TimeGenerated": format!("2026-05-01T14:2{n}:00Z"),
        "RequestId": format!("call-{n}"), "SignInActivityId": token(n), "UserId": USER, "AppId": CLI,
        "RequestMethod": "GET", "RequestUri": "https://graph.microsoft.com/v1.0/me/messages",
        "ResponseStatusCode": 200, "IPAddress": "192.0.2.100", "UserAgent": "python-requests/2.31.0",
    })
}

fn lines(rows: impl Iterator<Item = Value>) -> String {
    rows.map(|row| row.to_string() + "\n").collect()
}

/// The evidence in every shape, each in a file.
struct Bundle {
    folder: tempfile::TempDir,
}

impl Bundle {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        write("a-logs.json", lines(ROWS.map(|n| Value::Object(log_analytics(n)))));
        write("b-graph.json", json!({"value": ROWS.map(graph_v1).collect::<Vec<_>>()}).to_string());
        write("c-portal.csv", format!("{PORTAL_HEADER}\n{}\n", ROWS.map(portal).collect::<Vec<_>>().join("\n")));
        write("d-calls.json", lines((1..3).map(call)));
        write("e-logs-again.json", lines(ROWS.rev().map(|n| Value::Object(log_analytics(n)))));
        Self { folder }
    }

    fn paths(&self, letters: &str) -> Vec<PathBuf> {
        let names = ["a-logs.json", "b-graph.json", "c-portal.csv", "d-calls.json", "e-logs-again.json"];
        letters
            .chars()
            .map(|letter| names.iter().find(|name| name.starts_with(letter)).unwrap())
            .map(|name| self.folder.path().join(name))
            .collect()
    }

    fn scan(&self, letters: &str, args: &[&str]) -> String {
        let mut command = assert_cmd::Command::cargo_bin("tokentrail").unwrap();
        let output = command.arg("scan").args(self.paths(letters)).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The hits without the positions of their rows.
    fn hits(&self, letters: &str) -> Vec<Value> {
        let mut hits: Vec<Value> = self
            .scan(letters, &["--format", "jsonl"])
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for hit in &mut hits {
            hit.as_object_mut().unwrap().remove("Events").unwrap();
        }
        assert!(!hits.is_empty(), "{letters} gives no hit");
        hits
    }

    fn load(&self, letters: &str) -> Loaded {
        load(&self.paths(letters), &Options::default(), &|_| {}, &AtomicBool::new(false)).unwrap()
    }
}

#[test]
fn order_and_threads_do_not_show() {
    let bundle = Bundle::new();
    for format in ["table", "jsonl", "json", "csv"] {
        let all = bundle.scan("abcde", &["--format", format]);
        for letters in ["edcba", "cabed", "dbeca"] {
            assert!(bundle.scan(letters, &["--format", format]) == all, "{letters}");
        }
        for threads in ["1", "2", "5"] {
            assert!(bundle.scan("abcde", &["--format", format, "--threads", threads]) == all, "{threads}");
        }
    }
}

#[test]
fn a_copy_changes_nothing_that_is_found() {
    let bundle = Bundle::new();
    let (table, hits) = (bundle.scan("ad", &["--format", "table"]), bundle.hits("ad"));
    for letters in ["aade", "ade", "abd", "acd", "abcde", "de"] {
        assert!(bundle.scan(letters, &["--format", "table"]) == table, "{letters}");
        assert!(bundle.hits(letters) == hits, "{letters}");
    }
}

/// A hit in a poorer shape has the same id, for case files to go by.
#[test]
fn the_id_of_a_hit_does_not_depend_on_the_shape() {
    let bundle = Bundle::new();
    let burst = |letters: &str| {
        let hits = bundle.hits(letters);
        let hit = hits.iter().find(|hit| hit["Analytic"] == "foci-burst").unwrap();
        (hit["HitId"].clone(), hit["ResourceIds"].clone(), hit["SignInCount"].clone())
    };
    assert_eq!(burst("ad"), burst("bd"));
    assert_eq!(burst("ad"), burst("bcd"));
}

#[test]
fn three_shapes_of_a_sign_in_are_one_event_with_the_fields_of_all() {
    let bundle = Bundle::new();
    let loaded = bundle.load("abc");
    let store = &loaded.store;
    assert_eq!((loaded.rows_read(), store.duplicates()), (18, 12));
    let live: Vec<_> = store.events().filter(|(_, event)| !event.is_duplicate()).collect();
    assert_eq!(live.len(), 6);
    for (at, (id, event)) in live.iter().enumerate() {
        let n = u32::try_from(at).unwrap();
        assert_eq!(event.created.to_string(), created(n));
        assert_eq!(event.table, if n == CODE { Table::SignIn } else { Table::NonInteractive });
        assert_eq!(store.rows(*id).len(), 3);
    }
    // Without the richest: what Graph lacks comes from the CSV, and the table from Graph.
    let loaded = bundle.load("bc");
    let store = &loaded.store;
    let (id, event) = store.events().filter(|(_, event)| !event.is_duplicate()).nth(1).unwrap();
    assert_eq!(event.table, Table::NonInteractive);
    let source = |row| &*loaded.sources[store.event(row).origin.source.0 as usize].name;
    let given = |field| Path::new(source(store.field_row(id, field))).extension().unwrap().to_owned();
    assert_eq!(store.text(event.get(Field::IncomingTokenType)), "refreshToken");
    assert_eq!([Field::IncomingTokenType, Field::ResourceTenantId].map(given), ["csv", "json"]);
    assert!(loaded.sources[1].tables.keys().eq(["AADNonInteractiveUserSignInLogs", "SigninLogs"]));
    assert!(loaded.sources[1].remarks.iter().any(|remark| remark.starts_with("5 rows do not say their table")));
}

#[test]
fn published_semantics_see_rows_as_they_are() {
    let bundle = Bundle::new();
    let published = |letters: &str| bundle.scan(letters, &["--format", "jsonl", "--as-published"]);
    let evidence = |text: &str| {
        let hit: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        (hit["SignInCount"].clone(), hit["Resources"].clone())
    };
    // The CSV has no names: were its rows filled, they would count too.
    let (count, _) = evidence(&published("bc"));
    assert_eq!(count, json!(5));
    let names = bundle.load("bc");
    let rows = names.store.events().filter(|(_, event)| !event.is_union());
    let blank = rows.filter(|(_, event)| event.get(Field::ResourceDisplayName).is_none()).count();
    assert_eq!(blank, 6);
}

#[test]
fn hits_name_the_copies_and_what_they_gave() {
    let bundle = Bundle::new();
    let text = bundle.scan("bcd", &["--format", "jsonl", "--analytics", "foci-burst"]);
    let hit: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let event = &hit["Events"][0];
    assert!(event["Source"].as_str().unwrap().ends_with("c-portal.csv"), "read last: {event}");
    let copy = &event["Copies"][0];
    assert!(copy["Source"].as_str().unwrap().ends_with("b-graph.json") && copy["Record"] == 2);
    let gave = copy["Gave"].as_array().unwrap();
    assert!(gave.contains(&json!("ResourceDisplayName")) && !gave.contains(&json!("UserAgent")), "{gave:?}");
}

#[test]
fn a_token_that_only_the_id_tells_ties_calls_and_is_labelled() {
    let bundle = Bundle::new();
    let link = |letters: &str| {
        let hits = bundle.hits(letters);
        let hit = hits.iter().find(|hit| hit["Analytic"] == "foci-burst").unwrap();
        let computed = hit["Reasons"].to_string().contains("computed from the sign-in id");
        (hit["GraphLink"].clone(), computed)
    };
    assert_eq!(link("ad"), (json!("token"), false));
    assert_eq!(link("bd"), (json!("token"), true));
    assert_eq!(link("abd"), (json!("token"), false));
    assert_eq!(bundle.load("bd").store.computed().tied(), 2);
}
