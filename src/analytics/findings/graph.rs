//! The Graph calls of a hit: their user agents and actions.

use super::{listed, missing};
use crate::analytics::acts;
use crate::analytics::ties::Rung;
use crate::analytics::{Finding, State, StepContext};
use crate::facts::{Agent, Facts, Verb, Weight};
use crate::model::words::counted;
use crate::model::{EventId, Field, call_succeeded};
use crate::store::Store;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// Classes of the user agents of the Graph calls.
pub fn graph_agents(context: &StepContext) -> Finding {
    if let Some(finding) = no_calls(context) {
        return finding;
    }
    let (store, hit) = (context.store, context.hit);
    let agents = hit.graph.iter().map(|call| (store.event(call.event).get(Field::UserAgent), [1, 0]));
    let mut kinds: BTreeMap<Agent, (usize, Vec<&str>)> = BTreeMap::new();
    for (agent, [calls, _]) in sums(agents) {
        let agent = store.text(agent);
        let (count, names) = kinds.entry(context.facts.agent(agent)).or_default();
        *count += calls;
        if !agent.is_empty() {
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

/// The use of the tokens, by the Graph calls and by the audit logs, in plain verbs with counts.
pub fn graph_verbs(context: &StepContext) -> Finding {
    let calls = call_verbs(context);
    if context.hit.acts.is_empty() {
        return calls;
    }
    let acts = act_verbs(context);
    let state = match (calls.state, acts.state) {
        (State::Missing, state) | (state, State::Missing) => state,
        (a, b) => a.min(b),
    };
    // What is not in the bundle is no part of what was done.
    if context.hit.graph.is_empty() {
        return Finding { state, ..acts };
    }
    let sentence = format!("{} {}", calls.sentence, acts.sentence);
    let brief = if calls.state == State::Supports { calls.brief } else { acts.brief };
    Finding::new(state, brief, sentence).with_rows(calls.rows.into_iter().chain(acts.rows))
}

/// The acts of the audit logs.
fn act_verbs(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let mut done = acts::done(store, context.facts, &hit.acts);
    done.sort_by_key(|one| std::cmp::Reverse(one.weight()));
    let taken = done.iter().filter(|one| one.weight() >= OF_INTEREST && one.failed < one.rows.len()).count();
    let (state, brief) = if taken > 0 {
        (State::Supports, format!("{} of interest", counted(taken, "action")))
    } else {
        (State::Unknown, "nothing of interest".to_owned())
    };
    let mut ties: Vec<_> = hit.acts.iter().map(|act| act.rung).collect();
    ties.sort_unstable();
    ties.dedup();
    let ties: Vec<&str> = ties.into_iter().map(Rung::word).collect();
    let mut words: Vec<String> = done.iter().take(OBJECTS).map(|one| one.words_with_names(store, NAMES)).collect();
    if done.len() > OBJECTS {
        words.push(format!("{} more", done.len() - OBJECTS));
    }
    let sentence =
        format!("Audit logs, {} matched by {}: {}.", counted(hit.acts.len(), "row"), ties.join(", "), words.join("; "));
    Finding::new(state, brief, sentence).with_rows(hit.acts.iter().map(|act| act.event))
}

/// Names listed per act.
const NAMES: usize = 3;

/// Least weight of an action that matters by itself.
const OF_INTEREST: u8 = 2;

/// The actions of the Graph calls.
fn call_verbs(context: &StepContext) -> Finding {
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
#[derive(Clone)]
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
            Weight::Searched => (&*of.action, "more term"),
            _ => (&*of.action, "more object"),
        };
        let times = times(rest.succeeded, rest.failed);
        words[rest.at] = format!("{action}, and {} {times}", counted(rest.objects, noun));
    }
    words
}

/// Graph calls by action, in order of first occurrence. Each address is read once, however often it was called.
pub fn count_actions(store: &Store, facts: &Facts, calls: &[EventId]) -> Vec<ActionCount> {
    let requests = calls.iter().map(|&id| {
        let event = store.event(id);
        let succeeded = call_succeeded(store.text(event.get(Field::ResponseStatusCode)));
        (
            (event.get(Field::RequestMethod), event.get(Field::RequestUri)),
            [usize::from(succeeded), usize::from(!succeeded)],
        )
    });
    let verbs = sums(requests)
        .into_iter()
        .map(|((method, uri), outcomes)| (facts.graph_verb(store.text(method), store.text(uri)), outcomes));
    let line = |(verb, [succeeded, failed]): (Verb, [usize; 2])| ActionCount { verb, succeeded, failed };
    sums(verbs).into_iter().map(line).collect()
}

/// Sums of the counts of equal items, in order of first occurrence.
fn sums<T: Hash + Eq>(things: impl Iterator<Item = (T, [usize; 2])>) -> Vec<(T, [usize; 2])> {
    let mut sums: HashMap<T, (usize, [usize; 2]), RandomState> = HashMap::default();
    for (thing, counts) in things {
        let next = sums.len();
        let (_, sum) = sums.entry(thing).or_insert((next, [0, 0]));
        sum[0] += counts[0];
        sum[1] += counts[1];
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_unstable_by_key(|(_, (first, _))| *first);
    sums.into_iter().map(|(thing, (_, sum))| (thing, sum)).collect()
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
        let counts = sums((0..4000).chain(0..4000).map(|of| (Counted(of, &compared), [of % 2, 1 - of % 2])));
        assert_eq!(counts.len(), 4000);
        assert!(counts.iter().enumerate().all(|(at, (of, counts))| of.0 == at && counts.iter().sum::<usize>() == 2));
        assert!(compared.get() < 4 * 8000, "{} comparisons", compared.get());
    }
}
