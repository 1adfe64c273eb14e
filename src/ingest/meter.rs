//! How far the reading is: counted over all threads, told a few times a second.

use super::bundle::Input;
use super::scout::First;
use super::{Progress, Reading};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Sources named as being read.
const NAMED: usize = 8;

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
    /// Where the first rows are left, as long as nobody has any.
    first: Option<Arc<First>>,
}

/// How far one source is.
#[derive(Default)]
struct Gauge {
    bytes: AtomicU64,
    rows: AtomicU64,
    state: AtomicU8,
    began: OnceLock<Instant>,
}

const BEGUN: u8 = 1;
const DONE: u8 = 2;

impl<'p> Meter<'p> {
    /// It reports by bytes, not by a clock: each hundredth, or each 16 MiB.
    pub(super) fn new(
        inputs: &'p [Input],
        progress: &'p (dyn Fn(Progress) + Sync),
        stop: &'p AtomicBool,
        first: Option<Arc<First>>,
    ) -> Self {
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
            first,
        }
    }

    /// Whether the user stopped the load.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Where the first rows are left, where they are wanted.
    pub(super) fn first(&self) -> Option<Arc<First>> {
        self.first.clone()
    }

    /// Counts what was read of a source.
    pub(super) fn read(&self, bytes: u64, rows: u64, input: usize) {
        let gauge = &self.gauges[input];
        gauge.rows.fetch_add(rows, Ordering::Relaxed);
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        if let Some(first) = self.first.as_ref().and_then(|first| first.told()) {
            (self.progress)(Progress::First(first));
        }
        if bytes == 0 {
            return;
        }
        if gauge.bytes.fetch_add(bytes, Ordering::Relaxed) == 0 {
            gauge.began.get_or_init(Instant::now);
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
            elapsed: gauge.began.get().map_or(Duration::ZERO, Instant::elapsed),
        };
        open.take(NAMED).map(told).collect()
    }
}
