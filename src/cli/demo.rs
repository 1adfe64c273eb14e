//! `demo`: the built-in bundle, opened or written out.

use super::args::DemoArgs;
use super::style::{Shell, Talk};
use super::user_config::UserConfig;
use super::{Exit, say, workbench};
use crate::demo;
use crate::model::shown;
use std::io::Write;
use std::path::PathBuf;

pub(super) fn run(args: &DemoArgs, user: UserConfig, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    if let Some(folder) = &args.write {
        for path in demo::write(folder)? {
            writeln!(out, "{}", shown(&path))?;
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
    let bundle = Some(demo::archive());
    workbench::open(&[PathBuf::from(demo::NAME)], bundle, (&args.run, &args.screen), user, shell, out)
}
