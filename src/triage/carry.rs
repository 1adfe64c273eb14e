//! A case opened on evidence that has changed: verdicts, remarks and marks hang on hits and rows, so most of them are
//! where they were. Nothing is deleted: a hit that is gone may come back.

use super::basis::{Basis, Exhibit, KnownHit};
use super::bundle::Bundle;
use super::case::Case;
use super::change::{About, Change};
use super::merge::signed;
use crate::analytics::by_id;
use crate::model::words::{counted, listed};
use crate::model::{Time, inert};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Files and steps named in the sentence.
const NAMED: usize = 3;

/// The change of a case's evidence since it was opened last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grown {
    /// Whether the case listed its files.
    is_listed: bool,
    /// Files of the bundle.
    files: usize,
    /// Those of them that the case knows.
    known: usize,
    /// Those known, under another name or packed otherwise.
    repacked: usize,
    /// Names of files that have other bytes now.
    changed: Vec<String>,
    /// Names of new files.
    new: Vec<String>,
    /// Names of files that the bundle before lacked, and one before that had.
    back: Vec<String>,
    /// Names of files that the bundle lacks now.
    gone: Vec<String>,
    /// Hits of the bundle that the case knows.
    carried: usize,
    /// Hits that it does not know.
    new_hits: usize,
    /// Hits with work that begin at another row now: the work went with them.
    moved: usize,
    /// Hits that the bundle lacks now.
    gone_hits: usize,
    /// Hits that have a step of this number that can now be answered.
    answered: BTreeMap<usize, usize>,
}

/// `5 of 6 files known, 1 new (AuditLogs.json): 30 hits carried over, 2 new; step 5 of 3 hits can now be answered`.
impl fmt::Display for Grown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_listed {
            write!(f, "{} of {} known", self.known, counted(self.files, "file"))?;
        } else {
            write!(f, "the case lists no files, this bundle has {}", self.files)?;
        }
        if self.repacked > 0 {
            write!(f, ", {} packed or named otherwise", self.repacked)?;
        }
        let lists = [&self.new, &self.changed, &self.back, &self.gone];
        for (names, word) in lists.into_iter().zip(["new", "changed", "back", "no longer here"]) {
            if !names.is_empty() {
                write!(f, ", {} {word} ({})", names.len(), inert(&listed(names, NAMED)))?;
            }
        }
        write!(f, ": {} carried over", counted(self.carried, "hit"))?;
        if self.new_hits > 0 {
            write!(f, ", {} new", self.new_hits)?;
        }
        if self.moved > 0 {
            write!(f, ", {} with its verdicts under another first row", self.moved)?;
        }
        if self.gone_hits > 0 {
            write!(f, ", {} no longer found (kept in the case)", self.gone_hits)?;
        }
        for (at, (step, hits)) in self.answered.iter().take(NAMED).enumerate() {
            let lead = if at == 0 { "; " } else { ", " };
            write!(f, "{lead}step {step} of {}", counted(*hits, "hit"))?;
        }
        if self.answered.is_empty() { Ok(()) } else { f.write_str(" can now be answered") }
    }
}

impl Case {
    /// Fingerprints of the bundles that it was opened on.
    pub fn bundles(&self) -> BTreeSet<String> {
        let earlier = self.basis.iter().flat_map(|basis| basis.earlier.iter());
        earlier.chain([&self.bundle]).cloned().collect()
    }

    /// Returns whether it was opened on the bundle with this fingerprint.
    pub fn was_opened_on(&self, bundle: &str) -> bool {
        self.bundle == bundle || self.basis.as_ref().is_some_and(|basis| basis.earlier.contains(bundle))
    }

    /// Takes the case up on a bundle that [`Bundle::fits`] it: from here on it is about that one. Returns the change
    /// where the evidence has changed, which the log then says too; hits that begin at an earlier row now have their
    /// work under their new id.
    pub fn carry_over(&mut self, bundle: &Bundle, at: Time) -> Option<Grown> {
        let (before, is_same) = (self.basis.take(), self.bundle == bundle.fingerprint);
        let mut grown = Grown { is_listed: before.is_some(), files: bundle.basis.files.len(), ..Grown::default() };
        let old = before.unwrap_or_else(|| Arc::new(self.basis_of_work(bundle, is_same)));
        let mut now = (*bundle.basis).clone();
        grown.files(&old, &now);
        grown.hits(&old, bundle);
        let is_silent = is_same && (!grown.is_listed || grown.is_nothing());
        now.keep(&old, &self.bundle, &bundle.fingerprint);
        self.bundle.clone_from(&bundle.fingerprint);
        self.basis = Some(Arc::new(now.written()));
        if is_silent {
            return None;
        }
        grown.moved = self.follow(bundle, at);
        grown.new_hits -= grown.moved.min(grown.new_hits);
        grown.gone_hits -= grown.moved.min(grown.gone_hits);
        self.log(at, format!("the evidence has changed: {grown}"));
        Some(grown)
    }

