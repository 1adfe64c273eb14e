//! Paths as given, and what lies in folders. Hidden files are read like others; links are followed last, and what they
//! lead to bears its real name.

use super::{Bundle, reason};
use crate::facts::given;
use crate::ingest::archive::MAGIC;
use crate::ingest::decode::{self, Place};
use crate::ingest::rubbish::Rubbish;
use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;

/// Folders within folders that are walked.
const MAX_FOLDERS: usize = 64;

/// Where a walk is.
struct Walk {
    depth: usize,
    rubbish: Rubbish,
    /// The link that led here, said of each source.
    link: Option<String>,
}

impl Bundle<'_> {
    /// Takes a path that the user gave.
    pub(super) fn given(&mut self, path: &Path) {
        self.walk(path, None);
    }

    /// Takes what the links in folders lead to, unless it was met under its own name. Those that it holds come last.
    pub(super) fn follow_links(&mut self) {
        while let Some(link) = self.links.pop_front() {
            if self.is_stopped() {
                return;
            }
            let name = link.display().to_string();
            match fs::canonicalize(&link) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.problem(name, "is a link to what does not exist");
                }
                Err(error) => self.problem(name, format!("is a link that leads nowhere: {error}")),
                Ok(real) if self.seen.contains(&real) => {}
                Ok(real) => self.walk(&real, Some(name)),
            }
        }
    }

    fn walk(&mut self, path: &Path, link: Option<String>) {
        let mut walk = Walk { depth: 0, rubbish: Rubbish::default(), link };
        self.path(path, &mut walk);
        if let Some(said) = walk.rubbish.said() {
            self.problem(path.display().to_string(), said);
        }
    }

    fn path(&mut self, path: &Path, walk: &mut Walk) {
        let name = path.display().to_string();
        match fs::metadata(path) {
            Err(error) => self.problem(name, reason(&error)),
            Ok(about) if about.is_dir() => self.folder(path, name, walk),
            Ok(about) if about.is_file() => {
                let remark = walk.link.as_ref().map(|link| format!("a link leads to it: {link}"));
                self.file(path, name, about.len(), remark);
            }
            Ok(about) => {
                self.problem(name, format!("is {}, neither a file nor a folder: not read", given::kind(&about)));
            }
        }
    }

    fn folder(&mut self, path: &Path, name: String, walk: &mut Walk) {
        if !self.first_sight(path) {
            return;
        }
        if walk.depth > MAX_FOLDERS {
            return self.problem(name, format!("lies deeper than {MAX_FOLDERS} folders"));
        }
        let mut entries = match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => return self.problem(name, reason(&error)),
        };
        entries.sort_by_key(DirEntry::file_name);
        let before = (self.found(), self.links.len());
        for entry in entries {
            if self.is_stopped() {
                return;
            }
            self.entry(&entry, walk);
        }
        if walk.depth == 0 && before == (self.found(), self.links.len()) && walk.rubbish.said().is_none() {
            self.problem(name, "is a folder without files to read");
        }
    }

    fn entry(&mut self, entry: &DirEntry, walk: &mut Walk) {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_symlink() => return self.links.push_back(path),
            Ok(kind) if kind.is_dir() && walk.rubbish.takes_folder(&path.display().to_string(), &entry.file_name()) => {
                return;
            }
            Ok(kind) if kind.is_file() && walk.is_rubbish(&path) => return,
            // What cannot be told is found out, and said, when it is opened.
            _ => {}
        }
        walk.depth += 1;
        self.path(&path, walk);
        walk.depth -= 1;
    }
}

impl Walk {
    /// Takes a file in that systems leave behind; only what is called so is looked into.
    fn is_rubbish(&mut self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Rubbish::knows(&name)
            && decode::head(&Place::whole(path), MAGIC)
                .is_ok_and(|head| self.rubbish.takes(&path.display().to_string(), &head.bytes))
    }
}
