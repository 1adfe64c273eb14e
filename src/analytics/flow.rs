//! Device-code flows: recognises sign-ins that are legs, and joins the legs of a flow.

use crate::facts::lifetimes;
use crate::model::{EventId, Field, Flags, Span, Sym, Time};
use crate::store::{Event, Store};
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap};

/// The life of a device code.
pub const CODE_LIFE: Span = lifetimes::DEVICE_CODE;

/// Side of a device-code flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// Entry of the code, usually in the victim's browser.
    Browser,
    /// Redemption of the code: this side gets the tokens.
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

    /// Ties recorded by its legs, one bit each.
    fn recorded(&self) -> usize {
        ties_recorded(!self.sessions.is_empty(), !self.correlations.is_empty())
    }
}

/// Kind of a flow that gives tokens to another device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowKind {
    /// A device code.
    DeviceCode,
    /// An authentication transfer.
    Transfer,
}

impl FlowKind {
    /// Number of kinds.
    pub const COUNT: usize = 2;

    /// Both.
    pub const ALL: [Self; Self::COUNT] = [Self::DeviceCode, Self::Transfer];

    /// Its word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::DeviceCode => "device-code",
            Self::Transfer => "transfer",
        }
    }

    /// Flags that protocol and transfer method set.
    fn flags(self) -> (Flags, Flags) {
        match self {
            Self::DeviceCode => (Flags::DEVICE_PROTOCOL, Flags::DEVICE_TRANSFER),
            Self::Transfer => (Flags::MOVED_PROTOCOL, Flags::MOVED_TRANSFER),
        }
    }

    /// Returns whether a row has the transfer method of the kind, or a code gave it tokens where none is recorded.
    pub fn has_transfer(self, event: Event<'_>) -> bool {
        event.flags.has(self.flags().1) || (self == Self::DeviceCode && event.flags.has(Flags::GIVEN))
    }
}

/// The leg of a device-code flow that a sign-in is, if any. A row that only descends from a flow (it presented another
/// token) is none.
pub fn leg_of(event: Event<'_>) -> Option<Leg> {
    leg_in(FlowKind::DeviceCode, event)
}

/// The leg of a flow of a kind that a sign-in is, if any.
pub fn leg_in(kind: FlowKind, event: Event<'_>) -> Option<Leg> {
    side_in(kind, event).filter(|_| event.succeeded())
}

/// The side of a device-code flow that a sign-in is, if any, whether or not it succeeded.
pub fn side_of(event: Event<'_>) -> Option<Leg> {
    side_in(FlowKind::DeviceCode, event)
}

fn side_in(kind: FlowKind, event: Event<'_>) -> Option<Leg> {
    let (protocol, transfer) = kind.flags();
    if !event.table.issues() {
        None
    } else if event.flags.has(protocol) {
        Some(Leg::Browser)
    } else if event.flags.has(transfer) && !presents_token(event) {
        Some(Leg::Polling)
    } else {
        None
    }
}

/// Results of sign-ins that Conditional Access refused: a policy blocks them, or asks for a device that is compliant,
/// joined or of an approved application (Microsoft's list of AADSTS codes).
const REFUSED_BY_POLICY: [&str; 6] = ["53000", "53001", "53002", "53003", "53009", "530032"];

/// Returns whether Conditional Access refused a sign-in.
pub fn is_refused_by_policy(store: &Store, id: EventId) -> bool {
    let event = store.event(id);
    event.table.issues() && !event.succeeded() && REFUSED_BY_POLICY.contains(&store.get(id, Field::ResultType).trim())
}

/// Returns whether a row descends from a device-code flow without being a leg of it.
pub fn descends(event: Event<'_>) -> bool {
    event.flags.has(Flags::DEVICE_TRANSFER) && presents_token(event) && !event.flags.has(Flags::DEVICE_PROTOCOL)
}

/// Returns whether the row records an incoming token other than none.
pub fn presents_token(event: Event<'_>) -> bool {
    event.flags.has(Flags::INCOMING_KNOWN) && !event.flags.has(Flags::INCOMING_NONE)
}

