//! The highest confidence that the rows of a graded hit allow.

use crate::model::{Confidence, EventId, Field};
use crate::store::Store;

/// Low where no row names the user's id or no row has a session; medium where a comparison that decides is open; else
/// high.
pub fn most(store: &Store, rows: impl IntoIterator<Item = EventId>, is_open: bool) -> Confidence {
    let (mut by_name, mut no_session) = (true, true);
    for id in rows {
        let event = store.event(id);
        by_name = by_name && store.normalized_field(event, Field::UserId).is_none();
        no_session = no_session && store.normalized_field(event, Field::SessionId).is_none();
        if !by_name && !no_session {
            break;
        }
    }
    match (by_name || no_session, is_open) {
        (true, _) => Confidence::Low,
        (false, true) => Confidence::Medium,
        (false, false) => Confidence::High,
    }
}
