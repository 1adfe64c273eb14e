//! Bundles that are no files: a stream that is piped in, and one that is part of the program.

use super::intake::Intake;
use crate::ingest::bytes::body::{Body, reason};
use crate::ingest::bytes::decode::FileRange;
use crate::ingest::framing::shape::HEAD;
use std::fs::File;
use std::io::{self, BufRead, Read, StdinLock, Write};
use std::sync::Arc;

/// Bytes of stdin copied between two looks at whether the user stopped it.
const SPOOL: u64 = 16 << 20;

impl Intake<'_> {
    /// Sets stdin aside in a file, so that its records can be read again.
    pub(super) fn stdin(&mut self) {
        let spooled = tempfile::tempfile().and_then(|mut file| {
            let taken = self.copy_stdin(&mut io::stdin().lock(), &mut file)?;
            Ok((Body::Aside(Arc::new(file)), taken))
        });
        match spooled {
            Ok((body, bytes)) => {
                self.whole(FileRange::part(body, 0..bytes), "-".to_owned(), bytes, None);
                if bytes == self.options.max_bytes {
                    self.problem("-", format!("the rest, from byte {bytes} on, was not read (--max-bytes raises it)"));
                }
            }
            Err(error) => self.problem("-", format!("stdin could not be set aside in a file: {error}")),
        }
    }

    /// Takes a bundle that is part of the program.
    pub(super) fn built_in(&mut self, name: String, bytes: &[u8]) {
        let start = self.spool.end();
        match self.spool.push(bytes).and_then(|()| self.spool.body()) {
            Ok(body) => self.whole(FileRange::part(body, start..self.spool.end()), name, bytes.len() as u64, None),
            Err(error) => self.problem(name, reason(&error)),
        }
    }

    /// Copies a stream, which may take as long as whoever writes it, and shows its first rows as soon as it has them.
    fn copy_stdin(&self, from: &mut StdinLock<'_>, to: &mut File) -> io::Result<u64> {
        let most = self.options.max_bytes;
        let mut begin = Vec::new();
        let (mut taken, mut look_at) = (0, 1);
        while begin.len() < HEAD && look_at < usize::MAX {
            let bytes = match from.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                bytes => bytes?,
            };
            let count = bytes.len().min(usize::try_from(most - taken).unwrap_or(usize::MAX));
            if count == 0 {
                return Ok(taken);
            }
            begin.extend_from_slice(&bytes[..count]);
            to.write_all(&bytes[..count])?;
            from.consume(count);
            taken += count as u64;
            // Less often as it grows: each look begins at the start.
            if begin.len() >= look_at {
                look_at = if self.preview.begin("-", &begin) { usize::MAX } else { 2 * begin.len() };
            }
        }
        // The system copies the rest from one to the other.
        while !self.is_stopped() {
            let count = io::copy(&mut from.take(SPOOL.min(most - taken)), to)?;
            taken += count;
            if count == 0 {
                break;
            }
        }
        Ok(taken)
    }
}
