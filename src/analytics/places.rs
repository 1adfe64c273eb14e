//! Places: address, network and software of every row, and the comparison of two rows by them.
//!
//! A row without a network of its own takes the one that the bundle's sign-ins record at its address, else in its
//! prefix, where they record one only. Rows of Microsoft's own services are neutral: listed, but no evidence of a place.

mod net;
mod networks;
mod profile;
mod programs;
mod read;

pub use net::{Block, Compared, Net};
pub use profile::{Profile, Tool, system_name};

use super::numbers::Numbers;
use crate::facts::Facts;
use crate::model::{EventId, Sym};
use crate::store::Store;
use foldhash::fast::RandomState;
use networks::Networks;
use programs::named;
use read::{PlaceKey, Read, SeenKey};
use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZero;

/// Place of a row in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its address, unless private, reserved or unreadable.
    pub address: Option<IpAddr>,
    /// Its network: by number, else by prefix.
    pub net: Option<Net>,
    /// Whether it is a service of Microsoft's, or behind Global Secure Access.
    pub is_neutral: bool,
    /// Whether its network is Microsoft's.
    pub is_microsoft: bool,
    /// Symbol of the address.
    pub sym: Sym,
}

impl Place {
    /// Its network, where it says something.
    pub fn telling_net(&self) -> Option<Net> {
        self.net.filter(|_| !self.is_neutral)
    }

    /// Compares two places. Of neutral ones nothing is known.
    pub fn compared(&self, other: &Self) -> Compared {
        let (Some(a), Some(b)) = (self.address, other.address) else { return Compared::Unknown };
        if self.is_neutral || other.is_neutral {
            return Compared::Unknown;
        }
        if a == b {
            return Compared::Same;
        }
        if let (Some(Net::Asn(a)), Some(Net::Asn(b))) = (self.net, other.net) {
            return if a == b { Compared::Same } else { Compared::Different };
        }
        let (a, b) = (Net::prefix(a), Net::prefix(b));
        match (a == b, a.is_v4() == b.is_v4()) {
            (true, _) => Compared::Same,
            (false, true) => Compared::Weak,
            (false, false) => Compared::OtherVersion,
        }
    }
}

/// Place and profile of every event.
pub struct Places {
    /// By event: numbers of its place and its profile.
    rows: Vec<(u32, u32)>,
    places: Vec<Place>,
    profiles: Vec<Profile>,
    /// Numbers of the places at which resources saw the callers of sign-ins, where that was another address.
    at_resource: HashMap<EventId, u32, RandomState>,
}

impl Places {
    /// Places of every event of the store.
    pub fn new(store: &Store, facts: &Facts) -> Self {
        let Read { rows, places, is_recorded, profiles, seen } = Read::all(store, facts);
        let networks =
            Networks::new(store, places.keys.iter().zip(is_recorded).filter(|(_, is)| *is).map(|(key, _)| *key));
        let place = |key: PlaceKey| networks.place(store, facts, key);
        let mut places: Vec<Place> = places.keys.into_iter().map(place).collect();
        let mut others: Numbers<SeenKey> = Numbers::default();
        let mut at_resource: HashMap<EventId, u32, RandomState> = HashMap::default();
        for (id, key) in seen {
            at_resource.insert(id, others.number(key));
        }
        // The number that a sign-in records is of its own address alone.
        let first = u32::try_from(places.len()).expect("no more than events");
        places.extend(others.keys.into_iter().map(|(address, is_service, secure)| {
            let given = store.network(store.text(address)).map(|network| network.number);
            networks.place_by_number(store, facts, (address, is_service, secure), given)
        }));
        for number in at_resource.values_mut() {
            *number += first;
        }
        at_resource.retain(|id, number| {
            let other = places[*number as usize].address;
            other.is_some() && other != places[rows[id.0 as usize].0 as usize].address
        });
        Self { rows, places, profiles: named(store, facts, profiles.keys), at_resource }
    }

    /// Number of the place at which the resource saw the caller of a sign-in, where that was another public address.
    pub fn at_resource(&self, id: EventId) -> Option<u32> {
        self.at_resource.get(&id).copied()
    }

    /// Place of an event.
    #[inline]
    pub fn place(&self, id: EventId) -> &Place {
        &self.places[self.rows[id.0 as usize].0 as usize]
    }

    /// Number of an event's place: equal places have the same.
    #[inline]
    pub fn number(&self, id: EventId) -> u32 {
        self.rows[id.0 as usize].0
    }

    /// Place by its number.
    pub fn numbered(&self, number: u32) -> &Place {
        &self.places[number as usize]
    }

    /// By number of a place, a number of its network where it says something: equal networks have the same.
    pub fn numbers_of_nets(&self) -> Vec<Option<NonZero<u32>>> {
        let mut nets: Numbers<Net> = Numbers::default();
        self.places.iter().map(|place| NonZero::new(nets.number(place.telling_net()?) + 1)).collect()
    }

    /// Number of an event's software: equal software has the same.
    #[inline]
    pub fn profile_number(&self, id: EventId) -> u32 {
        self.rows[id.0 as usize].1
    }

