//! A case with one writer: how to go on with one that another process has, and deciding what two analysts said.

use super::{Absorbed, App, Effect, Joined, Saving, Stage};
use crate::casefile::{CaseFile, Join, Opened, name};
use crate::ingest::Loaded;
use crate::model::Time;
use crate::triage::Case;
use crate::triage::marks::Places;
use crate::triage::merge::Merged;
use crate::tui::action::Action;
use crate::tui::overlay::Overlay;
use crate::tui::scroll::List;
use std::path::{Path, PathBuf};

impl Joined {
    /// Takes an opened case apart: its file, and what the screen shows. Finds the marks in the bundle: not for the thread
    /// that draws.
    pub fn new(opened: Opened, loaded: &Loaded) -> (CaseFile, Self) {
        let Opened { file, case, found } = opened;
        let places = Places::find(loaded, &case);
        let (case_path, note_path) = (file.path().to_owned(), file.note_path());
        (file, Self { case, places, case_path, note_path, found })
    }
}

impl Absorbed {
    /// The screen's part of a case that a copy was merged into. Finds the marks in the bundle, as [`Joined::new`].
    pub fn new(file: &CaseFile, case: Case, merged: &Merged, loaded: &Loaded) -> Self {
        let (places, merged) = (Places::find(loaded, &case), merged.to_string());
        Self { case, places, case_path: file.path().to_owned(), note_path: file.note_path(), merged }
    }
}

impl App {
    /// Returns whether another process has the case, so that no change here would be kept.
    pub fn is_read_only(&self) -> bool {
        self.found.holder.is_some()
    }

    /// The decision to make before the work goes on.
    pub(super) fn first_question(&self) -> Option<Overlay> {
        if self.is_read_only() {
            return Some(Overlay::InUse);
        }
        let len = self.decisions();
        (len > 0).then(|| Overlay::Decisions(List::default(), len))
    }

    /// Copies to merge, then conflicts.
    fn decisions(&self) -> usize {
        self.found.stranded.len() + self.workbench().map_or(0, |bench| bench.case.conflicts.len())
    }

    pub(super) fn list_decisions(&mut self) {
        self.overlays.show(self.first_question());
        if self.overlays.is_empty() {
            self.say("no conflict and no copy to merge".to_owned());
        }
    }

    pub(super) fn read_only(&mut self) {
        if self.is_read_only() {
            self.overlays.clear();
            self.say_read_only();
        }
    }

    pub(super) fn say_read_only(&mut self) {
        let key = self.keymap.key_of(Action::Decisions);
        let who = self.found.holder.as_ref().map(ToString::to_string).unwrap_or_default();
        self.say_wrong(format!("read only, no verdict is kept: {who} has the case; {key} asks again"));
    }

    /// Says what is being done with the case file: a key that has to wait for it must not pass for one that worked.
    pub(super) fn say_busy(&mut self) {
        if let Some(task) = self.task {
            self.say_wrong(format!("not now: {}; press it again in a moment", task.word()));
        }
    }

    /// Ends the task that ran; leaves, where somebody waits to.
    fn task_over(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        self.task = None;
        if let Some((answer, now)) = self.held.take() {
            effects.extend(self.answered(answer, now));
        }
        if self.saving == Saving::ThenLeave {
            self.saving = Saving::Over;
            effects.extend(self.quit());
        }
        effects
    }

    pub(super) fn case_moved(&mut self, result: Result<(PathBuf, PathBuf), String>) -> Vec<Effect> {
        let effects = match result {
            Ok((case, note)) => {
                (self.unsaved, self.warned) = (None, false);
                self.say(format!("the case is kept in {}", case.display()));
                (self.case_path, self.note_path) = (case, note);
                // A copy is a case of its own there.
                self.bench(|bench| bench.case.branch = None);
                // With all that changed meanwhile.
                vec![Effect::Save]
            }
            Err(why) => {
                self.say_wrong(format!("the case is not kept there: {why}"));
                Vec::new()
            }
        };
        self.task_over(effects)
    }

