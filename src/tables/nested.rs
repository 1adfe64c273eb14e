//! A record as objects in objects, whatever shipped it: names joined by dots are parted, JSON in texts is read, envelopes
//! are opened.

use super::json::{Map, Value};
use super::members::{Members, WrittenTime, elements, read_out, scalar};
use crate::model::Span;
use std::borrow::Cow;

/// Names of objects that hold a record, the untouched copy before what a pipeline made of it.
const ENVELOPES: [&str; 10] =
    ["original", "_raw", "message", "result", "_source", "fields", "event", "azure", "auditlogs", "activitylogs"];

/// Envelopes in envelopes that are opened.
const MAX_LEVEL: usize = 6;

/// Endings that union exports and custom tables give to columns.
const SUFFIXES: [&str; 8] = ["", "s", "g", "t", "d", "b", "dynamic", "string"];

/// A record, its `properties` and the envelopes around it.
#[derive(Debug)]
pub(super) struct Nested<'r> {
    /// The record's `properties`; null where it has none.
    inner: Value<'r>,
    record: Value<'r>,
    /// Envelopes, the nearest first, without what they hold.
    around: Vec<Value<'r>>,
}

impl<'r> Nested<'r> {
    /// Opens a record; one that has a text or an object under one of `marks` needs no opening.
    pub(super) fn open(record: &'r Members<'_>, marks: &[&str]) -> Self {
        Self::descend(nest(record), marks, 0).unwrap_or_else(|record| Self::at(record, Vec::new()))
    }

    fn at(mut record: Value<'r>, around: Vec<Value<'r>>) -> Self {
        let inner = take(&mut record, "properties");
        Self { inner, record, around }
    }

    /// The record in an object; the object again where it holds none.
    fn descend(mut object: Value<'r>, marks: &[&str], level: usize) -> Result<Self, Value<'r>> {
        let inner = part(&object, "properties");
        let is_record = |value: &Value<'_>| marks.iter().any(|mark| !is_nothing(part(value, mark)));
        if is_record(&object) || is_record(&read(inner)) {
            return Ok(Self::at(object, Vec::new()));
        }
        if level == MAX_LEVEL {
            return Err(object);
        }
        for name in ENVELOPES {
            let held = take(&mut object, name);
            match held {
                Value::Object(_) => match Self::descend(held, marks, level + 1) {
                    Ok(mut found) => {
                        found.around.push(object);
                        return Ok(found);
                    }
                    Err(held) => put(&mut object, &[name], held),
                },
                Value::Null => {}
                other => put(&mut object, &[name], other),
            }
        }
        Err(object)
    }

    /// A member of the `properties`, else of the record.
    pub(super) fn value(&self, name: &str) -> Cow<'_, Value<'_>> {
        first([&self.inner, &self.record], name)
    }

    /// As [`Self::value`], the record before its `properties`.
    pub(super) fn outer_value(&self, name: &str) -> Cow<'_, Value<'_>> {
        first([&self.record, &self.inner], name)
    }

    /// The first text under one of several names, each looked up in the `properties` first.
    pub(super) fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| text(part(&self.inner, name)).or_else(|| text(part(&self.record, name))))
    }

    /// As [`Self::text`], the record before its `properties`.
    pub(super) fn outer_text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| text(part(&self.record, name)).or_else(|| text(part(&self.inner, name))))
    }

    /// The text at the end of a path from an envelope.
    pub(super) fn around(&self, path: &[&str]) -> Option<String> {
        self.around.iter().find_map(|envelope| {
            let end = path.iter().try_fold(envelope, |value, name| Some(part(value, name)).filter(|v| !v.is_null()));
            text(end?)
        })
    }

    /// A time: of the record, else of an envelope; `columns` knows the offsets of columns.
    pub(super) fn time(&self, columns: &Members<'_>, names: &[&str]) -> Option<WrittenTime> {
        let written = |text| WrittenTime { text, utc_offset: Span::from_ticks(0) };
        names.iter().find_map(|name| {
            let found = self.text(&[name]).or_else(|| self.around(&[name]))?;
            Some(columns.time(&[name]).unwrap_or_else(|| written(found)))
        })
    }
}

/// The member of the first of two objects that has one.
fn first<'v>(objects: [&'v Value<'v>; 2], name: &str) -> Cow<'v, Value<'v>> {
    let found = objects.into_iter().map(|object| part(object, name)).find(|value| !is_nothing(value));
    found.map_or(Cow::Owned(Value::Null), read)
}

/// The members of a record in their objects.
fn nest<'r>(record: &'r Members<'_>) -> Value<'r> {
    let mut object = Value::Object(Map::new());
    for (name, value) in record.values().filter(|(_, value)| !is_nothing(value)) {
        let name = bare(name);
        // Nearly every name is of one part.
        if name.is_empty() || name.bytes().any(|byte| matches!(byte, b'.' | b'/' | b'}')) {
            put(&mut object, &path(name), value);
        } else {
            put(&mut object, &[name], value);
        }
    }
    object
}

