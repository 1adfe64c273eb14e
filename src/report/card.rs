//! The card of an incident: who, both places, what was done, until when, what is left and what is missing.
//!
//! The workbench and the note show the same text. Every line rests on the incident's rows; what the bundle cannot show
//! is called missing, and what it cannot compare is never called new.

mod controls;
mod headline;
mod map;
mod weighed;

pub use controls::Control;
pub use headline::Story;
pub use map::{BINS, Map, MapLane, Mark, Spot, Use};
pub use weighed::{fits, weighed};

use super::gravity;
use super::verdict::{Grounds, contradiction};
use crate::analytics::acts::{Done, done};
use crate::analytics::known::Standing;
use crate::analytics::points::{Point, innocent_story};
use crate::analytics::{ActionCount, Hit, HitAct, Incident, Incidents, State, count_actions, of_evidence, reached};
use crate::facts::{ActClass, Facts, Reach, Verb, Weight, lifetimes};
use crate::model::words::{counted, listed};
use crate::model::{Confidence, EventId, Severity, Table, Time};
use crate::store::Store;
use crate::triage::Case;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of action in a line before the rest is counted.
const KINDS: usize = 4;
/// Objects named of one kind.
const OBJECTS: usize = 3;
/// Incidents looked at for one link: an intruder's address may be in thousands.
const LINKED: usize = 100;
/// Names in a line before the rest is counted.
const NAMED: usize = 4;

/// Text of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The user's sign-in name, else the id.
    pub who: String,
    /// Privileged roles in the tokens.
    pub roles: Vec<String>,
    /// The sentence on what happened, with both places.
    pub headline: String,
    /// The kind of story that the sentence is.
    pub story: Story,
    /// Places and times.
    pub map: Map,
    /// The lines below, in order.
    pub lines: Vec<CardLine>,
    /// The controls, those first that would have stopped it; a line has them in short.
    pub controls: Vec<Control>,
    /// The facts, those first that weigh.
    pub points: Vec<Point>,
    /// The best innocent story.
    pub innocent: &'static str,
    /// Confidence of the incident.
    pub confidence: Confidence,
    /// Tables and answers that the bundle lacks; empty where it lacks nothing.
    pub missing: String,
}

/// One line of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardLine {
    /// The question it answers.
    pub label: Label,
    /// The answer.
    pub text: String,
}

/// Question of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// The analyst's verdict with its grounds, and what contradicts it.
    Verdict,
    /// The incident or routine that the analyst took its hit out of.
    Part,
    /// Data that was copied out.
    Took,
    /// Changes made.
    Changed,
    /// Data that was read or searched.
    Read,
    /// Lists and look-ups.
    Looked,
    /// Footholds.
    Left,
    /// Resources whose tokens were issued and whose use no table here shows.
    Could,
    /// The last row, and the logs that end there.
    Until,
    /// The life of the tokens.
    Tokens,
    /// Revocations, and rows after them.
    Revoked,
    /// Controls: what would have stopped it, and what did not.
    Controls,
    /// Other users at the same new things.
    Others,
    /// Tables that are not in the bundle, and questions that stay open.
    Missing,
}

impl Label {
    /// Its word, of at most seven letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Part => "part",
            Self::Took => "took",
            Self::Changed => "changed",
            Self::Read => "read",
            Self::Looked => "looked",
            Self::Left => "left",
            Self::Could => "could",
            Self::Until => "until",
            Self::Tokens => "tokens",
            Self::Revoked => "revoked",
            Self::Controls => "control",
            Self::Others => "others",
            Self::Missing => "missing",
        }
    }
}

/// Everything a card is made of.
pub struct CardContext<'a> {
    /// Every event.
    pub store: &'a Store,
    /// Dated knowledge.
    pub facts: &'a Facts,
    /// The hits.
    pub hits: &'a [Hit],
    /// The incidents of these hits.
    pub incidents: &'a Incidents,
}

