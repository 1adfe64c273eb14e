//! Ties of Graph calls to a hit.

use super::candidates::Burst;
use super::parties::{Split, Way};
use super::rows::{CLOCK_SKEW, distinct, within};
use super::{DetectContext, GraphCall, GraphTie, Semantics};
use crate::facts::lifetimes;
use crate::model::{EventId, Field, Span, Sym, Time};
use crate::store::Key;
use std::collections::{BTreeMap, BTreeSet};

/// Longest time from the last event to a call that may still use its token.
const AFTERMATH: Span = lifetimes::ACCESS_TOKEN;

/// The Graph calls of some sign-ins.
#[derive(Default)]
pub struct GraphTies {
    /// The calls.
    pub calls: Vec<GraphCall>,
    /// Whether the published join leaves a sign-in without a call.
    leaves_out: bool,
}

impl GraphTies {
    /// The addresses that were called. The published join is a left outer one: it leaves an empty text among them for a
    /// sign-in without a call.
    pub fn addresses(&self, context: &DetectContext) -> Vec<String> {
        let calls: Vec<EventId> = self.calls.iter().map(|call| call.event).collect();
        let mut addresses = context.texts(&calls, Field::RequestUri);
        if self.leaves_out {
            addresses.insert(0, String::new());
            addresses.dedup();
        }
        addresses
    }
}

/// The Graph calls of a burst; `events` is the part of it that counts.
pub fn of_burst(context: &DetectContext, burst: &Burst, events: &[EventId]) -> GraphTies {
    match context.settings.semantics {
        _ if context.bare => GraphTies::default(),
        Semantics::Published => joined(context, events),
        Semantics::Hunt => GraphTies { calls: tied(context, burst.user, burst.app, events), leaves_out: false },
    }
}

/// The published join: `CorrelationId` of the sign-in equals `SignInActivityId` of the call, byte for byte. The
/// two ids are of different kinds, so on real data it finds nothing.
fn joined(context: &DetectContext, events: &[EventId]) -> GraphTies {
    let known = context.calls_by_exact_token();
    let wanted: BTreeSet<Sym> =
        events.iter().map(|&id| context.exact(context.store.event(id), Field::CorrelationId)).collect();
    let mut calls: Vec<EventId> = wanted.iter().filter_map(|token| known.get(token)).flatten().copied().collect();
    calls.sort_unstable();
    let calls = calls.into_iter().map(|event| GraphCall { event, tie: GraphTie::Token }).collect();
    GraphTies { calls, leaves_out: wanted.iter().any(|token| !known.contains_key(token)) }
}

/// The Graph calls of the hit whose sign-ins are `events`, for `user` and `app`, by token, session, or user, client and
/// time.
pub fn tied(context: &DetectContext, user: Sym, app: Sym, events: &[EventId]) -> Vec<GraphCall> {
    let mut ties = Ties::default();
    if let Some((from, to)) = span(context, events) {
        ties.add_tokens_and_sessions(context, events, (from, to));
        let store = context.store;
        let of_client = |id: &EventId| store.normalized_field(store.event(*id), Field::AppId) == app;
        let rows = within(store, store.with(Key::User, user), from, to).iter().copied().filter(of_client);
        ties.admit(context, rows, GraphTie::UserAppTime);
    }
    ties.calls()
}

/// The Graph calls of some sign-ins, by token or session.
pub fn tied_firmly(context: &DetectContext, events: &[EventId]) -> Vec<GraphCall> {
    let mut ties = Ties::default();
    if let Some(span) = span(context, events) {
        ties.add_tokens_and_sessions(context, events, span);
    }
    ties.calls()
}

