//! Records inside other records: under keys that are not ours, as JSON text, as values in arrays.
//!
//! Only for a record that belongs to no table as it stands. What shippers and interfaces put around a record differs
//! from one to the next, so nothing here is known by its name: an object is a record when it has a time and enough of
//! our columns, or keys that only a table of ours has, at whatever depth.

use super::json_scan::string_end;
use crate::ingest::table_names::{RowTable, of_file_name};
use crate::model::Table;
use crate::tables::{self, KeyMarks, Marked, Target};
use serde_json::{Map, Value};

/// Objects, arrays and texts around a record that are followed.
const MAX_LEVEL: usize = 16;

/// Columns of ours that make an object with a time a record.
const ENOUGH: usize = 3;

/// A record found inside another.
pub(crate) struct Inner {
    /// Its JSON.
    pub(crate) json: String,
    /// The table that a key around it names.
    pub(crate) table: Option<RowTable>,
}

/// The records inside `json`, which is none itself; empty where there are none.
pub(crate) fn records(json: &str) -> Vec<Inner> {
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str(json) {
        descend(&value, None, 0, &mut found);
    }
    found
}

fn descend(value: &Value, table: Option<&RowTable>, level: usize, found: &mut Vec<Inner>) {
    if level > MAX_LEVEL {
        return;
    }
    match value {
        Value::Object(members) => {
            let is_record = is_record(members);
            let flat = if is_record { without_arrays(members) } else { None };
            // The outermost is known to be none as it stands.
            if is_record && (level > 0 || flat.is_some()) {
                let json = flat.map_or_else(|| value.to_string(), |flat| Value::Object(flat).to_string());
                found.push(Inner { json, table: table.cloned() });
                return;
            }
            for (key, member) in members {
                let named = named(key);
                descend(member, named.as_ref().or(table), level + 1, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| descend(item, table, level + 1, found)),
        Value::String(text) => {
            if text.trim_start().starts_with(['{', '[', '"'])
                && let Ok(inner) = serde_json::from_str(text)
            {
                descend(&inner, table, level + 1, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The table that a key names: `nonInteractive`, `interactiveSignIns`.
fn named(key: &str) -> Option<RowTable> {
    let starts = |prefix: &str| key.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    of_file_name(key).or_else(|| starts("interactive").then_some(RowTable::Ours(Table::SignIn)))
}

fn is_record(members: &Map<String, Value>) -> bool {
    let (mut known, mut timed) = (0, false);
    let mut marks = KeyMarks::default();
    for (key, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        let targets = tables::targets(key, false);
        marks.add(targets.marks());
        match targets.any() {
            Target::Skip if !targets.is_skip() => known += 1,
            Target::Created(_) | Target::Ingested(_) => timed = true,
            Target::Properties if value.is_object() || value.is_string() => known += ENOUGH - 1,
            Target::Skip | Target::Wrapper | Target::Group(_) | Target::Properties => {}
            _ => known += 1,
        }
    }
    // The columns of tables whose records are read at once are nowhere listed; their keys show them.
    timed && known >= ENOUGH || matches!(marks.table(), Some(Marked::Ours(_)))
}

/// The object with each array of one value as that value; `None` where its time is in none.
fn without_arrays(members: &Map<String, Value>) -> Option<Map<String, Value>> {
    let is_time = |key: &str| matches!(tables::targets(key, false).any(), Target::Created(_) | Target::Ingested(_));
    if !members.iter().any(|(key, value)| value.is_array() && is_time(key)) {
        return None;
    }
    let single = |value: &Value| match value {
        Value::Array(items) if items.len() == 1 => items[0].clone(),
        other => other.clone(),
    };
    Some(members.iter().map(|(key, value)| (key.clone(), single(value))).collect())
}

/// JSON with the words that some tools write where JSON has none put right: `NaN`, `Infinity`, `None`, `undefined` for
/// no value, `True` and `False`. `None` where there are no such words.
pub(crate) fn mended(json: &str) -> Option<String> {
    const WORDS: [(&str, &str); 8] = [
        ("-Infinity", "null"),
        ("Infinity", "null"),
        ("NaN", "null"),
        ("nan", "null"),
        ("None", "null"),
        ("undefined", "null"),
        ("True", "true"),
        ("False", "false"),
    ];
    let bytes = json.as_bytes();
    let mut mended = String::new();
    let (mut kept, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = string_end(bytes, at)?,
            b'-' | b'I' | b'N' | b'n' | b'u' | b'T' | b'F' => {
                let rest = &json[at..];
                match WORDS.iter().find(|(word, _)| rest.starts_with(word)) {
                    Some((word, right)) => {
                        mended.push_str(&json[kept..at]);
                        mended.push_str(right);
                        at += word.len();
                        kept = at;
                    }
                    None => at += 1,
                }
            }
            _ => at += 1,
        }
    }
    if kept == 0 {
        return None;
    }
    mended.push_str(&json[kept..]);
    Some(mended)
}

/// Bytes before the JSON object that ends the line: what a syslog server or a shipper wrote there; `None` where no
/// object does.
pub(crate) fn prefix(line: &str) -> Option<usize> {
    const TRIES: usize = 4;
    if !line.ends_with('}') {
        return None;
    }
    memchr::memchr_iter(b'{', line.as_bytes())
        .take(TRIES)
        .find(|at| serde_json::from_str::<serde::de::IgnoredAny>(&line[*at..]).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"{"createdDateTime":"2026-05-20T14:02:04Z","userId":"u","appId":"a","resourceId":"r"}"#;

    fn found(json: &str) -> Vec<String> {
        records(json).into_iter().map(|inner| inner.json).collect()
    }

    #[test]
    fn records_are_found_at_any_depth_and_as_text() {
        let text = serde_json::to_string(ROW).unwrap();
        let twice = serde_json::to_string(&text).unwrap();
        for json in [
            format!(r#"{{"a":{ROW}}}"#),
            format!(r#"{{"x":1,"a":{{"b":[[{ROW}]]}}}}"#),
            format!(r#"{{"message":{text}}}"#),
            format!(r#"{{"a":{{"bytes":{twice}}}}}"#),
            text.clone(),
        ] {
            let rows = found(&json);
            assert_eq!(rows.len(), 1, "{json}");
            let same = |json: &str| serde_json::from_str::<Value>(json).unwrap();
            assert_eq!(same(&rows[0]), same(ROW), "{json}");
        }
        assert!(found(ROW).is_empty(), "a record is not inside itself");
        assert!(found(r#"{"a":{"createdDateTime":"t","userId":"u"}}"#).is_empty(), "two columns are not enough");
        assert!(found(r#"{"a":"{broken","b":[1,2]}"#).is_empty());
    }

    #[test]
    fn values_in_arrays_are_values_and_keys_name_tables() {
        let arrays = r#"{"fields":{"@timestamp":["2026-05-20T14:02:04Z"],"userId":["u"],"appId":["a"],"id":["i"]}}"#;
        assert_eq!(found(arrays), [r#"{"@timestamp":"2026-05-20T14:02:04Z","appId":"a","id":"i","userId":"u"}"#]);
        let kinds = records(&format!(r#"{{"interactive":[{ROW}],"nonInteractive":[{ROW}]}}"#));
        let tables: Vec<_> = kinds.into_iter().filter_map(|inner| inner.table).collect();
        assert_eq!(tables, [RowTable::Ours(Table::SignIn), RowTable::Ours(Table::NonInteractive)]);
    }

    #[test]
    fn words_that_json_lacks_are_put_right_outside_of_texts() {
        assert_eq!(
            mended(r#"{"a":NaN,"b":[-Infinity,True],"c":"NaN \" None"}"#).unwrap(),
            r#"{"a":null,"b":[null,true],"c":"NaN \" None"}"#
        );
        for whole in [r#"{"a":null,"b":-1,"c":true}"#, r#"{"a":"NaN"#, ""] {
            assert_eq!(mended(whole), None, "{whole}");
        }
    }

    #[test]
    fn a_prefix_ends_where_the_object_begins() {
        for (line, at) in [
            (r#"<134>May 20 14:02:00 host azure: {"a":{"b":1}}"#, Some(33)),
            (r#"<14>1 2026 h a - [x y="{z}"] {"a":1}"#, Some(29)),
            ("no object {here}", None),
            (r#"{"a":1}"#, Some(0)),
        ] {
            assert_eq!(prefix(line), at, "{line}");
        }
    }
}
