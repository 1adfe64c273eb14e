//! Emphasis: severity under the cursor, attempts that were refused, words for addresses that have no room.

use super::{Desk, SIZES};
use ratatui::style::Color;
use tokentrail::testing::tui::theme::Name;

#[test]
fn severity_keeps_its_colour_under_the_cursor() {
    for size in SIZES.into_iter().filter(|size| size.0 >= 80) {
        let desk = Desk::open(size);
        let buffer = desk.buffer(Name::Dark);
        let cell = buffer.content().iter().find(|cell| cell.symbol() == "■" && cell.fg == Color::LightRed);
        assert!(cell.is_some(), "{size:?}");
        let row = buffer.content().chunks(usize::from(size.0)).find(|row| {
            let text: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
            text.contains("▌■ high")
        });
        let row = row.unwrap_or_else(|| panic!("{size:?}: the cursor is on the first incident"));
        let sign = row.iter().find(|cell| cell.symbol() == "■").unwrap();
        assert_eq!(sign.fg, Color::LightRed, "{size:?}");
    }
}

#[test]
fn a_refused_call_from_a_new_address_is_not_greyed() {
    let mut desk = Desk::open((200, 60));
    desk.press("enter l");
    let buffer = desk.buffer(Name::Dark);
    let rows: Vec<_> = buffer.content().chunks(200).collect();
    let text = |row: &[ratatui::buffer::Cell]| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
    let refused = rows.iter().find(|row| text(row).contains("GET 403 /directoryRoles")).expect("it is shown");
    let sign = refused.iter().find(|cell| cell.symbol() == "✗").unwrap();
    assert_eq!(sign.fg, Color::LightRed, "as what is new and high");
    let word = refused.iter().find(|cell| cell.symbol() == "G").unwrap();
    let failed = rows.iter().find(|row| text(row).contains("✗ 50126")).expect("a failed sign-in is shown");
    let other = failed.iter().find(|cell| cell.symbol() == "✗").unwrap();
    assert_ne!(word.fg, other.fg, "a mistyped password stays grey");
}

#[test]
fn an_address_without_room_gives_way_to_plain_words() {
    let mut desk = Desk::open((120, 40));
    desk.press("enter l");
    let screen = desk.screen();
    assert!(screen.contains("searched mail for \"invoi"), "{screen}");
    assert!(!screen.contains("$search"), "{screen}");
    // And the client has its column, as on the smaller screen.
    assert!(screen.contains("Azure CLI"), "{screen}");
    let mut desk = Desk::open((200, 60));
    desk.press("enter l");
    assert!(desk.screen().contains("/me/messages?$search=\"invoice\""), "{}", desk.screen());
}

#[test]
fn a_pane_that_gets_the_screen_keeps_the_rows_around_its_cursor() {
    let mut desk = Desk::open((120, 24));
    desk.press("enter l a G z");
    let timeline = desk.bench().timeline.as_ref().unwrap();
    let (len, cursor) = (timeline.len(), timeline.shown.list.cursor);
    let top = timeline.shown.list.top(len, 20);
    assert!(top <= cursor.saturating_sub(10) || top == 0, "{top} {cursor} {len}");
    desk.press("z");
    let timeline = desk.bench().timeline.as_ref().unwrap();
    assert!(timeline.shown.list.top(len, 5) <= cursor, "still in sight");
}
