//! Numbers of a row, and what a spreadsheet did to them.

use super::RecordReader;
use crate::ingest::stats::Note;
use crate::model::{Field, Number, is_scientific, number};
use crate::tables::Rank;

impl RecordReader {
    /// Takes a number that is not written as its digits alone. One that can be read as two is left out.
    pub(super) fn number(&mut self, field: Field, rank: Rank, text: &str) {
        let text = text.trim();
        let bare = text.strip_prefix("AS").or_else(|| text.strip_prefix("as")).unwrap_or(text);
        match number(bare) {
            Number::Whole(whole) => self.record.put(field, rank, &whole.to_string()),
            Number::Damaged => self.record.notes.add(Note::DamagedNumber),
            Number::None => {
                // Words around one number: `AS64500 Contoso`.
                let mut runs = bare.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
                match (runs.next(), runs.next()) {
                    (Some(run), None) => self.record.put(field, rank, run),
                    (None, _) => self.record.put(field, rank, ""),
                    (Some(_), Some(_)) => self.record.notes.add(Note::DamagedNumber),
                }
            }
        }
    }

    /// Notes what a spreadsheet took from a value; the value stays as it is written.
    #[cold]
    pub(super) fn damaged(&mut self, field: Field, text: &str) {
        match field {
            Field::ResultType | Field::ResponseStatusCode if number(text) == Number::Damaged => {
                self.record.notes.add(Note::DamagedNumber);
            }
            _ if field.is_id() && is_scientific(text) => self.record.notes.add(Note::DamagedId),
            _ => {}
        }
    }
}

/// Returns whether a text may be a number that a spreadsheet wrote; nearly none is.
pub(super) fn may_be_damaged(text: &str) -> bool {
    text.len() <= 20
        && text.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && text.bytes().any(|byte| matches!(byte, b'E' | b'e' | b'.' | b','))
}
