//! The search in the timeline.

use super::{Desk, snapshot};
use ratatui::style::Modifier;
use tokentrail::testing::model::Time;
use tokentrail::testing::tui::app::{Effect, Message};
use tokentrail::testing::tui::keymap::Key;
use tokentrail::testing::tui::layout::Pane;
use tokentrail::testing::tui::rows::Zoom;
use tokentrail::testing::tui::theme::Name;

/// The prompt of the timeline, with something typed.
fn searched(size: (u16, u16), query: &str) -> Desk {
    let mut desk = Desk::open(size);
    desk.press("enter l /").type_in(query);
    desk
}

/// The id of the row under the cursor.
fn row(desk: &Desk) -> String {
    let bench = desk.bench();
    bench.store().get(bench.event().unwrap(), tokentrail::testing::model::Field::Id).to_owned()
}

#[test]
fn search_prompt() {
    snapshot("search_prompt", searched((80, 24), "messages"));
}

#[test]
fn search_found() {
    let mut desk = searched((80, 24), "uri:messages");
    desk.press("enter n");
    snapshot("search_found", desk);
}

#[test]
fn rows_are_found_while_typing_counted_and_walked() {
    let mut desk = searched((120, 40), "uri:/messages/");
    assert!(desk.screen().contains("Search the timeline: 2 of 32 rows"), "{}", desk.screen());
    assert_eq!(row(&desk), "call0", "the cursor is at the first");
    desk.press("enter");
    assert!(desk.screen().contains("1 of 2 found for uri:/messages/"), "{}", desk.screen());
    desk.press("n");
    assert_eq!(row(&desk), "call1");
    desk.press("n");
    assert!(desk.screen().contains("past the last: on from the first"));
    assert_eq!(row(&desk), "call0");
    desk.press("N");
    assert!(desk.screen().contains("before the first: on from the last"));
    assert_eq!(row(&desk), "call1");
    desk.press("esc");
    assert!(desk.bench().find().is_none());
    assert_eq!(row(&desk), "call1", "the cursor stays");
    desk.press("n");
    assert!(desk.bench().is_walking(), "n walks the steps again");
}

#[test]
fn what_is_found_is_shown_alone_and_then_all_again() {
    let mut desk = searched((120, 40), "uri:/messages/");
    desk.press("enter");
    let all = desk.bench().timeline.as_ref().unwrap().len();
    desk.press("o");
    let timeline = |desk: &Desk| {
        let timeline = desk.bench().timeline.as_ref().unwrap();
        (timeline.events(desk.bench().store()).len(), timeline.filters().len())
    };
    assert_eq!(timeline(&desk), (2, 1));
    assert!(desk.screen().contains("uri:/messages/  2 of 32 rows"), "{}", desk.screen());
    assert_eq!(row(&desk), "call0");
    desk.press("n");
    assert_eq!(row(&desk), "call1");
    desk.press("o");
    assert_eq!((desk.bench().timeline.as_ref().unwrap().len(), timeline(&desk).1), (all, 0));
    // The filter outlasts the search; the next Esc takes it back, and the cursor stays.
    desk.press("o esc");
    assert_eq!((row(&desk).as_str(), timeline(&desk).1), ("call1", 1));
    desk.press("esc");
    assert_eq!((row(&desk).as_str(), timeline(&desk).1), ("call1", 0));
    // Terms stack, and a dash leaves rows out.
    desk.press("/").type_in("kind:graph -uri:/messages/").press("enter o");
    assert!(desk.screen().contains("kind:graph -uri:/messages/  "), "{}", desk.screen());
    let store = desk.bench().store();
    let rows = desk.bench().timeline.as_ref().unwrap().events(store);
    let uri = |id| store.get(id, tokentrail::testing::model::Field::RequestUri);
    assert!(!rows.is_empty() && rows.iter().all(|id| !uri(*id).is_empty() && !uri(*id).contains("/messages/")));
}

#[test]
fn a_search_given_up_comes_back_to_where_it_began() {
    let mut desk = Desk::open((120, 40));
    desk.press("enter l j j j");
    let (before, zoom) = (row(&desk), desk.bench().timeline.as_ref().unwrap().shown.zoom);
    desk.press("/").type_in("time:2026-04-07");
    assert_eq!((row(&desk).as_str(), desk.bench().timeline.as_ref().unwrap().shown.zoom), ("u1-day-7", Zoom::All));
    desk.press("esc");
    assert_eq!((row(&desk), desk.bench().timeline.as_ref().unwrap().shown.zoom), (before, zoom));
    assert!(desk.bench().find().is_none() && desk.app.overlays.is_empty());
}

#[test]
fn a_row_out_of_the_steps_rows_is_shown_and_the_step_left_as_ever() {
    let mut desk = Desk::open((120, 40));
    let shown = |desk: &Desk| (row(desk), desk.bench().timeline.as_ref().unwrap().len());
    let before = shown(&desk);
    desk.press("enter n n l / u 1 - d a y - 3 enter");
    assert_eq!(row(&desk), "u1-day-3");
    assert!(desk.bench().is_walking(), "the step's rows stay marked");
    assert_eq!(desk.bench().focus, Pane::Timeline);
    desk.press("esc esc");
    assert!(!desk.bench().is_walking());
    assert_eq!(shown(&desk), before, "exactly as it was");
}

#[test]
fn what_matches_is_told_without_colour() {
    let mut desk = searched((200, 60), "python");
    desk.press("enter");
    let buffer = desk.buffer(Name::Mono);
    let underlined: String = buffer
        .content()
        .iter()
        .filter(|cell| cell.modifier.contains(Modifier::UNDERLINED))
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    assert_eq!(underlined.matches("python").count(), 10, "{underlined}");
    assert_eq!(underlined.matches('*').count(), 10, "the row is marked too: {underlined}");
}

#[test]
fn what_cannot_be_read_or_is_not_there_is_said() {
    let mut desk = searched((80, 24), "/a(/");
    assert!(desk.screen().contains("Search the timeline: no expression: unclosed group"), "{}", desk.screen());
    desk.press("enter");
    assert!(desk.screen().contains("no expression: unclosed group") && desk.bench().find().is_none());
    desk.press("/").type_in("nowhere at all").press("enter");
    assert!(desk.screen().contains("no row holds it"));
    desk.press("n");
    assert!(desk.screen().contains("no row holds it"));
    desk.press("esc / enter");
    assert!(desk.bench().find().is_none(), "nothing typed, nothing searched");
}

#[test]
fn an_answer_to_another_line_is_not_taken() {
    let mut desk = Desk::open((80, 24));
    desk.press("enter l /");
    let now = Time::parse("2026-05-02T08:00:00Z").unwrap();
    let mut typed = |key: &str| {
        let key = Key::try_from(key.to_owned()).unwrap();
        desk.app.update(Message::Key(key.event(), now))
    };
    let (first, second) = (typed("m"), typed("q"));
    let answer = |desk: &mut Desk, effects: Vec<Effect>| effects.into_iter().for_each(|effect| desk.carry_out(effect));
    answer(&mut desk, first);
    let find = desk.bench().find().unwrap();
    assert!(find.is_empty() && !find.is_done(), "no row found for the first letter alone");
    assert!(desk.screen().contains("0 % read"), "{}", desk.screen());
    answer(&mut desk, second);
    assert!(desk.bench().find().unwrap().is_done());
}

#[test]
fn the_hits_keep_their_filter() {
    let mut desk = Desk::open((120, 40));
    desk.press("/").type_in("own");
    assert!(matches!(desk.app.overlays.top(), Some(tokentrail::testing::tui::overlay::Overlay::Filter(_))));
}
