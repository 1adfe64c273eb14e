//! The trail of timelines looked at, like the pages of a browser.

use super::rows::Timeline;

/// Timelines looked at, like the pages of a browser. The first is the hit's own.
#[derive(Default)]
pub struct Trail {
    /// The timelines left, each with its cursor; the one on screen is not among them.
    pub(super) back: Vec<Stop>,
    pub(super) forth: Vec<Stop>,
}

impl Trail {
    /// Every timeline that is not on screen.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Timeline> {
        self.back.iter_mut().chain(&mut self.forth).filter_map(|stop| stop.timeline.as_mut())
    }
}

/// A timeline that was left.
pub(super) struct Stop {
    pub(super) timeline: Option<Timeline>,
}
