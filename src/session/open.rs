//! Opening the case of a bundle.

use crate::casefile::{self, CaseError, Choice, Opened, find};
use crate::model::Time;
use crate::triage::{Bundle, Case};
use std::ffi::OsString;
use std::path::PathBuf;

/// The case to open, and for whom.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// The paths of the bundle: a case is never one of them.
    pub paths: Vec<PathBuf>,
    /// The case file; `None` for the bundle's own in the state folder.
    pub case: Option<PathBuf>,
    /// The analyst who signs the verdicts.
    pub analyst: String,
    /// Sharing mark of a new case; `None` for the usual one.
    pub tlp: Option<String>,
}

/// A new case that has no place to be kept.
#[derive(Debug)]
pub struct Unkept {
    /// The case.
    pub case: Case,
    /// Why it has no place.
    pub why: String,
}

impl Opening {
    /// Checks the file that was named, before the bundle is read.
    ///
    /// # Errors
    /// When it is no case, or cannot be one.
    pub fn check(&self) -> Result<(), CaseError> {
        self.case.as_ref().map_or(Ok(()), |path| casefile::check(path, &self.paths).map(drop))
    }

    /// Opens the case of the bundle, or begins one: the file that was named, else the bundle's own, else one in the same
    /// folder that shares evidence with it ([`casefile::find`]). [`Unkept`] where no file was named and there is no place
    /// for one. `environment` looks a variable up.
    ///
    /// # Errors
    /// When a case is there and is not ours to use, or the file that was named cannot be used.
    pub fn open(
        &self,
        bundle: impl Into<Bundle>,
        environment: impl Fn(&str) -> Option<OsString>,
        now: Time,
    ) -> Result<Result<Opened, Unkept>, CaseError> {
        let bundle = bundle.into();
        let choice = match &self.case {
            Some(path) => Ok(Choice { path: path.clone(), others: Vec::new() }),
            None => casefile::default_path(&bundle.fingerprint, environment).map(|place| find(&place, &bundle)),
        };
        let opened = choice.and_then(|Choice { path, others }| {
            let mut opened = casefile::open(&path, &self.paths, bundle.clone(), &self.analyst, now)?;
            opened.found.others = others;
            Ok(opened)
        });
        match opened {
            Ok(mut opened) => {
                if opened.file.is_new() {
                    self.mark(&mut opened.case);
                }
                Ok(Ok(opened))
            }
            Err(error) => match error.no_place().filter(|_| self.case.is_none()) {
                Some(why) => {
                    let mut case = Case::new(bundle.fingerprint.clone(), self.analyst.clone());
                    let _ = case.carry_over(&bundle, now);
                    self.mark(&mut case);
                    Ok(Err(Unkept { case, why }))
                }
                None => Err(error),
            },
        }
    }

    fn mark(&self, case: &mut Case) {
        if let Some(tlp) = &self.tlp {
            case.tlp.clone_from(tlp);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(case: Option<PathBuf>) -> Opening {
        Opening { paths: Vec::new(), case, analyst: "ana".to_owned(), tlp: Some("TLP:RED".to_owned()) }
    }

    #[test]
    fn a_new_case_gets_the_mark_and_an_old_one_keeps_its_mark() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("c.json");
        let open = |tlp: &str| {
            let opening = Opening { tlp: Some(tlp.to_owned()), ..opening(Some(path.clone())) };
            opening.open("b", |_| None, Time::MISSING).unwrap().unwrap()
        };
        let Opened { mut file, mut case, .. } = open("TLP:RED");
        assert_eq!((case.tlp.as_str(), case.analyst.as_str()), ("TLP:RED", "ana"));
        case.set_remark("h", "s", "seen", Time::MISSING);
        file.save(&mut case).unwrap();
        drop(file);
        assert_eq!(open("TLP:GREEN").case.tlp, "TLP:RED");
    }

    #[test]
    fn without_a_home_the_case_is_begun_all_the_same_unless_its_file_was_named() {
        let Unkept { case, why } = opening(None).open("b", |_| None, Time::MISSING).unwrap().unwrap_err();
        assert_eq!(
            (case.bundle.as_str(), case.tlp.as_str(), why.as_str()),
            ("b", "TLP:RED", "there is no home folder")
        );
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        let named = opening(Some(file.join("c.json"))).open("b", |_| None, Time::MISSING);
        assert!(matches!(named, Err(CaseError::Unreachable { .. })), "{named:?}");
        let state = |name: &str| (name == "XDG_STATE_HOME").then(|| file.clone().into_os_string());
        let unkept = opening(None).open("b", state, Time::MISSING).unwrap().unwrap_err();
        assert!(unkept.why.contains("file"), "{}", unkept.why);
    }
}
