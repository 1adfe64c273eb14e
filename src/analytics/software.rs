//! Software that is used with each client here.

use super::Origins;
use super::known::{BASELINE_DAYS, Days};
use super::places::Places;
use crate::model::{EventId, Field, Sym, Time};
use crate::store::Store;
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

/// Software used with each client, by user.
pub struct Software {
    /// Class of software by number of a profile: family and system.
    classes: Vec<u32>,
    /// Days by client, class and user.
    days: HashMap<(Sym, u32, Sym), Days<OWN_DAYS>, RandomState>,
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
        let mut software = Self { classes, days: HashMap::default(), first: HashMap::default(), all: Days::default() };
        for (id, event) in store.events() {
            if event.table.issues() && event.succeeded() && event.is_timed() && !event.is_duplicate() {
                let class = software.classes[places.profile_number(id) as usize];
                let client = store.normalized_field(event, Field::AppId);
                let days = software.days.entry((client, class, event.user)).or_default();
                if days.count() == 0 {
                    // Events come in time order.
                    let first = software.first.entry((client, class)).or_default();
                    if first.len() <= ORDINARY_USERS {
                        let mut day = Days::<1>::default();
                        day.add_time(event.time());
                        first.push((day, event.user));
                    }
                }
                days.add_time(event.time());
                software.all.add_time(event.time());
            }
        }
        software
    }

    /// Software of a sign-in as it was used with its client before a time.
    pub fn seen(&self, origins: Origins<'_>, user: Sym, id: EventId, at: Time) -> SoftwareSeen {
        let class = self.classes[origins.places.profile_number(id) as usize];
        let client = origins.store.normalized_field(origins.store.event(id), Field::AppId);
        let by_user = self.days.get(&(client, class, user)).map_or(0, |days| days.before(at));
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
