//! The users and ids that a case is about, for queries on it.

use crate::analytics::Hit;
use crate::model::{EventId, Field, Span, Time};
use crate::store::{Store, device_id};
use std::collections::BTreeSet;

/// Users, ids and times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Users: object ids and sign-in names.
    pub users: BTreeSet<String>,
    /// Addresses of the hits' rows.
    pub addresses: BTreeSet<String>,
    /// User agents, as written.
    pub agents: BTreeSet<String>,
    /// Sessions.
    pub sessions: BTreeSet<String>,
    /// Tokens, by `UniqueTokenIdentifier`.
    pub tokens: BTreeSet<String>,
    /// Devices.
    pub devices: BTreeSet<String>,
    /// First event.
    pub first: Option<Time>,
    /// Last event.
    pub last: Option<Time>,
    /// Earliest revocation of one of the users.
    pub revoked: Option<Time>,
}

/// Days before the first event in which a bundle needs the user's habits.
const BEFORE: Span = Span::minutes(30 * 24 * 60);
/// Time after the last event in which what the tokens did, and what was planted, shows.
const AFTER: Span = Span::minutes(72 * 60);

const HOUR: Span = Span::minutes(60);
const DAY: Span = Span::minutes(24 * 60);

impl Subject {
    /// The subject of users alone.
    pub fn of_users(users: impl IntoIterator<Item = String>) -> Self {
        let users = users.into_iter().map(|user| user.trim().to_lowercase()).filter(|user| !user.is_empty());
        Self { users: users.collect(), ..Self::default() }
    }

    /// The subject of some hits; `revoked` answers when the sessions of a user were revoked.
    pub fn of_hits<'h>(
        store: &Store,
        hits: impl IntoIterator<Item = &'h Hit>,
        revoked: impl Fn(&str) -> Option<Time>,
    ) -> Self {
        let mut subject = Self::default();
        for hit in hits {
            let named = [&hit.user_id, &hit.upn].into_iter().filter(|name| !name.is_empty()).cloned();
            subject.users.extend(named);
            subject.first = Some(subject.first.map_or(hit.first_seen, |first| first.min(hit.first_seen)));
            subject.last = Some(subject.last.map_or(hit.last_seen, |last| last.max(hit.last_seen)));
            let at = [&hit.user_id, &hit.upn].into_iter().filter_map(|user| revoked(user));
            subject.revoked = subject.revoked.into_iter().chain(at).min();
            let rows = hit.evidence.iter().chain(&hit.legs).copied();
            rows.chain(hit.graph.iter().map(|call| call.event)).for_each(|id| subject.add(store, id));
        }
        subject
    }

    fn add(&mut self, store: &Store, id: EventId) {
        let event = store.event(id);
        let normalized = |field| store.text(store.normalized_field(event, field));
        for (texts, text) in [
            (&mut self.addresses, normalized(Field::IpAddress)),
            (&mut self.sessions, normalized(Field::SessionId)),
            (&mut self.tokens, normalized(Field::TokenId)),
            (&mut self.agents, store.get(id, Field::UserAgent).trim()),
        ] {
            if !text.is_empty() {
                texts.insert(text.to_owned());
            }
        }
        self.devices.extend(device_id(store.get(id, Field::DeviceDetail)));
    }

    /// The days it is of, from midnight to midnight.
    pub fn days(&self) -> Option<(Time, Time)> {
        Some((self.first?.floor(DAY), self.last?.plus(DAY).floor(DAY)))
    }

    /// The period that a bundle on it needs, in whole hours: habits before, consequences after.
    pub fn period(&self) -> Option<(Time, Time)> {
        Some((self.first?.minus(BEFORE).floor(HOUR), self.last?.plus(AFTER).plus(HOUR).floor(HOUR)))
    }
}
