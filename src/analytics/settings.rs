//! Settings of a run.

use super::{AllowList, KnownNetworks};
use crate::facts::Facts;
use crate::model::{Span, Time};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Reading of the published hunts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Semantics {
    /// The result of the published KQL on this evidence.
    Published,
    /// The evident intent of its author, on real records.
    #[default]
    Hunt,
}

impl Semantics {
    /// The word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Hunt => "hunt",
        }
    }
}

/// The clients whose bursts are watched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Clients {
    /// The five ids of the published hunts.
    #[default]
    Seeds,
    /// Those, and every client that was ever a family member.
    Family,
    /// These ids, as written in a file.
    Listed(BTreeSet<String>),
}

/// The five ids that hunts 2025-044 and 2025-045 watch. The first is no known application: it shares its first
/// block with the real Azure CLI id, the last of the five.
const SEED_CLIENTS: [&str; 5] = [
    "04b07795-8542-4bc9-aaaa-59d79c0a3df9",
    "1950a258-227b-4e31-a9cf-717495945fc2",
    "29d9ed98-a469-4536-ade2-f981bc1d605e",
    "d3590ed6-52b3-4102-aeff-aad2292ab01c",
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
];

impl Clients {
    /// The ids that are watched, each once and sorted.
    pub fn watched<'a>(&'a self, facts: &'a Facts) -> BTreeSet<&'a str> {
        let family = || facts.clients().iter().map(|client| client.id.as_str()).filter(|id| facts.was_ever_family(id));
        match self {
            Self::Seeds => SEED_CLIENTS.into(),
            Self::Family => family().chain(SEED_CLIENTS).collect(),
            Self::Listed(ids) => ids.iter().map(String::as_str).collect(),
        }
    }

    /// Returns whether the id is watched. Pass it normalized for hunt semantics, as written for published ones.
    pub fn watch(&self, facts: &Facts, id: &str) -> bool {
        match self {
            Self::Seeds => SEED_CLIENTS.contains(&id),
            Self::Family => SEED_CLIENTS.contains(&id) || facts.was_ever_family(id),
            Self::Listed(ids) => ids.contains(id),
        }
    }
}

/// Settings of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The reading.
    pub semantics: Semantics,
    /// Events from this time on.
    pub since: Option<Time>,
    /// Events before this time.
    pub until: Option<Time>,
    /// Ids of the analytics to run; `None` for those on by default.
    pub analytics: Option<Vec<String>>,
    /// Distinct resources that make a burst.
    pub min_resources: usize,
    /// Length of a burst's window.
    pub window: Span,
    /// Longest time from device code to the burst's first event.
    pub device_code_window: Span,
    /// Longest time from a session's first login to a second client's request.
    pub session_window: Span,
    /// Longest time between events of two parties of one session.
    pub split_gap: Span,
    /// Longest time from a hit to a foothold of its user.
    pub foothold_window: Span,
    /// Longest time from the issue of an authorization code to its exchange.
    pub handoff_window: Span,
    /// Length of the window of a sweep through Graph.
    pub recon_window: Span,
    /// Rows from this time on are in no baseline: a responder knows when it began.
    pub baseline_until: Option<Time>,
    /// Users, by folded sign-in name or id, and times at which their sessions were revoked: a responder knows what no log
    /// of the bundle has.
    pub revoked: Vec<(String, Time)>,
    /// Those that the analyst said in the case, by folded id or sign-in name.
    pub revoked_in_case: Vec<(String, Time)>,
    /// Networks that are in every baseline, and relay ranges that are in none.
    pub known: Option<Arc<KnownNetworks>>,
    /// Watched clients.
    pub clients: Clients,
    /// Azure CLI counts in a session hop only when its token names the Global Administrator role.
    pub admin_scope_only: bool,
    /// As [`Self::admin_scope_only`], and only from a device not known to be compliant.
    pub noncompliant_only: bool,
    /// Allow-list of harmless activity: marked and moved down, never dropped.
    pub allow: Option<Arc<AllowList>>,
}

impl Settings {
    /// Returns whether the run includes an analytic.
    pub fn runs(&self, analytic: &super::Analytic) -> bool {
        self.analytics.as_ref().map_or(analytic.on_by_default, |ids| ids.iter().any(|id| id == analytic.id))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            semantics: Semantics::Hunt,
            since: None,
            until: None,
            analytics: None,
            min_resources: 3,
            window: Span::minutes(10),
            device_code_window: Span::minutes(20),
            session_window: Span::minutes(90),
            split_gap: Span::minutes(60),
            foothold_window: Span::minutes(72 * 60),
            handoff_window: Span::seconds(600),
            recon_window: Span::minutes(10),
            baseline_until: None,
            revoked: Vec::new(),
            revoked_in_case: Vec::new(),
            known: None,
            clients: Clients::Seeds,
            admin_scope_only: false,
            noncompliant_only: false,
            allow: None,
        }
    }
}
