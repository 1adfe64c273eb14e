//! Nested ranges, cut so that one search finds the narrowest around an address.

/// A range of addresses and the network it belongs to.
#[derive(Clone, Copy)]
pub(in crate::facts) struct Range<A> {
    pub(in crate::facts) start: A,
    pub(in crate::facts) end: A,
    pub(in crate::facts) number: u32,
}

/// Starts between two marks: the marks of millions of ranges fit into the processor's cache, and between two of them a
/// search touches few lines of memory.
const STRIDE: usize = 64;

/// Ranges that do not overlap, by their starts.
pub(in crate::facts) struct FlatRanges<A> {
    starts: Vec<A>,
    /// Every [`STRIDE`]th start.
    marks: Vec<A>,
    /// Number from the start on; 0 for none.
    numbers: Vec<u32>,
}

/// An address as a number.
pub(in crate::facts) trait Bits: Copy + Ord {
    /// Sort key of ranges: by start and, of one start, the wider first.
    type SortKey: Ord;

    fn next(self) -> Option<Self>;
    fn key(start: Self, end: Self) -> Self::SortKey;
}

impl<A: Bits> Range<A> {
    pub(super) fn key(&self) -> A::SortKey {
        A::key(self.start, self.end)
    }
}

impl Bits for u32 {
    /// One number compares without a branch.
    type SortKey = u64;

    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn key(start: Self, end: Self) -> u64 {
        u64::from(start) << 32 | u64::from(!end)
    }
}

impl Bits for u128 {
    type SortKey = (u128, u128);

    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn key(start: Self, end: Self) -> (u128, u128) {
        (start, !end)
    }
}

impl<A: Bits> FlatRanges<A> {
    /// Cuts overlapping ranges at their starts and ends; the narrower of two wins. Of two equal ones the later wins.
    pub(in crate::facts) fn new(mut ranges: Vec<Range<A>>) -> Self {
        // A stable sort: outer ranges before those inside them.
        ranges.sort_by_key(Range::key);
        let mut flat = Self {
            starts: Vec::with_capacity(ranges.len()),
            marks: Vec::new(),
            numbers: Vec::with_capacity(ranges.len()),
        };
        // Ranges around the place reached, the innermost last.
        let mut open: Vec<Range<A>> = Vec::new();
        for range in ranges {
            flat.close_before(&mut open, Some(range.start));
            flat.set(range.start, range.number);
            // One that reaches beyond what lies around it is no prefix: it ends what it covers.
            open.push(range);
        }
        flat.close_before(&mut open, None);
        flat.marks = flat.starts.iter().copied().step_by(STRIDE).collect();
        flat
    }

    /// Closes the open ranges that end before a place; the range around each of them goes on after it.
    fn close_before(&mut self, open: &mut Vec<Range<A>>, place: Option<A>) {
        while let Some(inner) = open.pop_if(|inner| place.is_none_or(|place| inner.end < place)) {
            while open.pop_if(|outer| outer.end <= inner.end).is_some() {}
            if let Some(next) = inner.end.next() {
                self.set(next, open.last().map_or(0, |outer| outer.number));
            }
        }
    }

    fn set(&mut self, start: A, number: u32) {
        if self.starts.last() == Some(&start) {
            *self.numbers.last_mut().expect("as many as starts") = number;
        } else if self.numbers.last() != Some(&number) {
            self.starts.push(start);
            self.numbers.push(number);
        }
    }

    pub(in crate::facts) fn find(&self, address: A) -> Option<u32> {
        let from = self.marks.partition_point(|start| *start <= address).checked_sub(1)? * STRIDE;
        let near = &self.starts[from..self.starts.len().min(from + STRIDE)];
        let at = from + near.partition_point(|start| *start <= address) - 1;
        Some(self.numbers[at]).filter(|number| *number != 0)
    }
}
