//! Classes of user agents.
//!
//! A client names its user agent itself and can fake it at no cost: a script agent is evidence, a browser or Office
//! agent proves nothing.

use super::table;
use serde::Deserialize;

pub(super) const TABLE: &str = include_str!("../../assets/facts/agents.csv");

/// Class of a user agent, by the name the client gives itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {
    /// A web browser.
    Browser,
    /// An Office or other Microsoft rich client.
    Office,
    /// A mobile platform or app.
    Mobile,
    /// A vendor SDK or command line tool (Azure CLI, MSAL, Graph SDK).
    Sdk,
    /// A bare HTTP library, command line client or known attack tool.
    Script,
    /// Not recorded.
    Blank,
    /// None of the above.
    Unknown,
}

impl Agent {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Browser, Self::Office, Self::Mobile, Self::Sdk, Self::Script, Self::Blank, Self::Unknown];

    /// Its word in findings and spelling in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Office => "Office",
            Self::Mobile => "mobile",
            Self::Sdk => "SDK",
            Self::Script => "script",
            Self::Blank => "not recorded",
            Self::Unknown => "unrecognised",
        }
    }

    /// The software in words for a sentence.
    pub fn software(self) -> &'static str {
        match self {
            Self::Browser => "a browser",
            Self::Office => "Office",
            Self::Mobile => "a mobile app",
            Self::Sdk => "an SDK",
            Self::Script => "a script",
            Self::Blank => "software not recorded",
            Self::Unknown => "software not recognised",
        }
    }
}

/// One row; the first that fits decides the class.
pub(super) struct Pattern {
    kind: PatternKind,
    text: String,
    class: Agent,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PatternKind {
    Prefix,
    Contains,
}

#[derive(Deserialize)]
pub(super) struct PatternRow {
    kind: PatternKind,
    pattern: String,
    class: String,
}

/// The patterns, in order: tools before the libraries they are built on, apps before platforms, platforms
/// before browsers (nearly everything calls itself `Mozilla/5.0`, many also `Safari`).
pub(super) fn load() -> Vec<Pattern> {
    let rows = table::rows::<PatternRow>("agents.csv", TABLE).into_iter();
    rows.map(|row| row.pattern().expect("a test checks every row of the table")).collect()
}

impl PatternRow {
    /// The pattern, or the fault of the row.
    pub(super) fn pattern(self) -> Result<Pattern, String> {
        let text = self.pattern.trim().to_ascii_lowercase();
        if text.is_empty() {
            return Err("the pattern is empty: it would fit every agent".to_owned());
        }
        // The table writes the word in lower case too.
        let class = Agent::ALL.into_iter().find(|agent| agent.word().eq_ignore_ascii_case(&self.class));
        let class = class.ok_or_else(|| {
            let known: Vec<_> = Agent::ALL.into_iter().map(Agent::word).collect();
            format!("\"{}\" is no class; known are {}", self.class, known.join(", "))
        })?;
        Ok(Pattern { kind: self.kind, text, class })
    }
}

/// The class of a user agent. Ignores case. A bare `Mozilla/5.0` with no engine is no browser: unknown.
pub(super) fn class(patterns: &[Pattern], user_agent: &str) -> Agent {
    let agent = user_agent.trim().to_ascii_lowercase();
    if agent.is_empty() || agent == "{pii removed}" {
        return Agent::Blank;
    }
    let fits = |pattern: &&Pattern| match pattern.kind {
        PatternKind::Prefix => agent.starts_with(&pattern.text),
        PatternKind::Contains => agent.contains(&pattern.text),
    };
    patterns.iter().find(fits).map_or(Agent::Unknown, |pattern| pattern.class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        table::check_sources("agents.csv", TABLE);
        let patterns = load();
        assert!(patterns.iter().all(|p| !p.text.is_empty() && p.text == p.text.to_ascii_lowercase()));
        // A pattern after one that is part of it can never be the first to fit.
        for (place, late) in patterns.iter().enumerate() {
            for early in &patterns[..place] {
                let hidden = match early.kind {
                    PatternKind::Contains => late.text.contains(&early.text),
                    PatternKind::Prefix => {
                        matches!(late.kind, PatternKind::Prefix) && late.text.starts_with(&early.text)
                    }
                };
                assert!(!hidden, "{:?} hides {:?}", early.text, late.text);
            }
        }
    }

    #[test]
    fn agents_fall_into_their_classes() {
        let patterns = load();
        for (agent, expected) in [
            ("", Agent::Blank),
            ("  ", Agent::Blank),
            ("python-requests/2.31.0", Agent::Script),
            ("PYTHON-REQUESTS/2.31.0", Agent::Script),
            ("Python/3.12 aiohttp/3.10.4", Agent::Script),
            ("curl/8.7.1", Agent::Script),
            ("Go-http-client/1.1", Agent::Script),
            ("azurehound/v2.1.7", Agent::Script),
            ("AADInternals", Agent::Script),
            ("Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1", Agent::Script),
            ("Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.22631; en-US) PowerShell/7.4.1", Agent::Script),
            (
                "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.22631; en-US) PowerShell/7.4.1 Invoke-MgGraphRequest",
                Agent::Sdk,
            ),
            ("python/3.11.8 (Linux-6.5-x86_64) AZURECLI/2.63.0 (DEB)", Agent::Sdk),
            ("azsdk-python-identity/1.16.0 Python/3.11.8 (Linux)", Agent::Sdk),
            ("Mozilla/5.0 (compatible; MSAL 1.0) PKeyAuth/1.0", Agent::Sdk),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Safari/537.36 Edg/135.0.0.0",
                Agent::Browser,
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:137.0) Gecko/20100101 Firefox/137.0", Agent::Browser),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Mobile Safari/537.36",
                Agent::Mobile,
            ),
            ("Dalvik/2.1.0 (Linux; U; Android 11; Pixel 3a XL Build/RQ3A.211001.001)", Agent::Mobile),
            ("Outlook-iOS/729.2413.0", Agent::Mobile),
            ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17726; Pro)", Agent::Office),
            ("Windows-AzureAD-Authentication-Provider/1.0", Agent::Office),
            ("Microsoft SkyDriveSync 24.086.0428.0003 ship; Windows NT 10.0 (19045)", Agent::Office),
            ("Mozilla/5.0 (compatible; MSIE 7.0; Windows NT 10.0; MSOffice 16)", Agent::Office),
            ("Mozilla/5.0", Agent::Unknown),
            ("ur mum", Agent::Unknown),
        ] {
            assert_eq!(class(&patterns, agent), expected, "{agent}");
        }
    }
}
