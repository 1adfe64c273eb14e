//! Near misses just inside and just outside, and the effect of other thresholds. `tests/stories/` tests the hits of the
//! analytics.

use super::{Candidates, Hit, Near, NearMiss, Settings, near_misses, run, what_if};
use crate::facts::Facts;
use crate::model::{Field, Span, Table};
use crate::store::Store;
use crate::store::testing::Rows;
use std::sync::Arc;

const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

fn hits_with(store: &Store, settings: &Settings) -> Vec<Hit> {
    run(store, Facts::embedded(), settings)
}

/// Exchanges at these times, each for the named resource; a device code first where one is given.
fn burst(code: Option<&str>, exchanges: &[(&str, &str)]) -> Store {
    let mut rows = Rows::default();
    let common = [(Field::UserId, "u"), (Field::ResultType, "0"), (Field::AppId, CLI), (Field::SessionId, "s")];
    if let Some(clock) = code {
        let mut fields = common.to_vec();
        fields.extend([(Field::Id, "code"), (Field::AuthenticationProtocol, "deviceCode")]);
        rows.row(Table::SignIn, &format!("2026-05-01T{clock}Z"), &fields);
    }
    for (number, (clock, resource)) in exchanges.iter().enumerate() {
        let id = number.to_string();
        let mut fields = common.to_vec();
        fields.extend([(Field::Id, id.as_str()), (Field::ResourceIdentity, resource)]);
        rows.row(Table::NonInteractive, &format!("2026-05-01T{clock}Z"), &fields);
    }
    rows.build()
}

fn near(store: &Store, settings: &Settings) -> Near {
    near_misses(store, Facts::embedded(), settings, &Arc::default())
}

/// `analytic: needs` of each, in order; each need makes it fire.
fn missed(store: &Store, settings: &Settings) -> Vec<String> {
    let near = near(store, settings);
    assert_eq!(near.total, near.misses.len());
    // What a rule grades low has no threshold to loosen.
    let missed = near.misses.iter().filter(|miss| !miss.needs.is_empty()).map(|miss| {
        for need in &miss.needs {
            let loosened = need.threshold.set(settings, need.has);
            assert!(fires(store, &loosened, miss), "{} with {need:?}", miss.hit.analytic);
            assert!(!fires(store, settings, miss));
        }
        let needs: Vec<String> = miss.needs.iter().map(super::near::Shortfall::words).collect();
        format!("{}: {}", miss.hit.analytic, needs.join("; "))
    });
    missed.collect()
}

fn fires(store: &Store, settings: &Settings, miss: &NearMiss) -> bool {
    let same =
        |hit: &&Hit| hit.analytic == miss.hit.analytic && hit.evidence.iter().any(|id| miss.hit.evidence.contains(id));
    hits_with(store, settings).iter().any(|hit| same(&hit))
}

#[test]
fn a_window_a_little_too_long_is_a_near_miss_up_to_twice_its_length() {
    let settings = Settings::default();
    let last = |clock| burst(None, &[("14:00:00", "a"), ("14:05:00", "b"), (clock, "c")]);
    assert_eq!(missed(&last("14:10:00"), &settings), [""; 0], "it fires");
    let by_both = "foci-burst: window 11m, 10m set; 2 of 3 resources";
    assert_eq!(missed(&last("14:11:00"), &settings), [by_both]);
    assert_eq!(
        missed(&last("14:20:00"), &settings),
        ["foci-burst: 2 of 3 resources; window 20m, 10m set"],
        "the nearer first"
    );
    assert_eq!(missed(&last("14:20:00.0000001"), &settings), ["foci-burst: 2 of 3 resources"]);
}

#[test]
fn one_resource_is_no_near_miss_of_three() {
    let settings = Settings::default();
    assert_eq!(missed(&burst(None, &[("14:00:00", "a"), ("14:01:00", "a")]), &settings), [""; 0]);
    assert_eq!(
        missed(&burst(None, &[("14:00:00", "a"), ("14:01:00", "b")]), &settings),
        ["foci-burst: 2 of 3 resources"]
    );
}

#[test]
fn a_burst_too_long_after_the_code_is_one_and_says_how_long() {
    let settings = Settings::default();
    let exchanges = [("14:24:00", "a"), ("14:25:00", "b"), ("14:26:00", "c")];
    assert_eq!(
        missed(&burst(Some("14:00:00"), &exchanges), &settings),
        ["device-code-burst: code to burst 24m, 20m set"],
        "foci-burst fires: its rows are no near miss"
    );
    assert_eq!(missed(&burst(Some("13:43:59"), &exchanges), &settings), [""; 0], "more than twice the time");
    assert_eq!(missed(&burst(Some("14:10:00"), &exchanges), &settings), [""; 0], "it fires");
    let two = burst(Some("14:10:00"), &exchanges[..2]);
    assert_eq!(
        missed(&two, &settings),
        ["device-code-burst: 2 of 3 resources", "foci-burst: 2 of 3 resources"],
        "a code and two resources are told as what they nearly were"
    );
}

