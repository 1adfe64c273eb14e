//! Queries for other engines: every text is whole, and, where `TOKENTRAIL_QUERIES` names a folder, the texts and cases
//! with the hits that `scan` finds go there, for `tests/query/kql.mjs` and `tests/query/executed.py` to run.

use super::hunt::text::{normalized, normalized_id};
use super::judge::as_published;
use super::random;
use super::row::{Row, moment, store_of};
use super::{files, planted, program};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use strum::VariantArray;
use tokentrail::testing::analytics::{self, ANALYTICS, Cell, Clients, Hit, Semantics, Settings};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::model::{Field, Span, Time};
use tokentrail::testing::query::{
    Coverage, Language, QueryError, Question, Subject, Target, collect, coverage, of_analytic, of_case,
};
use tokentrail::testing::store::Store;

/// Names the folder for texts and cases.
const FOLDER: &str = "TOKENTRAIL_QUERIES";
/// Random bundles among the cases, besides every planted one.
const RANDOM: u64 = 6;

#[test]
fn every_analytic_has_a_query_for_every_engine_or_a_reason() {
    for analytic in ANALYTICS {
        for &target in Target::VARIANTS {
            for settings in spread() {
                let is_published = settings.semantics == Semantics::Published;
                match of_analytic(analytic, &settings, Facts::embedded(), target) {
                    Ok(text) => {
                        let marks = ["//:", "//+", "--:", "--+"];
                        let left = text.lines().find(|line| marks.iter().any(|mark| line.starts_with(mark)));
                        assert_eq!(left, None, "{}", analytic.id);
                        assert!(!is_published || analytic.as_published.is_some(), "{}", analytic.id);
                    }
                    Err(QueryError::NotPublished(..)) => {
                        assert!(is_published && analytic.as_published.is_none(), "{} has no query", analytic.id);
                    }
                    Err(QueryError::NotInTarget { .. }) => assert_eq!(target, Target::Xdr, "{}", analytic.id),
                }
            }
        }
    }
}

#[test]
fn texts_and_cases_go_to_the_folder_that_is_named() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        println!("{FOLDER} names no folder: no query was held against an engine's own parser, none was run");
        return;
    };
    write_texts(&folder.join("texts"));
    let folder = folder.join("cases");
    let mut together: Vec<Row> = Vec::new();
    let mut cases = 0;
    for kind in planted::kinds() {
        cases += 1;
        if kind.settings == Settings::default() && kind.rows.iter().all(has_a_name) {
            together.extend(kind.rows.into_iter().map(|row| apart(row, cases)));
        } else {
            let name = format!("{}-{}", kind.analytic, kind.name);
            write_case(&folder, &name, kind.rows, &kind.settings, &[kind.analytic]);
        }
    }
    write_case(&folder, "planted", together, &Settings::default(), &program::ANALYTICS);
    for seed in 20_001..=20_000 + RANDOM {
        cases += 1;
        let draw = random::draw(seed);
        write_case(&folder, &format!("random-{seed}"), draw.rows, &draw.settings, &program::ANALYTICS);
    }
    println!("{cases} cases in {}", folder.display());
}

/// Returns whether a row's name keeps it apart from those of other cases.
fn has_a_name(row: &Row) -> bool {
    row.table.uses() || normalized(row.get(Field::UserPrincipalName)).is_some()
}

/// A row whose ids and names are of its case alone, so that many cases make one bundle: an engine takes as long for one.
fn apart(mut row: Row, case: usize) -> Row {
    let ids =
        [Field::Id, Field::UserId, Field::UserPrincipalName, Field::SessionId, Field::CorrelationId, Field::TokenId];
    for field in ids {
        let text = row.get(field).to_owned();
        if normalized(&text).is_some() {
            let padding = text.len() - text.trim_start().len();
            row.set(field, &format!("{}c{case}.{}", &text[..padding], &text[padding..]));
        }
    }
    row
}

/// Settings that write something else each: defaults, all that can be set, and lists of every length.
fn spread() -> Vec<Settings> {
    let time = |text: &str| Time::parse(text).unwrap();
    let bounded = Settings {
        since: Some(time("2026-05-01T00:00:00Z")),
        until: Some(time("2026-05-02T12:34:56.1234567Z")),
        ..Settings::default()
    };
    let set = Settings {
        min_resources: 5,
        window: Span::parse("90s").unwrap(),
        device_code_window: Span::parse("2h").unwrap(),
        session_window: Span::parse("1d").unwrap(),
        clients: Clients::Family,
        admin_scope_only: true,
        noncompliant_only: true,
        ..bounded.clone()
    };
    let one = BTreeSet::from(["04b07795-8ddb-461a-bbee-02f9e1bf7b46".to_owned()]);
    let listed = Settings { clients: Clients::Listed(one), admin_scope_only: true, ..Settings::default() };
    let hunt = [Settings::default(), bounded, set, listed];
    let published = hunt.clone().map(|settings| Settings { semantics: Semantics::Published, ..settings });
    hunt.into_iter().chain(published).collect()
}

