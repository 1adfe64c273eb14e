//! The sections of a note that goes by incidents.

use super::page::Page;
use super::{fact, numbers, star};
use crate::model::words::counted;
use crate::report::escape::Md;
use crate::report::note::{
    AttackNote, IncidentNote, IncidentStep, Indicator, IndicatorKind, Report, Role, RoutineNote, Scope, StoryNote,
};
use crate::report::verdict::{Grounds, Outcome};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Steps whose findings the card or the tasks have: written where the analyst answered them.
const ELSEWHERE: [&str; 2] = ["what-to-revoke", "graph-actions"];
/// Steps whose findings hold for every harmless user: named in few words where the analyst did not answer them.
const OF_EVERYBODY: [&str; 4] = ["client-and-family", "code-to-burst", "time-between", "token-binding"];
/// Facts that the indicators have.
const TOKENS: [&str; 3] = ["Sessions", "Tokens (uti)", "Tokens (uti) computed from the sign-in id"];
/// Facts that the steps have in words.
const IN_STEPS: [&str; 4] = ["Network numbers (ASN)", "Why it is a hit", "Resources", "Client family (FOCI)"];
/// Most tokens named on a row.
const FEW: usize = 3;
/// Rows of a record named of a step.
const ROWS: usize = 3;
/// Words of findings, in the order in which they are listed.
const FINDINGS: [&str; 4] = ["supports", "against", "unknown", "missing"];
/// Records named of a step.
const RECORDS: usize = 2;

/// Keys of the files, as custody lists them: `F2`.
struct Keys<'r>(HashMap<&'r str, usize>);

impl<'r> Keys<'r> {
    fn new(report: &'r Report) -> Self {
        Self(report.custody.iter().enumerate().map(|(at, file)| (file.label.as_str(), at + 1)).collect())
    }

    /// `F2:97,98` of a record named by its file.
    fn short(&self, record: &str) -> Md {
        let found = record.rsplit_once(':').and_then(|(file, rows)| Some((self.0.get(file)?, rows)));
        found.map_or_else(
            || Md::code(record),
            |(key, rows)| {
                let few: Vec<&str> = rows.split(',').take(ROWS).collect();
                let gap = if few.len() < rows.split(',').count() { "…" } else { "" };
                Md::made(format_args!("F{key}:{}{gap}", few.join(",")))
            },
        )
    }
}

/// The card of every incident that is theft or open and above low.
pub(super) fn first_page(page: &mut Page, report: &Report) {
    page.section("In short");
    let first: Vec<&IncidentNote> = report.incidents.iter().filter(|incident| incident.first_page).collect();
    if report.other_incidents > 0 {
        let words = counted(report.other_incidents, "further incident");
        page.paragraph(&Md::made(format_args!("This note leaves out {words} of the bundle, as it was asked to.")));
    }
    if first.is_empty() {
        page.paragraph(&Md::ours("No incident is closed as theft, and none that is open is above low severity."));
    }
    if !first.is_empty() {
        page.paragraph(&Md::ours("A map of each stands beside this note, under its name and `….incident-ID.svg`."));
    }
    for incident in first {
        heading(page, incident);
        card(page, incident);
    }
}

/// Names and hashes of the maps: by them a later note tells one that was changed by hand.
pub(super) fn maps(page: &mut Page, report: &Report) {
    let maps = report.incidents.iter().filter_map(|incident| incident.map.as_ref());
    let words: Vec<Md> = maps
        .map(|map| Md::code(&format!("….{}", map.file)).then(&Md::ours(" ")).then(&Md::code(&map.sha256)))
        .collect();
    if !words.is_empty() {
        page.paragraph(&Md::ours("SHA-256 of the maps beside it: ").then(&Md::joined(&words, ", ")));
    }
}

/// `1. ana@contoso.com (Global Administrator): theft`.
fn heading(page: &mut Page, incident: &IncidentNote) {
    let roles = if incident.roles.is_empty() {
        Md::default()
    } else {
        Md::ours(" (").then(&Md::text(&incident.roles.join(", "))).then(&Md::ours(")"))
    };
    let name = Md::made(format_args!("Incident {}: ", incident.number)).then(&Md::field(&incident.upn)).then(&roles);
    page.heading(&name.then(&Md::ours(": ")).then(&Md::ours(incident.outcome.word())));
}

