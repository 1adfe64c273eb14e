//! The traces of the hits in the whole bundle: indicators, and who else has them.

use super::NoteContext;
use crate::analytics::known::Standing;
use crate::analytics::{Incident, Leg, leg_of};
use crate::facts::Agent;
use crate::model::{EventId, Field, Flags, Sym, Time};
use crate::report::defang;
use crate::report::row::{Row, Value};
use crate::store::{Event, Key, Store, device_id};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    /// Registered device.
    Device,
    /// Session.
    Session,
    /// Access token.
    Token,
}

impl IndicatorKind {
    const ALL: [Self; 5] = [Self::Address, Self::UserAgent, Self::Device, Self::Session, Self::Token];

    /// The word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::UserAgent => "user-agent",
            Self::Device => "device",
            Self::Session => "session",
            Self::Token => "token",
        }
    }

    fn value(self, store: &Store, event: Event<'_>) -> Sym {
        match self {
            Self::Address => store.normalized_field(event, Field::IpAddress),
            Self::UserAgent => store.normalized_field(event, Field::UserAgent),
            Self::Device => Key::Device.value(store, event),
            Self::Session => store.normalized_field(event, Field::SessionId),
            Self::Token => store.token(event.get(Field::TokenId)),
        }
    }

    /// The value as shown: as logged, and of a device its id.
    fn text(self, store: &Store, event: Event<'_>) -> String {
        let field = match self {
            Self::Address => Field::IpAddress,
            Self::UserAgent => Field::UserAgent,
            Self::Device => {
                let text = store.text(Key::Device.value(store, event));
                return device_id(text).unwrap_or_else(|| text.to_owned());
            }
            Self::Session => Field::SessionId,
            Self::Token => Field::TokenId,
        };
        store.text(event.get(field)).trim().to_owned()
    }
}

/// Owner of an indicator, by the incidents: the least innocent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// New to the user.
    Intruder,
    /// The bundle cannot decide.
    Undecided,
    /// Known to the user alone.
    User,
    /// Known to the user, and used by others.
    Shared,
}

impl Role {
    /// The word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Intruder => "intruder",
            Self::Undecided => "undecided",
            Self::User => "user",
            Self::Shared => "shared",
        }
    }
}

/// A trace to look for elsewhere.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Indicator {
    /// Its kind.
    pub kind: IndicatorKind,
    /// Its owner; `None` where there are no incidents.
    pub role: Option<Role>,
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
    pub const COLUMNS: [&str; 9] =
        ["Type", "Value", "SeenAs", "FirstSeen", "LastSeen", "Rows", "Elsewhere", "Hits", "Role"];

    /// Returns whether it belongs into a block list: it is not the user's own.
    pub fn is_to_block(&self) -> bool {
        !matches!(self.role, Some(Role::User | Role::Shared))
    }

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
        row.push("Role", self.role.map_or(Value::Null, |role| role.word().into()));
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

/// A trace that is new to the user and that nobody else has.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Nobody {
    /// Its kind.
    pub kind: IndicatorKind,
    /// The value as logged.
    pub value: String,
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
    /// Its places in the incidents.
    seen: HashSet<Seen>,
    /// First day of each user of the incidents, for software and devices: a place is judged by its days, and a session
    /// or token that goes elsewhere is known to the thief too.
    had: HashMap<Sym, i64>,
}

/// The traces of the hits that are not settled as harmless.
pub(super) struct Traces<'a> {
    store: &'a Store,
    found: BTreeMap<(Option<Role>, IndicatorKind, String), Trace>,
}

pub(super) fn traces<'a>(context: &'a NoteContext) -> Traces<'a> {
    let store = &context.loaded.store;
    let mut found: HashMap<(IndicatorKind, Sym), Trace> = HashMap::new();
    let mut users = BTreeSet::new();
    let mut judges: BTreeMap<usize, Judge> = BTreeMap::new();
    for (number, hit) in context.threats() {
        users.insert(hit.user);
        let chosen = context.selection.number(hit).checked_sub(1).map(|at| &context.selection.incidents[at]);
        let judge =
            chosen.map(|chosen| &*judges.entry(chosen.at).or_insert_with(|| Judge::new(chosen.incident, hit.user)));
        let calls = hit.graph.iter().map(|call| (call.event, "Graph call"));
        let legs = hit.legs.iter().map(|leg| (*leg, leg_word(store.event(*leg))));
        // Without incidents the note stays as it was published.
        let acts = hit.acts.iter().map(|act| (act.event, "audit log")).filter(|_| chosen.is_some());
        for (id, seen_as) in hit.evidence.iter().map(|id| (*id, "sign-in")).chain(legs).chain(calls).chain(acts) {
            for kind in IndicatorKind::ALL {
                note(context, &mut found, kind, id, (number, judge), seen_as);
            }
        }
    }
    if !found.is_empty() {
        look_around(store, &mut found, &users);
    }
    let keyed = found.into_iter().map(|((kind, _), trace)| ((trace.role(), kind, trace.value.clone()), trace));
    Traces { store, found: keyed.collect() }
}

