//! What became of a source's records: counts, times, fields, and what was not read.

use super::PROBLEMS_KEPT;
use super::table::{self, Kind};
use crate::model::{DAY_OR_MONTH, Event, Field, FieldSet, Problem, Source, SourceId, TIMES_CONTRADICT, Table, Time};
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
    /// Bytes that came out of a packed source.
    pub(super) decoded: u64,
    pub(super) tables: BTreeMap<String, u64>,
    /// Those of them that look like rows of ours, in a table of another name.
    lookalikes: BTreeMap<String, u64>,
    pub(super) shape: Option<&'static str>,
    pub(super) assumed: Assumed,
    /// What its times say of the order of day and month.
    pub(super) dates: Dates,
    /// Cells as long as Excel lets them be, by column: cut, most likely.
    pub(super) full_cells: BTreeMap<String, u64>,
    pub(super) remarks: Vec<String>,
    first: Option<Time>,
    last: Option<Time>,
    fields: FieldSet,
    unread: Vec<Unread>,
}

/// What had to be assumed about rows, one bit each: rows are many.
#[derive(Clone, Copy, Default)]
pub(super) struct Assumed(u8);

impl Assumed {
    /// The table, by the source's name.
    pub(super) const TABLE_BY_NAME: Self = Self(1);
    /// The table, by nothing.
    pub(super) const TABLE_GUESSED: Self = Self(2);
    /// Nothing, from the name of a type.
    pub(super) const TYPE_NAMES: Self = Self(4);
    /// Device code, by the endpoint of a sign-in.
    pub(super) const BY_ENDPOINT: Self = Self(8);
    /// Nothing, from a status that was taken out.
    pub(super) const NO_STATUS: Self = Self(16);

    /// Adds what was assumed of another row.
    pub(super) fn add(&mut self, assumed: Self) {
        self.0 |= assumed.0;
    }
}

/// What is said of each assumption.
const ASSUMPTIONS: [(Assumed, &str); 5] = [
    (Assumed::TABLE_BY_NAME, "some rows do not say their table; it was taken from the source's name"),
    (
        Assumed::TABLE_GUESSED,
        "some rows do not say whether they are interactive; they were read as SigninLogs: keep the file name that the \
         portal gives (InteractiveSignIns_…, NonInteractiveSignIns_…), which tells",
    ),
    (Assumed::TYPE_NAMES, "nested values (device, place, status) came as names of types: export as JSON to have them"),
    (Assumed::BY_ENDPOINT, "no protocol is recorded; sign-ins at the endpoint Cmsi:Cmsi were read as device code"),
    (Assumed::NO_STATUS, "some results were taken out of the export: whether those sign-ins succeeded is not known"),
];

/// What a source's times say of the order of day and month.
#[derive(Default)]
pub(super) struct Dates {
    /// Times that only day first names.
    pub(super) day_first: u64,
    /// Times that only month first names.
    pub(super) month_first: u64,
    /// Rows whose times read either way.
    either: u64,
    /// Record and offset of the first of those.
    first: Option<(u64, u64)>,
}

impl Dates {
    /// Counts a row whose times read either way.
    pub(super) fn either_way(&mut self, record: u64, offset: u64) {
        self.either += 1;
        self.first = self.first.or(Some((record, offset)));
    }

    /// Whether the source writes the day first.
    pub(super) fn are_day_first(&self) -> bool {
        self.day_first > 0 && self.month_first == 0
    }

    fn join(&mut self, piece: &Self, before: u64) {
        self.day_first += piece.day_first;
        self.month_first += piece.month_first;
        self.either += piece.either;
        self.first = self.first.or(piece.first.map(|(record, offset)| (record + before, offset)));
    }

    /// What there is to say: as a remark, or as a problem with the place where it begins.
    fn said(&self) -> (Option<String>, Option<(u64, u64, String)>) {
        let Self { day_first, month_first, either, first } = self;
        if self.are_day_first() {
            let said = format!("dates were read day first: {day_first} times have no other reading");
            return (Some(said), None);
        }
        let Some((record, offset)) = first else { return (None, None) };
        let reason = if *day_first > 0 {
            format!(
                "{TIMES_CONTRADICT}: {day_first} times are days first, {month_first} months first; \
                 the {either} rows that read either way were read month first"
            )
        } else if *month_first == 0 {
            format!(
                "{DAY_OR_MONTH} in any of its {either} rows: they were read month first; \
                 export with ISO times to be sure"
            )
        } else {
            return (None, None);
        };
        (None, Some((*record, *offset, reason)))
    }
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

    /// Takes back the range of its times, which are to be read anew.
    pub(super) fn times_again<'e>(&mut self, events: impl Iterator<Item = &'e Event>) {
        (self.first, self.last) = (None, None);
        for time in events.map(Event::time) {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = self.last.max(Some(time));
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

    /// A row that looks like one of ours, and is in a table of another name.
    pub(super) fn count_alike(&mut self, table: &str) {
        *self.lookalikes.entry(table.to_owned()).or_default() += 1;
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
        self.dates.join(&piece.dates, self.records);
        for (column, cells) in piece.full_cells {
            *self.full_cells.entry(column).or_default() += cells;
        }
        self.records += piece.records;
        self.read += piece.read;
        self.skipped += piece.skipped;
        self.decoded += piece.decoded;
        for (table, count) in piece.tables {
            *self.tables.entry(table).or_default() += count;
        }
        for (table, count) in piece.lookalikes {
            *self.lookalikes.entry(table).or_default() += count;
        }
        self.shape = self.shape.or(piece.shape);
        self.assumed.0 |= piece.assumed.0;
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
        let (remark, problem) = self.dates.said();
        self.remarks.extend(remark);
        if let Some((record, offset, reason)) = problem {
            self.note(Some(record), Some(offset), reason);
        }
        for (column, cells) in &self.full_cells {
            let (noun, verb) = if *cells == 1 { ("cell", "is") } else { ("cells", "are") };
            self.remarks.push(format!(
                "{cells} {noun} of {column} {verb} 32,767 characters long, the most Excel keeps: what stood behind is \
                 lost"
            ));
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
        let assumed = ASSUMPTIONS.iter().filter(|(assumed, _)| self.assumed.0 & assumed.0 != 0);
        self.remarks.extend(assumed.map(|(_, said)| (*said).to_owned()));
        source.shape = self.shape;
        source.tables = self.tables;
        source.lookalikes = self.lookalikes;
        source.read = self.read;
        source.skipped = self.skipped;
        source.first = self.first;
        source.last = self.last;
        source.fields = self.fields;
        source.remarks = self.remarks;
    }
}

/// Counts rows under the table that a copy of them told.
pub(super) fn move_rows(source: &mut Source, from: Table, to: Table, rows: u64) {
    let left = source.tables.get(from.name()).copied().unwrap_or(0).saturating_sub(rows);
    if left == 0 {
        source.tables.remove(from.name());
    } else {
        source.tables.insert(from.name().to_owned(), left);
    }
    *source.tables.entry(to.name().to_owned()).or_default() += rows;
    source.remarks.push(format!(
        "{rows} rows do not say their table and were taken for {}; copies of them in another source say {}",
        from.name(),
        to.name()
    ));
}