/// The card of an incident.
pub fn card(context: &CardContext, at: usize) -> Card {
    let incident = &context.incidents.all[at];
    let hits: Vec<&Hit> = incident.hits.iter().map(|hit| &context.hits[*hit]).collect();
    let leading = hits[0];
    let who = if leading.upn.is_empty() {
        leading.user_id.clone()
    } else {
        context.store.who_as(leading.user, &leading.upn).into_owned()
    };
    let made = Made::new(context, incident, &hits);
    let controls = controls::controls(context.store, incident, &hits);
    let revoked = made.revoked();
    // Access after a revocation is what to know first: it is not over.
    let is_used_after = incident.revoked.first().is_some_and(|at| rows_after(context.store, incident, *at).is_some());
    let (first, revoked) = if is_used_after { (Some(revoked), None) } else { (None, Some(revoked)) };
    let lines = [
        part(incident),
        first,
        made.actions(Label::Took),
        made.actions(Label::Changed),
        made.actions(Label::Read),
        made.actions(Label::Looked),
        made.left(),
        made.could(),
        Some(made.until()),
        made.tokens(),
        revoked,
        Some(CardLine { label: Label::Controls, text: controls::brief(&controls) })
            .filter(|line| !line.text.is_empty() && incident.severity != Severity::NotWeighed),
        made.others(at),
        made.missing(),
    ];
    let missing = lines.iter().flatten().find(|line| line.label == Label::Missing);
    let missing = missing.map_or_else(String::new, |line| line.text.clone());
    let (story, headline) = headline::headline(context, incident, &hits);
    Card {
        story,
        map: map::map(context, incident, &hits),
        who,
        roles: incident.roles.clone(),
        headline,
        lines: lines.into_iter().flatten().collect(),
        controls,
        points: incident.points.clone(),
        innocent: innocent_story(leading.analytic),
        confidence: incident.confidence,
        missing,
    }
}

/// The line on the verdict of some hits; `None` while none is closed.
pub fn verdict(case: &Case, hits: &[&Hit]) -> Option<CardLine> {
    let closed = hits.iter().filter(|hit| case.disposition(&hit.id).is_some()).count();
    let first = hits.iter().find_map(|hit| case.closing(&hit.id))?;
    let grounds = Grounds::new(case, hits);
    let grounds: Vec<String> = grounds.reason().into_iter().chain(grounds.confirmed()).collect();
    let colon = if grounds.is_empty() { "" } else { ": " };
    let mut text = format!("{}{colon}{}", first.disposition.words(), grounds.join(", "));
    if closed < hits.len() {
        text = format!("{text}; {closed} of {} hits closed", hits.len());
    }
    if let Some(against) = contradiction(case, hits) {
        text = format!("{text}; {against}");
    }
    Some(CardLine { label: Label::Verdict, text })
}

/// The line on what the analyst took the only hit of an incident out of.
fn part(incident: &Incident) -> Option<CardLine> {
    let from = match &incident.part_of {
        Some(id) => format!("incident {id}"),
        None => "its routine".to_owned(),
    };
    let text = format!("the analyst took this hit out of {from}");
    incident.is_alone.then_some(CardLine { label: Label::Part, text })
}

/// The sentence on what happened in an incident, without the rest of its card.
pub fn headline(context: &CardContext, at: usize) -> String {
    let incident = &context.incidents.all[at];
    let hits: Vec<&Hit> = incident.hits.iter().map(|hit| &context.hits[*hit]).collect();
    headline::headline(context, incident, &hits).1
}

/// The lines of one card.
struct Made<'a> {
    context: &'a CardContext<'a>,
    incident: &'a Incident,
    hits: &'a [&'a Hit],
    /// Actions by the Graph calls.
    calls: Vec<ActionCount>,
    /// Actions by the audit logs, the gravest first.
    done: Vec<Done<'a>>,
}

