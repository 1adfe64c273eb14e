//! Counts of a source's records, their times and fields, and everything that was not read.

use super::table_names::{RowTable, of_file_name};
use crate::model::{
    EventHead, FieldSet, NewEvent, Problem, ProblemKind, ShortSearch, Source, SourceId, SourceShape, Table, Time,
};
use std::collections::BTreeMap;

/// Table name shown for rows of an unknown table.
pub const UNKNOWN_TABLE: &str = "no known table";

/// Problems kept per source; further ones only count.
pub(super) const PROBLEMS_KEPT: usize = 1000;

/// Counts of one source, or of a piece of one. Record numbers count within the piece until it is joined.
#[derive(Default)]
pub(crate) struct SourceStats {
    pub(crate) source: SourceId,
    /// The table that the source's name suggests.
    pub(crate) from_name: Option<RowTable>,
    /// Name of the container of the rows, for rows that do not name their table.
    pub(crate) container: Option<String>,
    pub(crate) records: u64,
    pub(crate) read: u64,
    pub(crate) skipped: u64,
    /// Bytes that came out of a packed source.
    pub(crate) decoded: u64,
    /// SHA-256 of its unpacked bytes.
    pub(crate) content: Option<String>,
    pub(crate) tables: BTreeMap<String, u64>,
    /// Those of them that look like rows of ours, in a table of another name.
    lookalikes: BTreeMap<String, u64>,
    pub(crate) shape: Option<SourceShape>,
    pub(crate) assumed: Assumed,
    /// Order of day and month in its dates.
    pub(crate) dates: Dates,
    /// Cells as long as Excel lets them be, by column: cut, most likely.
    pub(crate) full_cells: BTreeMap<String, u64>,
    /// Rows of searches, by the number that each found.
    pub(crate) searches: Searches,
    pub(crate) remarks: Vec<String>,
    /// Records that the header of another export stands before.
    pub(crate) second_headers: Vec<u64>,
    /// Rows that each note holds for.
    pub(crate) noted: [u64; Note::ALL.len()],
    first: Option<Time>,
    last: Option<Time>,
    fields: FieldSet,
    /// Places of the rows that were only counted, where somebody looks for them.
    pub(crate) left: Option<Vec<Left>>,
    unread: Vec<Unread>,
    /// Those of them from before rows that were counted apart.
    before_rows: Option<usize>,
}

/// Rows of searches of the unified audit log, by the number of rows that each says it found.
#[derive(Default)]
pub(crate) struct Searches(BTreeMap<u64, u64>);

impl Searches {
    /// Numbers kept apart; a hostile file may have another in every row.
    const KEPT: usize = 4096;

    /// Adds a row of a search that found so many.
    pub(crate) fn add(&mut self, found: u64) {
        if self.0.len() < Self::KEPT || self.0.contains_key(&found) {
            *self.0.entry(found).or_default() += 1;
        }
    }

    fn join(&mut self, more: Self) {
        for (found, rows) in more.0 {
            *self.0.entry(found).or_default() += rows;
        }
    }

    /// Those of which rows are missing. Newer exports count a page, not the search: then none is.
    fn short(&self) -> Vec<ShortSearch> {
        let short = self.0.iter().filter(|(found, rows)| **found == 0 || rows < found);
        short.map(|(&found, &rows)| ShortSearch { found, rows }).collect()
    }
}

/// A row that was only counted.
pub(crate) struct Left {
    /// The table it was counted under.
    pub(crate) table: String,
    /// Offset of its first byte in the decoded source.
    pub(crate) offset: u64,
    /// Its bytes.
    pub(crate) len: usize,
}

/// Assumptions made about rows, one bit each: rows are many.
#[derive(Clone, Copy, Default)]
pub(crate) struct Assumed(u8);

