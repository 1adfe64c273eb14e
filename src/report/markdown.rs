//! The note as Markdown that a ticket system renders: CommonMark with tables, and no HTML.

mod incidents;
mod page;

use super::escape::Md;
use super::info::bytes;
use super::note::{DoNow, EventNote, HitNote, Indicator, MarkNote, Report, StepNote};
use super::seal::{self, seal};
use super::{Exporter, note};
use crate::model::Time;
use crate::model::words::{counted, is_guid, listed};
use crate::triage::LogLine;
use crate::triage::marks::lost_words;
use crate::triage::timeline::RowKind;
use page::Page;
use std::io::{self, Write};

/// The exporter.
pub(super) const EXPORTER: Exporter = Exporter { id: "markdown", write };

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::default();
    header(&mut page, report);
    let by_hits = report.incidents.is_empty();
    if by_hits {
        page.section("Bottom line");
        page.paragraph(&Md::text(&report.bottom_line.join(" ")));
    } else {
        incidents::first_page(&mut page, report);
    }
    if let Some(now) = &report.do_now {
        do_now(&mut page, now);
    }
    if by_hits {
        key_facts(&mut page, report);
        timeline(&mut page, report);
    } else {
        incidents::in_full(&mut page, report);
        incidents::rows(&mut page, report);
    }
    marked(&mut page, report);
    if by_hits {
        steps(&mut page, report);
    }
    conflicts(&mut page, report);
    if by_hits {
        not_triaged(&mut page, &report.not_triaged);
        impact(&mut page, report);
        scope(&mut page, report);
        indicators(&mut page, &report.indicators);
    } else {
        incidents::scope(&mut page, report);
        incidents::indicators(&mut page, report);
    }
    attack(&mut page, report);
    if by_hits {
        // Each stands beside the step of its incident.
        page.list("Other explanations considered", &report.explanations);
    }
    page.list("Gaps", &report.gaps);
    hand_off(&mut page, &report.hand_off);
    page.list("Assumptions", &report.assumptions);
    custody(&mut page, report);
    log(&mut page, report);
    incidents::maps(&mut page, report);
    page.lines(&seal::lines(report)?);
    page.paragraph(&Md::text(&report.tlp));
    out.write_all(seal(report.masked(page.text())).as_bytes())
}

/// Reasons named of a task.
const REASONS: usize = 1;

fn header(page: &mut Page, report: &Report) {
    page.paragraph(&Md::text(&report.tlp));
    page.title(&Md::ours("Case note: ").then(&Md::field(&report.case)));
    let worked = report.worked.as_ref().map_or_else(Md::default, |(first, last)| {
        Md::text(&format!("{} to {}", to_the_second(first), to_the_second(last)))
    });
    let analyst = if report.analyst.is_empty() { "not given (--analyst NAME)" } else { &report.analyst };
    let rows = [
        ("Verdict", Md::text(&report.verdict)),
        (
            "Confidence",
            report.confidence.as_deref().filter(|_| report.incidents.is_empty()).map_or_else(Md::default, Md::text),
        ),
        ("Tenant", Md::codes(report.tenants.iter().map(String::as_str))),
        ("Analyst", Md::text(analyst)),
        ("Worked on (UTC)", worked),
        ("Bundle", Md::code(&report.bundle)),
        ("Tool", Md::made(&report.tool)),
    ];
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    page.table(&["Field", "Value"], rows.map(|(name, value)| vec![Md::ours(name), value]));
}

fn do_now(page: &mut Page, now: &DoNow) {
    page.section("Do now");
    let users: Vec<Md> =
        now.users.iter().map(|user| Md::field(&user.upn).then(&Md::ours(" ")).then(&Md::code(&user.id))).collect();
    let lead = if now.settled { "For " } else { "If this is theft (no analyst has closed it yet), for " };
    page.paragraph(&Md::ours(lead).then(&Md::joined(&users, "; ")).then(&Md::ours(", in this order:")));
    for task in &now.tasks {
        let mut line = Md::ours("**").then(&Md::ours(task.title)).then(&Md::ours(".** "));
        if !task.because.is_empty() {
            line = line.then(&Md::text(&format!("Found: {}. ", listed(&task.because, REASONS))));
        }
        line = line.then(&Md::ours(task.what));
        for done in &task.done {
            let at = format!(", {} UTC.", done.at.second());
            line = line.then(&Md::ours(" Done for ")).then(&Md::field(&done.upn)).then(&Md::made(at));
        }
        page.task(&line, task.done.len() >= now.users.len() && !task.done.is_empty());
    }
    let commands = commands(now);
    if !commands.is_empty() {
        page.paragraph(&Md::ours("Graph PowerShell commands; read them before you run them:"));
        page.block(&commands.iter().map(String::as_str).collect::<Vec<_>>());
    }
    page.paragraph(&Md::ours("What still works after a revocation:"));
    for text in &now.still_valid {
        page.item(&Md::text(text));
    }
    page.paragraph(&Md::text(&sources(now.sources)));
}

