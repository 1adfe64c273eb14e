//! The Graph calls of a hit: their user agents and actions.

use super::{listed, missing};
use crate::analytics::{Finding, State, StepContext};
use crate::facts::{Agent, Facts, Verb, Weight};
use crate::model::words::counted;
use crate::model::{EventId, Field, call_succeeded};
use crate::store::Store;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

/// Classes of the user agents of the Graph calls.
pub fn graph_agents(context: &StepContext) -> Finding {
    if let Some(finding) = no_calls(context) {
        return finding;
    }
    let (store, hit) = (context.store, context.hit);
    let mut kinds: BTreeMap<Agent, (usize, Vec<&str>)> = BTreeMap::new();
    let mut known: HashSet<&str> = HashSet::new();
    for call in &hit.graph {
        let agent = store.get(call.event, Field::UserAgent);
        let (count, names) = kinds.entry(context.facts.agent(agent)).or_default();
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
        (State::Unknown, "a tool, or not recognised")
    };
    let shown = kinds.iter().map(|(kind, (count, names))| {
        let names = if names.is_empty() { String::new() } else { format!(" ({})", listed(names)) };
        format!("{} by {}{names}", counted(*count, "call"), kind.software())
    });
    let sentence = format!("{}. User agents can be faked.", shown.collect::<Vec<_>>().join("; "));
    Finding::new(state, brief, sentence).with_rows(hit.graph.iter().map(|call| call.event))
}

/// The actions of the Graph calls, in plain verbs with counts.
pub fn graph_verbs(context: &StepContext) -> Finding {
    if let Some(finding) = no_calls(context) {
        return finding;
    }
    let (store, hit) = (context.store, context.hit);
    let calls: Vec<EventId> = hit.graph.iter().map(|call| call.event).collect();
    let tally = count_actions(store, context.facts, &calls);
    let taken = tally.iter().filter(|line| line.verb.reach.is_valuable() && line.succeeded > 0).count();
    let (state, brief) = if taken > 0 {
        (State::Supports, format!("{} of interest", counted(taken, "action")))
    } else {
        (State::Unknown, "nothing of interest".to_owned())
    };
    let sentence = format!(
        "{}, matched by {}: {}.",
        counted(calls.len(), "Graph call"),
        hit.link_words(store),
        in_words(&tally).join("; ")
    );
    Finding::new(state, brief, sentence).with_rows(calls)
}

/// An action with the number of its calls.
pub struct ActionCount {
    /// The action, by the facts.
    pub verb: Verb,
    /// Number of calls that succeeded.
    pub succeeded: usize,
    /// Number of calls that failed.
    pub failed: usize,
}

impl ActionCount {
    /// `searched mail for "invoice" 1×`, `read chats 3× (2 refused)`.
    pub fn words(&self) -> String {
        let sought = if self.verb.weight == Weight::Searched { " for" } else { "" };
        let object = self.verb.object.as_deref().map_or_else(String::new, |object| format!("{sought} \"{object}\""));
        format!("{}{object} {}", self.verb.action, times(self.succeeded, self.failed))
    }

    /// Key under which objects are counted together: calls that no fact matches differ by their address alone.
    fn kind(&self) -> &str {
        if self.verb.is_known { &self.verb.action } else { "" }
    }
}

/// `3×`, `3× (2 refused)`.
fn times(succeeded: usize, failed: usize) -> String {
    let refused = if failed > 0 { format!(" ({failed} refused)") } else { String::new() };
    format!("{}×{refused}", succeeded + failed)
}

/// Most objects of an action that are named; an enumeration names every object of a tenant.
const OBJECTS: usize = 20;

/// The actions in words, in their order; of one with many objects the first ones, and the number of the others.
pub fn in_words<'t>(tally: impl IntoIterator<Item = &'t ActionCount>) -> Vec<String> {
    /// Counts of the objects that are not named, and the place of their text.
    struct Rest<'t> {
        at: usize,
        of: &'t ActionCount,
        objects: usize,
        succeeded: usize,
        failed: usize,
    }
    let mut words: Vec<String> = Vec::new();
    let mut kinds: HashMap<&str, (usize, Option<Rest>)> = HashMap::new();
    for line in tally {
        let (named, rest) = kinds.entry(line.kind()).or_default();
        if *named < OBJECTS {
            *named += 1;
            words.push(line.words());
            continue;
        }
        let rest = rest.get_or_insert_with(|| {
            words.push(String::new());
            Rest { at: words.len() - 1, of: line, objects: 0, succeeded: 0, failed: 0 }
        });
        rest.objects += 1;
        rest.succeeded += line.succeeded;
        rest.failed += line.failed;
    }
    for rest in kinds.into_values().filter_map(|(_, rest)| rest) {
        let of = &rest.of.verb;
        let (action, noun) = match of.weight {
            _ if !of.is_known => ("called", "more path"),
            Weight::Searched => (of.action.as_str(), "more term"),
            _ => (of.action.as_str(), "more object"),
        };
        let times = times(rest.succeeded, rest.failed);
        words[rest.at] = format!("{action}, and {} {times}", counted(rest.objects, noun));
    }
    words
}

