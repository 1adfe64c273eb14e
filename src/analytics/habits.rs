//! Habits: which devices a user signs in with, whether their tokens are bound, and which software is used with which
//! client here.

use super::flow::FlowKind;
use super::known::Days;
use super::places::{Net, Places};
use super::{DetectContext, Hit};
use crate::model::{EventId, Field, Sym, Time};
use crate::store::{Key, Store, device_id};
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap};

/// Days on which a device or software has to be seen to be the user's.
const OWN_DAYS: usize = 2;
/// Other users with the same software that make it ordinary here.
const ORDINARY_USERS: usize = 2;
/// Rows with a token from which on the binding of a client is a rule.
const BOUND_ROWS: usize = 20;
/// Of ten such rows, as many have to be bound.
const BOUND_OF_TEN: usize = 9;

/// A device as the user's earlier sign-ins know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceSeen {
    /// Seen on two days before, with this system.
    Own,
    /// Registered, and not seen before, although other days were.
    New,
    /// Nothing can be said.
    Open,
}

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

/// Devices and token bindings of one user.
#[derive(Debug, Default)]
pub struct Habits {
    /// Device by device text: the first text with its id.
    device_of: HashMap<Sym, Sym, RandomState>,
    /// Days by device, with each system it was seen with.
    devices: HashMap<Sym, Vec<(String, Days)>, RandomState>,
    bound_of: HashMap<Sym, Option<bool>, RandomState>,
    /// Bound rows and all rows by client and system.
    bindings: HashMap<(Sym, String), (usize, usize)>,
    /// Rows that present a token, with their client and system.
    at: HashMap<EventId, (Sym, String), RandomState>,
}

impl Habits {
    /// Habits of a user, by all their sign-ins.
    pub fn new(context: &DetectContext, user: Sym) -> Self {
        let (store, places) = (context.store, context.places());
        let mut habits = Self::default();
        let mut ids: HashMap<String, Sym> = HashMap::new();
        for &id in store.with(Key::User, user) {
            let event = store.event(id);
            if !event.table.issues() || !event.succeeded() || !event.is_timed() {
                continue;
            }
            let text = event[Field::DeviceDetail];
            let device = *habits
                .device_of
                .entry(text)
                .or_insert_with(|| device_id(store.text(text)).map_or(Sym::NONE, |id| *ids.entry(id).or_insert(text)));
            let os = &*places.profile(id).os;
            if !device.is_none() {
                let seen = habits.devices.entry(device).or_default();
                let at = seen.iter().position(|(known, _)| known == os).unwrap_or_else(|| {
                    seen.push((os.to_owned(), Days::default()));
                    seen.len() - 1
                });
                seen[at].1.add_time(event.time());
            }
            let protection = event[Field::TokenProtection];
            let bound = *habits.bound_of.entry(protection).or_insert_with(|| bound(store.text(protection)));
            if let Some(bound) = bound {
                let key = (store.normalized_field(event, Field::AppId), os.to_owned());
                let counts = habits.bindings.entry(key.clone()).or_default();
                counts.0 += usize::from(bound);
                counts.1 += 1;
                if !bound {
                    habits.at.insert(id, key);
                }
            }
        }
        habits
    }

    /// The registered device of a sign-in; [`Sym::NONE`] for none.
    pub fn device(&self, store: &Store, id: EventId) -> Sym {
        self.device_of.get(&store.event(id)[Field::DeviceDetail]).copied().unwrap_or_default()
    }

    /// Returns whether the session's token is bound; `None` where that is not recorded.
    pub fn is_bound(&self, store: &Store, id: EventId) -> Option<bool> {
        self.bound_of.get(&store.event(id)[Field::TokenProtection]).copied().flatten()
    }

    /// Returns whether a token is unbound where nine of ten of this user, client and system are bound.
    pub fn is_binding_lost(&self, id: EventId) -> bool {
        let counts = self.at.get(&id).and_then(|key| self.bindings.get(key));
        counts.is_some_and(|&(bound, all)| all >= BOUND_ROWS && bound * 10 >= all * BOUND_OF_TEN)
    }

    /// A sign-in's device as the days before a time know it.
    pub fn device_seen(&self, context: &DetectContext, id: EventId, at: Time) -> DeviceSeen {
        let device = self.device(context.store, id);
        if device.is_none() {
            return DeviceSeen::Open;
        }
        let os = &*context.places().profile(id).os;
        let seen = self.devices.get(&device).map_or(&[][..], Vec::as_slice);
        if seen.iter().any(|(known, days)| known == os && days.before(at) >= OWN_DAYS) {
            DeviceSeen::Own
        } else if seen.iter().all(|(_, days)| days.before(at) == 0)
            && context.known().has_baseline(context.store.event(id).user, at)
        {
            DeviceSeen::New
        } else {
            DeviceSeen::Open
        }
    }

    /// Days other than the hit's on which the user had codes for its client redeemed in the part of the network that a
    /// row is from.
    pub fn other_days(&self, context: &DetectContext, hit: &Hit, row: EventId) -> usize {
        let (store, places) = (context.store, context.places());
        let Some(prefix) = places.place(row).address.map(Net::prefix) else { return 0 };
        let app = hit.app_id.as_str();
        let day = hit.first_seen.day_number();
        let mut days = BTreeSet::new();
        for kind in FlowKind::ALL {
            for flow in context.flows_in(kind).get(&hit.user).into_iter().flatten() {
                let began = flow.time(store).day_number();
                let is_same = |&leg: &EventId| {
                    let there = places.place(leg).address.map(Net::prefix) == Some(prefix);
                    there && store.text(store.normalized_field(store.event(leg), Field::AppId)) == app
                };
                if began != day && flow.legs.iter().any(is_same) {
                    days.insert(began);
                }
                if days.len() > OWN_DAYS {
                    return days.len();
                }
            }
        }
        days.len()
    }
}

/// Returns whether a token protection says bound; `None` where it says neither.
fn bound(protection: &str) -> Option<bool> {
    let lower = protection.to_lowercase();
    if lower.contains("unbound") { Some(false) } else { lower.contains("bound").then_some(true) }
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
        let class = |profile: &super::places::Profile| {
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
    pub fn seen(&self, context: &DetectContext, user: Sym, id: EventId, at: Time) -> SoftwareSeen {
        let class = self.classes[context.places().profile_number(id) as usize];
        let client = context.store.normalized_field(context.store.event(id), Field::AppId);
        let users = self.users.get(&(client, class)).map_or(&[][..], Vec::as_slice);
        let by_user = users.iter().any(|(known, days)| *known == user && days.before(at) >= OWN_DAYS);
        let by_others = users.iter().filter(|(known, days)| *known != user && days.before(at) > 0).count();
        if by_user || by_others >= ORDINARY_USERS {
            SoftwareSeen::Here
        } else if by_others == 0
            && !users.iter().any(|(known, days)| *known == user && days.before(at) > 0)
            && self.days.before(at) >= super::known::BASELINE_DAYS
        {
            SoftwareSeen::Nowhere
        } else {
            SoftwareSeen::Open
        }
    }
}
