//! Rows that the rules begin with, and the devices of their users.

use crate::analytics::DetectContext;
use crate::analytics::registration::{BROKER, asks_for_registration, is_for_registration, is_unbound};
use crate::model::{EventId, Field, Flags, Sym, Table, Time};
use crate::store::{Event, device_id};
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Marks of a token that came of a code or a transfer.
const MOVED: Flags = Flags(Flags::DEVICE_TRANSFER.0 | Flags::MOVED_TRANSFER.0);
/// Marks of the browser that approved a code or a transfer: it presents the token of its own device.
const APPROVED: Flags = Flags(Flags::DEVICE_PROTOCOL.0 | Flags::MOVED_PROTOCOL.0);
/// The operation of a registration.
const REGISTER: &str = "Register device";

/// Returns whether a sign-in presented a primary refresh token, and for anything but registration.
fn is_use(context: &DetectContext, id: EventId, event: Event<'_>) -> bool {
    event.succeeded() && event.flags.has(Flags::INCOMING_PRIMARY) && !is_for_registration(context.store, id)
}

/// Rows that the rules begin with.
#[derive(Default)]
pub(super) struct Found {
    /// Uses of primary refresh tokens that came of a code or a transfer, by user and session.
    pub(super) of_code: BTreeMap<(Sym, Sym), Vec<EventId>>,
    /// Requests of the Broker for registration, by user.
    pub(super) requests: HashMap<Sym, Vec<EventId>, RandomState>,
    /// Those of them that showed no device state, by user.
    pub(super) unbound: HashMap<Sym, Vec<EventId>, RandomState>,
    /// Registrations in the directory, by the user who made them.
    pub(super) registered: BTreeMap<Sym, Vec<EventId>>,
    /// Times of the first and the last change in the directory.
    pub(super) recorded: Option<(Time, Time)>,
}

impl Found {
    pub(super) fn new(context: &DetectContext) -> Self {
        let store = context.store;
        let broker = store.find(BROKER);
        let mut found = Self::default();
        // Few operations, many rows.
        let mut registers: HashMap<Sym, bool, RandomState> = HashMap::default();
        for (id, event) in context.rows_in(Role::Records).filter(|(_, event)| event.table == Table::Audit) {
            let first = found.recorded.map_or(event.time(), |(first, _)| first);
            found.recorded = Some((first, event.time()));
            let operation = event.get(Field::Operation);
            let is_registration = *registers
                .entry(operation)
                .or_insert_with(|| store.text(operation).trim().eq_ignore_ascii_case(REGISTER));
            let user = context.user(event);
            if is_registration && event.succeeded() && !user.is_none() {
                found.registered.entry(user).or_default().push(id);
            }
        }
        for (id, event) in context.rows_in(Role::Issues).filter(|(_, event)| event.succeeded()) {
            let may_be_use = event.flags.has(Flags::INCOMING_PRIMARY) && event.flags.any(MOVED);
            let may_ask = broker.is_some_and(|broker| store.normalized_field(event, Field::AppId) == broker);
            if !may_be_use && !may_ask {
                continue;
            }
            let user = context.user(event);
            if user.is_none() {
                continue;
            }
            if may_be_use && !event.flags.any(APPROVED) && is_use(context, id, event) {
                let session = store.normalized_field(event, Field::SessionId);
                found.of_code.entry((user, session)).or_default().push(id);
            }
            if may_ask && asks_for_registration(store, id) {
                found.requests.entry(user).or_default().push(id);
                if is_unbound(store, id) {
                    found.unbound.entry(user).or_default().push(id);
                }
            }
        }
        found
    }

    /// Returns whether the directory's log covers a time.
    pub(super) fn is_recorded(&self, at: Time) -> bool {
        self.recorded.is_some_and(|(first, last)| first <= at && at <= last)
    }
}

/// Sign-ins of a user with a device.
pub(super) struct Seen {
    /// Time of the first row, refused ones included.
    pub(super) since: Time,
    /// Uses of its primary refresh token, in time order.
    pub(super) uses: Vec<EventId>,
}

/// Devices of the users that a rule may fire for.
#[derive(Default)]
pub(super) struct Devices {
    /// Number of the device of each device text.
    texts: HashMap<Sym, Option<u32>, RandomState>,
    ids: HashMap<String, u32>,
    names: Vec<String>,
    pub(super) seen: BTreeMap<(Sym, u32), Seen>,
}

impl Devices {
    pub(super) fn new(context: &DetectContext, found: &Found) -> Self {
        let mut devices = Self::default();
        let mut users: HashSet<Sym, RandomState> =
            found.unbound.keys().chain(found.registered.keys()).copied().collect();
        if !context.bare {
            users.extend(found.of_code.keys().map(|&(user, _)| user));
        }
        if users.is_empty() {
            return devices;
        }
        for (id, event) in context.rows_in(Role::Issues) {
            let user = context.user(event);
            let Some(device) = users.contains(&user).then(|| devices.number(context, event)).flatten() else {
                continue;
            };
            let seen = devices.seen.entry((user, device)).or_insert(Seen { since: event.time(), uses: Vec::new() });
            if is_use(context, id, event) {
                seen.uses.push(id);
            }
        }
        devices
    }

    fn number(&mut self, context: &DetectContext, event: Event<'_>) -> Option<u32> {
        let text = event.get(Field::DeviceDetail);
        if let Some(known) = self.texts.get(&text) {
            return *known;
        }
        let number = device_id(context.store.text(text)).map(|id| {
            *self.ids.entry(id).or_insert_with_key(|id| {
                self.names.push(id.clone());
                u32::try_from(self.names.len() - 1).expect("no more than events")
            })
        });
        self.texts.insert(text, number);
        number
    }

    /// Id of a device by its number.
    pub(super) fn id(&self, device: u32) -> &str {
        &self.names[device as usize]
    }

    /// The device that a row names, with the user's sign-ins with it.
    pub(super) fn of(&self, context: &DetectContext, user: Sym, id: EventId) -> Option<&Seen> {
        let device = self.texts.get(&context.store.event(id).get(Field::DeviceDetail)).copied().flatten()?;
        self.seen.get(&(user, device))
    }

    /// The user's sign-ins with the device of an id in lower case.
    pub(super) fn with_id(&self, user: Sym, id: &str) -> Option<&Seen> {
        self.seen.get(&(user, *self.ids.get(id)?))
    }
}
