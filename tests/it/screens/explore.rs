//! Beyond the hit: users, who else, near misses and other thresholds.

use super::{Desk, snapshot, story};
use tokentrail::testing::model::Span;
use tokentrail::testing::store::Key;
use tokentrail::testing::triage::{Disposition, pivot};
use tokentrail::testing::tui::layout::Pane;
use tokentrail::testing::tui::overlay::Overlay;

fn near(size: (u16, u16)) -> Desk {
    let mut desk = Desk::reading(size, &story::near());
    desk.reopen();
    desk
}

/// The value the timeline is about.
fn value(desk: &Desk) -> String {
    let bench = desk.bench();
    let value: pivot::Value = bench.timeline.as_ref().unwrap().of;
    format!("{} {}", value.kind(), value.words(bench.store(), bench.evidence.facts))
}

#[test]
fn users_screen() {
    let mut desk = Desk::open((80, 24));
    desk.press("U");
    snapshot("users", desk);
}

#[test]
fn pivot_menu() {
    let mut desk = Desk::open((80, 24));
    desk.press("p");
    snapshot("pivot_menu", desk);
}

#[test]
fn who_else_offers_what_is_new_in_the_incident_and_never_the_users_own_place_first() {
    let mut desk = Desk::open((80, 24));
    desk.press("p");
    let screen = desk.screen();
    let lines: Vec<&str> = screen.lines().filter(|line| line.contains('║')).collect();
    assert!(lines[1].contains("▌address  ◈ 198.51.100.23") && lines[1].contains("nobody"), "{screen}");
    assert!(!screen.contains("address  192.0.2.10") && screen.contains("; nobody else"), "{screen}");
    assert!(!lines.iter().any(|line| line.contains(" user ")), "the user's own rows are no answer: {screen}");
    desk.press("enter");
    assert_eq!(value(&desk), "address 198.51.100.23");
    // In the timeline of a value it is about the row, whose user comes last.
    desk.press("p G enter");
    assert_eq!(value(&desk), "user finance.director@contoso.com");
}

#[test]
fn who_else_names_the_others_with_their_rows() {
    let desk = near((80, 24));
    let store = desk.bench().store();
    for (event, row) in store.events().filter(|(_, row)| !row.is_duplicate() && !row.user.is_none()) {
        for reach in pivot::reach_of_row(store, event, None) {
            let rows: usize = reach.others.iter().map(|(_, rows)| rows).sum();
            let others = reach.value.events(store).iter().filter(|other| {
                let user = store.event(**other).user;
                !user.is_none() && user != row.user
            });
            assert_eq!(rows, others.count());
            assert!(reach.others.windows(2).all(|pair| pair[0].1 >= pair[1].1));
            assert_eq!(reach.others_words(store) == "nobody else", rows == 0);
        }
    }
}

#[test]
fn pivot_rows() {
    let mut desk = near((80, 24));
    desk.press("p enter j p G enter");
    assert_eq!(value(&desk), "user code@contoso.com");
    desk.press("<");
    snapshot("pivot_rows", desk);
}

#[test]
fn near_misses_screen() {
    let mut desk = near((80, 24));
    desk.press("M ] tab j");
    snapshot("near", desk);
}

#[test]
fn a_user_without_a_hit_is_found_by_typing_and_looked_at() {
    let mut desk = near((80, 24));
    desk.press("U").type_in("tw").press("enter");
    assert_eq!(value(&desk), "user two@contoso.com");
    let bench = desk.bench();
    assert_eq!((bench.focus, bench.timeline.as_ref().unwrap().len()), (Pane::Timeline, 2));
    desk.press("enter");
    assert!(desk.screen().contains("two0"), "Enter shows the raw record of the row:\n{}", desk.screen());
    desk.press("esc U").type_in("nobody at all").press("enter");
    assert!(matches!(desk.app.overlays.top(), Some(Overlay::Users(_))), "nothing to go to: the list stays");
    assert!(desk.screen().contains("No user matches."));
}

#[test]
fn the_trail_is_walked_both_ways_and_cut_where_it_goes_on() {
    let mut desk = near((80, 24));
    let home = value(&desk);
    assert_eq!(home, "user code@contoso.com");
    desk.press("enter l p enter");
    assert_eq!(value(&desk), "address 198.51.100.23");
    assert_eq!(desk.bench().timeline.as_ref().unwrap().len(), 8, "across users");
    let before = desk.bench().event();
    desk.press("j j");
    let there = desk.bench().event();
    assert_ne!(before, there);
    desk.press("p G enter");
    assert_eq!(value(&desk).split(' ').next(), Some("user"));
    desk.press("<");
    assert_eq!((value(&desk).as_str(), desk.bench().event()), ("address 198.51.100.23", there), "the cursor is kept");
    desk.press("<");
    assert_eq!((value(&desk), desk.bench().is_away()), (home.clone(), false));
    desk.press("<");
    assert!(desk.screen().contains("this is where the trail began"));
    desk.press("> >");
    assert_eq!(value(&desk).split(' ').next(), Some("user"));
    desk.press(">");
    assert!(desk.screen().contains("the trail ends here"));
    desk.press("< p enter");
    assert!(!value(&desk).starts_with("user") && !value(&desk).starts_with("address"), "{}", value(&desk));
    desk.press(">");
    assert!(desk.screen().contains("the trail ends here"), "going on from the middle cuts what came after");
    desk.press("esc esc");
    assert_eq!(value(&desk), home, "Esc goes back too");
    desk.press("> enter esc n");
    assert_eq!((value(&desk), desk.bench().is_walking()), (home, true), "a step is about the hit: its own timeline");
}

