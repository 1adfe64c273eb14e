//! A disk that takes its time: what the screen says meanwhile, and leaving.

use super::Desk;
use tokentrail::testing::model::Time;
use tokentrail::testing::tui::app::Message;
use tokentrail::testing::tui::keymap::Key;

/// A verdict on the first step, not on disk yet.
fn pressed() -> Desk {
    let mut desk = Desk::open((80, 24));
    desk.slow = true;
    desk.press("enter y");
    desk
}

fn saved(desk: &mut Desk, result: Result<(), &str>) {
    desk.update(Message::Saved(result.map(|()| None).map_err(str::to_owned)));
}

#[test]
fn what_was_said_shows_at_once_and_as_on_its_way() {
    let mut desk = pressed();
    assert!(desk.screen().contains("step 2 of 22") && desk.screen().contains(" saving… "), "{}", desk.screen());
    // Keys go on meanwhile.
    desk.press("x");
    assert!(desk.screen().contains("step 3 of 22") && desk.screen().contains(" saving… "), "{}", desk.screen());
    saved(&mut desk, Ok(()));
    assert!(!desk.screen().contains("saving"), "{}", desk.screen());
    desk.press("j k");
    assert!(!desk.screen().contains("saving"), "nothing was said: {}", desk.screen());
}

#[test]
fn leaving_waits_for_what_was_said() {
    let mut desk = pressed();
    desk.press("q x q");
    assert!(!desk.quits && desk.bench().case.log.len() == 1, "whoever leaves says nothing more");
    desk.slow = false;
    saved(&mut desk, Ok(()));
    assert!(desk.quits);
}

#[test]
fn leaving_warns_once_of_what_could_not_be_saved() {
    let mut desk = pressed();
    desk.press("q");
    saved(&mut desk, Err("disk full"));
    assert!(!desk.quits && desk.screen().contains("quit again"), "{}", desk.screen());
    // It is tried once more.
    assert!(desk.screen().contains(" saving… "), "{}", desk.screen());
    saved(&mut desk, Err("disk full"));
    assert!(desk.screen().contains(" NOT SAVED ") && !desk.screen().contains("saving…"), "{}", desk.screen());
    desk.press("q");
    assert!(desk.quits);
}

#[test]
fn leaving_waits_for_a_note_that_was_asked_for() {
    let mut desk = Desk::open((80, 24));
    let key = Key::try_from("e".to_owned()).unwrap();
    let compose = desk.app.update(Message::Key(key.event(), Time::MISSING));
    desk.press("w ctrl-c");
    assert!(!desk.quits && desk.screen().contains("as soon as it is composed"), "{}", desk.screen());
    for effect in compose {
        desk.carry_out(effect);
    }
    assert!(desk.quits && desk.home.path().join("case.md").exists());
}
