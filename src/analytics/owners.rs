//! Owners of rows: the party of a session that a sign-in or a call is given to, and the sign-in that issued a call's
//! token. Remembers its answers, since a sweep has thousands of calls with one token.

use super::parties::{PartyState, Split, Way};
use super::{DetectContext, GraphCall, GraphTie};
use crate::model::{EventId, Field, Sym};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// A party of a split session.
#[derive(Clone, Copy)]
pub struct Owner<'c> {
    /// The session.
    pub split: &'c Split,
    /// Number of the party.
    pub party: usize,
    /// Way in which the row is given to it.
    pub way: Way,
}

/// Parties of a session by agent.
type ByAgent = HashMap<Sym, Option<usize>, RandomState>;

/// Finds owners.
pub struct Owners<'c, 'a> {
    context: &'c DetectContext<'a>,
    /// By user and session; `None` where two parties have the agent.
    agents: HashMap<(Sym, Sym), ByAgent, RandomState>,
}

impl<'c, 'a> Owners<'c, 'a> {
    /// Nothing remembered yet.
    pub fn new(context: &'c DetectContext<'a>) -> Self {
        Self { context, agents: HashMap::default() }
    }

    /// The sign-in that issued the token of a row.
    pub fn issuer(&self, id: EventId) -> Option<EventId> {
        let store = self.context.store;
        store.issuer(store.token(store.event(id).get(Field::TokenId)))
    }

    /// The tie of a call to the sign-ins of the bundle.
    pub fn call(&self, event: EventId) -> GraphCall {
        let store = self.context.store;
        let tie = if self.issuer(event).is_some() {
            GraphTie::Token
        } else if store.normalized_field(store.event(event), Field::SessionId).is_none() {
            GraphTie::UserAppTime
        } else {
            GraphTie::Session
        };
        GraphCall { event, tie }
    }

    /// The party that a row is given to: by its token, else by session and network, else by session and agent. `None`
    /// where its session has one party, and where the record cannot tell.
    pub fn owner(&mut self, id: EventId) -> Option<Owner<'c>> {
        let context = self.context;
        let (store, places) = (context.store, context.places());
        let event = store.event(id);
        let session = |id: EventId| store.normalized_field(store.event(id), Field::SessionId);
        let split = |session: Sym| context.splits().get(&(event.user, session));
        if event.table.issues() {
            let split = split(session(id))?;
            return split.party_with(id).map(|party| Owner { split, party, way: Way::Token });
        }
        if let Some(issuer) = self.issuer(id) {
            let split = split(session(issuer))?;
            return split.party_with(issuer).map(|party| Owner { split, party, way: Way::Token });
        }
        let split = split(session(id))?;
        if let Some(net) = places.net(id) {
            let mut there = split.parties.iter().enumerate().filter(|(_, party)| party.nets.contains(&net));
            if let (Some((party, _)), None) = (there.next(), there.next()) {
                return Some(Owner { split, party, way: Way::Network });
            }
        }
        let agents = self.agents.entry((split.user, split.session)).or_insert_with(|| {
            let mut agents = ByAgent::default();
            for (at, party) in split.parties.iter().enumerate() {
                for &row in &party.rows {
                    let known = agents.entry(places.profile(row).agent).or_insert(Some(at));
                    if *known != Some(at) {
                        *known = None;
                    }
                }
            }
            agents
        });
        let agent = places.profile(id).agent;
        let party = agents.get(&agent).copied().flatten().filter(|_| !agent.is_none())?;
        Some(Owner { split, party, way: Way::Agent })
    }

    /// Returns whether a row is given to an odd party.
    pub fn is_odd(&mut self, id: EventId) -> bool {
        self.owner(id).is_some_and(|owner| owner.split.parties[owner.party].state == PartyState::Odd)
    }
}
