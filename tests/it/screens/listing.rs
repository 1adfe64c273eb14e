//! The list of incidents: heads, order, marks for a verdict on several.

use super::Desk;
use tokentrail::testing::triage::Disposition;
use tokentrail::testing::tui::hit_list::Column;

fn users(desk: &Desk) -> Vec<String> {
    let bench = desk.bench();
    bench.hit_list.entries.iter().map(|entry| bench.evidence.hits[entry.hit].upn.clone()).collect()
}

fn line_with(desk: &mut Desk, text: &str) -> String {
    desk.screen().lines().find(|line| line.contains(text)).unwrap_or_default().to_owned()
}

#[test]
fn a_column_sorts_both_ways_and_its_head_says_so() {
    let mut desk = Desk::open((200, 60));
    assert!(line_with(&mut desk, "sev↓").contains("user"), "{}", desk.screen());
    desk.press("s");
    let up = users(&desk);
    assert!(up.is_sorted(), "{up:?}");
    assert!(line_with(&mut desk, "user↑").contains("first"), "{}", desk.screen());
    desk.press("r");
    let mut down = users(&desk);
    down.reverse();
    assert_eq!(down, up);
    assert!(desk.screen().contains("user↓"), "{}", desk.screen());
    // Where the list is low, its title says it.
    for size in [(120, 40), (80, 24)] {
        let mut desk = Desk::open(size);
        desk.press("s");
        assert!(desk.screen().contains("Incidents by user ↑"), "{}", desk.screen());
    }
}

#[test]
fn a_list_sorted_by_time_shows_times() {
    for size in [(200, 60), (120, 40), (80, 24)] {
        let mut desk = Desk::open(size);
        while desk.bench().hit_list.sort.by != Column::First {
            desk.press("s");
        }
        let bench = desk.bench();
        let incident = &bench.evidence.found.incidents.all[0];
        let time = incident.first.second()[5..16].to_owned();
        assert!(desk.screen().contains(&time), "{size:?} {time} {}", desk.screen());
    }
}

#[test]
fn a_verdict_closes_all_that_are_marked_and_one_undo_opens_them() {
    let mut desk = Desk::open((120, 40));
    let bench = desk.bench();
    let groups = bench.evidence.found.orders.groups.len();
    let hits = bench.evidence.hits.len();
    desk.press("space");
    assert!(desk.screen().contains("Incidents 1 marked"), "{}", desk.screen());
    desk.press("G v");
    assert!(desk.screen().contains(&format!("Incidents {groups} marked")), "{}", desk.screen());
    desk.press("d a 1 enter");
    let closed = |desk: &Desk| {
        let bench = desk.bench();
        let of = |hit: &&tokentrail::testing::analytics::Hit| bench.case.disposition(&hit.id);
        bench.evidence.hits.iter().filter(|hit| of(hit) == Some(Disposition::Authorised)).count()
    };
    assert_eq!(closed(&desk), hits);
    assert!(!desk.screen().contains(" marked"), "the marks are done with: {}", desk.screen());
    desk.press("Z");
    assert_eq!(closed(&desk), 0, "one change");
    // At the steps of an incident it is closed by itself.
    desk.press("home space G space home enter d a 1 enter");
    assert!(closed(&desk) > 0 && closed(&desk) < hits);
    assert_eq!(desk.bench().hit_list.marked(), 2);
    desk.press("Z home esc");
    // Esc takes marks back first.
    desk.press("home space esc");
    assert_eq!(desk.bench().hit_list.marked(), 0);
    desk.press("d a 1 enter");
    assert!(closed(&desk) < hits, "the one under the cursor alone");
}

#[test]
fn an_incident_is_compared_with_the_usual_days() {
    for size in [(200, 60), (120, 40), (80, 24)] {
        let mut desk = Desk::open(size);
        desk.press("V");
        let screen = desk.screen();
        assert!(screen.contains("this incident and the usual days") && screen.contains("days before it"), "{screen}");
        let line = |desk: &mut Desk, text: &str| desk.screen().lines().position(|line| line.contains(text));
        let lane = &desk.bench().evidence.found.incidents.all[0].lanes;
        let (known, new) = (lane[0].address.clone(), lane[1].address.clone());
        let at_new = line(&mut desk, &format!("◈{new}")).unwrap_or_else(|| panic!("{screen}"));
        assert!(line(&mut desk, &known).unwrap() > at_new, "what is new comes first: {screen}");
        desk.press("G");
        assert!(desk.screen().contains("14:00"), "the hours are the last: {}", desk.screen());
        desk.press("esc");
        assert!(desk.app.overlays.is_empty());
    }
}

#[test]
fn the_list_of_users_has_heads_and_says_what_is_above() {
    let mut desk = Desk::open((80, 24));
    desk.press("U");
    assert!(line_with(&mut desk, "rows").contains("user"), "{}", desk.screen());
    desk.resize((80, 10));
    desk.press("G");
    let above = desk.screen().contains("↑ ");
    let all = desk.bench().store().users().len();
    assert!(above || all < 8, "{}", desk.screen());
}
