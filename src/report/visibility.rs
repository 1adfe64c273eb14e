//! Visibility of an incident: for each table whether it has rows in the incident's hours, is silent, has ended or is not
//! in the bundle; and the rows of any table, read or only counted, that carry an address, session or token of the
//! incident.

use super::info::Tone;
use crate::analytics::known::Standing;
use crate::analytics::{Hit, Incident, Incidents};
use crate::ingest::Loaded;
use crate::model::words::{counted, listed};
use crate::model::{EventId, Span, Sym, Table, Time, inert};
use crate::store::{Key, Store};
use crate::triage::pivot::Value;
use std::collections::BTreeSet;

/// Parts of a bar.
const PARTS: usize = 24;
/// Shortest hours shown, around the incident.
const SHORTEST: Span = Span::minutes(120);
/// Decoded bytes of sources with rows that are only counted, which are read again.
const MOST: u64 = 256 << 20;
/// Tokens and sessions looked for.
const TEXTS: usize = 200;
/// Values and sources named in a line.
const NAMED: usize = 3;

/// A part of the hours, in one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// There are rows.
    Rows,
    /// There are none, between rows of the table.
    Silent,
    /// The table has not begun, or has ended.
    Outside,
}

/// One table in the hours of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The table.
    pub table: Table,
    /// Its parts; none where it is not in the bundle.
    pub parts: Vec<Part>,
    /// Rows in these hours.
    pub rows: usize,
    /// Those of the incident's user.
    pub of_user: usize,
    /// First and last row of the table.
    pub range: Option<(Time, Time)>,
    /// Rows beside the incident's own, at any time, that carry its address, session or token.
    pub carried: usize,
}

/// Rows of a table that is only counted, with values of the incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The table.
    pub table: String,
    /// Position of its source.
    pub at: usize,
    /// The source to open.
    pub source: String,
    /// Number of rows.
    pub rows: u64,
    /// The values they carry.
    pub values: Vec<String>,
}

/// Visibility of one incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visibility {
    /// Sign-in name of its user.
    pub who: String,
    /// Begin and end of the hours.
    pub from: Time,
    /// Their end.
    pub until: Time,
    /// The incident's last row.
    pub last: Time,
    /// Every table this program reads, in order.
    pub hours: Vec<Hours>,
    /// Values of the incident that are looked for: foreign addresses, then sessions and tokens.
    pub values: Vec<String>,
    /// Sessions and tokens that are not looked for: they are too many.
    pub left_out: usize,
    /// Rows of other tables that carry any, the most first.
    pub unread: Vec<Unread>,
    /// Sources that were not looked through to their end.
    pub cut: Vec<String>,
    /// Whether the bundle has rows of tables that no check reads.
    pub has_unread: bool,
}

/// Visibility of an incident. Reads all rows, and sources again: not for the thread that draws.
pub fn visibility(loaded: &Loaded, incidents: &Incidents, hits: &[Hit], at: usize) -> Visibility {
    let (store, incident) = (&loaded.store, &incidents.all[at]);
    let leading = &hits[incident.leading()];
    let rows_of_it = own_rows(incident);
    let (values, texts, left_out) = values(store, incident, &rows_of_it);
    let carrying: BTreeSet<EventId> = values
        .iter()
        .flat_map(|value| value.events(store))
        .filter(|event| !rows_of_it.contains(event))
        .copied()
        .collect();
    let span = incident.last.since(incident.first).max(SHORTEST).ticks();
    let from = incident.first.plus(Span::from_ticks(-span / 4));
    let until = incident.last.plus(Span::from_ticks(span / 2));
    let hours = hours(store, (from, until), leading.user, &carrying);
    let (unread, cut) = unread(loaded, &texts);
    let who = if leading.upn.is_empty() { &leading.user_id } else { &leading.upn };
    let last = incident.last;
    Visibility {
        who: who.clone(),
        from,
        until,
        last,
        hours,
        values: texts,
        left_out,
        unread,
        cut,
        has_unread: loaded.has_unread(),
    }
}

/// The rows that are only counted and carry values of an incident. Reads sources again.
pub fn unread_of(loaded: &Loaded, incident: &Incident) -> Vec<Unread> {
    let (_, texts, _) = values(&loaded.store, incident, &own_rows(incident));
    unread(loaded, &texts).0
}

