//! Log text for a cell: inert, cut to a width, cost bounded by the width.

use crate::model::inert;
use ratatui::layout::Size;
use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The head of a text that is enough for `columns`: marks that take no column are bounded too.
fn head(text: &str, columns: usize) -> &str {
    let limit = columns.saturating_mul(8).saturating_add(32);
    if text.len() <= limit { text } else { &text[..text.floor_char_boundary_at(limit)] }
}

/// The end of a text that is enough for `columns`.
fn tail(text: &str, columns: usize) -> &str {
    let from = text.len() - head(text, columns).len();
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    &text[from..]
}

/// `str::floor_char_boundary`, which is younger than our oldest compiler.
trait FloorCharBoundary {
    fn floor_char_boundary_at(&self, index: usize) -> usize;
}

impl FloorCharBoundary for str {
    fn floor_char_boundary_at(&self, index: usize) -> usize {
        (0..=index.min(self.len())).rev().find(|at| self.is_char_boundary(*at)).unwrap_or(0)
    }
}

/// Inert text of at most `columns` columns; a cut is shown by `…`.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    let part = head(text, columns);
    let clean = inert(part);
    if part.len() == text.len() && clean.width() <= columns {
        return clean;
    }
    let mut cut = take(&clean, columns.saturating_sub(1)).to_owned();
    if columns > 0 {
        cut.push('…');
    }
    Cow::Owned(cut)
}

/// As [`fit`], but an address keeps its end too: `2001:db8…c0de`.
pub fn fit_middle(text: &str, columns: usize) -> Cow<'_, str> {
    let clean = fit(text, columns.max(64));
    if clean.width() <= columns {
        return clean;
    }
    let keep = columns.saturating_sub(1);
    let tail: String = clean.chars().rev().take(keep / 3).collect();
    let tail: String = tail.chars().rev().collect();
    Cow::Owned(fit(&format!("{}…{tail}", take(&clean, keep - keep / 3)), columns).into_owned())
}

/// As [`fit`], but of a file's name the end stays, which tells it from its neighbours: `bundle/con…logs-0412.json`.
pub fn fit_name(name: &str, columns: usize) -> Cow<'_, str> {
    let start = head(name, columns);
    if start.len() == name.len() {
        let clean = inert(name);
        if clean.width() <= columns {
            return clean;
        }
    }
    let keep = columns.saturating_sub(1);
    let end = inert(tail(name, columns));
    // The file's own name, or two thirds of the room where that is short.
    let file = end.rfind(['/', '\\', '!']).map_or(end.width(), |at| end[at..].width());
    let end = take_last(&end, keep.min(file.max(keep * 2 / 3)));
    let start = inert(start);
    let gap = if columns > 0 { "…" } else { "" };
    Cow::Owned(format!("{}{gap}{end}", take(&start, keep - end.width())))
}

/// [`fit`], filled up with spaces to exactly `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    let mut cell = fit(text, columns).into_owned();
    let missing = columns.saturating_sub(cell.width());
    cell.extend(std::iter::repeat_n(' ', missing));
    cell
}

/// The longest head of `text` that takes at most `columns`.
fn take(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > columns {
            return &text[..at];
        }
    }
    text
}

/// The longest tail of `text` that takes at most `columns`.
fn take_last(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices().rev() {
        used += c.width().unwrap_or(0);
        if used > columns {
            return &text[at + c.len_utf8()..];
        }
    }
    text
}

/// Inert text broken at spaces into lines of at most `columns`, at most `most` lines; a cut is shown by `…`.
pub fn wrap(text: &str, columns: usize, most: usize) -> Vec<String> {
    let columns = columns.max(1);
    let part = head(text, columns.saturating_mul(most.min(10_000)));
    let clean = inert(part);
    let mut rest = clean.as_ref();
    let mut lines = Vec::new();
    while !rest.is_empty() && lines.len() < most {
        let line = take(rest, columns);
        // A character wider than the whole column still has to go somewhere.
        let mut end = if line.is_empty() { rest.chars().next().map_or(0, char::len_utf8) } else { line.len() };
        if end < rest.len() && !rest[end..].starts_with(' ') {
            end = rest[..end].rfind(' ').filter(|at| *at > 0).map_or(end, |at| at + 1);
        }
        lines.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start_matches(' ');
    }
    if (!rest.is_empty() || part.len() < text.len())
        && let Some(last) = lines.last_mut()
    {
        *last = format!("{}…", take(last, columns.saturating_sub(1)));
    }
    lines
}

