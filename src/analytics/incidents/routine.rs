//! Routines: incidents that keep happening, and show nothing new.

use super::super::Hit;
use super::Incident;
use crate::analytics::hit_builder::short_hash;
use crate::model::{Severity, Sym, Time};
use std::collections::HashMap;

/// Incidents that make a routine.
const LEAST: usize = 3;

/// Incidents of one user, analytic and client that keep happening.
#[derive(Clone, Debug)]
pub struct Routine {
    /// Stable across runs and machines: a short hash of user, analytic and client.
    pub id: String,
    /// Positions of its incidents, in order of time.
    pub incidents: Vec<usize>,
    /// The first event of all.
    pub first: Time,
    /// The last event of all.
    pub last: Time,
    /// Earliest and latest time of day at which one begins, UTC: `08:23`.
    pub hours: (String, String),
}

/// Finds the routines, and gives each of their incidents its position. Incidents are of low severity, by a user who is
/// known, and have nothing new.
pub(super) fn found(hits: &[Hit], all: &mut [Incident]) -> Vec<Routine> {
    let mut like: HashMap<(Sym, &str, &str), Vec<usize>> = HashMap::new();
    for (at, incident) in all.iter().enumerate() {
        let hit = &hits[incident.leading()];
        let is_plain = incident.severity == Severity::Low && !incident.is_allowed && incident.novel.is_empty();
        if is_plain && incident.is_familiar && !incident.is_alone && !hit.user.is_none() {
            like.entry((hit.user, hit.analytic, &hit.app_id)).or_default().push(at);
        }
    }
    let mut routines: Vec<Routine> =
        like.into_values().filter(|incidents| incidents.len() >= LEAST).map(|at| routine(hits, all, at)).collect();
    routines.sort_by(|a, b| (a.first, &a.id).cmp(&(b.first, &b.id)));
    for (number, routine) in routines.iter().enumerate() {
        for at in &routine.incidents {
            all[*at].routine = Some(number);
        }
    }
    routines
}

fn routine(hits: &[Hit], all: &[Incident], mut incidents: Vec<usize>) -> Routine {
    incidents.sort_by_key(|at| (all[*at].first, *at));
    let hit = &hits[all[incidents[0]].leading()];
    let clock = |at: &usize| all[*at].first.clock().get(..5).unwrap_or_default().to_owned();
    let mut clocks: Vec<String> = incidents.iter().map(clock).collect();
    clocks.sort_unstable();
    let hours = (clocks.first().cloned().unwrap_or_default(), clocks.last().cloned().unwrap_or_default());
    Routine {
        id: short_hash(&["routine", &hit.user_id, hit.analytic, &hit.app_id]),
        first: all[incidents[0]].first,
        last: incidents.iter().map(|at| all[*at].last).max().unwrap_or(Time::MISSING),
        hours,
        incidents,
    }
}
