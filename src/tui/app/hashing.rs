//! The hits before the files are hashed: the case is known by the hashes, so that no verdict is given before.

use super::{App, Joined, Ready, Stage};
use crate::tui::layout::Pane;
use crate::tui::text::bytes;
use crate::tui::workbench::Workbench;
use std::sync::Arc;

impl App {
    /// Shows the hits with a case that is nobody's yet.
    pub(super) fn open_early(&mut self, ready: Ready) {
        self.hashing = Some((0, 0));
        self.stage = Stage::Working(Box::new(Workbench::new(ready.evidence, ready.case, ready.places)));
    }

    /// Opens the case. Whoever looked around meanwhile stays there.
    pub(super) fn open(&mut self, ready: Ready) {
        let Ready { evidence, case, places, case_path, note_path, found } = ready;
        let joined = Joined { case, places, case_path, note_path, found };
        let is_early = self.hashing.take().is_some();
        if is_early {
            // It may say that something has to wait.
            self.status = None;
        }
        let stage = std::mem::replace(&mut self.stage, Stage::Loading(super::Loading::default()));
        let Stage::Working(mut bench) = stage else { return self.begin(evidence, joined) };
        let is_same = Arc::ptr_eq(&bench.evidence.hits, &evidence.hits);
        if !is_early || !is_same || (self.overlays.is_empty() && is_at_begin(&bench)) {
            return self.begin(evidence, joined);
        }
        let Joined { case, places, case_path, note_path, found } = joined;
        (self.case_path, self.note_path) = (case_path, note_path);
        (bench.case, bench.places) = (case, places);
        bench.case_changed();
        self.show(*bench, found);
        if self.status.is_none() {
            self.say("the files are hashed: verdicts are kept from now on".to_owned());
        }
    }

    /// Says that something has to wait for the hashes.
    pub(super) fn say_hashing(&mut self) {
        let (done, all) = self.hashing.unwrap_or_default();
        let far = if all == 0 { String::new() } else { format!(", {} of {}", bytes(done), bytes(all)) };
        self.say_wrong(format!("not yet: hashing the files{far}; verdicts, notes and copies wait for it"));
    }
}

/// Returns whether the cursor is where it was when the workbench opened.
fn is_at_begin(bench: &Workbench) -> bool {
    bench.focus == Pane::Hits && bench.hit_list.list.cursor == 0 && !bench.is_away()
}
