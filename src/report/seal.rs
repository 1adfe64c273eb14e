//! Tells a note as it was written from one that somebody changed, by the note alone, wherever it has been since.
//!
//! One of its lines has the SHA-256 of all others: `grep -v '^Seal' note.md | sha256sum` says the same. Another has that
//! of the CSV beside it, which has no room for one of its own.

use super::{Report, write_indicators};
use crate::model::words::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io;

/// Beginnings of the lines with a seal, and with the hash of the CSV, in each format.
const SEALS: [&str; 2] = ["Seal, SHA-256 of every other line: `", "  \"Seal\": \""];
const INDICATORS: [&str; 2] = ["SHA-256 of the CSV beside it: `", "  \"IndicatorsSha256\": \""];

/// The last fields of a note in JSON.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sealed<'a> {
    #[serde(flatten)]
    report: &'a Report,
    indicators_sha256: String,
    /// Blank until [`seal`].
    seal: &'static str,
}

impl<'a> Sealed<'a> {
    pub(super) fn new(report: &'a Report) -> io::Result<Self> {
        Ok(Self { report, indicators_sha256: indicators_hash(report)?, seal: "" })
    }
}

/// The lines of a Markdown note, the seal blank until [`seal`].
pub(super) fn lines(report: &Report) -> io::Result<[String; 2]> {
    Ok([format!("{}{}`", INDICATORS[0], indicators_hash(report)?), format!("{}`", SEALS[0])])
}

fn indicators_hash(report: &Report) -> io::Result<String> {
    let mut csv = Vec::new();
    write_indicators(report, &mut csv)?;
    Ok(sha256_of(&[&csv]))
}

/// The note with the blank seal in it filled in.
pub(super) fn seal(mut note: String) -> String {
    if let Some(line) = last_line(note.as_bytes(), &SEALS) {
        let hash = sha256_of(&[&note.as_bytes()[..line.start], &note.as_bytes()[line.end..]]);
        note.insert_str(line.value, &hash);
    }
    note
}

/// Returns whether a note is as this program wrote it: some version of it, for whatever case.
pub fn is_whole(note: &[u8]) -> bool {
    let Some(line) = last_line(note, &SEALS) else { return false };
    let hash = sha256_of(&[&note[..line.start], &note[line.end..]]);
    note[line.value..].starts_with(hash.as_bytes())
}

/// Returns whether a CSV is the one written with a note, whatever became of the note.
pub fn names_indicators(note: &[u8], csv: &[u8]) -> bool {
    last_line(note, &INDICATORS).is_some_and(|line| note[line.value..].starts_with(sha256_of(&[csv]).as_bytes()))
}

/// Returns whether a note names the hash of some bytes written with it, whatever became of the note.
pub fn names(note: &[u8], bytes: &[u8]) -> bool {
    let hash = sha256(bytes);
    note.windows(hash.len()).any(|window| window == hash.as_bytes())
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    sha256_of(&[bytes])
}

/// The positions of a line, with its break, and of the hash in it.
struct Line {
    start: usize,
    end: usize,
    value: usize,
}

/// The last line that begins so: log text never begins one, and is above in any case.
fn last_line(note: &[u8], beginnings: &[&str]) -> Option<Line> {
    let mut end = note.len();
    for line in note.split_inclusive(|byte| *byte == b'\n').rev() {
        let start = end - line.len();
        if let Some(beginning) = beginnings.iter().find(|beginning| line.starts_with(beginning.as_bytes())) {
            return Some(Line { start, end, value: start + beginning.len() });
        }
        end = start;
    }
    None
}

fn sha256_of(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digits of a hash.
    const DIGITS: usize = 64;

    #[test]
    fn a_change_anywhere_is_seen() {
        for beginning in SEALS {
            let end = if beginning.ends_with('`') { "`" } else { "\"" };
            let note = seal(format!("first\n{beginning}a line of the log\nmiddle\n\n{beginning}{end}\nlast\n"));
            assert!(is_whole(note.as_bytes()), "{note}");
            let line = note.lines().nth(4).unwrap();
            assert_eq!(line.len(), beginning.len() + DIGITS + 1);
            let others = note.replace(&format!("{line}\n"), "");
            assert_eq!(line[beginning.len()..][..DIGITS], sha256_of(&[others.as_bytes()]), "as grep and sha256sum say");
            for changed in [
                note.replace("middle", "muddle"),
                note.replace("last\n", "last"),
                note.replace("first\n", "first\r\n"),
                format!("{note}by hand\n"),
                others,
                String::new(),
            ] {
                assert!(!is_whole(changed.as_bytes()), "{changed}");
            }
        }
    }

    #[test]
    fn a_csv_is_known_by_the_note_even_a_changed_one() {
        let note = format!("by hand\n{}{}`\n", INDICATORS[0], sha256_of(&[b"a,b\n"]));
        assert!(names_indicators(note.as_bytes(), b"a,b\n"));
        assert!(!names_indicators(note.as_bytes(), b"a,c\n"));
        assert!(!names_indicators(b"", b"a,b\n"));
    }
}
