//! Filters on rows: each keeps some of them, and a stack of them keeps what all of them keep.

use super::pivot::Value;
use super::search::{EventMarks, Search};
use super::timeline;
use crate::analytics::incidents::Lane;
use crate::analytics::known::Standing;
use crate::analytics::{DetectContext, Incident};
use crate::facts::Facts;
use crate::model::words::counted;
use crate::model::{EventId, Sym, Table, work};
use crate::store::{Key, Store};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One condition on rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The condition.
    pub test: Test,
    /// Whether rows that meet it are left out.
    pub without: bool,
}

/// Something that a row is or has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// A value that pivots know.
    Value(Value),
    /// It failed.
    Failed,
    /// Its address is new to its user.
    New,
    /// It is of one side of an incident.
    Side(Side, Arc<OtherSide>),
    /// Its table.
    Table(Table),
    /// A line of the search language.
    Typed(String),
    /// Rows by themselves, in time order, under a name: those that a fact rests on.
    Rows(Arc<Vec<EventId>>, String),
}

/// A side of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Places that the user was known at.
    User,
    /// All other places.
    Other,
}

/// Rows and addresses of an incident's places that are not known to its user, as its card has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherSide {
    addresses: BTreeSet<Sym>,
    /// Rows without an address.
    rows: BTreeSet<EventId>,
}

impl OtherSide {
    /// The other side of an incident; `None` where all its rows are of one side.
    pub fn new(store: &Store, incident: &Incident) -> Option<Self> {
        let is_other = |lane: &&Lane| lane.standing != Standing::Known;
        let mut side = Self::default();
        for id in incident.lanes.iter().filter(is_other).flat_map(|lane| lane.sign_ins.iter().chain(&lane.uses)) {
            match store.value(Key::Address, *id) {
                Sym::NONE => _ = side.rows.insert(*id),
                address => _ = side.addresses.insert(address),
            }
        }
        let sides = !side.addresses.is_empty() && incident.lanes.iter().any(|lane| !is_other(&lane));
        sides.then_some(side)
    }

    fn has(&self, store: &Store, event: EventId) -> bool {
        match store.value(Key::Address, event) {
            Sym::NONE => self.rows.contains(&event),
            address => self.addresses.contains(&address),
        }
    }
}

impl Filter {
    /// Keeps rows that meet a condition.
    pub fn only(test: Test) -> Self {
        Self { test, without: false }
    }

    /// The filter in a few words: `only address 198.51.100.23`, `without failed rows`. As logged: make it inert before
    /// drawing.
    pub fn words(&self, store: &Store, facts: &Facts) -> String {
        let what = self.test.words(store, facts);
        if let Test::Typed(_) = self.test {
            return if self.without { format!("without: {what}") } else { what };
        }
        format!("{} {what}", if self.without { "without" } else { "only" })
    }
}

impl Test {
    /// The condition in a few words, as logged.
    pub fn words(&self, store: &Store, facts: &Facts) -> String {
        match self {
            Self::Value(value) => format!("{} {}", value.kind(), short(*value, store, facts)),
            Self::Failed => "failed rows".to_owned(),
            Self::New => "rows from new addresses".to_owned(),
            Self::Side(Side::User, _) => "the user's side".to_owned(),
            Self::Side(Side::Other, _) => "the other side".to_owned(),
            Self::Table(table) => table.spec().name.to_owned(),
            Self::Typed(line) => line.trim().to_owned(),
            Self::Rows(rows, name) => format!("{} of: {name}", counted(rows.len(), "row")),
        }
    }
}

/// A value without the id behind a name.
fn short(value: Value, store: &Store, facts: &Facts) -> String {
    let text = store.text(value.sym);
    let named = match value.key {
        Key::Client => facts.client(text).map(|client| client.name.clone()),
        Key::Resource => facts.resource(text).map(|resource| resource.name.clone()),
        _ => None,
    };
    named.unwrap_or_else(|| value.words(store, facts))
}

