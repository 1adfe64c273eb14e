//! Copies of a case: made while another process has it, merged into it when they are closed or at the next start.

use super::draft;
use super::lock::{self, Attempt, Holder, Lock, Taken};
use super::process::Life;
use super::replace::{Pending, clear, folder};
use super::{CaseError, CaseFile, load};
use crate::model::words::counted;
use crate::model::{Time, inert, shown};
use crate::triage::merge::{Merged, merge};
use crate::triage::{Bundle, Case, Draft, Grown};
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A case, ready to be worked on after [`Opened::resume`].
#[derive(Debug)]
pub struct Opened {
    /// Its file.
    pub file: CaseFile,
    /// The case in it.
    pub case: Case,
    /// Facts that the analyst needs first.
    pub found: Found,
}

/// Findings beside a case on opening.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The other writer of the case, which is then open read only.
    pub holder: Option<Taken>,
    /// An earlier writer whose process ended without closing it.
    pub left: Option<Box<Holder>>,
    /// Why no lock can be made, or merged work not be saved.
    pub trouble: Option<String>,
    /// Copies that were merged.
    pub merged: Vec<(PathBuf, Merged)>,
    /// Copies that another process works on.
    pub in_use: Vec<(PathBuf, Taken)>,
    /// Files that may be copies, made by 0.1.0, which did not say so: to be merged if the analyst wants it.
    pub stranded: Vec<PathBuf>,
    /// Lines typed and never entered in the copies that were merged.
    pub drafts: Vec<Draft>,
    /// Copies that cannot be merged, and why.
    pub unread: Vec<(PathBuf, String)>,
    /// The change of the evidence since the case was opened last.
    pub grown: Option<Grown>,
    /// Other cases that share evidence with the bundle.
    pub others: Vec<PathBuf>,
}

/// The ways to go on with a case that another process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// In a copy, merged later.
    Copy,
    /// In the case itself: the other goes on in a copy.
    TakeOver,
}

/// The outcome of closing a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Closed {
    /// It is where it was.
    #[default]
    Case,
    /// It was a copy, and is merged into this case, which has so many conflicts.
    Merged(PathBuf, usize),
    /// It is a copy, to be merged at the next start: another process has the case.
    Copy(Taken),
    /// It is a copy that could not be merged.
    Failed(String),
}

/// Another file with work on the bundle of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmerged {
    /// The file.
    pub path: PathBuf,
    /// Analyst of that process; empty where none was given.
    pub analyst: String,
    /// Whether it does not say that it is a copy.
    pub is_stranded: bool,
}

/// The words after the path of the case; none where it stayed in its place.
impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case => Ok(()),
            Self::Merged(_, 0) => f.write_str(" (your copy is merged)"),
            Self::Merged(_, conflicts) => {
                write!(f, " (your copy is merged; {} to decide at the next start)", counted(*conflicts, "conflict"))
            }
            Self::Copy(taken) => write!(f, " (a copy, merged at the next start; the case is in use by {taken})"),
            Self::Failed(why) => write!(f, " (a copy, NOT merged: {}; the next start tries again)", inert(why)),
        }
    }
}

impl Opened {
    /// A case that has no place to be kept; `why` is shown at the start.
    pub fn nowhere(case: Case, why: &str, now: Time) -> Self {
        let trouble = Some(format!("nothing can be kept ({why}): --case FILE keeps the case elsewhere"));
        Self { file: CaseFile::nowhere(&case, now), case, found: Found { trouble, ..Found::default() } }
    }

    /// Takes the case up on the hits of a run (id, analytic): see [`Case::resume`]. Its writer then clears what killed
    /// runs left, and merges the copies whose process left or is gone.
    pub fn resume<'a>(&mut self, hits: impl IntoIterator<Item = (&'a str, &'a str)>, now: Time) {
        self.file.hits = hits.into_iter().map(|(hit, analytic)| (hit.to_owned(), analytic.to_owned())).collect();
        self.go_on(now);
    }

    /// Takes the case up on the hits that the file knows.
    fn go_on(&mut self, now: Time) {
        let Self { file, case, found } = self;
        file.name_steps(case);
        case.check_log();
        found.grown = case.carry_over(&file.bundle, now);
        file.unchanged = Some(case.to_bytes());
        if file.lock.is_none() {
            return;
        }
        file.clear(now);
        file.absorb_all(case, found, now);
    }
}

