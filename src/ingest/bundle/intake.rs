//! The list of sources while it is made: everything found, and the caps it is held to.

use super::preview::Preview;
use super::spool::Spool;
use crate::ingest::bytes::body::{Body, Stamp};
use crate::ingest::bytes::decode::FileRange;
use crate::ingest::bytes::window::TOO_MANY_BYTES;
use crate::ingest::options::Options;
use crate::ingest::progress::Progress;
use crate::model::{Problem, ProblemKind};
use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// Sources found between two reports.
const REPORT_EVERY: usize = 512;

/// A source to read.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// As shown.
    pub(crate) name: String,
    /// The file as received.
    pub(crate) holder: FileRange,
    /// Member inside the archive; one in an archive in the archive has both names.
    pub(crate) member: Option<String>,
    /// Its bytes.
    pub(crate) place: FileRange,
    /// True if they must be unpacked.
    pub(crate) packed: bool,
    /// Bytes on disk, packed.
    pub(crate) bytes: u64,
    /// Remarks on how it was found.
    pub(crate) remarks: Vec<String>,
}

/// The sources found so far, and a problem for everything that is none.
pub(crate) struct Intake<'o> {
    pub(crate) inputs: Vec<Input>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) preview: Preview<'o>,
    /// Length and time of each file before any of it was read.
    pub(crate) stamps: HashMap<PathBuf, Stamp>,
    /// Bytes that had to be unpacked.
    pub(super) spool: Spool,
    pub(super) options: &'o Options,
    /// Members met in the file being opened.
    pub(super) members: usize,
    progress: &'o dyn Fn(Progress),
    stop: &'o AtomicBool,
}

impl<'o> Intake<'o> {
    pub(super) fn new(options: &'o Options, progress: &'o dyn Fn(Progress), stop: &'o AtomicBool) -> Self {
        Self {
            inputs: Vec::new(),
            problems: Vec::new(),
            preview: Preview::new(options, progress),
            stamps: HashMap::new(),
            spool: Spool::default(),
            options,
            members: 0,
            progress,
            stop,
        }
    }

    /// Returns whether the user stopped the load.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Sources and problems so far.
    pub(super) fn found(&self) -> usize {
        self.inputs.len() + self.problems.len()
    }

    /// Reports the sources found, once in a while.
    pub(super) fn report(&self) {
        if self.found().is_multiple_of(REPORT_EVERY) {
            (self.progress)(Progress::Looking { sources: self.inputs.len() });
        }
    }

    pub(super) fn problem(&mut self, source: impl Into<String>, reason: impl Into<String>) {
        self.problems.push(Problem {
            source: source.into(),
            record: None,
            offset: None,
            kind: ProblemKind::Unread,
            reason: reason.into(),
        });
    }

    /// Counts a member of the archive being opened.
    pub(super) fn count_member(&mut self) {
        self.members += 1;
        self.report();
    }

    /// Members that may still be taken.
    pub(super) fn members_left(&self) -> usize {
        self.options.max_members.saturating_sub(self.members)
    }

    /// A member that is not read counts like one that is: a million of them must end somewhere.
    pub(super) fn member_problem(&mut self, name: String, reason: String) {
        self.count_member();
        self.problem(name, reason);
    }

    /// Copies a stream to the spool. Returns its place there, as far as it came, and the error that ended it early.
    pub(super) fn copy_aside(&mut self, reader: &mut dyn Read) -> (Range<u64>, Option<io::Error>) {
        let most = self.options.max_bytes;
        let mut block = vec![0; 256 << 10];
        let start = self.spool.end();
        let failed = loop {
            if self.is_stopped() {
                break None;
            }
            match reader.read(&mut block) {
                Ok(0) => break None,
                Ok(count) => {
                    if self.spool.end() - start + count as u64 > most {
                        break Some(io::Error::other(TOO_MANY_BYTES));
                    }
                    if let Err(error) = self.spool.push(&block[..count]) {
                        break Some(error);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        (start..self.spool.end(), failed)
    }

    /// The file of the spool.
    pub(super) fn spooled(&mut self) -> Result<Body, String> {
        self.spool.body().map_err(|error| error.to_string())
    }
}