impl Assumed {
    /// The table, by the source's name.
    pub(crate) const TABLE_BY_NAME: Self = Self(1);
    /// The table, by nothing.
    pub(crate) const TABLE_GUESSED: Self = Self(2);
    /// Nothing, from the name of a type.
    pub(crate) const TYPE_NAMES: Self = Self(4);
    /// Device code, by the endpoint of a sign-in.
    pub(crate) const BY_ENDPOINT: Self = Self(8);
    /// Nothing, from a status that was taken out.
    pub(crate) const NO_STATUS: Self = Self(16);
    /// Records, inside others.
    pub(crate) const WRAPPED: Self = Self(32);

    /// Adds what was assumed of another row.
    pub(crate) fn add(&mut self, assumed: Self) {
        self.0 |= assumed.0;
    }
}

/// Message for each assumption.
const ASSUMPTIONS: [(Assumed, &str); 6] = [
    (
        Assumed::WRAPPED,
        "records stand inside other records, which say nothing of their own here; they were read from there",
    ),
    (Assumed::TABLE_BY_NAME, "some rows do not say their table; it was taken from the source's name"),
    (
        Assumed::TABLE_GUESSED,
        "some rows do not say whether they are interactive; they were read as SigninLogs: keep the file name that the \
         portal gives (InteractiveSignIns_…, NonInteractiveSignIns_…), which tells",
    ),
    (Assumed::TYPE_NAMES, "nested values (device, place, status) came as names of types: export as JSON to have them"),
    (
        Assumed::BY_ENDPOINT,
        "no protocol is recorded; sign-ins at the endpoint Cmsi:Cmsi were read as device code, and later ones of the session \
         within a day, by the same client or new software, as with the code's tokens",
    ),
    (Assumed::NO_STATUS, "some results were taken out of the export: whether those sign-ins succeeded is not known"),
];

/// A remark on rows of a source, made once with their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// A number that lost digits.
    DamagedNumber,
    /// An id that became a number.
    DamagedId,
    /// No time of day.
    NoTimeOfDay,
    /// An event time that is none.
    EventTimeUnread,
    /// An ingest time that is none, or a day.
    IngestUnread,
    /// A time that is a count of seconds or parts of them.
    Count,
    /// A time that is a spreadsheet's day number.
    Serial,
    /// A date whose year has two digits.
    ShortYear,
    /// A date whose month's name is another's in another language.
    SharedName,
    /// Every cell holds its value twice.
    Doubled,
    /// Bytes of a code page.
    CodePage,
    /// UTF-16 behind UTF-8.
    Wide,
    /// A record of the unified audit log that is cut off or empty.
    CutAct,
}

impl Note {
    pub(crate) const ALL: [Self; 13] = [
        Self::DamagedNumber,
        Self::DamagedId,
        Self::NoTimeOfDay,
        Self::EventTimeUnread,
        Self::IngestUnread,
        Self::Count,
        Self::Serial,
        Self::ShortYear,
        Self::SharedName,
        Self::Doubled,
        Self::CodePage,
        Self::Wide,
        Self::CutAct,
    ];

    /// Returns whether it casts doubt on the times of rows, which only another export settles: it becomes a problem, not
    /// a remark.
    fn is_doubt(self) -> bool {
        matches!(self, Self::NoTimeOfDay | Self::EventTimeUnread)
    }

