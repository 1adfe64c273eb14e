//! `demo`: the built-in bundle, opened or written out.

use super::args::DemoArgs;
use super::own::Own;
use super::style::{Shell, Talk};
use super::{Exit, say, workbench};
use crate::demo;
use anyhow::Context;
use std::fs;
use std::io::Write;

pub(super) fn run(args: &DemoArgs, own: Own, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    if let Some(folder) = &args.write {
        for path in demo::write(folder)? {
            writeln!(out, "{}", path.display())?;
        }
        if shell.talk >= Talk::Progress {
            say(format_args!("open it with: tokentrail {}", workbench::quoted(folder)));
        }
        return Ok(Exit::Done);
    }
    if !args.screen.plain && !workbench::has_terminal(shell) {
        say(format_args!("error: the workbench needs a terminal; this does the job without one:"));
        say(format_args!("  tokentrail demo --write DIR && tokentrail scan DIR"));
        return Ok(Exit::Usage);
    }
    // Read like any other bundle, so the raw records are there to be shown; removed when the workbench closes.
    let folder = tempfile::tempdir().context("the demo bundle could not be set aside")?;
    let path = folder.path().join(demo::NAME);
    fs::write(&path, demo::archive()).with_context(|| path.display().to_string())?;
    workbench::open(&[path], folder.path(), (&args.run, &args.screen), own, shell, out)
}