    pub(super) fn join(&mut self, how: Join) -> Vec<Effect> {
        if self.task.is_some() {
            self.say_busy();
            return Vec::new();
        }
        if self.is_read_only() {
            return vec![Effect::Join(how)];
        }
        self.say("nobody else has the case".to_owned());
        Vec::new()
    }

    pub(super) fn joined(&mut self, result: Result<Box<Joined>, String>) -> Vec<Effect> {
        match result {
            Ok(joined) => self.go_on_with(*joined),
            Err(why) => self.say_wrong(why),
        }
        self.task_over(Vec::new())
    }

    fn go_on_with(&mut self, joined: Joined) {
        let Stage::Working(bench) = std::mem::replace(&mut self.stage, Stage::Loading(super::Loading::default()))
        else {
            return;
        };
        self.begin(bench.evidence, joined);
        if self.status.is_none() {
            let copy = name(&self.case_path);
            let bench = self.workbench();
            let sentence = match &self.found.holder {
                Some(taken) => format!("still in use by {taken}"),
                None if bench.is_some_and(|bench| bench.case.branch.is_some()) => {
                    format!("your work goes to the copy {copy}, merged when you quit or at the next start")
                }
                None => "the case is yours".to_owned(),
            };
            self.say(sentence);
        }
    }

    /// Decides what is under the cursor of the list.
    pub(super) fn decide(&mut self, take: bool, now: Time) -> Vec<Effect> {
        let Some(Overlay::Decisions(list, _)) = self.overlays.top() else { return Vec::new() };
        let at = list.cursor;
        if let Some(path) = self.found.stranded.get(at).cloned() {
            return self.decide_copy(take, path, now);
        }
        let conflict = at - self.found.stranded.len();
        let decided = self.workbench_mut().and_then(|bench| bench.decide(conflict, take, now));
        let Some(decided) = decided else { return Vec::new() };
        self.say(decided);
        self.list_on(at);
        vec![Effect::Save]
    }

    fn decide_copy(&mut self, take: bool, path: PathBuf, now: Time) -> Vec<Effect> {
        if self.task.is_some() {
            self.say_busy();
            return Vec::new();
        }
        if take {
            return vec![Effect::Absorb(path)];
        }
        self.found.stranded.retain(|stranded| *stranded != path);
        self.bench(|bench| bench.case.keep_apart(name(&path), now));
        self.say(format!("{} is left as it is, and not asked about again", name(&path)));
        self.list_on(0);
        vec![Effect::Save]
    }

    pub(super) fn absorbed(&mut self, path: &Path, result: Result<Box<Absorbed>, String>) -> Vec<Effect> {
        let effects = match result {
            Ok(absorbed) => {
                let Absorbed { mut case, places, case_path, note_path, merged } = *absorbed;
                (self.case_path, self.note_path) = (case_path, note_path);
                self.bench(|bench| {
                    // Only walking to another step may have changed it meanwhile.
                    case.place = bench.case.place.take();
                    (bench.case, bench.places) = (case, places);
                    bench.case_changed();
                });
                self.found.stranded.retain(|stranded| stranded != path);
                self.say(format!("merged {}: {merged}", name(path)));
                if matches!(self.overlays.top(), None | Some(Overlay::Decisions(..))) {
                    self.list_on(0);
                }
                vec![Effect::Save]
            }
            Err(why) => {
                self.say_wrong(format!("{} is not merged: {why}", name(path)));
                Vec::new()
            }
        };
        self.task_over(effects)
    }

    /// The list of what is left to decide, cursor where it was.
    fn list_on(&mut self, at: usize) {
        let len = self.decisions();
        self.overlays.show((len > 0).then(|| Overlay::Decisions(List::at(at.min(len - 1)), len)));
    }
}
