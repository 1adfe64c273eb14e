//! Hostile rows: each field of each table in turn, and what the analyst and the user's own files say of them.

use super::values::{alive, all, few, whole};
use super::{commands, ends, ends_inert, run, tokentrail};
use crate::bundle::VICTIM;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use tokentrail::testing::ingest::{Loaded, Options, load};
use tokentrail::testing::model::Time;
use tokentrail::testing::triage::{Case, Disposition, Verdict, fingerprint};

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

fn sign_in(table: &str, id: &str, at: usize, (user, upn): (&str, &str), more: &Value) -> Value {
    let time = format!("2026-05-01T14:{:02}:{:02}Z", at / 60, at % 60);
    let mut row = json!({
        "Type": table, "Id": id, "TimeGenerated": time, "CreatedDateTime": time, "UserId": user,
        "UserPrincipalName": upn, "AppId": CLI, "AppDisplayName": "Microsoft Azure CLI", "ResultType": "0",
        "IPAddress": "198.51.100.23", "SessionId": format!("s-{user}"), "IncomingTokenType": "refreshToken",
        "UniqueTokenIdentifier": format!("token-{id}"), "HomeTenantId": "7e7a", "UserAgent": "python-requests/2.31.0",
    });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

/// Rows of one user in which each text stands in each field that somebody prints, and of users with such names.
pub(crate) fn ndjson() -> String {
    let victim = ("u0", VICTIM);
    let code = json!({"AuthenticationProtocol": "deviceCode", "IncomingTokenType": "none", "UserAgent": "Mozilla/5.0"});
    let token = "AADNonInteractiveUserSignInLogs";
    let mut rows = vec![sign_in("SigninLogs", "leg", 0, victim, &code)];
    for (number, text) in all().iter().enumerate() {
        let id = |kind: &str| format!("{kind}{number}");
        let more = json!({
            "ResourceIdentity": format!("res {number} {text}"), "ResourceDisplayName": text, "UserAgent": text,
        });
        rows.push(sign_in(token, &id("t"), 120 + number, victim, &more));
        let more = json!({
            "ResourceIdentity": id("r"), "IPAddress": text, "AutonomousSystemNumber": text, "Location": text,
            "CorrelationId": text, "HomeTenantId": text, "ConditionalAccessStatus": text, "ResultType": text,
            "ResultDescription": text, "DeviceDetail": {"deviceId": text, "displayName": text},
        });
        rows.push(sign_in(token, &format!("x{number}{text}"), 120 + number, victim, &more));
        let uri = format!("https://graph.microsoft.com/v1.0/me/messages?$search=\"{text}\"");
        rows.push(json!({
            "Type": "MicrosoftGraphActivityLogs", "RequestId": format!("g{number}{text}"), "UserId": "u0", "AppId": CLI,
            "TimeGenerated": format!("2026-05-01T15:{:02}:{:02}Z", number / 60, number % 60), "UserAgent": text,
            "IPAddress": "198.51.100.23", "SignInActivityId": format!("token-t{number}"), "RequestMethod": "GET",
            "ResponseStatusCode": 200, "RequestUri": uri,
        }));
        rows.push(json!({"Type": text, "TimeGenerated": "2026-05-01T15:00:00Z", "Id": text}));
    }
    for (number, text) in few().iter().enumerate() {
        let user = format!("u{}", number + 1);
        let who = (user.as_str(), text.as_str());
        rows.push(sign_in("SigninLogs", &format!("l{number}"), 0, who, &code));
        for resource in 0..3 {
            let more = json!({"ResourceIdentity": format!("r{resource}"), "ResourceDisplayName": text, "AppDisplayName": text});
            rows.push(sign_in(token, &format!("b{number}-{resource}"), 60 + resource, who, &more));
        }
    }
    let mut text = rows.iter().fold(String::new(), |mut text, row| {
        writeln!(text, "{row}").unwrap();
        text
    });
    for broken in all() {
        writeln!(text, "{{\"Type\":\"SigninLogs\",\"Id\":{}", broken.replace('\n', " ")).unwrap();
    }
    text
}

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("rows.json"), ndjson()).unwrap();
    folder
}

fn read(folder: &Path) -> Loaded {
    load(&[folder.join("rows.json")], &Options::default(), &|_| {}, &false.into()).unwrap()
}

/// A case in which the analyst wrote each text into everything that can be written into.
pub(crate) fn case(loaded: &Loaded, hits: &[String]) -> Case {
    let at = Time::parse("2026-05-02T08:00:00Z").unwrap();
    let texts = all();
    let mut case = Case::new(fingerprint(&loaded.sources), texts[0..40].concat());
    case.tlp = texts[40..80].concat();
    for (number, text) in texts.iter().enumerate() {
        let hit = &hits[number % hits.len()];
        let step = ["what-to-revoke", "usual-network", text.as_str()][number % 3];
        case.set_verdict(hit, step, Some(Verdict::Supports), at);
        case.set_remark(hit, step, text, at);
        case.set_verdict(text, step, Some(Verdict::Against), at);
        case.set_disposition(hit, Some(Disposition::Theft), at);
        let key = format!("AADNonInteractiveUserSignInLogs t{number}");
        case.set_tags(&key, vec![text.clone(), "usual".to_owned()], at);
        case.set_event_remark(&key, text, at);
        case.set_bookmark(&format!("SigninLogs {text}"), true, at);
    }
    case
}

