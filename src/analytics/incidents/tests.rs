//! Hits of a user that belong together, and those that do not.

use super::*;
use crate::analytics::testing::{AWAY, DESK, LIBRARY, REFRESH};
use crate::analytics::weights::Fact;
use crate::analytics::{Incidents, Settings, run_over};
use crate::model::{Span, Table};
use crate::store::testing::Rows;

/// Rows of a bundle, each each with an id.
#[derive(Default)]
struct Made {
    rows: Rows,
    count: usize,
}

/// The client of the bursts: Microsoft Office.
const OFFICE: (Field, &str) = (Field::AppId, "d3590ed6-52b3-4102-aeff-aad2292ab01c");
const PHONE: (Field, &str) = (Field::DeviceDetail, r#"{"deviceId":"11111111-2222-3333-4444-555555555555"}"#);

impl Made {
    /// Ten days of a user at the desk.
    fn at_desk(&mut self, user: &'static str) {
        for day in 1..=10 {
            self.row(user, &format!("2026-04-{day:02}T09:00:00Z"), &[DESK, &[OFFICE, REFRESH]]);
        }
    }

    fn row(&mut self, user: &'static str, at: &str, fields: &[&[(Field, &str)]]) {
        self.count += 1;
        let id = format!("row{}", self.count);
        let common = [(Field::Id, id.as_str()), (Field::UserId, user), (Field::ResultType, "0")];
        self.rows.row(Table::NonInteractive, at, &[&common[..], &fields.concat()].concat());
    }

    /// Three resources within a minute: a burst.
    fn burst(&mut self, user: &'static str, at: &str, fields: &[&[(Field, &str)]]) {
        let start = Time::parse(at).expect("a time");
        for number in 0..3_u8 {
            let at = start.plus(Span::seconds(i64::from(number) * 20)).to_string();
            let resource = format!("0000000{number}-0000-0000-c000-000000000000");
            let row = [OFFICE, REFRESH, (Field::ResourceIdentity, &*resource)];
            self.row(user, &at, &[fields, &[&row[..]]].concat());
        }
    }

    /// The incidents: for each its user, the number of its hits, and whether it is of a routine.
    fn found(&mut self, settings: &Settings) -> (Vec<Hit>, Incidents) {
        self.found_without(settings, |_| false)
    }

    /// The incidents where some hits are taken out.
    fn found_without(&mut self, settings: &Settings, is_out: fn(&Hit) -> bool) -> (Vec<Hit>, Incidents) {
        let store = self.rows.build();
        let candidates: Arc<Candidates> = Arc::default();
        let hits = run_over(&store, Facts::embedded(), settings, Arc::clone(&candidates));
        let alone = hits.iter().filter(|hit| is_out(hit)).map(|hit| hit.id.clone()).collect();
        let incidents = Incidents::new(&store, Facts::embedded(), settings, candidates, &hits, &alone);
        (hits, incidents)
    }

    fn sizes(&mut self) -> Vec<usize> {
        let only = Settings { analytics: Some(vec!["foci-burst".to_owned()]), ..Settings::default() };
        let (_, found) = self.found(&only);
        let mut by_time: Vec<&Incident> = found.all.iter().collect();
        by_time.sort_by_key(|incident| incident.first);
        by_time.iter().map(|incident| incident.hits.len()).collect()
    }
}

const SESSION: &[(Field, &str)] = &[(Field::SessionId, "s-1")];

#[test]
fn hits_of_one_session_belong_together_for_a_day() {
    for (second, sizes) in [("2026-04-21T09:00:00Z", vec![2]), ("2026-04-21T10:01:00Z", vec![1, 1])] {
        let mut made = Made::default();
        made.at_desk("u");
        made.burst("u", "2026-04-20T10:00:00Z", &[DESK, SESSION]);
        made.burst("u", second, &[DESK, SESSION]);
        assert_eq!(made.sizes(), sizes, "{second}");
    }
}

#[test]
fn a_known_address_joins_nothing_and_a_new_one_does() {
    for (place, sizes) in [(DESK, vec![1, 1]), (AWAY, vec![2])] {
        let mut made = Made::default();
        made.at_desk("u");
        made.burst("u", "2026-04-20T10:00:00Z", &[place]);
        made.burst("u", "2026-04-20T15:00:00Z", &[place]);
        assert_eq!(made.sizes(), sizes);
    }
}

#[test]
fn a_device_that_is_new_at_both_joins_them() {
    for (device, sizes) in [(&[PHONE][..], vec![2]), (&[], vec![1, 1])] {
        let mut made = Made::default();
        made.at_desk("u");
        made.burst("u", "2026-04-20T10:00:00Z", &[DESK, device]);
        made.burst("u", "2026-04-20T15:00:00Z", &[DESK, device]);
        assert_eq!(made.sizes(), sizes);
    }
}

#[test]
fn chains_count() {
    let mut made = Made::default();
    made.at_desk("u");
    made.burst("u", "2026-04-20T10:00:00Z", &[DESK, SESSION]);
    made.burst("u", "2026-04-21T09:00:00Z", &[AWAY, SESSION]);
    made.burst("u", "2026-04-21T20:00:00Z", &[AWAY]);
    assert_eq!(made.sizes(), [3]);
}

#[test]
fn later_evidence_keeps_an_incidents_id() {
    let id = |with_later: bool| {
        let mut made = Made::default();
        made.at_desk("u");
        made.burst("u", "2026-04-20T10:00:00Z", &[AWAY]);
        if with_later {
            made.burst("u", "2026-04-20T15:00:00Z", &[AWAY]);
        }
        made.found(&Settings::default()).1.all.iter().min_by_key(|one| one.first).expect("an incident").id.clone()
    };
    assert_eq!(id(false), id(true));
}

#[test]
fn near_misses_keep_the_ids_of_other_incidents() {
    let mut made = Made::default();
    made.at_desk("u");
    made.burst("u", "2026-04-20T10:00:00Z", &[AWAY, &[LIBRARY]]);
    let store = made.rows.build();
    let ids = |hits: Vec<Hit>| {
        let of = |hit: &Hit| (hit.id.clone(), hit.incident.clone());
        hits.iter().filter(|hit| !hit.is_near_miss()).map(of).collect::<Vec<_>>()
    };
    let (facts, settings) = (Facts::embedded(), Settings::default());
    let without = ids(run_over(&store, facts, &settings, Arc::default()));
    let with = ids(crate::analytics::run_with_low(&store, facts, &settings, Arc::default()));
    assert!(!without.is_empty() && without.iter().all(|(_, incident)| incident.len() == 12));
    assert_eq!(without, with);
}

#[test]
fn a_near_miss_joins_what_is_near_it_and_not_what_comes_later() {
    let mut made = Made::default();
    made.at_desk("u");
    made.burst("u", "2026-04-20T10:00:00Z", &[DESK, SESSION]);
    made.row("u", "2026-04-20T11:00:00Z", &[DESK, &[LIBRARY, REFRESH], SESSION]);
    made.burst("u", "2026-04-25T10:00:00Z", &[DESK, SESSION]);
    let store = made.rows.build();
    let hits = crate::analytics::run_with_low(&store, Facts::embedded(), &Settings::default(), Arc::default());
    let near = hits.iter().find(|hit| hit.analytic == "tool-agent" && hit.is_near_miss()).expect("a near miss");
    let of_day = |day: &str| {
        let burst = |hit: &&Hit| hit.analytic == "foci-burst" && hit.first_seen.day() == day;
        &*hits.iter().find(burst).expect("a burst").incident
    };
    assert_ne!(of_day("2026-04-20"), of_day("2026-04-25"));
    assert_eq!(near.incident, of_day("2026-04-20"));
}

#[test]
fn whoever_failed_at_an_address_was_there_too() {
    for (row, others) in [(false, 0), (true, 1)] {
        let mut made = Made::default();
        made.at_desk("u");
        made.burst("u", "2026-04-20T10:00:00Z", &[AWAY]);
        if row {
            made.row("v", "2026-04-20T11:00:00Z", &[AWAY, &[(Field::ResultType, "50126")]]);
        }
        // No row from then on makes a habit: that hides nobody.
        let until = Time::parse("2026-04-19T00:00:00Z");
        let (_, found) = made.found(&Settings { baseline_until: until, ..Settings::default() });
        let lanes = found.all.iter().flat_map(|incident| &incident.lanes);
        assert_eq!(lanes.map(|lane| lane.others).max(), Some(others));
    }
}

#[test]
fn three_alike_with_nothing_new_are_a_routine_and_what_differs_stands_alone() {
    let mut made = Made::default();
    made.at_desk("u");
    for day in 20..23 {
        made.burst("u", &format!("2026-04-{day}T08:3{}:00Z", day - 20), &[DESK]);
    }
    made.burst("u", "2026-04-24T08:30:00Z", &[AWAY]);
    let (_, found) = made.found(&Settings::default());
    assert_eq!(found.routines.len(), 1);
    let routine = &found.routines[0];
    assert_eq!(routine.incidents.len(), 3);
    assert_eq!(routine.hours, ("08:30".to_owned(), "08:32".to_owned()));
    let alone: Vec<&Incident> = found.all.iter().filter(|incident| incident.routine.is_none()).collect();
    assert!(alone.iter().all(|incident| incident.first.day() == "2026-04-24"), "{alone:?}");
    let mut two = Made::default();
    two.at_desk("u");
    for day in 20..22 {
        two.burst("u", &format!("2026-04-{day}T08:30:00Z"), &[DESK]);
    }
    assert!(two.found(&Settings::default()).1.routines.is_empty(), "two are none");
}

#[test]
fn users_are_linked_by_what_is_new_to_both() {
    let mut made = Made::default();
    for user in ["u", "v"] {
        made.at_desk(user);
        made.burst(user, "2026-04-20T10:00:00Z", &[AWAY]);
    }
    let (hits, found) = made.found(&Settings::default());
    let links: Vec<String> = found.shared.iter().map(|link| link.novel.value()).collect();
    assert_eq!(links, ["203.0.113.50", "AS64510 with browser:chrome"]);
    for link in &found.shared {
        let users: BTreeSet<&str> = link.incidents.iter().map(|at| &*hits[found.all[*at].leading()].user_id).collect();
        assert_eq!(users, BTreeSet::from(["u", "v"]));
    }
    assert!(found.all.iter().all(|incident| incident.lanes.iter().any(|lane| lane.others == 1)));
}

#[test]
fn a_privileged_role_raises_a_medium_incident_and_comes_first() {
    let roles = [(Field::ProcessingDetails, r#"[{"key":"wids","value":"62e90394-69f5-4237-9190-012177145e10"}]"#)];
    let mut severities = Vec::new();
    for details in [&[][..], &roles] {
        let mut made = Made::default();
        made.at_desk("u");
        made.burst("u", "2026-04-20T10:00:00Z", &[AWAY, details]);
        let only = Settings { analytics: Some(vec!["foci-burst".to_owned()]), ..Settings::default() };
        let (_, found) = made.found(&only);
        severities.extend(found.all.iter().map(|one| (one.severity, one.severity_reasons[0].clone())));
    }
    assert_eq!(severities.len(), 2, "{severities:?}");
    assert_eq!(severities[0].0, Severity::Medium);
    assert_eq!(severities[1], (Severity::High, "a token holds the role Global Administrator".to_owned()));
}

#[test]
fn published_semantics_have_no_incidents() {
    let mut made = Made::default();
    made.at_desk("u");
    made.burst("u", "2026-04-20T10:00:00Z", &[DESK]);
    let settings = Settings { semantics: Semantics::Published, ..Settings::default() };
    let (hits, found) = made.found(&settings);
    assert!(hits.iter().all(|hit| hit.incident.is_empty()) && found.all.is_empty());
}

#[test]
fn a_hit_taken_out_is_an_incident_of_its_own_and_what_is_left_keeps_its_id() {
    let made = || {
        let mut made = Made::default();
        made.at_desk("u");
        made.burst("u", "2026-04-20T10:00:00Z", &[DESK, SESSION]);
        made.burst("u", "2026-04-21T09:00:00Z", &[DESK, SESSION]);
        made
    };
    let only = Settings { analytics: Some(vec!["foci-burst".to_owned()]), ..Settings::default() };
    let (_, whole) = made().found(&only);
    let [one] = &whole.all[..] else { panic!("{:?}", whole.all) };
    // The earliest gave the incident its id.
    for is_out in [|hit: &Hit| hit.first_seen.day() == "2026-04-20", |hit: &Hit| hit.first_seen.day() != "2026-04-20"] {
        let (hits, parted) = made().found_without(&only, is_out);
        assert_eq!(parted.all.len(), 2);
        for incident in &parted.all {
            let is_out = is_out(&hits[incident.leading()]);
            assert_eq!((incident.is_alone, incident.id == one.id), (is_out, !is_out));
            assert_eq!(incident.part_of.as_ref(), is_out.then_some(&one.id));
        }
    }
    let (_, both) = made().found_without(&only, |_| true);
    let ids: BTreeSet<&String> = both.all.iter().map(|incident| &incident.id).collect();
    assert_eq!((ids.len(), ids.contains(&one.id)), (2, false));
}

#[test]
fn a_hit_taken_out_leaves_its_routine() {
    let mut made = Made::default();
    made.at_desk("u");
    for day in 20..24 {
        made.burst("u", &format!("2026-04-{day}T08:30:00Z"), &[DESK]);
    }
    let (_, found) = made.found_without(&Settings::default(), |hit| hit.first_seen.day() == "2026-04-21");
    assert_eq!(found.routines.iter().map(|routine| routine.incidents.len()).collect::<Vec<_>>(), [3]);
    let out = found.all.iter().find(|incident| incident.is_alone).expect("an incident");
    assert_eq!((out.routine, &out.part_of), (None, &None));
}

#[test]
fn a_network_that_is_new_to_most_says_nothing_of_one() {
    for (roaming, is_common) in [(0, false), (9, true)] {
        let mut made = Made::default();
        for user in ["u", "v", "w"] {
            made.at_desk(user);
            for day in 0..roaming {
                let (address, asn) = (format!("198.51.{day}.7"), format!("6460{day}"));
                let place = [(Field::IpAddress, &*address), (Field::Asn, &*asn), OFFICE, REFRESH];
                for hour in ["09", "15"] {
                    made.row(user, &format!("2026-04-{}T{hour}:00:00Z", 11 + day), &[DESK, &place]);
                }
            }
        }
        made.burst("u", "2026-04-20T10:00:00Z", &[AWAY]);
        let (hits, found) = made.found(&Settings::default());
        let away = found.all.iter().find(|one| one.first.day() == "2026-04-20").expect("an incident");
        let hit = &hits[away.leading()];
        let weights = hit.weights.as_ref().expect("a hunt weighs");
        assert!(weights.has(Fact::NewNetwork), "{}", weights.sentence());
        assert_eq!(weights.common.contains(&Fact::NewNetwork), is_common, "{}", weights.sentence());
        assert_eq!(hit.confidence == Confidence::Low, is_common, "{}", hit.confidence_reason);
        assert_eq!(hit.confidence, away.confidence);
        let point = away.points.iter().find(|point| point.sentence == Fact::NewNetwork.words()).expect("the fact");
        assert_eq!(point.for_theft, if is_common { 0 } else { 3 });
    }
}