    /// The remark, for so many rows.
    fn sentence(self, rows: u64) -> String {
        let rows = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
        match self {
            Self::DamagedNumber => format!(
                "a number in {rows} was shortened by a spreadsheet (6.45E+04), or can be read as two: it is left out; \
                 export again without opening the file in a spreadsheet"
            ),
            Self::DamagedId => format!(
                "an id in {rows} was taken for a number by a spreadsheet (1.23E+15): it counts as blank; export again \
                 without opening the file in a spreadsheet"
            ),
            Self::NoTimeOfDay => format!(
                "no time of day stands in {rows}, only a day: such rows take part in no window of time (no burst, no hop, no \
                 flow); export again without opening the file in a spreadsheet"
            ),
            Self::EventTimeUnread => format!(
                "the event time of {rows} could not be read and the ingest time stands for it: such rows take part in no \
                 window of time (no burst, no hop, no flow)"
            ),
            Self::IngestUnread => format!("the ingest time of {rows} could not be read: the event time stands for it"),
            Self::Count => format!(
                "the times of {rows} are plain numbers: they were read as seconds since 1970, or parts of a second, by \
                 their size"
            ),
            Self::Serial => format!(
                "the times of {rows} are a spreadsheet's day numbers: they were read as days since 30 December 1899"
            ),
            Self::Doubled => format!("every cell of {rows} holds its value twice: it was read once"),
            Self::CodePage => format!(
                "bytes in {rows} are not UTF-8: they were read as Windows-1252, so letters of other code pages may be \
                 wrong"
            ),
            Self::Wide => format!("UTF-16 stands in {rows} of a source that begins as UTF-8: it was read as such"),
            Self::CutAct => format!(
                "the record in {rows} of the unified audit log is empty, or is cut off as Excel cuts a cell at 32,767 \
                 characters: of it only id, time, user and operation are read, not what it was done to; export again \
                 without opening the file in a spreadsheet"
            ),
            Self::ShortYear => format!("the years of {rows} have two digits: they were read as 20.., standing last"),
            Self::SharedName => format!(
                "the months of {rows} have a name that differs between languages (listopad, lipiec): they were read as \
                 Polish or Czech"
            ),
        }
    }
}

/// The [`Note`]s that hold for a row, one bit each.
#[derive(Clone, Copy, Default)]
pub(crate) struct Notes(u16);

impl Notes {
    pub(crate) fn add(&mut self, note: Note) {
        self.0 |= 1 << note as u16;
    }
}

/// Order of day and month in the dates of a source.
#[derive(Default)]
pub(crate) struct Dates {
    /// Times that only day first names.
    pub(crate) day_first: u64,
    /// Times that only month first names.
    pub(crate) month_first: u64,
    /// Rows with an ambiguous date.
    either: u64,
    /// Record and offset of the first of those, and whether it was read day first.
    first: Option<(u64, u64, bool)>,
}

impl Dates {
    /// Counts a row with an ambiguous date.
    pub(crate) fn ambiguous(&mut self, record: u64, offset: u64, day_first: bool) {
        self.either += 1;
        self.first = self.first.or(Some((record, offset, day_first)));
    }

    /// Returns whether the source writes the day first.
    pub(crate) fn are_day_first(&self) -> bool {
        self.day_first > 0 && self.month_first == 0
    }

    /// Returns whether the source writes the month first.
    fn are_month_first(&self) -> bool {
        self.month_first > 0 && self.day_first == 0
    }

    /// Returns whether the source writes its dates in one order.
    pub(crate) fn are_decided(&self) -> bool {
        self.are_day_first() || self.are_month_first()
    }

    /// Returns whether a time's other reading is the one that the source writes.
    pub(crate) fn prefer(&self, day_first: bool) -> bool {
        if day_first { self.are_day_first() } else { self.are_month_first() }
    }

    fn join(&mut self, piece: &Self, before: u64) {
        self.day_first += piece.day_first;
        self.month_first += piece.month_first;
        self.either += piece.either;
        self.first = self.first.or(piece.first.map(|(record, offset, day_first)| (record + before, offset, day_first)));
    }

