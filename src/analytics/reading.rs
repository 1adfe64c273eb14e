//! Reading of rows under each semantics, chosen once for a run: an analytic asks for a user, a time or a text, and
//! never for the semantics.

use super::Semantics;
use crate::model::{EventId, Field, Flags, Sym, Time};
use crate::store::{Event, Key, Store};

/// One semantics' way to read rows.
pub struct Reading {
    /// Flags of rows whose time on this clock is no instant.
    pub no_instant: Flags,
    /// Flags of rows that do not count: duplicates, or unions and repeated rows.
    pub skipped: Flags,
    /// Event time on this clock.
    pub time: fn(Event<'_>) -> Time,
    /// A field as rows are compared by it; [`Sym::NONE`] where it is missing.
    pub key: fn(&Store, Event<'_>, Field) -> Sym,
    /// A field as it is printed.
    pub shown: fn(&Store, Event<'_>, Field) -> Sym,
    /// As `shown`; `None` where a list of texts leaves the row out.
    pub listed: fn(&Store, Event<'_>, Field) -> Option<Sym>,
    /// Id and name of a user, from the symbol that rows were grouped by and from the rows.
    pub user: for<'s> fn(&'s Store, Sym, &[EventId]) -> (&'s str, &'s str),
    /// Name of a burst's client.
    pub client_name: for<'s> fn(&'s Store, &[EventId]) -> &'s str,
    /// The resources that a hit names.
    pub resources: fn(&Store, &[EventId]) -> Vec<String>,
    /// The resources that make a burst.
    pub counted_resources: fn(&Store, &[EventId]) -> Vec<String>,
}

/// Normalized texts, the time of creation, one row of several duplicates.
static HUNT: Reading = Reading {
    no_instant: Flags::UNTIMED,
    skipped: Flags::DUPLICATE,
    time: |event| event.time(),
    key: Store::normalized_field,
    shown: without_port,
    listed: |store, event, field| {
        (!store.normalized_field(event, field).is_none()).then(|| without_port(store, event, field))
    },
    user: id_and_last_name,
    client_name: |store, events| last_text(store, events, Field::AppDisplayName),
    resources,
    counted_resources: resources,
};

/// Texts byte for byte, the time of ingestion, every row of the bundle once.
static PUBLISHED: Reading = Reading {
    no_instant: Flags::NO_INSTANT,
    skipped: Flags(Flags::UNION.0 | Flags::REPEATED.0),
    time: |event| event.published_time(),
    key: exact,
    shown: exact,
    listed: |store, event, field| Some(exact(store, event, field)),
    user: |store, name, events| (last_text(store, events, Field::UserId), store.text(name)),
    client_name: |store, events| events.first().map_or("", |&id| store.get(id, Field::AppDisplayName)),
    resources: |store, events| PUBLISHED.texts(store, events, Field::ResourceIdentity),
    counted_resources: |store, events| PUBLISHED.texts(store, events, Field::ResourceDisplayName),
};

impl From<Semantics> for &'static Reading {
    fn from(semantics: Semantics) -> Self {
        match semantics {
            Semantics::Hunt => &HUNT,
            Semantics::Published => &PUBLISHED,
        }
    }
}

impl Reading {
    /// Distinct texts of a field, sorted.
    pub fn texts(&self, store: &Store, events: &[EventId], field: Field) -> Vec<String> {
        sorted(store, events.iter().filter_map(|&id| (self.listed)(store, store.event(id), field)).collect())
    }
}

/// A field byte for byte, a missing text equal to an empty one.
pub(super) fn exact(store: &Store, event: Event<'_>, field: Field) -> Sym {
    let sym = event.get(field);
    if sym == store.empty_text() { Sym::NONE } else { sym }
}

/// A field as written, but an address without its port.
fn without_port(store: &Store, event: Event<'_>, field: Field) -> Sym {
    let written = event.get(field);
    if field != Field::IpAddress {
        return written;
    }
    let normalized = store.normalized_field(event, field);
    let same = store.text(written).trim().eq_ignore_ascii_case(store.text(normalized));
    if same { written } else { normalized }
}

/// Id of a user and the last name in the rows. A row without a user id belongs to its normalized name, which is no id.
fn id_and_last_name<'s>(store: &'s Store, user: Sym, events: &[EventId]) -> (&'s str, &'s str) {
    let normalized = |id: EventId, field| store.normalized_field(store.event(id), field);
    let names = events.iter().rev().map(|&id| normalized(id, Field::UserPrincipalName));
    let name = store.text(names.into_iter().find(|sym| !sym.is_none()).unwrap_or(Sym::NONE));
    let has_id = |&id: &EventId| !normalized(id, Field::UserId).is_none();
    let is_name = store.text(user) == name && !events.iter().any(has_id);
    (if is_name { "" } else { store.text(user) }, name)
}

/// The last value of a field among the events, as written; empty when none has one.
pub(super) fn last_text<'s>(store: &'s Store, events: &[EventId], field: Field) -> &'s str {
    let rows = events.iter().rev().map(|&id| store.event(id));
    let with_value = rows.into_iter().find(|event| !store.normalized_field(*event, field).is_none());
    store.text(with_value.map_or(Sym::NONE, |event| event.get(field)))
}

/// Distinct identities of the events' resources, sorted: ids, else normalized names.
fn resources(store: &Store, events: &[EventId]) -> Vec<String> {
    let identities = events.iter().map(|&id| Key::Resource.value(store, store.event(id)));
    sorted(store, identities.filter(|sym| !sym.is_none()).collect())
}

/// Distinct texts, sorted.
fn sorted(store: &Store, mut syms: Vec<Sym>) -> Vec<String> {
    syms.sort_unstable();
    syms.dedup();
    let mut texts: Vec<String> = syms.into_iter().map(|sym| store.text(sym).to_owned()).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}
