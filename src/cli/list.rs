//! `list`: the analytics.

use super::Exit;
use super::args::{ListArgs, ListFormat};
use super::style::Shell;
use super::table::{Column, Table};
use crate::analytics::{ANALYTICS, Analytic, Semantics};
use crate::query::{Language, coverage};
use serde_json::json;
use std::io::{self, Write};

pub(super) fn run(args: &ListArgs, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    match args.format {
        ListFormat::Table => table(shell, out)?,
        ListFormat::Json => {
            let list: Vec<_> = ANALYTICS.iter().map(object).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&list)?)?;
        }
        ListFormat::Markdown => markdown(out)?,
    }
    Ok(Exit::Done)
}

fn table(shell: &Shell, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new([
        Column::new("ANALYTIC"),
        Column::new("RUNS"),
        Column::new("TITLE").shrinks(24),
        Column::new("ATT&CK").shrinks(9),
        Column::new("SOURCE").shrinks(12).optional(),
        Column::new("THRESHOLDS").shrinks(12).optional(),
    ]);
    for analytic in ANALYTICS {
        table.row([
            analytic.id.into(),
            runs(analytic).into(),
            analytic.title.into(),
            analytic.attack.join(" ").into(),
            analytic.source.into(),
            thresholds(analytic).into(),
        ]);
    }
    table.write(shell, out)
}

/// A table, blank line, then a section for each analytic: the README holds the table.
fn markdown(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "| Analytic | Runs | What it finds | Source | ATT&CK | Thresholds | As a query |\n|---|---|---|---|---|---|---|"
    )?;
    for analytic in ANALYTICS {
        let (id, runs, title, source) = (analytic.id, runs(analytic), analytic.title, analytic.source);
        let (attack, thresholds) = (analytic.attack.join(", "), thresholds(analytic));
        let query = queries(analytic).map(|(language, finds)| format!("{language}: {finds}")).join("; ");
        writeln!(out, "| `{id}` | {runs} | {title} | {source} | {attack} | `{thresholds}` | {query} |")?;
    }
    for analytic in ANALYTICS {
        writeln!(out, "\n## {}: {}\n\n{}\n", analytic.id, analytic.title, analytic.about.trim())?;
        for (index, step) in analytic.steps.iter().enumerate() {
            writeln!(out, "{}. {} {}", index + 1, step.question, step.look_for)?;
        }
    }
    Ok(())
}

fn object(analytic: &Analytic) -> serde_json::Value {
    let steps = analytic.steps.iter().enumerate();
    json!({
        "Id": analytic.id,
        "Title": analytic.title,
        "About": analytic.about,
        "Source": analytic.source,
        "OnByDefault": analytic.on_by_default,
        "Attack": analytic.attack,
        "Thresholds": analytic.thresholds.iter()
            .map(|(flag, default)| json!({"Flag": flag, "Default": default})).collect::<Vec<_>>(),
        "Query": queries(analytic).map(|(language, finds)| json!({"Language": language, "Finds": finds})),
        "Steps": steps
            .map(|(index, step)| json!({"Number": index + 1, "Question": step.question, "LookFor": step.look_for}))
            .collect::<Vec<_>>(),
    })
}

fn runs(analytic: &Analytic) -> &'static str {
    if analytic.on_by_default { "always" } else { "when named" }
}

/// Share of it that its query computes by its own rules, in each language.
fn queries(analytic: &Analytic) -> [(&'static str, &'static str); 2] {
    [(Language::Kql, "KQL"), (Language::Sql, "SQL")]
        .map(|(language, name)| (name, coverage(analytic.id, Semantics::Hunt, language).word()))
}

fn thresholds(analytic: &Analytic) -> String {
    let words: Vec<String> = analytic.thresholds.iter().map(|(flag, default)| format!("{flag} {default}")).collect();
    words.join(" ")
}
