//! Selects the incidents and hits that the note describes in full, and orders them.

use crate::analytics::{Hit, Incident, Incidents};
use crate::model::{Confidence, Severity};
use crate::triage::{Case, Disposition, worst_first};
use std::collections::{HashMap, HashSet};

/// Hits described in full when nobody worked on any; how many when none of them is pressing.
const UNTOUCHED: usize = 20;
const LIGHT: usize = 3;

/// The way in which the note describes an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Depth {
    /// Its card on the first page, and in full below.
    First,
    /// In full.
    Full,
    /// A row.
    Row,
}

/// An incident of the note.
pub(super) struct Chosen<'a> {
    /// Its position.
    pub(super) at: usize,
    /// The incident.
    pub(super) incident: &'a Incident,
    /// Its hits, the leading one first.
    pub(super) hits: Vec<&'a Hit>,
    /// The way it is described.
    pub(super) depth: Depth,
}

/// Hits in full and the untriaged, each in order of weight; under published semantics no incidents.
pub(super) struct Selection<'a> {
    /// Incidents in the order of the note: their numbers are their places, from 1.
    pub(super) incidents: Vec<Chosen<'a>>,
    pub(super) full: Vec<&'a Hit>,
    pub(super) untriaged: Vec<&'a Hit>,
    /// Number of the incident of each hit, by the hit's id.
    numbers: HashMap<&'a str, usize>,
    /// Ids of the hits of incidents on the first page.
    first: HashSet<&'a str>,
}

impl<'a> Selection<'a> {
    /// The hits with work, or the weightiest where none has any.
    pub(super) fn of_hits(hits: &'a [Hit], case: &Case) -> Self {
        let mut hits: Vec<&Hit> = hits.iter().collect();
        // Stable, so that hits of equal weight keep the order of the run.
        hits.sort_by_key(|hit| (rank(case.disposition(&hit.id)), worst_first(hit), hit.first_seen));
        let (full, untriaged): (Vec<_>, Vec<_>) = hits.iter().copied().partition(|hit| is_worked(case, hit));
        if full.is_empty() {
            let (mut full, mut untriaged): (Vec<_>, Vec<_>) = hits.into_iter().partition(|hit| is_pressing(hit));
            if full.is_empty() {
                std::mem::swap(&mut full, &mut untriaged);
            }
            let most = if full.first().is_some_and(|hit| is_pressing(hit)) { UNTOUCHED } else { LIGHT };
            untriaged.splice(0..0, full.split_off(full.len().min(most)));
            return Self::alone(full, untriaged);
        }
        Self::alone(full, untriaged)
    }

    fn alone(full: Vec<&'a Hit>, untriaged: Vec<&'a Hit>) -> Self {
        Self { incidents: Vec::new(), full, untriaged, numbers: HashMap::new(), first: HashSet::new() }
    }

    /// Every incident, or those at some positions: on the first page what is theft, or not closed as harmless and above
    /// low; in full also what has work and is open; where neither is, the first few. Incidents of `only` are in full in
    /// any case.
    pub(super) fn of_incidents(hits: &'a [Hit], incidents: &'a Incidents, case: &Case, only: Option<&[usize]>) -> Self {
        let chosen = |at: usize| {
            let incident = &incidents.all[at];
            let of_incident: Vec<&Hit> = incident.hits.iter().map(|hit| &hits[*hit]).collect();
            let dispositions: Vec<Option<Disposition>> =
                of_incident.iter().map(|hit| case.disposition(&hit.id)).collect();
            let has = |wanted: Option<Disposition>| dispositions.contains(&wanted);
            let is_closed_so = has(Some(Disposition::Theft)) || has(Some(Disposition::CannotTell));
            let is_open = has(None) && !incident.is_allowed && incident.severity > Severity::Low;
            let depth = if is_closed_so || is_open {
                Depth::First
            } else if only.is_some() || (has(None) && of_incident.iter().any(|hit| is_worked(case, hit))) {
                Depth::Full
            } else {
                Depth::Row
            };
            Chosen { at, incident, hits: of_incident, depth }
        };
        let mut all: Vec<Chosen> = match only {
            Some(only) => only.iter().copied().map(chosen).collect(),
            None => (0..incidents.all.len()).map(chosen).collect(),
        };
        let is_untouched =
            all.iter().all(|one| one.depth == Depth::Row && !one.hits.iter().any(|hit| is_worked(case, hit)));
        if is_untouched {
            for one in all.iter_mut().filter(|one| one.incident.routine.is_none()).take(LIGHT) {
                one.depth = Depth::Full;
            }
        }
        // Stable: the worst first; a routine's, which are one row together, last.
        all.sort_by_key(|one| (one.depth, one.depth == Depth::Row && one.incident.routine.is_some()));
        let is_row = |one: &&Chosen<'a>| one.depth == Depth::Row;
        let mut full: Vec<&Hit> = all.iter().filter(|one| !is_row(one)).flat_map(|one| one.hits.clone()).collect();
        let (worked, untriaged): (Vec<&Hit>, Vec<&Hit>) =
            all.iter().filter(is_row).flat_map(|one| one.hits.clone()).partition(|hit| is_worked(case, hit));
        full.extend(worked);
        let numbers =
            all.iter().enumerate().flat_map(|(at, one)| one.hits.iter().map(move |hit| (hit.id.as_str(), at + 1)));
        let numbers = numbers.collect();
        let first = all.iter().filter(|one| one.depth == Depth::First).flat_map(|one| &one.hits);
        let first = first.map(|hit| hit.id.as_str()).collect();
        Self { incidents: all, full, untriaged, numbers, first }
    }

    /// Number of a hit's incident; 0 for none.
    pub(super) fn number(&self, hit: &Hit) -> usize {
        self.numbers.get(hit.id.as_str()).copied().unwrap_or_default()
    }

    /// Returns whether a hit nobody closed is of the threats: its incident stands on the first page, or, without
    /// incidents, it is pressing.
    pub(super) fn is_threat(&self, hit: &Hit) -> bool {
        if self.incidents.is_empty() { is_pressing(hit) } else { self.first.contains(hit.id.as_str()) }
    }

    /// Returns whether a hit is described in full: it is of no incident, or of one that is.
    pub(super) fn is_in_full(&self, hit: &Hit) -> bool {
        match self.number(hit) {
            0 => true,
            number => self.incidents[number - 1].depth != Depth::Row,
        }
    }
}

fn is_worked(case: &Case, hit: &Hit) -> bool {
    case.work(&hit.id)
        .is_some_and(|work| work.disposition.is_some() || !work.verdicts.is_empty() || !work.remarks.is_empty())
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
        Some(Disposition::Theft) => 0,
        Some(Disposition::CannotTell) => 1,
        Some(Disposition::Authorised) => 2,
        Some(Disposition::Misfired) => 3,
        None => 4,
    }
}
