//! The ends of records, found without reading their cells: what lies between can be read by another thread.

use crate::tables::json_text::escaped;
use std::ops::Range;
use wide::u8x16;

/// Search for the end of one record. It goes on where it stopped when more of the record is there.
pub(super) struct Scan {
    delimiter: u8,
    columns: usize,
    at: usize,
    state: State,
    /// Cells that ended.
    cells: usize,
    /// Position after the first of them.
    first: usize,
    /// True if the cell that is open holds something.
    is_filled: bool,
    /// True if a cell beyond the columns does.
    is_beyond: bool,
    /// Start of the text in the last quotes around a cell.
    opened: usize,
    longest: Range<usize>,
}

/// State of a reader of CSV between two bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the start of a cell, or at the byte that ends one.
    Border,
    /// In a cell without quotes around it, where a quote is a letter.
    Plain,
    Quoted,
    /// Behind a quote in a quoted cell: it ends the cell, unless another follows.
    Quote,
}

impl Scan {
    /// Before the record's first byte.
    pub(super) fn new(delimiter: u8, columns: usize) -> Self {
        Self {
            delimiter,
            columns,
            at: 0,
            state: State::Border,
            cells: 0,
            first: 0,
            is_filled: false,
            is_beyond: false,
            opened: 0,
            longest: 0..0,
        }
    }

    /// Begins behind the first bytes, which are no part of the first cell.
    pub(super) fn pass_over(&mut self, bytes: usize) {
        self.at = self.at.max(bytes);
    }

    /// The length of the record, its line break included; `None` if `record`, all there is of it, has no end.
    pub(super) fn end(&mut self, record: &[u8]) -> Option<usize> {
        while let Some(&byte) = record.get(self.at) {
            match self.state {
                State::Border if byte == b'"' => {
                    self.opened = self.at + 1;
                    self.go(1, State::Quoted);
                }
                State::Border if byte == self.delimiter => {
                    self.end_cell();
                    self.at += 1;
                }
                State::Border if matches!(byte, b'\n' | b'\r') => {
                    self.end_cell();
                    return Some(self.at + 1);
                }
                State::Plain => {
                    let rest = &record[self.at..];
                    let end = memchr::memchr3(self.delimiter, b'\n', b'\r', rest);
                    self.is_filled |= end != Some(0);
                    self.go(end.unwrap_or(rest.len()), if end.is_some() { State::Border } else { State::Plain });
                }
                State::Quoted => {
                    let quote = closing_quote(record, self.at);
                    self.is_filled |= quote != Some(self.at);
                    match quote {
                        Some(quote) => self.go(quote + 1 - self.at, State::Quote),
                        None => self.go(record.len() - self.at, State::Quoted),
                    }
                }
                State::Quote if byte == b'"' => {
                    self.is_filled = true;
                    self.go(1, State::Quoted);
                }
                State::Quote if byte == self.delimiter || matches!(byte, b'\n' | b'\r') => {
                    let quoted = self.opened..self.at - 1;
                    if quoted.len() > self.longest.len() {
                        self.longest = quoted;
                    }
                    self.go(0, State::Border);
                }
                State::Border | State::Quote => self.go(0, State::Plain),
            }
        }
        None
    }

    /// Takes the end of the source for the end of the record.
    pub(super) fn end_here(&mut self) {
        self.end_cell();
    }

    /// Cells of the record, once its end is found.
    pub(super) fn cells(&self) -> usize {
        self.cells
    }

    /// The first cell as written, once its end is found.
    pub(super) fn first<'r>(&self, record: &'r [u8]) -> &'r [u8] {
        &record[..self.first]
    }

    /// The text between the quotes of the longest cell that is nothing else, where one was met: a search for its end less
    /// for whoever reads the cells.
    pub(super) fn longest(&self) -> Range<usize> {
        self.longest.clone()
    }

    /// Returns whether the record has a cell for each column, and nothing beyond.
    pub(super) fn fits(&self) -> bool {
        self.cells >= self.columns && !self.is_beyond
    }

    fn go(&mut self, bytes: usize, state: State) {
        self.at += bytes;
        self.state = state;
    }

    fn end_cell(&mut self) {
        self.cells += 1;
        if self.cells == 1 {
            self.first = self.at;
        }
        self.is_beyond |= self.is_filled && self.cells > self.columns;
        self.is_filled = false;
    }
}

