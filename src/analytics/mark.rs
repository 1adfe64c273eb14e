//! Marks: the yes-or-no questions that a graded analytic asks of a candidate, and its grade.

use super::Cell;
use crate::model::{Confidence, Severity};

/// Answer to a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The rows say so.
    Yes,
    /// The rows say otherwise.
    No,
    /// The rows cannot say.
    Unknown,
}

impl Mark {
    /// Yes or no.
    pub fn decided(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }

    /// Yes where it holds; else no where the rows can say, unknown where they cannot.
    pub fn seen(yes: bool, decidable: bool) -> Self {
        match (yes, decidable) {
            (true, _) => Self::Yes,
            (false, true) => Self::No,
            (false, false) => Self::Unknown,
        }
    }

    /// Returns whether it is yes.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// Its word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// The marks of a candidate, in the order of the analytic.
#[derive(Clone, Debug, Default)]
pub struct Marks(Vec<(&'static str, Mark)>);

impl Marks {
    /// Marks by name.
    pub fn new(marks: impl IntoIterator<Item = (&'static str, Mark)>) -> Self {
        Self(marks.into_iter().collect())
    }

    /// Returns whether a mark is yes.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(mark, state)| *mark == name && state.is_yes())
    }

    /// Number of these marks that are yes.
    pub fn count(&self, names: &[&str]) -> usize {
        names.iter().filter(|name| self.has(name)).count()
    }

    /// Names of the marks in a state.
    pub fn names(&self, state: Mark) -> Vec<&'static str> {
        self.0.iter().filter(|(_, mark)| *mark == state).map(|(name, _)| *name).collect()
    }

    /// `split, net and tool` where any is yes, else `none`.
    pub fn words(&self) -> String {
        match self.names(Mark::Yes) {
            names if names.is_empty() => "none".to_owned(),
            names => names.join(", "),
        }
    }

    /// As a column.
    pub fn cell(&self) -> Cell {
        Cell::Object(self.0.iter().map(|(name, mark)| (*name, Cell::Text(mark.word().to_owned()))).collect())
    }
}

/// Grade of a candidate by its analytic's own rule.
#[derive(Clone, Debug)]
pub struct Grade {
    /// Severity by the rule.
    pub severity: Severity,
    /// The part of the rule that decided, one sentence.
    pub reason: String,
    /// The highest confidence that its comparisons allow: high where all rest on recorded columns, medium where one
    /// was weak or the baseline too short, low where the user is known by name alone or the session is blank.
    pub most: Confidence,
}
