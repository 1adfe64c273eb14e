//! Members of a record that are kept whole, on the one way through it: their reader needs them all.

use crate::model::Span;
use crate::tables::json::{Arena, Reader, Value, unescaped};
use crate::tables::json_text::Text;
use crate::tables::members::Members;

/// The value just met.
#[derive(Clone, Copy)]
enum Met<'r> {
    Value(Value<'r>),
    /// A text that may hold JSON: so it is written between its quotes.
    Json(&'r str),
    /// A value that has to be read from its text.
    Unread,
}

/// The members met so far. A value that is not known is read from its text where it is asked for.
pub(super) struct Kept<'r> {
    arena: &'r Arena,
    members: Members<'r>,
    reader: Reader<'r>,
    met: Met<'r>,
    /// True if a value in an object is not known, so that neither it nor those after it are.
    has_gap: bool,
}

impl<'r> Kept<'r> {
    pub(super) fn new(json: &'r str, arena: &'r Arena) -> Self {
        let (members, reader) = (Members::new(arena), Reader::new(json, arena));
        Self { arena, members, reader, met: Met::Unread, has_gap: false }
    }

    /// The members of the record, once all were met.
    pub(super) fn into_members(self) -> Members<'r> {
        self.members
    }

    /// Takes a text that was written so between its quotes.
    #[inline]
    pub(super) fn text(&mut self, inner: &'r str, text: Text) {
        self.met = match text {
            Text::Plain => Met::Value(Value::String(inner)),
            Text::Escaped if inner.starts_with(['{', '[']) => Met::Json(inner),
            Text::Escaped => self.unescaped(inner),
        };
    }

    fn unescaped(&self, inner: &'r str) -> Met<'r> {
        unescaped(inner, self.arena).map_or(Met::Unread, |text| Met::Value(Value::String(text)))
    }

    /// Takes the value at a place, which is no text and nests at most so deep; the position after it, where it can be kept.
    pub(super) fn value(&mut self, at: usize, depth: usize) -> Option<usize> {
        let read = self.reader.value(at, depth);
        self.met = read.map_or(Met::Unread, |(_, value)| Met::Value(value));
        read.map(|(end, _)| end)
    }

    /// Begins an object; the mark to close it with.
    pub(super) fn open(&mut self) -> usize {
        self.reader.open()
    }

    /// Takes the value just met as that of a member, of the record itself or of an object in it.
    #[inline]
    pub(super) fn member(&mut self, name: &'r str, raw: &'r str, is_of_record: bool) {
        if is_of_record {
            return match self.met {
                Met::Value(value) => self.members.add_read(name, raw, value),
                Met::Json(_) | Met::Unread => self.members.add_json(name, raw, Span::from_ticks(0)),
            };
        }
        let met = if let Met::Json(inner) = self.met { self.unescaped(inner) } else { self.met };
        match met {
            Met::Value(value) => self.reader.member(name, value),
            Met::Json(_) | Met::Unread => self.has_gap = true,
        }
    }

    /// Ends an object, which is the value met then.
    pub(super) fn close(&mut self, open: usize) {
        let object = self.reader.close(open);
        self.met = if self.has_gap { Met::Unread } else { Met::Value(object) };
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::record::builder::{Position, RecordReader};
    use crate::ingest::stats::SourceStats;
    use crate::model::Field;
    use proptest::prelude::*;

    /// Texts of the events that come after `before` others, and the number of records left out.
    fn read(before: usize, records: &[&str]) -> (Vec<Vec<String>>, u64) {
        let (mut reader, mut stats) = (RecordReader::default(), SourceStats::default());
        for json in records {
            reader.object(json, Position::new(0, json.as_bytes()), &mut stats);
        }
        let (events, texts) = (&reader.part().events, &reader.part().texts);
        let events = events.iter().skip(before);
        let texts = events.map(|event| Field::ALL.map(|field| texts.text(event.get(field)).to_owned()).to_vec());
        (texts.collect(), stats.skipped)
    }

    const STORED: &str = r#"{"time":"2026-05-01T00:00:00Z","category":"AuditLogs","properties":{"id":"d","activityDisplayName":"Add user"}}"#;

    proptest! {
        /// A record among others of its table is read as one alone.
        #[test]
        fn what_is_kept_on_the_way_is_what_is_there(
            name in r"User|\\u0041nn|\\ud800|\\\\|é|", id in r#""i"|7|1.50|null|true|\[\]|"\\ud83d\\ude00""#,
            extra in r#"(,"(id|note|properties|targetResources)":("x"|\{"id":"\\udc00"\}|\[1,\{\}\]|"\{\\"a\\":1\}")){0,2}"#,
            end in r"\}|\}\}|,\}| ", wrapped in any::<bool>(),
        ) {
            let inner = format!(
                r#"{{"id":{id},"activityDisplayName":"Add user","result":"failure"{extra},"initiatedBy":{{"user":{{"id":"u","userPrincipalName":"{name}@contoso.com"}}}},
                "targetResources":[{{"type":"User","id":{id},"displayName":"{name}","modifiedProperties":[{{"displayName":"AccountEnabled","oldValue":"[true]","newValue":"[false]"}}]}}]{end}"#
            );
            let record = format!(r#"{{"time":"2026-05-01T00:00:00Z","category":"AuditLogs","properties":{inner}}}"#);
            let record = if wrapped { format!(r#"{{"_source":{record},"_id":"1"}}"#) } else { record };
            prop_assert_eq!(read(2, &[STORED, STORED, &record]), read(0, &[&record]), "{}", record);
        }
    }
}
