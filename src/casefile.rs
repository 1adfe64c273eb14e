//! The case on disk: found again by the bundle's files and hits, replaced as a whole, never written over another's work.

mod copies;
pub mod draft;
mod find;
mod lock;
pub mod note;
mod process;
mod replace;

pub use copies::{Closed, Found, Join, Opened, name, unmerged};
pub use find::{Choice, find};
pub use lock::{Holder, Taken};
pub use process::Life;
pub use replace::{Unsynced, replace};

use crate::facts::given;
use crate::model::{Time, inert, shown};
use crate::triage::{Bundle, Case, Claim, Common};
use lock::{Attempt, Lock};
use replace::{Kept, Pending, Sync};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a case file is not used. The file is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// It is no case, or a cut one.
    #[error("{} is not a whole case file ({}); {WAY_OUT}", shown(path), inert(reason))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Its mistake.
        reason: String,
    },
    /// A newer program wrote it.
    #[error("{} was written by a newer tokentrail (layout {version}); {WAY_OUT}", shown(path))]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its layout.
        version: u32,
    },
    /// It is about other evidence.
    #[error("{} belongs to another bundle: {common} are in this one; {WAY_OUT}", shown(path))]
    OtherBundle {
        /// The file.
        path: PathBuf,
        /// Evidence that they share: none.
        common: Common,
    },
    /// It would be among the evidence.
    #[error("{} stands inside the evidence; give a path outside of {} with --case FILE", shown(path), shown(evidence))]
    InEvidence {
        /// The file.
        path: PathBuf,
        /// The part of the bundle it would be in.
        evidence: PathBuf,
    },
    /// It cannot be read.
    #[error("cannot read {}; {WAY_OUT}", shown(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its path, existing or not, cannot be reached: a folder that may not be entered, is none, or a loop of links.
    #[error("cannot get at the folder {}: {source}; give another with --case FILE", shown(folder))]
    Unreachable {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is a link to where nothing is: whoever made the link would choose where the case is written.
    #[error(
        "{} is a link to {}, where nothing is; give that path with --case FILE, or move the link away",
        shown(path),
        shown(target)
    )]
    Dangling {
        /// The link.
        path: PathBuf,
        /// Its target.
        target: PathBuf,
    },
    /// Another process works on it.
    #[error("{} is in use by {taken}", shown(path))]
    InUse {
        /// The file.
        path: PathBuf,
        /// Its holder.
        taken: Box<Taken>,
    },
    /// It cannot be written.
    #[error("cannot write {}", shown(path))]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no home to put it in.
    #[error("there is no home folder to keep the case in; give a path with --case FILE")]
    Homeless,
}

impl CaseError {
    /// Why a case that the user named no file for has no place to be kept; `None` where it has one and that one is bad.
    pub fn no_place(&self) -> Option<String> {
        match self {
            Self::Homeless => Some("there is no home folder".to_owned()),
            Self::Unreachable { folder, source } => Some(format!("{}: {source}", shown(folder))),
            _ => None,
        }
    }
}

/// Most bytes of a case that is read: a log of a million lines has fewer.
const MOST: u64 = 512 << 20;

const WAY_OUT: &str = "give another file with --case FILE, or move this one away";

/// A case file in use.
#[derive(Debug)]
pub struct CaseFile {
    path: PathBuf,
    /// The bytes on disk as we last read or wrote them: if they differ, somebody else works on it.
    known: Option<Vec<u8>>,
    /// The case as it would have been written when it was opened: a case of 0.1.0 that was only looked at stays one.
    unchanged: Option<Vec<u8>>,
    bundle: Bundle,
    /// Fingerprints of the bundles that the case was opened on before.
    earlier: BTreeSet<String>,
    /// Hits of the run and their analytics: step numbers of 0.1.0 are read by them.
    hits: Vec<(String, String)>,
    me: Holder,
    /// None while another process has it, or where none can be made.
    lock: Option<Lock>,
    /// Whether nothing is written.
    read_only: bool,
    sync: Sync,
    /// Whether it was said that something cannot be put on disk at once.
    warned_unsynced: bool,
    /// Whether the last save failed: on disk may be what is not sure to stay there.
    failed: bool,
}

