//! Each value read as what it is: words for nothing, numbers that passed through a spreadsheet.

use std::fs;
use std::sync::atomic::AtomicBool;
use tokentrail::testing::analytics::{Cell, Hit, Semantics, Settings, run};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Loaded, Options, load};

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const HEADER: &str = "TimeGenerated,CreatedDateTime,Type,Id,UserId,UserPrincipalName,AppId,ResourceIdentity,ResourceDisplayName,IPAddress,AutonomousSystemNumber,ResultType,SessionId,IncomingTokenType,UniqueTokenIdentifier,Status";

/// The value of each column of the three rows of a burst, a minute apart.
fn burst(change: impl Fn(usize, &mut Vec<(&'static str, String)>)) -> String {
    let columns: Vec<&'static str> = HEADER.split(',').collect();
    let mut text = format!("{HEADER}\n");
    for n in 0..3 {
        let mut row: Vec<(&'static str, String)> = columns.iter().map(|column| (*column, value(n, column))).collect();
        change(n, &mut row);
        let cells: Vec<String> = row.iter().map(|(_, cell)| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        text += &format!("{}\n", cells.join(","));
    }
    text
}

fn value(n: usize, column: &str) -> String {
    match column {
        "TimeGenerated" => format!("2026-05-20T14:0{}:00Z", n + 3),
        "CreatedDateTime" => format!("2026-05-20T14:0{}:04Z", n + 2),
        "Type" => "AADNonInteractiveUserSignInLogs".to_owned(),
        "Id" => format!("a1b2c3d4-0000-4000-8000-00000000000{n}"),
        "UserId" => "5f1d0000-aaaa-4bbb-8ccc-000000000001".to_owned(),
        "UserPrincipalName" => "alex@contoso.com".to_owned(),
        "AppId" => CLI.to_owned(),
        "ResourceIdentity" => format!("797f4846-ba00-4fd7-ba43-dac1f8f6301{n}"),
        "ResourceDisplayName" => format!("Resource {n}"),
        "IPAddress" => "203.0.113.50".to_owned(),
        "AutonomousSystemNumber" => "64500".to_owned(),
        "ResultType" => "0".to_owned(),
        "SessionId" => "c0ffee00-0000-4000-8000-0000000000a1".to_owned(),
        "IncomingTokenType" => "refreshToken".to_owned(),
        "UniqueTokenIdentifier" => format!("1MOyoQAAAECAAAAAAAAA{n}g"),
        _ => String::new(),
    }
}

/// Puts a value into a column of every row.
fn with(column: &'static str, text: &str) -> String {
    burst(|_, row| set(row, column, text))
}

fn set(row: &mut [(&'static str, String)], column: &str, text: &str) {
    let cell = row.iter_mut().find(|(name, _)| *name == column).expect("a column");
    text.clone_into(&mut cell.1);
}

fn read(name: &str, bytes: impl AsRef<[u8]>) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    load(&[path], &Options::default(), &|_| {}, &AtomicBool::new(false)).unwrap()
}

fn hits_of(loaded: &Loaded, semantics: Semantics) -> Vec<Hit> {
    run(&loaded.store, Facts::embedded(), &Settings { semantics, ..Settings::default() })
}

fn hits(text: &str) -> Vec<Hit> {
    hits_of(&read("rows.csv", text), Semantics::Hunt)
}

fn list(hit: &Hit, column: &str) -> Vec<String> {
    match hit.columns.iter().find(|(name, _)| *name == column) {
        Some((_, Cell::List(texts))) => texts.clone(),
        other => panic!("{column} is {other:?}"),
    }
}

fn remarks(loaded: &Loaded) -> String {
    let remarks = loaded.sources.iter().flat_map(|source| source.remarks.iter().cloned());
    remarks.chain(loaded.problems.iter().map(|problem| problem.reason.clone())).collect::<Vec<_>>().join("\n")
}

const NOTHING: [&str; 16] = [
    "-",
    "--",
    "null",
    "<null>",
    "None",
    " NONE ",
    "nil",
    "n/a",
    "NA",
    "NaN",
    "undefined",
    "#NAME?",
    "#REF!",
    "xxxxxxxx",
    "11111111-1111-1111-1111-111111111111",
    "1.23E+15",
];

#[test]
fn a_word_for_nothing_joins_nobody() {
    assert_eq!(hits(&burst(|_, _| {})).len(), 1, "the control");
    for nothing in NOTHING {
        let people = burst(|n, row| {
            set(row, "UserId", nothing);
            set(row, "UserPrincipalName", &format!("user{n}@contoso.com"));
        });
        let loaded = read("rows.csv", &people);
        assert_eq!((loaded.rows_read(), loaded.store.users().len()), (3, 3), "{nothing}");
        assert!(hits_of(&loaded, Semantics::Hunt).is_empty(), "three people are no burst: {nothing}");
        let named = hits(&with("UserId", nothing));
        assert_eq!((named.len(), named[0].user_id.as_str()), (1, ""), "the name is the user, and no id: {nothing}");
        let nobody = burst(|_, row| {
            set(row, "UserId", nothing);
            set(row, "UserPrincipalName", "-");
        });
        assert!(hits(&nobody).is_empty(), "nobody has no hit: {nothing}");
    }
}

#[test]
fn a_word_for_nothing_folds_nothing_and_is_no_resource() {
    for nothing in NOTHING {
        let loaded = read("rows.csv", with("Id", nothing));
        assert_eq!((loaded.store.duplicates(), hits_of(&loaded, Semantics::Hunt).len()), (0, 1), "{nothing}");
        let nameless = burst(|n, row| {
            set(row, "ResourceIdentity", nothing);
            set(row, "ResourceDisplayName", if n == 0 { "None" } else { "Resource" });
        });
        assert!(hits(&nameless).is_empty(), "{nothing}");
    }
    let called_none = burst(|n, row| set(row, "ResourceDisplayName", if n == 0 { "None" } else { "Resource" }));
    assert_eq!(list(&hits(&called_none)[0], "Resources"), ["None", "Resource"], "its id says so too");
}

#[test]
fn a_blank_result_is_decided_by_the_status() {
    for nothing in ["", "-", "null", " "] {
        let of = |code: &str| {
            let status = format!("{{\"errorCode\":{code}}}");
            let text = burst(|_, row| {
                set(row, "ResultType", nothing);
                set(row, "Status", &status);
            });
            hits(&text).len()
        };
        assert_eq!([of("0"), of("0.0"), of("50126"), of("null")], [1, 1, 0, 0], "{nothing:?}");
    }
    assert!(hits(&with("ResultType", "00")).is_empty());
}

#[test]
fn numbers_of_a_spreadsheet_are_those_numbers() {
    for zero in ["0.0", "0,0", "0.00", "0.00E+00"] {
        assert_eq!(hits(&with("ResultType", zero)).len(), 1, "{zero}");
    }
    for (text, asns) in [
        ("64500.0", &["AS64500"][..]),
        ("64500,0", &["AS64500"]),
        ("64,500", &["AS64500"]),
        ("6.4500E+04", &["AS64500"]),
        ("AS64500", &["AS64500"]),
        ("AS64500 Contoso", &["AS64500"]),
        ("6.45E+04", &[]),
        ("64,000", &[]),
        ("-", &[]),
    ] {
        assert_eq!(list(&hits(&with("AutonomousSystemNumber", text))[0], "ASNs"), asns, "{text}");
    }
    let loaded = read("rows.csv", with("AutonomousSystemNumber", "6.45E+04"));
    assert!(remarks(&loaded).contains("a number in 3 rows was shortened by a spreadsheet"), "{}", remarks(&loaded));
    let loaded = read("rows.csv", with("SessionId", "1.23E+15"));
    assert!(
        remarks(&loaded).contains("an id in 3 rows was taken for a number by a spreadsheet"),
        "{}",
        remarks(&loaded)
    );
}

#[test]
fn an_address_is_printed_without_its_port() {
    let ports = burst(|n, row| set(row, "IPAddress", ["203.0.113.50:443", "203.0.113.50", "203.0.113.50:51234"][n]));
    assert_eq!(list(&hits(&ports)[0], "IPs"), ["203.0.113.50"]);
    let ports = burst(|n, row| set(row, "IPAddress", ["[2001:db8::1]:443", "2001:db8::1", "[2001:db8::1]"][n]));
    assert_eq!(list(&hits(&ports)[0], "IPs"), ["2001:db8::1"]);
}

#[test]
fn published_reading_counts_a_row_that_two_exports_bring_once() {
    let twice = |second: String| {
        let folder = tempfile::tempdir().unwrap();
        let paths = [folder.path().join("a.csv"), folder.path().join("b.csv")];
        fs::write(&paths[0], burst(|_, _| {})).unwrap();
        fs::write(&paths[1], second).unwrap();
        let loaded = load(&paths, &Options::default(), &|_| {}, &AtomicBool::new(false)).unwrap();
        hits_of(&loaded, Semantics::Published).iter().map(|hit| hit.sign_in_count).collect::<Vec<_>>()
    };
    assert_eq!(twice(burst(|_, _| {})), [3], "the same rows");
    assert_eq!(twice(with("IPAddress", "203.0.113.51")), [6], "rows that say something else");
    assert_eq!(twice(burst(|n, row| set(row, "Id", &format!("other-{n}")))), [6], "other rows");
    let none = read("rows.csv", with("UserId", "-"));
    assert_eq!(hits_of(&none, Semantics::Published).len(), 1, "byte for byte");
}

/// The time of each row's event, three rows a minute apart, written by `write`.
fn at(created: &[&str; 3], ingested: &[&str; 3]) -> String {
    burst(|n, row| {
        set(row, "CreatedDateTime", created[n]);
        set(row, "TimeGenerated", ingested[n]);
    })
}

const INGESTED: [&str; 3] = ["2026-05-20T14:03:39Z", "2026-05-20T14:04:05Z", "2026-05-20T14:04:40Z"];

#[test]
fn rows_without_an_instant_take_part_in_no_window() {
    for (created, ingested, note) in [
        (["20.05.2026"; 3], ["20.05.2026"; 3], "no time of day stands in 3 rows"),
        (["2026-05-20"; 3], ["2026-05-20"; 3], "no time of day stands in 3 rows"),
        (["2026-05-20"; 3], INGESTED, "no time of day stands in 3 rows"),
        (["[]"; 3], INGESTED, "the event time of 3 rows could not be read and the ingest time stands for it"),
        (["02:04.1"; 3], INGESTED, "the event time of 3 rows could not be read and the ingest time stands for it"),
        (["5/20/2026 10:02 AM CST"; 3], INGESTED, "the event time of 3 rows could not be read"),
    ] {
        let loaded = read("rows.csv", at(&created, &ingested));
        assert_eq!(loaded.rows_read(), 3, "{created:?}");
        assert!(hits_of(&loaded, Semantics::Hunt).is_empty(), "{created:?}");
        assert!(remarks(&loaded).contains(note), "{created:?}: {}", remarks(&loaded));
        let first = loaded.store.events().next().unwrap().1;
        let stands = if ingested == INGESTED { "2026-05-20T14:03:39.0000000Z" } else { "2026-05-20T00:00:00.0000000Z" };
        assert_eq!(first.time().to_string(), stands, "{created:?}");
        // The published clock is the ingest time.
        let published = hits_of(&loaded, Semantics::Published).len();
        assert_eq!(published, usize::from(ingested == INGESTED), "{created:?}");
    }
    for nothing in ["-", "", "null"] {
        let loaded = read("rows.csv", at(&[nothing; 3], &INGESTED));
        assert_eq!(hits_of(&loaded, Semantics::Hunt).len(), 1, "as if the column were not there: {nothing}");
    }
    let dates = at(&["2026-05-20T14:02:04Z", "2026-05-20T14:02:30Z", "2026-05-20T14:03:05Z"], &["20.05.2026"; 3]);
    let loaded = read("rows.csv", dates);
    assert_eq!(hits_of(&loaded, Semantics::Hunt).len(), 1, "the event times are whole");
    assert!(remarks(&loaded).contains("the ingest time of 3 rows could not be read"));
}

#[test]
fn a_row_whose_times_a_spreadsheet_cut_is_named() {
    let loaded = read("rows.csv", at(&["02:04.1", "02:30.1", "03:05.1"], &["03:39.1", "04:05.1", "04:40.1"]));
    assert_eq!((loaded.rows_read(), loaded.rows_skipped()), (0, 3));
    assert!(remarks(&loaded).contains("was cut by a spreadsheet"), "{}", remarks(&loaded));
    let loaded = read("rows.csv", at(&["5/20/2026 10:02 AM CST"; 3], &["5/20/2026 10:03 AM CST"; 3]));
    assert_eq!(loaded.rows_skipped(), 3);
    assert!(remarks(&loaded).contains("a zone that is not known (cst)"), "{}", remarks(&loaded));
}

#[test]
fn every_form_gives_the_same_burst() {
    for (created, note) in [
        (["2026/5/20 下午2:02:04", "2026/5/20 下午2:02:30", "2026/5/20 下午2:03:05"], ""),
        (["5/20/2026 10:02 AM EDT", "5/20/2026 10:02 AM EDT", "5/20/2026 10:03 AM EDT"], ""),
        (["1779285724", "1779285750", "1779285785"], "plain numbers"),
        (["46162.58476852", "46162.58506944", "46162.58547454"], "a spreadsheet's day numbers"),
        (["20.05.26 14:02:04", "20.05.26 14:02:30", "20.05.26 14:03:05"], "two digits"),
    ] {
        let loaded = read("rows.csv", at(&created, &[""; 3]));
        let hits = hits_of(&loaded, Semantics::Hunt);
        assert_eq!(hits.len(), 1, "{created:?}");
        assert!(
            hits[0].first_seen.to_string().starts_with("2026-05-20T14:02:0"),
            "{created:?}: {}",
            hits[0].first_seen
        );
        assert!(remarks(&loaded).contains(note), "{}", remarks(&loaded));
    }
    let numbers = with("CreatedDateTime", "@").replace("\"@\"", "1779285724123");
    assert_eq!(hits(&numbers).len(), 1, "a number is a time too");
}

#[test]
fn day_numbers_beside_written_times_are_in_no_window() {
    let mixed = at(&["46162.58476852", "2026-05-20T14:02:30Z", "2026-05-20T14:03:05Z"], &[""; 3]);
    let loaded = read("rows.csv", mixed);
    assert_eq!((loaded.rows_read(), hits_of(&loaded, Semantics::Hunt).len()), (3, 0));
    assert!(remarks(&loaded).contains("a spreadsheet's day number stands where"), "{}", remarks(&loaded));
}

#[test]
fn hyphens_go_by_the_source_too() {
    let loaded = read("rows.csv", at(&["05-06-2026 14:02:04", "05-06-2026 14:02:30", "05-20-2026 14:03:05"], &[""; 3]));
    assert_eq!(loaded.store.events().next().unwrap().1.time().day(), "2026-05-06");
    let loaded = read("rows.csv", at(&["05-06-2026 14:02:04", "05-06-2026 14:02:30", "20-06-2026 14:03:05"], &[""; 3]));
    assert_eq!(loaded.store.events().next().unwrap().1.time().day(), "2026-06-05");
}

#[test]
fn another_copy_with_an_instant_mends_a_row_without() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [folder.path().join("a.csv"), folder.path().join("b.csv")];
    fs::write(&paths[0], burst(|_, _| {})).unwrap();
    fs::write(&paths[1], at(&["20.05.2026"; 3], &["20.05.2026"; 3])).unwrap();
    for order in [[0, 1], [1, 0]] {
        let paths = order.map(|at| paths[at].clone());
        let loaded = load(&paths, &Options::default(), &|_| {}, &AtomicBool::new(false)).unwrap();
        assert_eq!(hits_of(&loaded, Semantics::Hunt).len(), 1);
    }
}

/// The burst as JSON rows, each key and value made by `write`.
fn json(write: impl Fn(&str, &str) -> Option<(String, serde_json::Value)>) -> String {
    let rows = (0..3).map(|n| {
        let members = HEADER.split(',').map(|column| (column, value(n, column))).filter(|(_, value)| !value.is_empty());
        let row: serde_json::Map<_, _> = members.filter_map(|(column, value)| write(column, &value)).collect();
        serde_json::Value::Object(row).to_string() + "\n"
    });
    rows.collect()
}

#[test]
fn values_in_arrays_and_under_other_names_are_the_same_values() {
    let text = |value: &str| serde_json::Value::from(value);
    let snake = |name: &str| {
        let mut out = String::new();
        for c in name.replace("IPA", "IpA").chars() {
            if c.is_uppercase() && !out.is_empty() {
                out.push('_');
            }
            out.extend(c.to_lowercase());
        }
        out
    };
    let all: [(&str, String); 6] = [
        ("as they are", json(|name, value| Some((name.to_owned(), text(value))))),
        ("in arrays", json(|name, value| Some((name.to_owned(), serde_json::json!([value]))))),
        (
            "under fields",
            json(|name, value| Some((name.to_owned(), serde_json::json!([value]))))
                .lines()
                .map(|row| format!("{{\"_index\":\"logs\",\"fields\":{row}}}\n"))
                .collect(),
        ),
        (
            "with a type behind",
            json(|name, value| match name {
                "TimeGenerated" | "Type" => Some((name.to_owned(), text(value))),
                "UserId" | "Id" | "AppId" | "SessionId" => Some((format!("{name}_g"), text(value))),
                "CreatedDateTime" => Some((format!("{name}_t"), text(value))),
                "AutonomousSystemNumber" => Some((format!("{name}_d"), serde_json::json!(64500.0))),
                _ => Some((format!("{name}_s"), text(value))),
            }),
        ),
        ("in snake case", json(|name, value| Some((snake(name), text(value))))),
        (
            "status joined",
            json(|name, value| match name {
                "ResultType" => Some(("status_errorCode".to_owned(), serde_json::json!(0))),
                _ => Some((name.to_owned(), text(value))),
            }),
        ),
    ];
    for (how, rows) in all {
        let loaded = read("rows.ndjson", &rows);
        let hits = hits_of(&loaded, Semantics::Hunt);
        assert_eq!((loaded.rows_read(), hits.len()), (3, 1), "{how}: {}", remarks(&loaded));
        assert_eq!(list(&hits[0], "ASNs"), ["AS64500"], "{how}");
        assert_eq!(list(&hits[0], "IPs"), ["203.0.113.50"], "{how}");
    }
    let empty = json(|name, value| {
        Some((name.to_owned(), if name == "SessionId" { serde_json::json!([]) } else { text(value) }))
    });
    assert_eq!(read("rows.ndjson", &empty).rows_read(), 3);
    let untold = json(|name, value| {
        Some((name.to_owned(), if name == "CreatedDateTime" { serde_json::json!([]) } else { text(value) }))
    });
    let loaded = read("rows.ndjson", &untold);
    assert!(remarks(&loaded).contains("the event time of 3 rows could not be read"), "{}", remarks(&loaded));
}

#[test]
fn cells_that_hold_their_value_twice_are_read_once() {
    for end in ["\n", "\r\n"] {
        let doubled = burst(|_, row| {
            // What the tool adds of its own is there once.
            for (_, cell) in row.iter_mut().skip(1).filter(|(_, cell)| !cell.is_empty()) {
                *cell = format!("{cell}{end}{cell}");
            }
        });
        let loaded = read("rows.csv", &doubled);
        assert_eq!((loaded.rows_read(), hits_of(&loaded, Semantics::Hunt).len()), (3, 1), "{}", remarks(&loaded));
        assert!(remarks(&loaded).contains("every cell of 3 rows holds its value twice"), "{}", remarks(&loaded));
    }
}

#[test]
fn flags_of_a_spreadsheet_in_another_language_tell_the_table() {
    for (yes, no) in [("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("ИСТИНА", "ЛОЖЬ"), ("1", "0"), ("Sim", "Não")] {
        let rows = |word: &str| {
            let mut text = burst(|_, row| set(row, "Type", word));
            text = text.replacen(",Type,", ",IsInteractive,", 1);
            hits(&text).len()
        };
        assert_eq!([rows(no), rows(yes)], [1, 0], "{yes} {no}");
    }
}

#[test]
fn names_of_types_in_cells_say_nothing_and_are_said() {
    let loaded = read("rows.csv", with("IncomingTokenType", "System.String[]"));
    assert!(remarks(&loaded).contains("names of types"), "{}", remarks(&loaded));
    assert_eq!(hits_of(&loaded, Semantics::Hunt).len(), 1);
    let named = with("ResourceDisplayName", "Microsoft.Azure.SyncFabric");
    assert_eq!(list(&hits(&named)[0], "Resources"), ["Microsoft.Azure.SyncFabric"], "an application's own name");
}

#[test]
fn a_code_page_loses_no_row() {
    let latin = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
    let csv = with("ResourceDisplayName", "Büro");
    let lines = json(|name, value| {
        Some((
            name.to_owned(),
            serde_json::Value::from(if name == "Type" { value.to_owned() } else { value.replace("Resource", "Büro") }),
        ))
    });
    let array = format!("[{}]", lines.lines().collect::<Vec<_>>().join(","));
    for (name, text) in [("rows.csv", csv), ("rows.ndjson", lines), ("rows.json", array)] {
        let loaded = read(name, latin(&text));
        let hits = hits_of(&loaded, Semantics::Hunt);
        assert_eq!((loaded.rows_read(), loaded.rows_skipped(), hits.len()), (3, 0, 1), "{name}: {}", remarks(&loaded));
        assert!(list(&hits[0], "Resources")[0].starts_with("Büro"), "{name}");
        assert!(
            remarks(&loaded).contains("bytes in 3 rows are not UTF-8: they were read as Windows-1252"),
            "{name}: {}",
            remarks(&loaded)
        );
    }
    let mut damaged = with("ResourceDisplayName", "Büro").into_bytes();
    let at = damaged.len() - 3;
    damaged[at] = 0xff;
    assert_eq!(read("rows.csv", damaged).rows_skipped(), 1, "UTF-8 with a bad byte is damage");
}

#[test]
fn utf16_behind_utf8_is_read() {
    let rows = json(|name, value| Some((name.to_owned(), serde_json::Value::from(value))));
    let mut lines = rows.lines();
    let first = lines.next().unwrap();
    let rest: String = lines.map(|line| format!("{line}\r\n")).collect();
    for mark in ["", "\u{feff}"] {
        let wide: Vec<u8> = format!("{mark}{rest}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bytes = [first.as_bytes(), b"\r\n", &wide].concat();
        let loaded = read("rows.ndjson", bytes);
        assert_eq!((loaded.rows_read(), loaded.rows_skipped()), (3, 0), "{}", remarks(&loaded));
        assert_eq!(hits_of(&loaded, Semantics::Hunt).len(), 1);
        assert!(remarks(&loaded).contains("UTF-16 stands in 2 rows"), "{}", remarks(&loaded));
    }
}
