//! Results of queries in other engines, opened as parts of a bundle: in every form an engine or its tools write them,
//! beside the rows they are about and without them.

use super::bundle::{self, BURSTS, VICTIM};
use assert_cmd::Command;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;
use tokentrail::testing::analytics::{ANALYTICS, Hit, Semantics, Settings, by_id, run};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Loaded, Options, load};
use tokentrail::testing::model::{Claim, Confidence, Elsewhere, Origin, Severity, Time};
use tokentrail::testing::query::{Target, of_analytic};
use tokentrail::testing::report::info::info;
use tokentrail::testing::triage::{self, Case, Disposition, Verdict};

/// The columns that a query adds.
fn named(analytic: &str, finds: &str, engine: &str) -> Value {
    json!({"Analytic": analytic, "Semantics": "hunt", "Finds": finds, "Engine": engine})
}

/// A row of `foci-burst` about somebody of whom the bundle has no row.
fn somebody() -> Value {
    let row = json!({
        "FirstSeen": "2026-05-03T10:00:00Z", "LastSeen": "2026-05-03T10:05:06.1234567Z",
        "UserId": "77777777-0000-0000-0000-000000000001", "UserPrincipalName": "No.Body@contoso.com",
        "AppId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "AppDisplayName": "Microsoft Azure CLI", "ResourceCount": 3,
        "ResourceIds": ["a", "b", "c"], "IPs": ["198.51.100.23", "2001:db8::7"], "SignInCount": 4,
    });
    with(row, named("foci-burst", "hit", "Sentinel"))
}

fn with(mut row: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("{more}") };
    row.as_object_mut().unwrap().extend(more);
    row
}

fn read(paths: &[PathBuf]) -> Loaded {
    load(paths, &Options::default(), &|_| {}, &AtomicBool::new(false)).unwrap()
}

fn hits(loaded: &Loaded) -> Vec<Hit> {
    let analytics = Some(BURSTS.split(',').map(str::to_owned).collect());
    run(&loaded.store, Facts::embedded(), &Settings { analytics, ..Settings::default() })
}

/// The rows read of one file.
fn rows_of(name: &str, text: &str) -> (Vec<Elsewhere>, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    let loaded = read(&[path]);
    let rows = loaded.store.elsewhere().iter().map(|row| Elsewhere { origin: Origin::default(), ..row.clone() });
    (rows.collect(), loaded.problems.iter().map(|problem| problem.reason.clone()).collect())
}

/// A CSV of some rows; `cell` writes what is no text, `time` a time.
fn csv(rows: &[Value], zone: &str, cell: fn(&Value) -> String, time: fn(&str) -> String) -> String {
    let names: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let is_time = |name: &str| name.ends_with("Seen");
    let head: Vec<String> =
        names.iter().map(|name| if is_time(name) { format!("\"{name}{zone}\"") } else { quoted(name) }).collect();
    let mut text = head.join(",") + "\n";
    for row in rows {
        let cells = names.iter().map(|name| match &row[name.as_str()] {
            Value::String(value) if is_time(name) => quoted(&time(value)),
            Value::String(value) => quoted(value),
            other => quoted(&cell(other)),
        });
        writeln!(text, "{}", cells.collect::<Vec<_>>().join(",")).unwrap();
    }
    text
}