/// The facts, then the verdict and what speaks against it, then the card's lines.
fn card(page: &mut Page, incident: &IncidentNote) {
    page.paragraph(&Md::text(&incident.headline));
    page.paragraph(&verdict(incident));
    if !incident.answers.is_empty() {
        page.paragraph(&Md::text(&format!("The analyst's answers: {}", incident.answers.join(" "))));
    }
    for line in &incident.card {
        page.item(&Md::ours("**").then(&Md::ours(line.what)).then(&Md::ours("** ")).then(&Md::text(&line.text)));
    }
}

fn verdict(incident: &IncidentNote) -> Md {
    let verdict = match incident.outcome {
        Outcome::Open if incident.verdict == Outcome::Open.word() => "No analyst has closed it.".to_owned(),
        _ => {
            let parts = [Some(incident.verdict.clone()), incident.grounds.reason(), incident.grounds.confirmed()];
            format!("The analyst's verdict: {}.", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
        }
    };
    let sure = format!(
        "Severity {}: {}. Confidence {}: {}.",
        incident.severity,
        incident.severity_reasons.join("; "),
        incident.confidence,
        incident.confidence_reason
    );
    let against = incident.contradictions.join(" ");
    let all = [verdict, against, sure];
    Md::text(&all.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" "))
}

/// A verdict with its grounds.
fn closed(verdict: &str, grounds: &Grounds) -> Md {
    let parts = grounds.reason().into_iter().chain(grounds.confirmed()).map(|text| Md::text(&text));
    Md::joined(&std::iter::once(Md::made(verdict)).chain(parts).collect::<Vec<_>>(), ", ")
}

/// Facts, rows and steps of the incidents in full.
pub(super) fn in_full(page: &mut Page, report: &Report) {
    let keys = Keys::new(report);
    let mut is_first = true;
    for incident in report.incidents.iter().filter(|incident| incident.in_full) {
        if std::mem::take(&mut is_first) {
            page.section("Incidents");
            page.paragraph(&Md::ours("Records are named by file and row; the keys of the files stand under custody."));
        }
        heading(page, incident);
        if !incident.first_page {
            card(page, incident);
        }
        let id = vec![Md::ours("Incident"), Md::code(&incident.id)];
        let is_threat = incident.first_page;
        let is_here = |name: &&str| !(IN_STEPS.contains(name) || is_threat && TOKENS.contains(name));
        let kept = incident.facts.iter().filter(|fact| is_here(&fact.name));
        page.table(&["Fact", "Value"], [id].into_iter().chain(kept.map(fact)));
        story(page, incident, &keys);
        steps(page, incident, &keys);
    }
}

fn story(page: &mut Page, incident: &IncidentNote, keys: &Keys) {
    if incident.story.is_empty() {
        return;
    }
    let mut before = None;
    let mut row = |story: &StoryNote| {
        let from =
            if story.first.day() == incident.first_seen.day() { story.first.clock() } else { story.first.second() };
        let times = if story.first.second() == story.last.second() {
            from
        } else if story.first.day() == story.last.day() {
            format!("{from} to {}", story.last.clock())
        } else {
            format!("{from} to {}", story.last.second())
        };
        let here = Some((story.address.clone(), story.standing));
        let place = if here == before {
            Md::ours("\u{2033}")
        } else {
            Md::code_of(&story.address, Some(&story.record)).then(&Md::ours(" ")).then(&Md::ours(story.standing))
        };
        before = here;
        vec![
            Md::made(times),
            Md::made(story.rows),
            place,
            if story.marked { star(story.bookmarked).then(&Md::ours(" ")) } else { Md::default() }
                .then(&Md::field_of(&story.what, Some(&story.record))),
            keys.short(&story.record),
        ]
    };
    page.paragraph(&Md::made(format_args!("Rows of {} (UTC):", incident.first_seen.day())));
    page.table(&["Time", "Rows", "From", "What", "First"], incident.story.iter().map(&mut row));
    if incident.further > 0 {
        let words = counted(incident.further, "further kind");
        page.paragraph(&Md::made(format_args!("{words} of rows left out; the JSON note has each row.")));
    }
}

