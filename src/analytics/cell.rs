//! Values in the columns of a hit.

use crate::model::Time;
use serde::{Serialize, Serializer};

/// A value in a hit's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Text; empty is a value.
    Text(String),
    /// A whole number.
    Number(i64),
    /// An instant.
    Time(Time),
    /// Sorted, without repeats.
    List(Vec<String>),
    /// Rows of named cells, such as device-code legs.
    Rows(Vec<Vec<(&'static str, Cell)>>),
    /// Named cells, such as marks.
    Object(Vec<(&'static str, Cell)>),
}

impl Cell {
    /// A count.
    pub fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Time(time) => time.serialize(serializer),
            Self::List(list) => list.serialize(serializer),
            Self::Rows(rows) => serializer.collect_seq(rows.iter().map(|row| Named(row))),
            Self::Object(cells) => Named(cells).serialize(serializer),
        }
    }
}

/// Serializes named cells as an object, in order.
struct Named<'a>(&'a [(&'static str, Cell)]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, cell)| (name, cell)))
    }
}
