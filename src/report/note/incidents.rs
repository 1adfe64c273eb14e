//! Each incident once: its card, the verdict and what speaks against it, key facts, and the steps that ask something new.

use super::NoteContext;
use super::selection::{Chosen, Depth};
use super::steps::{self, FactNote, StepNote};
use super::story::{self, StoryNote};
use super::verdict;
use crate::analytics::known::Standing;
use crate::analytics::points::Point;
use crate::analytics::{GraphCall, Hit, HitAct, Incident};
use crate::model::words::hex;
use crate::model::{EventId, Time};
use crate::report::card::{Card, CardContext, CardLine, Control, Label, after, card, fits};
use crate::report::guided::answered;
use crate::report::picture;
use crate::report::verdict::{Grounds, Outcome, outcome};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// An incident.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct IncidentNote {
    /// Its number in this note.
    pub number: usize,
    /// Id, as in every export.
    pub id: String,
    /// User.
    pub upn: String,
    /// Object id of the user.
    pub user_id: String,
    /// Privileged roles in its tokens.
    pub roles: Vec<String>,
    /// The gravest verdict on its hits.
    #[serde(serialize_with = "outcome_word")]
    pub outcome: Outcome,
    /// The verdicts in words.
    pub verdict: String,
    /// Reasons for the verdicts, and who confirmed them.
    #[serde(flatten)]
    pub grounds: Grounds,
    /// The analyst's answers to the five plain questions.
    pub answers: Vec<String>,
    /// Sentences on all that speaks against the verdict.
    pub contradictions: Vec<String>,
    /// Severity.
    pub severity: &'static str,
    /// Reasons for the severity.
    pub severity_reasons: Vec<String>,
    /// Confidence.
    pub confidence: &'static str,
    /// Facts that the confidence follows from.
    pub confidence_reason: String,
    /// The best innocent story.
    pub innocent: &'static str,
    /// Facts, those first that weigh: the story each fits, and how common it is here.
    pub weighed: Vec<PointNote>,
    /// First event.
    pub first_seen: Time,
    /// Last row tied to it.
    pub last_seen: Time,
    /// The sentence on what happened.
    pub headline: String,
    /// The card's lines.
    pub card: Vec<LineNote>,
    /// Effect of each control, and the change that would have made it bite: those first that would have stopped it.
    pub controls: Vec<ControlNote>,
    /// Analytics that found its hits.
    pub analytics: Vec<&'static str>,
    /// Ids of its hits, the leading one first.
    pub hits: Vec<String>,
    /// Number of its hits among the note's; empty where they are not described.
    pub hit_numbers: Vec<usize>,
    /// Id of its routine.
    pub routine: Option<String>,
    /// Whether its card stands on the first page.
    pub first_page: bool,
    /// Whether facts and steps are given here.
    pub in_full: bool,
    /// Key facts, of all its hits together.
    pub facts: Vec<FactNote>,
    /// Rows of the story, like ones together.
    pub story: Vec<StoryNote>,
    /// Kinds of rows beyond those of the story.
    pub further: usize,
    /// The leading hit's steps, and those of the others that ask something new or that the analyst answered.
    pub steps: Vec<IncidentStep>,
    /// The picture beside the note.
    pub map: Option<MapNote>,
}

/// A line of the card.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LineNote {
    /// The question.
    pub what: &'static str,
    /// The answer.
    pub text: String,
}

/// A fact.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PointNote {
    /// The fact in words.
    pub fact: String,
    /// `fits theft`, `against it` or `fits both`.
    pub fits: &'static str,
    /// Weight for theft, less that for everyday work.
    pub weight: i32,
    /// Number of its rows.
    pub rows: usize,
    /// Comparable sign-ins of the bundle in which it holds too, and their number.
    pub common: Option<[usize; 2]>,
}

/// A control at the sign-ins of an incident.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ControlNote {
    /// A policy's name, or the kind of control.
    pub name: String,
    /// Its effect.
    pub did: String,
    /// The change by which it would have stopped them.
    pub change: Option<String>,
}

