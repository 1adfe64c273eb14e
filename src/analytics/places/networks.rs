//! Networks of addresses, by what the sign-ins of the bundle record.

use super::read::{PlaceKey, SeenKey};
use super::{Net, Place, net};
use crate::facts::Facts;
use crate::store::Store;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

/// Autonomous systems that sign-ins record at an address and in a prefix; `None` where they record two.
pub(super) struct Networks {
    addresses: HashMap<IpAddr, Option<u32>, RandomState>,
    prefixes: HashMap<Net, Option<u32>, RandomState>,
}

impl Networks {
    /// Those of the places that sign-ins record.
    pub(super) fn new(store: &Store, recorded: impl Iterator<Item = PlaceKey>) -> Self {
        let mut found = Self { addresses: HashMap::default(), prefixes: HashMap::default() };
        for (address, number, ..) in recorded {
            let (Some(address), Some(number)) = (net::parse(store.text(address)), asn(store.text(number))) else {
                continue;
            };
            one_only(&mut found.addresses, address, number);
            one_only(&mut found.prefixes, Net::prefix(address), number);
        }
        found
    }

    /// The place of a key.
    pub(super) fn place(&self, store: &Store, facts: &Facts, (sym, number, is_service, secure): PlaceKey) -> Place {
        self.place_by_number(store, facts, (sym, is_service, secure), asn(store.text(number)))
    }

    /// As [`Self::place`], with the number that is known of the address itself.
    pub(super) fn place_by_number(
        &self,
        store: &Store,
        facts: &Facts,
        (sym, is_service, secure): SeenKey,
        number: Option<u32>,
    ) -> Place {
        let address = net::parse(store.text(sym));
        let nearby = || {
            let address = address?;
            let at = self.addresses.get(&address).or_else(|| self.prefixes.get(&Net::prefix(address)));
            at.copied().flatten()
        };
        let number = number.or_else(nearby);
        let is_microsoft = match (number, address) {
            (Some(number), _) => facts.is_microsoft_asn(number),
            (None, Some(address)) => facts.is_microsoft_address(address),
            (None, None) => false,
        };
        Place {
            address,
            net: number.map(Net::Asn).or_else(|| address.map(Net::prefix)),
            is_neutral: secure || (is_microsoft && is_service),
            is_microsoft,
            sym,
        }
    }
}

fn one_only<K: Eq + Hash>(known: &mut HashMap<K, Option<u32>, RandomState>, key: K, number: u32) {
    let known = known.entry(key).or_insert(Some(number));
    if *known != Some(number) {
        *known = None;
    }
}

fn asn(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| *number > 0)
}
