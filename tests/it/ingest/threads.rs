//! Large sources, whose records several threads read.

use super::{file, gzip, read};
use std::path::Path;
use tokentrail::testing::ingest::Options;
use tokentrail::testing::model::{Field, Origin, Problem};

/// Rows of which some are broken in each way that reading goes on after.
fn csv() -> String {
    let header = "TimeGenerated,Id,UserId,AppId,ResultType,UserAgent\n";
    let mut text = header.to_owned();
    for n in 0..30_000 {
        let time = format!("2026-05-01T{:02}:{:02}:{:02}Z", n / 3600 % 24, n / 60 % 60, n % 60);
        let agent = match n % 50 {
            0 => "\"two\nlines, and \"\"quotes\"\"\"".to_owned(),
            1 => "\"x\"y".to_owned(),
            2 => "a\"b".to_owned(),
            _ => format!("\"Mozilla/5.0 (Windows NT 10.0; Win64; x64), {}\"", "padding ".repeat(12)),
        };
        text += &format!("{time},id-{n},user-{},app-{},0,{agent}", n % 300, n % 7);
        text += match n % 1000 {
            // A quote that is not closed takes in the line after it.
            500 => "\r\n2026-05-01T00:00:00Z,broken,\"u,a,0,x\n",
            600 => "\n\n\r\n",
            700 => "\n2026-05-01T00:00:00Z,short\n",
            800 if n > 20_000 => "\nTimeGenerated,Id,UserId,AppId,UserAgent,ResultType\n",
            _ => "\n",
        };
        // From here on the columns stand in another order.
        if n == 25_000 {
            text += "TimeGenerated,UserId,Id,AppId,ResultType,UserAgent\n2026-05-02T00:00:00Z,user-x,id-x,app-1,0,x\n";
            text += header;
        }
    }
    text + "2026-05-01T00:00:00Z,last,u,a,0,\"without an end"
}

/// Lines of which some are broken in each way that reading goes on after.
fn lines() -> Vec<u8> {
    let mut bytes = Vec::new();
    for n in 0..30_000 {
        let time = format!("2026-05-01T{:02}:{:02}:{:02}Z", n / 3600 % 24, n / 60 % 60, n % 60);
        let agent = "padding ".repeat(12);
        let row = format!(
            r#"{{"TimeGenerated":"{time}","Id":"id-{n}","UserId":"user-{}","AppId":"a","ResultType":"0","UserAgent":"{agent}"}}"#,
            n % 300
        );
        bytes.extend_from_slice(row.as_bytes());
        match n % 1000 {
            500 => bytes.extend_from_slice(b"\nno JSON\n"),
            600 => bytes.extend_from_slice(b"\r\n\r\n"),
            700 => bytes.extend_from_slice(b"\n{\"Id\":\"\x98\"}\n"),
            800 => bytes.extend_from_slice(format!("\n{{\"Id\":\"{}\"}}\n", "long ".repeat(TOO_LONG / 4)).as_bytes()),
            _ => bytes.push(b'\n'),
        }
    }
    bytes.extend_from_slice(b"{\"Id\":\"without an end");
    bytes
}

