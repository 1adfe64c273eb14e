//! The timeline: folds, lineage, signs, jumps, revocation, and the steps that move it.

use super::{Desk, SIZES, snapshot, story};
use crate::stories::{self, Story, StoryKind};
use std::sync::Arc;
use tokentrail::testing::analytics::{self, ANALYTICS, Show};
use tokentrail::testing::demo;
use tokentrail::testing::facts::Facts;
use tokentrail::testing::model::{EventId, Field};
use tokentrail::testing::triage::Case;
use tokentrail::testing::tui::app::{Effect, Message};
use tokentrail::testing::tui::keymap::Key;
use tokentrail::testing::tui::overlay::Overlay;
use tokentrail::testing::tui::rows::{Row, Sign, Timeline};

fn busy(size: (u16, u16)) -> Desk {
    let mut desk = Desk::reading(size, &story::busy());
    desk.reopen();
    desk.press("tab tab esc");
    desk
}

fn timeline(desk: &Desk) -> &Timeline {
    desk.bench().timeline.as_ref().unwrap()
}

fn rows(desk: &Desk) -> Vec<Row> {
    let timeline = timeline(desk);
    (0..timeline.len()).map(|at| timeline.row(desk.bench().store(), at).unwrap()).collect()
}

/// The id of the event under the cursor.
fn here(desk: &Desk) -> String {
    let bench = desk.bench();
    bench.event().map_or_else(String::new, |event| bench.store().get(event, Field::Id).to_owned())
}

/// The first row of more than one event, and how many.
fn run(desk: &Desk) -> Option<usize> {
    rows(desk).iter().find_map(|row| if let Row::Run(run) = row { Some(run.places.len()) } else { None })
}

#[test]
fn collapsed() {
    let desk = busy((80, 24));
    assert!(desk.screen().contains("±20 min"));
    snapshot("timeline_folded", desk);
}

#[test]
fn a_marked_row_is_told_from_its_run_and_a_revocation_is_undone() {
    let mut desk = busy((120, 40));
    desk.press("G k k m");
    let line = desk.screen().lines().find(|line| line.contains(" × ")).expect("it stays folded").to_owned();
    assert!(line.contains('★'), "{line}");
    desk.press("R").type_in("14:05").press("enter");
    assert!(timeline(&desk).revoked().is_some());
    desk.press("Z");
    assert!(timeline(&desk).revoked().is_none() && desk.screen().contains("undid: revoked at"), "{}", desk.screen());
    desk.press("Z");
    assert!(desk.bench().case.marks.is_empty());
}

#[test]
fn opened() {
    let mut desk = busy((80, 24));
    desk.press("f @").type_in("14:04:50").press("enter");
    snapshot("timeline_unfolded", desk);
}

#[test]
fn lineage() {
    let mut desk = busy((80, 24));
    desk.press("t z g");
    snapshot("timeline_lineage", desk);
}

#[test]
fn signs_gaps_and_days() {
    let mut desk = busy((80, 24));
    desk.press("a z { j");
    snapshot("timeline_signs", desk);
}

#[test]
fn revocation() {
    let mut desk = busy((80, 24));
    desk.press("R").type_in("14:05:10").press("enter @").type_in("14:04:40").press("enter");
    assert!(desk.screen().contains("revoked 14:05:10"), "{}", desk.screen());
    snapshot("timeline_revoked", desk);
}

#[test]
fn a_prompt_says_what_a_time_is() {
    let mut desk = busy((80, 24));
    desk.press("@").type_in("noon").press("enter");
    assert!(matches!(desk.app.overlays.top(), Some(Overlay::Moment(_))), "what was typed can be mended");
    snapshot("timeline_go_to", desk);
}

