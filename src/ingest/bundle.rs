//! What the user gave, as a list of sources: folders walked, archives opened, stdin set aside in a file.

use super::shape::HEAD;
use crate::model::Problem;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// Members of one archive that are read.
const MAX_MEMBERS: usize = 100_000;
/// Folders within folders that are walked.
const MAX_FOLDERS: usize = 64;

/// How a source's bytes are packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrap {
    /// Not at all.
    Plain,
    /// gzip.
    Gzip,
    /// The archive's member of this number.
    Member(usize),
}

/// A source to read.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// As shown.
    pub(super) name: String,
    /// The file on disk.
    pub(super) path: PathBuf,
    /// Member inside the archive.
    pub(super) member: Option<String>,
    pub(super) wrap: Wrap,
    /// Bytes on disk, packed.
    pub(super) bytes: u64,
}

/// The sources of a bundle, in the order of their names, and what is none.
#[derive(Default)]
pub(super) struct Bundle {
    pub(super) inputs: Vec<Input>,
    pub(super) problems: Vec<Problem>,
    /// Where stdin was set aside; removed with the last owner.
    pub(super) spool: Option<tempfile::TempPath>,
    seen: HashSet<PathBuf>,
    /// Left out of names.
    root: PathBuf,
}

impl Bundle {
    /// Walks the given paths.
    ///
    /// What lies under `root` is named from there on.
    pub(super) fn open(paths: &[PathBuf], root: &Path) -> Self {
        let mut bundle = Self { root: root.to_owned(), ..Self::default() };
        for path in paths {
            if path.as_os_str() == "-" {
                bundle.stdin();
            } else {
                bundle.path(path, 0);
            }
        }
        bundle.inputs.sort_by(|a, b| a.name.cmp(&b.name));
        bundle.problems.sort_by(|a, b| (&a.source, &a.reason).cmp(&(&b.source, &b.reason)));
        bundle
    }

    fn problem(&mut self, source: impl Into<String>, reason: impl Into<String>) {
        self.problems.push(Problem { source: source.into(), record: None, offset: None, reason: reason.into() });
    }

    fn path(&mut self, path: &Path, depth: usize) {
        let name = path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        match fs::metadata(path) {
            Err(error) => self.problem(name, reason(&error)),
            Ok(about) if about.is_dir() => self.folder(path, depth),
            Ok(about) if about.is_file() => self.file(path, name, about.len()),
            Ok(_) => self.problem(name, "is neither a file nor a folder"),
        }
    }

    fn folder(&mut self, path: &Path, depth: usize) {
        let name = path.display().to_string();
        // A link back to a folder that is being walked would never end.
        if !self.first_sight(path) {
            return;
        }
        if depth > MAX_FOLDERS {
            return self.problem(name, format!("lies deeper than {MAX_FOLDERS} folders"));
        }
        let mut entries = match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => return self.problem(name, reason(&error)),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        let before = self.inputs.len() + self.problems.len();
        for entry in entries.into_iter().filter(|entry| !is_hidden(&entry.file_name().to_string_lossy())) {
            self.path(&entry.path(), depth + 1);
        }
        if depth == 0 && self.inputs.len() + self.problems.len() == before {
            self.problem(name, "is a folder without files to read");
        }
    }

    /// Whether this file or folder was not met before, under any name.
    fn first_sight(&mut self, path: &Path) -> bool {
        self.seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }

