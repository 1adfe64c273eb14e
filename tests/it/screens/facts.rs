//! Ways from what is said of an incident to its rows: facts, marks of the map; and leaving a step.

use super::{Desk, SIZES};
use tokentrail::testing::tui::layout::Pane;
use tokentrail::testing::tui::overlay::Overlay;

#[test]
fn a_fact_leads_to_the_rows_that_it_rests_on() {
    for size in SIZES.into_iter().filter(|size| size.0 >= 80) {
        let mut desk = Desk::open(size);
        desk.press("W");
        assert!(desk.screen().contains("theft, or "), "{}", desk.screen());
        let card = desk.bench().evidence.card(desk.bench().hit.unwrap()).unwrap().clone();
        assert!(card.points.len() > 1);
        desk.press("j enter");
        let timeline = desk.bench().timeline.as_ref().unwrap();
        let events = timeline.events(desk.bench().store());
        assert_eq!(events, card.points[1].rows.as_slice(), "{size:?}");
        assert_eq!((desk.bench().focus, desk.bench().is_walking()), (Pane::Timeline, false));
        assert!(desk.screen().contains("only "), "the filter is named: {}", desk.screen());
        // The same fact again leaves it in force, and one key takes it back.
        desk.press("W j enter");
        assert_eq!(desk.bench().timeline.as_ref().unwrap().filters().len(), 1);
        desk.press("esc");
        assert!(desk.bench().timeline.as_ref().unwrap().filters().is_empty());
        // Past the last fact the page goes on, and it ends.
        desk.press("W ").press(&"j ".repeat(60)).press("g");
        assert!(matches!(desk.app.overlays.top(), Some(Overlay::Facts(facts)) if facts.cursor == 0));
    }
}

#[test]
fn marks_of_the_map_are_walked_round_in_order_of_time_each_with_its_row() {
    let mut desk = Desk::open((80, 24));
    let card = desk.bench().evidence.card(desk.bench().hit.unwrap()).unwrap().clone();
    let spots = card.map.spots();
    assert!(spots.len() > 2 && spots.windows(2).all(|pair| pair[0].row <= pair[1].row), "{spots:?}");
    for spot in &spots {
        desk.press("]");
        assert_eq!(desk.bench().event(), Some(spot.row));
        assert_eq!(desk.bench().focus, Pane::Hits, "the card stays");
        let time = desk.bench().store().event(spot.row).time().clock();
        let words = desk.app.status.as_ref().unwrap().text.clone();
        assert!(words.starts_with(&time), "its row is named: {words}");
        let buffer = desk.buffer(tokentrail::testing::tui::theme::Name::Mono);
        let turned = |cell: &&ratatui::buffer::Cell| cell.modifier.contains(ratatui::style::Modifier::REVERSED);
        assert!(buffer.content().iter().skip(80 * 9).any(|cell| turned(&cell)), "the mark stands out");
    }
    desk.press("]");
    assert_eq!(desk.bench().event(), Some(spots[0].row), "round");
    desk.press("[");
    assert_eq!(desk.bench().event(), Some(spots[spots.len() - 1].row));
    // Another incident begins anew.
    desk.press("j k ]");
    assert_eq!(desk.bench().event(), Some(spots[0].row));
}

#[test]
fn tab_moves_the_keyboard_and_opens_no_step() {
    let mut desk = Desk::open((120, 40));
    desk.press("tab");
    assert_eq!((desk.bench().focus, desk.bench().is_walking()), (Pane::Triage, false));
    desk.press("y");
    assert!(desk.bench().case.hits.is_empty() && desk.screen().contains("no step is open for y"), "{}", desk.screen());
    desk.press("enter");
    assert!(desk.bench().is_walking(), "Enter opens the step under the cursor");
    desk.press("esc");
    assert_eq!((desk.bench().focus, desk.bench().is_walking()), (Pane::Triage, false));
    desk.press("tab tab tab");
    assert_eq!((desk.bench().focus, desk.bench().is_walking()), (Pane::Triage, false), "it stays left");
    desk.press("n");
    assert!(desk.bench().is_walking());
    desk.press("enter");
    assert!(matches!(desk.app.overlays.top(), Some(Overlay::Record { .. })), "an open step's row has a record");
}

#[test]
fn what_to_do_is_ticked_undone_and_copied() {
    let mut desk = Desk::open((80, 24));
    desk.press("C");
    let screen = desk.screen();
    assert!(screen.contains("Contain finance.director@contoso.com: 0 of "), "{screen}");
    assert!(screen.contains("□ Disable the user") && screen.contains("no revocation is known"), "{screen}");
    desk.press("space");
    let user = desk.bench().current().unwrap().user;
    let key = desk.bench().store().text(user).to_owned();
    assert!(desk.bench().case.task_done(&key, "disable-user").is_some());
    assert!(desk.screen().contains("✓ Disable the user") && desk.screen().contains(": 1 of "), "{}", desk.screen());
    desk.press("j space");
    assert!(desk.bench().case.revoked(&key).is_some(), "revoking sets the time that the timeline shows");
    assert!(desk.screen().contains("sessions revoked 2026-05-02 08:0"), "{}", desk.screen());
    desk.press("Y");
    assert!(desk.copied.starts_with("Revoke-MgUserSignInSession -UserId "), "{}", desk.copied);
    desk.press("Z");
    assert_eq!((desk.bench().case.task_done(&key, "revoke-sessions"), desk.bench().case.revoked(&key)), (None, None));
    desk.reopen();
    assert!(desk.bench().case.task_done(&key, "disable-user").is_some(), "it is on disk");
    assert!(desk.bench().case.problems().is_empty(), "{:?}", desk.bench().case.problems());
    for size in SIZES {
        desk.resize(size);
        desk.press("C G");
        assert!(size.0 < 60 || desk.screen().contains("▌□ Keep watching"), "{size:?}: {}", desk.screen());
        desk.press("esc");
    }
}
