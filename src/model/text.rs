//! Log text is hostile: it is made inert before it meets a terminal.

use std::borrow::Cow;

/// The text with everything a terminal or a reader's eye could obey replaced: C0, C1 and DEL, bidi controls,
/// zero-width and other format characters, line and paragraph separators.
pub fn inert(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(is_active) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_active(c) { '\u{fffd}' } else { c }).collect())
}

fn is_active(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn escape_and_bidi_marks_lose_their_power() {
        assert_eq!(inert("a\u{1b}[31mred\u{202e}x\n\t"), "a\u{fffd}[31mred\u{fffd}x\u{fffd}\u{fffd}");
        assert_eq!(inert("Zoë Müller 東京"), "Zoë Müller 東京");
    }
}
