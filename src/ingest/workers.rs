//! Reading a bundle on several threads: pieces of plain line files, and whole sources of any other kind. Whoever has
//! nothing left to do reads records that another cut out of its source.

mod blocks;

use super::bundle::intake::Input;
use super::bytes::body::{Stamp, Stretch, reason};
use super::bytes::decode::{self, Method};
use super::framing::shape::{self, Framing, HEAD, Shape};
use super::framing::stream;
use super::framing::{block::Block, lines};
use super::hashes::{Unhashed, is_inside};
use super::options::{Hashing, Options};
use super::progress::Meter;
use super::record::builder::{AmbiguousDate, OtherReading, RecordReader};
use super::stats::SourceStats;
use crate::model::{Flags, SourceId, Time};
use crate::store::Part;
use blocks::Blocks;
use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::{Deref, Range};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of a plain line file that one thread takes at a time.
const PIECE: u64 = 256 << 10;

/// Files up to this size are read whole by one thread: their shape need not be known before.
const SMALL: u64 = 4 << 20;

/// Bytes that a packed one stands for, about: logs repeat themselves.
const PACKED: u64 = 10;

/// One task of a thread.
enum Job {
    /// Hash what stands at this place of the list.
    Hash(usize),
    /// Read a whole source.
    Source(usize),
    /// Read the lines of a plain file that begin in this range.
    Piece { input: usize, shape: &'static Shape, range: Range<u64> },
}

/// Everything read.
pub(crate) struct ReadResult {
    pub(crate) parts: Vec<Part>,
    /// Counts of each input, in order.
    pub(crate) stats: Vec<SourceStats>,
    /// Everything that reading does not hash by itself.
    pub(crate) unhashed: Vec<Unhashed>,
    /// SHA-256 of some of it, by position.
    pub(crate) hashes: Vec<(usize, String)>,
}

/// Everything one thread read.
#[derive(Default)]
struct Output {
    records: RecordReader,
    /// Events already offered as first rows.
    shown: usize,
    pieces: Vec<Done>,
    hashes: Vec<(usize, String)>,
}

/// One job's records, which are next to each other in its thread's part.
struct Done {
    input: usize,
    /// Start of the piece: pieces of one source are joined in this order.
    start: u64,
    events: Range<usize>,
    /// Its rows of other engines' results.
    elsewhere: Range<usize>,
    stats: SourceStats,
}

/// Numbers of events and of rows of other engines' results in a part.
type Ends = (usize, usize);

fn ends(part: &Part) -> Ends {
    (part.events.len(), part.elsewhere.len())
}

impl Done {
    fn new(input: usize, start: u64, (from, to): (Ends, Ends), stats: SourceStats) -> Self {
        Self { input, start, events: from.0..to.0, elsewhere: from.1..to.1, stats }
    }
}

/// The number of threads asked for, else one per core.
pub(crate) fn threads(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// Reads every input.
pub(crate) fn read(
    inputs: &[Input],
    stamps: &HashMap<PathBuf, Stamp>,
    options: &Options,
    meter: &Meter<'_>,
) -> ReadResult {
    let threads = threads(options.threads);
    let (jobs, unhashed) = plan(inputs, stamps, options);
    let streams = jobs.iter().filter(|job| matches!(job, Job::Source(_))).count();
    // Of a large source others read blocks.
    let is_large = |job: &Job| {
        let Job::Source(input) = job else { return false };
        let unpacked = if inputs[*input].packed { PACKED } else { 1 };
        inputs[*input].bytes * unpacked > SMALL
    };
    let busy = if jobs.iter().any(is_large) { threads } else { threads.min(jobs.len()) };
    let workers = Workers {
        inputs,
        options,
        meter,
        jobs: &jobs,
        unhashed: &unhashed,
        next: AtomicUsize::new(0),
        blocks: Blocks::new(busy, streams),
        pipe: streams < threads && threads > 1,
    };
    let outputs = std::thread::scope(|scope| {
        let rest: Vec<_> = (1..busy).map(|_| scope.spawn(|| workers.work())).collect();
        let mut outputs = vec![workers.work()];
        for thread in rest {
            outputs.push(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        outputs
    });
    join(inputs, outputs, unhashed)
}

/// Jobs in the order they are taken: hashes and whole sources first, for they cannot be split; but before all one that
/// reads, for somebody waits to see the first row.
fn plan(inputs: &[Input], stamps: &HashMap<PathBuf, Stamp>, options: &Options) -> (Vec<Job>, Vec<Unhashed>) {
    let mut whole: Vec<usize> = Vec::new();
    let (mut pieces, mut pieces_of) = (Vec::new(), Vec::new());
    for (index, input) in inputs.iter().enumerate() {
        match plain_lines(input) {
            Some(shape) => {
                pieces_of.push(index);
                let end = input.bytes.min(options.max_bytes);
                let starts = (0..end).step_by(usize::try_from(PIECE).expect("a piece fits into memory"));
                pieces.extend(starts.map(|start| Job::Piece {
                    input: index,
                    shape,
                    range: start..end.min(start + PIECE),
                }));
            }
            None => whole.push(index),
        }
    }
    whole.sort_by_key(|index| std::cmp::Reverse(inputs[*index].bytes));
    let mut reads = whole.into_iter().map(Job::Source).chain(pieces);
    let mut jobs: Vec<Job> = reads.next().into_iter().collect();
    let unhashed = if options.hash == Hashing::Never { Vec::new() } else { Unhashed::list(inputs, &pieces_of, stamps) };
    if options.hash == Hashing::WhileReading {
        jobs.extend((0..unhashed.len()).map(Job::Hash));
    }
    jobs.extend(reads);
    (jobs, unhashed)
}

/// The shape of a large plain file whose records are lines and can be read from anywhere.
fn plain_lines(input: &Input) -> Option<&'static Shape> {
    let place = &input.place;
    if input.packed || place.method != Method::Stored || place.check.is_some() || input.bytes <= SMALL {
        return None;
    }
    let head = decode::head(place, HEAD).ok()?.bytes;
    if decode::encoding(&head) != decode::Encoding::Utf8 {
        return None;
    }
    let begun = shape::recognize(&head, head.len() < HEAD)?;
    (begun.words == 0 && begun.shape.framing == Framing::Lines).then_some(begun.shape)
}

/// Joins the threads' output: pieces in source order, with record numbers that count through the source.
fn join(inputs: &[Input], outputs: Vec<Output>, unhashed: Vec<Unhashed>) -> ReadResult {
    let mut parts = Vec::new();
    let mut hashes = Vec::new();
    let mut pieces = Vec::new();
    let mut ambiguous = Vec::new();
    for (worker, output) in outputs.into_iter().enumerate() {
        let (part, waiting) = output.records.into_parts();
        parts.push(part);
        ambiguous.push(waiting);
        hashes.extend(output.hashes);
        pieces.extend(output.pieces.into_iter().map(|piece| (worker, piece)));
    }
    pieces.sort_by_key(|(_, piece)| (piece.input, piece.start));
    let mut stats: Vec<SourceStats> =
        inputs.iter().enumerate().map(|(index, input)| SourceStats::new(source_id(index), &input.name)).collect();
    for (worker, piece) in pieces {
        let stats = &mut stats[piece.input];
        if stats.records > 0 {
            let before = u32::try_from(stats.records).unwrap_or(u32::MAX);
            for event in piece.events {
                let event = parts[worker].events.head_mut(event);
                event.origin.record = event.origin.record.saturating_add(before);
            }
            for row in &mut parts[worker].elsewhere[piece.elsewhere] {
                row.origin.record = row.origin.record.saturating_add(before);
            }
        }
        stats.join(piece.stats);
    }
    settle_dates(&mut parts, ambiguous, &mut stats);
    ReadResult { parts, stats, unhashed, hashes }
}

/// Chooses between the two readings of ambiguous dates, source by source.
fn settle_dates(parts: &mut [Part], ambiguous: Vec<Vec<AmbiguousDate>>, stats: &mut [SourceStats]) {
    for (part, waiting) in parts.iter_mut().zip(ambiguous) {
        for AmbiguousDate { event, created, ingested, serial } in waiting {
            let event = part.events.head_mut(event);
            let stats = &mut stats[event.origin.source.0 as usize];
            let settled = |time: Time, other: Option<OtherReading>| {
                other.filter(|other| stats.dates.prefer(other.day_first)).map_or(time, |other| other.time)
            };
            // What was left out for want of an instant stays so.
            event.created = event.created.known().map_or(Time::MISSING, |time| settled(time, created));
            event.ingested = event.ingested.known().map_or(Time::MISSING, |time| settled(time, ingested));
            // A number that stands where others wrote a time need not be one.
            if serial && stats.mixes_serials() {
                event.flags.set(Flags::UNTIMED | Flags::NO_INSTANT, true);
            }
        }
    }
    for stats in stats.iter_mut().filter(|stats| stats.dates.are_decided()) {
        let source = stats.source;
        let events = parts.iter().flat_map(|part| part.events.heads());
        stats.times_again(events.filter(|event| event.origin.source == source));
    }
}

fn source_id(index: usize) -> SourceId {
    SourceId(u32::try_from(index).expect("fewer than 2^32 sources"))
}

/// The work all threads share.
struct Workers<'a> {
    inputs: &'a [Input],
    options: &'a Options,
    meter: &'a Meter<'a>,
    jobs: &'a [Job],
    unhashed: &'a [Unhashed],
    next: AtomicUsize,
    blocks: Blocks,
    /// True if a packed source gets a thread to unpack it.
    pipe: bool,
}

impl Workers<'_> {
    fn work(&self) -> Output {
        let mut output = Output::default();
        let mut buffer = Buffer::default();
        while let Some(job) = self.jobs.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if self.meter.is_stopped() {
                break;
            }
            match job {
                Job::Hash(at) => {
                    let hash = self.unhashed[*at].hash(|_| !self.meter.is_stopped());
                    output.hashes.extend(hash.map(|hash| (*at, hash)));
                }
                Job::Source(input) => {
                    let _open = self.blocks.begin();
                    self.source(*input, &mut output);
                }
                Job::Piece { input, shape, range } => {
                    self.piece(*input, shape, range.clone(), &mut buffer, &mut output);
                }
            }
        }
        while let Some((input, block)) = self.blocks.wait(|| self.meter.is_stopped()) {
            self.block(input, &block, &mut output.records, &mut output.shown, &mut output.pieces);
        }
        output
    }

