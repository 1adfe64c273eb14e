//! The fast way through a record's members. It is no generic parser that writes into a [`Sink`]: then the compiler no
//! longer inlines the scanner, and a load takes 6 % more instructions.

use super::RecordReader;
use super::kept::Kept;
use crate::ingest::record::json_scan::MAX_DEPTH;
use crate::ingest::record::keys::{INNER_START, ROW_START};
use crate::ingest::record::sink::Sink;
use crate::tables::Target;
use crate::tables::json_text::{Text, key_end, skip_space, string, value_end};

/// Reads a record's members into the reader, and into `kept` where they are wanted whole. Returns whether it was read:
/// if not, the reader holds a part of it and the strict parser must decide.
pub(super) fn object<'r>(reader: &mut RecordReader, json: &'r str, kept: Option<&mut Kept<'r>>) -> bool {
    let end = members(reader, json, skip_space(json.as_bytes(), 0), ROW_START, 1, kept);
    end.is_some_and(|end| skip_space(json.as_bytes(), end) == json.len())
}

/// Reads the object that begins at `at`, in so many brackets with its own; the position after it.
fn members<'r>(
    reader: &mut RecordReader,
    json: &'r str,
    at: usize,
    start: u32,
    depth: usize,
    mut kept: Option<&mut Kept<'r>>,
) -> Option<usize> {
    let bytes = json.as_bytes();
    if bytes.get(at) != Some(&b'{') {
        return None;
    }
    let open = kept.as_mut().map_or(0, |kept| kept.open());
    let mut at = skip_space(bytes, at + 1);
    let mut key = start;
    let mut ends = bytes.get(at) == Some(&b'}');
    while !ends {
        let expected =
            if bytes.get(at) == Some(&b'"') { reader.keys.expected(start, key, &bytes[at + 1..]) } else { None };
        let end = if let Some((known, len)) = expected {
            key = known;
            at + 1 + len
        } else {
            let end = key_end(bytes, at)?;
            key = reader.key(start, key, &bytes[at + 1..end - 1]);
            end
        };
        let name = at + 1..end - 1;
        at = skip_space(bytes, end);
        if bytes.get(at) != Some(&b':') {
            return None;
        }
        let begin = skip_space(bytes, at + 1);
        at = value(reader, json, begin, key, start, depth, kept.as_deref_mut())?;
        if let Some(kept) = &mut kept {
            kept.member(&json[name], &json[begin..at], depth == 1);
        }
        at = skip_space(bytes, at);
        match bytes.get(at) {
            Some(b',') => at = skip_space(bytes, at + 1),
            Some(b'}') => ends = true,
            _ => return None,
        }
    }
    if let Some(kept) = kept {
        kept.close(open);
    }
    Some(at + 1)
}

fn value<'r>(
    reader: &mut RecordReader,
    json: &'r str,
    at: usize,
    key: u32,
    start: u32,
    depth: usize,
    kept: Option<&mut Kept<'r>>,
) -> Option<usize> {
    let bytes = json.as_bytes();
    let skipped = reader.is_skipped(key);
    let target = if skipped { Target::Skip } else { reader.target(key) };
    let raw = match (*bytes.get(at)?, target) {
        (b'"', _) => {
            let (end, text) = string(bytes, at)?;
            if let Some(kept) = kept {
                kept.text(&json[at + 1..end - 1], text);
            }
            if skipped {
                return Some(end);
            }
            if text == Text::Plain && target != Target::Properties {
                reader.plain_member(key, &json[at..end]);
                return Some(end);
            }
            &json[at..end]
        }
        (b'{' | b'[', _) if depth == MAX_DEPTH => return None,
        (b'{', Target::Properties) if start == ROW_START => {
            return members(reader, json, at, INNER_START, depth + 1, kept);
        }
        (b'{', Target::Wrapper) => return members(reader, json, at, ROW_START, depth + 1, kept),
        _ => {
            let end = match kept {
                Some(kept) => kept.value(at, MAX_DEPTH - depth),
                None => None,
            };
            // What cannot be kept may be a value all the same.
            let end = end.or_else(|| value_end(bytes, at, MAX_DEPTH - depth))?;
            &json[at..end]
        }
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
