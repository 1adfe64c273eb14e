//! Lines typed and not entered: kept as they grow, offered again at the next start.

use super::App;
use crate::model::EventId;
use crate::triage::{Closing, Draft, Prompt, marks};
use crate::tui::edit::LineEdit;
use crate::tui::marks::{LineKind, Words};
use crate::tui::overlay::Overlay;
use crate::tui::workbench::Workbench;

/// A draft of an earlier run, and its event where it is about one of the bundle.
pub type Offered = (Draft, Option<EventId>);

/// Drafts of an earlier run.
#[derive(Default)]
pub(super) struct Earlier {
    /// Those to offer once nothing lies over the panes.
    waiting: Vec<Offered>,
    /// Those whose hit, event or user is not in the bundle: kept for a start that has it.
    placeless: Vec<Draft>,
}

impl App {
    /// Every line that is to be on disk: those of earlier runs, then the one being typed.
    pub fn drafts(&self) -> Vec<Draft> {
        let Earlier { waiting, placeless } = &self.earlier;
        let earlier = placeless.iter().chain(waiting.iter().map(|(draft, _)| draft)).cloned();
        earlier.chain(self.workbench().and_then(|bench| typed(bench, self.overlays.in_use()?))).collect()
    }

    pub(super) fn offer(&mut self, drafts: Vec<Offered>) {
        self.earlier.waiting.extend(drafts);
        self.offer_on();
    }

    /// Opens the prompt of the next draft, if nothing else is open.
    pub(super) fn offer_on(&mut self) {
        if !self.overlays.is_empty() || self.workbench().is_none() {
            return;
        }
        while let Some((draft, event)) = self.earlier.waiting.pop() {
            let prompt = self.workbench_mut().and_then(|bench| reopened(bench, &draft, event));
            if let Some(prompt) = prompt {
                self.overlays.show(prompt);
                self.say("typed before and not entered: Enter enters it, Esc drops it".to_owned());
                return;
            }
            self.say_wrong(format!("typed before and not entered, for what is not in this run: {}", draft.words()));
            self.earlier.placeless.push(draft);
        }
    }
}

/// The line of the prompt, where it says other than the case.
fn typed(bench: &Workbench, overlay: &Overlay) -> Option<Draft> {
    let (prompt, line, known) = match overlay {
        Overlay::Remark(line) => {
            let (hit, asked) = bench.current_step()?;
            let known = bench.case.remark(&hit.id, asked.step.id).unwrap_or_default().to_owned();
            (Prompt::Remark { hit: hit.id.clone(), step: asked.step.id.to_owned() }, line, known)
        }
        Overlay::Words(words) => {
            let event = marks::key(&bench.evidence.loaded, words.event);
            let mark = bench.mark_of(words.event).cloned().unwrap_or_default();
            match words.kind {
                LineKind::Tags => (Prompt::Tags { event }, &words.line, mark.tags.join(" ")),
                LineKind::Remark => (Prompt::EventRemark { event }, &words.line, mark.remark),
            }
        }
        Overlay::Revoked(user, line) => {
            let user = bench.store().text(*user).to_owned();
            let known = bench.case.revoked(&user).map(crate::model::Time::second).unwrap_or_default();
            (Prompt::Revoked { user }, line, known)
        }
        Overlay::Closing(asked) => {
            let hit = bench.current()?.id.clone();
            let typed = asked.closing();
            if bench.ask_reason(asked.disposition).closing() == typed {
                return None;
            }
            let Closing { disposition: to, reason: text, confirmed } = typed;
            return Some(Draft { prompt: Prompt::Reason { hit, to, confirmed }, text });
        }
        _ => return None,
    };
    let text = line.text();
    (text.trim() != known).then_some(Draft { prompt, text })
}

/// The prompt with the line, at its place; `None` where that is not in the bundle.
fn reopened(bench: &mut Workbench, draft: &Draft, event: Option<EventId>) -> Option<Overlay> {
    let mut line = LineEdit::default();
    line.insert(&draft.text);
    let words = |bench: &mut Workbench, event: EventId, kind: LineKind, line: LineEdit| {
        bench.go_to_event(event);
        let mut words = Words::new(bench, event, kind);
        words.line = line;
        Overlay::Words(Box::new(words))
    };
    Some(match &draft.prompt {
        Prompt::Remark { hit, step } => {
            let at = bench.evidence.hits.iter().position(|known| known.id == *hit)?;
            let steps = (bench.evidence.analytic)(bench.evidence.hits[at].analytic)?.steps;
            steps.iter().find(|known| known.id == step)?;
            bench.go_to_hit(at, Some(step));
            Overlay::Remark(line)
        }
        Prompt::Reason { hit, to, confirmed } => {
            let at = bench.evidence.hits.iter().position(|known| known.id == *hit)?;
            bench.go_to_hit(at, None);
            let mut asked = bench.ask_reason(*to);
            (asked.reason, asked.confirmed) = (line, LineEdit::with(confirmed));
            Overlay::Closing(Box::new(asked))
        }
        Prompt::Tags { .. } => words(bench, event?, LineKind::Tags, line),
        Prompt::EventRemark { .. } => words(bench, event?, LineKind::Remark, line),
        Prompt::Revoked { user } => {
            let user = bench.store().find(user)?;
            bench.go_to_user(user);
            Overlay::Revoked(user, line)
        }
    })
}
