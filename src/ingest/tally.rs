//! What became of a source's records: counts, times, fields, and what was not read.

use super::PROBLEMS_KEPT;
use super::table::{self, Kind};
use crate::model::{Event, Field, FieldSet, Problem, Source, SourceId, Time};
use std::collections::BTreeMap;

/// Counts of one source, or of a piece of one. Record numbers count within the piece until it is joined.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) source: SourceId,
    /// What the source's name says about its table.
    pub(super) from_name: Option<Kind>,
    /// What the rows' container is called, for rows that do not say their table.
    pub(super) container: Option<String>,
    pub(super) records: u64,
    pub(super) read: u64,
    pub(super) skipped: u64,
    pub(super) tables: BTreeMap<String, u64>,
    pub(super) shape: Option<&'static str>,
    pub(super) told_by_name: bool,
    pub(super) guessed: bool,
    /// Whether nested values came as the names of their types.
    pub(super) type_names: bool,
    /// Whether device code was told by the endpoint of a sign-in.
    pub(super) by_endpoint: bool,
    pub(super) remarks: Vec<String>,
    first: Option<Time>,
    last: Option<Time>,
    fields: FieldSet,
    unread: Vec<Unread>,
}

struct Unread {
    record: Option<u64>,
    offset: Option<u64>,
    reason: String,
}

impl Tally {
    /// A tally of nothing yet.
    pub(super) fn new(source: SourceId, name: &str) -> Self {
        Self { source, from_name: table::of_file_name(name), ..Self::default() }
    }

    /// A record that was not read; it is already counted in `records`.
    pub(super) fn skip(&mut self, offset: u64, reason: String) {
        self.skipped += 1;
        self.note(Some(self.records), Some(offset), reason);
    }

    /// Something other than one record that was not read.
    pub(super) fn problem(&mut self, offset: Option<u64>, reason: String) {
        self.note(None, offset, reason);
    }

    fn note(&mut self, record: Option<u64>, offset: Option<u64>, reason: String) {
        if self.unread.len() < PROBLEMS_KEPT {
            self.unread.push(Unread { record, offset, reason });
        }
    }

    /// A row of a table that is only counted.
    pub(super) fn count(&mut self, table: &str) {
        match self.tables.get_mut(table) {
            Some(count) => *count += 1,
            None => {
                self.tables.insert(table.to_owned(), 1);
            }
        }
    }

    /// A row that became an event.
    pub(super) fn keep(&mut self, event: &Event) {
        self.read += 1;
        self.count(event.table.name());
        let time = event.time();
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = self.last.max(Some(time));
        for field in Field::ALL {
            if !event[field].is_none() {
                self.fields.insert(field);
            }
        }
    }

    /// Takes in the tally of the piece that follows.
    pub(super) fn join(&mut self, mut piece: Self) {
        for unread in piece.unread.drain(..) {
            self.note(unread.record.map(|record| record + self.records), unread.offset, unread.reason);
        }
        self.records += piece.records;
        self.read += piece.read;
        self.skipped += piece.skipped;
        for (table, count) in piece.tables {
            *self.tables.entry(table).or_default() += count;
        }
        self.shape = self.shape.or(piece.shape);
        self.told_by_name |= piece.told_by_name;
        self.guessed |= piece.guessed;
        self.type_names |= piece.type_names;
        self.by_endpoint |= piece.by_endpoint;
        self.remarks.append(&mut piece.remarks);
        self.first = self.first.into_iter().chain(piece.first).min();
        self.last = self.last.max(piece.last);
        self.fields.extend(piece.fields);
    }

    /// Writes the counts into the source and hands over what was not read.
    pub(super) fn settle(mut self, source: &mut Source, problems: &mut Vec<Problem>) {
        if self.records == 0 && self.unread.is_empty() {
            self.problem(None, "holds no rows".to_owned());
        }
        let hidden = self.skipped.saturating_sub(self.unread.iter().filter(|u| u.record.is_some()).count() as u64);
        problems.extend(self.unread.drain(..).map(|unread| Problem {
            source: source.name.clone(),
            record: unread.record,
            offset: unread.offset,
            reason: unread.reason,
        }));
        if hidden > 0 {
            problems.push(Problem {
                source: source.name.clone(),
                record: None,
                offset: None,
                reason: format!("{hidden} further records were not read and are not listed"),
            });
        }
        if self.told_by_name {
            self.remarks.push("some rows do not say their table; it was taken from the source's name".to_owned());
        }
        if self.guessed {
            self.remarks
                .push("some rows do not say whether they are interactive; they were read as SigninLogs".to_owned());
        }
        if self.type_names {
            self.remarks.push(
                "nested values (device, place, status) came as names of types: export as JSON to have them".to_owned(),
            );
        }
        if self.by_endpoint {
            self.remarks.push(
                "no protocol is recorded; sign-ins at the endpoint Cmsi:Cmsi were read as device code".to_owned(),
            );
        }
        if EXPORT_LIMITS.contains(&self.records) {
            self.remarks.push(format!("exactly {} rows: the export may have been cut at a limit", self.records));
        }
        source.shape = self.shape;
        source.tables = self.tables;
        source.read = self.read;
        source.skipped = self.skipped;
        source.first = self.first;
        source.last = self.last;
        source.fields = self.fields;
        source.remarks = self.remarks;
    }
}

/// Row counts at which portals and APIs stop.
const EXPORT_LIMITS: [u64; 6] = [10_000, 30_000, 50_000, 100_000, 250_000, 500_000];
