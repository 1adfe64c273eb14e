//! Values of a JSON text.

use super::quotes::Quotes;
use super::{Arena, Map, Value};
use crate::tables::json_text;
use bumpalo::collections::Vec as List;
use std::marker::PhantomData;

/// Reads values from a text.
pub(super) struct Parser<'r, Q> {
    text: &'r str,
    pub(super) at: usize,
    arena: &'r Arena,
    /// Values of the lists that are open, the outermost first.
    pub(super) items: List<'r, Value<'r>>,
    /// As [`Self::items`], of the objects.
    pub(super) named: List<'r, (&'r str, Value<'r>)>,
    quotes: PhantomData<Q>,
}

impl<'r, Q: Quotes> Parser<'r, Q> {
    pub(super) fn new(text: &'r str, arena: &'r Arena) -> Self {
        // As many as are open in nearly all records.
        let [items, named] = [16, 32];
        let (items, named) = (List::with_capacity_in(items, arena), List::with_capacity_in(named, arena));
        Self { text, at: 0, arena, items, named, quotes: PhantomData }
    }

    /// Goes to the next byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        self.at = Q::skip_space(self.text.as_bytes(), self.at);
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.text.as_bytes().get(self.at) == Some(&byte) || self.next() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Reads the one value of the text.
    pub(super) fn only(&mut self, depth: usize) -> Option<Value<'r>> {
        let value = self.value(depth)?;
        self.ends().then_some(value)
    }

    pub(super) fn ends(&mut self) -> bool {
        self.next().is_none()
    }

    /// Reads a value that may hold lists and objects in so many levels.
    #[inline]
    pub(super) fn value(&mut self, depth: usize) -> Option<Value<'r>> {
        if self.is_at_text() { self.string().map(Value::String) } else { self.other_value(depth) }
    }

    /// Goes to the next value, and returns whether it is a text. Nearly every one is, and comes in registers: the others
    /// come in memory, and cost a wait.
    #[inline]
    pub(super) fn is_at_text(&mut self) -> bool {
        self.next();
        Q::is_quote(self.text.as_bytes(), self.at)
    }

    /// As [`Self::value`], of one that is no text.
    #[inline(never)]
    pub(super) fn other_value(&mut self, depth: usize) -> Option<Value<'r>> {
        match self.next()? {
            b'{' => {
                let open = self.named.len();
                self.members(depth, |parser, name, depth| {
                    if parser.is_at_text() {
                        let text = parser.string()?;
                        parser.named.push((name, Value::String(text)));
                    } else {
                        let value = parser.other_value(depth)?;
                        parser.named.push((name, value));
                    }
                    Some(())
                })?;
                Some(self.object(open))
            }
            b'[' => self.list(depth),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    /// The object of the members from a place in [`Self::named`] on.
    pub(super) fn object(&mut self, open: usize) -> Value<'r> {
        let members = Map::new(&self.named[open..], self.arena);
        self.named.truncate(open);
        Value::Object(members)
    }

    fn word(&mut self, word: &str, value: Value<'r>) -> Option<Value<'r>> {
        let is_word = self.text[self.at..].starts_with(word);
        self.at += if is_word { word.len() } else { 0 };
        is_word.then_some(value)
    }

    fn number(&mut self) -> Option<Value<'r>> {
        let start = self.at;
        self.at = json_text::number_end(self.text.as_bytes(), start)?;
        let written = &self.text[start..self.at];
        let is_plain = written.len() < 19 && written.bytes().all(|byte| byte.is_ascii_digit());
        if is_plain {
            return Some(Value::Number(written));
        }
        let number: serde_json::Number = serde_json::from_str(written).ok()?;
        Some(Value::Number(self.arena.alloc_str(&number.to_string())))
    }

    #[inline]
    pub(super) fn string(&mut self) -> Option<&'r str> {
        let (end, content) = Q::string(self.text, self.at, self.arena)?;
        self.at = end;
        Some(content)
    }

    fn list(&mut self, depth: usize) -> Option<Value<'r>> {
        let depth = depth.checked_sub(1)?;
        self.at += 1;
        if self.take(b']') {
            return Some(Value::Array(&[]));
        }
        let open = self.items.len();
        loop {
            if self.is_at_text() {
                let text = self.string()?;
                self.items.push(Value::String(text));
            } else {
                let item = self.other_value(depth)?;
                self.items.push(item);
            }
            if self.take(b']') {
                let list = Value::list(&self.items[open..], self.arena);
                self.items.truncate(open);
                return Some(list);
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    /// Reads an object: `read` takes the name of each member and reads its value.
    pub(super) fn members(
        &mut self,
        depth: usize,
        mut read: impl FnMut(&mut Self, &'r str, usize) -> Option<()>,
    ) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        if !self.take(b'{') {
            return None;
        }
        if self.take(b'}') {
            return Some(());
        }
        loop {
            self.next();
            let name = self.string()?;
            if !self.take(b':') {
                return None;
            }
            self.next();
            read(self, name, depth)?;
            if self.take(b'}') {
                return Some(());
            }
            if !self.take(b',') {
                return None;
            }
        }
    }
}
