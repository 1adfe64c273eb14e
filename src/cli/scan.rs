//! `scan`: the hits.

use super::args::{RowFormat, ScanArgs};
use super::resolve::Run;
use super::style::Shell;
use super::user_config::UserConfig;
use super::{Exit, hits_table, load, resolve, say};
use crate::analytics::{self, ANALYTICS, Hit, Incidents, Semantics};
use crate::ingest::Hashing;
use crate::model::inert;
use crate::report;
use crate::report::card::CardContext;
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

pub(super) fn run(args: &ScanArgs, user: UserConfig, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut run = resolve::resolve(&args.bundle.run, user)?;
    // Nothing printed here names a hash.
    run.options.hash = Hashing::Never;
    let loaded = load::load(&args.bundle.paths, &run, shell)?;
    // A program that reads them can filter by severity; a person reads the others.
    let candidates = Arc::default();
    let mut hits = analytics::run_with_low(&loaded.store, run.facts, &run.settings, Arc::clone(&candidates));
    let of_hits = |hits: &[Hit]| {
        Incidents::new(&loaded.store, run.facts, &run.settings, candidates.clone(), hits, &BTreeSet::new())
    };
    match machine(args.format, shell) {
        Some(format) if args.incidents => {
            let incidents = of_hits(&hits);
            let context = CardContext { store: &loaded.store, facts: run.facts, hits: &hits, incidents: &incidents };
            report::write_under(&report::incidents::COLUMNS, report::incidents::rows(&context), format, out)?;
        }
        Some(format) => {
            report::write_under(&report::hits::COLUMNS, report::hits::rows(&loaded, run.facts, &hits), format, out)?;
        }
        None => {}
    }
    let all = hits.len();
    hits.retain(|hit| !hit.is_near_miss());
    if machine(args.format, shell).is_none() {
        let incidents = of_hits(&hits);
        let context = CardContext { store: &loaded.store, facts: run.facts, hits: &hits, incidents: &incidents };
        hits_table::write(&context, args.incidents, shell, out)?;
    }
    out.flush()?;
    left_out(&run, all - hits.len(), machine(args.format, shell).is_none());
    let exit = load::close(&loaded, shell);
    known(&run);
    allowed(&hits, &run);
    // What is allowed wakes nobody.
    let uncovered = hits.iter().any(|hit| hit.allowed.is_none());
    Ok(if exit == Exit::Done && args.exit_code && uncovered { Exit::Hits } else { exit })
}

/// Names the file of known networks, as custody asks for.
pub(super) fn known(run: &Run) {
    if let Some(known) = &run.settings.known {
        let (networks, name) = (if known.len() == 1 { "network" } else { "networks" }, inert(&known.name));
        say(format_args!("known to every user: {} {networks} of {name} (SHA-256 {})", known.len(), known.sha256));
    }
}

/// Says which hits a person does not see, and which analytics a published run leaves out.
fn left_out(run: &Run, low: usize, is_table: bool) {
    if is_table && low > 0 {
        let noun = if low == 1 { "near miss" } else { "near misses" };
        say(format_args!("{low} {noun} graded low: --format jsonl prints them, M shows them in the workbench"));
    }
    if run.settings.semantics == Semantics::Published {
        let without: Vec<&str> =
            ANALYTICS.iter().filter(|analytic| analytic.as_published.is_none()).map(|analytic| analytic.id).collect();
        say(format_args!("left out, as nothing was published for them: {}", without.join(", ")));
    }
}

/// Says what was allowed: each entry in force, and how many hits it covers.
fn allowed(hits: &[Hit], run: &Run) {
    let Some(list) = &run.settings.allow else { return };
    for entry in list.in_force() {
        let covered = hits.iter().filter(|hit| hit.allowed.as_ref() == Some(entry)).count();
        let hits = if covered == 1 { "hit" } else { "hits" };
        let (reason, entry) = (inert(&entry.reason), format!("{entry} until {}", entry.expires.second()));
        say(format_args!("allowed {covered} {hits} by {}: {}: {reason}", inert(&list.name), inert(&entry)));
    }
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