/// The calls of the party that a sign-in of a session belongs to; of the rows where the session has one party only.
pub fn of_party_with(context: &DetectContext, session: (Sym, Sym), id: EventId, rows: &[EventId]) -> Vec<GraphCall> {
    let split = context.splits().get(&session).filter(|split| split.parties.len() > 1);
    let Some((split, party)) = split.and_then(|split| Some((split, split.party_with(id)?))) else {
        return tied_firmly(context, rows);
    };
    by_party(context, split).into_iter().filter(|call| call.party == Some(party)).map(|call| call.call).collect()
}

/// The Graph calls made with the tokens of some sign-ins.
pub fn of_tokens(context: &DetectContext, events: &[EventId]) -> Vec<GraphCall> {
    let mut ties = Ties::default();
    if !context.bare {
        ties.add_tokens(context, events);
    }
    ties.calls()
}

/// Time in which a call may be of the sign-ins, where calls are asked for.
fn span(context: &DetectContext, events: &[EventId]) -> Option<(Time, Time)> {
    let time = |id: &EventId| context.store.event(*id).time();
    let (first, last) = (events.first()?, events.last()?);
    (!context.bare).then(|| (time(first).minus(CLOCK_SKEW), time(last).plus(AFTERMATH)))
}

/// Calls found so far, each with its strongest tie.
#[derive(Default)]
struct Ties(BTreeMap<EventId, GraphTie>);

impl Ties {
    fn add_tokens(&mut self, context: &DetectContext, events: &[EventId]) {
        let store = context.store;
        for token in distinct(events, |id| store.token(store.event(id).get(Field::TokenId))) {
            self.admit(context, store.with(Key::Token, token).iter().copied(), GraphTie::Token);
        }
    }

    fn add_tokens_and_sessions(&mut self, context: &DetectContext, events: &[EventId], (from, to): (Time, Time)) {
        let store = context.store;
        self.add_tokens(context, events);
        for session in distinct(events, |id| store.normalized_field(store.event(id), Field::SessionId)) {
            let rows = within(store, store.with(Key::Session, session), from, to);
            self.admit(context, rows.iter().copied(), GraphTie::Session);
        }
    }

    fn admit(&mut self, context: &DetectContext, ids: impl Iterator<Item = EventId>, tie: GraphTie) {
        for id in ids {
            let event = context.store.event(id);
            let in_time = tie == GraphTie::Token || event.is_timed();
            if event.table.uses() && in_time && context.admits(event) {
                self.0.entry(id).and_modify(|known| *known = tie.min(*known)).or_insert(tie);
            }
        }
    }

    fn calls(self) -> Vec<GraphCall> {
        self.0.into_iter().map(|(event, tie)| GraphCall { event, tie }).collect()
    }
}

/// A call of a session, and the party that it is given to.
#[derive(Clone, Copy, Debug)]
pub struct PartyCall {
    /// The call.
    pub call: GraphCall,
    /// Number of the party; `None` where the record cannot tell.
    pub party: Option<usize>,
    /// Way in which it is given to the party.
    pub way: Option<Way>,
}

/// The calls of a session and of its parties' tokens, each with its party.
pub fn by_party(context: &DetectContext, split: &Split) -> Vec<PartyCall> {
    let store = context.store;
    let mut found: BTreeMap<EventId, GraphTie> = BTreeMap::new();
    for party in &split.parties {
        for token in distinct(&party.rows, |id| store.token(store.event(id).get(Field::TokenId))) {
            found.extend(store.with(Key::Token, token).iter().map(|&id| (id, GraphTie::Token)));
        }
    }
    for &id in store.with(Key::Session, split.session) {
        found.entry(id).or_insert(GraphTie::Session);
    }
    let is_call = |id: EventId| {
        let event = store.event(id);
        event.table.uses() && event.user == split.user && context.admits(event)
    };
    let given = |(event, tie): (EventId, GraphTie)| {
        let given = split.attribute(context.origins(), event);
        PartyCall { call: GraphCall { event, tie }, party: given.map(|(at, _)| at), way: given.map(|(_, way)| way) }
    };
    found.into_iter().filter(|(id, _)| is_call(*id)).map(given).collect()
}
