//! The analyst's work as a case keeps it: verdicts and dispositions of hits, marks on events.

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

/// The analyst's judgement of a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Token theft.
    TruePositive,
    /// True as described, and legitimate.
    Benign,
    /// Not true as described.
    FalsePositive,
    /// The evidence does not decide it.
    Undetermined,
}

impl Disposition {
    /// All, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::TruePositive, Self::Benign, Self::FalsePositive, Self::Undetermined];

    /// Its words, the same everywhere.
    pub fn words(self) -> &'static str {
        match self {
            Self::TruePositive => "true positive",
            Self::Benign => "benign",
            Self::FalsePositive => "false positive",
            Self::Undetermined => "undetermined",
        }
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
    /// Disposition of the hit.
    pub disposition: Option<Disposition>,
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
    /// Fields of a later program.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}
