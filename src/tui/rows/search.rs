//! The search among the rows.

use super::{Before, Row, Timeline, Zoom};
use crate::model::EventId;
use crate::store::Store;
use crate::tui::find::Find;
use crate::tui::scroll::List;
use std::ops::Range;

impl Timeline {
    fn before(&self) -> Before {
        Before { shown: self.shown.clone(), kept: self.kept.clone() }
    }

    /// Searches everything that shares the value, from the cursor on: what was typed before is forgotten.
    pub fn search(&mut self, store: &Store, query: String, number: u64) {
        // Each letter typed searches on from where the first was.
        let before = self.back_before(store).unwrap_or_else(|| self.before());
        let events = self.of.events(store);
        let start = self.event(store).map_or(0, |event| events.partition_point(|id| *id < event));
        self.find = Some(Find::new(query, number, self.of, events.len(), start));
        self.before_search = Some(before);
    }

    /// A line is typed again: giving it up comes back here.
    pub fn search_anew(&mut self) {
        if self.find.is_some() {
            self.before_search = Some(self.before());
        }
    }

    /// Forgets the search and goes back to where it began.
    pub fn give_up_search(&mut self, store: &Store) {
        self.back_before(store);
    }

    /// Ends the search and goes back; returns the view it was in. `None` without a search.
    fn back_before(&mut self, store: &Store) -> Option<Before> {
        let before = self.before_search.take();
        self.find.take()?;
        let before = before?;
        self.kept.clone_from(&before.kept);
        self.show(store, before.shown.clone());
        Some(before)
    }

    /// Leaves the search; the cursor stays.
    pub fn leave_search(&mut self) {
        self.find = None;
    }

    /// Takes what was found. The cursor goes to the first row once it is known.
    pub fn found(&mut self, store: &Store, rows: &Range<usize>, found: Vec<EventId>) {
        // What a filter leaves out is not gone to.
        let found = if self.filters().is_empty() {
            found
        } else {
            found.into_iter().filter(|event| self.keeps(*event)).collect()
        };
        let Some(find) = &mut self.find else { return };
        find.take(rows, found);
        let first = find.first().filter(|_| find.seeking);
        find.seeking &= first.is_none() && !find.is_done();
        if let Some(first) = first {
            self.reveal(store, first);
            self.shown.list = List::at(self.shown.list.cursor);
        }
    }

    /// Goes to the row found next; whether that went round the end. `None` when none is found.
    pub fn next_found(&mut self, store: &Store, back: bool) -> Option<bool> {
        let (event, round) = self.find.as_ref()?.step(self.event(store), back)?;
        self.reveal(store, event);
        Some(round)
    }

    /// Puts the cursor on an event, out of its run, the window widened to all when it is not in it.
    pub(in crate::tui) fn reveal(&mut self, store: &Store, event: EventId) {
        if self.events(store).binary_search(&event).is_err() {
            self.show_around(store, Zoom::All, self.about);
        }
        if !self.keeps(event) {
            self.drop_filters(store, true);
        }
        self.put_on(store, event);
    }

    /// Puts the cursor on an event that is shown, out of its run.
    pub(super) fn put_on(&mut self, store: &Store, event: EventId) {
        self.open_above(store, event);
        let row = |timeline: &Self| timeline.row_near(store, event);
        if let Some(at) = row(self)
            && matches!(self.row(store, at), Some(Row::Run(_)))
        {
            self.turn(store, event);
        }
        if let Some(at) = row(self) {
            self.shown.list.cursor = at;
        }
    }
}
