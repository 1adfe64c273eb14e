//! Networks that users are known to sign in from.
//!
//! A network is known to a user at a time where the user signed in from it on two days before that day. It is new where
//! it is not known and seven such days have networks of its kind; else the bundle cannot decide. Nor can it where no AS
//! number is known, and the user signed in from the prefix's block on two days before: a provider's lines and phones go
//! through many prefixes. The day itself never counts: an intruder over midnight does not make their own network known.

use super::KnownNetworks;
use super::numbers::{self, Values};
use super::places::{Block, Net, Place, Places};
use crate::model::{Span, Sym, Time};
use crate::store::Store;
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::HashMap;
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

/// Distance of some rows from the user's own places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outside {
    /// All of them are within.
    No,
    /// In another part of a known network, or of a block where no AS number is known.
    Near,
    /// In a network that is not known.
    Yes,
}

/// The first distinct days of something, at most `N`.
#[derive(Clone, Copy, Debug)]
pub struct Days<const N: usize> {
    days: [u16; N],
    count: u8,
}

impl<const N: usize> Default for Days<N> {
    fn default() -> Self {
        Self { days: [0; N], count: 0 }
    }
}

impl<const N: usize> Days<N> {
    pub(super) fn add(&mut self, day: u16) {
        let at = usize::from(self.count);
        if at < N && (at == 0 || self.days[at - 1] != day) {
            self.days[at] = day;
            self.count += 1;
        }
    }

    /// Adds the day of a time; times come in order.
    pub(super) fn add_time(&mut self, time: Time) {
        self.add(day(time));
    }

    /// Days of either.
    pub(super) fn join<const M: usize>(&mut self, other: &Days<M>) {
        for &day in other.known() {
            let at = self.known().partition_point(|known| *known < day);
            if at == N || self.known().get(at) == Some(&day) {
                continue;
            }
            let kept = usize::from(self.count).min(N - 1);
            self.days.copy_within(at..kept, at + 1);
            self.days[at] = day;
            self.count = u8::try_from(kept + 1).expect("a few");
        }
    }

    fn known(&self) -> &[u16] {
        &self.days[..usize::from(self.count)]
    }

    /// Returns whether `days` of them lie before a day.
    fn are(&self, days: usize, before: u16) -> bool {
        self.known().get(days - 1).is_some_and(|last| *last < before)
    }

    /// Number of them before the day of a time.
    pub fn before(&self, time: Time) -> usize {
        let day = day(time);
        self.known().iter().filter(|known| **known < day).count()
    }

