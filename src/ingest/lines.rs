//! NDJSON: one record a line, whole blocks of lines at a time.

use super::codepage;
use super::row::{Rows, Spot};
use super::tally::{Note, Tally};
use super::unwrap;
use super::walk::Walk;
use super::window::Window;
use std::borrow::Cow;

/// Reads the lines of `block`, which stands at `offset` in its source. A last line without its end is a line.
pub(super) fn block(block: &[u8], offset: u64, max_record: usize, rows: &mut Rows, tally: &mut Tally) {
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
            let spot = Spot::new(offset + from as u64, trimmed);
            let text = text.map_or_else(
                || codepage::text(trimmed),
                |text| Ok((Cow::Borrowed(&text[from..from + trimmed.len()]), false)),
            );
            if codepage::is_wide(trimmed) && spot.len <= max_record {
                wide(trimmed, spot, rows, tally);
            } else {
                record(text, spot, max_record, rows, tally);
            }
        }
        start = end + 1;
    }
}

/// Reads a line of UTF-16, or names it.
fn wide(line: &[u8], spot: Spot, rows: &mut Rows, tally: &mut Tally) {
    if let Some(text) = codepage::wide(line) {
        tally.note_one(Note::Wide);
        rows.object(&text, spot, tally);
    } else if line.iter().any(|byte| !matches!(byte, 0 | b'\r')) {
        tally.records += 1;
        tally.skip(spot.offset, "is UTF-16 in a source that begins as UTF-8, and no JSON".to_owned());
    }
}

fn record(
    text: Result<(Cow<'_, str>, bool), usize>,
    spot: Spot,
    max_record: usize,
    rows: &mut Rows,
    tally: &mut Tally,
) {
    if spot.len > max_record {
        return too_long(tally, spot.offset, max_record);
    }
    let (text, of_page) = match text {
        Ok(text) => text,
        Err(at) => {
            tally.records += 1;
            return tally.skip(spot.offset, bad_utf8(spot.offset, at));
        }
    };
    if of_page {
        tally.note_one(Note::CodePage);
    }
    if text.starts_with('[') {
        // A line that is itself an array: collectors write one per page.
        let mut reader = text.as_bytes();
        let mut window = Window::new(&mut reader, u64::MAX);
        Walk::new(&mut window, spot.offset, max_record, rows, tally).run();
    } else if text.starts_with(['{', '"']) {
        rows.object(&text, spot, tally);
    } else if let Some(at) = unwrap::prefix(&text).filter(|_| !of_page) {
        // A syslog server or a shipper wrote something before it.
        rows.object(&text[at..], Spot::new(spot.offset + at as u64, &text.as_bytes()[at..]), tally);
    } else {
        rows.object(&text, spot, tally);
    }
}

/// Names a byte that is not UTF-8.
pub(super) fn bad_utf8(offset: u64, at: usize) -> String {
    format!("byte {} is not UTF-8", offset + at as u64)
}

/// Notes a record past the cap.
pub(super) fn too_long(tally: &mut Tally, offset: u64, max_record: usize) {
    tally.records += 1;
    tally.skip(offset, format!("is longer than {max_record} bytes (--max-record raises it)"));
}

/// Reads a stream of lines.
pub(super) fn stream(
    window: &mut Window<'_>,
    max_record: usize,
    rows: &mut Rows,
    tally: &mut Tally,
    keep_on: &mut dyn FnMut(u64) -> bool,
) {
    let mut scanned = 0;
    loop {
        if let Some(end) = memchr::memrchr(b'\n', &window.bytes()[scanned..]).map(|at| scanned + at + 1) {
            block(&window.bytes()[..end], window.offset(), max_record, rows, tally);
            window.consume(end);
        }
        scanned = window.bytes().len();
        if scanned > max_record {
            skip_line(window, max_record, tally);
            scanned = 0;
        }
        if !keep_on(tally.read) {
            return;
        }
        if !window.more() {
            break;
        }
    }
    let rest = window.bytes().len();
    // What a cut stream ends with is no line: its failure is told instead.
    if window.failure.is_none() {
        block(window.bytes(), window.offset(), max_record, rows, tally);
    }
    window.consume(rest);
}

/// Passes over a line that is too long without keeping it.
fn skip_line(window: &mut Window<'_>, max_record: usize, tally: &mut Tally) {
    too_long(tally, window.offset(), max_record);
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
