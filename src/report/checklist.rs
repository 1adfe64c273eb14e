//! The tasks of one incident, each with what in the rows calls for it, and the clock of the tokens that were issued.

use super::containment::{TASKS, Task, When, command};
use crate::analytics::acts::Done;
use crate::analytics::{Hit, Incident, names::resource_of};
use crate::facts::{Reach, lifetimes};
use crate::model::{EventId, Time};
use crate::report::card::{CardContext, left_behind};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of footholds that each task is about.
const UNDOES: [(&str, &[&str]); 4] = [
    ("disable-devices", &["device", "key"]),
    ("review-methods", &["method", "tap"]),
    ("review-applications", &["consent", "secret"]),
    ("review-mailbox", &["rule", "forward", "delegate", "cover"]),
];
/// The task for every other foothold.
const OTHERS: &str = "undo-changes";
/// The task that ends sessions.
pub const REVOKES: &str = "revoke-sessions";

/// Tasks about an incident, and the clock of its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// The tasks, first things first.
    pub tasks: Vec<Item>,
    /// Tokens that were issued, the last one of each resource; that which lives longest first.
    pub clocks: Vec<Clock>,
    /// The first revocation that the logs show.
    pub revoked: Option<Time>,
}

/// A task of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The task.
    pub task: &'static Task,
    /// The rows that call for it, in words; empty where it is due whatever was found.
    pub because: String,
    /// Whether these rows left something behind that the task takes away.
    pub is_left: bool,
    /// Its command, to be copied.
    pub command: Option<String>,
}

/// The life of the last token for a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The resource.
    pub resource: String,
    /// When the token was issued.
    pub issued: Time,
    /// Whether the resource takes part in continuous access evaluation.
    pub is_evaluated: bool,
}

impl Clock {
    /// Until when the token may work: by default, and in a session with continuous access evaluation.
    pub fn ends(&self) -> (Time, Time) {
        let ends = |span| self.issued.plus(span);
        (ends(lifetimes::ACCESS_TOKEN_AT_MOST), ends(lifetimes::EVALUATED_TOKEN_AT_MOST))
    }

    /// `Microsoft Graph: issued 14:04:31, works until 15:34:31 UTC, with CAE until 05-02 18:04:31; with CAE refused by
    /// 14:35:00`; `now` adds what is left.
    pub fn words(&self, revoked: Option<Time>, now: Option<Time>) -> String {
        let (plain, evaluated) = self.ends();
        let short = |time: Time| if time.day() == self.issued.day() { time.clock() } else { time.second() };
        let left = |end: Time| match now {
            Some(now) if now > end => " (over)".to_owned(),
            Some(now) => format!(" ({} left)", end.since(now)),
            None => String::new(),
        };
        let mut text = format!(
            "{}: issued {} UTC, works until {}{}, in a CAE session until {}{}",
            self.resource,
            self.issued.second(),
            short(plain),
            left(plain),
            short(evaluated),
            left(evaluated)
        );
        if let Some(revoked) = revoked.filter(|revoked| self.is_evaluated && *revoked < evaluated) {
            let refused = revoked.plus(lifetimes::EVALUATION);
            text = format!("{text}; there refused by {} after the revocation", short(refused));
        }
        text
    }
}

/// The checklist of an incident.
pub fn checklist(context: &CardContext, at: usize) -> Checklist {
    let incident = &context.incidents.all[at];
    let hits: Vec<&Hit> = incident.hits.iter().map(|hit| &context.hits[*hit]).collect();
    let user_id = hits.first().map_or("", |hit| hit.user_id.as_str());
    let is_code = hits.iter().any(|hit| !hit.legs.is_empty());
    let reached = reached(context, &hits);
    let left = left_behind(context, &hits, |one: &Done| {
        let kind = one.action.and_then(|action| action.foothold.as_deref()).unwrap_or_default();
        let task = UNDOES.iter().find(|(_, kinds)| kinds.contains(&kind)).map_or(OTHERS, |(task, _)| *task);
        (task, one.words())
    });
    let items = TASKS.iter().filter_map(|task| {
        let made: Vec<&str> = left.iter().filter(|(of, _)| *of == task.id).map(|(_, words)| words.as_str()).collect();
        let (is_due, why) = match task.when {
            When::Always => (true, String::new()),
            When::DeviceCode => (is_code, "the tokens came of a device code".to_owned()),
            When::Reached(wanted) => {
                let names: BTreeSet<&str> =
                    wanted.iter().filter_map(|reach| reached.get(reach)).flatten().map(String::as_str).collect();
                let names: Vec<&str> = names.into_iter().collect();
                (!names.is_empty(), format!("tokens for {}", names.join(", ")))
            }
        };
        let is_left = !made.is_empty();
        let because = if is_left { made.join("; ") } else { why };
        let item = || Item { task, because, is_left, command: command(task, user_id) };
        (is_due || is_left).then(item)
    });
    let clocks = clocks(context, &hits);
    Checklist { tasks: items.collect(), clocks, revoked: first_revocation(incident) }
}

fn first_revocation(incident: &Incident) -> Option<Time> {
    incident.revoked.first().copied()
}

/// Rows that issued a token.
fn issued<'a>(store: &'a Store, hits: &'a [&Hit]) -> impl Iterator<Item = EventId> + 'a {
    let rows = hits.iter().flat_map(|hit| &hit.evidence).copied();
    rows.filter(|id| store.event(*id).table.issues() && store.event(*id).succeeded())
}

/// Classes of the resources that tokens were issued for, with their names.
fn reached(context: &CardContext, hits: &[&Hit]) -> BTreeMap<Reach, Vec<String>> {
    let rows: BTreeSet<EventId> = issued(context.store, hits).collect();
    let rows: Vec<EventId> = rows.into_iter().collect();
    crate::analytics::reached(context.store, context.facts, &rows)
}

fn clocks(context: &CardContext, hits: &[&Hit]) -> Vec<Clock> {
    let (store, facts) = (context.store, context.facts);
    let mut last: BTreeMap<String, (Time, EventId)> = BTreeMap::new();
    for id in issued(store, hits) {
        let event = store.event(id);
        let name = resource_of(store, facts, event);
        let name = if name.is_empty() { "a resource that no row names" } else { name };
        let known = last.entry(name.to_owned()).or_insert((event.time(), id));
        *known = (*known).max((event.time(), id));
    }
    let clock = |(resource, (issued, id)): (String, (Time, EventId))| {
        let classes = crate::analytics::reached(store, facts, &[id]);
        let is_evaluated =
            classes.keys().any(|reach| matches!(reach, Reach::Mail | Reach::Files | Reach::Chat | Reach::Graph));
        Clock { resource, issued, is_evaluated }
    };
    let mut clocks: Vec<Clock> = last.into_iter().filter(|(_, (time, _))| time.is_known()).map(clock).collect();
    clocks.sort_by_key(|clock| std::cmp::Reverse(clock.issued));
    clocks
}
