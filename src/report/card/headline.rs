//! One sentence on an incident: both places, and the time between them.

use super::CardContext;
use crate::analytics::incidents::{Lane, Novel};
use crate::analytics::known::Standing;
use crate::analytics::{Hit, Incident, Leg, leg_of};
use crate::model::words::{counted, listed};
use crate::model::{EventId, Field, Severity, Span, Sym};
use crate::store::Store;
use std::collections::BTreeSet;

/// Places named of one side.
const PLACES: usize = 2;

/// The kind of story an incident is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    /// A code was typed at one place, and its tokens went to another.
    CodeElsewhere,
    /// A device code, all of it from known places.
    Code,
    /// A session of one place was used from another.
    SessionElsewhere,
    /// A session that went on with another machine.
    OtherMachine,
    /// A known place, then another.
    Moved,
    /// A sign-in from a place that is new.
    NewPlace,
    /// A sign-in from a place that nothing can be said of.
    OpenPlace,
    /// Known places alone.
    KnownPlace,
    /// No row names an address.
    NoPlace,
    /// Queries elsewhere found it, and the bundle has none of its rows.
    NotHere,
}

impl Story {
    /// A few words for a list.
    pub fn words(self) -> &'static str {
        match self {
            Self::CodeElsewhere => "code used elsewhere",
            Self::Code => "device code",
            Self::SessionElsewhere => "session used elsewhere",
            Self::OtherMachine => "another machine",
            Self::Moved => "then elsewhere",
            Self::NewPlace => "new place",
            Self::OpenPlace => "place not decided",
            Self::KnownPlace => "known place",
            Self::NoPlace => "no address",
            Self::NotHere => "rows not here",
        }
    }
}

pub(super) fn headline(context: &CardContext, incident: &Incident, hits: &[&Hit]) -> (Story, String) {
    let store = context.store;
    if incident.severity == Severity::NotWeighed {
        return (Story::NotHere, sentence_of_elsewhere(hits));
    }
    let telling = || incident.lanes.iter().filter(|lane| !lane.is_neutral && !lane.address.is_empty());
    let of = |standing| telling().filter(|lane| lane.standing == standing).collect::<Vec<&Lane>>();
    let (known, new) = (of(Standing::Known), of(Standing::New));
    let legs: BTreeSet<EventId> = hits.iter().flat_map(|hit| hit.legs.iter().copied()).collect();
    // Tokens that went where the user never was; without such a place, where the bundle cannot tell.
    let open = of(Standing::Undecided);
    let away = if new.is_empty() { &open } else { &new };
    let is_browser = |id: &EventId| legs.contains(id) && leg_of(store.event(*id)) == Some(Leg::Browser);
    let typed: Vec<&Lane> = telling()
        .filter(|lane| lane.sign_ins.iter().any(is_browser))
        .filter(|lane| !away.iter().any(|other| other.address == lane.address))
        .collect();
    let (mut story, mut what) = sentence(store, incident, (&known, away, &typed), !legs.is_empty());
    // The place says little of an intruder behind the user's own exit.
    let is_of_place = matches!(story, Story::NewPlace | Story::OpenPlace | Story::KnownPlace | Story::NoPlace);
    let machine = hits.iter().filter(|hit| !hit.machine.is_empty() && hit.severity > Severity::Low);
    let machine = machine.max_by_key(|hit| hit.severity);
    if let Some(hit) = machine.filter(|_| is_of_place) {
        story = Story::OtherMachine;
        what = sentence_of_machine(store, incident, &telling().collect::<Vec<&Lane>>(), hit);
    }
    let calls: BTreeSet<EventId> = hits.iter().flat_map(|hit| &hit.graph).map(|call| call.event).collect();
    let acts: BTreeSet<EventId> = hits.iter().flat_map(|hit| &hit.acts).map(|act| act.event).collect();
    let mut uses = Vec::new();
    if !calls.is_empty() {
        uses.push(counted(calls.len(), "Graph call"));
    }
    if !acts.is_empty() {
        uses.push(counted(acts.len(), "act"));
    }
    (story, if uses.is_empty() { what } else { format!("{what} {}.", uses.join(", ")) })
}

/// The sentence on hits of which the bundle has no evidence.
fn sentence_of_elsewhere(hits: &[&Hit]) -> String {
    let mut found: Vec<String> = hits
        .iter()
        .flat_map(|hit| hit.elsewhere.iter().map(|found| format!("{} in {}", hit.analytic, found.words())))
        .collect();
    found.sort_unstable();
    found.dedup();
    format!("Found by {}; not weighed: {}.", listed(&found, PLACES), hits[0].severity_reason)
}

