//! A user's rows in time order, indexed for the steps. One user may have thousands of hits: they share one pass over
//! the rows.

use super::flow::leg_of;
use super::rows::within;
use crate::model::{EventId, Field, Sym, Time};
use crate::store::{Key, Store};
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Rows of a user by client, address and kind.
#[derive(Debug, Default)]
pub struct History {
    clients: Lists,
    addresses: Lists,
    calls: Vec<EventId>,
    legs: Vec<EventId>,
}

impl History {
    /// Indexes every row of the user whose time is an instant.
    pub fn new(store: &Store, user: Sym) -> Self {
        let mut history = Self::default();
        for &id in store.with(Key::User, user) {
            let event = store.event(id);
            if !event.is_timed() {
                continue;
            }
            history.addresses.add(store.normalized_field(event, Field::IpAddress), id);
            match event.table.role() {
                Role::Issues => history.clients.add(store.normalized_field(event, Field::AppId), id),
                Role::Uses => history.calls.push(id),
                Role::Records => {}
            }
            if leg_of(event).is_some() {
                history.legs.push(id);
            }
        }
        history
    }

    /// Sign-ins of a client from one time to before another.
    pub fn sign_ins(&self, store: &Store, client: Sym, from: Time, before: Time) -> &[EventId] {
        let until = within(store, self.clients.get(client), from, before);
        &until[..until.partition_point(|id| store.event(*id).time() < before)]
    }

    /// Rows from an address after one time, up to another.
    pub fn rows_from(&self, store: &Store, address: Sym, after: Time, to: Time) -> &[EventId] {
        let from = within(store, self.addresses.get(address), after, to);
        &from[from.partition_point(|id| store.event(*id).time() <= after)..]
    }

    /// Graph calls within a span, both ends in.
    pub fn calls(&self, store: &Store, from: Time, to: Time) -> &[EventId] {
        within(store, &self.calls, from, to)
    }

    /// Legs of device-code flows within a span, both ends in.
    pub fn legs(&self, store: &Store, from: Time, to: Time) -> &[EventId] {
        within(store, &self.legs, from, to)
    }
}

/// Rows by a value.
#[derive(Debug, Default)]
struct Lists {
    places: HashMap<Sym, usize, RandomState>,
    rows: Vec<Vec<EventId>>,
    /// The last value added, and its place: many rows in a row have the same.
    last: Option<(Sym, usize)>,
}

impl Lists {
    fn add(&mut self, value: Sym, id: EventId) {
        let place = match self.last {
            Some((last, place)) if last == value => place,
            _ => *self.places.entry(value).or_insert_with(|| {
                self.rows.push(Vec::new());
                self.rows.len() - 1
            }),
        };
        self.last = Some((value, place));
        self.rows[place].push(id);
    }

    fn get(&self, value: Sym) -> &[EventId] {
        self.places.get(&value).map_or(&[], |place| &self.rows[*place])
    }
}
