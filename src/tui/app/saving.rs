//! What is put on disk: the case and the note.

use super::{App, Composed, Effect};
use crate::tui::action::Action;
use crate::tui::edit::LineEdit;
use crate::tui::overlay::Overlay;
use std::path::PathBuf;

impl App {
    pub(super) fn case_saved(&mut self, result: Result<Option<String>, String>) {
        match result {
            Ok(said) => {
                if self.unsaved.take().is_some() {
                    self.say("the case is saved again".to_owned());
                }
                self.warned = false;
                self.saved_place = self.workbench().and_then(|bench| bench.case.place.clone());
                if let Some(said) = said {
                    self.say_wrong(said);
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
    }

    pub(super) fn ask_save_to(&mut self) {
        if self.workbench().is_some() {
            self.overlay = Some(Overlay::SaveTo(LineEdit::default()));
        }
    }

    pub(super) fn case_moved(&mut self, result: Result<(PathBuf, PathBuf), String>) {
        match result {
            Ok((case, note)) => {
                (self.unsaved, self.warned) = (None, false);
                self.saved_place = self.workbench().and_then(|bench| bench.case.place.clone());
                self.say(format!("the case is kept in {}", case.display()));
                (self.case_path, self.note_path) = (case, note);
            }
            Err(why) => self.say_wrong(format!("the case is not kept there: {why}")),
        }
    }

    pub(super) fn quit(&mut self) -> Vec<Effect> {
        let Some(bench) = self.workbench() else { return vec![Effect::Quit] };
        if let Some(why) = self.unsaved.clone()
            && !self.warned
        {
            self.warned = true;
            self.say_wrong(self.last_warning(&why));
            return vec![Effect::Save];
        }
        if bench.case.place == self.saved_place { vec![Effect::Quit] } else { vec![Effect::Save, Effect::Quit] }
    }

    fn last_warning(&self, why: &str) -> String {
        let key = self.keymap.key_of(Action::SaveTo);
        format!("the case is NOT saved ({why}): {key} keeps it elsewhere; quit again to lose what was said since")
    }

    pub(super) fn note(&mut self) -> Vec<Effect> {
        self.overlay = Some(Overlay::Note { lines: None, path: self.note_path.clone(), wanted: false, offset: 0 });
        vec![Effect::Compose]
    }

    pub(super) fn write_note(&mut self) -> Vec<Effect> {
        match &mut self.overlay {
            Some(Overlay::Note { lines: Some(_), path, .. }) => vec![Effect::Write(path.clone(), self.note.clone())],
            // Typed ahead of a note that takes a moment.
            Some(Overlay::Note { wanted, .. }) => {
                *wanted = true;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn composed(&mut self, note: Composed) -> Vec<Effect> {
        let Some(Overlay::Note { lines, path, wanted, .. }) = &mut self.overlay else { return Vec::new() };
        *lines = Some(note.text.lines().map(str::to_owned).collect());
        let write = wanted.then(|| Effect::Write(path.clone(), note.clone()));
        self.note = note;
        write.into_iter().collect()
    }

    pub(super) fn note_written(&mut self, result: Result<PathBuf, String>) {
        match result {
            Ok(path) => {
                self.say(format!("note written to {}", path.display()));
                self.written = Some(path);
                self.overlay = None;
            }
            Err(why) => self.say_wrong(format!("the note is not written: {why}")),
        }
    }
}

/// What follows from a path typed for the case.
pub(super) fn save_to(line: &LineEdit) -> Vec<Effect> {
    let text = line.text();
    if text.trim().is_empty() { Vec::new() } else { vec![Effect::SaveTo(PathBuf::from(text.trim()))] }
}
