//! A cursor over a stream of JSON: finds where values end without keeping more than one of them.

use crate::ingest::bytes::window::Window;
use crate::ingest::record::json_scan::MAX_DEPTH;
use crate::tables::json_text;

/// Reason that the end of a value was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// The source ends inside it.
    Cut,
    /// A byte that JSON does not allow at its place.
    Stray(u8),
    /// It is longer than the cap.
    TooLong,
}

/// Containers that are open when a value breaks off, past which only their number is known.
const MAX_OPEN: usize = 1 << 20;

/// Bytes that may be read again for each byte read, to find what is whole between what is broken. Only a source made
/// for it needs more.
pub(super) const MAX_AGAIN: u64 = 32;
/// As above, of a small source.
pub(super) const AGAIN: u64 = 4 << 20;

/// A value that broke off: every container that was open there breaks off there too.
struct Unclosed {
    /// Offsets of the containers, in order.
    starts: Vec<u64>,
    broken: Broken,
}

/// A stream of JSON, its positions relative to the front of the window.
pub(super) struct Cursor<'w, 'r> {
    pub(super) window: &'w mut Window<'r>,
    /// Added to offsets: where the stream begins in its source.
    base: u64,
    max_record: usize,
    /// Containers around the byte looked at: where each begins, doubled, plus one for an object.
    open: Vec<usize>,
    /// Containers known not to end, so that each is read to its end once and not from each opening within.
    unclosed: Vec<Unclosed>,
    /// The end of the furthest value read.
    reached: u64,
    /// Bytes read again.
    again: u64,
}

impl<'w, 'r> Cursor<'w, 'r> {
    /// Over everything in the window; `base` is where the stream begins in its source.
    pub(super) fn new(window: &'w mut Window<'r>, base: u64, max_record: usize) -> Self {
        Self { window, base, max_record, open: Vec::new(), unclosed: Vec::new(), reached: 0, again: 0 }
    }

    /// Returns whether too much was read again to look for further records.
    pub(super) fn is_hopeless(&self) -> bool {
        self.again > AGAIN + MAX_AGAIN * self.reached
    }

    #[cfg(test)]
    pub(super) fn again(&self) -> u64 {
        self.again
    }

