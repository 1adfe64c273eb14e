//! Device-code flows: which sign-ins are legs of one, and which legs belong together.

use super::Scene;
use crate::model::{Event, EventId, Field, Flags, Span, Sym, Time};
use crate::store::Store;
use std::collections::{BTreeSet, HashMap};

/// The life of a device code, as Entra issues it by default.
pub const CODE_LIFE: Span = Span::minutes(15);

/// Which side of a device-code flow a sign-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// Where the code was typed: usually the victim's own browser.
    Browser,
    /// Where the tokens went.
    Polling,
}

/// One device-code sign-in: its legs in time order.
#[derive(Debug, Default)]
pub struct Flow {
    /// The legs.
    pub legs: Vec<EventId>,
    /// Sessions of its legs.
    pub sessions: BTreeSet<Sym>,
    /// Correlation ids of its legs.
    pub correlations: BTreeSet<Sym>,
}

impl Flow {
    /// The time of its first leg.
    pub fn time(&self, store: &Store) -> Time {
        self.legs.first().map_or(Time::MISSING, |&leg| store.event(leg).time())
    }

    fn add(&mut self, store: &Store, id: EventId) {
        let (session, correlation) = ties(store, store.event(id));
        self.legs.push(id);
        self.sessions.extend(Some(session).filter(|sym| !sym.is_none()));
        self.correlations.extend(Some(correlation).filter(|sym| !sym.is_none()));
    }

    fn shares(&self, session: Sym, correlation: Sym) -> bool {
        self.sessions.contains(&session) || self.correlations.contains(&correlation)
    }

    /// Whether leg and flow both have a session, or both a correlation id: then these decide.
    fn comparable(&self, session: Sym, correlation: Sym) -> bool {
        (!session.is_none() && !self.sessions.is_empty()) || (!correlation.is_none() && !self.correlations.is_empty())
    }
}

/// Which leg a sign-in is, if any. A row that only descends from a flow (another token was presented) is none.
pub fn leg_of(event: &Event) -> Option<Leg> {
    let flags = event.flags;
    if !event.table.is_sign_in() || !event.succeeded() {
        None
    } else if flags.has(Flags::DEVICE_PROTOCOL) {
        Some(Leg::Browser)
    } else if flags.has(Flags::DEVICE_TRANSFER) && !presents_token(event) {
        Some(Leg::Polling)
    } else {
        None
    }
}

/// Whether a row descends from a device-code flow without being a leg of it.
pub fn descends(event: &Event) -> bool {
    event.flags.has(Flags::DEVICE_TRANSFER) && presents_token(event) && !event.flags.has(Flags::DEVICE_PROTOCOL)
}

/// Whether an incoming token is recorded and is not none.
pub fn presents_token(event: &Event) -> bool {
    event.flags.has(Flags::INCOMING_KNOWN) && !event.flags.has(Flags::INCOMING_NONE)
}

/// Every flow by user, each user's in the order they began.
pub fn flows(scene: &Scene) -> HashMap<Sym, Vec<Flow>> {
    let mut flows: HashMap<Sym, Vec<Flow>> = HashMap::new();
    for (id, event) in scene.rows() {
        let Some(leg) = leg_of(event) else { continue };
        let user = scene.user(event);
        if !user.is_none() {
            join(scene.store, flows.entry(user).or_default(), id, leg);
        }
    }
    flows
}

/// The flows among some events of one user, which stand in time order.
pub fn flows_among(store: &Store, events: impl IntoIterator<Item = EventId>) -> Vec<Flow> {
    let mut flows = Vec::new();
    for id in events {
        if let Some(leg) = leg_of(store.event(id)) {
            join(store, &mut flows, id, leg);
        }
    }
    flows
}

/// Adds a leg to the flow it joins, or to a new one.
fn join(store: &Store, flows: &mut Vec<Flow>, id: EventId, leg: Leg) {
    let home = home_of(store, flows, store.event(id), leg).unwrap_or_else(|| {
        flows.push(Flow::default());
        flows.len() - 1
    });
    flows[home].add(store, id);
}

/// The flow a leg joins: the latest that shares a tie with it (a browser leg only within the life of the code),
/// else the latest begun within that life with which no tie can be compared.
fn home_of(store: &Store, flows: &[Flow], event: &Event, leg: Leg) -> Option<usize> {
    let (session, correlation) = ties(store, event);
    let alive = |flow: &Flow| event.time().since(flow.time(store)) <= CODE_LIFE;
    let tied = flows.iter().rposition(|flow| flow.shares(session, correlation) && (leg == Leg::Polling || alive(flow)));
    tied.or_else(|| flows.iter().rposition(|flow| !flow.comparable(session, correlation) && alive(flow)))
}

/// Folded session and correlation id of a row.
fn ties(store: &Store, event: &Event) -> (Sym, Sym) {
    (store.fold(event[Field::SessionId]), store.fold(event[Field::CorrelationId]))
}

/// How strongly a flow is tied to the rows of a hit, the strongest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// The same user only.
    User,
    /// A correlation id in common.
    Correlation,
    /// A session in common.
    Session,
}

impl Tie {
    /// The word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Correlation => "correlation",
            Self::User => "user",
        }
    }

    /// The strongest tie that any of the events has to any leg of the flow.
    pub fn between(scene: &Scene, flow: &Flow, events: &[EventId]) -> Self {
        let ties = || events.iter().map(|&id| ties(scene.store, scene.store.event(id)));
        if ties().any(|(session, _)| flow.sessions.contains(&session)) {
            Self::Session
        } else if ties().any(|(_, correlation)| flow.correlations.contains(&correlation)) {
            Self::Correlation
        } else {
            Self::User
        }
    }
}