#[test]
fn like_rows_are_one_until_opened() {
    let mut desk = busy((120, 60));
    assert_eq!(run(&desk), Some(38));
    assert!(desk.screen().contains("38 × listed users"), "{}", desk.screen());
    let collapsed = rows(&desk);
    desk.press("/").type_in("busy5").press("enter esc");
    assert_eq!((here(&desk).as_str(), run(&desk)), ("busy5", None), "what is found comes out of its run");
    desk.press("space");
    assert_eq!((here(&desk).as_str(), run(&desk)), ("busy0", Some(38)), "and goes back");
    assert_eq!(rows(&desk), collapsed);
    desk.press("enter");
    assert!(desk.app.overlays.is_empty() && run(&desk).is_none(), "Enter unfolds a run");
    assert_eq!(here(&desk), "busy0");
    desk.press("enter");
    assert!(matches!(desk.app.overlays.top(), Some(Overlay::Record { .. })), "and opens the record of an event");
    desk.press("esc f");
    assert_eq!(run(&desk), None);
    desk.press("f");
    assert_eq!(run(&desk), Some(38), "all are folded, the one unfolded too");
}

#[test]
fn records_are_walked_one_by_one_through_a_run() {
    let mut desk = busy((120, 40));
    desk.press("@").type_in("14:04:37").press("enter enter");
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(here(&desk));
        desk.press("n");
    }
    assert_eq!(seen, ["row5", "busy0", "busy1", "busy2", "busy3"]);
    desk.press("N N N N N N");
    assert_eq!(here(&desk), "row4", "signs are passed over");
    desk.press("esc t enter n");
    assert!(matches!(desk.app.overlays.top(), Some(Overlay::Record { .. })));
}

#[test]
fn the_cursor_stays_on_its_event_whatever_is_toggled() {
    for id in ["denied", "code", "row0", "call2", "busy0", "busy38", "busy39"] {
        let mut desk = busy((80, 24));
        desk.press("/").type_in(&format!("id:{id}")).press("enter esc");
        for keys in ["f", "f", "t", "f", "t", "f", "-", "t", "t", "a", "t", "f", "t", "f"] {
            desk.press(keys);
            assert_eq!(here(&desk), id, "after {keys}");
            for size in SIZES {
                desk.resize(size);
                desk.screen();
            }
            desk.resize((80, 24));
        }
    }
}

#[test]
fn lineage_has_every_row_once_and_finds_marks_and_values() {
    let mut desk = busy((80, 24));
    desk.press("f");
    let mut flat: Vec<EventId> = timeline(&desk).events(desk.bench().store()).to_vec();
    desk.press("t");
    let mut tree: Vec<EventId> =
        rows(&desk).iter().filter_map(|row| if let Row::Event(id, _) = row { Some(*id) } else { None }).collect();
    tree.sort_unstable();
    flat.sort_unstable();
    assert_eq!(tree, flat);
    desk.press("/").type_in("/me/chats").press("enter");
    assert_eq!(here(&desk), "busy38");
    desk.press("esc p");
    assert!(matches!(desk.app.overlays.top(), Some(Overlay::Pivot(_))));
    desk.press("enter");
    assert!(timeline(&desk).is_tree(), "what was looked up stands by lineage too");
    assert_eq!(here(&desk), "busy38");
    desk.press("<");
    assert_eq!(here(&desk), "busy38");
}

#[test]
fn bursts_are_jumped_to_and_the_time_shown_goes_along() {
    let mut desk = busy((120, 40));
    desk.press("}");
    assert_eq!(here(&desk), "morning");
    assert!(desk.screen().contains("±20 min around 05-02 08:30"), "{}", desk.screen());
    desk.press("}");
    assert!(desk.screen().contains("no activity after a silence of 30 min"), "{}", desk.screen());
    desk.press("{ {");
    assert_eq!(here(&desk), "u1-day-20", "past the burst of the hit");
    desk.press("-");
    assert!(desk.screen().contains("±1 h around 04-20 09:00"), "zoomed around the row: {}", desk.screen());
    desk.press("0");
    assert!(desk.screen().contains("±20 min ") && !desk.screen().contains("around"), "{}", desk.screen());
    assert_eq!(here(&desk), "row0");
}

