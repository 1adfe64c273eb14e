//! Counts of rows and texts looked at, for tests of how work grows: wall time is no measure on a shared machine.

/// Counts looks, in tests.
#[inline]
pub(crate) fn look(rows: usize) {
    #[cfg(test)]
    LOOKS.set(LOOKS.get() + rows as u64);
    #[cfg(not(test))]
    let _ = rows;
}

#[cfg(test)]
thread_local! {
    static LOOKS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Looks of this thread so far, for a thread that hands them to the one that waits for it; none outside of tests.
pub(crate) fn looked() -> usize {
    #[cfg(test)]
    return usize::try_from(LOOKS.get()).expect("a test counts less");
    #[cfg(not(test))]
    0
}

/// Number of looks of this thread during a call.
#[cfg(test)]
pub(crate) fn looks(work: impl FnOnce()) -> u64 {
    let before = LOOKS.get();
    work();
    LOOKS.get() - before
}
