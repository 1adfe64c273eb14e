//! Habits of a user: the devices they sign in with, and whether their tokens are bound.

use super::flow::FlowKind;
use super::known::Days;
use super::places::Net;
use super::scopes::bound;
use super::{DetectContext, Hit};
use crate::model::{EventId, Field, Sym, Time};
use crate::store::{Key, Store};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Days on which a device or software has to be seen to be the user's.
const OWN_DAYS: usize = 2;
/// Other codes that make a habit.
const OTHER_CODES: usize = 2;
/// Rows with a token from which on the binding of a client is a rule.
const BOUND_ROWS: usize = 20;
/// Of ten such rows, as many have to be bound.
const BOUND_OF_TEN: usize = 9;

/// A device as the user's earlier sign-ins know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceSeen {
    /// Seen on two days before, with this system.
    Own,
    /// Registered, and not seen before, although other days were.
    New,
    /// Nothing can be said.
    Open,
}

/// Devices and token bindings of one user.
#[derive(Debug, Default)]
pub struct Habits {
    /// Days by device, with each system it was seen with.
    devices: HashMap<Sym, Vec<(String, Days)>, RandomState>,
    bound_of: HashMap<Sym, Option<bool>, RandomState>,
    /// Bound rows and all rows by client and system.
    bindings: HashMap<(Sym, String), (usize, usize)>,
    /// Rows that present a token, with their client and system.
    at: HashMap<EventId, (Sym, String), RandomState>,
}

impl Habits {
    /// Habits of a user, by all their sign-ins.
    pub fn new(context: &DetectContext, user: Sym) -> Self {
        let (store, places) = (context.store, context.places());
        let mut habits = Self::default();
        for &id in store.with(Key::User, user) {
            let event = store.event(id);
            if !event.table.issues() || !event.succeeded() || !event.is_timed() {
                continue;
            }
            let profile = places.profile(id);
            let (device, os) = (profile.device, &*profile.os);
            if !device.is_none() {
                let seen = habits.devices.entry(device).or_default();
                let at = seen.iter().position(|(known, _)| known == os).unwrap_or_else(|| {
                    seen.push((os.to_owned(), Days::default()));
                    seen.len() - 1
                });
                seen[at].1.add_time(event.time());
            }
            let protection = event[Field::TokenProtection];
            let bound = *habits.bound_of.entry(protection).or_insert_with(|| bound(store.text(protection)));
            if let Some(bound) = bound {
                let key = (store.normalized_field(event, Field::AppId), os.to_owned());
                let counts = habits.bindings.entry(key.clone()).or_default();
                counts.0 += usize::from(bound);
                counts.1 += 1;
                if !bound {
                    habits.at.insert(id, key);
                }
            }
        }
        habits
    }

    /// Returns whether the session's token is bound; `None` where that is not recorded.
    pub fn is_bound(&self, store: &Store, id: EventId) -> Option<bool> {
        self.bound_of.get(&store.event(id)[Field::TokenProtection]).copied().flatten()
    }

    /// Returns whether a token is unbound where nine of ten of this user, client and system are bound.
    pub fn is_binding_lost(&self, id: EventId) -> bool {
        let counts = self.at.get(&id).and_then(|key| self.bindings.get(key));
        counts.is_some_and(|&(bound, all)| all >= BOUND_ROWS && bound * 10 >= all * BOUND_OF_TEN)
    }

    /// A sign-in's device as the days before a time know it.
    pub fn device_seen(&self, context: &DetectContext, id: EventId, at: Time) -> DeviceSeen {
        let device = context.places().profile(id).device;
        if device.is_none() {
            return DeviceSeen::Open;
        }
        let os = &*context.places().profile(id).os;
        let seen = self.devices.get(&device).map_or(&[][..], Vec::as_slice);
        if seen.iter().any(|(known, days)| known == os && days.before(at) >= OWN_DAYS) {
            DeviceSeen::Own
        } else if seen.iter().all(|(_, days)| days.before(at) == 0)
            && context.known().has_baseline(context.store.event(id).user, at)
        {
            DeviceSeen::New
        } else {
            DeviceSeen::Open
        }
    }

    /// Returns whether the user redeemed two other codes for the hit's client (any, where it has none) in the part of the network that a row is
    /// from, one of them on another day, each with a leg in a network that is the user's own.
    pub fn has_other_codes(context: &DetectContext, hit: &Hit, row: EventId) -> bool {
        let (store, places, known) = (context.store, context.places(), context.known());
        let Some(prefix) = places.place(row).address.map(Net::prefix) else { return false };
        let session = hit.session.as_deref().and_then(|session| store.find(session)).unwrap_or_default();
        let day = hit.first_seen.day_number();
        let (mut codes, mut other_day) = (0, false);
        for flow in FlowKind::ALL.iter().filter_map(|kind| context.flows_in(*kind).get(&hit.user)).flatten() {
            if flow.sessions.contains(&session) || flow.legs.iter().any(|leg| hit.legs.binary_search(leg).is_ok()) {
                continue;
            }
            let at = flow.time(store);
            let is_there = |&leg: &EventId| {
                let there = places.place(leg).address.map(Net::prefix) == Some(prefix);
                let app = store.text(store.normalized_field(store.event(leg), Field::AppId));
                there && (hit.app_id.is_empty() || app == hit.app_id)
            };
            let at_home = |&leg: &EventId| known.is_known(hit.user, places.place(leg), at);
            if flow.legs.iter().any(is_there) && flow.legs.iter().any(at_home) {
                codes += 1;
                other_day |= at.day_number() != day;
            }
            if codes >= OTHER_CODES && other_day {
                return true;
            }
        }
        false
    }
}
