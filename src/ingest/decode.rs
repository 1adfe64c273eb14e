//! Bytes as records are read from: unpacked, and as UTF-8.

use super::bundle::{Input, Wrap};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Opens a source and hands its decoded stream to `take`. `count` is told of every byte read from disk.
pub(super) fn open<T>(
    input: &Input,
    count: &(dyn Fn(u64) + Sync),
    take: impl FnOnce(&mut dyn Read) -> T,
) -> io::Result<T> {
    let file = Counted { file: File::open(&input.path)?, count };
    match &input.wrap {
        Wrap::Plain => utf8(file, take),
        Wrap::Gzip => utf8(MultiGzDecoder::new(BufReader::with_capacity(256 << 10, file)), take),
        Wrap::Member(index) => {
            // The directory is no part of the member's bytes.
            let quiet = Counted { file: file.file, count: &|_| {} };
            let mut archive = zip::ZipArchive::new(BufReader::new(quiet)).map_err(io::Error::other)?;
            let member = archive.by_index(*index).map_err(io::Error::other)?;
            let packed = member.compressed_size();
            let whole = member.size().max(1);
            utf8(Scaled { member, packed, whole, given: 0, told: 0, count }, take)
        }
    }
}

/// As [`open`], with the unpacking on a thread of its own.
pub(super) fn piped<T>(
    input: &Input,
    count: &(dyn Fn(u64) + Sync),
    take: impl FnOnce(&mut dyn Read) -> T,
) -> io::Result<T> {
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel(4);
        let unpacker = scope.spawn(move || open(input, count, |reader| pump(reader, &send)));
        let taken = take(&mut Piped { receive, block: Vec::new(), at: 0 });
        unpacker.join().unwrap_or_else(|_| Err(io::Error::other("the unpacker gave up"))).map(|()| taken)
    })
}

fn pump(reader: &mut dyn Read, send: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut block = vec![0; super::window::BLOCK];
        let mut filled = 0;
        let outcome = loop {
            match reader.read(&mut block[filled..]) {
                Ok(0) => break Ok(()),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
            if filled == block.len() {
                break Ok(());
            }
        };
        let last = filled < block.len();
        block.truncate(filled);
        if send.send(Ok(block)).is_err() {
            return;
        }
        if let Err(error) = outcome {
            // A reader that has gone needs no reason.
            let _ = send.send(Err(error));
            return;
        }
        if last {
            return;
        }
    }
}

struct Piped {
    receive: Receiver<io::Result<Vec<u8>>>,
    block: Vec<u8>,
    at: usize,
}

