//! The loop's side of the case file: saves, moves to another file, copies of others. The saver does the work.

use super::app::{Effect, Message, Saving};
use super::clipboard::{self, Wrap};
use super::copy::Copied;
use super::saver::{Done, Ended, Task};
use super::terminal::Screen;
use super::{Session, input};
use crate::casefile::{self, CaseFile, Saved};
use crate::triage::Branch;
use std::io;
use std::sync::Arc;

impl Session {
    /// Puts the newest state on disk, and waits until it is there.
    pub(super) fn save_all(&mut self) -> anyhow::Result<()> {
        self.carry_out(Effect::Save)?;
        self.settle()
    }

    /// Waits until all that was begun to be put on disk is there, or is known not to be.
    pub(super) fn settle(&mut self) -> anyhow::Result<()> {
        while let Some(done) = self.saver.wait() {
            self.take_done(done)?;
        }
        Ok(())
    }

    pub(super) fn take_done(&mut self, done: Done) -> anyhow::Result<()> {
        let (file, outcome) = match done {
            Done::Message(message) => return self.update(message),
            Done::Drafted(result) => {
                self.drafted(result);
                return Ok(());
            }
            Done::File(file, outcome) => (file, outcome),
        };
        let goes_on = self.saver.back(file, &outcome);
        match outcome {
            Ended::Saved(saved, branch) => self.saved(saved, branch, goes_on),
            Ended::Moved(moved) => self.update(Message::Moved(moved)),
            Ended::Merged(path, merged) => self.update(Message::Absorbed(path, merged)),
            Ended::Opened(opened) => {
                let (joined, drafts) = match opened {
                    Ok((joined, drafts)) => (Ok(joined), drafts),
                    Err(why) => (Err(why), Vec::new()),
                };
                self.update(Message::Joined(joined))?;
                if drafts.is_empty() { Ok(()) } else { self.update(Message::Drafts(drafts)) }
            }
        }
    }

    /// Takes a save that is over; `goes_on` where a newer state is being saved already.
    fn saved(
        &mut self,
        saved: Result<Saved, String>,
        branch: Option<Box<Branch>>,
        goes_on: bool,
    ) -> anyhow::Result<()> {
        if let Ok(Saved::Beside(path, _)) = &saved {
            path.clone_into(&mut self.app.case_path);
            self.app.note_path = casefile::note_path(path);
            if let Some(bench) = self.app.workbench_mut() {
                bench.case.branch = branch;
            }
        }
        match saved.map(|saved| saved.sentence()) {
            // The next one tells how it stands.
            Err(_) if goes_on => Ok(()),
            Ok(sentence) if goes_on => {
                if let Some(sentence) = sentence {
                    self.app.warn(sentence);
                }
                Ok(())
            }
            sentence => self.update(Message::Saved(sentence)),
        }
    }

    /// Puts what is being typed on disk. What was entered stays there until the case has it.
    pub(super) fn keep_drafts(&mut self) {
        let case = &self.app.case_path;
        if case.as_os_str().is_empty() || self.app.is_read_only() {
            return;
        }
        let typed = self.app.drafts();
        if typed.is_empty() && (self.app.unsaved.is_some() || self.app.saving != Saving::Over) {
            return;
        }
        let now = (case.clone(), typed);
        if self.drafts.0 != now {
            self.saver.draft(now.0.clone(), now.1.clone());
            self.drafts.0 = now;
        }
    }

    /// Says once that what is being typed cannot be kept.
    fn drafted(&mut self, result: io::Result<()>) {
        let (kept, failed) = &mut self.drafts;
        let before = std::mem::replace(failed, result.is_err());
        if let Err(error) = result {
            // The next key tries again.
            kept.0.clear();
            if !before {
                // Not through `update`, which comes here.
                let _ = self.app.update(Message::NotDrafted(error.to_string()));
            }
        }
    }

    /// Sends a text to the terminal, if it is short enough, and puts it in the file for it: nobody confirms the former.
    /// Returns what became of it where there is no file.
    pub(super) fn copy(&mut self, what: &'static str, text: String) -> Option<Copied> {
        let wrap = Wrap::from_environment(|name| std::env::var_os(name));
        let sent = clipboard::sequence(&text, wrap).is_some_and(|bytes| Screen::send(bytes.as_bytes()));
        let copied = Copied { what, bytes: text.len(), sent: Some(sent), file: Err("there is no case".to_owned()) };
        let case = &self.app.case_path;
        if case.as_os_str().is_empty() {
            return Some(copied);
        }
        self.saver.copy(copied, casefile::copy_path(case), text);
        None
    }

    /// Puts a text in a file of its own beside the note. Returns what became of it where there is no case.
    pub(super) fn keep_text(&mut self, what: &'static str, ending: &str, text: String) -> Option<Copied> {
        let copied = Copied { what, bytes: text.len(), sent: None, file: Err("there is no case".to_owned()) };
        let note = &self.app.note_path;
        if note.as_os_str().is_empty() {
            return Some(copied);
        }
        self.saver.copy(copied, note.with_extension(ending), text);
        None
    }

    /// Begins a task that takes more than a save; an error where it cannot even begin.
    pub(super) fn begin(&mut self, effect: Effect) -> anyhow::Result<()> {
        let bench = self.app.workbench();
        let nobody = || "nobody else has the case".to_owned();
        let task = match (&effect, bench) {
            (_, None) => Err("there is no case".to_owned()),
            (Effect::SaveTo(path), Some(bench)) => Ok(Task::Move(path.clone(), Box::new(bench.case.clone()))),
            (Effect::Absorb(path), Some(bench)) => {
                let loaded = Arc::clone(&bench.evidence.loaded);
                Ok(Task::Merge(path.clone(), Box::new(bench.case.clone()), loaded))
            }
            (Effect::Join(how), Some(bench)) => {
                let taken = self.app.found.holder.clone().ok_or_else(nobody);
                taken.map(|taken| Task::Open(*how, taken, Arc::clone(&bench.evidence.loaded)))
            }
            (other, _) => unreachable!("{other:?} is none"),
        };
        let case = self.app.workbench().map(|bench| &bench.case);
        let is_move = matches!(effect, Effect::SaveTo(_));
        let nowhere = || case.filter(|_| is_move).map(|case| CaseFile::nowhere(case, input::now()));
        let begun = task.and_then(|task| self.saver.begin(task, nowhere));
        match (begun, effect) {
            (Ok(()), _) => Ok(()),
            (Err(why), Effect::SaveTo(_)) => self.update(Message::Moved(Err(why))),
            (Err(why), Effect::Absorb(path)) => self.update(Message::Absorbed(path, Err(why))),
            (Err(why), _) => self.update(Message::Joined(Err(why))),
        }
    }
}
