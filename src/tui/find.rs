//! A search in the timeline: its query, and its matches so far. The worker reads the rows, a chunk at a time.

use super::job::{Chunk, Job};
use crate::model::EventId;
use crate::triage::pivot::Value;
use crate::triage::search::{EventMarks, Search};
use std::ops::Range;
use std::sync::Arc;

/// Rows of the first chunk: what is near the cursor is found at once.
const FIRST: usize = 20_000;
/// Rows of the chunks after it.
const CHUNK: usize = 100_000;

/// A search.
pub struct Find {
    /// The query as typed.
    pub query: String,
    /// The query as read, or its mistake.
    pub search: Result<Search, String>,
    /// Tells its answers from those of one before.
    pub number: u64,
    of: Value,
    /// Number of rows there are to search.
    pub rows: usize,
    /// The row it begins with: it goes to the end and then on from the first.
    start: usize,
    /// Rows read so far.
    read: usize,
    /// Rows found from the start on, and those before it, each in order.
    after: Vec<EventId>,
    before: Vec<EventId>,
    /// Whether the cursor goes to the first row found.
    pub seeking: bool,
    /// The marks as they were when it began.
    pub marks: EventMarks,
}

impl Find {
    /// Searches `rows` rows from `start` on.
    pub fn new(query: String, number: u64, of: Value, rows: usize, start: usize) -> Self {
        let search = Search::parse(&query);
        let (after, before) = (Vec::new(), Vec::new());
        let asks = search.as_ref().is_ok_and(|search| !search.is_empty());
        let read = if asks { 0 } else { rows };
        let start = start.min(rows);
        let marks = EventMarks::default();
        Self { query, search, number, of, rows, start, read, after, before, seeking: asks, marks }
    }

    /// Returns whether the query is empty or has a mistake.
    pub fn is_blank(&self) -> bool {
        !self.search.as_ref().is_ok_and(|search| !search.is_empty())
    }

    /// Returns whether every row was read.
    pub fn is_done(&self) -> bool {
        self.read >= self.rows
    }

    /// Share of the rows read, in percent.
    pub fn percent(&self) -> usize {
        self.read * 100 / self.rows.max(1)
    }

    /// Number of rows found so far.
    pub fn len(&self) -> usize {
        self.before.len() + self.after.len()
    }

    /// Returns whether none is found so far.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The chunk to be read next.
    pub fn ask(&self) -> Option<Job> {
        if self.is_done() {
            return None;
        }
        let length = if self.read == 0 { FIRST } else { CHUNK };
        let rows = match self.read.checked_sub(self.rows - self.start) {
            None => self.start + self.read..(self.start + self.read + length).min(self.rows),
            Some(from) => from..(from + length).min(self.start),
        };
        let (query, marks) = (self.query.clone(), Arc::clone(&self.marks));
        Some(Job::Search(Chunk { number: self.number, query, of: self.of, rows, marks }))
    }

    /// Takes what was found in a chunk.
    pub fn take(&mut self, rows: &Range<usize>, found: Vec<EventId>) {
        self.read += rows.len();
        if rows.start >= self.start { &mut self.after } else { &mut self.before }.extend(found);
    }

    /// Forgets rows found that are not among these, given in order.
    pub fn keep(&mut self, events: &[EventId]) {
        for found in [&mut self.after, &mut self.before] {
            let first = found.first().map_or(0, |first| events.partition_point(|event| event < first));
            let mut rest = events[first..].iter().peekable();
            found.retain(|event| {
                while rest.next_if(|other| *other < event).is_some() {}
                rest.peek() == Some(&event)
            });
        }
    }

    /// Returns whether one of the events, given in order, was found.
    pub fn holds_any(&self, events: &[EventId]) -> bool {
        meet(events, &self.after) || meet(events, &self.before)
    }

    /// The number of a row among those found, from 1.
    pub fn place(&self, event: EventId) -> Option<usize> {
        let of = |found: &[EventId]| found.binary_search(&event).ok();
        of(&self.before).or_else(|| Some(self.before.len() + of(&self.after)?)).map(|at| at + 1)
    }

    /// The first row found from the start on; once all are read, the first of all.
    pub fn first(&self) -> Option<EventId> {
        self.after.first().or_else(|| self.before.first().filter(|_| self.is_done())).copied()
    }

