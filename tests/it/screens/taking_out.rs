//! Hits that the analyst takes out of their incidents.

use super::Desk;
use tokentrail::testing::triage::Disposition;

/// Numbers of the hits of each incident that is no routine, the largest first.
fn sizes(desk: &Desk) -> Vec<usize> {
    let mut sizes: Vec<usize> =
        desk.bench().evidence.found.incidents.all.iter().map(|incident| incident.hits.len()).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes
}

#[test]
fn a_hit_is_taken_out_closed_by_itself_put_back_and_undone() {
    let mut desk = Desk::open((200, 60));
    let before = sizes(&desk);
    let (incidents, first) = (before.len(), desk.bench().evidence.found.incidents.all[0].id.clone());
    desk.press("o");
    assert!(desk.screen().contains("choose the one to take out"), "{}", desk.screen());
    assert_eq!(sizes(&desk), before);
    // The second hit of the first incident.
    desk.press("f j o");
    assert!(desk.screen().contains("an incident of its own now"), "{}", desk.screen());
    assert_eq!(sizes(&desk).len(), incidents + 1);
    let out = desk.bench().current().unwrap().id.clone();
    let is_first = |desk: &Desk| desk.bench().evidence.found.incidents.all.iter().any(|one| one.id == first);
    assert!(is_first(&desk), "what is left keeps its id");
    assert!(desk.bench().incident().unwrap().is_alone);
    assert_eq!(desk.bench().incident().unwrap().part_of.as_ref(), Some(&first));
    desk.press("f");
    assert!(desk.screen().contains(&format!("took this hit out of incident {first}")), "{}", desk.screen());
    // A verdict on it closes no other.
    desk.press("d t");
    let closed = |desk: &Desk| {
        let bench = desk.bench();
        let hits = bench.evidence.hits.iter().filter(|hit| bench.case.disposition(&hit.id) == Some(Disposition::Theft));
        hits.map(|hit| hit.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(closed(&desk), std::slice::from_ref(&out));
    // It is where it was left.
    desk.reopen();
    assert_eq!((sizes(&desk).len(), closed(&desk)), (incidents + 1, vec![out]));
    let at = desk.bench().hit_list.entries.iter().position(|entry| {
        let found = &desk.bench().evidence.found;
        found.incidents.all[found.orders.groups[entry.group].incident.unwrap()].is_alone
    });
    desk.press("home");
    (0..at.unwrap()).for_each(|_| _ = desk.press("j"));
    desk.press("o");
    assert!(desk.screen().contains("back in its incident"), "{}", desk.screen());
    assert_eq!(sizes(&desk), before);
    desk.press("Z");
    assert_eq!(sizes(&desk).len(), incidents + 1, "{}", desk.screen());
    desk.press("Z");
    assert!(desk.screen().contains("nothing to undo"), "{}", desk.screen());
}

#[test]
fn a_hit_that_is_all_of_its_incident_stays() {
    let mut desk = Desk::open((120, 40));
    let before = sizes(&desk);
    let lone = |desk: &Desk| {
        let found = &desk.bench().evidence.found;
        desk.bench().hit_list.entries.iter().position(|entry| found.orders.groups[entry.group].hits.len() == 1)
    };
    let at = lone(&desk).expect("an incident of one hit");
    (0..at).for_each(|_| _ = desk.press("j"));
    desk.press("o");
    assert!(desk.screen().contains("the only hit of its incident"), "{}", desk.screen());
    assert_eq!(sizes(&desk), before);
}
