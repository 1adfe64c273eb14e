//! Filters on the rows and on the incidents: put in force, stacked, shown, taken back.

use super::{Desk, SIZES};
use tokentrail::testing::analytics::{self, Settings};
use tokentrail::testing::model::{EventId, Field, Time};
use tokentrail::testing::tui::layout::Pane;

/// The rows shown, by a field.
fn shown(desk: &Desk, field: Field) -> Vec<String> {
    let (store, timeline) = (desk.bench().store(), desk.bench().timeline.as_ref().unwrap());
    timeline.events(store).iter().map(|id| store.get(*id, field).to_owned()).collect()
}

fn rows(desk: &Desk) -> Vec<EventId> {
    desk.bench().timeline.as_ref().unwrap().events(desk.bench().store()).to_vec()
}

/// A timeline of everything, with the keyboard.
fn at_rows(size: (u16, u16)) -> Desk {
    let mut desk = Desk::open(size);
    desk.press("enter l a g");
    desk
}

#[test]
fn a_value_is_kept_alone_or_left_out_and_taken_back() {
    let mut desk = at_rows((120, 40));
    let all = rows(&desk);
    let address = desk.bench().store().get(desk.bench().event().unwrap(), Field::IpAddress).to_owned();
    desk.press("F enter");
    let only = shown(&desk, Field::IpAddress);
    assert!(!only.is_empty() && only.len() < all.len() && only.iter().all(|other| *other == address), "{only:?}");
    let chip = format!("only address {address}  {} of {} rows", only.len(), all.len());
    assert!(desk.screen().contains(&chip), "{}", desk.screen());
    // The opposite takes its place.
    desk.press("F x");
    let without = shown(&desk, Field::IpAddress);
    assert_eq!(without.len(), all.len() - only.len());
    assert!(without.iter().all(|other| *other != address));
    desk.press("\\");
    assert_eq!(rows(&desk), all);
    assert!(desk.screen().contains(&format!("no longer without address {address}")), "{}", desk.screen());
    desk.press("\\");
    assert!(desk.screen().contains("no filter on the rows: F chooses one"), "{}", desk.screen());
}

#[test]
fn filters_stack_and_are_all_taken_back_at_once() {
    let mut desk = at_rows((120, 40));
    let all = rows(&desk);
    desk.press("/").type_in("kind:graph").press("enter o esc");
    let graph = rows(&desk);
    desk.press("/").type_in("-uri:/messages/").press("enter o esc");
    let both = rows(&desk);
    assert!(both.len() < graph.len() && graph.len() < all.len(), "{} {} {}", both.len(), graph.len(), all.len());
    assert!(both.iter().all(|row| graph.contains(row)));
    assert!(desk.screen().contains("kind:graph │ -uri:/messages/"), "{}", desk.screen());
    assert!(desk.screen().contains(" 2 filters "), "{}", desk.screen());
    desk.press("|");
    assert_eq!(rows(&desk), all);
    assert!(!desk.screen().contains("filters "), "{}", desk.screen());
}

#[test]
fn failed_new_and_one_side_have_a_key_each() {
    let mut desk = at_rows((120, 40));
    let all = rows(&desk);
    desk.press("w");
    let new = rows(&desk);
    assert!(desk.screen().contains("only rows from new addresses"), "{}", desk.screen());
    assert!(!new.is_empty() && new.len() < all.len());
    desk.press("w");
    assert_eq!(rows(&desk), all, "the same key takes it back");
    desk.press("!");
    let failed = rows(&desk);
    assert!(failed.len() < all.len());
    desk.press("! P");
    let other = rows(&desk);
    assert!(desk.screen().contains("only the other side"), "{}", desk.screen());
    desk.press("P");
    let user = rows(&desk);
    assert!(desk.screen().contains("only the user's side"), "{}", desk.screen());
    assert!(!other.is_empty() && !user.is_empty());
    let mut both = [other.clone(), user].concat();
    both.sort_unstable();
    assert_eq!(both, all, "each row is of one side");
    // The sides are those of the card.
    let incident = desk.bench().incident().unwrap();
    let is_known = |lane: &&analytics::incidents::Lane| lane.standing == analytics::known::Standing::Known;
    assert!(
        incident
            .lanes
            .iter()
            .filter(|lane| !is_known(lane))
            .flat_map(|lane| &lane.sign_ins)
            .all(|row| other.contains(row))
    );
    assert!(incident.lanes.iter().filter(is_known).flat_map(|lane| &lane.sign_ins).all(|row| !other.contains(row)));
    desk.press("P");
    assert_eq!(rows(&desk), all, "and both again");
}

