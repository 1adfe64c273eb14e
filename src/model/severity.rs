//! Severity (how bad if true) and confidence (how sure): two words that never mix.

use serde::{Deserialize, Serialize};

/// Word for a hit of which the bundle has no rows.
const NOT_WEIGHED: &str = "not weighed";

/// Severity of a hit if it is token theft: by the reach of the tokens and the party that seems to use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Looks like the user's own work.
    Low,
    /// Found by a query elsewhere, and the bundle has no rows to weigh.
    #[serde(rename = "not weighed")]
    NotWeighed,
    /// Look today.
    Medium,
    /// Look now.
    High,
}

impl Severity {
    /// Its word, the same everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::NotWeighed => NOT_WEIGHED,
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Confidence that a hit is token theft, by the bundle's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The bundle has no rows to weigh.
    #[serde(rename = "not weighed")]
    NotWeighed,
    /// More findings speak against it than for it, or nearly nothing could be answered.
    Low,
    /// Mixed, or too little could be answered.
    Medium,
    /// Several findings support it and none of weight speaks against.
    High,
}

impl Confidence {
    /// Its word, the same everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotWeighed => NOT_WEIGHED,
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}