/// The leading hit's steps and those with an answer as rows, the others in a few words each.
fn steps(page: &mut Page, incident: &IncidentNote, keys: &Keys) {
    let is_answered = |step: &IncidentStep| step.step.verdict.is_some() || step.step.remark.is_some();
    let is_neutral = |step: &IncidentStep| OF_EVERYBODY.contains(&step.step.id) && step.step.finding == FINDINGS[2];
    let is_row = |step: &&IncidentStep| {
        is_answered(step) || (step.leading && !ELSEWHERE.contains(&step.step.id) && !is_neutral(step))
    };
    let rows: Vec<&IncidentStep> = incident.steps.iter().filter(is_row).collect();
    if !rows.is_empty() {
        step_rows(page, &rows, rows.iter().any(|step| is_answered(step)), keys);
    }
    let rest = incident.steps.iter().filter(|step| !is_row(step) && !ELSEWHERE.contains(&step.step.id));
    let (mut by, mut nothing): (BTreeMap<usize, Vec<String>>, usize) = (BTreeMap::new(), 0);
    for step in rest {
        // It looked for rows that are not there.
        if step.step.finding == FINDINGS[2] && step.step.records.is_empty() {
            nothing += 1;
            continue;
        }
        let at = FINDINGS.iter().position(|word| *word == step.step.finding).unwrap_or(FINDINGS.len() - 1);
        let words = by.entry(at).or_default();
        let mark = if step.step.title.ends_with('?') { "" } else { ":" };
        let one = format!("{}{mark} {}", step.step.title, step.step.brief);
        // Several analytics word a question alike.
        if !words.contains(&one) {
            words.push(one);
        }
    }
    for (at, words) in by {
        let lead = ["Also for theft", "Also against", "Cannot tell", "Missing"][at];
        page.item(&Md::ours(lead).then(&Md::ours(": ")).then(&Md::text(&words.join("; "))));
    }
    if nothing > 0 {
        let steps = counted(nothing, "further step");
        page.item(&Md::made(format_args!("{steps} found no row to go by; the JSON note has each")));
    }
}

fn step_rows(page: &mut Page, rows: &[&IncidentStep], is_answered: bool, keys: &Keys) {
    let row = |step: &&IncidentStep| {
        let IncidentStep { step, analytic, leading } = step;
        let more = step.further + step.records.len().saturating_sub(RECORDS);
        let records: Vec<Md> = step.records.iter().take(RECORDS).map(|record| keys.short(record)).collect();
        let records = Md::joined(&records, ", ");
        let of = if *leading { String::new() } else { format!(" of {analytic}") };
        let further = if more > 0 { Md::made(format_args!(" and {more} more")) } else { Md::default() };
        let mut cells = vec![
            Md::made(format_args!("{}{of}: {}", step.number, step.title)),
            Md::ours(step.finding).then(&Md::ours(": ")).then(&Md::text(&step.sentence)),
        ];
        if is_answered {
            cells.push(Md::ours(step.verdict.unwrap_or_default()));
            cells.push(Md::text(step.remark.as_deref().unwrap_or_default()));
        }
        cells.push(records.then(&further));
        cells
    };
    let heads: &[&'static str] = if is_answered {
        &["Step", "Finding", "Verdict", "Remark", "Records"]
    } else {
        &["Step", "Finding", "Records"]
    };
    page.table(heads, rows.iter().map(row));
}

