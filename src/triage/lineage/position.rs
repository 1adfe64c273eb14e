//! Position of each event in the order of lineage.

use super::GroupKind;
use crate::analytics::flow::{descends, flows_among};
use crate::analytics::{Leg, leg_of};
use crate::model::{EventId, Field, Sym, Table, Time};
use crate::store::{Key, Store};
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Position of an event. Compares from left to right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LineagePos {
    pub(super) root: u32,
    pub(super) login: u32,
    /// 0 for the login, then one for each client and resource in order of first use.
    pub(super) branch: u32,
    /// The sign-in that issued the token.
    pub(super) token: u32,
    /// 0 for that sign-in itself.
    pub(super) call: u32,
}

/// Sessions without a login among the rows.
pub(super) const NO_LOGIN: u32 = 0;
/// After all logins.
pub(super) const TOKEN_ELSEWHERE: u32 = u32::MAX - 1;
pub(super) const SESSION_ONLY: u32 = u32::MAX;

/// The number of a login by the place of its first row, so that logins are in time order.
fn login_at(place: u32) -> u32 {
    place + 1
}

pub(super) struct Positions {
    pub(super) each: Vec<LineagePos>,
    pub(super) roots: Vec<GroupKind>,
    /// Group rows of logins, by root and number.
    pub(super) logins: HashMap<(u32, u32), GroupKind, RandomState>,
}

/// State of the search for positions.
struct Finder<'a> {
    store: &'a Store,
    events: &'a [EventId],
    roots: Vec<(GroupKind, u32)>,
    root_of: HashMap<(Sym, Sym), u32, RandomState>,
}

impl Positions {
    pub(super) fn new(store: &Store, events: &[EventId]) -> Self {
        let mut finder = Finder { store, events, roots: Vec::new(), root_of: HashMap::default() };
        let mut each = vec![LineagePos::default(); events.len()];
        let mut logins: HashMap<(u32, u32), GroupKind, RandomState> = HashMap::default();
        let mut is_leg = vec![false; events.len()];
        for flow in finder.flows() {
            let root = finder.root(flow.user, flow.session, flow.legs[0]);
            let login = login_at(flow.legs[0]);
            logins.insert((root, login), GroupKind::Flow(flow.entered, flow.redeemed));
            for leg in flow.legs {
                is_leg[leg as usize] = true;
                each[leg as usize] = LineagePos { root, login, branch: 0, token: leg, call: 0 };
            }
        }
        finder.sign_ins(&mut each, &is_leg);
        finder.calls(&mut each);
        let (roots, ranks) = finder.ranked();
        for place in &mut each {
            place.root = ranks[place.root as usize];
        }
        let logins = logins.into_iter().map(|((root, login), what)| ((ranks[root as usize], login), what)).collect();
        Self { each, roots, logins }
    }
}

/// A flow among the events, with the places of its legs.
struct Login {
    user: Sym,
    session: Sym,
    legs: Vec<u32>,
    entered: Option<EventId>,
    redeemed: Option<EventId>,
}

