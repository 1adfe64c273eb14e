//! The loader: every shape of one bundle, bad input, and public samples where they are at hand.
#![expect(clippy::unwrap_used, reason = "a test's own steps must work")]
#![expect(clippy::format_push_string, clippy::format_collect, reason = "short texts, clearer so")]

mod bundle;
mod collected;
mod collectors;
mod containers;
mod evidence;
mod first;
mod foreign;
mod hashes;
mod hits;
mod marks;
pub(crate) mod packed;
mod threads;
mod values;
mod workbooks;
mod wrapped;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use tokentrail::testing::ingest::{LoadError, Loaded, Options, load};
use tokentrail::testing::model::{Field, Table};
use tokentrail::testing::store::Event;

fn read(paths: &[PathBuf], options: &Options) -> Loaded {
    load(paths, options, &|_| {}, &AtomicBool::new(false)).unwrap()
}

fn tables(loaded: &Loaded) -> BTreeMap<&str, u64> {
    let mut tables = BTreeMap::new();
    for (table, count) in loaded.sources.iter().flat_map(|source| &source.tables) {
        *tables.entry(table.as_str()).or_default() += count;
    }
    tables
}

/// Rows of public records, named by `TOKENTRAIL_SAMPLES`; they are no part of this project.
#[test]
fn public_samples_are_read_or_named() {
    let Some(folder) = std::env::var_os("TOKENTRAIL_SAMPLES").map(PathBuf::from) else { return };
    let expected: [(&str, &[(&str, u64)]); 5] = [
        (
            "datadog",
            &[
                ("AADManagedIdentitySignInLogs", 24),
                ("AADNonInteractiveUserSignInLogs", 14),
                ("AADServicePrincipalSignInLogs", 25),
                ("MicrosoftGraphActivityLogs", 25),
                ("SigninLogs", 5),
            ],
        ),
        (
            "panther",
            &[("AADNonInteractiveUserSignInLogs", 3), ("AADServicePrincipalSignInLogs", 8), ("SigninLogs", 15)],
        ),
        ("splunk", &[("SigninLogs", 1)]),
        ("sentinel-training-lab", &[("SigninLogs", 2)]),
        ("msticpy", &[]),
    ];
    for (name, rows) in expected {
        let path = folder.join(name);
        assert!(Path::new(&path).is_dir(), "{name} is missing");
        let loaded = read(&[path], &Options::default());
        assert!(loaded.problems.is_empty(), "{name}: {:?}", loaded.problems);
        if rows.is_empty() {
            assert!(
                tables(&loaded).values().sum::<u64>() > 0 && loaded.rows_read() == 0,
                "{name}: {:?}",
                tables(&loaded)
            );
        } else {
            assert_eq!(tables(&loaded), rows.iter().copied().collect(), "{name}");
        }
        for (id, event) in loaded.store.events() {
            let raw = loaded.raw_record(id).unwrap();
            assert_eq!(raw.len(), event.origin.len as usize);
            assert!(!raw.starts_with(b"\n") && !raw.ends_with(b" "), "{name}");
        }
    }
}

/// An event without its origin: table, times, and fields; empty and missing apart.
type Described = (Table, String, String, Vec<Option<String>>);

fn described(loaded: &Loaded) -> Vec<Described> {
    let text = |event: Event<'_>, field: Field| {
        (!event.get(field).is_none()).then(|| loaded.store.text(event.get(field)).to_owned())
    };
    loaded
        .store
        .events()
        .map(|(_, event)| {
            let fields = Field::ALL.iter().map(|field| text(event, *field)).collect();
            (event.table, event.created.to_string(), event.ingested.to_string(), fields)
        })
        .collect()
}

/// Compares row by row: a bundle in one message is hard to read.
fn assert_same(given: &[Described], expected: &[Described], what: &str) {
    for (given, expected) in given.iter().zip(expected) {
        assert_eq!(given, expected, "{what}");
    }
    assert_eq!(given.len(), expected.len(), "{what}");
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once('\u{feff}')
        .chain(text.chars())
        .flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec())
        .flat_map(u16::to_le_bytes)
        .collect()
}

