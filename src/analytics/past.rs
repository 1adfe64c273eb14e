//! Past of a user: the software seen, the devices of interactive sign-ins, and the places of sign-ins.
//!
//! Found once for a user, so that neither a session nor a step reads all rows of the user again.

use super::Origins;
use super::distance::Location;
use super::places::{Net, Place, Tool};
use crate::model::{EventId, Field, Sym, Table, Time};
use crate::store::{Key, Store};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most pairs of network and location that are compared, those seen first: nobody lives in more, and a made-up log may
/// have one a row.
const MOST_STAYS: usize = 200;

/// Past of one user, by the user's successful sign-ins.
pub struct Past {
    /// First sign-in with each family and system, neutral ones included.
    software: HashMap<(Arc<str>, Arc<str>), EventId, RandomState>,
    /// First sign-in with each client.
    clients: HashMap<Sym, EventId, RandomState>,
    /// Interactive sign-ins, each with the number of those up to it that name a device.
    interactive: Vec<(EventId, usize)>,
    stays: Vec<Stay>,
    locations: Locations,
    /// By day: whether each stay's network is known then.
    known: Mutex<HashMap<i64, Arc<[bool]>, RandomState>>,
}

/// Sign-ins of a network and a location, in time order.
struct Stay {
    place: Place,
    location: usize,
    rows: Vec<StayRow>,
}

struct StayRow {
    id: EventId,
    time: Time,
    session: Sym,
    /// Place of the nearest row before it, and after it, that is of another session.
    others: (Option<usize>, Option<usize>),
}

/// Bits of latitude and longitude, and country.
type Point = (Option<(u64, u64)>, String);

/// Locations by the texts that record them.
#[derive(Default)]
struct Locations {
    by_text: HashMap<(Sym, Sym), usize, RandomState>,
    by_point: HashMap<Point, usize, RandomState>,
    all: Vec<Location>,
}

/// Two sign-ins too far apart for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parallel {
    /// The sign-in of the session.
    pub here: EventId,
    /// The sign-in from a known network, in another session.
    pub there: EventId,
}

impl Locations {
    fn number(&mut self, store: &Store, id: EventId) -> usize {
        let event = store.event(id);
        let texts = (event.get(Field::LocationDetails), store.normalized_field(event, Field::Location));
        if let Some(number) = self.by_text.get(&texts) {
            return *number;
        }
        let location = Location::new(store, id);
        let point = location.point.map(|(latitude, longitude)| (latitude.to_bits(), longitude.to_bits()));
        let number = *self.by_point.entry((point, location.country.clone())).or_insert(self.all.len());
        if number == self.all.len() {
            self.all.push(location);
        }
        self.by_text.insert(texts, number);
        number
    }
}

impl Past {
    /// The past of a user.
    pub fn new(origins: Origins<'_>, user: Sym) -> Self {
        let Origins { store, places, known, .. } = origins;
        let mut past = Self {
            software: HashMap::default(),
            clients: HashMap::default(),
            interactive: Vec::new(),
            stays: Vec::new(),
            locations: Locations::default(),
            known: Mutex::default(),
        };
        // By numbers, since most rows repeat: the texts are looked at once for each.
        let mut profiles: HashMap<u32, EventId, RandomState> = HashMap::default();
        let mut stay_of: HashMap<(u32, Sym, Sym), Option<usize>, RandomState> = HashMap::default();
        let mut stays: HashMap<(Net, Option<bool>, usize), usize, RandomState> = HashMap::default();
        let mut with_device = 0;
        for &id in store.with(Key::User, user) {
            let event = store.event(id);
            if !event.table.issues() || !event.succeeded() || !event.is_timed() {
                continue;
            }
            profiles.entry(places.profile_number(id)).or_insert(id);
            past.clients.entry(store.normalized_field(event, Field::AppId)).or_insert(id);
            if event.table == Table::SignIn {
                with_device += usize::from(!places.profile(id).device.is_none());
                past.interactive.push((id, with_device));
            }
            let key = (places.number(id), event.get(Field::LocationDetails), event.get(Field::Location));
            let stay = *stay_of.entry(key).or_insert_with(|| {
                let place = places.place(id);
                let net = place.telling_net()?;
                let location = past.locations.number(store, id);
                let next = past.stays.len();
                let given = known.given(place).map(|given| given.is_relay);
                let at = *stays.entry((net, given, location)).or_insert(next);
                if at == next {
                    past.stays.push(Stay { place: *place, location, rows: Vec::new() });
                }
                Some(at)
            });
            if let Some(stay) = stay.filter(|stay| *stay < MOST_STAYS) {
                let session = store.normalized_field(event, Field::SessionId);
                past.stays[stay].rows.push(StayRow { id, time: event.time(), session, others: (None, None) });
            }
        }
        for (number, first) in profiles {
            let profile = &places.profiles()[number as usize];
            let seen = past.software.entry((Arc::clone(&profile.family), Arc::clone(&profile.os))).or_insert(first);
            *seen = first.min(*seen);
        }
        past.stays.truncate(MOST_STAYS);
        past.stays.iter_mut().for_each(Stay::link);
        past
    }

