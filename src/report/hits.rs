//! A hit as one row: the published query's columns under their own names, then ours.

use super::row::{Row, Value};
use crate::analytics::acts::{Done, done};
use crate::analytics::{Attack, Hit, by_id};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::{EventId, Field, SourceId, Time};
use crate::store::Store;
use std::collections::BTreeSet;

/// Every hit as a row, in the order given.
pub fn rows<'a>(loaded: &'a Loaded, facts: &'a Facts, hits: &'a [Hit]) -> impl Iterator<Item = Row<'a>> + Clone {
    hits.iter().map(move |hit| row(loaded, facts, hit))
}

/// The columns that every hit has.
pub const COLUMNS: [&str; 23] = [
    "UserPrincipalName",
    "FirstSeen",
    "LastSeen",
    "SignInCount",
    "Analytic",
    "HitId",
    "Incident",
    "Semantics",
    "AlsoPublished",
    "Severity",
    "Confidence",
    "Reasons",
    "UserId",
    "Family",
    "ResourceIds",
    "GraphCalls",
    "GraphUserAgents",
    "GraphLink",
    "Acts",
    "Actions",
    "Attack",
    "Steps",
    "Events",
];

/// One hit as a row.
pub fn row<'a>(loaded: &'a Loaded, facts: &'a Facts, hit: &'a Hit) -> Row<'a> {
    let mut row = Row(hit.columns.iter().map(|(name, cell)| (*name, Value::from(cell))).collect());
    let common = [
        ("UserPrincipalName", Value::from(hit.upn.as_str())),
        ("FirstSeen", Value::Time(hit.first_seen)),
        ("LastSeen", Value::Time(hit.last_seen)),
        ("SignInCount", Value::count(hit.sign_in_count)),
    ];
    if hit.grade.is_some() || hit.is_found_elsewhere_only() {
        row.push("AppId", hit.app_id.as_str());
        row.push("AppDisplayName", hit.app_name.as_str());
        row.push("SessionId", hit.session.as_deref().unwrap_or_default());
    }
    let ours = [
        ("Analytic", Value::from(hit.analytic)),
        ("HitId", Value::from(hit.id.as_str())),
        ("Incident", if hit.incident.is_empty() { Value::Null } else { Value::from(hit.incident.as_str()) }),
        ("Semantics", Value::from(hit.semantics.word())),
        ("AlsoPublished", Value::Flag(hit.also_published)),
        ("Severity", Value::from(hit.severity.word())),
        ("Confidence", Value::from(hit.confidence.word())),
        ("Reasons", Value::list(hit.reasons.iter().map(String::as_str))),
        ("UserId", Value::from(hit.user_id.as_str())),
        ("Family", Value::from(hit.family.as_str())),
        ("ResourceIds", Value::list(hit.resource_ids.iter().map(String::as_str))),
        ("GraphCalls", Value::count(hit.graph.len())),
        ("GraphUserAgents", Value::list(graph_agents(loaded, hit))),
        ("GraphLink", Value::from(hit.graph_tie().word())),
        ("Acts", Value::count(hit.acts.len())),
        ("Actions", Value::Rows(actions(loaded, facts, hit))),
        ("Attack", Value::Rows(hit.attack.iter().map(attack).collect())),
        ("Steps", Value::Rows(steps(hit))),
        ("Events", Value::Rows(hit.evidence.iter().map(|event| origin(loaded, *event)).collect())),
    ];
    if let Some(weights) = &hit.weights {
        let fact = |fact: &crate::analytics::weights::Fact| {
            let mut row = Row::default();
            row.push("Fact", fact.words());
            row.push("ForTheft", Value::Number(weights.theft_of(*fact).into()));
            row.push("ForWork", Value::Number(fact.for_work().into()));
            row
        };
        row.push("Weights", Value::Rows(weights.facts.iter().map(fact).collect()));
    }
    for (name, value) in common.into_iter().chain(ours) {
        // An analytic may have the column already, by its query's name.
        if !row.has(name) {
            row.push(name, value);
        }
    }
    if !hit.elsewhere.is_empty() {
        let found = hit.elsewhere.iter().map(|found| {
            let mut row = Row::default();
            row.push("Engine", found.engine.as_str());
            row.push("Semantics", found.semantics.word());
            row.push("Source", source_at(loaded, found.origin.source));
            row.push("Record", Value::Number(found.origin.record.into()));
            row
        });
        row.push("FoundElsewhere", Value::Rows(found.collect()));
    }
    if let Some(entry) = &hit.allowed {
        let mut allowed = Row::default();
        allowed.push("Entry", Value::count(entry.number));
        allowed.push("Reason", entry.reason.as_str());
        allowed.push("Expires", Value::Time(entry.expires));
        if let Some(uncovered) = &hit.uncovered {
            allowed.push("CallsFrom", Value::list(uncovered.texts()));
        }
        row.push("Allowed", Value::Rows(vec![allowed]));
    } else if let Some(uncovered) = &hit.uncovered {
        let mut near = Row::default();
        near.push("Entry", Value::count(uncovered.entry.number));
        near.push("Reason", uncovered.entry.reason.as_str());
        near.push("Expires", Value::Time(uncovered.entry.expires));
        near.push("Outside", Value::list(uncovered.texts()));
        row.push("NotAllowed", Value::Rows(vec![near]));
    }
    row
}

