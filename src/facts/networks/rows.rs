//! The rows of a table of networks that is text.
//!
//! Full routing tables have millions of rows, so every core reads a part of them.

use super::flat::Range;
use super::plain::Plain;
use foldhash::fast::RandomState;
use ipnet::IpNet;
use std::borrow::Cow;
use std::collections::HashMap;
use std::net::IpAddr;
use std::thread::ScopedJoinHandle;

/// Ranges as they are read.
#[derive(Default)]
pub(super) struct RangeRows {
    pub(super) v4: Vec<Range<u32>>,
    pub(super) v6: Vec<Range<u128>>,
    pub(super) names: HashMap<u32, Box<str>, RandomState>,
    pub(super) skipped: usize,
    /// The first of those: its line, from 1, and the reason.
    pub(super) first_bad: Option<(usize, String)>,
    lines: usize,
}

/// Bytes that are worth a thread.
const PIECE: usize = 1 << 20;

/// Bytes that a short row takes: room for that many is asked for at once.
const ROW: usize = 32;

/// Columns of a row's values.
#[derive(Clone, Copy)]
enum Layout {
    /// Prefix, number, name.
    Prefixes([Option<usize>; 3]),
    /// Start, end, number, country, name.
    Ranges,
}

impl RangeRows {
    /// Reads a table. A row is a line: a quote that is never closed costs its row, not all after it.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let Some(first) = lines(bytes).find(|line| !line.trim_ascii().is_empty()) else { return Self::default() };
        let tabs = memchr::memchr(b'\t', first).is_some();
        let (layout, has_header) = Layout::from_first_row(Cells { rest: Some(first), tabs });
        let pieces = pieces(bytes);
        let read = std::thread::scope(|scope| {
            let read = |(number, piece)| scope.spawn(move || Self::piece(piece, layout, has_header && number == 0));
            let threads: Vec<_> = pieces.into_iter().enumerate().map(read).collect();
            let join = |thread: ScopedJoinHandle<'_, Self>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            threads.into_iter().map(join).collect::<Vec<_>>()
        });
        let mut read = read.into_iter();
        let mut all = read.next().unwrap_or_default();
        read.for_each(|next| all.join(next));
        all
    }

    /// Reads the lines of a piece; the first of them that is not blank may be a header.
    fn piece(bytes: &[u8], layout: Layout, mut has_header: bool) -> Self {
        let mut rows = Self { v4: Vec::with_capacity(bytes.len() / ROW), ..Self::default() };
        for row in lines(bytes) {
            rows.lines += 1;
            if row.trim_ascii().is_empty() || std::mem::take(&mut has_header) {
                continue;
            }
            if let Err(why) = rows.row(layout, row) {
                rows.skipped += 1;
                if rows.first_bad.is_none() {
                    rows.first_bad = Some((rows.lines, why));
                }
            }
        }
        // Here, where every core has a part of it: what is left to sort is to merge the parts.
        rows.v4.sort_by_key(Range::key);
        rows.v6.sort_by_key(Range::key);
        rows
    }

    /// Adds the rows that follow.
    fn join(&mut self, next: Self) {
        self.v4.extend(next.v4);
        self.v6.extend(next.v6);
        for (number, name) in next.names {
            self.names.entry(number).or_insert(name);
        }
        self.skipped += next.skipped;
        if self.first_bad.is_none() {
            self.first_bad = next.first_bad.map(|(line, why)| (self.lines + line, why));
        }
        self.lines += next.lines;
    }

    fn row(&mut self, layout: Layout, row: &[u8]) -> Result<(), String> {
        let plain = match layout {
            Layout::Prefixes([Some(0), Some(1), _]) => Plain::prefix(row),
            Layout::Prefixes(_) => None,
            Layout::Ranges => Plain::range(row),
        };
        // The first row of each number brings its name.
        match plain.filter(|plain| plain.number() == 0 || self.names.contains_key(&plain.number())) {
            Some(Plain::V4(range)) => self.v4.push(range),
            Some(Plain::V6(range)) => self.v6.push(range),
            None => return self.any(layout, row),
        }
        Ok(())
    }

    /// Reads a row in any form.
    fn any(&mut self, layout: Layout, row: &[u8]) -> Result<(), String> {
        let cells = Cells { rest: Some(row), tabs: matches!(layout, Layout::Ranges) };
        let (asn, name) = match layout {
            Layout::Prefixes(places) => {
                let [prefix, asn, name] = cells.at(places);
                let asn = number(&asn)?;
                let text = text(&prefix);
                let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
                let net = net.map_err(|_| format!("{text:?} is no network"))?;
                self.push(net.network(), net.broadcast(), asn)?;
                (asn, name)
            }
            Layout::Ranges => {
                let [start, end, asn, name] = cells.at([Some(0), Some(1), Some(2), Some(4)]);
                let asn = number(&asn)?;
                self.push(address(&start)?, address(&end)?, asn)?;
                (asn, name)
            }
        };
        if asn != 0 && !self.names.contains_key(&asn) {
            let name = text(&name);
            if !name.is_empty() {
                self.names.insert(asn, name.into());
            }
        }
        Ok(())
    }

    fn push(&mut self, start: IpAddr, end: IpAddr, number: u32) -> Result<(), String> {
        match (start, end) {
            (IpAddr::V4(start), IpAddr::V4(end)) if start <= end => {
                self.v4.push(Range { start: start.to_bits(), end: end.to_bits(), number });
            }
            (IpAddr::V6(start), IpAddr::V6(end)) if start <= end => {
                self.v6.push(Range { start: start.to_bits(), end: end.to_bits(), number });
            }
            _ => return Err(format!("{start} to {end} is no range")),
        }
        Ok(())
    }
}

