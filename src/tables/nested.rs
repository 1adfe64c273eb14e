//! A record as objects in objects, whatever shipped it: names joined by dots are parted, JSON in texts is read, envelopes
//! are opened.

use super::json::{Arena, Map, Value};
use super::members::{Members, WrittenTime, elements, read_out, scalar, trim};
use super::name_index::{NameIndex, NameMark};
use crate::model::Span;
use bumpalo::collections::Vec as List;
use serde_json::{Value as Tree, map::Map as Branches};

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
    arena: &'r Arena,
    /// The record's `properties`; nothing where it has none.
    inner: Object<'r>,
    record: Object<'r>,
    /// Envelopes, the nearest first, without what they hold.
    around: Vec<Value<'r>>,
}

impl<'r> Nested<'r> {
    /// Opens a record; one that has a text or an object under one of `marks` needs no opening.
    pub(super) fn open(record: &Members<'r>, marks: &[&str]) -> Self {
        let arena = record.arena();
        let record = nest(record);
        if record.is_one(marks, arena) {
            return Self::at(record, arena);
        }
        Self::inside(record.members, marks, 0, arena).unwrap_or_else(|| Self::at(record, arena))
    }

    fn at(record: Object<'r>, arena: &'r Arena) -> Self {
        let inner = Object::new(read_out(record.first("properties"), arena), arena);
        Self { arena, inner, record, around: Vec::new() }
    }

    /// The record in an envelope of an object; `None` where it holds none.
    fn inside(members: Map<'r>, marks: &[&str], level: usize, arena: &'r Arena) -> Option<Self> {
        if level == MAX_LEVEL {
            return None;
        }
        let mut object = Value::Object(members);
        for name in ENVELOPES {
            let (held, rest) = taken(object, name, arena);
            if !held.is_object() {
                continue;
            }
            let inner = Object::new(held, arena);
            let found = if inner.is_one(marks, arena) {
                Some(Self::at(inner, arena))
            } else {
                Self::inside(inner.members, marks, level + 1, arena)
            };
            if let Some(mut found) = found {
                found.around.push(rest);
                return Some(found);
            }
            // It stays beside the record, read out.
            let Value::Object(rest) = rest else { continue };
            object = Value::object(&rest.iter().chain([(name, held)]).collect::<Vec<_>>(), arena);
        }
        None
    }

    /// A member of the `properties`, else of the record.
    pub(super) fn value(&self, name: &str) -> Value<'r> {
        first([&self.inner, &self.record], name, self.arena)
    }

    /// As [`Self::value`], the record before its `properties`.
    pub(super) fn outer_value(&self, name: &str) -> Value<'r> {
        first([&self.record, &self.inner], name, self.arena)
    }

    /// Room for what is read out of it.
    pub(super) fn arena(&self) -> &'r Arena {
        self.arena
    }

    /// The first text under one of several names, each looked up in the `properties` first.
    pub(super) fn text(&self, names: &[&str]) -> Option<&'r str> {
        names.iter().find_map(|name| text(self.inner.part(name)).or_else(|| text(self.record.part(name))))
    }

    /// As [`Self::text`], the record before its `properties`.
    pub(super) fn outer_text(&self, names: &[&str]) -> Option<&'r str> {
        names.iter().find_map(|name| text(self.record.part(name)).or_else(|| text(self.inner.part(name))))
    }

    /// The text at the end of a path from an envelope.
    pub(super) fn around(&self, path: &[&str]) -> Option<&'r str> {
        self.around.iter().find_map(|envelope| {
            let end = path.iter().try_fold(*envelope, |value, name| Some(part(value, name)).filter(|v| !v.is_null()));
            text(end?)
        })
    }

    /// A time: of the record, else of an envelope; `columns` knows the offsets of columns.
    pub(super) fn time(&self, columns: &Members<'r>, names: &[&str]) -> Option<WrittenTime<'r>> {
        let written = |text| WrittenTime { text, utc_offset: Span::from_ticks(0) };
        names.iter().find_map(|name| {
            let found = self.text(&[name]).or_else(|| self.around(&[name]))?;
            Some(columns.time(&[name]).unwrap_or_else(|| written(found)))
        })
    }
}

/// An object in which many names are looked for.
#[derive(Debug)]
struct Object<'r> {
    members: Map<'r>,
    index: NameIndex<'r>,
}