/// Names, addresses and agents that try to end a literal, a line, a query, a comment and a script.
const HOSTILE: [&str; 10] = [
    "a\"b'c`d",
    "\\",
    "\\\" | take 0 //",
    "x\n| take 0",
    "'); DROP TABLE SigninLogs; --",
    "\r\n\u{2028}\u{85}\u{1f}",
    "*/ {x:String} $(id) ${IFS}",
    "QUERY\nQUERY",
    "\u{202e}\u{200b}zoë@contoso.com",
    "clerk@contoso.com",
];

/// Queries on a case, and those of the script that collects, with hostile values.
fn write_subjects(folder: &Path) {
    let hostile: BTreeSet<String> = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    let time = |text: &str| Time::parse(text);
    let subject = Subject {
        users: hostile.clone(),
        addresses: hostile.clone(),
        agents: hostile.clone(),
        sessions: hostile.clone(),
        tokens: hostile.clone(),
        devices: hostile.clone(),
        first: time("2026-05-01T14:00:00Z"),
        last: time("2026-05-01T15:00:00Z"),
        revoked: time("2026-05-01T16:00:00Z"),
    };
    std::fs::write(folder.join("hostile.json"), serde_json::to_vec(&hostile).unwrap()).unwrap();
    let period = (time("2026-04-01").unwrap(), time("2026-05-02").unwrap());
    for &target in Target::VARIANTS {
        let (word, ending) = (<&str>::from(target), if target == Target::ClickHouse { "sql" } else { "kql" });
        for question in Question::VARIANTS {
            let text = of_case(*question, &subject, (None, None), target).unwrap();
            std::fs::write(folder.join(format!("case-{}.{word}.{ending}", <&str>::from(question))), text).unwrap();
        }
        let script = collect(&subject, period, None, target, &[]);
        std::fs::write(folder.join(format!("collect.{word}.sh")), &script).unwrap();
        for block in script.split("\nfetch ").skip(1) {
            let (table, query) = block.split_once(" <<'QUERY'\n").unwrap();
            let (query, _) = query.split_once("\nQUERY").unwrap();
            let text = if ending == "kql" {
                format!("let From = datetime(2026-05-01); let To = datetime(2026-05-02);\n{query}\n")
            } else {
                format!(
                    "WITH toDateTime64('2026-05-01', 7, 'UTC') AS From, toDateTime64('2026-05-02', 7, 'UTC') AS To,\n{query}\n"
                )
            };
            std::fs::write(folder.join(format!("collect-{table}.{word}.{ending}")), text).unwrap();
        }
    }
}

fn write_texts(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    write_subjects(folder);
    for analytic in ANALYTICS {
        for &target in Target::VARIANTS {
            for (number, settings) in spread().iter().enumerate() {
                let Ok(text) = of_analytic(analytic, settings, Facts::embedded(), target) else { continue };
                let (word, ending) = (<&str>::from(target), if target == Target::ClickHouse { "sql" } else { "kql" });
                let name = format!("{}.{}.{number}.{word}.{ending}", analytic.id, settings.semantics.word());
                std::fs::write(folder.join(name), text).unwrap();
            }
        }
    }
}

/// The rows as an engine's log has them: each has arrived at some time, a copy of a row is whole, and none is there
/// twice in all its columns.
fn as_logged(mut rows: Vec<Row>) -> Vec<Row> {
    for at in 0..rows.len() {
        rows[at].ingested = rows[at].ingested.or(rows[at].created);
        let id = normalized_id(rows[at].get(Field::Id));
        let same = |row: &&Row| row.table == rows[at].table && normalized_id(row.get(Field::Id)) == id;
        if id.is_some()
            && let Some(first) = rows[..at].iter().find(same).cloned()
        {
            (rows[at].created, rows[at].fields) = (first.created, first.fields);
        }
    }
    let mut kept: Vec<Row> = Vec::new();
    for row in rows {
        if !kept.contains(&row) {
            kept.push(row);
        }
    }
    kept
}

