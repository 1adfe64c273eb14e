//! One row of an audit table, read from its record at once.

use super::members::{Members, WrittenTime};
use crate::model::{Field, Kept};
use std::borrow::Cow;

/// Reads a record of an audit table.
pub type ReadAct = for<'r> fn(&Members<'r>) -> ActRow<'r>;

/// A row of an audit table: times as written, and the fields that the store keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActRow<'r> {
    /// Event time.
    pub created: Option<WrittenTime<'r>>,
    /// Time of arrival.
    pub ingested: Option<WrittenTime<'r>>,
    /// Whether it failed: an attempt.
    pub failed: bool,
    /// The share of the record that it keeps.
    pub kept: Kept,
    /// Number of rows that the search found it with, where it was found by one; 0 for a page without an answer.
    pub search: Option<u64>,
    /// Whether a part of the record was cut off, so that only its envelope is read.
    pub is_cut: bool,
    texts: Vec<(Field, Cow<'r, str>)>,
}

impl<'r> ActRow<'r> {
    /// Sets a field, unless the text is empty or the field has one.
    pub fn set(&mut self, field: Field, text: impl Into<Cow<'r, str>>) {
        let text = text.into();
        if !text.is_empty() && self.get(field).is_none() {
            if self.texts.is_empty() {
                self.texts.reserve(FIELDS.len());
            }
            self.texts.push((field, text));
        }
    }

    /// As [`Self::set`], where there is a text.
    pub fn set_some(&mut self, field: Field, text: Option<impl Into<Cow<'r, str>>>) {
        if let Some(text) = text {
            self.set(field, text);
        }
    }

    /// The text of a field.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.texts.iter().find(|(known, _)| *known == field).map(|(_, text)| &**text)
    }

    /// Every field that has a text.
    pub fn texts(&self) -> impl Iterator<Item = (Field, &str)> {
        self.texts.iter().map(|(field, text)| (*field, &**text))
    }
}

/// Fields of every audit table.
#[rustfmt::skip]
pub(super) const FIELDS: &[Field] = &[
    Field::Id, Field::CorrelationId, Field::UserId, Field::UserPrincipalName, Field::AppId, Field::AppDisplayName,
    Field::IpAddress, Field::Asn, Field::UserAgent, Field::SessionId, Field::TokenId, Field::DeviceId,
    Field::ResourceIdentity, Field::ResultDescription, Field::Operation, Field::Workload, Field::Variant, Field::Object, Field::Detail,
    Field::Count, Field::Items, Field::Outcome, Field::ActedUpon, Field::IssuedAt,
];

/// Rows of records in tests, whose texts are never given up.
#[cfg(test)]
pub(super) mod testing {
    use super::{ActRow, Members, ReadAct};
    use crate::model::Span;
    use crate::tables::json::{Arena, Around};

    fn kept(text: &str) -> &'static str {
        Box::leak(text.to_owned().into_boxed_str())
    }

    /// The row of a JSON record.
    pub(in crate::tables) fn of_json(read: ReadAct, json: &serde_json::Value) -> ActRow<'static> {
        read(&Members::from_json(kept(&json.to_string()), Box::leak(Box::new(Arena::new()))))
    }

    /// The row of a record of a CSV.
    pub(in crate::tables) fn of_cells<T: AsRef<str>>(read: ReadAct, cells: &[(T, T)]) -> ActRow<'static> {
        let mut members = Members::new(Box::leak(Box::new(Arena::new())));
        for (name, cell) in cells.iter().filter(|(_, cell)| !cell.as_ref().is_empty()) {
            members.add_cell(kept(name.as_ref()), kept(cell.as_ref()), Around::Nothing, Span::from_ticks(0));
        }
        read(&members)
    }
}
