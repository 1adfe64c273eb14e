//! Work shared out to threads: what it gives does not depend on their number.

use super::work;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};
use std::thread::ScopedJoinHandle;

/// Items of a list that are worth a thread; few where tests run, so that they join parts too.
const WORTH: usize = if cfg!(debug_assertions) { 1 << 6 } else { 1 << 16 };

/// Most threads that are worth having.
pub(crate) fn most() -> usize {
    static MOST: OnceLock<usize> = OnceLock::new();
    *MOST.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// Results of `read` for the parts of a list of some length, in order.
pub(crate) fn in_parts<T: Send>(len: usize, read: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    each(parts(most().min(len / WORTH + 1), len), read)
}

/// Changes a list in place, parts of it on threads of their own; `write` is given the place of its part's first item, and
/// what it returns is given back in order. A list that each thread made for itself would stay in the memory of its thread.
pub(crate) fn fill<T: Send, R: Send>(list: &mut [T], write: impl Fn(usize, &mut [T]) -> R + Sync) -> Vec<R> {
    let count = most().min(list.len() / WORTH + 1);
    let len = list.len().div_ceil(count).max(1);
    each(list.chunks_mut(len).enumerate().collect(), |(part, items)| write(part * len, items))
}

fn parts(count: usize, len: usize) -> Vec<Range<usize>> {
    (0..count).map(|part| len * part / count..len * (part + 1) / count).collect()
}

/// Threads that are free: one fewer than there are cores. Work inside of shared work mostly finds none, for more threads
/// than cores save no time, and each keeps memory of its own.
static FREE: LazyLock<AtomicUsize> = LazyLock::new(|| AtomicUsize::new(most() - 1));

/// Threads taken from [`FREE`], given back when this goes.
struct Taken(usize);

impl Taken {
    fn up_to(wanted: usize) -> Self {
        let take = |free: usize| Some(free.saturating_sub(wanted));
        let before = FREE.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or_default();
        Self(before.min(wanted))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        FREE.fetch_add(self.0, Ordering::Relaxed);
    }
}

/// Results of two pieces of work, of which another thread does the second if one is free.
pub(crate) fn both<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    let taken = Taken::up_to(1);
    if taken.0 == 0 {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(|| (other(), work::looked()));
        let one = one();
        (one, join(other))
    })
}

/// Result of a thread, whose looks count here and whose panic goes on here.
fn join<T>(other: ScopedJoinHandle<'_, (T, usize)>) -> T {
    let (given, looks) = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    work::look(looks);
    given
}

/// Results of `read` for each part, in order: read on this thread, and on others that are free.
pub(crate) fn each<P: Send, T: Send>(parts: Vec<P>, read: impl Fn(P) -> T + Sync) -> Vec<T> {
    let taken = Taken::up_to(parts.len().saturating_sub(1));
    let waiting = Mutex::new(parts.into_iter().enumerate());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || std::iter::from_fn(next).map(|(at, part)| (at, read(part))).collect::<Vec<_>>();
    let mut found = std::thread::scope(|scope| {
        let others: Vec<_> = (0..taken.0).map(|_| scope.spawn(|| (work(), work::looked()))).collect();
        let mut found = work();
        for other in others {
            found.extend(join(other));
        }
        found
    });
    found.sort_unstable_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, part)| part).collect()
}

/// Sorts a list, parts of it on threads of their own.
pub(crate) fn sort<T: Ord + Send>(list: &mut [T]) {
    let parts = fill(list, |_, part| part.sort_unstable()).len();
    // Joins what is in order.
    if parts > 1 {
        list.sort();
    }
}

/// Lists one after the other, in the first of them.
pub(crate) fn joined<T>(lists: Vec<Vec<T>>) -> Vec<T> {
    let mut lists = lists.into_iter();
    let mut all = lists.next().unwrap_or_default();
    all.reserve_exact(lists.as_slice().iter().map(Vec::len).sum());
    lists.for_each(|mut list| all.append(&mut list));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_in_order_and_leave_nothing_out() {
        for (count, len) in [(1, 0), (1, 5), (2, 1), (3, 10), (4, 3)] {
            let found = each(parts(count, len), Vec::from_iter);
            assert_eq!(found.len(), count);
            assert_eq!(found.concat(), (0..len).collect::<Vec<_>>());
        }
        assert!(each(Vec::<usize>::new(), |part| part).is_empty());
    }

    #[test]
    fn a_list_is_filled_in_parts_that_know_their_place() {
        for len in [0, 1, 3 * WORTH + 1] {
            let mut list = vec![0; len];
            let lens = fill(&mut list, |start, items| {
                (start..).zip(&mut *items).for_each(|(at, item)| *item = at);
                items.len()
            });
            assert!(list.into_iter().eq(0..len));
            assert_eq!(lens.into_iter().sum::<usize>(), len);
        }
    }

    #[test]
    fn a_list_in_sorted_parts_is_sorted() {
        let mut list: Vec<usize> = (0..3 * WORTH).map(|at| at * 7919 % (3 * WORTH)).collect();
        sort(&mut list);
        assert!(list.is_sorted());
    }

    #[test]
    fn looks_of_all_threads_count() {
        assert_eq!(work::looks(|| drop(each(parts(3, 9), |range| work::look(range.len())))), 9);
    }
}
