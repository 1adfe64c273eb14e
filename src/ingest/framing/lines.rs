//! NDJSON: one record a line, whole blocks of lines at a time.

use super::elements::Elements;
use super::json_stream::JsonStream;
use super::keep_on::KeepOn;
use crate::ingest::bytes::codepage;
use crate::ingest::bytes::window::Window;
use crate::ingest::record::builder::{Position, RecordReader};
use crate::ingest::record::unwrap;
use crate::ingest::stats::{Note, SourceStats};
use std::borrow::Cow;

/// Reads the lines of `block`, which begins at `offset` in its source. A last line without its end is a line.
pub(crate) fn block(block: &[u8], offset: u64, max_record: usize, records: &mut RecordReader, stats: &mut SourceStats) {
    // One check for the block is far cheaper than one for each line.
    let text = std::str::from_utf8(block).ok();
    let mut start = 0;
    while start < block.len() {
        let end = memchr::memchr(b'\n', &block[start..]).map_or(block.len(), |at| start + at);
        let line = &block[start..end];
        let indent = line.len() - line.trim_ascii_start().len();
        let trimmed = line.trim_ascii();
        let from = start + indent;
        // The second half of a wide line feed is no line.
        if !trimmed.is_empty() && trimmed != b"\0" {
            let position = Position::new(offset + from as u64, trimmed);
            let text = text.map_or_else(
                || codepage::text(trimmed),
                |text| Ok((Cow::Borrowed(&text[from..from + trimmed.len()]), false)),
            );
            if codepage::is_wide(trimmed) && position.len <= max_record {
                wide(trimmed, position, records, stats);
            } else {
                record(text, position, max_record, records, stats);
            }
        }
        start = end + 1;
    }
}

/// Reads a line of UTF-16, or names it.
fn wide(line: &[u8], position: Position, records: &mut RecordReader, stats: &mut SourceStats) {
    if let Some(text) = codepage::wide(line) {
        stats.note_one(Note::Wide);
        records.object(&text, position, stats);
    } else if line.iter().any(|byte| !matches!(byte, 0 | b'\r')) {
        stats.records += 1;
        stats.skip(position.offset, "is UTF-16 in a source that begins as UTF-8, and no JSON".to_owned());
    }
}

fn record(
    text: Result<(Cow<'_, str>, bool), usize>,
    position: Position,
    max_record: usize,
    records: &mut RecordReader,
    stats: &mut SourceStats,
) {
    if position.len > max_record {
        return stats.skip_too_long(position.offset, max_record);
    }
    let (text, of_page) = match text {
        Ok(text) => text,
        Err(at) => return stats.skip_bad_utf8(position.offset, at),
    };
    if of_page {
        stats.note_one(Note::CodePage);
    }
    if text.starts_with('[') {
        // A line that is itself an array: collectors write one per page.
        let mut reader = text.as_bytes();
        let mut window = Window::new(&mut reader, u64::MAX);
        let mut take = |elements: Elements| elements.read(records, stats, &mut |_, _| true);
        JsonStream::new(&mut window, position.offset, max_record, &mut take).run();
    } else if text.starts_with(['{', '"']) {
        records.object(&text, position, stats);
    } else if let Some(at) = unwrap::prefix(&text).filter(|_| !of_page) {
        // A syslog server or a shipper wrote something before it.
        records.object(&text[at..], Position::new(position.offset + at as u64, &text.as_bytes()[at..]), stats);
    } else {
        records.object(&text, position, stats);
    }
}

/// Some lines of a stream, next to each other.
pub(crate) struct LineBlock<'b> {
    bytes: Cow<'b, [u8]>,
    /// Of their first byte, in the source.
    offset: u64,
    /// True if they are one line that is too long, of which nothing is kept.
    is_too_long: bool,
    max_record: usize,
}

impl LineBlock<'_> {
    /// The offset of their first byte in the source.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The same, for another thread.
    pub(crate) fn into_owned(self) -> LineBlock<'static> {
        LineBlock { bytes: Cow::Owned(self.bytes.into_owned()), ..self }
    }

    /// Reads them, and returns the answer of `keep_on`.
    pub(crate) fn read(&self, records: &mut RecordReader, stats: &mut SourceStats, keep_on: &mut KeepOn<'_>) -> bool {
        if self.is_too_long {
            stats.skip_too_long(self.offset, self.max_record);
        } else {
            block(&self.bytes, self.offset, self.max_record, records, stats);
        }
        keep_on(records.part(), stats.read)
    }
}

/// Cuts a stream into blocks of lines, for `take` to read or to give to another thread; it ends the reading by returning
/// false.
pub(crate) fn stream(window: &mut Window<'_>, max_record: usize, take: &mut dyn FnMut(LineBlock<'_>) -> bool) {
    let mut scanned = 0;
    loop {
        if let Some(end) = memchr::memrchr(b'\n', &window.bytes()[scanned..]).map(|at| scanned + at + 1) {
            if !take(lines(window, end, max_record)) {
                return;
            }
            window.consume(end);
        }
        scanned = window.bytes().len();
        if scanned > max_record {
            if !take(LineBlock { is_too_long: true, ..lines(window, 0, max_record) }) {
                return;
            }
            window.next_line();
            scanned = 0;
        }
        if !window.more() {
            break;
        }
    }
    let rest = window.bytes().len();
    // The end of a cut stream is no line: its failure is reported instead.
    if rest > 0 && window.failure.is_none() {
        take(lines(window, rest, max_record));
    }
    window.consume(rest);
}

/// The first bytes of a window as lines.
fn lines<'w>(window: &'w Window<'_>, len: usize, max_record: usize) -> LineBlock<'w> {
    let bytes = Cow::Borrowed(&window.bytes()[..len]);
    LineBlock { bytes, offset: window.offset(), is_too_long: false, max_record }
}
