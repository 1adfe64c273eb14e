//! Rows of audit tables, which are read from the whole record.

use super::{FULL, Record, RecordReader};
use crate::ingest::record::fast_json::{key_end, skip_space, string_end};
use crate::ingest::record::keys::Column;
use crate::ingest::stats::Note;
use crate::model::{Field, Flags, Span};
use crate::tables::ActRow;
use crate::tables::members::Members;
use serde_json::value::RawValue;

/// Members of an object that was read already, so that nothing in it needs a check.
pub(super) fn of_object(json: &str) -> Members<'_> {
    plain_members(json).unwrap_or_else(|| Members::from_json(json))
}

/// The members of an object; `None` where a name has an escape.
fn plain_members(json: &str) -> Option<Members<'_>> {
    let bytes = json.as_bytes();
    let mut members = Members::default();
    let mut at = skip_space(bytes, 0);
    while matches!(bytes.get(at), Some(b'{' | b',')) {
        at = skip_space(bytes, at + 1);
        if bytes.get(at) == Some(&b'}') {
            break;
        }
        let end = key_end(bytes, at)?;
        let name = &json[at + 1..end - 1];
        // A colon stands between them.
        let start = skip_space(bytes, skip_space(bytes, end) + 1);
        at = value_end(bytes, start)?;
        members.add_json(name, &json[start..at], Span::from_ticks(0));
        at = skip_space(bytes, at);
    }
    (bytes.get(at) == Some(&b'}')).then_some(members)
}

/// The position after a value.
fn value_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\t' | b'\r');
    match bytes.get(at)? {
        b'"' => return string_end(bytes, at),
        b'{' | b'[' => {}
        _ => return Some(at + bytes[at..].iter().position(is_end)?),
    }
    let mut depth = 0usize;
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = string_end(bytes, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Members of an array that holds the values of `columns`.
pub(super) fn of_array<'r>(json: &'r str, columns: &'r [Column]) -> Members<'r> {
    let values: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
    let mut members = Members::default();
    for (column, value) in columns.iter().zip(values) {
        members.add_json(&column.name, value.get(), column.utc_offset);
    }
    members
}

/// Members of a row of a CSV.
pub(super) fn of_cells<'r>(cells: &[&'r str], columns: &'r [Column]) -> Members<'r> {
    let mut members = Members::default();
    for (column, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        members.add_cell(&column.name, cell, column.utc_offset);
    }
    members
}

impl RecordReader {
    /// Puts what its reader found in the place of what the keys alone gave.
    pub(super) fn take_act(&mut self, row: &ActRow) {
        let kept = self.record.event.flags.0 & (Flags::TABLE_BY_NAME | Flags::TABLE_GUESSED).0;
        let assumed = self.record.assumed;
        let text = std::mem::take(&mut self.record.text);
        self.record = Record { text, assumed, ..Record::default() };
        self.record.text.clear();
        self.record.event.flags = Flags(kept);
        self.record.event.flags.set(Flags::SUCCESS, !row.failed);
        self.record.event.flags.set_kept(row.kept);
        for (field, text) in row.texts() {
            self.record.put(field, FULL - 2, text);
        }
        for (time, created) in [(&row.created, true), (&row.ingested, false)] {
            if let Some(time) = time {
                self.record.utc_offset = time.utc_offset;
                self.time(0, &time.text, created);
            }
        }
        self.record.utc_offset = Span::from_ticks(0);
        if row.is_cut {
            self.record.notes.add(Note::CutAct);
        }
        debug_assert!(!self.record.knows(Field::ResultType), "flags of a result would hide the reader's");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// It finds the members that the parser finds.
        #[test]
        fn an_object_has_the_same_members(
            parts in proptest::collection::vec(("[a-c\\\\\"\\x{e9} ]{0,3}", "[a-c\\\\\"\\[\\]{},: ]{0,9}", 0usize..6), 0..6),
            space in "[ \n\t]{0,2}",
        ) {
            let value = |text: &String, kind: usize| match kind {
                0 => serde_json::json!(text),
                1 => serde_json::json!([text, {"x": text}]),
                2 => serde_json::json!({text: [[text]]}),
                3 => serde_json::json!(-1.5),
                4 => serde_json::json!(null),
                _ => serde_json::json!(true),
            };
            let list = parts.iter().map(|(name, text, kind)| {
                format!("{space}{}{space}:{space}{}{space}", serde_json::json!(name), value(text, *kind))
            });
            let json = format!("{space}{{{space}{}}}{space}", list.collect::<Vec<_>>().join(","));
            prop_assert_eq!(format!("{:?}", of_object(&json)), format!("{:?}", Members::from_json(&json)), "{}", json);
        }
    }
}
