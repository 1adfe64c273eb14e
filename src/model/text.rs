//! Text from outside is hostile: it is made inert before it meets a terminal.

use std::borrow::Cow;
use std::path::Path;

/// The text without characters that a terminal obeys, that mislead the eye or that nobody sees: replaces C0, C1 and
/// DEL, bidi controls, zero-width and other format characters, line and paragraph separators, blanks that are no space,
/// and characters that every font draws differently.
pub fn inert(text: &str) -> Cow<'_, str> {
    if is_inert(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_active(c) { SHOWN } else { c }).collect())
}

/// Returns whether [`inert`] leaves the text as it is.
pub fn is_inert(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(is_active)
}

/// Returns whether nothing of the text is visible: blanks, control and format characters, fillers.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_unseen(c))
}

/// A path that is safe to print. Two paths that differ can read alike: only for people.
pub fn shown(path: &Path) -> String {
    inert(&path.to_string_lossy()).into_owned()
}

/// Replacement for each character that is not shown as it is.
pub const SHOWN: char = '\u{fffd}';

fn is_active(c: char) -> bool {
    c.is_control() || is_unseen(c) || is_private(c)
}

/// Characters that Unicode calls ignorable by default, and others drawn as nothing, as a blank or as a line break.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        // Variation selectors: they change how wide the character before them is drawn.
        | '\u{fe00}'..='\u{fe0f}'
        // Hangul fillers, the empty Braille pattern.
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}'
        // Egyptian joiners.
        | '\u{13430}'..='\u{1345f}')
}

/// Private use, and code points that are no character.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_and_bidi_marks_lose_their_power() {
        assert_eq!(inert("a\u{1b}[31mred\u{202e}x\n\t"), "a\u{fffd}[31mred\u{fffd}x\u{fffd}\u{fffd}");
        assert_eq!(inert("Zoë Müller 東京 e\u{301} ☆ → 한국 👍"), "Zoë Müller 東京 e\u{301} ☆ → 한국 👍");
    }

    #[test]
    fn what_is_not_seen_is_shown() {
        for c in "\u{0}\u{7}\u{1b}\u{7f}\u{80}\u{85}\u{9b}\u{9d}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{180b}\
                  \u{180e}\u{200b}\u{200d}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{2800}\
                  \u{3164}\u{e000}\u{fdd0}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{ffff}\u{1bca0}\u{1d173}\u{e0001}\
                  \u{e0041}\u{e0100}\u{f0000}\u{10ffff}"
            .chars()
        {
            assert_eq!(inert(&format!("a{c}b")), "a\u{fffd}b", "{c:?}");
        }
    }

    #[test]
    fn a_text_that_shows_nothing_is_blank() {
        for text in ["", " \t\u{a0}\u{3000}", "\u{202e}", "\u{200b}\u{feff} \u{3164}", "\u{2800}\u{e0041}\u{7}"] {
            assert!(is_blank(text), "{text:?}");
        }
        assert!(!is_blank("\u{202e}ana") && !is_blank("0") && !is_blank("東"));
    }

    #[cfg(unix)]
    #[test]
    fn a_path_is_shown_whatever_its_bytes() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"a\x1b]0;x\x07\xff\xed\xa0\x80\n.json"));
        assert!(is_inert(&shown(path)), "{}", shown(path));
        assert!(shown(path).starts_with("a\u{fffd}]0;x\u{fffd}"));
    }
}
