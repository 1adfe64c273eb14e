//! Saves the case and the note.

use super::{App, Effect, Saving};
use crate::casefile::note::{Written, note_of};
use crate::session::Composed;
use crate::tui::action::Action;
use crate::tui::edit::LineEdit;
use crate::tui::overlay::Overlay;
use crate::tui::text::framed;
use crate::tui::workbench::Workbench;
use ratatui::layout::Size;
use std::path::PathBuf;

impl App {
    pub(super) fn case_saved(&mut self, result: Result<Option<String>, String>) -> Vec<Effect> {
        let before = std::mem::take(&mut self.saving);
        match result {
            Ok(sentence) => {
                if self.unsaved.take().is_some() {
                    self.say("the case is saved again".to_owned());
                }
                self.warned = false;
                if let Some(sentence) = sentence {
                    self.say_wrong(sentence);
                }
            }
            Err(why) => {
                let key = self.keymap.key_of(Action::SaveTo);
                self.say_wrong(if self.warned {
                    self.last_warning(&why)
                } else {
                    format!("the case is NOT saved ({why}): {key} keeps it elsewhere, as --case FILE would")
                });
                self.unsaved = Some(why);
            }
        }
        if before == Saving::ThenLeave { self.quit() } else { Vec::new() }
    }

    /// Says at the start that nothing will be kept: before an hour's work, not after its first verdict.
    pub fn warn_unkept(&mut self, why: &str) {
        let key = self.keymap.key_of(Action::SaveTo);
        self.say_wrong(format!("nothing can be kept ({why}): {key} keeps the case elsewhere, as --case FILE would"));
    }

    pub(super) fn ask_save_to(&mut self) {
        if self.workbench().is_some() {
            self.overlays.show(Overlay::SaveTo(LineEdit::default()));
        }
    }

    pub(super) fn quit(&mut self) -> Vec<Effect> {
        if self.workbench().is_none() {
            return vec![Effect::Quit];
        }
        if self.saving != Saving::Over || self.task.is_some() {
            // How it ends decides whether there is something to warn of.
            self.saving = Saving::ThenLeave;
            return Vec::new();
        }
        if let Some(Overlay::Note { wanted: true, lines: None, .. }) = self.overlays.in_use_mut() {
            // Left now, it would be lost.
            self.saving = Saving::ThenLeave;
            self.say_note_waits();
            return Vec::new();
        }
        if let Some(why) = self.unsaved.clone()
            && !self.warned
        {
            self.warned = true;
            self.say_wrong(self.last_warning(&why));
            return vec![Effect::Save];
        }
        // Whatever is on disk by now: where all is as saved last, nothing is written.
        vec![Effect::Save, Effect::Quit]
    }

    fn last_warning(&self, why: &str) -> String {
        let key = self.keymap.key_of(Action::SaveTo);
        format!("the case is NOT saved ({why}): {key} keeps it elsewhere; quit again to lose what was said since")
    }

    pub(super) fn note(&mut self) -> Vec<Effect> {
        self.preview(None)
    }

    /// Previews the note on the incident under the cursor alone, or on all again.
    pub(super) fn note_of_one(&mut self) -> Vec<Effect> {
        let is_of_all = match self.overlays.lift_if(|overlay| matches!(overlay, Overlay::Note { .. })) {
            Some(Overlay::Note { only, .. }) => only.is_none(),
            _ => return Vec::new(),
        };
        let id = self.workbench().and_then(Workbench::incident).map(|incident| incident.id.clone());
        if is_of_all && id.is_none() {
            self.say("no incident here: published semantics have hits alone".to_owned());
        }
        self.preview(id.filter(|_| is_of_all))
    }

    fn preview(&mut self, only: Option<String>) -> Vec<Effect> {
        let path = only.as_ref().map_or_else(|| self.note_path.clone(), |id| note_of(&self.note_path, id));
        self.overlays.show(Overlay::Note { lines: None, path, only: only.clone(), wanted: false, offset: 0 });
        vec![Effect::Compose(only)]
    }

