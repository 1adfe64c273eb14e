//! The facts of an incident against its best innocent story: what each fits, and how common it is here.
//!
//! A fact fits theft, everyday work, or both alike. Only those weigh that the table of [`super::weights`] has, and it has
//! none that fits both. Beside each stands in how many comparable sign-ins of the bundle, which belong to no hit above
//! low, it holds too.

use super::binding::Binding;
use super::flow::{FlowKind, Leg, leg_of};
use super::habits::DeviceSeen;
use super::known::Standing;
use super::places::{Net, Tool};
use super::software::SoftwareSeen;
use super::weights::{Fact, Weights};
use super::{DetectContext, Hit, by_id};
use crate::facts::Standing as Family;
use crate::model::{Confidence, EventId, Field, Proof, Severity, Span, Sym, mfa_proof};
use crate::store::Key;
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};

/// Comparable sign-ins that are looked at, spread over all.
const SAMPLE: usize = 300;
/// Least number of comparable sign-ins by which something is common.
const ENOUGH: usize = 5;
/// Time from a code to its token in which every client that polls redeems it.
const POLLED: Span = Span::minutes(5);

/// Comparable sign-ins in which a fact holds too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Common {
    /// Number in which it holds.
    pub holds: usize,
    /// Number looked at.
    pub of: usize,
    /// Their name, in the singular.
    pub noun: &'static str,
}

impl Common {
    /// `1 of 300 other sign-ins with this client`.
    pub fn words(&self) -> String {
        let plural = if self.of == 1 { "" } else { "s" };
        let (head, tail) = self
            .noun
            .split_once(" with ")
            .map_or((self.noun, String::new()), |(head, tail)| (head, format!(" with {tail}")));
        format!("{} of {} {head}{plural}{tail} here", self.holds, self.of)
    }

    /// Returns whether at least every other one has it: as a fact for theft it tells nothing here.
    pub fn is_common(&self) -> bool {
        self.of >= ENOUGH && self.holds * 2 >= self.of
    }
}

/// A fact of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The fact in words.
    pub sentence: String,
    /// Its rows, in time order.
    pub rows: Vec<EventId>,
    /// Weight for theft.
    pub for_theft: i32,
    /// Weight for everyday work.
    pub for_work: i32,
    /// Its frequency among comparable sign-ins; `None` where it is no property of a sign-in.
    pub common: Option<Common>,
}

impl Point {
    /// Returns whether it fits theft.
    pub fn fits_theft(&self) -> bool {
        self.for_work == 0
    }

    /// Returns whether it fits the innocent story.
    pub fn fits_work(&self) -> bool {
        self.for_theft == 0
    }

    /// `+3`, `-1`, `0`.
    pub fn weight(&self) -> String {
        match self.for_theft - self.for_work {
            0 => "0".to_owned(),
            weight => format!("{weight:+}"),
        }
    }

    /// The fact with its weight and frequency: `the network is new to the user (+3; 0 of 12 other sign-ins here)`.
    pub fn line(&self) -> String {
        let common = self.common.map_or_else(String::new, |common| format!("; {}", common.words()));
        format!("{} ({}{common})", self.sentence, self.weight())
    }
}

/// The best innocent story of an analytic's hits.
pub fn innocent_story(analytic: &str) -> &'static str {
    let best = by_id(analytic).and_then(|analytic| analytic.look_alikes.first());
    best.map_or("everyday work", |story| story.words())
}

/// Finds points, looking at each client's comparable sign-ins once.
pub(super) struct Points<'c, 'a> {
    context: &'c DetectContext<'a>,
    /// Rows of hits above low.
    of_hits: HashSet<EventId, RandomState>,
    /// By client; under [`Sym::NONE`] those of all.
    samples: HashMap<Sym, Vec<EventId>, RandomState>,
    found: HashMap<(Sym, Asked), Common, RandomState>,
}

/// A question to a sign-in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Asked {
    Fact(u8),
    Claim,
    Unbound,
}

/// Takes the weight of facts for theft that are common here, and grades the confidence of the hits anew.
pub(super) fn discount(context: &DetectContext, hits: &mut [Hit]) {
    let mut points = Points::new(context, hits);
    for hit in hits.iter_mut().filter(|hit| hit.severity > Severity::Low) {
        let Some(weights) = &hit.weights else { continue };
        let client = points.client_of(hit, weights);
        let is_common =
            |fact: &Fact| fact.for_theft() > 0 && points.of_fact(client, *fact).is_some_and(|found| found.is_common());
        let common: Vec<Fact> = weights.facts.iter().copied().filter(is_common).collect();
        if common.is_empty() {
            continue;
        }
        let weights = Weights { common, ..weights.clone() };
        let most = hit.grade.as_ref().map_or(Confidence::High, |grade| grade.most);
        (hit.confidence, hit.confidence_reason) = (weights.confidence().min(most), weights.sentence());
        hit.weights = Some(weights);
    }
}