/// Sources; where all are of one publisher, that once.
fn sources(sources: &[&str]) -> String {
    let parts: Option<Vec<(&str, &str)>> = sources.iter().map(|source| source.split_once(", ")).collect();
    match parts.filter(|parts| parts.windows(2).all(|pair| pair[0].0 == pair[1].0)) {
        Some(parts) if !parts.is_empty() => {
            let titles: Vec<&str> = parts.iter().map(|(_, title)| *title).collect();
            format!("Sources, of {}: {}.", parts[0].0, titles.join("; "))
        }
        _ => format!("Sources: {}.", sources.join("; ")),
    }
}

/// The commands; of several users one a task, for all of them.
fn commands(now: &DoNow) -> Vec<String> {
    let ids: Vec<&str> = now.users.iter().map(|user| user.id.as_str()).filter(|id| is_guid(id)).collect();
    if ids.len() < 2 || ids.len() < now.users.len() {
        return now.tasks.iter().flat_map(|task| task.commands.iter().cloned()).collect();
    }
    let quoted: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    let each = |command: &String| {
        let id = ids.iter().find(|id| command.contains(**id))?;
        Some(format!("$users | ForEach-Object {{ {} }}", command.replace(id, "$_")))
    };
    let tasks = now.tasks.iter().filter_map(|task| task.commands.first().and_then(each));
    std::iter::once(format!("$users = {}", quoted.join(", "))).chain(tasks).collect()
}

fn key_facts(page: &mut Page, report: &Report) {
    if report.hits.is_empty() {
        return;
    }
    page.section("Key facts");
    for hit in &report.hits {
        hit_heading(page, hit);
        let settled = vec![Md::ours("Verdict"), Md::ours(hit.disposition)];
        let id = vec![Md::ours("Hit"), Md::code(&hit.id)];
        page.table(&["Fact", "Value"], [settled, id].into_iter().chain(hit.facts.iter().map(fact)));
    }
}

fn conflicts(page: &mut Page, report: &Report) {
    if report.conflicts.is_empty() {
        return;
    }
    page.section("Conflicts between analysts");
    page.paragraph(&Md::ours("Two analysts said different things, and nobody has decided. The note goes by the case."));
    let row = |conflict: &note::ConflictNote| {
        let texts = [&conflict.about, &conflict.ours, &conflict.theirs, &conflict.who].map(|text| Md::text(text));
        texts.into_iter().chain([Md::text(&to_the_second(&conflict.at)), Md::code(&conflict.copy)]).collect()
    };
    page.table(&["About", "Case", "Other", "By", "At (UTC)", "Copy"], report.conflicts.iter().map(row));
}

fn not_triaged(page: &mut Page, hits: &[note::HitLine]) {
    if hits.is_empty() {
        return;
    }
    page.section("Not yet triaged");
    let row = |group: &note::HitGroup| {
        let hit = group.first;
        let others = match group.count {
            1 => Md::default(),
            count => Md::made(format_args!(" and {} more", count - 1)),
        };
        vec![
            Md::ours(hit.severity),
            Md::ours(hit.confidence),
            Md::ours(hit.analytic),
            Md::field(&hit.upn),
            Md::made(group.count),
            Md::made(group.first_seen.second()),
            Md::made(group.last_seen.second()),
            Md::text(&group.findings()),
            Md::code(&hit.id).then(&others),
        ]
    };
    let heads =
        ["Severity", "Confidence", "Analytic", "User", "Hits", "First (UTC)", "Last (UTC)", "Findings of each", "Hit"];
    let groups = note::groups(hits);
    page.table(&heads, groups.iter().map(row));
    if groups.len() < hits.len() {
        page.paragraph(&Md::ours(
            "Hits of low severity stand together by user and analytic; tokentrail scan lists each.",
        ));
    }
}

