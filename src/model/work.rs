//! Rows and texts looked at, counted in tests of how work grows: time says little on a machine that others use too.

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

/// Looks of this thread while something was done.
#[cfg(test)]
pub(crate) fn looks(work: impl FnOnce()) -> u64 {
    let before = LOOKS.get();
    work();
    LOOKS.get() - before
}
