//! The bundles themselves: the same again, and true to their truth.

use crate::bundle::{Bundle, make};
use crate::export::Shape;
use crate::look_alikes::LOOK_ALIKES;
use crate::thefts::THEFTS;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A round of seeds: every kind once.
static ROUND: LazyLock<Vec<Bundle>> = LazyLock::new(|| {
    std::thread::scope(|scope| {
        let threads = [12, 13, 14, 15].map(|seed| scope.spawn(move || make(seed, false)));
        threads.map(|thread| thread.join().expect("a bundle")).into()
    })
});

#[test]
fn a_seed_gives_the_same_bytes_again() {
    let (first, again) = (&ROUND[1], make(13, false));
    assert!(first.files == again.files, "the files of seed 13 differ from one making to the next");
    assert_eq!(first.truth(), again.truth());
}

#[test]
fn a_round_has_every_kind() {
    let kinds = |theft: bool| -> BTreeSet<&str> {
        ROUND.iter().flat_map(|one| &one.scenarios).filter(|one| one.theft == theft).map(|one| one.kind).collect()
    };
    let missing = |names: &[&'static str], theft: bool| -> Vec<&str> {
        names.iter().copied().filter(|name| !kinds(theft).contains(name)).collect()
    };
    assert_eq!(missing(&THEFTS.map(|kind| kind.name), true), [""; 0]);
    assert_eq!(missing(&LOOK_ALIKES.map(|kind| kind.name), false), [""; 0]);
}

#[test]
fn rows_of_a_scenario_are_its_user_s_and_no_other_s() {
    for bundle in &*ROUND {
        let users: BTreeSet<&str> = bundle.scenarios.iter().map(|one| one.user.as_str()).collect();
        assert_eq!(users.len(), bundle.scenarios.len(), "one thing happens to a person in a bundle");
        let mut seen = BTreeSet::new();
        for scenario in &bundle.scenarios {
            assert!(!scenario.rows.is_empty() || scenario.undecided.is_some(), "{}: nothing to see", scenario.kind);
            assert!(scenario.rows.iter().all(|row| seen.insert(row.clone())), "{}: rows of another", scenario.kind);
        }
    }
}

#[test]
fn the_files_hold_the_rows_of_the_truth() {
    for bundle in ROUND.iter().chain([&make(12, true)]) {
        let text: String = bundle.files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
        let ids: BTreeSet<&str> = text.split('"').filter(|part| part.len() == 36).collect();
        let rows = bundle.scenarios.iter().flat_map(|one| &one.rows);
        assert_eq!(rows.filter(|row| !ids.contains(row.as_str())).count(), 0, "seed {}", bundle.seed);
        assert_eq!(text.contains("unknownFutureValue"), bundle.world.export.shape == Shape::Collected);
    }
}
