//! Words for a source that is text and in no shape that is read: its kind, and the way to rows that are.

use super::csv::{Header, is_value};

/// Column names shown.
const SHOWN: usize = 12;

/// Lines compared to distinguish rows from prose.
const LINES: usize = 8;

/// The source in words, and the way out.
pub(crate) fn describe(head: &[u8]) -> String {
    let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES).collect();
    if text.contains("\u{1b}[") {
        return "has colour codes between its values, as a terminal shows them: export again to a file, with --output \
                json in place of jsonc"
            .to_owned();
    }
    if lines.iter().any(|line| is_rule(line)) {
        return "is a table drawn for a screen or a chat: export the rows as JSON or CSV".to_owned();
    }
    if let Some(separator) = ["\t", ",", ";", "|"].into_iter().find(|separator| is_rows(&lines, separator)) {
        return if lines[0].split(separator).any(is_value) {
            let way = if separator == "\t" {
                "export with headers, or as JSON (az: --output json)"
            } else {
                "export with headers"
            };
            format!(
                "has {} and no header line: {way}",
                if separator == "\t" { "cells between tabs" } else { "the cells of a CSV" }
            )
        } else {
            columns(lines[0])
        };
    }
    let html = lines.first().is_some_and(|line| line.get(..1) == Some("<"));
    let kind = if html { "is XML or HTML" } else { "is text of another kind" };
    format!("{kind}, with no row of a sign-in or activity log in it that we can tell: export the rows as JSON or CSV")
}

/// A CSV by its columns: those it has, those of them that are known, those that are wanting.
fn columns(line: &str) -> String {
    let Some(header) = Header::names(line.as_bytes()) else {
        return "is in no shape that is read: export the rows as JSON or CSV".to_owned();
    };
    let names = |known: bool| {
        let columns = header.columns.iter().filter(|column| column.targets.is_skip() != known);
        columns.map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>()
    };
    let (known, unknown) = (names(true), names(false));
    let shown = |names: &[String]| match names.len() {
        0 => "none".to_owned(),
        n if n > SHOWN => format!("{} and {} more", names[..SHOWN].join(", "), n - SHOWN),
        _ => names.join(", "),
    };
    format!(
        "is a CSV of other columns; known: {}; not known: {}. It needs a time (CreatedDateTime), the user (UserId), the \
         client (AppId) and the result (ResultType): export the table itself, with all columns",
        shown(&known),
        shown(&unknown)
    )
}

/// Returns whether a line is the rule below a table's head: `|---|---|`, `+-----+`, `---- ----`.
fn is_rule(line: &str) -> bool {
    line.len() >= 5 && line.contains("---") && line.chars().all(|c| matches!(c, '-' | '|' | '+' | ':' | ' ' | '='))
}

/// Returns whether each line has the same number of cells, three or more. A quoted cell may hold separators.
fn is_rows(lines: &[&str], separator: &str) -> bool {
    let cells = |line: &str| {
        let mut quoted = false;
        1 + line
            .chars()
            .filter(|c| {
                quoted ^= *c == '"';
                !quoted && separator.starts_with(*c)
            })
            .count()
    };
    lines.first().is_some_and(|first| cells(first) >= 3 && lines.iter().all(|line| cells(line) == cells(first)))
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn each_kind_is_named_with_the_way_out() {
        for (text, words) in [
            ("2026-05-20T14:02:04Z,u@contoso.com,0\n2026-05-20T14:02:05Z,u@contoso.com,0\n", "no header line"),
            ("2026-05-20T14:02:04Z\tu@contoso.com\t0\n", "--output json"),
            ("| a | b |\n|---|---|\n| 1 | 2 |\n", "drawn for a screen"),
            ("\"Date\",\"Who\",\"Application\"\n\"x\",\"y\",\"z\"\n", "not known: \"Date\", \"Who\""),
            ("\u{1b}[34m[\u{1b}[0m\n", "colour codes"),
            ("<html>", "XML or HTML"),
            ("Dear all,\nsee below\n", "text of another kind"),
        ] {
            let reason = describe(text.as_bytes());
            assert!(reason.contains(words) && reason.contains("export"), "{text:?}: {reason}");
        }
    }
}