#[test]
fn keys_typed_ahead_of_the_counts_wait_for_them() {
    let mut desk = Desk::open((80, 24));
    let now = tokentrail::testing::model::Time::parse("2026-05-02T08:00:00Z").unwrap();
    let key = |name: &str| {
        tokentrail::testing::tui::app::Message::Key(
            tokentrail::testing::tui::keymap::Key::try_from(name.to_owned()).unwrap().event(),
            now,
        )
    };
    let mut effects = desk.app.update(key("p"));
    assert!(desk.screen().contains("counting"));
    effects.extend(desk.app.update(key("enter")));
    assert!(!desk.bench().is_away());
    for effect in effects {
        desk.carry_out(effect);
    }
    assert!(desk.bench().is_away() && desk.app.overlays.is_empty());
}

#[test]
fn a_near_miss_shows_its_rows_in_the_users_timeline() {
    let mut desk = near((80, 24));
    desk.press("M enter");
    assert!(desk.screen().contains("Tab goes to the near misses"));
    desk.press("tab enter");
    assert_eq!(value(&desk), "user window@contoso.com");
    assert_eq!(desk.bench().timeline.as_ref().unwrap().shown.marks.len(), 3);
    desk.press("M t enter M");
    assert!(desk.screen().contains("10m → 11m"), "what was tried is still there:\n{}", desk.screen());
    desk.press("?");
    assert!(desk.screen().contains("Help"));
    desk.press("esc");
    assert!(desk.screen().contains("10m → 11m"), "and after the help:\n{}", desk.screen());
}

#[test]
fn thresholds_are_tried_and_applied_and_verdicts_of_hits_that_go_are_kept() {
    let mut desk = near((120, 40));
    assert_eq!(desk.hits.len(), 1);
    let id = desk.hits[0].id.clone();
    desk.press("enter y d t");
    desk.press("M tab G t");
    assert!(
        desk.screen().contains("--window              10m  "),
        "one graded low needs no threshold: {}",
        desk.screen()
    );
    desk.press("g t");
    assert!(desk.screen().contains("--window              10m → 11m"), "{}", desk.screen());
    assert!(desk.screen().contains("2 hits: 1 gained, 0 lost, 1 the same"), "{}", desk.screen());
    assert_eq!(desk.bench().evidence.hits.len(), 1, "nothing changes before it is applied");
    desk.press("esc");
    assert_eq!(desk.bench().evidence.settings.window, Span::minutes(10));
    desk.press("M ] ] a");
    assert_eq!(desk.bench().evidence.settings.min_resources, 5);
    assert!(desk.bench().evidence.hits.is_empty(), "{}", desk.screen());
    assert_eq!(desk.bench().case.disposition(&id), Some(Disposition::Theft), "the verdict is kept");
    let last = desk.bench().case.log.last().unwrap();
    assert_eq!(last.what, "thresholds changed: --min-resources 5 (was 3); 0 hits");
    desk.press("M [ [ tab t");
    assert!(desk.screen().contains("theft") || desk.screen().contains("gained"), "{}", desk.screen());
    desk.press("a");
    assert!(desk.bench().evidence.hits.iter().any(|hit| hit.id == id), "the hit is back, and what was said to it");
    assert_eq!(desk.bench().case.disposition(&id), Some(Disposition::Theft));
    desk.press("M a");
    assert!(desk.screen().contains("no threshold was changed"));
}

#[test]
fn the_thresholds_of_the_start_are_shown_and_come_back() {
    let mut desk = near((120, 40));
    desk.press("M ] a");
    assert!(desk.screen().contains("at other thresholds"), "{}", desk.screen());
    desk.press("M");
    assert!(desk.screen().contains("4 (was 3)"), "{}", desk.screen());
    desk.press("] r");
    assert!(desk.screen().contains("4 (was 3)"), "first what is in force: {}", desk.screen());
    desk.press("r");
    assert!(desk.screen().contains("4 → 3 (was 3)"), "{}", desk.screen());
    desk.press("a");
    assert!(!desk.screen().contains("at other thresholds"), "{}", desk.screen());
    assert_eq!(desk.bench().evidence.settings.min_resources, 3);
}

#[test]
fn the_store_finds_a_value_of_every_kind() {
    let desk = Desk::open((80, 24));
    let store = desk.bench().store();
    for key in pivot::KEYS {
        for (id, event) in store.events().filter(|(_, event)| !event.is_duplicate()) {
            let held = store.value(key, id);
            assert!(held.is_none() || store.with(key, held).contains(&id), "{key:?} {event:?}");
        }
        let rows: usize = store.counts(key).map(|(_, rows)| rows).sum();
        assert_eq!(
            rows,
            store.events().filter(|(id, e)| !e.is_duplicate() && !store.value(key, *id).is_none()).count()
        );
    }
    assert!(store.counts(Key::User).count() == 2);
}
