//! A raw row as a person would write it down, and the bundle of rows both sides are given.

use std::collections::BTreeMap;
use std::fmt;
use tokentrail::testing::model::{Field, NewEvent, Origin, SourceId, Table, Time};
use tokentrail::testing::store::{Event, Part, Store};

pub(crate) const TICK: i64 = 1;
pub(crate) const SECOND: i64 = 10_000_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;

/// One raw row. A field that is not in the map is missing; an empty text is a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) table: Table,
    /// `CreatedDateTime` in 100 ns ticks since 1970.
    pub(crate) created: Option<i64>,
    /// `TimeGenerated`, likewise.
    pub(crate) ingested: Option<i64>,
    pub(crate) fields: BTreeMap<Field, String>,
}

impl Row {
    /// A row whose two clocks agree.
    pub(crate) fn new(table: Table, at: i64) -> Self {
        Self { table, created: Some(at), ingested: Some(at), fields: BTreeMap::new() }
    }

    #[must_use]
    pub(crate) fn with(mut self, field: Field, text: &str) -> Self {
        self.set(field, text);
        self
    }

    pub(crate) fn set(&mut self, field: Field, text: &str) {
        self.fields.insert(field, text.to_owned());
    }

    /// The raw text, `''` when missing.
    pub(crate) fn get(&self, field: Field) -> &str {
        self.fields.get(&field).map_or("", String::as_str)
    }

    /// Moves both clocks.
    pub(crate) fn shift(&mut self, ticks: i64) {
        self.created = self.created.map(|t| t + ticks);
        self.ingested = self.ingested.map(|t| t + ticks);
    }

    /// Event time of the hunt semantics.
    pub(crate) fn hunt_time(&self) -> i64 {
        self.created.or(self.ingested).expect("every row of the oracle has a time")
    }

    /// Event time of the published semantics.
    pub(crate) fn published_time(&self) -> i64 {
        self.ingested.or(self.created).expect("every row of the oracle has a time")
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |t: Option<i64>| t.map_or_else(|| "-".to_owned(), moment);
        write!(f, "{:?} created {} ingested {}", self.table, time(self.created), time(self.ingested))?;
        self.fields.iter().try_for_each(|(field, text)| write!(f, " {field:?}={text:?}"))
    }
}

/// The number of the row that an event was made of.
pub(crate) fn number_of(event: Event<'_>, per_source: usize) -> usize {
    event.origin.source.0 as usize * per_source + event.origin.record as usize - 1
}

/// The store of these rows. Every `per_source` rows begin a new source, and records count from 1 in each.
/// Sources go into parts last first: the order in which threads end must not matter.
pub(crate) fn store_of(rows: &[Row], per_source: usize) -> Store {
    let mut parts = Vec::new();
    for (source, chunk) in (0u32..).zip(rows.chunks(per_source)) {
        let mut part = Part::default();
        for (record, row) in (1..).zip(chunk) {
            let origin = Origin { source: SourceId(source), record, offset: 0, len: 0, check: 0 };
            let mut event = NewEvent::new(row.table, origin);
            event.created = row.created.map_or(Time::MISSING, Time::from_ticks);
            event.ingested = row.ingested.map_or(Time::MISSING, Time::from_ticks);
            for (field, text) in &row.fields {
                event[*field] = part.texts.intern(text);
            }
            part.events.push(&event);
        }
        parts.push(part);
    }
    parts.reverse();
    Store::build(parts)
}

/// Ticks of a written time.
pub(crate) fn at(text: &str) -> i64 {
    Time::parse(text).expect("a test's own time").ticks()
}

/// A time as every export writes it.
pub(crate) fn moment(ticks: i64) -> String {
    Time::from_ticks(ticks).to_string()
}

/// Rows one a line, numbered from 1, for messages.
pub(crate) fn listing(rows: &[Row]) -> String {
    let lines: Vec<String> = rows.iter().enumerate().map(|(n, row)| format!("  {:>2} {row}\n", n + 1)).collect();
    lines.concat()
}
