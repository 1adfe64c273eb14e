//! Successful sign-ins by user and session.

use crate::model::{EventId, Field, Sym, Time};
use crate::store::{Event, Store};

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
    pub(super) fn new<'s>(store: &'s Store, all: impl Iterator<Item = (EventId, Event<'s>)>) -> Self {
        let mut rows: Vec<(Sym, Sym, EventId)> = Vec::new();
        for (id, event) in all {
            if event.table.issues() && event.succeeded() && !event.user.is_none() {
                let session = store.normalized_field(event, Field::SessionId);
                if !session.is_none() {
                    rows.push((event.user, session, id));
                }
            }
        }
        rows.sort_unstable();
        rows.shrink_to_fit();
        Self(rows)
    }

    /// Every session, by user, then session.
    pub fn iter(&self) -> impl Iterator<Item = Session<'_>> {
        let session = |rows| Session { user: first(rows).0, id: first(rows).1, rows };
        self.0.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).map(session)
    }

    /// The session of a user.
    pub fn get(&self, user: Sym, session: Sym) -> Option<Session<'_>> {
        let start = self.0.partition_point(|row| (row.0, row.1) < (user, session));
        let rows = &self.0[start..];
        let end = rows.partition_point(|row| (row.0, row.1) == (user, session));
        (end > 0).then(|| Session { user, id: session, rows: &rows[..end] })
    }
}

fn first(rows: &[(Sym, Sym, EventId)]) -> (Sym, Sym, EventId) {
    *rows.first().expect("a chunk has a row")
}
