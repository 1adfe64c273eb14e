//! The content of a case note, worked out once for every format.
//!
//! Sections come in the order a responder reads them; one that has nothing to say is empty, and is not written.

mod bottom_line;
mod custody;
mod differing;
mod do_now;
mod gaps;
mod hand_off;
mod impact;
mod incidents;
mod indicators;
mod marked;
mod selection;
mod steps;
mod story;
mod timeline;
mod unlogged;
mod untriaged;
mod verdict;

use super::Names;
use super::hits::source_name;
use super::redact::Redactor;
use crate::analytics::revocations::Revocations;
use crate::analytics::{Candidates, DetectContext, Hit, Incidents, Settings, reached};
use crate::facts::{Facts, Reach};
use crate::ingest::Loaded;
use crate::model::words::hex;
use crate::model::{EventId, Field};
use crate::triage::marks::Places;
use crate::triage::{Case, Disposition, HitWork, LogLine};
use bottom_line::BottomLine;
use selection::Selection;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

pub(in crate::report) use custody::labels;
pub use custody::{Custody, changed};
pub use differing::ConflictNote;
pub use do_now::DoNow;
pub use hand_off::HandOff;
pub use impact::{AttackNote, Earned, Impact};
pub use incidents::{IncidentNote, IncidentStep, RoutineNote};
pub use indicators::{Indicator, IndicatorKind, Nobody, Role, Scope};
pub use marked::MarkNote;
pub use steps::{FactNote, HitNote, StepNote};
pub use story::StoryNote;
pub use timeline::{EventNote, TimelineNote};
pub use untriaged::{HitGroup, HitLine, groups};

/// The note's facts that are neither in the bundle nor in the case.
pub struct Header<'a> {
    /// Name of the case.
    pub case: &'a str,
    /// Version of the program.
    pub version: &'a str,
    /// Settings of the analytics.
    pub settings: &'a Settings,
    /// Names of sources whose bytes differ from those read; `None` when nobody looked again.
    pub changed: Option<&'a [String]>,
    /// The incidents that the note is on, by id or user; `None` for all.
    pub only: Option<&'a str>,
    /// Whether the indicators for machines have those of the user and of everybody too.
    pub all_indicators: bool,
}

impl<'a> Header<'a> {
    /// The header of a note on the whole case, whose sources nobody looked at again.
    pub fn new(case: &'a str, version: &'a str, settings: &'a Settings) -> Self {
        Self { case, version, settings, changed: None, only: None, all_indicators: false }
    }
}

/// Positions of the incidents with an id, or with a user by sign-in name or object id. Of a routine's id its incidents.
pub fn chosen(incidents: &Incidents, hits: &[Hit], value: &str) -> Vec<usize> {
    let value = value.trim();
    let fits = |at: &usize| {
        let incident = &incidents.all[*at];
        let hit = &hits[incident.leading()];
        let routine = incident.routine.map_or("", |routine| &incidents.routines[routine].id);
        !value.is_empty()
            && (incident.id == value
                || routine == value
                || hit.upn.eq_ignore_ascii_case(value)
                || hit.user_id.eq_ignore_ascii_case(value))
    };
    (0..incidents.all.len()).filter(fits).collect()
}

