//! News of a row, the values that its user never had: address, network, country, software, client, device and resource.
//!
//! A value is known where the user had it on two days before the row's day, and new where the user never had it although
//! seven such days record one of its kind; else the bundle cannot decide. Sign-ins count where they succeeded; software
//! and client of calls and acts are held against rows of their own table, which name them in their own way.

use super::Origins;
use super::habits::{DeviceSeen, Habits};
use super::known::{BASELINE_DAYS, Days, Standing};
use crate::model::{EventId, Field, Flags, Sym, Table, Time};
use crate::store::{Event, Key, Store};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;

/// Days that make a value known.
const KNOWN_DAYS: usize = 2;

/// Kind of a value that may be new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NewKind {
    /// The address.
    Address,
    /// Its network.
    Network,
    /// Its country.
    Country,
    /// The family of the user agent.
    Agent,
    /// The client.
    Client,
    /// The registered device.
    Device,
    /// The resource.
    Resource,
}

impl NewKind {
    /// Every kind, in the order in which they are named.
    pub const ALL: [Self; 7] =
        [Self::Address, Self::Network, Self::Country, Self::Agent, Self::Client, Self::Device, Self::Resource];

    /// Its word, which a search asks for too: `new:country`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Network => "network",
            Self::Country => "country",
            Self::Agent => "agent",
            Self::Client => "client",
            Self::Device => "device",
            Self::Resource => "resource",
        }
    }

    /// The short names of a search, beside the word.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Address => &["ip"],
            Self::Network => &["asn", "net"],
            Self::Agent => &["ua", "software"],
            Self::Client => &["app"],
            Self::Country | Self::Device => &[],
            Self::Resource => &["res"],
        }
    }

    /// Returns whether it is of the place a row came from.
    pub fn is_place(self) -> bool {
        matches!(self, Self::Address | Self::Network | Self::Country)
    }
}

/// Standing of each value of a row with the row's user; `None` for a value that it does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News([Option<Standing>; NewKind::ALL.len()]);

impl News {
    /// The standing of a row's address alone.
    pub(super) fn of_address(address: Option<Standing>) -> Self {
        let mut news = Self::default();
        news.0[NewKind::Address as usize] = address;
        news
    }

    /// Standing of one kind.
    pub fn of_kind(self, kind: NewKind) -> Option<Standing> {
        self.0[kind as usize]
    }

    /// Returns whether the value of a kind is new.
    pub fn is_new(self, kind: NewKind) -> bool {
        self.of_kind(kind) == Some(Standing::New)
    }

    /// The kinds with a standing, in order.
    pub fn with(self, standing: Standing) -> impl Iterator<Item = NewKind> {
        NewKind::ALL.into_iter().filter(move |kind| self.of_kind(*kind) == Some(standing))
    }

    /// News in which some kinds are new.
    #[cfg(test)]
    pub fn of_kinds(kinds: &[NewKind]) -> Self {
        let mut news = Self::default();
        for kind in kinds {
            news.0[*kind as usize] = Some(Standing::New);
        }
        news
    }

    /// Returns whether the place is new: address, network or country.
    pub fn has_new_place(self) -> bool {
        self.with(Standing::New).any(NewKind::is_place)
    }
}

/// Values that are counted by day: all but address, network and device, which [`super::known`] and [`super::habits`]
/// have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Value {
    Country(Sym),
    /// By its group of tables and the number of the family.
    Agent(usize, u32),
    Client(usize, Sym),
    Resource(Sym),
}

impl Value {
    /// The place of its kind and group among the weeks.
    fn week(self) -> usize {
        match self {
            Self::Country(_) => 0,
            Self::Resource(_) => 1,
            Self::Agent(group, _) => 2 + group,
            Self::Client(group, _) => 2 + GROUPS + group,
        }
    }
}

/// Groups of tables that name software and clients alike: sign-ins, then each other table.
const GROUPS: usize = Table::COUNT + 1;
const WEEKS: usize = 2 + 2 * GROUPS;

fn group(table: Table) -> usize {
    if table.issues() { 0 } else { 1 + table as usize }
}

