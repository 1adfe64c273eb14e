//! Rows that may fire, found once and independent of every threshold, so that a run with other thresholds does not read
//! all rows again.

use super::binding::BindingDrop;
use super::device_ends::DeviceEnds;
use super::first_use::FirstUse;
use super::flow::{Flow, FlowKind};
use super::foothold_rows::FootholdRows;
use super::known::Known;
use super::machines::Machines;
use super::news::Seen;
use super::places::Places;
use super::recon::Calls;
use super::revocations::Revocations;
use super::sessions::Sessions;
use super::software::Software;
use super::ties::ActsByLink;
use super::token_uses::TokenUses;
use super::user_rows::UserRows;
use super::{Clients, KnownNetworks, Marks, Semantics, Settings};
use crate::model::{EventId, Span, Sym, Time};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Something about each user, found once. Nobody who asks of another user waits meanwhile.
pub(super) type ByUser<T> = Mutex<HashMap<Sym, Arc<OnceLock<Arc<T>>>>>;

/// Something about a user, asked for once.
pub(super) fn once<T>(known: &ByUser<T>, user: Sym, ask: impl FnOnce() -> T) -> Arc<T> {
    let cell = Arc::clone(known.lock().unwrap_or_else(PoisonError::into_inner).entry(user).or_default());
    Arc::clone(cell.get_or_init(|| Arc::new(ask())))
}

fn is_known<T>(known: &ByUser<T>, user: Sym) -> bool {
    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(&user).is_some_and(|cell| cell.get().is_some())
}

/// Candidates of each kind, found on first use.
#[derive(Default)]
pub struct Candidates {
    /// Settings they were found under; they hold for no others.
    fixed: OnceLock<Fixed>,
    /// User ids by UPN of the rows in range.
    users: OnceLock<HashMap<Sym, Sym>>,
    groups: OnceLock<Vec<Group>>,
    flows: OnceLock<[HashMap<Sym, Vec<Flow>>; FlowKind::COUNT]>,
    places: OnceLock<Places>,
    known: OnceLock<Known>,
    sessions: OnceLock<Sessions>,
    software: OnceLock<Software>,
    machines: OnceLock<HashMap<(Sym, Sym), Machines>>,
    user_rows: ByUser<UserRows>,
    seen: ByUser<Seen>,
    tied_acts: Mutex<HashMap<Sym, Arc<ActsByLink>>>,
    footholds: Mutex<HashMap<Sym, Arc<FootholdRows>>>,
    foothold_names: OnceLock<HashSet<(Sym, Sym), RandomState>>,
    calls: OnceLock<Calls>,
    token_uses: OnceLock<TokenUses>,
    device_ends: OnceLock<DeviceEnds>,
    revocations: OnceLock<Revocations>,
    drops: OnceLock<Vec<BindingDrop>>,
    first_uses: OnceLock<Vec<FirstUse>>,
    begun: OnceLock<Vec<(SessionOf, Marks)>>,
    requests: Mutex<BTreeMap<&'static str, Arc<Vec<Request>>>>,
}

/// The settings that decide which rows count, and how.
#[derive(PartialEq, Eq)]
struct Fixed {
    semantics: Semantics,
    range: (Option<Time>, Option<Time>),
    clients: Clients,
    cli: (bool, bool),
    baseline_until: Option<Time>,
    known: Option<Arc<KnownNetworks>>,
    revoked: [Vec<(String, Time)>; 2],
}

impl Fixed {
    fn from_settings(settings: &Settings) -> Self {
        Self {
            semantics: settings.semantics,
            range: (settings.since, settings.until),
            clients: settings.clients.clone(),
            cli: (settings.admin_scope_only, settings.noncompliant_only),
            baseline_until: settings.baseline_until,
            known: settings.known.clone(),
            revoked: [settings.revoked.clone(), settings.revoked_in_case.clone()],
        }
    }
}

impl Candidates {
    /// These candidates where they hold under the settings, else empty ones.
    pub fn renewed(self: Arc<Self>, settings: &Settings) -> Arc<Self> {
        let wanted = Fixed::from_settings(settings);
        if *self.fixed.get_or_init(|| Fixed::from_settings(settings)) == wanted {
            return self;
        }
        let fixed = OnceLock::new();
        let _ = fixed.set(wanted);
        Arc::new(Self { fixed, ..Self::default() })
    }

    /// User ids by UPN, computed once.
    pub(super) fn users(&self, ask: impl FnOnce() -> HashMap<Sym, Sym>) -> &HashMap<Sym, Sym> {
        self.users.get_or_init(ask)
    }

    /// Rows that may make a burst, by user and client.
    pub(super) fn groups(&self, ask: impl FnOnce() -> Vec<Group>) -> &[Group] {
        self.groups.get_or_init(ask)
    }

    /// Flows of each kind by user.
    pub(super) fn flows(
        &self,
        ask: impl FnOnce() -> [HashMap<Sym, Vec<Flow>>; FlowKind::COUNT],
    ) -> &[HashMap<Sym, Vec<Flow>>; FlowKind::COUNT] {
        self.flows.get_or_init(ask)
    }

    /// Place and software of every event.
    pub(super) fn places(&self, ask: impl FnOnce() -> Places) -> &Places {
        self.places.get_or_init(ask)
    }

