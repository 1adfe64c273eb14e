//! Fast scanner for JSON text, most of all for its strings, which are most of a wide row: 64 bytes at a time.
//!
//! It accepts nothing that `serde_json` would not. Where a reason for what is wrong is asked for, that gives it.

use wide::u8x16;

/// The position of the first byte from `at` on that is no white space.
#[inline]
pub fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\t' | b'\r')) {
        at += 1;
    }
    at
}

/// The position after the string whose opening quote is at `at`; `None` when it is not plainly a string.
pub fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    match plain_end(bytes, at) {
        Plain::End(end) => Some(end),
        Plain::Until(at) => escaped_string_end(bytes, at),
        Plain::None => None,
    }
}

/// The way a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// As it is.
    Plain,
    /// With escapes; only those of half a surrogate pair may be wrong.
    Escaped,
}

/// As [`string_end`], and the way in which it is written, as far as that is cheap to know.
#[inline]
pub fn string(bytes: &[u8], at: usize) -> Option<(usize, Text)> {
    // Most are short, above all those of objects in a record.
    if let Some([b'"', lane @ ..]) = bytes.get(at..).and_then(<[u8]>::first_chunk::<17>) {
        let marks = StringMarks::any_in_lane(*lane);
        if marks == 0 {
            return rest_of_string(bytes, at + 17);
        }
        let end = at + 1 + marks.trailing_zeros() as usize;
        return if bytes[end] == b'"' { Some((end + 1, Text::Plain)) } else { rest_of_string(bytes, end) };
    }
    if bytes.get(at) == Some(&b'"') { rest_of_string(bytes, at + 1) } else { None }
}

/// As [`string`], from a place in it.
#[inline(never)]
fn rest_of_string(bytes: &[u8], at: usize) -> Option<(usize, Text)> {
    match rest_of_plain(bytes, at) {
        Plain::End(end) => Some((end, Text::Plain)),
        Plain::Until(from) => Some((escaped_string_end(bytes, from)?, Text::Escaped)),
        Plain::None => None,
    }
}

/// The position of the first quote or backslash from a place in a string on; `None` where neither follows, or no string
/// goes on so far.
#[inline]
pub(super) fn quote_or_backslash(bytes: &[u8], at: usize) -> Option<usize> {
    let Some(lane) = bytes.get(at..).and_then(<[u8]>::first_chunk) else { return rest_of_stop(bytes, at) };
    let marks = StringMarks::any_in_lane(*lane);
    if marks == 0 {
        return rest_of_stop(bytes, at + 16);
    }
    let at = at + marks.trailing_zeros() as usize;
    matches!(bytes[at], b'"' | b'\\').then_some(at)
}

#[inline(never)]
fn rest_of_stop(bytes: &[u8], at: usize) -> Option<usize> {
    match rest_of_plain(bytes, at) {
        Plain::End(end) => Some(end - 1),
        Plain::Until(at) => Some(at),
        Plain::None => None,
    }
}

/// The position after the number that begins at `at`; `None` when there is none.
pub(super) fn number_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let digits = |at: usize| at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    at += usize::from(bytes.get(at) == Some(&b'-'));
    let whole = digits(at);
    // No digit stands behind a zero that leads.
    if whole == at || bytes[at] == b'0' && whole > at + 1 {
        return None;
    }
    at = whole;
    if bytes.get(at) == Some(&b'.') {
        let end = digits(at + 1);
        if end == at + 1 {
            return None;
        }
        at = end;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let end = digits(at);
        if end == at {
            return None;
        }
        at = end;
    }
    Some(at)
}

