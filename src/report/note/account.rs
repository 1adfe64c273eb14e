//! Verdict, confidence and the bottom line: the whole case in five sentences.

use super::{Told, first_source};
use crate::analytics::{Hit, Tally, tally};
use crate::model::{Confidence, EventId, Field};
use crate::triage::Disposition;
use std::collections::BTreeSet;

/// Names in a sentence before the rest is counted.
const NAMED: usize = 6;

/// Reads the chosen hits as one story.
pub(super) struct Account<'a> {
    told: &'a Told<'a>,
    /// The hit the story is told of.
    main: Option<&'a Hit>,
}

impl<'a> Account<'a> {
    pub(super) fn new(told: &'a Told<'a>) -> Self {
        let main = told.threats().map(|(_, hit)| hit).next().or_else(|| told.choice.full.first().copied());
        Self { told, main }
    }

    /// `true positive (2 hits), not settled (1 hit)`.
    pub(super) fn verdict(&self) -> String {
        let of = |wanted: Option<Disposition>| {
            self.told.choice.full.iter().filter(|hit| self.told.disposition(hit) == wanted).count()
        };
        let mut words: Vec<String> = Disposition::ALL
            .iter()
            .map(|disposition| (disposition.words(), of(Some(*disposition))))
            .chain([("not settled", of(None) + self.told.choice.rest.len())])
            .filter(|(_, count)| *count > 0)
            .map(|(words, count)| format!("{words} ({})", counted(count, "hit")))
            .collect();
        if words.is_empty() {
            words.push("no hits".to_owned());
        }
        words.join(", ")
    }

    pub(super) fn confidence(&self) -> Option<String> {
        self.main.map(|hit| format!("{}: {}", hit.confidence.word(), hit.confidence_reason))
    }

    pub(super) fn bottom_line(&self) -> Vec<String> {
        let Some(hit) = self.main else {
            return vec![
                "No analytic found anything in this bundle with these settings.".to_owned(),
                "That is no proof that nothing happened: see the gaps below.".to_owned(),
            ];
        };
        let said = [
            Some(self.opening(hit)),
            Some(self.events(hit)),
            self.device_code(hit),
            Some(self.calls(hit)),
            self.rest(),
        ];
        said.into_iter().flatten().collect()
    }

    fn opening(&self, hit: &Hit) -> String {
        let (upn, analytic) = (&hit.upn, hit.analytic);
        let sure = match hit.confidence {
            Confidence::High => "carry that reading well",
            Confidence::Medium => "carry that reading in part",
            Confidence::Low => "carry that reading poorly",
        };
        match self.told.disposition(hit) {
            Some(Disposition::TruePositive) => {
                format!("Tokens of {upn} were stolen and used: the analyst settled the hit of {analytic} as such.")
            }
            Some(Disposition::Undetermined) => format!(
                "Whether tokens of {upn} were stolen is undetermined: the evidence of {analytic} does not decide it."
            ),
            Some(Disposition::Benign) => {
                format!("What {analytic} found for {upn} happened as described and was meant to: benign.")
            }
            Some(Disposition::FalsePositive) => {
                format!("What {analytic} found for {upn} did not happen as described: a false positive.")
            }
            None => format!(
                "The hit of {analytic} on {upn} reads as token theft of {} severity; the findings {sure}, and no \
                 analyst has settled it.",
                hit.severity.word()
            ),
        }
    }

    fn events(&self, hit: &Hit) -> String {
        let addresses = self.distinct(&hit.evidence, Field::IpAddress);
        let from = if addresses.is_empty() { String::new() } else { format!(" from {}", listed(&addresses)) };
        let names: Vec<String> = hit.resource_ids.iter().map(|id| self.resource(hit, id)).collect();
        let resources = if names.is_empty() {
            String::new()
        } else {
            format!(" for {} ({})", counted(names.len(), "resource"), listed(&names))
        };
        let when = if hit.first_seen == hit.last_seen {
            format!("At {} UTC", hit.first_seen.second())
        } else {
            let span = hit.last_seen.since(hit.first_seen);
            let same_day = hit.first_seen.day() == hit.last_seen.day();
            let last = if same_day { hit.last_seen.clock() } else { hit.last_seen.second() };
            format!("Between {} and {last} UTC ({span})", hit.first_seen.second())
        };
        let sign_ins = counted(hit.sign_in_count, "sign-in");
        format!("{when}, {} got tokens{resources} in {sign_ins}{from}.", hit.app_name)
    }

    fn device_code(&self, hit: &Hit) -> Option<String> {
        let first = self.told.loaded.store.event(*hit.legs.first()?).time();
        let gap = hit.first_seen.since(first);
        Some(format!("They follow a device-code sign-in begun at {} UTC, {gap} before.", first.second()))
    }

    fn calls(&self, hit: &Hit) -> String {
        if hit.graph.is_empty() {
            return "No Graph call in the bundle is tied to it, so what the tokens were used for is not known here."
                .to_owned();
        }
        let events: Vec<EventId> = hit.graph.iter().map(|call| call.event).collect();
        let done: Vec<String> =
            tally(&self.told.loaded.store, self.told.facts, &events).iter().map(Tally::words).collect();
        let (calls, link) = (counted(events.len(), "Graph call"), hit.link_words(&self.told.loaded.store));
        let are = if events.len() == 1 { "is" } else { "are" };
        format!("{calls} {are} tied to it (by {link}): {}.", listed(&done))
    }

    /// What the note holds beside the hit the story is told of.
    fn rest(&self) -> Option<String> {
        let others = (self.told.choice.full.len() + self.told.choice.rest.len()).checked_sub(1)?;
        if others == 0 {
            let source = self.main.and_then(|hit| first_source(self.told, hit))?;
            return Some(format!("It is the bundle's only hit; its evidence begins in {source}."));
        }
        let users: BTreeSet<&str> =
            self.told.choice.full.iter().chain(&self.told.choice.rest).map(|hit| hit.upn.as_str()).collect();
        let (hits, users) = (counted(others, "further hit"), counted(users.len(), "user"));
        let pressing = self.told.choice.rest.iter().filter(|hit| super::choice::is_pressing(hit));
        let pressing: Vec<String> = pressing.map(|hit| format!("{} on {}", hit.analytic, hit.upn)).collect();
        let waiting = if pressing.is_empty() {
            String::new()
        } else {
            format!(" Nobody has looked yet at what presses among them: {}.", pressing.join(", "))
        };
        Some(format!("The bundle has {hits}; {users} concerned in all.{waiting}"))
    }

    fn distinct(&self, events: &[EventId], field: Field) -> Vec<String> {
        let texts = events.iter().map(|event| self.told.loaded.store.get(*event, field));
        texts.filter(|text| !text.is_empty()).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Name of a resource: as known, else as its rows have it, else the id.
    fn resource(&self, hit: &Hit, id: &str) -> String {
        super::steps::resource_name(self.told, hit, id)
    }
}

/// `1 hit`, `3 hits`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// `a, b and 3 more`.
pub(super) fn listed(texts: &[String]) -> String {
    let named = texts.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if texts.len() > NAMED { format!("{named} and {} more", texts.len() - NAMED) } else { named }
}
