//! `completions`: generated from the same definition as the help.

use super::{Exit, command};
use clap_complete::{Shell, generate};
use std::io::Write;

pub(super) fn run(shell: Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    // The generator panics on a write error, so it writes to memory.
    let mut text = Vec::new();
    generate(shell, &mut command(), "tokentrail", &mut text);
    out.write_all(&text)?;
    Ok(Exit::Done)
}