/// The flows among some events of one user, which come in time order.
pub fn flows_among(store: &Store, events: impl IntoIterator<Item = EventId>) -> Vec<Flow> {
    let mut joined = Joined::default();
    for id in events {
        if let Some(leg) = leg_of(store.event(id)).filter(|_| store.event(id).is_timed()) {
            joined.join(store, id, leg);
        }
    }
    joined.flows
}

/// The flows of a user so far, with the latest of each kind that a leg may join.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) flows: Vec<Flow>,
    sessions: HashMap<Sym, usize, RandomState>,
    correlations: HashMap<Sym, usize, RandomState>,
    /// Flows by the ties they can be compared by: [`Flow::recorded`].
    recorded: [BTreeSet<usize>; 4],
}

impl Joined {
    /// Adds a leg to the flow it joins, or to a new one.
    pub(super) fn join(&mut self, store: &Store, id: EventId, leg: Leg) {
        let event = store.event(id);
        let home = self.home_of(store, event, leg).unwrap_or_else(|| {
            self.flows.push(Flow::default());
            self.flows.len() - 1
        });
        let flow = &mut self.flows[home];
        self.recorded[flow.recorded()].remove(&home);
        flow.add(store, id);
        self.recorded[flow.recorded()].insert(home);
        let (session, correlation) = ties(store, event);
        for (latest, tie) in [(&mut self.sessions, session), (&mut self.correlations, correlation)] {
            if !tie.is_none() {
                let latest = latest.entry(tie).or_insert(home);
                *latest = home.max(*latest);
            }
        }
    }

    /// The flow a leg joins: the latest that shares a tie with it (a browser leg only within the life of the code),
    /// else the latest begun within that life that has no tie to compare. The latest of a kind decides for all of it:
    /// the others began earlier.
    fn home_of(&self, store: &Store, event: Event<'_>, leg: Leg) -> Option<usize> {
        let (session, correlation) = ties(store, event);
        let alive = |flow: &usize| event.time().since(self.flows[*flow].time(store)) <= CODE_LIFE;
        let tied = self.sessions.get(&session).max(self.correlations.get(&correlation)).copied();
        let comparable = ties_recorded(!session.is_none(), !correlation.is_none());
        let free = self.recorded.iter().enumerate().filter(|(recorded, _)| recorded & comparable == 0);
        let latest = free.filter_map(|(_, flows)| flows.last().copied()).max();
        tied.filter(|flow| leg == Leg::Polling || alive(flow)).or(latest.filter(alive))
    }
}

/// The recorded ties of the two, one bit each.
fn ties_recorded(session: bool, correlation: bool) -> usize {
    usize::from(session) | (usize::from(correlation) << 1)
}

/// Normalized session and correlation id of a row.
fn ties(store: &Store, event: Event<'_>) -> (Sym, Sym) {
    (store.normalized_field(event, Field::SessionId), store.normalized_field(event, Field::CorrelationId))
}

/// Tie of a flow to the rows of a hit, the strongest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlowTie {
    /// The same user only.
    User,
    /// A correlation id in common.
    Correlation,
    /// A session in common.
    Session,
}

impl FlowTie {
    /// The word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Correlation => "correlation",
            Self::User => "user",
        }
    }
}

/// The ties of some rows: the place of the last row with each.
pub struct FlowTies {
    sessions: HashMap<Sym, usize, RandomState>,
    correlations: HashMap<Sym, usize, RandomState>,
}

impl FlowTies {
    /// The ties of some rows.
    pub fn new(store: &Store, events: &[EventId]) -> Self {
        let mut found = Self { sessions: HashMap::default(), correlations: HashMap::default() };
        for (at, &id) in events.iter().enumerate() {
            let (session, correlation) = ties(store, store.event(id));
            found.sessions.insert(session, at);
            found.correlations.insert(correlation, at);
        }
        found
    }

    /// The strongest tie between a row from `start` on and a leg of the flow.
    pub fn with(&self, flow: &Flow, start: usize) -> FlowTie {
        let held = |last: &HashMap<Sym, usize, RandomState>, ties: &BTreeSet<Sym>| {
            ties.iter().any(|tie| last.get(tie).is_some_and(|last| *last >= start))
        };
        if held(&self.sessions, &flow.sessions) {
            FlowTie::Session
        } else if held(&self.correlations, &flow.correlations) {
            FlowTie::Correlation
        } else {
            FlowTie::User
        }
    }
}
