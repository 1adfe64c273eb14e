//! Lines typed in an earlier run and not entered.

use crate::casefile::draft::drafts;
use crate::casefile::{CaseFile, Found};
use crate::ingest::Loaded;
use crate::model::EventId;
use crate::triage::marks::find;
use crate::triage::{Draft, Prompt};

/// Lines typed and not entered, of the case and of copies that were merged, each with its event where it is about one of
/// the bundle. None of a case that another process has: it is being typed there.
pub fn unentered(file: &CaseFile, found: &Found, loaded: &Loaded) -> Vec<(Draft, Option<EventId>)> {
    if file.is_read_only() {
        return Vec::new();
    }
    let drafts = drafts(file.path()).into_iter().chain(found.drafts.iter().cloned()).map(|draft| {
        let event = match &draft.prompt {
            Prompt::Tags { event } | Prompt::EventRemark { event } => find(loaded, event),
            Prompt::Remark { .. } | Prompt::Revoked { .. } | Prompt::Reason { .. } => None,
        };
        (draft, event)
    });
    drafts.collect()
}
