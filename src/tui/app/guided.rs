//! The five plain questions on the incident under the cursor.

use super::{App, Effect};
use crate::model::Time;
use crate::report::guided::QUESTIONS;
use crate::triage::Verdict;
use crate::tui::overlay::Overlay;

impl App {
    /// Opens the questions at the first without an answer.
    pub(super) fn guided(&mut self) {
        let Some(bench) = self.workbench() else { return };
        let Some(hit) = bench.current() else { return self.say("no incident to ask about".to_owned()) };
        if bench.incident().is_none() {
            return self.say("published semantics have hits alone: n walks the steps".to_owned());
        }
        let open = QUESTIONS.iter().position(|question| bench.case.verdict(&hit.id, question.id).is_none());
        self.overlays.show(Overlay::Guided(open.unwrap_or(0)));
    }

    /// Returns whether the questions have the keyboard.
    pub(super) fn is_guided(&self) -> bool {
        matches!(self.overlays.top(), Some(Overlay::Guided(_)))
    }

    /// Goes on, or back; after the last question to the end, and from there to the verdict.
    pub(super) fn guided_step(&mut self, back: bool) {
        let Some(Overlay::Guided(at)) = self.overlays.top_mut() else { return };
        if back {
            *at = at.saturating_sub(1);
        } else if *at < QUESTIONS.len() {
            *at += 1;
        } else {
            self.overlays.lay(Overlay::Disposition);
        }
    }

    /// Takes an answer to the open question, or takes it back.
    pub(super) fn guided_answer(&mut self, answer: Option<Verdict>, now: Time) -> Vec<Effect> {
        let Some(Overlay::Guided(at)) = self.overlays.top() else { return Vec::new() };
        let Some(question) = QUESTIONS.get(*at) else { return Vec::new() };
        let Some(bench) = self.workbench_mut() else { return Vec::new() };
        let Some(id) = bench.current().map(|hit| hit.id.clone()) else { return Vec::new() };
        bench.case.set_verdict(&id, question.id, answer, now);
        if answer.is_some() {
            self.guided_step(false);
        }
        vec![Effect::Save]
    }
}