#[test]
fn a_result_reads_the_same_in_every_form() {
    let rows = [somebody(), with(somebody(), json!({"UserId": "77777777-0000-0000-0000-000000000002"}))];
    let as_text = |row: &Value| match row {
        Value::Array(_) => Value::String(row.to_string()),
        other => other.clone(),
    };
    let flat = |row: &Value| -> Value {
        row.as_object().unwrap().iter().map(|(name, value)| (name.clone(), as_text(value))).collect()
    };
    let names: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    let values = |row: &Value| names.iter().map(|name| as_text(&row[name.as_str()])).collect::<Vec<_>>();
    let columns: Vec<Value> = names.iter().map(|name| json!({"name": name, "type": "string"})).collect();
    let azure: Vec<Value> = rows.iter().map(|row| with(json!({"TableName": "PrimaryResult"}), flat(row))).collect();
    let house = |text: &str| text.replace('T', " ").replace('Z', "");
    let single = |value: &Value| value.to_string().replace('"', "'");
    let portal = |time: &str| {
        let (clock, fraction) = time[11..].trim_end_matches('Z').split_once('.').unwrap_or((&time[11..19], "000"));
        format!("5/3/2026, {}.{} AM", clock, &fraction[..3])
    };
    let lines = format!("{}\n{}\n", rows[0], rows[1]);
    let spaced = lines.replace("T10:", " 10:").replace("Z\"", "\"");
    let meta = columns.clone();
    let forms = [
        ("rows.json", json!(rows).to_string()),
        (
            "api.json",
            json!({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": rows.each_ref().map(values)}]})
                .to_string(),
        ),
        ("az.json", serde_json::to_string_pretty(&azure).unwrap()),
        ("rows.ndjson", lines),
        ("clickhouse.ndjson", spaced),
        (
            "clickhouse.json",
            json!({"meta": meta, "data": rows, "rows": 2, "statistics": {"elapsed": 0.1, "rows_read": 9}}).to_string(),
        ),
        (
            "clickhouse-pretty.json",
            serde_json::to_string_pretty(&json!({"meta": meta, "data": rows, "rows": 2})).unwrap(),
        ),
        ("rows.csv", csv(&rows, "", Value::to_string, str::to_owned)),
        ("clickhouse.csv", csv(&rows, "", single, house)),
    ];
    let (wanted, problems) = rows_of("rows.json", &forms[0].1);
    assert_eq!((wanted.len(), problems), (2, Vec::new()));
    assert_eq!((&*wanted[0].engine, wanted[0].claim, wanted[0].addresses.len()), ("Sentinel", Claim::Hit, 2));
    assert_eq!(wanted[0].last, Time::parse("2026-05-03T10:05:06.1234567Z").unwrap());
    for (name, text) in forms {
        assert_eq!(rows_of(name, &text), (wanted.clone(), Vec::new()), "{name}: {text}");
    }
    // The portal cuts the fractions and names the zone in the head.
    let (found, problems) = rows_of("query_data.csv", &csv(&rows, " [UTC]", Value::to_string, portal));
    assert_eq!((found.len(), problems), (2, Vec::new()));
    assert_eq!(found[1].last.second(), wanted[1].last.second());
    assert_eq!(found[0].user_id, wanted[0].user_id);
}

#[test]
fn every_query_names_itself_in_its_result() {
    for analytic in ANALYTICS {
        for target in [Target::Sentinel, Target::Adx, Target::ClickHouse] {
            for semantics in [Semantics::Hunt, Semantics::Published] {
                let settings = Settings { semantics, ..Settings::default() };
                let Ok(text) = of_analytic(analytic, &settings, Facts::embedded(), target) else { continue };
                for part in ["Analytic", "Semantics", "Finds", "Engine", analytic.id, semantics.word(), target.name()] {
                    assert!(text.contains(part), "{} {target:?}: {part}", analytic.id);
                }
            }
        }
    }
}

/// The victim's rows in a folder, and a result with the hits that the analytics find in them: what the same query gives
/// elsewhere.
fn victim(engine: &str) -> (TempDir, PathBuf, Vec<Value>) {
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    bundle::write(&logs);
    let found = hits(&read(std::slice::from_ref(&logs)));
    assert_eq!(found.len(), 2);
    let row = |hit: &Hit| {
        let row = json!({"FirstSeen": hit.first_seen.to_string(), "LastSeen": hit.last_seen.to_string(),
            "UserId": hit.user_id, "UserPrincipalName": hit.upn, "AppId": hit.app_id});
        with(row, named(hit.analytic, "hit", engine))
    };
    let rows = found.iter().map(row).collect();
    (folder, logs, rows)
}

fn write(folder: &Path, name: &str, rows: &[Value]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, json!(rows).to_string()).unwrap();
    path
}

#[test]
fn a_hit_that_is_found_here_too_is_one_hit_of_two_finders() {
    let (folder, logs, rows) = victim("Sentinel");
    let other: Vec<Value> = rows.iter().map(|row| with(row.clone(), json!({"Engine": "ClickHouse"}))).collect();
    let paths = [logs.clone(), write(folder.path(), "a.json", &rows), write(folder.path(), "b.json", &other)];
    let (alone, both) = (hits(&read(&[logs])), hits(&read(&paths)));
    assert_eq!(both.len(), 2);
    for (alone, both) in alone.iter().zip(&both) {
        assert_eq!((&alone.id, alone.severity, alone.confidence), (&both.id, both.severity, both.confidence));
        assert_eq!((&both.evidence, &both.findings), (&alone.evidence, &alone.findings));
        let engines: Vec<&str> = both.elsewhere.iter().map(|found| found.engine.as_str()).collect();
        assert_eq!(engines, ["Sentinel", "ClickHouse"]);
        assert!(both.elsewhere.iter().all(|found| found.id == both.id), "a row has the id of the hit it stands for");
        assert!(both.reasons.last().unwrap().contains("ClickHouse, Sentinel too"), "{:?}", both.reasons);
    }
}

#[test]
fn rows_of_published_queries_go_by_arrival_and_need_not_name_themselves() {
    let (folder, logs, _) = victim("Sentinel");
    // Their rows arrive half a second after they happen.
    let row = json!({"FirstSeen": "2026-05-01T14:04:05.5Z", "LastSeen": "2026-05-01T14:04:05.5Z", "SpanMinutes": 0,
        "UserPrincipalName": "Finance.Director@contoso.com", "AppId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "AppIdCount": 1,
        "ResourceCount": 4, "Resources": [], "IPs": [], "ASNs": [], "UserAgents": [], "RequestUris": [], "SignInCount": 4});
    let table = write(folder.path(), "published.json", &[row]);
    let found = hits(&read(&[logs, table]));
    let finders: Vec<(&str, usize)> = found.iter().map(|hit| (hit.analytic, hit.elsewhere.len())).collect();
    assert_eq!(finders, [("device-code-burst", 0), ("foci-burst", 1)]);
    assert_eq!(found[1].elsewhere[0].semantics, Semantics::Published);
}

#[test]
fn a_hit_without_rows_is_not_weighed() {
    let folder = TempDir::new().unwrap();
    // Twice the same: a result saved again.
    let paths = [write(folder.path(), "a.json", &[somebody()]), write(folder.path(), "b.json", &[somebody()])];
    let found = hits(&read(&paths));
    let [hit] = &found[..] else { panic!("{found:?}") };
    assert_eq!((hit.severity, hit.confidence), (Severity::NotWeighed, Confidence::NotWeighed));
    assert_eq!((hit.elsewhere.len(), hit.evidence.len(), hit.attack.len()), (2, 0, 0));
    assert_eq!(hit.findings.len(), by_id("foci-burst").unwrap().steps.len());
    assert!(hit.severity_reason.contains("no row"), "{}", hit.severity_reason);
    assert!(!hit.incident.is_empty());
    assert_eq!(hits(&read(&paths[..1]))[0].id, hit.id);
    // Rows of the user at that time in which the analytic finds nothing are another thing than none.
    let (folder, logs, _) = victim("Sentinel");
    let quiet = json!({"FirstSeen": "2026-05-01T08:50:00Z", "LastSeen": "2026-05-01T09:10:00Z",
        "UserId": "11111111-0000-0000-0000-000000000002", "UserPrincipalName": "", "AppId": ""});
    let table = write(folder.path(), "c.json", &[with(quiet, named("foci-burst", "hit", "Sentinel"))]);
    let found = hits(&read(&[logs, table]));
    let hit = found.iter().find(|hit| hit.is_found_elsewhere_only()).unwrap();
    assert!(hit.severity_reason.contains("in none of the 1 row"), "{}", hit.severity_reason);
    assert_eq!(hit.upn, "b.office@contoso.com");
}

#[test]
fn a_verdict_stays_on_a_hit_when_its_rows_come() {
    let (folder, logs, mut rows) = victim("Sentinel");
    // What a query in KQL gives may begin elsewhere than the hit.
    rows[0]["FirstSeen"] = json!("2026-05-01T14:02:11Z");
    rows[0]["Finds"] = json!("at-most-hit");
    let table = write(folder.path(), "hits.json", &rows);
    let at = Time::parse("2026-05-09T08:00:00Z").unwrap();
    let before = read(std::slice::from_ref(&table));
    let found = hits(&before);
    assert!(found.iter().all(Hit::is_found_elsewhere_only) && found.len() == 2);
    let opened = triage::Bundle::new(&before, &found);
    let mut case = Case::new(opened.fingerprint.clone(), "ana".to_owned());
    assert_eq!(case.carry_over(&opened, at), None);
    for hit in &found {
        case.set_disposition(&hit.id, Some(Disposition::Theft), at);
        case.set_verdict(&hit.id, "resources-reached", Some(Verdict::Supports), at);
    }
    // The same table again, from disk.
    let again = triage::Bundle::new(&read(std::slice::from_ref(&table)), &found);
    let mut case = Case::from_bytes(&case.to_bytes()).unwrap();
    assert!(again.fits(&case) && case.carry_over(&again, at).is_none());
    // The rows come, beside the table.
    let after = read(&[table, logs]);
    let found = hits(&after);
    let grown = triage::Bundle::new(&after, &found);
    assert!(grown.fits(&case));
    let sentence = case.carry_over(&grown, at).unwrap().to_string();
    assert!(sentence.contains("1 hit carried over, 1 with its verdicts"), "{sentence}");
    assert!(sentence.contains("can now be answered"), "{sentence}");
    assert_eq!(found.len(), 2);
    for hit in &found {
        assert!(!hit.is_found_elsewhere_only());
        assert_eq!(case.disposition(&hit.id), Some(Disposition::Theft), "{}", hit.analytic);
        assert_eq!(case.verdict(&hit.id, "resources-reached"), Some(Verdict::Supports));
    }
    assert_eq!(case.log_problems(), []);
}

#[test]
fn broken_rows_unknown_analytics_and_candidates_are_named() {
    let candidate = json!({"FirstSeen": "2026-05-01T14:00:00Z", "LastSeen": "2026-05-01T14:30:00Z"});
    let candidate = with(candidate, named("session-split", "candidate", "ClickHouse"));
    let rows = [
        with(somebody(), json!({"FirstSeen": "yesterday"})),
        with(somebody(), json!({"LastSeen": "2026-05-03T09:00:00Z"})),
        with(somebody(), json!({"UserId": "", "UserPrincipalName": null})),
        with(somebody(), json!({"Finds": "gold"})),
        with(somebody(), json!({"Analytic": "next-thing"})),
        with(candidate.clone(), json!({"User": VICTIM})),
        with(candidate, json!({"User": "else@contoso.com"})),
    ];
    let (folder, logs, _) = victim("Sentinel");
    let loaded = read(&[logs, write(folder.path(), "hits.json", &rows)]);
    let reasons: Vec<&str> = loaded.problems.iter().map(|problem| problem.reason.as_str()).collect();
    for part in ["yesterday", "ends before it begins", "hit of no user", "\"gold\""] {
        assert!(reasons.iter().any(|reason| reason.contains(part)), "{part}: {reasons:?}");
    }
    let notices: Vec<String> = info(&loaded).notices.into_iter().map(|notice| notice.what).collect();
    for part in [
        "names the analytic \"next-thing\", which there is not here",
        "ClickHouse names 2 candidates for session-split, to be computed here: else@contoso.com",
        "2026-05-01 14:00:00 to 2026-05-01 14:30:00 (7 rows here)",
    ] {
        assert!(notices.iter().any(|what| what.contains(part)), "{part}: {notices:?}");
    }
    assert!(hits(&loaded).iter().all(|hit| hit.elsewhere.is_empty()));
}

#[test]
fn the_list_the_plain_walk_and_the_note_show_it() {
    let (folder, _, rows) = victim("Sentinel");
    write(folder.path(), "hits.json", &rows);
    let call = |args: &[&str], input: &'static str| {
        let mut command = Command::cargo_bin("tokentrail").unwrap();
        command.current_dir(folder.path()).env("XDG_STATE_HOME", folder.path()).env("LOGNAME", "ana");
        let output = command.args(args).args(["--config", "/dev/null"]).write_stdin(input).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let incidents = call(&["scan", "hits.json", "--incidents", "--format", "jsonl"], "");
    let incident: Value = serde_json::from_str(&incidents).unwrap();
    assert_eq!((&incident["Severity"], &incident["Hits"]), (&json!("not weighed"), &json!(incident["Hits"])));
    assert!(incident["Headline"].as_str().unwrap().contains("device-code-burst in Sentinel"), "{incident}");
    let printed = call(&["scan", "hits.json", "--format", "jsonl"], "");
    let hit: Value = serde_json::from_str(printed.lines().next().unwrap()).unwrap();
    let found = json!([{"Engine": "Sentinel", "Semantics": "hunt", "Source": "hits.json", "Record": 1}]);
    assert_eq!(hit["FoundElsewhere"], found);
    // The program's own list opens too.
    fs::write(folder.path().join("scan.jsonl"), &printed).unwrap();
    let again = call(&["scan", "scan.jsonl", "--format", "jsonl"], "");
    assert!(again.contains("another run of tokentrail") && again.lines().count() == 2, "{again}");
    assert!(call(&["--plain", "hits.json"], "q\n").contains("not weighed"));
    let note = call(&["note", "hits.json"], "");
    assert!(
        note.contains("Found by device-code-burst in Sentinel") && note.contains("query collect --incident"),
        "{note}"
    );
    // The commands of the hand-off are commands.
    for question in ["collect", "scope", "baseline"] {
        assert!(note.contains(&format!("`tokentrail query {question}`")), "{question}: {note}");
        let query = call(&["query", question, "hits.json", "--incident", VICTIM], "");
        assert!(query.contains(VICTIM), "{question}: {query}");
    }
    let collect = call(&["query", "collect", "hits.json", "--incident", incident["IncidentId"].as_str().unwrap()], "");
    assert!(collect.contains("finance.director@contoso.com"), "{collect}");
}
