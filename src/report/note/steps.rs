//! Each hit in full: key facts, and the numbered steps with finding, verdict and remark.

use super::NoteContext;
use crate::analytics::{Finding, GraphTie, Hit, Semantics, State, by_id};
use crate::model::words::counted;
use crate::model::{EventId, Field, Flags, Severity};
use crate::triage::timeline::of_user;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Rows named as evidence of a step.
const ROWS: usize = 5;
/// Values of one key fact.
const VALUES: usize = 20;

/// A hit in full.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HitNote {
    /// Its number in this note.
    pub number: usize,
    /// Id, as in every export.
    pub id: String,
    /// Id of the analytic.
    pub analytic: &'static str,
    /// Title of the analytic.
    pub title: &'static str,
    /// User.
    pub upn: String,
    /// The analyst's verdict; `open` until there is one.
    pub disposition: &'static str,
    /// Key facts.
    pub facts: Vec<FactNote>,
    /// Steps.
    pub steps: Vec<StepNote>,
}

/// A key fact.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FactNote {
    /// Name.
    pub name: &'static str,
    /// Values; ids, addresses and the like when `exact`.
    pub values: Vec<String>,
    /// Whether the values are to be read letter by letter.
    #[serde(skip)]
    pub exact: bool,
}

/// A step.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StepNote {
    /// From 1.
    pub number: usize,
    /// Id of the step, the same for the same question in every analytic.
    pub id: &'static str,
    /// Question.
    pub question: &'static str,
    /// The question in a few words.
    #[serde(skip)]
    pub title: &'static str,
    /// The finding in a few words.
    #[serde(skip)]
    pub brief: String,
    /// The way the bundle points.
    pub finding: &'static str,
    /// The sentence with the numbers.
    pub sentence: String,
    /// First rows it rests on, as `file:record,record`.
    pub records: Vec<String>,
    /// Rows beyond those.
    pub further: usize,
    /// The analyst's verdict.
    pub verdict: Option<&'static str>,
    /// And why.
    pub remark: Option<String>,
}

pub(super) fn hit_notes(context: &NoteContext) -> Vec<HitNote> {
    let note = |(index, hit): (usize, &&Hit)| HitNote {
        number: index + 1,
        id: hit.id.clone(),
        analytic: hit.analytic,
        title: by_id(hit.analytic).map_or("", |analytic| analytic.title),
        upn: hit.upn.clone(),
        disposition: context.disposition(hit).map_or("open", crate::triage::Disposition::words),
        facts: facts(context, hit),
        steps: hit.findings.iter().enumerate().map(|(index, finding)| step(context, hit, index, finding)).collect(),
    };
    context.selection.full.iter().enumerate().map(note).collect()
}

pub(super) fn step(context: &NoteContext, hit: &Hit, index: usize, finding: &Finding) -> StepNote {
    let (id, question) = asked(hit, index);
    let title = by_id(hit.analytic).and_then(|analytic| analytic.steps.get(index)).map_or("", |step| step.title);
    StepNote {
        number: index + 1,
        id,
        question,
        title,
        brief: finding.brief.clone(),
        finding: finding.state.word(),
        sentence: finding.sentence.clone(),
        records: context.at_all(&finding.rows[..finding.rows.len().min(ROWS)]),
        further: finding.rows.len().saturating_sub(ROWS),
        verdict: context.case.verdict(&hit.id, id).map(crate::triage::Verdict::word),
        remark: context.case.remark(&hit.id, id).map(str::to_owned),
    }
}

/// Id and question of a step (from 0).
pub(super) fn asked(hit: &Hit, index: usize) -> (&'static str, &'static str) {
    let step = by_id(hit.analytic).and_then(|analytic| analytic.steps.get(index));
    step.map_or(("", ""), |step| (step.id, step.question))
}

/// When the user's sessions were revoked, as the analyst says, and what came after it.
pub(super) fn revoked(context: &NoteContext, hit: &Hit) -> Option<String> {
    let store = &context.loaded.store;
    let time = context.case.revoked(store.text(hit.user))?;
    let rows = of_user(store, hit.user);
    let after = rows.len() - rows.partition_point(|event| store.event(*event).time() <= time);
    let rows = if after == 1 { "1 row".to_owned() } else { format!("{after} rows") };
    Some(format!("{time}, entered by the analyst; {rows} of the user after it"))
}

/// The revocations at or after the hit that the bundle shows, or that the run was given; that there is none, where the
/// hit is grave and the analyst entered none.
fn revoked_by_logs(context: &NoteContext, hit: &Hit) -> Vec<String> {
    let store = &context.loaded.store;
    let all = context.revocations.get(&hit.user).map_or(&[][..], Vec::as_slice);
    let since: Vec<String> = all
        .iter()
        .filter(|one| one.at >= hit.first_seen)
        .map(|one| format!("{}: {}, by {}", one.at, one.reason, one.actor(store)))
        .collect();
    if !since.is_empty() {
        return cut(&since, Clone::clone);
    }
    let entered = context.case.revoked(store.text(hit.user)).is_some_and(|time| time >= hit.first_seen);
    let is_open = hit.severity == Severity::High && !entered;
    if is_open { vec!["no revocation seen in this bundle".to_owned()] } else { Vec::new() }
}