impl Read for Piped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.len() {
            match self.receive.recv() {
                Ok(block) => self.block = block?,
                Err(_) => return Ok(0),
            }
            self.at = 0;
        }
        let count = buffer.len().min(self.block.len() - self.at);
        buffer[..count].copy_from_slice(&self.block[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// Hands on the stream as UTF-8: as it is, or turned from UTF-16.
fn utf8<R: Read, T>(mut reader: R, take: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
    let mut first = [0; 4];
    let mut filled = 0;
    while filled < first.len() {
        match reader.read(&mut first[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut whole = io::Cursor::new(first[..filled].to_vec()).chain(reader);
    Ok(match encoding(&first[..filled]) {
        Encoding::Utf8 => take(&mut whole),
        wide => {
            take(&mut Wide { reader: whole, big: wide == Encoding::Utf16Big, held: Vec::new(), out: Vec::new(), at: 0 })
        }
    })
}

/// How a source writes its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

/// Tells the encoding from the first four bytes: a mark, or NULs in every other place.
pub(super) fn encoding(head: &[u8]) -> Encoding {
    match head {
        [0xff, 0xfe, ..] => Encoding::Utf16Little,
        [0xfe, 0xff, ..] => Encoding::Utf16Big,
        [a, 0, b, 0] if *a != 0 && *b != 0 => Encoding::Utf16Little,
        [0, a, 0, b] if *a != 0 && *b != 0 => Encoding::Utf16Big,
        _ => Encoding::Utf8,
    }
}

/// UTF-16 to UTF-8. A lone surrogate becomes bytes that are not UTF-8, so that its record is named as unread.
struct Wide<R> {
    reader: R,
    big: bool,
    held: Vec<u8>,
    out: Vec<u8>,
    at: usize,
}

impl<R: Read> Wide<R> {
    fn refill(&mut self) -> io::Result<()> {
        let kept = self.held.len();
        self.held.resize(kept + (64 << 10), 0);
        let count = self.reader.read(&mut self.held[kept..])?;
        self.held.truncate(kept + count);
        self.out.clear();
        self.at = 0;
        let units = self.held.len() / 2;
        let unit = |index: usize| {
            let pair = [self.held[2 * index], self.held[2 * index + 1]];
            if self.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        let high_at_end = units > 0 && (0xd800..0xdc00).contains(&unit(units - 1)) && count > 0;
        let whole = units - usize::from(high_at_end);
        for decoded in char::decode_utf16((0..whole).map(unit)) {
            match decoded {
                Ok(c) => self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(_) => self.out.push(0xff),
            }
        }
        self.held.drain(..2 * whole);
        if count == 0 {
            // Half a character at the very end.
            if !self.held.is_empty() {
                self.held.clear();
                self.out.push(0xff);
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Wide<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() {
            let before = self.held.len();
            self.refill()?;
            if self.out.is_empty() && self.held.len() <= before {
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.out.len() - self.at);
        buffer[..count].copy_from_slice(&self.out[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// A file that tells what is read of it.
struct Counted<'c> {
    file: File,
    count: &'c (dyn Fn(u64) + Sync),
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        (self.count)(count as u64);
        Ok(count)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// A member that tells its share of the archive's bytes: those given out, scaled to its packed size.
struct Scaled<'c, R> {
    member: R,
    packed: u64,
    whole: u64,
    given: u64,
    told: u64,
    count: &'c (dyn Fn(u64) + Sync),
}

impl<R: Read> Read for Scaled<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.member.read(buffer)?;
        self.given += count as u64;
        let share = u128::from(self.given.min(self.whole)) * u128::from(self.packed) / u128::from(self.whole);
        let share = u64::try_from(share).unwrap_or(self.packed);
        (self.count)(share - self.told);
        self.told = share;
        Ok(count)
    }
}

/// The bytes at an offset of a source's decoded stream.
pub(super) fn slice(path: &Path, wrap: &Wrap, offset: u64, len: usize) -> io::Result<Vec<u8>> {
    let input = Input { name: String::new(), path: path.to_owned(), member: None, wrap: wrap.clone(), bytes: 0 };
    open(&input, &|_| {}, |reader| {
        let passed = io::copy(&mut reader.take(offset), &mut io::sink())?;
        let mut bytes = vec![0; len];
        if passed == offset {
            reader.read_exact(&mut bytes)?;
            return Ok(bytes);
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        utf8(bytes, |reader| reader.read_to_end(&mut out).unwrap()).unwrap();
        out
    }

    #[test]
    fn utf16_becomes_utf8() {
        let text = "\u{feff}{\"a\":\"Zoë 🐟\"}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(wide(&little), text.as_bytes());
        assert_eq!(wide(&big), text.as_bytes());
        assert_eq!(wide(&little[2..]), &text.as_bytes()[3..]);
        let long: String = "🐟x".repeat(60_000);
        let bytes: Vec<u8> = format!("\u{feff}{long}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(&wide(&bytes)[3..], long.as_bytes());
    }

    #[test]
    fn half_characters_are_not_hidden() {
        assert_eq!(wide(b"\xff\xfea\0\x00\xd8"), b"\xef\xbb\xbfa\xff");
        assert_eq!(wide(b"\xff\xfea\0b"), b"\xef\xbb\xbfa\xff");
        assert_eq!(wide(b""), b"");
    }
}
