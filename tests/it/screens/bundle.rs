//! The page about the bundle, and events that have several rows.

use super::{Desk, Name, snapshot, story, text};

#[test]
fn bundle() {
    let mut desk = Desk::open((80, 24));
    desk.press("B");
    snapshot("bundle", desk);
}

#[test]
fn the_bundle_scrolls_and_closes() {
    let mut desk = Desk::open((80, 24));
    desk.press("B G");
    let last = text(&desk.buffer(Name::Dark));
    assert!(last.contains("sha256"), "{last}");
    desk.press("q");
    assert!(text(&desk.buffer(Name::Dark)).contains("Incidents"));
}

/// A poorer copy of the first exchange, which alone says the country.
fn with_copy() -> Desk {
    let copy = serde_json::json!({
        "Type": "AADNonInteractiveUserSignInLogs", "CreatedDateTime": "2026-05-01T14:02:00Z", "Id": "row0",
        "Location": "NL", "IPAddress": "203.0.113.9",
    });
    let mut desk = Desk::reading((120, 40), &format!("{}{copy}\n", story::ndjson()));
    desk.reopen();
    desk.press("enter 3 l g enter");
    desk
}

#[test]
fn a_record_says_which_row_gave_each_field() {
    let mut desk = with_copy();
    let first = text(&desk.buffer(Name::Dark));
    assert!(first.contains("Location: NL  [2]") && first.contains("AppId: 04b07795"), "{first}");
    assert!(first.contains("2 rows tell this event"), "{first}");
    let record = |screen: &str| screen.lines().find(|line| line.contains("offset")).unwrap().to_owned();
    desk.press("c");
    let second = text(&desk.buffer(Name::Dark));
    assert_ne!(record(&first), record(&second), "another record");
    assert!(second.contains("203.0.113.9") && second.contains("Location: NL  [2]"), "{second}");
    desk.press("c");
    assert_eq!(record(&text(&desk.buffer(Name::Dark))), record(&first), "and round again");
}

#[test]
fn a_record_of_one_row_has_no_copies() {
    let mut desk = Desk::open((120, 40));
    desk.press("enter 3 l g enter c");
    let shown = text(&desk.buffer(Name::Dark));
    assert!(shown.contains("no other row tells this event") && !shown.contains("rows tell this event"), "{shown}");
}