    /// Number of them.
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
pub(super) fn day(time: Time) -> u16 {
    u16::try_from(time.day_number().max(0)).unwrap_or(u16::MAX)
}

/// Days that a baseline looks at.
type Week = Days<BASELINE_DAYS>;
/// Days that make something known.
type Pair = Days<KNOWN_DAYS>;

/// Days of one user with a sign-in from any network, and from each kind.
#[derive(Clone, Copy, Debug, Default)]
struct Own {
    all: Week,
    kinds: [Week; Net::KINDS],
    /// Days with a sign-in by IPv6 and by IPv4.
    versions: [Pair; 2],
}

/// Networks of every user. Lists are sorted by what they are of, then user.
#[derive(Default)]
pub struct Known {
    users: HashMap<Sym, Own, RandomState>,
    nets: Vec<(Net, Sym, Week)>,
    /// Of networks without an AS number.
    blocks: Vec<(Block, Sym, Pair)>,
    /// By /24 and /48, neutral rows included.
    prefixes: Vec<(Net, Sym, Pair)>,
    /// Neutral rows included.
    addresses: Vec<(IpAddr, Sym, Pair)>,
    given: Option<Arc<KnownNetworks>>,
}

/// Sorts a list, and joins the days of equal keys.
fn sorted<K: Copy + Ord, const N: usize>(mut list: Vec<(K, Sym, Days<N>)>) -> Vec<(K, Sym, Days<N>)> {
    list.sort_unstable_by_key(|(key, user, _)| (*key, *user));
    list.dedup_by(|next, known| {
        let is_same = (next.0, next.1) == (known.0, known.1);
        if is_same {
            known.2.join(&next.2);
        }
        is_same
    });
    list.shrink_to_fit();
    list
}

/// The days of a key and a user in a sorted list.
fn days_of<K: Copy + Ord, const N: usize>(list: &[(K, Sym, Days<N>)], key: K, user: Sym) -> Option<&Days<N>> {
    let at = list.binary_search_by_key(&(key, user), |(key, user, _)| (*key, *user)).ok()?;
    Some(&list[at].2)
}

/// The part of a sorted list that is of a key.
fn part_of<K: Copy + Ord, const N: usize>(list: &[(K, Sym, Days<N>)], key: K) -> &[(K, Sym, Days<N>)] {
    let start = list.partition_point(|row| row.0 < key);
    let end = list.partition_point(|row| row.0 <= key);
    &list[start..end]
}

impl Known {
    /// Networks of every user, by the successful sign-ins before `until`.
    pub fn new(store: &Store, places: &Places, until: Option<Time>, given: Option<Arc<KnownNetworks>>) -> Self {
        let parts = store.read_in(Role::Issues, |rows| {
            let mut seen: Values<(Sym, u32), Week> = Values::default();
            for (id, event) in rows {
                let counts = event.succeeded() && event.is_timed() && !event.is_duplicate() && !event.user.is_none();
                if counts && until.is_none_or(|until| event.time() < until) {
                    seen.of((event.user, places.number(id)), Week::default).add_time(event.time());
                }
            }
            // Without the table of its keys, which takes more room than they do.
            seen.into_iter()
        });
        let seen = numbers::joined(parts, Week::join);
        let (mut nets, mut blocks, mut prefixes, mut addresses) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut users: HashMap<Sym, Own, RandomState> = HashMap::default();
        for ((user, place), days) in seen {
            let place = places.numbered(place);
            let mut pair = Pair::default();
            pair.join(&days);
            if let Some(address) = place.address {
                users.entry(user).or_default().versions[usize::from(address.is_ipv4())].join(&pair);
                prefixes.push((Net::prefix(address), user, pair));
                addresses.push((address, user, pair));
            }
            if let Some(net) = place.telling_net() {
                let networks = users.entry(user).or_default();
                networks.all.join(&days);
                networks.kinds[net.kind()].join(&days);
                nets.push((net, user, days));
                blocks.extend(net.block().map(|block| (block, user, pair)));
            }
        }
        let (nets, blocks) = (sorted(nets), sorted(blocks));
        Self { users, nets, blocks, prefixes: sorted(prefixes), addresses: sorted(addresses), given }
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
        if days_of(&self.nets, net, user).is_some_and(|days| days.are(KNOWN_DAYS, day)) {
            Standing::Known
        } else if given.is_none() && seen.kinds[net.kind()].are(BASELINE_DAYS, day) && !self.has_block(user, net, day) {
            Standing::New
        } else {
            Standing::Undecided
        }
    }

    /// Returns whether a user signed in from the block of a network without an AS number on two days before a day.
    fn has_block(&self, user: Sym, net: Net, day: u16) -> bool {
        let days = net.block().and_then(|block| days_of(&self.blocks, block, user));
        days.is_some_and(|days| days.are(KNOWN_DAYS, day))
    }

    /// Standing of a place's address with a user at a time: an address of a known network is new where the user used
    /// neither it nor its prefix on two days before.
    pub fn standing_of_address(&self, user: Sym, place: &Place, at: Time) -> Standing {
        match self.standing(user, place, at) {
            Standing::Known if self.is_near_only(user, place, at) => Standing::New,
            standing => standing,
        }
    }

    /// Returns whether a place's network is known to a user at a time.
    pub fn is_known(&self, user: Sym, place: &Place, at: Time) -> bool {
        self.standing(user, place, at) == Standing::Known
    }

    /// Returns whether a place is in a part of a known network, or of a block where no AS number is known, that the user did
    /// not use on two days before.
    pub fn is_near_only(&self, user: Sym, place: &Place, at: Time) -> bool {
        self.outside(user, std::iter::once(place), at) == Outside::Near
    }