fn unread(loaded: &Loaded, texts: &[String]) -> (Vec<Unread>, Vec<String>) {
    let (found, cut) = loaded.carried(texts, MOST);
    let mut unread: Vec<Unread> = found
        .into_iter()
        .map(|carried| Unread {
            table: carried.table,
            at: carried.source.0 as usize,
            source: loaded.sources[carried.source.0 as usize].name.clone(),
            rows: carried.rows,
            values: carried.texts.into_iter().map(|text| texts[text].clone()).collect(),
        })
        .collect();
    unread.sort_by(|one, other| (other.rows, &one.table, &one.source).cmp(&(one.rows, &other.table, &other.source)));
    (unread, cut)
}

/// The rows of an incident's lanes.
fn own_rows(incident: &Incident) -> BTreeSet<EventId> {
    incident.lanes.iter().flat_map(|lane| lane.sign_ins.iter().chain(&lane.uses)).copied().collect()
}

/// Addresses that are not known to the user; sessions and tokens of the rows there, or of all where none is foreign.
fn values(store: &Store, incident: &Incident, rows_of_it: &BTreeSet<EventId>) -> (Vec<Value>, Vec<String>, usize) {
    let foreign = || incident.lanes.iter().filter(|lane| lane.standing != Standing::Known && !lane.is_neutral);
    let rows: Vec<EventId> = match foreign().next() {
        Some(_) => foreign().flat_map(|lane| lane.sign_ins.iter().chain(&lane.uses)).copied().collect(),
        None => rows_of_it.iter().copied().collect(),
    };
    let mut found: Vec<Value> = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    let mut add = |key: Key, sym: Sym, text: &str| {
        if !sym.is_none() && !text.is_empty() && !texts.iter().any(|known| known == text) {
            found.push(Value { key, sym });
            texts.push(text.to_owned());
        }
    };
    for lane in foreign() {
        if let Some(first) = lane.first() {
            add(Key::Address, store.value(Key::Address, first), &lane.address);
        }
    }
    let mut seen: BTreeSet<Sym> = BTreeSet::new();
    let mut left_out = 0;
    for event in rows {
        for key in [Key::Session, Key::Token] {
            let sym = store.value(key, event);
            if sym.is_none() || !seen.insert(sym) {
                continue;
            }
            if seen.len() > TEXTS {
                left_out += 1;
            } else {
                add(key, sym, store.text(sym));
            }
        }
    }
    (found, texts, left_out)
}

fn hours(store: &Store, (from, until): (Time, Time), user: Sym, carrying: &BTreeSet<EventId>) -> Vec<Hours> {
    let part = (until.ticks() - from.ticks()).max(1) / i64::try_from(PARTS).expect("a few") + 1;
    let new = |table| Hours { table, parts: Vec::new(), rows: 0, of_user: 0, range: None, carried: 0 };
    let mut hours: Vec<Hours> = Table::ALL.into_iter().map(new).collect();
    let mut counts = vec![[0usize; PARTS]; hours.len()];
    for (_, row) in store.events().filter(|(_, row)| !row.is_duplicate()) {
        let time = row.time();
        let Some(at) = Table::ALL.iter().position(|table| *table == row.table).filter(|_| time.is_known()) else {
            continue;
        };
        let range = hours[at].range.get_or_insert((time, time));
        (range.0, range.1) = (range.0.min(time), range.1.max(time));
        if (from..until).contains(&time) {
            hours[at].rows += 1;
            hours[at].of_user += usize::from(row.user == user);
            let bin = usize::try_from((time.ticks() - from.ticks()) / part).unwrap_or(0);
            counts[at][bin.min(PARTS - 1)] += 1;
        }
    }
    for event in carrying {
        let table = store.event(*event).table;
        if let Some(one) = hours.iter_mut().find(|one| one.table == table) {
            one.carried += 1;
        }
    }
    for (one, counts) in hours.iter_mut().zip(counts) {
        let Some((first, last)) = one.range else { continue };
        let begin = |bin: usize| from.ticks() + part * i64::try_from(bin).unwrap_or(0);
        let parts = (0..PARTS).map(|bin| match counts[bin] {
            0 if begin(bin + 1) <= first.ticks() || begin(bin) > last.ticks() => Part::Outside,
            0 => Part::Silent,
            _ => Part::Rows,
        });
        one.parts = parts.collect();
    }
    hours
}