impl<'c, 'a> Points<'c, 'a> {
    pub(super) fn new(context: &'c DetectContext<'a>, hits: &[Hit]) -> Self {
        let above = hits.iter().filter(|hit| hit.severity > Severity::Low);
        let of_hits = above.flat_map(|hit| hit.evidence.iter().chain(&hit.legs)).copied().collect();
        Self { context, of_hits, samples: HashMap::default(), found: HashMap::default() }
    }

    /// The facts of an incident, by its leading hit: those first that weigh.
    pub(super) fn of_hit(&mut self, hit: &Hit) -> Vec<Point> {
        let Some(weights) = &hit.weights else { return Vec::new() };
        let client = self.client_of(hit, weights);
        let mut points: Vec<Point> = weights
            .facts
            .iter()
            .map(|&fact| Point {
                sentence: fact.words().to_owned(),
                rows: weights.rows.clone(),
                for_theft: weights.theft_of(fact),
                for_work: fact.for_work(),
                common: self.of_fact(client, fact),
            })
            .collect();
        let is_told = [Fact::BindingLost, Fact::UnboundThere].into_iter().any(|fact| weights.has(fact));
        points.extend(self.neutral(hit, client, is_told));
        points
    }

    /// The client of the rows that decide.
    fn client_of(&self, hit: &Hit, weights: &Weights) -> Sym {
        let store = self.context.store;
        let row = weights.rows.first().or(hit.evidence.first());
        row.map_or(Sym::NONE, |id| store.normalized_field(store.event(*id), Field::AppId))
    }

    /// The frequency of a fact.
    fn of_fact(&mut self, client: Sym, fact: Fact) -> Option<Common> {
        self.common(client, Asked::Fact(fact as u8), |points, id| points.holds(fact, id))
    }

    /// Facts that harmless sign-ins have as well.
    fn neutral(&mut self, hit: &Hit, client: Sym, binding_is_told: bool) -> Vec<Point> {
        let store = self.context.store;
        let point = |sentence: String, rows: Vec<EventId>, common: Option<Common>| Point {
            sentence,
            rows,
            for_theft: 0,
            for_work: 0,
            common,
        };
        let mut points = Vec::new();
        if let Some(gap) = self.time_from_code(&hit.legs, &hit.evidence).filter(|gap| *gap <= POLLED) {
            points.push(point(format!("{gap} from code to token"), hit.legs.clone(), self.polled()));
        }
        let is_claim = |id: &EventId| mfa_proof(store.get(*id, Field::AuthenticationDetails)) == Some(Proof::Claim);
        let claims: Vec<EventId> = hit.evidence.iter().copied().filter(is_claim).collect();
        if !claims.is_empty() {
            let common = self.common(client, Asked::Claim, move |points, id| {
                let text = points.context.store.get(id, Field::AuthenticationDetails);
                (!text.is_empty()).then(|| mfa_proof(text) == Some(Proof::Claim))
            });
            points.push(point("a claim in the token met the second factor".to_owned(), claims, common));
        }
        let habits = self.context.rows_of(hit.user);
        let is_unbound = |id: &EventId| habits.habits.binding(store, *id) == Some(Binding::Unbound);
        let unbound: Vec<EventId> = hit.evidence.iter().copied().filter(is_unbound).collect();
        if !unbound.is_empty() && !binding_is_told {
            let common = self.common(client, Asked::Unbound, |points, id| {
                let user = points.context.store.event(id).user;
                let binding = points.context.rows_of(user).habits.binding(points.context.store, id)?;
                Some(binding == Binding::Unbound)
            });
            points.push(point(
                "the token is unbound, and bound ones are no rule for this user and client".to_owned(),
                unbound,
                common,
            ));
        }
        let family = self.context.facts.family_at(&hit.app_id.to_lowercase(), hit.first_seen);
        if family.standing == Family::Member {
            points.push(point("the client is of the family".to_owned(), hit.evidence.clone(), None));
        }
        points
    }

    /// Time from the last time a code was typed to the first token after it, among legs and other rows in time order.
    fn time_from_code(&self, legs: &[EventId], rows: &[EventId]) -> Option<Span> {
        let store = self.context.store;
        let is_typed = |id: &EventId| leg_of(store.event(*id)) == Some(Leg::Browser);
        let typed = legs.iter().copied().rfind(|id| is_typed(id))?;
        let token = legs.iter().chain(rows).copied().filter(|id| *id > typed && !is_typed(id)).min()?;
        Some(store.event(token).time().since(store.event(typed).time()))
    }