    /// As [`Self::carry_over`], for those who only read: the log stays as it was saved, unless work went to other hits.
    pub fn read_on(&mut self, bundle: &Bundle) -> Option<Grown> {
        let saved = self.log.clone();
        let grown = self.carry_over(bundle, Time::MISSING)?;
        if grown.moved == 0 {
            self.log = saved;
        }
        Some(grown)
    }

    /// The basis of a case of an earlier layout: the hits that it has work on; all of the bundle, if it was made from
    /// that.
    fn basis_of_work(&self, bundle: &Bundle, is_same: bool) -> Basis {
        if is_same {
            return (*bundle.basis).clone();
        }
        let hits = self.hits.keys().map(|hit| (hit.clone(), KnownHit::default())).collect();
        Basis { hits, ..Basis::default() }
    }

    /// Gives the work on hits that the bundle lacks to those that begin at an earlier row and hold theirs, if nobody has
    /// worked on these. Returns their number.
    fn follow(&mut self, bundle: &Bundle, at: Time) -> usize {
        let is_lost = |hit: &&String| !bundle.basis.hits.contains_key(*hit);
        let lost: BTreeSet<String> = self.hits.keys().filter(is_lost).cloned().collect();
        if lost.is_empty() {
            return 0;
        }
        let mut moves: BTreeMap<String, &str> = BTreeMap::new();
        for seed in bundle.hits.iter().filter(|seed| !self.hits.contains_key(&seed.id)) {
            for id in seed.other_ids().filter(|id| lost.contains(id)) {
                moves.entry(id).or_insert(&seed.id);
            }
        }
        let signed_on = self.analyst.clone();
        let empty = Self::new(String::new(), String::new());
        let values: Vec<Change> =
            self.parts(&empty).into_iter().filter(|value| *value != value.as_in(&empty)).collect();
        for value in values {
            if let About::Hit(hit, _) = value.about()
                && let Some(to) = moves.get(&hit)
            {
                let (who, when) = signed(&value, self);
                self.analyst = who;
                self.change(value.on_hit((*to).to_owned()), Time::parse(&when).unwrap_or(at));
            }
        }
        self.analyst = signed_on;
        for (from, to) in &moves {
            self.log(at, format!("{from} begins at an earlier row now and is {to}: its work went along"));
        }
        self.forget_changes();
        moves.len()
    }
}

impl Grown {
    /// Returns whether the files are as they were.
    fn is_nothing(&self) -> bool {
        self.known == self.files && self.repacked == 0 && self.back.is_empty() && self.gone.is_empty()
    }

    fn files(&mut self, old: &Basis, now: &Basis) {
        if !self.is_listed {
            return;
        }
        let is_here = |(content, file): &(&String, &Exhibit)| !file.gone && !now.files.contains_key(*content);
        let mut gone: Vec<&str> = old.files.iter().filter(is_here).map(|(_, file)| file.name.as_str()).collect();
        for (content, file) in &now.files {
            if let Some(known) = old.files.get(content) {
                self.known += 1;
                if known.gone {
                    self.back.push(file.name.clone());
                } else {
                    self.repacked += usize::from((&known.name, &known.received) != (&file.name, &file.received));
                }
            } else if let Some(at) = gone.iter().position(|name| *name == file.name) {
                gone.remove(at);
                self.changed.push(file.name.clone());
            } else {
                self.new.push(file.name.clone());
            }
        }
        self.gone = gone.into_iter().map(str::to_owned).collect();
        for names in [&mut self.changed, &mut self.new, &mut self.back, &mut self.gone] {
            names.sort_unstable();
        }
    }

