//! Rows of a CSV: cut out of the stream by one thread, read by any.

use super::Header;
use super::cut::{Cells, Scan};
use crate::ingest::bytes::codepage;
use crate::ingest::bytes::window::Window;
use crate::ingest::framing::keep_on::KeepOn;
use crate::ingest::record::builder::{Position, RecordReader};
use crate::ingest::stats::{Note, SourceStats};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Characters at which Excel cuts a cell.
const EXCEL_CELL: usize = 32_767;

/// Some records of a CSV, next to each other.
pub(crate) struct Rows<'b> {
    header: Arc<Header>,
    bytes: Cow<'b, [u8]>,
    offset: u64,
    cuts: Vec<Cut>,
    /// True if they stand behind a line that was given up: a mark of byte order at their start is none of the text.
    fresh: bool,
    max_record: usize,
}

/// A stretch of the rows, by the position that it begins at.
enum Cut {
    /// A record of this length, and its longest cell as [`Scan::longest`] has it.
    Record { start: usize, len: usize, longest: Range<usize> },
    /// A record with a quote that is not closed, which so many cells are read from.
    Unclosed { start: usize, cells: usize },
    /// A record that is too long.
    TooLong { start: usize },
    /// The header of another export.
    Header,
}

impl Rows<'_> {
    /// The offset of their first byte in the source.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The same, for another thread.
    pub(crate) fn into_owned(self) -> Rows<'static> {
        Rows { bytes: Cow::Owned(self.bytes.into_owned()), ..self }
    }

    /// Reads them, as long as `keep_on` returns true; returns the last answer.
    pub(crate) fn read(&self, records: &mut RecordReader, stats: &mut SourceStats, keep_on: &mut KeepOn<'_>) -> bool {
        let mut cells = Cells::default();
        let mut is_fresh = self.fresh;
        for cut in &self.cuts {
            match *cut {
                Cut::Record { start, len, ref longest } => {
                    let record = &self.bytes[start..start + len];
                    let position = Position::new(self.offset + start as u64, record);
                    let text = without_mark(record, is_fresh);
                    let mark = len - text.len();
                    let longest = longest.start.saturating_sub(mark)..longest.end.saturating_sub(mark);
                    let count = cells.split(text, self.header.delimiter, &longest, &self.header.columns);
                    row(&cells, count, &self.header, position, records, stats);
                    is_fresh = false;
                }
                // A quote that is not closed takes in the lines after it, until another one is met.
                Cut::Unclosed { start, cells: count } => {
                    let wanted = self.header.columns.len();
                    stats.records += 1;
                    stats.skip(
                        self.offset + start as u64,
                        format!("has {count} cells under {wanted} columns, a quote in it is not closed; reading goes on in the next line"),
                    );
                    is_fresh = true;
                }
                Cut::TooLong { start } => stats.skip_too_long(self.offset + start as u64, self.max_record),
                Cut::Header => stats.second_headers.push(stats.records + 1),
            }
            if !keep_on(records.part(), stats.read) {
                return false;
            }
        }
        true
    }
}

/// A record without the mark of byte order that may stand before it in the first line after a fault.
fn without_mark(record: &[u8], is_fresh: bool) -> &[u8] {
    record.strip_prefix(b"\xef\xbb\xbf").filter(|_| is_fresh).unwrap_or(record)
}

/// Takes rows, to read them or to give them to another thread; ends the reading by returning false.
pub(crate) type Take<'t> = dyn FnMut(Rows<'_>, &mut SourceStats) -> bool + 't;

/// Cuts a stream into records.
pub(super) struct Cutter<'w, 'r> {
    window: &'w mut Window<'r>,
    header: Arc<Header>,
    max_record: usize,
    /// Position in the window of the record being looked at.
    at: usize,
    cuts: Vec<Cut>,
    /// As in [`Rows`], of the rows to come.
    fresh: bool,
    /// As [`Self::fresh`], of the record being looked at.
    is_after_fault: bool,
}

impl<'w, 'r> Cutter<'w, 'r> {
    /// After the header.
    pub(super) fn new(window: &'w mut Window<'r>, header: Header, max_record: usize) -> Self {
        let header = Arc::new(header);
        Self { window, header, max_record, at: 0, cuts: Vec::new(), fresh: false, is_after_fault: false }
    }

    /// Cuts to the end of the stream, unless `take` returns false.
    pub(super) fn run(&mut self, stats: &mut SourceStats, take: &mut Take<'_>) {
        loop {
            let line_breaks = |rest: &[u8]| rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            self.at += line_breaks(&self.window.bytes()[self.at..]);
            if self.at == self.window.bytes().len() {
                if !self.hand_over(stats, take) {
                    return;
                }
                if !self.window.more() {
                    return;
                }
                continue;
            }
            let mut scan = Scan::new(self.header.delimiter, self.header.columns.len());
            if self.is_after_fault && self.window.bytes()[self.at..].starts_with(b"\xef\xbb\xbf") {
                scan.pass_over(3);
            }
            let len = loop {
                let rest = &self.window.bytes()[self.at..];
                if let Some(len) = scan.end(rest) {
                    break Some(len);
                }
                if rest.len() > self.max_record {
                    break None;
                }
                // The records cut so far need not wait for more.
                if !self.hand_over(stats, take) {
                    return;
                }
                if !self.window.more() {
                    scan.end_here();
                    break Some(self.window.bytes().len());
                }
            };
            let Some(len) = len else {
                self.cuts.push(Cut::TooLong { start: self.at });
                if !self.hand_over(stats, take) {
                    return;
                }
                self.window.next_line();
                (self.fresh, self.is_after_fault) = (true, true);
                continue;
            };
            if let Some(next) = self.cut(&scan, len) {
                if !self.hand_over(stats, take) {
                    return;
                }
                self.header = Arc::new(next);
            }
        }
    }