/// Graph calls by action, in order of first occurrence.
pub fn count_actions(store: &Store, facts: &Facts, calls: &[EventId]) -> Vec<ActionCount> {
    let verbs = calls.iter().map(|&id| {
        let verb = facts.graph_verb(store.get(id, Field::RequestMethod), store.get(id, Field::RequestUri));
        (verb, call_succeeded(store.get(id, Field::ResponseStatusCode)))
    });
    let line = |(verb, [succeeded, failed]): (Verb, [usize; 2])| ActionCount { verb, succeeded, failed };
    outcomes(verbs).into_iter().map(line).collect()
}

/// Number of successes and failures of each item, in order of first occurrence.
fn outcomes<T: Hash + Eq>(things: impl Iterator<Item = (T, bool)>) -> Vec<(T, [usize; 2])> {
    let mut counts: HashMap<T, (usize, [usize; 2])> = HashMap::new();
    for (thing, ok) in things {
        let next = counts.len();
        let (_, of) = counts.entry(thing).or_insert((next, [0, 0]));
        of[usize::from(!ok)] += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(_, (first, _))| *first);
    counts.into_iter().map(|(thing, (_, of))| (thing, of)).collect()
}

/// The finding without calls.
fn no_calls(context: &StepContext) -> Option<Finding> {
    if !context.store.has_uses() {
        return Some(missing(
            "no Graph activity",
            "The bundle has no Graph activity",
            "MicrosoftGraphActivityLogs for the user, from two hours before the hit on",
        ));
    }
    context.hit.graph.is_empty().then(|| {
        let sentence = "The bundle has Graph activity, but no call with the hit's tokens, session, or user and client at that time.";
        Finding::new(State::Unknown, "no calls", sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use std::cell::Cell;

    fn line(uri: &str, succeeded: usize, failed: usize) -> ActionCount {
        let uri = format!("https://graph.microsoft.com/v1.0{uri}");
        ActionCount { verb: Facts::embedded().graph_verb("GET", &uri), succeeded, failed }
    }

    #[test]
    fn of_many_objects_the_first_are_named_and_the_rest_counted() {
        let of = |at: usize| line(&format!("/users/{at:08}-0000-4000-8000-000000000000/memberOf"), 1, at % 2);
        let mut tally: Vec<ActionCount> = (0..30).map(of).collect();
        tally.insert(25, line("/me/messages", 3, 0));
        let words = in_words(&tally);
        assert_eq!(words.len(), OBJECTS + 2);
        assert!(words[0].contains("\"00000000-0000-4000-8000-000000000000\" 1×"), "{words:?}");
        assert!(words[OBJECTS].ends_with(", and 10 more objects 15× (5 refused)"), "{words:?}");
        assert_eq!(words[OBJECTS + 1], tally[25].words());
        let unknown: Vec<ActionCount> = (0..22).map(|at| line(&format!("/zz{}", "z".repeat(at)), 1, 0)).collect();
        assert_eq!(in_words(&unknown).last().unwrap(), "called, and 2 more paths 2×");
    }

    #[test]
    fn a_call_is_compared_with_few_others() {
        /// A value that counts its comparisons.
        struct Counted<'c>(usize, &'c Cell<usize>);
        impl PartialEq for Counted<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.1.set(self.1.get() + 1);
                self.0 == other.0
            }
        }
        impl Eq for Counted<'_> {}
        impl Hash for Counted<'_> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }
        let compared = Cell::new(0);
        let counts = outcomes((0..4000).chain(0..4000).map(|of| (Counted(of, &compared), of % 2 == 0)));
        assert_eq!(counts.len(), 4000);
        assert!(counts.iter().enumerate().all(|(at, (of, counts))| of.0 == at && counts.iter().sum::<usize>() == 2));
        assert!(compared.get() < 4 * 8000, "{} comparisons", compared.get());
    }
}