#[test]
fn a_time_is_gone_to_from_the_row_looked_at() {
    let mut desk = busy((120, 40));
    let mut go = |text: &str| {
        desk.press("@").type_in(text).press("enter");
        here(&desk)
    };
    assert_eq!(go("14:03"), "row2");
    assert_eq!(go("+1m"), "row4", "a minute after 14:03:02");
    assert_eq!(go("04-07"), "u1-day-7");
    assert_eq!(go("+1d"), "u1-day-8");
    assert_eq!(go("2026-05-01 14:02:08"), "call1");
    assert_eq!(go("2031-01-01"), "morning");
    assert!(desk.screen().contains("nothing from 2031-01-01 00:00:00 on: this is the last row"), "{}", desk.screen());
    desk.press("@").type_in("2026-05-01 20:00").press("enter");
    assert!(desk.screen().contains("the next row is 12h30m later"), "{}", desk.screen());
    desk.press("@ enter");
    assert!(desk.app.overlays.is_empty() && here(&desk) == "morning", "nothing typed, nowhere gone");
}

#[test]
fn a_revocation_is_kept_told_and_taken_back() {
    let mut desk = busy((120, 70));
    desk.press("R").type_in("never").press("enter");
    assert!(desk.screen().contains("\"never\" is no time"), "{}", desk.screen());
    desk.press("ctrl-u").type_in("14:05:10").press("enter");
    let signs = |desk: &Desk| rows(desk).iter().filter(|row| **row == Row::Sign(Sign::Revoked)).count();
    assert_eq!(signs(&desk), 1);
    let runs: Vec<usize> = rows(&desk)
        .iter()
        .filter_map(|row| if let Row::Run(run) = row { Some(run.places.len()) } else { None })
        .collect();
    assert_eq!(runs, [11, 27], "no run goes on over it");
    let after = desk.screen().lines().filter(|line| line.contains("!»")).count();
    assert_eq!(after, 3, "each row after it is told: {}", desk.screen());
    desk.press("t");
    assert!(desk.screen().contains("!»"), "by lineage too: {}", desk.screen());
    let on_disk: Case = serde_json::from_slice(&std::fs::read(desk.case_path()).unwrap()).unwrap();
    assert_eq!(on_disk.revoked.len(), 1);
    assert!(on_disk.log.last().unwrap().what.contains("revoked at 2026-05-01T14:05:10"));
    desk.reopen();
    assert_eq!(signs(&desk), 1, "a second start knows it");
    desk.press("R ctrl-u enter");
    assert_eq!((signs(&desk), desk.bench().case.revoked.len()), (0, 0));
}

#[test]
fn until_the_worker_answers_rows_stand_as_they_were() {
    let mut desk = super::many::desk(20_000);
    let press = |desk: &mut Desk, key: &str| {
        let key = Key::try_from(key.to_owned()).unwrap();
        desk.app.update(Message::Key(key.event(), tokentrail::testing::model::Time::from_ticks(0)))
    };
    desk.press("tab tab esc a");
    assert_eq!(run(&desk), Some(20_000));
    let before = rows(&desk);
    let asked = press(&mut desk, "t");
    assert!(matches!(asked.as_slice(), [Effect::Run(_)]), "{asked:?}");
    assert_eq!(rows(&desk), before, "what was there");
    assert!(desk.screen().contains("being arranged"), "{}", desk.screen());
    assert!(press(&mut desk, "t").is_empty() && press(&mut desk, "t").is_empty(), "asked once");
    for effect in asked {
        desk.carry_out(effect);
    }
    assert!(timeline(&desk).is_tree() && desk.screen().contains("no session recorded"), "{}", desk.screen());
    let late = press(&mut desk, "1");
    desk.press("esc t");
    for effect in late {
        desk.carry_out(effect);
    }
    assert_eq!(rows(&desk), before, "an answer that came too late is not taken");
}