    /// All software, by its number.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// Software of an event.
    #[inline]
    pub fn profile(&self, id: EventId) -> &Profile {
        &self.profiles[self.rows[id.0 as usize].1 as usize]
    }

    /// Events whose software is wanted, in order, each with what was found in it.
    pub fn rows_with<T: Copy>(&self, wanted: impl FnMut(&Profile) -> Option<T>) -> impl Iterator<Item = (EventId, T)> {
        let found: Vec<Option<T>> = self.profiles.iter().map(wanted).collect();
        // Most bundles have none.
        let rows = if found.iter().any(Option::is_some) { &self.rows[..] } else { &[] };
        (0..).map(EventId).zip(rows).filter_map(move |(id, (_, profile))| Some((id, found[*profile as usize]?)))
    }

    /// The network of an event, where it says something.
    pub fn net(&self, id: EventId) -> Option<Net> {
        self.place(id).telling_net()
    }

    /// Distinct places of some events.
    pub fn distinct(&self, ids: impl IntoIterator<Item = EventId>) -> Vec<&Place> {
        let mut numbers: Vec<u32> = ids.into_iter().map(|id| self.rows[id.0 as usize].0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| &self.places[number as usize]).collect()
    }

    /// Distinct software of some events.
    pub fn software(&self, ids: impl IntoIterator<Item = EventId>) -> Vec<&Profile> {
        let mut numbers: Vec<u32> = ids.into_iter().map(|id| self.rows[id.0 as usize].1).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| &self.profiles[number as usize]).collect()
    }

    /// Returns whether two of some events are in different networks.
    pub fn are_apart(&self, ids: impl IntoIterator<Item = EventId>) -> bool {
        let places = self.distinct(ids);
        let pairs = |a: usize| places[a + 1..].iter().any(|b| places[a].compared(b) == Compared::Different);
        (0..places.len()).any(pairs)
    }

    /// Returns whether two of some events name their software and differ in its family or system.
    pub fn differ(&self, ids: impl IntoIterator<Item = EventId>) -> bool {
        let software = self.software(ids);
        let mut named = software.into_iter().filter(|profile| !profile.agent.is_none());
        named.next().is_some_and(|first| named.any(|other| (&first.family, &first.os) != (&other.family, &other.os)))
    }

    /// Compares the places of two events.
    pub fn compared(&self, a: EventId, b: EventId) -> Compared {
        self.place(a).compared(self.place(b))
    }
}

#[cfg(test)]
mod tests {
    use super::read::AZURE_CLI;
    use super::*;
    use crate::model::{Field, Flags, Table};
    use crate::store::testing::Rows;

    const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0";
    const AT: &str = "2026-05-01T14:00:00Z";

    /// The places of some rows, each an address and a number.
    fn places(rows: &[(&str, &str)]) -> Places {
        let mut store = Rows::default();
        for (address, number) in rows {
            let fields = [(Field::IpAddress, *address), (Field::Asn, *number), (Field::UserAgent, BROWSER)];
            store.row(Table::SignIn, AT, &fields);
        }
        Places::new(&store.build(), Facts::embedded())
    }

    fn compared(a: (&str, &str), b: (&str, &str)) -> Compared {
        places(&[a, b]).compared(EventId(0), EventId(1))
    }

    #[test]
    fn places_are_compared_by_address_then_number_then_prefix() {
        for (a, b, expected) in [
            (("192.0.2.1", "1"), ("192.0.2.1", "2"), Compared::Same),
            (("192.0.2.1", "64500"), ("198.51.100.1", "64500"), Compared::Same),
            (("192.0.2.1", "64500"), ("192.0.2.2", "64501"), Compared::Different),
            (("192.0.2.1", "64500"), ("198.51.100.1", ""), Compared::Weak),
            (("192.0.2.1", ""), ("192.0.2.2", ""), Compared::Same),
            (("2001:db8:1::1", ""), ("2001:db8:1:2::1", ""), Compared::Same),
            (("2001:db8:1::1", ""), ("2001:db8:2::1", ""), Compared::Weak),
            (("2001:db8:1::1", ""), ("192.0.2.1", "64500"), Compared::OtherVersion),
            (("", "64500"), ("192.0.2.1", "64501"), Compared::Unknown),
            (("10.0.0.1", ""), ("192.0.2.1", ""), Compared::Unknown),
        ] {
            assert_eq!(compared(a, b), expected, "{a:?} {b:?}");
            assert_eq!(compared(b, a), expected, "{b:?} {a:?}");
        }
    }

