//! CSV from portals and hunting screens.

use super::clock::zone_minutes;
use super::fields::{self, Target, plain};
use super::lines::{bad_utf8, too_long};
use super::row::{Column, Rows, Spot};
use super::tally::Tally;
use super::window::Window;
use crate::model::Span;
use csv_core::{ReadRecordResult, ReaderBuilder};

/// Column names that only the Entra portal's sign-in download has.
const PORTAL_MARKS: [&str; 2] = ["date (utc)", "request id"];

/// A header line.
pub(super) struct Header {
    /// The columns, in order.
    pub(super) columns: Vec<Column>,
    /// What separates cells.
    pub(super) delimiter: u8,
    /// Whether it is the Entra portal's.
    pub(super) portal: bool,
    /// Whether the times' zone is not told.
    zone_unknown: bool,
    /// Whether it lists the factors of sign-ins, not sign-ins.
    factors: bool,
}

impl Header {
    /// Reads the first record of `head`; `None` where it names no time and no two fields we know.
    pub(super) fn read(head: &[u8]) -> Option<Self> {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let line = head.split(|b| *b == b'\n').next()?;
        let count = |delimiter: u8| memchr::memchr_iter(delimiter, line).count();
        let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| (count(*d), *d == b','))?;
        let names = Cells::new(delimiter).header(line)?;
        let portal = PORTAL_MARKS.iter().all(|mark| names.iter().any(|name| plain(name) == *mark));
        let (mut zone_unknown, mut columns) = (false, Vec::new());
        for written in names {
            let (name, zone) = split_zone(&written);
            let target = fields::target(name, portal);
            let ahead = match zone {
                Some(zone) if matches!(target, Target::Created(_) | Target::Ingested(_)) => {
                    ahead(zone).unwrap_or_else(|| {
                        zone_unknown = true;
                        Span::from_ticks(0)
                    })
                }
                _ => Span::from_ticks(0),
            };
            columns.push(Column { name: written.trim().to_owned(), target, ahead });
        }
        let known = columns.iter().filter(|column| column.target != Target::Skip).count();
        let timed = columns.iter().any(|column| matches!(column.target, Target::Created(_) | Target::Ingested(_)));
        let wrapped = columns.iter().any(|column| column.target == Target::Wrapper);
        let mut header = Self { columns, delimiter, portal, zone_unknown, factors: false };
        header.factors = portal && header.has("authentication method") && !header.has("application id");
        (known >= 3 && timed || wrapped || header.factors).then_some(header)
    }

    /// Whether it has a column of this name; case, zone and white space do not count.
    pub(super) fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| plain(split_zone(&column.name).0).eq_ignore_ascii_case(name))
    }
}

/// `TimeGenerated [UTC]` as name and zone.
fn split_zone(written: &str) -> (&str, Option<&str>) {
    let Some((name, rest)) = written.trim().split_once('[') else { return (written, None) };
    (name, rest.strip_suffix(']'))
}

/// How far east of UTC a zone in a header is; `None` when it does not say.
fn ahead(zone: &str) -> Option<Span> {
    let zone = zone.trim().to_ascii_uppercase();
    let offset = zone.strip_prefix("UTC").or_else(|| zone.strip_prefix("GMT")).unwrap_or(&zone).trim();
    if offset.is_empty() || offset == "Z" { Some(Span::from_ticks(0)) } else { zone_minutes(offset).map(Span::minutes) }
}

/// One record's cells, in buffers that are used again.
struct Cells {
    reader: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

enum Step {
    /// So many bytes were used and the record goes on.
    Goes(usize),
    /// The record ended after so many bytes; it has so many cells.
    Record(usize, usize),
    End,
}

impl Cells {
    fn new(delimiter: u8) -> Self {
        Self { reader: ReaderBuilder::new().delimiter(delimiter).build(), text: vec![0; 16 << 10], ends: vec![0; 256] }
    }

    fn header(&mut self, line: &[u8]) -> Option<Vec<String>> {
        let mut line = line.to_vec();
        line.push(b'\n');
        let (mut text, mut ends) = (0, 0);
        let Step::Record(_, cells) = self.feed(&line, &mut text, &mut ends) else { return None };
        (0..cells).map(|index| self.cell(index).map(str::to_owned)).collect()
    }

