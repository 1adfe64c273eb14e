//! Rows that a run admits: by its semantics and its range of time.

use super::Settings;
use super::grouped::Grouped;
use super::reading::Reading;
use crate::model::{EventId, Time};
use crate::store::{Event, Store};
use crate::tables::Role;
use std::hash::Hash;

/// Rows that a run admits.
#[derive(Clone, Copy)]
pub struct Admitted<'a> {
    /// All rows.
    pub store: &'a Store,
    reading: &'static Reading,
    range: (Option<Time>, Option<Time>),
}

impl<'a> Admitted<'a> {
    /// Rows of a store under some settings.
    pub(super) fn new(store: &'a Store, settings: &Settings) -> Self {
        Self { store, reading: settings.semantics.into(), range: (settings.since, settings.until) }
    }

    /// Returns whether a row is within the range and no row that the semantics skip: duplicates, or unions and repeated
    /// rows.
    pub fn admits(self, event: Event<'_>) -> bool {
        let (since, until) = self.range;
        let time = || (self.reading.time)(event);
        !event.flags.any(self.reading.skipped)
            && since.is_none_or(|since| since <= time())
            && until.is_none_or(|until| time() < until)
    }

    /// Returns whether a row may be in a window of time: it is admitted, and its time is an instant.
    pub fn counts(self, event: Event<'_>) -> bool {
        !event.flags.any(self.reading.no_instant) && self.admits(event)
    }

    /// The rows that count, of tables of a role, in hunt order.
    pub fn in_role(self, role: Role) -> impl Iterator<Item = (EventId, Event<'a>)> {
        self.store.in_role(role).filter(move |(_, event)| self.counts(*event))
    }

    /// Finds of readers in [`Admitted::in_role`], in order. Each reads a part of the rows, on a thread of its own.
    pub fn find_in<T: Send, F: FnMut(EventId, Event<'a>) -> Option<T>>(
        self,
        role: Role,
        reader: impl Fn() -> F + Sync,
    ) -> Vec<T> {
        self.store.find_in(role, || {
            let mut read = reader();
            move |id, event| self.counts(event).then(|| read(id, event))?
        })
    }

    /// Rows of [`Admitted::in_role`] by the keys that readers give them. Each reads a part, on a thread of its own.
    pub(super) fn group_in<
        K: Copy + Ord + Hash + Send,
        R: Copy + Send,
        F: FnMut(EventId, Event<'a>) -> Option<(K, R)>,
    >(
        self,
        role: Role,
        reader: impl Fn() -> F + Sync,
    ) -> Grouped<K, R> {
        Grouped::new(self.store.read_in(role, |rows| {
            let mut read = reader();
            let counted = rows.filter(|(_, event)| self.counts(*event));
            counted.filter_map(|(id, event)| read(id, event)).collect()
        }))
    }
}