/// Days of the values of one user.
#[derive(Debug, Default)]
pub struct Seen {
    days: HashMap<Value, Days<KNOWN_DAYS>, RandomState>,
    weeks: Vec<Days<BASELINE_DAYS>>,
    families: HashMap<Arc<str>, u32, RandomState>,
}

impl Seen {
    /// Days of all values of a user.
    pub fn new(origins: Origins<'_>, user: Sym, until: Option<Time>) -> Self {
        let Origins { store, places, .. } = origins;
        let mut seen = Self { weeks: vec![Days::default(); WEEKS], ..Self::default() };
        // By number of the software: its text is looked up once.
        let mut families: HashMap<u32, Option<u32>, RandomState> = HashMap::default();
        for &id in store.with(Key::User, user) {
            let event = store.event(id);
            let counts = event.is_timed()
                && !event.is_duplicate()
                && (event.succeeded() || !event.table.issues())
                && until.is_none_or(|until| event.time() < until);
            if !counts {
                continue;
            }
            let family = *families.entry(places.profile_number(id)).or_insert_with(|| {
                let family = &places.profile(id).family;
                (**family != *BLANK).then(|| {
                    let next = u32::try_from(seen.families.len()).unwrap_or(u32::MAX);
                    *seen.families.entry(Arc::clone(family)).or_insert(next)
                })
            });
            for value in values(store, event, family).into_iter().flatten() {
                seen.days.entry(value).or_default().add_time(event.time());
                seen.weeks[value.week()].add_time(event.time());
            }
        }
        seen
    }

    fn standing(&self, value: Value, at: Time) -> Standing {
        let days = self.days.get(&value).map_or(0, |days| days.before(at));
        if days >= KNOWN_DAYS {
            Standing::Known
        } else if days == 0 && self.weeks[value.week()].before(at) >= BASELINE_DAYS {
            Standing::New
        } else {
            Standing::Undecided
        }
    }
}

/// Family of a blank agent.
const BLANK: &str = "blank";

/// The values of a row, with the number of its agent's family.
fn values(store: &Store, event: Event<'_>, family: Option<u32>) -> [Option<Value>; 4] {
    let field = |field| Some(store.normalized_field(event, field)).filter(|sym| !sym.is_none());
    let group = group(event.table);
    let of_sign_in = |value: Option<Value>| value.filter(|_| event.table.issues());
    [
        of_sign_in(field(Field::Location).map(Value::Country)),
        family.map(|family| Value::Agent(group, family)),
        field(Field::AppId).map(|client| Value::Client(group, client)),
        of_sign_in(Some(Key::Resource.value(store, event)).filter(|sym| !sym.is_none()).map(Value::Resource)),
    ]
}

/// Standing of all values of a row, with the habits of its user and the standing of its address.
pub fn news(origins: Origins<'_>, seen: &Seen, habits: &Habits, address: Option<Standing>, id: EventId) -> News {
    let Origins { store, places, known, .. } = origins;
    let mut news = News::default();
    let event = store.event(id);
    if event.user.is_none() || event.flags.has(Flags::NO_INSTANT) {
        return news;
    }
    let (place, profile, at) = (places.place(id), places.profile(id), event.time());
    let mut set = |kind: NewKind, standing: Option<Standing>| news.0[kind as usize] = standing;
    set(NewKind::Address, address);
    let says = place.telling_net().is_some();
    set(NewKind::Network, says.then(|| known.standing(event.user, place, at)));
    let family = (*profile.family != *BLANK).then(|| seen.families.get(&profile.family).copied().unwrap_or(u32::MAX));
    let [country, agent, client, resource] = values(store, event, family);
    let standing = |value: Option<Value>| value.map(|value| seen.standing(value, at));
    // Microsoft's own addresses are no place of the user's.
    set(NewKind::Country, standing(country).filter(|_| !place.is_neutral));
    set(NewKind::Agent, standing(agent));
    set(NewKind::Client, standing(client));
    set(NewKind::Resource, standing(resource));
    if event.table.issues() && !profile.device.is_none() {
        let device = match habits.device_seen(origins, id, at) {
            DeviceSeen::Own => Standing::Known,
            DeviceSeen::New => Standing::New,
            DeviceSeen::Open => Standing::Undecided,
        };
        set(NewKind::Device, Some(device));
    }
    news
}

#[cfg(test)]
mod tests;
