//! `scan`: the hits.

use super::args::{RowFormat, ScanArgs};
use super::style::{Paint, Shell};
use super::table::{Cell, Column, Table};
use super::{Exit, load, resolve};
use crate::analytics::Hit;
use crate::report;
use std::io::{self, Write};

pub(super) fn run(args: &ScanArgs, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut run = resolve::resolve(&args.bundle.run)?;
    // Nothing printed here names a hash.
    run.options.hash = false;
    let loaded = load::load(&args.bundle.paths, &run, shell)?;
    let hits = load::hits(&loaded, &run);
    match machine(args.format, shell) {
        Some(format) => report::write(report::hits::rows(&loaded, &hits), format, out)?,
        None => table(&hits, shell, out)?,
    }
    out.flush()?;
    let exit = load::close(&loaded, shell);
    Ok(if exit == Exit::Done && args.exit_code && !hits.is_empty() { Exit::Hits } else { exit })
}

/// The machine format that was asked for; `None` for the table.
pub(super) fn machine(format: Option<RowFormat>, shell: &Shell) -> Option<report::Format> {
    match format {
        Some(RowFormat::Table) => None,
        Some(RowFormat::Json) => Some(report::Format::Json),
        Some(RowFormat::Csv) => Some(report::Format::Csv),
        Some(RowFormat::Jsonl) => Some(report::Format::Jsonl),
        None => (!shell.terminal).then_some(report::Format::Jsonl),
    }
}

fn table(hits: &[Hit], shell: &Shell, out: &mut dyn Write) -> io::Result<()> {
    if hits.is_empty() {
        return writeln!(out, "no hits");
    }
    let mut table = Table::new([
        Column::new("SEVERITY"),
        Column::new("SURE"),
        Column::new("ANALYTIC"),
        Column::new("USER").shrinks(12),
        Column::new("FIRST SEEN (UTC)"),
        Column::new("SPAN").right(),
        Column::new("CLIENT").shrinks(10).optional(),
        Column::new("SIGN-INS").right().optional(),
        Column::new("GRAPH").right().optional(),
        Column::new("HIT").optional(),
    ]);
    for hit in hits {
        table.row([
            Cell::painted(hit.severity.word(), hit.severity.into()),
            Cell::painted(hit.confidence.word(), hit.confidence.into()),
            hit.analytic.into(),
            hit.upn.as_str().into(),
            hit.first_seen.second().into(),
            hit.last_seen.since(hit.first_seen).to_string().into(),
            hit.app_name.as_str().into(),
            hit.sign_in_count.to_string().into(),
            hit.graph.len().to_string().into(),
            Cell::painted(&hit.id, Paint::Quiet),
        ]);
        table.below(&hit.reasons.join("; "));
    }
    table.write(shell, out)
}
