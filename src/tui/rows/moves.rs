//! Zooming, jumping and collapsing.

use super::zoom::OPENING;
use super::{Row, Shown, Timeline, Zoom};
use crate::analytics::Show;
use crate::model::{EventId, Time};
use crate::store::Store;

/// The result of a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump {
    /// To this event.
    To(EventId),
    /// There is nothing there.
    Nowhere,
    /// It is not known yet.
    Unknown,
}

impl Timeline {
    /// Shows a shorter time.
    pub fn zoom_in(&mut self, store: &Store) {
        self.zoom_to(store, self.shown.zoom.narrower());
    }

    /// Shows a longer time.
    pub fn zoom_out(&mut self, store: &Store) {
        self.zoom_to(store, self.shown.zoom.wider());
    }

    /// Shows everything of the user.
    pub fn all(&mut self, store: &Store) {
        self.zoom_to(store, Zoom::All);
    }

    /// Shows the hit and what is around it.
    pub fn around_hit(&mut self, store: &Store) {
        self.show_around(store, Zoom::Around(OPENING), self.about);
        self.go_to(store, self.anchor);
    }

    /// Zooms around the hit while the cursor's row stays in view, else around that row.
    fn zoom_to(&mut self, store: &Store, zoom: Zoom) {
        let at = self.event(store).map(|event| store.event(event).time());
        let centre = match (zoom, at) {
            (Zoom::Around(span), Some(at)) if at < self.about.0.minus(span) || at > self.about.1.plus(span) => (at, at),
            _ => self.about,
        };
        self.show_around(store, zoom, centre);
    }

    /// The cursor stays on its event, or as near as the new window allows. A step's rows stay marked.
    pub(super) fn show_around(&mut self, store: &Store, zoom: Zoom, centre: (Time, Time)) {
        self.hold(store, |timeline, store| {
            timeline.shown.zoom = zoom;
            timeline.shown.centre = centre;
            if timeline.shown.step.is_some() {
                timeline.shown.step = Some(Show::Mark);
            }
            timeline.arrange(store);
        });
    }

    /// Shows an earlier view again, with the knowledge gained since.
    pub(super) fn show(&mut self, store: &Store, shown: Shown) {
        self.shown = shown;
        let (list, rows, event) = (self.shown.list, self.len(), self.event(store));
        // Filters may have come or gone meanwhile.
        self.arrange(store);
        if self.len() == rows {
            self.shown.list = list;
        } else {
            self.go_to(store, event);
        }
    }

    /// Time order, or lineage.
    pub fn toggle_lineage(&mut self, store: &Store) {
        self.hold(store, |timeline, store| {
            timeline.shown.mode.lineage ^= true;
            timeline.arrange(store);
        });
    }

    /// Shows less, and from the least everything: every row, runs as one, and of a tree the roots alone.
    pub fn toggle_collapsed(&mut self, store: &Store) {
        self.hold(store, |timeline, store| {
            let closes = timeline.shown.mode.collapsed && timeline.is_tree() && !timeline.is_closed();
            timeline.shown.turned.clear();
            timeline.shown.closed.clear();
            if closes {
                timeline.close_roots();
            } else {
                timeline.shown.mode.collapsed ^= true;
            }
            timeline.lay(store);
        });
    }

    /// Collapses or opens the run under the cursor, or the rows below it; `false` when there are none.
    pub fn toggle_run(&mut self, store: &Store) -> bool {
        if self.turn_branch(store) {
            return true;
        }
        self.event(store).is_some_and(|event| self.turn(store, event))
    }

    /// Collapses or opens the run of an event that is shown; `false` when it is alone.
    pub(super) fn turn(&mut self, store: &Store, event: EventId) -> bool {
        let Ok(at) = self.events(store).binary_search(&event) else { return false };
        let run = self.shown.layout.run(self.place_of(at), self.ids(store).len());
        let Some(first) = self.ids(store).get(run.start).copied().filter(|_| run.len() > 1) else { return false };
        self.hold(store, |timeline, store| {
            if !timeline.shown.turned.remove(&first) {
                timeline.shown.turned.insert(first);
            }
            timeline.lay(store);
        });
        true
    }

    /// Returns whether the cursor is on a run in one row.
    pub fn is_on_run(&self, store: &Store) -> bool {
        matches!(self.row(store, self.shown.list.cursor), Some(Row::Run(_)))
    }

    /// Goes to the next event (or the one before), out of its run.
    pub fn next_event(&mut self, store: &Store, back: bool) {
        let Some(place) = self.place(store) else { return };
        let ids = self.ids(store);
        let extent = self.shown.layout.extent();
        let is_event = |place: &usize| self.group(*place).is_none();
        let next =
            if back { (extent.start..place).rev().find(is_event) } else { (place + 1..extent.end).find(is_event) };
        if let Some(event) = next.map(|place| ids[place]) {
            self.put_on(store, event);
        }
    }

    /// Goes to the first event of the next burst of activity, or of the one before.
    pub fn jump_burst(&mut self, store: &Store, back: bool) -> Jump {
        let Some(outline) = &self.outline else { return Jump::Unknown };
        let events = self.of.events(store);
        let at = self.event(store).map_or(0, |event| events.partition_point(|id| *id < event));
        let bursts = &outline.bursts;
        let next = if back {
            bursts.partition_point(|burst| (*burst as usize) < at).checked_sub(1)
        } else {
            Some(bursts.partition_point(|burst| *burst as usize <= at))
        };
        let event = next.and_then(|next| bursts.get(next)).and_then(|place| events.get(*place as usize)).copied();
        event.map_or(Jump::Nowhere, |event| self.jump(store, event))
    }

    /// Goes to the first event at a time or after it; when there is none, to the last.
    pub fn jump_time(&mut self, store: &Store, time: Time) -> Jump {
        let events = self.of.events(store);
        let place = events.partition_point(|id| store.event(*id).time() < time);
        let event = events.get(place).or(events.last()).copied();
        event.map_or(Jump::Nowhere, |event| self.jump(store, event))
    }

    /// Puts the cursor on an event. The time shown goes with it when it is elsewhere.
    fn jump(&mut self, store: &Store, event: EventId) -> Jump {
        if self.events(store).binary_search(&event).is_err() {
            let at = store.event(event).time();
            self.show_around(store, self.shown.zoom, (at, at));
        }
        self.go_to(store, Some(event));
        if self.event(store) != Some(event) {
            // Within a run, or in its row.
            self.put_on(store, event);
        }
        Jump::To(event)
    }
}
