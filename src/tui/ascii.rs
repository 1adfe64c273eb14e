//! ASCII replacements for our symbols, where a font or a terminal has none: one table, applied to the finished frame.
//!
//! It goes by character, so a sign of ours inside log text shows its stand-in too: a `…` that was logged reads `~`. All
//! other log text is shown as it is. Files and copies never pass here.

use super::glyphs::Glyph;
use ratatui::buffer::Buffer;
use strum::VariantArray;

/// A character of our texts and its replacement, each of one column. Signs have theirs in [`super::glyphs`].
const TEXTS: [(char, &str); 22] = [
    // What stands for a control character of a log.
    ('\u{fffd}', "?"),
    ('…', "~"),
    ('→', ">"),
    ('›', ">"),
    ('‹', "<"),
    ('×', "x"),
    ('±', "~"),
    ('·', "."),
    ('–', "-"),
    ('—', "-"),
    ('∙', "-"),
    ('▏', "|"),
    ('▐', "|"),
    ('▎', "|"),
    // Heights of bars, as digits.
    ('▁', "1"),
    ('▂', "2"),
    ('▃', "3"),
    ('▄', "4"),
    ('▅', "5"),
    ('▆', "6"),
    ('▇', "7"),
    ('█', "8"),
];

/// Replaces every sign and every line of a frame.
pub(super) fn in_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let mut chars = cell.symbol().chars();
        if let (Some(sign), None) = (chars.next(), chars.next())
            && let Some(stand_in) = stand_in(sign)
        {
            cell.set_symbol(stand_in);
        }
    }
}

pub(super) fn stand_in(sign: char) -> Option<&'static str> {
    match sign {
        ..='\u{7f}' => None,
        _ if sign_of(sign).is_some() => sign_of(sign),
        '─' | '╌' | '┄' | '┈' => Some("-"),
        '│' | '┃' | '║' | '╎' | '┆' | '┊' => Some("|"),
        // The frame with the keyboard and what lies over the panes are told by it.
        '━' | '═' | '╍' | '┅' | '┉' => Some("="),
        '╰' => Some("`"),
        '\u{2500}'..='\u{257f}' => Some("+"),
        _ => TEXTS.iter().find(|(ours, _)| *ours == sign).map(|(_, stand_in)| *stand_in),
    }
}

fn sign_of(sign: char) -> Option<&'static str> {
    let ours = Glyph::VARIANTS.iter().find(|ours| ours.text().starts_with(sign));
    ours.map(|ours| ours.ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::text::width;

    #[test]
    fn every_stand_in_is_one_column_of_ascii() {
        for (at, (sign, stand_in)) in TEXTS.iter().enumerate() {
            assert!(stand_in.is_ascii() && stand_in.len() == 1 && width(&sign.to_string()) == 1, "{sign}");
            assert!(TEXTS[..at].iter().all(|(other, _)| other != sign), "{sign} stands twice");
        }
    }

    #[test]
    fn bars_of_every_height_are_told_apart() {
        let mut bars: Vec<_> = "▁▂▃▄▅▆▇█".chars().filter_map(stand_in).collect();
        bars.sort_unstable();
        bars.dedup();
        assert_eq!(bars.len(), 8);
    }

    #[test]
    fn log_text_stays() {
        let text = "Zürich 東京 α";
        let mut buffer = Buffer::with_lines([text]);
        in_ascii(&mut buffer);
        assert_eq!(buffer, Buffer::with_lines([text]));
    }
}
