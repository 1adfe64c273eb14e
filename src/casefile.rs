//! The case on disk: found again by the bundle's bytes, replaced as a whole, never written over another's work.

pub mod draft;
pub mod note;

use crate::facts::given;
use crate::model::{inert, shown};
use crate::triage::Case;
use serde::Deserialize;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a case file is not used. The file is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// It is no case, or a cut one.
    #[error("{} is not a whole case file ({}); {WAY_OUT}", shown(path), inert(reason))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
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
    #[error("{} belongs to another bundle; {WAY_OUT}", shown(path))]
    OtherBundle {
        /// The file.
        path: PathBuf,
    },
    /// It would stand among the evidence.
    #[error("{} stands inside the evidence; give a path outside of {} with --case FILE", shown(path), shown(evidence))]
    InEvidence {
        /// The file.
        path: PathBuf,
        /// The part of the bundle it stands in.
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
    /// There is no home to put it in.
    #[error("there is no home folder to keep the case in; give a path with --case FILE")]
    Homeless,
}

/// Most bytes of a case that is read: a log of a million lines has fewer.
const MOST: u64 = 512 << 20;

const WAY_OUT: &str = "give another with --case FILE, or move it away";

/// A case file in use.
#[derive(Debug)]
pub struct CaseFile {
    path: PathBuf,
    /// The bytes on disk as we last read or wrote them: if they differ, somebody else works on it.
    known: Option<Vec<u8>>,
}

/// Where a save went.
#[derive(Debug, PartialEq, Eq)]
pub enum Saved {
    /// To the case file.
    Here,
    /// Another program had written the case file meanwhile: to this new one, which is used from now on.
    Beside(PathBuf),
}

