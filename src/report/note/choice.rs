//! Which hits are told in full, and in what order.

use crate::analytics::Hit;
use crate::triage::{Case, Disposition};
use std::cmp::Reverse;

/// Hits told in full when nobody worked on any.
const UNTOUCHED: usize = 20;

/// Hits in full and the rest, each in order of weight.
pub(super) struct Choice<'a> {
    pub(super) full: Vec<&'a Hit>,
    pub(super) rest: Vec<&'a Hit>,
}

impl<'a> Choice<'a> {
    /// The hits with work, or the weightiest where none has any.
    pub(super) fn new(hits: &'a [Hit], case: &Case) -> Self {
        let worked = |hit: &&Hit| {
            case.work(&hit.id)
                .is_some_and(|work| work.disposition.is_some() || !work.verdicts.is_empty() || !work.remarks.is_empty())
        };
        let mut hits: Vec<&Hit> = hits.iter().collect();
        // Stable, so that hits of equal weight keep the order of the run.
        hits.sort_by_key(|hit| {
            (rank(case.disposition(&hit.id)), Reverse(hit.severity), Reverse(hit.confidence), hit.first_seen)
        });
        let (full, rest): (Vec<_>, Vec<_>) = hits.iter().copied().partition(worked);
        if full.is_empty() {
            let rest = hits.split_off(hits.len().min(UNTOUCHED));
            return Self { full: hits, rest };
        }
        Self { full, rest }
    }
}

/// Settled before open, and what matters first.
fn rank(disposition: Option<Disposition>) -> u8 {
    match disposition {
        Some(Disposition::TruePositive) => 0,
        Some(Disposition::Undetermined) => 1,
        Some(Disposition::Benign) => 2,
        Some(Disposition::FalsePositive) => 3,
        None => 4,
    }
}