/// Destination of a save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// To the case file.
    Here,
    /// To the case file, where one of the two cannot be put on disk at once: after a power cut the save before may be
    /// there. The first time only; then [`Saved::Here`].
    Unsynced(Unsynced),
    /// The case is another process's now, or was changed by one: to this new copy, which is used from now on.
    Beside(PathBuf, Aside),
}

/// Why a case goes on in a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aside {
    /// Another process took it over.
    Taken(Taken),
    /// Something else changed the file.
    Changed,
}

impl Saved {
    /// The sentence about it, if any.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Self::Here => None,
            Self::Unsynced(part) => {
                let part = match part {
                    Unsynced::File => "it",
                    Unsynced::Folder => "its folder",
                };
                Some(format!(
                    "the case is saved; {part} cannot be put on disk at once, so a power cut may lose the last save"
                ))
            }
            Self::Beside(path, aside) => {
                Some(format!("the case was {aside}: your work goes on in a copy, {}, and is merged later", shown(path)))
            }
        }
    }
}

impl fmt::Display for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(taken) => write!(f, "taken over by {taken}"),
            Self::Changed => f.write_str("changed by another program"),
        }
    }
}

/// Path of a bundle's case unless the user names one: `$XDG_STATE_HOME/tokentrail/`, else
/// `~/.local/state/tokentrail/`. `environment` looks a variable up.
///
/// # Errors
/// [`CaseError::Homeless`] when neither is set to an absolute path.
pub fn default_path(fingerprint: &str, environment: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, CaseError> {
    let name = format!("{}.json", &fingerprint[..fingerprint.len().min(16)]);
    Ok(folder(environment).ok_or(CaseError::Homeless)?.join(name))
}

/// The folder of cases unless the user says otherwise; `None` when there is no home.
pub fn folder(environment: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || absolute("HOME").or_else(|| absolute("USERPROFILE"));
    let state = absolute("XDG_STATE_HOME").or_else(|| home().map(|home| home.join(".local").join("state")));
    state.map(|state| state.join("tokentrail"))
}

/// Opens the case at `path`, or begins one there, and takes its lock: one process writes a case.
///
/// While another process has the lock, the file is read only until [`CaseFile::join`] says otherwise. [`Opened::resume`]
/// merges the copies that others left.
///
/// `evidence` are the paths of the bundle: a case never stands inside a folder of it, nor in the place of a file. A case
/// of other evidence is opened if it shares any with the bundle.
///
/// # Errors
/// Any [`CaseError`]; the file is then left as it is.
pub fn open(
    path: &Path,
    evidence: &[PathBuf],
    bundle: impl Into<Bundle>,
    analyst: &str,
    now: Time,
) -> Result<Opened, CaseError> {
    let path = outside(path, evidence)?;
    let mut file = CaseFile::at(path, bundle.into(), Holder::this(analyst, now));
    // A file that is no case of this bundle gets no lock beside it.
    file.load_with_bytes(&file.path)?;
    let mut found = Found::default();
    file.ask(lock::take, &mut found);
    file.begin(found)
}

/// Checks that a path may be a case's, before its bundle is known; returns whether something is there.
///
/// # Errors
/// When something is there that cannot be read or is no case, or the path is among the evidence. Lock, folder and bundle
/// are for [`open`] and [`stored`] to check, and all of a pipe, which can be read once.
pub fn check(path: &Path, evidence: &[PathBuf]) -> Result<bool, CaseError> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return Ok(true);
    }
    Ok(load(&outside(path, evidence)?, &Bundle::from(""), |_| true)?.is_some())
}

