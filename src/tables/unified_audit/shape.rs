//! The record inside each shape of an export.

use super::flat;
use crate::tables::json::{Arena, Value};
use crate::tables::members::{Members, WrittenTime};

/// Names under which a record stands untouched beside what a pipeline made of it.
const KEPT: [&str; 3] = ["_raw", "event.original", "original"];

/// Names of objects that hold a record, in the order in which they are tried.
const WRAPPERS: [&str; 13] = [
    "_source",
    "result",
    "fields",
    "o365",
    "audit",
    "o365audit",
    "event",
    "message",
    "log",
    "body",
    "properties",
    "record",
    "data",
];

/// Objects around a record that are opened.
const MAX_LEVEL: usize = 8;

/// A record: its members, those of an object inside it first.
pub(super) struct Body<'m, 'r> {
    layers: [Option<&'m Members<'r>>; 2],
    arena: &'r Arena,
}

impl<'m, 'r> Body<'m, 'r> {
    /// A record of which only the envelope is left.
    fn nothing(arena: &'r Arena) -> Self {
        Self { layers: [None; 2], arena }
    }

    fn new(inner: Option<&'m Members<'r>>, members: &'m Members<'r>) -> Self {
        Self { layers: [inner, Some(members)], arena: members.arena() }
    }

    fn layers(&self) -> impl Iterator<Item = &'m Members<'r>> {
        self.layers.into_iter().flatten()
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.layers().next().is_none()
    }

    /// Room for what is read out of it.
    pub(super) fn arena(&self) -> &'r Arena {
        self.arena
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.layers().any(|layer| layer.has(name))
    }

    /// As [`Members::text`].
    pub(super) fn text(&self, name: &str) -> Option<&'r str> {
        self.layers().find_map(|layer| layer.text(name))
    }

    /// The first of several names that has a text.
    pub(super) fn first(&self, names: &[&str]) -> Option<&'r str> {
        names.iter().find_map(|name| self.text(name))
    }

    /// As [`Members::time`].
    pub(super) fn time(&self, names: &[&str]) -> Option<WrittenTime<'r>> {
        self.layers().find_map(|layer| layer.time(names))
    }

    /// As [`Members::value`].
    pub(super) fn value(&self, name: &str) -> Value<'r> {
        self.layers().find(|layer| layer.has(name)).map_or(Value::Null, |layer| layer.value(name))
    }

    /// The value under the first of several names that has one.
    pub(super) fn first_value(&self, names: &[&str]) -> Value<'r> {
        names.iter().find(|name| self.has(name)).map_or(Value::Null, |name| self.value(name))
    }
}

/// Texts of the shape around a record, for what the record lacks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Envelope<'r> {
    pub(super) id: Option<&'r str>,
    pub(super) created: Option<WrittenTime<'r>>,
    /// `UserId` of the record.
    pub(super) user: Option<&'r str>,
    /// Object id of the account; may be an application's.
    pub(super) account: Option<&'r str>,
    pub(super) operation: Option<&'r str>,
    pub(super) workload: Option<&'r str>,
    pub(super) address: Option<&'r str>,
    pub(super) agent: Option<&'r str>,
    /// True if the record is inside a row of `CloudAppEvents`.
    pub(super) is_wrapped: bool,
    /// True if the record was cut off, or left out where the export always has it.
    pub(super) is_cut: bool,
}

impl<'r> Envelope<'r> {
    /// Adds what the members of a shape say of the record inside, unless an outer shape did.
    fn add(&mut self, shape: &Members<'r>) {
        let text = |names: &[&str]| shape.first(names);
        let put = |to: &mut Option<&'r str>, from: Option<&'r str>| *to = to.or(from);
        if shape.has("ActionType") {
            put(&mut self.id, text(&["ReportId"]).and_then(|id| id.splitn(3, '_').nth(2)));
            put(&mut self.account, text(&["AccountObjectId"]));
            put(&mut self.operation, text(&["ActionType"]));
            put(&mut self.workload, text(&["Application"]));
            put(&mut self.address, text(&["IPAddress"]));
            put(&mut self.agent, text(&["UserAgent"]));
        } else if shape.has("auditLogRecordType") {
            // Its names are swapped: `userId` is the record's UserKey.
            put(&mut self.id, text(&["id"]));
            put(&mut self.user, text(&["userPrincipalName"]));
            put(&mut self.operation, text(&["operation"]));
            put(&mut self.workload, text(&["service"]));
            put(&mut self.address, text(&["clientIp"]));
        } else if is_search(shape) {
            put(&mut self.id, text(&["Identity", "RecordId"]));
            put(&mut self.user, text(&["UserIds", "UserId"]));
            put(&mut self.operation, text(&["Operations", "Operation"]));
        } else if let Some(event) = shape.inside("event") {
            put(&mut self.id, event.text("id"));
            put(&mut self.operation, event.text("action"));
            put(&mut self.workload, event.text("provider"));
            let source = ["source", "client"].iter().find_map(|name| shape.inside(name));
            put(&mut self.address, source.and_then(|source| source.text("ip")));
        }
        if self.created.is_none() {
            self.created = shape.time(&TIMES);
        }
    }
}