    /// Returns whether a place has no AS number, and nobody is known to sign in from its /24 or /48, although the user does
    /// by the same version of IP on two days before.
    pub fn is_unseen(&self, user: Sym, place: &Place, at: Time) -> bool {
        let by_prefix = place.telling_net().filter(|net| !matches!(net, Net::Asn(_)));
        by_prefix.is_some_and(|net| {
            let days = self.users.get(&user).map(|own| &own.versions[usize::from(net.is_v4())]);
            let has_version = days.is_some_and(|days| days.are(KNOWN_DAYS, day(at)));
            has_version && self.given(place).is_none() && part_of(&self.prefixes, net).is_empty()
        })
    }

    /// The entry of the user's list that a place lies in.
    pub fn given(&self, place: &Place) -> Option<&super::KnownNetwork> {
        let number = match place.net {
            Some(Net::Asn(number)) => Some(number),
            _ => None,
        };
        self.given.as_ref()?.find(number, place.address)
    }

    /// Distance of some places from those of the user at a time.
    pub fn outside<'a>(&self, user: Sym, mut places: impl Iterator<Item = &'a Place> + Clone, at: Time) -> Outside {
        let is_foreign = |place: &Place| {
            let is_near = |net: Net| self.given(place).is_none() && self.has_block(user, net, day(at));
            place.telling_net().is_some_and(|net| !self.is_known(user, place, at) && !is_near(net))
        };
        if places.clone().any(is_foreign) {
            return Outside::Yes;
        }
        let is_elsewhere = |place: &Place| {
            let Some(address) = place.address else { return false };
            let days = if place.is_neutral {
                days_of(&self.addresses, address, user)
            } else {
                days_of(&self.prefixes, Net::prefix(address), user)
            };
            let is_given = self.given(place).is_some_and(|given| !given.is_relay);
            !is_given && !days.is_some_and(|days| days.are(KNOWN_DAYS, day(at)))
        };
        if places.any(is_elsewhere) { Outside::Near } else { Outside::No }
    }

    /// Days on which a user signed in from a network, up to seven.
    pub fn days(&self, user: Sym, net: Net) -> Option<&Days<BASELINE_DAYS>> {
        days_of(&self.nets, net, user)
    }

    /// Users other than one who signed in from a network on two days before a time's day.
    pub fn others_at(&self, user: Sym, net: Net, at: Time) -> impl Iterator<Item = Sym> + '_ {
        others(part_of(&self.nets, net), user, day(at))
    }

    /// Users other than one who ever signed in from a network.
    pub fn others(&self, user: Sym, net: Net) -> impl Iterator<Item = Sym> + '_ {
        part_of(&self.nets, net).iter().map(|(_, other, _)| *other).filter(move |other| *other != user)
    }

    /// Users other than one who signed in from an address on two days before a time's day.
    pub fn others_at_address(&self, user: Sym, address: IpAddr, at: Time) -> impl Iterator<Item = Sym> + '_ {
        others(part_of(&self.addresses, address), user, day(at))
    }
}

