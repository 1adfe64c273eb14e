//! Attack tools and HTTP libraries, by the user agent they send where nobody changed it.

use super::table;
use crate::model::Severity;
use serde::Deserialize;

pub(super) const TABLE: &str = include_str!("../../assets/facts/tool_agents.csv");

/// Name of HTTP libraries in the table. They serve developers as well as thieves.
const LIBRARY: &str = "http-lib";

/// Name of agents of old protocols in the table. Old mail programs send them every day.
const LEGACY: &str = "legacy";

/// Name of shells and vendor SDKs in the table: no mark.
const SHELL: &str = "shell";

/// A row of the table: an agent's pattern with the tool that sends it.
#[derive(Debug)]
pub struct ToolAgent {
    /// Name of the tool, such as `azurehound`; `http-lib` and `shell` are names of kinds.
    pub name: String,
    /// Grade of a successful event with this agent; none says nothing.
    pub grade: Option<Severity>,
    kind: PatternKind,
    /// Parts of the pattern in lower case: several where all have to be there.
    parts: Vec<String>,
}

impl ToolAgent {
    /// Returns whether it is an attack kit, or an agent that only attacks still send.
    #[cfg(test)]
    fn is_kit(&self) -> bool {
        !self.is_library() && !self.is_shell()
    }

    /// Returns whether it is a bare HTTP library.
    pub fn is_library(&self) -> bool {
        self.name == LIBRARY
    }

    /// Returns whether it is the agent of an old protocol.
    pub fn is_legacy(&self) -> bool {
        self.name == LEGACY
    }

    /// Returns whether it is a shell or a vendor SDK.
    pub fn is_shell(&self) -> bool {
        self.name == SHELL
    }

    /// Returns whether an agent in lower case fits.
    fn fits(&self, agent: &str) -> bool {
        let mut parts = self.parts.iter();
        match self.kind {
            PatternKind::Prefix => parts.all(|part| agent.starts_with(part)),
            PatternKind::Contains | PatternKind::AllOf => parts.all(|part| agent.contains(part)),
            PatternKind::Whole => parts.all(|part| agent == part),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PatternKind {
    Prefix,
    Contains,
    Whole,
    /// Several parts with `|` between them, in any place.
    AllOf,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Grade {
    High,
    Medium,
    Low,
    None,
}

#[derive(Deserialize)]
pub(super) struct ToolRow {
    name: String,
    kind: PatternKind,
    pattern: String,
    grade: Grade,
}

impl ToolRow {
    /// The pattern, or the fault of the row.
    pub(super) fn checked(self) -> Result<ToolAgent, String> {
        let name = self.name.trim().to_lowercase();
        if name.is_empty() {
            return Err("the tool has no name".to_owned());
        }
        let pattern = self.pattern.trim().to_ascii_lowercase();
        let parts: Vec<String> = match self.kind {
            PatternKind::AllOf => pattern.split('|').map(|part| part.trim().to_owned()).collect(),
            _ => vec![pattern],
        };
        if parts.iter().any(String::is_empty) {
            return Err("the pattern is empty: it would fit every agent".to_owned());
        }
        let grade = match self.grade {
            Grade::High => Some(Severity::High),
            Grade::Medium => Some(Severity::Medium),
            Grade::Low => Some(Severity::Low),
            Grade::None => None,
        };
        Ok(ToolAgent { name, grade, kind: self.kind, parts })
    }
}

/// The rows, in order: the first that fits decides.
pub(super) fn load() -> Vec<ToolAgent> {
    let rows = table::rows::<ToolRow>("tool_agents.csv", TABLE).into_iter();
    rows.map(|row| row.checked().expect("a test checks every row of the table")).collect()
}

/// A regular expression that fits what one of the rows fits; of a pattern of several parts it asks for the first.
pub(super) fn pattern(rows: &[ToolAgent]) -> String {
    let escaped = |text: &str| {
        let plain = |c: char| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() };
        text.chars().map(plain).collect::<String>()
    };
    let of_row = |row: &ToolAgent| {
        let part = escaped(row.parts.first().map_or("", String::as_str));
        match row.kind {
            PatternKind::Prefix => format!("^{part}"),
            PatternKind::Contains | PatternKind::AllOf => part,
            PatternKind::Whole => format!("^{part}$"),
        }
    };
    rows.iter().filter(|row| !row.is_shell()).map(of_row).collect::<Vec<_>>().join("|")
}

/// The first row that fits the trimmed agent, compared without case.
pub(super) fn find<'a>(rows: &'a [ToolAgent], user_agent: &str) -> Option<&'a ToolAgent> {
    let agent = user_agent.trim().to_ascii_lowercase();
    if agent.is_empty() {
        return None;
    }
    rows.iter().find(|row| row.fits(&agent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        table::check_sources("tool_agents.csv", TABLE);
        let rows = load();
        for (place, late) in rows.iter().enumerate() {
            for early in &rows[..place] {
                let hidden = match early.kind {
                    PatternKind::Contains => late.parts.iter().any(|part| part.contains(&early.parts[0])),
                    PatternKind::Prefix => {
                        matches!(late.kind, PatternKind::Prefix | PatternKind::Whole)
                            && late.parts[0].starts_with(&early.parts[0])
                    }
                    PatternKind::Whole => late.kind == PatternKind::Whole && late.parts == early.parts,
                    PatternKind::AllOf => false,
                };
                assert!(!hidden || early.name == late.name, "{:?} hides {:?}", early.parts, late.parts);
            }
        }
        assert!(rows.iter().all(|row| row.is_shell() == row.grade.is_none()), "only shells are no mark");
        assert!(rows.iter().any(ToolAgent::is_kit) && rows.iter().any(ToolAgent::is_library));
    }

    #[test]
    fn agents_name_their_tools() {
        let rows = load();
        for (agent, expected) in [
            ("", None),
            ("  ", None),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/135.0.0.0 Safari/537.36", None),
            ("  KALI365-LIVE/2.1 ", Some(("kali365", Some(Severity::High)))),
            ("azurehound/v2.1.7", Some(("azurehound", Some(Severity::High)))),
            ("Mozilla/5.0 AADInternals", Some(("aadinternals", Some(Severity::High)))),
            (
                "Mozilla/5.0 (Windows NT 10.0) Teams/1.3.00.30866 Chrome/80.0.3987.165 Electron/8.5.1 Safari/537.36",
                Some(("teamfiltration", Some(Severity::High))),
            ),
            ("Mozilla/5.0 Teams/1.3.00.30866 Electron/10.4.7", None),
            ("Dsreg/10.0 (Windows 10.0.19041.928)", Some(("roadtools", Some(Severity::Medium)))),
            ("Dsreg/10.0 (Windows 10.0.22631.3447)", None),
            ("BAV2ROPC", Some(("legacy", Some(Severity::Medium)))),
            ("node", Some(("http-lib", Some(Severity::Low)))),
            ("node-fetch/1.0", Some(("http-lib", Some(Severity::Low)))),
            ("nodepad/3", None),
            ("axios/1.7.9", Some(("http-lib", Some(Severity::Low)))),
            ("python-requests/2.32.3", Some(("http-lib", Some(Severity::Low)))),
            ("Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1", Some(("shell", None))),
            ("azsdk-net-Identity/1.12.0 (.NET 8.0)", Some(("shell", None))),
        ] {
            let found = find(&rows, agent).map(|tool| (tool.name.as_str(), tool.grade));
            assert_eq!(found, expected, "{agent}");
        }
    }
}
