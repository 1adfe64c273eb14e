//! Input of an analytic: store, facts, settings, and the semantics' reading of rows.

use super::admitted::Admitted;
use super::binding::{self, BindingDrop};
use super::candidates::{Burst, ByUser, once};
use super::device_ends::DeviceEnds;
use super::first_use::{self, FirstUse};
use super::flow::{Flow, FlowKind, Joined, leg_in};
use super::habits::DeviceSeen;
use super::handoff::{self, Handoff};
use super::known::{Known, Standing};
use super::machines::{Bindings, Machines, other_machines, strange_session};
use super::news::{self, News, Seen};
use super::parties::Split;
use super::past::Past;
use super::places::Places;
use super::reading::{self, Reading};
use super::recon::Calls;
use super::revocations::{self, Revocation, Revocations};
use super::sessions::{Session, Sessions};
use super::software::Software;
use super::token_uses::TokenUses;
use super::user_rows::UserRows;
use super::{Candidates, Hit, Origins, Settings};
use crate::facts::Facts;
use crate::model::{EventId, Field, Sym, Table, Time};
use crate::store::{Event, Key, Store, user_ids_by_upn, user_of};
use crate::tables::Role;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// Input of an analytic: the rows that its semantics admit, with their text and time as the semantics read them.
pub struct DetectContext<'a> {
    /// Every event.
    pub store: &'a Store,
    /// Dated knowledge.
    pub facts: &'a Facts,
    /// Settings of the run.
    pub settings: &'a Settings,
    /// The semantics' reading of rows.
    pub(super) reading: &'static Reading,
    /// Whether to leave out Graph calls, columns and reasons of hits: enough to learn which rows fired.
    pub(super) bare: bool,
    /// Whether published queries that join each row with each may leave out pairs whose rows are in other pairs: enough
    /// to learn which rows they return.
    pub(super) thin: bool,
    pub(super) candidates: Arc<Candidates>,
    /// Hits of the analytics that read no hits.
    pub earlier: Vec<Hit>,
    calls: OnceLock<HashMap<Sym, Vec<EventId>>>,
    pub(super) sliding: OnceLock<Vec<Burst>>,
    pub(super) tumbling: OnceLock<Vec<Burst>>,
    handoffs: OnceLock<Vec<Handoff>>,
    splits: OnceLock<HashMap<(Sym, Sym), Split>>,
    pasts: ByUser<Past>,
}

impl<'a> DetectContext<'a> {
    /// The context of one run.
    pub fn new(store: &'a Store, facts: &'a Facts, settings: &'a Settings) -> Self {
        Self::over(store, facts, settings, Arc::default())
    }

    /// The context of a run that reuses an earlier run's candidates, as far as they hold under these settings.
    pub fn over(store: &'a Store, facts: &'a Facts, settings: &'a Settings, candidates: Arc<Candidates>) -> Self {
        let candidates = candidates.renewed(settings);
        let reading = settings.semantics.into();
        Self {
            store,
            facts,
            settings,
            reading,
            bare: false,
            thin: false,
            candidates,
            earlier: Vec::new(),
            calls: OnceLock::new(),
            sliding: OnceLock::new(),
            tumbling: OnceLock::new(),
            handoffs: OnceLock::new(),
            splits: OnceLock::new(),
            pasts: ByUser::default(),
        }
    }

