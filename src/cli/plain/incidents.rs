//! The incidents by lines: the list, the card, and the hits of one.

use super::Talk;
use crate::analytics::{Candidates, Hit, Incidents, Settings};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::report::card::{Card, CardContext, card};
use crate::triage::Disposition;
use std::io;
use std::sync::Arc;

/// Hits that are told as one: an incident's, a routine's, or a hit by itself under published semantics.
pub(super) struct Group {
    /// Positions of the hits: the leading one first.
    pub(super) hits: Vec<usize>,
    /// The card of the incident; of a routine that of its first one.
    card: Option<Card>,
    /// Number of incidents of a routine; 0 for what is none.
    times: usize,
    severity: &'static str,
}

impl Group {
    /// Returns whether it is an incident or a routine.
    pub(super) fn is_incident(&self) -> bool {
        self.card.is_some()
    }
}

/// The groups, the worst first; routines last.
pub(super) fn groups(
    loaded: &Loaded,
    facts: &Facts,
    settings: &Settings,
    candidates: Arc<Candidates>,
    hits: &[Hit],
) -> Vec<Group> {
    let store = &loaded.store;
    let incidents = Incidents::new(store, facts, settings, candidates, hits);
    if incidents.all.is_empty() {
        let alone =
            |(at, hit): (usize, &Hit)| Group { hits: vec![at], card: None, times: 0, severity: hit.severity.word() };
        return hits.iter().enumerate().map(alone).collect();
    }
    let context = CardContext { store, facts, hits, incidents: &incidents };
    let group = |at: usize, hits: Vec<usize>, times| Group {
        hits,
        card: Some(card(&context, at)),
        times,
        severity: incidents.all[at].severity.word(),
    };
    let alone = incidents.all.iter().enumerate().filter(|(_, incident)| incident.routine.is_none());
    let mut groups: Vec<Group> = alone.map(|(at, incident)| group(at, incident.hits.clone(), 0)).collect();
    for routine in &incidents.routines {
        let hits = routine.incidents.iter().flat_map(|at| incidents.all[*at].hits.iter().copied()).collect();
        groups.push(group(routine.incidents[0], hits, routine.incidents.len()));
    }
    groups
}

impl Talk<'_> {
    /// `1. high, a.novak@contoso.com, 2026-04-29 09:31:02, session used elsewhere, 8 hits, 0 of 8 steps`.
    pub(super) fn line(&self, number: usize, group: &Group) -> String {
        let leading = &self.hits[group.hits[0]];
        let (done, steps) = self.progress(leading);
        let story = match (&group.card, group.times) {
            (Some(card), 0) => card.story.words().to_owned(),
            (Some(_), times) => format!("routine {times} times, {}", leading.app_name),
            (None, _) => leading.analytic.to_owned(),
        };
        let hits =
            if group.hits.len() == 1 { leading.analytic.to_owned() } else { format!("{} hits", group.hits.len()) };
        let mut line = format!(
            "{number}. {}, {}, {}, {story}, {hits}, {done} of {steps} steps",
            group.severity,
            leading.upn,
            leading.first_seen.second()
        );
        for word in self.outcome(group).into_iter().chain(leading.allowed.as_ref().map(|_| "allowed".to_owned())) {
            line = format!("{line}, {word}");
        }
        line
    }

    /// The verdict that all hits of a group have, or how many have one.
    fn outcome(&self, group: &Group) -> Option<String> {
        let of = |at: &usize| self.case.disposition(&self.hits[*at].id);
        let given: Vec<Disposition> = group.hits.iter().filter_map(of).collect();
        let first = given.first()?;
        Some(if given.len() == group.hits.len() && given.iter().all(|other| other == first) {
            first.words().to_owned()
        } else {
            format!("{} of {} closed", given.len(), group.hits.len())
        })
    }

    /// Prints the card of a group, as the workbench shows it.
    pub(super) fn card(&mut self, group: &Group) -> io::Result<()> {
        let Some(card) = &group.card else { return Ok(()) };
        let roles = if card.roles.is_empty() { String::new() } else { format!(", {}", card.roles.join(", ")) };
        self.say(format!("{}{roles}: {}", card.who, card.headline))?;
        for line in &card.lines {
            self.say(format!("{}: {}", line.label.word(), line.text))?;
        }
        Ok(())
    }

    /// Prints the hits of a group.
    pub(super) fn hits_of(&mut self, group: &Group) -> io::Result<()> {
        for (number, &at) in (1..).zip(&group.hits) {
            let hit = &self.hits[at];
            let (done, steps) = self.progress(hit);
            let outcome = self.case.disposition(&hit.id).map_or("open", Disposition::words);
            self.say(format!(
                "{number}. {} {}, {}, {done} of {steps} steps, {outcome}",
                hit.severity.word(),
                hit.analytic,
                hit.first_seen.second()
            ))?;
        }
        Ok(())
    }
}
