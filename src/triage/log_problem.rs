//! A disagreement of a case and its log.

use super::change::{About, Change};

/// A difference between log and case, or a fault of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogProblem {
    /// Somebody changed the text of this line (from 1).
    Changed(usize),
    /// Somebody removed, added or moved a line before this one (from 1).
    Gap(usize),
    /// The log has another end than at the last save: it has `lines`, it had `saved`; `None` where the file no longer
    /// has the number.
    Cut {
        /// Lines it has.
        lines: usize,
        /// Lines at the last save.
        saved: Option<usize>,
    },
    /// The case and the log give different values: the log's, and the case's.
    Differs(Box<(Change, Change)>),
}

impl LogProblem {
    /// Returns whether logging this change settles the problem: log and case then agree on the value.
    pub(super) fn is_settled_by(&self, change: &Change) -> bool {
        matches!(self, Self::Differs(pair) if pair.0.sets_the_same(change))
    }

    /// The sentence. `name` gives the words for a hit, an event or a user.
    pub fn sentence(&self, name: impl Fn(&About) -> String) -> String {
        match self {
            Self::Changed(line) => format!("log line {line} was changed outside of tokentrail"),
            Self::Gap(line) => {
                format!("a log line before line {line} was removed, added or moved outside of tokentrail")
            }
            Self::Cut { lines, saved: None } => {
                format!("the case no longer says how long its log was when it was saved; {lines} lines are left")
            }
            Self::Cut { lines, saved: Some(saved) } if lines == saved => {
                format!("the last of the {lines} log lines is not the one that was saved")
            }
            Self::Cut { lines, saved: Some(saved) } => {
                format!("the log was saved with {saved} lines and was found with {lines}")
            }
            Self::Differs(pair) => {
                let (log, case) = (&pair.0, &pair.1);
                let noun = |change: &Change| match change.noun() {
                    "revoked" => "time of revocation",
                    noun => noun,
                };
                let subject = match log {
                    Change::Tlp { .. } => noun(log).to_owned(),
                    Change::Apart { file, .. } => file.clone(),
                    Change::Conflict { found, .. } => {
                        format!("conflict over the {} of {}", noun(&found.theirs), name(&log.about()))
                    }
                    log => format!("{} of {}", noun(log), name(&log.about())),
                };
                format!("{subject}: the log says {}, the case {}", log.value_or_nothing(), case.value_or_nothing())
            }
        }
    }

    /// The sentence with bare ids.
    #[cfg(any(test, feature = "testing"))]
    pub fn words(&self) -> String {
        self.sentence(|about| match about {
            About::Hit(hit, None) => format!("hit {hit}"),
            About::Hit(hit, Some(step)) => format!("hit {hit}, step {step}"),
            About::Event(event) => format!("event {event}"),
            About::User(user) => format!("user {user}"),
            About::Log => "the log".to_owned(),
        })
    }
}