impl<'r> Object<'r> {
    fn new(value: Value<'r>, arena: &'r Arena) -> Self {
        let members = if let Value::Object(members) = value { members } else { Map::default() };
        let mut index = NameIndex::new(members.names().count(), arena);
        members.names().for_each(|name| index.add(mark_of_key(name)));
        Self { members, index }
    }

    /// Returns whether it is a record: it or its `properties` has something under one of the names.
    fn is_one(&self, marks: &[&str], arena: &'r Arena) -> bool {
        let has_one = |object: &Self| marks.iter().any(|mark| !is_nothing(object.part(mark)));
        has_one(self) || has_one(&Self::new(read(self.part("properties"), arena), arena))
    }

    /// As [`Self::part`], the first one however it is written.
    fn first(&self, name: &str) -> Value<'r> {
        let named = |at| Some(self.members.at(at)).filter(|(key, _)| is_name(key, name)).map(|(_, value)| value);
        self.index.find(mark(name), named).unwrap_or_default()
    }

    /// As [`part`].
    fn part(&self, name: &str) -> Value<'r> {
        // Most records have no `properties`.
        if self.members.is_empty() {
            return Value::Null;
        }
        let mut found = None;
        let exact = self.index.find(mark(name), |at| {
            let (key, value) = self.members.at(at);
            if key == name {
                return Some(value);
            }
            if found.is_none() && is_name(key, name) {
                found = Some(value);
            }
            None
        });
        exact.or(found).unwrap_or_default()
    }
}

/// The mark of a key, in which underscores do not count.
fn mark_of_key(key: &str) -> NameMark {
    NameMark::new(key.as_bytes(), key.bytes().filter(|byte| *byte != b'_').count())
}

/// As [`mark_of_key`], of a name that is looked for.
fn mark(name: &str) -> NameMark {
    let first = usize::from(name.starts_with('_'));
    debug_assert!(!name[first..].contains('_'), "{name}");
    NameMark::new(name.as_bytes(), name.len() - first)
}

/// The member of the first of two objects that has one.
fn first<'r>(objects: [&Object<'r>; 2], name: &str, arena: &'r Arena) -> Value<'r> {
    let found = objects.into_iter().map(|object| object.part(name)).find(|value| !is_nothing(*value));
    found.map_or(Value::Null, |value| read(value, arena))
}

/// The members of a record in their objects.
fn nest<'r>(record: &Members<'r>) -> Object<'r> {
    plain(record).unwrap_or_else(|| {
        let object = tree(record).to_string();
        Object::new(Value::parse(record.arena().alloc_str(&object), record.arena()).unwrap_or_default(), record.arena())
    })
}

/// The members of a record whose names are of one part, each of them once, as nearly all are.
fn plain<'r>(record: &Members<'r>) -> Option<Object<'r>> {
    let (room, arena) = (record.names().count(), record.arena());
    let mut members = List::with_capacity_in(room, arena);
    let mut index = NameIndex::new(room, arena);
    for (name, is_word, value) in record.words_and_values().filter(|(_, _, value)| !is_nothing(*value)) {
        let name = if is_word { name } else { bare(name) };
        let mark = if is_word { NameMark::new(name.as_bytes(), name.len()) } else { mark_of_key(name) };
        let is_of_parts = || name.is_empty() || memchr::memchr3(b'.', b'/', b'}', name.as_bytes()).is_some();
        let is_known = |at: usize| members.get(at).filter(|(known, _)| *known == name).map(|_| ());
        if !is_word && is_of_parts() || index.find(mark, is_known).is_some() {
            return None;
        }
        index.add(mark);
        members.push((name, value));
    }
    Some(Object { members: Map::of_distinct(members.into_bump_slice()), index })
}

/// The members of a record in the objects that their names say.
fn tree(record: &Members<'_>) -> Tree {
    let mut object = Tree::Object(Branches::new());
    for (name, value) in record.values().filter(|(_, value)| !is_nothing(*value)) {
        put(&mut object, &path(bare(name)), serde_json::from_str(&value.to_string()).unwrap_or_default());
    }
    object
}

