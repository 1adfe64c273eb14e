//! From the paths a user gives to a [`Store`]: every row read, or named as not read.
//!
//! A folder uses only those left of it; `tests/it/layers.rs` fails on an import that points right, and on a circle.
//!
//! ```text
//! bytes → table_names → stats → record → password → options → framing → unread → progress → bundle → hashes → workers
//! ```
//!
//! `bytes` decodes and unpacks, `record` makes an event of one record, `framing` finds the records in a source, `bundle`
//! finds the sources. `workers` reads them on all threads, and counts into `stats` and `progress`.

mod bundle;
mod bytes;
mod framing;
mod hashes;
mod options;
mod password;
mod progress;
mod record;
mod stats;
mod table_names;
mod unread;
mod workers;

use crate::model::{EventId, Problem, Source, SourceId, Span, Table, inert};
use crate::store::Store;
use crate::tables::foreign::HIT_TABLE;
pub use bundle::archive::needs_password;
use bundle::intake::Input;
use bytes::decode::{self, FileRange};
use hashes::Unhashed;
pub use options::{Hashing, Options};
pub use password::Password;
use progress::Meter;
pub use progress::{Glimpse, Progress, Reading};
pub use stats::UNKNOWN_TABLE;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
pub use unread::Carried;

/// Everything a bundle gave.
pub struct Loaded {
    /// The events.
    pub store: Store,
    /// The sources, in path order.
    pub sources: Vec<Source>,
    /// Everything that was not read. At most [`stats::PROBLEMS_KEPT`] per source; the sources' `skipped` counts are complete.
    pub problems: Vec<Problem>,
    /// The bytes of each source.
    places: Vec<FileRange>,
    /// Everything that is hashed by [`Self::hash`].
    unhashed: Vec<Unhashed>,
}

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

    /// Returns whether no source held a row of any table that has a name.
    pub fn nothing_readable(&self) -> bool {
        let mut tables = self.sources.iter().flat_map(|source| &source.tables);
        self.rows_read() == 0 && !tables.any(|(name, rows)| *rows > 0 && name != UNKNOWN_TABLE)
    }

    /// A bundle from its parts: for tests, and for events made in memory.
    #[cfg(any(test, feature = "testing"))]
    pub fn new(store: Store, sources: Vec<Source>, problems: Vec<Problem>) -> Self {
        Self { store, sources, problems, places: Vec::new(), unhashed: Vec::new() }
    }

    /// Rows of tables that are only counted and hold any of the texts as a word of its own, source by source, in the
    /// first `most` decoded bytes of those sources. They are read again: not for the thread that draws. The second part
    /// names the sources that were not looked through to their end.
    pub fn carried(&self, texts: &[String], most: u64) -> (Vec<Carried>, Vec<String>) {
        let (mut found, mut cut, mut left) = (Vec::new(), Vec::new(), most);
        for (at, (source, place)) in (0..).zip(self.sources.iter().zip(&self.places)) {
            if !has_unread(source) {
                continue;
            }
            let bytes = source.decoded.unwrap_or(source.bytes);
            match unread::carried(&source.name, SourceId(at), place, texts, left) {
                Ok((rows, true)) => found.extend(rows),
                Ok((rows, false)) => {
                    found.extend(rows);
                    cut.push(source.name.clone());
                }
                Err(_) => cut.push(source.name.clone()),
            }
            left = left.saturating_sub(bytes);
        }
        (found, cut)
    }

    /// Hashes what [`Hashing::Later`] left, on so many threads, one per core for `None`. `progress` is called from them,
    /// for each 256 KiB, with the bytes hashed and those of all.
    pub fn hash(&self, threads: Option<usize>, progress: &(dyn Fn(u64, u64) + Sync), stop: &AtomicBool) {
        hashes::hash_all(&self.unhashed, &self.sources, workers::threads(threads), progress, stop);
    }

    /// Bytes that [`Self::hash`] reads.
    pub fn bytes_to_hash(&self) -> u64 {
        self.unhashed.iter().map(Unhashed::bytes).sum()
    }

    /// Paths of files that gave rows and have no hash, each once.
    pub fn without_hash(&self) -> BTreeSet<&Path> {
        let gave = |source: &&Source| source.sha256().is_empty() && !source.tables.is_empty();
        self.sources.iter().filter(gave).map(|source| &*source.path).collect()
    }

    /// Paths of files that changed while they were read, each once.
    pub fn changed(&self) -> BTreeSet<&Path> {
        let changed = |source: &&Source| source.has_changed.get().is_some();
        self.sources.iter().filter(changed).map(|source| &*source.path).collect()
    }

    /// Paths of the files that wait for [`Self::hash`], each once.
    pub fn unhashed(&self) -> BTreeSet<&Path> {
        let waiting = self.unhashed.iter().flat_map(Unhashed::waiting);
        waiting.map(|at| &*self.sources[at].path).collect()
    }

    /// Returns whether any source has rows of a table that is only counted.
    pub fn has_unread(&self) -> bool {
        self.sources.iter().any(has_unread)
    }

    /// The raw bytes of an event's record, read again from its source.
    ///
    /// # Errors
    /// When the source can no longer be read, or its bytes changed since they were read: no other bytes are
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
            Ok(bytes) if record::builder::check(&bytes) == origin.check => Ok(bytes),
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

