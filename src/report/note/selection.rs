//! Selects the hits that the note describes in full, and orders them.

use crate::analytics::Hit;
use crate::model::{Confidence, Severity};
use crate::triage::{Case, Disposition, worst_first};

/// Hits described in full when nobody worked on any; how many when none of them is pressing.
const UNTOUCHED: usize = 20;
const LIGHT: usize = 3;

/// Hits in full and the untriaged, each in order of weight.
pub(super) struct Selection<'a> {
    pub(super) full: Vec<&'a Hit>,
    pub(super) untriaged: Vec<&'a Hit>,
}

impl<'a> Selection<'a> {
    /// The hits with work, or the weightiest where none has any.
    pub(super) fn new(hits: &'a [Hit], case: &Case) -> Self {
        let worked = |hit: &&Hit| {
            case.work(&hit.id)
                .is_some_and(|work| work.disposition.is_some() || !work.verdicts.is_empty() || !work.remarks.is_empty())
        };
        let mut hits: Vec<&Hit> = hits.iter().collect();
        // Stable, so that hits of equal weight keep the order of the run.
        hits.sort_by_key(|hit| (rank(case.disposition(&hit.id)), worst_first(hit), hit.first_seen));
        let (full, untriaged): (Vec<_>, Vec<_>) = hits.iter().copied().partition(worked);
        if full.is_empty() {
            let (mut full, mut untriaged): (Vec<_>, Vec<_>) = hits.into_iter().partition(|hit| is_pressing(hit));
            if full.is_empty() {
                std::mem::swap(&mut full, &mut untriaged);
            }
            let most = if full.first().is_some_and(|hit| is_pressing(hit)) { UNTOUCHED } else { LIGHT };
            untriaged.splice(0..0, full.split_off(full.len().min(most)));
            return Self { full, untriaged };
        }
        Self { full, untriaged }
    }
}

/// Returns whether a hit that nobody closed asks for containment: bad if true, and the facts carry it; or as bad as can
/// be, and no fact speaks for everyday work: what a short export cannot decide still has to be contained.
pub(super) fn is_pressing(hit: &Hit) -> bool {
    let is_open = hit.weights.as_ref().is_some_and(|weights| weights.for_work() == 0);
    let is_carried = hit.confidence > Confidence::Low || (hit.severity == Severity::High && is_open);
    hit.allowed.is_none() && hit.severity > Severity::Low && is_carried
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
