//! The Graph calls of a hit: who made them, and what they did.

use super::{counted, listed, missing};
use crate::analytics::{Finding, Inquiry, State};
use crate::facts::{Agent, Facts, Reach, Verb};
use crate::model::{EventId, Field, Table, call_succeeded};
use crate::store::Store;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Classes of the user agents of the Graph calls.
pub fn graph_agents(inquiry: &Inquiry) -> Finding {
    if let Some(finding) = no_calls(inquiry) {
        return finding;
    }
    let (store, hit) = (inquiry.store, inquiry.hit);
    let mut kinds: BTreeMap<Agent, (usize, Vec<&str>)> = BTreeMap::new();
    let mut known: HashSet<&str> = HashSet::new();
    for call in &hit.graph {
        let agent = store.get(call.event, Field::UserAgent);
        let (count, names) = kinds.entry(inquiry.facts.agent(agent)).or_default();
        *count += 1;
        if !agent.is_empty() && known.insert(agent) {
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
    let sentence = format!(
        "{} tied to the hit (by {}): {}.",
        counted(calls.len(), "Graph call"),
        hit.link_words(store),
        in_words(&tally).join("; ")
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
        format!("{}{object} {}", self.verb.action, times(self.succeeded, self.failed))
    }

    /// What its objects are told together under: calls that no fact knows differ by their address alone.
    fn kind(&self) -> &str {
        if self.verb.is_known() { &self.verb.action } else { "" }
    }
}

/// `3×`, `3× (2 refused)`.
fn times(succeeded: usize, failed: usize) -> String {
    let refused = if failed > 0 { format!(" ({failed} refused)") } else { String::new() };
    format!("{}×{refused}", succeeded + failed)
}

/// Objects of one action that are named before the rest is counted: an enumeration names every object of a tenant.
const OBJECTS: usize = 20;

/// The actions in words, in their order; of one with many objects the first of them, and how many more.
pub fn in_words<'t>(tally: impl IntoIterator<Item = &'t Tally>) -> Vec<String> {
    /// What is said of the objects that are not named: where, of how many, and how often.
    struct Rest<'t> {
        at: usize,
        of: &'t Tally,
        objects: usize,
        succeeded: usize,
        failed: usize,
    }
    let mut said: Vec<String> = Vec::new();
    let mut kinds: HashMap<&str, (usize, Option<Rest>)> = HashMap::new();
    for line in tally {
        let (named, rest) = kinds.entry(line.kind()).or_default();
        if *named < OBJECTS {
            *named += 1;
            said.push(line.words());
            continue;
        }
        let rest = rest.get_or_insert_with(|| {
            said.push(String::new());
            Rest { at: said.len() - 1, of: line, objects: 0, succeeded: 0, failed: 0 }
        });
        rest.objects += 1;
        rest.succeeded += line.succeeded;
        rest.failed += line.failed;
    }
    for rest in kinds.into_values().filter_map(|(_, rest)| rest) {
        let of = &rest.of.verb;
        let (action, noun) = match of.action.as_str() {
            _ if !of.is_known() => ("called", "more path"),
            action if action.starts_with("searched") => (action, "more term"),
            action => (action, "more object"),
        };
        let times = times(rest.succeeded, rest.failed);
        said[rest.at] = format!("{action}, and {} {times}", counted(rest.objects, noun));
    }
    said
}

/// Graph calls by action, in order of first occurrence.
pub fn tally(store: &Store, facts: &Facts, calls: &[EventId]) -> Vec<Tally> {
    let mut counts: HashMap<Verb, (usize, [usize; 2])> = HashMap::new();
    for &id in calls {
        let verb = facts.graph_verb(store.get(id, Field::RequestMethod), store.get(id, Field::RequestUri));
        let ok = call_succeeded(store.get(id, Field::ResponseStatusCode));
        let next = counts.len();
        let (_, of) = counts.entry(verb).or_insert((next, [0, 0]));
        of[usize::from(!ok)] += 1;
    }
    let mut tally: Vec<_> = counts.into_iter().collect();
    tally.sort_unstable_by_key(|(_, (first, _))| *first);
    tally.into_iter().map(|(verb, (_, [succeeded, failed]))| Tally { verb, succeeded, failed }).collect()
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
