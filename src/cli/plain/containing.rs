//! The checklist of containment by lines: tasks with their ticks, and until when each token may work.

use super::{Talk, now};
use crate::report::card::CardContext;
use crate::report::checklist::{REVOKES, checklist};
use crate::triage::groups::Group;
use std::io;

impl Talk<'_> {
    /// `k` lists the tasks of a group's incident and its clocks; `k 3` ticks the third task, or takes its tick back.
    pub(super) fn contain(&mut self, group: &Group, rest: &str) -> io::Result<()> {
        let Some(at) = group.incident else { return self.say("Published semantics have no incidents.") };
        let store = &self.loaded.store;
        let context = CardContext { store, facts: self.run.facts, hits: self.hits, incidents: &self.incidents };
        let list = checklist(&context, at);
        let key = store.text(self.hits[group.hits[0]].user).to_owned();
        if !rest.trim().is_empty() {
            let item = rest.trim().parse::<usize>().ok().and_then(|number| list.tasks.get(number.checked_sub(1)?));
            let Some(item) = item else { return self.slip(&format!("{rest} is no task of this incident")) };
            let is_done = self.case.task_done(&key, item.task.id).is_some();
            let time = now();
            self.case.set_task(&key, item.task.id, (!is_done).then_some(time), item.task.id == REVOKES, time);
            self.save()?;
            return self.say(format!("{}: {}.", item.task.title, if is_done { "no longer done" } else { "done" }));
        }
        for (number, item) in (1..).zip(&list.tasks) {
            let state = match self.case.task_done(&key, item.task.id) {
                Some(at) => format!("done {} UTC", at.second()),
                None => "to do".to_owned(),
            };
            let because = if item.because.is_empty() { String::new() } else { format!(" Found: {}.", item.because) };
            let command = item.command.as_ref().map_or_else(String::new, |command| format!(" Command: {command}"));
            self.say(format!("{number}. {state}: {}.{because} {}{command}", item.task.title, item.task.what))?;
        }
        let revoked = self.case.revoked(&key).or(list.revoked);
        self.say(match revoked {
            Some(at) => format!("Sessions revoked {} UTC.", at.second()),
            None => "No revocation is known.".to_owned(),
        })?;
        let clocks = list.clocks.iter();
        clocks.map(|clock| clock.words(revoked, Some(now()))).try_for_each(|words| self.say(format!("{words}.")))
    }
}