/// The indicators of one hit, whatever it was settled as.
pub fn indicators(loaded: &Loaded, facts: &Facts, hit: &Hit) -> Vec<Indicator> {
    let mut case = Case::new(String::new(), String::new());
    let stolen = HitWork { disposition: Some(Disposition::Theft), ..HitWork::default() };
    case.hits.insert(hit.id.clone(), stolen);
    let hits = std::slice::from_ref(hit);
    let incidents = Incidents::default();
    let context = NoteContext {
        loaded,
        facts,
        case: &case,
        hits,
        incidents: &incidents,
        selection: Selection::of_hits(hits, &case),
        labels: Vec::new(),
        places: Places::default(),
        revocations: Revocations::new(),
    };
    indicators::traces(&context).indicators()
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
    /// The analyst's name; empty where none was given.
    pub analyst: String,
    /// Program and version.
    pub tool: String,
    /// First and last line of the analyst's log.
    pub worked: Option<(String, String)>,
    /// The case's outcome, in words.
    pub verdict: String,
    /// Confidence of the strongest hit, and why.
    pub confidence: Option<String>,
    /// Three to five sentences.
    pub bottom_line: Vec<String>,
    /// Tasks to do at once; `None` when there is nothing to contain.
    pub do_now: Option<DoNow>,
    /// The incidents, the worst first; none under published semantics, where the note goes by hits.
    pub incidents: Vec<IncidentNote>,
    /// Routines whose incidents are rows.
    pub routines: Vec<RoutineNote>,
    /// Number of incidents that the note leaves out, as it was asked to.
    pub other_incidents: usize,
    /// Hits described in full.
    pub hits: Vec<HitNote>,
    /// Hits nobody looked at yet, when others were.
    pub not_triaged: Vec<HitLine>,
    /// Rows of the hits in order.
    pub timeline: TimelineNote,
    /// Events the analyst marked, of any user.
    pub marked: Vec<MarkNote>,
    /// Marks whose event is not in the bundle.
    pub marks_elsewhere: usize,
    /// Conflicting decisions of two analysts, still open.
    pub conflicts: Vec<ConflictNote>,
    /// Effects of the Graph calls, by user.
    pub impact: Vec<Impact>,
    /// Other users who share the traces.
    pub scope: Vec<Scope>,
    /// Traces that are new to the user and that nobody else has.
    pub nobody_else: Vec<Nobody>,
    /// Whether the indicators for machines have all of them.
    #[serde(skip)]
    pub all_indicators: bool,
    /// Traces to look for elsewhere; not defanged.
    pub indicators: Vec<Indicator>,
    /// Techniques and what earned them.
    pub attack: Vec<AttackNote>,
    /// Explanations that speak against.
    pub explanations: Vec<String>,
    /// Questions that the bundle cannot answer.
    pub gaps: Vec<String>,
    /// Queries that fetch what is missing.
    pub hand_off: Vec<HandOff>,
    /// Assumptions of the reader and the analytics.
    pub assumptions: Vec<String>,
    /// The files.
    pub custody: Vec<Custody>,
    /// Whether the files were looked at again when the note was written.
    pub rehashed: bool,
    /// The analyst's log.
    pub log: Vec<LogLine>,
    /// First log line that was changed, dropped or moved.
    pub broken_log_line: Option<usize>,
    /// Gaps in the log, and its differences from the case.
    pub log_problems: Vec<String>,
    /// Puts pseudonyms into everything that is written; `None` for names as they are.
    #[serde(skip)]
    pub redactor: Option<Redactor>,
}

/// The material of the sections.
struct NoteContext<'a> {
    loaded: &'a Loaded,
    facts: &'a Facts,
    case: &'a Case,
    /// Every hit of the run.
    hits: &'a [Hit],
    /// Their incidents.
    incidents: &'a Incidents,
    selection: Selection<'a>,
    labels: Vec<String>,
    places: Places,
    /// Revocations of every user that has some.
    revocations: Revocations,
}

impl NoteContext<'_> {
    /// `file:record` of an event.
    fn at(&self, event: EventId) -> String {
        let origin = self.loaded.store.event(event).origin;
        let label = self.labels.get(origin.source.0 as usize).map_or("", String::as_str);
        format!("{label}:{}", origin.record)
    }

    /// Several records, each file named once: `file:1,2`.
    fn at_all(&self, events: &[EventId]) -> Vec<String> {
        let mut files: Vec<String> = Vec::new();
        let mut last = None;
        for event in events {
            let source = self.loaded.store.event(*event).origin.source;
            match files.last_mut().filter(|_| last == Some(source)) {
                Some(file) => {
                    let record = self.loaded.store.event(*event).origin.record;
                    write!(file, ",{record}").expect("writing to a string does not fail");
                }
                None => files.push(self.at(*event)),
            }
            last = Some(source);
        }
        files
    }

    fn disposition(&self, hit: &Hit) -> Option<Disposition> {
        self.case.disposition(&hit.id)
    }

    /// The hits in full to act upon, with their numbers: settled as theft or left undetermined, or not settled
    /// but pressing.
    fn threats(&self) -> impl Iterator<Item = (usize, &Hit)> {
        let is_threat = |hit: &Hit| match self.disposition(hit) {
            Some(disposition) => matches!(disposition, Disposition::Theft | Disposition::CannotTell),
            None => self.selection.is_threat(hit),
        };
        let numbered = self.selection.full.iter().enumerate().map(|(index, hit)| (index + 1, *hit));
        numbered.filter(move |(_, hit)| is_threat(hit))
    }

    /// Classes of the resources that the threats got tokens for.
    fn reaches(&self) -> Vec<Reach> {
        let rows: Vec<EventId> = self.threats().flat_map(|(_, hit)| hit.evidence.iter().copied()).collect();
        reached(&self.loaded.store, self.facts, &rows).into_keys().collect()
    }
}

impl Report {
    /// The pictures beside the note: the end of each file's name, and SVG.
    pub fn maps(&self) -> Vec<(String, String)> {
        let maps = self.incidents.iter().filter_map(|incident| incident.map.as_ref());
        maps.map(|map| (map.file.clone(), map.svg.clone())).collect()
    }

