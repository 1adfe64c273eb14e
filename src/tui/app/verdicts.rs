//! Records the analyst's verdicts and remarks.

use super::{App, Effect};
use crate::analytics::Hit;
use crate::model::Time;
use crate::report::verdict::contradiction;
use crate::triage::{Closing, Disposition, Verdict};
use crate::tui::action::Action;
use crate::tui::closing::ClosingBox;
use crate::tui::edit::LineEdit;
use crate::tui::overlay::Overlay;
use crate::tui::workbench::{TakenOut, Walked, Workbench};

impl App {
    pub(super) fn prev_step(&mut self) {
        if self.is_guided() {
            return self.guided_step(true);
        }
        self.bench(|bench| bench.walk_to(bench.step.saturating_sub(1)));
    }

    pub(super) fn next_step(&mut self) {
        if self.is_guided() {
            return self.guided_step(false);
        }
        if self.workbench_mut().and_then(Workbench::walk_on) == Some(Walked::End) {
            self.overlays.show(Overlay::Disposition);
        }
    }

    pub(super) fn jump_to_step(&mut self, place: Option<usize>) {
        let step = place.unwrap_or(1);
        let Some(bench) = self.workbench_mut() else { return };
        let steps = bench.walk().len();
        if step <= steps {
            bench.walk_to(step - 1);
        } else {
            self.say(format!("this incident has {steps} steps"));
        }
    }

    pub(super) fn verdict(&mut self, verdict: Option<Verdict>, now: Time) -> Vec<Effect> {
        if self.is_guided() {
            return self.guided_answer(verdict, now);
        }
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
        let Some((hit, asked)) = bench.current_step() else { return };
        let remark = bench.case.remark(&hit.id, asked.step.id).unwrap_or_default();
        self.overlays.show(Overlay::Remark(LineEdit::with(remark)));
    }

    pub(super) fn dispose(&mut self) {
        if self.workbench().is_some_and(|bench| bench.hit.is_some()) {
            self.overlays.show(Overlay::Disposition);
        }
    }

    /// Closes as theft at once; every other verdict first asks for its grounds.
    pub(super) fn choose_verdict(&mut self, disposition: Disposition, now: Time) -> Vec<Effect> {
        if !disposition.needs_a_reason() {
            return self.close_incident(Some(Closing::bare(disposition)), now);
        }
        let asked = self.workbench().map(|bench| bench.ask_reason(disposition));
        self.overlays.show(asked.map(|asked| Overlay::Closing(Box::new(asked))));
        Vec::new()
    }

    /// Enter in the box of grounds: on to the second line, then closed.
    pub(super) fn take_grounds(&mut self, mut asked: Box<ClosingBox>, now: Time) -> Vec<Effect> {
        if !asked.at_confirmed {
            asked.at_confirmed = true;
            self.overlays.lay(Overlay::Closing(asked));
            return Vec::new();
        }
        self.close_incident(Some(asked.closing()), now)
    }

    /// Takes the hit under the cursor, or the marked ones, out of their incident; puts back what is out.
    pub(super) fn take_out(&mut self, now: Time) -> Vec<Effect> {
        let Some(bench) = self.workbench_mut() else { return Vec::new() };
        let text = match bench.take_out(now) {
            Ok(TakenOut { hits: 1, is_back: false }) => "the hit is an incident of its own now".to_owned(),
            Ok(TakenOut { hits, is_back: false }) => format!("{hits} hits are an incident each now"),
            Ok(TakenOut { hits: 1, is_back: true }) => "the hit is back in its incident".to_owned(),
            Ok(TakenOut { hits, is_back: true }) => format!("{hits} hits are back in their incidents"),
            Err(why) => {
                let key = self.keymap.key_of(Action::ToggleCollapsed);
                self.say(why.words(&key));
                return Vec::new();
            }
        };
        self.say(text);
        vec![Effect::Save]
    }

    /// Closes the incident, or takes its verdict away.
    pub(super) fn close_incident(&mut self, closing: Option<Closing>, now: Time) -> Vec<Effect> {
        self.overlays.clear();
        let Some(bench) = self.workbench_mut() else { return Vec::new() };
        let hits: Vec<usize> = bench.closes().to_vec();
        let progress = bench.progress(&hits);
        let has_next = bench.close(closing.as_ref(), now);
        if let Some(closing) = closing {
            let (done, steps) = progress;
            let hits: Vec<&Hit> = hits.iter().map(|hit| &bench.evidence.hits[*hit]).collect();
            let against = contradiction(&bench.case, &hits);
            let all = if hits.len() > 1 { format!("all {} hits ", hits.len()) } else { String::new() };
            let word = closing.disposition.words();
            let next = if has_next { "" } else { "; nothing is open: e writes the note" };
            let answered =
                if done < steps { format!(", with {done} of {steps} steps answered") } else { String::new() };
            let against = against.map_or_else(String::new, |against| format!("; {against}"));
            self.say(format!("{all}closed as {word}{answered}{against}{next}"));
        }
        vec![Effect::Save]
    }
}
