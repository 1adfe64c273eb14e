//! Hits nobody looked at while others were: each on a line, and light ones that are alike on one together.

use crate::analytics::{Hit, State};
use crate::model::{Severity, Time};
use serde::Serialize;
use std::collections::HashMap;

/// The ways a finding may point, in the order in which they are counted.
const STATES: [State; 4] = [State::Supports, State::Against, State::Unknown, State::Missing];

/// A hit on one line.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HitLine {
    /// Id.
    pub id: String,
    /// Analytic.
    pub analytic: &'static str,
    /// User.
    pub upn: String,
    /// First event.
    pub first_seen: Time,
    /// Last event.
    pub last_seen: Time,
    /// Severity.
    pub severity: &'static str,
    /// Confidence.
    pub confidence: &'static str,
    /// Findings by the way they point.
    pub findings: String,
    /// Numbers of findings, in the order of [`STATES`].
    #[serde(skip)]
    counts: [usize; 4],
    /// Whether it may stand on one line with others.
    #[serde(skip)]
    is_low: bool,
}

/// Hits of one user, analytic, severity and confidence.
pub struct HitGroup<'a> {
    /// The first of them.
    pub first: &'a HitLine,
    /// Number of hits.
    pub count: usize,
    /// First event of all.
    pub first_seen: Time,
    /// Last event of all.
    pub last_seen: Time,
    /// Fewest and most findings by the way they point.
    counts: [(usize, usize); 4],
}

pub(super) fn hit_line(hit: &Hit) -> HitLine {
    let counts = STATES.map(|state| hit.findings.iter().filter(|finding| finding.state == state).count());
    HitLine {
        id: hit.id.clone(),
        analytic: hit.analytic,
        upn: hit.upn.clone(),
        first_seen: hit.first_seen,
        last_seen: hit.last_seen,
        severity: hit.severity.word(),
        confidence: hit.confidence.word(),
        findings: findings(counts.map(|count| (count, count))),
        counts,
        is_low: hit.severity == Severity::Low,
    }
}

/// The hits in their order, those of low severity with their like.
pub fn groups(hits: &[HitLine]) -> Vec<HitGroup<'_>> {
    let mut groups: Vec<HitGroup> = Vec::new();
    let mut places: HashMap<(&str, &str, &str, &str), usize> = HashMap::new();
    for hit in hits {
        let next = groups.len();
        let alike = (hit.analytic, hit.severity, hit.confidence, hit.upn.as_str());
        let place = if hit.is_low { *places.entry(alike).or_insert(next) } else { next };
        match groups.get_mut(place) {
            Some(group) => {
                group.count += 1;
                group.first_seen = group.first_seen.min(hit.first_seen);
                group.last_seen = group.last_seen.max(hit.last_seen);
                for (range, count) in group.counts.iter_mut().zip(hit.counts) {
                    *range = (range.0.min(count), range.1.max(count));
                }
            }
            None => groups.push(HitGroup {
                first: hit,
                count: 1,
                first_seen: hit.first_seen,
                last_seen: hit.last_seen,
                counts: hit.counts.map(|count| (count, count)),
            }),
        }
    }
    groups
}

impl HitGroup<'_> {
    /// `1 supports, 1 to 2 against`.
    pub fn findings(&self) -> String {
        findings(self.counts)
    }
}

fn findings(counts: [(usize, usize); 4]) -> String {
    let words = |((fewest, most), state): ((usize, usize), State)| match (fewest, most) {
        (_, 0) => None,
        (fewest, most) if fewest == most => Some(format!("{most} {}", state.word())),
        (fewest, most) => Some(format!("{fewest} to {most} {}", state.word())),
    };
    counts.into_iter().zip(STATES).filter_map(words).collect::<Vec<_>>().join(", ")
}