/// The path, links followed, if it is not among the evidence.
fn outside(path: &Path, evidence: &[PathBuf]) -> Result<PathBuf, CaseError> {
    if let Ok(target) = fs::read_link(path)
        && fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    {
        return Err(CaseError::Dangling { path: path.to_owned(), target });
    }
    let path = resolve(path);
    match evidence.iter().find(|part| stands_in(&path, part)) {
        Some(evidence) => Err(CaseError::InEvidence { path, evidence: evidence.clone() }),
        None => Ok(path),
    }
}

/// The case at `path`, to be read only; `None` where there is no file.
///
/// # Errors
/// Any [`CaseError`]; the file is left as it is.
pub fn stored(path: &Path, bundle: &Bundle) -> Result<Option<Case>, CaseError> {
    Ok(load(path, bundle, |_| false)?.map(|(case, _)| case))
}

/// The case at `path` and its bytes, if it is of that bundle, shares evidence with it, or is known for another reason.
fn load(path: &Path, bundle: &Bundle, is_known: impl Fn(&Case) -> bool) -> Result<Option<(Case, Vec<u8>)>, CaseError> {
    let bytes = match given::read(path, MOST) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(unread(path, source)),
    };
    let case = read(path, &bytes)?;
    if !bundle.fits(&case) && !is_known(&case) {
        return Err(CaseError::OtherBundle { path: path.to_owned(), common: bundle.common(&case) });
    }
    Ok(Some((case, bytes)))
}

/// The evidence that a case file says it is about, if it is one that this program reads.
fn read_claim(bytes: &[u8]) -> Option<Claim> {
    serde_json::from_slice::<Claim>(bytes).ok().filter(|claim| claim.version <= Case::VERSION)
}

/// Tells a case that cannot be read from a folder that cannot.
fn unread(path: &Path, source: io::Error) -> CaseError {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            CaseError::Unreachable { folder: replace::folder(path).to_owned(), source: error }
        }
        _ => CaseError::Unreadable { path: path.to_owned(), source },
    }
}

fn read(path: &Path, bytes: &[u8]) -> Result<Case, CaseError> {
    #[derive(Deserialize)]
    struct Head {
        version: u32,
    }
    let damaged = |error: serde_json::Error| CaseError::Damaged { path: path.to_owned(), reason: error.to_string() };
    let Head { version } = serde_json::from_slice(bytes).map_err(damaged)?;
    if version > Case::VERSION {
        return Err(CaseError::Newer { path: path.to_owned(), version });
    }
    Case::from_bytes(bytes).map_err(damaged)
}

/// Path of the note of the case in this file: beside it, never that of a case.
pub fn note_path(case: &Path) -> PathBuf {
    let is_note = case.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
    let path = case.with_extension("md");
    let is_taken = is_note || note::is_case(&path) || note::is_case(&note::indicators_path(&path));
    if is_taken { case.with_extension("note.md") } else { path }
}

/// Every file that may hold the case in this file.
fn files(case: &Path) -> [PathBuf; 8] {
    let notes = [case.with_extension("md"), case.with_extension("note.md")];
    let indicators = notes.clone().map(|note| note::indicators_path(&note));
    let [note, other] = notes;
    let [csv, other_csv] = indicators;
    [case.to_owned(), lock::path(case), draft::path(case), copy_path(case), note, other, csv, other_csv]
}

/// Path of copied text: beside the case in this file, replaced by the next copy.
pub fn copy_path(case: &Path) -> PathBuf {
    case.with_extension("copied.txt")
}

