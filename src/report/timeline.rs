//! A user's events as rows, under the names of the logs' own columns.

use super::hits::source_name;
use super::row::{Row, Value};
use crate::analytics::Hit;
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::{EventId, Field, Time};
use crate::triage::timeline::{Kind, line};
use std::borrow::Cow;

/// The word of a kind of line, for exports and tables.
pub fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::DeviceCode => "device code",
        Kind::SignIn => "sign-in",
        Kind::Token => "token",
        Kind::Graph => "graph",
    }
}

/// A client by name: Graph rows have only its id.
pub fn client_name<'a>(facts: &'a Facts, client: &'a str) -> &'a str {
    facts.client(client).map_or(client, |known| &known.name)
}

/// Fields of a row between its kind and its origin, in order.
const FIELDS: [Field; 18] = [
    Field::UserPrincipalName,
    Field::UserId,
    Field::AppDisplayName,
    Field::AppId,
    Field::ResourceDisplayName,
    Field::ResourceIdentity,
    Field::ResultType,
    Field::RequestMethod,
    Field::RequestUri,
    Field::ResponseStatusCode,
    Field::IpAddress,
    Field::Asn,
    Field::UserAgent,
    Field::IncomingTokenType,
    Field::SessionId,
    Field::CorrelationId,
    Field::TokenId,
    Field::Id,
];

/// Each event as a row; `hits` are named in the rows that belong to them.
pub fn rows<'a>(loaded: &'a Loaded, facts: &Facts, events: &[EventId], hits: &'a [Hit]) -> Vec<Row<'a>> {
    let mut before = None;
    let row = |event: &EventId| {
        let row = row(loaded, facts, *event, before, hits);
        before = Some(*event);
        row
    };
    events.iter().map(row).collect()
}

fn row<'a>(loaded: &'a Loaded, facts: &Facts, event: EventId, before: Option<EventId>, hits: &'a [Hit]) -> Row<'a> {
    let store = &loaded.store;
    let line = line(store, facts, event, before);
    let record = store.event(event);
    let mut row = Row::default();
    row.push("Time", line.time);
    row.push("TimeGenerated", record.ingested);
    row.push("GapSeconds", line.gap.map_or(Value::Null, |gap| Value::Number(gap.whole_seconds())));
    row.push("Kind", kind_word(line.kind));
    row.push("Table", record.table.name());
    row.push("Failed", Value::Flag(line.failed));
    for field in FIELDS {
        let missing = record[field].is_none();
        row.push(field.column(), if missing { Value::Null } else { Value::from(store.get(event, field)) });
    }
    row.push("HitIds", Value::List(hits_of(hits, event).map(|hit| Cow::Borrowed(hit.id.as_str())).collect()));
    row.push("Source", source_name(loaded, event));
    row.push("Record", Value::Number(i64::from(record.origin.record)));
    row
}

/// The hits an event belongs to, as a sign-in, a device-code leg or a Graph call.
pub fn hits_of(hits: &[Hit], event: EventId) -> impl Iterator<Item = &Hit> {
    hits.iter().filter(move |hit| has(hit, event))
}

/// Whether an event belongs to a hit.
pub fn has(hit: &Hit, event: EventId) -> bool {
    // All three lists stand in time order, which is the order of ids.
    hit.evidence.binary_search(&event).is_ok()
        || hit.legs.binary_search(&event).is_ok()
        || hit.graph.binary_search_by_key(&event, |call| call.event).is_ok()
}

/// The events inside `since ≤ time < until`, in order.
pub fn within(loaded: &Loaded, events: &[EventId], since: Option<Time>, until: Option<Time>) -> Vec<EventId> {
    let inside = |event: &&EventId| {
        let time = loaded.store.event(**event).time();
        since.is_none_or(|since| time >= since) && until.is_none_or(|until| time < until)
    };
    events.iter().filter(inside).copied().collect()
}
