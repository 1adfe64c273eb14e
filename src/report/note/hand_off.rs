//! Queries for the engine that holds the logs: what fetches the rows that this bundle lacks.

use super::NoteContext;
use serde::Serialize;

/// A command, and what its query gives.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HandOff {
    /// The command, but for the case and the engine.
    pub command: &'static str,
    /// Rows that it gives.
    pub gives: &'static str,
}

/// The question that has no answer while nothing is revoked.
const AFTER_REVOKE: &str = "tokentrail query after-revoke";

const COMMANDS: [HandOff; 4] = [
    HandOff { command: "tokentrail query collect", gives: "their rows" },
    HandOff { command: "tokentrail query scope", gives: "who else used what is theirs" },
    HandOff { command: "tokentrail query baseline", gives: "usual days" },
    HandOff { command: AFTER_REVOKE, gives: "what came after" },
];

/// The commands on what is theft, undecided, or open and no near miss; none where nothing is.
pub(super) fn hand_off(context: &NoteContext) -> Vec<HandOff> {
    let store = &context.loaded.store;
    let (mut any, mut revoked) = (false, false);
    for (_, hit) in context.threats() {
        any = true;
        revoked |= context.revocations.contains_key(&hit.user) || context.case.revoked(store.text(hit.user)).is_some();
    }
    COMMANDS.into_iter().filter(|one| any && (revoked || one.command != AFTER_REVOKE)).collect()
}
