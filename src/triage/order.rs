//! Order of hits in triage, and progress through them.

use super::Case;
use crate::analytics::{Hit, Step};
use std::cmp::Reverse;

/// Sorts hits the worst first and allowed ones last; equals keep their time order.
pub fn worst_first(hit: &Hit) -> impl Ord + use<> {
    (hit.allowed.is_some(), Reverse((hit.severity, hit.confidence)))
}

impl Case {
    /// Steps of a hit with a verdict.
    pub fn steps_done(&self, hit: &Hit, steps: &[Step]) -> usize {
        steps.iter().filter(|step| self.verdict(&hit.id, step.id).is_some()).count()
    }

    /// Place (from 0) of the first step of a hit without a verdict.
    pub fn first_open_step(&self, hit: &Hit, steps: &[Step]) -> Option<usize> {
        steps.iter().position(|step| self.verdict(&hit.id, step.id).is_none())
    }

    /// Hits with a disposition.
    pub fn closed(&self, hits: &[Hit]) -> usize {
        hits.iter().filter(|hit| self.disposition(&hit.id).is_some()).count()
    }
}
