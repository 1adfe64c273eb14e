//! Log text inside Markdown: it says what it says and does nothing.
//!
//! A word that some renderer makes something of stands in a code span: there it reads and is copied as it was logged
//! (URLs defanged), and none of them looks for links, mentions, issues, mathematics or emoji. A backslash or an entity
//! would not do: GitHub, GitLab and markdown-it look for those in the text that is left once escapes are read.

use super::defang;
use crate::model::{SHOWN, inert, is_inert};
use std::borrow::Cow;
use std::fmt;

/// Characters of a field that are printed; JSON has all.
const FIELD: usize = 300;
/// Characters of sentences, ours or the analyst's.
const SENTENCES: usize = 4000;

/// Markdown that is safe to print: made only from our own words or through the escapes here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Md(String);

impl Md {
    /// Our own words, markup included.
    pub(crate) fn ours(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// Words and numbers of ours, worked out: never log text.
    pub(crate) fn made(words: impl fmt::Display) -> Self {
        Self(words.to_string())
    }

    /// Sentences, with log text in them or not.
    pub(crate) fn text(text: &str) -> Self {
        let (kept, rest) = cut(text, SENTENCES, None);
        Self(markdown(kept) + &rest)
    }

    /// One field of a record, as text.
    pub(crate) fn field(text: &str) -> Self {
        Self::field_of(text, None)
    }

    /// One field of a record known as `file:number`, by which a reader can look up a part cut off.
    pub(crate) fn field_of(text: &str, record: Option<&str>) -> Self {
        let (kept, rest) = cut(text, FIELD, record);
        Self(markdown(kept) + &rest)
    }

    /// Any text, as code: ids, addresses, agents, which are read and copied as logged, but for URLs.
    pub(crate) fn code(text: &str) -> Self {
        Self::code_of(text, None)
    }

    /// Code from a record known as `file:number`.
    pub(crate) fn code_of(text: &str, record: Option<&str>) -> Self {
        let (kept, rest) = cut(text.trim(), FIELD, record);
        Self(code(kept) + &rest)
    }

    /// Each as code, separated by commas.
    pub(crate) fn codes<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::joined(&texts.into_iter().map(Self::code).collect::<Vec<_>>(), ", ")
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

    /// Returns whether there is nothing to print.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As a cell of a table, which is cut at its pipes before anything inside a cell is looked at.
    pub(crate) fn cell(&self) -> String {
        self.0.replace('|', "\\|")
    }
}

impl fmt::Display for Md {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The head of a text of at most `most` characters, and what to say of the rest, as Markdown.
fn cut<'t>(text: &'t str, most: usize, record: Option<&str>) -> (&'t str, String) {
    let Some((end, _)) = text.char_indices().nth(most) else { return (text, String::new()) };
    let all = grouped(text.chars().count());
    let place = record.and_then(|record| record.rsplit_once(':')).map(|(file, number)| {
        let shown: String = file.chars().take(80).collect();
        let gap = if shown.len() < file.len() { "…" } else { "" };
        format!("; record {} of {}", markdown(number), code(&(shown + gap)))
    });
    (&text[..end], format!("… ({all} characters{})", place.unwrap_or_default()))
}

/// `40,960`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The text on one line, with every word in code that Markdown, HTML or a renderer's own additions act on. For a
/// paragraph, an item or a heading; in a cell of a table its pipes are to be escaped too.
pub fn markdown(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len() + 8);
    // Renderers take a wide or a hard space for a part of a domain.
    let joins = |space: Option<char>| space.is_some_and(|c| !c.is_ascii());
    let mut before = None;
    for piece in text.trim_start().split_inclusive(char::is_whitespace) {
        let word = piece.trim_end_matches(char::is_whitespace);
        let after = piece[word.len()..].chars().next();
        let is_joined = word.starts_with('.') && joins(before) || word.ends_with('.') && joins(after);
        before = after;
        let (core, first) = (core(word), out.is_empty());
        if first && is_lead(word) || is_joined {
            out.push_str(&code(word));
        } else if acts(&word[core.clone()]) || has_colons(word) || has_www(word) || is_followed(word, '%') {
            out.push_str(&word[..core.start]);
            out.push_str(&code(&word[core.clone()]));
            out.push_str(&word[core.end..]);
        } else if word == "&" {
            out.push_str("&amp;");
        } else if first && is_number(word) {
            let (number, mark) = word.split_at(word.len() - 1);
            out.extend([number, "\\", mark]);
        } else {
            out.push_str(word);
        }
        out.push_str(&piece[word.len()..]);
    }
    out
}

