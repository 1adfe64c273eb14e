//! Order of hits in triage, and how many are closed.

use super::Case;
use crate::analytics::Hit;
use std::cmp::Reverse;

/// Sorts hits the worst first and allowed ones last; equals keep their time order.
pub fn worst_first(hit: &Hit) -> impl Ord + use<> {
    (hit.allowed.is_some(), Reverse((hit.severity, hit.confidence)))
}

impl Case {
    /// Hits with a verdict.
    pub fn closed(&self, hits: &[Hit]) -> usize {
        hits.iter().filter(|hit| self.disposition(&hit.id).is_some()).count()
    }
}