pub(super) fn facts(context: &NoteContext, hit: &Hit) -> Vec<FactNote> {
    let of = |events: &[EventId], field| distinct(context, events, field);
    let calls: Vec<EventId> = hit.graph.iter().map(|call| call.event).collect();
    let text = |name, values: Vec<String>| FactNote { name, values, exact: false };
    let exact = |name, values| FactNote { name, values, exact: true };
    let (computed, named): (Vec<EventId>, Vec<EventId>) =
        hit.evidence.iter().partition(|event| context.loaded.store.event(**event).flags.has(Flags::TOKEN_COMPUTED));
    let resources = cut(&hit.resource_ids, |id| resource_label(context, hit, id));
    let mut facts = vec![
        text("User", vec![hit.upn.clone()]),
        exact("User id", Some(hit.user_id.clone()).filter(|id| !id.is_empty()).into_iter().collect()),
        text("Client", vec![hit.app_name.clone()]),
        exact("Client id", vec![hit.app_id.clone()]),
        text("Family of client ids (FOCI)", family(hit)),
        text("First seen (UTC)", vec![hit.first_seen.to_string()]),
        text("Last seen (UTC)", vec![hit.last_seen.to_string()]),
        until(context, hit),
        text("Sign-ins", vec![hit.sign_in_count.to_string()]),
        text("Resources", resources),
        exact("Addresses", of(&hit.evidence, Field::IpAddress)),
        exact("Network numbers (ASN)", of(&hit.evidence, Field::Asn)),
        exact("User agents", of(&hit.evidence, Field::UserAgent)),
        exact("Sessions", of(&hit.evidence, Field::SessionId)),
        exact("Tokens (uti)", of(&named, Field::TokenId)),
        exact("Tokens (uti) computed from the sign-in id", of(&computed, Field::TokenId)),
    ];
    if !hit.legs.is_empty() {
        facts.push(text("Device-code legs", cut(&hit.legs, |leg| leg_words(context, *leg))));
    }
    if !calls.is_empty() {
        facts.push(text(
            "Graph calls",
            vec![format!("{}, tied by {}", calls.len(), hit.link_words(&context.loaded.store))],
        ));
        facts.push(exact("Graph addresses", of(&calls, Field::IpAddress)));
        facts.push(exact("Graph user agents", of(&calls, Field::UserAgent)));
    }
    facts.push(text("Revoked (UTC)", revoked(context, hit).into_iter().chain(revoked_by_logs(context, hit)).collect()));
    facts.push(text("Why it is a hit", hit.reasons.clone()));
    if let Some(entry) = &hit.allowed {
        let terms = format!("entry {} until {}: {}", entry.number, entry.expires.second(), entry.reason);
        let but = hit.uncovered_words().map(|words| format!("but {words}"));
        facts.push(text("Allowed by", std::iter::once(terms).chain(but).collect()));
    } else {
        facts.push(text("Not allowed", hit.uncovered_words().into_iter().collect()));
    }
    facts.push(text("Severity", vec![format!("{}: {}", hit.severity.word(), hit.severity_reason)]));
    facts.push(text("Confidence", vec![format!("{}: {}", hit.confidence.word(), hit.confidence_reason)]));
    facts.push(text("Found by", vec![found_by(hit)]));
    facts.retain_mut(|fact| {
        fact.values.retain(|value| !value.is_empty());
        !fact.values.is_empty()
    });
    facts
}

/// Until when the hit was made use of: its own last event is its last sign-in.
fn until(context: &NoteContext, hit: &Hit) -> FactNote {
    let last = hit.graph.last();
    let name = match last.map(|call| call.tie) {
        Some(GraphTie::Token) => "Calls with its tokens until (UTC)",
        _ => "Calls tied to it until (UTC)",
    };
    let values = last.map(|call| context.loaded.store.event(call.event).time().to_string()).into_iter().collect();
    FactNote { name, values, exact: false }
}

/// The sentence on the client's family, for readers who do not know it.
fn family(hit: &Hit) -> Vec<String> {
    if hit.family.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "At that time: {}. A refresh token of one client of the family also serves the others; in brackets is the \
         public list that says who belongs to it.",
        hit.family
    )]
}

/// The reading of the hunt that found it, and whether the other one would have.
fn found_by(hit: &Hit) -> String {
    let published = if hit.also_published { "would have returned it too" } else { "would not have returned it" };
    match hit.semantics {
        Semantics::Hunt => format!(
            "the hunt, each event once and at the time it happened; the published query, run as it is written, {published}."
        ),
        Semantics::Published => "the published query, run as it is written.".to_owned(),
    }
}

