//! `note`: the case note.

use super::Exit;
use super::args::NoteArgs;
use super::style::Shell;
use std::io::Write;

pub(super) fn run(args: &NoteArgs, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let _ = (args, shell, out, &args.bundle, &args.case, &args.format, &args.output);
    anyhow::bail!("the note is not built in yet")
}
