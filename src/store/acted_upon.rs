//! Users that rows of audit tables act upon: such a row stands on their timelines too.

use super::{GUID_LEN, Store};
use crate::model::{EventId, Field, Sym};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::BuildHasher;

/// Users acted upon, of the events that have some.
#[derive(Default)]
pub(super) struct ActedUpon {
    events: HashMap<EventId, Part, RandomState>,
    users: Vec<Sym>,
}

/// Start and end of some users among all.
type Part = (u32, u32);

impl ActedUpon {
    fn add(&mut self, users: &[Sym]) -> Part {
        let place = |at: usize| u32::try_from(at).expect("fewer users acted upon than 2^32");
        let start = place(self.users.len());
        self.users.extend_from_slice(users);
        (start, place(self.users.len()))
    }

    fn users(&self, (start, end): Part) -> &[Sym] {
        &self.users[start as usize..end as usize]
    }

    fn of(&self, event: EventId) -> &[Sym] {
        self.events.get(&event).map_or(&[], |part| self.users(*part))
    }
}

impl Store {
    /// The users that a row acts upon, none of whom is the one who acted.
    pub fn acted_upon(&self, event: EventId) -> &[Sym] {
        self.acted_upon.of(event)
    }

    /// Every event with the users it acts upon.
    pub(super) fn all_acted_upon(&self) -> impl Iterator<Item = (EventId, Sym)> + '_ {
        self.acted_upon.events.keys().flat_map(|event| self.acted_upon.of(*event).iter().map(|user| (*event, *user)))
    }

    /// Finds the users that rows act upon. A change that an application made to no user belongs to the users of the
    /// changes with its correlation id.
    pub(super) fn resolve_acted_upon(&mut self, ids: &HashMap<Sym, Sym, impl BuildHasher>) {
        if !self.events.heads().any(|head| head.table.records()) {
            return;
        }
        let mut found = ActedUpon::default();
        let mut orphans = Vec::new();
        // Rows repeat lists.
        let mut lists: HashMap<Sym, Part, RandomState> = HashMap::default();
        for at in 0..self.events.len() {
            let event = self.events.get(at);
            if !event.table.records() || event.is_duplicate() {
                continue;
            }
            let id = EventId(u32::try_from(at).expect("bounded by merge()"));
            let (actor, correlation) = (event.user, self.normalized_field(event, Field::CorrelationId));
            let list = event.get(Field::ActedUpon);
            let mut part = *lists.entry(list).or_insert_with(|| found.add(&self.users_in(list, ids)));
            if found.users(part).contains(&actor) {
                let others: Vec<Sym> = found.users(part).iter().copied().filter(|user| *user != actor).collect();
                part = found.add(&others);
            }
            if !found.users(part).is_empty() {
                found.events.insert(id, part);
            } else if actor.is_none() {
                orphans.push((id, correlation));
            }
        }
        let of_operations = self.users_of(orphans.iter().map(|(_, correlation)| *correlation), &found);
        for (id, correlation) in orphans {
            if let Some(users) = of_operations.get(&correlation).filter(|users| !users.is_empty()) {
                let part = found.add(users);
                found.events.insert(id, part);
            }
        }
        self.acted_upon = found;
    }

    /// The users of the changes with some correlation ids, `found` those acted upon. Nearly every change has an id of its
    /// own, and few are wanted.
    fn users_of(&self, wanted: impl Iterator<Item = Sym>, found: &ActedUpon) -> HashMap<Sym, Vec<Sym>, RandomState> {
        let mut users: HashMap<Sym, Vec<Sym>, RandomState> =
            wanted.filter(|correlation| !correlation.is_none()).map(|correlation| (correlation, Vec::new())).collect();
        if users.is_empty() {
            return users;
        }
        for (id, event) in (0..).map(EventId).zip(self.events.iter()) {
            if !event.table.records() || event.is_duplicate() {
                continue;
            }
            if let Some(known) = users.get_mut(&self.normalized_field(event, Field::CorrelationId)) {
                known.extend(found.of(id).iter().copied().chain(Some(event.user).filter(|actor| !actor.is_none())));
            }
        }
        for known in users.values_mut() {
            known.sort_unstable();
            known.dedup();
        }
        users
    }

    /// The users that a list of sign-in names and object ids names.
    fn users_in(&mut self, list: Sym, ids: &HashMap<Sym, Sym, impl BuildHasher>) -> Vec<Sym> {
        let words: Vec<String> =
            self.texts.key(list).read(&mut [0; GUID_LEN]).split_whitespace().map(str::to_lowercase).collect();
        let mut users: Vec<Sym> = words.iter().map(|word| self.user_named(word, ids)).collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    /// The user of a normalized sign-in name or object id.
    fn user_named(&mut self, word: &str, ids: &HashMap<Sym, Sym, impl BuildHasher>) -> Sym {
        let known = self.texts.find(word);
        let sym = known.unwrap_or_else(|| self.texts.intern(word));
        ids.get(&sym).copied().filter(|id| !id.is_none()).unwrap_or(sym)
    }

    /// Returns whether a row is of somebody else's act upon the user.
    pub fn is_upon(&self, event: EventId, user: Sym) -> bool {
        self.event(event).user != user && self.acted_upon(event).contains(&user)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Field, Table};
    use crate::store::Key;
    use crate::store::testing::Rows;

    #[test]
    fn a_row_stands_with_who_acted_and_who_was_acted_upon() {
        let mut rows = Rows::default();
        let at = "2026-05-01T14:00:00Z";
        rows.row(Table::SignIn, at, &[(Field::UserId, "u1"), (Field::UserPrincipalName, "Anna@contoso.com")]);
        rows.row(
            Table::Audit,
            at,
            &[
                (Field::UserPrincipalName, "admin@contoso.com"),
                (Field::ActedUpon, "anna@contoso.com u9"),
                (Field::CorrelationId, "c"),
            ],
        );
        rows.row(
            Table::Audit,
            at,
            &[(Field::AppDisplayName, "Device Registration Service"), (Field::CorrelationId, "C")],
        );
        let store = rows.build();
        let of = |user: &str| store.with(Key::User, store.find(user).unwrap()).len();
        assert_eq!([of("u1"), of("admin@contoso.com"), of("u9")], [3, 2, 2]);
        let upon = store.with(Key::User, store.find("u1").unwrap());
        assert_eq!(upon.iter().filter(|id| store.is_upon(**id, store.find("u1").unwrap())).count(), 2);
    }
}
