//! A line that is typed and not entered yet.

use super::work::Disposition;
use serde::{Deserialize, Serialize};

/// Prompt that a line is typed at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "prompt")]
#[cfg_attr(feature = "testing", expect(missing_docs, reason = "the fields are the case's own"))]
pub enum Prompt {
    /// The remark on a step.
    Remark { hit: String, step: String },
    /// The tags of an event, by [`super::marks::key`].
    Tags { event: String },
    /// The remark on an event.
    EventRemark { event: String },
    /// Time of revocation of a user's sessions.
    Revoked { user: String },
    /// The reason for a verdict; the line on who confirmed it goes with it.
    Reason { hit: String, to: Disposition, confirmed: String },
}

/// A line with its prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its prompt.
    #[serde(flatten)]
    pub prompt: Prompt,
    /// The line so far.
    pub text: String,
}

impl Draft {
    /// `remark "called the u"`: the line, for a sentence.
    pub fn words(&self) -> String {
        let noun = match &self.prompt {
            Prompt::Remark { .. } | Prompt::EventRemark { .. } => "remark",
            Prompt::Tags { .. } => "tags",
            Prompt::Revoked { .. } => "time of revocation",
            Prompt::Reason { .. } => "reason",
        };
        format!("{noun} \"{}\"", self.text)
    }
}
