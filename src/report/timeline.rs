//! A user's events as rows, under the names of the logs' own columns.

use super::hits::source_name;
use super::row::{Row, Value};
use crate::analytics::Hit;
use crate::analytics::ties::{Tie, Ties};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::{EventId, Field, Flags, Sym, Time};
use crate::store::{GUID_LEN, Store, TextKey};
use crate::tables::Role;
use crate::triage::Case;
use crate::triage::acts;
use crate::triage::marks::Places;
use crate::triage::timeline::line;
use std::collections::{BTreeSet, HashMap};

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

/// Columns of an act: what was done, to what and by whom. Of sign-ins and calls all but the count are null.
const ACT: [&str; 8] = ["Operation", "Action", "Object", "Detail", "Count", "Actor", "Tie", "TiedTo"];

/// The hits that each event belongs to, in the order of the hits.
pub type Hits<'a> = HashMap<EventId, Vec<&'a Hit>>;

/// Looks every event of the hits up once: as a sign-in, a device-code leg or a Graph call.
pub fn by_event(hits: &[Hit]) -> Hits<'_> {
    let mut by_event: Hits = HashMap::new();
    for hit in hits {
        let calls = hit.graph.iter().map(|call| call.event);
        let acts = hit.acts.iter().map(|act| act.event);
        let rows = hit.evidence.iter().chain(&hit.legs).copied();
        let events: BTreeSet<EventId> = rows.chain(calls).chain(acts).collect();
        for event in events {
            by_event.entry(event).or_default().push(hit);
        }
    }
    by_event
}

/// The tie of each event to a sign-in of the user who acted.
pub fn ties(loaded: &Loaded, facts: &Facts, events: &[EventId]) -> HashMap<EventId, Tie> {
    let places = crate::analytics::places::Places::new(&loaded.store, facts);
    let mut ties = Ties::new(&loaded.store, &places);
    events.iter().map(|&event| (event, ties.tie(event))).collect()
}

/// The analyst's marks on events: a case, and the positions of its events.
pub type MarkedCase<'a> = Option<(&'a Case, &'a Places)>;

/// Each event of the timeline of `users` (one, or several of one name) as a row that names the hits it belongs to, and
/// what the analyst said of it where a case is given.
pub fn rows<'a>(
    loaded: &'a Loaded,
    facts: &'a Facts,
    users: &'a [Sym],
    events: &'a [EventId],
    ties: &'a HashMap<EventId, Tie>,
    hits: &'a Hits<'a>,
    marked: MarkedCase<'a>,
) -> impl Iterator<Item = Row<'a>> + Clone {
    let before = |index: usize| index.checked_sub(1).map(|index| events[index]);
    events.iter().enumerate().map(move |(index, event)| {
        let mut row = row(loaded, facts, users, *event, before(index), (hits, ties.get(event).copied()));
        if let Some((case, places)) = marked {
            let mark = places.mark(case, *event);
            row.push("Bookmarked", Value::Flag(mark.is_some_and(|mark| mark.bookmarked)));
            row.push("Tags", Value::list(mark.iter().flat_map(|mark| mark.tags.iter().map(String::as_str))));
            row.push("Remark", mark.map_or("", |mark| mark.remark.as_str()));
        }
        row
    })
}

/// The columns of the rows, in order; `marked` for those of a case.
pub fn columns(marked: bool) -> Vec<&'static str> {
    let before = ["Time", "TimeGenerated", "GapSeconds", "Kind", "Table", "Failed"];
    let after = ["TokenComputed", "HitIds", "Source", "Record"];
    let fields = FIELDS.iter().map(|field| field.column());
    let marks = ["Bookmarked", "Tags", "Remark"].into_iter().filter(|_| marked);
    before.into_iter().chain(fields).chain(ACT).chain(after).chain(marks).collect()
}

fn row<'a>(
    loaded: &'a Loaded,
    facts: &'a Facts,
    users: &[Sym],
    event: EventId,
    before: Option<EventId>,
    (hits, tie): (&Hits<'a>, Option<Tie>),
) -> Row<'a> {
    let store = &loaded.store;
    let line = line(store, facts, event, before);
    let record = store.event(event);
    let mut row = Row::default();
    row.push("Time", line.time);
    row.push("TimeGenerated", record.ingested);
    row.push("GapSeconds", line.gap.map_or(Value::Null, |gap| Value::Number(gap.whole_seconds())));
    row.push("Kind", line.kind.word());
    row.push("Table", record.table.name());
    row.push("Failed", Value::Flag(line.failed));
    for field in FIELDS {
        row.push(field.column(), value(store, event, field));
    }
    act(&mut row, loaded, facts, users, event, tie);
    row.push("TokenComputed", Value::Flag(record.flags.has(Flags::TOKEN_COMPUTED)));
    let ids = hits.get(&event).into_iter().flatten().map(|hit| hit.id.as_str());
    row.push("HitIds", Value::list(ids));
    row.push("Source", source_name(loaded, event));
    row.push("Record", Value::Number(i64::from(record.origin.record)));
    row
}

