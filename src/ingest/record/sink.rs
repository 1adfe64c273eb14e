//! The way from a parser to the builder of events.

use super::keys::Column;
use crate::tables::Target;

/// Receives the members of a record as they are parsed.
///
/// Keys are numbers given by [`Self::key`].
pub(crate) trait Sink {
    /// The number of a key, which is UTF-8, given the number of the one before it and that before the first of its object.
    fn key(&mut self, start: u32, before: u32, name: &[u8]) -> u32;

    /// The field that the value under a key goes to.
    fn target(&self, key: u32) -> Target;

    /// Returns whether the value under a key means nothing in any table.
    fn is_skipped(&self, key: u32) -> bool;

    /// Takes the JSON value under a key, as written.
    fn member(&mut self, key: u32, raw: &str);

    /// Takes the JSON value of a column, as written.
    fn column(&mut self, column: &Column, raw: &str);

    /// Takes an object that came as text; `start` is the number before its first key.
    ///
    /// # Errors
    /// A reason, when the text is JSON that cannot be read.
    fn object_in_text(&mut self, text: &str, start: u32) -> Result<(), String>;
}
