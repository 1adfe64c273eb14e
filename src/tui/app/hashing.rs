//! The hits before the files are hashed: the case is known by the hashes, so that no verdict is given before.

use super::{App, Joined, Ready, Stage};
use crate::tui::scroll::List;
use crate::tui::text::bytes;
use crate::tui::workbench::Workbench;
use std::sync::Arc;

/// The hashing of the files, while the hits are shown before it is done.
#[derive(Default)]
pub struct Hashing {
    /// Bytes hashed.
    pub done: u64,
    /// Bytes of all files.
    pub all: u64,
    /// Why no case can be opened.
    pub failed: Option<String>,
    /// The case, while something is open that its opening would take away.
    ready: Option<Box<Ready>>,
    /// Whether the user did anything.
    is_touched: bool,
    /// Whether the message on screen says that something has to wait.
    is_refused: bool,
}

impl Hashing {
    /// A word or two for the header.
    pub fn words(&self) -> String {
        match (&self.failed, &self.ready) {
            (Some(_), _) => "NO CASE".to_owned(),
            (None, Some(_)) => "HASHED".to_owned(),
            (None, None) => {
                let share = self.done.saturating_mul(100).checked_div(self.all).unwrap_or(0).min(100);
                format!("HASHING {share} %")
            }
        }
    }
}

impl App {
    /// Shows the hits with a case that is nobody's yet.
    pub(super) fn open_early(&mut self, ready: Ready) {
        self.hashing = Some(Hashing::default());
        self.overlays.clear();
        self.stage = Stage::Working(Box::new(Workbench::new(ready.evidence, ready.case, ready.places)));
    }

    pub(super) fn hashed(&mut self, done: u64, all: u64) {
        if let Some(hashing) = &mut self.hashing {
            (hashing.done, hashing.all) = (done, all);
        }
    }

    /// Notes that the case cannot be known: the hits are all there is.
    pub(super) fn no_hash(&mut self, why: String) {
        if let Some(hashing) = &mut self.hashing {
            hashing.failed = Some(why);
            self.say_hashing();
        }
    }

    /// Notes that the user does something.
    pub(super) fn touch(&mut self) {
        if let Some(hashing) = &mut self.hashing {
            (hashing.is_touched, hashing.is_refused) = (true, false);
        }
    }

    /// Opens the case: at once, or when nothing is open any more, so that no letter of a line becomes a verdict.
    pub(super) fn open(&mut self, ready: Box<Ready>) {
        match &mut self.hashing {
            Some(hashing) => hashing.ready = Some(ready),
            None => self.open_with(*ready, None),
        }
        self.open_on();
    }

    /// Opens a case that waits, once it can.
    pub(super) fn open_on(&mut self) {
        if !self.overlays.is_empty() {
            return;
        }
        let Some(hashing) = self.hashing.take_if(|hashing| hashing.ready.is_some()) else { return };
        if hashing.is_refused {
            self.status = None;
        }
        let stage = std::mem::replace(&mut self.stage, Stage::Loading(super::Loading::default()));
        let bench = match stage {
            Stage::Working(bench) if hashing.is_touched => Some(*bench),
            _ => None,
        };
        let is_touched = bench.is_some();
        if let Some(ready) = hashing.ready {
            self.open_with(*ready, bench);
        }
        if is_touched && self.status.is_none() && !self.is_read_only() {
            self.say("the files are hashed: verdicts are kept from now on".to_owned());
        }
    }

    /// Opens the case; whoever looked around before stays there.
    fn open_with(&mut self, ready: Ready, bench: Option<Workbench>) {
        let Ready { evidence, mut case, places, case_path, note_path, found } = ready;
        let Some(mut bench) = bench else {
            return self.begin(evidence, Joined { case, places, case_path, note_path, found });
        };
        (self.case_path, self.note_path) = (case_path, note_path);
        case.place = bench.case.place.take().or(case.place);
        if Arc::ptr_eq(&bench.evidence.found, &evidence.found) {
            (bench.case, bench.places) = (case, places);
            bench.forget();
            bench.hit_list.renew(&bench.evidence.hits, &bench.evidence.found.orders, &bench.case);
            return self.show(bench, found);
        }
        let (hit, focus) = (bench.current().map(|hit| hit.id.clone()), bench.focus);
        let is_walking = bench.is_walking();
        let mut bench = Workbench::new(evidence, case, places);
        // Whoever walks is at the place that the case has.
        if !is_walking && let Some(hit) = hit.and_then(|id| bench.evidence.hits.iter().position(|hit| hit.id == id)) {
            bench.hit_list.list = List::at(bench.row_of(hit).unwrap_or(0));
            bench.select();
        }
        bench.focus_on(focus);
        self.show(bench, found);
    }

    /// Says that something has to wait for the hashes.
    pub(super) fn say_hashing(&mut self) {
        let Some(hashing) = &mut self.hashing else { return };
        hashing.is_refused = true;
        let sentence = match (&hashing.failed, &hashing.ready) {
            (Some(why), _) => format!("no case can be opened, it is known by the hashes: {why}"),
            (None, Some(_)) => "the files are hashed: close this first, then the case opens".to_owned(),
            (None, None) => {
                let (done, all) = (bytes(hashing.done), bytes(hashing.all));
                let far = if hashing.all == 0 { String::new() } else { format!(", {done} of {all}") };
                format!("not yet: hashing the files{far}; verdicts, notes and copies wait until that is done")
            }
        };
        self.say_wrong(sentence);
    }
}
