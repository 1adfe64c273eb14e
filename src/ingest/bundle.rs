//! What the user gave, as a list of sources: folders walked, archives opened, stdin set aside in a file.

mod folder;

use super::archive::{self, Archive, MAGIC};
use super::body::{Body, Spool};
use super::decode::{self, Place};
use super::scout::Scout;
use super::shape::HEAD;
use super::{Options, Progress};
use crate::model::Problem;
use std::collections::{HashSet, VecDeque};
use std::fs::{self, File};
use std::io::{self, BufRead, Read, StdinLock, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of stdin copied between two looks at whether the user stopped it.
const SPOOL: u64 = 16 << 20;
/// After so many sources found, the walk reports.
const REPORT_EVERY: usize = 512;

/// A source to read.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// As shown.
    pub(super) name: String,
    /// The file as received.
    pub(super) holder: Place,
    /// Member inside the archive; one in an archive in the archive has both names.
    pub(super) member: Option<String>,
    /// Where its bytes stand.
    pub(super) place: Place,
    /// Whether they must be unpacked.
    pub(super) packed: bool,
    /// Bytes on disk, packed.
    pub(super) bytes: u64,
    /// What there is to say of how it was come by.
    pub(super) remarks: Vec<String>,
}

/// The sources of a bundle, in the order of their names, and what is none.
pub(super) struct Bundle<'o> {
    pub(super) inputs: Vec<Input>,
    pub(super) problems: Vec<Problem>,
    /// Where what must be unpacked was set aside.
    pub(super) spool: Spool,
    pub(super) options: &'o Options,
    pub(super) scout: Scout<'o>,
    seen: HashSet<PathBuf>,
    /// Links met in folders, followed when all else was walked.
    links: VecDeque<PathBuf>,
    /// Members met in the file being opened.
    members: usize,
    progress: &'o dyn Fn(Progress),
    stop: &'o AtomicBool,
}

impl<'o> Bundle<'o> {
    /// Walks the given paths. Ends early when `stop` is set.
    pub(super) fn open(
        paths: &[PathBuf],
        options: &'o Options,
        progress: &'o dyn Fn(Progress),
        stop: &'o AtomicBool,
    ) -> Self {
        let mut bundle = Self {
            inputs: Vec::new(),
            problems: Vec::new(),
            spool: Spool::default(),
            options,
            scout: Scout::new(options, progress),
            seen: HashSet::new(),
            links: VecDeque::new(),
            members: 0,
            progress,
            stop,
        };
        let mut stdin = false;
        for path in paths {
            if path.as_os_str() == "-" {
                if !std::mem::replace(&mut stdin, true) {
                    bundle.stdin();
                }
            } else if let Some(bytes) = options.built_in {
                bundle.built_in(path.display().to_string(), bytes);
            } else {
                bundle.given(path);
            }
        }
        bundle.follow_links();
        bundle.inputs.sort_by(|a, b| a.name.cmp(&b.name));
        bundle.problems.sort_by(|a, b| (&a.source, &a.reason).cmp(&(&b.source, &b.reason)));
        bundle
    }

    /// Whether the user stopped the load.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Sources and problems so far.
    pub(super) fn found(&self) -> usize {
        self.inputs.len() + self.problems.len()
    }

    /// Counts a member of the archive being opened.
    pub(super) fn count_member(&mut self) {
        self.members += 1;
        self.report();
    }

    /// Members that may still be taken.
    pub(super) fn members_left(&self) -> usize {
        self.options.max_members.saturating_sub(self.members)
    }

    fn report(&self) {
        if self.found().is_multiple_of(REPORT_EVERY) {
            (self.progress)(Progress::Looking { sources: self.inputs.len() });
        }
    }

    pub(super) fn problem(&mut self, source: impl Into<String>, reason: impl Into<String>) {
        self.problems.push(Problem { source: source.into(), record: None, offset: None, reason: reason.into() });
    }

    /// Whether this file or folder was not met before, under any name.
    fn first_sight(&mut self, path: &Path) -> bool {
        self.seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }

    fn file(&mut self, path: &Path, name: String, bytes: u64, remark: Option<String>) {
        if self.first_sight(path) {
            self.whole(Place::whole(path), name, bytes, remark);
        }
    }

    /// Takes a whole file as a source, or opens the archive it is.
    fn whole(&mut self, place: Place, name: String, bytes: u64, remark: Option<String>) {
        self.report();
        if bytes == 0 {
            return self.problem(name, "is empty");
        }
        let head = match decode::head(&place, MAGIC) {
            Ok(head) => head,
            Err(error)
                if error.kind() == io::ErrorKind::NotFound || error.kind() == io::ErrorKind::PermissionDenied =>
            {
                return self.problem(name, reason(&error));
            }
            Err(error) => return self.problem(name, format!("cannot be unpacked: {error}")),
        };
        self.members = 0;
        match archive::kind(&head.bytes) {
            None if head.bytes.is_empty() => self.problem(name, "is empty"),
            None => {
                self.scout.look(&name, &place);
                let holder = place.clone();
                let remarks = remark.into_iter().collect();
                self.inputs.push(Input { name, holder, member: None, place, packed: head.packed, bytes, remarks });
            }
            Some(kind) => {
                if head.packed {
                    self.scout.look(&name, &place);
                }
                let before = self.inputs.len();
                let holder = (&place, name.as_str());
                let archive = Archive { holder, name: &name, place: &place, bytes, depth: 1 };
                self.archive(kind, head.packed, &archive);
                for input in &mut self.inputs[before..] {
                    input.remarks.extend(remark.clone());
                }
            }
        }
    }

    /// Sets stdin aside in a file, so that its records can be read again.
    fn stdin(&mut self) {
        let spooled = tempfile::tempfile().and_then(|mut file| {
            let taken = self.copy_stdin(&mut io::stdin().lock(), &mut file)?;
            Ok((Body::Aside(Arc::new(file)), taken))
        });
        match spooled {
            Ok((body, bytes)) => {
                self.whole(Place::part(body, 0..bytes), "-".to_owned(), bytes, None);
                if bytes == self.options.max_bytes {
                    self.problem("-", format!("the rest, from byte {bytes} on, was not read (--max-bytes raises it)"));
                }
            }
            Err(error) => self.problem("-", format!("stdin could not be set aside in a file: {error}")),
        }
    }

    /// Takes a bundle that is part of the program.
    fn built_in(&mut self, name: String, bytes: &[u8]) {
        let start = self.spool.end();
        match self.spool.push(bytes).and_then(|()| self.spool.body()) {
            Ok(body) => self.whole(Place::part(body, start..self.spool.end()), name, bytes.len() as u64, None),
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
                look_at = if self.scout.begin("-", &begin) { usize::MAX } else { 2 * begin.len() };
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

/// An error in words that say what to do.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "cannot be read: permission denied".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}