    /// Rows that the run admits.
    pub fn admitted(&self) -> Admitted<'a> {
        Admitted::new(self.store, self.settings)
    }

    /// Returns whether the run admits a row.
    pub fn admits(&self, event: Event<'_>) -> bool {
        self.admitted().admits(event)
    }

    /// The rows that may be in a window of time, of tables of a role, in hunt order: those admitted whose time on the
    /// semantics' clock is an instant.
    pub fn rows_in(&self, role: Role) -> impl Iterator<Item = (EventId, Event<'a>)> + use<'a> {
        self.admitted().in_role(role)
    }

    /// Calls by their exact `SignInActivityId`, missing ones under [`Sym::NONE`]. Only of the table that the published
    /// hunts join.
    pub fn calls_by_exact_token(&self) -> &HashMap<Sym, Vec<EventId>> {
        self.calls.get_or_init(|| {
            let mut calls: HashMap<Sym, Vec<EventId>> = HashMap::new();
            for (id, event) in self.rows_in(Role::Uses).filter(|(_, event)| event.table == Table::Graph) {
                calls.entry(self.exact(event, Field::TokenId)).or_default().push(id);
            }
            calls
        })
    }

    /// Event time on the semantics' clock.
    pub fn time(&self, event: Event<'_>) -> Time {
        (self.reading.time)(event)
    }

    /// The user of a row under hunt semantics; [`Sym::NONE`] for nobody.
    pub fn user(&self, event: Event<'_>) -> Sym {
        // Where the range is the whole bundle, the store knows.
        if self.settings.since.is_none() && self.settings.until.is_none() {
            return event.user;
        }
        let ids = self.candidates.users(|| user_ids_by_upn(self.store, |event| self.admits(event)));
        user_of(self.store, event, ids)
    }

    /// The text of an event's field; empty where it has none.
    pub fn text(&self, id: EventId, field: Field) -> &'a str {
        self.store.get(id, field)
    }

    /// The address of an event as the semantics print it: without its port under hunt semantics.
    pub fn address(&self, id: EventId) -> &'a str {
        self.store.text((self.reading.shown)(self.store, self.store.event(id), Field::IpAddress))
    }

    /// A field as the semantics compare it; [`Sym::NONE`] where it is missing.
    pub fn key(&self, event: Event<'_>, field: Field) -> Sym {
        (self.reading.key)(self.store, event, field)
    }

    /// A field as published semantics compare it: byte for byte, a missing text equal to an empty one.
    pub fn exact(&self, event: Event<'_>, field: Field) -> Sym {
        reading::exact(self.store, event, field)
    }

    /// The last value of a field among the events, as written; empty when none has one.
    pub fn last_text(&self, events: &[EventId], field: Field) -> &'a str {
        reading::last_text(self.store, events, field)
    }

    /// Distinct texts of a field, sorted. Published semantics keep the empty text, hunt semantics drop blanks.
    pub fn texts(&self, events: &[EventId], field: Field) -> Vec<String> {
        self.reading.texts(self.store, events, field)
    }

    /// The identity of a row's resource: its id, else its normalized display name; [`Sym::NONE`] when both are blank.
    pub fn resource(&self, event: Event<'_>) -> Sym {
        Key::Resource.value(self.store, event)
    }

    /// Device-code flows by user, in order of their begin.
    pub fn flows(&self) -> &HashMap<Sym, Vec<Flow>> {
        self.flows_in(FlowKind::DeviceCode)
    }

    /// Flows of a kind by user, in order of their begin.
    pub fn flows_in(&self, kind: FlowKind) -> &HashMap<Sym, Vec<Flow>> {
        let found = self.candidates.flows(|| {
            let mut joined: [HashMap<Sym, Joined>; FlowKind::COUNT] = Default::default();
            for (id, event) in self.rows_in(Role::Issues) {
                for (kind, joined) in FlowKind::ALL.into_iter().zip(&mut joined) {
                    let Some(leg) = leg_in(kind, event) else { continue };
                    let user = self.user(event);
                    if !user.is_none() {
                        joined.entry(user).or_default().join(self.store, id, leg);
                    }
                }
            }
            joined.map(|joined| joined.into_iter().map(|(user, joined)| (user, joined.flows)).collect())
        });
        &found[kind as usize]
    }

    /// Place and software of every event.
    pub fn places(&self) -> &Places {
        self.candidates.places(|| Places::new(self.store, self.facts))
    }

    /// Networks that users are known to sign in from.
    pub fn known(&self) -> &Known {
        let Settings { baseline_until, known, .. } = self.settings;
        self.candidates.known(|| Known::new(self.store, self.places(), *baseline_until, known.clone()))
    }

    /// Places of all rows and known networks of all users.
    pub fn origins(&self) -> Origins<'_> {
        Origins { store: self.store, facts: self.facts, places: self.places(), known: self.known() }
    }

    /// Rows of a user.
    pub fn rows_of(&self, user: Sym) -> Arc<UserRows> {
        self.candidates.rows_of(user, || UserRows::new(self.origins(), user))
    }

    /// Software used with each client.
    pub fn software(&self) -> &Software {
        self.candidates.software(|| Software::new(self.store, self.places()))
    }

    /// Successful sign-ins by user and session.
    pub fn sessions(&self) -> &Sessions {
        self.candidates.sessions(|| Sessions::new(self.admitted()))
    }

    /// Authorization codes redeemed at another address, in time order.
    pub fn handoffs(&self) -> &[Handoff] {
        self.handoffs.get_or_init(|| handoff::handoffs(self.admitted(), self.origins(), self.settings.handoff_window))
    }

    /// Graph calls by user and client, with the form of each.
    pub fn calls_by_client(&self) -> &Calls {
        self.candidates.calls(|| Calls::new(self.admitted(), self.origins(), |event| self.user(event)))
    }

    /// Tokens that were seen in two networks.
    pub fn token_uses(&self) -> &TokenUses {
        self.candidates.token_uses(|| TokenUses::new(self.admitted(), self.places(), |event| self.user(event)))
    }

    /// Ends of devices in the directory.
    pub fn device_ends(&self) -> &DeviceEnds {
        self.candidates.device_ends(|| DeviceEnds::new(self.store, self.rows_in(Role::Records)))
    }

    /// Sessions with sign-ins from two networks or more, by user and session, with their parties.
    pub fn splits(&self) -> &HashMap<(Sym, Sym), Split> {
        self.splits.get_or_init(|| {
            let places = self.places();
            let has_two = |session: &Session<'_>| {
                let mut nets = session.events().filter_map(|id| places.net(id));
                nets.next().is_some_and(|first| nets.any(|net| net != first))
            };
            let origins = self.origins();
            let split = |session: Session<'_>| {
                let split = || Split::new(origins, &session, self.settings.split_gap);
                has_two(&session).then(|| ((session.user, session.id), split()))
            };
            self.sessions().find(|| split).into_iter().collect()
        })
    }
    /// Returns whether an odd party of its session holds a sign-in.
    pub fn is_odd(&self, user: Sym, session: Sym, id: EventId) -> bool {
        let split = self.splits().get(&(user, session));
        split.is_some_and(|split| split.odd().any(|(_, party)| party.rows.binary_search(&id).is_ok()))
    }

    /// Revocations of every user that has some.
    pub fn all_revocations(&self) -> &Revocations {
        self.candidates.revocations(|| revocations::found(self.store, self.rows_in(Role::Records), self.settings))
    }

    /// Revocations of a user, in order.
    pub fn revocations(&self, user: Sym) -> &[Revocation] {
        self.all_revocations().get(&user).map_or(&[], Vec::as_slice)
    }

    /// Unbound refresh tokens where bound ones were the rule, in time order.
    pub fn drops(&self) -> &[BindingDrop] {
        self.candidates.drops(|| binding::drops(self.origins(), |event| self.admits(event)))
    }

    /// First uses of a client for a sensitive resource, by user in time order.
    pub fn first_uses(&self) -> &[FirstUse] {
        self.candidates.first_uses(|| first_use::first_uses(self.origins(), |event| self.admits(event)))
    }

    /// Standing of a row's address with the row's user, at its time; `None` for a row of nobody or without an address,
    /// and of Microsoft's services.
    pub fn standing(&self, id: EventId) -> Option<Standing> {
        let (event, place) = (self.store.event(id), self.places().place(id));
        let says = !event.user.is_none() && place.address.is_some() && place.telling_net().is_some();
        says.then(|| self.known().standing_of_address(event.user, place, event.time()))
    }

    /// Standing of each value of a row with the row's user: known, new or undecided. Looks through the user's rows at the first call.
    pub fn news(&self, id: EventId) -> News {
        let user = self.store.event(id).user;
        if user.is_none() {
            return News::default();
        }
        news::news(self.origins(), &self.seen_of(user), &self.rows_of(user).habits, self.standing(id), id)
    }

    /// As [`DetectContext::news`], without looking through rows: before that was done, the address alone has a standing.
    pub fn known_news(&self, id: EventId) -> News {
        if self.knows(self.store.event(id).user) { self.news(id) } else { News::of_address(self.standing(id)) }
    }

    /// Returns whether the rows of a user were looked through for [`DetectContext::news`].
    pub fn knows(&self, user: Sym) -> bool {
        self.candidates.knows(user)
    }

    /// Looks through the rows of a user for [`DetectContext::news`].
    pub fn look_through(&self, user: Sym) {
        self.seen_of(user);
        self.rows_of(user);
    }

    /// Days of a user's values.
    pub(super) fn seen_of(&self, user: Sym) -> Arc<Seen> {
        self.candidates.seen_of(user, || Seen::new(self.origins(), user, self.settings.baseline_until))
    }

    /// Past of a user.
    pub fn past(&self, user: Sym) -> Arc<Past> {
        once(&self.pasts, user, || Past::new(self.origins(), user))
    }

    /// Sessions with sign-ins of another machine than theirs, or than the user's, by user and session.
    pub fn machines(&self) -> &HashMap<(Sym, Sym), Machines> {
        self.candidates.machines(|| {
            let (origins, software) = (self.origins(), self.software());
            let found = self.sessions().find(|| {
                let mut bindings = Bindings::default();
                move |session| {
                    let is_own = |id: EventId| {
                        let at = self.store.event(id).time();
                        self.rows_of(session.user).habits.device_seen(origins, id, at) == DeviceSeen::Own
                    };
                    let past = || self.past(session.user);
                    let began_earlier = || self.settings.since.is_some() && session.begins_before_range(self.store);
                    let machines =
                        other_machines(origins, software, &session, &mut bindings, &past, is_own).or_else(|| {
                            let found = strange_session(origins, software, &session, &past, is_own)?;
                            (!began_earlier()).then_some(found)
                        })?;
                    Some(((session.user, session.id), machines))
                }
            });
            found.into_iter().collect()
        })
    }
}