fn fact(fact: &note::FactNote) -> Vec<Md> {
    let value = |value: &String| if fact.exact { Md::code(value) } else { Md::text(&to_the_second(value)) };
    let values: Vec<Md> = fact.values.iter().map(value).collect();
    vec![Md::ours(fact.name), Md::joined(&values, if fact.exact { ", " } else { "; " })]
}

fn hit_heading(page: &mut Page, hit: &HitNote) {
    let words = format!("Hit {}: {}, ", hit.number, hit.title);
    page.heading(&Md::made(words).then(&Md::field(&hit.upn)).then(&Md::made(format_args!(" ({})", hit.disposition))));
}

fn timeline(page: &mut Page, report: &Report) {
    let timeline = &report.timeline;
    if timeline.events.is_empty() {
        return;
    }
    page.section("Timeline");
    let row = |event: &EventNote| {
        let mut cells = vec![Md::made(event.time.second()), event.gap.as_deref().map_or_else(Md::default, Md::code)];
        if timeline.many_users {
            cells.push(Md::field(&event.upn));
        }
        let star = match (event.marked, event.bookmarked) {
            (false, _) => Md::default(),
            (true, bookmarked) => star(bookmarked).then(&Md::ours(" ")),
        };
        cells.extend([
            star.then(&Md::ours(event.kind.word())),
            what(event.kind, &event.what, &event.record),
            Md::field_of(&event.client, Some(&event.record)),
            Md::code_of(&event.address, Some(&event.record)),
            Md::made(numbers(&event.hits)),
            Md::code(&event.record),
        ]);
        cells
    };
    let mut heads = vec!["Time (UTC)", "Gap"];
    if timeline.many_users {
        heads.push("User");
    }
    heads.extend(["Kind", "What", "Client", "Address", "Hit", "Record"]);
    page.table(&heads, timeline.events.iter().map(row));
    if timeline.left_out > 0 {
        page.paragraph(&Md::text(&format!(
            "{} further rows are left out; tokentrail timeline prints all of them.",
            timeline.left_out
        )));
    }
}

/// A bookmark, or what has only tags or a remark.
fn star(bookmarked: bool) -> Md {
    Md::ours(if bookmarked { "★" } else { "☆" })
}

/// A row's resource, or its request as code, since escapes in it would be copied along with it.
fn what(kind: RowKind, what: &str, record: &str) -> Md {
    let record = Some(record);
    if kind == RowKind::Graph { Md::code_of(what, record) } else { Md::field_of(what, record) }
}

fn marked(page: &mut Page, report: &Report) {
    if report.marked.is_empty() && report.marks_elsewhere == 0 {
        return;
    }
    page.section("Marked by the analyst");
    if !report.marked.is_empty() {
        let row = |mark: &MarkNote| {
            vec![
                star(mark.bookmarked),
                Md::made(mark.time.second()),
                Md::field(&mark.upn),
                Md::ours(mark.kind.word()).then(&Md::ours(": ")).then(&what(mark.kind, &mark.what, &mark.record)),
                Md::code_of(&mark.address, Some(&mark.record)),
                Md::text(&mark.tags.join(", ")),
                Md::text(&mark.remark),
                Md::code(&mark.record),
            ]
        };
        let heads = ["", "Time (UTC)", "User", "What", "Address", "Tags", "Remark", "Record"];
        page.table(&heads, report.marked.iter().map(row));
        page.paragraph(&Md::ours(
            "★ is a bookmark, ☆ a tag or remark alone, here and in the timeline. The hash of each file stands under \
             custody.",
        ));
    }
    if let Some(words) = lost_words(report.marks_elsewhere) {
        page.paragraph(&Md::text(&format!("{words}.")));
    }
}

fn steps(page: &mut Page, report: &Report) {
    if report.hits.iter().all(|hit| hit.steps.is_empty()) {
        return;
    }
    page.section("Triage steps");
    for hit in report.hits.iter().filter(|hit| !hit.steps.is_empty()) {
        hit_heading(page, hit);
        let row = |step: &StepNote| {
            let records = Md::codes(step.records.iter().map(String::as_str));
            let further =
                if step.further > 0 { Md::made(format_args!(" and {} more", step.further)) } else { Md::default() };
            vec![
                Md::made(step.number),
                Md::ours(step.question),
                Md::ours(step.finding).then(&Md::ours(": ")).then(&Md::text(&step.sentence)),
                Md::ours(step.verdict.unwrap_or_default()),
                Md::text(step.remark.as_deref().unwrap_or_default()),
                records.then(&further),
            ]
        };
        page.table(&["Step", "Question", "Finding", "Verdict", "Remark", "Records"], hit.steps.iter().map(row));
    }
}

