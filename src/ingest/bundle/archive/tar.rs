//! The members of a tar. A packed one is read once, from its start, and its members are set aside as they come: what
//! stands before a fault in it is read, and what stands behind a member that is left out.

use super::{Archive, Left, Member, Ration};
use crate::ingest::bundle::intake::Intake;
use crate::ingest::bytes::body::reason;
use crate::ingest::bytes::decode::{self, FileRange, RATIO_FLOOR};
use crate::ingest::bytes::window::TOO_MANY_BYTES;
use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;
use tar::{Entry, EntryType};

/// Most bytes between the contents of two members: headers, and long names in them, which are kept in memory.
const BETWEEN: u64 = 16 << 20;

impl Intake<'_> {
    pub(super) fn tar(&mut self, archive: &Archive<'_>, left: &mut Left) -> Result<(), String> {
        let file = archive.place.open().map_err(|error| reason(&error))?;
        let (between, budget) = Between::new(BufReader::new(file));
        let mut tar = tar::Archive::new(between);
        let entries = tar.entries_with_seek().map_err(|error| format!("is a damaged tar: {error}"))?;
        let before = self.found();
        for (number, entry) in (1u64..).zip(entries) {
            if self.is_stopped() {
                return Ok(());
            }
            let entry = entry.map_err(|error| damaged(number, &error))?;
            budget.set(BETWEEN);
            let Some(name) = self.tar_member(&entry, archive)? else { continue };
            let bytes = entry.size();
            // A member cut off at the archive's end is reported when its bytes are read.
            let range = archive.range(entry.raw_file_position(), bytes);
            let place = FileRange::part(archive.place.body.clone(), range);
            self.member(archive, Member { name, place, bytes }, left);
        }
        if self.found() == before && left.is_empty() {
            return Err("is a tar without files".to_owned());
        }
        Ok(())
    }

    pub(super) fn packed_tar(&mut self, archive: &Archive<'_>, left: &mut Left) -> Result<(), String> {
        // What comes out is weighed member by member: the stream as a whole may be passed over.
        decode::open(archive.place, u64::MAX, &|_| {}, |reader| self.stream_tar(reader, archive, left))
            .map_err(|error| format!("cannot be unpacked: {error}"))?
    }

    fn stream_tar(&mut self, reader: &mut dyn Read, archive: &Archive<'_>, left: &mut Left) -> Result<(), String> {
        let (between, budget) = Between::new(&mut *reader);
        let mut tar = tar::Archive::new(between);
        let entries = tar.entries().map_err(|error| format!("is a damaged tar: {error}"))?;
        let mut ration = Ration::new(archive.bytes);
        let mut passed = 0u64;
        let before = self.found();
        for (number, entry) in (1u64..).zip(entries) {
            if self.is_stopped() {
                return Ok(());
            }
            let mut entry = entry.map_err(|error| damaged(number, &error))?;
            let Some(name) = self.tar_member(&entry, archive)? else { continue };
            let bytes = entry.size();
            passed = passed.saturating_add(bytes);
            if passed > self.options.max_bytes {
                return Err(format!("from member {number} on, {name}, it was not read: it {TOO_MANY_BYTES}"));
            }
            budget.set(u64::MAX);
            if ration.take(bytes, self.options.max_ratio) {
                let (range, failed) = self.copy_aside(&mut entry);
                let came = range.end - range.start;
                let short = (came < bytes && !self.is_stopped()).then(|| io::ErrorKind::UnexpectedEof.into());
                let failed = failed.or(short).map(|error| damaged(number, &error));
                let place = FileRange::part(self.spooled()?, range);
                // What came of a member that is cut off is read, too.
                if came > 0 || failed.is_none() {
                    self.member(archive, Member { name, place, bytes: came }, left);
                }
                if let Some(failed) = failed {
                    return Err(failed);
                }
            } else {
                self.count_member();
                left.bombs.push(name);
                io::copy(&mut entry, &mut io::sink()).map_err(|error| damaged(number, &error))?;
            }
            budget.set(BETWEEN);
        }
        if self.found() == before && left.is_empty() {
            return Err("is a tar without files".to_owned());
        }
        // The sums of what it is packed in stand at the end.
        let rest = &mut (&mut *reader).take(RATIO_FLOOR);
        io::copy(rest, &mut io::sink()).map(drop).map_err(|error| format!("is damaged: {error}"))
    }

    /// Name of a member that is a file; others are passed over, and named where they might be evidence.
    fn tar_member<R: Read>(&mut self, entry: &Entry<'_, R>, archive: &Archive<'_>) -> Result<Option<String>, String> {
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            return Ok(None);
        }
        if self.members_left() == 0 {
            return Err(self.too_many(None));
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if kind.is_file() || kind.is_contiguous() {
            return Ok(Some(name));
        }
        let what = match kind {
            EntryType::GNUSparse => "a sparse file",
            EntryType::Symlink | EntryType::Link => "a link",
            EntryType::Char | EntryType::Block => "a device",
            EntryType::Fifo => "a pipe",
            _ => "something else than a file",
        };
        self.member_problem(
            format!("{}!{name}", archive.name),
            format!("is {what}: unpack the archive and give the folder"),
        );
        Ok(None)
    }
}

fn damaged(number: u64, error: &io::Error) -> String {
    format!("is a damaged tar from member {number} on: {error}")
}

/// A reader that gives a limited number of bytes until it is allowed more.
struct Between<R> {
    reader: R,
    left: Rc<Cell<u64>>,
}

impl<R> Between<R> {
    fn new(reader: R) -> (Self, Rc<Cell<u64>>) {
        let left = Rc::new(Cell::new(BETWEEN));
        (Self { reader, left: Rc::clone(&left) }, left)
    }
}

impl<R: Read> Read for Between<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        let left = self.left.get().checked_sub(count as u64);
        self.left.set(left.ok_or_else(|| io::Error::other("the header of a member is longer than 16 MiB"))?);
        Ok(count)
    }
}

impl<R: Seek> Seek for Between<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}
