//! Records whose objects were flattened into names with dots: `o365.audit.AppAccessContext.UniqueTokenId`.

use crate::tables::members::Members;
use serde_json::{Map, Value};

/// First parts of names that hold a record.
const OUTER: [&str; 8] = ["o365", "o365audit", "event", "_source", "result", "fields", "auditdata", "raweventdata"];

/// The members as objects in objects; `None` where no name is of a flattened record.
pub(super) fn nested<'r>(members: &Members<'r>) -> Option<Members<'r>> {
    let is_flat = |name: &str| {
        name.split_once('.')
            .is_some_and(|(outer, _)| OUTER.iter().any(|known| known.eq_ignore_ascii_case(outer.trim())))
    };
    // The untouched record is read in its place.
    if !members.odd_names().any(is_flat) || members.has("event.original") {
        return None;
    }
    let mut root = Value::Object(Map::new());
    for name in members.names().map(str::trim) {
        let value = single(serde_json::from_str(&members.value(name).to_string()).unwrap_or_default());
        if !value.is_null() {
            let path: Vec<&str> = if is_flat(name) { name.split('.').collect() } else { vec![name] };
            put(&mut root, &path, value);
        }
    }
    let arena = members.arena();
    Some(Members::from_json(arena.alloc_str(&listed(root).to_string()), arena))
}

/// An array of one scalar as that scalar.
fn single(value: Value) -> Value {
    match value {
        Value::Array(mut items) if items.len() == 1 && !items[0].is_object() && !items[0].is_array() => items.remove(0),
        other => other,
    }
}

fn put(object: &mut Value, path: &[&str], value: Value) {
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let (Value::Object(members), Some((name, rest))) = (object, path.split_first()) else { return };
    let member = members.entry(*name).or_insert(Value::Null);
    if rest.is_empty() {
        if member.is_null() {
            *member = value;
        }
    } else {
        put(member, rest, value);
    }
}

/// Objects with numbers for names as arrays.
fn listed(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let is_list = !members.is_empty() && members.keys().all(|key| key.bytes().all(|b| b.is_ascii_digit()));
            if is_list {
                let mut items: Vec<(u64, Value)> =
                    members.into_iter().map(|(key, value)| (key.parse().unwrap_or(u64::MAX), listed(value))).collect();
                items.sort_by_key(|(number, _)| *number);
                Value::Array(items.into_iter().map(|(_, value)| value).collect())
            } else {
                Value::Object(members.into_iter().map(|(key, value)| (key, listed(value))).collect())
            }
        }
        Value::Array(items) => Value::Array(items.into_iter().map(listed).collect()),
        other => other,
    }
}
