//! The record inside each shape of an export.

use super::flat;
use crate::tables::json::Value;
use crate::tables::members::{Members, WrittenTime};
use std::borrow::Cow;

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
pub(super) struct Body<'m> {
    layers: Vec<&'m Members<'m>>,
}

impl Body<'_> {
    /// A record of which only the envelope is left.
    fn nothing() -> Self {
        Self { layers: Vec::new() }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.layers.is_empty()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.layers.iter().any(|layer| layer.has(name))
    }

    /// As [`Members::text`].
    pub(super) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.layers.iter().find_map(|layer| layer.text(name))
    }

    /// The first of several names that has a text.
    pub(super) fn first(&self, names: &[&str]) -> Option<Cow<'_, str>> {
        names.iter().find_map(|name| self.text(name))
    }

    /// As [`Members::time`].
    pub(super) fn time(&self, names: &[&str]) -> Option<WrittenTime> {
        self.layers.iter().find_map(|layer| layer.time(names))
    }

    /// As [`Members::value`].
    pub(super) fn value(&self, name: &str) -> Value<'_> {
        self.layers.iter().find(|layer| layer.has(name)).map_or(Value::Null, |layer| layer.value(name))
    }

    /// The value under the first of several names that has one.
    pub(super) fn first_value(&self, names: &[&str]) -> Value<'_> {
        names.iter().find(|name| self.has(name)).map_or(Value::Null, |name| self.value(name))
    }
}

/// Texts of the shape around a record, for what the record lacks.
#[derive(Clone, Debug, Default)]
pub(super) struct Envelope {
    pub(super) id: Option<String>,
    pub(super) created: Option<WrittenTime>,
    /// `UserId` of the record.
    pub(super) user: Option<String>,
    /// Object id of the account; may be an application's.
    pub(super) account: Option<String>,
    pub(super) operation: Option<String>,
    pub(super) workload: Option<String>,
    pub(super) address: Option<String>,
    pub(super) agent: Option<String>,
    /// True if the record is inside a row of `CloudAppEvents`.
    pub(super) is_wrapped: bool,
    /// True if the record was cut off, or left out where the export always has it.
    pub(super) is_cut: bool,
}

impl Envelope {
    /// Adds what the members of a shape say of the record inside, unless an outer shape did.
    fn add(&mut self, shape: &Members<'_>) {
        let text = |names: &[&str]| shape.first(names).map(Cow::into_owned);
        let put = |to: &mut Option<String>, from: Option<String>| {
            if to.is_none() {
                *to = from;
            }
        };
        if shape.has("ActionType") {
            put(&mut self.id, text(&["ReportId"]).and_then(|id| Some(id.splitn(3, '_').nth(2)?.to_owned())));
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
            let text = |name: &str| event.text(name).map(Cow::into_owned);
            put(&mut self.id, text("id"));
            put(&mut self.operation, text("action"));
            put(&mut self.workload, text("provider"));
            let source = ["source", "client"].iter().find_map(|name| shape.inside(name));
            put(&mut self.address, source.and_then(|source| source.text("ip").map(Cow::into_owned)));
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

/// Finds the record, however deep, and reads it. What holds none is read as it stands.
pub(super) fn open(record: &Members<'_>, read: &mut dyn FnMut(&Body<'_>, &Envelope)) {
    if !inside(record, &Envelope::default(), 0, read) {
        read(&Body { layers: vec![record] }, &Envelope::default());
    }
}

/// Returns whether a record was found and read.
fn inside(members: &Members<'_>, around: &Envelope, level: usize, read: &mut dyn FnMut(&Body<'_>, &Envelope)) -> bool {
    if level == MAX_LEVEL {
        return false;
    }
    if let Some(nested) = flat::nested(members) {
        return inside(&nested, around, level + 1, read);
    }
    let mut whole = around.clone();
    let mut opens = |name: &str, around: &Envelope| {
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
                read(&Body::nothing(), &whole);
            }
            return true;
        }
    }
    let is_envelope = is_search(members) || members.has("auditLogRecordType");
    if is_envelope || members.has("ActionType") && !is_record(members) {
        whole.add(members);
        whole.is_cut = is_envelope;
        read(&Body::nothing(), &whole);
        return true;
    }
    if is_record(members) {
        read_body(members, around, read);
        return true;
    }
    whole.add(members);
    WRAPPERS.iter().any(|name| opens(name, &whole))
}

fn read_body(members: &Members<'_>, around: &Envelope, read: &mut dyn FnMut(&Body<'_>, &Envelope)) {
    match members.inside("dynamicProperties") {
        Some(payload) => read(&Body { layers: vec![&payload, members] }, around),
        None => read(&Body { layers: vec![members] }, around),
    }
}

/// The object under a name, in texts in texts too.
fn object<'m>(members: &'m Members<'_>, name: &str) -> Option<Members<'m>> {
    members.inside(name).or_else(|| match members.value(name) {
        value @ Value::Object(_) => Some(Members::from_text(&value.to_string())),
        Value::Array(items) if items.len() == 1 && items[0].is_object() => {
            Some(Members::from_text(&items[0].to_string()))
        }
        _ => None,
    })
}
