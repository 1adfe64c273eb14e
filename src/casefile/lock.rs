//! The lock beside a case: one process writes it. A file made only where there is none, so that it holds on network
//! homes too, where no lock of the system does.

use super::process::{Life, Process};
use super::replace::Pending;
use crate::model::{Time, inert, shown};
use serde::{Deserialize, Serialize};
use std::collections::hash_map::RandomState;
use std::fmt;
use std::fs;
use std::hash::BuildHasher;
use std::io;
use std::path::{Path, PathBuf};

/// Most tries where others take and leave the lock at the same time.
const TRIES: usize = 100;

/// The writer of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Holder {
    /// Their process.
    pub process: Process,
    /// Analyst of that process; empty where none was given.
    pub analyst: String,
    /// Since when, RFC 3339 UTC.
    pub since: String,
    /// Tells two locks of one process apart.
    token: String,
}

impl Holder {
    /// This process, from now on.
    pub fn this(analyst: &str, now: Time) -> Self {
        let random = || RandomState::new().hash_one(0_u8);
        let token = format!("{:016x}{:016x}", random(), random());
        Self { process: Process::this(), analyst: analyst.to_owned(), since: now.to_string(), token }
    }
}

/// `ana, process 4711 on jump1, since 2026-05-02 08:00:12 UTC`. What a lock says is another's text: it is made inert.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let analyst = if self.analyst.is_empty() { "somebody without a name" } else { self.analyst.as_str() };
        let since = Time::parse(&self.since).map_or_else(|| "an unknown time".to_owned(), Time::second);
        let (analyst, host) = (inert(analyst), inert(&self.process.host));
        write!(f, "{analyst}, process {} on {host}, since {since} UTC", self.process.id)
    }
}

/// A lock that another process has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its holder; `None` when it cannot be read.
    pub holder: Option<Box<Holder>>,
    /// Whether that process runs.
    pub life: Life,
    bytes: Vec<u8>,
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.holder {
            Some(holder) => holder.fmt(f),
            None => f.write_str("a process whose lock cannot be read"),
        }
    }
}

/// The outcome of asking for a lock.
pub(super) enum Attempt {
    /// It is ours; before, it was of that process, which is gone.
    Ours(Lock, Option<Box<Holder>>),
    /// Another process has it.
    Theirs(Taken),
}

/// A lock of this process; given back on drop.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// Path of a case's lock.
pub(super) fn path(case: &Path) -> PathBuf {
    let mut name = case.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    case.with_file_name(name)
}

/// Asks for the lock of a case. That of a process which is gone is taken.
pub(super) fn take(case: &Path, me: &Holder) -> io::Result<Attempt> {
    let path = path(case);
    let mut before = None;
    for _ in 0..TRIES {
        if let Some(lock) = create(&path, me)? {
            return Ok(Attempt::Ours(lock, before));
        }
        let Some(taken) = look(&path, &me.process)? else { continue };
        if taken.life != Life::Gone {
            return Ok(Attempt::Theirs(taken));
        }
        if remove(&path, &taken.bytes)? {
            before = taken.holder;
        }
    }
    Err(io::Error::other(format!("the lock {} changes hands all the time", shown(&path))))
}

/// Takes a lock over from the process that was named, whether it runs or not. Somebody else may have been quicker.
pub(super) fn take_over(case: &Path, me: &Holder, from: &Taken) -> io::Result<Attempt> {
    remove(&path(case), &from.bytes)?;
    take(case, me)
}

/// Holder of the lock of a case; `None` when there is none.
pub(super) fn holder(case: &Path, here: &Process) -> io::Result<Option<Taken>> {
    look(&path(case), here)
}

fn look(path: &Path, here: &Process) -> io::Result<Option<Taken>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        // Another user's.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Vec::new(),
        Err(error) => return Err(error),
    };
    let holder: Option<Box<Holder>> = serde_json::from_slice(&bytes).ok();
    let life = holder.as_ref().map_or(Life::Unknown, |holder| holder.process.life(here));
    Ok(Some(Taken { holder, life, bytes }))
}

/// Makes the lock, whole at once; `None` where there is one.
fn create(path: &Path, me: &Holder) -> io::Result<Option<Lock>> {
    let mut bytes = serde_json::to_vec_pretty(me).expect("a holder is texts and numbers");
    bytes.push(b'\n');
    match Pending::write(path, &bytes)?.put_new(path) {
        Ok(()) => {}
        // A network file system may have made the name and lost the answer.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if !fs::read(path).is_ok_and(|there| there == bytes) {
                return Ok(None);
            }
        }
        Err(error) => return Err(error),
    }
    Ok(Some(Lock { path: path.to_owned(), bytes }))
}

/// Removes a lock if it still says this. Of several that try only one does; a lock made meanwhile is put back.
fn remove(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let aside = Pending::write(path, b"")?.into_path();
    match fs::rename(path, &aside) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    }
    let moved = fs::read(&aside);
    if moved.as_ref().is_ok_and(|moved| moved == bytes) {
        return Ok(true);
    }
    // Its owner looks before each save: should it not be there again, they go on in a copy.
    match fs::hard_link(&aside, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.exists() => fs::rename(&aside, path)?,
        _ => {}
    }
    moved.map(|_| false)
}

impl Lock {
    /// Returns whether it is still there and ours. `Ok(None)` when there is none at all.
    pub(super) fn is_ours(&self) -> io::Result<Option<bool>> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(Some(bytes == self.bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if matches!(self.is_ours(), Ok(Some(true))) {
            // A lock that stays is taken at the next start: its process is gone then.
            let _ = fs::remove_file(&self.path);
        }
    }
}
