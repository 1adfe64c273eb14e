//! The copy menu: what it offers for the row under the cursor. Text is made inert, since it will be pasted somewhere:
//! into a shell, too.

use super::evidence::Evidence;
use super::pretty::pretty;
use super::scroll::List;
use crate::analytics::Hit;
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::{EventId, Field, inert};
use crate::report::{self, Format};
use crate::store::Key;
use crate::triage::pivot;
use crate::triage::timeline;
use std::path::PathBuf;

/// Something made when it is asked for, by the worker.
#[derive(Debug)]
pub struct Entry {
    /// Its name in the menu.
    pub name: &'static str,
    /// Its line in the menu.
    pub about: &'static str,
    /// Whether it is there to be copied.
    there: fn(&Spot) -> bool,
    /// Makes it, or says why not.
    make: fn(&Loaded, &'static Facts, Option<&Hit>, &Spot) -> Result<String, String>,
}

/// All of them, in the order of the menu. To add one: a row here.
pub const ENTRIES: &[Entry] = &[
    Entry { name: "row", about: "the row on one line", there: |spot| spot.event.is_some(), make: row },
    Entry { name: "record", about: "the raw record, laid out", there: |spot| spot.event.is_some(), make: record },
    Entry {
        name: "finding",
        about: "what the bundle says to the step",
        there: |spot| spot.step.is_some(),
        make: finding,
    },
    Entry {
        name: "indicators",
        about: "those of the hit, defanged",
        there: |spot| spot.hit.is_some(),
        make: indicators,
    },
    Entry { name: "hit", about: "the hit as a line of JSON", there: |spot| spot.hit.is_some(), make: hit },
];

/// Position of the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The row.
    pub event: Option<EventId>,
    /// The row whose raw record is looked at: the event's own, or a copy's.
    pub record: Option<EventId>,
    /// The id of the hit.
    pub hit: Option<String>,
    /// The position of its step.
    pub step: Option<usize>,
}

/// A line of the menu.
#[derive(Clone, Debug)]
pub enum Item {
    /// A value of the row: its kind and its text.
    Value(&'static str, String),
    /// Something to be made: its place in [`ENTRIES`].
    Made(usize),
}

impl Item {
    /// Name of the copied thing, a word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Value(name, _) => name,
            Self::Made(at) => ENTRIES[*at].name,
        }
    }
}

/// The menu.
pub struct Menu {
    /// The position it was opened at.
    pub spot: Spot,
    /// Its lines.
    pub items: Vec<Item>,
    /// The cursor.
    pub list: List,
}

/// A copied text's name, and where it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its name, a word.
    pub what: &'static str,
    /// Bytes of the text.
    pub bytes: usize,
    /// Whether it was sent to the terminal; `None` where it was not to be.
    pub sent: Option<bool>,
    /// The file it is in, or why it is in none.
    pub file: Result<PathBuf, String>,
}

/// Fields that are copied as logged, by the word of the menu.
const FIELDS: [(&str, Field); 6] = [
    ("address", Field::IpAddress),
    ("session", Field::SessionId),
    ("token", Field::TokenId),
    ("client", Field::AppId),
    ("agent", Field::UserAgent),
    ("resource", Field::ResourceIdentity),
];

impl Menu {
    /// The menu of a place in the workbench.
    pub fn new(evidence: &Evidence, spot: Spot) -> Self {
        let mut items = Vec::new();
        if let Some(event) = spot.event {
            let store = evidence.store();
            let value = |key| pivot::values(store, event).into_iter().find(|value| value.key == key);
            let words = |key| value(key).map(|value| value.words(store, evidence.facts));
            let logged = FIELDS.map(|(name, field)| (name, Some(store.get(event, field).to_owned())));
            let computed = [
                ("device", words(Key::Device)),
                ("user", words(Key::User)),
                ("uri", Some(store.get(event, Field::RequestUri).to_owned())),
            ];
            for (name, text) in logged.into_iter().chain(computed) {
                let text = text.map(|text| inert(text.trim()).into_owned());
                items.extend(text.filter(|text| !text.is_empty()).map(|text| Item::Value(name, text)));
            }
        }
        let made = (0..ENTRIES.len()).filter(|at| (ENTRIES[*at].there)(&spot)).map(Item::Made);
        items.extend(made);
        Self { spot, items, list: List::default() }
    }

    /// The line under the cursor.
    pub fn selected(&self) -> Option<&Item> {
        self.items.get(self.list.cursor)
    }
}

/// Makes the text of an entry.
///
/// # Errors
/// Why it cannot be made, in words.
pub(super) fn make(
    entry: usize,
    spot: &Spot,
    loaded: &Loaded,
    facts: &'static Facts,
    hits: &[Hit],
) -> Result<String, String> {
    let entry = ENTRIES.get(entry).ok_or("there is no such entry")?;
    let hit = spot.hit.as_ref().and_then(|id| hits.iter().find(|hit| hit.id == *id));
    (entry.make)(loaded, facts, hit, spot)
}

const NO_ROW: &str = "no row here";
const NO_HIT: &str = "no hit here";

fn row(loaded: &Loaded, facts: &'static Facts, _: Option<&Hit>, spot: &Spot) -> Result<String, String> {
    let event = spot.event.ok_or(NO_ROW)?;
    let store = &loaded.store;
    let line = timeline::line(store, facts, event, None);
    let named = |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("; {name} {text}") };
    let asn = if line.asn.is_empty() { String::new() } else { format!(" (AS{})", line.asn) };
    let text = format!(
        "{} UTC; {}; {}{}{}{}{}{asn}{}; {} record {}",
        line.time.second(),
        store.upn(store.event(event).user),
        if line.what.starts_with(line.kind.words()) { String::new() } else { format!("{}: ", line.kind.words()) },
        line.what,
        if line.failed { " (failed)" } else { "" },
        named("client", line.client),
        named("from", line.address),
        named("agent", line.agent),
        report::hits::source_name(loaded, event),
        store.event(event).origin.record,
    );
    Ok(inert(&text).into_owned())
}

fn record(loaded: &Loaded, _: &'static Facts, _: Option<&Hit>, spot: &Spot) -> Result<String, String> {
    let row = spot.record.or(spot.event).ok_or(NO_ROW)?;
    let record = loaded.raw_record(row).map_err(|error| error.to_string())?;
    Ok(pretty(&record).iter().map(|line| inert(line)).collect::<Vec<_>>().join("\n"))
}

fn finding(_: &Loaded, _: &'static Facts, hit: Option<&Hit>, spot: &Spot) -> Result<String, String> {
    let step = spot.step.ok_or("no step here")?;
    let finding = hit.ok_or(NO_HIT)?.findings.get(step).ok_or("the bundle says nothing to this step")?;
    Ok(inert(&finding.sentence).into_owned())
}

fn indicators(loaded: &Loaded, facts: &'static Facts, hit: Option<&Hit>, _: &Spot) -> Result<String, String> {
    let indicators = report::note::indicators(loaded, facts, hit.ok_or(NO_HIT)?);
    if indicators.is_empty() {
        return Err("this hit has no indicators".to_owned());
    }
    let line =
        |indicator: &report::note::Indicator| format!("{} {}", indicator.kind.word(), inert(&indicator.defanged()));
    Ok(indicators.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn hit(loaded: &Loaded, facts: &'static Facts, hit: Option<&Hit>, _: &Spot) -> Result<String, String> {
    let row = report::hits::row(loaded, facts, hit.ok_or(NO_HIT)?);
    let mut line = Vec::new();
    report::write([row], Format::Jsonl, &mut line).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}
