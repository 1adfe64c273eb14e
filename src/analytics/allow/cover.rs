//! Matching of hits with entries of the allow-list.

use super::{Allow, AllowList, FEW, Uncovered};
use crate::analytics::{Cell, Hit};
use crate::model::{EventId, Field, Sym};
use crate::store::Store;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

impl AllowList {
    /// Marks the hits that an entry covers, and moves them behind the others; both keep their order. A hit that a few of
    /// its addresses kept from being covered names them, and so does one whose Graph calls came from elsewhere.
    pub fn apply(&self, store: &Store, hits: &mut [Hit]) {
        let filed = Filed::new(self.in_force());
        for hit in hits.iter_mut() {
            (hit.allowed, hit.uncovered) = filed.covering(store, hit);
        }
        hits.sort_by_key(|hit| hit.allowed.is_some());
    }
}

impl Allow {
    /// Returns whether everything it names fits the hit, addresses aside.
    fn names(&self, about: &About) -> bool {
        let fits =
            |named: &[String], has: &[String; 2]| named.is_empty() || has.iter().any(|text| named.contains(text));
        fits(&self.users, &about.users)
            && fits(&self.clients, &about.clients)
            && (self.analytics.is_empty() || self.analytics.iter().any(|id| id == about.hit.analytic))
    }

    fn holds(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|net| net.contains(&address))
    }

    /// The addresses outside of its networks; `None` where it names networks and none of the addresses lies in one.
    fn outside(&self, addresses: &BTreeSet<Option<IpAddr>>) -> Option<Uncovered> {
        let within = |address: &&Option<IpAddr>| address.is_some_and(|address| self.holds(address));
        let outside = || addresses.iter().filter(|address| !self.networks.is_empty() && !within(address));
        let found = Uncovered {
            entry: self.clone(),
            addresses: outside().filter_map(|address| *address).collect(),
            has_blank: outside().any(Option::is_none),
        };
        (self.networks.is_empty() || addresses.iter().any(|address| within(&address))).then_some(found)
    }
}

/// Values of a hit that entries name, computed once for all entries.
struct About<'h> {
    hit: &'h Hit,
    store: &'h Store,
    users: [String; 2],
    clients: [String; 2],
    addresses: OnceCell<BTreeSet<Option<IpAddr>>>,
}

impl About<'_> {
    /// The addresses that the hit shows: of its sign-ins and device-code legs, and those in its columns; `None` among
    /// them for a row without one.
    fn addresses(&self) -> &BTreeSet<Option<IpAddr>> {
        self.addresses.get_or_init(|| {
            let Hit { evidence, legs, columns, .. } = self.hit;
            let mut shown = self.of_rows(evidence.iter().chain(legs));
            for (_, cell) in columns {
                listed(cell, &mut shown);
            }
            shown
        })
    }

    /// The addresses of its Graph calls, which it does not show.
    fn of_calls(&self) -> BTreeSet<Option<IpAddr>> {
        let mut addresses = self.of_rows(self.hit.graph.iter().map(|call| &call.event));
        addresses.remove(&None);
        addresses
    }

    fn of_rows<'e>(&self, rows: impl Iterator<Item = &'e EventId>) -> BTreeSet<Option<IpAddr>> {
        let held: BTreeSet<Sym> = rows.map(|row| self.store.event(*row).get(Field::IpAddress)).collect();
        held.into_iter().map(|sym| address(self.store.text(sym))).collect()
    }
}

fn address(text: &str) -> Option<IpAddr> {
    crate::facts::address(text).map(|address| address.to_canonical())
}

/// Adds the addresses in a cell.
fn listed(cell: &Cell, addresses: &mut BTreeSet<Option<IpAddr>>) {
    // Columns hold long lists of requests too.
    let mut add = |text: &str| {
        if text.len() <= LONGEST_ADDRESS {
            addresses.extend(address(text).map(Some));
        }
    };
    match cell {
        Cell::Text(text) => add(text),
        Cell::List(texts) => texts.iter().for_each(|text| add(text)),
        Cell::Rows(rows) => rows.iter().flatten().for_each(|(_, cell)| listed(cell, addresses)),
        Cell::Object(cells) => cells.iter().for_each(|(_, cell)| listed(cell, addresses)),
        Cell::Number(_) | Cell::Time(_) => {}
    }
}