    fn file(&mut self, path: &Path, name: String, bytes: u64) {
        if !self.first_sight(path) {
            return;
        }
        let head = match head(path) {
            Ok(head) => head,
            Err(error) => return self.problem(name, reason(&error)),
        };
        if head.is_empty() {
            return self.problem(name, "is empty");
        }
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            return self.archive(path, &name);
        }
        let wrap = if head.starts_with(b"\x1f\x8b") { Wrap::Gzip } else { Wrap::Plain };
        self.inputs.push(Input { name, path: path.to_owned(), member: None, wrap, bytes });
    }

    fn archive(&mut self, path: &Path, name: &str) {
        let opened = File::open(path).map_err(|error| reason(&error)).and_then(|file| {
            zip::ZipArchive::new(BufReader::new(file)).map_err(|error| format!("is a damaged zip: {error}"))
        });
        let mut archive = match opened {
            Ok(archive) => archive,
            Err(reason) => return self.problem(name, reason),
        };
        if archive.is_empty() {
            return self.problem(name, "is a zip without members");
        }
        if archive.len() > MAX_MEMBERS {
            self.problem(name, format!("has {} members: only the first {MAX_MEMBERS} were read", archive.len()));
        }
        for index in 0..archive.len().min(MAX_MEMBERS) {
            let (member, encrypted, bytes) = match archive.by_index_raw(index) {
                Ok(file) if file.is_dir() => continue,
                Ok(file) => {
                    let member = file.name().map_or_else(
                        |_| String::from_utf8_lossy(file.name_raw()).into_owned(),
                        std::borrow::Cow::into_owned,
                    );
                    (member, file.encrypted(), file.compressed_size())
                }
                Err(error) => {
                    self.problem(format!("{name}!member {}", index + 1), format!("cannot be read: {error}"));
                    continue;
                }
            };
            if member.starts_with("__MACOSX/") || member.split('/').any(is_hidden) {
                continue;
            }
            let full = format!("{name}!{member}");
            if encrypted {
                self.problem(full, "is encrypted: unpack the archive with its password and give the folder");
                continue;
            }
            self.inputs.push(Input {
                name: full,
                path: path.to_owned(),
                member: Some(member),
                wrap: Wrap::Member(index),
                bytes,
            });
        }
    }

    /// Sets stdin aside in a file, so that its records can be read again.
    fn stdin(&mut self) {
        if self.spool.is_some() {
            return;
        }
        let spooled = tempfile::NamedTempFile::new().and_then(|mut file| {
            io::copy(&mut io::stdin().lock(), &mut file)?;
            file.flush()?;
            Ok(file.into_temp_path())
        });
        match spooled {
            Ok(spool) => {
                let bytes = fs::metadata(&spool).map_or(0, |about| about.len());
                self.file(&spool, "-".to_owned(), bytes);
                self.spool = Some(spool);
            }
            Err(error) => self.problem("-", format!("stdin could not be set aside in a file: {error}")),
        }
    }
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') && name != "." && name != ".."
}

/// The first bytes of a file.
pub(super) fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// An error in words that say what to do.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "cannot be read: permission denied".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// Why content that begins so is not read, and what to do: a packed or foreign format, known by its first bytes.
pub(super) fn foreign(head: &[u8]) -> Option<&'static str> {
    const MAGICS: [(&[u8], &str); 10] = [
        (b"7z\xbc\xaf\x27\x1c", "is a 7z archive: unpack it and give the folder"),
        (b"\x28\xb5\x2f\xfd", "is packed with zstd: unpack it (zstd -d) and give the file"),
        (b"\xfd7zXZ\x00", "is packed with xz: unpack it (xz -d) and give the file"),
        (b"BZh", "is packed with bzip2: unpack it (bzip2 -d) and give the file"),
        (b"Rar!", "is a rar archive: unpack it and give the folder"),
        (b"PK\x03\x04", "is an archive inside an archive: unpack it and give the folder"),
        (b"\x1f\x8b", "is packed twice: unpack it and give the file"),
        (b"PAR1", "is a Parquet file: export the rows as JSON or CSV"),
        (b"SQLite format 3", "is a database: export the rows as JSON or CSV"),
        (b"%PDF", "is a PDF: export the rows as JSON or CSV"),
    ];
    if head.get(257..262) == Some(b"ustar") {
        return Some("is a tar archive: unpack it and give the folder");
    }
    MAGICS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, reason)| *reason)
}
