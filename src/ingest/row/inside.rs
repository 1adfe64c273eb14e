//! Records inside a record that no table claims, and what becomes of one that holds none.

use super::{Column, Object, ROW_START, Rows, Spot, check_depth};
use crate::ingest::quick::{self, Quick};
use crate::ingest::tally::{Assumed, Tally};
use crate::ingest::unwrap::{self, Inner};
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
        /// What an interface answered in its place.
        answer: Option<String>,
    },
}

/// Counts a record of no table of ours, or names the error that stands in its place.
pub(super) fn leave(table: &str, answer: Option<String>, spot: Spot, tally: &mut Tally) {
    match answer {
        Some(answer) => tally.problem(Some(spot.offset), answer),
        None => tally.count(table),
    }
}

impl Rows {
    /// Reads a JSON object. What is in no table as it stands may hold records inside.
    pub(in crate::ingest) fn object(&mut self, json: &str, spot: Spot, tally: &mut Tally) {
        self.holds_back = true;
        self.json(json, spot, tally);
        self.holds_back = false;
        if let Some(unclaimed) = self.unclaimed.take() {
            let again = matches!(unclaimed, Unclaimed::Fault(_)).then(|| unwrap::mended(json)).flatten();
            match again {
                Some(mended) => {
                    tally.records -= 1;
                    self.object(&mended, spot, tally);
                }
                None => self.within(unwrap::records(json), unclaimed, spot, tally),
            }
        }
    }

    /// Reads the records inside one that is none, or says what became of that.
    fn within(&mut self, inner: Vec<Inner>, outer: Unclaimed, spot: Spot, tally: &mut Tally) {
        let mut any = false;
        let number = tally.records;
        tally.records -= 1;
        for Inner { json, table } in inner {
            let from_name = tally.from_name.clone();
            if table.is_some() {
                tally.from_name = table;
            }
            self.holds_back = true;
            self.json(&json, spot, tally);
            self.holds_back = false;
            tally.from_name = from_name;
            // What no table claims is the outer record's, not a row.
            match self.unclaimed.take() {
                Some(_) => tally.records -= 1,
                None => any = true,
            }
        }
        if any {
            tally.assumed.add(Assumed::WRAPPED);
            return;
        }
        tally.records = number;
        match outer {
            Unclaimed::Fault(reason) => tally.skip(spot.offset, reason),
            Unclaimed::Unknown { table, answer } => leave(&table, answer, spot, tally),
        }
    }

    fn json(&mut self, json: &str, spot: Spot, tally: &mut Tally) {
        self.read(spot, tally, |rows| {
            if let Quick::Read = quick::object(rows, json) {
                return Ok(());
            }
            check_depth(json)?;
            rows.draft.clear();
            let mut parser = serde_json::Deserializer::from_str(json);
            Object { rows, start: ROW_START }.deserialize(&mut parser)?;
            parser.end()
        });
    }

    /// Reads CSV cells that hold the values of `columns`. An empty cell is a missing value.
    pub(in crate::ingest) fn cells(&mut self, cells: &[&str], columns: &[Column], spot: Spot, tally: &mut Tally) {
        self.holds_back = true;
        self.read(spot, tally, |rows| {
            for (column, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                rows.draft.ahead = column.ahead;
                rows.draft.sight(&column.targets, cell);
                if let Err(reason) = rows.cell(column.targets.under(rows.table), cell) {
                    rows.draft.refuse(&column.name, &reason);
                }
            }
            Ok(())
        });
        self.holds_back = false;
        if let Some(unclaimed) = self.unclaimed.take() {
            let is_wrapped =
                |(column, cell): &(&Column, &&str)| column.targets.is_skip() && cell.starts_with(['{', '[']);
            let wrapped = columns.iter().zip(cells).find(is_wrapped).map(|(_, cell)| cell);
            // An array around it, for a record that a cell holds is inside the row.
            let inner = wrapped.map(|cell| unwrap::records(&format!("[{cell}]"))).unwrap_or_default();
            self.within(inner, unclaimed, spot, tally);
        }
    }
}
