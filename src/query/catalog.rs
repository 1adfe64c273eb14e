//! The one list of texts. Adding an analytic's query is its files in `assets/query/` and one line below.

use super::Language;
use crate::analytics::Semantics;

/// The share of an analytic that an engine of sets computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// All: its rows are the hits that `scan` finds.
    Hits,
    /// The users and spans that may hold a hit: none is left out, most hold none.
    Candidates,
}

impl Coverage {
    /// A sentence for the head of a query.
    pub(super) fn words(self, analytic: &str) -> String {
        match self {
            Self::Hits => format!("Finds: hits, the rows that `tokentrail scan --analytics {analytic}` prints."),
            Self::Candidates => format!(
                "Finds: candidates, users and spans that may hold a hit. Which do, and how grave they are, `tokentrail \
                 scan --analytics {analytic}` says on their rows: `tokentrail query collect` fetches them."
            ),
        }
    }
}

/// A text in both languages.
pub(super) struct Text {
    pub(super) kql: &'static str,
    pub(super) sql: &'static str,
}

impl Text {
    pub(super) fn of(&self, language: Language) -> &'static str {
        match language {
            Language::Kql => self.kql,
            Language::Sql => self.sql,
        }
    }
}

/// The texts of an analytic.
struct Entry {
    analytic: &'static str,
    coverage: Coverage,
    hunt: Text,
    published: Option<Text>,
}

macro_rules! text {
    ($analytic:literal, $semantics:literal) => {
        Text {
            kql: include_str!(concat!("../../assets/query/", $analytic, $semantics, ".kql")),
            sql: include_str!(concat!("../../assets/query/", $analytic, $semantics, ".sql")),
        }
    };
}

macro_rules! entry {
    ($analytic:literal, $coverage:ident) => {
        Entry { analytic: $analytic, coverage: Coverage::$coverage, hunt: text!($analytic, ".hunt"), published: None }
    };
    ($analytic:literal, $coverage:ident, published) => {
        Entry { published: Some(text!($analytic, ".published")), ..entry!($analytic, $coverage) }
    };
}

/// Every analytic's texts.
const ENTRIES: &[Entry] = &[
    entry!("device-code-burst", Hits, published),
    entry!("foci-burst", Hits, published),
    entry!("session-hop", Hits, published),
    entry!("session-hop-broad", Hits, published),
    entry!("device-code-flow", Candidates),
    entry!("session-split", Candidates),
    entry!("foreign-session", Candidates),
    entry!("device-to-prt", Candidates),
    entry!("auth-code-handoff", Candidates),
    entry!("session-machine", Candidates),
    entry!("token-two-networks", Candidates),
    entry!("tool-agent", Candidates),
    entry!("new-client", Candidates),
    entry!("binding-drop", Candidates),
    entry!("graph-recon", Candidates),
    entry!("foothold", Candidates),
    entry!("after-revoke", Candidates),
];

macro_rules! part {
    ($name:literal) => {
        ($name, text!("parts/", $name))
    };
}

/// Parts that several texts share.
const PARTS: &[(&str, Text)] = &[
    part!("values"),
    part!("sign-ins"),
    part!("rows"),
    part!("bursts"),
    part!("codes"),
    part!("hops"),
    part!("calls"),
    part!("acts"),
    part!("published-bursts"),
    part!("published-hops"),
];

fn entry(analytic: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.analytic == analytic)
}

/// The text of an analytic, semantics and language; `None` where no query was published.
pub(super) fn file(analytic: &str, semantics: Semantics, language: Language) -> Option<&'static str> {
    let entry = entry(analytic)?;
    let text = match semantics {
        Semantics::Hunt => Some(&entry.hunt),
        Semantics::Published => entry.published.as_ref(),
    };
    text.map(|text| text.of(language))
}

/// The analytics that have a published query.
pub(super) fn published() -> Vec<&'static str> {
    ENTRIES.iter().filter(|entry| entry.published.is_some()).map(|entry| entry.analytic).collect()
}

/// The share of an analytic that its query computes.
pub fn coverage(analytic: &str) -> Coverage {
    entry(analytic).map_or(Coverage::Candidates, |entry| entry.coverage)
}

/// A part by its name.
pub(super) fn part(name: &str, language: Language) -> Option<&'static str> {
    PARTS.iter().find(|(known, _)| *known == name).map(|(_, text)| text.of(language))
}