    fn source(&self, index: usize, output: &mut Output) {
        let input = &self.inputs[index];
        let mut stats = SourceStats::new(source_id(index), &input.name);
        let count = |bytes| self.meter.read(bytes, 0, index);
        let Output { records, shown, pieces, .. } = output;
        let max_ratio = self.options.max_ratio;
        let stream = |reader: &mut dyn Read| {
            let mut counted = Counted { reader, bytes: 0 };
            stream::read(&mut counted, self.options, records, &mut stats, &mut |block, records, _| {
                let ours = self.blocks.put(index, block);
                ours.map_or_else(|| !self.meter.is_stopped(), |block| self.block(index, &block, records, shown, pieces))
            });
            stats.decoded = counted.bytes;
        };
        let content = OnceLock::new();
        let hashed = (self.options.hash != Hashing::Never && is_inside(input)).then_some(&content);
        let outcome = if self.pipe && input.packed {
            decode::piped(&input.place, max_ratio, &count, hashed, stream)
        } else {
            decode::open_hashed(&input.place, max_ratio, &count, hashed, stream)
        };
        stats.content = content.into_inner();
        if let Err(error) = outcome {
            stats.problem(None, if input.packed { format!("cannot be unpacked: {error}") } else { reason(&error) });
        }
        // The last of its blocks, which nobody may have time for.
        while let Some((input, block)) = self.blocks.take() {
            self.block(input, &block, records, shown, pieces);
        }
        self.meter.finish(index);
        // Its events are those of its blocks.
        let behind = stats.split_behind_rows();
        pieces.push(Done::new(index, 0, ((0, 0), (0, 0)), stats));
        pieces.push(Done::new(index, u64::MAX, ((0, 0), (0, 0)), behind));
    }

