//! Escapes in JSON strings.

use super::Arena;
use crate::tables::json_text;
use bumpalo::collections::Vec as List;
use wide::u8x16;

/// The content of a JSON string from what stands between its quotes; `None` for half a surrogate pair.
pub fn unescaped<'r>(inner: &'r str, arena: &'r Arena) -> Option<&'r str> {
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() { Some(inner) } else { unescape(inner, arena) }
}

/// The content of a JSON string as written, its quotes included; `None` for half a surrogate pair.
pub fn content<'r>(json: &'r str, arena: &'r Arena) -> Option<&'r str> {
    unescaped(&json[1..json.len() - 1], arena)
}

/// Bytes looked at together for a backslash. Texts in texts have one every few bytes, so that a call for each would
/// take longer than the search.
const LANE: usize = 16;

/// The bytes that escapes stand for, by the byte after the backslash; 0 for that of a number.
static SIMPLE: [u8; 256] = {
    let mut simple = [0; 256];
    let escapes = *b"\"\"\\\\//b\x08f\x0cn\nr\rt\t";
    let mut at = 0;
    while at < escapes.len() {
        simple[escapes[at] as usize] = escapes[at + 1];
        at += 2;
    }
    simple
};

/// The content of a string with escapes that is known to be one.
pub(super) fn unescape<'r>(inner: &str, arena: &'r Arena) -> Option<&'r str> {
    let bytes = inner.as_bytes();
    let text = arena.alloc_slice_fill_copy(bytes.len() + LANE, 0);
    let (mut from, mut to) = (0, 0);
    while from < bytes.len() {
        // A lane with the escape that begins in it, and room for both, need no look at where they end.
        if let (Some(lane), Some(room)) =
            (bytes[from..].first_chunk::<{ LANE + 1 }>(), text[to..].first_chunk_mut::<{ LANE + 1 }>())
        {
            let start = lane.first_chunk::<LANE>().expect("it is longer");
            room[..LANE].copy_from_slice(start);
            let backslashes = u8x16::new(*start).simd_eq(u8x16::splat(b'\\')).to_bitmask();
            let plain = (backslashes | 1 << LANE).trailing_zeros() as usize;
            let simple = if plain < LANE { SIMPLE[usize::from(lane[plain + 1])] } else { 0 };
            (from, to) = (from + plain, to + plain);
            if simple != 0 {
                room[plain] = simple;
                (from, to) = (from + 2, to + 1);
                continue;
            }
        } else {
            let rest = &bytes[from..];
            let plain = rest.iter().position(|byte| *byte == b'\\').unwrap_or(rest.len());
            text[to..to + plain].copy_from_slice(&rest[..plain]);
            (from, to) = (from + plain, to + plain);
        }
        if bytes.get(from) != Some(&b'\\') {
            continue;
        }
        match SIMPLE[usize::from(*bytes.get(from + 1)?)] {
            0 => {
                let (letter, length) = unicode(&inner[from..])?;
                from += length;
                to += letter.encode_utf8(&mut text[to..]).len();
            }
            simple => {
                text[to] = simple;
                (from, to) = (from + 2, to + 1);
            }
        }
    }
    std::str::from_utf8(&text[..to]).ok()
}

/// The position after a string within a string, and its content; `None` where it is no string, or has an escape that is
/// not one letter. It begins behind its quote at `from`; its first backslash is at `at`.
pub(super) fn unescape_twice<'r>(
    text: &'r str,
    mut from: usize,
    mut at: usize,
    arena: &'r Arena,
) -> Option<(usize, &'r str)> {
    let bytes = text.as_bytes();
    let mut content = List::with_capacity_in(2 * (at - from) + 4 * LANE, arena);
    loop {
        content.extend_from_slice_copy(&bytes[from..at]);
        let (letter, length) = match bytes.get(at + 1..)? {
            _ if bytes[at] != b'\\' => return None,
            [b'"', ..] => {
                let content = std::str::from_utf8(content.into_bump_slice()).ok()?;
                return Some((at + 2, content));
            }
            [b'\\', b'\\', letter @ (b'"' | b'\\'), ..] => (*letter, 4),
            [b'\\', letter, ..] if !matches!(letter, b'\\' | b'"') => (*letter, 3),
            _ => return None,
        };
        let simple = SIMPLE[usize::from(letter)];
        if simple == 0 {
            return None;
        }
        content.push(simple);
        from = at + length;
        at = json_text::quote_or_backslash(bytes, from)?;
    }
}

/// The letter of an escape such as `\u00e9`, which may take two of them, and the length of it.
fn unicode(escape: &str) -> Option<(char, usize)> {
    let high = u32::from_str_radix(escape.get(2..6)?, 16).ok()?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some((char::from_u32(high)?, 6));
    }
    let low = u32::from_str_radix(escape.get(6..12)?.strip_prefix("\\u")?, 16).ok()?;
    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?, 12))
}
