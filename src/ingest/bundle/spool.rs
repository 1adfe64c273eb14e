//! The file in which unpacked bytes are set aside, to be read from any position.

use crate::ingest::bytes::body::Body;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// The file for unpacked bytes, in the temporary folder; nobody else can open it. On Unix it never
/// has a name, so however the program ends, nothing of it stays; Windows removes it when the program has ended.
#[derive(Default)]
pub(crate) struct Spool {
    file: Option<Arc<File>>,
    end: u64,
}

impl Spool {
    /// The file that bytes are set aside in.
    ///
    /// # Errors
    /// When the temporary folder takes no file.
    pub(crate) fn body(&mut self) -> io::Result<Body> {
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(Arc::new(tempfile::tempfile().map_err(|error| not_aside(&error))?)),
        };
        Ok(Body::Aside(Arc::clone(file)))
    }

    /// The offset of the next bytes.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Sets bytes aside behind those before.
    ///
    /// # Errors
    /// As [`Self::body`]; also where the folder is full.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
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
fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
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
    use crate::ingest::bytes::body::Stretch;
    use std::io::{Read, Seek, SeekFrom};
    use std::path::Path;

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