/// A step, and its analytic.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct IncidentStep {
    /// Analytic of the hit.
    pub analytic: &'static str,
    /// Whether it is the leading hit's.
    pub leading: bool,
    /// The step.
    #[serde(flatten)]
    pub step: StepNote,
}

/// The map of an incident as a picture.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MapNote {
    /// End of the name of its file, which begins with the note's own: `incident-3b7d1904f49b.svg`.
    pub file: String,
    /// Hash of its bytes.
    pub sha256: String,
    /// The picture.
    #[serde(skip)]
    pub svg: String,
}

/// Incidents that keep happening, as one row.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoutineNote {
    /// Id.
    pub id: String,
    /// User.
    pub upn: String,
    /// Analytic.
    pub analytic: &'static str,
    /// Client.
    pub client: String,
    /// Number of incidents.
    pub incidents: usize,
    /// First event of all.
    pub first_seen: Time,
    /// Last event of all.
    pub last_seen: Time,
    /// Earliest and latest time of day at which one begins.
    pub hours: (String, String),
    /// The verdicts in words.
    pub verdict: String,
    /// Reasons for the verdicts, and who confirmed them.
    #[serde(flatten)]
    pub grounds: Grounds,
    /// The gravest verdict.
    #[serde(serialize_with = "outcome_word")]
    pub outcome: Outcome,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn outcome_word<S: Serializer>(outcome: &Outcome, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(outcome.word())
}

/// The incidents of the note, in its order.
pub(super) fn incidents(context: &NoteContext) -> Vec<IncidentNote> {
    let numbers: BTreeMap<&str, usize> =
        context.selection.full.iter().enumerate().map(|(at, hit)| (hit.id.as_str(), at + 1)).collect();
    let chosen = context.selection.incidents.iter().enumerate();
    chosen.map(|(at, chosen)| incident(context, at + 1, chosen, &numbers)).collect()
}

fn incident(context: &NoteContext, number: usize, chosen: &Chosen, numbers: &BTreeMap<&str, usize>) -> IncidentNote {
    let Chosen { at, incident, hits, depth } = chosen;
    let leading = hits[0];
    let Card { who, headline, lines, map, controls, points, innocent, .. } = card(&card_context(context), *at);
    let in_full = *depth != Depth::Row;
    let svg = (*depth == Depth::First).then(|| picture::svg(&map, &who, &incident.id));
    let analytics: BTreeSet<&'static str> = hits.iter().map(|hit| hit.analytic).collect();
    // The user's own software and networks are no news.
    let known: BTreeSet<EventId> = incident
        .lanes
        .iter()
        .filter(|lane| lane.standing == Standing::Known)
        .flat_map(|lane| lane.sign_ins.iter().chain(&lane.uses))
        .copied()
        .collect();
    let merged = if in_full { merged(hits) } else { leading.clone() };
    let (story, further) = if in_full { story::story(context, incident, &merged) } else { (Vec::new(), 0) };
    IncidentNote {
        number,
        id: incident.id.clone(),
        user_id: leading.user_id.clone(),
        roles: incident.roles.clone(),
        outcome: outcome(context.case, hits),
        verdict: verdict::words(context.case, hits),
        grounds: Grounds::new(context.case, hits),
        answers: answered(context.case, leading),
        contradictions: verdict::contradictions(context.case, hits),
        severity: incident.severity.word(),
        severity_reasons: incident.severity_reasons.clone(),
        confidence: incident.confidence.word(),
        confidence_reason: if points.is_empty() { leading.confidence_reason.clone() } else { reason(&points) },
        innocent,
        weighed: points.iter().map(point_note).collect(),
        first_seen: incident.first,
        last_seen: incident.last,
        headline,
        card: lines.into_iter().map(|line| line_note(context, incident, leading, line)).collect(),
        controls: controls.into_iter().map(control_note).collect(),
        analytics: analytics.into_iter().collect(),
        hits: hits.iter().map(|hit| hit.id.clone()).collect(),
        hit_numbers: hits.iter().filter_map(|hit| numbers.get(hit.id.as_str()).copied()).collect(),
        routine: incident.routine.map(|at| context.incidents.routines[at].id.clone()),
        first_page: *depth == Depth::First,
        in_full,
        facts: if in_full { facts(context, hits, &merged, &known) } else { Vec::new() },
        story,
        further,
        steps: steps_of(context, hits, in_full),
        map: svg.map(|svg| MapNote {
            file: format!("incident-{}.svg", incident.id),
            sha256: hex(&Sha256::digest(svg.as_bytes())),
            svg,
        }),
        upn: who,
    }
}