    /// Cuts off the record at the front, which has this length; the header that it is, if it is one.
    fn cut(&mut self, scan: &Scan, len: usize) -> Option<Header> {
        let record = &self.window.bytes()[self.at..self.at + len];
        let is_after_fault = std::mem::replace(&mut self.is_after_fault, false);
        if !scan.fits() && has_lines(record) {
            self.cuts.push(Cut::Unclosed { start: self.at, cells: scan.cells() });
            self.at += memchr::memchr(b'\n', record).map_or(len, |at| at + 1);
            self.is_after_fault = true;
            return None;
        }
        let next = first_cell(scan.first(record), self.header.delimiter, is_after_fault)
            .and_then(|cell| self.header.second(&cell, record));
        self.cuts.push(if next.is_some() {
            Cut::Header
        } else {
            Cut::Record { start: self.at, len, longest: scan.longest() }
        });
        self.at += len;
        next
    }

    /// Gives what is cut so far to `take`; returns its answer.
    fn hand_over(&mut self, stats: &mut SourceStats, take: &mut Take<'_>) -> bool {
        let at = std::mem::take(&mut self.at);
        let cuts = std::mem::take(&mut self.cuts);
        let fresh = std::mem::replace(&mut self.fresh, self.is_after_fault);
        let goes_on = cuts.is_empty()
            || take(
                Rows {
                    header: Arc::clone(&self.header),
                    bytes: Cow::Borrowed(&self.window.bytes()[..at]),
                    offset: self.window.offset(),
                    cuts,
                    fresh,
                    max_record: self.max_record,
                },
                stats,
            );
        self.window.consume(at);
        goes_on
    }
}

/// The first cell of a record from the form it is written in; `None` where it is no text.
fn first_cell(written: &[u8], delimiter: u8, is_after_fault: bool) -> Option<Cow<'_, str>> {
    let inner = written.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(written);
    if memchr::memchr(b'"', inner).is_none() && !(is_after_fault && written.starts_with(b"\xef\xbb\xbf")) {
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    let mut cells = Cells::default();
    cells.split(without_mark(written, is_after_fault), delimiter, &(0..0), &[]);
    cells.cell(0).map(|cell| Cow::Owned(cell.to_owned()))
}

/// The cells of a row whose values stand twice, on two lines, each once. A cell of one line may stand among them: what
/// the tool that did it adds of its own. `None` where a cell has lines that differ, or few have lines at all.
fn halves<'c>(cells: &[&'c str]) -> Option<Vec<&'c str>> {
    let (mut twice, mut once) = (0, 0);
    let halved = cells.iter().map(|cell| {
        let cell = cell.trim_end_matches(['\r', '\n']);
        if cell.is_empty() {
            Some(cell)
        } else if memchr::memchr(b'\n', cell.as_bytes()).is_none() {
            once += 1;
            Some(cell)
        } else {
            twice += 1;
            half(cell)
        }
    });
    let halved = halved.collect::<Option<Vec<_>>>()?;
    (twice > 2 && twice > once).then_some(halved)
}

/// The value of a cell that holds it twice, on two lines.
fn half(cell: &str) -> Option<&str> {
    let (first, second) = cell.split_at_checked(cell.len() / 2)?;
    let (first, second) = (first.trim_end_matches(['\r', '\n']), second.trim_start_matches(['\r', '\n']));
    (first == second && first.len() + second.len() < cell.len()).then_some(first)
}

/// Returns whether a record has more than one line.
fn has_lines(record: &[u8]) -> bool {
    memchr::memchr(b'\n', record.trim_ascii_end()).is_some()
}

fn row(
    cells: &Cells,
    count: usize,
    header: &Header,
    position: Position,
    records: &mut RecordReader,
    stats: &mut SourceStats,
) {
    let wanted = header.columns.len();
    if !header.fits(cells, count) {
        stats.records += 1;
        return stats.skip(position.offset, format!("has {count} cells under {wanted} columns"));
    }
    if header.factors {
        stats.records += 1;
        return stats.count("Entra portal authentication details");
    }
    let texts = cells.texts(wanted);
    let bytes = cells.bytes(count);
    if texts.is_none()
        && let Some(parts) = codepage::windows(bytes).and_then(|_| cells.windows(wanted))
    {
        stats.note_one(Note::CodePage);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        return records.cells(&parts, &cells.doubled, &header.columns, position, stats);
    }
    if let Some(mut texts) = texts {
        if memchr::memchr(b'\n', bytes).is_some()
            && let Some(halves) = halves(&texts)
        {
            stats.note_one(Note::Doubled);
            texts = halves;
        }
        let is_full = |at: usize, text: &str| {
            text.len() >= EXCEL_CELL && {
                let twice = if cells.doubled.contains(&at) { text.matches("\"\"").count() } else { 0 };
                text.chars().count() - twice == EXCEL_CELL
            }
        };
        let columns = header.columns.iter().zip(&texts).enumerate();
        for (_, (column, _)) in columns.filter(|(at, (_, text))| is_full(*at, text)) {
            *stats.full_cells.entry(column.name.clone()).or_default() += 1;
        }
        return records.cells(&texts, &cells.doubled, &header.columns, position, stats);
    }
    stats.records += 1;
    stats.skip(position.offset, format!("a byte after {} is not UTF-8", position.offset));
}