impl Found {
    /// Sentences to show at the start.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences: Vec<String> = self.grown.iter().map(ToString::to_string).collect();
        if let [first, rest @ ..] = &self.others[..] {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            let shares = if rest.is_empty() { "shares" } else { "share" };
            sentences.push(format!(
                "{}{more} {shares} evidence with this bundle too and stays as it is: --case opens another case",
                inert(&name(first))
            ));
        }
        if let Some(left) = &self.left {
            sentences.push(format!("taken over from {left}: that process ended without closing the case"));
        }
        let brought = |merged: &Merged| merged.carried + merged.conflicts > 0;
        for (path, merged) in self.merged.iter().filter(|(_, merged)| brought(merged)) {
            sentences.push(format!("merged {}: {merged}", inert(&name(path))));
        }
        for (path, taken) in &self.in_use {
            sentences.push(format!("{} is a copy in use by {taken}: merged once it is closed", inert(&name(path))));
        }
        for (path, why) in &self.unread {
            sentences.push(format!("{} is not merged: {}", inert(&name(path)), inert(why)));
        }
        sentences.extend(self.trouble.clone());
        sentences
    }
}

/// The name of a file as a branch has it.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Work on a case's bundle that is not merged into it, for those who only read. Nothing is changed.
pub fn unmerged(path: &Path, bundle: &Bundle) -> Vec<Unmerged> {
    let case = name(path);
    let main = load(path, bundle, |_| false).ok().flatten().map(|(case, _)| case);
    let is_known = |copy: &Case| main.as_ref().is_some_and(|main| main.was_opened_on(&copy.bundle));
    let apart = main.as_ref().map_or(&[][..], |case| &case.apart);
    let copies = numbered(path).into_iter().filter_map(|path| {
        let (copy, _) = load(&path, bundle, is_known).ok()??;
        let of = copy.branch.as_ref().map(|branch| branch.case.as_str());
        let is_stranded = of.is_none() && !apart.contains(&name(&path));
        (is_stranded || of == Some(&case)).then_some(Unmerged { path, analyst: copy.analyst, is_stranded })
    });
    copies.collect()
}

/// The files beside a case that have the names of its copies, in order.
fn numbered(case: &Path) -> Vec<PathBuf> {
    numbers(case, |rest| rest == ".json").into_iter().map(|number| copy(case, number)).collect()
}

/// The numbers of a case's copies by the names in its folder: those that have such a rest after the number.
fn numbers(case: &Path, is_rest: impl Fn(&str) -> bool) -> BTreeSet<u32> {
    let beginning = format!("{}-", case.file_stem().unwrap_or_default().to_string_lossy());
    let number = |name: String| {
        let name = name.strip_prefix(&beginning)?;
        let (digits, rest) = name.split_at(name.find(|c: char| !c.is_ascii_digit())?);
        let number = digits.parse::<u32>().ok()?;
        (number >= 2 && number.to_string() == digits && is_rest(rest)).then_some(number)
    };
    let files = fs::read_dir(folder(case)).into_iter().flatten().flatten();
    files.filter_map(|entry| number(entry.file_name().to_string_lossy().into_owned())).collect()
}

/// The name of a case's copy.
fn copy(case: &Path, number: u32) -> PathBuf {
    let mut name = case.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}.json"));
    case.with_file_name(name)
}

impl CaseFile {
    /// Asks for the lock in that way; what became of it goes to `found`.
    pub(super) fn ask(&mut self, ask: impl FnOnce(&Path, &Holder) -> io::Result<Attempt>, found: &mut Found) {
        match ask(&self.path, &self.me) {
            Ok(Attempt::Ours(lock, left)) => {
                (self.lock, self.read_only) = (Some(lock), false);
                found.left = left;
            }
            Ok(Attempt::Theirs(taken)) => {
                self.read_only = true;
                found.holder = Some(taken);
            }
            // Each save asks again, and fails as this did.
            Err(error) => {
                found.trouble = Some(format!("{} cannot be locked: {error}", shown(&self.path)));
            }
        }
    }

