//! JSON values in an arena: a record has dozens, which are read once and given up together.

mod around;
mod escapes;
mod parser;
mod quotes;

pub use around::Around;
pub use escapes::{content, unescaped};

use bumpalo::Bump;
use parser::Parser;
use quotes::{Bare, InCell, InString, Quotes};
use std::fmt;

/// Room for the values of a record and for texts that were written with escapes.
pub type Arena = Bump;

/// Deepest nesting of a value: as deep as `serde_json` reads.
const MAX_DEPTH: usize = 127;

/// A value. It is of whole words: with a truth value next to its tag it would be moved by single bytes, and the processor
/// waits where it reads words that were just written as bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(u64)]
pub enum Value<'r> {
    /// Nothing.
    #[default]
    Null,
    /// Truth or untruth.
    Bool(bool),
    /// A number, as `serde_json` writes it.
    Number(&'r str),
    /// A text.
    String(&'r str),
    /// A list.
    Array(&'r [Value<'r>]),
    /// An object.
    Object(Map<'r>),
}

/// The members of an object, each name once: of members of one name the last. Few are in the order in which they are
/// written, many in that of their names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Map<'r>(&'r [(&'r str, Value<'r>)]);

/// So few members are faster compared with each other than sorted.
const FEW: usize = 32;

impl<'r> Map<'r> {
    /// The members of some names and values.
    pub fn new(members: &[(&'r str, Value<'r>)], arena: &'r Arena) -> Self {
        if members.len() <= FEW && !has_twice(members) {
            return Self(arena.alloc_slice_copy(members));
        }
        let members = arena.alloc_slice_copy(members);
        members.sort_by_key(|(name, _)| *name);
        let mut kept = 0;
        for at in 1..members.len() {
            kept += usize::from(members[kept].0 != members[at].0);
            members[kept] = members[at];
        }
        Self(&members[..=kept])
    }

    /// The members of names of which none is there twice.
    pub(super) fn of_distinct(members: &'r [(&'r str, Value<'r>)]) -> Self {
        Self(members)
    }

    /// Names and values in the order of the names.
    fn sorted(self) -> Vec<(&'r str, Value<'r>)> {
        let mut members = self.0.to_vec();
        members.sort_unstable_by_key(|(name, _)| *name);
        members
    }

    /// The value under exactly this name.
    pub fn get(self, name: &str) -> Option<Value<'r>> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The name and the value in a place.
    pub(super) fn at(self, place: usize) -> (&'r str, Value<'r>) {
        self.0[place]
    }

    /// The value of the first member whose name is wanted.
    #[inline]
    pub(super) fn find(self, is_wanted: impl Fn(&str) -> bool) -> Option<&'r Value<'r>> {
        self.0.iter().find(|(name, _)| is_wanted(name)).map(|(_, value)| value)
    }

    /// Every name and value.
    pub fn iter(self) -> impl Iterator<Item = (&'r str, Value<'r>)> + Clone {
        self.0.iter().copied()
    }

    /// Every name.
    pub fn names(self) -> impl Iterator<Item = &'r str> + Clone {
        self.0.iter().map(|(name, _)| *name)
    }

    /// Returns whether there are none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// Returns whether a name is there twice. Nearly all names of an object differ in length or ends.
fn has_twice(members: &[(&str, Value<'_>)]) -> bool {
    let mut seen = 0u64;
    members.iter().enumerate().any(|(at, (name, _))| {
        let ends = name.as_bytes().first().zip(name.as_bytes().last());
        let ends = ends.map_or(0, |(first, last)| usize::from(*first) * 7 + usize::from(*last) * 3);
        let mark = 1 << ((name.len() + ends) % 64);
        let is_new = seen & mark == 0;
        seen |= mark;
        !is_new && members[..at].iter().any(|(known, _)| known == name)
    })
}

impl PartialEq for Map<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.sorted() == other.sorted()
    }
}

impl<'r> Value<'r> {
    /// A list of values.
    pub fn list(items: &[Self], arena: &'r Arena) -> Self {
        Self::Array(arena.alloc_slice_copy(items))
    }

    /// An object of names and values.
    pub fn object(members: &[(&'r str, Self)], arena: &'r Arena) -> Self {
        Self::Object(Map::new(members, arena))
    }

    /// Reads a text; `None` where it is no JSON.
    pub fn parse(text: &'r str, arena: &'r Arena) -> Option<Self> {
        Around::Nothing.value(text, arena)
    }

    /// Returns whether it is null.
    pub fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns whether it is an object.
    pub fn is_object(self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Returns whether it is a list.
    pub fn is_array(self) -> bool {
        matches!(self, Self::Array(_))
    }

    /// Returns whether it is a text.
    pub fn is_string(self) -> bool {
        matches!(self, Self::String(_))
    }

    /// The text that it is.
    pub fn as_str(self) -> Option<&'r str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }
}

/// The value as JSON.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::to_string(text).map_err(|_| fmt::Error);
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Number(number) => f.write_str(number),
            Self::String(text) => f.write_str(&quoted(text)?),
            Self::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "[" } else { "," })?;
                }
                f.write_str(if items.is_empty() { "[]" } else { "]" })
            }
            Self::Object(members) => {
                for (at, (name, value)) in members.sorted().into_iter().enumerate() {
                    write!(f, "{}{}:{value}", if at == 0 { "{" } else { "," }, quoted(name)?)?;
                }
                f.write_str(if members.is_empty() { "{}" } else { "}" })
            }
        }
    }
}

