//! A case with one writer: how to go on with one that another process has, and deciding what two analysts said.

use super::{App, Effect, Joined, Stage};
use crate::casefile::{Join, name};
use crate::model::Time;
use crate::tui::action::Action;
use crate::tui::overlay::Overlay;
use crate::tui::scroll::List;
use crate::tui::workbench::Workbench;
use std::path::{Path, PathBuf};

impl App {
    /// Whether another process has the case, and nothing said here would be kept.
    pub fn is_read_only(&self) -> bool {
        self.found.holder.is_some()
    }

    /// What has to be decided before the work goes on.
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

    pub(super) fn join(&mut self, how: Join) -> Vec<Effect> {
        if self.is_read_only() {
            return vec![Effect::Join(how)];
        }
        self.say("nobody else has the case".to_owned());
        Vec::new()
    }

    pub(super) fn joined(&mut self, result: Result<Box<Joined>, String>) {
        let joined = match result {
            Ok(joined) => *joined,
            Err(why) => return self.say_wrong(why),
        };
        let Stage::Working(bench) = std::mem::replace(&mut self.stage, Stage::Loading(super::Loading::default()))
        else {
            return;
        };
        self.begin(bench.evidence, joined);
        if self.status.is_none() {
            let copy = name(&self.case_path);
            let bench = self.workbench();
            let said = match &self.found.holder {
                Some(taken) => format!("still in use by {taken}"),
                None if bench.is_some_and(|bench| bench.case.branch.is_some()) => {
                    format!("your work goes to the copy {copy}, merged when you quit or at the next start")
                }
                None => "the case is yours".to_owned(),
            };
            self.say(said);
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
        if take {
            return vec![Effect::Absorb(path)];
        }
        self.found.stranded.retain(|stranded| *stranded != path);
        self.bench(|bench| bench.case.keep_apart(name(&path), now));
        self.say(format!("{} is left as it is, and not asked about again", name(&path)));
        self.list_on(0);
        vec![Effect::Save]
    }

    pub(super) fn absorbed(&mut self, path: &Path, result: Result<String, String>) {
        match result {
            Ok(merged) => {
                self.found.stranded.retain(|stranded| stranded != path);
                self.bench(Workbench::case_changed);
                self.say(format!("merged {}: {merged}", name(path)));
                self.list_on(0);
            }
            Err(why) => self.say_wrong(format!("{} is not merged: {why}", name(path))),
        }
    }

    /// The list of what is left to decide, cursor where it was.
    fn list_on(&mut self, at: usize) {
        let len = self.decisions();
        self.overlays.show((len > 0).then(|| Overlay::Decisions(List::at(at.min(len - 1)), len)));
    }
}
