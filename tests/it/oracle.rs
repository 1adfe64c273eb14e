//! An independent judge: both semantics done a second time, the published one in SQL, the hunt one by brute
//! force, compared with the program on planted cases, on the stories of the published hunts, and on random bundles.
//!
//! `ORACLE_CASES` says how many random bundles to try, `ORACLE_SEED` with which to begin.

mod acts;
mod engine;
mod files;
mod hunt;
mod judge;
mod known;
mod line;
mod planted;
mod program;
mod published;
mod random;
mod row;
mod stories;

use judge::{as_published, compare, expected};
use line::Line;
use published::Published;
use row::{at, listing};
use std::collections::{BTreeMap, BTreeSet};
use tokentrail::testing::analytics::{Hit, Settings};
use tokentrail::testing::model::Field;

/// Random bundles of an everyday run.
const CASES: u64 = 2000;
/// Differences shown before a run gives up: the first is not always the plainest.
const SHOWN: usize = 5;
/// Columns that hold numbers of rows.
const ROW_NUMBERS: [&str; 3] = ["evidence", "graph", "legs"];

#[test]
fn random_bundles_are_judged_alike() {
    let setting = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let sql = Published::new();
    let first = setting("ORACLE_SEED", 1);
    let seeds = first..first + setting("ORACLE_CASES", CASES);
    let differences = seeds.filter_map(|seed| {
        let draw = random::draw(seed);
        let result = compare(&sql, &draw.rows, draw.per_source, &draw.settings);
        result.err().map(|difference| format!("ORACLE_SEED={seed}: {difference}\n"))
    });
    let shown: Vec<String> = differences.take(SHOWN).collect();
    assert!(shown.is_empty(), "{}", shown.concat());
}

/// Random files are judged alike through the loader: it must read what was written.
#[test]
fn random_files_are_judged_alike() {
    let sql = Published::new();
    for seed in 1_000_000..1_000_150 {
        let draw = random::draw(seed);
        let result = judge::compare_by(&sql, &draw.rows, draw.per_source, &draw.settings, &files::store_of);
        result.unwrap_or_else(|difference| panic!("seed {seed}: {difference}"));
    }
}

/// A generator that never makes a hit would prove nothing.
#[test]
fn random_bundles_are_rich_in_hits() {
    let sql = Published::new();
    let mut counts: BTreeMap<(&str, String, String), usize> = BTreeMap::new();
    for seed in 1..=900 {
        let draw = random::draw(seed);
        for settings in [draw.settings.clone(), as_published(&draw.settings)] {
            for line in expected(&sql, &draw.rows, draw.per_source, &settings) {
                for column in ["DeviceCodeTie", "GraphLink", "Analytic"] {
                    let value = line.get(column).cloned().unwrap_or_default();
                    *counts.entry((settings.semantics.word(), line["Analytic"].clone(), value)).or_default() += 1;
                }
            }
        }
    }
    let of = |semantics, analytic: &str, value: &str| {
        counts.get(&(semantics, analytic.to_owned(), value.to_owned())).copied().unwrap_or(0)
    };
    for analytic in program::ANALYTICS {
        for semantics in ["published", "hunt"] {
            assert!(of(semantics, analytic, analytic) >= 20, "{semantics} {analytic}: {counts:#?}");
        }
    }
    for tie in ["session", "correlation", "user", "token", "user-app-time", "none"] {
        assert!(of("hunt", "device-code-burst", tie) >= 3, "{tie}: {counts:#?}");
    }
}