/// Routines, and the incidents that are neither theft nor open above low: one row each.
pub(super) fn rows(page: &mut Page, report: &Report) {
    let alone = |incident: &&IncidentNote| !incident.in_full && incident.routine.is_none();
    let alone: Vec<&IncidentNote> = report.incidents.iter().filter(alone).collect();
    if alone.is_empty() && report.routines.is_empty() {
        return;
    }
    page.section("Other incidents");
    let keys = Keys::new(report);
    let row = |incident: &&IncidentNote| {
        vec![
            Md::made(incident.number).then(&Md::ours(" ")).then(&Md::code(&incident.id)),
            Md::field(&incident.upn),
            Md::ours(incident.severity),
            Md::made(incident.first_seen.second()),
            Md::ours("")
                .then(&Md::made(incident.analytics.join(", ")))
                .then(&Md::ours(": "))
                .then(&Md::text(&incident.headline)),
            closed(&incident.verdict, &incident.grounds),
        ]
    };
    let routine = |routine: &RoutineNote| {
        let (from, to) = &routine.hours;
        let times = format!(
            "{}\u{d7} until {}, begins between {from} and {to} UTC, nothing new to the user",
            routine.incidents,
            routine.last_seen.day()
        );
        vec![
            Md::ours("routine ").then(&Md::code(&routine.id)),
            Md::field(&routine.upn),
            Md::ours("low"),
            Md::made(routine.first_seen.second()),
            Md::ours(routine.analytic)
                .then(&Md::ours(", "))
                .then(&Md::field(&routine.client))
                .then(&Md::ours(" "))
                .then(&Md::made(times)),
            closed(&routine.verdict, &routine.grounds),
        ]
    };
    let heads = ["Incident", "User", "Severity", "First (UTC)", "What", "Verdict"];
    page.table(&heads, alone.iter().map(row).chain(report.routines.iter().map(routine)));
    // Low ones without an answered step are an everyday matter.
    for incident in &alone {
        let is_light = incident.severity == "low" && incident.confidence == "low" && incident.steps.is_empty();
        if !incident.contradictions.is_empty() && !is_light {
            let number = Md::made(format_args!("Incident {}: ", incident.number));
            page.item(&number.then(&Md::text(&incident.contradictions.join(" "))));
        }
    }
    let light = |incident: &&&IncidentNote| incident.steps.is_empty() && incident.outcome.is_harmless();
    let unanswered: Vec<usize> = alone.iter().filter(light).map(|incident| incident.number).collect();
    if !unanswered.is_empty() {
        page.item(&Md::made(format_args!(
            "No step was answered before the verdict: incident {}",
            numbers(&unanswered)
        )));
    }
    for incident in alone.iter().filter(|incident| !incident.steps.is_empty()) {
        heading(page, incident);
        step_rows(page, &incident.steps.iter().collect::<Vec<_>>(), true, &keys);
    }
}

/// The incident of each hit, both by number.
fn by_hit(report: &Report) -> HashMap<usize, usize> {
    let pairs = |incident: &'_ IncidentNote| {
        let number = incident.number;
        incident.hit_numbers.iter().map(move |hit| (*hit, number)).collect::<Vec<_>>()
    };
    report.incidents.iter().flat_map(pairs).collect()
}

/// Numbers of the incidents of some hits.
fn incidents_of(by_hit: &HashMap<usize, usize>, hits: &[usize]) -> Vec<usize> {
    let numbers: BTreeSet<usize> = hits.iter().filter_map(|hit| by_hit.get(hit).copied()).collect();
    numbers.into_iter().collect()
}

/// The evidence of a technique: the first phrase of the first incident, and the others that earned it.
pub(super) fn earned(report: &Report, attack: &AttackNote) -> Vec<String> {
    let hits = by_hit(report);
    let mut first: BTreeMap<usize, &str> = BTreeMap::new();
    for earned in &attack.evidence {
        let phrase = earned.evidence.split("; ").next().unwrap_or_default();
        for number in incidents_of(&hits, &earned.hits) {
            first.entry(number).or_insert(phrase);
        }
    }
    let Some((number, phrase)) = first.pop_first() else { return Vec::new() };
    let others: Vec<usize> = first.into_keys().collect();
    let also = if others.is_empty() { String::new() } else { format!("; also incident {}", numbers(&others)) };
    vec![format!("{phrase} (incident {number}{also})")]
}

