//! Raw records.

use super::{App, Effect};
use crate::tui::layout::Pane;
use crate::tui::overlay::Overlay;
use crate::tui::scroll::Move;
use crate::tui::workbench::Workbench;

impl App {
    pub(super) fn open_record(&mut self) -> Vec<Effect> {
        let Some(event) = self.workbench().and_then(Workbench::event) else {
            self.say("no row here".to_owned());
            return Vec::new();
        };
        self.overlay = Some(Overlay::Record { event, row: event, lines: None, offset: 0 });
        vec![Effect::ReadRecord(event)]
    }

    pub(super) fn next_copy(&mut self) -> Vec<Effect> {
        let (Some(Overlay::Record { event, row, .. }), Some(bench)) = (&self.overlay, self.workbench()) else {
            return Vec::new();
        };
        let (event, store) = (*event, bench.store());
        let origin = |row| store.event(row).origin;
        let after = store.copies(event).skip_while(|copy| origin(*copy) != origin(*row)).nth(1);
        let Some(row) = after.or_else(|| store.copies(event).next()) else {
            self.say("no other row tells this event".to_owned());
            return Vec::new();
        };
        self.overlay = Some(Overlay::Record { event, row, lines: None, offset: 0 });
        vec![Effect::ReadRecord(row)]
    }

    pub(super) fn other_record(&mut self, step: Move) -> Vec<Effect> {
        let height = self.areas().rows(Pane::Timeline);
        self.bench(|bench| {
            if let Some(timeline) = &mut bench.timeline {
                timeline.go(step, height);
            }
        });
        self.open_record()
    }
}