/// The sentence on a session that went on with another machine.
fn sentence_of_machine(store: &Store, incident: &Incident, lanes: &[&Lane], hit: &Hit) -> String {
    let is_here = |id: &EventId| hit.evidence.binary_search(id).is_ok();
    let (here, before): (Vec<&Lane>, Vec<&Lane>) = lanes.iter().partition(|lane| lane.sign_ins.iter().any(is_here));
    let before: Vec<&Lane> = before.into_iter().filter(|lane| share_session(store, &[lane], &here)).collect();
    let machine = format!("by another machine: {}.", hit.machine);
    let to = with_news(incident, &here);
    match (before.is_empty(), here.is_empty()) {
        (_, true) => format!("Session used {machine}"),
        (true, false) => format!("Session used at {to} {machine}"),
        (false, false) => {
            let later = hit.evidence.first().and_then(|first| since(store, &before, *first));
            let later = later.map_or_else(String::new, |gap| format!(" {gap} later"));
            format!("Session of {} used from {to}{later} {machine}", words(&before))
        }
    }
}

/// Places, with what is new there.
fn with_news(incident: &Incident, lanes: &[&Lane]) -> String {
    if !lanes.iter().any(|lane| lane.standing == Standing::New) {
        return words(lanes);
    }
    let news = format!("new: {}", novelties(incident));
    match lanes {
        [one] if !one.location.is_empty() => format!("{} ({}; {news})", one.address, one.location),
        _ => format!("{} ({news})", words(lanes)),
    }
}

/// The sentence on the places: known ones, the others, and those where a code was typed.
fn sentence(
    store: &Store,
    incident: &Incident,
    (known, away, typed): (&[&Lane], &[&Lane], &[&Lane]),
    has_code: bool,
) -> (Story, String) {
    let is_new = away.iter().any(|lane| lane.standing == Standing::New);
    let to = with_news(incident, away);
    let later = |from: &[&Lane]| gap(store, from, away).map_or_else(String::new, |gap| format!(" {gap} later"));
    match (has_code, away.is_empty()) {
        (true, false) if !typed.is_empty() => {
            (Story::CodeElsewhere, format!("Code typed at {}; tokens went to {to}{}.", words(typed), later(typed)))
        }
        (true, false) => (Story::CodeElsewhere, format!("Tokens of a device code went to {to}.")),
        (true, true) if known.is_empty() => (Story::Code, "Device-code sign-in; no row names an address.".to_owned()),
        (true, true) => (Story::Code, format!("Device-code sign-in, all from {}.", words(known))),
        (false, false) if !known.is_empty() && share_session(store, known, away) => {
            (Story::SessionElsewhere, format!("Session of {} used from {to}{}.", words(known), later(known)))
        }
        (false, false) if !known.is_empty() => {
            (Story::Moved, format!("Signed in at {}, then from {to}{}.", words(known), later(known)))
        }
        (false, false) if is_new => (Story::NewPlace, format!("Signed in from {to}.")),
        (false, false) => {
            (Story::OpenPlace, format!("Signed in from {to}; too few days before to say whether it is the user's."))
        }
        (false, true) if known.is_empty() => (Story::NoPlace, "No row names a public address.".to_owned()),
        (false, true) => (Story::KnownPlace, format!("All from {}, known to this user.", words(known))),
    }
}

/// `203.0.113.20 (London, GB)`, a few of them.
fn words(lanes: &[&Lane]) -> String {
    let place = |lane: &&Lane| {
        if lane.location.is_empty() { lane.address.clone() } else { format!("{} ({})", lane.address, lane.location) }
    };
    listed(&lanes.iter().map(place).collect::<Vec<_>>(), PLACES)
}

/// Kinds of what is new: `address, network, device`.
fn novelties(incident: &Incident) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for novel in &incident.novel {
        if !matches!(novel, Novel::Token(_) | Novel::Session(_)) && !kinds.contains(&novel.kind()) {
            kinds.push(novel.kind());
        }
    }
    if kinds.is_empty() { "address".to_owned() } else { kinds.join(", ") }
}

/// Time from the last row of one side before the other begins.
fn gap(store: &Store, from: &[&Lane], to: &[&Lane]) -> Option<Span> {
    since(store, from, *to.iter().filter_map(|lane| lane.sign_ins.first()).min()?)
}

/// Time from the last row of a side before a row, to that.
fn since(store: &Store, from: &[&Lane], row: EventId) -> Option<Span> {
    let before = from.iter().flat_map(|lane| &lane.sign_ins).filter(|id| **id < row).max()?;
    Some(store.event(row).time().since(store.event(*before).time()))
}

fn share_session(store: &Store, a: &[&Lane], b: &[&Lane]) -> bool {
    let of = |lanes: &[&Lane]| -> BTreeSet<Sym> {
        let rows = lanes.iter().flat_map(|lane| &lane.sign_ins);
        let sessions = rows.map(|id| store.normalized_field(store.event(*id), Field::SessionId));
        sessions.filter(|session| !session.is_none()).collect()
    };
    !of(a).is_disjoint(&of(b))
}
