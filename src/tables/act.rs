//! One row of an audit table, read from its record at once.

use super::members::{Members, WrittenTime};
use crate::model::{Field, Kept};

/// Reads a record of an audit table.
pub type ReadAct = fn(&Members<'_>) -> ActRow;

/// A row of an audit table: times as written, and the fields that the store keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActRow {
    /// Event time.
    pub created: Option<WrittenTime>,
    /// Time of arrival.
    pub ingested: Option<WrittenTime>,
    /// Whether it failed: an attempt.
    pub failed: bool,
    /// The share of the record that it keeps.
    pub kept: Kept,
    /// Whether a part of the record was cut off, so that only its envelope is read.
    pub is_cut: bool,
    texts: Vec<(Field, String)>,
}

impl ActRow {
    /// Sets a field, unless the text is empty or the field has one.
    pub fn set(&mut self, field: Field, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() && self.get(field).is_none() {
            self.texts.push((field, text));
        }
    }

    /// As [`Self::set`], where there is a text.
    pub fn set_some(&mut self, field: Field, text: Option<impl Into<String>>) {
        if let Some(text) = text {
            self.set(field, text);
        }
    }

    /// The text of a field.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.texts.iter().find(|(known, _)| *known == field).map(|(_, text)| text.as_str())
    }

    /// Every field that has a text.
    pub fn texts(&self) -> impl Iterator<Item = (Field, &str)> {
        self.texts.iter().map(|(field, text)| (*field, text.as_str()))
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
