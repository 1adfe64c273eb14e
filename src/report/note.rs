//! What a case note says, worked out once for every format it is written in.
//!
//! Sections come in the order a responder reads them; one that has nothing to say is empty, and is not written.

mod account;
mod choice;
mod custody;
mod gaps;
mod steps;
mod timeline;
mod traces;

use super::containment::{self, SOURCES, STILL_VALID};
use super::hits::source_name;
use crate::analytics::{Hit, Settings, Tally, reached, tally};
use crate::facts::{Facts, Reach};
use crate::ingest::Loaded;
use crate::model::{EventId, Field, Time};
use crate::triage::{Case, Disposition, LogLine};
use account::Account;
use choice::Choice;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

pub use custody::{Custody, changed};
pub use steps::{FactNote, HitNote, StepNote};
pub use timeline::{EventNote, TimelineNote};
pub use traces::{Indicator, Kind as TraceKind, Scope};

/// What the note says that is neither in the bundle nor in the case.
pub struct Header<'a> {
    /// Name of the case.
    pub case: &'a str,
    /// Version of the program.
    pub version: &'a str,
    /// How the analytics were run.
    pub settings: &'a Settings,
    /// Names of sources whose bytes differ from those read; `None` when nobody looked again.
    pub changed: Option<&'a [String]>,
}

/// The note, ready to be written. Text is as logged: writers escape it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Report {
    /// TLP marking.
    pub tlp: String,
    /// Name of the case.
    pub case: String,
    /// Names the bundle by its bytes.
    pub bundle: String,
    /// Home tenants of the hits' users.
    pub tenants: Vec<String>,
    /// Who worked on it; empty when nobody said.
    pub analyst: String,
    /// Program and version.
    pub tool: String,
    /// First and last line of the analyst's log.
    pub worked: Option<(String, String)>,
    /// What it turned out to be, in words.
    pub verdict: String,
    /// Confidence of the strongest hit, and why.
    pub confidence: Option<String>,
    /// Three to five sentences.
    pub bottom_line: Vec<String>,
    /// What to do; `None` when there is nothing to contain.
    pub do_now: Option<DoNow>,
    /// Hits told in full.
    pub hits: Vec<HitNote>,
    /// Hits nobody looked at yet, when others were.
    pub not_triaged: Vec<HitLine>,
    /// Rows of the hits in order.
    pub timeline: TimelineNote,
    /// What the Graph calls did, by user.
    pub impact: Vec<Impact>,
    /// Who else shares the traces.
    pub scope: Vec<Scope>,
    /// Traces to look for elsewhere; not defanged.
    pub indicators: Vec<Indicator>,
    /// Techniques and what earned them.
    pub attack: Vec<AttackNote>,
    /// What speaks against.
    pub explanations: Vec<String>,
    /// What the bundle cannot say.
    pub gaps: Vec<String>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
    /// The files.
    pub custody: Vec<Custody>,
    /// Whether the files were looked at again when the note was written.
    pub rehashed: bool,
    /// The analyst's log.
    pub log: Vec<LogLine>,
    /// First log line that was changed, dropped or moved.
    pub broken_log_line: Option<usize>,
}

/// Containment.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DoNow {
    /// Whom it concerns: UPN and object id.
    pub users: Vec<UserNote>,
    /// What to do, in order.
    pub tasks: Vec<TaskNote>,
    /// What works on after a revocation.
    pub still_valid: Vec<String>,
    /// Where that is written.
    pub sources: &'static [&'static str],
}

/// A user of the hits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserNote {
    /// Sign-in name.
    pub upn: String,
    /// Object id.
    pub id: String,
}

/// A task.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskNote {
    /// Its name.
    pub title: &'static str,
    /// What it does and leaves.
    pub what: &'static str,
    /// Commands to copy, one a user.
    pub commands: Vec<String>,
}

/// A hit on one line.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HitLine {
    /// Id.
    pub id: String,
    /// Analytic.
    pub analytic: &'static str,
    /// User.
    pub upn: String,
    /// First event.
    pub first_seen: Time,
    /// Severity.
    pub severity: &'static str,
    /// Confidence.
    pub confidence: &'static str,
}

/// What the Graph calls tied to a user's hits did.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Impact {
    /// The user.
    pub upn: String,
    /// Calls in all.
    pub calls: usize,
    /// Calls by the tie they have.
    pub links: Vec<String>,
    /// Actions with counts, in order of first occurrence.
    pub actions: Vec<String>,
    /// Actions beyond those listed.
    pub further: usize,
}

/// A technique.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttackNote {
    /// Id.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// What earned it, by hit.
    pub evidence: Vec<String>,
}

/// Actions listed per user.
const ACTIONS: usize = 40;

/// What the sections are made from.
struct Told<'a> {
    loaded: &'a Loaded,
    facts: &'a Facts,
    case: &'a Case,
    choice: Choice<'a>,
    labels: Vec<String>,
}

impl Told<'_> {
    /// `file:record` of an event.
    fn at(&self, event: EventId) -> String {
        let origin = self.loaded.store.event(event).origin;
        let label = self.labels.get(origin.source.0 as usize).map_or("", String::as_str);
        format!("{label}:{}", origin.record)
    }

    fn disposition(&self, hit: &Hit) -> Option<Disposition> {
        self.case.disposition(&hit.id)
    }

    /// The hits in full that are not settled as harmless, with their numbers.
    fn threats(&self) -> impl Iterator<Item = (usize, &Hit)> {
        let harmless =
            |hit: &Hit| matches!(self.disposition(hit), Some(Disposition::Benign | Disposition::FalsePositive));
        self.choice.full.iter().enumerate().map(|(index, hit)| (index + 1, *hit)).filter(move |(_, hit)| !harmless(hit))
    }

    /// What a class of resource the threats got tokens for.
    fn reaches(&self) -> Vec<Reach> {
        let rows: Vec<EventId> = self.threats().flat_map(|(_, hit)| hit.evidence.iter().copied()).collect();
        reached(&self.loaded.store, self.facts, &rows).into_keys().collect()
    }
}

