//! `query`: an analytic as the text of a query.

use super::Exit;
use super::args::QueryArgs;
use super::resolve::resolve;
use super::usage::usage;
use super::user_config::UserConfig;
use crate::analytics::by_id;
use crate::query::of_analytic;
use std::io::Write;

pub(super) fn run(args: &QueryArgs, user: UserConfig, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let run = resolve(&args.run, user)?;
    let analytic = by_id(&args.what).expect("the command line takes no other id");
    let text = of_analytic(analytic, &run.settings, &run.facts, args.target).map_err(usage)?;
    out.write_all(text.as_bytes())?;
    Ok(Exit::Done)
}