    /// Offset of the front of the window in the source.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.window.offset()
    }

    /// Consumes white space, and the given bytes, at the front.
    pub(super) fn blank(&mut self, also: &[u8]) {
        loop {
            let bytes = self.window.bytes();
            let count = bytes.iter().take_while(|b| b.is_ascii_whitespace() || also.contains(b)).count();
            let all = count == bytes.len();
            self.window.consume(count);
            if !all || !self.window.more() {
                return;
            }
        }
    }

    /// Consumes up to the next `opening`; `false` where there is none.
    pub(super) fn seek(&mut self, opening: &[u8]) -> bool {
        let finder = memchr::memmem::Finder::new(opening);
        loop {
            if let Some(at) = finder.find(self.window.bytes()) {
                self.window.consume(at);
                return true;
            }
            // The last bytes may be the beginning of it.
            let held = self.window.bytes().len();
            self.window.consume(held.saturating_sub(opening.len() - 1));
            if !self.window.more() {
                return false;
            }
        }
    }

    /// The position of the first byte from `at` on that is no white space.
    pub(super) fn skip_space(&mut self, mut at: usize) -> Result<usize, Broken> {
        loop {
            match self.window.byte(at) {
                Some(byte) if byte.is_ascii_whitespace() => at += 1,
                Some(_) => return Ok(at),
                None => return Err(Broken::Cut),
            }
        }
    }

    /// The position after the string that begins at `at`.
    pub(super) fn string_end(&mut self, at: usize) -> Result<usize, Broken> {
        if let Some(end) = json_text::string_end(self.window.bytes(), at) {
            return Ok(end);
        }
        let mut at = at + 1;
        loop {
            let bytes = self.window.bytes();
            match bytes.get(at..).and_then(|rest| memchr::memchr3(b'"', b'\\', b'\n', rest)).map(|found| at + found) {
                Some(found) if bytes[found] == b'"' => return Ok(found + 1),
                Some(found) if bytes[found] == b'\\' => at = found + 2,
                // No string holds a bare line break: one that seems to has lost its end.
                Some(_) => return Err(Broken::Stray(b'\n')),
                None => {
                    at = at.max(bytes.len());
                    self.grow(at)?;
                }
            }
        }
    }

    fn grow(&mut self, at: usize) -> Result<(), Broken> {
        if at > self.max_record + 2 {
            return Err(Broken::TooLong);
        }
        if self.window.more() { Ok(()) } else { Err(Broken::Cut) }
    }

    /// The position after the value that begins at `at`.
    pub(super) fn value_end(&mut self, at: usize) -> Result<usize, Broken> {
        if let Some(broken) = self.known_broken(at) {
            return Err(broken);
        }
        self.open.clear();
        let (mut reached, mut deeper) = (at, 0);
        let end = match self.plain_end(at) {
            Some(end) => {
                reached = end;
                Ok(end)
            }
            None => self.read_value(&mut reached, &mut deeper),
        };
        let (from, to) = (self.offset() + at as u64, self.offset() + reached as u64);
        self.again += self.reached.min(to).saturating_sub(from);
        self.reached = self.reached.max(to);
        // What is only too long may end from within.
        if let Err(broken @ (Broken::Cut | Broken::Stray(_))) = end
            && !self.open.is_empty()
        {
            let begin = self.offset();
            self.unclosed.retain(|unclosed| unclosed.starts.last().is_some_and(|last| *last >= begin));
            let starts = self.open.iter().map(|open| begin + (open >> 1) as u64).collect();
            self.unclosed.push(Unclosed { starts, broken });
        }
        end
    }

    /// The position after the text, object or list that begins at `at`, where the window has all of it and nothing is wrong
    /// with it: nearly always.
    fn plain_end(&self, at: usize) -> Option<usize> {
        let bytes = self.window.bytes();
        let is_closed = matches!(bytes.get(at), Some(b'"' | b'{' | b'['));
        if is_closed { json_text::value_end(bytes, at, MAX_DEPTH) } else { None }
    }

    /// Reason that the value at `at` does not end, if that is known.
    fn known_broken(&self, at: usize) -> Option<Broken> {
        let start = self.offset() + at as u64;
        let holds = |unclosed: &&Unclosed| unclosed.starts.binary_search(&start).is_ok();
        self.unclosed.iter().find(holds).map(|unclosed| unclosed.broken)
    }

    /// Reads the value that begins at `at`, with the containers it is in; `deeper` counts those that are not kept.
    fn read_value(&mut self, at: &mut usize, deeper: &mut usize) -> Result<usize, Broken> {
        loop {
            let depth = self.open.len() + *deeper;
            let Some(&byte) = self.window.bytes().get(*at) else {
                // A number or word may be the last thing of a source.
                match self.grow(*at) {
                    Err(Broken::Cut) if depth == 0 && *at > 0 && self.window.bytes().len() == *at => return Ok(*at),
                    other => other?,
                }
                continue;
            };
            match byte {
                b'"' => *at = self.string_end(*at)?,
                b'{' | b'[' => {
                    if self.open.len() < MAX_OPEN {
                        self.open.push((*at << 1) | usize::from(byte == b'{'));
                    } else {
                        *deeper += 1;
                    }
                    *at += 1;
                    continue;
                }
                b'}' | b']' if *deeper > 0 => {
                    *deeper -= 1;
                    *at += 1;
                }
                b'}' | b']' => {
                    // Whether it closes what was opened last.
                    if self.open.last().is_none_or(|open| (open & 1 == 1) != (byte == b'}')) {
                        return Err(Broken::Stray(byte));
                    }
                    self.open.pop();
                    *at += 1;
                }
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth > 0 => {
                    *at += 1;
                    continue;
                }
                _ => *at = self.word_end(*at)?,
            }
            if self.open.len() + *deeper == 0 {
                return Ok(*at);
            }
        }
    }

    /// The position after a number or a word such as `true`.
    fn word_end(&mut self, start: usize) -> Result<usize, Broken> {
        let mut at = start;
        while let Some(byte) = self.window.byte(at) {
            match byte {
                b'0'..=b'9'
                | b'+'
                | b'-'
                | b'.'
                // Letters of the words that JSON has, and of those that tools write all the same: NaN, Infinity, None.
                | b'a'..=b'z'
                | b'A'..=b'Z' => at += 1,
                _ if at == start => return Err(Broken::Stray(byte)),
                _ => break,
            }
            if at > self.max_record {
                return Err(Broken::TooLong);
            }
        }
        Ok(at)
    }
}
