//! CSV from portals and hunting screens.

mod cut;
mod rows;

use crate::ingest::bytes::codepage;
use crate::ingest::bytes::window::Window;
use crate::ingest::record::keys::Column;
use crate::ingest::record::timestamps::zone_minutes;
use crate::ingest::record::unwrap;
use crate::ingest::stats::SourceStats;
use crate::model::Span;
use crate::tables::{KeyMarks, Target, hit_table, plain, targets};
use csv_core::{ReadRecordResult, ReaderBuilder};
use cut::Cells;
use rows::Cutter;
pub(crate) use rows::{Rows, Take};
use std::ops::Range;

/// Lines above a header that are passed over: a title, a blank line, `sep=;`, `#TYPE …`.
const LINES_BEFORE: usize = 16;

/// Separators of cells; where two are as frequent, the comma.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Column names that only the Entra portal's sign-in download has.
const PORTAL_MARKS: [&str; 2] = ["request id", "user agent"];
/// Column names that only its audit download has.
const AUDIT_MARKS: [&str; 2] = ["actortype", "activity"];
/// Their first column: `Date (UTC)`, or `Date` where the portal showed another zone.
const PORTAL_DATE: &str = "date";

/// Column names of the portal's download of the factors of sign-ins.
const FACTOR_MARKS: [&str; 2] = ["request id", "authentication method"];

/// A header line.
pub(crate) struct Header {
    /// The columns, in order.
    pub(crate) columns: Vec<Column>,
    /// The byte between cells.
    pub(crate) delimiter: u8,
    /// True if it is the Entra portal's.
    pub(crate) portal: bool,
    /// Bytes of the lines before it.
    before: usize,
    /// Columns of times without a zone.
    zone_unknown: Vec<usize>,
    /// True if it lists the factors of sign-ins, not sign-ins.
    pub(crate) factors: bool,
}

impl Header {
    /// Finds the header in `head`: the first line, or one below a title, a blank line, a separator for a
    /// spreadsheet or the name of a type. `None` where no line names a time and two fields we know.
    pub(crate) fn read(head: &[u8]) -> Option<Self> {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let mut before = 0;
        for line in text.split(|b| *b == b'\n').take(LINES_BEFORE + 1) {
            if let Some(header) = Self::line(line) {
                return Some(Self { before, ..header });
            }
            before += line.len() + 1;
        }
        Self::around_json(text)
    }

    /// The header that a line is, if it is one.
    fn line(line: &[u8]) -> Option<Self> {
        let header = Self::names(line)?;
        if header.columns.iter().any(|column| is_value(&column.name)) {
            return None;
        }
        let known = header.columns.iter().filter(|column| !column.targets.is_skip()).count();
        let is_time = |column: &Column| matches!(column.targets.any(), Target::Created(_) | Target::Ingested(_));
        let timed = header.columns.iter().any(is_time);
        let wrapped = header.columns.iter().any(|column| column.targets.any() == Target::Wrapper);
        (known >= 3 && timed || wrapped || header.factors || header.is_marked()).then_some(header)
    }

    /// A first line of names that are not ours, above rows of which a cell is a record of ours as JSON.
    fn around_json(text: &[u8]) -> Option<Self> {
        let end = memchr::memchr(b'\n', text)?;
        let header = Self::names(&text[..end])?;
        let mut reader = CellReader::new(header.delimiter);
        let (mut filled, mut ends) = (0, 0);
        let Step::Record(_, count) = reader.feed(&text[end + 1..], &mut filled, &mut ends) else { return None };
        let is_record = |index| {
            let cell = reader.cells.cell(index).filter(|cell| cell.starts_with(['{', '[']));
            cell.is_some_and(|cell| !unwrap::records(&format!("[{cell}]")).is_empty())
        };
        (count == header.columns.len() && (0..count).any(is_record)).then_some(header)
    }

