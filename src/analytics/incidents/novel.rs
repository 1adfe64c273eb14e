//! All that is new to a user in some rows.

use super::super::DetectContext;
use super::super::habits::DeviceSeen;
use super::super::known::Standing;
use super::super::places::Net;
use super::super::software::SoftwareSeen;
use crate::model::{EventId, Field, Sym};
use crate::store::device_id;
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

/// Days on which the user signs in from a network that is familiar.
const USED_DAYS: usize = 2;

/// A thing that was new to a user. What the bundle cannot decide is none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Novel {
    /// An address.
    Address(IpAddr),
    /// A network, with the family of the agent used from it.
    Network(Net, Arc<str>),
    /// A registered device, by its id.
    Device(String),
    /// A token used from a place that is new.
    Token(String),
    /// A session begun at a place that is new.
    Session(String),
}

impl Novel {
    /// The word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Network(..) => "network",
            Self::Device(_) => "device",
            Self::Token(_) => "token",
            Self::Session(_) => "session",
        }
    }

    /// Its value: `198.51.100.23`, `AS64510 with tool:http-lib`.
    pub fn value(&self) -> String {
        match self {
            Self::Address(address) => address.to_string(),
            Self::Network(net, family) => format!("{net} with {family}"),
            Self::Device(text) | Self::Token(text) | Self::Session(text) => text.clone(),
        }
    }
}

/// Finds what is new, looking at each place and software of a user and day once.
pub(super) struct Novelty<'c, 'a> {
    context: &'c DetectContext<'a>,
    seen: HashMap<Look, Vec<Novel>, RandomState>,
}

/// User, day, place and profile of a row: they decide what of it is new.
type Look = (Sym, i64, u32, u32);

impl<'c, 'a> Novelty<'c, 'a> {
    pub(super) fn new(context: &'c DetectContext<'a>) -> Self {
        Self { context, seen: HashMap::default() }
    }

    /// All that is new to a user in some sign-ins, sorted.
    pub(super) fn of_rows(&mut self, user: Sym, rows: &BTreeSet<EventId>) -> Vec<Novel> {
        let (store, places) = (self.context.store, self.context.places());
        let mut found: BTreeSet<Novel> = BTreeSet::new();
        let mut texts: HashSet<(bool, Sym), RandomState> = HashSet::default();
        if user.is_none() {
            return Vec::new();
        }
        for &id in rows {
            let event = store.event(id);
            if !event.table.issues() {
                continue;
            }
            let key = (user, event.time().day_number(), places.number(id), places.profile_number(id));
            if !self.seen.contains_key(&key) {
                let novel = self.look(user, id);
                self.seen.insert(key, novel);
            }
            let novel = &self.seen[&key];
            found.extend(novel.iter().cloned());
            if !novel.iter().any(|novel| matches!(novel, Novel::Network(..))) {
                continue;
            }
            let (token, session) =
                (store.token(event.get(Field::TokenId)), store.normalized_field(event, Field::SessionId));
            if !token.is_none() && texts.insert((true, token)) {
                found.insert(Novel::Token(store.text(token).to_owned()));
            }
            if !session.is_none() && texts.insert((false, session)) {
                found.insert(Novel::Session(store.text(session).to_owned()));
            }
        }
        found.into_iter().collect()
    }

    /// Returns whether some sign-ins are from networks that the user signs in from on two days of the bundle, with
    /// software that is used with the client here, and of no device that is new.
    pub(super) fn is_familiar(&self, user: Sym, rows: &BTreeSet<EventId>) -> bool {
        let (store, places, known) = (self.context.store, self.context.places(), self.context.known());
        let mut looked: HashSet<(u32, u32, Sym), RandomState> = HashSet::default();
        rows.iter().filter(|id| store.event(**id).table.issues()).all(|&id| {
            let event = store.event(id);
            let client = store.normalized_field(event, Field::AppId);
            if !looked.insert((places.number(id), places.profile_number(id), client)) {
                return true;
            }
            let net = places.net(id);
            let is_used = |net| known.days(user, net).is_some_and(|days| days.count() >= USED_DAYS);
            let software = self.context.software().seen(self.context.origins(), user, id, event.time());
            net.is_none_or(is_used) && software != SoftwareSeen::Nowhere
        })
    }

    fn look(&self, user: Sym, id: EventId) -> Vec<Novel> {
        let (store, places, known) = (self.context.store, self.context.places(), self.context.known());
        let (place, at) = (places.place(id), store.event(id).time());
        let mut found = Vec::new();
        if known.standing_of_address(user, place, at) == Standing::New {
            found.extend(place.address.map(Novel::Address));
        }
        if known.standing(user, place, at) == Standing::New {
            let family = Arc::clone(&places.profile(id).family);
            found.extend(place.telling_net().map(|net| Novel::Network(net, family)));
        }
        let habits = &self.context.rows_of(user).habits;
        if habits.device_seen(self.context.origins(), id, at) == DeviceSeen::New {
            found.extend(device_id(store.get(id, Field::DeviceDetail)).map(Novel::Device));
        }
        found
    }
}
