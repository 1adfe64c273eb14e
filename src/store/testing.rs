//! Rows written by hand for tests: no files, no parsing.

use super::{Part, Store};
use crate::model::{EventHead, Field, Flags, NewEvent, Origin, SourceId, Table, Time};

/// Collects rows, then builds a store of them.
#[derive(Default)]
pub struct Rows {
    part: Part,
}

impl Rows {
    /// Adds a row: event time (`""` for none), and its fields. Ingest time is left out.
    pub fn row(&mut self, table: Table, created: &str, fields: &[(Field, &str)]) -> &mut Self {
        self.row_at(table, created, "", fields)
    }

    /// Adds a row with both clocks.
    pub fn row_at(&mut self, table: Table, created: &str, ingested: &str, fields: &[(Field, &str)]) -> &mut Self {
        let record = u32::try_from(self.part.events.len() + 1).expect("a test has few rows");
        let origin = Origin { source: SourceId(0), record, offset: 0, len: 0, check: 0 };
        let mut event = NewEvent::new(table, origin);
        let time = |text: &str| if text.is_empty() { Time::MISSING } else { Time::parse(text).expect("a test's time") };
        event.created = time(created);
        event.ingested = time(ingested);
        for (field, text) in fields {
            event[*field] = self.part.texts.intern(text);
        }
        self.part.events.push(&event);
        self
    }

    /// Moves the last row to a second source.
    pub fn from(&mut self, source: u32) -> &mut Self {
        self.last().origin.source = SourceId(source);
        self
    }

    /// Sets flags of the last row, as the reader of its file would.
    pub fn flag(&mut self, flags: Flags) -> &mut Self {
        self.last().flags.set(flags, true);
        self
    }

    fn last(&mut self) -> &mut EventHead {
        let last = self.part.events.len().checked_sub(1).expect("a row comes first");
        self.part.events.head_mut(last)
    }

    /// The store of all rows so far.
    pub fn build(&mut self) -> Store {
        Store::build(vec![std::mem::take(&mut self.part)])
    }
}
