//! The traces of the hits in the whole bundle: indicators, and who else has them.

use super::NoteContext;
use crate::analytics::{Leg, leg_of};
use crate::facts::Agent;
use crate::model::{EventId, Field, Flags, Sym, Time};
use crate::report::defang;
use crate::report::row::{Row, Value};
use crate::store::{Event, Store};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Users named per trace.
const NAMED: usize = 5;

/// Kind of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndicatorKind {
    /// Caller address.
    Address,
    /// User agent that is no ordinary software's.
    UserAgent,
    /// Session.
    Session,
    /// Access token.
    Token,
}

impl IndicatorKind {
    const ALL: [Self; 4] = [Self::Address, Self::UserAgent, Self::Session, Self::Token];

    /// The word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::UserAgent => "user-agent",
            Self::Session => "session",
            Self::Token => "token",
        }
    }

    fn value(self, store: &Store, event: Event<'_>) -> Sym {
        match self {
            Self::Address => store.normalized_field(event, Field::IpAddress),
            Self::UserAgent => store.normalized_field(event, Field::UserAgent),
            Self::Session => store.normalized_field(event, Field::SessionId),
            Self::Token => store.token(event[Field::TokenId]),
        }
    }

    fn text<'s>(self, store: &'s Store, event: Event<'_>) -> &'s str {
        let field = match self {
            Self::Address => Field::IpAddress,
            Self::UserAgent => Field::UserAgent,
            Self::Session => Field::SessionId,
            Self::Token => Field::TokenId,
        };
        store.text(event[field])
    }
}

/// A trace to look for elsewhere.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Indicator {
    /// Its kind.
    pub kind: IndicatorKind,
    /// The value as logged.
    pub value: String,
    /// In what part it was seen.
    pub seen_as: Vec<&'static str>,
    /// First and last event of the hits with it.
    pub first_seen: Time,
    /// Last event of the hits with it.
    pub last_seen: Time,
    /// Rows of the hits with it.
    pub rows: usize,
    /// Rows of the bundle with it that belong to no hit.
    pub elsewhere: usize,
    /// Numbers of the hits.
    pub hits: Vec<usize>,
}

impl Indicator {
    /// The columns of its row, in order.
    pub const COLUMNS: [&str; 8] = ["Type", "Value", "SeenAs", "FirstSeen", "LastSeen", "Rows", "Elsewhere", "Hits"];

    /// The value as no program takes it for a link or an address.
    pub fn defanged(&self) -> String {
        match self.kind {
            IndicatorKind::Address => defang::address(&self.value),
            _ => defang::text(&self.value),
        }
    }

    /// As a row of the machine file, not defanged.
    pub fn row(&self) -> Row<'_> {
        let mut row = Row::default();
        row.push("Type", self.kind.word());
        row.push("Value", self.value.as_str());
        row.push("SeenAs", Value::list(self.seen_as.iter().copied()));
        row.push("FirstSeen", self.first_seen);
        row.push("LastSeen", self.last_seen);
        row.push("Rows", Value::count(self.rows));
        row.push("Elsewhere", Value::count(self.elsewhere));
        row.push("Hits", Value::list(self.hits.iter().map(ToString::to_string)));
        row
    }
}

/// A trace that other users have too.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Scope {
    /// Its kind.
    pub kind: IndicatorKind,
    /// The value as logged.
    pub value: String,
    /// Other users with it.
    pub other_users: usize,
    /// The first of them by name.
    pub named: Vec<String>,
    /// Their rows.
    pub rows: usize,
}

/// Everything known of one trace.
struct Trace {
    value: String,
    seen_as: BTreeSet<&'static str>,
    first: Time,
    last: Time,
    rows: BTreeSet<EventId>,
    /// One event for each row.
    events: BTreeSet<EventId>,
    hits: BTreeSet<usize>,
    elsewhere: usize,
    others: BTreeMap<Sym, usize>,
}

/// The traces of the hits that are not settled as harmless.
pub(super) struct Traces<'a> {
    store: &'a Store,
    found: BTreeMap<(IndicatorKind, String), Trace>,
}