/// The events that a filter keeps, in their order. Reads every one: not for the thread that draws.
pub fn kept(context: &DetectContext, marks: &EventMarks, filter: &Filter, events: &[EventId]) -> Vec<EventId> {
    let (store, facts) = (context.store, context.facts);
    let mut search = match &filter.test {
        Test::Typed(line) => Search::parse(line).ok().map(|search| search.with(Arc::clone(marks))),
        _ => None,
    };
    let mut meets = |event: EventId| match &filter.test {
        Test::Value(value) => store.value(value.key, event) == value.sym,
        Test::Failed => timeline::has_failed(store, store.event(event)),
        Test::New => context.standing(event) == Some(Standing::New),
        Test::Side(side, other) => other.has(store, event) == (*side == Side::Other),
        Test::Table(table) => store.event(event).table == *table,
        Test::Rows(rows, _) => rows.binary_search(&event).is_ok(),
        Test::Typed(_) => search.as_mut().is_none_or(|search| search.holds(store, facts, event)),
    };
    work::look(events.len());
    events.iter().copied().filter(|event| meets(*event) != filter.without).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::Settings;
    use crate::model::Field;
    use crate::store::testing::Rows;
    use crate::triage::pivot;

    #[test]
    fn each_filter_keeps_its_rows_and_without_it_all_others() {
        let mut rows = Rows::default();
        let (user, here) = ((Field::UserId, "u1"), (Field::IpAddress, "203.0.113.20"));
        rows.row(Table::SignIn, "2026-05-01T14:00:00Z", &[user, here, (Field::ResultType, "0")]);
        rows.row(Table::SignIn, "2026-05-01T14:01:00Z", &[user, here, (Field::ResultType, "50126")]);
        let there = (Field::IpAddress, "198.51.100.23");
        rows.row(Table::Graph, "2026-05-01T14:02:00Z", &[user, there, (Field::ResponseStatusCode, "403")]);
        rows.row(Table::Graph, "2026-05-01T14:03:00Z", &[user, (Field::ResponseStatusCode, "200")]);
        let store = rows.build();
        let all: Vec<EventId> = store.events().map(|(id, _)| id).collect();
        let (facts, settings) = (Facts::embedded(), Settings::default());
        let context = DetectContext::over(&store, facts, &settings, Arc::default());
        let address = pivot::values(&store, all[0])[0];
        let addresses = [store.value(Key::Address, all[2])].into();
        let other = Arc::new(OtherSide { addresses, rows: [all[3]].into() });
        for (test, expected, words) in [
            (Test::Value(address), vec![0, 1], "only address 203.0.113.20"),
            (Test::Failed, vec![1, 2], "only failed rows"),
            (Test::New, vec![], "only rows from new addresses"),
            (Test::Side(Side::Other, Arc::clone(&other)), vec![2, 3], "only the other side"),
            (Test::Side(Side::User, other), vec![0, 1], "only the user's side"),
            (Test::Table(Table::Graph), vec![2, 3], "only MicrosoftGraphActivityLogs"),
            (Test::Typed("-ip:203.0.113.20".to_owned()), vec![2, 3], "-ip:203.0.113.20"),
            (Test::Rows(Arc::new(vec![all[1], all[3]]), "odd".to_owned()), vec![1, 3], "only 2 rows of: odd"),
        ] {
            let only = Filter::only(test);
            assert_eq!(only.words(&store, facts), words);
            let without = Filter { without: true, ..only.clone() };
            let [some, rest] = [&only, &without].map(|filter| kept(&context, &EventMarks::default(), filter, &all));
            assert_eq!(some, expected.iter().map(|at| all[*at]).collect::<Vec<_>>(), "{words}");
            assert_eq!(rest, all.iter().copied().filter(|id| !some.contains(id)).collect::<Vec<_>>(), "{words}");
        }
    }
}
