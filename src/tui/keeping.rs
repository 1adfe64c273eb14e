//! What the loop does with the case file: saves, moves to another file, copies of others.

use super::app::{Effect, Joined, Message, Offered, Saving};
use super::clipboard::{self, Wrap};
use super::copy::Copied;
use super::saver::{Done, Keep, Over};
use super::terminal::Screen;
use super::{Session, input, worker};
use crate::casefile::{self, CaseFile, Join, Opened, Saved};
use crate::triage::marks::Places;
use std::path::{Path, PathBuf};

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
        let back = match done {
            Done::Message(message) => return self.update(message),
            Done::Saved(back) => back,
        };
        let Over { saved, branch, goes_on } = self.saver.back(back);
        if let Ok(Saved::Beside(path, _)) = &saved {
            path.clone_into(&mut self.app.case_path);
            self.app.note_path = casefile::note_path(path);
            if let Some(bench) = self.app.workbench_mut() {
                bench.case.branch = branch;
            }
        }
        let said = saved.map(|saved| saved.sentence());
        match said {
            // The next one tells how it stands.
            Err(_) if goes_on => {}
            Ok(said) if goes_on => said.into_iter().for_each(|said| self.app.warn(said)),
            said => self.update(Message::Saved(said))?,
        }
        Ok(())
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
        let (drafts, failed) = &mut self.drafts;
        match drafts.keep(case, &typed) {
            Ok(()) => *failed = false,
            Err(_) if *failed => {}
            Err(error) => {
                *failed = true;
                // Not through `update`, which comes here.
                let _ = self.app.update(Message::NotDrafted(error.to_string()));
            }
        }
    }

    /// Sends a text to the terminal, if it is short enough, and puts it in the file for it: nobody confirms the former.
    /// Returns what became of it where there is no file.
    pub(super) fn copy(&mut self, what: &'static str, text: String) -> Option<Copied> {
        let wrap = Wrap::of(|name| std::env::var_os(name));
        let sent = clipboard::sequence(&text, wrap).is_some_and(|bytes| Screen::send(bytes.as_bytes()));
        let copied = Copied { what, bytes: text.len(), sent, file: Err("there is no case".to_owned()) };
        let case = &self.app.case_path;
        if case.as_os_str().is_empty() {
            return Some(copied);
        }
        self.saver.copy(copied, casefile::copy_path(case), text);
        None
    }

    /// Goes on with a case that another process has.
    pub(super) fn join(&mut self, how: Join) -> Result<(Box<Joined>, Vec<Offered>), String> {
        let (file, bench) = self.saver.keep.file.as_ref().zip(self.app.workbench()).ok_or("there is no case")?;
        let taken = self.app.found.holder.as_ref().ok_or("nobody else has the case")?;
        let opened = file.join(how, taken, input::now()).map_err(|error| said(&error))?;
        let Opened { file, case, found } = opened;
        let places = Places::find(&bench.evidence.loaded, &case);
        let (case_path, note_path) = (file.path().to_owned(), file.note_path());
        let drafts = worker::offered(&file, &found, &bench.evidence.loaded);
        self.saver.keep.file = Some(file);
        Ok((Box::new(Joined { case, places, case_path, note_path, found }), drafts))
    }

    /// Merges a copy that does not say it is one; what it brought.
    pub(super) fn absorb(&mut self, path: &Path) -> Result<String, String> {
        let file = self.saver.keep.file.as_mut().ok_or("there is no case")?;
        let bench = self.app.workbench_mut().ok_or("there is no case")?;
        let merged = file.absorb(path, &mut bench.case, input::now()).map_err(|error| said(&error))?;
        bench.places = Places::find(&bench.evidence.loaded, &bench.case);
        Ok(merged.to_string())
    }

    /// Keeps the case in a file of its own from now on, if it can be written there.
    pub(super) fn save_to(&mut self, path: &Path) -> Result<(PathBuf, PathBuf), String> {
        let case = self.app.workbench_mut().map(|bench| &mut bench.case).ok_or("there is no case")?;
        let Keep { file, fault } = &mut self.saver.keep;
        let file = file.get_or_insert_with(|| CaseFile::nowhere(case, input::now()));
        if let Err(error) = file.move_to(path, &self.evidence, case) {
            let why = said(&error);
            // One without a place is none.
            self.saver.keep.file.take_if(|file| file.path().as_os_str().is_empty());
            return Err(why);
        }
        *fault = None;
        Ok((file.path().to_owned(), file.note_path()))
    }
}

/// An error and what caused it.
fn said(error: &casefile::CaseError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
