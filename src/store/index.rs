//! Events by one key, as a sorted array: four bytes an event, no map.

use super::Store;
use crate::model::{Event, EventId, Field, Sym};

/// What events can be looked up by. Values are folded; token ids are exact but for trailing `=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The user the event belongs to.
    User,
    /// Session id.
    Session,
    /// Token id (`uti`).
    Token,
    /// Correlation id.
    Correlation,
    /// Caller address.
    Address,
    /// Client application id.
    Client,
}

impl Key {
    /// Number of keys.
    pub const COUNT: usize = 6;

    fn of(self, store: &Store, event: &Event) -> Sym {
        match self {
            Self::User => event.user,
            Self::Session => store.fold(event[Field::SessionId]),
            Self::Token => store.token(event[Field::TokenId]),
            Self::Correlation => store.fold(event[Field::CorrelationId]),
            Self::Address => store.fold(event[Field::IpAddress]),
            Self::Client => store.fold(event[Field::AppId]),
        }
    }
}

/// Event ids sorted by key, then time.
pub struct Index {
    keys: Vec<(Sym, u32)>,
    ids: Vec<EventId>,
}

impl Index {
    pub(super) fn build(store: &Store, key: Key) -> Self {
        let mut pairs: Vec<u64> = store
            .events()
            .filter(|(_, event)| !event.is_folded())
            .map(|(id, event)| (key.of(store, event), id))
            .filter(|(sym, _)| !sym.is_none())
            .map(|(sym, id)| (u64::from(sym.0) << 32) | u64::from(id.0))
            .collect();
        pairs.sort_unstable();
        let mut index = Self { keys: Vec::new(), ids: Vec::with_capacity(pairs.len()) };
        for pair in pairs {
            let (sym, id) = unpack(pair);
            if index.keys.last().is_none_or(|(last, _)| *last != sym) {
                index.keys.push((sym, u32::try_from(index.ids.len()).expect("as many as events")));
            }
            index.ids.push(id);
        }
        index
    }

    pub(super) fn get(&self, sym: Sym) -> &[EventId] {
        let Ok(at) = self.keys.binary_search_by_key(&sym, |(key, _)| *key) else { return &[] };
        let start = self.keys[at].1 as usize;
        let end = self.keys.get(at + 1).map_or(self.ids.len(), |(_, next)| *next as usize);
        &self.ids[start..end]
    }
}

/// The two halves of a sort key.
fn unpack(pair: u64) -> (Sym, EventId) {
    let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).expect("masked to 32 bits");
    (Sym(half(pair >> 32)), EventId(half(pair)))
}
