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
        self.bench(|bench| bench.set_disposition(disposition, now));
        let open = self.workbench().and_then(|bench| Some(bench.progress(bench.current()?)));
        if let Some(((done, steps), disposition)) = open.filter(|(done, steps)| done < steps).zip(disposition) {
            self.say(format!("closed as {}, with {done} of {steps} steps answered", disposition.words()));
        }
        vec![Effect::Save]
    }
}