/// Most bytes of an address with brackets and a port.
const LONGEST_ADDRESS: usize = 64;

/// Entries by the values they name: a list may have as many as there are users.
struct Filed<'l> {
    entries: Vec<&'l Allow>,
    /// Those that name users, by each.
    users: HashMap<&'l str, Vec<usize>>,
    /// Those that name clients and no user, by each.
    clients: HashMap<&'l str, Vec<usize>>,
    others: Vec<usize>,
}

impl<'l> Filed<'l> {
    fn new(entries: impl Iterator<Item = &'l Allow>) -> Self {
        let entries: Vec<&Allow> = entries.collect();
        let (mut users, mut clients, mut others) = (HashMap::new(), HashMap::new(), Vec::new());
        for (at, entry) in entries.iter().enumerate() {
            let (named, by) =
                if entry.users.is_empty() { (&entry.clients, &mut clients) } else { (&entry.users, &mut users) };
            for name in named {
                by.entry(name.as_str()).or_insert_with(Vec::new).push(at);
            }
            if named.is_empty() {
                others.push(at);
            }
        }
        Self { entries, users, clients, others }
    }

    /// The first entry of the list that covers the hit, and its Graph calls' addresses outside of it; without one, the
    /// entry that the fewest addresses kept from it, if they are few.
    fn covering(&self, store: &Store, hit: &Hit) -> (Option<Allow>, Option<Uncovered>) {
        let normalized = |text: &str| text.trim().to_lowercase();
        let about = About {
            hit,
            store,
            users: [normalized(&hit.upn), normalized(&hit.user_id)],
            clients: [normalized(&hit.app_id), normalized(&hit.app_name)],
            addresses: OnceCell::new(),
        };
        let under = |by: &HashMap<&str, Vec<usize>>, names: &[String; 2]| -> Vec<usize> {
            names.iter().filter_map(|name| by.get(name.as_str())).flatten().copied().collect()
        };
        let mut may_fit = under(&self.users, &about.users);
        may_fit.extend(under(&self.clients, &about.clients));
        may_fit.extend(&self.others);
        may_fit.sort_unstable();
        let mut nearest: Option<Uncovered> = None;
        for entry in may_fit.into_iter().map(|at| self.entries[at]).filter(|entry| entry.names(&about)) {
            let Some(outside) = entry.outside(about.addresses()) else { continue };
            let count = |outside: &Uncovered| outside.addresses.len() + usize::from(outside.has_blank);
            if count(&outside) == 0 {
                let calls =
                    || about.of_calls().into_iter().flatten().filter(|address| !entry.holds(*address)).collect();
                let addresses: Vec<IpAddr> = if entry.networks.is_empty() { Vec::new() } else { calls() };
                let elsewhere = (!addresses.is_empty()).then_some(Uncovered { addresses, ..outside });
                return (Some(entry.clone()), elsewhere);
            }
            if count(&outside) <= FEW && nearest.as_ref().is_none_or(|known| count(&outside) < count(known)) {
                nearest = Some(outside);
            }
        }
        (None, nearest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::{GraphCall, GraphTie, Settings, run};
    use crate::facts::Facts;
    use crate::model::{Table, Time};
    use crate::store::testing::Rows;

    const CALL: &str = "198.51.100.77";

    /// A burst from these addresses, with a Graph call from another, and its store.
    fn burst(addresses: &[&str]) -> (Store, Hit) {
        let mut rows = Rows::default();
        for (number, address) in addresses.iter().enumerate() {
            let (id, resource) = (number.to_string(), format!("resource {number}"));
            let fields = [
                (Field::Id, id.as_str()),
                (Field::UserId, "u"),
                (Field::ResultType, "0"),
                (Field::AppId, "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
                (Field::ResourceIdentity, &resource),
                (Field::IpAddress, address),
            ];
            rows.row(Table::NonInteractive, &format!("2026-05-01T14:00:0{number}Z"), &fields);
        }
        rows.row(Table::Graph, "2026-05-01T15:00:00Z", &[(Field::Id, "call"), (Field::IpAddress, CALL)]);
        let store = rows.build();
        let settings = Settings { analytics: Some(vec!["foci-burst".to_owned()]), ..Settings::default() };
        let mut hit = run(&store, Facts::embedded(), &settings).remove(0);
        let call = store.events().last().expect("the call").0;
        hit.graph = vec![GraphCall { event: call, tie: GraphTie::Token }];
        (store, hit)
    }

    /// The hit after a list of entries with these networks, each in the form of TOML.
    fn under(store: &Store, hit: &Hit, networks: &[&str]) -> Hit {
        let entry = |networks: &&str| {
            format!("[[allow]]\nuser = \"u\"\naddress = {networks}\nreason = \"ours\"\nexpires = 2126-01-01\n")
        };
        let text: String = networks.iter().map(entry).collect::<Vec<_>>().concat();
        let now = Time::parse("2026-05-20T00:00:00Z").expect("a time");
        let list = AllowList::parse("allow.toml", &text, now).expect("a list");
        let mut hits = [hit.clone()];
        list.apply(store, &mut hits);
        let [hit] = hits;
        hit
    }

    #[test]
    fn an_entry_fits_by_the_addresses_that_the_hit_shows() {
        let (store, hit) = burst(&["192.0.2.1:443", "192.0.2.2", "::ffff:192.0.2.3"]);
        let allowed = under(&store, &hit, &["\"192.0.2.0/24\""]);
        assert!(allowed.allowed.is_some(), "calls are not shown with their addresses");
        assert_eq!(
            allowed.uncovered_words().as_deref(),
            Some("its Graph calls also came from 198.51.100.77, outside of entry 1")
        );
        let with_calls = under(&store, &hit, &["[\"192.0.2.0/24\", \"198.51.100.0/24\"]"]);
        assert!(with_calls.allowed.is_some() && with_calls.uncovered.is_none());
        let mut shown = hit;
        let leg = vec![("IPAddress", Cell::Text("203.0.113.20".to_owned()))];
        shown.columns.push(("DeviceCodeLegs", Cell::Rows(vec![leg])));
        let kept = under(&store, &shown, &["\"192.0.2.0/24\""]);
        assert!(kept.allowed.is_none());
        assert_eq!(
            kept.uncovered_words().as_deref(),
            Some("entry 1 of the allow-list would cover it but for 203.0.113.20")
        );
        shown.columns.push(("Marks", Cell::Object(vec![("from", Cell::List(vec!["2001:db8::1".to_owned()]))])));
        let kept = under(&store, &shown, &["\"192.0.2.0/24\""]).uncovered.expect("two addresses are few");
        assert_eq!(kept.texts(), ["203.0.113.20", "2001:db8::1"]);
    }

    #[test]
    fn the_entry_that_the_fewest_addresses_kept_out_is_named_if_they_are_few() {
        let (store, hit) = burst(&["192.0.2.1", "203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4", ""]);
        let kept = |networks: &[&str]| {
            let hit = under(&store, &hit, networks);
            assert!(hit.allowed.is_none());
            hit.uncovered.map(|kept| (kept.entry.number, kept.texts().join(", ")))
        };
        assert_eq!(kept(&["\"192.0.2.0/24\""]), None, "five addresses are many");
        assert_eq!(kept(&["\"198.51.100.0/24\""]), None, "no address is one of its own");
        let wide = "[\"192.0.2.0/24\", \"203.0.113.1\", \"203.0.113.2\"]";
        let wider = "[\"203.0.113.0/24\", \"192.0.2.1\"]";
        let blank = "a row without an address".to_owned();
        assert_eq!(kept(&[wide]), Some((1, format!("203.0.113.3, 203.0.113.4, {blank}"))));
        assert_eq!(kept(&[wide, wider]), Some((2, blank)));
    }

    #[test]
    fn what_shows_no_address_is_no_networks_own() {
        let (store, mut hit) = burst(&["192.0.2.1", "192.0.2.1", "192.0.2.1"]);
        hit.evidence.clear();
        hit.columns.clear();
        let kept = under(&store, &hit, &["\"192.0.2.0/24\""]);
        assert!(kept.allowed.is_none() && kept.uncovered.is_none());
    }
}
