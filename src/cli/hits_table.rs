//! The table of `scan`: incidents, the worst first, each with its hits; routines at the end.

use super::style::{Paint, Shell};
use super::table::{Cell, Column, Table};
use crate::analytics::incidents::Routine;
use crate::analytics::{Hit, Incident};
use crate::model::words::counted;
use crate::report::card::{CardContext, headline};
use std::io::{self, Write};

/// Prints the incidents, with the hits of each unless only incidents are asked for; under published semantics the hits.
pub(super) fn write(context: &CardContext, only_incidents: bool, shell: &Shell, out: &mut dyn Write) -> io::Result<()> {
    let (hits, incidents) = (context.hits, context.incidents);
    if hits.is_empty() {
        return writeln!(out, "no hits");
    }
    let mut table = Table::new([
        Column::new("SEVERITY"),
        Column::new("CONFIDENCE"),
        Column::new("ANALYTIC"),
        Column::new("USER").shrinks(12),
        Column::new("FIRST SEEN (UTC)"),
        Column::new("SPAN").right().optional(),
        Column::new("CLIENT").shrinks(10).optional(),
        Column::new("SIGN-INS").right().optional(),
        Column::new("GRAPH").right().optional(),
        Column::new("HIT").optional(),
    ]);
    if incidents.all.is_empty() {
        for hit in hits {
            hit_row(&mut table, context, hit, "");
            table.below(&reasons(hit));
        }
    }
    for (at, incident) in incidents.all.iter().enumerate().filter(|(_, incident)| incident.routine.is_none()) {
        let leading = &hits[incident.leading()];
        let headline = headline(context, at);
        if incident.hits.len() == 1 && !only_incidents {
            hit_row(&mut table, context, leading, "");
            table.below(&headline);
            table.below(&reasons(leading));
            continue;
        }
        incident_row(&mut table, context, incident);
        table.below(&headline);
        if !only_incidents {
            for &hit in &incident.hits {
                hit_row(&mut table, context, &hits[hit], "\u{2514} ");
                table.below(&reasons(&hits[hit]));
            }
        }
    }
    for routine in &incidents.routines {
        routine_row(&mut table, routine, context);
    }
    table.write(shell, out)
}

fn hit_row(table: &mut Table, context: &CardContext, hit: &Hit, mark: &str) {
    table.row([
        Cell::painted(hit.severity.word(), hit.severity.into()),
        Cell::painted(hit.confidence.word(), hit.confidence.into()),
        format!("{mark}{}", hit.analytic).into(),
        context.store.who_as(hit.user, &hit.upn).into_owned().into(),
        hit.first_seen.second().into(),
        hit.last_seen.since(hit.first_seen).to_string().into(),
        hit.app_name.as_str().into(),
        hit.sign_in_count.to_string().into(),
        hit.graph.len().to_string().into(),
        Cell::painted(&hit.id, Paint::Quiet),
    ]);
}

fn incident_row(table: &mut Table, context: &CardContext, incident: &Incident) {
    let leading = &context.hits[incident.leading()];
    table.row([
        Cell::painted(incident.severity.word(), incident.severity.into()),
        Cell::painted(incident.confidence.word(), incident.confidence.into()),
        format!("incident of {}", counted(incident.hits.len(), "hit")).into(),
        context.store.who_as(leading.user, &leading.upn).into_owned().into(),
        incident.first.second().into(),
        incident.last.since(incident.first).to_string().into(),
        leading.app_name.as_str().into(),
        "".into(),
        "".into(),
        Cell::painted(&incident.id, Paint::Quiet),
    ]);
}

fn routine_row(table: &mut Table, routine: &Routine, context: &CardContext) {
    let first = &context.incidents.all[routine.incidents[0]];
    let leading = &context.hits[first.leading()];
    table.row([
        Cell::painted(first.severity.word(), first.severity.into()),
        Cell::painted(first.confidence.word(), first.confidence.into()),
        "routine".into(),
        context.store.who_as(leading.user, &leading.upn).into_owned().into(),
        routine.first.second().into(),
        routine.last.since(routine.first).to_string().into(),
        leading.app_name.as_str().into(),
        "".into(),
        "".into(),
        Cell::painted(&routine.id, Paint::Quiet),
    ]);
    let (from, to) = &routine.hours;
    table.below(&format!(
        "{} {}\u{d7} since {}, begins between {from} and {to} UTC, nothing new to the user; --format jsonl prints each",
        leading.analytic,
        routine.incidents.len(),
        routine.first.day()
    ));
}

/// Reasons of a hit, after what an allow-list says of it.
fn reasons(hit: &Hit) -> String {
    let allowed = hit
        .allowed
        .as_ref()
        .map(|entry| format!("ALLOWED by entry {} until {}: {}", entry.number, entry.expires.day(), entry.reason));
    let uncovered = hit.uncovered_words();
    let reasons: Vec<&str> = allowed.iter().chain(&uncovered).chain(&hit.reasons).map(String::as_str).collect();
    reasons.join("; ")
}