/// A column's name without what exports add to it.
fn bare(name: &str) -> &str {
    let name = trim(name);
    let name = if name.ends_with(']') { name.split(" [").next().unwrap_or(name) } else { name };
    // As long as the longest, and the underscore before it.
    let tail = name.len().saturating_sub(8);
    match name.as_bytes()[tail..].iter().rposition(|byte| *byte == b'_').map(|at| tail + at) {
        Some(at) if at > 0 && SUFFIXES.contains(&&name[at + 1..]) => &name[..at],
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
fn put(object: &mut Tree, path: &[&str], value: Tree) {
    let Tree::Object(members) = object else { return };
    match path {
        [] => {}
        [name] => match members.get_mut(*name) {
            Some(Tree::Object(known)) => {
                if let Tree::Object(more) = value {
                    for (name, value) in more {
                        known.entry(name).or_insert(value);
                    }
                }
            }
            Some(known) if value.is_object() && known.is_string() => *known = value,
            Some(_) => {}
            None => {
                members.insert((*name).to_owned(), value);
            }
        },
        [name, rest @ ..] => {
            let inner = members.entry(*name).or_insert(Tree::Null);
            if !inner.is_object() {
                *inner = Tree::Object(Branches::new());
            }
            put(inner, rest, value);
        }
    }
}

/// The value that an object has under a name, JSON in texts read, and the object without it.
fn taken<'r>(object: Value<'r>, name: &str, arena: &'r Arena) -> (Value<'r>, Value<'r>) {
    let Value::Object(members) = object else { return (Value::Null, object) };
    let Some((key, held)) = members.iter().find(|(key, _)| is_name(key, name)) else { return (Value::Null, object) };
    let rest: Vec<(&str, Value<'_>)> = members.iter().filter(|(known, _)| *known != key).collect();
    (read_out(held, arena), Value::object(&rest, arena))
}

/// The member of an object under a name, without case and underscores; null where there is none.
#[inline]
pub(super) fn part<'r>(value: Value<'r>, name: &str) -> Value<'r> {
    let Value::Object(members) = value else { return Value::Null };
    let named = members.find(|key| key == name).or_else(|| members.find(|key| is_name(key, name)));
    named.copied().unwrap_or_default()
}

/// The first of several names that an object has a text under.
pub(super) fn part_text<'r>(value: Value<'r>, names: &[&str]) -> Option<&'r str> {
    names.iter().find_map(|name| text(part(value, name)))
}

/// Returns whether a key is a name: `targetResources` is `target_resources`, but `_id` of a search tool is no `id`.
fn is_name(key: &str, name: &str) -> bool {
    if key.len() <= name.len() {
        return key.len() == name.len() && key.eq_ignore_ascii_case(name);
    }
    let letter = |text: &str| text.as_bytes().first().map(u8::to_ascii_lowercase);
    // Underscores but the first are passed over: either both names begin with one, or neither does.
    if letter(key) != letter(name) {
        return false;
    }
    memchr::memchr(b'_', key.as_bytes()).is_some() && letters(key).eq(letters(name))
}

/// The letters of a name but for underscores, in lower case.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase())
}

/// As [`read_out`], but for the elements of a list.
pub(super) fn read<'r>(value: Value<'r>, arena: &'r Arena) -> Value<'r> {
    match value {
        Value::Array(_) => value,
        _ => read_out(value, arena),
    }
}

/// The elements of an array or of an object numbered as one, JSON in texts read; of anything else but null, itself.
pub(super) fn items<'r>(value: Value<'r>, arena: &'r Arena) -> impl Iterator<Item = Value<'r>> {
    let mut listed = value;
    if let Value::Object(members) = value
        && !members.is_empty()
        && members.names().all(|key| key.bytes().all(|byte| byte.is_ascii_digit()) && key.len() < 9)
    {
        let mut numbered: Vec<(u32, Value<'_>)> =
            members.iter().filter_map(|(key, value)| Some((key.parse().ok()?, value))).collect();
        numbered.sort_by_key(|(number, _)| *number);
        listed = Value::list(&numbered.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), arena);
    }
    elements(listed).map(move |item| read(item, arena))
}

/// A scalar as text, also the only one of an array.
#[inline]
pub(super) fn text(value: Value<'_>) -> Option<&str> {
    match value {
        Value::Array([item]) => scalar(*item),
        _ => scalar(value),
    }
}

fn is_nothing(value: Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => trim(text).is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