#[test]
fn a_filter_holds_in_the_rows_of_a_step_and_in_every_time() {
    let mut desk = at_rows((120, 40));
    desk.press("/").type_in("kind:graph").press("enter o esc");
    let graph = rows(&desk);
    desk.press("0");
    let near = rows(&desk);
    assert!(near.iter().all(|row| graph.contains(row)), "within the time");
    for _ in 1..desk.bench().walk().len() {
        desk.press("n");
        assert!(rows(&desk).iter().all(|row| graph.contains(row)), "{}", desk.screen());
        assert!(desk.screen().contains("kind:graph"), "{}", desk.screen());
    }
}

#[test]
fn a_row_that_is_gone_to_is_shown_whatever_was_filtered() {
    let mut desk = at_rows((120, 40));
    desk.press("m");
    let marked = desk.bench().event().unwrap();
    desk.press("F x");
    assert_ne!(desk.bench().event(), Some(marked));
    desk.press("b enter");
    assert_eq!(desk.bench().event(), Some(marked));
    assert!(desk.bench().timeline.as_ref().unwrap().filters().is_empty());
}

#[test]
fn the_list_filters_by_values_and_by_what_is_left_out() {
    let mut desk = Desk::open((120, 40));
    let all = desk.bench().hit_list.entries.len();
    let user = desk.bench().current().unwrap().upn.clone();
    desk.press("F enter");
    let only = desk.bench().hit_list.entries.len();
    assert!(desk.screen().contains(&format!("{only} of {all}: only user ")), "{}", desk.screen());
    desk.press("|");
    assert_eq!(desk.bench().hit_list.entries.len(), all);
    desk.press("F x");
    let without = desk.bench().hit_list.entries.len();
    assert_eq!(only + without, all);
    desk.press("\\ /").type_in(&format!("-{}", user.split('@').next().unwrap())).press("enter");
    assert_eq!(desk.bench().hit_list.entries.len(), without, "typed with a dash it is the same");
    // By address: none of the incident's hits has it.
    let lane = desk.bench().evidence.found.incidents.all[0].lanes[0].address.clone();
    desk.press("| /").type_in(&format!("-ip:{lane}")).press("enter");
    let bench = desk.bench();
    let left = bench.hit_list.entries.iter().map(|entry| &bench.evidence.found.orders.groups[entry.group]);
    for hit in left.flat_map(|group| &group.hits).map(|hit| &bench.evidence.hits[*hit]) {
        let rows = hit.evidence.iter().chain(&hit.legs);
        assert!(rows.clone().all(|row| bench.store().get(*row, Field::IpAddress) != lane), "{}", hit.upn);
    }
}

#[test]
fn an_emptied_list_leaves_the_timeline_and_says_which_pane_is_filtered() {
    let mut desk = Desk::open((120, 40));
    let before = rows(&desk);
    desk.press("/").type_in("result:403");
    assert!(desk.screen().contains("Filter the incidents: result: is a field of rows"), "{}", desk.screen());
    desk.press("enter");
    assert!(desk.bench().hit_list.entries.is_empty());
    assert_eq!(rows(&desk), before, "the timeline stays");
    assert!(desk.screen().contains("Nothing matches the filter. Esc clears it."), "{}", desk.screen());
    desk.press("esc");
    assert!(!desk.bench().hit_list.entries.is_empty());
    assert_eq!(desk.bench().focus, Pane::Hits);
}

#[test]
fn a_list_that_is_not_on_screen_is_not_sorted() {
    let mut desk = Desk::open((80, 24));
    desk.press("l");
    let before = desk.bench().hit_list.sort;
    desk.press("s");
    assert_eq!(desk.bench().hit_list.sort, before);
    assert!(desk.screen().contains("the incidents are not on screen: Tab goes to them"), "{}", desk.screen());
}

#[test]
fn filters_in_force_stand_in_the_header_at_every_size() {
    for size in SIZES.into_iter().filter(|size| size.0 >= 40) {
        let settings = Settings { since: Time::parse("2026-05-01T00:00:00Z"), ..Settings::default() };
        let mut desk = Desk::open_with(size, settings);
        let header = |desk: &mut Desk| desk.screen().lines().next().unwrap_or_default().to_owned();
        let since = if size.0 < 72 { "since 05-01" } else { "since 2026-05-01" };
        assert!(header(&mut desk).contains(since), "{size:?}: {}", desk.screen());
        desk.press("enter l !");
        assert!(header(&mut desk).contains("1 filter"), "{size:?}: {}", desk.screen());
    }
}