    /// The columns that a line names, whatever they are.
    pub(crate) fn names(line: &[u8]) -> Option<Self> {
        if line.trim_ascii().is_empty() || line.trim_ascii_start().starts_with(b"{") {
            return None;
        }
        let count = |delimiter: u8| memchr::memchr_iter(delimiter, line).count();
        let delimiter = DELIMITERS.into_iter().max_by_key(|d| (count(*d), *d == b','))?;
        let names = CellReader::new(delimiter).header(line)?;
        let names_any = |mark: &str| names.iter().any(|name| plain(name) == mark);
        let portal =
            PORTAL_MARKS.iter().all(|mark| names_any(mark)) && names.iter().any(|name| portal_zone(name).is_some());
        let audit = AUDIT_MARKS.iter().all(|mark| names_any(mark));
        let (mut zone_unknown, mut columns) = (Vec::new(), Vec::new());
        for written in names {
            let (name, zone) = split_zone(&written);
            let date = portal_zone(&written).filter(|_| portal || audit);
            let targets = if portal && date.is_some() { targets("date (utc)", true) } else { targets(name, portal) };
            let is_time = date.is_some()
                || hit_table::is_time(name)
                || matches!(targets.any(), Target::Created(_) | Target::Ingested(_) | Target::Activity);
            let utc_offset = match date.or(zone) {
                Some(zone) if is_time => utc_offset(zone).unwrap_or_else(|| {
                    zone_unknown.push(columns.len());
                    Span::from_ticks(0)
                }),
                _ => Span::from_ticks(0),
            };
            columns.push(Column { name: written.trim().to_owned(), targets, utc_offset });
        }
        let mut header = Self { columns, delimiter, portal, before: 0, zone_unknown, factors: false };
        header.factors = FACTOR_MARKS.iter().all(|mark| header.has(mark)) && !header.has("application id");
        Some(header)
    }

    /// The header that a record is, where a second export begins in the file: it names columns of the first.
    fn second(&self, first_cell: &str, record: &[u8]) -> Option<Self> {
        let name = first_cell.trim().trim_start_matches('\u{feff}');
        if name.is_empty() || !self.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)) {
            return None;
        }
        let header =
            Self::line(record.trim_ascii_end().strip_prefix(b"\xef\xbb\xbf").unwrap_or(record.trim_ascii_end()))?;
        (header.delimiter == self.delimiter).then_some(header)
    }

    /// Returns whether its columns alone show a table.
    fn is_marked(&self) -> bool {
        let mut marks = KeyMarks::default();
        for column in &self.columns {
            marks.add(column.targets.marks());
        }
        marks.table().is_some()
    }

    /// Returns whether a record of so many cells has one for each column, and nothing beyond.
    fn fits(&self, cells: &Cells, count: usize) -> bool {
        let wanted = self.columns.len();
        count >= wanted && (wanted..count).all(|index| cells.cell(index) == Some(""))
    }

    /// Reads times without a zone as those of `zone`, with a remark.
    pub(crate) fn at(mut self, zone: Option<Span>, stats: &mut SourceStats) -> Self {
        let Some(name) = self.zone_unknown.first().map(|first| self.columns[*first].name.clone()) else { return self };
        match zone {
            Some(zone) => {
                for column in &self.zone_unknown {
                    self.columns[*column].utc_offset = zone;
                }
                let (sign, minutes) = (if zone.ticks() < 0 { '-' } else { '+' }, zone.whole_minutes().abs());
                let offset = format!("{}{:02}:{:02}", sign, minutes / 60, minutes % 60);
                stats.remarks.push(format!("the times under {name} were read as those of UTC{offset} (--local-zone)"));
            }
            None => stats.doubtful_times(format!(
                "the zone of the times under {name} is not told: they were read as UTC (--local-zone tells it)"
            )),
        }
        self
    }

    /// Returns whether it has a column of this name; case, zone and white space do not count.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| plain(split_zone(&column.name).0).eq_ignore_ascii_case(name))
    }
}

/// Returns whether a cell holds a value, as no name of a column does: a time, an id, an address, a sign-in name, JSON.
pub(crate) fn is_value(cell: &str) -> bool {
    let cell = cell.trim().trim_matches('"');
    let digit = |byte: &u8| byte.is_ascii_digit();
    cell.find('@').is_some_and(|at| at > 0)
        || cell.starts_with("{\"")
        || cell.parse::<std::net::IpAddr>().is_ok()
        || uuid::Uuid::try_parse(cell).is_ok()
        || cell.len() >= 8 && cell.as_bytes().first().is_some_and(digit) && cell.contains([':', '-', '/'])
}

/// `TimeGenerated [UTC]` as name and zone.
fn split_zone(written: &str) -> (&str, Option<&str>) {
    let Some((name, rest)) = written.trim().split_once('[') else { return (written, None) };
    (name, rest.strip_suffix(']'))
}