/// The position after the value that begins at `at` and nests at most `depth` levels; `None` when it is not plainly one.
pub fn value_end(bytes: &[u8], at: usize, depth: usize) -> Option<usize> {
    let word = |word: &[u8]| bytes[at..].starts_with(word).then_some(at + word.len());
    match *bytes.get(at)? {
        b'"' => string_end(bytes, at),
        b't' => word(b"true"),
        b'f' => word(b"false"),
        b'n' => word(b"null"),
        open @ (b'{' | b'[') => {
            let (depth, close) = (depth.checked_sub(1)?, if open == b'{' { b'}' } else { b']' });
            let mut at = skip_space(bytes, at + 1);
            if bytes.get(at) == Some(&close) {
                return Some(at + 1);
            }
            loop {
                if open == b'{' {
                    at = skip_space(bytes, string_end(bytes, at)?);
                    if bytes.get(at) != Some(&b':') {
                        return None;
                    }
                    at = skip_space(bytes, at + 1);
                }
                at = skip_space(bytes, value_end(bytes, at, depth)?);
                match *bytes.get(at)? {
                    b',' => at = skip_space(bytes, at + 1),
                    byte if byte == close => return Some(at + 1),
                    _ => return None,
                }
            }
        }
        _ => number_end(bytes, at),
    }
}

/// As [`string_end`], and `None` for one with an escape in it.
pub fn key_end(bytes: &[u8], at: usize) -> Option<usize> {
    match plain_end(bytes, at) {
        Plain::End(end) => Some(end),
        Plain::Until(_) | Plain::None => None,
    }
}

/// Extent of a string's plain part.
enum Plain {
    /// To its end, and this is the position after it.
    End(usize),
    /// To this position, which a backslash is at.
    Until(usize),
    /// It is no string.
    None,
}

/// Most strings are short and hold nothing to escape.
#[inline]
fn plain_end(bytes: &[u8], at: usize) -> Plain {
    if bytes.get(at) == Some(&b'"') { rest_of_plain(bytes, at + 1) } else { Plain::None }
}

/// As [`plain_end`], from a place in the string.
#[inline]
fn rest_of_plain(bytes: &[u8], mut at: usize) -> Plain {
    while let Some(lane) = bytes.get(at..at + 16) {
        let marks = StringMarks::any_in_lane(lane.try_into().expect("16 bytes were asked for"));
        if marks == 0 {
            at += 16;
            continue;
        }
        at += marks.trailing_zeros() as usize;
        return match bytes[at] {
            b'"' => Plain::End(at + 1),
            b'\\' => Plain::Until(at),
            _ => Plain::None,
        };
    }
    // Short texts are all end.
    for (place, byte) in (at..).zip(&bytes[at..]) {
        match byte {
            b'"' => return Plain::End(place + 1),
            b'\\' => return Plain::Until(place),
            0..0x20 => return Plain::None,
            _ => {}
        }
    }
    Plain::None
}

/// As [`string_end`] from a place inside the string without a backslash before it.
fn escaped_string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut carried = 0;
    loop {
        let rest = bytes.get(at..)?;
        if rest.is_empty() {
            return None;
        }
        let marks = if let Some(block) = rest.first_chunk::<64>() {
            StringMarks::of_block(block)
        } else {
            let mut block = [b' '; 64];
            block[..rest.len()].copy_from_slice(rest);
            StringMarks::of_block(&block)
        };
        let escaped = escaped(marks.backslashes, &mut carried);
        let ends = marks.quotes & !escaped;
        let inside = if ends == 0 { u64::MAX } else { below(ends.trailing_zeros()) };
        if marks.controls & inside != 0 {
            return None;
        }
        let mut unusual = escaped & !(marks.quotes | marks.backslashes) & inside;
        while unusual != 0 {
            if !is_escape(&rest[(unusual.trailing_zeros() as usize).min(rest.len())..]) {
                return None;
            }
            unusual &= unusual - 1;
        }
        if ends != 0 {
            return Some(at + ends.trailing_zeros() as usize + 1);
        }
        at += 64;
    }
}

/// Returns whether what follows a backslash makes an escape.
fn is_escape(text: &[u8]) -> bool {
    match text {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => true,
        [b'u', a, b, c, d, ..] => [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit),
        _ => false,
    }
}

/// The bits below a position.
fn below(position: u32) -> u64 {
    1u64.checked_shl(position).map_or(u64::MAX, |bit| bit - 1)
}

/// One bit for each byte of a stretch.
struct StringMarks {
    quotes: u64,
    backslashes: u64,
    controls: u64,
}

