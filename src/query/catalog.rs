//! The one list of texts. Adding an analytic's query is its files in `assets/query/` and one line below.

use super::Language;
use crate::analytics::Semantics;
use crate::model::Claim;
use crate::tables::hit_table;

/// The share of an analytic that the query of a language computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// All: its rows are the hits that `scan` finds.
    Hits,
    /// All, and more: each hit that `scan` finds is among its rows, which its first lines tell apart from the rest.
    Superset,
    /// The users and spans that may hold a hit: none is left out, most hold none.
    Candidates,
}

impl Coverage {
    /// Its word in a list.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hits => "hits",
            Self::Superset => "hits and more",
            Self::Candidates => "candidates",
        }
    }

    /// The word of its rows in the column [`hit_table::FINDS`].
    pub(super) fn claim(self) -> &'static str {
        let claim = match self {
            Self::Hits => Claim::Hit,
            Self::Superset => Claim::AtMostHit,
            Self::Candidates => Claim::Candidate,
        };
        hit_table::CLAIMS.iter().find(|(_, known)| *known == claim).expect("a word for each claim").0
    }

    /// A sentence for the head of a query.
    pub(super) fn words(self, analytic: &str) -> String {
        match self {
            Self::Hits => format!("Finds: hits, the rows that `tokentrail scan --analytics {analytic}` prints."),
            Self::Superset => format!(
                "Finds: hits and more. Every row that `tokentrail scan --analytics {analytic}` prints is among these; \
                 which of them are hits, it says on their rows: `tokentrail query collect` fetches them."
            ),
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
    /// Of its own rules, in KQL and in SQL. A published query is all of itself.
    coverage: [Coverage; 2],
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
    ($analytic:literal, [$kql:ident, $sql:ident]) => {
        Entry {
            analytic: $analytic,
            coverage: [Coverage::$kql, Coverage::$sql],
            hunt: text!($analytic, ".hunt"),
            published: None,
        }
    };
    ($analytic:literal, $coverage:ident) => {
        entry!($analytic, [$coverage, $coverage])
    };
    ($analytic:literal, $coverage:tt, published) => {
        Entry { published: Some(text!($analytic, ".published")), ..entry!($analytic, $coverage) }
    };
}

/// Every analytic's texts.
const ENTRIES: &[Entry] = &[
    entry!("device-code-burst", [Superset, Hits], published),
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
    part!("days"),
    part!("bursts"),
    part!("codes"),
    part!("hops"),
    part!("hop-pairs"),
    part!("hop-columns"),
    part!("case-sign-ins"),
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
pub fn coverage(analytic: &str, semantics: Semantics, language: Language) -> Coverage {
    let of_hunt = entry(analytic).map_or([Coverage::Candidates; 2], |entry| entry.coverage);
    match (semantics, language) {
        (Semantics::Published, _) => Coverage::Hits,
        (Semantics::Hunt, Language::Kql) => of_hunt[0],
        (Semantics::Hunt, Language::Sql) => of_hunt[1],
    }
}

/// A part by its name.
pub(super) fn part(name: &str, language: Language) -> Option<&'static str> {
    PARTS.iter().find(|(known, _)| *known == name).map(|(_, text)| text.of(language))
}
