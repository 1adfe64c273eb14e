//! NDJSON: one record a line, whole blocks of lines at a time.

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
        JsonStream::new(&mut window, position.offset, max_record, records, stats).run();
    } else if text.starts_with(['{', '"']) {
        records.object(&text, position, stats);
    } else if let Some(at) = unwrap::prefix(&text).filter(|_| !of_page) {
        // A syslog server or a shipper wrote something before it.
        records.object(&text[at..], Position::new(position.offset + at as u64, &text.as_bytes()[at..]), stats);
    } else {
        records.object(&text, position, stats);
    }
}

/// Reads a stream of lines.
pub(crate) fn stream(
    window: &mut Window<'_>,
    max_record: usize,
    records: &mut RecordReader,
    stats: &mut SourceStats,
    keep_on: &mut KeepOn<'_>,
) {
    let mut scanned = 0;
    loop {
        if let Some(end) = memchr::memrchr(b'\n', &window.bytes()[scanned..]).map(|at| scanned + at + 1) {
            block(&window.bytes()[..end], window.offset(), max_record, records, stats);
            window.consume(end);
        }
        scanned = window.bytes().len();
        if scanned > max_record {
            skip_line(window, max_record, stats);
            scanned = 0;
        }
        if !keep_on(records.part(), stats.read) {
            return;
        }
        if !window.more() {
            break;
        }
    }
    let rest = window.bytes().len();
    // The end of a cut stream is no line: its failure is reported instead.
    if window.failure.is_none() {
        block(window.bytes(), window.offset(), max_record, records, stats);
    }
    window.consume(rest);
}

/// Passes over a line that is too long without keeping it.
fn skip_line(window: &mut Window<'_>, max_record: usize, stats: &mut SourceStats) {
    stats.skip_too_long(window.offset(), max_record);
    loop {
        if let Some(at) = memchr::memchr(b'\n', window.bytes()) {
            window.consume(at + 1);
            return;
        }
        window.consume(window.bytes().len());
        if !window.more() {
            return;
        }
    }
}
