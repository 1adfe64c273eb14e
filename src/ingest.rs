//! From the paths a user gives to a [`Store`]: every row read, or named as not read.

mod bundle;
mod clock;
mod csv;
mod decode;
mod fields;
mod keys;
mod lines;
mod quick;
mod row;
mod shape;
mod table;
mod tally;
mod value;
mod walk;
mod window;
mod work;

use crate::model::{EventId, Problem, Source};
use crate::store::Store;
use bundle::{Bundle, Input, Wrap};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

/// Everything a bundle gave.
pub struct Loaded {
    /// The events.
    pub store: Store,
    /// What was read, in path order.
    pub sources: Vec<Source>,
    /// What was not read. At most [`PROBLEMS_KEPT`] per source; the sources' `skipped` counts are complete.
    pub problems: Vec<Problem>,
    /// Holds what stdin gave for as long as its records may be asked for: dropping it removes the file.
    #[expect(dead_code, reason = "held for its drop")]
    spool: Option<tempfile::TempPath>,
}

/// What stands for a table's name where a row tells none.
pub const UNKNOWN_TABLE: &str = "no known table";

/// Problems kept per source; further ones only count.
pub const PROBLEMS_KEPT: usize = 1000;

impl Loaded {
    /// Rows that became events, over all sources.
    pub fn rows_read(&self) -> u64 {
        self.sources.iter().map(|source| source.read).sum()
    }

    /// Rows that could not be read, over all sources.
    pub fn rows_skipped(&self) -> u64 {
        self.sources.iter().map(|source| source.skipped).sum()
    }

    /// Whether no source held a row of any table that has a name.
    pub fn nothing_readable(&self) -> bool {
        let mut tables = self.sources.iter().flat_map(|source| &source.tables);
        self.rows_read() == 0 && !tables.any(|(name, rows)| *rows > 0 && name != UNKNOWN_TABLE)
    }

    /// A bundle that holds nothing but what is given: for tests and for what is made in memory.
    pub fn new(store: Store, sources: Vec<Source>, problems: Vec<Problem>) -> Self {
        Self { store, sources, problems, spool: None }
    }

    /// The raw bytes of an event's record, read again from its source.
    ///
    /// # Errors
    /// When the source can no longer be read, or no longer holds the record.
    pub fn raw_record(&self, event: EventId) -> io::Result<Vec<u8>> {
        let origin = self.store.event(event).origin;
        let source = self
            .sources
            .get(origin.source.0 as usize)
            .ok_or_else(|| io::Error::other("the event belongs to no source"))?;
        let len = origin.len as usize;
        let wrap = match &source.member {
            Some(member) => {
                let archive =
                    zip::ZipArchive::new(io::BufReader::new(File::open(&source.path)?)).map_err(io::Error::other)?;
                let index = archive.index_for_name(member);
                Wrap::Member(
                    index.ok_or_else(|| io::Error::other(format!("{} has no such member any more", source.name)))?,
                )
            }
            None => match bundle::head(&source.path)? {
                head if head.starts_with(b"\x1f\x8b") => Wrap::Gzip,
                head if decode::encoding(&head) != decode::Encoding::Utf8 => Wrap::Plain,
                _ => return plain_slice(&source.path, origin.offset, len),
            },
        };
        decode::slice(&source.path, &wrap, origin.offset, len)
    }
}

/// Reads part of a file that is not packed.
fn plain_slice(path: &std::path::Path, offset: u64, len: usize) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let mut bytes = vec![0; len];
    let mut held = 0;
    while held < len {
        match work::read_at(&file, &mut bytes[held..], offset + held as u64) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => held += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}

/// How a bundle is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Reading threads; `None` for as many as there are cores.
    pub threads: Option<usize>,
    /// Most decoded bytes of one source.
    pub max_bytes: u64,
    /// Most bytes of one record.
    pub max_record: usize,
    /// Whether the files are hashed: half a second a GiB, which the case and the note need and `scan` does not.
    pub hash: bool,
    /// A folder left out of the names of what lies in it: a bundle that was set aside in a temporary folder is
    /// named alike on every machine. Empty for none.
    pub root: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self { threads: None, max_bytes: 64 << 30, max_record: 64 << 20, hash: true, root: PathBuf::new() }
    }
}

/// What the reader reports while it works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The bundle was walked: sources found and bytes to read in all.
    Found {
        /// Number of sources.
        sources: usize,
        /// Bytes on disk.
        bytes: u64,
    },
    /// So far: bytes read of those found, rows read, and the source being read.
    Read {
        /// Bytes on disk consumed.
        bytes: u64,
        /// Rows that became events.
        rows: u64,
        /// The source last touched.
        source: String,
    },
    /// All bytes are read; the store is being built.
    Building,
}

/// Why nothing could be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
}

/// Reads a bundle: files, folders, archives, and `-` for stdin.
///
/// Nothing unreadable stops it: that becomes a [`Problem`]. `progress` is called from the reading threads, a few
/// times a second. Setting `stop` ends the load at once.
///
/// # Errors
/// Only [`LoadError::Stopped`].
pub fn load(
    paths: &[PathBuf],
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    stop: &AtomicBool,
) -> Result<Loaded, LoadError> {
    let bundle = Bundle::open(paths, &options.root);
    let bytes = bundle.inputs.iter().map(|input| input.bytes).sum();
    progress(Progress::Found { sources: bundle.inputs.len(), bytes });
    let meter = work::Meter::new(bytes, progress, stop);
    let harvest = work::read(&bundle.inputs, options, &meter);
    if meter.is_stopped() {
        return Err(LoadError::Stopped);
    }
    progress(Progress::Building);
    let mut problems = bundle.problems;
    let mut sources = Vec::with_capacity(bundle.inputs.len());
    for (input, tally) in bundle.inputs.into_iter().zip(harvest.tallies) {
        let sha256 = harvest.hashes.get(&input.path).cloned().unwrap_or_default();
        let Input { name, path, member, bytes, .. } = input;
        let mut source = Source { name, path, member, bytes, sha256, ..Source::default() };
        tally.settle(&mut source, &mut problems);
        sources.push(source);
    }
    let store = Store::build(harvest.parts);
    for (_, event) in store.events().filter(|(_, event)| event.is_folded()) {
        sources[event.origin.source.0 as usize].folded += 1;
    }
    Ok(Loaded { store, sources, problems, spool: bundle.spool })
}
