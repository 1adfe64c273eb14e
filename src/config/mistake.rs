//! Mistakes in a file that the user wrote: each has its line, and the rest of the file counts.

use crate::model::inert;
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Something wrong in a file of the user's own. Displays as `line 3: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line, from 1; `None` for the file as a whole.
    pub line: Option<usize>,
    /// The mistake and its remedy.
    pub text: String,
}

impl Mistake {
    /// Of a line.
    pub fn at(line: usize, text: impl AsRef<str>) -> Self {
        Self { line: Some(line), text: inert(text.as_ref()).into_owned() }
    }

    /// Of the file as a whole.
    pub fn whole(text: impl AsRef<str>) -> Self {
        Self { line: None, text: inert(text.as_ref()).into_owned() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.text)
    }
}

/// A TOML file as written, with what is wrong with its syntax.
pub struct Document<'a> {
    text: &'a str,
    /// Its top level: what could be read of it.
    pub root: Spanned<DeTable<'a>>,
    /// The mistakes.
    pub mistakes: Vec<Mistake>,
}

impl<'a> Document<'a> {
    /// Reads a text; a broken part of it does not hide the others.
    pub fn parse(text: &'a str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut document = Self { text, root, mistakes: Vec::new() };
        for error in errors {
            let line = document.line(error.span().map_or(0, |span| span.start));
            // What follows from the first is no mistake of its own.
            if document.mistakes.iter().any(|mistake| mistake.line == Some(line)) {
                continue;
            }
            document.mistakes.push(Mistake::at(line, format!("not TOML: {}", error.message())));
        }
        document
    }

    /// The line, from 1, of a byte.
    pub fn line(&self, byte: usize) -> usize {
        let before = &self.text.as_bytes()[..byte.min(self.text.len())];
        1 + memchr::memchr_iter(b'\n', before).count()
    }

    /// The line of a value.
    pub fn line_of<T>(&self, value: &Spanned<T>) -> usize {
        self.line(value.span().start)
    }
}

/// A value that must be a text.
pub fn text<'v>(value: &'v Spanned<DeValue<'_>>) -> Result<&'v str, String> {
    let found = value.get_ref();
    found.as_str().ok_or_else(|| format!("a text in quotes goes here, not {} {}", article(found), found.type_str()))
}

/// A value that must be a list of texts.
pub fn texts<'v, 'i>(value: &'v Spanned<DeValue<'i>>) -> Result<&'v [Spanned<DeValue<'i>>], String> {
    let found = value.get_ref();
    let wrong = || format!("a list like [\"a\", \"b\"] goes here, not {} {}", article(found), found.type_str());
    found.as_array().map(|list| &**list).ok_or_else(wrong)
}

fn article(value: &DeValue) -> &'static str {
    if value.type_str().starts_with(['a', 'i']) { "an" } else { "a" }
}

/// Message for an unknown name: with those near to it, else with all that are known.
pub fn unknown<'k>(what: &str, name: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let near = nearest(name, &known);
    match near.as_slice() {
        [] => format!("\"{name}\" is no {what}; known are {}", known.join(", ")),
        near => format!("\"{name}\" is no {what}; did you mean {}?", near.join(" or ")),
    }
}

/// At most three names a slip away from `name`, or that hold it, the nearest first.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Vec<&'k str> {
    let name = name.to_lowercase().replace(['_', ' '], "-");
    let slips = (name.chars().count() / 3).clamp(1, 3);
    let distance = |known: &str| {
        let distance = strsim::damerau_levenshtein(&name, known);
        let holds = name.len() >= 3 && known.contains(&name);
        (distance <= slips || holds).then_some(distance)
    };
    let mut near: Vec<_> = known.iter().filter_map(|known| Some((distance(known)?, *known))).collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, known)| known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_their_name() {
        let known = ["next", "next-step", "prev", "zoom-in", "zoom-out", "quit"];
        assert_eq!(unknown("action", "nxet", known), "\"nxet\" is no action; did you mean next?");
        assert_eq!(unknown("action", "Zoom_In", known), "\"Zoom_In\" is no action; did you mean zoom-in?");
        assert_eq!(unknown("action", "zoom", known), "\"zoom\" is no action; did you mean zoom-in or zoom-out?");
        assert_eq!(
            unknown("action", "dance", known),
            "\"dance\" is no action; known are next, next-step, prev, zoom-in, zoom-out, quit"
        );
    }

    #[test]
    fn a_broken_line_is_named_and_the_others_are_read() {
        let document = Document::parse("\u{feff}a = 1\nb = = 2\nc = 3\n");
        assert_eq!(document.mistakes.len(), 1, "{:?}", document.mistakes);
        assert_eq!(document.mistakes[0].line, Some(2));
        assert!(document.root.get_ref().contains_key("a") && document.root.get_ref().contains_key("c"));
    }

    #[test]
    fn what_a_file_says_cannot_move_the_cursor() {
        assert!(!Mistake::at(1, "\u{1b}[2J").to_string().contains('\u{1b}'));
    }
}