/// The cells of a record: their texts one after another, and where each ends. The buffers are used again.
#[derive(Default)]
pub(super) struct Cells {
    pub(super) text: Vec<u8>,
    pub(super) ends: Vec<usize>,
    /// Cells with JSON that are left as they are written between their quotes, with each quote twice.
    pub(super) doubled: Vec<usize>,
}

impl Cells {
    /// Reads a record that is there from its start to its end. JSON in cells that `may_double` allows stays as it is
    /// written: its readers take it from there, and most records have none. `longest` is as [`Scan::longest`] has it.
    pub(super) fn read(
        &mut self,
        record: &[u8],
        delimiter: u8,
        longest: &Range<usize>,
        may_double: impl Fn(usize) -> bool,
    ) {
        let Self { text, ends, doubled } = self;
        if text.len() < record.len() + RUN {
            text.resize(record.len() + RUN, 0);
        }
        ends.clear();
        doubled.clear();
        let (mut at, mut to) = (0, 0);
        loop {
            let mut is_open = record.get(at) == Some(&b'"');
            if is_open
                && may_double(ends.len())
                && let Some(json) =
                    doubled_json(&record[at + 1..], delimiter, Some(longest.len()).filter(|_| longest.start == at + 1))
            {
                text[to..to + json.len()].copy_from_slice(json);
                (at, to) = (at + 1 + json.len() + 1, to + json.len());
                doubled.push(ends.len());
                is_open = false;
            } else if is_open {
                (at, to, is_open) = unquoted(record, at + 1, text, to);
            }
            // Text behind the quotes belongs to the cell; without a quote at its end all the rest does.
            let rest = &record[at..];
            let end = if is_open { None } else { memchr::memchr3(delimiter, b'\n', b'\r', rest) };
            let cell = &rest[..end.unwrap_or(rest.len())];
            text[to..to + cell.len()].copy_from_slice(cell);
            to += cell.len();
            ends.push(to);
            match end {
                Some(end) if rest[end] == delimiter => at += end + 1,
                _ => return,
            }
        }
    }
}

/// The JSON at the start of a quoted cell, whose first quote is before it, as it is written; `None` where it is none, or
/// more than JSON. The length of the text between the quotes may be known.
fn doubled_json(cell: &[u8], delimiter: u8, len: Option<usize>) -> Option<&[u8]> {
    if !cell.starts_with(b"{\"\"") && !cell.starts_with(b"[{\"\"") {
        return None;
    }
    if let Some(len) = len {
        return Some(&cell[..len]);
    }
    let end = closing_quote(cell, 0)?;
    let behind = cell.get(end + 1).copied();
    behind.is_none_or(|byte| byte == delimiter || matches!(byte, b'\n' | b'\r')).then_some(&cell[..end])
}

/// Bytes of a vector.
const LANE: usize = 16;

/// Bytes that are copied together: hardly a text in JSON is longer, so that one copy is enough.
const RUN: usize = 3 * LANE;

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// Reads the text between quotes from `at` on into `text` from `to` on, each doubled quote as one; the position behind
/// it, the end in `text`, and whether no quote ends it. JSON in a cell has a quote in every few bytes, so that a copy of
/// each part would take longer than one of as many bytes each time, of which the rest is overwritten.
fn unquoted(record: &[u8], mut at: usize, text: &mut [u8], mut to: usize) -> (usize, usize, bool) {
    // The last copy of a block may read on in the next one.
    while let Some(block) = record[at..].first_chunk::<{ BLOCK + RUN }>() {
        let mut quotes = quotes(block.first_chunk().expect("it is longer"));
        let mut from = 0;
        loop {
            let end = quotes.trailing_zeros() as usize;
            while from < end {
                text[to..to + RUN].copy_from_slice(&block[from..from + RUN]);
                let part = RUN.min(end - from);
                (from, to) = (from + part, to + part);
            }
            // What follows a quote at the end of the block is looked at with the next one.
            if end >= BLOCK - 1 {
                at += end.min(BLOCK);
                break;
            }
            if block[end + 1] != b'"' {
                return (at + end + 1, to, false);
            }
            text[to] = b'"';
            (from, to) = (end + 2, to + 1);
            quotes &= !(3 << end);
        }
    }
    while let Some(&byte) = record.get(at) {
        if byte == b'"' {
            if record.get(at + 1) != Some(&b'"') {
                return (at + 1, to, false);
            }
            at += 1;
        }
        text[to] = byte;
        (at, to) = (at + 1, to + 1);
    }
    (at, to, true)
}