/// A word without the brackets, quotes and stops around it, which may stand outside its code.
fn core(word: &str) -> std::ops::Range<usize> {
    let start = word.len() - word.trim_start_matches(['(', '"', '\'']).len();
    let mut end = word.len();
    let count = |c: char| word.matches(c).count();
    // Counted once: what is left of them is told from what was taken off.
    let (led_double, led_single) = (word[..start].contains('"'), word[..start].contains('\''));
    let (mut double, mut single) = (count('"'), count('\''));
    // Closing ones whose other half does not stand inside.
    let mut open = count(')').saturating_sub(word[start..].matches('(').count());
    while let Some(c) = word[start..end].chars().next_back() {
        let stop = match c {
            ',' | ';' | ':' | '.' | '?' | '!' => true,
            ')' if open > 0 => {
                open -= 1;
                true
            }
            // One that has its other half inside belongs there.
            '"' if double % 2 == 1 || led_double => {
                double += 1;
                true
            }
            '\'' if single % 2 == 1 || led_single => {
                single += 1;
                true
            }
            _ => false,
        };
        if !stop {
            break;
        }
        end -= c.len_utf8();
    }
    start..end
}

/// Returns whether some renderer makes something of a word: CommonMark and GitHub's tables, footnotes and tasks; links by
/// scheme, `www.`, `//`, bare domain or mail address; mentions, issues, hashes of commits, GitLab's references and
/// commands; mathematics, emoji, entities, HTML.
fn acts(word: &str) -> bool {
    const MARKS: &[char] =
        &['@', '#', '~', '^', '=', '*', '_', '`', '$', '\\', '|', '<', '>', '[', ']', '{', '}', '\u{7f}'];
    word.contains(MARKS)
        || word.contains("//")
        || word.starts_with([':', '/', '%', '!'])
        || word.contains('&') && word != "&"
        || ['!', '%'].iter().any(|mark| is_followed(word, *mark))
        || has_dots(word)
        || has_number(word)
}

/// Returns whether the mark is before something that it could name: `a!12`, `%"next"`.
fn is_followed(word: &str, mark: char) -> bool {
    word.split(mark).skip(1).any(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '"'))
}

/// Returns whether a word has two colons and is no time of day: an emoji's name, an IPv6 address.
fn has_colons(word: &str) -> bool {
    let parts: Vec<&str> = word.split(':').collect();
    let ends = |part: &str| part.ends_with(|c: char| c.is_ascii_digit());
    let is_time = || {
        let (first, rest) = parts.split_first().expect("a split has a part");
        let two = |part: &&str| part.len() >= 2 && part.as_bytes()[..2].iter().all(u8::is_ascii_digit);
        ends(first) && rest.iter().all(two) && rest[..rest.len() - 1].iter().all(|part| part.len() == 2)
    };
    parts.len() > 2 && !is_time()
}

/// Returns whether a word has the beginning that makes a link of whatever follows.
fn has_www(word: &str) -> bool {
    word.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"www."))
}

/// Returns whether a word could be a domain or an address. One dot between digits is a number's: no domain ends in a
/// label that begins with a digit.
fn has_dots(word: &str) -> bool {
    let is_label = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.') || !c.is_ascii();
    let mut dots = word
        .match_indices('.')
        .filter(|(at, _)| word[..*at].ends_with(is_label) && word[at + 1..].starts_with(is_label));
    let Some((at, _)) = dots.next() else { return false };
    let is_digit = |c: char| c.is_ascii_digit();
    dots.next().is_some() || !(word[..at].ends_with(is_digit) && word[at + 1..].starts_with(is_digit))
}

