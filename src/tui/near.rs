//! Near misses, and thresholds tried out: nothing changes until they are applied.

use super::job::{Change, Job};
use super::scroll::{List, Move};
use crate::analytics::{ANALYTICS, NearMiss, Settings, Threshold};

/// The part that has the keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// The thresholds.
    #[default]
    Thresholds,
    /// The near misses.
    Misses,
}

/// The screen of near misses.
pub struct NearView {
    /// The settings at the start of the program.
    pub start: Settings,
    /// The settings the hits were found with.
    pub set: Settings,
    /// The settings being tried.
    pub tried: Settings,
    /// The thresholds that decide anything in this run.
    pub thresholds: Vec<Threshold>,
    /// The threshold under the cursor.
    pub threshold: usize,
    /// The part with the keyboard.
    pub part: Part,
    /// Effect of `tried`, or of the settings tried before it; `None` until the first answer.
    pub change: Option<Box<Change>>,
    /// Cursor among the near misses.
    pub list: List,
    asked: bool,
}

impl NearView {
    /// The thresholds as set, and the question what almost fired.
    pub fn open(settings: &Settings, start: &Settings) -> (Self, Job) {
        let run = ANALYTICS.iter().filter(|analytic| settings.runs(analytic));
        let flags: Vec<&str> = run.flat_map(|analytic| analytic.thresholds).map(|(flag, _)| *flag).collect();
        let thresholds = Threshold::ALL.into_iter().filter(|threshold| flags.contains(&threshold.flag())).collect();
        let mut view = Self {
            start: start.clone(),
            set: settings.clone(),
            tried: settings.clone(),
            thresholds,
            threshold: 0,
            part: Part::default(),
            change: None,
            list: List::default(),
            asked: false,
        };
        let ask = view.ask().expect("nothing was asked yet");
        (view, ask)
    }

    /// The near misses known so far.
    pub fn misses(&self) -> &[NearMiss] {
        self.change.as_ref().map_or(&[], |change| &change.near.misses)
    }

    /// The near miss under the cursor.
    pub fn selected(&self) -> Option<&NearMiss> {
        self.misses().get(self.list.cursor)
    }

    /// Returns whether the answer for the settings being tried is still to come.
    pub fn is_waiting(&self) -> bool {
        self.change.as_ref().is_none_or(|change| change.settings != self.tried)
    }

    /// Returns whether the settings being tried differ from those set.
    pub fn is_changed(&self) -> bool {
        self.tried != self.set
    }

    /// The question that follows from a change. While one is open none is asked: keys held down do not queue up.
    fn ask(&mut self) -> Option<Job> {
        let ask = !self.asked && self.is_waiting();
        self.asked |= ask;
        ask.then(|| Job::WhatIf(Box::new(self.tried.clone())))
    }

    /// Takes an answer; asks again when something was changed meanwhile.
    pub fn answered(&mut self, change: Box<Change>) -> Option<Job> {
        self.asked = false;
        self.list = List::at(self.list.cursor.min(change.near.misses.len().saturating_sub(1)));
        self.change = Some(change);
        self.ask()
    }

    /// Moves in the part with the keyboard, `height` rows of which are seen.
    pub fn go(&mut self, step: Move, height: usize) {
        match self.part {
            Part::Thresholds => {
                let mut list = List::at(self.threshold);
                list.go(step, self.thresholds.len(), self.thresholds.len());
                self.threshold = list.cursor;
            }
            Part::Misses => self.list.go(step, self.misses().len(), height),
        }
    }

    /// Gives the other part the keyboard.
    pub fn next_part(&mut self) {
        self.part = if self.part == Part::Thresholds { Part::Misses } else { Part::Thresholds };
    }

    /// Changes the threshold under the cursor by a step.
    pub fn step(&mut self, up: bool) -> Option<Job> {
        let threshold = *self.thresholds.get(self.threshold)?;
        self.tried = threshold.set(&self.tried, threshold.step(&self.tried, up));
        self.ask()
    }

    /// Tries the value that the near miss under the cursor needs.
    pub fn try_miss(&mut self) -> Option<Job> {
        let need = *self.selected()?.needs.first()?;
        self.threshold = self.thresholds.iter().position(|threshold| *threshold == need.threshold)?;
        self.tried = need.threshold.set(&self.tried, need.has);
        self.ask()
    }

    /// Goes back to the settings in force; from there, to those of the program's start.
    pub fn reset(&mut self) -> Option<Job> {
        self.tried = if self.is_changed() { self.set.clone() } else { self.start.clone() };
        self.ask()
    }
}
