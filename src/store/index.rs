//! Events by one key, as a sorted array: four bytes an event, no map.

use super::{Event, Store, device_id};
use crate::model::{EventId, Field, Sym};
use std::collections::HashMap;

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

    /// The event's value, but for devices known only by a text: [`Index::value`] finds those.
    pub fn value(self, store: &Store, event: Event<'_>) -> Sym {
        let normalized = |field| store.normalized_field(event, field);
        match self {
            Self::User => event.user,
            Self::Session => normalized(Field::SessionId),
            Self::Token => store.token(event[Field::TokenId]),
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

/// Event ids sorted by key, then time.
pub struct Index {
    keys: Vec<(Sym, u32)>,
    ids: Vec<EventId>,
    /// The device of each device text.
    devices: HashMap<Sym, Sym>,
}

impl Index {
    pub(super) fn build(store: &Store, key: Key) -> Self {
        let devices = if key == Key::Device { devices(store) } else { HashMap::new() };
        // As many as there may be: what is not filled takes no memory.
        let mut pairs: Vec<u64> = Vec::with_capacity(store.events.len());
        pairs.extend(
            store
                .events()
                .filter(|(_, event)| !event.is_duplicate())
                .map(|(id, event)| (value_of(store, key, event, &devices), id))
                .filter(|(sym, _)| !sym.is_none())
                .map(|(sym, id)| (u64::from(sym.0) << 32) | u64::from(id.0)),
        );
        if key == Key::User {
            pairs.extend(store.all_acted_upon().map(|(id, user)| (u64::from(user.0) << 32) | u64::from(id.0)));
        }
        pairs.sort_unstable();
        let mut keys: Vec<(Sym, u32)> = Vec::new();
        for (start, pair) in (0..).zip(&pairs) {
            let (sym, _) = unpack(*pair);
            if keys.last().is_none_or(|(last, _)| *last != sym) {
                keys.push((sym, start));
            }
        }
        // In the place of the pairs, of which half is given back.
        let mut ids: Vec<EventId> = pairs.into_iter().map(|pair| unpack(pair).1).collect();
        ids.shrink_to_fit();
        keys.shrink_to_fit();
        Self { keys, ids, devices }
    }

    /// The event's value of the indexed key.
    pub(super) fn value(&self, store: &Store, key: Key, event: Event<'_>) -> Sym {
        value_of(store, key, event, &self.devices)
    }

    /// Every value, with the number of its events.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Sym, usize)> + '_ {
        let ends = self.keys.iter().skip(1).map(|(_, start)| *start as usize).chain([self.ids.len()]);
        self.keys.iter().zip(ends).map(|((sym, start), end)| (*sym, end - *start as usize))
    }

    pub(super) fn get(&self, sym: Sym) -> &[EventId] {
        let Ok(at) = self.keys.binary_search_by_key(&sym, |(key, _)| *key) else { return &[] };
        let start = self.keys[at].1 as usize;
        let end = self.keys.get(at + 1).map_or(self.ids.len(), |(_, next)| *next as usize);
        &self.ids[start..end]
    }
}

fn value_of(store: &Store, key: Key, event: Event<'_>, devices: &HashMap<Sym, Sym>) -> Sym {
    match key.value(store, event) {
        Sym::NONE if key == Key::Device => devices.get(&event[Field::DeviceDetail]).copied().unwrap_or(Sym::NONE),
        sym => sym,
    }
}

/// The device of each device text: its id where that is a text of its own, else the first text that has the id.
fn devices(store: &Store) -> HashMap<Sym, Sym> {
    let mut devices: HashMap<Sym, Sym> = HashMap::new();
    let mut by_id: HashMap<String, Sym> = HashMap::new();
    for (_, event) in store.events() {
        let text = event[Field::DeviceDetail];
        if text.is_none() || devices.contains_key(&text) {
            continue;
        }
        let device = device_id(store.text(text)).map_or(Sym::NONE, |id| {
            let known = store.find(&id);
            *by_id.entry(id).or_insert(known.unwrap_or(text))
        });
        devices.insert(text, device);
    }
    devices
}

/// The two halves of a sort key.
fn unpack(pair: u64) -> (Sym, EventId) {
    let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).expect("masked to 32 bits");
    (Sym(half(pair >> 32)), EventId(half(pair)))
}
