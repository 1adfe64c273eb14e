//! Places of an incident: one lane an address.

use super::super::distance::Location;
use super::super::known::Standing;
use super::super::places::Net;
use super::super::{DetectContext, Hit};
use crate::model::{EventId, Field, Span, Sym};
use crate::store::{Key, Store};
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap};

/// All rows of an incident from one address.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The address as a row has it, without its port; empty for rows without one.
    pub address: String,
    /// Its network.
    pub net: Option<Net>,
    /// City and country, as far as a sign-in records them.
    pub location: String,
    /// Standing of the address with the user at the first row.
    pub standing: Standing,
    /// Whether it is a service of Microsoft's, which says nothing of a place.
    pub is_neutral: bool,
    /// Sign-ins and legs of codes, in order.
    pub sign_ins: Vec<EventId>,
    /// Number of other users with rows from the address, failed ones too.
    pub others: usize,
    /// Calls and acts, in order.
    pub uses: Vec<EventId>,
}

impl Lane {
    /// Its first row.
    pub fn first(&self) -> Option<EventId> {
        self.sign_ins.first().into_iter().chain(self.uses.first()).min().copied()
    }
}

/// Sign-ins of a lane that are read for its location.
const LOCATED: usize = 5;
/// Most sign-ins of a session that are looked at for its other places.
const LOOKED_AT: usize = 2000;

/// Users of each address that was asked for: many incidents may share one.
#[derive(Default)]
pub(super) struct Addresses(HashMap<Sym, Vec<Sym>, RandomState>);

impl Addresses {
    /// Number of users other than one with rows from a row's address.
    fn others(&mut self, store: &Store, user: Sym, id: EventId) -> usize {
        let address = store.value(Key::Address, id);
        let users = self.0.entry(address).or_insert_with(|| {
            let rows = store.with(Key::Address, address).iter();
            let mut users: Vec<Sym> = rows.map(|&id| store.event(id).user).filter(|user| !user.is_none()).collect();
            users.sort_unstable();
            users.dedup();
            users
        });
        users.len() - usize::from(users.binary_search(&user).is_ok())
    }
}

/// Sign-ins of the same sessions up to a day before the first row: the places where a session was the user's.
fn of_sessions(context: &DetectContext, user: Sym, rows: &BTreeSet<EventId>) -> Vec<EventId> {
    let store = context.store;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Vec::new() };
    let (from, to) = (store.event(*first).time().plus(Span::from_ticks(-Span::DAY.ticks())), store.event(*last).time());
    let issuing = rows.iter().map(|&id| store.event(id)).filter(|event| event.table.issues());
    let sessions: BTreeSet<Sym> = issuing.map(|event| store.normalized_field(event, Field::SessionId)).collect();
    let found = sessions.into_iter().filter_map(|session| context.sessions().get(user, session));
    found.flat_map(|session| session.between(store, from, to).take(LOOKED_AT).collect::<Vec<_>>()).collect()
}

/// Lanes of some hits of one user: known places above, then undecided and new ones, each kind in order of its first
/// row; rows without an address last.
pub(super) fn lanes(context: &DetectContext, addresses: &mut Addresses, hits: &[&Hit]) -> Vec<Lane> {
    let (store, places) = (context.store, context.places());
    let user = hits.first().map_or(Sym::NONE, |hit| hit.user);
    let mut rows: BTreeSet<EventId> = BTreeSet::new();
    for hit in hits {
        rows.extend(hit.evidence.iter().chain(&hit.legs));
        rows.extend(hit.graph.iter().map(|call| call.event));
        rows.extend(hit.acts.iter().map(|act| act.event));
    }
    let mut at: HashMap<Option<std::net::IpAddr>, usize, RandomState> = HashMap::default();
    let mut lanes: Vec<Lane> = Vec::new();
    rows.extend(of_sessions(context, user, &rows));
    for id in rows {
        let (event, place) = (store.event(id), places.place(id));
        let lane = *at.entry(place.address).or_insert_with(|| {
            lanes.push(Lane {
                address: place.address.map_or_else(String::new, |address| address.to_string()),
                net: place.net,
                location: String::new(),
                standing: context.known().standing_of_address(user, place, event.time()),
                is_neutral: place.is_neutral,
                others: if place.address.is_some() { addresses.others(store, user, id) } else { 0 },
                sign_ins: Vec::new(),
                uses: Vec::new(),
            });
            lanes.len() - 1
        });
        let lane = &mut lanes[lane];
        if event.table.issues() {
            if lane.location.is_empty() && lane.sign_ins.len() < LOCATED {
                lane.location = Location::new(store, id).words();
            }
            lane.sign_ins.push(id);
        } else {
            lane.uses.push(id);
        }
    }
    lanes.sort_by_key(|lane| (lane.address.is_empty(), lane.standing != Standing::Known, lane.first()));
    lanes
}
