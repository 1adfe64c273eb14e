//! Other timelines than the hit's own, and the way back.

use super::Workbench;
use crate::model::EventId;
use crate::triage::pivot::Value;
use crate::tui::find::Find;
use crate::tui::rows::Timeline;
use crate::tui::trail::{Stop, Trail};

impl Workbench {
    /// Shows everything that shares a value, cursor on an event. Where the trail went on from here, it is cut.
    pub fn visit(&mut self, value: Value, event: Option<EventId>) {
        self.leave_step();
        self.drop_unfinished_search();
        let mut timeline = Timeline::for_value(self.store(), value, event, self.mode());
        timeline.set_revoked(self.store(), self.revoked_of(value));
        self.trail.back.push(Stop { timeline: self.timeline.replace(timeline) });
        self.trail.forth.clear();
    }

    /// Marks rows of the timeline.
    pub fn mark(&mut self, mut marks: Vec<EventId>) {
        marks.sort_unstable();
        let store = self.evidence.store();
        if let Some(timeline) = &mut self.timeline {
            timeline.mark(store, marks);
        }
    }

    /// Walks the trail by one; `false` at its end.
    pub fn walk_trail(&mut self, back: bool) -> bool {
        self.leave_step();
        self.drop_unfinished_search();
        let Trail { back: left, forth } = &mut self.trail;
        let (from, to) = if back { (left, forth) } else { (forth, left) };
        let Some(stop) = from.pop() else { return false };
        to.push(Stop { timeline: std::mem::replace(&mut self.timeline, stop.timeline) });
        true
    }

    /// Nobody asks on for a timeline that is not on screen: what it found so far would pass for all.
    fn drop_unfinished_search(&mut self) {
        if let Some(timeline) =
            self.timeline.as_mut().filter(|timeline| !timeline.find.as_ref().is_none_or(Find::is_done))
        {
            timeline.find = None;
        }
    }

    /// Goes back to the hit's own timeline; the trail stays to be walked again.
    pub fn go_home(&mut self) {
        while self.is_away() {
            self.walk_trail(true);
        }
    }

    /// Returns whether the timeline is not the hit's.
    pub fn is_away(&self) -> bool {
        !self.trail.back.is_empty()
    }

    /// The values that led here, the hit's own timeline left out.
    pub fn trail(&self) -> Vec<Value> {
        let left = self.trail.back.iter().skip(1).filter_map(|stop| stop.timeline.as_ref());
        let here = self.timeline.as_ref().filter(|_| self.is_away());
        left.chain(here).map(|timeline| timeline.of).collect()
    }
}