fn impact(page: &mut Page, report: &Report) {
    if report.impact.is_empty() {
        return;
    }
    page.section("Impact");
    for impact in &report.impact {
        let mut parts = Vec::new();
        if impact.calls > 0 {
            parts.push(format!("{} ({})", counted(impact.calls, "Graph call"), impact.links.join(", ")));
        }
        if impact.acts > 0 {
            parts.push(format!("{} of audit logs", counted(impact.acts, "row")));
        }
        page.paragraph(&Md::field(&impact.upn).then(&Md::made(format!(": {}.", parts.join(", ")))));
        for done in &impact.done {
            page.item(&Md::text(done));
        }
        for action in &impact.actions {
            page.item(&Md::text(action));
        }
        if impact.further > 0 {
            page.item(&Md::text(&format!("{} further kinds of action", impact.further)));
        }
    }
}

fn scope(page: &mut Page, report: &Report) {
    if report.scope.is_empty() {
        return;
    }
    page.section("Scope: who else");
    let row = |scope: &note::Scope| {
        let more = scope.other_users.saturating_sub(scope.named.len());
        let more = if more > 0 { Md::made(format_args!(" and {more} more")) } else { Md::default() };
        vec![
            Md::ours(scope.kind.word()),
            Md::code(&scope.value),
            Md::made(scope.other_users),
            Md::made(scope.rows),
            Md::joined(&scope.named.iter().map(|name| Md::field(name)).collect::<Vec<_>>(), ", ").then(&more),
        ]
    };
    page.table(&["Trace", "Value", "Other users", "Their rows", "Users"], report.scope.iter().map(row));
}

fn indicators(page: &mut Page, indicators: &[Indicator]) {
    if indicators.is_empty() {
        return;
    }
    page.section("Indicators");
    page.paragraph(&Md::ours(
        "Defanged here; the CSV beside this note is not. An address is where a request came from, which may be the \
         user's own or shared by many: look at the last column before blocking it.",
    ));
    let row = |indicator: &Indicator| {
        vec![
            Md::ours(indicator.kind.word()),
            Md::code(&indicator.defanged()),
            Md::text(&indicator.seen_as.join(", ")),
            Md::made(indicator.first_seen.second()),
            Md::made(indicator.last_seen.second()),
            Md::made(numbers(&indicator.hits)),
            Md::made(indicator.rows),
            Md::made(indicator.elsewhere),
        ]
    };
    let heads = ["Type", "Value", "Seen as", "First (UTC)", "Last (UTC)", "Hits", "Rows", "Rows outside the hits"];
    page.table(&heads, indicators.iter().map(row));
}

fn attack(page: &mut Page, report: &Report) {
    if report.attack.is_empty() {
        return;
    }
    page.section("ATT&CK");
    let row = |attack: &note::AttackNote| {
        let evidence = if report.incidents.is_empty() {
            let earned = |earned: &note::Earned| format!("{} (hit {})", earned.evidence, numbers(&earned.hits));
            attack.evidence.iter().map(earned).collect()
        } else {
            incidents::earned(report, attack)
        };
        vec![Md::ours(attack.id), Md::ours(attack.name), Md::text(&evidence.join("; "))]
    };
    page.table(&["Id", "Technique", "Evidence"], report.attack.iter().map(row));
}

/// Queries for the engine that holds more than this bundle.
fn hand_off(page: &mut Page, commands: &[note::HandOff]) {
    if commands.is_empty() {
        return;
    }
    page.section("Queries");
    let questions = commands.iter().map(|one| Md::code(one.command).then(&Md::ours(" ")).then(&Md::ours(one.gives)));
    let questions: Vec<Md> = questions.collect();
    page.paragraph(
        &Md::joined(&questions, "; ")
            .then(&Md::ours(". With "))
            .then(&Md::code("--case FILE BUNDLE --target ENGINE"))
            .then(&Md::ours(".")),
    );
}

/// Place of a file's path among the columns of custody.
const PATH: usize = 1;

