//! The tasks to do at once, and their users.

use super::NoteContext;
use super::selection::is_pressing;
use crate::model::Time;
use crate::report::card::CardContext;
use crate::report::checklist::checklist;
use crate::report::containment::{self, SOURCES, STILL_VALID};
use crate::triage::Disposition;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Containment.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DoNow {
    /// Whether an analyst settled at least one of the hits as theft.
    pub settled: bool,
    /// Whom it concerns: UPN and object id.
    pub users: Vec<UserNote>,
    /// The tasks, in order.
    pub tasks: Vec<TaskNote>,
    /// Access that outlives a revocation.
    pub still_valid: Vec<String>,
    /// Published pages behind that.
    pub sources: &'static [&'static str],
}

/// A user of the hits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserNote {
    /// Sign-in name.
    pub upn: String,
    /// Object id.
    pub id: String,
}

/// A task.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskNote {
    /// Its name.
    pub title: &'static str,
    /// Its effect, and its limits.
    pub what: &'static str,
    /// Rows of the incidents that call for it, in words.
    pub because: Vec<String>,
    /// Users for whom an analyst ticked it as done, and when.
    pub done: Vec<DoneNote>,
    /// Commands to copy, one a user.
    pub commands: Vec<String>,
}

/// A task done for a user.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DoneNote {
    /// The user.
    pub upn: String,
    /// When, as ticked.
    pub at: Time,
}

/// Facts in the rows that call for each task, by its id.
fn reasons(context: &NoteContext, pressing: &BTreeSet<usize>) -> BTreeMap<&'static str, BTreeSet<String>> {
    let cards = CardContext {
        store: &context.loaded.store,
        facts: context.facts,
        hits: context.hits,
        incidents: context.incidents,
    };
    let mut reasons: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    let chosen = context.selection.incidents.iter().enumerate().filter(|(at, _)| pressing.contains(&(at + 1)));
    for item in chosen.flat_map(|(_, chosen)| checklist(&cards, chosen.at).tasks) {
        // The card has what was reached.
        if item.is_left {
            reasons.entry(item.task.id).or_default().insert(item.because);
        }
    }
    reasons
}

pub(super) fn do_now(context: &NoteContext) -> Option<DoNow> {
    // An open incident that the facts do not carry waits for its verdict.
    let pressing: BTreeSet<usize> = context
        .threats()
        .filter(|(_, hit)| context.disposition(hit).is_some() || is_pressing(hit))
        .map(|(_, hit)| context.selection.number(hit))
        .collect();
    let threats =
        || context.threats().map(|(_, hit)| hit).filter(|hit| pressing.contains(&context.selection.number(hit)));
    let last = threats().map(|hit| hit.last_seen).max()?;
    let users: BTreeSet<UserNote> =
        threats().map(|hit| UserNote { upn: hit.upn.clone(), id: hit.user_id.clone() }).collect();
    let device_code = threats().any(|hit| !hit.legs.is_empty());
    let reached = context.reaches();
    let reasons = reasons(context, &pressing);
    let store = &context.loaded.store;
    let keys: BTreeSet<(&str, &str)> =
        threats().map(|hit| (hit.upn.as_str(), store.text(hit.user))).filter(|(_, key)| !key.is_empty()).collect();
    let done = |task: &containment::Task| {
        let done = keys.iter().filter_map(|(upn, key)| Some((upn, context.case.task_done(key, task.id)?)));
        done.map(|(upn, at)| DoneNote { upn: (*upn).to_owned(), at }).collect()
    };
    let task = |task: &'static containment::Task| TaskNote {
        title: task.title,
        what: task.what,
        because: reasons.get(task.id).into_iter().flatten().cloned().collect(),
        done: done(task),
        commands: users
            .iter()
            .filter_map(|user| containment::command(task, &user.id))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
    };
    let due: BTreeSet<&str> = containment::tasks(device_code, &reached).map(|task| task.id).collect();
    let is_due = |task: &&containment::Task| due.contains(task.id) || reasons.contains_key(task.id);
    let tasks = containment::TASKS.iter().filter(is_due).map(task).collect();
    let mut still_valid: Vec<String> = STILL_VALID.iter().map(|&text| text.to_owned()).collect();
    still_valid.push(containment::ends(last));
    let settled = threats().any(|hit| context.disposition(hit) == Some(Disposition::Theft));
    Some(DoNow { settled, users: users.into_iter().collect(), tasks, still_valid, sources: SOURCES })
}
