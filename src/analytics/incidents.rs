//! Incidents: hits of one user that belong together, and routines: incidents that keep happening.
//!
//! Two hits of a user belong together where they share an event, or, at most a day apart, a session, a token, or an
//! address or device that is new to the user at both; chains count. What an allow-list covers stands apart. An incident's
//! id is made of its user and its earliest hit's id, so that later evidence keeps it; near misses join the incidents of
//! other hits, and never join two of them.
//!
//! A routine is three or more incidents of one user, analytic and client, all of low severity, in which nothing is new
//! to the user. Incidents of several users are linked by what is new to all of them.

mod grouping;
mod lanes;
mod novel;
mod routine;

pub use lanes::Lane;
pub use novel::Novel;
pub use routine::Routine;

use super::hit_builder::short_hash;
use super::points::{Point, Points};
use super::{Candidates, DetectContext, GraphTie, Hit, Semantics, Settings, scopes};
use crate::facts::Facts;
use crate::model::words::counted;
use crate::model::{Confidence, EventId, Field, Severity, Sym, Table, Time};
use crate::store::Store;
use lanes::Addresses;
use novel::Novelty;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Hits of one user that belong together.
#[derive(Clone, Debug)]
pub struct Incident {
    /// Stable across runs and machines: a short hash of the user and the earliest hit's id.
    pub id: String,
    /// Whether the analyst took its only hit out of an incident or a routine.
    pub is_alone: bool,
    /// Id of the incident that the analyst took its only hit out of.
    pub part_of: Option<String>,
    /// Positions of its hits: the leading one first, the others in order of time.
    pub hits: Vec<usize>,
    /// Severity of its worst hit, one higher for a privileged role, a foothold, or access after a revocation.
    pub severity: Severity,
    /// Reason for the severity: each raise in a sentence, then the leading hit's own.
    pub severity_reasons: Vec<String>,
    /// Confidence of its leading hit.
    pub confidence: Confidence,
    /// Its first event.
    pub first: Time,
    /// The last row of its hits, and of what a token or a session ties to them.
    pub last: Time,
    /// Privileged roles in its tokens, sorted.
    pub roles: Vec<String>,
    /// All that is new to its user, sorted.
    pub novel: Vec<Novel>,
    /// Positions of its links, in order.
    pub links: Vec<usize>,
    /// Its places: known ones first.
    pub lanes: Vec<Lane>,
    /// Revocations of its user from its first event on, in order.
    pub revoked: Vec<Time>,
    /// Whether every network, agent and device is one that the user uses on several days.
    pub is_familiar: bool,
    /// Position of its routine.
    pub routine: Option<usize>,
    /// Whether an entry of the allow-list covers it.
    pub is_allowed: bool,
    /// The facts of its leading hit, against the best innocent story: those first that weigh.
    pub points: Vec<Point>,
}

impl Incident {
    /// Position of the hit that leads it.
    pub fn leading(&self) -> usize {
        self.hits[0]
    }
}

/// Something new to each of several users.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The thing.
    pub novel: Novel,
    /// Positions of the incidents, in order; of at least two users.
    pub incidents: Vec<usize>,
}

/// The incidents of a bundle.
#[derive(Clone, Debug, Default)]
pub struct Incidents {
    /// Every incident, the worst first; allowed ones last.
    pub all: Vec<Incident>,
    /// Routines, in order of their first incident.
    pub routines: Vec<Routine>,
    /// Links between incidents of several users, in order.
    pub shared: Vec<Shared>,
    /// The last row of each table that the bundle has.
    pub ends: Vec<(Table, Time)>,
}

