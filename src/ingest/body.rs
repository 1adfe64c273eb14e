//! The files that bytes stand in: those received, and the one in which unpacked ones are set aside. Any number of
//! readers read them, each at its own place.

use crate::facts::given;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file that bytes stand in.
#[derive(Clone, Debug)]
pub(super) enum Body {
    /// A file as received. Each reader opens it anew: a bundle may have more files than a process may hold open.
    Named(PathBuf),
    /// The file in which bytes were set aside.
    Aside(Arc<File>),
}

impl Body {
    /// Opens it, where it is a file.
    pub(super) fn open(&self) -> io::Result<Arc<File>> {
        match self {
            Self::Named(path) => given::open(path).map(Arc::new),
            Self::Aside(file) => Ok(Arc::clone(file)),
        }
    }

    /// Path of a file received; empty for what has none.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Aside(_) => Path::new(""),
        }
    }
}

/// A reader of a part of a file, with a place of its own. Its positions count from the part's first byte.
#[derive(Debug)]
pub(super) struct Stretch {
    file: Arc<File>,
    start: u64,
    /// Where the part ends; `None` for the end of the file.
    end: Option<u64>,
    at: u64,
}

impl Stretch {
    /// Reads a part of a file; all of it for `None`.
    pub(super) fn open(body: &Body, range: Option<&Range<u64>>) -> io::Result<Self> {
        let start = range.map_or(0, |range| range.start);
        Ok(Self { file: body.open()?, start, end: range.map(|range| range.end), at: start })
    }

    /// Reads at an offset, leaving the place where it is.
    pub(super) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let from = self.start.saturating_add(offset);
        let left = self.end.map_or(u64::MAX, |end| end.saturating_sub(from));
        let count = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        read_at(&self.file, &mut buffer[..count], from)
    }
}

impl Read for Stretch {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.read_at(buffer, self.at - self.start)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Stretch {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => self.start.checked_add(place),
            SeekFrom::Current(step) => self.at.checked_add_signed(step),
            SeekFrom::End(step) => {
                let end = self.end.map_or_else(|| self.file.metadata().map(|about| about.len()), Ok)?;
                end.checked_add_signed(step)
            }
        };
        self.at = place.filter(|place| *place >= self.start).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at - self.start)
    }
}

/// Where unpacked bytes are set aside: one file in the temporary folder, that nobody else can open. On Unix it never
/// has a name, so however the program ends, nothing of it stays; Windows removes it when the program has ended.
#[derive(Default)]
pub(super) struct Spool {
    file: Option<Arc<File>>,
    end: u64,
}

impl Spool {
    /// The file that bytes are set aside in.
    ///
    /// # Errors
    /// Where the temporary folder takes no file.
    pub(super) fn body(&mut self) -> io::Result<Body> {
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(Arc::new(tempfile::tempfile().map_err(|error| not_aside(&error))?)),
        };
        Ok(Body::Aside(Arc::clone(file)))
    }

    /// Where the next bytes will stand.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Sets bytes aside behind those before.
    ///
    /// # Errors
    /// As [`Self::body`]; also where the folder is full.
    pub(super) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Body::Aside(file) = self.body()? else { unreachable!("a spool has no name") };
        write_at(&file, bytes, self.end).map_err(|error| not_aside(&error))?;
        self.end += bytes.len() as u64;
        Ok(())
    }
}

fn not_aside(error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("unpacked it cannot be set aside in the temporary folder: {error} (TMPDIR names another)"),
    )
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        bytes = &bytes[count..];
        offset += count as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_of_one_spool_have_their_own_places() {
        let mut spool = Spool::default();
        spool.push(b"first").unwrap();
        assert_eq!(spool.end(), 5);
        spool.push(b"second").unwrap();
        let body = spool.body().unwrap();
        let mut one = Stretch::open(&body, Some(&(0..5))).unwrap();
        let mut other = Stretch::open(&body, Some(&(5..11))).unwrap();
        let (mut first, mut second) = (String::new(), String::new());
        one.by_ref().take(2).read_to_string(&mut first).unwrap();
        other.read_to_string(&mut second).unwrap();
        one.read_to_string(&mut first).unwrap();
        assert_eq!((first.as_str(), second.as_str()), ("first", "second"));
        assert_eq!(other.seek(SeekFrom::End(-2)).unwrap(), 4);
        assert!(other.seek(SeekFrom::Current(-5)).is_err(), "no reader gets before its part");
        let mut all = String::new();
        other.read_to_string(&mut all).unwrap();
        assert_eq!(all, "nd");
        assert_eq!(body.path(), Path::new(""));
    }
}