pub(super) fn scope(page: &mut Page, report: &Report) {
    if report.scope.is_empty() && report.nobody_else.is_empty() {
        return;
    }
    page.section("Scope: who else");
    if !report.scope.is_empty() {
        let row = |scope: &Scope| {
            let more = scope.other_users.saturating_sub(scope.named.len());
            let more = if more > 0 { Md::made(format_args!(" and {more} more")) } else { Md::default() };
            let names: Vec<Md> = scope.named.iter().map(|name| Md::field(name)).collect();
            vec![
                Md::ours(scope.kind.word()),
                Md::code(&scope.value),
                Md::made(scope.other_users),
                Md::made(scope.rows),
                Md::joined(&names, ", ").then(&more),
            ]
        };
        page.table(&["New to the user", "Value", "Other users", "Their rows", "Users"], report.scope.iter().map(row));
    }
    let of = |kind: IndicatorKind| report.nobody_else.iter().filter(move |one| one.kind == kind);
    let mut parts: Vec<Md> = [IndicatorKind::Address, IndicatorKind::UserAgent, IndicatorKind::Device]
        .into_iter()
        .flat_map(|kind| of(kind).map(|one| Md::code(&one.value)))
        .collect();
    for (kind, noun) in [(IndicatorKind::Session, "session"), (IndicatorKind::Token, "token")] {
        let count = of(kind).count();
        if count > 0 {
            parts.push(Md::made(counted(count, noun)));
        }
    }
    if !parts.is_empty() {
        let users = if report.incidents.iter().filter(|one| one.first_page).count() == 1 {
            "Nobody else used "
        } else {
            "Nobody outside these incidents used "
        };
        page.paragraph(&Md::ours(users).then(&Md::joined(&parts, ", ")).then(&Md::ours(".")));
    }
}

/// The indicators, the intruder's first; sessions and tokens of one incident on a row.
pub(super) fn indicators(page: &mut Page, report: &Report) {
    if report.indicators.is_empty() {
        return;
    }
    page.section("Indicators");
    page.paragraph(&Md::ours(
        "Defanged here; the CSV beside this note is not. It leaves out what is the user's own or shared: do not block \
         those. JSON has first and last time of each.",
    ));
    // Those by which nothing is blocked stand together.
    let is_many =
        |one: &Indicator| matches!(one.kind, IndicatorKind::Device | IndicatorKind::Session | IndicatorKind::Token);
    let hits = by_hit(report);
    let mut groups: Vec<Vec<&Indicator>> = Vec::new();
    let mut places: HashMap<(Option<Role>, IndicatorKind, Vec<usize>), usize> = HashMap::new();
    for indicator in &report.indicators {
        let next = groups.len();
        // The user's own are no more than a warning.
        let is_theirs = indicator.is_to_block();
        let of = if is_theirs { incidents_of(&hits, &indicator.hits) } else { Vec::new() };
        let alike = (indicator.role, indicator.kind, of);
        let place = if is_many(indicator) { *places.entry(alike).or_insert(next) } else { next };
        match groups.get_mut(place) {
            Some(group) => group.push(indicator),
            None => groups.push(vec![indicator]),
        }
    }
    let row = |group: &Vec<&Indicator>| {
        let first = group[0];
        let all: Vec<usize> = group.iter().flat_map(|one| one.hits.iter().copied()).collect();
        let role = match first.role {
            Some(Role::User) => "user's own",
            Some(role) => role.word(),
            None => "",
        };
        vec![
            Md::ours(role),
            Md::ours(first.kind.word()),
            if first.kind == IndicatorKind::Token && group.len() > FEW {
                Md::made(format_args!("{} tokens: the CSV names them", group.len()))
            } else {
                let values: Vec<String> = group.iter().map(|one| one.defanged()).collect();
                Md::codes(values.iter().map(String::as_str))
            },
            Md::made(numbers(&incidents_of(&hits, &all))),
            Md::made(group.iter().map(|one| one.rows).sum::<usize>()),
            Md::made(group.iter().map(|one| one.elsewhere).sum::<usize>()),
        ]
    };
    let heads = ["Role", "Type", "Value", "Incident", "Rows", "Elsewhere"];
    page.table(&heads, groups.iter().map(row));
}