#[test]
fn planted_cases_come_out_as_planned_and_alike() {
    let sql = Published::new();
    let mut wrong = Vec::new();
    for kind in planted::kinds() {
        let count = |settings: &Settings| {
            expected(&sql, &kind.rows, 2, settings).iter().filter(|line| line["Analytic"] == kind.analytic).count()
        };
        let counts = (count(&as_published(&kind.settings)), count(&kind.settings));
        if counts != (kind.published, kind.hunt) {
            wrong.push(format!(
                "{} {}: the oracles count {counts:?}\n{}",
                kind.analytic,
                kind.name,
                listing(&kind.rows)
            ));
        }
        if let Err(difference) = compare(&sql, &kind.rows, 2, &kind.settings) {
            wrong.push(format!("{} {}: {difference}\n", kind.analytic, kind.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn device_code_legs_make_flows_as_planned_and_alike() {
    let sql = Published::new();
    for case in planted::codes::flows() {
        let lines = expected(&sql, &case.rows, 1, &Settings::default());
        let line = lines.iter().find(|line| line["Analytic"] == "device-code-burst").expect(case.name);
        let others = line["OtherDeviceCodeTimes"].matches('T').count();
        let found = (line["legs"].as_str(), line["DeviceCodeTie"].as_str(), others);
        assert_eq!(found, (case.legs, case.tie, case.others), "{}\n{}", case.name, listing(&case.rows));
        compare(&sql, &case.rows, 1, &Settings::default()).unwrap_or_else(|e| panic!("{}: {e}", case.name));
    }
}

#[test]
fn graph_calls_are_linked_as_planned_and_alike() {
    let sql = Published::new();
    for (name, rows, link) in planted::links::linked() {
        let lines = expected(&sql, &rows, 1, &Settings::default());
        assert_eq!(lines[0]["GraphLink"], link, "{name}\n{}", listing(&rows));
        compare(&sql, &rows, 1, &Settings::default()).unwrap_or_else(|difference| panic!("{name}: {difference}"));
    }
}

/// True positives that hunt-2025-044 and hunt-2025-045 print.
#[test]
fn the_published_stories_give_the_published_records() {
    let sql = Published::new();
    let mut rows = vec![stories::device_code(at("2026-05-01T14:00:00Z"))];
    rows.extend(stories::six_exchanges());
    let call = stories::graph_call(at("2026-05-01T14:05:00Z")).with(Field::AppId, known::CLI_TYPO);
    rows.push(call);
    for settings in [Settings::default(), as_published(&Settings::default())] {
        let semantics = settings.semantics.word();
        for lines in [expected(&sql, &rows, 1, &settings), program::hits(&row::store_of(&rows, 1), 1, &settings)] {
            let names: Vec<&str> = lines.iter().map(|line| line["Analytic"].as_str()).collect();
            assert_eq!(names, ["device-code-burst", "foci-burst"], "{semantics}");
            for line in &lines {
                assert_burst_of_the_hunt(line, semantics);
            }
            assert_eq!(lines[0]["DeviceCodeTime"], "2026-05-01T14:00:00.0000000Z", "{semantics}");
        }
    }
}

fn assert_burst_of_the_hunt(line: &Line, semantics: &str) {
    let names = [
        "Azure Key Vault",
        "Azure Management",
        "Exchange / Outlook",
        "MS Teams",
        "Microsoft Graph",
        "Office Management",
    ];
    let normalized = names.map(str::to_lowercase);
    for (column, value) in [
        ("FirstSeen", "2026-05-01T14:02:00.0000000Z"),
        ("LastSeen", "2026-05-01T14:04:37.0000000Z"),
        ("SpanMinutes", "2"),
        ("UserPrincipalName", stories::UPN),
        ("AppId", known::CLI_TYPO),
        ("ResourceCount", "6"),
        ("SignInCount", "6"),
        ("IPs", r#"["192.0.2.100"]"#),
        ("UserAgents", r#"["python-requests/2.31.0"]"#),
        ("Resources", &if semantics == "hunt" { line::list(normalized) } else { line::list(names) }),
    ] {
        assert_eq!(line[column], value, "{semantics} {column}");
    }
}

/// The order of arguments, threads and sources must not show in what is found.
#[test]
fn hits_come_in_one_order_however_the_rows_were_read() {
    for seed in 1..=200 {
        let draw = random::draw(seed);
        let ids = |per_source| {
            let store = row::store_of(&draw.rows, per_source);
            let facts = tokentrail::testing::facts::Facts::embedded();
            let analytics = Some(program::ANALYTICS.map(str::to_owned).to_vec());
            let settings = Settings { analytics, ..draw.settings.clone() };
            let hits = tokentrail::testing::analytics::run(&store, facts, &settings);
            let place =
                |hit: &Hit| (hit.first_seen, hit.analytic, hit.upn.clone(), hit.user_id.clone(), hit.app_id.clone());
            assert!(hits.is_sorted_by_key(place), "seed {seed}: {:?}", hits.iter().map(place).collect::<Vec<_>>());
            let ids: Vec<String> = hits.into_iter().map(|hit| hit.id).collect();
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "seed {seed}: ids are unique");
            ids
        };
        assert_eq!(ids(1), ids(1000), "seed {seed}");
    }
}

/// Rows of a shape that has less: fields left out, no ingest time, whole seconds. Beside the rows they are copies of
/// they must change nothing that hunt semantics find, whichever are read first where their ingest decides.
#[test]
fn poorer_copies_change_no_hit() {
    for seed in 1..=400 {
        let draw = random::draw(seed);
        let mut dice = random::Dice::new(seed);
        let mut poorer: Vec<row::Row> = draw.rows.clone();
        poorer.retain(|row| hunt::text::normalized(row.get(Field::Id)).is_some());
        for row in &mut poorer {
            (row.created, row.ingested) = (row.created.or(row.ingested).map(|t| t - t.rem_euclid(row::SECOND)), None);
            row.fields.retain(|field, _| *field == Field::Id || dice.percent(60));
        }
        // The ingest time of a row without another is the time it happened: a copy that says so tells more.
        poorer.retain(|row| {
            draw.rows.iter().all(|other| other.get(Field::Id) != row.get(Field::Id) || other.created.is_some())
        });
        let mut both = poorer.clone();
        both.extend(draw.rows.iter().cloned());
        let hits = |rows: &[row::Row]| {
            let store = row::store_of(rows, 1000);
            let mut lines = program::hits(&store, 1000, &draw.settings);
            for line in &mut lines {
                line.retain(|column, _| !ROW_NUMBERS.contains(column));
            }
            lines
        };
        assert!(hits(&both) == hits(&draw.rows), "seed {seed}\n{}", listing(&both));
    }
}

/// Reading of "the published query would have returned a row overlapping this hit": a published hit of the same
/// analytic and client stands on one of its rows, or on a copy of one.
#[test]
fn hunt_hits_say_whether_the_published_query_finds_them() {
    for seed in 1..=400 {
        let draw = random::draw(seed);
        let untrue = |rows: &[row::Row]| program::untrue_also_published(rows, &draw.settings);
        if untrue(&draw.rows).is_some() {
            let least = judge::shrink(draw.rows.clone(), &|rows| untrue(rows).is_some());
            panic!("seed {seed}: {}\n{}{:?}", untrue(&least).unwrap(), listing(&least), draw.settings);
        }
    }
}

/// Membership is judged at the date of the hit's first event.
#[test]
fn family_membership_is_printed_as_of_the_first_event() {
    let left = "shares no tokens with other Microsoft apps since Jan 2026";
    let leaving = "leaving the family (between 2025-12-02 and 2026-01-26)";
    let broker = "not a family client: device-registration path";
    for (client, date, words) in [
        (known::CLI, "2025-11-30T23:59:59Z", "family client"),
        (known::POWERSHELL, "2025-12-02T00:00:00Z", "family client"),
        (known::CLI, "2025-12-20T00:00:00Z", leaving),
        (known::POWERSHELL, "2026-01-25T23:59:59.9999999Z", leaving),
        (known::CLI, "2026-01-26T00:00:00Z", left),
        (known::POWERSHELL, "2026-05-01T14:02:00Z", left),
        (known::OFFICE, "2026-05-01T14:02:00Z", "family client"),
        (known::BROKER, "2026-05-01T14:02:00Z", broker),
        (known::CLI_TYPO, "2026-05-01T14:02:00Z", "in the published list, but no known application"),
    ] {
        let rows: Vec<row::Row> = (0..3).map(|n| stories::exchange(n, at(date)).with(Field::AppId, client)).collect();
        let family = program::only_hit(&rows).family;
        assert!(family.contains(words), "{client} at {date}: {family}");
        let others = [left, "leaving the family", "not a family client"];
        let also: Vec<_> = others.into_iter().filter(|o| family.contains(o) && !words.contains(o)).collect();
        assert!(also.is_empty(), "{client} at {date}: {family}");
    }
}

#[test]
fn reasons_say_what_the_bundle_withholds() {
    let mut rows: Vec<row::Row> = stories::six_exchanges();
    for row in &mut rows {
        row.set(Field::OriginalTransferMethod, "deviceCodeFlow");
    }
    let descends = program::only_hit(&rows);
    let says = |hit: &Hit, word: &str| hit.reasons.iter().any(|r| r.to_lowercase().contains(word));
    assert_eq!(descends.analytic, "foci-burst");
    assert!(says(&descends, "device"), "{:?}", descends.reasons);

    let mut rows = stories::hop(5 * row::MINUTE);
    rows[1].set(Field::IncomingTokenType, "unknownFutureValue");
    let withheld = program::only_hit(&rows);
    assert_eq!(withheld.analytic, "session-hop");
    assert!(says(&withheld, "unknownfuturevalue") || says(&withheld, "withheld"), "{:?}", withheld.reasons);
}
