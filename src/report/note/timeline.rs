//! The rows of all hits described in full, as one timeline.

use super::NoteContext;
use crate::analytics::Hit;
use crate::model::{EventId, Field, Time};
use crate::report::timeline::client_name;
use crate::triage::timeline::{RowKind, line};
use serde::Serialize;
use std::collections::BTreeSet;

/// Rows shown; sign-ins come before Graph calls when there are more.
const ROWS: usize = 300;

/// The timeline.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TimelineNote {
    /// Rows in time order.
    pub events: Vec<EventNote>,
    /// Graph calls and sign-ins left out.
    pub left_out: usize,
    /// Whether there is more than one user.
    #[serde(skip)]
    pub many_users: bool,
}

/// A row.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventNote {
    /// When.
    pub time: Time,
    /// Since the row above.
    pub gap: Option<String>,
    /// User.
    pub upn: String,
    /// Kind of row.
    pub kind: RowKind,
    /// Resource or request, with the result when it is not success.
    pub what: String,
    /// Client.
    pub client: String,
    /// Address.
    pub address: String,
    /// User agent.
    pub user_agent: String,
    /// Numbers of the hits it belongs to.
    pub hits: Vec<usize>,
    /// `file:record`.
    pub record: String,
    /// Whether the analyst marked it.
    pub marked: bool,
    /// Whether that is a bookmark.
    pub bookmarked: bool,
}

pub(super) fn timeline(context: &NoteContext) -> TimelineNote {
    let full: Vec<&Hit> =
        context.selection.full.iter().copied().filter(|hit| context.selection.is_in_full(hit)).collect();
    let sign_ins: BTreeSet<EventId> =
        full.iter().flat_map(|hit| hit.evidence.iter().chain(&hit.legs)).copied().collect();
    let acts = full.iter().flat_map(|hit| &hit.acts).map(|act| act.event);
    let calls: BTreeSet<EventId> = full.iter().flat_map(|hit| &hit.graph).map(|call| call.event).chain(acts).collect();
    let all = sign_ins.union(&calls).count();
    let shown: BTreeSet<EventId> = sign_ins.iter().chain(calls.difference(&sign_ins)).take(ROWS).copied().collect();
    let mut before = None;
    let events: Vec<EventNote> = shown
        .into_iter()
        .map(|event| {
            let note = event_note(context, event, before);
            before = Some(event);
            note
        })
        .collect();
    let users: BTreeSet<&str> = events.iter().map(|event| event.upn.as_str()).collect();
    TimelineNote { many_users: users.len() > 1, left_out: all - events.len(), events }
}

fn event_note(context: &NoteContext, event: EventId, before: Option<EventId>) -> EventNote {
    let store = &context.loaded.store;
    let line = line(store, context.facts, event, before);
    let numbered = context.selection.full.iter().enumerate();
    let mark = context.places.mark(context.case, event);
    EventNote {
        time: line.time,
        gap: line.gap.map(|gap| format!("+{gap}")),
        upn: store.upn(store.event(event).user).to_owned(),
        kind: line.kind,
        what: line.what,
        client: client_name(context.facts, line.client).to_owned(),
        address: line.address.to_owned(),
        user_agent: store.get(event, Field::UserAgent).to_owned(),
        hits: numbered.filter(|(_, hit)| has(hit, event)).map(|(index, _)| index + 1).collect(),
        record: context.at(event),
        marked: mark.is_some(),
        bookmarked: mark.is_some_and(|mark| mark.bookmarked),
    }
}

/// Returns whether an event belongs to a hit. All three lists stand in time order, which is the order of ids.
fn has(hit: &Hit, event: EventId) -> bool {
    hit.evidence.binary_search(&event).is_ok()
        || hit.legs.binary_search(&event).is_ok()
        || hit.graph.binary_search_by_key(&event, |call| call.event).is_ok()
        || hit.acts.binary_search_by_key(&event, |act| act.event).is_ok()
}
