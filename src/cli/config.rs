//! `config`: the user's own file: its template, its place, and what is wrong with it.

use super::args::ConfigArgs;
use super::style::{Shell, Talk};
use super::user_config::{UserConfig, located};
use super::{Exit, resolve, say, workbench};
use crate::config::{Mistake, template};
use crate::model::shown;
use std::io::Write;
use std::path::Path;

pub(super) fn run(args: &ConfigArgs, named: Option<&Path>, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    if args.print {
        write!(out, "{}", template())?;
        return Ok(Exit::Done);
    }
    if args.path {
        let Some(path) = UserConfig::read(named)?.path else { anyhow::bail!("there is no home folder to keep it in") };
        writeln!(out, "{}", shown(&path))?;
        return Ok(Exit::Done);
    }
    let mut user = UserConfig::read(named)?.lenient();
    user.facts()?;
    if let Some(path) = user.config.asn.clone()
        && let Err(error) = resolve::networks(&path)
    {
        user.mistaken(&path, [Mistake::whole(error)])?;
    }
    if let Some(path) = user.config.allow.clone()
        && let Err(error) = resolve::allow(&path)
    {
        user.mistaken(&path, [Mistake::whole(error)])?;
    }
    if let Some(path) = user.config.known.clone()
        && let Err(error) = resolve::known(&path)
    {
        user.mistaken(&path, [Mistake::whole(error)])?;
    }
    if let Some(path) = user.keys() {
        let (_, mistakes) = workbench::keymap(&path);
        user.wrong.extend(mistakes.iter().map(|mistake| located(&path, mistake)));
    }
    user.say_wrong();
    if user.wrong.is_empty() {
        if shell.talk >= Talk::Progress {
            let files = [user.path.clone().filter(|_| user.is_there), user.keys()];
            match files.iter().flatten().map(|path| shown(path)).collect::<Vec<_>>() {
                none if none.is_empty() => say(format_args!("there is no config: the defaults hold")),
                files => say(format_args!("nothing is wrong with {}", files.join(" and "))),
            }
        }
        return Ok(Exit::Done);
    }
    Ok(Exit::Failed)
}
