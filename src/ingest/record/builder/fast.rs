//! The fast way through a record's members. It is no generic parser that writes into a [`Sink`]: then the compiler no
//! longer inlines the scanner, and a load takes 6 % more instructions.

use super::RecordReader;
use super::acts::Met;
use crate::ingest::record::json_scan::MAX_DEPTH;
use crate::ingest::record::keys::{INNER_START, ROW_START};
use crate::ingest::record::sink::Sink;
use crate::tables::Target;
use crate::tables::json_text::{Text, key_end, skip_space, string, string_end, value_end};

/// Reads a record's members into the reader. Returns whether it was read: if not, the reader holds a part of it and the
/// strict parser must decide.
pub(super) fn object(reader: &mut RecordReader, json: &str) -> bool {
    let end = members(reader, json, skip_space(json.as_bytes(), 0), ROW_START, 1);
    end.is_some_and(|end| skip_space(json.as_bytes(), end) == json.len())
}

/// Reads the object that begins at `at`, in so many brackets with its own; the position after it.
fn members(reader: &mut RecordReader, json: &str, at: usize, start: u32, depth: usize) -> Option<usize> {
    let bytes = json.as_bytes();
    if bytes.get(at) != Some(&b'{') {
        return None;
    }
    let mut at = skip_space(bytes, at + 1);
    if bytes.get(at) == Some(&b'}') {
        return Some(at + 1);
    }
    let mut key = start;
    let keeps = depth == 1 && reader.reads_acts();
    loop {
        let expected = if bytes.get(at) == Some(&b'"') { reader.keys.expected(key, &bytes[at + 1..]) } else { None };
        let end = if let Some((known, len)) = expected {
            key = known;
            at + 1 + len
        } else {
            let end = key_end(bytes, at)?;
            key = reader.key(key, &bytes[at + 1..end - 1]);
            end
        };
        let name = at + 1..end - 1;
        at = skip_space(bytes, end);
        if bytes.get(at) != Some(&b':') {
            return None;
        }
        let begin = skip_space(bytes, at + 1);
        at = value(reader, json, begin, key, start, depth)?;
        if keeps {
            reader.met.push(Met { name, value: begin..at });
        }
        at = skip_space(bytes, at);
        match bytes.get(at) {
            Some(b',') => at = skip_space(bytes, at + 1),
            Some(b'}') => return Some(at + 1),
            _ => return None,
        }
    }
}

fn value(reader: &mut RecordReader, json: &str, at: usize, key: u32, start: u32, depth: usize) -> Option<usize> {
    let bytes = json.as_bytes();
    let skipped = reader.is_skipped(key);
    let target = if skipped { Target::Skip } else { reader.target(key) };
    let raw = match (*bytes.get(at)?, target) {
        (b'"', Target::Skip) => &json[at..string_end(bytes, at)?],
        (b'"', _) => {
            let (end, text) = string(bytes, at)?;
            if text == Text::Plain && target != Target::Properties {
                reader.plain_member(key, &json[at..end]);
                return Some(end);
            }
            &json[at..end]
        }
        (b'{' | b'[', _) if depth == MAX_DEPTH => return None,
        (b'{', Target::Properties) if start == ROW_START => return members(reader, json, at, INNER_START, depth + 1),
        (b'{', Target::Wrapper) => return members(reader, json, at, ROW_START, depth + 1),
        _ => &json[at..value_end(bytes, at, MAX_DEPTH - depth)?],
    };
    match target {
        _ if skipped => {}
        Target::Properties if start != ROW_START || !raw.starts_with('"') => {}
        // Rare, and the strict way knows it.
        Target::Properties => return None,
        _ => reader.member(key, raw),
    }
    Some(at + raw.len())
}
