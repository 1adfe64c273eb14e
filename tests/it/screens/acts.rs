//! Acts of the audit logs on screen: in the timeline, in the record view, in the steps, in the page about the bundle.

use super::{Desk, snapshot, story};

fn audited(size: (u16, u16)) -> Desk {
    let mut desk = Desk::reading(size, &story::audited());
    desk.reopen();
    desk
}

#[test]
fn acts_stand_in_the_timeline_by_what_was_done_to_what() {
    let mut desk = audited((200, 60));
    desk.press("tab tab z");
    let screen = desk.screen();
    for words in [
        "read 2 messages",
        "Finance leads",
        "downloaded file Forecast.xlsx",
        "created inbox rule \".\"",
        "DESKTOP-7K2QF9M",
    ] {
        assert!(screen.contains(words), "{words} in\n{screen}");
    }
    snapshot("acts_timeline", desk);
}

#[test]
fn the_record_of_an_act_shows_the_fields_that_were_read() {
    let mut desk = audited((80, 24));
    desk.press("tab tab / ").type_in("New-InboxRule").press("enter enter");
    let screen = desk.screen();
    assert!(screen.contains("Operation: New-InboxRule") && screen.contains("Object: "), "{screen}");
}