    /// Known networks of every user.
    pub(super) fn known(&self, ask: impl FnOnce() -> Known) -> &Known {
        self.known.get_or_init(ask)
    }

    /// Successful sign-ins by user and session.
    pub(super) fn sessions(&self, ask: impl FnOnce() -> Sessions) -> &Sessions {
        self.sessions.get_or_init(ask)
    }

    /// Rows of a user, indexed once.
    pub(super) fn rows_of(&self, user: Sym, ask: impl FnOnce() -> UserRows) -> Arc<UserRows> {
        once(&self.user_rows, user, ask)
    }

    /// Returns whether the rows of a user were looked through.
    pub(super) fn knows(&self, user: Sym) -> bool {
        is_known(&self.user_rows, user) && is_known(&self.seen, user)
    }

    /// Days of a user's values, counted once.
    pub(super) fn seen_of(&self, user: Sym, ask: impl FnOnce() -> Seen) -> Arc<Seen> {
        once(&self.seen, user, ask)
    }

    /// Acts of a user by what ties them, found once.
    pub(super) fn acts_of(&self, user: Sym, ask: impl FnOnce() -> ActsByLink) -> Arc<ActsByLink> {
        let mut known = self.tied_acts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(user).or_insert_with(|| Arc::new(ask())))
    }

    /// Rows of changes that let somebody come back, of a user or upon one, found once.
    pub(super) fn footholds_of(&self, user: Sym, ask: impl FnOnce() -> FootholdRows) -> Arc<FootholdRows> {
        let mut known = self.footholds.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(user).or_insert_with(|| Arc::new(ask())))
    }

    /// Operation and variant of acts that let somebody come back: few, and asked for at every act.
    pub(super) fn foothold_names(
        &self,
        ask: impl FnOnce() -> HashSet<(Sym, Sym), RandomState>,
    ) -> &HashSet<(Sym, Sym), RandomState> {
        self.foothold_names.get_or_init(ask)
    }

    /// Sessions with sign-ins of more than one machine.
    pub(super) fn machines(
        &self,
        ask: impl FnOnce() -> HashMap<(Sym, Sym), Machines>,
    ) -> &HashMap<(Sym, Sym), Machines> {
        self.machines.get_or_init(ask)
    }

    /// Software used with each client.
    pub(super) fn software(&self, ask: impl FnOnce() -> Software) -> &Software {
        self.software.get_or_init(ask)
    }

    /// Graph calls by user and client.
    pub(super) fn calls(&self, ask: impl FnOnce() -> Calls) -> &Calls {
        self.calls.get_or_init(ask)
    }

    /// Tokens that were seen in two networks.
    pub(super) fn token_uses(&self, ask: impl FnOnce() -> TokenUses) -> &TokenUses {
        self.token_uses.get_or_init(ask)
    }

    /// Ends of devices in the directory.
    pub(super) fn device_ends(&self, ask: impl FnOnce() -> DeviceEnds) -> &DeviceEnds {
        self.device_ends.get_or_init(ask)
    }

    /// Revocations of every user that has some.
    pub(super) fn revocations(&self, ask: impl FnOnce() -> Revocations) -> &Revocations {
        self.revocations.get_or_init(ask)
    }

    /// Unbound refresh tokens where bound ones were the rule.
    pub(super) fn drops(&self, ask: impl FnOnce() -> Vec<BindingDrop>) -> &[BindingDrop] {
        self.drops.get_or_init(ask)
    }

    /// First uses of a client for a sensitive resource.
    pub(super) fn first_uses(&self, ask: impl FnOnce() -> Vec<FirstUse>) -> &[FirstUse] {
        self.first_uses.get_or_init(ask)
    }

    /// Sessions that begin in a network new to the user, with their marks.
    pub(super) fn begun(&self, ask: impl FnOnce() -> Vec<(SessionOf, Marks)>) -> &[(SessionOf, Marks)] {
        self.begun.get_or_init(ask)
    }

    /// Requests that may make a hop.
    pub(super) fn requests(&self, analytic: &'static str, ask: impl FnOnce() -> Vec<Request>) -> Arc<Vec<Request>> {
        let mut known = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(analytic).or_insert_with(|| Arc::new(ask())))
    }
}

/// The rows of one burst, in the semantics' time order.
pub struct Burst {
    /// The user: a user key under hunt semantics, the exact UPN under published ones.
    pub user: Sym,
    /// The client id, normalized under hunt semantics, exact under published ones.
    pub app: Sym,
    /// The kind of window, in words.
    pub window: &'static str,
    /// Its rows.
    pub events: Vec<EventId>,
}

/// The rows of one user and watched client that may make a burst, in time order.
pub(super) struct Group {
    pub(super) user: Sym,
    pub(super) app: Sym,
    pub(super) rows: Vec<Row>,
    /// Number of their distinct resources.
    pub(super) resources: usize,
}

pub(super) struct Row {
    pub(super) id: EventId,
    pub(super) time: Time,
    /// Number of its resource within the group, from 1; 0 for none.
    pub(super) resource: u32,
}

/// A session and its user: two users may have the same session id.
pub(super) type SessionOf = (Sym, Sym);

/// A request in a session that has a first login.
pub(super) struct Request {
    pub(super) of: SessionOf,
    pub(super) app: Sym,
    pub(super) first: EventId,
    pub(super) second: EventId,
    /// From the first login to it; less than nothing when it came before.
    pub(super) elapsed: Span,
}