    fn hits(&mut self, old: &Basis, bundle: &Bundle) {
        for seed in bundle.hits.iter() {
            let Some(known) = old.hits.get(&seed.id) else {
                self.new_hits += 1;
                continue;
            };
            self.carried += 1;
            let still = bundle.basis.hits.get(&seed.id).map_or(&[][..], |hit| &hit.missing);
            let steps = by_id(seed.analytic).map_or(&[][..], |analytic| analytic.steps);
            let answered = known.missing.iter().filter(|step| !still.contains(step));
            for at in answered.filter_map(|id| steps.iter().position(|step| step.id == id)) {
                *self.answered.entry(at + 1).or_default() += 1;
            }
        }
        self.gone_hits = old.hits.iter().filter(|(id, hit)| !hit.gone && !bundle.basis.hits.contains_key(*id)).count();
    }
}

impl Basis {
    /// Keeps what another knew and this lacks, as gone.
    fn keep(&mut self, old: &Self, was: &str, is: &str) {
        self.earlier.extend(old.earlier.iter().cloned().chain([was.to_owned()]));
        self.earlier.remove(is);
        self.rest.clone_from(&old.rest);
        for (content, file) in &old.files {
            self.files.entry(content.clone()).or_insert_with(|| Exhibit { gone: true, ..file.clone() });
        }
        for (id, hit) in &old.hits {
            self.hits.entry(id.clone()).or_insert_with(|| KnownHit { gone: true, ..hit.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::{Disposition, Verdict};

    fn at(second: i64) -> Time {
        Time::parse("2026-05-02T08:00:00Z").unwrap().plus(crate::model::Span::seconds(second))
    }

    /// A bundle of one file, and a hit whose rows are at these seconds.
    fn bundle(fingerprint: &str, seconds: &[i64]) -> Bundle {
        let seed = crate::triage::bundle::Seed::invented("foci-burst", "u1", seconds.iter().map(|second| at(*second)));
        let hits = BTreeMap::from([(seed.id.clone(), KnownHit::default())]);
        let file = Exhibit { name: "SigninLogs.json".into(), rows: 1, ..Exhibit::default() };
        let basis = Basis { files: BTreeMap::from([(fingerprint.to_owned(), file)]), hits, ..Basis::default() };
        Bundle { fingerprint: fingerprint.into(), basis: Arc::new(basis.written()), hits: Arc::new([seed]) }
    }

    #[test]
    fn work_goes_with_a_hit_that_begins_at_an_earlier_row() {
        let (before, after) = (bundle("b1", &[10, 20]), bundle("b2", &[0, 10, 20]));
        let (old, new) = (before.hits[0].id.clone(), after.hits[0].id.clone());
        let mut case = Case::new("b1".into(), "ana".into());
        assert_eq!(case.carry_over(&before, at(100)), None, "a new case has nothing to say");
        case.set_verdict(&old, "second-client", Some(Verdict::Against), at(101));
        case.set_disposition(&old, Some(Disposition::Authorised), at(102));
        case.analyst = "bo".into();
        assert!(after.common(&case).hits == 0 && after.fits(&case), "nothing but the rows is the same");
        assert!(!bundle("b3", &[0, 11]).fits(&case));
        let sentence = case.carry_over(&after, at(200)).unwrap().to_string();
        assert_eq!(
            sentence,
            "0 of 1 file known, 1 changed (SigninLogs.json): 0 hits carried over, 1 with its verdicts under another \
             first row"
        );
        assert_eq!(case.verdict(&new, "second-client"), Some(Verdict::Against));
        assert_eq!(
            (case.disposition(&new), case.disposition(&old)),
            (Some(Disposition::Authorised), case.disposition(&new))
        );
        let signed = case.log.iter().filter(|line| line.what.starts_with(&new) && line.who == "ana").count();
        assert_eq!((signed, case.log_problems(), case.analyst.as_str()), (2, Vec::new(), "bo"), "by whom it was given");
        assert!(case.undo(at(201)).is_none(), "nobody gave it in this run");
        assert_eq!(Case::from_bytes(&case.to_bytes()).unwrap(), case);
        // Back on the first: all is where it was.
        let sentence = case.carry_over(&before, at(300)).unwrap().to_string();
        assert_eq!(
            sentence,
            "1 of 1 file known, 1 back (SigninLogs.json), 1 no longer here (SigninLogs.json): 1 hit carried over, 1 no longer found (kept in the case)"
        );
        assert!(case.was_opened_on("b2") && case.bundle == "b1");
    }
}
