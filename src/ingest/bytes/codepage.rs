//! Text that is not UTF-8: a code page of Windows, or UTF-16 behind UTF-8.

use std::borrow::Cow;

/// Characters 0x80 to 0x9f of Windows-1252; a dot where it has none.
const UPPER: &str = "€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ";

/// A record's text, and whether it is of a code page; the place of its first bad byte when it is neither.
pub(crate) fn text(bytes: &[u8]) -> Result<(Cow<'_, str>, bool), usize> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((Cow::Borrowed(text), false)),
        Err(error) => windows(bytes).map(|text| (Cow::Owned(text), true)).ok_or(error.valid_up_to()),
    }
}

/// Reads bytes as Windows-1252. `None` where they are no text of a code page: they hold NULs, bytes it does not have,
/// or characters that are UTF-8 already.
pub(crate) fn windows(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len() + 16);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            // No text has the first; the other marks a stream that is broken, and is hardly a letter of a name.
            0 | 0xff => return None,
            1..0x80 => text.push(char::from(byte)),
            _ if is_utf8_at(&bytes[at - 1..]) => return None,
            0x80..0xa0 => text.push(UPPER.chars().nth(usize::from(byte - 0x80)).filter(|c| *c != '.')?),
            0xa0.. => text.push(char::from(byte)),
        }
    }
    Some(text)
}

/// Returns whether a character of several bytes is at the front.
fn is_utf8_at(bytes: &[u8]) -> bool {
    (2..=4).any(|length| {
        bytes.get(..length).is_some_and(|bytes| std::str::from_utf8(bytes).is_ok_and(|text| text.chars().count() == 1))
    })
}

/// Returns whether a line looks like UTF-16: every second of its first bytes is NUL, or it begins with a byte-order
/// mark.
pub(crate) fn is_wide(line: &[u8]) -> bool {
    match *line {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [0, a, 0, ..] | [a, 0, _, 0, ..] => a != 0,
        _ => false,
    }
}

/// Reads a line of UTF-16, cut out between two bytes of line feeds: either end may have half of such a character.
/// `None` where it is none. Cut out, both orders of bytes look alike: the one that Windows writes is taken.
pub(crate) fn wide(line: &[u8]) -> Option<String> {
    let unmarked = line.strip_prefix(b"\xff\xfe").or_else(|| line.strip_prefix(b"\xfe\xff")).unwrap_or(line);
    let little = unmarked.strip_prefix(b"\0").unwrap_or(unmarked);
    [(little, false), (unmarked, true)].into_iter().find_map(|(bytes, big)| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units = pairs.iter().map(|pair| if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) });
        let text: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
        let text = text.trim();
        (matches!(rest, [] | [0]) && text.starts_with(['{', '['])).then(|| text.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_page_is_told_from_damage() {
        assert_eq!(windows(b"Zo\xeb M\xfcller \x80").unwrap(), "Zoë Müller €");
        for damaged in [&b"Zo\xc3\xab M\xfcller"[..], b"a\xff", b"a\0\xeb", b"\x81"] {
            assert_eq!(windows(damaged), None);
        }
        assert_eq!(UPPER.chars().count(), 32);
    }

    #[test]
    fn lines_of_utf16_behind_utf8() {
        let units = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let (text, western) = ("{\"a\":\"Zoë ő\"}", "{\"a\":\"Zoë\"}");
        let (little, big) = (units(text, u16::to_le_bytes), units(western, u16::to_be_bytes));
        for (line, text) in [
            (little.clone(), text),
            ([b"\xff\xfe", &*little].concat(), text),
            ([b"\0", &*little, b"\r\0"].concat(), text),
            ([&*big, b"\0"].concat(), western),
        ] {
            assert!(is_wide(&line));
            assert_eq!(wide(&line).as_deref(), Some(text), "{line:?}");
        }
        assert!(!is_wide(text.as_bytes()) && !is_wide(b"{") && wide(b"{}\0").is_none());
    }
}