/// Times of a shape.
const TIMES: [&str; 6] = ["CreationDate", "createdDateTime", "Timestamp", "TimeGenerated", "@timestamp", "_time"];

/// Returns whether the shape is a row of Search-UnifiedAuditLog or of Purview's export.
fn is_search(shape: &Members<'_>) -> bool {
    shape.has("AuditData")
        || shape.has("Operations") && shape.has("UserIds")
        || shape.has("CreationDate") && shape.has("RecordId") && !shape.has("CreationTime")
}

/// Returns whether the members are a record's.
fn is_record(members: &Members<'_>) -> bool {
    const MARKS: [&str; 6] = ["CreationTime", "Workload", "OfficeWorkload", "OfficeId", "RecordType", "OrganizationId"];
    members.text("Operation").is_some() && MARKS.iter().any(|mark| members.has(mark))
}

/// Takes a record and what is around it.
type Read<'f, 'r> = dyn FnMut(&Body<'_, 'r>, &Envelope<'r>) + 'f;

/// Finds the record, however deep, and reads it. What holds none is read as it stands.
pub(super) fn open<'r>(record: &Members<'r>, read: &mut Read<'_, 'r>) {
    if !inside(record, &Envelope::default(), 0, read) {
        read(&Body::new(None, record), &Envelope::default());
    }
}

/// Returns whether a record was found and read.
fn inside<'r>(members: &Members<'r>, around: &Envelope<'r>, level: usize, read: &mut Read<'_, 'r>) -> bool {
    if level == MAX_LEVEL {
        return false;
    }
    if let Some(nested) = flat::nested(members) {
        return inside(&nested, around, level + 1, read);
    }
    let mut whole = *around;
    let mut opens = |name: &str, around: &Envelope<'r>| {
        members.has(name) && object(members, name).is_some_and(|inner| inside(&inner, around, level + 1, read))
    };
    if KEPT.iter().any(|name| opens(name, &whole)) {
        return true;
    }
    for (name, is_always_there) in [("AuditData", true), ("RawEventData", false)] {
        if members.has(name) {
            whole.add(members);
            if let Some(inner) = object(members, name) {
                whole.is_wrapped |= !is_always_there;
                read_body(&inner, &whole, read);
            } else {
                whole.is_cut = is_always_there;
                read(&Body::nothing(members.arena()), &whole);
            }
            return true;
        }
    }
    let is_envelope = is_search(members) || members.has("auditLogRecordType");
    if is_envelope || members.has("ActionType") && !is_record(members) {
        whole.add(members);
        whole.is_cut = is_envelope;
        read(&Body::nothing(members.arena()), &whole);
        return true;
    }
    if is_record(members) {
        read_body(members, around, read);
        return true;
    }
    whole.add(members);
    WRAPPERS.iter().any(|name| opens(name, &whole))
}

fn read_body<'r>(members: &Members<'r>, around: &Envelope<'r>, read: &mut Read<'_, 'r>) {
    let payload = members.inside("dynamicProperties");
    read(&Body::new(payload.as_ref(), members), around);
}

/// The object under a name, in texts in texts too.
fn object<'r>(members: &Members<'r>, name: &str) -> Option<Members<'r>> {
    members.inside(name).or_else(|| {
        let value = match members.value(name) {
            Value::Array([item]) => *item,
            value => value,
        };
        let arena = members.arena();
        value.is_object().then(|| Members::from_json(arena.alloc_str(&value.to_string()), arena))
    })
}
