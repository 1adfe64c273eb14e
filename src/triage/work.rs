//! The analyst's work as a case keeps it: verdicts on steps and hits, marks on events.

use crate::model::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The analyst's verdict on a step's finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Speaks for token theft.
    Supports,
    /// Speaks against it.
    Against,
    /// Decides nothing.
    Unknown,
}

impl Verdict {
    /// Its word, the same everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Supports => "supports",
            Self::Against => "against",
            Self::Unknown => "unknown",
        }
    }
}

/// The analyst's verdict on a hit, and so on an incident. Cases on disk keep the words of tokentrail 0.1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Disposition {
    /// Token theft.
    #[serde(rename = "true-positive")]
    Theft,
    /// True as described, and meant.
    #[serde(rename = "benign")]
    Authorised,
    /// Not true as described.
    #[serde(rename = "false-positive")]
    Misfired,
    /// The evidence does not decide it.
    #[serde(rename = "undetermined")]
    CannotTell,
}

impl Disposition {
    /// All, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::Theft, Self::Authorised, Self::Misfired, Self::CannotTell];

    /// Its words, the same everywhere.
    pub fn words(self) -> &'static str {
        match self {
            Self::Theft => "theft",
            Self::Authorised => "authorised activity",
            Self::Misfired => "rule misfired",
            Self::CannotTell => "cannot tell",
        }
    }

    /// Returns whether it asks for a reason and for who confirmed it: every verdict but theft does.
    pub fn needs_a_reason(self) -> bool {
        self != Self::Theft
    }
}

/// A verdict on a hit with its grounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The verdict.
    pub disposition: Disposition,
    /// The reason, in the analyst's words; empty where none was given.
    pub reason: String,
    /// The confirmer, such as the user by phone; empty for nobody.
    pub confirmed: String,
}

impl Closing {
    /// A verdict without grounds.
    pub fn bare(disposition: Disposition) -> Self {
        Self { disposition, reason: String::new(), confirmed: String::new() }
    }

    /// `authorised activity: a new laptop, confirmed by ana@contoso.com`.
    pub fn words(&self) -> String {
        let mut words = self.disposition.words().to_owned();
        if !self.reason.is_empty() {
            words = format!("{words}: {}", self.reason);
        }
        if self.confirmed.is_empty() { words } else { format!("{words}, confirmed by {}", self.confirmed) }
    }
}

/// The analyst's work on one hit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HitWork {
    /// Verdict by the id of the step; by its number in a case of layout 1 or 2 that has met no hit of that id yet.
    pub verdicts: BTreeMap<String, Verdict>,
    /// Remark by the same key.
    pub remarks: BTreeMap<String, String>,
    /// Verdict on the hit.
    pub disposition: Option<Disposition>,
    /// The reason, in the analyst's words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The confirmer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub confirmed: String,
    /// Whether the analyst took it out of its incident.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub alone: bool,
    /// The analytic that step numbers of layout 1 or 2 were read by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbered_by: Option<String>,
    /// Fields of a later program, kept unchanged.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// The analyst's mark on an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mark {
    /// Whether it is bookmarked.
    pub bookmarked: bool,
    /// Tags, as typed.
    pub tags: Vec<String>,
    /// Remark; empty for none.
    pub remark: String,
    /// Fields of a later program: kept as they are.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

impl Mark {
    /// The glyph before a marked row: full for a bookmark.
    pub fn glyph(&self) -> &'static str {
        if self.bookmarked { "★" } else { "☆" }
    }

    /// Tags and remark: `#phish #c2 "the first"`.
    pub fn words(&self) -> String {
        let tags = self.tags.iter().map(|tag| format!("#{tag}"));
        let remark = (!self.remark.is_empty()).then(|| format!("\"{}\"", self.remark));
        tags.chain(remark).collect::<Vec<_>>().join(" ")
    }
}

/// State of the case that a copy was made from: a merge compares with it to see who changed a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// File name of the case, in the same folder.
    pub case: String,
    /// Its work by hit id.
    #[serde(default)]
    pub hits: BTreeMap<String, HitWork>,
    /// Its marks.
    #[serde(default)]
    pub marks: BTreeMap<String, Mark>,
    /// Its times of revocation.
    #[serde(default)]
    pub revoked: BTreeMap<String, Time>,
    /// Its tasks of containment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contained: BTreeMap<String, BTreeMap<String, Time>>,
    /// Fields of a later program.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}