impl Report {
    /// Works the note out. The hits are those of a run over the bundle, in its order.
    pub fn build(loaded: &Loaded, facts: &Facts, hits: &[Hit], case: &Case, header: &Header) -> Self {
        let labels = custody::labels(&loaded.sources);
        let told = Told { loaded, facts, case, choice: Choice::new(hits, case), labels };
        let traces = traces::traces(&told);
        let account = Account::new(&told);
        Self {
            tlp: case.tlp.clone(),
            case: header.case.to_owned(),
            bundle: case.bundle.clone(),
            tenants: tenants(&told),
            analyst: case.analyst.clone(),
            tool: format!("tokentrail {}", header.version),
            worked: case.log.first().zip(case.log.last()).map(|(first, last)| (first.at.clone(), last.at.clone())),
            verdict: account.verdict(),
            confidence: account.confidence(),
            bottom_line: account.bottom_line(),
            do_now: do_now(&told),
            hits: steps::hit_notes(&told),
            not_triaged: told.choice.rest.iter().map(|hit| hit_line(hit)).collect(),
            timeline: timeline::timeline(&told),
            impact: impact(&told),
            scope: traces.scope(),
            indicators: traces.indicators(),
            attack: attack(&told),
            explanations: steps::explanations(&told),
            gaps: gaps::gaps(&told),
            assumptions: gaps::assumptions(header.settings),
            custody: custody::custody(loaded, &told.labels, header.changed.unwrap_or_default()),
            rehashed: header.changed.is_some(),
            log: case.log.clone(),
            broken_log_line: case.broken_log_line(),
        }
    }
}

fn tenants(told: &Told) -> Vec<String> {
    let store = &told.loaded.store;
    let rows = told.choice.full.iter().flat_map(|hit| &hit.evidence);
    let tenants = rows.map(|event| store.text(store.fold(store.event(*event)[Field::HomeTenantId])));
    tenants.filter(|tenant| !tenant.is_empty()).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

fn do_now(told: &Told) -> Option<DoNow> {
    let last = told.threats().map(|(_, hit)| hit.last_seen).max()?;
    let users: BTreeSet<UserNote> =
        told.threats().map(|(_, hit)| UserNote { upn: hit.upn.clone(), id: hit.user_id.clone() }).collect();
    let device_code = told.threats().any(|(_, hit)| !hit.legs.is_empty());
    let reached = told.reaches();
    let task = |task: &'static containment::Task| TaskNote {
        title: task.title,
        what: task.what,
        commands: users
            .iter()
            .filter_map(|user| containment::command(task, &user.id))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
    };
    let tasks = containment::tasks(device_code, &reached).map(task).collect();
    let mut still_valid: Vec<String> = STILL_VALID.iter().map(|&text| text.to_owned()).collect();
    still_valid.push(containment::ends(last));
    Some(DoNow { users: users.into_iter().collect(), tasks, still_valid, sources: SOURCES })
}

fn hit_line(hit: &Hit) -> HitLine {
    HitLine {
        id: hit.id.clone(),
        analytic: hit.analytic,
        upn: hit.upn.clone(),
        first_seen: hit.first_seen,
        severity: hit.severity.word(),
        confidence: hit.confidence.word(),
    }
}

fn impact(told: &Told) -> Vec<Impact> {
    let mut calls: BTreeMap<&str, BTreeMap<EventId, crate::analytics::GraphLink>> = BTreeMap::new();
    for (_, hit) in told.threats().filter(|(_, hit)| !hit.graph.is_empty()) {
        let of_user = calls.entry(&hit.upn).or_default();
        for call in &hit.graph {
            let link = of_user.entry(call.event).or_insert(call.link);
            *link = call.link.min(*link);
        }
    }
    let impact = |(upn, calls): (&str, BTreeMap<EventId, crate::analytics::GraphLink>)| {
        let mut links: BTreeMap<_, usize> = BTreeMap::new();
        for link in calls.values() {
            *links.entry(*link).or_default() += 1;
        }
        let events: Vec<EventId> = calls.keys().copied().collect();
        let tally = tally(&told.loaded.store, told.facts, &events);
        Impact {
            upn: upn.to_owned(),
            calls: events.len(),
            links: links.into_iter().map(|(link, count)| format!("{count} by {}", link.word())).collect(),
            actions: tally.iter().take(ACTIONS).map(Tally::words).collect(),
            further: tally.len().saturating_sub(ACTIONS),
        }
    };
    calls.into_iter().map(impact).collect()
}

fn attack(told: &Told) -> Vec<AttackNote> {
    let mut earned: BTreeMap<&'static str, AttackNote> = BTreeMap::new();
    for (number, hit) in told.threats() {
        for attack in &hit.attack {
            let note = earned.entry(attack.id).or_insert_with(|| AttackNote {
                id: attack.id,
                name: attack.name,
                evidence: Vec::new(),
            });
            note.evidence.push(format!("hit {number}: {}", attack.evidence));
        }
    }
    earned.into_values().collect()
}

/// Name of the source of a hit's first event, for a sentence.
fn first_source<'a>(told: &'a Told, hit: &Hit) -> Option<&'a str> {
    hit.evidence.first().map(|event| source_name(told.loaded, *event))
}
