//! The user's configuration: `config.toml`, its template, and the mistakes in either.
//!
//! Nothing in it stops the program: what cannot be made sense of is a [`Mistake`], and the default holds.

pub mod mistake;

pub use mistake::Mistake;

use crate::triage::TLP;
use mistake::{Document, text, texts, unknown};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::str::FromStr;
use strum::{EnumString, IntoStaticStr, VariantArray};
use toml::Spanned;
use toml::de::DeValue;

/// The colours of the workbench.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum ThemeName {
    /// For a dark background.
    #[default]
    Dark,
    /// For a light background.
    Light,
    /// Attributes only: what `NO_COLOR` takes.
    Mono,
}

/// The characters of frames, bars and marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Borders {
    /// Box-drawing characters and signs.
    #[default]
    Unicode,
    /// Characters that every terminal and every font has.
    Ascii,
}

/// Whether the workbench takes the mouse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Mouse {
    /// No: the terminal selects text with it.
    #[default]
    Off,
    /// Yes.
    On,
}

/// The user's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The colours.
    pub theme: ThemeName,
    /// The frames; `None` for what the locale can show.
    pub borders: Option<Borders>,
    /// The mouse.
    pub mouse: Mouse,
    /// The analyst who signs the verdicts; `None` for the login name.
    pub analyst: Option<String>,
    /// Sharing mark of a new case; `None` for that of [`crate::triage::Case::new`].
    pub tlp: Option<String>,
    /// The key table; `None` for [`KEYMAP`] beside this file, if there is one.
    pub keys: Option<PathBuf>,
    /// Tables of facts laid over those built in.
    pub facts: Vec<PathBuf>,
    /// Networks of addresses.
    pub asn: Option<PathBuf>,
    /// The allow-list.
    pub allow: Option<PathBuf>,
    /// Known networks.
    pub known: Option<PathBuf>,
}

/// Name of the file.
pub const CONFIG: &str = "config.toml";
/// Name of the user's key table beside it.
pub const KEYMAP: &str = "keymap.toml";

/// One setting: its name, an example or the default, what it does.
pub struct Setting {
    /// As written.
    pub name: &'static str,
    /// The default as TOML; for a setting without one, an example.
    pub value: &'static str,
    /// Whether `value` is the default.
    pub is_default: bool,
    /// Its effect, in lines.
    pub about: &'static str,
}

/// Every setting, in the order of the template.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "theme",
        value: "\"dark\"",
        is_default: true,
        about: "Colours: dark, light or mono. NO_COLOR takes mono.",
    },
    Setting {
        name: "borders",
        value: "\"unicode\"",
        is_default: false,
        about: "Frames, bars and marks: unicode or ascii [default: unicode, ascii where the locale has no UTF-8].",
    },
    Setting {
        name: "mouse",
        value: "\"off\"",
        is_default: true,
        about: "on: clicks and the wheel go to the workbench, and Shift selects text. off: the terminal selects.",
    },
    Setting {
        name: "analyst",
        value: "\"ana\"",
        is_default: false,
        about: "Who signs the verdicts [default: the login name].",
    },
    Setting {
        name: "tlp",
        value: "\"TLP:AMBER\"",
        is_default: true,
        about: "Sharing mark of a new case: TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT or TLP:RED.",
    },
    Setting {
        name: "keys",
        value: "\"keymap.toml\"",
        is_default: false,
        about: "Your key table, laid over the one built in [default: keymap.toml beside this file, if it is there].",
    },
    Setting {
        name: "facts",
        value: "[]",
        is_default: true,
        about: "Your tables of facts, laid over those built in: CSV with the columns of a table in assets/facts.",
    },
    Setting {
        name: "asn",
        value: "\"networks.csv\"",
        is_default: false,
        about: "Networks of addresses, as with --asn.",
    },
    Setting {
        name: "allow",
        value: "\"allow.toml\"",
        is_default: false,
        about: "Hits to mark and move down, as with --allow.",
    },
    Setting {
        name: "known",
        value: "\"known.txt\"",
        is_default: false,
        about: "Networks known to every user, as with --known.",
    },
];