/// Returns whether a word has what could be a commit (`0123abc`) or a ticket (`GH-123`). Digits alone are a number.
fn has_number(word: &str) -> bool {
    let runs = || word.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty());
    let is_hex = |run: &str| run.len() >= 7 && run.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_digits = |run: &str| run.bytes().all(|byte| byte.is_ascii_digit());
    let is_letters = |run: &str| run.len() >= 2 && run.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_ticket = |(name, number): (&str, &str)| is_letters(name) && !number.is_empty() && is_digits(number);
    let ends = |part: &'_ str| part.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().len();
    let parts: Vec<&str> = word.split('-').collect();
    let tickets = parts.windows(2).any(|pair| {
        let name = &pair[0][pair[0].len() - ends(pair[0])..];
        let number = pair[1].split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        is_ticket((name, number))
    });
    tickets || runs().any(|run| is_hex(run) && !is_digits(run))
}

/// Returns whether a word begins a block of another kind at the start of a line: an item, a rule, front matter.
fn is_lead(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| matches!(c, '-' | '+' | ':'))
}

/// Returns whether the word could be the number of a list's item.
fn is_number(word: &str) -> bool {
    let digits = word.trim_end_matches(['.', ')']);
    digits.len() + 1 == word.len() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text as a code span, empty for nothing to read. A note is pasted into tickets, which make links of what looks like one, in code too: URLs
/// are defanged, and the record keeps them as they were.
pub fn code(text: &str) -> String {
    let text = defang::text(&one_line(text.trim()));
    if text.trim().is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A span that begins or ends with a backtick needs a space, which the reader's renderer takes off again.
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// The text as a cell of a spreadsheet, for readers that split at commas, semicolons or tabs: what begins as a formula
/// does is none behind an apostrophe, at its start and after each of those, blanks and quotes before it aside.
pub fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    // By itself a tab or a carriage return makes a formula in some readers; as a blank it stands for itself.
    if text.starts_with(['\t', '\r']) {
        out.push('\'');
    }
    let mut is_start = true;
    for c in text.chars() {
        if is_start && is_sign(c) {
            out.push('\'');
        }
        let divides = matches!(c, ';' | ',') || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        let is_blank = c.is_whitespace() || c == '"' || c == SHOWN || !is_inert(c.encode_utf8(&mut [0; 4]));
        is_start = divides || is_start && is_blank;
        out.push(c);
    }
    one_line(&out)
}

/// Returns whether a formula begins with it, in ASCII or in the width of ideographs.
fn is_sign(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹢' | '﹣' | '﹦' | '﹫')
}

/// Inert, with line breaks as spaces: a line of its own could be a heading or the end of the table.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: Cow<str> = if text.contains(['\n', '\r', '\t']) {
        Cow::Owned(text.replace(['\n', '\r', '\t'], " "))
    } else {
        Cow::Borrowed(text)
    };
    inert(&spaced).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_code_and_the_rest_reads_as_it_was() {
        for (text, escaped) in [
            ("a|b", "`a|b`"),
            ("`rm -rf`", "`` `rm `` `` -rf` ``"),
            ("<img src=x onerror=alert(1)>", "`<img` `src=x` `onerror=alert(1)>`"),
            ("[click](https://evil.example)", "`[click](hxxps://evil[.]example)`"),
            ("see (https://evil.example/a.b), now", "see (`hxxps://evil[.]example/a.b`), now"),
            ("line\n# heading\r\n| --- |", "line `#` heading  `|` --- `|`"),
            ("# heading", "`#` heading"),
            ("- item", "`-` item"),
            (" - item - two", "`-` item - two"),
            ("---", "`---`"),
            ("1. item", r"1\. item"),
            ("2) item", r"2\) item"),
            ("192.0.2.1", "`192.0.2.1`"),
            ("www.evil.example", "`www[.]evil[.]example`"),
            ("evil.example, evil.com.", "`evil.example`, `evil.com`."),
            ("//evil.example/p.png", "`//evil[.]example/p.png`"),
            ("xmpp:a@b \"a@b\" (a@b)!", "`xmpp:a@b` \"`a@b`\" (`a@b`)!"),
            ("$search=\"invoice\"&$top=5", "`$search=\"invoice\"&$top=5`"),
            ("first_last@contoso.com _x_ *y*", "`first_last@contoso.com` `_x_` `*y*`"),
            (r"CONTOSO\user R&D a & b", r"`CONTOSO\user` `R&D` a &amp; b"),
            (":bomb: :+1: TLP:AMBER+STRICT 14:02:31", "`:bomb`: `:+1`: TLP:AMBER+STRICT 14:02:31"),
            ("#1 !12 %1 ~l GH-123 0123abc", "`#1` `!12` `%1` `~l` `GH-123` `0123abc`"),
            ("/close 50% and/or 2.5 s, T1114.002; 40960000!", "`/close` 50% and/or 2.5 s, T1114.002; 40960000!"),
            ("2026-05-01T16:00:00.0000000Z", "2026-05-01T16:00:00.0000000Z"),
            ("Zoë Müller's \"東京\" – (Exchange Online)", "Zoë Müller's \"東京\" – (Exchange Online)"),
            ("\u{1b}[31m\u{202e}", "`\u{fffd}[31m\u{fffd}`"),
            ("", ""),
            ("\n\t ", ""),
        ] {
            assert_eq!(markdown(text), escaped);
        }
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("curl/8 | sh"), "`curl/8 | sh`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`x`"), "`` `x` ``");
        assert_eq!(code("a\n\n# b"), "`a  # b`");
        assert_eq!(code(" \n"), "");
        assert_eq!(code("bot (+https://evil.example/a|b)"), "`bot (+hxxps://evil[.]example/a|b)`");
        assert_eq!(Md::code(r"a\|b").cell(), r"`a\\|b`");
    }

    #[test]
    fn no_part_of_a_cell_is_a_formula() {
        for (text, guarded) in [
            ("=1", "'=1"),
            ("-1", "'-1"),
            ("＝1", "'＝1"),
            (" \u{a0}\u{3000}@a", " \u{a0}\u{3000}'@a"),
            ("\u{200b}=1", "\u{fffd}'=1"),
            ("\"=1", "\"'=1"),
            ("a;=1, +2;; -3", "a;'=1, '+2;; '-3"),
            ("a\t=1\n+1\u{b}@1", "a '=1 '+1\u{fffd}'@1"),
            ("\ta", "' a"),
            ("a=1 a-b; c+d, x@y.example", "a=1 a-b; c+d, x@y.example"),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
            ),
        ] {
            assert_eq!(cell(text), guarded);
        }
    }

    #[test]
    fn what_is_long_is_cut_and_says_where_all_of_it_is() {
        let long = "x".repeat(40_960);
        let kept = "x".repeat(FIELD);
        assert_eq!(Md::field(&long).0, format!("{kept}… (40,960 characters)"));
        let record = Md::code_of(&long, Some("a|b.json:7"));
        assert_eq!(record.0, format!("`{kept}`… (40,960 characters; record 7 of `a|b.json`)"));
        assert_eq!(Md::field(&kept).0, kept);
        assert_eq!(Md::text(&"wo rd ".repeat(500)).0.len(), 3000, "sentences have more room");
        assert_eq!((grouped(0), grouped(999), grouped(1_234_567)), ("0".into(), "999".into(), "1,234,567".into()));
    }

    /// Each is one pass: were one quadratic, the four megabytes would take hours.
    #[test]
    fn long_texts_are_read_once() {
        for unit in [".", "https://"] {
            let text = unit.repeat(4 * 1024 * 1024 / unit.len());
            assert!(markdown(&text).len() >= text.len(), "{unit}");
            assert!(Md::code(&text).0.len() < 8 * FIELD, "{unit}");
        }
        for unit in [
            "a.", "www.", "//", "`", "` ", "a:", ":1", "-1", "a-1", "(", ")", "\"", "'", "()", "(\"x'", "!1", "&", "1.",
        ] {
            let text = unit.repeat(256 * 1024 / unit.len());
            assert!(markdown(&text).len() + code(&text).len() + cell(&text).len() > text.len(), "{unit}");
        }
    }
}