impl Finder<'_> {
    /// The root of a session of a user; for [`Sym::NONE`], that of the sign-ins without a session.
    fn root(&mut self, user: Sym, session: Sym, at: u32) -> u32 {
        let next = u32::try_from(self.roots.len()).expect("fewer sessions than events");
        let root = *self.root_of.entry((user, session)).or_insert(next);
        if root == next {
            let what = if session.is_none() { GroupKind::NoSession } else { GroupKind::Session(session, None) };
            self.roots.push((what, at));
        }
        let first = &mut self.roots[root as usize].1;
        *first = (*first).min(at);
        root
    }

    fn flows(&self) -> Vec<Login> {
        let mut by_user: HashMap<Sym, Vec<EventId>, RandomState> = HashMap::default();
        for id in self.events {
            let event = self.store.event(*id);
            if leg_of(event).is_some() && !event.user.is_none() {
                by_user.entry(event.user).or_default().push(*id);
            }
        }
        let mut found: Vec<Login> = Vec::new();
        for (user, legs) in by_user {
            for flow in flows_among(self.store, legs) {
                let session = |leg: &EventId| self.store.normalized_field(self.store.event(*leg), Field::SessionId);
                let leg = |wanted| flow.legs.iter().copied().find(|leg| leg_of(self.store.event(*leg)) == Some(wanted));
                let (entered, redeemed) = (leg(Leg::Browser), leg(Leg::Polling));
                // The tokens went where the code was redeemed.
                let known = redeemed.iter().chain(&flow.legs).map(session).find(|session| !session.is_none());
                let place = |leg: &EventId| self.events.binary_search(leg).ok().and_then(|at| u32::try_from(at).ok());
                let legs = flow.legs.iter().filter_map(place).collect();
                found.push(Login { user, session: known.unwrap_or(Sym::NONE), legs, entered, redeemed });
            }
        }
        found.retain(|flow| !flow.legs.is_empty());
        found.sort_by_key(|flow| flow.legs[0]);
        found
    }

    /// Positions every sign-in: its session's login first, the others in branches below the login before them.
    fn sign_ins(&mut self, each: &mut [LineagePos], is_leg: &[bool]) {
        let mut latest: HashMap<u32, u32, RandomState> = HashMap::default();
        let mut branches: HashMap<(u32, u32, Sym, Sym), u32, RandomState> = HashMap::default();
        let mut widths: HashMap<(u32, u32), u32, RandomState> = HashMap::default();
        for (at, id) in (0u32..).zip(self.events) {
            let event = self.store.event(*id);
            if !event.table.issues() {
                continue;
            }
            if is_leg[at as usize] {
                latest.insert(each[at as usize].root, each[at as usize].login);
                continue;
            }
            let session = self.store.normalized_field(event, Field::SessionId);
            let root = self.root(event.user, session, at);
            // Without a session, only what descends from a flow is tied to one.
            let tied = !session.is_none() || descends(event);
            let login = latest.get(&root).copied().filter(|_| tied);
            let interactive = event.table == Table::SignIn && event.succeeded() && !session.is_none();
            each[at as usize] = if interactive && login.is_none() {
                latest.insert(root, login_at(at));
                LineagePos { root, login: login_at(at), branch: 0, token: at, call: 0 }
            } else {
                // What came before the login stands before it.
                let login = login.unwrap_or(NO_LOGIN);
                let resource = Key::Resource.value(self.store, event);
                let client = self.store.normalized_field(event, Field::AppId);
                let branch = *branches.entry((root, login, client, resource)).or_insert_with(|| {
                    let width = widths.entry((root, login)).or_insert(0);
                    *width += 1;
                    *width
                });
                LineagePos { root, login, branch, token: at, call: 0 }
            };
        }
    }

    /// Positions every call below the sign-in that issued its token, else its session, else the untied.
    fn calls(&mut self, each: &mut [LineagePos]) {
        let mut issued: HashMap<Sym, u32, RandomState> = HashMap::default();
        for (at, id) in (0u32..).zip(self.events) {
            let event = self.store.event(*id);
            let token = self.store.token(event.get(Field::TokenId));
            if event.table.issues() && !token.is_none() {
                issued.entry(token).or_insert(at);
            }
        }
        let mut untied = None;
        for (at, id) in (0u32..).zip(self.events) {
            let event = self.store.event(*id);
            // What records names a token or a session, or it is untied: as a call.
            match event.table.role() {
                Role::Issues => continue,
                Role::Uses | Role::Records => {}
            }
            let token = self.store.token(event.get(Field::TokenId));
            let session = self.store.normalized_field(event, Field::SessionId);
            each[at as usize] = if let Some(sign_in) = issued.get(&token).filter(|_| !token.is_none()) {
                LineagePos { call: at + 1, ..each[*sign_in as usize] }
            } else if let Some((user, session)) = self.issued_elsewhere(token) {
                let root = self.root(user, session, at);
                LineagePos { root, login: TOKEN_ELSEWHERE, branch: 0, token: 0, call: at + 1 }
            } else if !session.is_none() {
                let root = self.root(event.user, session, at);
                LineagePos { root, login: SESSION_ONLY, branch: 0, token: 0, call: at + 1 }
            } else {
                let next = u32::try_from(self.roots.len()).expect("fewer sessions than events");
                let root = *untied.get_or_insert(next);
                if root == next {
                    // After everything else.
                    self.roots.push((GroupKind::Untied, u32::MAX));
                }
                LineagePos { root, login: NO_LOGIN, branch: 0, token: 0, call: at + 1 }
            };
        }
    }

    /// User and session of a sign-in, not among the rows, that issued a token.
    fn issued_elsewhere(&self, token: Sym) -> Option<(Sym, Sym)> {
        let sign_in = self.store.event(self.store.issuer(token)?);
        Some((sign_in.user, self.store.normalized_field(sign_in, Field::SessionId)))
    }

    /// The roots in the order of their first rows, and the rank of each by its number.
    fn ranked(&self) -> (Vec<GroupKind>, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.roots.len()).collect();
        order.sort_by_key(|root| self.roots[*root].1);
        let mut ranks = vec![0; order.len()];
        for (rank, root) in (0u32..).zip(&order) {
            ranks[*root] = rank;
        }
        let first = self.events.first().map_or(Time::MISSING, |id| self.store.event(*id).time());
        let began = |what| match what {
            GroupKind::Session(session, _) => {
                let before = self.store.with(Key::Session, session).first().map(|id| self.store.event(*id).time());
                GroupKind::Session(session, before.filter(|time| *time < first && time.is_known()))
            }
            what => what,
        };
        (order.into_iter().map(|root| began(self.roots[root].0)).collect(), ranks)
    }
}