fn custody(page: &mut Page, report: &Report) {
    if report.custody.is_empty() {
        return;
    }
    page.section("Custody");
    let time = |time: Option<Time>| time.map_or_else(Md::default, |time| Md::made(time.second()));
    let by_hits = report.incidents.is_empty();
    // One place of all is said once.
    let before = |source: &'_ note::Custody| source.name.strip_suffix(&source.label).map(str::to_owned);
    let folder = report.custody.first().and_then(before).filter(|folder| !folder.is_empty());
    let folder = folder.filter(|folder| report.custody.iter().all(|source| before(source).as_ref() == Some(folder)));
    let row = |(at, source): (usize, &note::Custody)| {
        let key = if by_hits { Md::default() } else { Md::made(format_args!("F{} ", at + 1)) };
        let name = key.then(&Md::code(&source.label));
        let given = if source.name == source.label || (!by_hits && folder.is_some()) {
            Md::default()
        } else {
            Md::code(&source.name)
        };
        let changed = if source.changed { Md::ours("**changed since it was read**") } else { Md::default() };
        vec![
            name,
            given.then(&changed),
            Md::made(bytes(source.bytes, source.decoded)),
            if !by_hits && at > 0 && report.custody[at - 1].sha256 == source.sha256 {
                Md::ours("\u{2033}")
            } else {
                Md::code(&source.sha256)
            },
            Md::made(source.read),
            Md::made(source.duplicates),
            Md::made(source.skipped),
            time(source.first_event),
            time(source.last_event),
        ]
    };
    let mut heads = vec![
        "File",
        "Path as supplied",
        "Bytes",
        "SHA-256",
        "Read",
        "Duplicates",
        "Skipped",
        "First event (UTC)",
        "Last event (UTC)",
    ];
    let mut rows: Vec<Vec<Md>> = report.custody.iter().enumerate().map(row).collect();
    if !by_hits && rows.iter().all(|row| row[PATH].is_empty()) {
        heads.remove(PATH);
        for row in &mut rows {
            row.remove(PATH);
        }
    }
    page.table(&heads, rows);
    if let Some(folder) = folder.filter(|_| !by_hits) {
        page.paragraph(&Md::ours("Every path as supplied begins with ").then(&Md::code(&folder)).then(&Md::ours(".")));
    }
    if report.custody.iter().any(|source| source.name.contains('!')) {
        page.paragraph(&Md::ours("A member of an archive has the archive's hash."));
    }
    if report.rehashed && report.custody.iter().all(|source| !source.changed) {
        page.paragraph(&Md::ours("Every file, hashed again for this note, is unchanged."));
    }
}

fn log(page: &mut Page, report: &Report) {
    page.list("The case and its log do not agree", &report.log_problems);
    if report.log.is_empty() {
        return;
    }
    page.section("Analyst log");
    let row = |line: &LogLine| {
        let hash = line.hash.get(..12).unwrap_or(&line.hash);
        let who = if line.who.is_empty() { Md::ours("-") } else { Md::field(&line.who) };
        // The time in full: its hash is over every digit.
        vec![Md::text(&line.at), who, Md::text(&line.what), Md::code(hash)]
    };
    let (lines, is_short) = log_lines(&report.log);
    page.table(&["At (UTC)", "Who", "What", "Hash"], lines.iter().map(row));
    if is_short {
        page.paragraph(&Md::ours(
            "One verdict on several hits is one line here; the JSON note and the case file have each.",
        ));
    }
}

/// Fewest lines of a run that are one.
const RUN: usize = 3;

/// The lines of the log; a run of like ones about several hits is one, with time and hash of its last.
fn log_lines(log: &[LogLine]) -> (Vec<LogLine>, bool) {
    let about = |line: &LogLine| line.what.split_once(": ").map(|(_, what)| what.to_owned());
    let alike = |a: &LogLine, b: &LogLine| a.who == b.who && about(a).is_some() && about(a) == about(b);
    let (mut lines, mut is_short) = (Vec::new(), false);
    for run in log.chunk_by(alike) {
        if run.len() < RUN {
            lines.extend(run.iter().cloned());
            continue;
        }
        let (first, last) = (&run[0], &run[run.len() - 1]);
        let id = |line: &LogLine| line.what.split(": ").next().unwrap_or_default().to_owned();
        let what = format!("{} hits, {} to {}: {}", run.len(), id(first), id(last), about(first).unwrap_or_default());
        lines.push(LogLine { what, ..last.clone() });
        is_short = true;
    }
    (lines, is_short)
}

/// A text that is a time as we write it, to the second: the fractions decide nothing here, and JSON has them.
fn to_the_second(text: &str) -> String {
    let time = Time::parse(text).filter(|time| time.to_string() == text);
    time.map_or_else(|| text.to_owned(), Time::second)
}

/// `1, 2`.
fn numbers(hits: &[usize]) -> String {
    hits.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