/// Every analytic on the demo.
pub(super) fn on_the_demo(size: (u16, u16)) -> Desk {
    let all = ANALYTICS.iter().map(|analytic| analytic.id.to_owned()).collect();
    let settings = analytics::Settings { analytics: Some(all), ..analytics::Settings::default() };
    let mut desk = Desk::over(size, demo::NAME, demo::archive(), &settings);
    desk.reopen();
    desk
}

/// An analytic's hits in the first story in which it fires.
fn on_its_story(size: (u16, u16), analytic: &str) -> Desk {
    let fires = |story: &Story| story.analytic == analytic && story.kind == StoryKind::Fires;
    let mut story = stories::all().into_iter().find(fires).unwrap();
    let mut desk = Desk::loading(size);
    let store = story.rows.build();
    desk.hits = Arc::new(analytics::run(&store, Facts::embedded(), &story.settings));
    Arc::get_mut(&mut desk.loaded).unwrap().store = store;
    desk.reopen();
    desk
}

/// The place in the list of an analytic's first hit.
fn place_of(desk: &Desk, analytic: &str) -> Option<usize> {
    let hits = &desk.bench().evidence.hits;
    desk.bench().hit_list.entries.iter().position(|entry| hits[entry.hit].analytic == analytic)
}

#[test]
fn every_step_of_every_analytic_moves_the_eye_and_comes_back() {
    for arrangement in ["f", "t", "- j j space", "t a f j j j space", "} j"] {
        let mut demo = on_the_demo((80, 24));
        demo.press("f");
        for analytic in ANALYTICS {
            let mut story;
            let desk = if place_of(&demo, analytic.id).is_some() {
                &mut demo
            } else {
                story = on_its_story((80, 24), analytic.id);
                story.press("f");
                &mut story
            };
            let place = place_of(desk, analytic.id).unwrap_or_else(|| panic!("{} has no hit", analytic.id));
            desk.press("esc esc esc");
            while desk.bench().focus != tokentrail::testing::tui::layout::Pane::Hits {
                desk.press("tab");
            }
            desk.press("esc home");
            for _ in 0..place {
                desk.press("j");
            }
            assert_eq!(desk.bench().current().unwrap().analytic, analytic.id);
            desk.press("tab tab esc").press(arrangement);
            let before = (timeline(desk).shown.list.cursor, here(desk), timeline(desk).shown.zoom);
            let (shown, window) = (rows(desk), timeline(desk).shown.window);
            for (at, step) in analytic.steps.iter().enumerate() {
                let step_name = format!("{} step {} after {arrangement:?}", analytic.id, at + 1);
                desk.press(&(at + 1).to_string());
                let timeline = timeline(desk);
                let store = desk.bench().store();
                let found = &desk.bench().current().unwrap().findings[at].rows;
                assert_eq!(*timeline.shown.marks, *found, "{step_name}");
                let events = timeline.events(store);
                assert!(
                    found.iter().all(|row| events.binary_search(row).is_ok()),
                    "{step_name}: all its rows are there"
                );
                let event = timeline.event(store).unwrap();
                if !found.is_empty() {
                    assert!(timeline.shown.marks.contains(&event), "{step_name}: the cursor is at one of them");
                    assert!(desk.screen().contains('▸'), "{step_name}: {}", desk.screen());
                }
                if !found.is_empty() && step.show != Show::Mark {
                    assert_eq!(events, found.as_slice(), "{step_name}: and no others");
                }
                let runs_apart = rows(desk).iter().all(|row| match row {
                    Row::Run(run) => {
                        let members = &timeline.ids(store)[run.places.clone()];
                        let marked = members.iter().filter(|id| timeline.shown.marks.contains(id)).count();
                        marked == 0 || marked == members.len()
                    }
                    _ => true,
                });
                assert!(runs_apart, "{step_name}: no run holds rows of the step and others");
                let first = step.look_for.split(' ').next().unwrap();
                assert!(desk.screen().contains(&format!("look for: {first}")), "{step_name}: {}", desk.screen());
            }
            desk.press("esc");
            assert!(!desk.bench().is_walking());
            assert_eq!((timeline(desk).shown.list.cursor, here(desk), timeline(desk).shown.zoom), before);
            assert_eq!((rows(desk), timeline(desk).shown.window), (shown, window), "{} {arrangement:?}", analytic.id);
        }
    }
}