impl Incidents {
    /// Incidents of some hits; none under published semantics. The hits of these ids, which the analyst took out, are
    /// an incident each: what is left keeps its id.
    pub fn new(
        store: &Store,
        facts: &Facts,
        settings: &Settings,
        candidates: Arc<Candidates>,
        hits: &[Hit],
        alone: &BTreeSet<String>,
    ) -> Self {
        if settings.semantics == Semantics::Published {
            return Self::default();
        }
        let context = DetectContext::over(store, facts, settings, candidates);
        let mut groups: BTreeMap<(&str, Option<&str>), Vec<usize>> = BTreeMap::new();
        for (at, hit) in hits.iter().enumerate() {
            let taken_out = alone.contains(&hit.id).then_some(hit.id.as_str());
            groups.entry((&hit.incident, taken_out)).or_default().push(at);
        }
        // A hit that is all of its incident leaves nothing.
        let parts =
            |incident: &str| groups.range((incident, None)..).take_while(|((of, _), _)| *of == incident).count();
        let parted: BTreeSet<&str> =
            groups.keys().filter(|(of, out)| out.is_some() && parts(of) > 1).filter_map(|key| key.1).collect();
        let (mut novelty, mut addresses) = (Novelty::new(&context), Addresses::default());
        let incidents = groups.into_values().map(|group| incident(&context, &mut novelty, &mut addresses, hits, group));
        let mut all: Vec<Incident> = incidents.collect();
        for incident in &mut all {
            let hit = &hits[incident.leading()];
            incident.is_alone = alone.contains(&hit.id);
            if parted.contains(hit.id.as_str()) {
                incident.id = short_hash(&["alone", &hit.user_id, &hit.id]);
                incident.part_of = Some(hit.incident.clone());
            }
        }
        let mut points = Points::new(&context, hits);
        for incident in &mut all {
            incident.points = points.of_hit(&hits[incident.leading()]);
        }
        all.sort_by(|a, b| rank(hits, a).cmp(&rank(hits, b)));
        let routines = routine::found(hits, &mut all);
        let shared = shared(hits, &all);
        for (link, shared) in shared.iter().enumerate() {
            for at in &shared.incidents {
                all[*at].links.push(link);
            }
        }
        Self { all, routines, shared, ends: ends_of_tables(store) }
    }

    /// Links of an incident.
    pub fn links(&self, incident: usize) -> impl Iterator<Item = &Shared> {
        self.all[incident].links.iter().map(|link| &self.shared[*link])
    }
}

/// Gives every hit the id of its incident.
pub(super) fn assign(context: &DetectContext, hits: &mut [Hit]) {
    for group in grouping::groups(context, hits) {
        // A near miss may come and go with the way it is asked for.
        let earliest = group.iter().copied().find(|&at| !hits[at].is_near_miss()).unwrap_or(group[0]);
        let id = short_hash(&["incident", &hits[earliest].user_id, &hits[earliest].id]);
        for at in group {
            hits[at].incident.clone_from(&id);
        }
    }
}

/// Order of incidents: the worst first.
fn rank<'h>(hits: &'h [Hit], incident: &Incident) -> impl Ord + use<'h> {
    let hit = &hits[incident.leading()];
    let over = hit.weights.as_ref().map_or(0, super::Weights::over);
    let how_bad = Reverse((incident.severity, incident.confidence, incident.roles.len().min(1), over));
    (incident.is_allowed, how_bad, incident.first, hit.upn.as_str(), hit.id.as_str())
}

/// The incident of some hits, given in order of time.
fn incident(
    context: &DetectContext,
    novelty: &mut Novelty,
    addresses: &mut Addresses,
    hits: &[Hit],
    mut group: Vec<usize>,
) -> Incident {
    // Of equal ones the earliest leads.
    let how_bad = |at: &usize| {
        let hit = &hits[*at];
        (hit.severity, hit.confidence, hit.weights.as_ref().map_or(0, super::Weights::over), Reverse(*at))
    };
    let lead = group.iter().copied().max_by_key(how_bad).expect("a group has a hit");
    group.retain(|at| *at != lead);
    group.insert(0, lead);
    let of_group: Vec<&Hit> = group.iter().map(|at| &hits[*at]).collect();
    let rows: BTreeSet<EventId> =
        of_group.iter().flat_map(|hit| hit.evidence.iter().chain(&hit.legs)).copied().collect();
    let store = context.store;
    let first = of_group.iter().map(|hit| hit.begins(store).min(hit.first_seen)).min();
    let last = of_group.iter().map(|hit| end(store, hit)).max();
    let roles = privileged(context, &rows);
    let raises = raises(&roles, &of_group);
    let leading = of_group[0];
    let is_raised = leading.severity == Severity::Medium && !raises.is_empty();
    let mut severity_reasons = raises;
    severity_reasons.push(leading.severity_reason.clone());
    Incident {
        id: leading.incident.clone(),
        is_alone: false,
        part_of: None,
        severity: if is_raised { Severity::High } else { leading.severity },
        severity_reasons,
        confidence: leading.confidence,
        first: first.unwrap_or(leading.first_seen),
        last: last.unwrap_or(leading.last_seen),
        roles,
        novel: novelty.of_rows(leading.user, &rows),
        lanes: lanes::lanes(context, addresses, &of_group),
        revoked: context.revocations(leading.user).iter().map(|one| one.at).filter(|at| Some(*at) >= first).collect(),
        is_familiar: novelty.is_familiar(leading.user, &rows),
        routine: None,
        links: Vec::new(),
        is_allowed: leading.allowed.is_some(),
        points: Vec::new(),
        hits: group,
    }
}

