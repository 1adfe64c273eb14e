//! The rows of a store, each with the numbers of what decides its place and its software.

use crate::analytics::numbers::{Numbers, Values};
use crate::facts::{ClientRole, Facts};
use crate::model::{EventId, Field, Flags, Sym, threads};
use crate::store::Store;
use std::ops::Range;

/// Azure CLI: an HTTP library is its own agent.
pub(super) const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// All that decides a place: address, recorded number, whether a service of Microsoft's would be neutral, and whether
/// the row is neutral wherever it is from.
pub(super) type PlaceKey = (Sym, Sym, bool, bool);
/// All that decides a profile: agent, device text, TLS fingerprint, whether the client is Azure CLI.
pub(super) type ProfileKey = (Sym, Sym, Sym, bool);
/// All that decides the place at which a resource saw a caller: address, and the last two as of a place.
pub(super) type SeenKey = (Sym, bool, bool);

/// Part of the rows.
#[derive(Default)]
pub(super) struct Read {
    /// By event: numbers of its place and its profile.
    pub(super) rows: Vec<(u32, u32)>,
    pub(super) places: Numbers<PlaceKey>,
    /// By place: whether a sign-in records it.
    pub(super) is_recorded: Vec<bool>,
    pub(super) profiles: Numbers<ProfileKey>,
    /// Sign-ins whose caller the resource saw at another address.
    pub(super) seen: Vec<(EventId, SeenKey)>,
}

impl Read {
    /// All rows.
    pub(super) fn all(store: &Store, facts: &Facts) -> Self {
        let mut parts = threads::in_parts(store.event_count(), |range| Self::part(store, facts, range)).into_iter();
        let mut all = parts.next().unwrap_or_default();
        all.rows.reserve_exact(store.event_count() - all.rows.len());
        parts.for_each(|part| all.absorb(part));
        all
    }

    fn part(store: &Store, facts: &Facts, range: Range<usize>) -> Self {
        let mut read = Self { rows: Vec::with_capacity(range.len()), ..Self::default() };
        let mut clients: Values<Sym, (bool, bool)> = Values::default();
        for (id, event) in store.events_in(range) {
            let normalized = |field| store.normalized_field(event, field);
            let (address, number) = (normalized(Field::IpAddress), normalized(Field::Asn));
            let client = normalized(Field::AppId);
            let (is_service, is_cli) = *clients.of(client, || {
                let id = store.text(client);
                (facts.client_has(id, ClientRole::ServiceSide), id == AZURE_CLI)
            });
            let no_agent = normalized(Field::UserAgent).is_none();
            let agent = if no_agent { Sym::NONE } else { event.get(Field::UserAgent) };
            let secure = event.flags.has(Flags::GLOBAL_SECURE_ACCESS);
            let place = read.places.number((address, number, no_agent || is_service, secure));
            // A call may have named the place before.
            read.record(place, event.table.issues());
            let profile =
                read.profiles.number((agent, event.get(Field::DeviceDetail), normalized(Field::GatewayJa4), is_cli));
            read.rows.push((place, profile));
            let other = normalized(Field::AddressAtResource);
            if !other.is_none() && other != address {
                read.seen.push((id, (other, no_agent || is_service, secure)));
            }
        }
        read
    }

    fn record(&mut self, place: u32, is_sign_in: bool) {
        let place = place as usize;
        if place == self.is_recorded.len() {
            self.is_recorded.push(false);
        }
        self.is_recorded[place] |= is_sign_in;
    }

    /// Takes in the part that follows.
    fn absorb(&mut self, part: Self) {
        let places = self.places.absorb(part.places);
        for (place, is_recorded) in places.iter().zip(part.is_recorded) {
            self.record(*place, is_recorded);
        }
        let profiles = self.profiles.absorb(part.profiles);
        let here = |(place, profile): (u32, u32)| (places[place as usize], profiles[profile as usize]);
        self.rows.extend(part.rows.into_iter().map(here));
        self.seen.extend(part.seen);
    }
}