    /// Reads the case.
    pub(super) fn begin(mut self, found: Found) -> Result<Opened, CaseError> {
        let (case, known) = self.load_with_bytes(&self.path)?.unzip();
        let mut case = case.unwrap_or_else(|| self.begun(self.me.analyst.clone()));
        self.earlier = case.bundles();
        self.known = known;
        // Whoever works on it now signs what comes.
        self.me.analyst.clone_into(&mut case.analyst);
        Ok(Opened { file: self, case, found })
    }

    /// A file of the same bundle.
    fn like(&self, path: PathBuf, me: Holder) -> Self {
        let (hits, earlier) = (self.hits.clone(), self.earlier.clone());
        Self { earlier, hits, ..Self::at(path, self.bundle.clone(), me) }
    }

    /// Gives a case of 0.1.0 its step ids.
    fn name_steps(&self, case: &mut Case) {
        case.name_steps(self.hits.iter().map(|(hit, analytic)| (hit.as_str(), analytic.as_str())));
    }

    /// A case of the bundle that nobody has worked on.
    fn begun(&self, analyst: String) -> Case {
        Case::new(self.bundle.fingerprint.clone(), analyst)
    }

    /// The case of the bundle in a file, and its bytes.
    pub(super) fn load_with_bytes(&self, path: &Path) -> Result<Option<(Case, Vec<u8>)>, CaseError> {
        load(path, &self.bundle, |case| self.earlier.contains(&case.bundle))
    }

    /// Another case of the bundle, its steps named.
    fn load(&self, path: &Path) -> Result<Option<Case>, CaseError> {
        let mut case = self.load_with_bytes(path)?.map(|(case, _)| case);
        if let Some(case) = &mut case {
            self.name_steps(case);
        }
        Ok(case)
    }

    /// Goes on with a case that is open read only.
    ///
    /// # Errors
    /// [`CaseError`] where no copy can be made, or the case is not to be read any more. Nothing has changed then.
    pub fn join(&self, how: Join, from: &Taken, now: Time) -> Result<Opened, CaseError> {
        let mut file = self.like(self.path.clone(), Holder::this(&self.me.analyst, now));
        let mut found = Found::default();
        match how {
            Join::TakeOver => {
                // One that runs gives its lock back itself.
                let ask = |path: &Path, me: &Holder| match from.life {
                    Life::Running => lock::take(path, me),
                    _ => lock::take_over(path, me, from),
                };
                file.ask(ask, &mut found);
                let mut opened = file.begin(found)?;
                opened.go_on(now);
                Ok(opened)
            }
            Join::Copy => {
                let case = file.load(&file.path)?;
                let mut copy = case.clone().unwrap_or_else(|| file.begun(String::new()));
                copy.check_log();
                copy.part_from(case.as_ref(), name(&file.path));
                file.me.analyst.clone_into(&mut copy.analyst);
                found.grown = copy.carry_over(&file.bundle, now);
                let (path, lock) = file.reserve(&file.path).map_err(|source| file.unwritable(source))?;
                (file.path, file.lock) = (path, Some(lock));
                Ok(Opened { file, case: copy, found })
            }
        }
    }

    fn unwritable(&self, source: io::Error) -> CaseError {
        CaseError::Unwritable { path: self.path.clone(), source }
    }

    /// A name for a copy that nobody else has or gets, with its lock.
    fn reserve(&self, case: &Path) -> io::Result<(PathBuf, Lock)> {
        for number in 2u32.. {
            let path = copy(case, number);
            let is_free = |path: &Path| fs::symlink_metadata(path).is_err();
            if is_free(&path)
                && let Attempt::Ours(lock, _) = lock::take(&path, &self.me)?
                && is_free(&path)
            {
                return Ok((path, lock));
            }
        }
        unreachable!("a folder does not hold every number")
    }

