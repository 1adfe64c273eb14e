//! Networks that users are known to sign in from.
//!
//! A network is known to a user at a time where the user signed in from it on two days before that day. It is new where
//! it is not known and seven such days have networks of its kind; else the bundle cannot decide. The day itself never
//! counts: an intruder over midnight does not make their own network known.

use super::KnownNetworks;
use super::places::{Net, Place, Places};
use crate::model::{EventId, Span, Sym, Time};
use crate::store::Store;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

/// Days on which a network has to be seen to be known.
const KNOWN_DAYS: usize = 2;
/// Days that a baseline needs.
pub const BASELINE_DAYS: usize = 7;

/// Standing of a network with a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The user signed in from it on two days before.
    Known,
    /// Not known, although the days before would show it.
    New,
    /// The bundle cannot decide.
    Undecided,
}

impl Standing {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::New => "new",
            Self::Undecided => "undecided",
        }
    }
}

/// How far some rows are outside the user's own places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outside {
    /// All of them are within.
    No,
    /// In a known network, but in another part of it.
    Near,
    /// In a network that is not known.
    Yes,
}

/// The first distinct days of something, and the number of all rows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Days {
    days: [u16; BASELINE_DAYS],
    count: u8,
}

impl Days {
    fn add(&mut self, day: u16) {
        let at = usize::from(self.count);
        if at < BASELINE_DAYS && (at == 0 || self.days[at - 1] != day) {
            self.days[at] = day;
            self.count += 1;
        }
    }

    /// Adds the day of a time; times come in order.
    pub(super) fn add_time(&mut self, time: Time) {
        self.add(day(time));
    }

    /// Days of either.
    fn join(&mut self, other: &Self) {
        let mut all: Vec<u16> = self.known().iter().chain(other.known()).copied().collect();
        all.sort_unstable();
        all.dedup();
        all.truncate(BASELINE_DAYS);
        self.days[..all.len()].copy_from_slice(&all);
        self.count = u8::try_from(all.len()).expect("cut to seven");
    }

    fn known(&self) -> &[u16] {
        &self.days[..usize::from(self.count)]
    }

    /// Returns whether `days` of them lie before a day.
    fn are(&self, days: usize, before: u16) -> bool {
        self.known().get(days - 1).is_some_and(|last| *last < before)
    }

    /// Number of them before the day of a time, up to seven.
    pub fn before(&self, time: Time) -> usize {
        let day = day(time);
        self.known().iter().filter(|known| **known < day).count()
    }

    /// Number of them, up to seven.
    pub fn count(&self) -> usize {
        usize::from(self.count)
    }

    /// The first of them, as a date.
    pub fn first(&self) -> Option<Time> {
        let first = self.known().first()?;
        Some(Time::from_ticks(0).plus(Span::from_ticks(i64::from(*first) * Span::DAY.ticks())))
    }
}

/// Number of a time's UTC day since 1970, as far as it fits.
fn day(time: Time) -> u16 {
    u16::try_from(time.day_number().max(0)).unwrap_or(u16::MAX)
}

/// Networks of one user.
#[derive(Debug, Default)]
struct Own {
    /// Days with a sign-in from any network.
    all: Days,
    kinds: [Days; Net::KINDS],
    nets: BTreeMap<Net, Days>,
    /// Days by /24 and /48, neutral rows included.
    prefixes: BTreeMap<Net, Days>,
    /// Days by address, neutral rows included.
    addresses: BTreeMap<IpAddr, Days>,
}

/// Networks of every user.
#[derive(Default)]
pub struct Known {
    users: HashMap<Sym, Own, RandomState>,
    /// Users by network, in the order of their symbols.
    by_net: HashMap<Net, Vec<Sym>, RandomState>,
    by_address: HashMap<IpAddr, Vec<Sym>, RandomState>,
    given: Option<Arc<KnownNetworks>>,
}

impl Known {
    /// Networks of every user, by the successful sign-ins before `until`.
    pub fn new(store: &Store, places: &Places, until: Option<Time>, given: Option<Arc<KnownNetworks>>) -> Self {
        let mut seen: HashMap<(Sym, u32), Days, RandomState> = HashMap::default();
        let counts = |id: EventId| {
            let event = store.event(id);
            event.table.issues() && event.succeeded() && event.is_timed() && !event.is_duplicate()
        };
        for (id, event) in store.events().filter(|(id, _)| counts(*id)) {
            if !event.user.is_none() && until.is_none_or(|until| event.time() < until) {
                seen.entry((event.user, places.number(id))).or_default().add(day(event.time()));
            }
        }
        let mut known = Self { given, ..Self::default() };
        for ((user, place), days) in seen {
            known.users.entry(user).or_default().add(places.numbered(place), &days);
        }
        for (user, seen) in &known.users {
            for net in seen.nets.keys() {
                known.by_net.entry(*net).or_default().push(*user);
            }
            for address in seen.addresses.keys() {
                known.by_address.entry(*address).or_default().push(*user);
            }
        }
        for users in known.by_net.values_mut().chain(known.by_address.values_mut()) {
            users.sort_unstable();
        }
        known
    }

