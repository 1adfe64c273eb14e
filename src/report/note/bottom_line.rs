//! Verdict, confidence and the bottom line: the whole case in five sentences.

use super::incidents::IncidentNote;
use super::{NoteContext, first_source};
use crate::analytics::acts::{Done, done};
use crate::analytics::{Baseline, Hit, Leg, count_actions, leg_of};
use crate::model::words::{counted, listed};
use crate::model::{Confidence, EventId, Field, Time};
use crate::report::gravity;
use crate::report::verdict::{self, Outcome};
use crate::triage::Disposition;
use std::collections::{BTreeMap, BTreeSet};

/// Names in a sentence before the rest is counted.
const NAMED: usize = 6;
/// Incidents told of.
const CARDS: usize = 5;
/// Kinds of action in a sentence, the gravest first, before the rest is counted.
const KINDS: usize = 8;
/// As [`KINDS`], of each, where there are both acts and calls.
const KINDS_OF_EACH: usize = 6;

/// Reads the chosen hits as one story.
pub(super) struct BottomLine<'a> {
    context: &'a NoteContext<'a>,
    /// The hit that the story follows.
    main: Option<&'a Hit>,
}

impl<'a> BottomLine<'a> {
    pub(super) fn new(context: &'a NoteContext<'a>) -> Self {
        let main = context.threats().map(|(_, hit)| hit).next().or_else(|| context.selection.full.first().copied());
        Self { context, main }
    }

