//! Software that is used with each client here.

use super::Origins;
use super::known::{BASELINE_DAYS, Days, day};
use super::places::Places;
use crate::model::{EventId, Field, Sym, Time, threads};
use crate::store::Store;
use crate::tables::Role;
use foldhash::fast::RandomState;
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

/// Software used with each client, by user.
pub struct Software {
    /// Class of software by number of a profile: family and system.
    classes: Vec<u32>,
    /// Days by client, class and user, sorted.
    days: Vec<(Used, Days<OWN_DAYS>)>,
    /// The first users of each class with a client, with their first days, in order.
    first: HashMap<(Sym, u32), Vec<(Days<1>, Sym)>, RandomState>,
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
            classes.push(*names.entry((&profile.family, &profile.os)).or_insert(next));
        }
        // Sorted, not hashed: users have as much software as they like, and each look-up of a million would miss every cache.
        let mut rows: Vec<(Used, u16, EventId)> = store.find_in(Role::Issues, || {
            |id, event| {
                let counts = event.succeeded() && event.is_timed() && !event.is_duplicate();
                let class = || classes[places.profile_number(id) as usize];
                let used = || (store.normalized_field(event, Field::AppId), class(), event.user);
                counts.then(|| (used(), day(event.time()), id))
            }
        });
        let mut all = Days::default();
        for (_, day, _) in &rows {
            all.add(*day);
        }
        threads::sort(&mut rows);
        let mut days: Vec<(Used, Days<OWN_DAYS>)> = Vec::new();
        let mut first: HashMap<(Sym, u32), Vec<(Days<1>, Sym)>, RandomState> = HashMap::default();
        for of_class in rows.chunk_by(|a, b| (a.0.0, a.0.1) == (b.0.0, b.0.1)) {
            let mut users: Vec<(EventId, u16, Sym)> = Vec::new();
            for of_user in of_class.chunk_by(|a, b| a.0 == b.0) {
                // Rows stand in the order of time: the first day has the first row.
                let (used, day, id) = of_user[0];
                let mut seen = Days::default();
                for (_, day, _) in of_user {
                    seen.add(*day);
                }
                days.push((used, seen));
                users.push((id, day, used.2));
            }
            users.sort_unstable();
            users.truncate(ORDINARY_USERS + 1);
            let users = users.into_iter().map(|(_, on, user)| {
                let mut day = Days::default();
                day.add(on);
                (day, user)
            });
            let (client, class, _) = of_class[0].0;
            first.insert((client, class), users.collect());
        }
        days.shrink_to_fit();
        Self { classes, days, first, all }
    }

    /// Software of a sign-in as it was used with its client before a time.
    pub fn seen(&self, origins: Origins<'_>, user: Sym, id: EventId, at: Time) -> SoftwareSeen {
        let class = self.classes[origins.places.profile_number(id) as usize];
        let client = origins.store.normalized_field(origins.store.event(id), Field::AppId);
        let found = self.days.binary_search_by_key(&(client, class, user), |(used, _)| *used);
        let by_user = found.map_or(0, |found| self.days[found].1.before(at));
        let first = self.first.get(&(client, class)).map_or(&[][..], Vec::as_slice);
        let by_others = first.iter().filter(|(day, other)| *other != user && day.before(at) > 0).count();
        if by_user >= OWN_DAYS || by_others >= ORDINARY_USERS {
            SoftwareSeen::Here
        } else if by_others + by_user == 0 && self.all.before(at) >= BASELINE_DAYS {
            SoftwareSeen::Nowhere
        } else {
            SoftwareSeen::Open
        }
    }
}
