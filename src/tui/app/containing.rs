//! The checklist of containment: its ticks, its commands.

use super::{App, Effect};
use crate::model::Time;
use crate::report::card::CardContext;
use crate::report::checklist::{REVOKES, checklist};
use crate::tui::action::Action;
use crate::tui::overlay::{Containment, Overlay};
use crate::tui::scroll::List;
use crate::tui::workbench::Workbench;

impl App {
    /// Opens the list of the incident under the cursor.
    pub(super) fn contain(&mut self, now: Time) {
        match self.workbench().and_then(|bench| shown(bench, now)) {
            Some(list) => self.overlays.show(Overlay::Containment(Box::new(list))),
            None => self.say("no incident here: published semantics have hits alone".to_owned()),
        }
    }

    /// Ticks the task under the cursor as done at this moment, or takes its tick back.
    pub(super) fn tick(&mut self, now: Time) -> Vec<Effect> {
        let Some(Overlay::Containment(shown)) = self.overlays.top() else { return Vec::new() };
        let Some(item) = shown.list.tasks.get(shown.cursor.cursor) else { return Vec::new() };
        let (user, task) = (shown.user, item.task);
        let Some(bench) = self.workbench_mut() else { return Vec::new() };
        let key = bench.store().text(user).to_owned();
        let is_done = bench.case.task_done(&key, task.id).is_some();
        let revokes = task.id == REVOKES;
        let was_revoked = bench.case.revoked(&key).is_some();
        bench.case.set_task(&key, task.id, (!is_done).then_some(now), revokes, now);
        bench.show_revoked(user);
        let words = match (is_done, revokes && !was_revoked) {
            (true, _) => format!("no longer done: {}", task.title),
            (false, true) => {
                let key = self.keymap.key_of(Action::Revoked);
                format!("done: {}; revocation time set to {} UTC, {key} changes it", task.title, now.second())
            }
            (false, false) => format!("done: {}", task.title),
        };
        self.say(words);
        vec![Effect::Save]
    }

    /// Copies the command of the task under the cursor.
    pub(super) fn copy_command(&mut self) -> Vec<Effect> {
        let Some(Overlay::Containment(shown)) = self.overlays.top() else { return Vec::new() };
        let item = shown.list.tasks.get(shown.cursor.cursor);
        if let Some(command) = item.and_then(|item| item.command.clone()) {
            return vec![Effect::Copy("command", command)];
        }
        self.say("no command does this: see its line".to_owned());
        Vec::new()
    }
}

fn shown(bench: &Workbench, now: Time) -> Option<Containment> {
    let at = bench.place_of_incident()?;
    let evidence = &bench.evidence;
    let context = CardContext {
        store: bench.store(),
        facts: evidence.facts,
        hits: &evidence.hits,
        incidents: &evidence.found.incidents,
    };
    let hit = bench.current()?;
    let who = bench.store().who_as(hit.user, &hit.upn).into_owned();
    Some(Containment { list: checklist(&context, at), who, user: hit.user, now, cursor: List::default() })
}