impl<'a> Made<'a> {
    fn new(context: &'a CardContext<'a>, incident: &'a Incident, hits: &'a [&'a Hit]) -> Self {
        let (store, facts) = (context.store, context.facts);
        let calls: BTreeSet<EventId> = hits.iter().flat_map(|hit| &hit.graph).map(|call| call.event).collect();
        let calls: Vec<EventId> = calls.into_iter().collect();
        let mut done = done(store, facts, &acts_of(hits));
        done.sort_by_key(|one| std::cmp::Reverse(one.weight()));
        Self { context, incident, hits, calls: count_actions(store, facts, &calls), done }
    }
}

/// Acts of some hits, each once, by its strongest tie.
fn acts_of(hits: &[&Hit]) -> Vec<HitAct> {
    let mut acts: BTreeMap<EventId, HitAct> = BTreeMap::new();
    for act in hits.iter().flat_map(|hit| &hit.acts) {
        let known = acts.entry(act.event).or_insert(*act);
        known.rung = known.rung.min(act.rung);
    }
    acts.into_values().collect()
}

/// Something made of each act of some hits that leaves a foothold.
pub fn left_behind<T>(context: &CardContext, hits: &[&Hit], make: impl Fn(&Done) -> T) -> Vec<T> {
    let acts = acts_of(hits);
    let done = done(context.store, context.facts, &acts);
    let left = |one: &&Done| one.failed < one.rows.len() && one.action.is_some_and(|action| action.foothold.is_some());
    done.iter().filter(left).map(make).collect()
}

impl Made<'_> {
    /// The actions of one bucket, the gravest first.
    fn actions(&self, label: Label) -> Option<CardLine> {
        let calls = self.calls.iter().filter(|count| label_of_verb(&count.verb) == Some(label)).cloned().collect();
        let acts: Vec<String> =
            self.done.iter().filter(|one| bucket_of_act(one) == Some(label)).map(with_objects).collect();
        // Both logs may have one and the same read.
        let by = if acts.is_empty() { "" } else { "by Graph calls: " };
        let calls = gravity::kinds(calls).into_iter().enumerate();
        let calls = calls.map(|(at, words)| if at == 0 { format!("{by}{words}") } else { words });
        let words: Vec<String> = acts.into_iter().chain(calls).collect();
        (!words.is_empty()).then(|| CardLine { label, text: some(&words) })
    }

    /// Acts that leave a foothold, and whether it survives a new password and revoked sessions.
    fn left(&self) -> Option<CardLine> {
        let left = self.done.iter().filter(|one| one.failed < one.rows.len()).filter_map(|one| {
            let action = one.action.filter(|action| action.foothold.is_some())?;
            let survives = if action.survives { ", survives a new password" } else { "" };
            Some(format!("{}{survives}", with_objects(one)))
        });
        let left: Vec<String> = left.collect();
        (!left.is_empty()).then(|| CardLine { label: Label::Left, text: some(&left) })
    }

    /// Valuable resources whose tokens were issued, and whose use no table of the bundle shows.
    fn could(&self) -> Option<CardLine> {
        let store = self.context.store;
        let rows: BTreeSet<EventId> = self.hits.iter().flat_map(|hit| &hit.evidence).copied().collect();
        let rows: Vec<EventId> = rows.into_iter().filter(|id| store.event(*id).table.issues()).collect();
        let unseen: Vec<String> = reached(store, self.context.facts, &rows)
            .into_iter()
            .filter(|(reach, _)| reach.is_valuable() && !is_seen(store, *reach))
            .flat_map(|(reach, names)| if names.is_empty() { vec![reach.word().to_owned()] } else { names })
            .collect();
        (!unseen.is_empty()).then(|| {
            let names = listed(&unseen, NAMED);
            CardLine { label: Label::Could, text: format!("{names}: tokens issued, no table here shows their use") }
        })
    }

    fn until(&self) -> CardLine {
        let last = self.incident.last;
        let shortly = |time: Time| if time.day() == last.day() { time.clock() } else { time.second() };
        if self.incident.severity == Severity::NotWeighed {
            let text = format!("last seen {} UTC, by the query that found it", last.second());
            return CardLine { label: Label::Until, text };
        }
        let mut text = format!("last row {} UTC", last.second());
        for (table, end) in ends(self.context, self.rows_of_use(), last) {
            text = format!("{text}; {} ends {}", table.spec().words, shortly(end));
        }
        CardLine { label: Label::Until, text }
    }