    #[test]
    fn a_row_without_a_number_takes_the_one_recorded_nearby() {
        let net = |rows: &[(&str, &str)]| places(rows).place(EventId(0)).net;
        assert_eq!(net(&[("192.0.2.1", ""), ("192.0.2.1", "7"), ("192.0.2.9", "8")]), Some(Net::Asn(7)));
        assert_eq!(net(&[("192.0.2.1", ""), ("192.0.2.9", "8")]), Some(Net::Asn(8)));
        assert_eq!(net(&[("192.0.2.1", ""), ("192.0.2.9", "8"), ("192.0.2.8", "9")]), Some(Net::V4([192, 0, 2])));
        assert_eq!(net(&[("192.0.2.1", "0"), ("198.51.100.9", "8")]), Some(Net::V4([192, 0, 2])));
        assert_eq!(net(&[("", "5")]), Some(Net::Asn(5)), "a number without an address");
        assert_eq!(net(&[("", "")]), None);
    }

    #[test]
    fn two_numbers_at_one_address_leave_its_prefix_open_too() {
        let found = places(&[("192.0.2.1", ""), ("192.0.2.1", "7"), ("192.0.2.1", "8")]);
        assert_eq!(found.place(EventId(0)).net, Some(Net::V4([192, 0, 2])));
    }

    #[test]
    fn services_of_microsoft_are_neutral() {
        let mut rows = Rows::default();
        let teams_service = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe";
        for (agent, client, number) in [
            ("", "x", "8075"),
            (BROWSER, "x", "8075"),
            (BROWSER, teams_service, "8068"),
            (BROWSER, teams_service, "8076"),
            ("", "x", "64500"),
        ] {
            let fields = [
                (Field::IpAddress, "192.0.2.1"),
                (Field::Asn, number),
                (Field::UserAgent, agent),
                (Field::AppId, client),
            ];
            rows.row(Table::SignIn, AT, &fields);
        }
        rows.row(Table::SignIn, AT, &[(Field::IpAddress, "192.0.2.1")]).flag(Flags::GLOBAL_SECURE_ACCESS);
        let store = rows.build();
        let found = Places::new(&store, Facts::embedded());
        let mut neutral: Vec<(String, bool)> = store
            .events()
            .map(|(id, event)| {
                let text = |field| store.text(event.get(field));
                (format!("{}|{}", text(Field::UserAgent).len(), text(Field::Asn)), found.place(id).is_neutral)
            })
            .collect();
        neutral.sort();
        let long = BROWSER.len();
        let expected = [
            ("0|".to_owned(), true),
            ("0|64500".to_owned(), false),
            ("0|8075".to_owned(), true),
            (format!("{long}|8068"), true),
            (format!("{long}|8075"), false),
            (format!("{long}|8076"), false),
        ];
        assert_eq!(neutral, expected);
    }

    #[test]
    fn a_library_is_the_agent_of_the_command_line() {
        let mut rows = Rows::default();
        for client in [AZURE_CLI, "x"] {
            rows.row(Table::SignIn, AT, &[(Field::AppId, client), (Field::UserAgent, " python-requests/2.31 ")]);
        }
        let store = rows.build();
        let found = Places::new(&store, Facts::embedded());
        let families: Vec<(bool, &str, Tool)> = store
            .events()
            .map(|(id, event)| {
                let profile = found.profile(id);
                (store.text(event.get(Field::AppId)) == AZURE_CLI, &*profile.family, profile.tool)
            })
            .collect();
        assert!(families.contains(&(true, "native:python-requests", Tool::None)));
        assert!(families.contains(&(false, "tool:http-lib", Tool::Library)));
    }

    #[test]
    fn the_number_of_a_sign_in_counts_after_a_call_with_the_same() {
        let net_of_second = |with_sign_in: bool| {
            let mut store = Rows::default();
            let at = |number| [(Field::IpAddress, "192.0.2.10"), (Field::Asn, number), (Field::UserAgent, BROWSER)];
            store.row(Table::Graph, AT, &at("64500"));
            store.row(Table::Graph, "2026-05-01T14:00:01Z", &at(""));
            if with_sign_in {
                store.row(Table::SignIn, "2026-05-01T14:00:02Z", &at("64500"));
            }
            Places::new(&store.build(), Facts::embedded()).net(EventId(1))
        };
        assert_eq!(net_of_second(false), Some(Net::V4([192, 0, 2])), "no call says it for others");
        assert_eq!(net_of_second(true), Some(Net::Asn(64500)));
    }

    #[test]
    fn the_resource_saw_the_caller_elsewhere() {
        let mut store = Rows::default();
        let seen = |from| [(Field::IpAddress, "192.0.2.10"), (Field::Asn, "64500"), (Field::AddressAtResource, from)];
        for (second, from) in ["198.51.100.7:443", "192.0.2.10:443", "10.0.0.1", "x", "198.51.100.7"].iter().enumerate()
        {
            store.row(Table::SignIn, &format!("2026-05-01T14:00:0{second}Z"), &seen(from));
        }
        let places = Places::new(&store.build(), Facts::embedded());
        let at = |id| places.at_resource(EventId(id)).map(|number| places.numbered(number));
        assert_eq!(at(0).and_then(|place| place.net), Some(Net::V4([198, 51, 100])), "not the sign-in's number");
        assert_eq!((at(1), at(2), at(3)), (None, None, None), "the same, private, no address");
        assert_eq!(at(4), at(0));
    }
}
