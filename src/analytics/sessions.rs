//! Successful sign-ins by user and session.

use super::admitted::Admitted;
use super::grouped::Grouped;
use crate::model::{EventId, Field, Sym, Time};
use crate::store::{Key, Store};
use crate::tables::Role;

/// The successful sign-ins of one user in one session, in time order.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// The user.
    pub user: Sym,
    /// The session; blank only where other sign-ins stand in for one.
    pub id: Sym,
    /// The rows.
    pub rows: &'a [EventId],
}

impl Session<'_> {
    /// Its rows.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = EventId> + ExactSizeIterator + Clone + '_ {
        self.rows.iter().copied()
    }

    /// Its rows between two times, both included.
    pub fn between(&self, store: &Store, from: Time, to: Time) -> impl Iterator<Item = EventId> + '_ {
        let start = self.rows.partition_point(|row| store.event(*row).time() < from);
        let end = self.rows.partition_point(|row| store.event(*row).time() <= to);
        self.rows[start..end.max(start)].iter().copied()
    }

    /// Returns whether the bundle has an earlier success of it, outside the range of the run.
    pub fn begins_before_range(&self, store: &Store) -> bool {
        let first = self.first();
        let counts = |id: &EventId| {
            let event = store.event(*id);
            event.table.issues() && event.succeeded() && event.is_timed() && event.user == self.user
        };
        store.with(Key::Session, self.id).iter().take_while(|id| **id < first).any(counts)
    }

    /// Its first row.
    pub fn first(&self) -> EventId {
        self.rows[0]
    }
}

/// Every session with its user and its rows: by user, then session.
pub struct Sessions(Grouped<(Sym, Sym), EventId>);

impl Sessions {
    /// Successful sign-ins with a session and a user among some rows.
    pub(super) fn new(rows: Admitted<'_>) -> Self {
        Self(rows.group_in(Role::Issues, || {
            |id, event| {
                let session = || rows.store.normalized_field(event, Field::SessionId);
                let session = (event.succeeded() && !event.user.is_none()).then(session)?;
                (!session.is_none()).then_some(((event.user, session), id))
            }
        }))
    }

    /// Returns whether no successful sign-in of the run has a session id.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Finds of readers in the sessions, by user, then session. Each reads a part of them, on a thread of its own.
    pub fn find<'s, T: Send, F: FnMut(Session<'s>) -> Option<T>>(&'s self, reader: impl Fn() -> F + Sync) -> Vec<T> {
        self.0.find(|| {
            let mut read = reader();
            move |(user, id), rows| read(Session { user, id, rows })
        })
    }

    /// The session of a user.
    pub fn get(&self, user: Sym, id: Sym) -> Option<Session<'_>> {
        let rows = self.0.get((user, id));
        (!rows.is_empty()).then_some(Session { user, id, rows })
    }
}
