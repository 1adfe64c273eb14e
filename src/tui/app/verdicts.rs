//! Records the analyst's verdicts, remarks and dispositions.

use super::{App, Effect};
use crate::model::Time;
use crate::triage::{Disposition, Verdict};
use crate::tui::edit::LineEdit;
use crate::tui::overlay::Overlay;
use crate::tui::workbench::{Walked, Workbench};

impl App {
    pub(super) fn next_step(&mut self) {
        if self.workbench_mut().and_then(Workbench::walk_on) == Some(Walked::End) {
            self.overlays.show(Overlay::Disposition);
        }
    }

    pub(super) fn jump_to_step(&mut self, place: Option<usize>) {
        let step = place.unwrap_or(1);
        let Some(bench) = self.workbench_mut() else { return };
        let steps = bench.current().map_or(0, |hit| bench.steps(hit).len());
        if step <= steps {
            bench.walk_to(step - 1);
        } else {
            self.say(format!("this hit has {steps} steps"));
        }
    }

    pub(super) fn verdict(&mut self, verdict: Option<Verdict>, now: Time) -> Vec<Effect> {
        let Some(bench) = self.workbench_mut() else { return Vec::new() };
        if !bench.is_walking() || !bench.set_verdict(verdict, now) {
            return Vec::new();
        }
        if verdict.is_some() {
            self.next_step();
        }
        vec![Effect::Save]
    }

    pub(super) fn remark(&mut self) {
        let Some(bench) = self.workbench() else { return };
        let Some((hit, step)) = bench.current().zip(bench.current_step()) else { return };
        let remark = bench.case.remark(&hit.id, step.id).unwrap_or_default();
        self.overlays.show(Overlay::Remark(LineEdit::with(remark)));
    }

    pub(super) fn dispose(&mut self) {
        if self.workbench().is_some_and(|bench| bench.hit.is_some()) {
            self.overlays.show(Overlay::Disposition);
        }
    }

    pub(super) fn disposition(&mut self, disposition: Option<Disposition>, now: Time) -> Vec<Effect> {
        self.overlays.clear();
        let Some(bench) = self.workbench_mut() else { return Vec::new() };
        let progress = bench.current().map(|hit| bench.progress(hit));
        let hits = bench.closes().len();
        let has_next = bench.set_disposition(disposition, now);
        if let Some((disposition, (done, steps))) = disposition.zip(progress) {
            let all = if hits > 1 { format!("all {hits} hits ") } else { String::new() };
            let answered =
                if done < steps { format!(", with {done} of {steps} steps answered") } else { String::new() };
            let next = if has_next { "" } else { "; nothing is open: e writes the note" };
            self.say(format!("{all}closed as {}{answered}{next}", disposition.words()));
        }
        vec![Effect::Save]
    }
}
