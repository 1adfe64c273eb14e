//! The files that hold bytes: those received, and the one in which unpacked bytes are set aside. Any number of readers
//! read them, each at its own position.

use crate::facts::given;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// A file with bytes of a source.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// A file as received. Each reader opens it anew: a bundle may have more files than a process may hold open.
    Named(PathBuf),
    /// The file in which bytes were set aside.
    Aside(Arc<File>),
}

impl Body {
    /// Opens it, where it is a file.
    pub(crate) fn open(&self) -> io::Result<Arc<File>> {
        match self {
            Self::Named(path) => given::open(path).map(Arc::new),
            Self::Aside(file) => Ok(Arc::clone(file)),
        }
    }

    /// Path of a file received; empty for what has none.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Aside(_) => Path::new(""),
        }
    }
}

/// A reader of a part of a file, with a place of its own. Its positions count from the part's first byte.
#[derive(Debug)]
pub(crate) struct Stretch {
    file: Arc<File>,
    start: u64,
    /// End of the part; `None` for the end of the file.
    end: Option<u64>,
    at: u64,
}

impl Stretch {
    /// Reads a part of a file; all of it for `None`.
    pub(crate) fn open(body: &Body, range: Option<&Range<u64>>) -> io::Result<Self> {
        let start = range.map_or(0, |range| range.start);
        Ok(Self { file: body.open()?, start, end: range.map(|range| range.end), at: start })
    }

    /// Reads at an offset, leaving the place where it is.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
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

/// Length of a file and the time it was last changed at.
pub(crate) type Stamp = (u64, Option<SystemTime>);

/// The stamp by what the system says about a file.
pub(crate) fn stamp(about: &Metadata) -> Stamp {
    (about.len(), about.modified().ok())
}

/// An I/O error in words that say what to do.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "cannot be read: permission denied".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}
