//! Rows of audit tables, which are read from the whole record.

use super::{FULL, Record, RecordReader};
use crate::ingest::record::keys::Column;
use crate::ingest::stats::Note;
use crate::model::{Field, Flags, Span};
use crate::tables::ActRow;
use crate::tables::members::Members;
use serde_json::value::RawValue;

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