    /// Reads on in the record, of which `text` bytes and `ends` cells are read so far.
    fn feed(&mut self, input: &[u8], text: &mut usize, ends: &mut usize) -> Step {
        let mut used = 0;
        loop {
            let (result, consumed, written, ended) =
                self.reader.read_record(&input[used..], &mut self.text[*text..], &mut self.ends[*ends..]);
            used += consumed;
            *text += written;
            *ends += ended;
            match result {
                ReadRecordResult::InputEmpty => return Step::Goes(used),
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => return Step::Record(used, *ends),
                ReadRecordResult::End => return Step::End,
            }
        }
    }

    fn cell(&self, index: usize) -> Option<&str> {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        std::str::from_utf8(&self.text[start..self.ends[index]]).ok()
    }
}

/// Reads every record of a stream whose first is `header`.
pub(super) fn stream(
    window: &mut Window<'_>,
    header: &Header,
    max_record: usize,
    rows: &mut Rows,
    tally: &mut Tally,
    keep_on: &mut dyn FnMut(u64) -> bool,
) {
    if header.zone_unknown {
        tally.remarks.push("a time column does not name its zone; its times were read as UTC".to_owned());
    }
    let mut cells = Cells::new(header.delimiter);
    let mut is_header = true;
    loop {
        while window.byte(0).is_some_and(|b| b == b'\n' || b == b'\r') {
            window.consume(1);
        }
        let offset = window.offset();
        match record(window, &mut cells, max_record) {
            Some(Ok(count)) if is_header => {
                if count != header.columns.len() {
                    return tally
                        .problem(Some(offset), "a quote in its header is not closed: no row was read".to_owned());
                }
                is_header = false;
            }
            Some(Ok(count)) => {
                let len = usize::try_from(window.offset() - offset).expect("max_record bounds it");
                row(&cells, count, header, Spot { offset, len }, rows, tally);
            }
            Some(Err(())) => {
                too_long(tally, offset, max_record);
                // Where the quote that began it should have ended, nobody knows.
                while window.more() || !window.bytes().is_empty() {
                    window.consume(window.bytes().len());
                }
                return tally
                    .problem(Some(offset), "a quote is not closed: the rest of the file was not read".to_owned());
            }
            None => return,
        }
        if !keep_on(tally.read) {
            return;
        }
    }
}

/// Reads one record into `cells` and counts its cells; `Err` when it is too long, `None` at the end.
fn record(window: &mut Window<'_>, cells: &mut Cells, max_record: usize) -> Option<Result<usize, ()>> {
    let (mut text, mut ends) = (0, 0);
    let start = window.offset();
    loop {
        let ended = window.bytes().is_empty() && !window.more();
        match cells.feed(window.bytes(), &mut text, &mut ends) {
            Step::Record(used, count) => {
                window.consume(used);
                return Some(Ok(count));
            }
            Step::Goes(used) => window.consume(used),
            Step::End => return None,
        }
        if window.offset() - start > max_record as u64 {
            return Some(Err(()));
        }
        if ended {
            return None;
        }
    }
}

fn row(cells: &Cells, count: usize, header: &Header, spot: Spot, rows: &mut Rows, tally: &mut Tally) {
    let wanted = header.columns.len();
    let extra = (wanted..count).any(|index| cells.cell(index) != Some(""));
    if count < wanted || extra {
        tally.records += 1;
        return tally.skip(spot.offset, format!("has {count} cells under {wanted} columns"));
    }
    if header.factors {
        tally.records += 1;
        return tally.count("Entra portal authentication details");
    }
    let texts: Option<Vec<&str>> = (0..wanted).map(|index| cells.cell(index)).collect();
    if let Some(texts) = texts {
        return rows.cells(texts.into_iter(), &header.columns, spot, tally);
    }
    tally.records += 1;
    tally.skip(spot.offset, bad_utf8(spot.offset, 0).replacen("byte", "a byte after", 1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_their_zone() {
        let header = Header::read(b"TimeGenerated [UTC+02:00],\"UserId\",AppId,Id\nx").unwrap();
        assert_eq!(header.columns[0].ahead, Span::minutes(120));
        assert!(!header.zone_unknown && !header.portal);
        assert!(Header::read(b"TimeGenerated [Local Time],UserId,AppId\n").unwrap().zone_unknown);
        assert!(Header::read(b"name,age,shoe size\n1,2,3\n").is_none());
    }
}
