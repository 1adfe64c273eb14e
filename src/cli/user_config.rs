//! The user's lasting settings: their config, and the files it names. A mistake there is a warning and stops no run,
//! unless the command line named the config.

use super::say;
use super::usage::{usage, usage_lines};
use crate::config::{self, CONFIG, Config, KEYMAP, Mistake, Roots};
use crate::facts::{Facts, UserTables, given};
use crate::model::shown;
use std::io;
use std::path::{Path, PathBuf};

/// The config as read.
pub(super) struct UserConfig {
    /// The settings in force.
    pub(super) config: Config,
    /// Its path, whether it exists or not; `None` without a home.
    pub(super) path: Option<PathBuf>,
    /// Whether it is there.
    pub(super) is_there: bool,
    /// Whether the command line named it.
    is_named: bool,
    /// Its mistakes, each with its file and line.
    pub(super) wrong: Vec<String>,
}

impl UserConfig {
    /// Reads the config: the one named, else that of the user's folder if there is one.
    pub(super) fn load(named: Option<&Path>) -> anyhow::Result<Self> {
        let user = Self::read(named)?;
        user.strict()?;
        Ok(user)
    }

    /// Like [`Self::load`], but collects all mistakes.
    pub(super) fn read(named: Option<&Path>) -> anyhow::Result<Self> {
        let environment = |name: &str| std::env::var_os(name);
        let path = named.map(Path::to_owned).or_else(|| Some(config::folder(environment)?.join(CONFIG)));
        let mut user =
            Self { config: Config::default(), path, is_there: false, is_named: named.is_some(), wrong: Vec::new() };
        let Some(path) = user.path.clone() else { return Ok(user) };
        match given::read(&path, given::LIST) {
            Ok(bytes) => {
                user.is_there = true;
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                let roots = Roots { folder, home: config::home(environment) };
                let (config, mistakes) = Config::parse(&String::from_utf8_lossy(&bytes), &roots);
                user.config = config;
                user.wrong.extend(mistakes.iter().map(|mistake| located(&path, mistake)));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {}
            Err(error) if named.is_some() => {
                return Err(usage(format_args!("--config {}: {error}", shown(&path))));
            }
            Err(error) => user.wrong.push(located(&path, &Mistake::whole(error.to_string()))),
        }
        Ok(user)
    }

    /// These settings, with no mistake an error.
    pub(super) fn lenient(self) -> Self {
        Self { is_named: false, ..self }
    }

    /// Says what is wrong with a file that the config names; an error where the command line named the config.
    pub(super) fn mistaken(&mut self, path: &Path, mistakes: impl IntoIterator<Item = Mistake>) -> anyhow::Result<()> {
        self.wrong.extend(mistakes.into_iter().map(|mistake| located(path, &mistake)));
        self.strict()
    }

    fn strict(&self) -> anyhow::Result<()> {
        if self.is_named && !self.wrong.is_empty() {
            return Err(usage_lines(&self.wrong));
        }
        Ok(())
    }

    /// The key table to lay over the one built in: the one set, else the one beside the config if it is there.
    pub(super) fn keys(&self) -> Option<PathBuf> {
        self.config
            .keys
            .clone()
            .or_else(|| Some(self.path.as_ref()?.with_file_name(KEYMAP)).filter(|path| path.exists()))
    }

    /// The facts, with the tables set laid over them. They live as long as the program.
    pub(super) fn facts(&mut self) -> anyhow::Result<&'static Facts> {
        if self.config.facts.is_empty() {
            return Ok(Facts::embedded());
        }
        let mut tables = UserTables::default();
        for path in self.config.facts.clone() {
            let mistakes = match given::read(&path, given::LIST) {
                Ok(bytes) => {
                    let refused = tables.add(&String::from_utf8_lossy(&bytes)).into_iter();
                    refused.map(|row| Mistake::at(usize::try_from(row.line).unwrap_or(0), row.reason)).collect()
                }
                Err(error) => vec![Mistake::whole(error.to_string())],
            };
            self.mistaken(&path, mistakes)?;
        }
        Ok(Box::leak(Box::new(tables.facts())))
    }

    /// Says what is wrong, for a command without a screen.
    pub(super) fn say_wrong(&self) {
        for wrong in &self.wrong {
            say(format_args!("{wrong}"));
        }
    }
}

/// A mistake with its file.
pub(super) fn located(path: &Path, mistake: &Mistake) -> String {
    let colon = if mistake.line.is_some() { "" } else { ":" };
    format!("{}{colon} {mistake}", shown(path))
}
