//! Records that one thread cut out of its source and another reads.

use crate::ingest::framing::block::Block;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Blocks that wait for each thread but the one that cuts.
const FOR_EACH: usize = 2;

/// Longest wait for a block before a thread looks whether the load was stopped.
const LOOK: Duration = Duration::from_millis(50);

/// Blocks of records that wait for a thread.
pub(super) struct Blocks {
    /// Most that wait: they are in memory.
    most: usize,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Blocks with the number of their source.
    waiting: VecDeque<(usize, Block<'static>)>,
    /// Sources that may still give some.
    open: usize,
}

/// A source that may give blocks; closed when it is dropped.
pub(super) struct OpenSource<'b>(&'b Blocks);

impl Drop for OpenSource<'_> {
    fn drop(&mut self) {
        self.0.lock().open -= 1;
        self.0.changed.notify_all();
    }
}

impl Blocks {
    /// For so many threads, which read so many sources that blocks may come of.
    pub(super) fn new(threads: usize, sources: usize) -> Self {
        let state = State { waiting: VecDeque::new(), open: sources };
        Self { most: threads.saturating_sub(1) * FOR_EACH, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Begins a source.
    pub(super) fn begin(&self) -> OpenSource<'_> {
        OpenSource(self)
    }

    /// Takes a block for another thread; gives it back where enough wait.
    pub(super) fn put<'b>(&self, input: usize, block: Block<'b>) -> Option<Block<'b>> {
        if self.lock().waiting.len() >= self.most {
            return Some(block);
        }
        // Copied outside the lock: threads that cut at once may then go past the most by one each.
        let block = block.into_owned();
        self.lock().waiting.push_back((input, block));
        self.changed.notify_one();
        None
    }

    /// A block that waits, if one does.
    pub(super) fn take(&self) -> Option<(usize, Block<'static>)> {
        self.lock().waiting.pop_front()
    }

    /// As [`Self::take`], waiting until one comes or no source is left that could give one.
    pub(super) fn wait(&self, is_stopped: impl Fn() -> bool) -> Option<(usize, Block<'static>)> {
        let mut state = self.lock();
        while !is_stopped() {
            if let Some(block) = state.waiting.pop_front() {
                return Some(block);
            }
            if state.open == 0 {
                break;
            }
            state = self.changed.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
