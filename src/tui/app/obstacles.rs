//! The reason why an action can do nothing now: the list of actions leaves it out, and says why where it is asked for.

use super::{App, Task};
use crate::analytics::Semantics;
use crate::tui::action::{Action, Subject};
use crate::tui::workbench::Workbench;

impl App {
    /// The reason why an action can do nothing where the user is; `None` where it can.
    pub(super) fn obstacle(&self, action: Action) -> Option<&'static str> {
        if let Some(wait) = self.wait(action) {
            return Some(wait.words());
        }
        if !self.overlays.is_empty() {
            return None;
        }
        of_bench(self.workbench()?, action)
    }

    /// Says why an action changes nothing now, and returns whether that is so: a key that is not taken must not pass for
    /// one that worked.
    pub(super) fn has_to_wait(&mut self, action: Action) -> bool {
        match self.wait(action) {
            Some(Wait::ReadOnly) => self.say_read_only(),
            Some(Wait::Hashes) => self.say_hashing(),
            Some(Wait::Merge) => self.say_busy(),
            None => return false,
        }
        true
    }

    /// Returns whether the footer leaves out an action's hint: for a while it would be refused. A merge is over in a moment.
    pub fn hides_hint(&self, action: Action) -> bool {
        matches!(self.wait(action), Some(Wait::ReadOnly | Wait::Hashes))
    }

    fn wait(&self, action: Action) -> Option<Wait> {
        if self.is_read_only() && action.changes_the_case() {
            Some(Wait::ReadOnly)
        } else if self.hashing.is_some() && action.needs_hashes() {
            Some(Wait::Hashes)
        } else if self.task == Some(Task::Merge) && action.changes_the_case() {
            Some(Wait::Merge)
        } else {
            None
        }
    }
}

/// Something that an action waits for.
#[derive(Clone, Copy)]
enum Wait {
    /// The other process that has the case.
    ReadOnly,
    /// The hashes of the files.
    Hashes,
    /// The merge of a copy.
    Merge,
}

impl Wait {
    fn words(self) -> &'static str {
        match self {
            Self::ReadOnly => "read only",
            Self::Hashes => "the files are not hashed yet",
            Self::Merge => "a copy is being merged",
        }
    }
}

fn of_bench(bench: &Workbench, action: Action) -> Option<&'static str> {
    const NO_INCIDENT: &str = "no incident here";
    let unless = |holds: bool, why: &'static str| (!holds).then_some(why);
    let timeline = bench.timeline.as_ref();
    match action {
        Action::Supports | Action::Against | Action::Unknown | Action::ClearVerdict | Action::Remark => {
            unless(bench.is_walking(), "no step is open")
        }
        Action::TrailBack => unless(bench.is_away(), "no timeline before this one"),
        Action::TrailOn => unless(!bench.trail.forth.is_empty(), "no timeline was left"),
        Action::NextFound | Action::PrevFound | Action::LeaveSearch | Action::OnlyFound => {
            unless(bench.find().is_some(), "nothing is searched")
        }
        Action::DropFilter | Action::ClearFilters => {
            let filters = timeline.map_or(0, |timeline| timeline.filters().len()) + bench.hit_list.in_force().len();
            unless(filters > 0, "no filter is in force")
        }
        Action::OneSide => unless(bench.other_side().is_some(), "every row of this incident is of one side"),
        Action::Undo => unless(bench.case.can_undo(), "nothing to undo"),
        Action::NearMisses => {
            let is_hunt = bench.evidence.settings.semantics != Semantics::Published;
            unless(is_hunt, "published queries stand as they are")
        }
        Action::Weigh | Action::Guided | Action::NextMark | Action::PrevMark | Action::Contain | Action::Queries => {
            unless(bench.incident().is_some(), NO_INCIDENT)
        }
        Action::Sort | Action::TurnSort | Action::MarkRow | Action::MarkRange | Action::Filter => {
            unless(!bench.evidence.hits.is_empty(), NO_INCIDENT)
        }
        Action::Compare => unless(bench.current().is_some(), NO_INCIDENT),
        _ => match action.subject() {
            Subject::Incidents | Subject::Steps => unless(bench.current().is_some(), NO_INCIDENT),
            Subject::Verdict if action != Action::Revoked => unless(bench.current().is_some(), NO_INCIDENT),
            Subject::Timeline | Subject::Filters => unless(timeline.is_some(), "no timeline here"),
            Subject::Marks if action != Action::Marks => unless(bench.event().is_some(), "no row here"),
            _ => None,
        },
    }
}