#[test]
fn rows_of_a_hit_are_no_near_miss_and_published_queries_have_none() {
    let fires = burst(Some("14:00:00"), &[("14:02:00", "a"), ("14:03:00", "b"), ("14:04:00", "c"), ("14:05:00", "d")]);
    assert_eq!(missed(&fires, &Settings::default()), [""; 0]);
    let published = Settings { semantics: super::Semantics::Published, ..Settings::default() };
    let store = burst(None, &[("14:00:00", "a"), ("14:01:00", "b")]);
    assert_eq!(near(&store, &published).total, 0);
}

#[test]
fn other_thresholds_tell_what_comes_and_goes_by_id() {
    let store = burst(None, &[("14:00:00", "a"), ("14:05:00", "b"), ("14:11:00", "c"), ("15:00:00", "a")]);
    let candidates: Arc<Candidates> = Arc::default();
    let settings = Settings::default();
    let wider = Settings { window: Span::minutes(11), ..Settings::default() };
    let change = |to: &Settings, before: &[Hit]| what_if(&store, Facts::embedded(), to, &candidates, before);
    let none = hits_with(&store, &settings);
    let same = change(&settings, &none);
    assert!(none.is_empty() && same.gained.is_empty() && same.lost.is_empty() && same.changed == 0);
    let gained = change(&wider, &none).gained;
    let found = hits_with(&store, &wider);
    assert_eq!(gained.iter().map(|hit| &hit.id).collect::<Vec<_>>(), [&found[0].id], "the id it will have");
    let lost = change(&settings, &found);
    assert_eq!((lost.gained.len(), lost.lost), (0, vec![found[0].id.clone()]));
    let hour = Settings { window: Span::minutes(60), ..Settings::default() };
    let changed = change(&hour, &found);
    assert_eq!((changed.gained.len(), changed.lost.len(), changed.kept, changed.changed), (0, 0, 0, 1));
    let other = Settings { clients: super::Clients::Listed(["x".to_owned()].into()), ..wider.clone() };
    assert_eq!(change(&other, &found).lost.len(), 1, "candidates of other clients are not taken");
    assert_eq!(change(&wider, &found).kept, 1);
}

#[test]
fn what_a_user_does_daily_comes_after_what_happened_once() {
    let mut rows = Rows::default();
    let mut pair = |user: &str, day: u32| {
        for (minute, resource) in [(0, "a"), (1, "b")] {
            rows.row(
                Table::NonInteractive,
                &format!("2026-05-{day:02}T14:0{minute}:00Z"),
                &[
                    (Field::Id, &format!("{user}{day}{minute}")),
                    (Field::UserId, user),
                    (Field::ResultType, "0"),
                    (Field::AppId, CLI),
                    (Field::ResourceIdentity, resource),
                ],
            );
        }
    };
    (1..=3).for_each(|day| pair("daily", day));
    pair("once", 4);
    let near = near(&rows.build(), &Settings::default());
    let missed: Vec<_> = near.misses.iter().map(|miss| (miss.hit.user_id.as_str(), miss.alike)).collect();
    assert_eq!(missed, [("once", 1), ("daily", 3), ("daily", 3), ("daily", 3)]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// For any rows, each value that a near miss needs makes it fire, and the value that is set does not.
    #[test]
    fn what_is_said_to_be_needed_is_enough(
        rows in proptest::collection::vec((0u32..7200, 0usize..5, proptest::bool::weighted(0.1)), 1..24),
        min_resources in 1usize..6,
    ) {
        let mut times = rows;
        times.sort_unstable();
        let mut built = Rows::default();
        for (number, (second, resource, code)) in times.into_iter().enumerate() {
            let id = number.to_string();
            let mut fields = vec![(Field::Id, id.as_str()), (Field::UserId, "u"), (Field::ResultType, "0")];
            let clock = format!("2026-05-01T{:02}:{:02}:{:02}Z", 10 + second / 3600, second % 3600 / 60, second % 60);
            let table = if code {
                fields.push((Field::AuthenticationProtocol, "deviceCode"));
                Table::SignIn
            } else {
                fields.extend([(Field::AppId, CLI), (Field::ResourceIdentity, ["a", "b", "c", "d", "e"][resource])]);
                Table::NonInteractive
            };
            built.row(table, &clock, &fields);
        }
        let _ = missed(&built.build(), &Settings { min_resources, ..Settings::default() });
    }
}

#[test]
fn a_code_graded_low_is_a_near_miss_with_its_reason() {
    let store = burst(Some("14:00:00"), &[("14:01:00", "a")]);
    let near = near(&store, &Settings::default());
    let [miss] = &near.misses[..] else { panic!("{:?}", near.misses.len()) };
    assert_eq!((miss.hit.analytic, miss.distance()), ("device-code-flow", u64::MAX));
    assert!(miss.words().starts_with("too little points to a phish"), "{}", miss.words());
    let with_low = super::run_with_low(&store, Facts::embedded(), &Settings::default(), Arc::default());
    assert_eq!(with_low.len(), 1);
    assert!(super::run(&store, Facts::embedded(), &Settings::default()).is_empty());
}
