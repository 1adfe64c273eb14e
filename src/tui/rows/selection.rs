//! Selects and orders the events to show, from zoom, step and mode. The worker does whatever takes a pass over many
//! rows; until it answers, rows are in time order, each by itself.

use super::row_layout::{Plan, RowLayout, Sign, Starts};
use super::sieve::Basis;
use super::{Planted, Timeline, Zoom};
use crate::analytics::Show;
use crate::model::EventId;
use crate::store::Store;
use crate::triage::lineage::{Grouping, Tree, tree};
use crate::triage::runs::{self, Outline};
use crate::triage::timeline;
use crate::tui::job::Job;
use crate::tui::scope::Scope;
use std::ops::Range;
use std::sync::Arc;

/// Most events that are outlined at once; more are left to the worker.
const AT_ONCE: usize = 8192;
/// Most events that are brought in order at once.
const TREE_AT_ONCE: usize = 2048;
/// Most parts that marked rows may cut the list into; beyond, nothing is collapsed.
const CUTS: usize = 10_000;

impl Timeline {
    /// Shows what zoom, step and mode ask for. The cursor is left to the caller.
    pub(super) fn arrange(&mut self, store: &Store) {
        let of = self.of;
        let events = of.events(store);
        let time = |id: Option<&EventId>| id.map(|id| store.event(*id).time());
        let marks = Arc::clone(&self.shown.marks);
        let ends = time(marks.first()).zip(time(marks.last()));
        if let (Some(Show::Only | Show::GroupBy(_)), Some(ends)) = (self.shown.step, ends) {
            self.shown.window = ends;
            self.sieve.rest_on(Basis { scope: Scope::List(Arc::clone(&marks)), and: Arc::default() });
            self.shown.listed = Some(marks);
        } else {
            let centre = self.shown.centre;
            let (from, to) = match self.shown.zoom {
                Zoom::Around(span) => (centre.0.minus(span), centre.1.plus(span)),
                Zoom::All => (time(events.first()).unwrap_or(centre.0), time(events.last()).unwrap_or(centre.1)),
            };
            // Widened so that every marked row is in it.
            let (from, to) = ends.map_or((from, to), |(first, last)| (from.min(first), to.max(last)));
            self.shown.window = (from, to);
            self.shown.range = timeline::between(store, events, from, to);
            let foreign = foreign(&marks, events);
            self.sieve.rest_on(Basis { scope: Scope::All(of), and: Arc::new(foreign.clone()) });
            self.shown.listed = (!foreign.is_empty()).then(|| {
                let inside = events.get(self.shown.range.clone()).unwrap_or(&[]);
                let mut all: Vec<EventId> = inside.iter().copied().chain(foreign).collect();
                all.sort_unstable();
                Arc::new(all)
            });
        }
        if let Some(kept) = self.kept_of(self.events(store)) {
            self.shown.listed = Some(kept);
        }
        self.plant(store);
        self.lay(store);
    }

    /// The order asked for, where it is not that of time.
    pub(super) fn grouping(&self) -> Option<Grouping> {
        match self.shown.step {
            Some(Show::GroupBy(field)) if !self.shown.marks.is_empty() => Some(Grouping::GroupBy(field)),
            _ if self.shown.mode.lineage => Some(Grouping::Lineage),
            _ => None,
        }
    }

    /// The events shown.
    fn scope(&self) -> Scope {
        match &self.shown.listed {
            Some(listed) => Scope::List(Arc::clone(listed)),
            None => Scope::Part(self.of, self.shown.range.clone()),
        }
    }

    /// Brings the events in order, if that is done at once.
    fn plant(&mut self, store: &Store) {
        let Some(grouping) = self.grouping() else {
            self.shown.planted = None;
            return;
        };
        let scope = self.scope();
        if self.shown.planted.as_ref().is_some_and(|planted| planted.grouping == grouping && planted.scope == scope) {
            return;
        }
        self.shown.planted = (scope.events(store).len() <= TREE_AT_ONCE).then(|| {
            let tree = Arc::new(tree(store, scope.events(store), grouping));
            Planted { scope, grouping, tree }
        });
    }

