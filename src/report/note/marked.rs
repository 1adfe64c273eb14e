//! Events the analyst marked, whether they belong to a hit or not.

use super::NoteContext;
use crate::model::Time;
use crate::triage::timeline::{RowKind, line};
use serde::Serialize;

/// A marked event.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MarkNote {
    /// When.
    pub time: Time,
    /// User.
    pub upn: String,
    /// Kind of row.
    pub kind: RowKind,
    /// Resource or request, with the result when it is not success.
    pub what: String,
    /// Caller address.
    pub address: String,
    /// Whether it is bookmarked.
    pub bookmarked: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// Remark; empty for none.
    pub remark: String,
    /// `file:record`.
    pub record: String,
    /// Its name in the case: the same in every export that has its id.
    pub event: String,
}

pub(super) fn marked(context: &NoteContext) -> Vec<MarkNote> {
    let store = &context.loaded.store;
    let note = |(event, mark): (crate::model::EventId, &crate::triage::Mark)| {
        let line = line(store, context.facts, event, None);
        MarkNote {
            time: line.time,
            upn: store.upn(store.event(event).user).to_owned(),
            kind: line.kind,
            what: line.what,
            address: line.address.to_owned(),
            bookmarked: mark.bookmarked,
            tags: mark.tags.clone(),
            remark: mark.remark.clone(),
            record: context.at(event),
            event: crate::triage::marks::key(context.loaded, event),
        }
    };
    context.places.marked(context.case).into_iter().map(note).collect()
}
