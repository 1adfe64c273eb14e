//! A large CSV, whose rows several threads read.

use super::{file, read};
use tokentrail::testing::ingest::Options;
use tokentrail::testing::model::Field;

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

#[test]
fn threads_change_nothing_in_a_csv() {
    let folder = tempfile::tempdir().unwrap();
    let text = csv();
    assert!(text.len() > 4 << 20, "{}", text.len());
    let path = file(folder.path(), "a.csv", text.as_bytes());
    let load_with = |threads| {
        let loaded = read(std::slice::from_ref(&path), &Options { threads: Some(threads), ..Options::default() });
        let events: Vec<_> = loaded
            .store
            .events()
            .map(|(id, event)| {
                if event.origin.record % 997 == 0 {
                    let raw = String::from_utf8(loaded.raw_record(id).unwrap()).unwrap();
                    assert!(raw.contains(loaded.store.get(id, Field::Id)), "{raw}");
                }
                (
                    event.origin,
                    loaded.store.get(id, Field::Id).to_owned(),
                    loaded.store.get(id, Field::UserId).to_owned(),
                )
            })
            .collect();
        (events, loaded.problems.clone(), loaded.sources[0].remarks.clone())
    };
    let one = load_with(1);
    assert!(one.0.len() > 29_900, "{}", one.0.len());
    assert!(one.1.len() >= 60, "{}", one.1.len());
    assert!(one.2.iter().any(|remark| remark.contains("second header stands before record")), "{:?}", one.2);
    for threads in [2, 5] {
        assert!(load_with(threads) == one, "{threads} threads");
    }
}
