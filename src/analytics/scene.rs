//! What an analytic looks at: the store, the facts, and how the run was set.

use crate::facts::Facts;
use crate::model::{Span, Time};
use crate::store::Store;
use std::collections::BTreeSet;

/// Which reading of the published hunts is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Semantics {
    /// What the published KQL would have returned on this evidence.
    Published,
    /// What its author evidently meant, on real records.
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

/// How a run was set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which reading.
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
    /// Watched clients.
    pub clients: Clients,
    /// Azure CLI counts in a session hop only when its token names the Global Administrator role.
    pub admin_scope_only: bool,
    /// As [`Self::admin_scope_only`], and only from a device not known to be compliant.
    pub noncompliant_only: bool,
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
            clients: Clients::Seeds,
            admin_scope_only: false,
            noncompliant_only: false,
        }
    }
}

/// What an analytic looks at.
pub struct Scene<'a> {
    /// Every event.
    pub store: &'a Store,
    /// Dated knowledge.
    pub facts: &'a Facts,
    /// How the run was set.
    pub settings: &'a Settings,
}
