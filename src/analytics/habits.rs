//! Habits of a user: the devices they sign in with, the towns they sign in from, and whether their tokens are bound.

use super::Origins;
use super::binding::{self, Binding, Protection};
use super::distance::Location;
use super::known::Days;
use super::numbers::Values;
use crate::model::{EventId, Field, Flags, Sym, Time};
use crate::store::{Key, Store};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;

/// Days on which a device or software has to be seen to be the user's.
const OWN_DAYS: usize = 2;

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

/// Devices, towns and token bindings of one user.
#[derive(Debug, Default)]
pub struct Habits {
    /// Days by device, with each system it was seen with.
    devices: HashMap<Sym, Vec<(Arc<str>, Days<OWN_DAYS>)>, RandomState>,
    /// Days by country and city.
    towns: HashMap<(String, String), Days<OWN_DAYS>, RandomState>,
    bindings: HashMap<Sym, Option<Binding>, RandomState>,
    /// Bound rows and all rows by client and system, of those that present a token: a login has none to bind.
    counts: HashMap<(Sym, Arc<str>), Bound, RandomState>,
    /// Those of each registered device.
    of_devices: HashMap<(Sym, Arc<str>, Sym), Bound, RandomState>,
}

/// Bound rows, and all.
type Bound = (usize, usize);

impl Habits {
    /// Habits of a user, by all their sign-ins.
    pub fn new(origins: Origins<'_>, user: Sym) -> Self {
        let Origins { store, places, .. } = origins;
        // By numbers, since most rows repeat: texts are looked at once for each.
        let mut uses: Values<(Sym, u32, Sym, bool), (usize, Days<OWN_DAYS>)> = Values::default();
        let mut locations: Values<Sym, (EventId, Days<OWN_DAYS>)> = Values::default();
        for &id in store.with(Key::User, user) {
            let event = store.event(id);
            if event.table.issues() && event.succeeded() && event.is_timed() {
                let (_, days) = locations.of(event.get(Field::LocationDetails), || (id, Days::default()));
                days.add_time(event.time());
                let client = store.normalized_field(event, Field::AppId);
                let is_login = event.flags.has(Flags::INCOMING_NONE);
                let key = (client, places.profile_number(id), event.get(Field::TokenProtection), is_login);
                let (rows, days) = uses.of(key, Default::default);
                *rows += 1;
                days.add_time(event.time());
            }
        }
        let mut habits = Self::default();
        for (_, (id, days)) in locations {
            if let Some(town) = Location::new(store, id).town() {
                habits.towns.entry(town).or_default().join(&days);
            }
        }
        for ((client, number, protection, is_login), (rows, days)) in uses {
            let profile = &places.profiles()[number as usize];
            if !profile.device.is_none() {
                let seen = habits.devices.entry(profile.device).or_default();
                match seen.iter_mut().find(|(os, _)| *os == profile.os) {
                    Some((_, known)) => known.join(&days),
                    None => seen.push((Arc::clone(&profile.os), days)),
                }
            }
            let read = || Protection::read(store.text(protection)).binding;
            let binding = *habits.bindings.entry(protection).or_insert_with(read);
            if let Some(binding) = binding.filter(|_| !is_login) {
                let bound = if binding == Binding::Bound { rows } else { 0 };
                let add = |counts: &mut Bound| *counts = (counts.0 + bound, counts.1 + rows);
                add(habits.counts.entry((client, Arc::clone(&profile.os))).or_default());
                if !profile.device.is_none() {
                    let device = (client, Arc::clone(&profile.os), profile.device);
                    add(habits.of_devices.entry(device).or_default());
                }
            }
        }
        habits
    }

    /// Binding of a sign-in's token, where it is recorded.
    pub fn binding(&self, store: &Store, id: EventId) -> Option<Binding> {
        self.bindings.get(&store.event(id).get(Field::TokenProtection)).copied().flatten()
    }

    /// Returns whether a sign-in presents an unbound token where bound ones are the rule for this user, client and system.
    /// A registered device that never bound one has lost nothing.
    pub fn is_binding_lost(&self, origins: Origins<'_>, id: EventId) -> bool {
        let store = origins.store;
        let event = store.event(id);
        if event.flags.has(Flags::INCOMING_NONE) || self.binding(store, id) != Some(Binding::Unbound) {
            return false;
        }
        let profile = origins.places.profile(id);
        let client = store.normalized_field(event, Field::AppId);
        let is_rule = self
            .counts
            .get(&(client, Arc::clone(&profile.os)))
            .is_some_and(|&(bound, all)| binding::is_rule(bound, all));
        let of_device = self.of_devices.get(&(client, Arc::clone(&profile.os), profile.device));
        is_rule && of_device.is_none_or(|&(bound, _)| bound > 0)
    }

    /// Returns whether a sign-in is placed in a town that others of the user's were placed in on two days before a time.
    pub fn is_town_known(&self, store: &Store, id: EventId, at: Time) -> bool {
        let days = Location::new(store, id).town().and_then(|town| self.towns.get(&town));
        days.is_some_and(|days| days.before(at) >= OWN_DAYS)
    }

    /// A sign-in's device as the days before a time know it.
    pub fn device_seen(&self, origins: Origins<'_>, id: EventId, at: Time) -> DeviceSeen {
        let device = origins.places.profile(id).device;
        if device.is_none() {
            return DeviceSeen::Open;
        }
        let os = &*origins.places.profile(id).os;
        let seen = self.devices.get(&device).map_or(&[][..], Vec::as_slice);
        if seen.iter().any(|(known, days)| **known == *os && days.before(at) >= OWN_DAYS) {
            DeviceSeen::Own
        } else if seen.iter().all(|(_, days)| days.before(at) == 0)
            && origins.known.has_baseline(origins.store.event(id).user, at)
        {
            DeviceSeen::New
        } else {
            DeviceSeen::Open
        }
    }
}
