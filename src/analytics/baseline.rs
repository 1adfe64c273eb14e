//! Baseline of a user: their successful sign-ins well before the hit.

use super::DetectContext;
use super::history::History;
use super::numbers::Values;
use super::scopes;
use super::user_rows::UserRows;
use crate::facts::{Agent, Facts};
use crate::model::{EventId, Field, Span, Sym, Time};
use crate::store::{Event, Key, Store};
use foldhash::{HashMap, HashMapExt};
use std::cell::OnceCell;
use std::sync::Arc;

const DAY: Span = Span::minutes(24 * 60);
/// The last day before a hit is no baseline: it may already be the intruder's.
const GAP: Span = DAY;
/// Fewer sign-ins or days than these make no baseline.
const ENOUGH: Seen = Seen { sign_ins: 5, days: 3, last_day: 0 };
/// A value is usual when seen on at least this many days.
const USUAL_DAYS: usize = 2;

/// Counts of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Sign-ins with it.
    pub sign_ins: usize,
    /// Distinct UTC days with it.
    pub days: usize,
    last_day: i64,
}

impl Seen {
    fn add(&mut self, day: i64) {
        self.days += usize::from(self.sign_ins == 0 || self.last_day != day);
        self.sign_ins += 1;
        self.last_day = day;
    }

    /// Returns whether it is usual: seen on more than one day.
    pub fn is_usual(self) -> bool {
        self.days >= USUAL_DAYS
    }

    /// `12 earlier sign-ins on 5 days`, or `not seen before`.
    pub fn words(self) -> String {
        match (self.sign_ins, self.days) {
            (0, _) => "not seen before".to_owned(),
            (1, _) => "1 earlier sign-in".to_owned(),
            (sign_ins, 1) => format!("{sign_ins} earlier sign-ins on 1 day"),
            (sign_ins, days) => format!("{sign_ins} earlier sign-ins on {days} days"),
        }
    }
}

/// Fields whose values are counted.
const FIELDS: [Field; 3] = [Field::IpAddress, Field::Asn, Field::AppId];

/// A user's values up to some time. It only grows: hits of one user, in time order, share one.
#[derive(Debug)]
pub struct Baseline {
    user: Sym,
    /// Number of the user's events read so far.
    read: usize,
    /// Number of successful sign-ins in it.
    pub all: Seen,
    /// The first of them.
    pub first: Option<Time>,
    /// Counts by value, for each of [`FIELDS`].
    fields: [Values<Sym, Seen>; FIELDS.len()],
    agents: Values<Agent, Seen>,
    agent_of: Values<Sym, Agent>,
    /// Numbers of devices by id.
    devices: HashMap<String, usize>,
    device_of: Values<Sym, Option<usize>>,
    /// Counts by number of a device.
    seen_devices: Vec<Seen>,
    rows: OnceCell<Arc<UserRows>>,
}

impl Baseline {
    /// An empty baseline of a user.
    pub fn new(user: Sym) -> Self {
        Self {
            user,
            read: 0,
            all: Seen::default(),
            first: None,
            fields: Default::default(),
            agents: Values::default(),
            agent_of: Values::default(),
            devices: HashMap::new(),
            device_of: Values::default(),
            seen_devices: Vec::new(),
            rows: OnceCell::new(),
        }
    }

    /// The user.
    pub fn user(&self) -> Sym {
        self.user
    }

    /// All rows of the user, those of the hit and after it too.
    pub fn rows(&self, context: &DetectContext) -> &UserRows {
        self.rows.get_or_init(|| context.rows_of(self.user))
    }

    /// All rows of the user by client, address and kind.
    pub fn history(&self, context: &DetectContext) -> &History {
        &self.rows(context).history
    }

    /// The last instant that counts for a hit at a time.
    pub fn until(hit: Time) -> Time {
        hit.minus(GAP)
    }

    /// Adds the user's successful sign-ins up to a day before `hit`.
    pub fn grow(&mut self, store: &Store, facts: &Facts, hit: Time) {
        let until = Self::until(hit);
        for &id in &store.with(Key::User, self.user)[self.read..] {
            let event = store.event(id);
            if event.time() > until {
                break;
            }
            self.read += 1;
            if event.table.issues() && event.succeeded() && event.is_timed() {
                self.add(store, facts, event);
            }
        }
    }

    fn add(&mut self, store: &Store, facts: &Facts, event: Event<'_>) {
        let day = event.time().ticks().div_euclid(DAY.ticks());
        self.first.get_or_insert(event.time());
        self.all.add(day);
        for (field, counted) in FIELDS.into_iter().zip(&mut self.fields) {
            let sym = store.normalized_field(event, field);
            if !sym.is_none() {
                counted.of(sym, Seen::default).add(day);
            }
        }
        let agent = event.get(Field::UserAgent);
        let kind = *self.agent_of.of(agent, || facts.agent(store.text(agent)));
        self.agents.of(kind, Seen::default).add(day);
        let detail = event.get(Field::DeviceDetail);
        let device = *self.device_of.of(detail, || {
            let id = scopes::device_id(store.text(detail))?;
            Some(*self.devices.entry(id).or_insert_with(|| {
                self.seen_devices.push(Seen::default());
                self.seen_devices.len() - 1
            }))
        });
        if let Some(device) = device {
            self.seen_devices[device].add(day);
        }
    }

    /// Returns whether it has no sign-in.
    pub fn is_empty(&self) -> bool {
        self.all.sign_ins == 0
    }

    /// Returns whether it is too small to decide what is usual.
    pub fn is_thin(&self) -> bool {
        self.all.sign_ins < ENOUGH.sign_ins || self.all.days < ENOUGH.days
    }

    /// Counts of a value of a field.
    ///
    /// # Panics
    /// When the field is none of [`FIELDS`].
    pub fn seen(&self, store: &Store, id: EventId, field: Field) -> Seen {
        let value = store.normalized_field(store.event(id), field);
        let (_, counted) =
            FIELDS.iter().zip(&self.fields).find(|(of, _)| **of == field).expect("a field that is counted");
        counted.get(&value).copied().unwrap_or_default()
    }

    /// Counts of a class of user agent.
    pub fn agent(&self, agent: Agent) -> Seen {
        self.agents.get(&agent).copied().unwrap_or_default()
    }

    /// Counts of a registered device.
    pub fn device(&self, device: &str) -> Seen {
        self.devices.get(device).map_or_else(Seen::default, |number| self.seen_devices[*number])
    }

    /// `212 sign-ins over 21 days`.
    pub fn words(&self) -> String {
        format!("{} sign-ins on {} days before", self.all.sign_ins, self.all.days)
    }
}
