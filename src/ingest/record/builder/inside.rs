//! Records inside a record that no table claims, and what becomes of one that holds none.

use super::acts::Raw;
use super::acts::cell_around;
use super::kept::Kept;
use super::{Column, Object, Position, ROW_START, RecordReader, check_depth, fast};
use crate::ingest::record::unwrap::{self, Inner};
use crate::ingest::stats::{Assumed, Left, SourceStats};
use crate::tables::json::Arena;
use serde::de::DeserializeSeed;
use std::borrow::Cow;

/// A record that no table claims.
pub(super) enum Unclaimed {
    /// It is not JSON.
    Fault(String),
    /// It is in no table we know.
    Unknown {
        /// The table to count it under.
        table: Cow<'static, str>,
        /// Error answer of an API, in its place.
        answer: Option<String>,
    },
}

/// Counts a record of no table of ours, or names the error in its place.
pub(super) fn leave(table: &str, answer: Option<String>, position: Position, stats: &mut SourceStats) {
    if let Some(answer) = answer {
        return stats.problem(Some(position.offset), answer);
    }
    stats.count(table);
    if let Some(left) = &mut stats.left {
        left.push(Left { table: table.to_owned(), offset: position.offset, len: position.len });
    }
}

impl RecordReader {
    /// Reads a JSON object. An object of no table may have records inside.
    pub(crate) fn object(&mut self, json: &str, position: Position, stats: &mut SourceStats) {
        self.holds_back = true;
        self.json(json, position, stats);
        self.holds_back = false;
        if let Some(unclaimed) = self.unclaimed.take() {
            let again = matches!(unclaimed, Unclaimed::Fault(_)).then(|| unwrap::mended(json)).flatten();
            match again {
                Some(mended) => {
                    stats.records -= 1;
                    self.object(&mended, position, stats);
                }
                None => self.within(unwrap::records(json), unclaimed, position, stats),
            }
        }
    }

    /// Reads the records inside one that is none, or says what became of that.
    fn within(&mut self, inner: Vec<Inner>, outer: Unclaimed, position: Position, stats: &mut SourceStats) {
        let mut any = false;
        let number = stats.records;
        stats.records -= 1;
        for Inner { json, table } in inner {
            let from_name = stats.from_name.clone();
            if table.is_some() {
                stats.from_name = table;
            }
            self.holds_back = true;
            self.json(&json, position, stats);
            self.holds_back = false;
            stats.from_name = from_name;
            // What no table claims is the outer record's, not a row.
            match self.unclaimed.take() {
                Some(_) => stats.records -= 1,
                None => any = true,
            }
        }
        if any {
            stats.assumed.add(Assumed::WRAPPED);
            return;
        }
        stats.records = number;
        match outer {
            Unclaimed::Fault(reason) => stats.skip(position.offset, reason),
            Unclaimed::Unknown { table, answer } => leave(&table, answer, position, stats),
        }
    }

    fn json(&mut self, json: &str, position: Position, stats: &mut SourceStats) {
        if self.reads_acts() {
            self.with_arena(|reader, arena| reader.json_into(Some(arena), json, position, stats));
        } else {
            self.json_into(None, json, position, stats);
        }
    }

    /// Reads a JSON object, whose members are kept where there is room for them.
    fn json_into(&mut self, arena: Option<&Arena>, json: &str, position: Position, stats: &mut SourceStats) {
        let fill = |reader: &mut Self| {
            let mut kept = arena.filter(|_| reader.reads_acts()).map(|arena| Kept::new(json, arena));
            if fast::object(reader, json, kept.as_mut()) {
                return Ok(kept.map(Kept::into_members));
            }
            check_depth(json)?;
            reader.record.clear();
            let mut parser = serde_json::Deserializer::from_str(json);
            Object { sink: reader, start: ROW_START }.deserialize(&mut parser)?;
            parser.end().map(|()| None)
        };
        self.read(position, stats, fill, Raw::Object(json));
    }

    /// Reads CSV cells that hold the values of `columns`. An empty cell is a missing value. Those in the places `doubled`
    /// are JSON of columns that no field is read from, with each quote twice.
    pub(crate) fn cells(
        &mut self,
        cells: &[&str],
        doubled: &[usize],
        columns: &[Column],
        position: Position,
        stats: &mut SourceStats,
    ) {
        self.holds_back = true;
        self.read(
            position,
            stats,
            |reader| {
                for (column, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                    reader.record.utc_offset = column.utc_offset;
                    reader.record.sight(&column.targets, cell);
                    if let Err(reason) = reader.cell(column.targets.under(reader.table), cell) {
                        reader.record.refuse(&column.name, &reason);
                    }
                }
                Ok(None)
            },
            Raw::Cells(cells, doubled, columns),
        );
        self.holds_back = false;
        if let Some(unclaimed) = self.unclaimed.take() {
            let is_wrapped =
                |(column, cell): (&Column, &&str)| column.targets.is_skip() && cell.starts_with(['{', '[']);
            let wrapped = columns.iter().zip(cells).position(is_wrapped);
            let inner = self.with_arena(|_, arena| {
                let cell = wrapped.and_then(|at| cell_around(at, doubled).json(cells[at], arena));
                // An array around it, for a record that a cell holds is inside the row.
                cell.map(|cell| unwrap::records(&format!("[{cell}]"))).unwrap_or_default()
            });
            self.within(inner, unclaimed, position, stats);
        }
    }
}