    /// Goes on in a new copy, which has this case when this returns. What it is made from is what we knew last.
    pub(super) fn step_aside(&mut self, case: &mut Case) -> io::Result<()> {
        let mut base = self.known.as_deref().and_then(|bytes| Case::from_bytes(bytes).ok());
        if let Some(base) = &mut base {
            self.name_steps(base);
        }
        let of = case.branch.as_ref().map_or_else(|| name(&self.path), |branch| branch.case.clone());
        let before = case.branch.take();
        case.part_from(base.as_ref(), of.clone());
        let written = self.put_beside(&self.path.with_file_name(of), &case.to_bytes());
        let (path, lock) = written.inspect_err(|_| case.branch = before)?;
        (self.path, self.lock, self.known) = (path, Some(lock), Some(case.to_bytes()));
        Ok(())
    }

    /// Writes a new file beside a case.
    fn put_beside(&self, case: &Path, bytes: &[u8]) -> io::Result<(PathBuf, Lock)> {
        loop {
            let (path, lock) = self.reserve(case)?;
            match Pending::write(&path, bytes)?.put_new(&path) {
                Ok(()) => return Ok((path, lock)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Keeps the case in another file from now on, if it can be written there. A file already there stays: the case
    /// goes beside it. A copy becomes a case of its own; the file it was in stays a copy.
    ///
    /// # Errors
    /// [`CaseError::InEvidence`], [`CaseError::Unwritable`]; the case is then still where it was.
    pub fn move_to(&mut self, path: &Path, evidence: &[PathBuf], case: &mut Case) -> Result<(), CaseError> {
        let mut file = self.like(super::outside(path, evidence)?, self.me.clone());
        let branch = case.branch.take();
        let bytes = case.to_bytes();
        let written = match lock::take(&file.path, &file.me) {
            Ok(Attempt::Ours(lock, _)) if fs::symlink_metadata(&file.path).is_err() => {
                let put = Pending::write(&file.path, &bytes).and_then(|pending| pending.put(&file.path, file.sync));
                put.map(|_| (file.path.clone(), lock))
            }
            Ok(_) => file.put_beside(&file.path, &bytes),
            Err(error) => Err(error),
        };
        match written {
            Ok((path, lock)) => (file.path, file.lock, file.known) = (path, Some(lock), Some(bytes)),
            Err(source) => {
                case.branch = branch;
                return Err(file.unwritable(source));
            }
        }
        *self = file;
        Ok(())
    }

    /// Clears what killed runs left beside the case and its copies, those that are merged by now too.
    fn clear(&self, now: Time) {
        let copies: Vec<PathBuf> =
            numbers(&self.path, |rest| rest.starts_with('.')).into_iter().map(|at| copy(&self.path, at)).collect();
        let paths: Vec<PathBuf> = copies.iter().chain([&self.path]).flat_map(|case| super::files(case)).collect();
        clear(folder(&self.path), &paths, &self.me.process, now);
        // The lock of a copy that was never written: taken from a process that is gone, it is given back at once.
        let is_missing = |path: &&PathBuf| fs::symlink_metadata(path).is_err() && lock::path(path).exists();
        copies.iter().filter(is_missing).for_each(|copy| drop(lock::take(copy, &self.me)));
    }

    /// Merges every copy of the case whose process left or is gone. The case is saved before a copy is put aside.
    fn absorb_all(&mut self, case: &mut Case, found: &mut Found, now: Time) {
        // Who may write in a folder and not list it finds no copies: that is not the same as none.
        let listed = fs::read_dir(folder(&self.path)).and_then(|mut names| names.next().transpose());
        if let Err(error) = listed
            && error.kind() != io::ErrorKind::NotFound
        {
            let folder = shown(folder(&self.path));
            found.trouble = Some(format!("copies of the case are not looked for: {folder} cannot be listed ({error})"));
        }
        let mut merged = Vec::new();
        for path in numbered(&self.path) {
            match self.of_this_case(&path) {
                Ok(Some(_)) => match lock::take(&path, &self.me) {
                    Ok(Attempt::Ours(lock, _)) => merged.push((path, lock)),
                    Ok(Attempt::Theirs(taken)) => found.in_use.push((path, taken)),
                    Err(error) => found.unread.push((path, error.to_string())),
                },
                Ok(None) | Err(CaseError::OtherBundle { .. }) => {}
                Err(error) => found.unread.push((path, error.to_string())),
            }
        }
        // Read under its lock: somebody may have worked on until then.
        merged.retain(|(path, _)| match self.load(path) {
            Ok(Some(copy)) if copy.branch.is_some() => {
                found.merged.push((path.clone(), merge(case, &copy, &name(path), now)));
                true
            }
            Ok(Some(_)) => {
                found.stranded.extend((!case.apart.contains(&name(path))).then(|| path.clone()));
                false
            }
            _ => false,
        });
        if merged.is_empty() {
            return;
        }
        if let Err(error) = self.save(case) {
            found.trouble = Some(format!("what was merged is NOT saved: {error}"));
            return;
        }
        for (path, lock) in merged {
            found.drafts.extend(draft::drafts(&path));
            put_aside(&path, &self.me, now);
            drop(lock);
        }
    }

    /// The copy in a file, if it is one of this case or may be.
    fn of_this_case(&self, path: &Path) -> Result<Option<Case>, CaseError> {
        let Some(copy) = self.load(path)? else { return Ok(None) };
        let of = copy.branch.as_ref().map(|branch| branch.case.as_str());
        let is_of_this = of.is_none_or(|of| of == name(&self.path));
        Ok(is_of_this.then_some(copy))
    }

    /// Merges one copy that does not say it is one.
    ///
    /// # Errors
    /// [`CaseError`]; the copy is then as it was.
    pub fn absorb(&mut self, path: &Path, case: &mut Case, now: Time) -> Result<Merged, CaseError> {
        let unreadable = |source| CaseError::Unreadable { path: path.to_owned(), source };
        let lock = match lock::take(path, &self.me).map_err(unreadable)? {
            Attempt::Ours(lock, _) => lock,
            Attempt::Theirs(taken) => return Err(CaseError::InUse { path: path.to_owned(), taken: Box::new(taken) }),
        };
        let missing = || unreadable(io::ErrorKind::NotFound.into());
        let copy = self.load(path)?.ok_or_else(missing)?;
        let merged = merge(case, &copy, &name(path), now);
        self.save(case).map_err(|source| self.unwritable(source))?;
        put_aside(path, &self.me, now);
        drop(lock);
        Ok(merged)
    }

    /// Gives the lock back. A copy is merged into its case first, if nobody has that. What is unsaved is lost.
    pub fn close(mut self, case: &Case, now: Time) -> Closed {
        let Some(branch) = case.branch.as_ref().filter(|_| !self.read_only && self.known.is_some()) else {
            return Closed::Case;
        };
        let path = self.path.with_file_name(&branch.case);
        self.lock = None;
        let mut main = self.like(path, self.me.clone());
        let mut found = Found::default();
        main.ask(lock::take, &mut found);
        if let Some(taken) = found.holder {
            return Closed::Copy(taken);
        }
        let mut main = match main.begin(found) {
            Ok(main) => main,
            Err(error) => return Closed::Failed(error.to_string()),
        };
        main.go_on(now);
        match main.found.trouble {
            Some(why) => Closed::Failed(why),
            None => Closed::Merged(main.file.path.clone(), main.case.conflicts.len()),
        }
    }
}

/// Gives a merged copy a name that is merged no more: `case-2.merged.json`. One that stays is merged again, to no effect.
fn put_aside(path: &Path, me: &Holder, now: Time) {
    clear(folder(path), &super::files(path), &me.process, now);
    let stem = path.file_stem().unwrap_or_default();
    let names = (1u32..).map(|number| {
        let mut name = stem.to_owned();
        name.push(if number == 1 { ".merged.json".to_owned() } else { format!(".merged-{number}.json") });
        path.with_file_name(name)
    });
    let aside = names.into_iter().find(|path| fs::symlink_metadata(path).is_err());
    let aside = aside.expect("a folder does not hold every number");
    let _ = fs::rename(draft::path(path), draft::path(&aside));
    let _ = fs::rename(path, aside);
}