/// The acts of the audit logs, an action each.
fn actions<'a>(loaded: &'a Loaded, facts: &'a Facts, hit: &Hit) -> Vec<Row<'a>> {
    let store = &loaded.store;
    let time = |id: Option<&EventId>| Value::Time(id.map_or(Time::MISSING, |id| store.event(*id).time()));
    let action = |one: Done<'a>| {
        let mut row = Row::default();
        row.push("Action", one.verb);
        row.push("Count", Value::Number(i64::try_from(one.count).unwrap_or(i64::MAX)));
        row.push("Failed", Value::count(one.failed));
        row.push("Objects", Value::list(one.objects.iter().copied().take(OBJECTS)));
        row.push("First", time(one.rows.first()));
        row.push("Last", time(one.rows.last()));
        row.push("Tie", one.rung.word());
        row
    };
    done(store, facts, &hit.acts).into_iter().map(action).collect()
}

/// Most objects of an action that a hit names.
const OBJECTS: usize = 100;

/// Source, record number and id of an event: enough to find its raw record. An event of several rows names its
/// copies too, with the columns that each of them gave.
pub fn origin(loaded: &Loaded, event: EventId) -> Row<'_> {
    let store = &loaded.store;
    let mut row = place(loaded, event);
    row.push("Id", store.get(event, Field::Id));
    let copy = |copy| {
        let mut row = place(loaded, copy);
        row.push("Gave", Value::list(gave(store, event, copy)));
        row
    };
    let copies: Vec<Row> = store.rows(event).skip(1).map(copy).collect();
    if !copies.is_empty() {
        row.push("Copies", Value::Rows(copies));
    }
    row
}

fn place(loaded: &Loaded, event: EventId) -> Row<'_> {
    let mut row = Row::default();
    row.push("Source", source_name(loaded, event));
    row.push("Record", Value::Number(i64::from(loaded.store.event(event).origin.record)));
    row
}

/// The columns of an event that one of its copies gave.
fn gave(store: &Store, event: EventId, copy: EventId) -> Vec<&'static str> {
    let time = (store.event(event).created.is_known() && store.time_row(event) == copy).then_some("CreatedDateTime");
    let fields = Field::ALL.into_iter().filter(|field| !store.event(event).get(*field).is_none());
    let given = fields.filter(|field| store.field_row(event, *field) == copy);
    time.into_iter().chain(given.map(Field::column)).collect()
}

/// Name of the source an event was read from.
pub fn source_name(loaded: &Loaded, event: EventId) -> &str {
    source_at(loaded, loaded.store.event(event).origin.source)
}

fn source_at(loaded: &Loaded, source: SourceId) -> &str {
    loaded.sources.get(source.0 as usize).map_or("", |source| source.name.as_str())
}

/// Distinct user agents of the hit's Graph calls, sorted.
fn graph_agents<'a>(loaded: &'a Loaded, hit: &Hit) -> BTreeSet<&'a str> {
    let agent = |call: &crate::analytics::GraphCall| loaded.store.get(call.event, Field::UserAgent);
    hit.graph.iter().map(agent).filter(|agent| !agent.is_empty()).collect()
}

fn attack(attack: &Attack) -> Row<'_> {
    let mut row = Row::default();
    row.push("Id", attack.id);
    row.push("Name", attack.name);
    row.push("Evidence", attack.evidence.as_str());
    row
}

fn steps(hit: &Hit) -> Vec<Row<'_>> {
    let steps = by_id(hit.analytic).map_or(&[][..], |analytic| analytic.steps);
    let row = |(index, finding): (usize, &'_ crate::analytics::Finding)| {
        let mut row = Row::default();
        row.push("Number", Value::count(index + 1));
        row.push("Id", steps.get(index).map_or("", |step| step.id));
        row.push("Question", steps.get(index).map_or("", |step| step.question));
        row.push("Finding", finding.state.word());
        row.push("Sentence", finding.sentence.clone());
        row
    };
    hit.findings.iter().enumerate().map(row).collect()
}