    /// The question to ask before everything is shown as wanted.
    pub fn wants(&self, store: &Store) -> Option<Job> {
        if let Some(job) = self.sieve.wants() {
            return Some(job);
        }
        if let Some(grouping) = self.grouping().filter(|_| self.shown.planted.is_none()) {
            return Some(Job::Tree(self.scope(), grouping));
        }
        if let Some(listed) = self.shown.listed.as_ref().filter(|_| self.shown.planted.is_none())
            && self.outline_of(listed).is_none()
            && listed.len() > AT_ONCE
        {
            return Some(Job::Outline(Scope::List(Arc::clone(listed))));
        }
        let many = self.outline.is_none() && self.of.events(store).len() > AT_ONCE;
        many.then_some(Job::Outline(Scope::All(self.of)))
    }

    /// Takes an order that was asked for.
    pub fn take_tree(&mut self, store: &Store, scope: Scope, grouping: Grouping, tree: Arc<Tree>) {
        if self.grouping() == Some(grouping) && self.scope() == scope {
            self.hold(store, |timeline, store| {
                timeline.shown.planted = Some(Planted { scope, grouping, tree });
                timeline.lay(store);
            });
        }
    }

    /// Takes an outline that was asked for.
    pub fn take_outline(&mut self, store: &Store, scope: Scope, outline: Arc<Outline>) {
        match scope {
            Scope::All(value) if value == self.of => self.outline = Some(outline),
            Scope::List(events) => self.list_outline = Some((events, outline)),
            Scope::All(_) | Scope::Part(..) => return,
        }
        self.hold(store, Self::lay);
    }

    fn outline_of(&self, listed: &Arc<Vec<EventId>>) -> Option<Arc<Outline>> {
        let (events, outline) = self.list_outline.as_ref()?;
        (events == listed).then(|| Arc::clone(outline))
    }

    /// The starts of runs, as far as they are known.
    fn starts(&mut self, store: &Store) -> Starts {
        if let Some(planted) = &self.shown.planted {
            return Starts::Tree(Arc::clone(&planted.tree));
        }
        let outlined = |events: &[EventId]| (events.len() <= AT_ONCE).then(|| Arc::new(runs::outline(store, events)));
        let known = if let Some(listed) = self.shown.listed.clone() {
            if self.outline_of(&listed).is_none()
                && let Some(outline) = outlined(&listed)
            {
                self.list_outline = Some((Arc::clone(&listed), outline));
            }
            self.outline_of(&listed)
        } else {
            self.outline = self.outline.take().or_else(|| outlined(self.of.events(store)));
            self.outline.clone()
        };
        known.map_or(Starts::Unknown, Starts::Outline)
    }

    /// Lays the rows out.
    pub(super) fn lay(&mut self, store: &Store) {
        let starts = self.starts(store);
        let ids = self.ids(store);
        let flat = self.shown.planted.is_none();
        let extent = if flat && self.shown.listed.is_none() { self.shown.range.clone() } else { 0..ids.len() };
        let turned = self.shown.turned.iter().filter_map(|event| self.run_of(store, &starts, *event)).collect();
        let cuts = self.cuts(store);
        let signs = if flat { self.sign_places(store, extent.clone()) } else { Vec::new() };
        let collapsed = self.shown.mode.collapsed && cuts.is_some();
        let cuts = cuts.unwrap_or_default();
        let hidden = self.closed_ranges(store);
        self.shown.layout = Arc::new(RowLayout::new(Plan { extent, starts, collapsed, turned, cuts, signs, hidden }));
    }

    /// The run that begins with an event.
    fn run_of(&self, store: &Store, starts: &Starts, event: EventId) -> Option<Range<usize>> {
        // Where the window begins within a run, its first event is out of it.
        let place = if self.shown.planted.is_none() && self.shown.listed.is_none() {
            self.of.events(store).binary_search(&event).ok()?
        } else {
            self.place_of(self.events(store).binary_search(&event).ok()?)
        };
        let run = starts.run(place, self.ids(store).len());
        (run.start == place).then_some(run)
    }

