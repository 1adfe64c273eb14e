//! What was done with a hit's tokens, by the audit logs.
//!
//! An act belongs to a hit by the token or the session of one of its sign-ins, by a token issued in the second of one,
//! or by the address of one that is not from a network known to the user. A session that two parties share gives each
//! its acts. A time alone ties nothing to a token.

use super::ties::{Rung, Tie, Ties};
use super::{DetectContext, Hit};
use crate::model::{EventId, Field, Span, Sym};
use crate::store::{Event, Key};
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

/// An act of a user, and its tie to the user's sign-ins.
#[derive(Clone, Copy, Debug)]
pub struct TiedAct {
    event: EventId,
    tie: Tie,
}

/// An act of a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HitAct {
    /// The row.
    pub event: EventId,
    /// Rung that ties it to the hit.
    pub rung: Rung,
}

/// Acts of a user, each with its tie.
pub(super) fn of_user(context: &DetectContext, user: Sym) -> Arc<[TiedAct]> {
    context.candidates.acts_of(user, || {
        let (store, mut ties) = (context.store, Ties::new(context.store, context.places()));
        let rows = store.with(Key::User, user).iter().filter(|&&id| {
            let event = store.event(id);
            event.table.records() && event.user == user && !store.is_logon(event)
        });
        rows.map(|&event| TiedAct { event, tie: ties.tie(event) }).collect()
    })
}

/// Acts of a hit, in order.
pub(super) fn of_hit(context: &DetectContext, hit: &Hit) -> Vec<HitAct> {
    if hit.user.is_none() || !context.store.has_records() {
        return Vec::new();
    }
    let acts = of_user(context, hit.user);
    if acts.is_empty() {
        return Vec::new();
    }
    let rows = Rows::new(context, hit);
    let of_hit = acts.iter().filter(|act| context.admits(context.store.event(act.event)));
    of_hit.filter_map(|act| Some(HitAct { event: act.event, rung: rows.rung(context, act)? })).collect()
}

/// A hit's sign-ins by what may tie an act to them.
struct Rows {
    sign_ins: HashSet<EventId>,
    tokens: HashSet<Sym>,
    /// Its parties in each of its sessions; of a session that one party has, none.
    sessions: HashMap<Sym, HashSet<usize>>,
    /// Second of each success from an address that is not of a network known to the user.
    addresses: HashMap<IpAddr, Vec<EventId>>,
}

impl Rows {
    fn new(context: &DetectContext, hit: &Hit) -> Self {
        let (store, places) = (context.store, context.places());
        let mut rows = Self {
            sign_ins: HashSet::new(),
            tokens: HashSet::new(),
            sessions: HashMap::new(),
            addresses: HashMap::new(),
        };
        for &id in hit.evidence.iter().chain(&hit.legs) {
            let event = store.event(id);
            let token = store.token(event[Field::TokenId]);
            if !token.is_none() {
                rows.tokens.insert(token);
            }
            if !event.table.issues() {
                continue;
            }
            rows.sign_ins.insert(id);
            let session = store.normalized_field(event, Field::SessionId);
            if !session.is_none() {
                let parties = rows.sessions.entry(session).or_default();
                let split = context.splits().get(&(event.user, session)).filter(|split| split.parties.len() > 1);
                parties.extend(split.and_then(|split| split.party_with(id)));
            }
            let place = places.place(id);
            let is_known = context.known().is_known(hit.user, place, event.time());
            if let Some(address) = place.address.filter(|_| event.succeeded() && !is_known) {
                rows.addresses.entry(address).or_default().push(id);
            }
        }
        rows
    }

    fn rung(&self, context: &DetectContext, act: &TiedAct) -> Option<Rung> {
        let event = context.store.event(act.event);
        let holds = match act.tie.rung {
            Rung::Token => self.tokens.contains(&context.store.token(event[Field::TokenId])),
            Rung::Session => self.has_session(context, act.event, event),
            Rung::Issued => act.tie.sign_in.is_some_and(|sign_in| self.sign_ins.contains(&sign_in)),
            Rung::Network => self.has_address(context, act.event, event),
            Rung::Time | Rung::None => false,
        };
        holds.then_some(act.tie.rung)
    }

    /// Returns whether the act is of one of the sessions, by one of the parties there.
    fn has_session(&self, context: &DetectContext, id: EventId, event: Event<'_>) -> bool {
        let session = context.store.normalized_field(event, Field::SessionId);
        let Some(parties) = self.sessions.get(&session) else { return false };
        if parties.is_empty() {
            return true;
        }
        let split = context.splits().get(&(event.user, session));
        let party = split.and_then(|split| split.attribute(context.origins(), id));
        party.is_some_and(|(party, _)| parties.contains(&party))
    }

    /// Returns whether the act came from one of the addresses, at most a day after a sign-in from it.
    fn has_address(&self, context: &DetectContext, id: EventId, event: Event<'_>) -> bool {
        let (store, second) = (context.store, Span::seconds(1));
        let at = event.time().floor(second);
        let address = context.places().place(id).address;
        let Some(sign_ins) = address.and_then(|address| self.addresses.get(&address)) else { return false };
        sign_ins.iter().any(|sign_in| {
            let since = at.since(store.event(*sign_in).time().floor(second));
            since >= Span::from_ticks(0) && since <= Span::DAY
        })
    }
}
