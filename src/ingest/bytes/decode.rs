//! Bytes as records are read from: unpacked, and as UTF-8.

use super::body::{Body, Stretch};
use crate::model::words::hex;
use bzip2::read::MultiBzDecoder;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use sha2::{Digest, Sha256};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Bytes a source may unpack to whatever its packed size: a ratio is no evidence below.
pub(crate) const RATIO_FLOOR: u64 = 64 << 20;

/// The bytes of a source, as a range of a file.
#[derive(Clone, Debug)]
pub(crate) struct FileRange {
    /// The file that holds them.
    pub(crate) body: Body,
    /// The part of the file; `None` for all of it.
    pub(crate) range: Option<Range<u64>>,
    /// Method by which the archive packs its members.
    pub(crate) method: Method,
    /// CRC-32 and size that an archive declares of what it unpacks to.
    pub(crate) check: Option<(u32, u64)>,
}

/// Method by which an archive packs a member. A member that is packed once more is recognised by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflate,
    Zstd,
}

impl FileRange {
    /// All of a file.
    pub(crate) fn whole(path: &Path) -> Self {
        Self { body: Body::Named(path.to_owned()), range: None, method: Method::Stored, check: None }
    }

    /// A part of a file, unchanged.
    pub(crate) fn part(body: Body, range: Range<u64>) -> Self {
        Self { body, range: Some(range), method: Method::Stored, check: None }
    }

    /// Opens the part of the file, packed as it is.
    pub(crate) fn open(&self) -> io::Result<Stretch> {
        Stretch::open(&self.body, self.range.as_ref())
    }
}

/// The first bytes of a source.
pub(crate) struct FirstBytes {
    /// Unpacked.
    pub(crate) bytes: Vec<u8>,
    /// True if they had to be unpacked beyond what the archive does.
    pub(crate) packed: bool,
}

/// Reads the first bytes of a source, unpacked. A packed source that is damaged further on is no matter here.
pub(crate) fn head(place: &FileRange, length: usize) -> io::Result<FirstBytes> {
    let read = AtomicU64::new(0);
    let file = ranged(place, &|_| {}, &read, 4 << 10)?;
    let mut unpacked = unpacked(Box::new(member(place, file)?))?;
    let mut bytes = vec![0; length];
    let mut filled = 0;
    // An unpacker that fails gives nothing of what was asked for: so little is asked for at a time.
    let most = if unpacked.packed || place.method != Method::Stored { 1 } else { length };
    while filled < length {
        let end = length.min(filled + most);
        match unpacked.reader.read(&mut bytes[filled..end]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // The bytes up to there are enough; the fault is reported when the source is read.
            Err(_) if filled > 0 => break,
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(FirstBytes { bytes, packed: unpacked.packed })
}

/// Opens a source and hands its decoded stream to `take`. `count` gets the number of bytes with every read from disk.
pub(crate) fn open<T>(
    place: &FileRange,
    max_ratio: u64,
    count: &(dyn Fn(u64) + Sync),
    take: impl FnOnce(&mut dyn Read) -> T,
) -> io::Result<T> {
    open_hashed(place, max_ratio, count, None, take)
}

/// As [`open`]; `content` gets the SHA-256 of the unpacked bytes, if they were read to their end.
pub(crate) fn open_hashed<T>(
    place: &FileRange,
    max_ratio: u64,
    count: &(dyn Fn(u64) + Sync),
    content: Option<&OnceLock<String>>,
    take: impl FnOnce(&mut dyn Read) -> T,
) -> io::Result<T> {
    let read = AtomicU64::new(0);
    let file = ranged(place, count, &read, 256 << 10)?;
    let unpacked = unpacked(Box::new(member(place, file)?))?;
    let mut reader = if unpacked.packed || place.method != Method::Stored {
        Box::new(Bounded { reader: unpacked.reader, given: 0, read: &read, max_ratio })
    } else {
        unpacked.reader
    };
    let Some(content) = content else { return utf8(reader, take) };
    let mut hashed = Hashed { reader: &mut reader, hash: Sha256::new(), failed: false };
    let taken = utf8(&mut hashed, take)?;
    // Whoever found the last record need not have asked for the end.
    let rest = io::copy(&mut (&mut hashed).take(REST), &mut io::sink());
    if !hashed.failed && rest.is_ok_and(|rest| rest < REST) {
        let _ = content.set(hex(&hashed.hash.finalize()));
    }
    Ok(taken)
}

/// Most bytes behind the last record that are read for the sake of a hash alone.
const REST: u64 = 1 << 20;

/// A stream that is hashed as it is read.
struct Hashed<R> {
    reader: R,
    hash: Sha256,
    /// Whether some of it could not be read: a hash of the beginning depends on how much was asked for at a time.
    failed: bool,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer);
        self.failed |= read.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        let count = read?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}

/// Hands a stream on as [`open`] does a source's.
pub(crate) fn unpack<'r, T>(reader: Box<dyn Read + 'r>, take: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
    utf8(unpacked(reader)?.reader, take)
}

/// The bytes on disk.
fn ranged<'c>(
    place: &FileRange,
    count: &'c (dyn Fn(u64) + Sync),
    read: &'c AtomicU64,
    buffer: usize,
) -> io::Result<BufReader<Counted<'c>>> {
    Ok(BufReader::with_capacity(buffer, Counted { file: place.open()?, count, read }))
}