/// The zone of the portal's date column: `Date (UTC)`, `Date (UTC+02:00)`; empty and unknown for `Date`.
fn portal_zone(written: &str) -> Option<&str> {
    let written = written.trim();
    let rest = written
        .get(PORTAL_DATE.len()..)
        .filter(|_| written[..PORTAL_DATE.len()].eq_ignore_ascii_case(PORTAL_DATE))?
        .trim();
    match rest.strip_prefix(['(', '[']) {
        Some(zone) => zone.strip_suffix([')', ']']),
        None => rest.is_empty().then_some("not told"),
    }
}

/// UTC offset named in a column header; `None` when it names none.
pub(crate) fn utc_offset(zone: &str) -> Option<Span> {
    let zone = zone.trim().to_ascii_uppercase();
    let offset = zone.strip_prefix("UTC").or_else(|| zone.strip_prefix("GMT")).unwrap_or(&zone).trim();
    if offset.is_empty() || offset == "Z" { Some(Span::from_ticks(0)) } else { zone_minutes(offset).map(Span::minutes) }
}

/// Reads the cells of a record whose end is not known.
struct CellReader {
    reader: csv_core::Reader,
    cells: Cells,
}

enum Step {
    /// `n` bytes consumed; the record is incomplete.
    Incomplete(usize),
    /// Bytes consumed to the end of the record, and its number of cells.
    Record(usize, usize),
    End,
}

impl CellReader {
    fn new(delimiter: u8) -> Self {
        let cells = Cells { text: vec![0; 16 << 10], ends: vec![0; 256], ..Cells::default() };
        Self { reader: ReaderBuilder::new().delimiter(delimiter).build(), cells }
    }

    fn header(&mut self, line: &[u8]) -> Option<Vec<String>> {
        let mut line = line.to_vec();
        line.push(b'\n');
        let (mut text, mut ends) = (0, 0);
        let Step::Record(_, count) = self.feed(&line, &mut text, &mut ends) else { return None };
        let texts = self.cells.texts(count).map(|texts| texts.into_iter().map(str::to_owned).collect());
        texts.or_else(|| self.cells.windows(count))
    }

    /// Reads on in the record, of which `text` bytes and `ends` cells are read so far.
    fn feed(&mut self, input: &[u8], text: &mut usize, ends: &mut usize) -> Step {
        let Cells { text: buffer, ends: all_ends, .. } = &mut self.cells;
        let mut used = 0;
        loop {
            let (result, consumed, written, ended) =
                self.reader.read_record(&input[used..], &mut buffer[*text..], &mut all_ends[*ends..]);
            used += consumed;
            *text += written;
            *ends += ended;
            match result {
                ReadRecordResult::InputEmpty => return Step::Incomplete(used),
                ReadRecordResult::OutputFull => buffer.resize(buffer.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => all_ends.resize(all_ends.len() * 2, 0),
                ReadRecordResult::Record => return Step::Record(used, *ends),
                ReadRecordResult::End => return Step::End,
            }
        }
    }
}

impl Cells {
    /// Reads a record that is there from its start to its end; its number of cells. JSON in columns that no field is read
    /// from stays as it is written.
    fn split(&mut self, record: &[u8], delimiter: u8, longest: &Range<usize>, columns: &[Column]) -> usize {
        let may_double = |index: usize| columns.get(index).is_some_and(|column| column.targets.any() == Target::Skip);
        self.read(record, delimiter, longest, may_double);
        self.ends.len()
    }

    /// The bytes of the first cells, one after another.
    fn bytes(&self, count: usize) -> &[u8] {
        &self.text[..count.checked_sub(1).map_or(0, |last| self.ends[last])]
    }

    fn start(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.ends[index - 1] }
    }

    fn cell(&self, index: usize) -> Option<&str> {
        std::str::from_utf8(&self.text[self.start(index)..self.ends[index]]).ok()
    }

    /// The first cells; `None` where one is no text.
    fn texts(&self, count: usize) -> Option<Vec<&str>> {
        // One check for all of them is cheaper than one for each.
        let texts = std::str::from_utf8(self.bytes(count)).ok()?;
        (0..count).map(|index| texts.get(self.start(index)..self.ends[index])).collect()
    }

    /// As many cells, read in the code page of Windows.
    fn windows(&self, count: usize) -> Option<Vec<String>> {
        (0..count).map(|index| codepage::windows(&self.text[self.start(index)..self.ends[index]])).collect()
    }
}

