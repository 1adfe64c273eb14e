//! The last lines on the terminal.

use crate::casefile::note::Written;
use crate::casefile::{CaseFile, Closed};
use crate::model::words::counted;
use crate::model::{Time, inert, shown};
use crate::triage::Case;
use std::fmt;
use std::path::{Path, PathBuf};

/// Summary of the work, for the last lines on the terminal. Displays as three lines, the last one ended too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExitSummary {
    /// Hits found; `None` when the user left while the bundle was read.
    pub hits: Option<usize>,
    /// Whether the user left before the files were hashed, so that no case was opened.
    pub is_early: bool,
    /// Hits with a disposition.
    pub settled: usize,
    /// Path of the case, if one is on disk.
    pub case: Option<PathBuf>,
    /// Its end, where it was a copy.
    pub closed: Closed,
    /// Why the last save failed, if it did.
    pub unsaved: Option<String>,
    /// The note, if one was written, and the files it replaced.
    pub note: Option<Written>,
    /// The signal that ended it; the exit code is 128 and its number.
    pub signal: Option<i32>,
}

impl ExitSummary {
    /// Closes the case kept at `path`, and names where it is from then on. An unsaved case is not merged: the file is
    /// only given back.
    pub fn close(&mut self, file: Option<CaseFile>, case: Option<&Case>, path: &Path, now: Time) {
        if let Some((file, case)) = file.zip(case).filter(|_| self.unsaved.is_none()) {
            self.closed = file.close(case, now);
        }
        self.case = on_disk(if let Closed::Merged(path, _) = &self.closed { path } else { path });
    }
}

/// The path of a case, if anything is there.
fn on_disk(path: &Path) -> Option<PathBuf> {
    (!path.as_os_str().is_empty() && path.exists()).then(|| path.to_owned())
}

impl fmt::Display for ExitSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hits {
            Some(hits) if self.is_early => {
                writeln!(f, "{}, left before the files were hashed", counted(hits, "hit"))?;
                writeln!(f, "case  not opened: it is known by the hashes")?;
                return writeln!(f, "note  not written");
            }
            Some(hits) => writeln!(f, "{}, {} closed", counted(hits, "hit"), self.settled)?,
            None => writeln!(f, "left before the bundle was read")?,
        }
        match (self.unsaved.as_deref().map(inert), &self.case) {
            (Some(why), Some(case)) => writeln!(f, "case  {} (last save FAILED: {why})", shown(case))?,
            (Some(why), None) => writeln!(f, "case  NOT saved: {why}; --case FILE keeps it elsewhere")?,
            (None, Some(case)) => writeln!(f, "case  {}{}", shown(case), self.closed)?,
            (None, None) => writeln!(f, "case  none: no verdicts yet")?,
        }
        let Some(Written { note, indicators, kept, .. }) = &self.note else { return writeln!(f, "note  not written") };
        write!(f, "note  {} (indicators: {}", shown(note), shown(indicators))?;
        for (at, kept) in kept.iter().enumerate() {
            let lead = if at == 0 { "; changed by hand, and kept: " } else { ", " };
            write!(f, "{lead}{}", shown(kept))?;
        }
        writeln!(f, ")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_in_three_lines_where_all_is() {
        let mut summary = ExitSummary { hits: Some(1), ..ExitSummary::default() };
        assert_eq!(summary.to_string(), "1 hit, 0 closed\ncase  none: no verdicts yet\nnote  not written\n");
        let early = ExitSummary { is_early: true, ..summary.clone() }.to_string();
        let lines = "1 hit, left before the files were hashed\ncase  not opened: it is known by the hashes\nnote  not written\n";
        assert_eq!(early, lines);
        summary.case = Some("/s/c.json".into());
        let (note, indicators) = ("/s/c.md".into(), "/s/c.indicators.csv".into());
        summary.note = Some(Written { note, indicators, maps: Vec::new(), kept: Vec::new() });
        summary.closed = Closed::Merged("/s/c.json".into(), 2);
        assert!(
            summary.to_string().contains("case  /s/c.json (your copy is merged; 2 conflicts to decide"),
            "{summary}"
        );
        summary.closed = Closed::Case;
        let lines = "1 hit, 0 closed\ncase  /s/c.json\nnote  /s/c.md (indicators: /s/c.indicators.csv)\n";
        assert_eq!(summary.to_string(), lines);
        summary.note.as_mut().unwrap().kept = vec!["/s/c.kept.md".into(), "/s/c.indicators.kept.csv".into()];
        let kept = "; changed by hand, and kept: /s/c.kept.md, /s/c.indicators.kept.csv)\n";
        assert_eq!(summary.to_string(), lines.replace(")\n", kept));
    }

    #[test]
    fn a_case_that_is_nowhere_is_not_named() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("c.json");
        assert_eq!(on_disk(&path), None);
        assert_eq!(on_disk(Path::new("")), None);
        std::fs::write(&path, "").unwrap();
        assert_eq!(on_disk(&path), Some(path));
    }
}
