//! A decoded stream, whatever its shape.

use super::block::Block;
use super::json_stream::JsonStream;
use super::shape::{Begun, Framing, HEAD};
use super::{csv, lines, shape, unknown};
use crate::ingest::bytes::foreign::foreign;
use crate::ingest::bytes::window::Window;
use crate::ingest::options::Options;
use crate::ingest::record::builder::RecordReader;
use crate::ingest::stats::SourceStats;
use std::io::Read;

/// Takes records of a source, to read them with its reader and its counts or to give them to another thread; it ends the
/// reading by returning false.
pub(crate) type Take<'t> = dyn FnMut(Block<'_>, &mut RecordReader, &mut SourceStats) -> bool + 't;

/// Reads every record to the end of the stream, as long as `take` returns true.
pub(crate) fn read(
    reader: &mut dyn Read,
    options: &Options,
    records: &mut RecordReader,
    stats: &mut SourceStats,
    take: &mut Take<'_>,
) {
    let max_record = options.max_record;
    let mut window = Window::new(reader, options.max_bytes);
    while window.bytes().len() < HEAD && window.more() {}
    let whole = window.is_whole();
    let head = &window.bytes()[..window.bytes().len().min(HEAD)];
    let Some(Begun { shape, words }) = shape::recognize(head, whole) else {
        let reason = match (&window.failure, foreign(head)) {
            (Some(failure), _) => format!("cannot be unpacked: {failure}"),
            (None, Some(foreign)) => foreign.to_owned(),
            (None, None) if head.trim_ascii().is_empty() => "is empty".to_owned(),
            (None, None) => unknown::describe(head),
        };
        return stats.problem(None, reason);
    };
    stats.shape = Some(shape.name());
    let header = csv::Header::read(&head[words..]).map(|header| header.at(options.local_zone, stats));
    if words > 0 {
        let text = String::from_utf8_lossy(&window.bytes()[..words]);
        let first: String =
            text.trim_start_matches('\u{feff}').trim().lines().next().unwrap_or_default().chars().take(60).collect();
        stats.remarks.push(format!("words before the JSON were passed over, the first line: \"{first}\""));
        window.consume(words);
    } else if window.bytes().starts_with(b"\xef\xbb\xbf") {
        window.consume(3);
    }
    match (shape.framing, header) {
        (Framing::Csv, Some(header)) => {
            let take: &mut csv::Take<'_> = &mut |rows, stats| take(Block::Rows(rows), records, stats);
            csv::stream(&mut window, header, max_record, stats, take);
        }
        (Framing::Lines, _) => {
            lines::stream(&mut window, max_record, &mut |lines| take(Block::Lines(lines), records, stats));
        }
        _ => {
            let mut take = |elements| take(Block::Elements(elements), records, stats);
            JsonStream::new(&mut window, 0, max_record, &mut take).run();
        }
    }
    stats.end_rows();
    if let Some(failure) = window.failure.take() {
        let offset = window.offset();
        stats.problem(Some(offset), format!("the rest, from byte {offset} on, was not read: {failure}"));
    }
}