    /// Reads records of a source, counted apart: those before them may be with another thread.
    fn block(
        &self,
        index: usize,
        block: &Block<'_>,
        records: &mut RecordReader,
        shown: &mut usize,
        pieces: &mut Vec<Done>,
    ) -> bool {
        let mut stats = SourceStats::new(source_id(index), &self.inputs[index].name);
        let first = ends(records.part());
        let mut counted = 0;
        let goes_on = block.read(records, &mut stats, &mut |part, read| {
            self.show(part, shown);
            self.meter.read(0, read - counted, index);
            counted = read;
            !self.meter.is_stopped()
        });
        pieces.push(Done::new(index, block.offset(), (first, ends(records.part())), stats));
        goes_on
    }

    /// Offers the events read since the last call as first rows, while those are wanted.
    fn show(&self, part: &Part, shown: &mut usize) {
        if let Some(first) = self.meter.first().filter(|first| first.is_wanted()) {
            first.add((*shown..part.events.len()).map(|at| part.events.get(at)), &part.texts);
        }
        *shown = part.events.len();
    }

    fn piece(&self, index: usize, kind: &'static Shape, range: Range<u64>, buffer: &mut Buffer, output: &mut Output) {
        let input = &self.inputs[index];
        let mut stats = SourceStats::new(source_id(index), &input.name);
        stats.shape = Some(kind.name());
        let first = ends(output.records.part());
        let cap = self.options.max_record;
        let max_bytes = self.options.max_bytes;
        let outcome = input.place.open().and_then(|file| {
            let end = input.bytes.min(max_bytes);
            let lines = Lines { file: &file, range: range.clone(), end, max_record: cap };
            lines.read(buffer, &mut output.records, &mut stats)
        });
        if let Err(error) = outcome {
            stats.problem(Some(range.start), reason(&error));
        }
        if range.end == max_bytes && input.bytes > max_bytes {
            stats.problem(
                Some(max_bytes),
                format!("the rest, from byte {max_bytes} on, was not read: it holds more than the most decoded bytes of a source (--max-bytes raises it)"),
            );
        }
        self.show(output.records.part(), &mut output.shown);
        self.meter.read(range.end - range.start, stats.read, index);
        self.meter.finish_piece(index);
        output.pieces.push(Done::new(index, range.start, (first, ends(output.records.part())), stats));
    }
}