/// Adds the columns of an act.
fn act<'a>(row: &mut Row<'a>, loaded: &'a Loaded, facts: &'a Facts, users: &[Sym], event: EventId, tie: Option<Tie>) {
    let store = &loaded.store;
    let record = store.event(event);
    let action = match record.table.role() {
        Role::Records => Some(acts::verb(store, facts, record)),
        Role::Issues | Role::Uses => None,
    };
    let text = |text: Option<&'a str>| text.map_or(Value::Null, Value::from);
    let field = |field| value(store, event, field);
    let count = acts::count(store, record).and_then(|count| i64::try_from(count).ok()).unwrap_or(1);
    let values = [
        field(Field::Operation),
        text(action),
        field(Field::Object),
        field(Field::Detail),
        Value::Number(count),
        text(acts::actor(store, record, users)),
        text(tie.filter(|_| !record.table.issues()).map(|tie| tie.rung.word())),
        tie.and_then(|tie| tie.sign_in).map_or(Value::Null, |sign_in| value(store, sign_in, Field::Id)),
    ];
    for (name, value) in ACT.into_iter().zip(values) {
        row.push(name, value);
    }
}

/// A field of an event.
fn value(store: &Store, event: EventId, field: Field) -> Value<'_> {
    let sym = store.event(event).get(field);
    match store.key(sym) {
        _ if sym.is_none() => Value::Null,
        TextKey::Text(text) => Value::from(text),
        id @ TextKey::Id(_) => Value::from(id.read(&mut [0; GUID_LEN]).to_owned()),
    }
}

/// The events inside `since ≤ time < until`, in order.
pub fn within(loaded: &Loaded, events: &[EventId], since: Option<Time>, until: Option<Time>) -> Vec<EventId> {
    let inside = |event: &&EventId| {
        let time = loaded.store.event(**event).time();
        since.is_none_or(|since| time >= since) && until.is_none_or(|until| time < until)
    };
    events.iter().filter(inside).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Source, Table};
    use crate::report::{Format, write};
    use crate::store::testing::Rows;

    /// A user's sign-in, a rule of theirs, and a password that an administrator and an application changed for them.
    fn loaded() -> Loaded {
        let mut rows = Rows::default();
        let ana = (Field::UserPrincipalName, "ana@contoso.com");
        rows.row(Table::SignIn, "2026-05-01T14:00:00Z", &[ana, (Field::ResultType, "0"), (Field::Id, "s1")]);
        let rule = [
            ana,
            (Field::Operation, "New-InboxRule"),
            (Field::Object, "=x"),
            (Field::Detail, "→ RSS Feeds"),
            (Field::SessionId, "5e55-1"),
        ];
        rows.row(Table::UnifiedAudit, "2026-05-01T14:01:00Z", &rule).flag(Flags::SUCCESS);
        let read = [ana, (Field::Operation, "MailItemsAccessed"), (Field::Variant, "bind"), (Field::Count, "3")];
        rows.row(Table::UnifiedAudit, "2026-05-01T14:02:00Z", &read).flag(Flags::SUCCESS);
        let reset = [(Field::Operation, "Reset user password"), (Field::Object, "ana@contoso.com")];
        let admin = (Field::UserPrincipalName, "Admin@contoso.com");
        rows.row(Table::Audit, "2026-05-01T14:03:00Z", &[&reset[..], &[admin]].concat());
        let application = (Field::AppDisplayName, "Password Reset");
        rows.row(Table::Audit, "2026-05-01T14:04:00Z", &[&reset[..], &[application]].concat()).flag(Flags::SUCCESS);
        rows.row(Table::Activity, "2026-05-01T14:05:00Z", &[ana, (Field::Operation, "Frobnicate")])
            .flag(Flags::SUCCESS);
        Loaded::new(rows.build(), vec![Source { name: "rows".into(), ..Source::default() }], Vec::new())
    }

    #[test]
    fn rows_name_what_was_done_to_what_how_often_and_by_whom() {
        let loaded = loaded();
        let events: Vec<EventId> = loaded.store.events().map(|(event, _)| event).collect();
        let users = [loaded.store.find("ana@contoso.com").expect("a row is hers")];
        let hits = Hits::new();
        let ties = ties(&loaded, Facts::embedded(), &events);
        let rows: Vec<Row> = rows(&loaded, Facts::embedded(), &users, &events, &ties, &hits, None).collect();
        let names = ["Kind", "Failed", "Operation", "Action", "Object", "Detail", "Count", "Actor", "SessionId"];
        let shown: Vec<Row> = rows
            .iter()
            .map(|row| Row(row.0.iter().filter(|(name, _)| names.contains(name)).cloned().collect()))
            .collect();
        let mut out = Vec::new();
        write(shown, Format::Jsonl, &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
        for row in &rows {
            let names: Vec<&str> = row.0.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, columns(false));
        }
    }
}
