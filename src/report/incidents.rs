//! An incident as one row.

use super::card::{Card, CardContext, card};
use super::row::{Row, Value};
use crate::analytics::incidents::{Lane, Novel};
use crate::model::EventId;

/// The columns that every incident has.
pub const COLUMNS: [&str; 22] = [
    "IncidentId",
    "UserPrincipalName",
    "UserId",
    "Severity",
    "Confidence",
    "FirstSeen",
    "LastSeen",
    "Headline",
    "SeverityReasons",
    "Analytics",
    "LeadingHit",
    "Hits",
    "SignInCount",
    "GraphCalls",
    "Acts",
    "Roles",
    "Places",
    "New",
    "Revocations",
    "Linked",
    "Routine",
    "Card",
];

/// Incidents of others named of one link: an intruder's address may be in thousands.
const LINKED: usize = 100;

/// Every incident as a row, the worst first.
pub fn rows<'a>(context: &'a CardContext<'a>) -> impl Iterator<Item = Row<'a>> + Clone {
    (0..context.incidents.all.len()).map(move |at| row(context, at))
}

fn row<'a>(context: &'a CardContext<'a>, at: usize) -> Row<'a> {
    let incidents = context.incidents;
    let incident = &incidents.all[at];
    let leading = &context.hits[incident.leading()];
    let Card { headline, lines, .. } = card(context, at);
    let hits = || incident.hits.iter().map(|hit| &context.hits[*hit]);
    let mut ordered: Vec<_> = hits().collect();
    ordered.sort_by_key(|hit| hit.first_seen);
    let mut analytics: Vec<&str> = hits().map(|hit| hit.analytic).collect();
    analytics.sort_unstable();
    analytics.dedup();
    let distinct = |mut rows: Vec<EventId>| {
        rows.sort_unstable();
        rows.dedup();
        Value::count(rows.len())
    };
    let values = [
        Value::from(incident.id.as_str()),
        Value::from(leading.upn.as_str()),
        Value::from(leading.user_id.as_str()),
        Value::from(incident.severity.word()),
        Value::from(incident.confidence.word()),
        Value::Time(incident.first),
        Value::Time(incident.last),
        Value::from(headline),
        Value::list(incident.severity_reasons.iter().map(String::as_str)),
        Value::list(analytics),
        Value::from(leading.id.as_str()),
        Value::list(ordered.iter().map(|hit| hit.id.as_str())),
        distinct(hits().flat_map(|hit| hit.evidence.iter().chain(&hit.legs)).copied().collect()),
        distinct(hits().flat_map(|hit| &hit.graph).map(|call| call.event).collect()),
        distinct(hits().flat_map(|hit| &hit.acts).map(|act| act.event).collect()),
        Value::list(incident.roles.iter().map(String::as_str)),
        Value::Rows(incident.lanes.iter().map(|lane| place(context, lane)).collect()),
        Value::Rows(incident.novel.iter().map(novel).collect()),
        Value::list(incident.revoked.iter().map(ToString::to_string)),
        Value::Rows(linked(context, at)),
        incident.routine.map_or(Value::Null, |number| routine(context, number)),
        Value::Rows(lines.into_iter().map(|line| named(line.label.word(), line.text)).collect()),
    ];
    let mut row = Row::default();
    for (name, value) in COLUMNS.into_iter().zip(values) {
        row.push(name, value);
    }
    row
}

fn place<'a>(context: &CardContext<'a>, lane: &'a Lane) -> Row<'a> {
    let mut row = Row::default();
    row.push("Address", lane.address.as_str());
    row.push("Network", lane.net.map_or(Value::Null, |net| net.to_string().into()));
    row.push("Location", lane.location.as_str());
    row.push("Standing", lane.standing.word());
    row.push("SignIns", Value::count(lane.sign_ins.len()));
    row.push("Uses", Value::count(lane.uses.len()));
    row.push("OtherUsers", Value::count(lane.others));
    row.push("FirstSeen", lane.first().map_or(Value::Null, |id| Value::Time(context.store.event(id).time())));
    row
}

fn novel(novel: &Novel) -> Row<'_> {
    named(novel.kind(), novel.value())
}

fn named<'a>(what: &'static str, value: String) -> Row<'a> {
    let mut row = Row::default();
    row.push("What", what);
    row.push("Value", value);
    row
}

/// The incidents of other users that share something new, each with what it is.
fn linked<'a>(context: &'a CardContext<'a>, at: usize) -> Vec<Row<'a>> {
    let all = &context.incidents.all;
    let user = |at: usize| context.hits[all[at].leading()].user;
    let mut rows = Vec::new();
    for link in context.incidents.links(at) {
        for &other in link.incidents.iter().filter(|other| user(**other) != user(at)).take(LINKED) {
            let mut row = named(link.novel.kind(), link.novel.value());
            row.push("IncidentId", all[other].id.as_str());
            row.push("UserPrincipalName", context.hits[all[other].leading()].upn.as_str());
            rows.push(row);
        }
    }
    rows
}

fn routine<'a>(context: &'a CardContext<'a>, number: usize) -> Value<'a> {
    let routine = &context.incidents.routines[number];
    let mut row = Row::default();
    row.push("RoutineId", routine.id.as_str());
    row.push("Incidents", Value::count(routine.incidents.len()));
    row.push("FirstSeen", Value::Time(routine.first));
    row.push("LastSeen", Value::Time(routine.last));
    row.push("Hours", format!("{} to {}", routine.hours.0, routine.hours.1));
    Value::Object(row)
}
