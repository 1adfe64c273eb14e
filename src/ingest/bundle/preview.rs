//! The first rows, read ahead of their turn: whoever waits sees at once whether it is the right bundle, however many
//! files must be walked, recognised, unpacked and hashed before the reading begins.
//!
//! Records read here are read again in their place. Nothing of them counts.

use crate::ingest::bytes::container::{Container, MAGIC};
use crate::ingest::bytes::decode::{self, FileRange};
use crate::ingest::framing::shape::HEAD;
use crate::ingest::framing::stream;
use crate::ingest::options::Options;
use crate::ingest::progress::{FirstRows, Progress};
use crate::ingest::record::builder::RecordReader;
use crate::ingest::stats::SourceStats;
use crate::model::SourceId;
use crate::store::Part;
use std::cell::Cell;
use std::io::{Cursor, Read};

/// Sources looked into: where so many hold no row, the reading will find one.
const LOOKS: usize = 16;
/// Bytes looked through of an archive that is packed.
const REACH: u64 = 4 << 20;

/// Looks into the first sources as they are found.
pub(crate) struct Preview<'o> {
    first: FirstRows,
    options: &'o Options,
    progress: &'o dyn Fn(Progress),
    looks: Cell<usize>,
}

impl<'o> Preview<'o> {
    pub(crate) fn new(options: &'o Options, progress: &'o dyn Fn(Progress)) -> Self {
        Self { first: FirstRows::default(), options, progress, looks: Cell::new(0) }
    }

    /// The first rows, still to be read; `None` when some were shown.
    pub(crate) fn into_wanted(self) -> Option<FirstRows> {
        (self.first.count() == 0).then_some(self.first)
    }

    /// Looks into a source, or an archive that will take a while to unpack.
    pub(crate) fn look(&self, name: &str, place: &FileRange) {
        if self.is_done() {
            return;
        }
        // A fault in it is reported in its turn.
        let _ = decode::open(place, self.options.max_ratio, &|_| {}, |reader| self.stream(name, reader));
    }

    /// Looks into the first bytes of a stream that goes on; returns whether there are rows enough.
    pub(crate) fn begin(&self, name: &str, bytes: &[u8]) -> bool {
        let before = self.first.count();
        if !self.is_done() {
            let _ = decode::unpack(Box::new(bytes), |reader| self.stream(name, reader));
        }
        let done = self.is_done();
        if !done {
            // More of them will be there when it is looked into again.
            self.first.truncate(before);
        }
        done
    }

    fn is_done(&self) -> bool {
        !self.first.is_wanted() || self.looks.get() >= LOOKS
    }

    fn stream(&self, name: &str, reader: &mut dyn Read) {
        let mut head = Vec::new();
        if (&mut *reader).take(MAGIC as u64).read_to_end(&mut head).is_err() && head.is_empty() {
            return;
        }
        let container = Container::from_head(&head);
        let mut whole = Cursor::new(head).chain(reader).take(REACH);
        match container {
            None => self.records(name, &mut whole),
            Some(Container::Tar) => self.tar(name, whole),
            // Nothing of it can be read before its end.
            Some(Container::SevenZ) => {}
            Some(Container::Zip) => {
                while let Ok(Some(member)) = zip::read::read_zipfile_from_stream(&mut whole) {
                    let name = format!("{name}!{}", String::from_utf8_lossy(member.name_raw()));
                    let _ = decode::unpack(Box::new(member), |reader| self.records(&name, reader));
                    if self.is_done() {
                        return;
                    }
                }
            }
        }
    }

    fn tar(&self, name: &str, reader: impl Read) {
        let mut tar = tar::Archive::new(reader);
        let Ok(members) = tar.entries() else { return };
        for member in members.map_while(Result::ok).filter(|member| member.header().entry_type().is_file()) {
            let name = format!("{name}!{}", String::from_utf8_lossy(&member.path_bytes()));
            let _ = decode::unpack(Box::new(member), |reader| self.records(&name, reader));
            if self.is_done() {
                return;
            }
        }
    }

    /// Reads records until there are enough.
    fn records(&self, name: &str, reader: &mut dyn Read) {
        self.looks.set(self.looks.get() + 1);
        let mut records = RecordReader::default();
        let mut seen = 0;
        let mut stats = SourceStats::new(SourceId(0), name);
        let mut keep_on = |part: &Part, _| {
            self.first.add((seen..part.events.len()).map(|at| part.events.get(at)), &part.texts);
            seen = part.events.len();
            self.first.is_wanted()
        };
        stream::read(
            &mut reader.take(HEAD as u64),
            self.options,
            &mut records,
            &mut stats,
            &mut |block, records, stats| block.read(records, stats, &mut keep_on),
        );
        if let Some(rows) = self.first.take_changed() {
            (self.progress)(Progress::First(rows));
        }
    }
}
