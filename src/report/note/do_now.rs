//! The tasks to do at once, and their users.

use super::NoteContext;
use super::selection::is_pressing;
use crate::report::containment::{self, SOURCES, STILL_VALID};
use crate::triage::Disposition;
use serde::Serialize;
use std::collections::BTreeSet;

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
    /// Commands to copy, one a user.
    pub commands: Vec<String>,
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
    let task = |task: &'static containment::Task| TaskNote {
        title: task.title,
        what: task.what,
        commands: users
            .iter()
            .filter_map(|user| containment::command(task, &user.id))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
    };
    let tasks = containment::tasks(device_code, &reached).map(task).collect();
    let mut still_valid: Vec<String> = STILL_VALID.iter().map(|&text| text.to_owned()).collect();
    still_valid.push(containment::ends(last));
    let settled = threats().any(|hit| context.disposition(hit) == Some(Disposition::Theft));
    Some(DoNow { settled, users: users.into_iter().collect(), tasks, still_valid, sources: SOURCES })
}
