//! Software that is used with each client here.

use super::Origins;
use super::known::{BASELINE_DAYS, Days, day};
use super::numbers::{self, Values};
use super::places::{Places, Tool};
use crate::model::{EventId, Field, Sym, Time};
use crate::store::Store;
use crate::tables::Role;
use std::collections::HashMap;

/// Days on which software has to be seen to be the user's.
const OWN_DAYS: usize = 2;
/// Other users with the same software that make it ordinary here.
const ORDINARY_USERS: usize = 2;

/// Software as it was used with a client before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoftwareSeen {
    /// The user used it on two days, or two others did.
    Here,
    /// Nobody did, although seven days before are in the bundle.
    Nowhere,
    /// Nothing can be said.
    Open,
}

/// Client, class of software and user.
type Used = (Sym, u32, Sym);

/// Sign-ins of a user with a class of software and a client.
#[derive(Clone, Copy)]
struct Use {
    /// The first of them.
    first: EventId,
    /// Its day.
    on: u16,
    days: Days<OWN_DAYS>,
}

impl Use {
    fn join(&mut self, other: &Self) {
        if other.first < self.first {
            (self.first, self.on) = (other.first, other.on);
        }
        self.days.join(&other.days);
    }
}

/// Users of a class of software with a client.
struct Shared {
    client: Sym,
    class: u32,
    /// Place of the first in [`Software::users`]; the next one's begin where they end.
    start: u32,
    /// Those who used it first, with their first days, in order.
    first: Box<[(Days<1>, Sym)]>,
}

/// Software used with each client, by user.
pub struct Software {
    /// Class of software by number of a profile: family and system, of a tool the family alone.
    classes: Vec<u32>,
    /// Users of each class with a client, by client and class.
    shared: Vec<Shared>,
    /// The users of each of these in turn, sorted, with their days.
    users: Vec<(Sym, Days<OWN_DAYS>)>,
    /// Days of the bundle with sign-ins.
    all: Days<BASELINE_DAYS>,
}

impl Software {
    /// Software of all successful sign-ins.
    pub fn new(store: &Store, places: &Places) -> Self {
        let mut names: HashMap<(&str, &str), u32> = HashMap::new();
        let mut classes: Vec<u32> = Vec::with_capacity(places.profiles().len());
        for profile in places.profiles() {
            let next = u32::try_from(names.len()).expect("no more than profiles");
            // A script may move from one system to another.
            let os = if profile.tool == Tool::None { &*profile.os } else { "" };
            classes.push(*names.entry((&profile.family, os)).or_insert(next));
        }
        let parts = store.read_in(Role::Issues, |rows| {
            let (mut uses, mut all): (Values<Used, Use>, Days<BASELINE_DAYS>) = Default::default();
            for (id, event) in rows.filter(|(_, event)| event.succeeded() && event.is_timed() && !event.is_duplicate())
            {
                let (class, on) = (classes[places.profile_number(id) as usize], day(event.time()));
                let used = (store.normalized_field(event, Field::AppId), class, event.user);
                uses.of(used, || Use { first: id, on, days: Days::default() }).days.add(on);
                all.add(on);
            }
            (uses.into_iter(), all)
        });
        let mut all = Days::default();
        for (_, part) in &parts {
            all.join(part);
        }
        let uses = numbers::joined(parts.into_iter().map(|(uses, _)| uses).collect(), Use::join);
        let mut shared: Vec<Shared> = Vec::new();
        let mut users: Vec<(Sym, Days<OWN_DAYS>)> = Vec::with_capacity(uses.len());
        for of_class in uses.chunk_by(|(a, _), (b, _)| (a.0, a.1) == (b.0, b.1)) {
            let start = u32::try_from(users.len()).expect("no more than events");
            users.extend(of_class.iter().map(|((.., user), of_user)| (*user, of_user.days)));
            let mut first: Vec<(EventId, u16, Sym)> =
                of_class.iter().map(|((.., user), of_user)| (of_user.first, of_user.on, *user)).collect();
            first.sort_unstable();
            first.truncate(ORDINARY_USERS + 1);
            let first = first.into_iter().map(|(_, on, user)| {
                let mut day = Days::default();
                day.add(on);
                (day, user)
            });
            let (client, class, _) = of_class[0].0;
            shared.push(Shared { client, class, start, first: first.collect() });
        }
        shared.shrink_to_fit();
        Self { classes, shared, users, all }
    }

    /// Returns whether two others used the software of a sign-in with its client on days before a time.
    pub fn is_of_others(&self, origins: Origins<'_>, user: Sym, id: EventId, at: Time) -> bool {
        self.used(origins, user, id, at).1 >= ORDINARY_USERS
    }

    /// Software of a sign-in as it was used with its client before a time.
    pub fn seen(&self, origins: Origins<'_>, user: Sym, id: EventId, at: Time) -> SoftwareSeen {
        let (by_user, by_others) = self.used(origins, user, id, at);
        if by_user >= OWN_DAYS || by_others >= ORDINARY_USERS {
            SoftwareSeen::Here
        } else if by_others + by_user == 0 && self.all.before(at) >= BASELINE_DAYS {
            SoftwareSeen::Nowhere
        } else {
            SoftwareSeen::Open
        }
    }

    /// Days of a user before a time with the software of a sign-in and its client, and others of the first few users.
    fn used(&self, origins: Origins<'_>, user: Sym, id: EventId, at: Time) -> (usize, usize) {
        let class = self.classes[origins.places.profile_number(id) as usize];
        let client = origins.store.normalized_field(origins.store.event(id), Field::AppId);
        let found = self.shared.binary_search_by_key(&(client, class), |shared| (shared.client, shared.class));
        let (first, users) = found.map_or((&[][..], &[][..]), |at| {
            let end = self.shared.get(at + 1).map_or(self.users.len(), |next| next.start as usize);
            (&self.shared[at].first, &self.users[self.shared[at].start as usize..end])
        });
        let found = users.binary_search_by_key(&user, |(user, _)| *user);
        let by_user = found.map_or(0, |found| users[found].1.before(at));
        (by_user, first.iter().filter(|(day, other)| *other != user && day.before(at) > 0).count())
    }
}