/// A column's name without what exports add to it.
fn bare(name: &str) -> &str {
    let name = name.trim();
    let name = if name.ends_with(']') { name.split(" [").next().unwrap_or(name) } else { name };
    match name.rsplit_once('_') {
        Some((start, end)) if !start.is_empty() && SUFFIXES.contains(&end) => start,
        _ => name,
    }
}

/// The names that a name joins by dots; those of claims are addresses, which have dots.
fn path(name: &str) -> Vec<&str> {
    let (objects, claim) = name.find("http://").map_or((name, ""), |at| name.split_at(at));
    let mut names: Vec<&str> = objects
        .split('.')
        .map(|name| name.strip_suffix("{}").unwrap_or(name))
        .filter(|name| !name.is_empty())
        .collect();
    names.extend(Some(claim).filter(|claim| !claim.is_empty()));
    names
}

/// Puts a value at the end of a path. What is there stays, unless it is a text in the place of an object.
fn put<'r>(object: &mut Value<'r>, path: &[&'r str], value: Value<'r>) {
    let Value::Object(members) = object else { return };
    match path {
        [] => {}
        [name] => match members.get_mut(*name) {
            Some(Value::Object(known)) => {
                if let Value::Object(more) = value {
                    for (name, value) in more {
                        known.entry(name).or_insert(value);
                    }
                }
            }
            Some(known) if is_nothing(known) || value.is_object() && known.is_string() => *known = value,
            Some(_) => {}
            None => {
                members.insert(Cow::Borrowed(*name), value);
            }
        },
        [name, rest @ ..] => {
            let inner = members.entry(Cow::Borrowed(*name)).or_insert(Value::Null);
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            put(inner, rest, value);
        }
    }
}

/// Takes what an object has under a name, JSON in texts read; null where it has nothing.
fn take<'r>(object: &mut Value<'r>, name: &str) -> Value<'r> {
    let Value::Object(members) = object else { return Value::Null };
    let key = members.keys().find(|key| is_name(key, name)).cloned();
    key.and_then(|key| members.remove(&key)).map_or(Value::Null, read_out)
}

/// The member of an object under a name, without case and underscores; null where there is none.
pub(super) fn part<'v>(value: &'v Value<'v>, name: &str) -> &'v Value<'v> {
    let Value::Object(members) = value else { return &Value::Null };
    let mut found = None;
    for (key, value) in members {
        if is_name(key, name) {
            if key == name {
                return value;
            }
            found = found.or(Some(value));
        }
    }
    found.unwrap_or(&Value::Null)
}

/// The first of several names that an object has a text under.
pub(super) fn part_text(value: &Value<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| text(part(value, name)))
}

/// Returns whether a key is a name: `targetResources` is `target_resources`, but `_id` of a search tool is no `id`.
fn is_name(key: &str, name: &str) -> bool {
    let letter = |text: &str| text.as_bytes().first().map(u8::to_ascii_lowercase);
    // Underscores but the first are passed over: either both names begin with one, or neither does.
    if letter(key) != letter(name) || key.len() < name.len() {
        return false;
    }
    let mut letters = key.bytes().filter(|byte| *byte != b'_');
    let mut wanted = name.bytes().filter(|byte| *byte != b'_');
    loop {
        match (letters.next(), wanted.next()) {
            (None, None) => return true,
            (Some(letter), Some(other)) if letter.eq_ignore_ascii_case(&other) => {}
            _ => return false,
        }
    }
}

/// A value without the text around it.
pub(super) fn read<'v>(value: &'v Value<'v>) -> Cow<'v, Value<'v>> {
    match value {
        Value::String(text) if text.trim_start().starts_with(['{', '[', '"', '@']) => {
            Cow::Owned(read_out(Value::String(Cow::Borrowed(text))))
        }
        _ => Cow::Borrowed(value),
    }
}

/// As [`read`], and the elements of a list that PowerShell made texts of.
pub(super) fn opened<'v>(value: &'v Value<'v>) -> Cow<'v, Value<'v>> {
    match value {
        Value::Array(items) if items.iter().any(Value::is_string) => Cow::Owned(read_out(value.clone())),
        _ => read(value),
    }
}

/// The elements of an array or of an object numbered as one, JSON in texts read; of anything else but null, itself.
pub(super) fn items<'v>(value: &'v Value<'v>) -> Vec<Cow<'v, Value<'v>>> {
    if let Value::Object(members) = value
        && !members.is_empty()
        && members.keys().all(|key| key.bytes().all(|byte| byte.is_ascii_digit()) && key.len() < 9)
    {
        let mut numbered: Vec<(u32, &Value<'_>)> =
            members.iter().filter_map(|(key, value)| Some((key.parse().ok()?, value))).collect();
        numbered.sort_by_key(|(number, _)| *number);
        return numbered.into_iter().map(|(_, value)| read(value)).collect();
    }
    elements(value).iter().map(read).collect()
}

/// A scalar as text, also the only one of an array.
pub(super) fn text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Array(items) if items.len() == 1 => scalar(&items[0]),
        _ => scalar(value),
    }
}

fn is_nothing(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
