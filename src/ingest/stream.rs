//! A decoded stream, whatever its shape.

use super::foreign::foreign;
use super::row::Rows;
use super::shape::{Begun, Framing, HEAD};
use super::tally::Tally;
use super::walk::Walk;
use super::window::Window;
use super::{Options, csv, lines, shape, unknown};
use std::io::Read;

/// Reads every row to the end of the stream, as long as `keep_on`, told how many were read, says so.
pub(super) fn read(
    reader: &mut dyn Read,
    options: &Options,
    rows: &mut Rows,
    tally: &mut Tally,
    keep_on: &mut dyn FnMut(u64) -> bool,
) {
    let max_record = options.max_record;
    let mut window = Window::new(reader, options.max_bytes);
    while window.bytes().len() < HEAD && window.more() {}
    let whole = window.is_whole();
    let head = &window.bytes()[..window.bytes().len().min(HEAD)];
    let Some(Begun { shape, words }) = shape::tell(head, whole) else {
        let reason = match (&window.failure, foreign(head)) {
            (Some(failure), _) => format!("cannot be unpacked: {failure}"),
            (None, Some(foreign)) => foreign.to_owned(),
            (None, None) if head.trim_ascii().is_empty() => "is empty".to_owned(),
            (None, None) => unknown::describe(head),
        };
        return tally.problem(None, reason);
    };
    tally.shape = Some(shape.id);
    let header = csv::Header::read(&head[words..]).map(|header| header.at(options.local_zone, tally));
    if words > 0 {
        let text = String::from_utf8_lossy(&window.bytes()[..words]);
        let first: String =
            text.trim_start_matches('\u{feff}').trim().lines().next().unwrap_or_default().chars().take(60).collect();
        tally.remarks.push(format!("words before the JSON were passed over, the first line: \"{first}\""));
        window.consume(words);
    } else if window.bytes().starts_with(b"\xef\xbb\xbf") {
        window.consume(3);
    }
    match (shape.framing, header) {
        (Framing::Csv, Some(header)) => csv::stream(&mut window, &header, max_record, rows, tally, keep_on),
        (Framing::Lines, _) => lines::stream(&mut window, max_record, rows, tally, keep_on),
        _ => Walk::new(&mut window, 0, max_record, rows, tally).asking(keep_on).run(),
    }
    if let Some(failure) = window.failure.take() {
        let offset = window.offset();
        tally.problem(Some(offset), format!("the rest, from byte {offset} on, was not read: {failure}"));
    }
}