/// Where the case of a bundle stands unless the user says otherwise: `$XDG_STATE_HOME/tokentrail/`, else
/// `~/.local/state/tokentrail/`. `environment` looks a variable up.
///
/// # Errors
/// [`CaseError::Homeless`] when neither is set to an absolute path.
pub fn default_path(fingerprint: &str, environment: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, CaseError> {
    let name = format!("{}.json", &fingerprint[..fingerprint.len().min(16)]);
    Ok(folder(environment).ok_or(CaseError::Homeless)?.join(name))
}

/// The folder that cases stand in unless the user says otherwise; `None` when there is no home.
pub fn folder(environment: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || absolute("HOME").or_else(|| absolute("USERPROFILE"));
    let state = absolute("XDG_STATE_HOME").or_else(|| home().map(|home| home.join(".local").join("state")));
    state.map(|state| state.join("tokentrail"))
}

/// Opens the case at `path`, or begins one there. Nothing is written before the first [`CaseFile::save`].
///
/// `evidence` are the paths of the bundle: a case never stands inside a folder of it, nor in the place of a file.
///
/// # Errors
/// Any [`CaseError`]; the file is then left as it is.
pub fn open(
    path: &Path,
    evidence: &[PathBuf],
    fingerprint: &str,
    analyst: &str,
) -> Result<(CaseFile, Case), CaseError> {
    let path = outside(path, evidence)?;
    let Some((mut case, bytes)) = load(&path, fingerprint)? else {
        return Ok((CaseFile { path, known: None }, Case::new(fingerprint.to_owned(), analyst.to_owned())));
    };
    // Whoever works on it now signs what comes.
    analyst.clone_into(&mut case.analyst);
    Ok((CaseFile { path, known: Some(bytes) }, case))
}

/// The path, links followed, if it is not among the evidence.
fn outside(path: &Path, evidence: &[PathBuf]) -> Result<PathBuf, CaseError> {
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
pub fn stored(path: &Path, fingerprint: &str) -> Result<Option<Case>, CaseError> {
    Ok(load(path, fingerprint)?.map(|(case, _)| case))
}

/// The case at `path` and its bytes, if it is of that bundle.
fn load(path: &Path, fingerprint: &str) -> Result<Option<(Case, Vec<u8>)>, CaseError> {
    let bytes = match given::read(path, MOST) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(CaseError::Unreadable { path: path.to_owned(), source }),
    };
    let case = read(path, &bytes)?;
    if case.bundle != fingerprint {
        return Err(CaseError::OtherBundle { path: path.to_owned() });
    }
    Ok(Some((case, bytes)))
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

impl CaseFile {
    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file for a case that was kept in another until now. What stands there already stays: the case goes beside it.
    ///
    /// # Errors
    /// [`CaseError::InEvidence`].
    pub fn elsewhere(path: &Path, evidence: &[PathBuf]) -> Result<Self, CaseError> {
        Ok(Self { path: outside(path, evidence)?, known: None })
    }

    /// The folder it stands in.
    pub fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// Makes its folder and tries to write there; nothing stays behind but the folder.
    ///
    /// # Errors
    /// When a save would fail by the same.
    pub fn try_folder(&self) -> io::Result<()> {
        make_folder(self.folder())?;
        tempfile::tempfile_in(self.folder()).map(|_| ())
    }

    /// Whether there is nothing of it on disk yet.
    pub fn is_new(&self) -> bool {
        self.known.is_none()
    }

    /// Where its note stands: beside it.
    pub fn note_path(&self) -> PathBuf {
        self.path.with_extension("md")
    }

    /// Where what is copied stands: beside it, one file that the next copy replaces.
    pub fn copy_path(&self) -> PathBuf {
        self.path.with_extension("copied.txt")
    }

    /// Replaces the file by this case: whole or not at all, on disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written; what was there before is still there.
    pub fn save(&mut self, case: &Case) -> io::Result<Saved> {
        let bytes = case.to_bytes();
        let saved = if self.is_ours()? { Saved::Here } else { self.move_beside() };
        let written = replace(&self.path, &bytes);
        // An error after the rename leaves our bytes in place: the next save must know them for ours.
        if written.is_ok() || fs::read(&self.path).is_ok_and(|there| there == bytes) {
            self.known = Some(bytes);
        }
        written.map(|()| saved)
    }

    fn is_ours(&self) -> io::Result<bool> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(self.known.as_ref() == Some(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        }
    }

    fn move_beside(&mut self) -> Saved {
        let stem = self.path.file_stem().unwrap_or_default().to_owned();
        let beside = (2u32..).find_map(|number| {
            let mut name = stem.clone();
            name.push(format!("-{number}.json"));
            let path = self.path.with_file_name(name);
            (!path.exists()).then_some(path)
        });
        self.path = beside.expect("a folder does not hold every number");
        self.known = None;
        Saved::Beside(self.path.clone())
    }
}

/// Writes a file so that a reader sees the old bytes or the new ones, never a part, whatever happens meanwhile.
///
/// The folder is made where it is missing. Only the user may read what is new.
///
/// # Errors
/// When any step fails; no half-written file stays behind.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folder(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = folder.join(name);
    let written = write_new(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // Best effort: the first error is the one worth telling.
        let _ = fs::remove_file(&temporary);
        return written;
    }
    sync_folder(folder)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A rename is on disk only when its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
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
mod tests {
    use super::*;
    use crate::model::Time;
    use crate::triage::Verdict;

    fn worked(case: &mut Case) {
        case.set_verdict("h1", "first-login", Some(Verdict::Supports), Time::parse("2026-05-02T08:00:00Z").unwrap());
    }

    #[test]
    fn a_case_is_found_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deep/er/case.json");
        let (mut file, mut case) = open(&path, &[], "b1", "ana").unwrap();
        assert!(!path.exists(), "opening writes nothing");
        worked(&mut case);
        assert_eq!(file.save(&case).unwrap(), Saved::Here);
        let (_, again) = open(&path, &[], "b1", "ana").unwrap();
        assert_eq!(again, case);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
    }

    #[test]
    fn what_is_not_ours_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.json");
        for (bytes, word) in [
            ("{\"version\": 1, \"bundle\"", "not a whole case file"),
            ("{}", "not a whole case file"),
            ("{\"version\": 99}", "newer"),
            ("{\"version\":1,\"bundle\":\"other\",\"tlp\":\"TLP:RED\"}", "another bundle"),
        ] {
            fs::write(&path, bytes).unwrap();
            let error = open(&path, &[], "b1", "ana").unwrap_err().to_string();
            assert!(error.contains(word) && error.contains("case.json"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), bytes);
        }
    }

    #[test]
    fn two_workbenches_do_not_overwrite_each_other() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.json");
        let (mut first, mut case) = open(&path, &[], "b1", "ana").unwrap();
        let (mut second, other) = open(&path, &[], "b1", "bo").unwrap();
        worked(&mut case);
        assert_eq!(first.save(&case).unwrap(), Saved::Here);
        let Saved::Beside(beside) = second.save(&other).unwrap() else { panic!("it wrote over the first") };
        assert!(beside.ends_with("case-2.json"));
        assert_eq!(second.save(&other).unwrap(), Saved::Here, "it goes on there");
        assert_eq!(open(&path, &[], "b1", "ana").unwrap().1, case);
    }

    #[test]
    fn a_case_never_stands_in_the_evidence() {
        let home = tempfile::tempdir().unwrap();
        let evidence = home.path().join("evidence");
        fs::create_dir(&evidence).unwrap();
        let inside = evidence.join("not-yet/case.json");
        assert!(matches!(open(&inside, &[evidence], "b", "ana"), Err(CaseError::InEvidence { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real.json"), home.path().join("link.json"));
        let (mut file, case) = open(&real, &[], "b", "ana").unwrap();
        file.save(&case).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let (mut file, case) = open(&link, &[], "b", "ana").unwrap();
        file.save(&case).unwrap();
        assert!(link.is_symlink());
    }

    #[test]
    fn a_failed_save_loses_nothing() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("case.json");
        let (mut file, mut case) = open(&path, &[], "b", "ana").unwrap();
        file.save(&case).unwrap();
        worked(&mut case);
        // A folder in the place of the temporary file makes the write fail, for root too.
        let temporary = home.path().join(format!("case.json.{}.tmp", std::process::id()));
        fs::create_dir(&temporary).unwrap();
        assert!(file.save(&case).is_err());
        assert!(open(&path, &[], "b", "ana").unwrap().1.hits.is_empty());
        fs::remove_dir(&temporary).unwrap();
        assert_eq!(file.save(&case).unwrap(), Saved::Here);
        assert_eq!(open(&path, &[], "b", "ana").unwrap().1, case);
    }

    #[test]
    fn the_state_folder_follows_the_environment() {
        let with = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        let path = |pairs| default_path("0123456789abcdef0123", with(pairs));
        let shown = |pairs| path(pairs).unwrap().display().to_string();
        assert_eq!(shown(&[("XDG_STATE_HOME", "/s"), ("HOME", "/h")]), "/s/tokentrail/0123456789abcdef.json");
        assert_eq!(shown(&[("HOME", "/h")]), "/h/.local/state/tokentrail/0123456789abcdef.json");
        assert_eq!(shown(&[("XDG_STATE_HOME", "relative"), ("HOME", "/h")]), shown(&[("HOME", "/h")]));
        assert!(matches!(path(&[]), Err(CaseError::Homeless)));
    }
}
