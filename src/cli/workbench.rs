//! The bare call: opens the workbench. The one place where the command line meets the screen.

use super::args::{RunArgs, ScreenArgs, ThemeName};
use super::style::{Shell, is_dumb};
use super::{Exit, load, note, plain, resolve, say};
use crate::analytics::{Hit, Settings};
use crate::ingest::Loaded;
use crate::report::{EXPORTERS, write_indicators};
use crate::triage::Case;
use crate::tui;
use crate::tui::app::Composed;
use crate::tui::theme::Name;
use std::io::{IsTerminal, Write, stdin};
use std::path::{Path, PathBuf};

/// Opens the workbench on the paths. What lies under `root` is named from there on; empty for none.
pub(super) fn open(
    paths: &[PathBuf],
    root: &Path,
    args: &RunArgs,
    look: &ScreenArgs,
    shell: &Shell,
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let mut run = resolve::resolve(args)?;
    root.clone_into(&mut run.options.root);
    if look.plain {
        return plain::run(paths, &run, look, shell, out);
    }
    if !has_terminal(shell) {
        let paths: Vec<_> = paths.iter().map(|path| quoted(path)).collect();
        say(format_args!("error: the workbench needs a terminal; this does the job without one:"));
        say(format_args!(
            "  tokentrail scan {0}\nor, one question at a time:\n  tokentrail --plain {0}",
            paths.join(" ")
        ));
        return Ok(Exit::Usage);
    }
    let name = load::name(paths);
    let case_name = name.clone();
    let note = move |loaded: &Loaded, hits: &[Hit], settings: &Settings, case: &Case| {
        composed(loaded, hits, settings, case, &case_name)
    };
    let outcome = match tui::run(tui::Config {
        name,
        paths: paths.to_vec(),
        options: run.options,
        settings: run.settings,
        case: look.case.clone(),
        analyst: analyst(),
        theme: theme(look.theme, shell),
        note: Box::new(note),
    }) {
        Err(err) if err.is::<tui::NothingReadable>() => {
            say(format_args!("error: {err:#}"));
            return Ok(Exit::Unreadable);
        }
        outcome => outcome?,
    };
    // A lost terminal must not turn a saved case into a failure.
    let _ = write!(std::io::stdout(), "{outcome}");
    let signal = outcome.signal.and_then(|number| u8::try_from(number).ok());
    Ok(signal.map_or(Exit::Done, Exit::Signal))
}

/// The note of a case, and its indicators, as they stand on disk.
pub(super) fn composed(loaded: &Loaded, hits: &[Hit], settings: &Settings, case: &Case, name: &str) -> Composed {
    let report = note::report(loaded, hits, case, name, settings);
    let (mut text, mut indicators) = (Vec::new(), Vec::new());
    (EXPORTERS[0].write)(&report, &mut text).expect("writing to memory does not fail");
    write_indicators(&report, &mut indicators).expect("writing to memory does not fail");
    let read = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Composed { text: read(text), indicators: read(indicators) }
}

/// The theme asked for; without colour, by `NO_COLOR` or by flag, attributes alone.
fn theme(wanted: Option<ThemeName>, shell: &Shell) -> Name {
    match wanted {
        _ if !shell.color => Name::Mono,
        Some(ThemeName::Mono) => Name::Mono,
        Some(ThemeName::Light) => Name::Light,
        Some(ThemeName::Dark) | None => Name::Dark,
    }
}

/// The login name, as the one who signs the verdicts.
pub(super) fn analyst() -> String {
    ["LOGNAME", "USER", "USERNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default()
}

/// Whether the workbench could draw and read keys. With a bundle on stdin the keys come from the terminal itself.
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