    /// Returns whether the user has sign-ins on seven days before a time's day.
    pub fn has_baseline(&self, user: Sym, at: Time) -> bool {
        self.users.get(&user).is_some_and(|seen| seen.all.are(BASELINE_DAYS, day(at)))
    }

    /// Days before a time on which the user signed in, up to seven.
    pub fn baseline_days(&self, user: Sym, at: Time) -> usize {
        self.users.get(&user).map_or(0, |seen| seen.all.before(at))
    }

    /// Standing of a place's network with a user at a time.
    pub fn standing(&self, user: Sym, place: &Place, at: Time) -> Standing {
        let Some(net) = place.telling_net() else { return Standing::Undecided };
        let given = self.given(place);
        if given.is_some_and(|given| !given.is_relay) {
            return Standing::Known;
        }
        let Some(seen) = self.users.get(&user) else { return Standing::Undecided };
        let day = day(at);
        if seen.nets.get(&net).is_some_and(|days| days.are(KNOWN_DAYS, day)) {
            Standing::Known
        } else if given.is_none() && seen.kinds[net.kind()].are(BASELINE_DAYS, day) {
            Standing::New
        } else {
            Standing::Undecided
        }
    }

    /// Returns whether a place's network is known to a user at a time.
    pub fn is_known(&self, user: Sym, place: &Place, at: Time) -> bool {
        self.standing(user, place, at) == Standing::Known
    }

    /// Returns whether a place is in a part of its network that the user did not use on two days before.
    pub fn is_near_only(&self, user: Sym, place: &Place, at: Time) -> bool {
        self.outside(user, std::iter::once(place), at) == Outside::Near
    }

    /// The entry of the user's list that a place lies in.
    pub fn given(&self, place: &Place) -> Option<&super::KnownNetwork> {
        let number = match place.net {
            Some(Net::Asn(number)) => Some(number),
            _ => None,
        };
        self.given.as_ref()?.find(number, place.address)
    }

    /// How far some places are outside those of the user at a time.
    pub fn outside<'a>(&self, user: Sym, places: impl Iterator<Item = &'a Place> + Clone, at: Time) -> Outside {
        let is_foreign = |place: &&Place| place.telling_net().is_some() && !self.is_known(user, place, at);
        if places.clone().any(|place| is_foreign(&place)) {
            return Outside::Yes;
        }
        let seen = self.users.get(&user);
        let day = day(at);
        let is_elsewhere = |place: &Place| {
            let Some(address) = place.address else { return false };
            let days = seen.and_then(|seen| match place.is_neutral {
                true => seen.addresses.get(&address),
                false => seen.prefixes.get(&Net::prefix(address)),
            });
            let is_given = self.given(place).is_some_and(|given| !given.is_relay);
            !is_given && !days.is_some_and(|days| days.are(KNOWN_DAYS, day))
        };
        let mut places = places;
        if places.any(is_elsewhere) { Outside::Near } else { Outside::No }
    }

    /// Days on which a user signed in from a network.
    pub fn days(&self, user: Sym, net: Net) -> Option<&Days> {
        self.users.get(&user)?.nets.get(&net)
    }

    /// Returns whether an address is one of the user's own at a time: seen on two days before.
    pub fn is_own_address(&self, user: Sym, address: IpAddr, at: Time) -> bool {
        let seen = self.users.get(&user).and_then(|seen| seen.addresses.get(&address));
        seen.is_some_and(|days| days.are(KNOWN_DAYS, day(at)))
    }

    /// Users other than one who signed in from a network on two days before a time's day.
    pub fn others_at(&self, user: Sym, net: Net, at: Time) -> impl Iterator<Item = Sym> + '_ {
        let users = self.by_net.get(&net).into_iter().flatten().copied();
        users.filter(move |&other| {
            other != user && self.days(other, net).is_some_and(|days| days.are(KNOWN_DAYS, day(at)))
        })
    }

    /// Users other than one who ever signed in from a network.
    pub fn others(&self, user: Sym, net: Net) -> impl Iterator<Item = Sym> + '_ {
        self.by_net.get(&net).into_iter().flatten().copied().filter(move |&other| other != user)
    }

    /// Users other than one who signed in from an address on two days before a time's day.
    pub fn others_at_address(&self, user: Sym, address: IpAddr, at: Time) -> impl Iterator<Item = Sym> + '_ {
        let users = self.by_address.get(&address).into_iter().flatten().copied();
        users.filter(move |&other| other != user && self.is_own_address(other, address, at))
    }
}

impl Own {
    fn add(&mut self, place: &Place, days: &Days) {
        if let Some(address) = place.address {
            self.prefixes.entry(Net::prefix(address)).or_default().join(days);
            self.addresses.entry(address).or_default().join(days);
        }
        if let Some(net) = place.telling_net() {
            self.all.join(days);
            self.kinds[net.kind()].join(days);
            self.nets.entry(net).or_default().join(days);
        }
    }
}
