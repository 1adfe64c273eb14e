//! The ways in which quotes of JSON are written: as they are, or of two bytes where all of it stands in another text.

use super::Arena;
use super::escapes::{unescape, unescape_twice};
use crate::tables::json_text::{self, Text};

/// A way of writing. Whatever it takes for a string is one.
pub(super) trait Quotes {
    /// The position of the first byte from `at` on that is no white space.
    #[inline]
    fn skip_space(bytes: &[u8], at: usize) -> usize {
        json_text::skip_space(bytes, at)
    }

    /// Returns whether a quote is at `at`.
    fn is_quote(bytes: &[u8], at: usize) -> bool;

    /// The position after the string whose quote is at `at`, and its content.
    fn string<'r>(text: &'r str, at: usize, arena: &'r Arena) -> Option<(usize, &'r str)>;

    /// The position after a value of which a part has no content, and which nests at most `depth` levels. In another text
    /// none is found: that is read again without the text around it.
    fn value_end(_bytes: &[u8], _at: usize, _depth: usize) -> Option<usize> {
        None
    }
}

/// As they are.
pub(super) struct Bare;

impl Quotes for Bare {
    #[inline]
    fn is_quote(bytes: &[u8], at: usize) -> bool {
        bytes.get(at) == Some(&b'"')
    }

    #[inline]
    fn string<'r>(text: &'r str, at: usize, arena: &'r Arena) -> Option<(usize, &'r str)> {
        let (end, written) = json_text::string(text.as_bytes(), at)?;
        let inner = &text[at + 1..end - 1];
        let content = match written {
            Text::Plain => inner,
            Text::Escaped => unescape(inner, arena)?,
        };
        Some((end, content))
    }

    fn value_end(bytes: &[u8], at: usize, depth: usize) -> Option<usize> {
        json_text::value_end(bytes, at, depth)
    }
}

/// In a string, each after a backslash.
pub(super) struct InString;

/// In a cell, each twice.
pub(super) struct InCell;

const IN_STRING: &str = "\\\"";
const IN_CELL: &str = "\"\"";

/// Bytes of both.
const QUOTE: usize = 2;

/// As [`Quotes::string`], of a string in another text: as it stands, or as `odd` reads one with a quote or a backslash in it,
/// the first of which is at a place. A quote that ends a string has no other behind it.
#[inline]
fn within<'r, Q: Quotes>(
    text: &'r str,
    at: usize,
    odd: impl FnOnce(usize) -> Option<(usize, &'r str)>,
) -> Option<(usize, &'r str)> {
    let bytes = text.as_bytes();
    if !Q::is_quote(bytes, at) {
        return None;
    }
    let inner = at + QUOTE;
    let stop = json_text::quote_or_backslash(bytes, inner)?;
    if Q::is_quote(bytes, stop) && bytes.get(stop + QUOTE) != Some(&b'"') {
        return Some((stop + QUOTE, &text[inner..stop]));
    }
    odd(stop)
}

impl Quotes for InString {
    #[inline]
    fn skip_space(bytes: &[u8], mut at: usize) -> usize {
        loop {
            match bytes.get(at) {
                Some(b' ') => at += 1,
                Some(b'\\') if matches!(bytes.get(at + 1), Some(b'n' | b'r' | b't')) => at += 2,
                _ => return at,
            }
        }
    }

    #[inline]
    fn is_quote(bytes: &[u8], at: usize) -> bool {
        bytes.get(at..at + QUOTE) == Some(IN_STRING.as_bytes())
    }

    #[inline]
    fn string<'r>(text: &'r str, at: usize, arena: &'r Arena) -> Option<(usize, &'r str)> {
        within::<Self>(text, at, |backslash| escaped_twice(text, at, backslash, arena))
    }
}

/// As [`Quotes::string`] of [`InString`], of a string that holds a backslash itself.
#[inline(never)]
fn escaped_twice<'r>(text: &'r str, at: usize, backslash: usize, arena: &'r Arena) -> Option<(usize, &'r str)> {
    if let Some(found) = unescape_twice(text, at + QUOTE, backslash, arena) {
        return Some(found);
    }
    let end = end_in_string(text.as_bytes(), backslash)?;
    let string = unescape(&text[at..end], arena)?;
    // An escape by number may be a quote: then it ends elsewhere.
    let (_, content) = Bare::string(string, 0, arena).filter(|(end, _)| *end == string.len())?;
    Some((end, content))
}

/// The position after a string within a string that goes on at a backslash, where no quote or backslash is written by its
/// number.
fn end_in_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at + 1)? {
            b'"' => return Some(at + QUOTE),
            // A backslash of the string itself, and what it escapes, which may be escaped in turn.
            b'\\' => at += if bytes.get(at + 2) == Some(&b'\\') { 4 } else { 3 },
            _ => at += 2,
        }
        at += memchr::memchr(b'\\', bytes.get(at..)?)?;
    }
}

impl Quotes for InCell {
    #[inline]
    fn is_quote(bytes: &[u8], at: usize) -> bool {
        bytes.get(at..at + QUOTE) == Some(IN_CELL.as_bytes())
    }

    #[inline]
    fn string<'r>(text: &'r str, at: usize, arena: &'r Arena) -> Option<(usize, &'r str)> {
        within::<Self>(text, at, |_| escaped_in_cell(text, at, arena))
    }
}

/// As [`Quotes::string`] of [`InCell`], of a string that holds a backslash.
#[inline(never)]
fn escaped_in_cell<'r>(text: &'r str, at: usize, arena: &'r Arena) -> Option<(usize, &'r str)> {
    // From the second of the two quotes to the first of those at its end: no third one follows.
    if let Some((end, content)) = Bare::string(text, at + 1, arena)
        && InCell::is_quote(text.as_bytes(), end - 1)
        && text.as_bytes().get(end + 1) != Some(&b'"')
    {
        return Some((end + 1, content));
    }
    with_quotes(text, at, arena)
}

/// As [`Quotes::string`] of [`InCell`], of a string that holds quotes.
fn with_quotes<'r>(text: &'r str, at: usize, arena: &'r Arena) -> Option<(usize, &'r str)> {
    let end = end_in_cell(text.as_bytes(), at + QUOTE)?;
    let string = undoubled(&text[at..end], arena);
    let (_, content) = Bare::string(string, 0, arena).filter(|(end, _)| *end == string.len())?;
    Some((end, content))
}

/// A text with each doubled quote as one.
pub(super) fn undoubled<'r>(written: &str, arena: &'r Arena) -> &'r str {
    arena.alloc_str(&written.replace(IN_CELL, "\""))
}

/// The position after a string within a cell that goes on at a place.
fn end_in_cell(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return InCell::is_quote(bytes, at).then_some(at + QUOTE),
            _ => at += if InCell::is_quote(bytes, at + 1) { 1 + QUOTE } else { 2 },
        }
    }
}