    /// Device codes of no hit above low, and those redeemed within five minutes.
    fn polled(&self) -> Option<Common> {
        let flows = self.context.flows_in(FlowKind::DeviceCode).values().flatten();
        let apart = flows.filter(|flow| flow.legs.iter().all(|leg| !self.of_hits.contains(leg)));
        let gaps: Vec<Span> = apart.filter_map(|flow| self.time_from_code(&flow.legs, &[])).collect();
        let holds = gaps.iter().filter(|gap| **gap <= POLLED).count();
        (!gaps.is_empty()).then_some(Common { holds, of: gaps.len(), noun: "other device code" })
    }

    /// The frequency of something among the sign-ins with a client; among all, where it has too few.
    fn common(&mut self, client: Sym, asked: Asked, holds: impl Fn(&Self, EventId) -> Option<bool>) -> Option<Common> {
        let client = if self.sample(client).len() < ENOUGH { Sym::NONE } else { client };
        if !self.found.contains_key(&(client, asked)) {
            let sample = self.sample(client);
            let answers: Vec<bool> = sample.iter().filter_map(|&id| holds(self, id)).collect();
            let holds = answers.iter().filter(|holds| **holds).count();
            let noun = if client.is_none() { "other sign-in" } else { "other sign-in with this client" };
            self.found.insert((client, asked), Common { holds, of: answers.len(), noun });
        }
        self.found.get(&(client, asked)).copied().filter(|common| common.of > 0)
    }

    /// Comparable sign-ins, with a client or all: successful, of no hit above low, spread over all of them.
    fn sample(&mut self, client: Sym) -> Vec<EventId> {
        if let Some(sample) = self.samples.get(&client) {
            return sample.clone();
        }
        let store = self.context.store;
        let counts = |id: &EventId| {
            let event = store.event(*id);
            let passed = event.table.issues() && event.succeeded() && event.is_timed() && !event.is_duplicate();
            passed && !event.user.is_none() && !self.of_hits.contains(id)
        };
        let rows: Vec<EventId> = if client.is_none() {
            store.in_role(Role::Issues).map(|(id, _)| id).filter(counts).collect()
        } else {
            store.with(Key::Client, client).iter().copied().filter(counts).collect()
        };
        let step = rows.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<EventId> = rows.into_iter().step_by(step).collect();
        self.samples.insert(client, sample.clone());
        sample
    }

    /// Returns whether a fact holds of a sign-in by itself; `None` where it is one of a session or a hit.
    fn holds(&self, fact: Fact, id: EventId) -> Option<bool> {
        let context = self.context;
        let (event, places, known) = (context.store.event(id), context.places(), context.known());
        let (place, at, user) = (places.place(id), event.time(), event.user);
        let standing = || known.standing(user, place, at);
        let is_near = || known.is_near_only(user, place, at);
        let by_number = matches!(place.net, Some(Net::Asn(_)));
        let software = || context.software().seen(context.origins(), user, id, at);
        let tool = places.profile(id).tool;
        let device = || context.rows_of(user).habits.device_seen(context.origins(), id, at);
        Some(match fact {
            Fact::NewNetwork => by_number && standing() == Standing::New,
            Fact::NewPrefix => !by_number && standing() == Standing::New,
            Fact::OpenNetwork => standing() == Standing::Undecided,
            Fact::NearNetwork => standing() == Standing::Known && is_near(),
            Fact::OwnNetwork => standing() == Standing::Known && !is_near(),
            Fact::SharedAddress => known.others_at_address(user, place.address?, at).nth(1).is_some(),
            Fact::Kit => tool == Tool::Kit,
            Fact::Library => tool == Tool::Library && software() != SoftwareSeen::Here,
            Fact::NewSoftware => software() == SoftwareSeen::Nowhere,
            Fact::SeenSoftware => software() == SoftwareSeen::Here,
            Fact::NewDevice => device() == DeviceSeen::New,
            Fact::OwnDevice => device() == DeviceSeen::Own,
            Fact::BindingLost => context.rows_of(user).habits.is_binding_lost(context.origins(), id),
            Fact::OwnExit
            | Fact::GivenNetwork
            | Fact::UsualInBundle
            | Fact::UnseenRange
            | Fact::KnownTown
            | Fact::ManyTokens
            | Fact::OwnDeviceThere
            | Fact::OtherCodes
            | Fact::AnotherCode
            | Fact::Service
            | Fact::SharedService
            | Fact::AdminConsent
            | Fact::Colleague
            | Fact::OtherDevice
            | Fact::UnboundThere
            | Fact::TwoAtOnce
            | Fact::Refused
            | Fact::NewToMany => return None,
        })
    }
}
