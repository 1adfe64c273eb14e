//! What the analytics decide on, sorted out of the rows once: no threshold has a say in it, so that a run with
//! other thresholds does not read the rows again.

use super::burst::{self, Group};
use super::flow::{self, Flow};
use super::session::{self, Hop, Request};
use super::{Clients, Scene, Semantics, Settings};
use crate::model::{Sym, Time};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Rows by what they may become part of, each kind found when it is first asked for.
#[derive(Default)]
pub struct Candidates {
    /// What was set when the first was found; they hold for no other.
    fixed: OnceLock<Fixed>,
    /// User ids by UPN among the rows in range.
    users: OnceLock<HashMap<Sym, Sym>>,
    groups: OnceLock<Vec<Group>>,
    flows: OnceLock<HashMap<Sym, Vec<Flow>>>,
    requests: Mutex<BTreeMap<&'static str, Arc<Vec<Request>>>>,
}

/// The settings that decide which rows are looked at, and how.
#[derive(PartialEq, Eq)]
struct Fixed {
    semantics: Semantics,
    range: (Option<Time>, Option<Time>),
    clients: Clients,
    cli: (bool, bool),
}

impl Fixed {
    fn of(settings: &Settings) -> Self {
        Self {
            semantics: settings.semantics,
            range: (settings.since, settings.until),
            clients: settings.clients.clone(),
            cli: (settings.admin_scope_only, settings.noncompliant_only),
        }
    }
}

impl Candidates {
    /// These where they hold under the settings, else none yet.
    pub fn renewed(self: Arc<Self>, settings: &Settings) -> Arc<Self> {
        let wanted = Fixed::of(settings);
        if *self.fixed.get_or_init(|| Fixed::of(settings)) == wanted {
            return self;
        }
        let fixed = OnceLock::new();
        let _ = fixed.set(wanted);
        Arc::new(Self { fixed, ..Self::default() })
    }

    /// User ids by UPN, asked for once.
    pub(super) fn users(&self, ask: impl FnOnce() -> HashMap<Sym, Sym>) -> &HashMap<Sym, Sym> {
        self.users.get_or_init(ask)
    }

    /// Rows that may make a burst, by user and client.
    pub(super) fn groups(&self, scene: &Scene) -> &[Group] {
        self.groups.get_or_init(|| burst::groups(scene))
    }

    /// Device-code flows by user.
    pub(super) fn flows(&self, scene: &Scene) -> &HashMap<Sym, Vec<Flow>> {
        self.flows.get_or_init(|| flow::flows(scene))
    }

    /// Requests that may make a hop.
    pub(super) fn requests(&self, scene: &Scene, hop: &Hop) -> Arc<Vec<Request>> {
        let mut known = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(hop.analytic).or_insert_with(|| Arc::new(session::requests(scene, hop))))
    }
}