    /// The lives of the last token that was issued.
    fn tokens(&self) -> Option<CardLine> {
        let store = self.context.store;
        let issues = |id: &EventId| store.event(*id).table.issues() && store.event(*id).succeeded();
        let issued = self.hits.iter().flat_map(|hit| &hit.evidence).copied().filter(issues).max()?;
        let issued = store.event(issued).time();
        let (plain, evaluated) =
            (issued.plus(lifetimes::ACCESS_TOKEN_AT_MOST), issued.plus(lifetimes::EVALUATED_TOKEN_AT_MOST));
        let text = format!("live to {} UTC, with CAE to {}", plain.second(), evaluated.second());
        Some(CardLine { label: Label::Tokens, text })
    }

    /// Calls and acts.
    fn rows_of_use(&self) -> impl Iterator<Item = EventId> + '_ {
        let calls = self.hits.iter().flat_map(|hit| &hit.graph).map(|call| call.event);
        calls.chain(self.hits.iter().flat_map(|hit| &hit.acts).map(|act| act.event))
    }

    fn revoked(&self) -> CardLine {
        let text = match self.incident.revoked.first() {
            None => "no revocation seen in this bundle".to_owned(),
            Some(at) => after(self.context.store, self.incident, *at),
        };
        CardLine { label: Label::Revoked, text }
    }

    fn others(&self, at: usize) -> Option<CardLine> {
        let Incidents { all, .. } = self.context.incidents;
        let links = self.context.incidents.links(at).flat_map(|link| link.incidents.iter().take(LINKED));
        let linked: BTreeSet<usize> = links.copied().collect();
        let users: BTreeSet<&str> = linked
            .into_iter()
            .map(|other| self.context.hits[all[other].leading()].upn.as_str())
            .filter(|upn| *upn != self.hits[0].upn)
            .collect();
        if !users.is_empty() {
            let users: Vec<&str> = users.into_iter().collect();
            let text = format!("linked incidents of {}", listed(&users, NAMED));
            return Some(CardLine { label: Label::Others, text });
        }
        let foreign = || self.incident.lanes.iter().filter(|lane| lane.standing == Standing::New);
        let addresses: Vec<&str> = foreign().map(|lane| lane.address.as_str()).collect();
        let others: usize = foreign().map(|lane| lane.others).sum();
        let names = listed(&addresses, 2);
        match (addresses.len(), others) {
            (0, _) => None,
            (_, 0) => Some(format!("nobody else used {names}")),
            (_, others) => Some(format!("{} used {names}", counted(others, "other user"))),
        }
        .map(|text| CardLine { label: Label::Others, text })
    }

    fn missing(&self) -> Option<CardLine> {
        let store = self.context.store;
        let absent: Vec<&str> =
            Table::ALL.into_iter().filter(|table| store.count(*table) == 0).map(Table::name).collect();
        let open = self.hits.iter().flat_map(|hit| of_evidence(hit)).filter(|finding| finding.state == State::Missing);
        let open = open.count();
        let mut parts = Vec::new();
        if self.hits.iter().any(|hit| hit.is_found_elsewhere_only()) {
            parts.push(format!("its rows: tokentrail query collect --incident {}", self.incident.id));
        }
        if !absent.is_empty() {
            parts.push(format!("{} not in this bundle", listed(&absent, NAMED)));
        }
        if open > 0 {
            parts.push(format!("{} cannot be answered", counted(open, "step")));
        }
        (!parts.is_empty()).then(|| CardLine { label: Label::Missing, text: parts.join("; ") })
    }
}

/// A revocation, and the rows of an incident after it: those from places that are not known, where it has some.
pub fn after(store: &Store, incident: &Incident, at: Time) -> String {
    let what = match rows_after(store, incident, at) {
        None => "none of these rows is after it".to_owned(),
        Some((rows, last)) => format!("{} after it, the last {} later", counted(rows, "row"), last.since(at)),
    };
    format!("{} UTC; {what}", at.second())
}