    /// Works the note out. The hits are those of a run over the bundle, in its order.
    pub fn build(loaded: &Loaded, facts: &Facts, hits: &[Hit], case: &Case, header: &Header) -> Self {
        let labels = custody::labels(&loaded.sources);
        let candidates: Arc<Candidates> = Arc::default();
        let detect = DetectContext::over(&loaded.store, facts, header.settings, Arc::clone(&candidates));
        let revocations = detect.all_revocations().clone();
        let incidents = Incidents::new(&loaded.store, facts, header.settings, candidates, hits, &case.alone());
        let only = header.only.map(|value| chosen(&incidents, hits, value));
        let selection = if incidents.all.is_empty() {
            Selection::of_hits(hits, case)
        } else {
            Selection::of_incidents(hits, &incidents, case, only.as_deref())
        };
        let context = NoteContext {
            loaded,
            facts,
            case,
            hits,
            incidents: &incidents,
            selection,
            labels,
            places: Places::find(loaded, case),
            revocations,
        };
        let traces = indicators::traces(&context);
        let incident_notes = incidents::incidents(&context);
        let account = BottomLine::new(&context);
        let log_problems = log_problems(&context, hits);
        Self {
            tlp: case.tlp.clone(),
            case: header.case.to_owned(),
            bundle: case.bundle.clone(),
            tenants: tenants(&context),
            analyst: case.analyst.clone(),
            tool: format!("tokentrail {}", header.version),
            worked: case.log.first().zip(case.log.last()).map(|(first, last)| (first.at.clone(), last.at.clone())),
            verdict: account.verdict(),
            confidence: account.confidence(),
            bottom_line: account.bottom_line(&incident_notes),
            do_now: do_now::do_now(&context),
            incidents: incident_notes,
            routines: incidents::routines(&context),
            other_incidents: incidents.all.len() - context.selection.incidents.len(),
            hits: steps::hit_notes(&context),
            not_triaged: context.selection.untriaged.iter().map(|hit| untriaged::hit_line(hit)).collect(),
            timeline: timeline::timeline(&context),
            marked: marked::marked(&context),
            marks_elsewhere: context.places.lost(case),
            conflicts: differing::conflicts(&context, hits),
            impact: impact::impact(&context),
            scope: traces.scope(),
            nobody_else: traces.nobody_else(),
            all_indicators: header.all_indicators,
            indicators: traces.indicators(),
            attack: impact::attack(&context),
            explanations: steps::explanations(&context),
            gaps: log_gap(&log_problems).into_iter().chain(gaps::gaps(&context)).collect(),
            hand_off: hand_off::hand_off(&context),
            assumptions: gaps::assumptions(&loaded.store, header.settings, hits),
            custody: custody::custody(loaded, &context.labels, header.changed.unwrap_or_default()),
            rehashed: header.changed.is_some(),
            log: case.log.iter().cloned().collect(),
            broken_log_line: case.broken_log_line(),
            log_problems,
            redactor: None,
        }
    }

    /// Has pseudonyms put into everything that is written from now on, the maps among it; `show_intruder` leaves the
    /// addresses of the role intruder.
    pub fn mask_with(&mut self, mut redactor: Redactor, show_intruder: bool) {
        if show_intruder {
            let is_intruder = |one: &&Indicator| one.kind == IndicatorKind::Address && one.role == Some(Role::Intruder);
            redactor.show(self.indicators.iter().filter(is_intruder).map(|one| one.value.as_str()));
        }
        for map in self.incidents.iter_mut().filter_map(|incident| incident.map.as_mut()) {
            map.svg = redactor.apply(&map.svg);
            map.sha256 = hex(&Sha256::digest(map.svg.as_bytes()));
        }
        self.redactor = Some(redactor);
    }

    /// A finished text as it is written.
    pub(in crate::report) fn masked(&self, text: String) -> String {
        match &self.redactor {
            None => text,
            Some(redactor) => redactor.apply(&text),
        }
    }
}

fn log_problems(context: &NoteContext, hits: &[Hit]) -> Vec<String> {
    let names = Names { loaded: context.loaded, facts: context.facts, hits, places: &context.places };
    super::log_problems(&context.case.log_problems(), &names).into_iter().map(|problem| format!("{problem}.")).collect()
}

/// The limits of a note whose log does not lead to the case.
fn log_gap(problems: &[String]) -> Option<String> {
    (!problems.is_empty()).then(|| {
        "The case file was changed outside of tokentrail: not all verdicts and remarks in this note are \
         those that were logged (see \"The case and its log do not agree\")."
            .to_owned()
    })
}

fn tenants(context: &NoteContext) -> Vec<String> {
    let store = &context.loaded.store;
    let rows = context.selection.full.iter().flat_map(|hit| &hit.evidence);
    let tenants = rows.map(|event| store.text(store.normalized_field(store.event(*event), Field::HomeTenantId)));
    tenants.filter(|tenant| !tenant.is_empty()).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Name of the source of a hit's first event, for a sentence.
fn first_source<'a>(context: &'a NoteContext, hit: &Hit) -> Option<&'a str> {
    hit.evidence.first().map(|event| source_name(context.loaded, *event))
}