fn has_unread(source: &Source) -> bool {
    let is_read = |name: &str| Table::named(name).is_some() || name == HIT_TABLE.name;
    source.tables.iter().any(|(name, rows)| *rows > 0 && !is_read(name))
}

/// The UTC offset that a text such as `+02:00`, `-5` or `UTC+5:30` names.
///
/// # Errors
/// With a sentence for the user, when it is no offset.
pub fn zone(text: &str) -> Result<Span, String> {
    framing::csv::utc_offset(text).ok_or_else(|| format!("\"{text}\" is no offset from UTC such as +02:00"))
}

/// Ids of all shapes, including those that only their framing distinguishes.
#[cfg(any(test, feature = "testing"))]
pub fn shapes() -> impl Iterator<Item = &'static str> {
    framing::shape::SHAPES.iter().map(|shape| shape.id)
}

/// Reason that nothing could be loaded.
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
    let bundle = bundle::open(paths, options, &progress, stop);
    let bytes = bundle.inputs.iter().map(|input| input.bytes).sum();
    progress(Progress::Found { sources: bundle.inputs.len(), bytes });
    let names = bundle.inputs.iter().map(|input| (input.name.as_str(), input.bytes)).collect();
    let meter = Meter::new(names, progress, stop, bundle.preview.into_wanted());
    let read = workers::read(&bundle.inputs, &bundle.stamps, options, &meter);
    if meter.is_stopped() {
        return Err(LoadError::Stopped);
    }
    progress(Progress::Building);
    let mut problems = bundle.problems;
    let mut sources = Vec::with_capacity(bundle.inputs.len());
    let mut places = Vec::with_capacity(bundle.inputs.len());
    for (input, stats) in bundle.inputs.into_iter().zip(read.stats) {
        let Input { name, holder, member, bytes, place, packed, remarks } = input;
        let path = holder.body.path().to_owned();
        places.push(place);
        let decoded = packed.then_some(stats.decoded);
        let mut source = Source { name, path, member, bytes, decoded, ..Source::default() };
        stats.settle(&mut source, &mut problems);
        source.remarks.extend(remarks);
        sources.push(source);
    }
    for (at, hash) in read.hashes {
        read.unhashed[at].settle(&sources, &hash);
        read.unhashed[at].compare(&sources);
    }
    let unhashed = if options.hash == Hashing::Later { read.unhashed } else { Vec::new() };
    let mut store = Store::build(read.parts);
    if let Some(networks) = &options.networks {
        store.name_networks(Arc::clone(networks));
    }
    store.settle();
    for row in store.duplicate_rows() {
        sources[store.event(row).origin.source.0 as usize].duplicates += 1;
    }
    for (source, from, to, rows) in store.moved_rows() {
        stats::move_rows(&mut sources[source.0 as usize], from, to, rows);
    }
    Ok(Loaded { store, sources, problems, places, unhashed })
}