/// Rows of the incident after a time, and the time of the last one: those from places not known to the user, where it
/// has such.
fn rows_after(store: &Store, incident: &Incident, at: Time) -> Option<(usize, Time)> {
    let foreign = || incident.lanes.iter().filter(|lane| lane.standing != Standing::Known);
    let is_any = foreign().next().is_none();
    let lanes = incident.lanes.iter().filter(|lane| is_any || lane.standing != Standing::Known);
    let (mut rows, mut last) = (0, None);
    for list in lanes.flat_map(|lane| [&lane.sign_ins, &lane.uses]) {
        rows += list.len() - list.partition_point(|id| store.event(*id).time() <= at);
        last = last.max(list.last().map(|id| store.event(*id).time()));
    }
    last.filter(|_| rows > 0).map(|last| (rows, last))
}

/// Tables of some uses that end at the last row or before: no later use of that kind can be seen. Changes in the
/// directory and of Azure are too seldom for their last row to be an end.
fn ends<'a>(
    context: &'a CardContext,
    uses: impl Iterator<Item = EventId>,
    last: Time,
) -> impl Iterator<Item = (Table, Time)> + 'a {
    let used: BTreeSet<Table> = uses.map(|id| context.store.event(id).table).collect();
    let is_seldom = |table: Table| matches!(table, Table::Audit | Table::Activity);
    let ends = context.incidents.ends.iter().copied();
    ends.filter(move |(table, end)| used.contains(table) && !is_seldom(*table) && *end <= last)
}

/// The first of some phrases, and how many there are beside them.
fn some(words: &[String]) -> String {
    let more = words.len().saturating_sub(KINDS);
    let shown = words[..words.len() - more].join("; ");
    if more > 0 { format!("{shown}; {}", counted(more, "more kind")) } else { shown }
}

/// `notApplied` as words.
fn spaced(text: &str) -> String {
    let mut words = String::new();
    for letter in text.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// An act with the first of its objects.
fn with_objects(one: &Done<'_>) -> String {
    let words = one.words();
    if one.objects.len() < 2 {
        return words;
    }
    // A record of several mail folders names them all.
    let folders = |object: &'_ &str| object.starts_with('\\');
    if !one.objects.iter().all(folders) {
        return format!("{words} ({})", listed(&one.objects, OBJECTS));
    }
    let mut names: Vec<&str> = Vec::new();
    for name in one.objects.iter().flat_map(|object| object.split(", ")) {
        let name = name.trim_start_matches('\\');
        if !names.contains(&name) {
            names.push(name);
        }
    }
    format!("{words} ({})", listed(&names, OBJECTS))
}

fn label_of_verb(verb: &Verb) -> Option<Label> {
    match verb.weight {
        Weight::Took => Some(Label::Took),
        Weight::Changed | Weight::Prepared => Some(Label::Changed),
        Weight::Searched | Weight::Read if verb.reach.is_content() => Some(Label::Read),
        Weight::Searched | Weight::Read | Weight::Listed | Weight::Other => Some(Label::Looked),
        Weight::Plumbing => None,
    }
}

fn bucket_of_act(one: &Done<'_>) -> Option<Label> {
    // An operation that the facts do not know may be anything.
    one.action.map_or(Some(Label::Looked), |action| label_of_class(action.class))
}

fn label_of_class(class: Option<ActClass>) -> Option<Label> {
    match class? {
        ActClass::Take => Some(Label::Took),
        ActClass::Keep | ActClass::Rise | ActClass::Turn | ActClass::Harm | ActClass::Hide | ActClass::Send => {
            Some(Label::Changed)
        }
        ActClass::Read => Some(Label::Read),
        ActClass::Find => Some(Label::Looked),
        ActClass::Stop => None,
    }
}

/// Returns whether a table of the bundle shows the use of tokens for a class of resources.
fn is_seen(store: &Store, reach: Reach) -> bool {
    let has = |table| store.count(table) > 0;
    match reach {
        Reach::Mail | Reach::Chat | Reach::Files => has(Table::UnifiedAudit),
        Reach::AzureManagement => has(Table::Activity),
        Reach::Directory => has(Table::AadGraph) || has(Table::Graph),
        Reach::DeviceRegistration => has(Table::Audit),
        _ => false,
    }
}