/// The file with every setting at its default; what has none is an example behind `#`.
pub fn template() -> String {
    let mut text = format!(
        "# tokentrail. An option on the command line wins over what stands here.\n\
         # Paths count from the folder of this file; ~/ is your home. Keys go to {KEYMAP} beside it.\n"
    );
    for setting in SETTINGS {
        let off = if setting.is_default { "" } else { "# " };
        write!(text, "\n# {}\n{off}{} = {}\n", setting.about, setting.name, setting.value)
            .expect("writing to a string does not fail");
    }
    text
}

/// The folder of the user's files: `$XDG_CONFIG_HOME/tokentrail`, else `~/.config/tokentrail`. `environment` looks a
/// variable up.
pub fn folder(environment: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| environment(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
    let config = absolute("XDG_CONFIG_HOME").or_else(|| home(&environment).map(|home| home.join(".config")));
    config.map(|folder| folder.join("tokentrail"))
}

/// The user's home folder.
pub fn home(environment: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| environment(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
    absolute("HOME").or_else(|| absolute("USERPROFILE"))
}

/// Folders that the paths of a file are relative to.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// The folder of the file.
    pub folder: PathBuf,
    /// The folder of `~/`.
    pub home: Option<PathBuf>,
}

impl Roots {
    fn path(&self, written: &str) -> PathBuf {
        match (written.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.folder.join(written),
        }
    }
}

impl Config {
    /// Reads a config: the valid settings, and the mistakes in the rest.
    pub fn parse(text: &str, roots: &Roots) -> (Self, Vec<Mistake>) {
        let mut config = Self::default();
        let mut document = Document::parse(text);
        let mut mistakes = std::mem::take(&mut document.mistakes);
        for (name, value) in document.root.get_ref() {
            if let Err(wrong) = config.set(name.get_ref(), value, roots) {
                mistakes.push(Mistake::at(document.line_of(name), wrong));
            }
        }
        mistakes.sort_by_key(|mistake| mistake.line);
        (config, mistakes)
    }

    fn set(&mut self, name: &str, value: &Spanned<DeValue>, roots: &Roots) -> Result<(), String> {
        let path = || text(value).map(|written| Some(roots.path(written)));
        match name {
            "theme" => self.theme = word(name, value)?,
            "borders" => self.borders = Some(word(name, value)?),
            "mouse" => self.mouse = word(name, value)?,
            "analyst" => self.analyst = Some(text(value)?.trim().to_owned()).filter(|name| !name.is_empty()),
            "tlp" => self.tlp = Some(tlp(text(value)?)?.to_owned()),
            "keys" => self.keys = path()?,
            "facts" => {
                let written = texts(value)?.iter().map(text).collect::<Result<Vec<_>, _>>()?;
                self.facts = written.into_iter().map(|written| roots.path(written)).collect();
            }
            "asn" => self.asn = path()?,
            "allow" => self.allow = path()?,
            "known" => self.known = path()?,
            _ => return Err(unknown("setting", name, SETTINGS.iter().map(|setting| setting.name))),
        }
        Ok(())
    }
}

/// One of the words of a setting.
fn word<T>(name: &str, value: &Spanned<DeValue>) -> Result<T, String>
where
    T: FromStr + VariantArray + Into<&'static str> + Copy,
{
    let written = text(value)?;
    written.parse().map_err(|_| unknown(name, written, T::VARIANTS.iter().map(|known| (*known).into())))
}

/// The mark written, with or without its `TLP:`.
fn tlp(written: &str) -> Result<&'static str, String> {
    let wanted = written.trim().to_uppercase();
    let is = |mark: &&&str| **mark == wanted || mark.strip_prefix("TLP:") == Some(wanted.as_str());
    TLP.iter().find(is).copied().ok_or_else(|| unknown("sharing mark", written, TLP))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Config, Vec<String>) {
        let roots = Roots { folder: PathBuf::from("/c/tokentrail"), home: Some(PathBuf::from("/h")) };
        let (config, mistakes) = Config::parse(text, &roots);
        (config, mistakes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_template_is_a_config_that_changes_nothing() {
        let (config, mistakes) = parse(&template());
        assert_eq!(mistakes, [""; 0]);
        let tlp = Some(crate::triage::Case::new(String::new(), String::new()).tlp);
        assert_eq!(config, Config { tlp, ..Config::default() });
        let uncommented = template()
            .replace("\n# analyst", "\nanalyst")
            .replace("\n# borders", "\nborders")
            .replace("\n# keys", "\nkeys");
        let (config, mistakes) = parse(
            &uncommented.replace("\n# asn", "\nasn").replace("\n# allow", "\nallow").replace("\n# known", "\nknown"),
        );
        assert_eq!(mistakes, [""; 0], "the examples hold too");
        assert_eq!(config.asn, Some(PathBuf::from("/c/tokentrail/networks.csv")));
        assert!(template().lines().all(|line| line.len() <= 120));
    }

    #[test]
    fn every_setting_is_taken() {
        let (config, mistakes) = parse(
            "theme = \"light\"\nborders = \"ascii\"\nmouse = \"on\"\nanalyst = \" ana \"\ntlp = \"amber+strict\"\n\
             keys = \"~/keys.toml\"\nfacts = [\"a.csv\", \"/b.csv\"]\nallow = \"x.toml\"\nknown = \"~/k.txt\"\n",
        );
        assert_eq!(mistakes, [""; 0]);
        let expected = Config {
            theme: ThemeName::Light,
            borders: Some(Borders::Ascii),
            mouse: Mouse::On,
            analyst: Some("ana".to_owned()),
            tlp: Some("TLP:AMBER+STRICT".to_owned()),
            keys: Some(PathBuf::from("/h/keys.toml")),
            facts: vec![PathBuf::from("/c/tokentrail/a.csv"), PathBuf::from("/b.csv")],
            asn: None,
            allow: Some(PathBuf::from("/c/tokentrail/x.toml")),
            known: Some(PathBuf::from("/h/k.txt")),
        };
        assert_eq!(config, expected);
    }

    #[test]
    fn what_is_wrong_is_named_and_the_rest_holds() {
        let (config, mistakes) =
            parse("tehme = \"dark\"\ntheme = \"lihgt\"\nmouse = true\ntlp = \"TLP:WHITE\"\nborders = \"ascii\"\n[x]\n");
        assert_eq!(
            mistakes,
            [
                "line 1: \"tehme\" is no setting; did you mean theme?",
                "line 2: \"lihgt\" is no theme; did you mean light?",
                "line 3: a text in quotes goes here, not a boolean",
                "line 4: \"TLP:WHITE\" is no sharing mark; known are TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, \
                 TLP:RED",
                "line 6: \"x\" is no setting; known are theme, borders, mouse, analyst, tlp, keys, facts, asn, allow, known",
            ]
        );
        assert_eq!(config, Config { borders: Some(Borders::Ascii), ..Config::default() });
    }

    #[test]
    fn the_folder_follows_the_environment() {
        let with = |pairs: &'static [(&str, &str)]| {
            folder(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)))
        };
        assert_eq!(with(&[("XDG_CONFIG_HOME", "/c"), ("HOME", "/h")]), Some(PathBuf::from("/c/tokentrail")));
        assert_eq!(with(&[("XDG_CONFIG_HOME", "c"), ("HOME", "/h")]), Some(PathBuf::from("/h/.config/tokentrail")));
        assert_eq!(with(&[]), None);
    }
}