fn hit_ids(folder: &Path) -> Vec<String> {
    let hits = run(folder, ["scan", "rows.json", "--format", "jsonl"]).stdout;
    let hits = String::from_utf8(hits).unwrap();
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["HitId"].as_str().unwrap().to_owned();
    hits.lines().map(id).collect()
}

#[test]
fn no_row_reaches_a_terminal_alive() {
    let folder = folder();
    for command in commands(VICTIM) {
        ends(&run(folder.path(), command.iter().map(String::as_str).chain(["rows.json"])), 0);
    }
    assert!(hit_ids(folder.path()).len() > few().len(), "each name has a hit");
}

#[test]
fn json_keeps_every_text_as_it_was() {
    let folder = folder();
    let output = run(folder.path(), ["timeline", "rows.json", "--user", VICTIM, "--format", "jsonl"]).stdout;
    let agents: std::collections::BTreeSet<String> = String::from_utf8(output)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["UserAgent"].as_str().unwrap_or_default().to_owned())
        .collect();
    for text in all() {
        assert!(agents.contains(text.trim()) || agents.contains(&text), "{text:?}");
    }
}

#[test]
fn no_case_reaches_a_terminal_alive() {
    let folder = folder();
    let case = case(&read(folder.path()), &hit_ids(folder.path()));
    fs::write(folder.path().join("c.json"), case.to_bytes()).unwrap();
    for command in commands(VICTIM) {
        if command[0] == "timeline" || command[0] == "note" {
            let args = command.iter().map(String::as_str).chain(["rows.json", "--case", "c.json"]);
            ends(&run(folder.path(), args), 0);
        }
    }
    let written = run(folder.path(), ["note", "rows.json", "--case", "c.json", "-o", "n.md"]);
    ends(&written, 0);
    for name in ["n.md", "n.indicators.csv"] {
        assert_eq!(alive(&fs::read_to_string(folder.path().join(name)).unwrap()), None, "{name}");
    }
    let mut talk = tokentrail(folder.path());
    let typed = all().iter().map(|text| text.replace(['\n', '\r'], " ")).collect::<Vec<_>>().join("\ni ");
    talk.args(["--plain", "rows.json", "--case", "c.json"]);
    talk.write_stdin(format!("1\n1\nr\ni {typed}\nb 1\nt 1 {0}\nm 1 {0}\nl\nm\ne\n{0}\nq\n", all()[0]));
    ends(&ends_inert(talk), 0);
}

#[test]
fn no_case_that_is_refused_reaches_a_terminal_alive() {
    let folder = folder();
    let bundle = fingerprint(&read(folder.path()).sources);
    let head = format!("\"version\":1,\"bundle\":\"{bundle}\",\"tlp\":\"TLP:RED\"");
    let quoted = json!(whole()).to_string();
    for case in [
        format!("{{{head},\"hits\":{{\"h\":{{\"disposition\":{quoted}}}}}}}"),
        format!("{{{head},\"hits\":{{\"h\":{{\"verdicts\":{{\"1\":{quoted}}}}}}}}}"),
        format!("{{{head},\"hits\":{{\"h\":{{\"verdicts\":{{{quoted}:1}}}}}}}}"),
        format!("{{{head},\"hits\":{quoted}}}"),
        format!("{{{head},\"revoked\":{{\"a\":{quoted}}}}}"),
        format!("{{\"version\":{quoted}}}"),
    ] {
        fs::write(folder.path().join("c.json"), &case).unwrap();
        for args in [
            &["note", "rows.json", "--case", "c.json"][..],
            &["--plain", "rows.json", "--case", "c.json"],
            &["timeline", "rows.json", "--user", VICTIM, "--case", "c.json"],
        ] {
            ends(&run(folder.path(), args), 1);
        }
    }
}

/// Fails on a cell that a reader computes, whichever of the usual signs it splits at, with or without regard to quotes.
fn no_formula(csv: &str, about: &str) {
    for delimiter in *b",;\t" {
        for quoting in [true, false] {
            let mut reader = csv::ReaderBuilder::new();
            reader.delimiter(delimiter).quoting(quoting).flexible(true).has_headers(false);
            for record in reader.from_reader(csv.as_bytes()).records() {
                for cell in &record.unwrap() {
                    let bare = cell.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\u{fffd}'));
                    let is_number = cell.parse::<f64>().is_ok();
                    let computes = bare.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
                    assert!(!computes || is_number, "{about}, at {:?}: {cell:?}", char::from(delimiter));
                }
            }
        }
    }
}

#[test]
fn no_cell_of_any_csv_is_a_formula() {
    let folder = folder();
    let case = case(&read(folder.path()), &hit_ids(folder.path()));
    fs::write(folder.path().join("c.json"), case.to_bytes()).unwrap();
    let timeline = ["timeline", "rows.json", "--user", VICTIM, "--format", "csv", "--case", "c.json"];
    for args in [&["scan", "rows.json", "--format", "csv"][..], &timeline] {
        let output = run(folder.path(), args);
        ends(&output, 0);
        no_formula(&String::from_utf8(output.stdout).unwrap(), args[0]);
    }
    ends(&run(folder.path(), ["note", "rows.json", "--case", "c.json", "-o", "n.md"]), 0);
    let indicators = fs::read_to_string(folder.path().join("n.indicators.csv")).unwrap();
    no_formula(&indicators, "indicators");
    assert!(indicators.contains("address,198.51.100.23,"), "what is ordinary stays as it is");
    assert!(indicators.contains("user-agent,a;'=1+1,") && indicators.contains("user-agent,'=1+1,"), "{indicators}");
}
