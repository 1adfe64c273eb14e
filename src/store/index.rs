//! Events by one key, as a sorted array: four bytes an event, no map.

use super::{Event, Store};
use crate::model::{EventId, Field, Sym, threads};
use std::ops::Range;

/// Keys that events can be looked up by. Values are normalized; token ids are exact but for trailing `=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The user the event belongs to; of a row of an audit table also those it acts upon.
    User,
    /// Session id.
    Session,
    /// Token id (`uti`).
    Token,
    /// Caller address.
    Address,
    /// Client application id.
    Client,
    /// User agent.
    Agent,
    /// Registered device: its id in the device text of a sign-in, the claim of a Graph call.
    Device,
    /// Resource id; its name where a row has none.
    Resource,
    /// Operation of an act.
    Operation,
    /// Thing that an act was done to.
    Object,
}

impl Key {
    /// Number of keys.
    pub const COUNT: usize = 10;

    /// The event's value, but for devices known only by a text: [`Store::value`] finds those.
    pub fn value(self, store: &Store, event: Event<'_>) -> Sym {
        let normalized = |field| store.normalized_field(event, field);
        match self {
            Self::User => event.user,
            Self::Session => normalized(Field::SessionId),
            Self::Token => store.token(event.get(Field::TokenId)),
            Self::Address => normalized(Field::IpAddress),
            Self::Client => normalized(Field::AppId),
            Self::Agent => normalized(Field::UserAgent),
            Self::Device => normalized(Field::DeviceId),
            Self::Resource => match normalized(Field::ResourceIdentity) {
                Sym::NONE => normalized(Field::ResourceDisplayName),
                id => id,
            },
            Self::Operation => normalized(Field::Operation),
            Self::Object => normalized(Field::Object),
        }
    }
}

/// Number of no place; `merge()` keeps it free.
const NO_PLACE: u32 = u32::MAX;

/// Event ids sorted by key, then time.
pub struct Index {
    keys: Vec<(Sym, u32)>,
    ids: Vec<EventId>,
    /// Of an index by token, the place of the first sign-in with each key, or [`NO_PLACE`].
    issuers: Vec<u32>,
}

impl Index {
    pub(super) fn build(store: &Store, key: Key) -> Self {
        let mut upon: Vec<(EventId, Sym)> = Vec::new();
        if key == Key::User {
            upon.extend(store.all_acted_upon());
            upon.sort_unstable();
        }
        if key == Key::Device {
            // Parts that ask for it would wait for each other.
            store.read_devices();
        }
        let mut values = vec![Sym::NONE; store.events.len()];
        threads::fill(&mut values, |start, values| {
            let range = start..start + values.len();
            for (value, (_, event)) in values.iter_mut().zip(store.events_in(range)) {
                if !event.is_duplicate() {
                    *value = value_of(store, key, event);
                }
            }
        });
        // Symbols are small numbers: rows are counted by them, which takes one pass where a sort takes twenty.
        let of_rows = values.iter().chain(upon.iter().map(|(_, user)| user));
        let mut ends: Vec<u32> = vec![0; of_rows.clone().max().map_or(1, |most| most.0 as usize + 1)];
        for sym in of_rows {
            ends[sym.0 as usize] += 1;
        }
        ends[0] = 0;
        let mut all = 0;
        let distinct = ends.iter().filter(|count| **count > 0).count();
        let mut keys: Vec<(Sym, u32)> = Vec::with_capacity(distinct);
        for (sym, end) in (0..).map(Sym).zip(&mut ends) {
            if *end > 0 {
                keys.push((sym, all));
            }
            // Its start; each event that takes a place moves it on.
            all += std::mem::replace(end, all);
        }
        let mut ids = vec![EventId(0); all as usize];
        let mut issues = vec![false; if key == Key::Token { ids.len() } else { 0 }];
        let mut place = |sym: Sym, id: EventId| {
            let at = &mut ends[sym.0 as usize];
            ids[*at as usize] = id;
            if let Some(issues) = issues.get_mut(*at as usize) {
                *issues = store.event(id).table.issues();
            }
            *at += 1;
        };
        let mut upon = upon.into_iter().peekable();
        for (id, value) in (0..).map(EventId).zip(values) {
            if !value.is_none() {
                place(value, id);
            }
            while let Some((_, user)) = upon.next_if(|(event, _)| *event == id) {
                place(user, id);
            }
        }
        let mut index = Self { keys, ids, issuers: Vec::new() };
        if key == Key::Token {
            let issuer = |mut range: Range<usize>| range.find(|at| issues[*at]).and_then(|at| u32::try_from(at).ok());
            let issuers = (0..index.keys.len()).map(|at| issuer(index.range(at)).unwrap_or(NO_PLACE));
            index.issuers = issuers.collect();
        }
        index
    }

    /// The first sign-in with a token, in an index by token.
    pub(super) fn issuer(&self, token: Sym) -> Option<EventId> {
        let at = self.keys.binary_search_by_key(&token, |(key, _)| *key).ok()?;
        Some(self.issuers[at]).filter(|at| *at != NO_PLACE).map(|at| self.ids[at as usize])
    }

    /// Places of the events with the key at a place.
    fn range(&self, at: usize) -> Range<usize> {
        let end = self.keys.get(at + 1).map_or(self.ids.len(), |(_, next)| *next as usize);
        self.keys[at].1 as usize..end
    }

    /// Every value, with its events.
    pub(super) fn groups(&self) -> impl Iterator<Item = (Sym, &[EventId])> + '_ {
        self.keys.iter().enumerate().map(|(at, (sym, _))| (*sym, &self.ids[self.range(at)]))
    }

    /// Every value, with the number of its events.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Sym, usize)> + '_ {
        let ends = self.keys.iter().skip(1).map(|(_, start)| *start as usize).chain([self.ids.len()]);
        self.keys.iter().zip(ends).map(|((sym, start), end)| (*sym, end - *start as usize))
    }

    pub(super) fn get(&self, sym: Sym) -> &[EventId] {
        self.keys.binary_search_by_key(&sym, |(key, _)| *key).map_or(&[], |at| &self.ids[self.range(at)])
    }
}

/// The event's value, that of a device that only a text names too.
pub(super) fn value_of(store: &Store, key: Key, event: Event<'_>) -> Sym {
    match key.value(store, event) {
        Sym::NONE if key == Key::Device => store.device(event.get(Field::DeviceDetail)).0,
        sym => sym,
    }
}