impl Hours {
    /// The bar: rows, silence, and the time that the table does not cover; nothing where it is not in the bundle.
    pub fn bar(&self) -> String {
        let sign = |part: &Part| match part {
            Part::Rows => '━',
            Part::Silent => '·',
            Part::Outside => '░',
        };
        self.parts.iter().map(sign).collect()
    }

    /// The bar in words: `41 rows, 22 of the user; ends 14:31:05, with the incident's last row`.
    pub fn words(&self, seen: &Visibility) -> String {
        let Some((first, last)) = self.range else { return "not in this bundle".to_owned() };
        let shortly = |time: Time| if time.day() == seen.last.day() { time.clock() } else { time.second() };
        let mut words = match self.rows {
            0 => "no row".to_owned(),
            rows => format!("{}, {} of the user", counted(rows, "row"), self.of_user),
        };
        if first > seen.from {
            words = format!("{words}; begins {}", shortly(first));
        }
        if last < seen.until {
            let against = match last.cmp(&seen.last) {
                std::cmp::Ordering::Less => ", before the incident's last row",
                std::cmp::Ordering::Equal => ", with the incident's last row",
                std::cmp::Ordering::Greater => "",
            };
            words = format!("{words}; ends {}{against}", shortly(last));
        }
        if self.carried > 0 {
            let (rows, verb) =
                (counted(self.carried, "other row"), if self.carried == 1 { "carries" } else { "carry" });
            words = format!("{words}; {rows} of any time {verb} its address, session or token");
        }
        words
    }

    /// Returns whether rows of the incident's hours may be missing.
    fn is_short(&self, seen: &Visibility) -> bool {
        self.range.is_none_or(|(first, last)| first > seen.from && first > seen.last || last <= seen.last)
    }
}

impl Unread {
    /// The sentence on them: `15 rows of X carry 198.51.100.77: open FILE`. As logged: make it inert before printing.
    pub fn words(&self, source: &str) -> String {
        let (rows, verb) = (counted(self.rows, "row"), if self.rows == 1 { "carries" } else { "carry" });
        format!("{rows} of {} {verb} {}: open {source}", self.table, listed(&self.values, NAMED))
    }
}

impl Visibility {
    /// All of it as lines; bars where they can be seen.
    pub fn lines(&self, bars: bool) -> Vec<(Tone, String)> {
        let (from, until) = (self.from.second(), self.until.second());
        let mut lines = vec![(Tone::Head, format!("What the logs show of {}, {from} → {until} UTC", inert(&self.who)))];
        if bars {
            lines.push((Tone::Quiet, "━ rows · silent ░ before the log begins or after it ends".to_owned()));
        }
        let (here, absent): (Vec<&Hours>, Vec<&Hours>) = self.hours.iter().partition(|hours| hours.range.is_some());
        for hours in here {
            let tone = if hours.is_short(self) { Tone::Warn } else { Tone::Plain };
            let bar = if bars { format!("{} ", hours.bar()) } else { String::new() };
            lines.push((tone, format!("{bar}{}: {}", hours.table.spec().words, hours.words(self))));
        }
        if !absent.is_empty() {
            let names: Vec<&str> = absent.iter().map(|hours| hours.table.spec().words).collect();
            lines.push((Tone::Warn, format!("not in this bundle: {}", names.join(", "))));
        }
        let short: Vec<&str> =
            self.hours.iter().filter(|hours| hours.is_short(self)).map(|hours| hours.table.name()).collect();
        if !short.is_empty() {
            lines.push((Tone::Plain, format!("→ Export {from} to {until} UTC of: {}", short.join(", "))));
        }
        for unread in &self.unread {
            lines.push((Tone::Warn, inert(&unread.words(&unread.source)).into_owned()));
        }
        if self.unread.is_empty() && self.has_unread {
            let values = listed(&self.values, NAMED);
            lines.push((Tone::Plain, format!("No row of a table that no check reads carries {}", inert(&values))));
        }
        if self.left_out > 0 {
            lines.push((
                Tone::Plain,
                format!("{} were not looked for", counted(self.left_out, "further session or token")),
            ));
        }
        if !self.cut.is_empty() {
            let names = inert(&listed(&self.cut, NAMED)).into_owned();
            lines.push((Tone::Warn, format!("not looked through to the end ({} MiB in all): {names}", MOST >> 20)));
        }
        lines
    }
}
