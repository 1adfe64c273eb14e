//! The progress of reading: the reports, the first rows, and the counts over all threads that they are made from.

use crate::model::{Field, Table, Time};
use crate::store::{Event, Interner};
use crate::tables::Role;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Rows shown before all are read.
const FIRST: usize = 6;
/// Characters of a value that are shown.
const SHOWN: usize = 200;
/// Reported while a bundle is read.
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
    /// The first rows, as soon as they are read: at most a handful, all of them again with each that comes.
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

/// Progress of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its name.
    pub source: String,
    /// Bytes on disk consumed.
    pub bytes: u64,
    /// Bytes on disk in all.
    pub of: u64,
    /// Rows that became events.
    pub rows: u64,
    /// Time since its first bytes were read.
    pub elapsed: Duration,
}

/// A row that was read, in a few words: duplicates are not marked yet, and day and month not yet decided.
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

/// The first rows of a bundle, shared by whoever reads some of them.
#[derive(Default)]
pub(crate) struct FirstRows {
    changed: AtomicBool,
    full: AtomicBool,
    rows: Mutex<Vec<Glimpse>>,
}

impl FirstRows {
    /// Takes the first of these events.
    pub(crate) fn add<'e>(&self, events: impl Iterator<Item = Event<'e>>, texts: &Interner) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events.take(FIRST - rows.len()) {
            rows.push(glimpse(event, texts));
            self.changed.store(true, Ordering::Relaxed);
        }
        self.full.store(rows.len() == FIRST, Ordering::Relaxed);
    }

    /// Returns whether further rows are wanted.
    pub(crate) fn is_wanted(&self) -> bool {
        !self.full.load(Ordering::Relaxed)
    }

    /// The rows so far, if some were added since the last call.
    pub(crate) fn take_changed(&self) -> Option<Vec<Glimpse>> {
        let changed = self.changed.load(Ordering::Relaxed) && self.changed.swap(false, Ordering::Relaxed);
        changed.then(|| self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Forgets all but the first `count`.
    pub(crate) fn truncate(&self, count: usize) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).truncate(count);
    }

    pub(crate) fn count(&self) -> usize {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn glimpse(event: Event<'_>, texts: &Interner) -> Glimpse {
    let text = |field: Field| Some(texts.text(event.get(field))).filter(|text| !text.is_empty());
    let shown = |text: Option<&str>| text.unwrap_or_default().chars().take(SHOWN).collect();
    let either = |field, other| text(field).or_else(|| text(other));
    let what = match event.table.role() {
        Role::Uses => text(Field::RequestUri),
        Role::Issues => either(Field::ResourceDisplayName, Field::ResourceIdentity),
        Role::Records => text(Field::Operation),
    };
    Glimpse {
        table: event.table,
        time: event.time(),
        user: shown(either(Field::UserPrincipalName, Field::UserId)),
        client: shown(either(Field::AppDisplayName, Field::AppId)),
        what: shown(what),
    }
}

/// Sources named as being read.
const NAMED: usize = 8;

/// Counts bytes and rows over all threads, and reports a few times a second.
pub(crate) struct Meter<'p> {
    /// Name and bytes on disk of each source.
    sources: Vec<(&'p str, u64)>,
    per_source: Vec<SourceProgress>,
    progress: &'p (dyn Fn(Progress) + Sync),
    stop: &'p AtomicBool,
    bytes: AtomicU64,
    rows: AtomicU64,
    done: AtomicUsize,
    next: AtomicU64,
    every: u64,
    /// Takes the first rows, unless some were shown before.
    first: Option<FirstRows>,
}

/// Progress of one source, counted over all threads.
#[derive(Default)]
struct SourceProgress {
    bytes: AtomicU64,
    rows: AtomicU64,
    state: AtomicU8,
    began: OnceLock<Instant>,
}

const BEGUN: u8 = 1;
const DONE: u8 = 2;

impl<'p> Meter<'p> {
    /// It reports by bytes, not by a clock: each hundredth, or each 16 MiB.
    pub(crate) fn new(
        sources: Vec<(&'p str, u64)>,
        progress: &'p (dyn Fn(Progress) + Sync),
        stop: &'p AtomicBool,
        first: Option<FirstRows>,
    ) -> Self {
        let total: u64 = sources.iter().map(|(_, bytes)| bytes).sum();
        let every = (total / 100).clamp(1 << 18, 16 << 20);
        Self {
            per_source: sources.iter().map(|_| SourceProgress::default()).collect(),
            sources,
            progress,
            stop,
            bytes: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            done: AtomicUsize::new(0),
            next: AtomicU64::new(every),
            every,
            first,
        }
    }

    /// Returns whether the user stopped the load.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Takes the first rows, if they are wanted.
    pub(crate) fn first(&self) -> Option<&FirstRows> {
        self.first.as_ref()
    }

    /// Counts what was read of a source.
    pub(crate) fn read(&self, bytes: u64, rows: u64, input: usize) {
        let source = &self.per_source[input];
        source.rows.fetch_add(rows, Ordering::Relaxed);
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        if let Some(first) = self.first.as_ref().and_then(FirstRows::take_changed) {
            (self.progress)(Progress::First(first));
        }
        if bytes == 0 {
            return;
        }
        if source.bytes.fetch_add(bytes, Ordering::Relaxed) == 0 {
            source.began.get_or_init(Instant::now);
            source.state.fetch_max(BEGUN, Ordering::Relaxed);
        }
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let due = self.next.load(Ordering::Relaxed);
        // Only the thread that moves the mark reports.
        if bytes >= due
            && self.next.compare_exchange(due, bytes + self.every, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            (self.progress)(Progress::Read {
                bytes,
                rows,
                source: self.sources[input].0.to_owned(),
                done: self.done.load(Ordering::Relaxed),
                reading: self.reading(),
            });
        }
    }

    /// Notes that a source is read to its end.
    pub(crate) fn finish(&self, input: usize) {
        if self.per_source[input].state.swap(DONE, Ordering::Relaxed) != DONE {
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that a piece of a source was read, which may have been the last.
    pub(crate) fn finish_piece(&self, input: usize) {
        if self.per_source[input].bytes.load(Ordering::Relaxed) >= self.sources[input].1 {
            self.finish(input);
        }
    }

    /// The sources being read, in the bundle's order.
    fn reading(&self) -> Vec<Reading> {
        let begun = |(_, source): &(_, &SourceProgress)| source.state.load(Ordering::Relaxed) == BEGUN;
        let open = self.sources.iter().zip(&self.per_source).filter(begun);
        let reading = |((name, bytes), source): (&(&str, u64), &SourceProgress)| Reading {
            source: (*name).to_owned(),
            bytes: source.bytes.load(Ordering::Relaxed).min(*bytes),
            of: *bytes,
            rows: source.rows.load(Ordering::Relaxed),
            elapsed: source.began.get().map_or(Duration::ZERO, Instant::elapsed),
        };
        open.take(NAMED).map(reading).collect()
    }
}
