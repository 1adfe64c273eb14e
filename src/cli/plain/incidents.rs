//! The incidents by lines: the list, the card, and the hits of one.

use super::Talk;
use crate::analytics::weights::RULE;
use crate::analytics::{DetectContext, Hit, Incidents};
use crate::cli::resolve::now;
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::Severity;
use crate::model::words::counted;
use crate::report::card::{Card, CardContext, Label, card, fits};
use crate::report::visibility::visibility;
use crate::triage::Disposition;
use crate::triage::compare::{self, Compared};
use crate::triage::groups::{Group, groups};
use crate::triage::pivot::Suspects;
use std::io;

/// Values of one kind that are printed of a comparison.
const VALUES: usize = 12;

/// A line of the list.
pub(super) struct Listed {
    /// The hits.
    pub(super) group: Group,
    /// The card of the incident; of a routine that of its first one.
    pub(super) card: Option<Card>,
    severity: Severity,
}

/// Every line of the list, in order.
pub(super) fn listed(loaded: &Loaded, facts: &Facts, incidents: &Incidents, hits: &[Hit]) -> Vec<Listed> {
    let store = &loaded.store;
    let context = CardContext { store, facts, hits, incidents };
    let line = |group: Group| Listed {
        card: group.incident.map(|at| card(&context, at)),
        severity: group.incident.map_or(hits[group.hits[0]].severity, |at| incidents.all[at].severity),
        group,
    };
    groups(hits, incidents).into_iter().map(line).collect()
}

/// The incident of a number as typed.
pub(super) fn numbered<'a>(listed: &'a [Listed], typed: &str) -> Option<&'a Listed> {
    listed.get(typed.trim().parse::<usize>().ok()?.checked_sub(1)?)
}

impl Talk<'_> {
    /// Prints the hits of a group beside their user's usual days: what is new comes first.
    pub(super) fn compare(&mut self, group: &Group) -> io::Result<()> {
        let (store, facts) = (&self.loaded.store, self.run.facts);
        let context = DetectContext::new(store, facts, &self.run.settings);
        let comparison = compare::compare(&context, self.hits, &group.hits);
        self.say(format!("{}.", comparison.words()))?;
        for part in &comparison.parts {
            let values: Vec<String> = part.values.iter().take(VALUES).map(Compared::words).collect();
            let more = part.more + part.values.len() - values.len();
            let more = if more == 0 { String::new() } else { format!("; and {more} more") };
            self.say(format!("{}: {}{more}", part.name, values.join("; ")))?;
        }
        Ok(())
    }

    /// `1. high, a.novak@contoso.com, 2026-04-29 09:31:02, session used elsewhere, 8 hits, 0 of 8 steps`.
    pub(super) fn line(&self, number: usize, listed: &Listed) -> String {
        let Listed { group, card, severity } = listed;
        let leading = &self.hits[group.hits[0]];
        let (done, steps) = self.progress(&group.hits);
        let story = match (card, group.times) {
            (Some(card), 0) => card.story.words().to_owned(),
            (Some(_), times) => {
                format!("routine {times} times, {}", self.run.facts.client_name(&leading.app_id, &leading.app_name))
            }
            (None, _) => leading.analytic.to_owned(),
        };
        let hits =
            if group.hits.len() == 1 { leading.analytic.to_owned() } else { format!("{} hits", group.hits.len()) };
        let mut line = format!(
            "{number}. {}, {}, {}, {story}, {hits}, {done} of {steps} steps",
            severity.word(),
            self.loaded.store.who_as(leading.user, &leading.upn),
            leading.first_seen.second()
        );
        let outcome = self.case.outcome(self.hits, group);
        for word in outcome.into_iter().chain(leading.allowed.as_ref().map(|_| "allowed".to_owned())) {
            line = format!("{line}, {word}");
        }
        line
    }

    /// Prints a card, as the workbench shows it.
    pub(super) fn card(&mut self, card: &Card) -> io::Result<()> {
        let roles = if card.roles.is_empty() { String::new() } else { format!(", {}", card.roles.join(", ")) };
        self.say(format!("{}{roles}: {}", card.who, card.headline))?;
        for point in &card.points {
            self.say(format!("fact, {}: {}", fits(point), point.line()))?;
        }
        if !card.points.is_empty() {
            self.say(format!("facts: against {}; confidence is {RULE}", card.innocent))?;
        }
        for line in &card.lines {
            if line.label == Label::Controls {
                for control in &card.controls {
                    self.say(format!("{}: {}", line.label.word(), control.line()))?;
                }
            } else {
                self.say(format!("{}: {}", line.label.word(), line.text))?;
            }
        }
        Ok(())
    }

    /// Prints what the logs show of the hours of a group's incident.
    pub(super) fn visibility(&mut self, group: &Group) -> io::Result<()> {
        let Some(at) = group.incident else { return self.say("Published semantics have no incidents.") };
        let lines = visibility(self.loaded, &self.incidents, self.hits, at).lines(false);
        lines.into_iter().try_for_each(|(_, line)| self.say(format!("{line}.")))
    }

    /// Prints who else has the values of a group's incident, what is new first.
    pub(super) fn who_else(&mut self, group: &Group) -> io::Result<()> {
        let store = &self.loaded.store;
        let suspects = group.incident.and_then(|at| Suspects::new(store, &self.incidents.all[at]));
        let Some(suspects) = suspects else { return self.say("There is no row to go by.") };
        for reach in suspects.reach(store) {
            let (kind, value) = (reach.value.kind(), reach.value.words(store, self.run.facts));
            let new = if reach.is_new { " (new to the user)" } else { "" };
            let rows = counted(reach.counts.rows, "row");
            self.say(format!("{kind} {value}{new}, {rows}: {}.", reach.words(store)))?;
        }
        Ok(())
    }

    /// Takes a hit out of its incident, or puts it back; `false` where there is nothing to take it out of.
    pub(super) fn take_out(&mut self, group: &Group, hit: usize) -> io::Result<bool> {
        let id = self.hits[hit].id.clone();
        let is_out = self.case.alone().contains(&id);
        if !is_out && group.hits.len() == 1 {
            self.say("It is the only hit of its incident.")?;
            return Ok(false);
        }
        self.case.set_alone(&[id], !is_out, now());
        self.say(if is_out { "The hit is back in its incident." } else { "The hit is an incident of its own now." })?;
        self.save()?;
        Ok(true)
    }

    /// Prints the hits of a group.
    pub(super) fn hits_of(&mut self, group: &Group) -> io::Result<()> {
        for (number, &at) in (1..).zip(&group.hits) {
            let hit = &self.hits[at];
            let (done, steps) = self.progress(&[at]);
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
