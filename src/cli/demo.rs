//! `demo`: the built-in bundle, opened or written out.

use super::Exit;
use super::args::DemoArgs;
use super::style::Shell;
use std::io::Write;

pub(super) fn run(args: &DemoArgs, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let _ = (args, shell, out, &args.run, &args.case, &args.write);
    anyhow::bail!("the demo bundle is not built in yet")
}