fn read_one(path: PathBuf) -> Loaded {
    read(&[path], &Options::default())
}

#[test]
fn one_bundle_in_every_shape_and_wrap_gives_the_same_events() {
    let folder = tempfile::tempdir().unwrap();
    let rows = bundle::rows();
    let shapes = bundle::shapes(&rows);
    let expected = described(&read_one(file(folder.path(), "first.ndjson", shapes[0].1.as_bytes())));
    assert_eq!(expected.len(), rows.len());
    for (name, text) in &shapes {
        let bytes = text.as_bytes();
        let marked = [b"\xef\xbb\xbf", bytes].concat();
        let wide = utf16(text);
        for (wrap, bytes) in [
            ("plain", bytes.to_vec()),
            ("bom", marked),
            ("utf16", wide.clone()),
            ("gz", gzip(bytes)),
            ("utf16.gz", gzip(&wide)),
            ("zip", zip(&[("inner/.rows.txt", bytes)])),
        ] {
            let loaded = read_one(file(folder.path(), &format!("{wrap}-{name}"), &bytes));
            assert_eq!(loaded.problems, [], "{wrap} {name}");
            assert_same(&described(&loaded), &expected, &format!("{wrap} {name}"));
            assert_eq!(loaded.sources.len(), 1);
            let source = &loaded.sources[0];
            assert!(source.shape.is_some() && source.sha256().len() == 64 && source.read == 24, "{wrap} {name}");
            // What is kept about a record finds it again.
            let mut numbers: Vec<u32> = loaded.store.events().map(|(_, event)| event.origin.record).collect();
            numbers.sort_unstable();
            assert_eq!(numbers, (1..=24).collect::<Vec<u32>>(), "{wrap} {name}");
            for (id, _) in loaded.store.events() {
                let raw = String::from_utf8(loaded.raw_record(id).unwrap()).unwrap();
                assert!(raw.starts_with(['{', '[', '"']) && raw.ends_with(['}', ']', '"']), "{wrap} {name}: {raw}");
                let id_text = loaded.store.get(id, Field::Id);
                assert!(raw.contains(id_text), "{wrap} {name}: {id_text} not in {raw}");
            }
        }
    }
}

#[test]
fn a_csv_of_log_analytics_gives_the_same_events() {
    let folder = tempfile::tempdir().unwrap();
    let rows = bundle::rows();
    let expected = described(&read_one(file(folder.path(), "rows.ndjson", bundle::shapes(&rows)[0].1.as_bytes())));
    let csv = bundle::log_analytics_csv(&rows);
    for (name, bytes) in
        [("rows.csv", csv.clone().into_bytes()), ("rows16.csv", utf16(&csv)), ("rows.csv.gz", gzip(csv.as_bytes()))]
    {
        let loaded = read_one(file(folder.path(), name, &bytes));
        assert_eq!(loaded.problems, [], "{name}");
        assert_eq!(loaded.sources[0].shape.map(|shape| shape.id), Some("log-analytics-csv"));
        assert_same(&described(&loaded), &expected, name);
        for (id, _) in loaded.store.events() {
            let raw = String::from_utf8(loaded.raw_record(id).unwrap()).unwrap();
            assert!(raw.contains(loaded.store.get(id, Field::Id)), "{raw}");
        }
    }
}

/// The fields compared are those that both have.
fn without(described: Vec<Described>, lacking: &[Field]) -> Vec<Described> {
    let mut described: Vec<Described> = described.into_iter().filter(|row| row.0.issues()).collect();
    for row in &mut described {
        row.2.clear();
        for field in lacking {
            row.3[*field as usize] = None;
        }
        // Members of an object have no order that all downloads keep.
        for text in row.3.iter_mut().flatten() {
            if let Ok(value @ serde_json::Value::Object(_)) = serde_json::from_str(text) {
                *text = value.to_string();
            }
        }
    }
    described
}

