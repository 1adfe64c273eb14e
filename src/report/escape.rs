//! Log text inside Markdown: it says what it says and does nothing.

use super::defang;
use crate::model::inert;
use std::fmt;

/// Markdown that is safe to print: made only from our own words or through the escapes here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Md(String);

impl Md {
    /// Our own words, markup included.
    pub(crate) fn ours(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// Any text, as text.
    pub(crate) fn text(text: &str) -> Self {
        Self(markdown(text))
    }

    /// Any text, as code: ids, addresses, agents, which are read and copied as they stand, but for URLs.
    pub(crate) fn code(text: &str) -> Self {
        Self(code(text))
    }

    /// Each as code, separated by commas.
    pub(crate) fn codes<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(texts.into_iter().map(code).collect::<Vec<_>>().join(", "))
    }

    /// All of them, with our own text between.
    pub(crate) fn joined(all: &[Self], between: &'static str) -> Self {
        Self(all.iter().map(|one| one.0.as_str()).collect::<Vec<_>>().join(between))
    }

    /// Both, with nothing between.
    pub(crate) fn then(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// Whether there is nothing to print.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Md {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text with everything Markdown or HTML would act on disarmed, on one line.
///
/// CommonMark lets a backslash stand before any ASCII punctuation. A pipe would end a table's cell, `$` begins
/// mathematics on GitHub, and `://` or `www.` makes a link without any brackets.
pub fn markdown(text: &str) -> String {
    let text = one_line(text);
    let first = text.len() - text.trim_start().len();
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let after = rest.peek().map_or(' ', |(_, c)| *c);
        let within_word = before.is_alphanumeric() && after.is_alphanumeric();
        let armed = match c {
            '\\' | '|' | '`' | '[' | ']' | '*' | '~' | '$' => true,
            '_' => !within_word,
            '#' | '+' | '-' | '=' => at == first,
            '!' => after == '[',
            ':' => text[at..].starts_with("://"),
            '.' => text[..at].to_ascii_lowercase().ends_with("www") || (after == ' ' && is_number(&text[first..at])),
            ')' => after == ' ' && is_number(&text[first..at]),
            _ => false,
        };
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ if armed => out.extend(['\\', c]),
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// The text as a code span, inside a table or out of it. A note is pasted into tickets, which make links of what looks
/// like one, in code too: URLs are defanged, and the record keeps them as they were.
fn code(text: &str) -> String {
    let text = defang::text(&one_line(text.trim()));
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A span that begins or ends with a backtick needs a space, which the reader's renderer takes off again.
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    // A table is cut at its pipes before anything inside a cell is looked at.
    format!("{fence}{space}{}{space}{fence}", text.replace('|', "\\|"))
}

/// Inert, with line breaks as spaces: a line of its own could be a heading or the end of the table.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).collect();
    inert(&spaced).into_owned()
}

/// Whether what stands before could be the number of a list's item.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_log_text_stays_text() {
        for (text, escaped) in [
            ("a|b", r"a\|b"),
            ("`rm -rf`", r"\`rm -rf\`"),
            ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
            ("[click](https://evil.example)", r"\[click\](https\://evil.example)"),
            ("![x](y)", r"\!\[x\](y)"),
            ("line\n# heading\r\n| --- |", r"line # heading  \| --- \|"),
            ("# heading", r"\# heading"),
            ("- item", r"\- item"),
            (" - item", r" \- item"),
            ("1. item", r"1\. item"),
            ("192.0.2.1", "192.0.2.1"),
            ("2) item", r"2\) item"),
            ("www.evil.example", r"www\.evil.example"),
            ("$search=invoice&$top=5", r"\$search=invoice&amp;\$top=5"),
            ("first_last@contoso.com _x_ *y*", r"first_last@contoso.com \_x\_ \*y\*"),
            (r"back\slash", r"back\\slash"),
            ("\u{1b}[31m\u{202e}", "\u{fffd}\\[31m\u{fffd}"),
        ] {
            assert_eq!(markdown(text), escaped);
        }
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("curl/8 | sh"), r"`curl/8 \| sh`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`x`"), "`` `x` ``");
        assert_eq!(code("a\n\n# b"), "`a  # b`");
        assert_eq!(code(""), "");
        assert_eq!(code("bot (+https://evil.example/a|b)"), r"`bot (+hxxps://evil[.]example/a\|b)`");
    }
}
