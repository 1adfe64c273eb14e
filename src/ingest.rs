//! From the paths a user gives to a [`Store`]: every row read, or named as not read.

mod archive;
mod body;
mod bundle;
mod codepage;
mod csv;
mod decode;
mod fields;
mod foreign;
mod keys;
mod lines;
mod meter;
mod password;
mod quick;
mod row;
mod rubbish;
mod scout;
mod shape;
mod stream;
mod table;
mod tally;
mod timestamps;
mod unknown;
mod unwrap;
mod value;
mod visit;
mod walk;
mod window;
mod work;

use crate::facts::Networks;
use crate::model::{EventId, Problem, Source, Span, Table, Time, inert};
use crate::store::Store;
use bundle::{Bundle, Input};
use decode::Place;
use meter::Meter;
pub use password::{Password, needs_password};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Everything a bundle gave.
pub struct Loaded {
    /// The events.
    pub store: Store,
    /// What was read, in path order.
    pub sources: Vec<Source>,
    /// What was not read. At most [`PROBLEMS_KEPT`] per source; the sources' `skipped` counts are complete.
    pub problems: Vec<Problem>,
    /// Where the bytes of each source stand.
    places: Vec<Place>,
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

    /// Rows that look like sign-ins or calls and were only counted, by the name of their table: what was lost although
    /// nothing was skipped.
    pub fn lookalikes(&self) -> BTreeMap<&str, u64> {
        let mut rows: BTreeMap<&str, u64> = BTreeMap::new();
        for (table, count) in self.sources.iter().flat_map(|source| &source.lookalikes) {
            *rows.entry(table).or_default() += count;
        }
        rows
    }

    /// Whether no source held a row of any table that has a name.
    pub fn nothing_readable(&self) -> bool {
        let mut tables = self.sources.iter().flat_map(|source| &source.tables);
        self.rows_read() == 0 && !tables.any(|(name, rows)| *rows > 0 && name != UNKNOWN_TABLE)
    }

    /// A bundle that holds nothing but what is given: for tests and for what is made in memory.
    pub fn new(store: Store, sources: Vec<Source>, problems: Vec<Problem>) -> Self {
        Self { store, sources, problems, places: Vec::new() }
    }

    /// The raw bytes of an event's record, read again from its source.
    ///
    /// # Errors
    /// When the source can no longer be read, or other bytes stand there than those that were read: no other bytes are
    /// ever given for a record.
    pub fn raw_record(&self, event: EventId) -> io::Result<Vec<u8>> {
        let origin = self.store.event(event).origin;
        let place = self
            .places
            .get(origin.source.0 as usize)
            .ok_or_else(|| io::Error::other("the event belongs to no source"))?;
        let name = || inert(&self.sources[origin.source.0 as usize].name);
        let changed = |why: &str| io::Error::other(format!("{} changed since it was read{why}", name()));
        match decode::slice(place, origin.offset, origin.len as usize) {
            Ok(bytes) if row::check(&bytes) == origin.check => Ok(bytes),
            Ok(_) => Err(changed(": other bytes stand where the record stood")),
            Err(error) => Err(match error.kind() {
                io::ErrorKind::NotFound => changed(": it is no longer there"),
                io::ErrorKind::UnexpectedEof => changed(": it is shorter now"),
                io::ErrorKind::PermissionDenied => io::Error::other(format!("{}: permission denied", name())),
                _ => changed(&format!(", or cannot be read: {error}")),
            }),
        }
    }
}

/// How a bundle is read.
#[derive(Clone)]
pub struct Options {
    /// Reading threads; `None` for as many as there are cores.
    pub threads: Option<usize>,
    /// Most decoded bytes of one source.
    pub max_bytes: u64,
    /// Most bytes of one record.
    pub max_record: usize,
    /// Most times its packed size that a source or an archive may unpack to, past the first 64 MiB.
    pub max_ratio: u64,
    /// Most members of one archive, those of archives in it included.
    pub max_members: usize,
    /// Most archives around a source: 2 for one archive in another.
    pub max_depth: usize,
    /// How far east of UTC the times are of which an export says no more than that they are local.
    pub local_zone: Option<Span>,
    /// The user's table of networks: it wins over the records' own numbers.
    pub networks: Option<Arc<Networks>>,
    /// Whether the files are hashed: half a second a GiB, which the case and the note need and `scan` does not.
    pub hash: bool,
    /// What opens encrypted archives.
    pub password: Option<Password>,
    /// Bytes that stand for the path given, as if a file of that name held them: a bundle that is part of the program.
    pub built_in: Option<&'static [u8]>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threads: None,
            max_bytes: 64 << 30,
            max_record: 64 << 20,
            max_ratio: 250,
            max_members: 100_000,
            max_depth: 2,
            local_zone: None,
            networks: None,
            hash: true,
            password: None,
            built_in: None,
        }
    }
}