    /// The row found next after (or before) one, and whether it went round the end.
    pub fn step(&self, event: Option<EventId>, back: bool) -> Option<(EventId, bool)> {
        let all = || self.before.iter().chain(&self.after).copied();
        let Some(event) = event else { return Some((all().next()?, false)) };
        let ahead = |found: &[EventId]| found.get(found.partition_point(|id| *id <= event)).copied();
        let behind = |found: &[EventId]| found.partition_point(|id| *id < event).checked_sub(1).map(|at| found[at]);
        let (near, far) = if back {
            (behind(&self.after).or_else(|| behind(&self.before)), all().next_back())
        } else {
            (ahead(&self.before).or_else(|| ahead(&self.after)), all().next())
        };
        near.map(|event| (event, false)).or(Some((far?, true)))
    }
}

/// Returns whether two lists, each in order, share an event.
pub fn meet(a: &[EventId], b: &[EventId]) -> bool {
    let within = |list: &'_ [EventId], of: &[EventId]| {
        let (Some(first), Some(last)) = (of.first(), of.last()) else { return 0..0 };
        list.partition_point(|id| id < first)..list.partition_point(|id| id <= last)
    };
    let (a, b) = (&a[within(a, b)], &b[within(b, a)]);
    let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
    few.iter().any(|id| many.binary_search(id).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Sym;

    fn find(rows: usize, start: usize) -> Find {
        Find::new("x".to_owned(), 1, Value::user(Sym::NONE), rows, start)
    }

    #[test]
    fn every_row_is_read_once_from_the_cursor_on() {
        for (rows, start) in [(0, 0), (1, 0), (250_000, 0), (250_000, 170_000), (250_000, 250_000), (30_000, 29_999)] {
            let mut find = find(rows, start);
            let mut read = vec![0; rows];
            let mut first = None;
            while let Some(job) = find.ask() {
                let Job::Search(Chunk { rows, .. }) = job else { panic!("another job") };
                assert!(!rows.is_empty() || start == 250_000, "{rows:?}");
                first.get_or_insert(rows.start);
                read[rows.clone()].iter_mut().for_each(|times| *times += 1);
                find.take(&rows, Vec::new());
            }
            assert!(find.is_done() && read.iter().all(|times| *times == 1), "{rows} from {start}");
            assert_eq!(first.unwrap_or(start), if start == rows { 0 } else { start });
        }
    }

    #[test]
    fn found_rows_are_walked_in_order_and_round() {
        let mut find = find(100, 50);
        find.take(&(50..100), vec![EventId(60), EventId(90)]);
        assert_eq!((find.first(), find.is_done()), (Some(EventId(60)), false));
        find.take(&(0..50), vec![EventId(10)]);
        let step = |at, back| find.step(Some(EventId(at)), back).map(|(event, round)| (event.0, round));
        assert_eq!(
            [step(5, false), step(10, false), step(60, false)],
            [(10, false), (60, false), (90, false)].map(Some)
        );
        assert_eq!(step(90, false), Some((10, true)));
        assert_eq!([step(90, true), step(60, true), step(10, true)], [(60, false), (10, false), (90, true)].map(Some));
        assert_eq!([10, 60, 90, 11].map(|id| find.place(EventId(id))), [Some(1), Some(2), Some(3), None]);
        assert!(find.holds_any(&[EventId(10)]) && !find.holds_any(&[EventId(50)]));
    }

    #[test]
    fn rows_found_are_kept_where_a_filter_keeps_them() {
        let mut find = find(100, 50);
        find.take(&(50..100), [55, 60, 90].map(EventId).to_vec());
        find.take(&(0..50), [1, 10].map(EventId).to_vec());
        find.keep(&[0, 1, 2, 60, 61, 90].map(EventId));
        let all: Vec<EventId> = find.before.iter().chain(&find.after).copied().collect();
        assert_eq!(all, [1, 60, 90].map(EventId));
        find.keep(&[]);
        assert!(find.is_empty());
    }

    #[test]
    fn a_blank_or_broken_line_asks_nothing() {
        let find = |query: &str| Find::new(query.to_owned(), 1, Value::user(Sym::NONE), 9, 0);
        assert!(find("  ").ask().is_none() && find("/(/").ask().is_none() && find("x").ask().is_some());
    }
}