/// Counts what is read through it.
struct Counted<'r> {
    reader: &'r mut dyn Read,
    bytes: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

/// The lines of a file that begin in a range. A line belongs to the piece it starts in.
struct Lines<'f> {
    file: &'f Stretch,
    range: Range<u64>,
    /// End of the source, or of as much of it as may be read.
    end: u64,
    max_record: usize,
}

impl Lines<'_> {
    fn read(&self, buffer: &mut Buffer, records: &mut RecordReader, stats: &mut SourceStats) -> io::Result<()> {
        // The byte before shows whether a line begins right at the start.
        let from = self.range.start.saturating_sub(1);
        let length = usize::try_from(self.range.end - from).expect("a piece is small");
        self.fill(buffer, from, length)?;
        let begin = match (self.range.start, buffer.starts_with(b"\xef\xbb\xbf")) {
            (0, true) => 3,
            (0, false) => 0,
            _ => match memchr::memchr(b'\n', buffer) {
                Some(at) if at + 1 < buffer.len() || at + 1 == length => at + 1,
                _ => return Ok(()),
            },
        };
        // A line break as the piece's last byte: the next line belongs to the next piece.
        if begin == buffer.len() {
            return Ok(());
        }
        let mut end = buffer.len();
        let mut more = if buffer.last() == Some(&b'\n') { 0 } else { PIECE_TAIL };
        while more > 0 {
            let scanned = end;
            let wanted = usize::try_from((self.end - from).min((end + more) as u64)).unwrap_or(usize::MAX);
            self.extend(buffer, from, wanted)?;
            match memchr::memchr(b'\n', &buffer[scanned..]) {
                Some(at) => {
                    end = scanned + at + 1;
                    more = 0;
                }
                // The end of the file ends its last line.
                None if buffer.len() == scanned => more = 0,
                None => {
                    end = buffer.len();
                    more = if end - begin > self.max_record + length { 0 } else { end };
                }
            }
        }
        lines::block(&buffer[begin..end], from + begin as u64, self.max_record, records, stats);
        Ok(())
    }

    fn fill(&self, buffer: &mut Buffer, from: u64, length: usize) -> io::Result<()> {
        buffer.held = 0;
        self.extend(buffer, from, length)
    }

    /// Reads on until the buffer holds `length` bytes from `from`, or the file ends.
    fn extend(&self, buffer: &mut Buffer, from: u64, length: usize) -> io::Result<()> {
        if buffer.room.len() < length {
            buffer.room.resize(length, 0);
        }
        while buffer.held < length {
            match self.file.read_at(&mut buffer.room[buffer.held..length], from + buffer.held as u64) {
                Ok(0) => break,
                Ok(count) => buffer.held += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Bytes read. The room for them stays from piece to piece, so that it is not filled with zeros each time.
#[derive(Default)]
struct Buffer {
    room: Vec<u8>,
    held: usize,
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.room[..self.held]
    }
}

/// Bytes read past a piece at first, to the end of its last line.
const PIECE_TAIL: usize = 16 << 10;