#[test]
fn graph_and_portal_downloads_give_the_same_sign_ins() {
    let folder = tempfile::tempdir().unwrap();
    let rows = bundle::rows();
    let all = described(&read_one(file(folder.path(), "rows.ndjson", bundle::shapes(&rows)[0].1.as_bytes())));
    let items = bundle::graph(&rows);
    let array = serde_json::Value::from(items.clone()).to_string();
    let page = format!(
        "{{\"@odata.context\":\"https://graph.microsoft.com/beta/$metadata#auditLogs/signIns\",\"@odata.nextLink\":\"x\",\"value\":{array}}}"
    );
    let lines: String = items.iter().map(|item| format!("{item}\n")).collect();
    for (name, text) in [
        ("page.json", page.clone()),
        ("pages.json", format!("{page}\n{}", page.replace("3333-0000", "3333-0001"))),
        ("array.json", array),
        ("lines.json", lines),
    ] {
        let loaded = read_one(file(folder.path(), name, text.as_bytes()));
        assert_eq!(loaded.problems, [], "{name}");
        let mut given = without(described(&loaded), &[Field::Identity]);
        given.retain(|row| !row.3[Field::Id as usize].as_ref().unwrap().contains("3333-0001"));
        assert_same(&given, &without(all.clone(), &[Field::Identity]), name);
    }
    let paths = [true, false].map(|interactive| {
        let name = if interactive { "InteractiveSignIns_x.csv" } else { "NonInteractiveSignIns_x.csv" };
        file(folder.path(), name, bundle::portal_csv(&rows, interactive).as_bytes())
    });
    let loaded = read(&paths, &Options::default());
    assert_eq!(loaded.problems, []);
    // The portal has no such columns, or has parts of them.
    let lacking = [Field::Identity, Field::ProcessingDetails, Field::RiskLevel, Field::AuthenticationDetails];
    assert_same(&without(described(&loaded), &lacking), &without(all, &lacking), "portal");
}

