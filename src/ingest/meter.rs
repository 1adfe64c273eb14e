//! How far the reading is: counted over all threads, told a few times a second, with the first rows as a foretaste.

use super::bundle::Input;
use super::{Glimpse, Progress, Reading};
use crate::model::{Event, Field, Table};
use crate::store::Interner;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Rows shown before all are read.
const FIRST: usize = 6;
/// Sources named as being read.
const NAMED: usize = 8;
/// Characters of a value that are shown.
const SHOWN: usize = 200;

/// Counts bytes and rows over all threads, and reports a few times a second.
pub(super) struct Meter<'p> {
    inputs: &'p [Input],
    gauges: Vec<Gauge>,
    progress: &'p (dyn Fn(Progress) + Sync),
    stop: &'p AtomicBool,
    bytes: AtomicU64,
    rows: AtomicU64,
    done: AtomicUsize,
    next: AtomicU64,
    every: u64,
    first: Arc<First>,
}

/// How far one source is.
#[derive(Default)]
struct Gauge {
    bytes: AtomicU64,
    rows: AtomicU64,
    state: AtomicU8,
}

const BEGUN: u8 = 1;
const DONE: u8 = 2;

impl<'p> Meter<'p> {
    /// It reports by bytes, not by a clock: each hundredth, or each 16 MiB.
    pub(super) fn new(inputs: &'p [Input], progress: &'p (dyn Fn(Progress) + Sync), stop: &'p AtomicBool) -> Self {
        let total: u64 = inputs.iter().map(|input| input.bytes).sum();
        let every = (total / 100).clamp(1 << 18, 16 << 20);
        Self {
            inputs,
            gauges: inputs.iter().map(|_| Gauge::default()).collect(),
            progress,
            stop,
            bytes: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            done: AtomicUsize::new(0),
            next: AtomicU64::new(every),
            every,
            first: Arc::default(),
        }
    }

    /// Whether the user stopped the load.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Where the first rows are left.
    pub(super) fn first(&self) -> Arc<First> {
        Arc::clone(&self.first)
    }

    /// Counts what was read of a source.
    pub(super) fn read(&self, bytes: u64, rows: u64, input: usize) {
        let gauge = &self.gauges[input];
        gauge.rows.fetch_add(rows, Ordering::Relaxed);
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        if let Some(first) = self.first.told() {
            (self.progress)(Progress::First(first));
        }
        if bytes == 0 {
            return;
        }
        if gauge.bytes.fetch_add(bytes, Ordering::Relaxed) == 0 {
            gauge.state.fetch_max(BEGUN, Ordering::Relaxed);
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
                source: self.inputs[input].name.clone(),
                done: self.done.load(Ordering::Relaxed),
                reading: self.reading(),
            });
        }
    }

    /// Notes that a source is read to its end.
    pub(super) fn finish(&self, input: usize) {
        if self.gauges[input].state.swap(DONE, Ordering::Relaxed) != DONE {
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that a piece of a source was read, which may have been the last.
    pub(super) fn finish_piece(&self, input: usize) {
        if self.gauges[input].bytes.load(Ordering::Relaxed) >= self.inputs[input].bytes {
            self.finish(input);
        }
    }

    /// The sources being read, in the bundle's order.
    fn reading(&self) -> Vec<Reading> {
        let open =
            self.inputs.iter().zip(&self.gauges).filter(|(_, gauge)| gauge.state.load(Ordering::Relaxed) == BEGUN);
        let told = |(input, gauge): (&Input, &Gauge)| Reading {
            source: input.name.clone(),
            bytes: gauge.bytes.load(Ordering::Relaxed).min(input.bytes),
            of: input.bytes,
            rows: gauge.rows.load(Ordering::Relaxed),
        };
        open.take(NAMED).map(told).collect()
    }
}

/// Where the threads leave the first rows they read.
#[derive(Default)]
pub(super) struct First {
    fresh: AtomicBool,
    rows: Mutex<Vec<Glimpse>>,
}

impl First {
    /// Leaves a row; whether further ones are wanted.
    pub(super) fn leave(&self, event: &Event, texts: &Interner) -> bool {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() < FIRST {
            rows.push(glimpse(event, texts));
            self.fresh.store(true, Ordering::Relaxed);
        }
        rows.len() < FIRST
    }

    /// The rows so far, where some were left since they were last told.
    fn told(&self) -> Option<Vec<Glimpse>> {
        let fresh = self.fresh.load(Ordering::Relaxed) && self.fresh.swap(false, Ordering::Relaxed);
        fresh.then(|| self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn glimpse(event: &Event, texts: &Interner) -> Glimpse {
    let text = |field: Field| Some(texts.text(event[field])).filter(|text| !text.is_empty());
    let shown = |text: Option<&str>| text.unwrap_or_default().chars().take(SHOWN).collect();
    let either = |field, other| text(field).or_else(|| text(other));
    let what = if event.table == Table::Graph {
        text(Field::RequestUri)
    } else {
        either(Field::ResourceDisplayName, Field::ResourceIdentity)
    };
    Glimpse {
        table: event.table,
        time: event.time(),
        user: shown(either(Field::UserPrincipalName, Field::UserId)),
        client: shown(either(Field::AppDisplayName, Field::AppId)),
        what: shown(what),
    }
}
