//! Filters in force on the rows, each with what it and those before it keep. The worker reads the rows.

use super::{Timeline, Zoom};
use crate::model::EventId;
use crate::store::Store;
use crate::triage::filter::{Filter, Test};
use crate::triage::search::EventMarks;
use crate::tui::job::{Job, Sift};
use crate::tui::scope::Scope;
use std::sync::Arc;

/// The rows that the filters choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Basis {
    /// Most of them.
    pub(super) scope: Scope,
    /// Rows of a step that do not share the timeline's value.
    pub(super) and: Arc<Vec<EventId>>,
}

/// A stack of filters.
#[derive(Default)]
pub(super) struct Sieve {
    /// The filters, the oldest first.
    filters: Vec<Filter>,
    /// Rows kept by the first filter, by the first two, and so on, as far as they are known.
    kept: Vec<Arc<Vec<EventId>>>,
    basis: Option<Basis>,
    marks: EventMarks,
    /// The zoom before rows of all times were asked for.
    before: Option<(usize, Zoom)>,
}

impl Sieve {
    /// Sets what the filters choose from.
    pub(super) fn rest_on(&mut self, basis: Basis) {
        if self.basis.as_ref() != Some(&basis) {
            self.kept.clear();
            self.basis = Some(basis);
        }
    }

    /// The rows kept by every filter; `None` while they are not known, or without filters.
    pub(super) fn kept(&self) -> Option<&Arc<Vec<EventId>>> {
        self.kept.last().filter(|_| self.kept.len() == self.filters.len())
    }

    /// The question to ask next.
    pub(super) fn wants(&self) -> Option<Job> {
        let filter = self.filters.get(self.kept.len())?.clone();
        let basis = self.basis.clone()?;
        let (scope, and) = match self.kept.last() {
            Some(kept) => (Scope::List(Arc::clone(kept)), Arc::default()),
            None => (basis.scope, basis.and),
        };
        Some(Job::Sift(Box::new(Sift { scope, and, filter, marks: Arc::clone(&self.marks) })))
    }

    fn remove(&mut self, at: usize) -> Filter {
        self.kept.truncate(at);
        self.filters.remove(at)
    }
}

impl Timeline {
    /// The filters in force, the oldest first.
    pub fn filters(&self) -> &[Filter] {
        &self.sieve.filters
    }

    /// Number of rows that the filters keep, at any time.
    pub fn kept(&self) -> Option<usize> {
        self.sieve.kept().map(|kept| kept.len())
    }

    /// Number of rows that the filters choose from.
    pub fn of_rows(&self, store: &Store) -> usize {
        self.sieve.basis.as_ref().map_or(0, |basis| basis.scope.events(store).len() + basis.and.len())
    }

    /// Returns whether the filters keep an event, as far as that is known.
    pub(super) fn keeps(&self, event: EventId) -> bool {
        self.sieve.kept().is_none_or(|kept| kept.binary_search(&event).is_ok())
    }

    /// Puts a filter in force, or takes it back where it is; whether it is in force now.
    pub fn toggle_filter(&mut self, store: &Store, filter: Filter, marks: EventMarks) -> bool {
        self.find = None;
        self.put_filter(store, filter, marks)
    }

    fn put_filter(&mut self, store: &Store, filter: Filter, marks: EventMarks) -> bool {
        self.sieve.marks = marks;
        let same = self.sieve.filters.iter().position(|other| *other == filter);
        // One of a kind: the opposite of what is in force would leave nothing.
        let opposite = |other: &Filter| other.test == filter.test || are_sides(&other.test, &filter.test);
        if let Some(at) = same.or_else(|| self.sieve.filters.iter().position(opposite)) {
            self.sieve.remove(at);
        }
        if same.is_none() {
            self.sieve.filters.push(filter);
        }
        self.sift(store);
        same.is_none()
    }

    /// Shows the rows found alone, of all times, or takes that back; `None` where there is nothing to show alone.
    pub fn toggle_only(&mut self, store: &Store) -> Option<bool> {
        let find = self.find.as_ref().filter(|find| find.is_done() && !find.is_blank())?;
        let (filter, marks) = (Filter::only(Test::Typed(find.query.trim().to_owned())), Arc::clone(&find.marks));
        if find.is_empty() && !self.sieve.filters.contains(&filter) {
            return None;
        }
        let on = self.put_filter(store, filter, marks);
        if on {
            self.show_all_times(store);
        }
        Some(on)
    }

    /// Shows the rows that a filter keeps, of all times, until it is taken back.
    pub fn show_rows(&mut self, store: &Store, filter: Filter, marks: EventMarks) {
        self.find = None;
        if self.sieve.filters.contains(&filter) || self.put_filter(store, filter, marks) {
            self.show_all_times(store);
        }
    }

    fn show_all_times(&mut self, store: &Store) {
        let zoom = self.shown.zoom;
        if self.sieve.before.is_none() {
            self.sieve.before = Some((self.sieve.filters.len(), zoom));
        }
        self.shown.zoom = Zoom::All;
        self.sift(store);
    }

    /// Takes the last filter back, or all of them; the last one taken. `None` where none is in force.
    pub fn drop_filters(&mut self, store: &Store, all: bool) -> Option<Filter> {
        let last = self.sieve.filters.len().checked_sub(1)?;
        self.find = None;
        let dropped = self.sieve.remove(last);
        if all {
            self.sieve.filters.clear();
            self.sieve.kept.clear();
        }
        self.sift(store);
        Some(dropped)
    }

    /// Takes what a filter kept.
    pub fn sifted(&mut self, store: &Store, sift: Sift, kept: Vec<EventId>) {
        // Another filter came meanwhile, or other rows.
        if self.sieve.wants() == Some(Job::Sift(Box::new(sift))) {
            self.sieve.kept.push(Arc::new(kept));
            if let (Some(find), Some(kept)) = (&mut self.find, self.sieve.kept()) {
                find.keep(kept);
            }
            self.sift(store);
        }
    }

    /// Shows the rows that the filters keep; the cursor stays on its event, or goes to the next one kept.
    fn sift(&mut self, store: &Store) {
        if let Some((filters, zoom)) = self.sieve.before
            && self.sieve.filters.len() < filters
        {
            if self.shown.zoom == Zoom::All {
                self.shown.zoom = zoom;
            }
            self.sieve.before = None;
        }
        self.hold(store, Self::arrange);
    }

    /// Those of some events that the filters keep, in the order given: both in order of time.
    pub(super) fn kept_of(&self, events: &[EventId]) -> Option<Arc<Vec<EventId>>> {
        let kept = self.sieve.kept()?;
        let within = match (events.first(), events.last()) {
            (Some(first), Some(last)) => kept.partition_point(|id| id < first)..kept.partition_point(|id| id <= last),
            _ => 0..0,
        };
        if within == (0..kept.len()) {
            return Some(Arc::clone(kept));
        }
        Some(Arc::new(kept[within].to_vec()))
    }
}

fn are_sides(a: &Test, b: &Test) -> bool {
    matches!((a, b), (Test::Side(..), Test::Side(..)))
}
