//! Fast scanner for the strings of a JSON record, most of a wide row: 64 bytes at a time.
//!
//! It accepts nothing that `serde_json` would not: whatever is not plainly right goes to [`super::strict_json`], which
//! also gives the reason for what is wrong.

use wide::u8x16;

/// The position of the first byte from `at` on that is no white space.
#[inline]
pub(crate) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\t' | b'\r')) {
        at += 1;
    }
    at
}

/// The position after the string whose opening quote is at `at`; `None` when it is not plainly a string.
pub(crate) fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    match plain_end(bytes, at) {
        Plain::End(end) => Some(end),
        Plain::Until(at) => escaped_string_end(bytes, at),
        Plain::None => None,
    }
}

/// As [`string_end`], and `None` for one with an escape in it.
pub(crate) fn key_end(bytes: &[u8], at: usize) -> Option<usize> {
    match plain_end(bytes, at) {
        Plain::End(end) => Some(end),
        Plain::Until(from) => {
            escaped_string_end(bytes, from).filter(|end| memchr::memchr(b'\\', &bytes[from..*end]).is_none())
        }
        Plain::None => None,
    }
}

/// Extent of a string's plain part.
enum Plain {
    /// To its end, and this is the position after it.
    End(usize),
    /// To this position, at least.
    Until(usize),
    /// It is no string.
    None,
}

/// Most strings are short and hold nothing to escape.
#[inline]
fn plain_end(bytes: &[u8], at: usize) -> Plain {
    if bytes.get(at) != Some(&b'"') {
        return Plain::None;
    }
    let mut at = at + 1;
    while let Some(lane) = bytes.get(at..at + 16) {
        let marks = StringMarks::of_lane(lane.try_into().expect("16 bytes were asked for"));
        if marks.backslashes != 0 {
            break;
        }
        if marks.quotes != 0 {
            let end = marks.quotes.trailing_zeros();
            let clean = marks.controls & below(end) == 0;
            return if clean { Plain::End(at + end as usize + 1) } else { Plain::None };
        }
        if marks.controls != 0 {
            return Plain::None;
        }
        at += 16;
    }
    Plain::Until(at)
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
fn escaped(backslashes: u64, carried: &mut u64) -> u64 {
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