    /// A remark on them, or a problem with the record and offset of the first.
    fn sentences(&self) -> (Option<String>, Option<(u64, u64, String)>) {
        let Self { day_first, month_first, either, first } = self;
        if self.are_day_first() {
            let remark = format!("dates were read day first: {day_first} times have no other reading");
            return (Some(remark), None);
        }
        let Some((record, offset, first)) = first else { return (None, None) };
        let first = if *first { "day" } else { "month" };
        let reason = if *day_first > 0 {
            format!(
                "dates contradict each other: {day_first} times are days first, {month_first} months first; \
                 the {either} rows that read either way were read {first} first"
            )
        } else if *month_first == 0 {
            format!(
                "day and month cannot be told apart in any of its {either} rows: they were read {first} first; \
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
    kind: ProblemKind,
    reason: String,
}

impl SourceStats {
    /// A stats of nothing yet.
    pub(crate) fn new(source: SourceId, name: &str) -> Self {
        Self { source, from_name: of_file_name(name), ..Self::default() }
    }

    /// A record that was not read; it is already counted in `records`.
    pub(crate) fn skip(&mut self, offset: u64, reason: String) {
        self.skipped += 1;
        self.note(Unread { record: Some(self.records), offset: Some(offset), kind: ProblemKind::Unread, reason });
    }

    /// A record that is longer than records may be.
    pub(crate) fn skip_too_long(&mut self, offset: u64, max_record: usize) {
        self.records += 1;
        self.skip(offset, format!("is longer than {max_record} bytes (--max-record raises it)"));
    }

    /// A record with a byte that is not UTF-8, `at` bytes into it.
    pub(crate) fn skip_bad_utf8(&mut self, offset: u64, at: usize) {
        self.records += 1;
        self.skip(offset, format!("byte {} is not UTF-8", offset + at as u64));
    }

    /// Something other than one record that was not read.
    pub(crate) fn problem(&mut self, offset: Option<u64>, reason: String) {
        self.note(Unread { record: None, offset, kind: ProblemKind::Unread, reason });
    }

    /// Doubt about the times of rows, none of which is lost.
    pub(crate) fn doubtful_times(&mut self, reason: String) {
        self.note(Unread { record: None, offset: None, kind: ProblemKind::Times, reason });
    }

    /// Notes that every row is read, or given to another thread: what comes is behind them.
    pub(crate) fn end_rows(&mut self) {
        self.before_rows = Some(self.unread.len());
    }

    /// Parts what came behind the rows from what came before them.
    pub(crate) fn split_behind_rows(&mut self) -> Self {
        let unread = self.before_rows.map(|before| self.unread.split_off(before)).unwrap_or_default();
        Self { source: self.source, unread, ..Self::default() }
    }

    fn note(&mut self, unread: Unread) {
        if self.unread.len() < PROBLEMS_KEPT {
            self.unread.push(unread);
        }
    }

    /// Computes the range of its times again.
    pub(crate) fn times_again<'e>(&mut self, events: impl Iterator<Item = &'e EventHead>) {
        (self.first, self.last) = (None, None);
        for time in events.map(EventHead::time) {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = self.last.max(Some(time));
        }
    }

    /// A row of a table that is only counted.
    pub(crate) fn count(&mut self, table: &str) {
        match self.tables.get_mut(table) {
            Some(count) => *count += 1,
            None => {
                self.tables.insert(table.to_owned(), 1);
            }
        }
    }

    /// A row that looks like one of ours, and is in a table of another name.
    pub(crate) fn count_alike(&mut self, table: &str) {
        *self.lookalikes.entry(table.to_owned()).or_default() += 1;
    }

    /// Returns whether only some rows have a spreadsheet's day numbers as times.
    pub(crate) fn mixes_serials(&self) -> bool {
        (1..self.read).contains(&self.noted[Note::Serial as usize])
    }

    /// Counts a row that a note holds for.
    pub(crate) fn note_one(&mut self, note: Note) {
        self.noted[note as usize] += 1;
    }

    /// Counts the notes that hold for a row.
    pub(crate) fn note_row(&mut self, notes: Notes) {
        for note in Note::ALL.into_iter().filter(|note| notes.0 & 1 << *note as u16 != 0) {
            self.noted[note as usize] += 1;
        }
    }

    /// A row that became an event.
    pub(crate) fn keep(&mut self, event: &NewEvent) {
        self.read += 1;
        self.count(event.table.name());
        let time = event.time();
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = self.last.max(Some(time));
        self.fields.extend(event.fields());
    }

    /// Adds the counts of the piece that follows.
    pub(crate) fn join(&mut self, mut piece: Self) {
        for unread in piece.unread.drain(..) {
            self.note(Unread { record: unread.record.map(|record| record + self.records), ..unread });
        }
        self.dates.join(&piece.dates, self.records);
        self.second_headers.extend(piece.second_headers.iter().map(|record| record + self.records));
        for (column, cells) in piece.full_cells {
            *self.full_cells.entry(column).or_default() += cells;
        }
        self.searches.join(piece.searches);
        self.records += piece.records;
        self.read += piece.read;
        self.skipped += piece.skipped;
        self.decoded += piece.decoded;
        self.content = self.content.take().or(piece.content);
        for (table, count) in piece.tables {
            *self.tables.entry(table).or_default() += count;
        }
        for (table, count) in piece.lookalikes {
            *self.lookalikes.entry(table).or_default() += count;
        }
        self.shape = self.shape.or(piece.shape);
        self.assumed.0 |= piece.assumed.0;
        self.remarks.append(&mut piece.remarks);
        for (rows, more) in self.noted.iter_mut().zip(piece.noted) {
            *rows += more;
        }
        self.first = self.first.into_iter().chain(piece.first).min();
        self.last = self.last.max(piece.last);
        self.fields.extend(piece.fields);
    }

    /// Writes the counts into the source and hands over what was not read.
    pub(crate) fn settle(mut self, source: &mut Source, problems: &mut Vec<Problem>) {
        if self.records == 0 && self.unread.is_empty() {
            self.problem(None, "holds no rows".to_owned());
        }
        for record in std::mem::take(&mut self.second_headers) {
            self.remarks
                .push(format!("another export begins in the same file: a second header stands before record {record}"));
        }
        let (remark, problem) = self.dates.sentences();
        self.remarks.extend(remark);
        if let Some((record, offset, reason)) = problem {
            self.note(Unread { record: Some(record), offset: Some(offset), kind: ProblemKind::Times, reason });
        }
        if self.mixes_serials() {
            let rows = std::mem::take(&mut self.noted[Note::Serial as usize]);
            self.doubtful_times(format!(
                "no time of day is certain in {rows} rows: a spreadsheet's day number stands where other rows have a \
                     written time; they take part in no window of time (no burst, no hop, no flow)"
            ));
        }
        for (note, rows) in Note::ALL.into_iter().zip(self.noted).filter(|(_, rows)| *rows > 0) {
            if note.is_doubt() {
                self.doubtful_times(note.sentence(rows));
            } else {
                self.remarks.push(note.sentence(rows));
            }
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
            kind: unread.kind,
            reason: unread.reason,
        }));
        if hidden > 0 {
            problems.push(Problem {
                source: source.name.clone(),
                record: None,
                offset: None,
                kind: ProblemKind::Unread,
                reason: format!("{hidden} further records were not read and are not listed"),
            });
        }
        let assumed = ASSUMPTIONS.iter().filter(|(assumed, _)| self.assumed.0 & assumed.0 != 0);
        self.remarks.extend(assumed.map(|(_, message)| (*message).to_owned()));
        source.shape = self.shape;
        if let Some(content) = self.content {
            source.content = content.into();
        }
        source.tables = self.tables;
        source.lookalikes = self.lookalikes;
        source.read = self.read;
        source.skipped = self.skipped;
        source.first = self.first;
        source.last = self.last;
        source.fields = self.fields;
        source.short_searches = self.searches.short();
        source.remarks = self.remarks;
    }
}

/// Counts rows under the table that a copy of them names.
pub(crate) fn move_rows(source: &mut Source, from: Table, to: Table, rows: u64) {
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
