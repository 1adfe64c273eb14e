//! The bare call: opens the workbench. The one place where the command line meets the screen.

use super::args::RunArgs;
use super::style::{Shell, is_dumb};
use super::{Exit, resolve, say};
use std::io::{IsTerminal, stdin};
use std::path::{Path, PathBuf};

/// Opens the workbench on the paths.
pub(super) fn open(paths: &[PathBuf], args: &RunArgs, case: Option<&Path>, shell: &Shell) -> anyhow::Result<Exit> {
    let run = resolve::resolve(args)?;
    if !has_terminal(shell) {
        let paths: Vec<_> = paths.iter().map(|path| quoted(path)).collect();
        say(format_args!("error: the workbench needs a terminal; this does the job without one:"));
        say(format_args!("  tokentrail scan {}", paths.join(" ")));
        return Ok(Exit::Usage);
    }
    let _ = (run, case);
    anyhow::bail!("the workbench is not built in yet: use tokentrail scan")
}

/// Whether the workbench could draw and read keys. With a bundle on stdin the keys come from the terminal itself.
pub(super) fn has_terminal(shell: &Shell) -> bool {
    let keys = || stdin().is_terminal() || std::fs::File::open("/dev/tty").is_ok();
    shell.terminal && !is_dumb() && keys()
}

/// The path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", crate::model::inert(&text).replace('\'', r"'\''"))
    }
}