#[test]
fn branches_close_and_open() {
    let mut desk = busy((120, 40));
    desk.press("t z g");
    let whole = desk.screen();
    // The cursor stays on the row that is closed, and a second press gives back what was there.
    desk.press("j j");
    let before = desk.screen();
    desk.press("space");
    let closed = desk.screen();
    assert!(closed.contains("+ session s1") && !closed.contains("Exchange Online"), "{closed}");
    assert!(closed.contains("no token or session ties these"), "what comes after it stays: {closed}");
    assert_eq!(timeline(&desk).shown.list.cursor, 2);
    desk.press("space");
    assert_eq!(desk.screen(), before);
    // A token closes over its calls.
    let token = whole.lines().position(|line| line.contains("├ Microsoft Graph")).unwrap();
    let first = whole.lines().position(|line| line.contains("no session recorded")).unwrap();
    desk.press("g");
    (first..token).for_each(|_| {
        desk.press("j");
    });
    desk.press("space");
    assert!(desk.screen().contains("+ Microsoft Graph · 42 below"), "{}", desk.screen());
    assert!(!desk.screen().contains("directory roles"), "{}", desk.screen());
    // What is searched for is opened.
    desk.press("/").type_in("directoryRoles");
    desk.press("enter");
    assert!(desk.screen().contains("tried (403): listed directory roles"), "{}", desk.screen());
}

#[test]
fn collapsing_goes_from_runs_to_roots_to_every_row() {
    let mut desk = busy((120, 40));
    desk.press("t z");
    let (runs, event) = (timeline(&desk).len(), here(&desk));
    desk.press("f");
    let roots = timeline(&desk).len();
    assert!(desk.screen().contains("+ session s1") && !desk.screen().contains("Exchange"), "{}", desk.screen());
    assert_eq!(here(&desk), event, "a closed row keeps the event that the cursor was on");
    desk.press("f");
    let all = timeline(&desk).len();
    assert!(roots < runs && runs < all, "{roots} {runs} {all}");
    desk.press("f");
    assert_eq!((timeline(&desk).len(), here(&desk)), (runs, event));
    // In time order there is nothing to close.
    desk.press("t f f");
    assert!(!desk.screen().contains("+ session"));
}

#[test]
fn the_directors_lineage_tells_the_story() {
    let settings =
        analytics::Settings { analytics: Some(vec!["device-code-burst".to_owned()]), ..analytics::Settings::default() };
    let mut desk = Desk::over((80, 24), demo::NAME, demo::archive(), &settings);
    desk.reopen();
    desk.press("tab tab esc z t g");
    let screen = desk.screen();
    let at = |words: &str| {
        screen.lines().position(|line| line.contains(words)).unwrap_or_else(|| panic!("{words}\n{screen}"))
    };
    let story = [
        "session ",
        "code entered 203.0.113.20 → redeemed 198.51.100.23, +4s",
        "•14:00:00         ◆   ├ device code entered → Microsoft Graph",
        "device code redeemed → Microsoft Graph",
        "GET 200 /me ",
        "● ",
        "searched mail for \"invoice\"",
    ];
    assert!(story.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{screen}");
}

#[test]
fn a_revocation_said_by_the_analyst_is_looked_behind_at_once() {
    let mut desk = busy((80, 24));
    let of = |desk: &Desk| desk.bench().evidence.hits.iter().filter(|hit| hit.analytic == "after-revoke").count();
    assert_eq!(of(&desk), 0);
    desk.press("R").type_in("14:05:10").press("enter");
    assert_eq!(of(&desk), 1, "{}", desk.screen());
    assert!(desk.screen().contains("access after the revocation"), "{}", desk.screen());
    desk.press("Z");
    assert_eq!(of(&desk), 0, "taken back, it is not looked for");
}
