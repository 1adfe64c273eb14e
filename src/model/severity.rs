//! How bad it is if true, and how sure we are: two words that never mix.

use serde::{Deserialize, Serialize};

/// How bad the hit is if it is token theft: what the tokens reach, and whose they look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Looks like the user's own work.
    Low,
    /// Worth a look today.
    Medium,
    /// Look now.
    High,
}

impl Severity {
    /// The word printed everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How well the bundle's findings carry the reading "token theft".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// More findings speak against it than for it, or nearly nothing could be answered.
    Low,
    /// Mixed, or too little could be answered.
    Medium,
    /// Several findings support it and none of weight speaks against.
    High,
}

impl Confidence {
    /// The word printed everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}