/// End of a hit: its own, or the last row tied to it by token or session.
fn end(store: &Store, hit: &Hit) -> Time {
    let by_id = |graph: GraphTie| matches!(graph, GraphTie::Token | GraphTie::Session);
    let calls = hit.graph.iter().filter(|call| by_id(call.tie)).map(|call| call.event);
    let acts = hit.acts.iter().filter(|act| act.rung.is_by_id()).map(|act| act.event);
    let last = calls.chain(acts).max().map(|id| store.event(id).time());
    last.map_or(hit.last_seen, |last| last.max(hit.last_seen))
}

/// The last row of each table.
fn ends_of_tables(store: &Store) -> Vec<(Table, Time)> {
    let mut missing = Table::ALL.iter().filter(|table| store.count(**table) > 0).count();
    let mut ends: [Option<Time>; Table::COUNT] = [None; Table::COUNT];
    for (_, event) in store.events().rev().filter(|(_, event)| event.is_timed()) {
        if missing == 0 {
            break;
        }
        let end = &mut ends[event.table as usize];
        if end.is_none() {
            *end = Some(event.time());
            missing -= 1;
        }
    }
    Table::ALL.into_iter().filter_map(|table| Some((table, ends[table as usize]?))).collect()
}

/// Privileged roles in the tokens of some sign-ins.
fn privileged(context: &DetectContext, rows: &BTreeSet<EventId>) -> Vec<String> {
    let texts: BTreeSet<Sym> = rows.iter().map(|&id| context.store.event(id).get(Field::ProcessingDetails)).collect();
    let roles = texts.into_iter().flat_map(|text| scopes::roles(context.facts, context.store.text(text)));
    let names: BTreeSet<&str> = roles.filter(|role| role.is_privileged).map(|role| role.name).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Sentences on all that raises the severity of some hits.
fn raises(roles: &[String], hits: &[&Hit]) -> Vec<String> {
    let of = |analytic: &str| {
        hits.iter().filter(|hit| hit.analytic == analytic && hit.severity > Severity::Low).copied().collect::<Vec<_>>()
    };
    let mut raises = Vec::new();
    if !roles.is_empty() {
        raises.push(format!("a token holds the role {}", roles.join(", ")));
    }
    for hit in of("foothold").into_iter().take(1) {
        raises.extend(hit.reasons.first().map(|reason| format!("left behind: {reason}")));
    }
    let mut after: BTreeSet<EventId> = BTreeSet::new();
    for hit in of("after-revoke") {
        after.extend(&hit.evidence);
        after.extend(hit.graph.iter().map(|call| call.event));
        after.extend(hit.acts.iter().map(|act| act.event));
    }
    if !after.is_empty() {
        raises.push(format!("{} after a revocation", counted(after.len(), "row")));
    }
    raises
}

/// Links by what is new to users of several incidents.
fn shared(hits: &[Hit], all: &[Incident]) -> Vec<Shared> {
    let mut by: HashMap<&Novel, Vec<usize>> = HashMap::new();
    for (at, incident) in all.iter().enumerate() {
        for novel in &incident.novel {
            by.entry(novel).or_default().push(at);
        }
    }
    let user = |at: usize| hits[all[at].leading()].user;
    let mut shared: Vec<Shared> = by
        .into_iter()
        .filter(|(_, incidents)| incidents.iter().any(|at| user(*at) != user(incidents[0])))
        .map(|(novel, incidents)| Shared { novel: novel.clone(), incidents })
        .collect();
    shared.sort_by(|a, b| a.novel.cmp(&b.novel));
    shared
}

#[cfg(test)]
mod tests;
