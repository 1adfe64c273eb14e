//! The pivot menu: the values of a row, for the other events that share one.

use super::scroll::List;
use crate::model::EventId;
use crate::triage::pivot::Reach;

/// The values of a row, to go on by one of them.
pub struct Menu {
    /// The row.
    pub event: EventId,
    /// Its values with what they reach, once counted.
    pub values: Option<Vec<Reach>>,
    /// The cursor.
    pub list: List,
    /// Whether to go on as soon as they are counted.
    pub wanted: bool,
}

impl Menu {
    /// The menu of a row, nothing counted yet.
    pub fn new(event: EventId) -> Self {
        Self { event, values: None, list: List::default(), wanted: false }
    }

    /// The value under the cursor, with its reach.
    pub fn selected(&self) -> Option<&Reach> {
        self.values.as_ref()?.get(self.list.cursor)
    }
}
