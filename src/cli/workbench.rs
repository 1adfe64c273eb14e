//! The bare call: opens the workbench. The one place where the command line meets the screen.

use super::args::{RunArgs, ScreenArgs};
use super::gate::Gate;
use super::style::{Shell, is_dumb};
use super::user_config::{self, UserConfig};
use super::{Exit, load, password, plain, resolve, say, say_lines};
use crate::config::{Borders, Mistake, ThemeName};
use crate::facts::given;
use crate::tui;
use crate::tui::keymap::Keymap;
use std::io::{IsTerminal, Write, stdin};
use std::path::{Path, PathBuf};

/// Opens the workbench on the paths, or on a bundle that is part of the program and goes by the path.
pub(super) fn open(
    paths: &[PathBuf],
    built_in: Option<&'static [u8]>,
    (args, look): (&RunArgs, &ScreenArgs),
    user: UserConfig,
    shell: &Shell,
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let mut run = resolve::resolve(args, user)?;
    run.options.built_in = built_in;
    if look.plain {
        return plain::run(paths, run, look, shell, out);
    }
    if !has_terminal(shell) {
        let paths: Vec<_> = paths.iter().map(|path| quoted(path)).collect();
        say(format_args!("error: the workbench needs a terminal; this does the job without one:"));
        let paths = paths.join(" ");
        say(format_args!("  tokentrail scan {paths}"));
        say(format_args!("or, one question at a time:"));
        say(format_args!("  tokentrail --plain {paths}"));
        return Ok(Exit::Usage);
    }
    let (opening, advice) = run.opening(paths, look)?;
    run.options.password = password::asked(paths, &run.options);
    let (keymap, complaint) = keys(&run.user);
    let set = &run.user.config;
    let summary = match tui::run(tui::Config {
        name: load::name(paths),
        opening,
        options: run.options,
        settings: run.settings,
        facts: run.facts,
        advice,
        keymap,
        complaint,
        theme: theme(look.theme.unwrap_or(set.theme), shell),
        borders: look.borders.or(set.borders).unwrap_or_else(|| borders(|name| std::env::var(name).ok())),
        mouse: look.mouse.unwrap_or(set.mouse),
    }) {
        Err(err) if err.is::<tui::NothingReadable>() => {
            say_lines(&format!("error: {err:#}"));
            return Ok(Exit::Unreadable);
        }
        summary => summary?,
    };
    let mut last = Vec::new();
    // Writing to memory does not fail; a lost terminal does not turn a saved case into a failure.
    let _ = write!(Gate::new(&mut last, shell.color), "{summary}");
    tui::take_leave(&last, summary.signal);
    let signal = summary.signal.and_then(|number| u8::try_from(number).ok());
    Ok(signal.map_or(Exit::Done, Exit::Signal))
}

/// The theme asked for; without colour, by `NO_COLOR` or by flag, attributes alone.
fn theme(wanted: ThemeName, shell: &Shell) -> ThemeName {
    if shell.color { wanted } else { ThemeName::Mono }
}

/// Borders that the locale can show. One that is not named says nothing of the terminal: most read UTF-8.
fn borders(environment: impl Fn(&str) -> Option<String>) -> Borders {
    let named =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| environment(name)).find(|name| !name.is_empty());
    let utf8 = |name: String| ["utf-8", "utf8"].iter().any(|code| name.to_ascii_lowercase().contains(code));
    if named.is_none_or(utf8) { Borders::Unicode } else { Borders::Ascii }
}

/// The key table of a file, laid over the one built in, and what is wrong with it.
pub(super) fn keymap(path: &Path) -> (Keymap, Vec<Mistake>) {
    match given::read(path, given::LIST) {
        Ok(bytes) => Keymap::embedded().overlaid(&path.to_string_lossy(), &String::from_utf8_lossy(&bytes)),
        Err(error) => (Keymap::embedded(), vec![Mistake::whole(error.to_string())]),
    }
}

/// The keys in force, and a sentence when something is wrong with what the user set.
fn keys(user: &UserConfig) -> (Keymap, Option<String>) {
    let path = user.keys();
    let (keymap, mistakes) = path.as_deref().map_or_else(|| (Keymap::embedded(), Vec::new()), keymap);
    let first = user.wrong.first().cloned().or_else(|| Some(user_config::located(path.as_deref()?, mistakes.first()?)));
    let complaint = first.map(|first| match user.wrong.len() + mistakes.len() {
        1 => format!("{first}; tokentrail config --check"),
        count => format!("{count} mistakes in your config or keys: tokentrail config --check"),
    });
    (keymap, complaint)
}

/// Returns whether the workbench could draw and read keys. With a bundle on stdin the keys come from the terminal
/// itself.
pub(super) fn has_terminal(shell: &Shell) -> bool {
    let keys = || stdin().is_terminal() || std::fs::File::open("/dev/tty").is_ok();
    shell.terminal && !is_dumb() && keys()
}

/// The path as a shell takes it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", crate::model::inert(&text).replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_without_utf8_gets_ascii() {
        let with = |pairs: &[(&str, &str)]| {
            borders(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(with(&[]), Borders::Unicode);
        assert_eq!(with(&[("LANG", "C.UTF-8")]), Borders::Unicode);
        assert_eq!(with(&[("LANG", "de_DE.utf8"), ("LC_ALL", "")]), Borders::Unicode);
        assert_eq!(with(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")]), Borders::Ascii);
        assert_eq!(with(&[("LANG", "de_DE.ISO-8859-1")]), Borders::Ascii);
    }
}