/// What the reader reports while it works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The bundle is being walked: sources found so far.
    Looking {
        /// Number of sources.
        sources: usize,
    },
    /// The bundle was walked: sources found and bytes to read in all.
    Found {
        /// Number of sources.
        sources: usize,
        /// Bytes on disk.
        bytes: u64,
    },
    /// The first rows, as soon as they are read: at most a handful, told anew with each that comes.
    First(Vec<Glimpse>),
    /// So far: bytes read of those found, rows read, and the source being read.
    Read {
        /// Bytes on disk consumed.
        bytes: u64,
        /// Rows that became events.
        rows: u64,
        /// The source last touched.
        source: String,
        /// Sources read to their end.
        done: usize,
        /// Sources being read, the first few.
        reading: Vec<Reading>,
    },
    /// All bytes are read; the store is being built.
    Building,
}

/// How far one source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its name.
    pub source: String,
    /// Bytes on disk consumed.
    pub bytes: u64,
    /// Of so many.
    pub of: u64,
    /// Rows that became events.
    pub rows: u64,
    /// How long ago its first bytes were read.
    pub elapsed: Duration,
}

/// A row that was read, in a few words: copies are not folded yet, and day and month not yet decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glimpse {
    /// Its table.
    pub table: Table,
    /// Its time.
    pub time: Time,
    /// Sign-in name, or object id.
    pub user: String,
    /// Name of the client, or its id.
    pub client: String,
    /// Resource or request.
    pub what: String,
}

/// How far east of UTC `+02:00`, `-5` or `UTC+5:30` is.
///
/// # Errors
/// With a sentence for the user, when it is no offset.
pub fn zone(text: &str) -> Result<Span, String> {
    csv::ahead(text).ok_or_else(|| format!("\"{text}\" is no offset from UTC such as +02:00"))
}

/// Ids of the shapes that are told apart; those that only their framing tells included.
pub fn shapes() -> impl Iterator<Item = &'static str> {
    shape::SHAPES.iter().map(|shape| shape.id)
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
    let bundle = Bundle::open(paths, options, &progress, stop);
    let bytes = bundle.inputs.iter().map(|input| input.bytes).sum();
    progress(Progress::Found { sources: bundle.inputs.len(), bytes });
    let meter = Meter::new(&bundle.inputs, progress, stop, bundle.scout.into_wanted());
    let harvest = work::read(&bundle.inputs, options, &meter);
    if meter.is_stopped() {
        return Err(LoadError::Stopped);
    }
    progress(Progress::Building);
    let mut problems = bundle.problems;
    let mut sources = Vec::with_capacity(bundle.inputs.len());
    let mut places = Vec::with_capacity(bundle.inputs.len());
    for (input, tally) in bundle.inputs.into_iter().zip(harvest.tallies) {
        let sha256 = harvest.hashes.get(input.holder.body.path()).cloned().unwrap_or_default();
        let Input { name, holder, member, bytes, place, packed, remarks } = input;
        let path = holder.body.path().to_owned();
        places.push(place);
        let decoded = packed.then_some(tally.decoded);
        let mut source = Source { name, path, member, bytes, decoded, sha256, ..Source::default() };
        tally.settle(&mut source, &mut problems);
        source.remarks.extend(remarks);
        sources.push(source);
    }
    let mut store = Store::build(harvest.parts);
    if let Some(networks) = &options.networks {
        store.name_networks(Arc::clone(networks));
    }
    for row in store.folded_rows() {
        sources[store.event(row).origin.source.0 as usize].folded += 1;
    }
    for (source, from, to, rows) in store.moved_rows() {
        tally::move_rows(&mut sources[source.0 as usize], from, to, rows);
    }
    Ok(Loaded { store, sources, problems, places })
}