/// The place of the quote that ends a cell of which the text between quotes goes on at `at`: as far as is known, the
/// first one that no other follows and that is not the second of two.
fn closing_quote(record: &[u8], mut at: usize) -> Option<usize> {
    // A quote before another does what a backslash does in JSON.
    let mut carried = 0;
    while let Some(rest) = record.get(at..).filter(|rest| !rest.is_empty()) {
        let quotes = if let Some(block) = rest.first_chunk() {
            quotes(block)
        } else {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            quotes(&block)
        };
        let next = u64::from(rest.get(BLOCK) == Some(&b'"'));
        let second = escaped(quotes, &mut carried);
        let closing = quotes & !second & !(quotes >> 1 | next << (BLOCK - 1));
        if closing != 0 {
            return Some(at + closing.trailing_zeros() as usize);
        }
        at += BLOCK;
    }
    None
}

/// The places of quotes in a block, one bit each.
#[inline]
fn quotes(block: &[u8; BLOCK]) -> u64 {
    let quotes = block.as_chunks::<LANE>().0.iter().enumerate().map(|(at, lane)| {
        let lane = u8x16::new(*lane).simd_eq(u8x16::splat(b'"'));
        u64::from(lane.to_bitmask() & 0xffff) << (LANE * at)
    });
    quotes.fold(0, |all, lane| all | lane)
}

#[cfg(test)]
mod tests {
    use super::*;
    use csv_core::{ReadRecordResult, ReaderBuilder};
    use proptest::prelude::*;

    /// Length and cells of the first record, as the reader of its cells has them.
    fn read(bytes: &[u8]) -> (usize, Vec<String>) {
        let mut reader = ReaderBuilder::new().build();
        let (mut text, mut ends) = ([0; 1024], [0; 256]);
        let (mut result, mut len, mut written, mut cells) = reader.read_record(bytes, &mut text, &mut ends);
        if result == ReadRecordResult::InputEmpty {
            let (more, ended, filled);
            (result, more, filled, ended) = reader.read_record(&[], &mut text[written..], &mut ends[cells..]);
            (len, written, cells) = (len + more, written + filled, cells + ended);
        }
        assert_eq!(result, ReadRecordResult::Record);
        assert!(written <= text.len());
        let start = |cell: usize| if cell == 0 { 0 } else { ends[cell - 1] };
        let cell = |cell| String::from_utf8_lossy(&text[start(cell)..ends[cell]]).into_owned();
        (len, (0..cells).map(cell).collect())
    }

    proptest! {
        /// It ends records where the reader of cells does, in whatever steps they come, and counts the same cells.
        #[test]
        fn ends_where_the_reader_of_cells_ends(text in "[ab,\"]([a,\"\r\n]|\"\"|,\"\\[?\\{\"\"|[a-z]{1,20}){0,40}", step in 1usize..9, columns in 1usize..5) {
            let bytes = text.as_bytes();
            let (len, cells) = read(bytes);
            let mut scan = Scan::new(b',', columns);
            let mut there = 0;
            let end = loop {
                there = (there + step).min(bytes.len());
                match scan.end(&bytes[..there]) {
                    Some(end) => break end,
                    None if there == bytes.len() => {
                        scan.end_here();
                        break there;
                    }
                    None => {}
                }
            };
            prop_assert_eq!((end, scan.cells()), (len, cells.len()), "{:?}", text);
            let fits = cells.len() >= columns && cells[columns..].iter().all(String::is_empty);
            prop_assert_eq!(scan.fits(), fits, "{:?}", text);
            for (may_double, longest) in [(false, 0..0), (true, 0..0), (true, scan.longest())] {
                let mut split = Cells::default();
                split.read(&bytes[..len], b',', &longest, |_| may_double);
                let start = |cell: usize| if cell == 0 { 0 } else { split.ends[cell - 1] };
                let written = |cell: usize| String::from_utf8_lossy(&split.text[start(cell)..split.ends[cell]]);
                let text = |cell| if split.doubled.contains(&cell) { written(cell).replace("\"\"", "\"").into() } else { written(cell) };
                let split: Vec<_> = (0..split.ends.len()).map(text).collect();
                prop_assert_eq!(&split, &cells, "{:?}", may_double);
            }
        }
    }
}
