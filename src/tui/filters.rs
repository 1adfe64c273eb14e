//! The menu of filters: what rows or incidents can be chosen by, from the one under the cursor.

use super::scroll::List;
use super::workbench::Workbench;
use crate::model::EventId;
use crate::triage::filter::{Filter, Side, Test};
use crate::triage::listing::{ListField, ListFilter};
use crate::triage::{Disposition, pivot};

/// A filter that can be put in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// On the rows of the timeline.
    Row(Filter),
    /// On the incidents.
    Listed(ListFilter),
}

impl Item {
    /// This filter, or that on everything else.
    #[must_use]
    pub fn turned(self, out: bool) -> Self {
        match self {
            Self::Row(filter) => Self::Row(Filter { without: out, ..filter }),
            Self::Listed(ListFilter::Value { field, text, .. }) => {
                Self::Listed(ListFilter::Value { field, text, without: out })
            }
            listed @ Self::Listed(ListFilter::Typed(_)) => listed,
        }
    }
}

/// The menu.
pub struct Menu {
    /// Its lines: a filter, and its condition in words.
    pub items: Vec<(Item, String)>,
    /// The cursor.
    pub list: List,
}

impl Menu {
    /// The menu of a row of the timeline.
    pub fn of_row(bench: &Workbench, event: EventId) -> Self {
        let store = bench.store();
        let values = pivot::values(store, event).into_iter().map(Test::Value);
        let mut tests: Vec<Test> = values.collect();
        tests.extend([Test::Table(store.event(event).table), Test::Failed, Test::New]);
        if let Some(other) = bench.other_side() {
            tests.extend([Side::Other, Side::User].map(|side| Test::Side(side, other.clone())));
        }
        let item = |test: Test| {
            let words = test.words(store, bench.evidence.facts);
            (Item::Row(Filter::only(test)), words)
        };
        Self { items: tests.into_iter().map(item).collect(), list: List::default() }
    }

    /// The menu of the incident under the cursor of the list.
    pub fn of_incident(bench: &Workbench) -> Self {
        let orders = &bench.evidence.found.orders;
        let Some((hit, group)) = bench.hit.and_then(|hit| Some((hit, orders.group(hit)?))) else {
            return Self { items: Vec::new(), list: List::default() };
        };
        let hits = if bench.hit_list.is_open { std::slice::from_ref(&hit) } else { &group.hits };
        let state = bench.case.disposition(&bench.evidence.hits[hit].id);
        let values = orders.texts.values(hits, state.map_or("open", Disposition::words));
        let item = |(field, text): (ListField, String)| {
            let words = format!("{} {text}", field.word());
            (Item::Listed(ListFilter::Value { field, text, without: false }), words)
        };
        Self { items: values.into_iter().map(item).collect(), list: List::default() }
    }

    /// The filter under the cursor.
    pub fn selected(&self) -> Option<&Item> {
        self.items.get(self.list.cursor).map(|(item, _)| item)
    }
}