pub(super) fn traces<'a>(context: &'a NoteContext) -> Traces<'a> {
    let store = &context.loaded.store;
    let mut found: HashMap<(IndicatorKind, Sym), Trace> = HashMap::new();
    let mut users = BTreeSet::new();
    for (number, hit) in context.threats() {
        users.insert(hit.user);
        let calls = hit.graph.iter().map(|call| (call.event, "Graph call"));
        let legs = hit.legs.iter().map(|leg| (*leg, leg_word(store.event(*leg))));
        for (id, seen_as) in hit.evidence.iter().map(|id| (*id, "sign-in")).chain(legs).chain(calls) {
            for kind in IndicatorKind::ALL {
                note(context, &mut found, kind, id, number, seen_as);
            }
        }
    }
    if !found.is_empty() {
        look_around(store, &mut found, &users);
    }
    let keyed = found.into_iter().map(|((kind, _), trace)| ((kind, trace.value.clone()), trace)).collect();
    Traces { store, found: keyed }
}

fn note(
    context: &NoteContext,
    found: &mut HashMap<(IndicatorKind, Sym), Trace>,
    kind: IndicatorKind,
    id: EventId,
    number: usize,
    seen_as: &'static str,
) {
    let store = &context.loaded.store;
    let event = store.event(id);
    let sym = kind.value(store, event);
    let value = kind.text(store, event);
    if sym.is_none() || (kind == IndicatorKind::UserAgent && is_ordinary(context, value)) {
        return;
    }
    let trace = found.entry((kind, sym)).or_insert_with(|| Trace {
        value: value.trim().to_owned(),
        seen_as: BTreeSet::new(),
        first: event.time(),
        last: event.time(),
        rows: BTreeSet::new(),
        events: BTreeSet::new(),
        hits: BTreeSet::new(),
        elsewhere: 0,
        others: BTreeMap::new(),
    });
    trace.seen_as.insert(seen_as);
    if kind == IndicatorKind::Token && event.flags.has(Flags::TOKEN_COMPUTED) {
        trace.seen_as.insert("computed from the sign-in id");
    }
    trace.first = trace.first.min(event.time());
    trace.last = trace.last.max(event.time());
    trace.rows.insert(id);
    trace.events.insert(store.event_of(id));
    trace.hits.insert(number);
}

/// One pass over the bundle for all traces.
fn look_around(store: &Store, found: &mut HashMap<(IndicatorKind, Sym), Trace>, users: &BTreeSet<Sym>) {
    for (id, event) in store.events().filter(|(_, event)| !event.is_duplicate()) {
        for kind in IndicatorKind::ALL {
            let Some(trace) = found.get_mut(&(kind, kind.value(store, event))) else { continue };
            if trace.events.contains(&id) {
                continue;
            }
            trace.elsewhere += 1;
            if !event.user.is_none() && !users.contains(&event.user) {
                *trace.others.entry(event.user).or_default() += 1;
            }
        }
    }
}

/// Returns whether half the tenant has such an agent: it would lead nowhere.
fn is_ordinary(context: &NoteContext, agent: &str) -> bool {
    matches!(context.facts.agent(agent), Agent::Browser | Agent::Office | Agent::Mobile | Agent::Blank)
}

fn leg_word(event: Event<'_>) -> &'static str {
    match leg_of(event) {
        Some(Leg::Browser) => "code typed (often the user's own)",
        Some(Leg::Polling) => "code redeemed",
        None => "device-code row",
    }
}

impl Traces<'_> {
    pub(super) fn indicators(&self) -> Vec<Indicator> {
        let indicator = |((kind, _), trace): (&(IndicatorKind, String), &Trace)| Indicator {
            kind: *kind,
            value: trace.value.clone(),
            seen_as: trace.seen_as.iter().copied().collect(),
            first_seen: trace.first,
            last_seen: trace.last,
            rows: trace.rows.len(),
            elsewhere: trace.elsewhere,
            hits: trace.hits.iter().copied().collect(),
        };
        self.found.iter().map(indicator).collect()
    }

    pub(super) fn scope(&self) -> Vec<Scope> {
        let shared = self.found.iter().filter(|(_, trace)| !trace.others.is_empty());
        let scope = |((kind, _), trace): (&(IndicatorKind, String), &Trace)| {
            let mut names: Vec<&str> = trace.others.keys().map(|user| self.store.upn(*user)).collect();
            names.sort_unstable();
            Scope {
                kind: *kind,
                value: trace.value.clone(),
                other_users: trace.others.len(),
                named: names.into_iter().take(NAMED).map(str::to_owned).collect(),
                rows: trace.others.values().sum(),
            }
        };
        shared.map(scope).collect()
    }
}