/// A line of the card, as the screen has it: a revocation that the analyst entered takes the place of what the logs say.
fn line_note(context: &NoteContext, incident: &Incident, leading: &Hit, line: CardLine) -> LineNote {
    let store = &context.loaded.store;
    let entered = context.case.revoked(store.text(leading.user)).filter(|_| line.label == Label::Revoked);
    LineNote { what: line.label.word(), text: entered.map_or(line.text, |at| after(store, incident, at)) }
}

/// The facts that weigh, with their weights and how common they are here, and the sums.
fn reason(points: &[Point]) -> String {
    let weighs = || points.iter().filter(|point| point.for_theft + point.for_work > 0);
    let fact = |point: &Point| {
        let common =
            point.common.map_or_else(String::new, |common| format!("; {} of {} here", common.holds, common.of));
        format!("{} ({}{common})", point.sentence, point.weight())
    };
    let facts: Vec<String> = weighs().map(fact).collect();
    let facts = if facts.is_empty() { "no fact tells theft from work".to_owned() } else { facts.join("; ") };
    let sum = |of: fn(&Point) -> i32| weighs().map(of).sum::<i32>();
    format!("{facts}: {} for theft, {} for work", sum(|point| point.for_theft), sum(|point| point.for_work))
}

fn point_note(point: &Point) -> PointNote {
    PointNote {
        fact: point.sentence.clone(),
        fits: fits(point),
        weight: point.for_theft - point.for_work,
        rows: point.rows.len(),
        common: point.common.map(|common| [common.holds, common.of]),
    }
}

fn control_note(Control { name, did, change, .. }: Control) -> ControlNote {
    ControlNote { name, did, change: Some(change).filter(|change| !change.is_empty()) }
}

fn card_context<'a>(context: &'a NoteContext) -> CardContext<'a> {
    CardContext { store: &context.loaded.store, facts: context.facts, hits: context.hits, incidents: context.incidents }
}

