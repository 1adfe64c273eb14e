//! Networks of addresses, by the user's table.

use super::Store;
use crate::facts::{Network, Networks};
use crate::model::{Field, Flags, Sym};
use std::collections::HashMap;
use std::sync::Arc;

impl Store {
    /// Sets the network of every address that a table knows; other events keep the record's number. Call it before any
    /// look-up.
    pub fn name_networks(&mut self, networks: Arc<Networks>) {
        let mut numbers: HashMap<Sym, Option<Sym>> = HashMap::new();
        for at in 0..self.events.len() {
            let address = self.events.get(at).get(Field::IpAddress);
            if address.is_none() {
                continue;
            }
            let number = *numbers.entry(address).or_insert_with(|| {
                let found = networks.find(self.texts.text(address))?;
                Some(self.texts.intern(&found.number.to_string()))
            });
            if let Some(number) = number {
                self.events.set(at, Field::Asn, number);
                self.events.head_mut(at).flags.set(Flags::ASN_LOOKED_UP, true);
            }
        }
        self.networks = Some(networks);
    }

    /// The user's table of networks, if there is one.
    pub fn networks(&self) -> Option<&Networks> {
        self.networks.as_deref()
    }

    /// The network of an address as logs write it, by the user's table.
    pub fn network(&self, address: &str) -> Option<Network<'_>> {
        self.networks.as_ref()?.find(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Table;
    use crate::store::testing::Rows;

    #[test]
    fn the_table_wins_where_it_knows_an_address() {
        let mut rows = Rows::default();
        for (address, asn) in [("192.0.2.1", "64496"), ("198.51.100.1", "64497"), ("192.0.2.2", "")] {
            let fields = [(Field::IpAddress, address), (Field::Asn, asn), (Field::UserId, "u")];
            rows.row(Table::SignIn, "2026-05-01T14:00:00Z", &fields);
        }
        let mut store = rows.build();
        let text = "CIDR,CIDRASN,CIDRASNName\n192.0.2.0/24,64500,Example\n";
        let networks = Networks::from_bytes("n.csv".into(), String::new(), text.into()).unwrap();
        store.name_networks(Arc::new(networks));
        let mut found: Vec<_> = store
            .events()
            .map(|(id, event)| {
                let looked_up = event.flags.has(Flags::ASN_LOOKED_UP);
                (store.get(id, Field::IpAddress), store.get(id, Field::Asn), looked_up)
            })
            .collect();
        found.sort_unstable();
        assert_eq!(
            found,
            [("192.0.2.1", "64500", true), ("192.0.2.2", "64500", true), ("198.51.100.1", "64497", false)]
        );
        assert_eq!(store.text(store.normalized(store.find("64500").unwrap())), "64500");
        assert_eq!(store.network("192.0.2.9").unwrap().name, "Example");
    }
}
