//! Order, groups and filter of the hits pane.

use super::scroll::List;
use crate::analytics::Hit;
use crate::model::Sym;
use crate::store::Query;
use crate::triage::{Case, Disposition};
use std::cmp::Reverse;
use std::collections::HashMap;

/// What the hits are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The worst first.
    #[default]
    Severity,
    /// The earliest first.
    Time,
    /// By sign-in name.
    User,
}

impl Sort {
    /// The next order, round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Severity => Self::Time,
            Self::Time => Self::User,
            Self::User => Self::Severity,
        }
    }

    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Time => "time",
            Self::User => "user",
        }
    }
}

/// A hit in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Position among the hits.
    pub hit: usize,
    /// Whether it belongs to the group of the entry above: same user, overlapping in time.
    pub grouped: bool,
}

/// The hits as listed.
#[derive(Default)]
pub struct HitList {
    /// What is shown, in order.
    pub entries: Vec<Entry>,
    /// The cursor.
    pub list: List,
    /// The order.
    pub sort: Sort,
    /// What was typed to filter.
    pub filter: String,
}

impl HitList {
    /// Position of the hit under the cursor.
    pub fn selected(&self) -> Option<usize> {
        self.entries.get(self.list.cursor).map(|entry| entry.hit)
    }

    /// Sorts and filters anew; the cursor stays on its hit where that is still shown.
    pub fn arrange(&mut self, hits: &[Hit], case: &Case) {
        let before = self.selected();
        let query = Query::new(&self.filter);
        let shown = |hit: &Hit| query.is_empty() || query.score(&searched(hit, case)).is_some();
        self.entries = grouped(hits, self.sort);
        self.entries.retain(|entry| shown(&hits[entry.hit]));
        // A group whose first hit is filtered out begins with the next one.
        for at in 0..self.entries.len() {
            let above = at.checked_sub(1).map(|above| self.entries[above].hit);
            let entry = &mut self.entries[at];
            entry.grouped &= above.is_some_and(|above| overlap(&hits[above], &hits[entry.hit]));
        }
        self.list = List::at(before.and_then(|hit| self.place(hit)).unwrap_or(0));
    }

    /// The row of a hit, if it is shown.
    pub fn place(&self, hit: usize) -> Option<usize> {
        self.entries.iter().position(|entry| entry.hit == hit)
    }
}

/// What the filter looks at: what the pane shows, and what it has no room for.
fn searched(hit: &Hit, case: &Case) -> String {
    let disposition = case.disposition(&hit.id).map_or("open", Disposition::words);
    format!("{} {} {} {} {disposition}", hit.severity.word(), hit.analytic, hit.upn, hit.app_name)
}

/// Every hit in order, each group together at the place of its first member.
fn grouped(hits: &[Hit], sort: Sort) -> Vec<Entry> {
    let mut order: Vec<usize> = (0..hits.len()).collect();
    // The sort is stable and the hits come in order of first seen.
    match sort {
        Sort::Severity => order.sort_by_key(|at| Reverse((hits[*at].severity, hits[*at].confidence))),
        Sort::Time => order.sort_by_key(|at| hits[*at].first_seen),
        Sort::User => order.sort_by(|a, b| hits[*a].upn.cmp(&hits[*b].upn)),
    }
    // What is allowed stands below, whatever the order.
    order.sort_by_key(|at| hits[*at].allowed.is_some());
    let mut of_user: HashMap<Sym, Vec<usize>> = HashMap::new();
    for hit in &order {
        of_user.entry(hits[*hit].user).or_default().push(*hit);
    }
    let mut entries: Vec<Entry> = Vec::with_capacity(hits.len());
    for first in order {
        let start = entries.len();
        let waiting = of_user.get_mut(&hits[first].user).expect("filled from the same order");
        let mut next = waiting.iter().position(|hit| *hit == first);
        while let Some(at) = next {
            entries.push(Entry { hit: waiting.remove(at), grouped: entries.len() > start });
            let group = &entries[start..];
            next = waiting.iter().position(|hit| group.iter().any(|entry| overlap(&hits[entry.hit], &hits[*hit])));
        }
    }
    entries
}

fn overlap(a: &Hit, b: &Hit) -> bool {
    a.user == b.user
        && a.allowed.is_some() == b.allowed.is_some()
        && a.first_seen <= b.last_seen
        && b.first_seen <= a.last_seen
}
