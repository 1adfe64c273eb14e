//! Names and system versions that attack tools give to the devices they register, where nobody changed them.

use super::table;
use regex::Regex;
use serde::Deserialize;

pub(super) const TABLE: &str = include_str!("../../assets/facts/device_fingerprints.csv");

/// Tool of a row that clears what later rows would name.
const NO_TOOL: &str = "none";

/// A trait of a registered device that gives away a tool.
#[derive(Debug)]
pub struct Fingerprint {
    /// The tool, or several of them in words.
    pub tool: String,
    /// The value or pattern as the table has it.
    pub value: String,
    trait_of: Trait,
}

impl Fingerprint {
    /// Returns whether it was found by the device's name, not by the version of its system.
    #[cfg(test)]
    fn is_by_name(&self) -> bool {
        !matches!(self.trait_of, Trait::OsVersion)
    }

    fn fits(&self, name: &str, os_version: &str) -> bool {
        match &self.trait_of {
            Trait::NamePattern(pattern) => pattern.is_match(name),
            Trait::Name => name.eq_ignore_ascii_case(&self.value),
            Trait::NameSuffix => name.ends_with(&self.value),
            Trait::OsVersion => os_version == self.value,
        }
    }
}

/// The part of a device that a row speaks of, and how it is compared.
#[derive(Debug)]
enum Trait {
    /// The whole name, in the case written.
    NamePattern(Regex),
    /// The whole name, in any case.
    Name,
    /// The end of the name, in the case written.
    NameSuffix,
    /// The whole version: 10.0.26100.4061 is not 10.0.26100.
    OsVersion,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    NamePattern,
    Name,
    NameSuffix,
    OsVersion,
}

#[derive(Deserialize)]
pub(super) struct FingerprintRow {
    kind: Kind,
    value: String,
    tool: String,
}

impl FingerprintRow {
    /// The fingerprint, or the fault of the row.
    pub(super) fn checked(self) -> Result<Fingerprint, String> {
        let (value, tool) = (self.value.trim().to_owned(), self.tool.trim().to_owned());
        if value.is_empty() {
            return Err("the value is empty: it would fit every device".to_owned());
        }
        if tool.is_empty() {
            return Err(format!("the row names no tool; \"{NO_TOOL}\" clears the value"));
        }
        let trait_of = match self.kind {
            Kind::NamePattern => {
                let pattern = Regex::new(&format!("^(?:{value})$"));
                Trait::NamePattern(pattern.map_err(|_| format!("\"{value}\" is no regular expression"))?)
            }
            Kind::Name => Trait::Name,
            Kind::NameSuffix => Trait::NameSuffix,
            Kind::OsVersion => Trait::OsVersion,
        };
        Ok(Fingerprint { tool, value, trait_of })
    }
}

/// The rows, in order: the first that fits decides.
pub(super) fn load() -> Vec<Fingerprint> {
    let rows = table::rows::<FingerprintRow>("device_fingerprints.csv", TABLE).into_iter();
    rows.map(|row| row.checked().expect("a test checks every row of the table")).collect()
}

/// The first row that fits the trimmed name or version; blank ones fit none.
pub(super) fn find<'a>(rows: &'a [Fingerprint], name: &str, os_version: &str) -> Option<&'a Fingerprint> {
    let (name, os_version) = (name.trim(), os_version.trim());
    let found = rows.iter().find(|row| row.fits(name, os_version))?;
    (found.tool != NO_TOOL).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        table::check_sources("device_fingerprints.csv", TABLE);
        assert!(load().iter().all(|row| row.tool != NO_TOOL && !row.fits("", "")), "blank values fit no row");
    }

    #[test]
    fn devices_give_their_tools_away() {
        let rows = load();
        for (name, version, expected) in [
            ("DESKTOP-A1B2C3D4", "", Some("ROADtools")),
            ("DESKTOP-A1B2C3D", "10.0.22631.3447", None),
            ("DESKTOP-A1B2C3D4E", "", None),
            ("desktop-a1b2c3d4", "", None),
            ("LT-0042", "10.0.19041.928", Some("ROADtools")),
            ("phone.iminyour.cloud", "", Some("ROADtools")),
            ("LT-0042", "10.0.19045.2006", Some("Tycoon2FA or Kali365")),
            ("graphspy-device", "", Some("GraphSpy")),
            ("LT-0042", "10.0.26100", Some("GraphSpy")),
            ("LT-0042", "10.0.26100.4061", None),
            (" ", " ", None),
        ] {
            assert_eq!(find(&rows, name, version).map(|row| row.tool.as_str()), expected, "{name} {version}");
        }
        assert!(find(&rows, "GraphSpy-Device", "").is_some_and(Fingerprint::is_by_name));
        assert!(find(&rows, "", "10.0.26100").is_some_and(|row| !row.is_by_name()));
    }
}