/// A case: its rows by table, and for each semantics the queries with the rows that they must give.
fn write_case(folder: &Path, name: &str, rows: Vec<Row>, settings: &Settings, analytics: &[&str]) {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let rows = as_logged(rows);
    let mut text = String::new();
    for row in &rows {
        writeln!(text, "{}", Value::Object(files::record(row))).unwrap();
    }
    std::fs::write(folder.join("rows.jsonl"), text).unwrap();
    let wide = |settings: Settings| Settings {
        since: settings.since.or_else(|| Time::parse("2026-04-01")),
        until: settings.until.or_else(|| Time::parse("2026-06-01")),
        analytics: Some(program::ANALYTICS.map(str::to_owned).to_vec()),
        ..settings
    };
    let store = store_of(&rows, rows.len().max(1));
    for settings in [wide(settings.clone()), wide(as_published(settings))] {
        write_expected(&folder, &store, &settings, analytics);
    }
}

fn write_expected(folder: &Path, store: &Store, settings: &Settings, analytics: &[&str]) {
    let hits = analytics::run(store, Facts::embedded(), settings);
    for &id in analytics {
        assert_eq!(coverage(id, settings.semantics, Language::Sql), Coverage::Hits, "{id}");
        let analytic = analytics::by_id(id).unwrap();
        let found: Vec<Value> =
            hits.iter().filter(|hit| hit.analytic == id).map(|hit| expected(hit, settings)).collect();
        let base = format!("{id}.{}", settings.semantics.word());
        std::fs::write(folder.join(format!("{base}.json")), serde_json::to_vec(&found).unwrap()).unwrap();
        for (target, ending) in [(Target::ClickHouse, "sql"), (Target::Sentinel, "kql")] {
            let text = of_analytic(analytic, settings, Facts::embedded(), target).unwrap();
            std::fs::write(folder.join(format!("{base}.{ending}")), text).unwrap();
        }
    }
}

/// The columns of a hit that its query gives.
fn expected(hit: &Hit, settings: &Settings) -> Value {
    let lists: &[&[&str]] = match (hit.analytic, settings.semantics) {
        ("foci-burst", Semantics::Published) => &[program::BURST],
        ("device-code-burst", Semantics::Published) => &[program::DEVICE_CODE, program::BURST],
        (_, Semantics::Published) => &[program::HOP, program::PUBLISHED_HOP],
        ("foci-burst", Semantics::Hunt) => &[HUNT],
        ("device-code-burst", Semantics::Hunt) => &[HUNT_DEVICE_CODE, HUNT],
        (_, Semantics::Hunt) => &[HUNT_HOP],
    };
    let names = lists.iter().copied().flatten().filter(|name| !NOT_COMPARED.contains(name));
    let value = |name: &str| match name {
        "UserId" => json!(hit.user_id),
        "UserPrincipalName" => json!(hit.upn),
        "AppId" => json!(hit.app_id),
        "SessionId" => json!(hit.session.clone().unwrap_or_default()),
        "FirstSeen" => json!(moment(hit.first_seen.ticks())),
        "LastSeen" => json!(moment(hit.last_seen.ticks())),
        "SignInCount" => json!(hit.sign_in_count),
        "ResourceIds" => json!(hit.resource_ids),
        name => match hit.column(name).unwrap_or_else(|| panic!("{} has no {name}", hit.analytic)) {
            Cell::Text(text) => json!(text),
            Cell::Number(number) => json!(number),
            Cell::Time(time) => json!(moment(time.ticks())),
            Cell::List(items) => json!(items),
            other => panic!("{name}: {other:?}"),
        },
    };
    Value::Object(names.map(|name| ((*name).to_owned(), value(name))).collect::<Map<_, _>>())
}

/// Columns that the program adds to the published ones, and one that Graph calls multiply.
const NOT_COMPARED: [&str; 3] = ["RequestUris", "SecondIPAddress", "SecondUserAgent"];
const HUNT: &[&str] =
    &["FirstSeen", "LastSeen", "UserId", "UserPrincipalName", "AppId", "ResourceIds", "ResourceCount", "SignInCount"];
const HUNT_DEVICE_CODE: &[&str] = &["DeviceCodeTime", "DeviceCodeTie"];
const HUNT_HOP: &[&str] = &[
    "FirstRequestTimeGenerated",
    "SecondRequestTimeGenerated",
    "LastSeen",
    "TimeDiff",
    "SessionId",
    "UserId",
    "UserPrincipalName",
    "FirstAppId",
    "SecondAppId",
    "SecondCount",
];
