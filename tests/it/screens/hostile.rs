//! Hostile texts on every screen: from rows, from a case, from what is typed.

use super::{Desk, Name};
use crate::hostile::rows::{case, ndjson};
use crate::hostile::values::{alive, few, whole};
use tokentrail::testing::tui::app::Message;

/// Keys to each screen and overlay, one after the other.
const TOUR: &str = "enter j j l j G g enter esc a z j G g n N e G esc B G esc U esc M esc p esc ? G esc : esc / esc c esc \
                    f esc 2 l enter esc tab j enter esc tab j enter esc";

fn inert(desk: &Desk, place: &str) {
    let screen = desk.screen();
    let text = screen.replace('\n', "");
    assert_eq!(alive(&text), None, "{place}: {screen}");
    assert_eq!(alive(&super::text(&desk.buffer(Name::Mono)).replace('\n', "")), None, "{place}");
}

fn tour(desk: &mut Desk, place: &str) {
    for key in TOUR.split_whitespace() {
        desk.press(key);
        inert(desk, &format!("{place}, {key}"));
    }
}

#[test]
fn no_screen_shows_a_hostile_text_alive() {
    let mut desk =
        Desk::over((200, 60), "rows.json", ndjson().as_bytes(), &tokentrail::testing::analytics::Settings::default());
    let hits: Vec<String> = desk.hits.iter().map(|hit| hit.id.clone()).collect();
    let case = case(&desk.loaded, &hits);
    std::fs::create_dir_all(desk.case_path().parent().unwrap()).unwrap();
    std::fs::write(desk.case_path(), case.to_bytes()).unwrap();
    desk.reopen();
    for size in [(200, 60), (80, 24), (20, 5)] {
        desk.resize(size);
        tour(&mut desk, &format!("{size:?}"));
    }
}

#[test]
fn nothing_that_is_typed_or_told_is_alive_on_a_screen() {
    let mut desk = Desk::open((120, 40));
    for (key, text) in ["i", "/", ":", "f", "t", "m", "U"].into_iter().zip(std::iter::repeat(whole())) {
        desk.press("enter").press(key).type_in(&text);
        inert(&desk, key);
        desk.press("enter");
        inert(&desk, key);
        desk.press("esc esc");
    }
    for text in few() {
        desk.app.warn(text.clone());
        inert(&desk, "a warning");
        desk.update(Message::Saved(Err(text.clone())));
        inert(&desk, "a failed save");
        desk.update(Message::Moved(Err(text.clone())));
        inert(&desk, "a failed move");
        desk.app.name = text;
        inert(&desk, "the name");
    }
}