/// Users of a part of a list other than one, with two days before a day.
fn others<K, const N: usize>(part: &[(K, Sym, Days<N>)], user: Sym, before: u16) -> impl Iterator<Item = Sym> + '_ {
    let known = part.iter().filter(move |(_, other, days)| *other != user && days.are(KNOWN_DAYS, before));
    known.map(|(_, other, _)| *other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use crate::model::{EventId, Field, Table};
    use crate::store::testing::Rows;

    /// Sign-ins of April 2026, each a user, a day, an address and a number.
    fn store(rows: &[(&str, u32, &str, &str)]) -> Store {
        sign_ins(rows).build()
    }

    fn sign_ins(rows: &[(&str, u32, &str, &str)]) -> Rows {
        let mut store = Rows::default();
        for (at, (user, day, address, number)) in rows.iter().enumerate() {
            let id = at.to_string();
            let fields = [
                (Field::Id, id.as_str()),
                (Field::UserId, *user),
                (Field::IpAddress, *address),
                (Field::Asn, *number),
                (Field::UserAgent, "Chrome/120.0"),
                (Field::ResultType, "0"),
            ];
            store.row(Table::SignIn, &format!("2026-04-{day:02}T12:00:00Z"), &fields);
        }
        store
    }

    const HOME: &str = "192.0.2.10";

    /// Standing of the last row's network with its user at that row's time.
    fn last(rows: &[(&str, u32, &str, &str)], until: Option<&str>) -> (Standing, Outside) {
        let store = store(rows);
        let places = Places::new(&store, Facts::embedded());
        let until = until.map(|until| Time::parse(until).unwrap());
        let known = Known::new(&store, &places, until, None);
        let id = EventId(u32::try_from(rows.len() - 1).unwrap());
        let (event, place) = (store.event(id), places.place(id));
        let outside = known.outside(event.user, std::iter::once(place), event.time());
        (known.standing(event.user, place, event.time()), outside)
    }

    fn days(days: std::ops::RangeInclusive<u32>) -> Vec<(&'static str, u32, &'static str, &'static str)> {
        days.map(|day| ("u", day, HOME, "64496")).collect()
    }

    #[test]
    fn a_network_is_known_after_two_days_and_the_day_itself_never_counts() {
        let standing = |before: &[u32]| {
            let mut rows: Vec<_> = before.iter().map(|day| ("u", *day, HOME, "64496")).collect();
            rows.push(("u", 20, HOME, "64496"));
            last(&rows, None).0
        };
        assert_eq!(standing(&[1, 2]), Standing::Known);
        assert_eq!(standing(&[1, 1]), Standing::Undecided, "one day");
        assert_eq!(standing(&[1, 20]), Standing::Undecided, "the day itself");
    }

    #[test]
    fn it_takes_seven_days_with_its_kind_to_call_a_network_new() {
        let with = |before: Vec<_>, row| last(&[before, vec![row]].concat(), None).0;
        let foreign = ("u", 20, "203.0.113.5", "64510");
        assert_eq!(with(days(1..=7), foreign), Standing::New);
        assert_eq!(with(days(1..=6), foreign), Standing::Undecided);
        assert_eq!(with(days(1..=7), ("u", 20, "203.0.113.5", "")), Standing::Undecided, "a prefix beside numbers");
        assert_eq!(with(days(1..=7), ("other", 20, "203.0.113.5", "64510")), Standing::Undecided, "another user");
    }

    #[test]
    fn days_from_the_end_of_the_baseline_on_make_nothing_known() {
        let mut rows = days(1..=9);
        rows.extend([("u", 10, "203.0.113.5", "64510"), ("u", 11, "203.0.113.5", "64510")]);
        rows.push(("u", 20, "203.0.113.5", "64510"));
        assert_eq!(last(&rows, None).0, Standing::Known, "an intruder who stayed");
        assert_eq!(last(&rows, Some("2026-04-10T00:00:00Z")).0, Standing::New);
    }

    #[test]
    fn another_part_of_a_known_network_is_near() {
        let with = |row| last(&[days(1..=7), vec![row]].concat(), None);
        assert_eq!(with(("u", 20, HOME, "64496")), (Standing::Known, Outside::No));
        assert_eq!(with(("u", 20, "192.0.2.200", "64496")), (Standing::Known, Outside::No), "the same /24");
        assert_eq!(with(("u", 20, "198.51.100.7", "64496")), (Standing::Known, Outside::Near));
        assert_eq!(with(("u", 20, "198.51.100.7", "64510")), (Standing::New, Outside::Yes));
    }

    #[test]
    fn another_prefix_of_a_block_is_near_where_no_number_is_known() {
        let at = |address: &'static str| ("u", 20, address, "");
        let home = |address: &'static str| (1..=7).map(|day| ("u", day, address, "")).collect::<Vec<_>>();
        let with = |address, row| last(&[home(address), vec![row]].concat(), None);
        let (near, far) = ((Standing::Undecided, Outside::Near), (Standing::New, Outside::Yes));
        assert_eq!(with("192.0.8.1", at("192.0.9.5")), near);
        assert_eq!(with("192.0.8.1", at("192.1.8.1")), far);
        assert_eq!(with("198.18.8.1", at("198.18.9.5")), far, "benchmarks");
        assert_eq!(with("2001:db9:1::1", at("2001:db9:9::5")), near);
        assert_eq!(with("2001:db9:1::1", at("2001:dba:1::5")), far);
        assert_eq!(with("2001:db8:1::1", at("2001:db8:9::5")), far, "documentation");
        let one_day = [home(HOME), vec![("u", 8, "192.0.8.1", ""), at("192.0.9.5")]].concat();
        assert_eq!(last(&one_day, None), far, "one day");
        let numbered: Vec<_> = (1..=7).map(|day| ("u", day, "192.0.8.1", "64496")).collect();
        let numbered = [numbered, home(HOME), vec![at("192.0.9.5")]].concat();
        assert_eq!(last(&numbered, None), far, "a number stands for the block that it was in");
    }

    #[test]
    fn the_prefix_of_a_call_is_unseen_where_nobody_has_it_and_the_user_has_others_of_its_kind() {
        let is_unseen = |before: &[(&str, u32, &str, &str)], (address, number)| {
            let mut store = sign_ins(before);
            let fields = [(Field::UserId, "u"), (Field::IpAddress, address), (Field::Asn, number)];
            store.row(Table::Graph, "2026-04-20T12:00:00Z", &fields);
            let store = store.build();
            let places = Places::new(&store, Facts::embedded());
            let known = Known::new(&store, &places, None, None);
            let (id, event) = store.events().find(|(_, event)| event.table == Table::Graph).unwrap();
            known.is_unseen(event.user, places.place(id), event.time())
        };
        let (two, stranger) = ([("u", 1, HOME, ""), ("u", 2, HOME, "")], ("203.0.113.5", ""));
        assert!(is_unseen(&two, stranger));
        assert!(!is_unseen(&two[..1], stranger), "one day");
        assert!(!is_unseen(&[two[0], ("u", 20, HOME, "")], stranger), "the day itself");
        assert!(!is_unseen(&two, ("2001:db8::5", "")), "another version of IP");
        assert!(!is_unseen(&two, ("203.0.113.5", "64510")), "an AS number");
        let at = |day| ("other", day, "203.0.113.77", "");
        assert!(!is_unseen(&[&two[..], &[at(1), at(2)]].concat(), stranger), "another user has the prefix");
    }

    #[test]
    fn others_count_from_their_second_day_on() {
        let rows = [("a", 1, HOME, "1"), ("a", 2, HOME, "1"), ("b", 1, HOME, "1"), ("u", 9, HOME, "1")];
        let store = store(&rows);
        let places = Places::new(&store, Facts::embedded());
        let known = Known::new(&store, &places, None, None);
        let user = store.event(EventId(3)).user;
        let at = store.event(EventId(3)).time();
        assert_eq!(known.others(user, Net::Asn(1)).count(), 2);
        assert_eq!(known.others_at(user, Net::Asn(1), at).count(), 1);
        assert_eq!(known.others_at_address(user, HOME.parse().unwrap(), at).count(), 1);
    }

    #[test]
    fn the_first_days_of_two_lists_are_those_of_both() {
        let list = |days: &[u16]| {
            let mut list = Days::<BASELINE_DAYS>::default();
            for day in days {
                list.add(*day);
            }
            list
        };
        let mut days = list(&[1, 3, 5, 7, 9, 11, 13, 15]);
        assert_eq!(days.count(), BASELINE_DAYS, "more are not kept");
        days.join(&list(&[2, 3]));
        assert_eq!(days.known(), [1, 2, 3, 5, 7, 9, 11]);
        let mut few = list(&[4]);
        few.join(&list(&[9, 9, 12]));
        few.join(&list(&[4, 8]));
        assert_eq!(few.known(), [4, 8, 9, 12]);
        let mut pair = Pair::default();
        pair.join(&few);
        pair.join(&list(&[1]));
        assert_eq!(pair.known(), [1, 4], "a shorter list keeps fewer");
    }
}
