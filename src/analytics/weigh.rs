//! Weighing of a hit: which facts of the table of [`super::weights`] hold.
//!
//! The rows of a hit fall into groups by session, place, software, device and token binding: an intruder's rows are not
//! excused by the user's beside them. The group with the most weight for theft decides. Facts about the whole hit count
//! beside it.

use super::binding::{Binding, Protection, token_kind};
use super::flow::{FlowKind, is_refused_by_policy};
use super::habits::{DeviceSeen, Habits};
use super::history::History;
use super::known::Standing;
use super::parties::MOVED;
use super::places::{Net, Tool};
use super::software::SoftwareSeen;
use super::weights::{Fact, Weights};
use super::{Baseline, DetectContext, Hit};
use crate::facts::ToolAgent;
use crate::model::{EventId, Field, Flags, Span, Sym, Table, Time};
use crate::store::Key;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Days of the bundle on which an undecided network has to be seen to be the user's.
const USUAL_DAYS: usize = 5;
/// Other codes that make a habit.
const OTHER_CODES: usize = 2;
/// Time between two codes that are not two tries at one: a code is valid for fifteen minutes.
const APART: Span = Span::minutes(60);
/// Half a day: the user's own device was there the same day.
const SAME_DAY: Span = Span::minutes(12 * 60);
/// The operation of a consent, and its variant where it holds for everybody.
const CONSENT: &str = "Consent to application";
const CONSENT_FOR_ALL: &str = "admin-consent";
/// Marks of tokens that no server has: a device's, and one that a code or a transfer gave.
const NO_SERVICE: Flags = Flags(Flags::INCOMING_PRIMARY.0 | MOVED.0);
/// A month: the rows of an application before and after.
const AROUND: Span = Span::minutes(30 * 24 * 60);
/// Most rows looked at for one question: a script's account has thousands.
const LOOKED_AT: usize = 250;
/// Most rows of a colleague, calls and all, that are looked back over.
const LOOKED_BACK: usize = 5000;
/// The analytic whose hits are of uses of tokens.
const OF_USES: &str = "token-two-networks";
/// Facts for work that say nothing of another machine there.
const NO_ALIBI: [Fact; 6] = [
    Fact::UsualInBundle,
    Fact::SharedAddress,
    Fact::KnownTown,
    Fact::OwnDeviceThere,
    Fact::AnotherCode,
    Fact::Colleague,
];
/// Tokens used between two networks that make a route.
const MANY_TOKENS: usize = 5;
/// Other users whose habit an address is, from which on it is shared.
const SHARED_BY: usize = 2;

/// The facts of a hit that weigh. `baseline` is its user's.
pub(super) fn weigh(context: &DetectContext, hit: &Hit, baseline: &Baseline) -> Weights {
    let store = context.store;
    let rows = baseline.rows(context);
    let of_row = |id: &EventId| store.normalized_field(store.event(*id), Field::SessionId);
    let sessions = hit.evidence.iter().chain(&hit.legs).map(of_row).collect();
    let weighing =
        Weighing { context, hit, habits: &rows.habits, history: &rows.history, sessions, at: hit.begins(store) };
    let mut groups: BTreeMap<GroupKey, Vec<EventId>> = BTreeMap::new();
    let rows: BTreeSet<EventId> = hit.evidence.iter().chain(&hit.legs).copied().collect();
    for id in rows {
        groups.entry(weighing.key(id)).or_default().push(id);
    }
    // Many groups may be at one place.
    let mut networks: HashMap<u32, Vec<Fact>, RandomState> = HashMap::default();
    let mut clients: HashMap<(u32, u32, Sym), Vec<Fact>, RandomState> = HashMap::default();
    let weighed = groups.into_iter().map(|((_, place, profile, ..), rows)| {
        let network = networks.entry(place).or_insert_with(|| weighing.network(rows[0]));
        let client = store.normalized_field(store.event(rows[0]), Field::AppId);
        let known = clients.entry((place, profile, client));
        let at_place = known.or_insert_with(|| weighing.with_client(rows[0], client, network)).clone();
        let is_given = rows.iter().any(|id| store.event(*id).flags.any(MOVED));
        Weights { facts: weighing.facts(rows[0], at_place), rows, is_given, ..Weights::default() }
    });
    // Of equal weight the earliest decides.
    let worst = weighed.max_by_key(|weights| (weights.over(), std::cmp::Reverse(weights.rows.first().copied())));
    let mut worst = worst.unwrap_or_default();
    worst.facts.extend(weighing.at_once());
    worst.facts.extend(weighing.many_tokens());
    worst.facts.sort_unstable();
    worst.facts.dedup();
    worst
}