    /// `theft (2 incidents), open (1 incident)`; without incidents `true positive (2 hits), open (1 hit)`.
    pub(super) fn verdict(&self) -> String {
        let incidents = &self.context.selection.incidents;
        if !incidents.is_empty() {
            let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
            for one in incidents {
                *counts.entry(verdict::outcome(self.context.case, &one.hits)).or_default() += 1;
            }
            let words =
                |(outcome, count): (Outcome, usize)| format!("{} ({})", outcome.word(), counted(count, "incident"));
            return counts.into_iter().map(words).collect::<Vec<_>>().join(", ");
        }
        let of = |wanted: Option<Disposition>| {
            self.context.selection.full.iter().filter(|hit| self.context.disposition(hit) == wanted).count()
        };
        let mut words: Vec<String> = Disposition::ALL
            .iter()
            .map(|disposition| (disposition.words(), of(Some(*disposition))))
            .chain([("open", of(None) + self.context.selection.untriaged.len())])
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

    /// A few sentences, facts first; of each incident of the first page one and its verdict.
    pub(super) fn bottom_line(&self, incidents: &[IncidentNote]) -> Vec<String> {
        if !incidents.is_empty() {
            return Self::by_incidents(incidents);
        }
        let Some(hit) = self.main else {
            return vec![
                "No analytic found anything in this bundle with these settings.".to_owned(),
                "That is no proof that nothing happened: see the gaps below.".to_owned(),
            ];
        };
        let sentences = [
            Some(self.events(hit)),
            self.device_code(hit),
            Some(self.calls(hit)),
            Some(self.verdict_on(hit)),
            self.rest(),
        ];
        sentences.into_iter().flatten().collect()
    }

    fn by_incidents(incidents: &[IncidentNote]) -> Vec<String> {
        let first: Vec<&IncidentNote> = incidents.iter().filter(|incident| incident.first_page).collect();
        let shown = if first.is_empty() { incidents.iter().take(1).collect() } else { first };
        let mut sentences: Vec<String> = shown
            .iter()
            .take(CARDS)
            .map(|one| {
                let verdict = if one.verdict == Outcome::Open.word() {
                    "No analyst has closed it.".to_owned()
                } else {
                    format!("The analyst's verdict: {}.", one.verdict)
                };
                format!("{}: {} {verdict}", one.upn, one.headline)
            })
            .collect();
        let others = incidents.len() - shown.len().min(CARDS);
        if others > 0 {
            sentences.push(format!("The bundle has {}.", counted(others, "other incident")));
        }
        sentences
    }

    fn verdict_on(&self, hit: &Hit) -> String {
        let (upn, analytic) = (&hit.upn, hit.analytic);
        let sure = match hit.confidence {
            Confidence::High => "carry that well",
            Confidence::Medium => "carry that in part",
            Confidence::Low => "do not carry that",
            Confidence::NotWeighed => "are not in this bundle",
        };
        match self.context.disposition(hit) {
            Some(disposition) => {
                let word = Outcome::new(Some(disposition)).word();
                format!("The analyst's verdict on this {analytic} of {upn}: {word}.")
            }
            None => format!(
                "This {analytic} points to theft of tokens from {upn}, of {} severity; the facts {sure}, and no \
                 analyst has closed it.",
                hit.severity.word()
            ),
        }
    }

    fn events(&self, hit: &Hit) -> String {
        let addresses = self.distinct(&hit.evidence, Field::IpAddress);
        let from = if addresses.is_empty() { String::new() } else { format!(" from {}", listed(&addresses, NAMED)) };
        // Only the names that are shown: for one, every row may be looked at.
        let names = hit.resource_ids.iter().take(NAMED).map(|id| self.resource(hit, id)).collect::<Vec<_>>();
        let resources = match hit.resource_ids.len() {
            0 => String::new(),
            count => format!(" for {} ({})", counted(count, "resource"), some_of(&names, count, ", ")),
        };
        let when = if hit.first_seen == hit.last_seen {
            format!("At {} UTC", hit.first_seen.second())
        } else {
            let span = hit.last_seen.since(hit.first_seen);
            let last = shortly(hit.last_seen, hit.first_seen);
            format!("Between {} and {last} UTC ({span})", hit.first_seen.second())
        };
        let client = if hit.app_name.is_empty() { "a client" } else { &hit.app_name };
        let store = &self.context.loaded.store;
        if hit.sign_in_count == 0 && hit.evidence.iter().any(|&id| store.event(id).table.records()) {
            let rows = counted(hit.evidence.len(), "row");
            return format!("{when}, the audit logs have {rows} of it{from}.");
        }
        if hit.sign_in_count == 0 {
            return format!("{when}, {client} made {}{from}.", counted(hit.evidence.len(), "call"));
        }
        let sign_ins = counted(hit.sign_in_count, "sign-in");
        format!("{when}, {client} got tokens{resources} in {sign_ins}{from}.")
    }

    fn device_code(&self, hit: &Hit) -> Option<String> {
        let first = self.context.loaded.store.event(*hit.legs.first()?).time();
        let gap = hit.first_seen.since(first);
        let begun = if hit.first_seen <= first {
            format!("They begin with a device-code sign-in at {} UTC", first.second())
        } else {
            format!("They follow a device-code sign-in begun at {} UTC, {gap} before", first.second())
        };
        Some(match self.decided(hit) {
            Some(decided) => format!("{begun}: {decided}."),
            None => format!("{begun}."),
        })
    }

    /// The sentence on a device-code flow's proof: tokens that went where the user has never been, for a code typed
    /// where they usually are. Judged by the baseline that the findings have.
    fn decided(&self, hit: &Hit) -> Option<String> {
        let (store, facts) = (&self.context.loaded.store, self.context.facts);
        let mut baseline = Baseline::new(hit.user);
        baseline.grow(store, facts, hit.begins(store));
        if baseline.is_thin() {
            return None;
        }
        let seen = |leg: &EventId| baseline.seen(store, *leg, Field::IpAddress);
        let of = |wanted| -> Vec<EventId> {
            let has_address = |leg: &EventId| !store.get(*leg, Field::IpAddress).is_empty();
            let wanted = |leg: &EventId| leg_of(store.event(*leg)) == Some(wanted) && has_address(leg);
            hit.legs.iter().copied().filter(wanted).collect()
        };
        let (typed, spent) = (of(Leg::Browser), of(Leg::Polling));
        if spent.is_empty() || spent.iter().any(|leg| seen(leg).sign_ins > 0) {
            return None;
        }
        let went = format!(
            "the tokens went to {}, never seen for this user",
            listed(&self.distinct(&spent, Field::IpAddress), NAMED)
        );
        if typed.is_empty() || !typed.iter().all(|leg| seen(leg).is_usual()) {
            return Some(went);
        }
        let typed_at = listed(&self.distinct(&typed, Field::IpAddress), NAMED);
        Some(format!("its code was typed at {typed_at}, where this user usually signs in, and {went}"))
    }

    /// Acts of the audit logs, then Graph calls: each has what the other has not.
    fn calls(&self, hit: &Hit) -> String {
        match (hit.acts.is_empty(), hit.graph.is_empty()) {
            (true, true) => {
                "No Graph call and no act in the bundle is tied to it, so what the tokens were used for is not known \
                 here."
                    .to_owned()
            }
            (true, false) => self.graph_calls(hit, KINDS),
            (false, true) => self.acts(hit, KINDS),
            (false, false) => format!("{} {}", self.acts(hit, KINDS_OF_EACH), self.graph_calls(hit, KINDS_OF_EACH)),
        }
    }

    fn graph_calls(&self, hit: &Hit, most: usize) -> String {
        let events: Vec<EventId> = hit.graph.iter().map(|call| call.event).collect();
        let store = &self.context.loaded.store;
        let done = gravity::kinds(count_actions(store, self.context.facts, &events));
        let (calls, link) = (counted(events.len(), "Graph call"), hit.link_words(store));
        let are = if events.len() == 1 { "is" } else { "are" };
        let last = events.last().map_or(Time::MISSING, |event| store.event(*event).time());
        let until = until(hit, last);
        format!("{calls} {are} tied to it (by {link}), {until}: {}.", some(&done, most, "; "))
    }

    /// The acts of the audit logs.
    fn acts(&self, hit: &Hit, most: usize) -> String {
        let store = &self.context.loaded.store;
        let mut done = done(store, self.context.facts, &hit.acts);
        done.sort_by_key(|one| std::cmp::Reverse(one.weight()));
        let words: Vec<String> = done.iter().map(Done::words).collect();
        let last = hit.acts.last().map_or(Time::MISSING, |act| store.event(act.event).time());
        format!("By the audit logs, {}: {}.", until(hit, last), some(&words, most, "; "))
    }

    /// The sentence on the hits beside the main one.
    fn rest(&self) -> Option<String> {
        let others = (self.context.selection.full.len() + self.context.selection.untriaged.len()).checked_sub(1)?;
        if others == 0 {
            let source = self.main.and_then(|hit| first_source(self.context, hit))?;
            return Some(format!("It is the bundle's only hit; its evidence begins in {source}."));
        }
        let users: BTreeSet<&str> = self
            .context
            .selection
            .full
            .iter()
            .chain(&self.context.selection.untriaged)
            .map(|hit| hit.upn.as_str())
            .collect();
        let (hits, users) = (counted(others, "other hit"), counted(users.len(), "user"));
        let pressing = self.context.selection.untriaged.iter().filter(|hit| super::selection::is_pressing(hit));
        let pressing: Vec<String> = pressing.map(|hit| format!("{} on {}", hit.analytic, hit.upn)).collect();
        let waiting = if pressing.is_empty() {
            String::new()
        } else {
            format!("; not reviewed yet: {}", some(&pressing, KINDS, ", "))
        };
        Some(format!("The bundle has {hits} ({users} in all){waiting}."))
    }

    fn distinct(&self, events: &[EventId], field: Field) -> Vec<String> {
        let texts = events.iter().map(|event| self.context.loaded.store.get(*event, field));
        texts.filter(|text| !text.is_empty()).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Name of a resource: as known, else as its rows have it, else the id.
    fn resource(&self, hit: &Hit, id: &str) -> String {
        super::steps::resource_name(self.context, hit, id)
    }
}

/// The first so many, and how many more there are.
fn some(texts: &[String], most: usize, between: &str) -> String {
    some_of(&texts[..texts.len().min(most)], texts.len(), between)
}

/// These, which are the first of so many, and how many more there are.
fn some_of(named: &[String], all: usize, between: &str) -> String {
    let more = all - named.len();
    let named = named.join(between);
    if more > 0 { format!("{named} and {more} more") } else { named }
}

/// `until 14:31:05 UTC, 26m27s after the last sign-in`.
fn until(hit: &Hit, last: Time) -> String {
    let after = if last > hit.last_seen && hit.sign_in_count > 0 {
        format!(", {} after the last sign-in", last.since(hit.last_seen))
    } else {
        String::new()
    };
    format!("until {} UTC{after}", shortly(last, hit.first_seen))
}

/// A time to the second, without the day where that is clear.
fn shortly(time: Time, before: Time) -> String {
    if time.day() == before.day() { time.clock() } else { time.second() }
}
