//! Software of rows: user agent and operating system, and the family of an agent.

use crate::facts::Facts;
use crate::model::Sym;
use std::ops::Deref;
use std::sync::Arc;

/// An agent and the system it runs on.
#[derive(Debug)]
pub struct Program {
    /// The exact agent; [`Sym::NONE`] for a blank one.
    pub agent: Sym,
    /// Family of the agent: `browser:edge`, `tool:axios`, `native:outlook`, `blank`.
    pub family: Arc<str>,
    /// First number of a browser's version; 0 for other software.
    pub version: u32,
    /// Operating system, lower case; empty where none is known.
    pub os: Arc<str>,
    /// Kind of tool that the agent names.
    pub tool: Tool,
}

/// The software of a row, and the device that the row names. The device is no part of a comparison: a thief's row can
/// carry the victim's.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Many devices run the same.
    pub program: Arc<Program>,
    /// Registered device, one symbol for each; [`Sym::NONE`] for none. A thief's row may show the victim's.
    pub device: Sym,
    /// TLS fingerprint, where the table has it.
    pub ja4: Sym,
}

impl Deref for Profile {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.program
    }
}

/// Kind of tool that an agent names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// None.
    None,
    /// An HTTP library: developers use them too.
    Library,
    /// A kit of attackers.
    Kit,
}

impl Program {
    /// Returns whether it is a browser.
    pub fn is_browser(&self) -> bool {
        self.family.starts_with("browser:")
    }
}

impl Profile {
    /// Returns whether agent and operating system are the same, and the TLS fingerprint where both have one.
    pub fn is_same(&self, other: &Self) -> bool {
        self.is_same_software(other) && (self.ja4 == other.ja4 || self.ja4.is_none() || other.ja4.is_none())
    }

    /// Returns whether agent and operating system are the same.
    pub fn is_same_software(&self, other: &Self) -> bool {
        self.agent == other.agent && self.os == other.os
    }

    /// `browser:edge on windows`.
    pub fn words(&self) -> String {
        let os = if self.os.is_empty() { "a system not recorded" } else { &self.os };
        format!("{} on {os}", self.family)
    }

    /// Returns whether neither agent nor operating system is known.
    pub fn is_blank(&self) -> bool {
        self.agent.is_none() && self.os.is_empty()
    }
}

/// Marks of browsers in an agent, lower case; the first that it contains decides.
const BROWSERS: [(&str, &str); 11] = [
    ("electron/", "native:electron"),
    ("edg/", "browser:edge"),
    ("edga/", "browser:edge"),
    ("edgios/", "browser:edge"),
    ("opr/", "browser:opera"),
    ("firefox/", "browser:firefox"),
    ("fxios/", "browser:firefox"),
    ("chrome/", "browser:chrome"),
    ("crios/", "browser:chrome"),
    ("trident/", "browser:ie"),
    ("safari/", "browser:safari"),
];

/// Marks of operating systems in an agent, lower case; the first that it contains decides.
const SYSTEMS: [(&str, &str); 7] = [
    ("windows nt", "windows"),
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("android", "android"),
    ("macintosh", "macos"),
    ("x11", "linux"),
    ("linux", "linux"),
];

/// Name of an operating system as its maker writes it; as it stands, where it is none of those that agents name.
pub fn system_name(os: &str) -> &str {
    match os {
        "windows" => "Windows",
        "ios" => "iOS",
        "android" => "Android",
        "macos" => "macOS",
        "linux" => "Linux",
        other => other,
    }
}

/// Family of an agent, and the kind of tool that it names.
pub(super) fn family(facts: &Facts, agent: &str) -> (String, Tool) {
    if agent.is_empty() {
        return ("blank".to_owned(), Tool::None);
    }
    match facts.tool(agent) {
        Some(tool) if tool.is_shell() => return (native(agent), Tool::None),
        Some(tool) => {
            let kind = if tool.is_library() { Tool::Library } else { Tool::Kit };
            return (format!("tool:{}", tool.name), kind);
        }
        None => {}
    }
    let lower = agent.to_ascii_lowercase();
    let browser = BROWSERS.iter().find(|(mark, _)| lower.contains(mark));
    (browser.map_or_else(|| native(agent), |(_, family)| (*family).to_owned()), Tool::None)
}

