//! The events that a question is about.

use crate::model::EventId;
use crate::store::Store;
use crate::triage::pivot::Value;
use std::ops::Range;
use std::sync::Arc;

/// Events that are outlined or brought in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything that shares a value.
    All(Value),
    /// A part of it.
    Part(Value, Range<usize>),
    /// These, in time order.
    List(Arc<Vec<EventId>>),
}

impl Scope {
    /// The events, in time order.
    pub fn events<'a>(&'a self, store: &'a Store) -> &'a [EventId] {
        match self {
            Self::All(value) => value.events(store),
            Self::Part(value, part) => value.events(store).get(part.clone()).unwrap_or(&[]),
            Self::List(events) => events,
        }
    }
}