impl CaseFile {
    fn at(path: PathBuf, bundle: Bundle, me: Holder) -> Self {
        Self {
            path,
            known: None,
            unchanged: None,
            bundle,
            earlier: BTreeSet::new(),
            hits: Vec::new(),
            me,
            lock: None,
            read_only: false,
            sync: replace::sync_folder,
            warned_unsynced: false,
            failed: false,
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file for a case that has no place yet: [`CaseFile::move_to`] gives it one.
    pub fn nowhere(case: &Case, now: Time) -> Self {
        Self::at(PathBuf::new(), case.bundle.as_str().into(), Holder::this(&case.analyst, now))
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        replace::folder(&self.path)
    }

    /// Makes its folder and tries to write there; nothing stays behind but the folder.
    ///
    /// # Errors
    /// When a save would fail by the same.
    pub fn try_folder(&self) -> io::Result<()> {
        replace::make_folder(self.folder())?;
        tempfile::tempfile_in(self.folder()).map(|_| ())
    }

    /// Returns whether nothing of it is on disk yet.
    pub fn is_new(&self) -> bool {
        self.known.is_none()
    }

    /// Returns whether nothing is written: another process has the case, and the analyst has not chosen how to go on.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Path of its note: [`note_path`].
    pub fn note_path(&self) -> PathBuf {
        note_path(&self.path)
    }

    /// Replaces the file by this case: whole or not at all, on disk when this returns. A case that is another process's
    /// by now, or that something else changed, is left as it is: this one goes on in a new copy.
    ///
    /// # Errors
    /// When it cannot be written; what was there before is still there.
    pub fn save(&mut self, case: &mut Case) -> io::Result<Saved> {
        if self.read_only {
            return Err(io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "it is open read only"));
        }
        if self.path.as_os_str().is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "there is no place to keep it"));
        }
        let saved = self.put(case);
        self.failed = saved.is_err();
        saved
    }

    fn put(&mut self, case: &mut Case) -> io::Result<Saved> {
        let bytes = case.to_bytes();
        let is_there = [&self.known, &self.unchanged].into_iter().flatten().any(|there| *there == bytes);
        if !self.failed && is_there && self.lost()?.is_none() && self.path.exists() {
            return Ok(Saved::Here);
        }
        let pending = Pending::write(&self.path, &bytes)?;
        // From here to the rename there is no waiting for a disk.
        if let Some(aside) = self.lost()? {
            drop(pending);
            return self.step_aside(case).map(|()| Saved::Beside(self.path.clone(), aside));
        }
        let written = pending.put(&self.path, self.sync);
        // An error after the rename leaves our bytes in place: the next save must know them for ours.
        if written.is_ok() || fs::read(&self.path).is_ok_and(|there| there == bytes) {
            (self.known, self.unchanged) = (Some(bytes), None);
        }
        Ok(match written? {
            Kept::Unsynced(part) if !self.warned_unsynced => {
                self.warned_unsynced = true;
                Saved::Unsynced(part)
            }
            Kept::Unsynced(_) | Kept::Synced => Saved::Here,
        })
    }

    /// Why the file is not ours to write, if it is not.
    fn lost(&mut self) -> io::Result<Option<Aside>> {
        let ours = self.lock.as_ref().map_or(Ok(None), Lock::is_ours)?;
        if ours == Some(false) {
            let taken = lock::holder(&self.path, &self.me.process)?;
            if let Some(taken) = taken {
                return Ok(Some(Aside::Taken(taken)));
            }
        }
        if ours != Some(true) {
            // There is none: nobody has it, or none could be made before.
            self.lock = None;
            match lock::take(&self.path, &self.me)? {
                Attempt::Ours(lock, _) => self.lock = Some(lock),
                Attempt::Theirs(taken) => return Ok(Some(Aside::Taken(taken))),
            }
        }
        let is_known = match fs::read(&self.path) {
            Ok(bytes) => self.known.as_ref() == Some(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(error),
        };
        Ok((!is_known).then_some(Aside::Changed))
    }
}

/// The file a path leads to, links followed as far as they exist: a rename must not replace a link.
fn resolve(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing = Vec::new();
    let mut known = absolute.as_path();
    while let (Some(parent), Some(name)) = (known.parent(), known.file_name()) {
        missing.push(name);
        if let Ok(real) = parent.canonicalize() {
            return missing.iter().rev().fold(real, |path, name| path.join(name));
        }
        known = parent;
    }
    absolute
}

fn stands_in(path: &Path, evidence: &Path) -> bool {
    evidence.canonicalize().is_ok_and(|evidence| path.starts_with(evidence))
}

#[cfg(test)]
mod tests;
