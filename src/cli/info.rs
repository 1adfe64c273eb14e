//! `info`: what was read.

use super::args::{InfoArgs, InfoFormat};
use super::style::Shell;
use super::table::{Column, Table};
use super::{Exit, load, resolve};
use crate::model::{Time, inert};
use crate::report::info::{Info, info, write_json};
use std::io::{self, Write};

pub(super) fn run(args: &InfoArgs, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let run = resolve::resolve(&args.bundle.run)?;
    let loaded = load::load(&args.bundle.paths, &run, shell)?;
    let info = info(&loaded);
    match args.format {
        InfoFormat::Json => write_json(&info, out)?,
        InfoFormat::Table => text(&info, shell, out)?,
    }
    out.flush()?;
    Ok(load::close(&loaded, shell))
}

fn text(info: &Info, shell: &Shell, out: &mut dyn Write) -> io::Result<()> {
    let second = |time: Option<Time>| time.and_then(Time::known).map_or_else(|| "-".to_owned(), Time::second);
    let mut table = Table::new([
        Column::new("SOURCE").shrinks(16),
        Column::new("SHAPE"),
        Column::new("READ").right(),
        Column::new("FOLDED").right(),
        Column::new("SKIPPED").right(),
        Column::new("FIRST (UTC)").optional(),
        Column::new("LAST (UTC)").optional(),
        Column::new("BYTES").right().optional(),
    ]);
    for source in &info.sources {
        table.row([
            source.source.into(),
            source.shape.unwrap_or("not recognised").into(),
            source.read.to_string().into(),
            source.folded.to_string().into(),
            source.skipped.to_string().into(),
            second(source.first_event).into(),
            second(source.last_event).into(),
            source.bytes.to_string().into(),
        ]);
    }
    table.write(shell, out)?;
    for source in &info.sources {
        writeln!(out, "\n{}", inert(source.source))?;
        writeln!(out, "  sha256   {}", source.sha256)?;
        for (name, rows) in source.tables {
            writeln!(out, "  table    {} {rows}", inert(name))?;
        }
        for lack in &source.lacks {
            writeln!(out, "  lacks    {}: {}", lack.column, lack.without)?;
        }
        for remark in source.remarks {
            writeln!(out, "  remark   {}", inert(remark))?;
        }
        for problem in info.problems.iter().filter(|problem| problem.source == source.source) {
            writeln!(out, "  skipped  {}", reason(problem))?;
        }
    }
    let known = |name: &str| info.sources.iter().any(|source| source.source == name);
    for problem in info.problems.iter().filter(|problem| !known(problem.source)) {
        writeln!(out, "\n{}\n  skipped  {}", inert(problem.source), reason(problem))?;
    }
    if !info.absent_tables.is_empty() && !info.sources.is_empty() {
        writeln!(out, "\nno rows of {}", info.absent_tables.join(", "))?;
    }
    Ok(())
}

fn reason(problem: &crate::report::info::ProblemInfo) -> String {
    let record = problem.record.map_or_else(String::new, |record| format!("record {record}, "));
    let offset = problem.offset.map_or_else(String::new, |offset| format!("byte {offset}: "));
    format!("{record}{offset}{}", inert(problem.reason))
}