/// Family of software that is neither tool nor browser: the first word of its agent.
pub(super) fn native(agent: &str) -> String {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let word: String = agent.chars().take_while(is_part).collect();
    format!("native:{}", word.to_ascii_lowercase())
}

/// First number of the version that a browser's agent names; 0 for other software, and where it names none. Safari's is
/// not at its mark, and Internet Explorer's is that of its engine.
pub(super) fn version(agent: &str) -> u32 {
    let lower = agent.to_ascii_lowercase();
    let found = BROWSERS.iter().find(|(mark, _)| lower.contains(mark));
    let mark = match found {
        Some((_, "browser:safari")) => "version/",
        Some((mark, family)) if family.starts_with("browser:") && *family != "browser:ie" => mark,
        _ => return 0,
    };
    let after = lower.split_once(mark).map_or("", |(_, after)| after);
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after[..digits].parse().unwrap_or(0)
}

/// Operating system that an agent names.
pub(super) fn os_of_agent(agent: &str) -> Option<&'static str> {
    let lower = agent.to_ascii_lowercase();
    SYSTEMS.iter().find(|(mark, _)| lower.contains(mark)).map(|(_, os)| *os)
}

/// Operating system of a device as recorded, without its version.
pub(super) fn os_of_device(recorded: &str) -> String {
    let letters: String = recorded.trim().chars().take_while(|c| c.is_alphabetic()).collect();
    letters.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_fall_into_families() {
        let facts = Facts::embedded();
        for (agent, expected) in [
            ("", "blank"),
            ("kali365-live/1.0", "tool:kali365"),
            ("python-requests/2.31.0", "tool:http-lib"),
            ("node", "tool:http-lib"),
            ("node-fetch/1.0", "tool:http-lib"),
            ("Mozilla/5.0 (Windows NT 10.0; en-US) PowerShell/7.4.1", "native:mozilla"),
            ("AZURECLI/2.63.0 (DEB) azsdk-python-core/1.28", "native:azurecli"),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Electron/25.0 Safari/537.36", "native:electron"),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "browser:edge"),
            ("Mozilla/5.0 (iPhone) EdgiOS/120.0 Safari/604.1", "browser:edge"),
            ("Mozilla/5.0 Chrome/120.0 Safari/537.36 OPR/100", "browser:opera"),
            ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/137.0", "browser:firefox"),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36", "browser:chrome"),
            ("Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0)", "browser:ie"),
            ("Mozilla/5.0 (Macintosh) Version/17 Safari/605.1.15", "browser:safari"),
            ("Outlook-iOS/2.0", "native:outlook-ios"),
            ("Microsoft Office/16.0", "native:microsoft"),
            ("(odd)", "native:"),
        ] {
            assert_eq!(family(facts, agent).0, expected, "{agent}");
        }
    }

    #[test]
    fn a_browser_names_its_version() {
        for (agent, expected) in [
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/119.0", 119),
            ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/137", 137),
            ("Mozilla/5.0 (Macintosh) Version/17.4 Safari/605.1.15", 17),
            ("Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0)", 0),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Electron/25.0 Safari/537.36", 0),
            ("Mozilla/5.0 Chrome/4294967295 Safari/537.36", u32::MAX),
            ("Mozilla/5.0 Chrome/99999999999 Safari/537.36", 0),
            ("Mozilla/5.0 Chrome/ Safari/537.36", 0),
            ("Outlook-iOS/2.0", 0),
            ("", 0),
        ] {
            assert_eq!(version(agent), expected, "{agent}");
        }
    }

    #[test]
    fn the_agent_names_the_system_first() {
        for (agent, expected) in [
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7)", "ios"),
            ("Mozilla/5.0 (Linux; Android 14)", "android"),
            ("Mozilla/5.0 (X11; Linux x86_64)", "linux"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X)", "macos"),
            ("Mozilla/5.0 (Windows NT 10.0)", "windows"),
        ] {
            assert_eq!(os_of_agent(agent), Some(expected), "{agent}");
        }
        assert_eq!(os_of_agent("axios/1.7.9"), None);
        assert_eq!(os_of_device("Windows10"), "windows");
        assert_eq!(os_of_device("Mac OS 14"), "mac");
        assert_eq!(os_of_device(""), "");
    }
}