/// Unpacks the bytes on disk by the archive's method.
fn member<'c, R: io::BufRead + 'c>(place: &FileRange, packed: R) -> io::Result<Box<dyn Read + 'c>> {
    let reader: Box<dyn Read + 'c> = match place.method {
        Method::Stored => Box::new(packed),
        Method::Deflate => Box::new(DeflateDecoder::new(packed)),
        Method::Zstd => Box::new(zstd::Decoder::with_buffer(packed)?),
    };
    Ok(match place.check {
        Some(check) => Box::new(Checked { reader, sum: Crc::new(), size: 0, check, done: false }),
        None => reader,
    })
}

/// The bytes after bzip2's mark and level: the mark of a block, or of the end.
const BZIP2: [[u8; 6]; 2] = [*b"1AY&SY", *b"\x17\x72\x45\x38\x50\x90"];

/// A stream that is packed no more.
struct Unpacked<'r> {
    reader: Box<dyn Read + 'r>,
    packed: bool,
}

/// Most memory for the dictionary of what xz packed, in KiB: its strongest setting needs a sixteenth.
const XZ_MEMORY: u32 = 1 << 20;

/// Takes off gzip, zstd, xz and bzip2, recognised by their marks: `.json.gz` in a zip, or a blob packed twice.
fn unpacked<'r>(mut reader: Box<dyn Read + 'r>) -> io::Result<Unpacked<'r>> {
    let mut packed = false;
    for _ in 0..2 {
        let mut first = [0; 10];
        let filled = fill(&mut reader, &mut first)?;
        let whole = io::Cursor::new(first[..filled].to_vec()).chain(reader);
        reader = match first {
            [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(BufReader::with_capacity(64 << 10, whole))),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(zstd::Decoder::new(whole)?),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Box::new(XzReader::new_mem_limit(whole, true, XZ_MEMORY)),
            [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if BZIP2.contains(&rest) => Box::new(MultiBzDecoder::new(whole)),
            _ => return Ok(Unpacked { reader: Box::new(whole), packed }),
        };
        packed = true;
    }
    Ok(Unpacked { reader, packed })
}

/// Reads until the buffer is full or the stream ends.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// As [`open_hashed`], with the unpacking and hashing on a thread of its own.
pub(crate) fn piped<T>(
    place: &FileRange,
    max_ratio: u64,
    count: &(dyn Fn(u64) + Sync),
    content: Option<&OnceLock<String>>,
    take: impl FnOnce(&mut dyn Read) -> T,
) -> io::Result<T> {
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel(4);
        let unpacker = scope.spawn(move || open_hashed(place, max_ratio, count, content, |reader| pump(reader, &send)));
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
        // An empty block would read as the end, and hide the error that follows it.
        if !block.is_empty() && send.send(Ok(block)).is_err() {
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
    let filled = fill(&mut reader, &mut first)?;
    let mut whole = io::Cursor::new(first[..filled].to_vec()).chain(reader);
    Ok(match encoding(&first[..filled]) {
        Encoding::Utf8 => take(&mut whole),
        wide => {
            take(&mut Wide { reader: whole, big: wide == Encoding::Utf16Big, held: Vec::new(), out: Vec::new(), at: 0 })
        }
    })
}

/// Encoding of a source's characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

/// Tells the encoding from the first four bytes: a mark, or NULs in every other place.
pub(crate) fn encoding(head: &[u8]) -> Encoding {
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

/// A file that counts the bytes read of it.
struct Counted<'c> {
    file: Stretch,
    count: &'c (dyn Fn(u64) + Sync),
    read: &'c AtomicU64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        (self.count)(count as u64);
        Ok(count)
    }
}

/// A stream that may not grow out of all proportion to what is read for it.
struct Bounded<'r> {
    reader: Box<dyn Read + 'r>,
    given: u64,
    read: &'r AtomicU64,
    max_ratio: u64,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.given += count as u64;
        if is_bomb(self.read.load(Ordering::Relaxed), self.given, self.max_ratio) {
            return Err(io::Error::other(format!(
                "it unpacks to more than {} times its size (--max-ratio raises it)",
                self.max_ratio
            )));
        }
        Ok(count)
    }
}

/// Returns whether so many bytes out of so many packed ones are no logs any more.
pub(crate) fn is_bomb(packed: u64, unpacked: u64, max_ratio: u64) -> bool {
    unpacked > RATIO_FLOOR && unpacked / max_ratio > packed
}

/// A member that is held against the sum and the size its archive declares.
struct Checked<R> {
    reader: R,
    sum: Crc,
    size: u64,
    check: (u32, u64),
    done: bool,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.sum.update(&buffer[..count]);
        self.size += count as u64;
        if count == 0 && !buffer.is_empty() && !std::mem::replace(&mut self.done, true) {
            if self.size != self.check.1 {
                let (actual, recorded) = (self.size, self.check.1);
                return Err(io::Error::other(format!("it holds {actual} bytes, its archive says {recorded}")));
            }
            if self.sum.sum() != self.check.0 {
                return Err(io::Error::other("its checksum is not the one its archive gives: some of it was changed"));
            }
        }
        Ok(count)
    }
}

/// The bytes at an offset of a source's decoded stream.
pub(crate) fn slice(place: &FileRange, offset: u64, len: usize) -> io::Result<Vec<u8>> {
    let head = head(place, 4)?;
    if !head.packed && place.method == Method::Stored && encoding(&head.bytes) == Encoding::Utf8 {
        let mut file = place.open()?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; len];
        file.read_exact(&mut bytes)?;
        return Ok(bytes);
    }
    open(place, u64::MAX, &|_| {}, |reader| {
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