    /// The first sign-in with the software of another, if it is before that.
    pub fn same_software_before(&self, origins: Origins<'_>, id: EventId) -> Option<EventId> {
        let profile = origins.places.profile(id);
        let first = match profile.tool {
            Tool::None => self.software.get(&(Arc::clone(&profile.family), Arc::clone(&profile.os))).copied(),
            // A script may move from one system to another.
            _ => self.software.iter().filter(|((family, _), _)| *family == profile.family).map(|(_, id)| *id).min(),
        };
        first.filter(|first| *first < id)
    }

    /// Returns whether a sign-in is the first with its client.
    pub fn is_first_with_client(&self, store: &Store, id: EventId) -> bool {
        self.clients.get(&store.normalized_field(store.event(id), Field::AppId)) == Some(&id)
    }

    /// Operating systems of the sign-ins before another.
    pub fn systems_before(&self, id: EventId) -> impl Iterator<Item = &str> {
        let before = self.software.iter().filter(move |(_, first)| **first < id);
        before.map(|((_, os), _)| &**os).filter(|os| !os.is_empty())
    }

    /// Number of interactive sign-ins before a row, and of those that name a device.
    pub fn interactive_before(&self, id: EventId) -> (usize, usize) {
        let count = self.interactive.partition_point(|(other, _)| *other < id);
        (count, count.checked_sub(1).map_or(0, |last| self.interactive[last].1))
    }

    /// Compares sign-ins of a session with those from networks that are known at its begin, in other sessions: a pair
    /// that nobody could travel between, and whether both sides record any location.
    pub fn parallel(
        &self,
        origins: Origins<'_>,
        (user, session): (Sym, Sym),
        begin: Time,
        rows: &[EventId],
    ) -> (Option<Parallel>, bool) {
        let store = origins.store;
        // In an export without session ids, whatever is at home is apart; no session has a user's id.
        let session = if session.is_none() { user } else { session };
        let known = self.known_at(origins, user, begin);
        let homes: Vec<&Stay> =
            self.stays.iter().zip(known.iter()).filter(|(_, known)| **known).map(|(s, _)| s).collect();
        let is_placed = |stay: &&&Stay| {
            self.locations.all[stay.location].is_known() && stay.rows.iter().any(|row| row.session != session)
        };
        let is_there = homes.iter().any(|stay| is_placed(&stay));
        let mut is_here = false;
        // By the texts of a row's location: the location, and the homes far from it.
        let mut far: HashMap<(Sym, Sym), (Location, Vec<usize>), RandomState> = HashMap::default();
        for &here in rows {
            let event = store.event(here);
            let texts = (event.get(Field::LocationDetails), store.normalized_field(event, Field::Location));
            if far.len() >= MOST_STAYS && !far.contains_key(&texts) {
                continue;
            }
            let (location, homes_far) = far.entry(texts).or_insert_with(|| {
                let location = Location::new(store, here);
                let is_far = |at: &usize| self.locations.all[homes[*at].location].is_far(&location);
                let homes_far = (0..homes.len()).filter(is_far).collect();
                (location, homes_far)
            });
            is_here |= location.is_known();
            for &at in homes_far.iter() {
                let home = &self.locations.all[homes[at].location];
                let near = homes[at].nearest(session, event.time());
                let fast = near.into_iter().flatten().find(|row| home.is_fast(location, row.time.since(event.time())));
                if let Some(row) = fast {
                    return (Some(Parallel { here, there: row.id }), true);
                }
            }
        }
        (None, is_here && is_there)
    }

    fn known_at(&self, origins: Origins<'_>, user: Sym, at: Time) -> Arc<[bool]> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known
            .entry(at.day_number())
            .or_insert_with(|| self.stays.iter().map(|stay| origins.known.is_known(user, &stay.place, at)).collect());
        Arc::clone(known)
    }
}

impl Stay {
    /// Links each row with the nearest ones of other sessions.
    fn link(&mut self) {
        let mut other: Option<usize> = None;
        for at in 1..self.rows.len() {
            if self.rows[at - 1].session != self.rows[at].session {
                other = Some(at - 1);
            }
            self.rows[at].others.0 = other;
        }
        let mut other: Option<usize> = None;
        for at in (0..self.rows.len().saturating_sub(1)).rev() {
            if self.rows[at + 1].session != self.rows[at].session {
                other = Some(at + 1);
            }
            self.rows[at].others.1 = other;
        }
    }

    /// The last row before a time and the first from it on that are of another session.
    fn nearest(&self, session: Sym, time: Time) -> [Option<&StayRow>; 2] {
        let from = self.rows.partition_point(|row| row.time < time);
        let strange = |at: usize, other: Option<usize>| if self.rows[at].session == session { other } else { Some(at) };
        let before = from.checked_sub(1).and_then(|at| strange(at, self.rows[at].others.0));
        let after = (from < self.rows.len()).then_some(from).and_then(|at| strange(at, self.rows[at].others.1));
        [before, after].map(|at| at.map(|at| &self.rows[at]))
    }
}