    /// The cuts in runs that keep the step's rows apart from others; `None` when they would be too many.
    fn cuts(&self, store: &Store) -> Option<Vec<usize>> {
        let marks = &self.shown.marks;
        // Alone, they need not be told apart.
        if marks.is_empty() || self.shown.listed.as_ref().is_some_and(|listed| listed.len() == marks.len()) {
            return Some(Vec::new());
        }
        let events = self.events(store);
        let parts = parts(marks, events, CUTS)?;
        if self.shown.planted.is_none() {
            return Some(
                parts
                    .into_iter()
                    .flat_map(|part| [self.place_of(part.start), self.place_of(part.start) + part.len()])
                    .collect(),
            );
        }
        if parts.iter().map(Range::len).sum::<usize>() > CUTS {
            return None;
        }
        let mut places: Vec<usize> = parts.into_iter().flatten().map(|at| self.place_of(at)).collect();
        places.sort_unstable();
        let cuts = places.chunk_by(|a, b| a + 1 == *b).flat_map(|run| [run[0], run[0] + run.len()]);
        Some(cuts.collect())
    }

    /// The signs, each with the place it is before.
    fn sign_places(&self, store: &Store, extent: Range<usize>) -> Vec<(usize, Sign)> {
        let ids = self.ids(store).get(extent.clone()).unwrap_or(&[]);
        let (from, to) = self.shown.window;
        // Among the rows of a step alone, only what cuts them in two matters.
        let only = matches!(self.shown.step, Some(Show::Only));
        let wanted = self.signs.iter().filter(|(time, _, sign)| {
            (from..=to).contains(time) && !ids.is_empty() && (!only || *sign == Sign::Revoked)
        });
        let mut signs: Vec<_> = wanted
            .map(|(time, after, sign)| {
                let at = ids.partition_point(|id| {
                    let event = store.event(*id).time();
                    event < *time || (*after && event == *time)
                });
                (extent.start + at, *time, *sign)
            })
            .collect();
        signs.sort_by_key(|(place, time, _)| (*place, *time));
        signs.into_iter().map(|(place, _, sign)| (place, sign)).collect()
    }
}

/// Those of `marks` that are not among `events`.
fn foreign(marks: &[EventId], events: &[EventId]) -> Vec<EventId> {
    let inside = parts(marks, events, CUTS).map_or(0, |parts| parts.iter().map(Range::len).sum());
    if inside == marks.len() {
        return Vec::new();
    }
    marks.iter().copied().filter(|id| events.binary_search(id).is_err()).collect()
}

/// The parts of `events` that are marked: `marks` are among them, both in time order. `None` for more than `most`.
fn parts(marks: &[EventId], events: &[EventId], most: usize) -> Option<Vec<Range<usize>>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(mark) = marks.get(at) {
        let Ok(place) = events.binary_search(mark) else {
            at += 1;
            continue;
        };
        // Both only grow and one holds the other: once they differ, they differ on.
        let longest = (marks.len() - at).min(events.len() - place);
        let (mut together, mut apart) = (1, 1);
        while apart < longest && marks[at + apart] == events[place + apart] {
            together = apart;
            apart *= 2;
        }
        let rest = together..apart.min(longest);
        let (mut low, mut high) = (rest.start, rest.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if marks[at + middle] == events[place + middle] { low = middle + 1 } else { high = middle }
        }
        parts.push(place..place + low.max(1));
        if parts.len() > most {
            return None;
        }
        at += low.max(1);
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_hold_every_mark_and_nothing_else(
            events in prop::collection::btree_set(0_u32..200, 1..80),
            marked in prop::collection::vec(any::<bool>(), 80)
        ) {
            let events: Vec<EventId> = events.into_iter().map(EventId).collect();
            let marks: Vec<EventId> = events.iter().zip(&marked).filter(|(_, on)| **on).map(|(id, _)| *id).collect();
            let found = parts(&marks, &events, 1000).unwrap();
            prop_assert!(found.windows(2).all(|pair| pair[0].end < pair[1].start), "{:?}", found);
            let places: Vec<EventId> = found.iter().cloned().flatten().map(|place| events[place]).collect();
            prop_assert_eq!(&places, &marks);
            prop_assert_eq!(parts(&marks, &events, found.len().saturating_sub(1)).is_none(), !found.is_empty());
        }
    }
}
