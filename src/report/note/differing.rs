//! Conflicting decisions of two analysts, still open.

use super::NoteContext;
use crate::analytics::Hit;
use crate::report::Names;
use serde::Serialize;

/// A value on which two analysts differ. The note goes by the case's own.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConflictNote {
    /// Its subject.
    pub about: String,
    /// The case's value.
    pub ours: String,
    /// The other value.
    pub theirs: String,
    /// The analyst who decided so; empty when nobody signed.
    pub who: String,
    /// When, RFC 3339 UTC; empty when it is not known.
    pub at: String,
    /// File name of the copy with the other value.
    pub copy: String,
}

pub(super) fn conflicts(context: &NoteContext, hits: &[Hit]) -> Vec<ConflictNote> {
    let names = Names { loaded: context.loaded, facts: context.facts, hits, places: &context.places };
    let note = |conflict: &crate::triage::Conflict| {
        let (ours, theirs) = conflict.values(context.case);
        ConflictNote {
            about: conflict.theirs.named(|about| names.name(about)),
            ours,
            theirs,
            who: conflict.who.clone(),
            at: conflict.at.clone(),
            copy: conflict.copy.clone(),
        }
    };
    context.case.conflicts.iter().map(note).collect()
}