impl StringMarks {
    #[inline]
    fn of_lane(lane: [u8; 16]) -> Self {
        let lane = u8x16::new(lane);
        let bits = |found: u8x16| u64::from(found.to_bitmask() & 0xffff);
        Self {
            quotes: bits(lane.simd_eq(u8x16::splat(b'"'))),
            backslashes: bits(lane.simd_eq(u8x16::splat(b'\\'))),
            controls: bits(lane.min(u8x16::splat(0x1f)).simd_eq(lane)),
        }
    }

    /// The bytes that are any of them.
    #[inline]
    fn any_in_lane(lane: [u8; 16]) -> u32 {
        let lane = u8x16::new(lane);
        let marks = lane.simd_eq(u8x16::splat(b'"')) | lane.simd_eq(u8x16::splat(b'\\'));
        (marks | lane.min(u8x16::splat(0x1f)).simd_eq(lane)).to_bitmask() & 0xffff
    }

    #[inline]
    fn of_block(block: &[u8; 64]) -> Self {
        let mut marks = Self { quotes: 0, backslashes: 0, controls: 0 };
        for (index, lane) in block.as_chunks::<16>().0.iter().enumerate() {
            let lane = Self::of_lane(*lane);
            marks.quotes |= lane.quotes << (16 * index);
            marks.backslashes |= lane.backslashes << (16 * index);
            marks.controls |= lane.controls << (16 * index);
        }
        marks
    }
}

/// One bit for each escaped byte, from the bits of backslashes; `carried` is 1 when the byte after the stretch is
/// escaped.
///
/// A run of backslashes escapes what follows it when its length is odd. Adding the runs' first bits lets each run
/// carry to its end, so that no loop is needed (Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019).
#[inline]
pub fn escaped(backslashes: u64, carried: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let backslashes = backslashes & !*carried;
    let follows = (backslashes << 1) | *carried;
    let odd_starts = backslashes & !EVEN & !follows;
    let (sequences, overflow) = odd_starts.overflowing_add(backslashes);
    *carried = u64::from(overflow);
    (EVEN ^ (sequences << 1)) & follows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// It never takes for a string what the strict parser does not, and finds the same end.
        #[test]
        fn ends_where_the_strict_parser_ends(text in "([a-z \"\\\\/un0-9\u{1}\u{e9}]|\\\\\"|\\\\\\\\|\\\\u00e9){0,200}") {
            let text = format!("\"{text}\"");
            let mut parser = serde_json::Deserializer::from_str(&text).into_iter::<serde::de::IgnoredAny>();
            let strict = matches!(parser.next(), Some(Ok(_))).then(|| parser.byte_offset());
            prop_assert_eq!(string_end(text.as_bytes(), 0), strict);
            let plain = strict.filter(|end| !text[..*end].contains('\\'));
            prop_assert_eq!(key_end(text.as_bytes(), 0), plain);
        }
    }

    proptest! {
        /// It takes for a value what the strict parser does, and finds the same end.
        #[test]
        fn values_end_where_the_strict_parser_ends(
            text in r#"(\[|\{|\}|\]|,|:|"(a|\\u00e9|\\"|\\x){0,2}"|-?[0-9]{1,3}(\.5?|e9|E\+1)?|01|true|nul|null| ){0,12}"#,
        ) {
            for text in [text.clone(), format!("[{text}]"), format!("{{\"a\":{text},\"b\" : [] }}")] {
                let start = skip_space(text.as_bytes(), 0);
                let mut parser = serde_json::Deserializer::from_str(&text[start..]);
                let strict = <&serde_json::value::RawValue as serde::Deserialize>::deserialize(&mut parser).ok();
                let strict = strict.map(|raw| start + raw.get().len());
                prop_assert_eq!(value_end(text.as_bytes(), start, 127), strict, "{}", text);
            }
        }
    }

    #[test]
    fn runs_of_backslashes_across_blocks() {
        for before in 0..140 {
            for run in 1..6 {
                let text = format!("\"{}{}\" tail", "x".repeat(before), "\\".repeat(run));
                let strict = text.len() - 5;
                let expected = (run % 2 == 0).then_some(strict);
                assert_eq!(string_end(text.as_bytes(), 0), expected, "{before} {run}");
            }
        }
    }
}
