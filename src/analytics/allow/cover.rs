//! Matching of hits with entries of the allow-list.

use super::{Allow, AllowList};
use crate::analytics::Hit;
use crate::model::{Field, Sym};
use crate::store::Store;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

impl AllowList {
    /// Marks the hits that an entry covers, and moves them behind the others; both keep their order.
    pub fn apply(&self, store: &Store, hits: &mut [Hit]) {
        let filed = Filed::new(self.in_force());
        for hit in hits.iter_mut() {
            hit.allowed = filed.covering(store, hit).cloned();
        }
        hits.sort_by_key(|hit| hit.allowed.is_some());
    }
}

impl Allow {
    /// Returns whether everything it names fits the hit.
    fn covers(&self, about: &About) -> bool {
        let fits =
            |named: &[String], has: &[String; 2]| named.is_empty() || has.iter().any(|text| named.contains(text));
        let within = |address: &Option<IpAddr>| {
            address.is_some_and(|address| self.networks.iter().any(|net| net.contains(&address)))
        };
        fits(&self.users, &about.users)
            && fits(&self.clients, &about.clients)
            && (self.analytics.is_empty() || self.analytics.iter().any(|id| id == about.hit.analytic))
            && (self.networks.is_empty() || about.addresses().iter().all(within))
    }
}

/// Values of a hit that entries name, computed once for all entries.
struct About<'h> {
    hit: &'h Hit,
    store: &'h Store,
    users: [String; 2],
    clients: [String; 2],
    addresses: OnceCell<Vec<Option<IpAddr>>>,
}

impl About<'_> {
    /// The distinct addresses of the hit's sign-ins, device-code legs and Graph calls; `None` among them for a row
    /// without one.
    fn addresses(&self) -> &[Option<IpAddr>] {
        self.addresses.get_or_init(|| {
            let Hit { evidence, legs, graph, .. } = self.hit;
            let rows = evidence.iter().chain(legs).chain(graph.iter().map(|call| &call.event));
            let held: BTreeSet<Sym> = rows.map(|row| self.store.event(*row)[Field::IpAddress]).collect();
            let address = |sym: Sym| crate::facts::address(self.store.text(sym)).map(|address| address.to_canonical());
            held.into_iter().map(address).collect()
        })
    }
}

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

    /// The first entry of the list that covers the hit.
    fn covering(&self, store: &Store, hit: &Hit) -> Option<&'l Allow> {
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
        may_fit.into_iter().map(|at| self.entries[at]).find(|entry| entry.covers(&about))
    }
}