/// Reads the members of an object in the order in which they are written: `put` takes the name of each, its value as
/// written, and the value. Returns whether the text is an object. Half a surrogate pair costs its member the value, and
/// no other.
pub(super) fn members<'r>(
    text: &'r str,
    around: Around,
    arena: &'r Arena,
    put: impl FnMut(&'r str, &'r str, Value<'r>),
) -> bool {
    match around {
        Around::Nothing => members_in::<Bare>(text, arena, put),
        Around::String => members_in::<InString>(text, arena, put),
        Around::Cell => members_in::<InCell>(text, arena, put),
    }
}

fn members_in<'r, Q: Quotes>(
    text: &'r str,
    arena: &'r Arena,
    mut put: impl FnMut(&'r str, &'r str, Value<'r>),
) -> bool {
    let mut parser = Parser::<Q>::new(text, arena);
    // The object is none of the levels of its values.
    let read = parser.members(MAX_DEPTH + 1, |parser, name, depth| {
        let start = parser.at;
        if parser.is_at_text() {
            if let Some(value) = parser.string() {
                put(name, &text[start..parser.at], Value::String(value));
                return Some(());
            }
        } else if let Some(value) = parser.other_value(depth) {
            put(name, &text[start..parser.at], value);
            return Some(());
        }
        parser.at = Q::value_end(text.as_bytes(), start, depth)?;
        parser.items.clear();
        parser.named.clear();
        put(name, &text[start..parser.at], Value::Null);
        Some(())
    });
    read.is_some() && parser.ends()
}

/// Reads some values of a text, for one who finds the others: in its objects the names, and where each value begins.
pub struct Reader<'r>(Parser<'r, Bare>);

impl<'r> Reader<'r> {
    /// Nothing is read yet.
    pub fn new(text: &'r str, arena: &'r Arena) -> Self {
        Self(Parser::new(text, arena))
    }

    /// Reads the value that begins at a place and nests at most so deep, and the position after it. `None` where it is
    /// none, or a part of it has no value.
    pub fn value(&mut self, at: usize, depth: usize) -> Option<(usize, Value<'r>)> {
        let Self(parser) = self;
        let open = (parser.items.len(), parser.named.len());
        parser.at = at;
        let value = parser.value(depth);
        if value.is_none() {
            parser.items.truncate(open.0);
            parser.named.truncate(open.1);
        }
        Some((parser.at, value?))
    }

    /// Begins an object; the mark to close it with.
    pub fn open(&self) -> usize {
        self.0.named.len()
    }

    /// Adds a member to the object begun last.
    pub fn member(&mut self, name: &'r str, value: Value<'r>) {
        self.0.named.push((name, value));
    }

    /// Ends the object that was begun at a mark.
    pub fn close(&mut self, open: usize) -> Value<'r> {
        self.0.object(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// It reads what `serde_json` reads, and writes the same.
        #[test]
        fn it_is_the_parsers_value(
            json in r#"(\[|\{|\}|\]|,|:|"(a|b|\\u00e9|\\ud800|\\udc00|\\ud83d\\ude00|\\"|\\n){0,2}"|-?[0-9]{1,3}(\.5|e9|e999)?|-0|99999999999999999999|true|null| ){0,12}"#,
        ) {
            let arena = Arena::new();
            for json in [json.clone(), format!("[{json}]"), format!("{{\"b\":{json},\"a\":[],\"b\":1}}")] {
                let known = serde_json::from_str::<serde_json::Value>(&json).ok();
                let read = Value::parse(&json, &arena);
                prop_assert_eq!(known.map(|value| value.to_string()), read.map(|value| value.to_string()), "{}", json);
            }
        }
    }

    #[test]
    fn a_text_that_is_cut_off_anywhere_is_none() {
        let whole = r#"{"a": {"b": [1.5e3, "x\\n", null, true]}, "c": nul"#;
        for end in 0..whole.len() {
            let arena = Arena::new();
            assert!(
                !members(&whole[..end], Around::Nothing, &arena, |_, _, _| {})
                    && Value::parse(&whole[..end], &arena).is_none()
            );
        }
    }

    #[test]
    fn it_reads_as_deep_as_the_parser() {
        for depth in [1, 127, 128, 200_000] {
            let json = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let known = serde_json::from_str::<serde_json::Value>(&json).is_ok();
            assert_eq!(Value::parse(&json, &Arena::new()).is_some(), known, "{depth}");
        }
    }
}
