//! Paths as given, and what lies in folders. Hidden files are read like others; links are followed last, and what they
//! lead to bears its real name.

use super::intake::Intake;
use super::rubbish::Rubbish;
use crate::facts::given;
use crate::ingest::bytes::body::{reason, stamp};
use crate::ingest::bytes::container::MAGIC;
use crate::ingest::bytes::decode::{self, FileRange};
use std::collections::{HashSet, VecDeque};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// Folders within folders that are walked.
const MAX_FOLDERS: usize = 64;

/// A walk over files and folders, into a list of sources.
pub(super) struct Walk<'o> {
    pub(super) intake: Intake<'o>,
    seen: HashSet<PathBuf>,
    /// Links met in folders, followed when all else was walked.
    links: VecDeque<PathBuf>,
}

/// One path of the walk, with everything below it.
struct Branch {
    depth: usize,
    rubbish: Rubbish,
    /// The link that led here, a remark on each source.
    link: Option<String>,
}

impl<'o> Walk<'o> {
    pub(super) fn new(intake: Intake<'o>) -> Self {
        Self { intake, seen: HashSet::new(), links: VecDeque::new() }
    }

    /// Takes a path that the user gave.
    pub(super) fn given(&mut self, path: &Path) {
        self.branch(path, None);
    }

    /// Takes what the links in folders lead to, unless it was met under its own name. Those that it holds come last.
    pub(super) fn follow_links(&mut self) {
        while let Some(link) = self.links.pop_front() {
            if self.intake.is_stopped() {
                return;
            }
            let name = link.display().to_string();
            match fs::canonicalize(&link) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.intake.problem(name, "is a link to what does not exist");
                }
                Err(error) => self.intake.problem(name, format!("is a link that leads nowhere: {error}")),
                Ok(real) if self.seen.contains(&real) => {}
                Ok(real) => self.branch(&real, Some(name)),
            }
        }
    }

    fn branch(&mut self, path: &Path, link: Option<String>) {
        let mut branch = Branch { depth: 0, rubbish: Rubbish::default(), link };
        self.path(path, &mut branch);
        if let Some(sentence) = branch.rubbish.sentence() {
            self.intake.problem(path.display().to_string(), sentence);
        }
    }

    fn path(&mut self, path: &Path, branch: &mut Branch) {
        let name = path.display().to_string();
        match fs::metadata(path) {
            Err(error) => self.intake.problem(name, reason(&error)),
            Ok(about) if about.is_dir() => self.folder(path, name, branch),
            Ok(about) if about.is_file() => {
                let remark = branch.link.as_ref().map(|link| format!("a link leads to it: {link}"));
                self.intake.stamps.insert(path.to_owned(), stamp(&about));
                self.file(path, name, about.len(), remark);
            }
            Ok(about) => {
                self.intake.problem(name, format!("is {}, neither a file nor a folder: not read", given::kind(&about)));
            }
        }
    }

    /// Returns whether this file or folder was not met before, under any name.
    fn first_sight(&mut self, path: &Path) -> bool {
        self.seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }

    fn file(&mut self, path: &Path, name: String, bytes: u64, remark: Option<String>) {
        if self.first_sight(path) {
            self.intake.whole(FileRange::whole(path), name, bytes, remark);
        }
    }

    fn folder(&mut self, path: &Path, name: String, branch: &mut Branch) {
        if !self.first_sight(path) {
            return;
        }
        if branch.depth > MAX_FOLDERS {
            return self.intake.problem(name, format!("lies deeper than {MAX_FOLDERS} folders"));
        }
        let mut entries = match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => return self.intake.problem(name, reason(&error)),
        };
        entries.sort_by_key(DirEntry::file_name);
        let before = (self.intake.found(), self.links.len());
        for entry in entries {
            if self.intake.is_stopped() {
                return;
            }
            self.entry(&entry, branch);
        }
        if branch.depth == 0 && before == (self.intake.found(), self.links.len()) && branch.rubbish.sentence().is_none()
        {
            self.intake.problem(name, "is a folder without files to read");
        }
    }

    fn entry(&mut self, entry: &DirEntry, branch: &mut Branch) {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_symlink() => return self.links.push_back(path),
            Ok(kind)
                if kind.is_dir() && branch.rubbish.takes_folder(&path.display().to_string(), &entry.file_name()) =>
            {
                return;
            }
            Ok(kind) if kind.is_file() && branch.is_rubbish(&path) => return,
            // An entry of unknown kind is opened, and a fault reported then.
            _ => {}
        }
        branch.depth += 1;
        self.path(&path, branch);
        branch.depth -= 1;
    }
}

impl Branch {
    /// Takes a file in that systems leave behind; only what is called so is looked into.
    fn is_rubbish(&mut self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Rubbish::knows(&name)
            && decode::head(&FileRange::whole(path), MAGIC)
                .is_ok_and(|head| self.rubbish.takes(&path.display().to_string(), &head.bytes))
    }
}
