//! Software that is used with each client here.

use super::Origins;
use super::known::{BASELINE_DAYS, Days};
use super::places::{Places, Profile};
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
    users: HashMap<(Sym, u32), Vec<(Sym, Days)>, RandomState>,
    /// Days of the bundle with sign-ins.
    days: Days,
}

impl Software {
    /// Software of all successful sign-ins.
    pub fn new(store: &Store, places: &Places) -> Self {
        let mut names: HashMap<(String, String), u32> = HashMap::new();
        let class = |profile: &Profile| {
            let next = u32::try_from(names.len()).expect("no more than profiles");
            *names.entry((profile.family.to_string(), profile.os.to_string())).or_insert(next)
        };
        let classes: Vec<u32> = places.profiles().iter().map(class).collect();
        let mut seen: HashMap<(Sym, u32, Sym), Days, RandomState> = HashMap::default();
        let mut days = Days::default();
        for (id, event) in store.events() {
            if event.table.issues() && event.succeeded() && event.is_timed() && !event.is_duplicate() {
                let class = classes[places.profile_number(id) as usize];
                let client = store.normalized_field(event, Field::AppId);
                seen.entry((client, class, event.user)).or_default().add_time(event.time());
                days.add_time(event.time());
            }
        }
        let mut users: HashMap<(Sym, u32), Vec<(Sym, Days)>, RandomState> = HashMap::default();
        for ((client, class, user), days) in seen {
            users.entry((client, class)).or_default().push((user, days));
        }
        Self { classes, users, days }
    }

    /// Software of a sign-in as it was used with its client before a time.
    pub fn seen(&self, origins: Origins<'_>, user: Sym, id: EventId, at: Time) -> SoftwareSeen {
        let class = self.classes[origins.places.profile_number(id) as usize];
        let client = origins.store.normalized_field(origins.store.event(id), Field::AppId);
        let users = self.users.get(&(client, class)).map_or(&[][..], Vec::as_slice);
        let by_user = users.iter().any(|(known, days)| *known == user && days.before(at) >= OWN_DAYS);
        let by_others = users.iter().filter(|(known, days)| *known != user && days.before(at) > 0).count();
        if by_user || by_others >= ORDINARY_USERS {
            SoftwareSeen::Here
        } else if by_others == 0
            && !users.iter().any(|(known, days)| *known == user && days.before(at) > 0)
            && self.days.before(at) >= BASELINE_DAYS
        {
            SoftwareSeen::Nowhere
        } else {
            SoftwareSeen::Open
        }
    }
}