impl Layout {
    /// The columns by the first row, and whether that is a header.
    fn from_first_row(cells: Cells<'_>) -> (Self, bool) {
        if cells.tabs {
            return (Self::Ranges, false);
        }
        let cells: Vec<_> = cells.collect();
        let at = |names: [&str; 3]| {
            cells.iter().position(|cell| names.iter().any(|name| cell.eq_ignore_ascii_case(name.as_bytes())))
        };
        let prefix = at(["cidr", "network", "prefix"]);
        let number = at(["cidrasn", "asn", "autonomous_system_number"]);
        let name = at(["cidrasnname", "name", "autonomous_system_organization"]);
        if prefix.is_some() && number.is_some() {
            (Self::Prefixes([prefix, number, name]), true)
        } else {
            (Self::Prefixes([Some(0), Some(1), Some(2)]), false)
        }
    }
}

/// Parts of about equal length that end at line ends, one for each core.
fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let count = cores.min(bytes.len() / PIECE + 1);
    let mut rest = bytes;
    let mut pieces = Vec::with_capacity(count);
    for left in (1..count).rev() {
        let from = rest.len() / (left + 1);
        let end = memchr::memchr(b'\n', &rest[from..]).map_or(rest.len(), |at| from + at + 1);
        let (piece, behind) = rest.split_at(end);
        pieces.push(piece);
        rest = behind;
    }
    pieces.push(rest);
    pieces
}

/// The lines; none after the last line break.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    let last = Some(bytes.len()).filter(|_| !bytes.is_empty() && !bytes.ends_with(b"\n"));
    memchr::memchr_iter(b'\n', bytes).chain(last).map(move |end| {
        let line = &bytes[from..end];
        from = end + 1;
        line
    })
}

const NOTHING: &[u8] = &[];

/// The cells of a row, without blanks and quotes around them.
#[derive(Clone)]
struct Cells<'r> {
    rest: Option<&'r [u8]>,
    /// Separated by tabs, where quotes mean nothing.
    tabs: bool,
}

impl<'r> Cells<'r> {
    /// The cells of these columns, empty where there is none.
    fn at<const N: usize>(self, places: [Option<usize>; N]) -> [Cow<'r, [u8]>; N] {
        let mut found = [const { Cow::Borrowed(NOTHING) }; N];
        let last = places.iter().flatten().max().map_or(0, |last| last + 1);
        for (at, cell) in self.take(last).enumerate() {
            if let Some(place) = places.iter().position(|place| *place == Some(at)) {
                found[place] = cell;
            }
        }
        found
    }
}

impl<'r> Iterator for Cells<'r> {
    type Item = Cow<'r, [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rest?;
        let split = if self.tabs { b'\t' } else { b',' };
        if let Some(quoted) = row.strip_prefix(b"\"").filter(|_| !self.tabs) {
            let mut cell = Cow::Borrowed(NOTHING);
            let mut from = 0;
            let close = loop {
                let Some(quote) = memchr::memchr(b'"', &quoted[from..]).map(|at| from + at) else {
                    break quoted.len();
                };
                if quoted.get(quote + 1) != Some(&b'"') {
                    break quote;
                }
                cell.to_mut().extend_from_slice(&quoted[from..=quote]);
                from = quote + 2;
            };
            if cell.is_empty() {
                cell = Cow::Borrowed(quoted[from..close].trim_ascii());
            } else {
                cell.to_mut().extend_from_slice(&quoted[from..close]);
            }
            let behind = quoted.get(close + 1..).unwrap_or_default();
            self.rest = memchr::memchr(split, behind).map(|at| &behind[at + 1..]);
            return Some(cell);
        }
        let end = memchr::memchr(split, row);
        self.rest = end.map(|end| &row[end + 1..]);
        Some(Cow::Borrowed(row[..end.unwrap_or(row.len())].trim_ascii()))
    }
}

fn text(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).unwrap_or_default().trim()
}

fn number(cell: &[u8]) -> Result<u32, String> {
    let text = text(cell);
    let digits = text.trim_start_matches(['A', 'S', 'a', 's']);
    digits.parse().map_err(|_| format!("{text:?} is no AS number"))
}

fn address(cell: &[u8]) -> Result<IpAddr, String> {
    let text = text(cell);
    text.parse().map_err(|_| format!("{text:?} is no address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(row: &str) -> Vec<String> {
        Cells { rest: Some(row.as_bytes()), tabs: false }.map(|cell| text(&cell).to_owned()).collect()
    }

    #[test]
    fn cells_with_and_without_quotes() {
        for (row, expected) in [
            ("1.0.0.0/24,1,Plain\r", vec!["1.0.0.0/24", "1", "Plain"]),
            ("\"1.0.0.0/24\",\"1\",\"A, \"\"B\"\" C\"\r", vec!["1.0.0.0/24", "1", "A, \"B\" C"]),
            ("a , \"b\" ,", vec!["a", "\"b\"", ""]),
            ("\"\",\"\"\"\",\"never closed, x", vec!["", "\"", "never closed, x"]),
            ("\"x\"y,z", vec!["x", "z"]),
        ] {
            assert_eq!(cells(row), expected, "{row}");
        }
    }
}