/// Standings of the places of one incident.
struct Judge {
    user: Sym,
    places: HashMap<EventId, Standing>,
    first: Time,
}

impl Judge {
    fn new(incident: &Incident, user: Sym) -> Self {
        let mut places = HashMap::new();
        for lane in incident.lanes.iter().filter(|lane| !lane.address.is_empty()) {
            places.extend(lane.sign_ins.iter().chain(&lane.uses).map(|id| (*id, lane.standing)));
        }
        Self { user, places, first: incident.first }
    }

    /// The role of a value by one of its rows.
    fn seen(&self, id: EventId) -> Seen {
        let role = match self.places.get(&id) {
            Some(Standing::New) => Role::Intruder,
            Some(Standing::Known) => Role::User,
            Some(Standing::Undecided) | None => Role::Undecided,
        };
        Seen { role, user: self.user, day: self.first.day_number() }
    }
}

/// A value as rows of one incident show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Seen {
    /// The role by its place.
    role: Role,
    user: Sym,
    /// Day of the incident.
    day: i64,
}

impl Trace {
    /// Its worst role: what the user had on a day before is the user's.
    fn role(&self) -> Option<Role> {
        let role = |seen: &Seen| {
            let is_known = self.had.get(&seen.user).is_some_and(|day| *day < seen.day);
            if is_known { Role::User } else { seen.role }
        };
        let role = self.seen.iter().map(role).min();
        if role == Some(Role::User) && !self.others.is_empty() { Some(Role::Shared) } else { role }
    }
}

fn note(
    context: &NoteContext,
    found: &mut HashMap<(IndicatorKind, Sym), Trace>,
    kind: IndicatorKind,
    id: EventId,
    (number, judge): (usize, Option<&Judge>),
    seen_as: &'static str,
) {
    let store = &context.loaded.store;
    let event = store.event(id);
    let sym = kind.value(store, event);
    if sym.is_none() || (kind == IndicatorKind::UserAgent && is_ordinary(context, store.text(sym))) {
        return;
    }
    let seen = judge.map(|judge| judge.seen(id));
    let trace = found.entry((kind, sym)).or_insert_with(|| Trace {
        value: kind.text(store, event),
        seen_as: BTreeSet::new(),
        first: event.time(),
        last: event.time(),
        rows: BTreeSet::new(),
        events: BTreeSet::new(),
        hits: BTreeSet::new(),
        elsewhere: 0,
        others: BTreeMap::new(),
        seen: HashSet::new(),
        had: HashMap::new(),
    });
    trace.seen.extend(seen);
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
            if matches!(kind, IndicatorKind::UserAgent | IndicatorKind::Device) && users.contains(&event.user) {
                trace.had.entry(event.user).or_insert_with(|| event.time().day_number());
            }
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
        let indicator = |((role, kind, _), trace): (&(Option<Role>, IndicatorKind, String), &Trace)| Indicator {
            kind: *kind,
            role: *role,
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

    /// Traces that others have too: with incidents only those that are not the user's own, the rarest first.
    pub(super) fn scope(&self) -> Vec<Scope> {
        let is_theirs = |role: Option<Role>| !matches!(role, Some(Role::User | Role::Shared));
        let shared = self.found.iter().filter(|((role, ..), trace)| is_theirs(*role) && !trace.others.is_empty());
        let scope = |((_, kind, _), trace): (&(Option<Role>, IndicatorKind, String), &Trace)| {
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
        let mut scope: Vec<Scope> = shared.map(scope).collect();
        if self.found.keys().any(|(role, ..)| role.is_some()) {
            scope.sort_by_key(|scope| (scope.other_users, scope.rows));
        }
        scope
    }

    /// The intruder's traces that nobody else has.
    pub(super) fn nobody_else(&self) -> Vec<Nobody> {
        let alone = |((role, ..), trace): &(&(Option<Role>, IndicatorKind, String), &Trace)| {
            *role == Some(Role::Intruder) && trace.others.is_empty()
        };
        let found = self.found.iter().filter(alone);
        found.map(|((_, kind, _), trace)| Nobody { kind: *kind, value: trace.value.clone() }).collect()
    }
}