#[test]
fn threads_and_order_of_arguments_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let rows = bundle::rows();
    let line = bundle::shapes(&rows)[0].1.clone();
    // Long enough for several pieces, with blank lines and a broken one between.
    let mut text = String::new();
    for n in 0..80 {
        text += &line.replace("-4000-", &format!("-4{n:03}-"));
        text += if n % 7 == 0 { "\n{broken\n\r\n" } else { "" };
    }
    let a = file(folder.path(), "a.ndjson", text.as_bytes());
    let b = file(folder.path(), "b.json", bundle::shapes(&rows)[2].1.as_bytes());
    let load_with = |paths: &[PathBuf], threads| {
        let loaded = read(paths, &Options { threads: Some(threads), ..Options::default() });
        let origins: Vec<_> = loaded.store.events().map(|(_, event)| event.origin).collect();
        for (id, event) in loaded.store.events() {
            if event.origin.record % 97 == 0 {
                let raw = String::from_utf8(loaded.raw_record(id).unwrap()).unwrap();
                assert!(raw.contains(loaded.store.get(id, Field::Id)));
            }
        }
        (described(&loaded), origins, loaded.problems.clone(), tables(&loaded).values().sum::<u64>())
    };
    let one = load_with(&[a.clone(), b.clone()], 1);
    assert_eq!(one.3, 81 * 24);
    assert_eq!(one.2.len(), 12);
    assert_eq!(one.2[1].record, Some(1 + 7 * 24 + 25));
    for threads in [2, 5] {
        assert_eq!(load_with(&[b.clone(), a.clone()], threads), one);
    }
    assert_eq!(load_with(&[folder.path().to_owned()], 2).1, one.1);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let line = bundle::shapes(&bundle::rows()[..2])[0].1.clone();
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    let first = line.lines().next().unwrap();
    let array = format!("[{first},{{\"TimeGenerated\":\"x\",\"AppId\" \"no colon\"}},{first}]");
    let untimed = first.replace("TimeGenerated", "x").replace("CreatedDateTime", "y");
    let unquoted = format!("[{first},{},{first}]", first.replacen("\"0\"", "\"0", 1));
    let mut bad_byte = line.clone().into_bytes();
    bad_byte.extend_from_slice(b"{\"UserAgent\":\"\xff\"}\n");
    let packed = gzip(line.repeat(2000).as_bytes());
    let mut encrypted = zip(&[("secret.json", line.as_bytes())]);
    let central = encrypted.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    encrypted[6] |= 1;
    encrypted[central + 8] |= 1;
    for (name, bytes, reason, read_at_least) in [
        ("deep.ndjson", format!("{line}{deep}\n{line}").into_bytes(), "nested deeper than 128 levels", 4),
        ("deep.json", format!("[{first},{deep},{first}]").into_bytes(), "nested deeper than 128 levels", 2),
        ("colon.json", array.into_bytes(), "out of place", 2),
        ("quote.json", unquoted.into_bytes(), "out of place", 2),
        ("untimed.ndjson", format!("{line}{untimed}\n").into_bytes(), "has no time", 2),
        ("byte.ndjson", bad_byte, "is not UTF-8", 2),
        (
            "surrogate.ndjson",
            format!("{line}{}\n", first.replacen("Zo\u{eb}", "\\ud800", 3)).into_bytes(),
            "surrogate",
            2,
        ),
        (
            "type.ndjson",
            format!("{line}{}\n", first.replacen("\"Zoe@contoso.com\"", "[1,2]", 1)).into_bytes(),
            "is an array",
            2,
        ),
        ("cut.json.gz", packed[..packed.len() / 2].to_vec(), "was not read", 100),
        ("cut.json", format!("[{first},{}", &first[..200]).into_bytes(), "ends inside", 1),
        ("secret.zip", encrypted, "is encrypted", 0),
        ("deep.zip", zip(&[("in.zip", &zip(&[("in.zip", &zip(&[("x", b"y")]))]))]), "lies 2 archives deep", 0),
        ("empty.gz", gzip(b""), "is empty", 0),
        ("hello.gz", gzip(b"hello"), "is text of another kind", 0),
        ("x.7z", b"7z\xbc\xaf\x27\x1c0000000000".to_vec(), "a 7z that cannot be listed", 0),
        ("x.zst", b"\x28\xb5\x2f\xfd0000000000".to_vec(), "cannot be unpacked", 0),
        ("empty.json", Vec::new(), "is empty", 0),
        ("notes.txt", b"# notes\nnothing\n".to_vec(), "is text of another kind", 0),
        (
            "long.ndjson",
            format!("{line}{{\"x\":\"{}\"}}\n{line}", "y".repeat(70_000)).into_bytes(),
            "longer than 65536 bytes",
            4,
        ),
        (
            "long.json",
            format!("[{first},{{\"x\":\"{}\"}},{first}]", "y".repeat(70_000)).into_bytes(),
            "longer than 65536 bytes",
            1,
        ),
    ] {
        let path = file(folder.path(), name, &bytes);
        let options = Options { max_record: 64 << 10, ..Options::default() };
        let loaded = read(&[path, folder.path().join("absent.json")], &options);
        let problems: Vec<&str> = loaded.problems.iter().map(|problem| problem.reason.as_str()).collect();
        assert!(problems.iter().any(|p| p.contains(reason)), "{name}: {problems:?}");
        assert!(problems.contains(&"does not exist"), "{name}: {problems:?}");
        assert!(loaded.rows_read() >= read_at_least, "{name}: {} rows, {problems:?}", loaded.rows_read());
    }
}

#[test]
fn caps_are_told_when_they_are_hit() {
    let folder = tempfile::tempdir().unwrap();
    let text = bundle::shapes(&bundle::rows())[0].1.repeat(40);
    let options = Options { max_bytes: 600_000, ..Options::default() };
    for (name, bytes) in [("a.ndjson", text.clone().into_bytes()), ("a.ndjson.gz", gzip(text.as_bytes()))] {
        let loaded = read(&[file(folder.path(), name, &bytes)], &options);
        assert!(loaded.rows_read() > 300 && loaded.rows_read() < 960, "{name}: {}", loaded.rows_read());
        assert!(loaded.problems.iter().any(|p| p.reason.contains("--max-bytes")), "{name}: {:?}", loaded.problems);
    }
}