/// Lines wrapped to `room` columns, each under its own indentation.
pub fn wrapped<'a>(lines: impl Iterator<Item = &'a str>, room: usize) -> Vec<String> {
    let mut shown = Vec::new();
    for line in lines {
        let text = line.trim_start_matches(' ');
        if text.is_empty() {
            shown.push(String::new());
        }
        let indent = (line.len() - text.len()).min(room / 2);
        let margin = " ".repeat(indent);
        shown.extend(wrap(text, room - indent, usize::MAX).into_iter().map(|part| format!("{margin}{part}")));
    }
    shown
}

/// The lines of a text wrapped for a frame round the whole screen.
pub fn framed(text: &str, screen: Size) -> Vec<String> {
    wrapped(text.lines(), usize::from(screen.width.saturating_sub(2)))
}

/// A count with thin groups: `41 212`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A bar of a strip. A single event is never rounded away.
pub fn bar(events: usize, most: usize) -> &'static str {
    const LEVELS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let level = if events == 0 { 0 } else { 1 + events * 7 / most.max(1) };
    LEVELS[level.min(8)]
}

/// Bytes for people: `1.4 GB`, decimal units.
pub fn bytes(number: u64) -> String {
    let mut whole = number;
    let mut tenth = 0;
    for unit in ["B", "kB", "MB", "GB"] {
        if whole < 1000 {
            return if unit == "B" { format!("{whole} B") } else { format!("{whole}.{tenth} {unit}") };
        }
        tenth = whole % 1000 / 100;
        whole /= 1000;
    }
    format!("{}.{tenth} TB", count(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_never_pass_their_width() {
        let hostile = ["", "a", "wide 東京 text", "e\u{301}e\u{301}e\u{301}", "\u{1b}[2J\u{202e}x", "ααααααααααα"];
        for text in hostile {
            for columns in 0..12 {
                assert!(width(&fit(text, columns)) <= columns, "{text:?} {columns}");
                assert!(width(&fit_middle(text, columns)) <= columns, "{text:?} {columns}");
                assert!(width(&fit_name(text, columns)) <= columns, "{text:?} {columns}");
                assert!(!fit_name(text, columns).contains('\u{1b}'));
                assert_eq!(width(&pad(text, columns)), columns, "{text:?} {columns}");
                assert!(!fit(text, columns).contains('\u{1b}'));
                assert!(wrap(text, columns, 3).len() <= 3);
            }
        }
    }

    #[test]
    fn a_megabyte_costs_a_cell() {
        let long = "x".repeat(1 << 20);
        assert_eq!(fit(&long, 10), "xxxxxxxxx…");
        assert_eq!(wrap(&long, 10, 2), ["xxxxxxxxxx", "xxxxxxxxx…"]);
    }

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrap("one two three four", 9, 9), ["one two", "three", "four"]);
        assert_eq!(wrap("one two three", 9, 1), ["one two…"]);
        assert_eq!(fit_middle("2001:db8:1234:5678::c0de", 12), "2001:db8…0de");
    }

    #[test]
    fn a_file_s_name_outlives_its_path() {
        let name = "a very long way to go/bundles/of/contoso/2026/signinlogs-0412.json";
        assert_eq!(fit_name(name, 66), name);
        assert_eq!(fit_name(name, 40), "a very long w…/2026/signinlogs-0412.json");
        assert_eq!(fit_name(name, 24), "a …/signinlogs-0412.json");
        assert_eq!(fit_name(name, 12), "…s-0412.json");
        let long = format!("{}/signins.json", "x".repeat(1 << 20));
        assert_eq!(fit_name(&long, 20), "xxxxxx…/signins.json");
    }

    #[test]
    fn numbers_read_easily() {
        assert_eq!(count(41_212), "41 212");
        assert_eq!(count(7), "7");
        assert_eq!(bytes(1_450_000_000), "1.4 GB");
        assert_eq!(bytes(999), "999 B");
    }
}