    pub(super) fn write_note(&mut self) -> Vec<Effect> {
        match self.overlays.top_mut() {
            Some(Overlay::Note { lines: Some(_), path, .. }) => vec![Effect::Write(path.clone(), self.note.clone())],
            // Typed ahead of a note that takes a moment.
            Some(Overlay::Note { wanted, .. }) => {
                *wanted = true;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Keeps a note open that is to be written as soon as it is there: closed, it would be lost.
    pub(super) fn wait_for(&mut self, note: Overlay) {
        self.overlays.show(note);
        self.say_note_waits();
    }

    fn say_note_waits(&mut self) {
        self.say("the note is written as soon as it is composed".to_owned());
    }

    pub(super) fn composed(&mut self, note: Composed) -> Vec<Effect> {
        let size = self.size;
        // How a save ends is when somebody who waits leaves.
        let save = (self.saving == Saving::ThenLeave).then_some(Effect::Save);
        let Some(Overlay::Note { lines, path, only, wanted, .. }) = self.overlays.in_use_mut() else {
            return save.into_iter().collect();
        };
        // The answer to what was asked before another was.
        if *only != note.only {
            return Vec::new();
        }
        *lines = Some(framed(&note.text, size));
        let write = wanted.then(|| Effect::Write(path.clone(), note.clone()));
        self.note = note;
        write.into_iter().chain(save).collect()
    }

    /// Takes a new size of the screen. A note is wrapped once for each: one of 50,000 lines is too long for every frame.
    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        if let Some(Overlay::Note { lines: Some(lines), .. }) = self.overlays.in_use_mut() {
            *lines = framed(&self.note.text, size);
        }
    }

    pub(super) fn note_written(&mut self, result: Result<Written, String>) {
        match result {
            Ok(mut written) => {
                self.say(match written.kept.first() {
                    Some(kept) => format!("note written; the one changed by hand is now {}", kept.display()),
                    None => format!("note written to {}", written.note.display()),
                });
                if let Some(before) = self.written.take() {
                    written.kept.splice(0..0, before.kept);
                }
                self.written = Some(written);
                // Something else may lie there by now.
                self.overlays.lift_if(|overlay| matches!(overlay, Overlay::Note { .. }));
            }
            Err(why) => self.say_wrong(format!("the note is not written: {why}")),
        }
    }
}

/// The effects of a path typed for the case.
pub(super) fn save_to(line: &LineEdit) -> Vec<Effect> {
    let text = line.text();
    if text.trim().is_empty() { Vec::new() } else { vec![Effect::SaveTo(PathBuf::from(text.trim()))] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;
    use crate::tui::app::Message;
    use crate::tui::keymap::Keymap;
    use ratatui::layout::Size;

    fn app() -> App {
        let mut app = App::new("contoso".to_owned(), Keymap::embedded(), Size::new(80, 24));
        app.note_path = "/case/c.md".into();
        app.note();
        app
    }

    fn composed() -> Message {
        Message::Composed(Composed { text: "# Case note".to_owned(), ..Composed::default() })
    }

    #[test]
    fn a_note_asked_for_is_written_though_it_was_closed_before_it_was_there() {
        let mut app = app();
        app.write_note();
        app.act(Action::Close, None, Time::MISSING);
        assert!(matches!(&app.update(composed())[..], [Effect::Write(path, _)] if path.ends_with("c.md")));
    }

    #[test]
    fn a_note_on_something_else_than_was_asked_for_is_not_shown() {
        let mut app = app();
        let other = Composed { only: Some("f06ef4aa0482".to_owned()), ..Composed::default() };
        app.update(Message::Composed(other));
        assert!(matches!(app.overlays.top(), Some(Overlay::Note { lines: None, .. })));
        app.update(composed());
        assert!(matches!(app.overlays.top(), Some(Overlay::Note { lines: Some(_), .. })));
    }

    #[test]
    fn a_note_only_looked_at_is_closed_at_once() {
        let mut app = app();
        app.act(Action::Close, None, Time::MISSING);
        assert!(app.overlays.is_empty() && app.update(composed()).is_empty());
    }

    #[test]
    fn every_note_that_was_kept_is_named_at_the_end() {
        let mut app = app();
        for kept in ["/case/c.kept.md", "/case/c.kept-2.md"] {
            let written = Written { note: "/case/c.md".into(), kept: vec![kept.into()], ..Written::default() };
            app.note_written(Ok(written));
            assert!(app.status.as_ref().is_some_and(|status| status.text.ends_with(kept)));
        }
        app.note_written(Ok(Written { note: "/case/c.md".into(), ..Written::default() }));
        assert!(app.status.as_ref().is_some_and(|status| status.text == "note written to /case/c.md"));
        assert_eq!(app.written.unwrap().kept.len(), 2);
    }
}