/// Distinct values of a field, sorted; past a number of them only how many more.
fn distinct(context: &NoteContext, events: &[EventId], field: Field) -> Vec<String> {
    let texts: BTreeSet<&str> = events.iter().map(|event| context.loaded.store.get(*event, field)).collect();
    let texts: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    cut(&texts, |&text| text.to_owned())
}

/// The first values in words, and how many more there are. Only those are put in words: one may take a look at every
/// row.
fn cut<T>(values: &[T], words: impl Fn(&T) -> String) -> Vec<String> {
    let mut shown: Vec<String> = values.iter().take(VALUES).map(words).collect();
    if values.len() > VALUES {
        shown.push(format!("and {} more", values.len() - VALUES));
    }
    shown
}

fn leg_words(context: &NoteContext, leg: EventId) -> String {
    use crate::analytics::{Leg, leg_of};
    let event = context.loaded.store.event(leg);
    let kind = match leg_of(event) {
        Some(Leg::Browser) => "code typed (usually the user)",
        Some(Leg::Polling) => "code redeemed (where the tokens went)",
        None => "device-code row",
    };
    let address = context.loaded.store.get(leg, Field::IpAddress);
    let from = if address.is_empty() { String::new() } else { format!(" from {address}") };
    format!("{} {kind}{from}, {}", event.time().second(), context.at(leg))
}

/// Name of a resource: as known, else as the hit's rows have it, else the id itself.
pub(super) fn resource_name(context: &NoteContext, hit: &Hit, id: &str) -> String {
    if let Some(known) = context.facts.resource(id) {
        return known.name.clone();
    }
    let store = &context.loaded.store;
    let row = hit
        .evidence
        .iter()
        .find(|event| store.text(store.normalized_field(store.event(**event), Field::ResourceIdentity)) == id);
    let name = row.map_or("", |event| store.get(*event, Field::ResourceDisplayName));
    if name.is_empty() { id.to_owned() } else { name.to_owned() }
}

fn resource_label(context: &NoteContext, hit: &Hit, id: &str) -> String {
    let name = resource_name(context, hit, id);
    if name == id { name } else { format!("{name} ({id})") }
}

/// `hit 2 step 3`; where the hit is of an incident `incident 1 step 3 of foothold`.
fn place(context: &NoteContext, index: usize, hit: &Hit, step: usize) -> String {
    match context.selection.number(hit) {
        0 => format!("hit {} step {}", index + 1, step + 1),
        number => format!("incident {number} step {} of {}", step + 1, hit.analytic),
    }
}

/// Explanations that speak against, from the bundle or the analyst, and their outcome.
pub(super) fn explanations(context: &NoteContext) -> Vec<String> {
    use crate::triage::Verdict;
    let mut sentences = Vec::new();
    let mut known: HashSet<(usize, &str)> = HashSet::new();
    for (index, hit) in context.selection.full.iter().enumerate().filter(|(_, hit)| context.selection.is_in_full(hit)) {
        for (step, finding) in hit.findings.iter().enumerate() {
            let (id, _) = asked(hit, step);
            let verdict = context.case.verdict(&hit.id, id);
            if finding.state != State::Against && verdict != Some(Verdict::Against) {
                continue;
            }
            let weighed = match verdict {
                Some(verdict) => format!(" The analyst: {}.", verdict.word()),
                None => " Not reviewed.".to_owned(),
            };
            let remark = context.case.remark(&hit.id, id).map_or_else(String::new, |remark| format!(" {remark}"));
            let sentence = finding.sentence.trim_end_matches('.');
            let place = place(context, index, hit, step);
            let text = format!("{}{}: {sentence}.{weighed}{remark}", place[..1].to_uppercase(), &place[1..]);
            // Several hits of an incident ask the same.
            if known.insert((context.selection.number(hit), sentence)) || verdict.is_some() {
                sentences.push(text);
            }
        }
    }
    sentences
}

/// Steps the bundle cannot answer: `(sentence, hits it concerns)`, in order of first occurrence.
pub(super) fn unanswered(context: &NoteContext) -> Vec<String> {
    let mut missing: Vec<(&str, Vec<String>)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (index, hit) in context.selection.full.iter().enumerate().filter(|(_, hit)| context.selection.is_in_full(hit)) {
        for (step, finding) in hit.findings.iter().enumerate().filter(|(_, finding)| finding.state == State::Missing) {
            let place = place(context, index, hit, step);
            let at = *known.entry(&finding.sentence).or_insert(missing.len());
            match missing.get_mut(at) {
                Some((_, places)) if places.contains(&place) => {}
                Some((_, places)) => places.push(place),
                None => missing.push((&finding.sentence, vec![place])),
            }
        }
    }
    let sentence_with_places = |(sentence, places): (&str, Vec<String>)| {
        let shown = places.iter().take(ROWS).cloned().collect::<Vec<_>>().join(", ");
        let more = places.len().saturating_sub(ROWS);
        let more = if more == 0 { String::new() } else { format!(" and {}", counted(more, "more step")) };
        format!("{sentence} ({shown}{more})")
    };
    missing.into_iter().map(sentence_with_places).collect()
}
