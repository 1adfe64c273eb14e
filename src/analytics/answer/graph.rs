//! The Graph calls of a hit: who made them, and what they did.

use super::{counted, listed, missing};
use crate::analytics::{Finding, Inquiry, State};
use crate::facts::{Agent, Facts, Reach, Verb};
use crate::model::{EventId, Field, Table, call_succeeded};
use crate::store::Store;
use std::collections::BTreeMap;

/// Classes of the user agents of the Graph calls.
pub fn graph_agents(inquiry: &Inquiry) -> Finding {
    if let Some(finding) = no_calls(inquiry) {
        return finding;
    }
    let (store, hit) = (inquiry.store, inquiry.hit);
    let mut kinds: BTreeMap<Agent, (usize, Vec<&str>)> = BTreeMap::new();
    for call in &hit.graph {
        let agent = store.get(call.event, Field::UserAgent);
        let (count, names) = kinds.entry(inquiry.facts.agent(agent)).or_default();
        *count += 1;
        if !agent.is_empty() && !names.contains(&agent) {
            names.push(agent);
        }
    }
    let (state, brief) = if kinds.contains_key(&Agent::Script) {
        (State::Supports, "script")
    } else if kinds.keys().all(|kind| matches!(kind, Agent::Browser | Agent::Office | Agent::Mobile)) {
        (State::Against, "ordinary software")
    } else {
        (State::Unknown, "tool or unrecognised")
    };
    let shown = kinds.iter().map(|(kind, (count, names))| {
        let names = if names.is_empty() { String::new() } else { format!(" ({})", listed(names)) };
        format!("{} by {}{names}", counted(*count, "call"), kind.word())
    });
    let sentence = format!("{}. An agent is what the caller says it is.", shown.collect::<Vec<_>>().join("; "));
    Finding::new(state, brief, sentence).with_rows(hit.graph.iter().map(|call| call.event))
}

/// What the Graph calls did, in plain verbs with counts.
pub fn graph_verbs(inquiry: &Inquiry) -> Finding {
    if let Some(finding) = no_calls(inquiry) {
        return finding;
    }
    let (store, hit) = (inquiry.store, inquiry.hit);
    let calls: Vec<EventId> = hit.graph.iter().map(|call| call.event).collect();
    let tally = tally(store, inquiry.facts, &calls);
    let worth =
        |reach: Reach| matches!(reach, Reach::Mail | Reach::Chat | Reach::Files | Reach::Directory | Reach::KeyVault);
    let taken = tally.iter().filter(|line| worth(line.verb.reach) && line.succeeded > 0).count();
    let (state, brief) = if taken > 0 {
        (State::Supports, format!("{} of interest", counted(taken, "action")))
    } else {
        (State::Unknown, "nothing of interest".to_owned())
    };
    let shown: Vec<String> = tally.iter().map(Tally::words).collect();
    let sentence = format!(
        "{} tied to the hit (by {}): {}.",
        counted(calls.len(), "Graph call"),
        hit.link_words(store),
        shown.join("; ")
    );
    Finding::new(state, brief, sentence).with_rows(calls)
}

/// One kind of action and how often it was done.
pub struct Tally {
    /// The action, as the calls' facts say.
    pub verb: Verb,
    /// Calls that succeeded.
    pub succeeded: usize,
    /// Calls that did not.
    pub failed: usize,
}

impl Tally {
    /// `searched mail for "invoice" 1×`, `read chats 3× (2 refused)`.
    pub fn words(&self) -> String {
        let sought = if self.verb.action.starts_with("searched") { " for" } else { "" };
        let object = self.verb.object.as_deref().map_or_else(String::new, |object| format!("{sought} \"{object}\""));
        let failed = if self.failed > 0 { format!(" ({} refused)", self.failed) } else { String::new() };
        format!("{}{object} {}×{failed}", self.verb.action, self.succeeded + self.failed)
    }
}

/// Graph calls by action, in order of first occurrence.
pub fn tally(store: &Store, facts: &Facts, calls: &[EventId]) -> Vec<Tally> {
    let mut tally: Vec<Tally> = Vec::new();
    for &id in calls {
        let verb = facts.graph_verb(store.get(id, Field::RequestMethod), store.get(id, Field::RequestUri));
        let ok = call_succeeded(store.get(id, Field::ResponseStatusCode));
        let at = tally.iter().position(|line| line.verb == verb).unwrap_or_else(|| {
            tally.push(Tally { verb, succeeded: 0, failed: 0 });
            tally.len() - 1
        });
        let line = &mut tally[at];
        if ok {
            line.succeeded += 1;
        } else {
            line.failed += 1;
        }
    }
    tally
}

/// The finding where there is no call to look at.
fn no_calls(inquiry: &Inquiry) -> Option<Finding> {
    if inquiry.store.count(Table::Graph) == 0 {
        return Some(missing(
            "no Graph activity",
            "The bundle has no Graph activity",
            "MicrosoftGraphActivityLogs for the user, from two hours before the hit on",
        ));
    }
    inquiry.hit.graph.is_empty().then(|| {
        let sentence = "The bundle has Graph activity, but no call with the hit's tokens, session, or user and client at that time.";
        Finding::new(State::Unknown, "no calls", sentence)
    })
}
