//! Raw records.

use super::{App, Effect};
use crate::tui::layout::Pane;
use crate::tui::overlay::Overlay;
use crate::tui::scroll::Move;
use crate::tui::workbench::Workbench;

impl App {
    pub(super) fn open_record(&mut self) -> Vec<Effect> {
        let in_timeline = self.workbench().is_some_and(|bench| bench.focus == Pane::Timeline);
        let mut turned = false;
        if in_timeline {
            self.on_timeline(|timeline, store| turned = timeline.is_on_run(store) && timeline.toggle_run(store));
        }
        if turned { Vec::new() } else { self.show_record() }
    }

    fn show_record(&mut self) -> Vec<Effect> {
        let Some(event) = self.workbench().and_then(Workbench::event) else {
            self.say("no row here".to_owned());
            return Vec::new();
        };
        self.overlays.show(Overlay::Record { event, row: event, lines: None, offset: 0 });
        vec![Effect::ReadRecord(event)]
    }

    pub(super) fn next_copy(&mut self) -> Vec<Effect> {
        let (Some(Overlay::Record { event, row, .. }), Some(bench)) = (self.overlays.top(), self.workbench()) else {
            return Vec::new();
        };
        let (event, store) = (*event, bench.store());
        let origin = |row| store.event(row).origin;
        let after = store.rows(event).skip_while(|copy| origin(*copy) != origin(*row)).nth(1);
        let Some(row) = after.or_else(|| store.rows(event).next()) else {
            self.say("no other row tells this event".to_owned());
            return Vec::new();
        };
        self.overlays.show(Overlay::Record { event, row, lines: None, offset: 0 });
        vec![Effect::ReadRecord(row)]
    }

    pub(super) fn other_record(&mut self, step: Move) -> Vec<Effect> {
        self.on_timeline(|timeline, store| timeline.next_event(store, step == Move::Prev));
        self.show_record()
    }
}
