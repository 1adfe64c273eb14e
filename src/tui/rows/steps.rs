//! The rows of a step, and the way back from them.

use super::Timeline;
use crate::analytics::{Finding, Show};
use crate::store::Store;
use crate::tui::scroll::List;
use std::sync::Arc;

impl Timeline {
    /// Shows a step's rows. What was shown before comes back with [`Timeline::leave_step`].
    pub fn show_step(&mut self, store: &Store, show: Show, finding: Option<&Finding>) {
        let event = self.event(store);
        let kept = self.kept.take().unwrap_or_else(|| Box::new(self.shown.clone()));
        self.shown.zoom = kept.zoom;
        self.shown.centre = self.about;
        self.shown.turned.clone_from(&kept.turned);
        // The rows of the step are to be seen.
        self.shown.closed.clear();
        self.shown.marks = finding.map_or_else(Arc::default, |finding| Arc::new(finding.rows.clone()));
        self.shown.step = Some(show);
        self.kept = Some(kept);
        self.arrange(store);
        let first = self.shown.marks.first().copied();
        match show {
            Show::Mark => self.go_to(store, first.or(event)),
            Show::Only | Show::GroupBy(_) if first.is_none() => self.go_to(store, event),
            Show::Only | Show::GroupBy(_) => self.shown.list = List::default(),
        }
    }

    /// Goes back to what was shown before the steps.
    pub fn leave_step(&mut self, store: &Store) {
        if let Some(kept) = self.kept.take() {
            self.show(store, *kept);
        }
    }
}
