//! The mouse: a click on what is seen does what its key does.

use super::{Desk, SIZES, text};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use tokentrail::testing::model::Time;
use tokentrail::testing::tui::app::Message;
use tokentrail::testing::tui::theme::Name;

/// Clicks on the last place where that text stands.
fn click(desk: &mut Desk, on: &str) {
    let screen = text(&desk.buffer(Name::Dark));
    let rows: Vec<&str> = screen.lines().collect();
    let (row, line) = (0..).zip(rows).filter(|(_, line)| line.contains(on)).last().unwrap_or_else(|| {
        panic!("{on} is not shown:\n{screen}");
    });
    let column = u16::try_from(line[..line.rfind(on).unwrap()].chars().count()).unwrap();
    let now = Time::parse("2026-05-02T08:00:00Z").unwrap();
    let kind = MouseEventKind::Down(MouseButton::Left);
    desk.update(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }, now));
}

#[test]
fn a_row_of_the_timeline_is_taken_then_opened() {
    for size in SIZES[..3].iter().copied() {
        let mut desk = Desk::open(size);
        desk.press("tab tab");
        let on = "read mail atta";
        click(&mut desk, on);
        assert!(desk.screen().contains("Timeline"), "{size:?}");
        click(&mut desk, on);
        assert!(desk.screen().contains("MicrosoftGraphActivityLogs"), "{size:?}\n{}", desk.screen());
    }
}

#[test]
fn a_step_is_walked_to() {
    let mut desk = Desk::open((200, 60));
    click(&mut desk, "6 same plac");
    assert!(desk.screen().contains("step 6 of 22"), "{}", desk.screen());
    click(&mut desk, "The sentence of step 6");
    assert!(desk.screen().contains("step 6 of 22"), "a step's own text is the step");
    click(&mut desk, "1 device-code");
    assert!(desk.screen().contains("step 1 of 22"));
}

#[test]
fn a_row_of_a_list_over_the_panes_is_taken_then_opened() {
    let mut desk = Desk::open((80, 24));
    desk.press("U");
    click(&mut desk, "b.office");
    assert!(desk.screen().contains("▌b.office"), "{}", desk.screen());
    click(&mut desk, "b.office");
    assert!(desk.screen().contains("user b.office"), "{}", desk.screen());

    let mut desk = Desk::open((80, 24));
    desk.press("p");
    click(&mut desk, "agent ");
    assert!(desk.screen().contains("▌agent"), "{}", desk.screen());
    click(&mut desk, "agent ");
    assert!(desk.screen().contains("› agent"), "{}", desk.screen());

    let mut desk = Desk::open((80, 24));
    desk.press("enter enter Y");
    click(&mut desk, "session ");
    click(&mut desk, "session ");
    assert_eq!(desk.copied, "s1");

    let mut desk = Desk::open((80, 24));
    desk.press(":").type_in("bundle");
    let before = desk.screen();
    click(&mut desk, "bundle  ");
    assert_ne!(desk.screen(), before);
}

#[test]
fn a_marked_row_is_taken_below_what_is_said_of_lost_ones() {
    let mut desk = Desk::open((80, 24));
    desk.press("tab tab m j m j m b");
    click(&mut desk, "14:02:00");
    assert!(desk.screen().contains("▌★"), "{}", desk.screen());
    let marked = desk.screen();
    let line = marked.lines().find(|line| line.contains('▌')).unwrap();
    assert!(line.contains("14:02:00"), "{line}");
}

#[test]
fn a_hint_does_what_its_key_does() {
    let mut desk = Desk::open((80, 24));
    click(&mut desk, "help");
    assert!(desk.screen().contains("Help"), "{}", desk.screen());
    click(&mut desk, "close");
    assert!(!desk.screen().contains("Help"));
    click(&mut desk, "walk the steps");
    assert!(desk.screen().contains("step 1 of 22"));
    click(&mut desk, "y theft");
    assert!(desk.screen().contains("step 2 of 22"), "{}", desk.screen());
}
