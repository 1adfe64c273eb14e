//! Rows of audit tables, which are read from the whole record.

use super::{FULL, Record, RecordReader};
use crate::ingest::record::keys::Column;
use crate::ingest::stats::Note;
use crate::model::{Field, Flags, Span, Table};
use crate::tables::json::{Arena, Around};
use crate::tables::members::Members;
use crate::tables::{ActRow, ReadAct};
use serde_json::value::RawValue;

/// A record that was read already, as it is written.
#[derive(Clone, Copy)]
pub(super) enum Raw<'r> {
    /// A JSON object.
    Object(&'r str),
    /// A JSON array that holds the values of columns.
    Array(&'r str, &'r [Column]),
    /// The cells of a CSV, the places of those with JSON in which each quote stands twice, and the columns.
    Cells(&'r [&'r str], &'r [usize], &'r [Column]),
}

impl Raw<'_> {
    /// Its members.
    pub(super) fn members<'r>(&'r self, arena: &'r Arena) -> Members<'r> {
        match self {
            Self::Object(json) => Members::from_json(json, arena),
            Self::Array(json, columns) => of_array(json, columns, arena),
            Self::Cells(cells, doubled, columns) => of_cells(cells, doubled, columns, arena),
        }
    }
}

/// Room that is kept for the next record, at most.
const ROOM: usize = 1 << 20;

/// Members of an array that holds the values of `columns`.
fn of_array<'r>(json: &'r str, columns: &'r [Column], arena: &'r Arena) -> Members<'r> {
    let values: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
    let mut members = Members::new(arena);
    for (column, value) in columns.iter().zip(values) {
        members.add_json(&column.name, value.get(), column.utc_offset);
    }
    members
}

/// Members of a row of a CSV.
fn of_cells<'r>(cells: &[&'r str], doubled: &[usize], columns: &'r [Column], arena: &'r Arena) -> Members<'r> {
    let mut members = Members::new(arena);
    for (at, (column, cell)) in columns.iter().zip(cells).enumerate().filter(|(_, (_, cell))| !cell.is_empty()) {
        members.add_cell(&column.name, cell, cell_around(at, doubled), column.utc_offset);
    }
    members
}

/// The text around the JSON of a cell; nothing where the cell is its own text.
pub(super) fn cell_around(at: usize, doubled: &[usize]) -> Around {
    if doubled.contains(&at) { Around::Cell } else { Around::Nothing }
}

impl RecordReader {
    /// Returns whether the record is taken for that of an act, so that its members are wanted.
    #[inline]
    pub(super) fn reads_acts(&self) -> bool {
        self.table.is_some_and(Table::records)
    }

    /// Reads the record of an act, in the place of what its keys alone gave; its members may be there already.
    pub(super) fn act(&mut self, read: ReadAct, raw: Raw<'_>, members: Option<&Members<'_>>) {
        match members {
            Some(members) => self.take_act(&read(members)),
            None => self.with_arena(|reader, arena| reader.take_act(&read(&raw.members(arena)))),
        }
    }

    /// Lends room, which is given back empty.
    pub(super) fn with_arena<T>(&mut self, work: impl FnOnce(&mut Self, &Arena) -> T) -> T {
        let mut arena = self.arenas.pop().unwrap_or_default();
        let done = work(self, &arena);
        if arena.allocated_bytes() < ROOM {
            arena.reset();
            self.arenas.push(arena);
        }
        done
    }

    fn take_act(&mut self, row: &ActRow<'_>) {
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
                self.time(0, time.text, created);
            }
        }
        self.record.utc_offset = Span::from_ticks(0);
        self.record.search = row.search;
        if row.is_cut {
            self.record.notes.add(Note::CutAct);
        }
        debug_assert!(!self.record.knows(Field::ResultType), "flags of a result would hide the reader's");
    }
}
