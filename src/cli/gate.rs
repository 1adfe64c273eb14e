//! The one way out: everything for stdout and stderr passes here, and nothing of it moves the terminal but a line's
//! end and our own few colours. Text is made inert where it is made; this gate catches the forgotten.

use crate::model::{SHOWN, inert, is_inert};
use std::io::{self, Write};

/// Says a line to the person at the terminal; nobody listening is no failure.
pub(super) fn say(line: std::fmt::Arguments) {
    // Inert on the whole line: a line break in it is no break of ours.
    let _ = writeln!(io::stderr(), "{}", inert(&line.to_string()));
}

/// Says each line of a text of ours, whose own line breaks are meant.
pub(super) fn say_lines(text: &str) {
    text.lines().for_each(|line| say(format_args!("{line}")));
}

/// Lets text through, and replaces what else a terminal would obey. Line feeds and tabs pass, and in colour the codes
/// of [`super::style::Paint`].
pub(super) struct Gate<W: Write> {
    out: W,
    color: bool,
    /// The beginning of a character or of a colour's code that came in two parts.
    held: Vec<u8>,
}

impl<W: Write> Gate<W> {
    pub(super) fn new(out: W, color: bool) -> Self {
        Self { out, color, held: Vec::new() }
    }

    /// The code of ours that the text begins with.
    fn code(&self, text: &str) -> Option<&'static str> {
        CODES.into_iter().find(|code| self.color && text.starts_with(code))
    }

    /// Returns whether more bytes could make a code of ours of it.
    fn begins_code(&self, text: &str) -> bool {
        self.color && CODES.iter().any(|code| code.len() > text.len() && code.starts_with(text))
    }

    /// Writes a text, and returns what of it has to wait for more.
    fn text<'t>(&mut self, text: &'t str) -> io::Result<&'t str> {
        let plain = |byte: u8| matches!(byte, b'\n' | b'\t' | 0x20..0x7f);
        if text.bytes().all(plain) {
            self.out.write_all(text.as_bytes())?;
            return Ok("");
        }
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if c == '\u{1b}' && self.begins_code(rest) {
                return Ok(rest);
            }
            let length = if let Some(code) = self.code(rest) {
                self.out.write_all(code.as_bytes())?;
                code.len()
            } else {
                let length = c.len_utf8();
                let known = matches!(c, '\n' | '\t') || is_inert(&rest[..length]);
                write!(self.out, "{}", if known { c } else { SHOWN })?;
                length
            };
            rest = &rest[length..];
        }
        Ok("")
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            let rest = self.text(chunk.valid())?.as_bytes();
            let broken = chunk.invalid();
            if chunks.peek().is_none() && (broken.is_empty() || is_cut(broken)) {
                self.held.extend_from_slice(rest);
                self.held.extend_from_slice(broken);
                return Ok(());
            }
            if !rest.is_empty() || !broken.is_empty() {
                // No beginning of a code stands before bytes that are no text.
                write!(self.out, "{}", inert(&String::from_utf8_lossy(&[rest, broken].concat())))?;
            }
        }
        Ok(())
    }
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.is_empty() {
            self.bytes(bytes)?;
        } else {
            let whole = [&std::mem::take(&mut self.held), bytes].concat();
            self.bytes(&whole)?;
        }
        Ok(bytes.len())
    }

    /// Writes out the bytes that waited for a second part.
    fn flush(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        write!(self.out, "{}", inert(&String::from_utf8_lossy(&held)))?;
        self.out.flush()
    }
}

/// The codes that [`super::style::Shell::painted`] writes.
const CODES: [&str; 5] = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[33m", "\u{1b}[1;31m"];

/// Returns whether the bytes are a character's beginning.
fn is_cut(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|err| err.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::style::Paint;

    fn passed(parts: &[&[u8]], color: bool) -> String {
        let mut out = Vec::new();
        let mut gate = Gate::new(&mut out, color);
        for part in parts {
            gate.write_all(part).unwrap();
        }
        gate.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_colour_passes_and_nothing_else_does() {
        for paint in [Paint::Plain, Paint::Head, Paint::High, Paint::Medium, Paint::Quiet] {
            let code = format!("\u{1b}[{}m", paint.codes());
            assert!(paint.codes().is_empty() || CODES.contains(&code.as_str()), "{code:?}");
        }
        let text = "a\u{1b}[1;31mb\u{1b}[0m\u{1b}[8mc\u{9b}31m\u{1b}]0;t\u{7}\td\r\n\u{202e}";
        let shown = "a\u{1b}[1;31mb\u{1b}[0m\u{fffd}[8mc\u{fffd}31m\u{fffd}]0;t\u{fffd}\td\u{fffd}\n\u{fffd}";
        assert_eq!(passed(&[text.as_bytes()], true), shown);
        assert_eq!(passed(&[text.as_bytes()], false), shown.replace('\u{1b}', "\u{fffd}"));
    }

    #[test]
    fn what_comes_in_parts_is_read_as_a_whole() {
        let text = "é\u{1b}[1;31m東👍\u{1b}[0m\u{202e}\u{1b}[1;3x\n".as_bytes();
        let whole = passed(&[text], true);
        assert_eq!(whole, "é\u{1b}[1;31m東👍\u{1b}[0m\u{fffd}\u{fffd}[1;3x\n");
        for cut in 0..text.len() {
            assert_eq!(passed(&[&text[..cut], &text[cut..]], true), whole, "{cut}");
        }
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(passed(&bytes, true), whole);
        assert_eq!(passed(&[b"a\xff\x1b\xe6", b"\x9d"], true), "a\u{fffd}\u{fffd}\u{fffd}");
    }
}
