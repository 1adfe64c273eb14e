//! `info`: what was read.

use super::args::{InfoArgs, InfoFormat};
use super::style::{Paint, Shell};
use super::table::{Column, Table, wrapped};
use super::user_config::UserConfig;
use super::{Exit, load, resolve, scan};
use crate::model::{Time, inert};
use crate::report::info::{Info, NoticeKind, Tone, info, lag_words, source_lines, summary, write_json};
use std::io::{self, Write};

pub(super) fn run(args: &InfoArgs, user: UserConfig, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let run = resolve::resolve(&args.bundle.run, user)?;
    let loaded = load::load(&args.bundle.paths, &run, shell)?;
    let info = info(&loaded);
    match args.format {
        InfoFormat::Json => write_json(&info, out)?,
        InfoFormat::Table => text(&info, shell, out)?,
    }
    out.flush()?;
    scan::known(&run);
    Ok(load::close(&loaded, shell))
}

/// Columns of the words before a notice.
const MARGIN: usize = 12;

fn text(info: &Info, shell: &Shell, out: &mut dyn Write) -> io::Result<()> {
    print(&summary(info), shell, out)?;
    for notice in &info.notices {
        let paint = if notice.kind <= NoticeKind::Cut { Paint::High } else { Paint::Medium };
        let source = notice.source.as_ref().map_or_else(String::new, |source| format!("{source}: "));
        let mut words = format!("{:<MARGIN$}", notice.kind.words());
        let way_out = notice.way_out.iter().map(|way_out| format!("→ {way_out}"));
        for text in std::iter::once(format!("{source}{}", notice.what)).chain(way_out) {
            for line in fitted(&text, MARGIN, shell) {
                writeln!(out, "{}{line}", shell.painted(&words, paint))?;
                words = " ".repeat(MARGIN);
            }
        }
    }
    if !info.notices.is_empty() {
        writeln!(out)?;
    }
    tables(info).write(shell, out)?;
    writeln!(out)?;
    analytics(info).write(shell, out)?;
    if info.sources.len() > 1 {
        writeln!(out)?;
        sources(info).write(shell, out)?;
    }
    for source in &info.sources {
        writeln!(out)?;
        print(&source_lines(source), shell, out)?;
    }
    for problem in info.path_problems() {
        let lines = [(Tone::Head, problem.source.to_owned()), (Tone::Warn, format!("  not read: {}", problem.reason))];
        writeln!(out)?;
        print(&lines, shell, out)?;
    }
    Ok(())
}

fn tables(info: &Info) -> Table {
    let mut table = Table::new([
        Column::new("TABLE"),
        Column::new("EVENTS").right(),
        Column::new("FIRST (UTC)"),
        Column::new("LAST (UTC)"),
    ]);
    for row in &info.tables {
        table.row([
            row.table.into(),
            row.events.to_string().into(),
            day_and_minute(row.first_event).into(),
            day_and_minute(row.last_event).into(),
        ]);
        if let Some(lag) = row.lag {
            table.below(&lag_words(lag));
        }
    }
    table
}

fn analytics(info: &Info) -> Table {
    let mut table = Table::new([Column::new("ANALYTIC"), Column::new("STATE")]);
    for row in &info.analytics {
        table.row([row.analytic.into(), row.state.words().into()]);
        let lacks = row.lacks();
        if !lacks.is_empty() {
            table.below(&lacks);
        }
    }
    table
}

fn sources(info: &Info) -> Table {
    let mut table = Table::new([
        Column::new("SOURCE").shrinks(16).keeps_end(),
        Column::new("SHAPE"),
        Column::new("READ").right(),
        Column::new("DUPLICATES").right(),
        Column::new("OTHER").right(),
        Column::new("SKIPPED").right(),
        Column::new("FIRST (UTC)").optional(),
        Column::new("LAST (UTC)").optional(),
        Column::new("BYTES ON DISK").right().optional(),
    ]);
    for source in &info.sources {
        table.row([
            source.label.as_str().into(),
            source.shape.unwrap_or("not recognised").into(),
            source.read.to_string().into(),
            source.duplicates.to_string().into(),
            (source.tables.values().sum::<u64>() - source.read).to_string().into(),
            source.skipped.to_string().into(),
            day_and_minute(source.first_event).into(),
            day_and_minute(source.last_event).into(),
            source.bytes.to_string().into(),
        ]);
    }
    table
}

/// `2026-05-01 14:02`, or a dash.
fn day_and_minute(time: Option<Time>) -> String {
    let known = time.and_then(Time::known);
    known.map_or_else(|| "-".to_owned(), |time| time.second().chars().take(16).collect())
}

fn print(lines: &[(Tone, String)], shell: &Shell, out: &mut dyn Write) -> io::Result<()> {
    for (tone, line) in lines {
        let paint = match tone {
            Tone::Head => Paint::Head,
            Tone::Warn => Paint::Medium,
            Tone::Plain => Paint::Plain,
            Tone::Quiet => Paint::Quiet,
        };
        let indent = line.len() - line.trim_start_matches(' ').len();
        // What goes on hangs below, so that where something begins can be seen.
        let hang = if indent > 0 { indent + 2 } else { 0 };
        let mut margin = indent;
        for part in fitted(line, hang, shell) {
            writeln!(out, "{}", shell.painted(format!("{}{part}", " ".repeat(margin)).trim_end(), paint))?;
            margin = hang;
        }
    }
    Ok(())
}

/// The text in lines that fit beside a margin, inert.
fn fitted(text: &str, margin: usize, shell: &Shell) -> Vec<String> {
    wrapped(&inert(text), shell.width.map(|width| width.saturating_sub(margin).max(20)))
}