/// All that tells two groups of rows apart: session, place, software, device, token binding.
type GroupKey = (Sym, u32, u32, Sym, Option<Binding>);

struct Weighing<'a> {
    context: &'a DetectContext<'a>,
    hit: &'a Hit,
    habits: &'a Habits,
    history: &'a History,
    /// Sessions of the hit's rows.
    sessions: BTreeSet<Sym>,
    at: Time,
}

impl Weighing<'_> {
    fn key(&self, id: EventId) -> GroupKey {
        let (store, places) = (self.context.store, self.context.places());
        let event = store.event(id);
        (
            store.normalized_field(event, Field::SessionId),
            self.place_number(id),
            places.profile_number(id),
            places.profile(id).device,
            self.habits.binding(store, id),
        )
    }

    /// Number of the place that a row speaks for: where a hit is of uses of tokens, that at which the resource saw the
    /// caller of a sign-in.
    fn place_number(&self, id: EventId) -> u32 {
        let places = self.context.places();
        let seen = if self.hit.analytic == OF_USES { places.at_resource(id) } else { None };
        seen.unwrap_or_else(|| places.number(id))
    }

    /// Facts of a place with those of a client there, by the first row of its software.
    fn with_client(&self, first: EventId, client: Sym, network: &[Fact]) -> Vec<Fact> {
        let mut facts = network.to_vec();
        let Some(place) = facts.first().copied().filter(|fact| fact.is_foreign()) else { return facts };
        let service = self.service(first, client, place == Fact::OpenNetwork);
        if !service.is_empty() {
            // Where many use a service, many come from its servers.
            facts.retain(|fact| *fact != Fact::NewToMany);
        }
        facts.extend(service);
        facts.extend(self.colleague(first, client));
        facts
    }

    /// Facts of one group, by its first row and those of its place and client.
    fn facts(&self, first: EventId, at_place: Vec<Fact>) -> Vec<Fact> {
        let mut facts = at_place;
        facts.extend(self.software(first));
        facts.extend(self.device(first));
        if self.habits.is_binding_lost(self.context.origins(), first) {
            facts.push(if self.is_unbound_for_others(first) { Fact::UnboundThere } else { Fact::BindingLost });
        }
        if self.is_of_another_machine(first) {
            facts.push(Fact::OtherDevice);
        }
        // An intruder may sit behind the user's own exit: the network is no alibi for another machine.
        let exit = [Fact::BindingLost, Fact::OtherDevice, Fact::Kit];
        if exit.iter().any(|fact| facts.contains(fact)) || self.is_new_library(first) {
            facts.retain(|fact| !NO_ALIBI.contains(fact));
            for fact in facts.iter_mut().filter(|fact| **fact == Fact::OwnNetwork) {
                *fact = Fact::OwnExit;
            }
        }
        facts
    }

    /// Returns whether the tokens of two other users, whose habit a row's address is, are unbound there too, of the same
    /// kind, client and system: the desktops of a shared farm may bind none.
    fn is_unbound_for_others(&self, first: EventId) -> bool {
        let (store, places) = (self.context.store, self.context.places());
        let Some(address) = places.place(first).address else { return false };
        let of_client = |id: EventId| store.normalized_field(store.event(id), Field::AppId);
        let kind = |id: EventId| token_kind(store.event(id), places.profile(id));
        let (client, os) = (of_client(first), &places.profile(first).os);
        let is_unbound = |other: Sym| {
            let rows = store.with(Key::User, other);
            let before = rows.partition_point(|id| store.event(*id).time() < self.at);
            let is_like = |id: &&EventId| {
                store.event(**id).succeeded()
                    && places.place(**id).address == Some(address)
                    && of_client(**id) == client
                    && places.profile(**id).os == *os
                    && kind(**id) == kind(first)
            };
            let alike = rows[..before].iter().rev().take(LOOKED_BACK).filter(is_like);
            let mut bindings =
                alike.filter_map(|id| Protection::read(store.get(*id, Field::TokenProtection)).binding).peekable();
            bindings.peek().is_some() && bindings.all(|binding| binding == Binding::Unbound)
        };
        let others = self.context.known().others_at_address(self.hit.user, address, self.at);
        others.take(LOOKED_AT).filter(|other| is_unbound(*other)).take(SHARED_BY).count() == SHARED_BY
    }

    fn is_of_another_machine(&self, first: EventId) -> bool {
        let store = self.context.store;
        let session = store.normalized_field(store.event(first), Field::SessionId);
        let machines = self.context.machines().get(&(self.hit.user, session));
        machines.is_some_and(|machines| !machines.is_whole_session && machines.rows.binary_search(&first).is_ok())
    }

    fn network(&self, first: EventId) -> Vec<Fact> {
        let (context, user) = (self.context, self.hit.user);
        let (known, place) = (context.known(), context.places().numbered(self.place_number(first)));
        let mut facts = Vec::new();
        if known.given(place).is_some_and(|given| !given.is_relay) {
            return vec![Fact::GivenNetwork];
        }
        match known.standing(user, place, self.at) {
            Standing::New if matches!(place.net, Some(Net::Asn(_))) => facts.push(Fact::NewNetwork),
            Standing::New => facts.push(Fact::NewPrefix),
            Standing::Undecided => facts.push(Fact::OpenNetwork),
            Standing::Known if known.is_near_only(user, place, self.at) => facts.push(Fact::NearNetwork),
            Standing::Known => facts.push(Fact::OwnNetwork),
        }
        if facts[0] == Fact::OwnNetwork {
            return facts;
        }
        let days = place.telling_net().and_then(|net| known.days(user, net));
        let is_call = context.store.event(first).table.uses();
        if facts[0] == Fact::OpenNetwork && is_call && known.is_unseen(user, place, self.at) {
            facts.push(Fact::UnseenRange);
        }
        // Of a use the sign-in says where its own address is.
        let is_placed = facts[0] != Fact::NearNetwork && self.hit.analytic != OF_USES;
        if is_placed && self.habits.is_town_known(context.store, first, self.at) {
            facts.push(Fact::KnownTown);
        }
        if self.is_refused(first) {
            facts.push(Fact::Refused);
        }
        if facts[0] == Fact::OpenNetwork && days.is_some_and(|days| days.count() >= USUAL_DAYS) {
            facts.push(Fact::UsualInBundle);
        }
        if let Some(address) = place.address
            && known.others_at_address(user, address, self.at).nth(SHARED_BY - 1).is_some()
        {
            facts.push(Fact::SharedAddress);
        }
        if self.is_own_device_there(first) {
            facts.push(Fact::OwnDeviceThere);
        }
        facts.extend(self.other_codes(first));
        let guests = place.telling_net().map_or(0, |net| {
            let others = known.others(user, net).take(LOOKED_AT);
            others.filter(|&other| !known.is_known(other, place, self.at)).take(SHARED_BY).count()
        });
        if matches!(facts[0], Fact::NewNetwork | Fact::NewPrefix) && guests >= SHARED_BY {
            facts.push(Fact::NewToMany);
        }
        facts
    }

    /// The fact that the user redeemed other codes in the part of the network that a row is from, each with a leg in a
    /// network that is the user's own: codes for the hit's client (any, where it has none), or for that of a leg of the hit.
    fn other_codes(&self, row: EventId) -> Option<Fact> {
        let Self { context, hit, .. } = self;
        let (store, places, known) = (context.store, context.places(), context.known());
        let prefix = places.place(row).address.map(Net::prefix)?;
        let session = hit.session.as_deref().and_then(|session| store.find(session)).unwrap_or_default();
        let day = hit.first_seen.day_number();
        let client = |id: EventId| store.text(store.normalized_field(store.event(id), Field::AppId));
        // A burst has a client of its own, which need not be its code's.
        let wanted = if hit.legs.binary_search(&row).is_ok() { client(row) } else { &hit.app_id };
        let (mut codes, mut other_day) = (0, false);
        let (mut of_hit, mut others): (Vec<Time>, Vec<Time>) = Default::default();
        for flow in FlowKind::ALL.iter().filter_map(|kind| context.flows_in(*kind).get(&hit.user)).flatten() {
            if flow.sessions.contains(&session) || flow.legs.iter().any(|leg| hit.legs.binary_search(leg).is_ok()) {
                of_hit.push(flow.time(store));
                continue;
            }
            let at = flow.time(store);
            let is_there = |&leg: &EventId| {
                let there = places.place(leg).address.map(Net::prefix) == Some(prefix);
                there && (wanted.is_empty() || client(leg) == wanted)
            };
            let at_home = |&leg: &EventId| known.is_known(hit.user, places.place(leg), at);
            if flow.legs.iter().any(is_there) && flow.legs.iter().any(at_home) {
                codes += 1;
                other_day |= at.day_number() != day;
                others.push(at);
            }
            if codes >= OTHER_CODES && other_day {
                return Some(Fact::OtherCodes);
            }
        }
        let apart = |a: &Time, b: &Time| a.plus(APART) <= *b || b.plus(APART) <= *a;
        let another = others.iter().any(|other| of_hit.iter().any(|code| apart(code, other)));
        another.then_some(Fact::AnotherCode)
    }

    /// Returns whether Conditional Access refused sign-ins of the user from a row's address within a day.
    fn is_refused(&self, first: EventId) -> bool {
        let store = self.context.store;
        let (event, address) = (store.event(first), store.normalized_field(store.event(first), Field::IpAddress));
        let rows = self.history.rows_from(store, address, event.time().minus(Span::DAY), event.time().plus(Span::DAY));
        rows.iter().take(LOOKED_AT).any(|&id| is_refused_by_policy(store, id))
    }

    /// The fact that a row is of an application's server. No table knows the client as one of Microsoft's, which whoever holds
    /// a refresh token can use. All logins to it are in networks of the user's, and no token of it is; nor is one a device's
    /// or a browser's. Where no login to it is seen, two others use it too, and the network is known to be new.
    fn service(&self, first: EventId, client: Sym, is_open: bool) -> Vec<Fact> {
        let Self { context, hit, at, history, .. } = self;
        let (store, places, known) = (context.store, context.places(), context.known());
        let is_home = |id: EventId| known.is_known(hit.user, places.place(id), *at);
        if client.is_none() || is_home(first) || context.facts.is_microsofts(store.text(client)) {
            return Vec::new();
        }
        let (mut is_begun, mut is_redeemed) = (false, false);
        let before = history.sign_ins(store, client, at.minus(AROUND), *at).iter().rev().take(LOOKED_AT);
        let after = history.sign_ins(store, client, *at, at.plus(AROUND)).iter().take(LOOKED_AT);
        for &id in before.chain(after).filter(|id| store.event(**id).succeeded()) {
            let (event, profile) = (store.event(id), places.profile(id));
            let is_login = event.table == Table::SignIn;
            let is_person = !is_login && (profile.is_browser() || !profile.device.is_none());
            if is_login != is_home(id) || is_person || event.flags.any(NO_SERVICE) {
                return Vec::new();
            }
            is_begun |= is_login;
            is_redeemed |= !is_login && event.flags.has(Flags::INCOMING_NONE);
        }
        let is_shared = context.software().is_of_others(context.origins(), hit.user, first, *at);
        if !is_begun && (is_redeemed || is_open || !is_shared) {
            return Vec::new();
        }
        let service = if is_shared { Fact::SharedService } else { Fact::Service };
        let is_consented = self.is_consented_for_all(first).then_some(Fact::AdminConsent);
        [Some(service), is_consented].into_iter().flatten().collect()
    }

    /// Returns whether somebody consented for everybody, before the hit, to an application with the name of a row's.
    fn is_consented_for_all(&self, row: EventId) -> bool {
        let store = self.context.store;
        let name = store.normalized_field(store.event(row), Field::AppDisplayName);
        store.with(Key::Object, name).iter().take(LOOKED_AT).any(|&id| {
            let event = store.event(id);
            event.succeeded()
                && event.time() <= self.at
                && store.get(id, Field::Operation).eq_ignore_ascii_case(CONSENT)
                && store.get(id, Field::Variant) == CONSENT_FOR_ALL
        })
    }

    /// The fact that one other user has worked at a row's address for days with the same client.
    fn colleague(&self, first: EventId, client: Sym) -> Option<Fact> {
        let Self { context, hit, at, .. } = self;
        let (store, known, places) = (context.store, context.known(), context.places());
        // Of a use the sign-in says where its own address is.
        let address = places.place(first).address.filter(|_| hit.analytic != OF_USES)?;
        let mut others = known.others_at_address(hit.user, address, *at);
        let other = others.next().filter(|_| others.next().is_none())?;
        let at_address = store.normalized_field(store.event(first), Field::IpAddress);
        let is_like = |id: &&EventId| {
            let event = store.event(**id);
            event.table.issues() && event.succeeded() && store.normalized_field(event, Field::AppId) == client
        };
        let rows = context.rows_of(other);
        let before = rows.history.rows_from(store, at_address, at.minus(AROUND), *at);
        let alike = before.iter().rev().take(LOOKED_BACK).filter(is_like);
        let mut days: Vec<i64> = alike.map(|id| store.event(*id).time().day_number()).collect();
        days.dedup();
        (days.len() >= USUAL_DAYS).then_some(Fact::Colleague)
    }

    /// Returns whether a device of the user's signed in from a row's address within half a day, in another session that
    /// is also seen in a known network. The hit's own sessions say nothing: a thief's rows can carry the device.
    fn is_own_device_there(&self, first: EventId) -> bool {
        let Self { context, hit, at, .. } = self;
        let (context, at) = (*context, *at);
        let (store, places, known) = (context.store, context.places(), context.known());
        let session = |id: EventId| store.normalized_field(store.event(id), Field::SessionId);
        let time = store.event(first).time();
        let address = store.normalized_field(store.event(first), Field::IpAddress);
        let near = self.history.rows_from(store, address, time.minus(SAME_DAY), time.plus(SAME_DAY));
        let is_own = |id: &EventId| {
            store.event(*id).table.issues()
                && store.event(*id).succeeded()
                && !self.sessions.contains(&session(*id))
                && self.habits.device_seen(context.origins(), *id, at) == DeviceSeen::Own
        };
        let at_home = |id: EventId| {
            let rows = context.sessions().get(hit.user, session(id));
            rows.is_some_and(|rows| {
                rows.events().take(LOOKED_AT).any(|id| known.is_known(hit.user, places.place(id), at))
            })
        };
        near.iter().take(LOOKED_AT).copied().filter(is_own).any(at_home)
    }

    fn software(&self, first: EventId) -> Option<Fact> {
        let seen = self.context.software().seen(self.context.origins(), self.hit.user, first, self.at);
        Some(match (self.context.places().profile(first).tool, seen) {
            (Tool::Kit, _) if !self.is_legacy(first) => Fact::Kit,
            (_, SoftwareSeen::Here) => Fact::SeenSoftware,
            (Tool::Library, _) => Fact::Library,
            (_, SoftwareSeen::Nowhere) => Fact::NewSoftware,
            (_, SoftwareSeen::Open) => return None,
        })
    }

    /// Returns whether a row is by an HTTP library that the user never used before, other than with a code's tokens: a
    /// developer tries one out, and few others.
    fn is_new_library(&self, first: EventId) -> bool {
        let Self { context, hit, .. } = self;
        let (origins, user) = (context.origins(), hit.user);
        if origins.places.profile(first).tool != Tool::Library || !origins.known.has_baseline(user, self.at) {
            return false;
        }
        let session = context.store.normalized_field(context.store.event(first), Field::SessionId);
        let flows = FlowKind::ALL.iter().filter_map(|kind| context.flows_in(*kind).get(&user)).flatten();
        let is_of_code = flows.into_iter().any(|flow| flow.sessions.contains(&session));
        let before = context.past(user).same_software_before(origins, first);
        !is_of_code && before.is_none_or(|before| context.store.event(before).time() >= hit.first_seen)
    }

    fn is_legacy(&self, first: EventId) -> bool {
        let agent = self.context.store.text(self.context.places().profile(first).agent);
        self.context.facts.tool(agent).is_some_and(ToolAgent::is_legacy)
    }

    fn device(&self, first: EventId) -> Option<Fact> {
        match self.habits.device_seen(self.context.origins(), first, self.at) {
            DeviceSeen::Own => Some(Fact::OwnDevice),
            DeviceSeen::New => Some(Fact::NewDevice),
            DeviceSeen::Open => None,
        }
    }

    /// The fact that so many tokens were used in two networks that it is their route.
    fn many_tokens(&self) -> Option<Fact> {
        if self.hit.analytic != OF_USES {
            return None;
        }
        let store = self.context.store;
        let token = |id: &EventId| store.token(store.event(*id).get(Field::TokenId));
        let tokens: BTreeSet<Sym> = self.hit.evidence.iter().map(token).collect();
        (tokens.len() >= MANY_TOKENS).then_some(Fact::ManyTokens)
    }

    /// The fact that two parties of the session were active at once.
    fn at_once(&self) -> Option<Fact> {
        let session = self.hit.session.as_deref().and_then(|session| self.context.store.find(session))?;
        let split = self.context.splits().get(&(self.hit.user, session))?;
        let party = self.hit.evidence.iter().find_map(|&id| split.party_with(id))?;
        let store = self.context.store;
        // Who enters a code is active at the time that it is redeemed, wherever that is.
        if split.parties[party].is_moved(store) {
            return None;
        }
        let places = self.context.places();
        let at_once = (0..split.parties.len()).any(|other| {
            other != party && split.are_apart(places, party, other) && split.interleaves(store, party, other)
        });
        at_once.then_some(Fact::TwoAtOnce)
    }
}