/// One hit with the rows of all.
fn merged(hits: &[&Hit]) -> Hit {
    let mut merged = hits[0].clone();
    let rows = |of: fn(&Hit) -> &[EventId]| {
        hits.iter().flat_map(|hit| of(hit)).copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    merged.evidence = rows(|hit| &hit.evidence);
    merged.legs = rows(|hit| &hit.legs);
    let mut calls: BTreeMap<EventId, GraphCall> = BTreeMap::new();
    let mut acts: BTreeMap<EventId, HitAct> = BTreeMap::new();
    for hit in hits {
        for call in &hit.graph {
            let known = calls.entry(call.event).or_insert(*call);
            known.tie = known.tie.min(call.tie);
        }
        for act in &hit.acts {
            let known = acts.entry(act.event).or_insert(*act);
            known.rung = known.rung.min(act.rung);
        }
        for id in &hit.resource_ids {
            if !merged.resource_ids.contains(id) {
                merged.resource_ids.push(id.clone());
            }
        }
        merged.first_seen = merged.first_seen.min(hit.first_seen);
        merged.last_seen = merged.last_seen.max(hit.last_seen);
    }
    merged.graph = calls.into_values().collect();
    merged.acts = acts.into_values().collect();
    merged
}

/// Resources named.
const RESOURCES: usize = 10;

/// Key facts that the card does not say.
fn facts(context: &NoteContext, hits: &[&Hit], merged: &Hit, known: &BTreeSet<EventId>) -> Vec<FactNote> {
    /// Facts of a hit that are the incident's too.
    const KEPT: [&str; 6] = [
        "User id",
        "Network numbers (ASN)",
        "User agents",
        "Sessions",
        "Tokens (uti)",
        "Tokens (uti) computed from the sign-in id",
    ];
    let mut away = merged.clone();
    away.evidence.retain(|id| !known.contains(id));
    if away.evidence.is_empty() {
        away.evidence.clone_from(&merged.evidence);
    }
    let mut facts = steps::facts(context, &away);
    let agents = facts.iter().find(|fact| fact.name == "User agents").map(|fact| fact.values.clone());
    facts.retain(|fact| {
        // Of the calls what the sign-ins do not have.
        let is_new = || fact.values.iter().any(|value| !agents.iter().flatten().any(|agent| agent == value));
        KEPT.contains(&fact.name)
            || matches!(fact.name, "Allowed by" | "Not allowed")
            || (fact.name == "Graph user agents" && is_new())
    });
    let text = |name, values: Vec<String>| FactNote { name, values, exact: false };
    let mut clients: Vec<String> = Vec::new();
    for hit in hits.iter().filter(|hit| !hit.app_id.is_empty()) {
        let client = format!("{} ({})", hit.app_name, hit.app_id);
        if !clients.contains(&client) {
            clients.push(client);
        }
    }
    facts.push(text("Clients", clients));
    let names = merged.resource_ids.iter().take(RESOURCES).map(|id| steps::resource_name(context, merged, id));
    let more = merged.resource_ids.len().checked_sub(RESOURCES + 1).map(|more| format!("and {} more", more + 1));
    facts.push(text("Resources", names.chain(more).collect()));
    facts.push(text(
        "Client family (FOCI)",
        Some(merged.family.clone()).filter(|text| !text.is_empty()).into_iter().collect(),
    ));
    facts.push(text("Revoked (UTC)", steps::revoked(context, merged).into_iter().collect()));
    facts.push(text("Why it is a hit", vec![format!("{}: {}", merged.analytic, merged.reasons.join("; "))]));
    let mut by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for hit in hits {
        by.entry(hit.analytic).or_default().push(&hit.id);
    }
    facts.push(text("Hits", by.into_iter().map(|(analytic, ids)| format!("{analytic} {}", ids.join(", "))).collect()));
    facts.retain(|fact| !fact.values.is_empty());
    facts
}

/// The steps of an incident: all of the leading hit's, and of the others those with a new id or with work. Of one that is
/// not in full those with work.
fn steps_of(context: &NoteContext, hits: &[&Hit], in_full: bool) -> Vec<IncidentStep> {
    let mut asked: HashSet<&'static str> = HashSet::new();
    let mut kept = Vec::new();
    for (at, hit) in hits.iter().enumerate() {
        for (index, finding) in hit.findings.iter().enumerate() {
            let (id, _) = steps::asked(hit, index);
            let is_new = asked.insert(id) || id.is_empty();
            let has_work = context.case.verdict(&hit.id, id).is_some() || context.case.remark(&hit.id, id).is_some();
            if has_work || (in_full && (at == 0 || is_new)) {
                let step = steps::step(context, hit, index, finding);
                kept.push(IncidentStep { analytic: hit.analytic, leading: at == 0, step });
            }
        }
    }
    kept
}

/// The routines with at least one incident that is a row of the note.
pub(super) fn routines(context: &NoteContext) -> Vec<RoutineNote> {
    let mut by: BTreeMap<usize, Vec<&Chosen>> = BTreeMap::new();
    for chosen in context.selection.incidents.iter().filter(|chosen| chosen.depth == Depth::Row) {
        if let Some(routine) = chosen.incident.routine {
            by.entry(routine).or_default().push(chosen);
        }
    }
    let note = |(at, chosen): (usize, Vec<&Chosen>)| {
        let routine = &context.incidents.routines[at];
        let hits: Vec<&Hit> = chosen.iter().flat_map(|one| one.hits.clone()).collect();
        let leading = chosen[0].hits[0];
        RoutineNote {
            id: routine.id.clone(),
            upn: if leading.upn.is_empty() { leading.user_id.clone() } else { leading.upn.clone() },
            analytic: leading.analytic,
            client: leading.app_name.clone(),
            incidents: chosen.len(),
            first_seen: routine.first,
            last_seen: routine.last,
            hours: routine.hours.clone(),
            verdict: verdict::words(context.case, &hits),
            grounds: Grounds::new(context.case, &hits),
            outcome: outcome(context.case, &hits),
        }
    };
    by.into_iter().map(note).collect()
}