#[cfg(unix)]
#[test]
fn links_hidden_files_and_repeats_are_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let text = bundle::shapes(&bundle::rows())[0].1.clone();
    let path = file(folder.path(), "b.ndjson", text.as_bytes());
    file(folder.path(), ".hidden.ndjson", text.as_bytes());
    fs::create_dir(folder.path().join("inner")).unwrap();
    file(&folder.path().join("inner"), "a.ndjson", text.as_bytes());
    std::os::unix::fs::symlink(folder.path(), folder.path().join("inner/loop")).unwrap();
    std::os::unix::fs::symlink(&path, folder.path().join("same.ndjson")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("gone")).unwrap();
    let loaded = read(&[folder.path().to_owned(), path], &Options::default());
    assert_eq!(loaded.sources.len(), 3);
    assert_eq!(loaded.rows_read(), 72);
    assert_eq!(loaded.store.duplicates(), 48);
    assert_eq!((loaded.sources[0].duplicates, loaded.sources[2].duplicates), (24, 0), "the copy read last wins a tie");
    assert_eq!(loaded.problems.len(), 1, "{:?}", loaded.problems);
}

#[test]
fn a_stopped_load_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "a.ndjson", bundle::shapes(&bundle::rows())[0].1.as_bytes());
    let stopped = load(&[path], &Options::default(), &|_| {}, &AtomicBool::new(true));
    assert!(matches!(stopped, Err(LoadError::Stopped)));
}

fn shapes_of(rows: &[(String, String)]) -> [Vec<u8>; 3] {
    let rows: Vec<serde_json::Value> = rows
        .iter()
        .map(|(agent, name)| serde_json::json!({"Type": "SigninLogs", "TimeGenerated": "2026-05-01T00:00:00Z", "UserAgent": agent, name: name, "AppId": name}))
        .collect();
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let array = serde_json::to_vec_pretty(&rows).unwrap();
    [lines.into_bytes(), array, serde_json::to_vec(&serde_json::json!({ "records": rows })).unwrap()]
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_survives_every_framing(rows in proptest::collection::vec((".*", "[a-z]{9,12}"), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let mut agents: Vec<&str> = rows.iter().map(|(agent, _)| agent.as_str()).collect();
        agents.sort_unstable();
        for (name, bytes) in ["a", "b", "c"].iter().zip(shapes_of(&rows)) {
            let loaded = read_one(file(folder.path(), name, &bytes));
            proptest::prop_assert_eq!(&loaded.problems, &[]);
            let mut read: Vec<&str> = loaded.store.events().map(|(id, _)| loaded.store.get(id, Field::UserAgent)).collect();
            read.sort_unstable();
            proptest::prop_assert_eq!(&read, &agents);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(shape in 0usize..22, edits in proptest::collection::vec((0.0f64..1.0, proptest::prelude::any::<u8>(), 0u8..3), 1..8)) {
        let folder = tempfile::tempdir().unwrap();
        let rows = bundle::rows();
        let rows = &rows[..4];
        let mut texts: Vec<Vec<u8>> = bundle::shapes(rows).into_iter().map(|(_, text)| text.into_bytes()).collect();
        texts.extend([bundle::log_analytics_csv(rows), bundle::portal_csv(rows, true)].map(String::into_bytes));
        texts.push(gzip(&texts[0]));
        let mut bytes = texts.swap_remove(shape);
        for (place, byte, edit) in edits {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
            let at = (place * bytes.len() as f64) as usize;
            match edit {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let loaded = read_one(file(folder.path(), "x", &bytes));
        proptest::prop_assert!(loaded.rows_read() > 0 || !loaded.problems.is_empty() || !tables(&loaded).is_empty());
        for (id, _) in loaded.store.events() {
            proptest::prop_assert!(loaded.raw_record(id).is_ok());
        }
    }
}
