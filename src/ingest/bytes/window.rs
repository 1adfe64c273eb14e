//! A stretch of a decoded stream: what is being looked at is in memory, what lies before is not.

use std::io::{ErrorKind, Read};

/// Bytes asked for at a time.
pub(crate) const BLOCK: usize = 512 << 10;

/// Reason for a source that is longer than sources may be.
pub(crate) const TOO_MANY_BYTES: &str = "holds more than the most decoded bytes of a source (--max-bytes raises it)";

/// Buffered bytes from the first one not yet consumed. Positions are relative to that byte, so they hold while
/// more is read.
pub(crate) struct Window<'r> {
    reader: &'r mut dyn Read,
    /// Longer than what is read, so that it need not be cleared for each block.
    buffer: Vec<u8>,
    start: usize,
    /// Bytes of the buffer that were read.
    end: usize,
    offset: u64,
    ended: bool,
    /// Decoded bytes that may still be read.
    left: u64,
    /// Reason that reading ended early.
    pub(crate) failure: Option<String>,
}

impl<'r> Window<'r> {
    /// Over a stream of which at most `max_bytes` are read.
    pub(crate) fn new(reader: &'r mut dyn Read, max_bytes: u64) -> Self {
        Self { reader, buffer: Vec::new(), start: 0, end: 0, offset: 0, ended: false, left: max_bytes, failure: None }
    }

    /// Everything buffered and not consumed.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Offset in the stream of the first byte of [`Self::bytes`].
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns whether the stream has no more bytes than those buffered.
    pub(crate) fn is_whole(&self) -> bool {
        self.ended
    }

    /// The byte at a position, reading on if need be.
    #[inline]
    pub(crate) fn byte(&mut self, at: usize) -> Option<u8> {
        while self.start + at >= self.end {
            if !self.more() {
                return None;
            }
        }
        self.buffer.get(self.start + at).copied()
    }

    /// Lets go of the first `count` buffered bytes.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start += count;
        self.offset += count as u64;
        debug_assert!(self.start <= self.end);
    }

    /// Goes to the line after the one at the front, of which nothing is kept.
    pub(crate) fn next_line(&mut self) {
        loop {
            if let Some(at) = memchr::memchr(b'\n', self.bytes()) {
                return self.consume(at + 1);
            }
            self.consume(self.bytes().len());
            if !self.more() {
                return;
            }
        }
    }

    /// Reads another block; `false` at the end.
    pub(crate) fn more(&mut self) -> bool {
        if self.ended {
            return false;
        }
        if self.start > 0 && self.start >= self.end / 2 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let want = usize::try_from(self.left.min(BLOCK as u64)).expect("at most a block");
        if self.buffer.len() < self.end + want {
            self.buffer.resize(self.end + want, 0);
        }
        let got = loop {
            match self.reader.read(&mut self.buffer[self.end..self.end + want]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let count = match got {
            Ok(count) => count,
            Err(error) => {
                self.failure = Some(error.to_string());
                0
            }
        };
        self.end += count;
        self.left -= count as u64;
        if count == 0 {
            self.ended = true;
            if want == 0 && self.failure.is_none() && self.reader.read(&mut [0]).is_ok_and(|n| n > 0) {
                self.failure = Some(TOO_MANY_BYTES.into());
            }
        }
        count > 0
    }
}
