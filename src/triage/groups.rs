//! Hits that the analyst works on as one: an incident's, a routine's, or a hit by itself under published semantics.

use super::{Case, Disposition};
use crate::analytics::{Hit, Incidents};

/// Hits that are listed and closed as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Positions of the hits: the one that leads first.
    pub hits: Vec<usize>,
    /// Position of the incident; of a routine that of its first one. `None` under published semantics.
    pub incident: Option<usize>,
    /// Number of incidents of a routine; 0 for what is none.
    pub times: usize,
}

/// The groups of some hits: incidents, the worst first, then routines, then what is allowed. Without incidents each hit
/// by itself.
pub fn groups(hits: &[Hit], incidents: &Incidents) -> Vec<Group> {
    if incidents.all.is_empty() {
        return (0..hits.len()).map(|hit| Group { hits: vec![hit], incident: None, times: 0 }).collect();
    }
    let alone = incidents.all.iter().enumerate().filter(|(_, incident)| incident.routine.is_none());
    let alone = alone.map(|(at, incident)| Group { hits: incident.hits.clone(), incident: Some(at), times: 0 });
    let routines = incidents.routines.iter().map(|routine| Group {
        hits: routine.incidents.iter().flat_map(|at| incidents.all[*at].hits.iter().copied()).collect(),
        incident: routine.incidents.first().copied(),
        times: routine.incidents.len(),
    });
    let mut groups: Vec<Group> = alone.chain(routines).collect();
    groups.sort_by_key(|group| group.hits.first().is_some_and(|hit| hits[*hit].allowed.is_some()));
    groups
}

impl Case {
    /// The verdict that all hits of a group have, or how many have one; `None` while none has.
    pub fn outcome(&self, hits: &[Hit], group: &Group) -> Option<String> {
        let of = |hit: &usize| self.disposition(&hits[*hit].id);
        let given: Vec<Disposition> = group.hits.iter().filter_map(of).collect();
        let first = given.first()?;
        Some(if given.len() < group.hits.len() {
            format!("{} of {} closed", given.len(), group.hits.len())
        } else if given.iter().all(|other| other == first) {
            first.words().to_owned()
        } else {
            "closed".to_owned()
        })
    }
}