/// Cuts a stream whose first record is `header` into rows, for `take` to read or to give to another thread; it ends the
/// reading by returning false.
pub(crate) fn stream(
    window: &mut Window<'_>,
    header: Header,
    max_record: usize,
    stats: &mut SourceStats,
    take: &mut Take<'_>,
) {
    pass_over(window, header.before, stats);
    let mut reader = CellReader::new(header.delimiter);
    loop {
        while window.byte(0).is_some_and(|b| b == b'\n' || b == b'\r') {
            window.consume(1);
        }
        let offset = window.offset();
        match record(window, &mut reader, max_record) {
            Some(Ok((len, count))) if count == header.columns.len() => {
                window.consume(len);
                break;
            }
            Some(Ok(_)) => {
                return stats.problem(Some(offset), "a quote in its header is not closed: no row was read".to_owned());
            }
            Some(Err(())) => {
                stats.skip_too_long(offset, max_record);
                window.next_line();
                reader.reader.reset();
            }
            None => return,
        }
    }
    Cutter::new(window, header, max_record).run(stats, take);
}

/// Consumes the lines before the header, and says which.
fn pass_over(window: &mut Window<'_>, before: usize, stats: &mut SourceStats) {
    let text = String::from_utf8_lossy(&window.bytes()[..before]);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // Windows PowerShell's own line, and the one that names the separator to a spreadsheet.
    let plain = |line: &&str| line.starts_with("#TYPE ") || line.to_ascii_lowercase().starts_with("sep=");
    if let Some(line) = lines.iter().find(|line| !plain(line)) {
        let shown: String = line.chars().take(60).collect();
        stats.remarks.push(format!("lines above the header were passed over, the first: \"{shown}\""));
    }
    window.consume(before);
}

/// Reads one record into the reader's cells, its bytes left in the window: their length, and the number of cells. `Err` when it
/// is too long, `None` at the end.
fn record(window: &mut Window<'_>, reader: &mut CellReader, max_record: usize) -> Option<Result<(usize, usize), ()>> {
    let (mut text, mut ends, mut used) = (0, 0, 0);
    loop {
        let ended = window.bytes().len() == used && !window.more();
        match reader.feed(&window.bytes()[used..], &mut text, &mut ends) {
            Step::Record(more, count) => return Some(Ok((used + more, count))),
            Step::Incomplete(more) => used += more,
            Step::End => return None,
        }
        if used > max_record {
            return Some(Err(()));
        }
        if ended {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_their_zone() {
        let header = Header::read(b"TimeGenerated [UTC+02:00],\"UserId\",AppId,Id\nx").unwrap();
        assert_eq!(header.columns[0].utc_offset, Span::minutes(120));
        assert!(header.zone_unknown.is_empty() && !header.portal);
        assert_eq!(Header::read(b"TimeGenerated [Local Time],UserId,AppId\n").unwrap().zone_unknown, [0]);
        assert!(Header::read(b"name,age,shoe size\n1,2,3\n").is_none());
        let typed = Header::read(b"#TYPE System.Object\r\n\"CreatedDateTime\",\"UserId\",\"AppId\"\r\n").unwrap();
        assert!(typed.before == 21 && typed.has("UserId"));
        assert_eq!(Header::read(b"sep=;\nTimeGenerated;UserId;AppId\n").unwrap().delimiter, b';');
        assert_eq!(Header::read(b"Case 42\n\nTimeGenerated|UserId|AppId\n").unwrap().before, 9);
        assert_eq!(Header::read(b"Date,Request ID,User agent,User ID\n").unwrap().zone_unknown, [0]);
        assert!(Header::read(b"Request ID,Authentication method,Succeeded\n").unwrap().factors);
        let audit = Header::read(b"Date (UTC+02:00),CorrelationId,Activity,ActorType\n").unwrap();
        assert_eq!((audit.columns[0].utc_offset, audit.portal), (Span::minutes(120), false));
        assert_eq!(Header::read(b"Date,CorrelationId,Activity,ActorType\n").unwrap().zone_unknown, [0]);
        let changes = Header::read(b"ActivityDateTime [UTC+02:00],TargetResources,InitiatedBy\n").unwrap();
        assert_eq!(changes.columns[0].utc_offset, Span::minutes(120));
    }
}
