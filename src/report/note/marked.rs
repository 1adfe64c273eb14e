//! Events the analyst marked, whether they belong to a hit or not.

use super::Told;
use crate::model::Time;
use crate::triage::timeline::{Kind, line};
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
    pub kind: Kind,
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

pub(super) fn marked(told: &Told) -> Vec<MarkNote> {
    let store = &told.loaded.store;
    let note = |(event, mark): (crate::model::EventId, &crate::triage::marks::Mark)| {
        let line = line(store, told.facts, event, None);
        MarkNote {
            time: line.time,
            upn: store.upn(store.event(event).user).to_owned(),
            kind: line.kind,
            what: line.what,
            address: line.address.to_owned(),
            bookmarked: mark.bookmarked,
            tags: mark.tags.clone(),
            remark: mark.remark.clone(),
            record: told.at(event),
            event: crate::triage::marks::key(told.loaded, event),
        }
    };
    told.places.marked(told.case).into_iter().map(note).collect()
}
