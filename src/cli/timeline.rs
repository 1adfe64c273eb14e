//! `timeline`: one user's tokens in order.

use super::args::TimelineArgs;
use super::note::{self, check_case};
use super::style::{Paint, Shell, Talk};
use super::table::{Cell, Column, Table};
use super::user_config::UserConfig;
use super::{Exit, load, resolve, say, scan, users};
use crate::facts::Facts;
use crate::ingest::{Hashing, Loaded};
use crate::model::{EventId, Sym};
use crate::report;
use crate::report::timeline::{Hits, MarkedCase, by_event, client_name, within};
use crate::triage::acts::actor;
use crate::triage::marks::{Places, lost_words};
use crate::triage::timeline::{line, of_user};
use std::io::{self, Write};

pub(super) fn run(args: &TimelineArgs, user: UserConfig, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut run = resolve::resolve(&args.bundle.run, user)?;
    // Nothing printed here names a hash; a case is known by those of its files.
    if args.case.is_none() {
        run.options.hash = Hashing::Never;
    }
    check_case(args.case.as_deref())?;
    let loaded = load::load(&args.bundle.paths, &run, shell)?;
    let case = if let Some(path) = args.case.as_deref().filter(|_| !loaded.nothing_readable()) {
        let case = note::case(Some(path), &loaded, &load::hits(&loaded, &run), &run)?;
        let places = Places::find(&loaded, &case);
        if let Some(words) = lost_words(places.lost(&case)).filter(|_| shell.talk >= Talk::Progress) {
            say(format_args!("{words}"));
        }
        Some((case, places))
    } else {
        None
    };
    let marked = case.as_ref().map(|(case, places)| (case, places));
    let users = users::named(&loaded.store, &args.user);
    if users.is_empty() {
        if !loaded.nothing_readable() {
            say(format_args!("error: {}", users::unknown(&loaded.store, &args.user)));
        }
        let exit = load::close(&loaded, shell);
        return Ok(if exit == Exit::Done { Exit::Failed } else { exit });
    }
    let mut events: Vec<EventId> = users.iter().flat_map(|user| of_user(&loaded.store, *user)).copied().collect();
    events.sort_unstable();
    events.dedup();
    let events = within(&loaded, &events, run.settings.since, run.settings.until);
    let hits = load::hits(&loaded, &run);
    let hits = by_event(&hits);
    let facts = run.facts;
    match scan::machine(args.format, shell) {
        Some(format) => {
            let ties = report::timeline::ties(&loaded, facts, &events);
            let rows = report::timeline::rows(&loaded, facts, &users, &events, &ties, &hits, marked);
            report::write_under(&report::timeline::columns(marked.is_some()), rows, format, out)?;
        }
        None => table(&loaded, facts, (&users, &events), (&hits, marked), shell, out)?,
    }
    out.flush()?;
    Ok(load::close(&loaded, shell))
}

fn table(
    loaded: &Loaded,
    facts: &Facts,
    (users, events): (&[Sym], &[EventId]),
    (hits, marked): (&Hits, MarkedCase),
    shell: &Shell,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut columns = vec![
        Column::new("TIME (UTC)"),
        Column::new("GAP").right(),
        Column::new("KIND"),
        Column::new("WHAT").shrinks(16),
        Column::new("CLIENT").shrinks(10).optional(),
        Column::new("ADDRESS"),
        Column::new("HITS").shrinks(6).optional(),
    ];
    if marked.is_some() {
        columns.push(Column::new("MARKED").shrinks(8));
    }
    let mut table = Table::new(columns);
    let mut before = None;
    for event in events {
        let line = line(&loaded.store, facts, *event, before);
        before = Some(*event);
        let ids: Vec<&str> = hits.get(event).into_iter().flatten().map(|hit| hit.id.as_str()).collect();
        let actor = actor(&loaded.store, loaded.store.event(*event), users);
        let what = actor.map_or_else(|| line.what.clone(), |actor| format!("{actor}: {}", line.what));
        let paint = if line.failed { Paint::Quiet } else { Paint::Plain };
        let mut row: Vec<Cell> = vec![
            line.time.second().into(),
            line.gap.map_or_else(String::new, |gap| format!("+{gap}")).into(),
            line.kind.word().into(),
            Cell::painted(&what, paint),
            client_name(facts, line.client).into(),
            line.address.into(),
            ids.join(" ").into(),
        ];
        if let Some((case, places)) = marked {
            let mark = places.mark(case, *event);
            let words = mark.map_or_else(String::new, |mark| format!("{} {}", mark.glyph(), mark.words()));
            row.push(words.trim_end().into());
        }
        table.row(row);
    }
    table.write(shell, out)
}
