//! Successful sign-ins by user and session.

use super::admitted::Admitted;
use crate::model::{EventId, Field, Sym, Time, threads};
use crate::store::Store;
use crate::tables::Role;

/// The successful sign-ins of one user in one session, in time order.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// The user.
    pub user: Sym,
    /// The session; never blank.
    pub id: Sym,
    /// The rows.
    pub rows: &'a [(Sym, Sym, EventId)],
}

impl Session<'_> {
    /// Its rows.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = EventId> + ExactSizeIterator + Clone + '_ {
        self.rows.iter().map(|row| row.2)
    }

    /// Its rows between two times, both included.
    pub fn between(&self, store: &Store, from: Time, to: Time) -> impl Iterator<Item = EventId> + '_ {
        let start = self.rows.partition_point(|row| store.event(row.2).time() < from);
        let end = self.rows.partition_point(|row| store.event(row.2).time() <= to);
        self.rows[start..end.max(start)].iter().map(|row| row.2)
    }

    /// Its first row.
    pub fn first(&self) -> EventId {
        self.rows[0].2
    }
}

/// Every session with its user and its rows.
pub struct Sessions(Vec<(Sym, Sym, EventId)>);

impl Sessions {
    /// Successful sign-ins with a session and a user among some rows.
    pub(super) fn new(rows: Admitted<'_>) -> Self {
        let mut rows = rows.find_in(Role::Issues, || {
            |id, event| {
                let session = || rows.store.normalized_field(event, Field::SessionId);
                let session = (event.succeeded() && !event.user.is_none()).then(session)?;
                (!session.is_none()).then_some((event.user, session, id))
            }
        });
        threads::sort(&mut rows);
        rows.shrink_to_fit();
        Self(rows)
    }

    /// Finds of readers in the sessions, by user, then session. Each reads a part of them, on a thread of its own.
    pub fn find<'s, T: Send, F: FnMut(Session<'s>) -> Option<T>>(&'s self, reader: impl Fn() -> F + Sync) -> Vec<T> {
        let read = |rows: &'s [(Sym, Sym, EventId)]| sessions(rows).filter_map(reader()).collect();
        threads::joined(threads::in_groups(&self.0, is_same, read))
    }

    /// The session of a user.
    pub fn get(&self, user: Sym, session: Sym) -> Option<Session<'_>> {
        let start = self.0.partition_point(|row| (row.0, row.1) < (user, session));
        let rows = &self.0[start..];
        let end = rows.partition_point(|row| (row.0, row.1) == (user, session));
        (end > 0).then(|| Session { user, id: session, rows: &rows[..end] })
    }
}

fn is_same(a: &(Sym, Sym, EventId), b: &(Sym, Sym, EventId)) -> bool {
    (a.0, a.1) == (b.0, b.1)
}

fn sessions(rows: &[(Sym, Sym, EventId)]) -> impl Iterator<Item = Session<'_>> {
    rows.chunk_by(is_same).map(|rows| Session { user: first(rows).0, id: first(rows).1, rows })
}

fn first(rows: &[(Sym, Sym, EventId)]) -> (Sym, Sym, EventId) {
    *rows.first().expect("a chunk has a row")
}