/// A page, a table and a list, one after another, of which some elements are broken in each way that reading goes on
/// after; the last one has no end.
fn json() -> Vec<u8> {
    let value = |n: usize| {
        let time = format!("2026-05-01T{:02}:{:02}:{:02}Z", n / 3600 % 24, n / 60 % 60, n % 60);
        [time, format!("id-{n}"), format!("user-{}", n % 300), "a".to_owned(), "0".to_owned(), "padding ".repeat(12)]
    };
    let names = ["TimeGenerated", "Id", "UserId", "AppId", "ResultType", "UserAgent"];
    let columns = names.map(|name| format!(r#"{{"name":"{name}"}}"#)).join(",");
    let object = |n| {
        let members = names.into_iter().zip(value(n)).map(|(name, text)| format!(r#""{name}":"{text}""#));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    };
    let row = |n| format!(r#"["{}"]"#, value(n).join(r#"",""#));
    let mut bytes = br#"{"@odata.context":"x","value":["#.to_vec();
    for n in 0..30_000 {
        match n {
            10_000 => {
                let table = format!("\n]}}{{\"tables\":[{{\"name\":\"SigninLogs\",\"columns\":[{columns}],\"rows\":[");
                bytes.extend_from_slice(table.as_bytes());
            }
            20_000 => bytes.extend_from_slice(b"]}]} ["),
            0 => {}
            _ => bytes.extend_from_slice(b",\n"),
        }
        let element = if n / 10_000 == 1 { row(n) } else { object(n) };
        bytes.extend_from_slice(element.as_bytes());
        match n % 1000 {
            500 => bytes.extend_from_slice(b", 7"),
            // Behind these the reading goes on at the next object, of which the table has none.
            600 | 800 if n / 10_000 == 1 => {}
            600 => bytes.extend_from_slice(b",{\"TimeGenerated\":\"x\" \"out of place\"}"),
            700 => bytes.extend_from_slice(b",{\"TimeGenerated\":\"\x98\"}"),
            800 => bytes
                .extend_from_slice(format!(",{{\"TimeGenerated\":\"{}\"}}", "long ".repeat(TOO_LONG / 4)).as_bytes()),
            _ => {}
        }
    }
    bytes
}

/// A line of so many bytes is too long here.
const TOO_LONG: usize = 600_000;

/// Place, id and user of each event of a load, its problems and remarks.
type Given = (Vec<(Origin, String, String)>, Vec<Problem>, Vec<String>);

/// A load of a file on one thread, which is the same on any number.
fn on_any_threads(path: &Path, max_record: usize) -> Given {
    let load_with = |threads| -> Given {
        let options = Options { threads: Some(threads), max_record, ..Options::default() };
        let loaded = read(&[path.to_owned()], &options);
        let events = loaded.store.events().map(|(id, event)| {
            if event.origin.record % 997 == 0 {
                let raw = String::from_utf8(loaded.raw_record(id).unwrap()).unwrap();
                assert!(raw.contains(loaded.store.get(id, Field::Id)), "{raw}");
            }
            (event.origin, loaded.store.get(id, Field::Id).to_owned(), loaded.store.get(id, Field::UserId).to_owned())
        });
        (events.collect(), loaded.problems.clone(), loaded.sources[0].remarks.clone())
    };
    let one = load_with(1);
    for threads in [2, 5] {
        assert!(load_with(threads) == one, "{threads} threads");
    }
    one
}

#[test]
fn threads_change_nothing_in_a_csv() {
    let folder = tempfile::tempdir().unwrap();
    let text = csv();
    assert!(text.len() > 4 << 20, "{}", text.len());
    let path = file(folder.path(), "a.csv", text.as_bytes());
    let (events, problems, remarks) = on_any_threads(&path, Options::default().max_record);
    assert!(events.len() > 29_900, "{}", events.len());
    assert!(problems.len() >= 60, "{}", problems.len());
    assert!(remarks.iter().any(|remark| remark.contains("second header stands before record")), "{remarks:?}");
}

#[test]
fn threads_change_nothing_in_packed_lines() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = lines();
    let path = file(folder.path(), "a.json.gz", &gzip(&bytes));
    let (events, problems, _) = on_any_threads(&path, TOO_LONG);
    assert_eq!(events.len(), 30_000);
    // Record numbers count the three in each thousand lines that were left out.
    assert_eq!(events.iter().map(|(origin, ..)| origin.record).max(), Some(30_090));
    assert!(problems.iter().any(|problem| problem.reason.contains("longer")), "{problems:?}");
    // What is cut off is reported behind what was read.
    let cut = gzip(&bytes);
    let path = file(folder.path(), "b.json.gz", &cut[..cut.len() / 2]);
    let (events, problems, _) = on_any_threads(&path, TOO_LONG);
    assert!(events.len() > 10_000, "{}", events.len());
    assert!(problems.last().unwrap().reason.contains("was not read"), "{problems:?}");
}

#[test]
fn threads_change_nothing_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = json();
    assert!(bytes.len() > 4 << 20, "{}", bytes.len());
    let path = file(folder.path(), "a.json", &bytes);
    let (events, problems, _) = on_any_threads(&path, TOO_LONG);
    assert_eq!(events.len(), 30_000);
    let reasons = |word: &str| problems.iter().filter(|problem| problem.reason.contains(word)).count();
    let counts = ["not an object", "out of place", "longer", "ends inside an array"].map(reasons);
    assert_eq!(counts, [30, 20, 20, 1]);
    assert!(problems.last().unwrap().reason.contains("ends inside"), "{problems:?}");
}
