//! The case of a bundle among those of a folder: the one that was made from its bytes, else from most of its evidence.

use super::{MOST, load, read_claim};
use crate::facts::given;
use crate::triage::{Bundle, Common};
use std::fs;
use std::path::{Path, PathBuf};

/// The case file to open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Its path.
    pub path: PathBuf,
    /// Other cases that share evidence with the bundle, the closest first. They are never merged unasked: another
    /// analyst may have made them.
    pub others: Vec<PathBuf>,
}

/// The case of a bundle: the file at its own place if it was opened on it last, else the one beside it that shares most
/// files with it, then most hits, then was worked on last; its own place if none is close enough
/// ([`Common::is_close`]).
pub fn find(place: &Path, bundle: &Bundle) -> Choice {
    let here = |path: &Path| Choice { path: path.to_owned(), others: Vec::new() };
    // What is there and cannot be read is reported, not passed over.
    match load(place, bundle, |_| false) {
        Ok(Some((case, _))) if case.bundle == bundle.fingerprint => return here(place),
        Err(super::CaseError::OtherBundle { .. }) | Ok(_) => {}
        Err(_) => return here(place),
    }
    let files = fs::read_dir(super::replace::folder(place)).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_case = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json") && path.is_file();
    let mut found: Vec<(bool, Common, String, PathBuf)> = files
        .filter(is_case)
        .filter_map(|path| {
            let claim =
                given::read(&path, MOST).ok().and_then(|bytes| read_claim(&bytes)).filter(|claim| !claim.is_copy())?;
            let (is_same, common) = (claim.bundle == bundle.fingerprint, claim.common(bundle)?);
            (is_same || common.is_any()).then(|| (is_same, common, claim.last_work().to_owned(), path))
        })
        .collect();
    found.sort_by(|(same, common, last, path), other| {
        (other.0, other.1.rank(), &other.2, path).cmp(&(*same, common.rank(), last, &other.3))
    });
    let first = found.iter().position(|(same, common, ..)| *same || common.is_close());
    let path = first.map_or_else(|| place.to_owned(), |at| found.remove(at).3);
    Choice { path, others: found.into_iter().map(|(.., path)| path).collect() }
}
