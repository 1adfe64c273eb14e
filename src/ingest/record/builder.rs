//! Builds an event from a record, in one pass over its bytes.

mod acts;
mod elsewhere;
mod fast;
mod inside;
mod intern;
mod kept;
mod numbers;
mod times;
mod values;

use super::json_scan::{MAX_DEPTH, deeper_than};
use super::keys::{Column, Keys, ROW_START};
use super::sink::Sink;
use super::strict_json::{Object, Values};
use super::table_clues::{Clues, TableEvidence, decide_table, said_table};
use super::value;
use crate::ingest::stats::{Assumed, Notes, SourceStats, UNKNOWN_TABLE};
use crate::ingest::table_names::{self, RowTable};
use crate::model::{Field, FieldSet, Flags, NewEvent, Origin, Span, Sym, Table, WrittenStep, authentication};
use crate::store::Part;
use crate::tables::foreign::HIT_TABLE;
use crate::tables::json::Arena;
use crate::tables::members::{Members, trim};
use crate::tables::{DEVICE_PARTS, KeyMarks, PLACE_PARTS, Rank, Target, Targets};
use acts::Raw;
use inside::{Unclaimed, leave};
use intern::{Last, Written};
use serde::de::Deserializer;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;
pub(crate) use times::{AmbiguousDate, OtherReading};
use times::{Dates, Stand};

/// Times a row is read again: under the table it is of, or under none and then that.
const READ_AGAIN: usize = 2;

/// Turns records into events of one [`Part`]; each reading thread has its own.
#[derive(Default)]
pub(crate) struct RecordReader {
    part: Part,
    /// Events whose times wait for what the rest of their source says.
    ambiguous: Vec<AmbiguousDate>,
    keys: Keys,
    /// The table that records are read as, while keys of theirs mean something else elsewhere; mostly none is needed.
    table: Option<Table>,
    /// The table of the last row that was kept.
    last: Option<Table>,
    record: Record,
    /// Room for values of a record and for texts with escapes, empty between two of them.
    arenas: Vec<Arena>,
    written: Written,
    /// Country of each place seen.
    countries: HashMap<Sym, Sym, foldhash::fast::RandomState>,
    last_texts: Last,
    batch: Vec<Sym>,
    /// True if a record of no table is put into `unclaimed` rather than counted.
    holds_back: bool,
    /// True if no table claims the record just read.
    claimed_by_none: bool,
    unclaimed: Option<Unclaimed>,
}

/// Position of a record in its source.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    pub(crate) offset: u64,
    pub(crate) len: usize,
    check: u32,
}

impl Position {
    /// The position of a record whose bytes in the source begin at `offset`.
    pub(crate) fn new(offset: u64, record: &[u8]) -> Self {
        Self { offset, len: record.len(), check: check(record) }
    }
}

/// Checksum of a record's bytes, to know them again. It does not protect against somebody who looks for other bytes of
/// the same sum: the files' SHA-256 does.
pub(crate) fn check(record: &[u8]) -> u32 {
    let sum = foldhash::fast::FixedState::default().hash_one(record);
    u32::try_from((sum ^ (sum >> 32)) & u64::from(u32::MAX)).expect("the upper half is cut off")
}

/// The record being built; dropped if reading it fails.
struct Record {
    event: NewEvent,
    /// The values so far, one after another.
    text: String,
    /// Place of each field's value in `text`.
    held: [Held; Field::COUNT],
    /// Weight of each field's value: [`Rank`] plus one, and [`FULL`] more when not empty.
    weights: [u8; Field::COUNT],
    /// Fields whose value is JSON as written.
    written: FieldSet,
    status: Option<Held>,
    created: Rank,
    ingested: Rank,
    /// True if its properties are a text that is no JSON.
    unread_properties: bool,
    /// Quality of the event time and of the ingest time.
    clocks: [Stand; 2],
    /// Reason that a time could not be read.
    bad_time: Option<String>,
    /// Tables in which a key of it means something else than it was read as, one bit each.
    differs: u16,
    /// First value that cannot be read, and why; ignored in a row of a table that is only counted.
    refused: Option<String>,
    /// Error answer of an API, in place of rows.
    error_answer: Option<String>,
    clues: Clues,
    app_only: Option<bool>,
    service_principal: bool,
    token_owner: Option<Held>,
    device: Option<Box<[String; DEVICE_PARTS.len()]>>,
    place: Option<Box<[String; PLACE_PARTS]>>,
    /// Result and method of the second factor.
    mfa: Option<Box<[String; 2]>>,
    /// State, detections, detail and level of the risk, where they say anything.
    risk: Option<Box<[String; value::RISK_PARTS]>>,
    utc_offset: Span,
    /// Count of the search that found it.
    search: Option<u64>,
    /// Order of day and month in its dates, where they are numbers alone.
    dates: Option<Box<Dates>>,
    assumed: Assumed,
    notes: Notes,
}

/// Added to the rank of non-empty values, so they win.
const FULL: u8 = 8;

#[derive(Clone, Copy, Default)]
struct Held {
    start: u32,
    len: u32,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            event: NewEvent::new(Table::SignIn, Origin::default()),
            text: String::new(),
            held: [Held::default(); Field::COUNT],
            weights: [0; Field::COUNT],
            written: FieldSet::default(),
            status: None,
            created: 0,
            ingested: 0,
            unread_properties: false,
            clocks: [Stand::Nothing; 2],
            bad_time: None,
            differs: 0,
            refused: None,
            error_answer: None,
            clues: Clues::default(),
            app_only: None,
            service_principal: false,
            token_owner: None,
            device: None,
            place: None,
            mfa: None,
            risk: None,
            utc_offset: Span::from_ticks(0),
            search: None,
            dates: None,
            assumed: Assumed::default(),
            notes: Notes::default(),
        }
    }
}

impl Record {
    fn clear(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        *self = Self { text, ..Self::default() };
    }

    fn hold(&mut self, text: &str) -> Held {
        let narrow = |n: usize| u32::try_from(n).expect("a record is below 4 GiB");
        let held = Held { start: narrow(self.text.len()), len: narrow(text.len()) };
        self.text.push_str(text);
        held
    }

    fn at(&self, held: Held) -> &str {
        &self.text[held.start as usize..(held.start + held.len) as usize]
    }

    /// Puts a text into a field unless a stronger one is there.
    #[inline]
    fn put(&mut self, field: Field, rank: Rank, text: &str) {
        self.take(field, rank, text);
    }

    /// As [`Self::put`]; returns whether the text was taken.
    #[inline]
    fn take(&mut self, field: Field, rank: Rank, text: &str) -> bool {
        let weight = rank + 1 + FULL * u8::from(!text.is_empty());
        let taken = weight >= self.weights[field as usize];
        if taken {
            self.weights[field as usize] = weight;
            self.held[field as usize] = self.hold(text);
            self.written.remove(field);
        }
        taken
    }

    /// As [`Self::put`] for a JSON value as written.
    fn put_written(&mut self, field: Field, rank: Rank, raw: &str) {
        if self.take(field, rank, raw) {
            self.written.insert(field);
        }
    }

    /// Notes a key's evidence for the row's table, unless its value is empty: a union export has every table's keys.
    #[inline]
    fn sight(&mut self, targets: &Targets, value: &str) {
        let (differs, marks) = (targets.differs(), targets.marks());
        if (differs != 0 || marks != KeyMarks::NONE) && !matches!(trim(value), "" | "\"\"" | "[]" | "{}" | "null") {
            self.differs |= differs;
            self.clues.marks.add(marks);
        }
    }

    /// Remembers that a value is none of its field's.
    fn refuse(&mut self, name: &str, reason: &str) {
        self.refused.get_or_insert_with(|| format!("{name} {reason}"));
    }

    fn has(&self, field: Field) -> bool {
        self.weights[field as usize] > FULL
    }

    fn knows(&self, field: Field) -> bool {
        self.weights[field as usize] > 0
    }
}

impl RecordReader {
    /// The events so far, and their texts.
    pub(crate) fn part(&self) -> &Part {
        &self.part
    }

    /// The events and their texts, and those with ambiguous dates.
    pub(crate) fn into_parts(self) -> (Part, Vec<AmbiguousDate>) {
        (self.part, self.ambiguous)
    }

    /// Reads a JSON array that holds the values of `columns`.
    pub(crate) fn array(&mut self, json: &str, columns: &[Column], position: Position, stats: &mut SourceStats) {
        self.read(
            position,
            stats,
            |reader| {
                check_depth(json)?;
                let mut parser = serde_json::Deserializer::from_str(json);
                parser.deserialize_seq(Values { sink: reader, columns })?;
                parser.end().map(|()| None)
            },
            Raw::Array(json, columns),
        );
    }

    /// Reads a record by `fill`, which may keep the members that it meets.
    fn read<'r>(
        &mut self,
        position: Position,
        stats: &mut SourceStats,
        fill: impl Fn(&mut Self) -> serde_json::Result<Option<Members<'r>>>,
        raw: Raw<'_>,
    ) {
        stats.records += 1;
        // Once, in nearly all sources; again where the keys of its own table mean something else.
        for again in 0..=READ_AGAIN {
            self.record.clear();
            let members = match fill(self) {
                Ok(members) => members,
                Err(error) => {
                    let fault = plain_reason(&error);
                    if self.holds_back {
                        self.unclaimed = Some(Unclaimed::Fault(fault));
                    } else {
                        stats.skip(position.offset, fault);
                    }
                    return;
                }
            };
            self.complete();
            let evidence = decide_table(&self.record.clues, stats.from_name.as_ref());
            if again < READ_AGAIN && self.mistook(&evidence) {
                continue;
            }
            if let Err(reason) = self.finish(evidence, raw, members.as_ref(), position, stats) {
                stats.skip(position.offset, reason);
            }
            return;
        }
    }

    /// Returns whether keys were taken for those of another table, and takes up that table: the row is to be read
    /// again.
    fn mistook(&mut self, evidence: &TableEvidence) -> bool {
        // Its values, which were passed over, may say more.
        if self.reads_acts() && said_table(&self.record.clues).is_none() {
            self.table = None;
            return true;
        }
        let decided = match evidence {
            TableEvidence::Row(kind) | TableEvidence::Name(kind) | TableEvidence::Guess(kind) => Some(kind),
            TableEvidence::Alike(_) | TableEvidence::Unknown => None,
        };
        match (self.table, decided) {
            (None, Some(RowTable::Ours(table))) if self.record.differs & 1 << *table as u16 != 0 => {
                self.table = Some(*table);
                true
            }
            (Some(before), Some(RowTable::Ours(table))) if before != *table => {
                self.table = None;
                true
            }
            (Some(_), None) => {
                self.table = None;
                true
            }
            _ => false,
        }
    }

    /// Keeps the row.
    fn finish(
        &mut self,
        evidence: TableEvidence,
        raw: Raw<'_>,
        members: Option<&Members<'_>>,
        position: Position,
        stats: &mut SourceStats,
    ) -> Result<(), String> {
        let table = match self.table_of(evidence, stats) {
            Ok(table) => table,
            Err(name) if name == HIT_TABLE.name => return self.take_elsewhere(raw, position, stats),
            Err(name) => {
                let answer = self.record.error_answer.take().filter(|_| name == UNKNOWN_TABLE);
                if self.holds_back && self.claimed_by_none {
                    self.unclaimed = Some(Unclaimed::Unknown { table: name, answer });
                } else {
                    leave(&name, answer, position, stats);
                }
                return Ok(());
            }
        };
        let act = table.spec().act;
        // After two of its rows, more of them are likely.
        if act.is_some() && self.last == Some(table) {
            self.table = Some(table);
        }
        self.last = Some(table);
        if let Some(read) = act {
            self.act(read, raw, members);
        }
        // Only here: another table's columns have other types, and are no fault of ours.
        if let Some(reason) = self.record.refused.take() {
            return Err(reason);
        }
        if self.record.unread_properties && !self.record.has(Field::AppId) && !self.record.has(Field::UserId) {
            return Err("its properties are a text that is no JSON".to_owned());
        }
        self.status();
        let record = &mut self.record;
        if table.spec().user_of_token && !record.has(Field::UserId) {
            let of_user = record.app_only.map_or(!record.service_principal, |app_only| !app_only);
            if let Some(owner) = record.token_owner.filter(|owner| of_user && owner.len > 0) {
                record.held[Field::UserId as usize] = owner;
                record.weights[Field::UserId as usize] = FULL;
            }
        }
        if !record.event.time().is_known() {
            return Err(record
                .bad_time
                .take()
                .map_or_else(|| "has no time".to_owned(), |fault| format!("its time {fault}")));
        }
        record.stand();
        record.event.table = table;
        record.event.origin = position.origin(stats)?;
        self.intern_written()?;
        self.intern();
        self.fill_country();
        if let Some(dates) = self.record.dates.take() {
            stats.dates.day_first += dates.day_first;
            stats.dates.month_first += dates.month_first;
            let either = dates.created.or(dates.ingested);
            if let Some(other) = either {
                stats.dates.ambiguous(stats.records, position.offset, !other.day_first);
            }
            if either.is_some() || dates.serial {
                let event = self.part.events.len();
                let Dates { created, ingested, serial, .. } = *dates;
                self.ambiguous.push(AmbiguousDate { event, created, ingested, serial });
            }
        }
        stats.assumed.add(self.record.assumed);
        if let Some(found) = self.record.search {
            stats.searches.add(found);
        }
        stats.note_row(self.record.notes);
        stats.keep(&self.record.event);
        self.part.events.push(&self.record.event);
        Ok(())
    }

    /// Puts together what several columns gave, and what they say of the table.
    fn complete(&mut self) {
        let record = &mut self.record;
        if let Some(parts) = record.device.take() {
            record.put(Field::DeviceDetail, 0, &value::device(&parts));
        }
        if let Some(parts) = record.place.take().filter(|_| !record.has(Field::LocationDetails)) {
            let place = value::place(&parts, record.at(record.held[Field::Location as usize]));
            record.put(Field::LocationDetails, 0, &place);
        }
        let outcome = record.at(record.held[Field::ConditionalAccessStatus as usize]);
        if let Some(word) = value::policies_outcome(outcome) {
            record.put(Field::ConditionalAccessStatus, 0, word);
        }
        if let Some(parts) = record.mfa.take() {
            let [detail, method] = parts.each_ref().map(String::as_str);
            let step = WrittenStep { method, detail, requirement: "multifactor", succeeded: None };
            record.put(Field::AuthenticationDetails, 1, &authentication([step]));
        }
        if let Some(parts) = record.risk.take() {
            record.put(Field::RiskState, 0, &value::risk(&parts));
        }
        let user = record.has(Field::UserId) || record.has(Field::UserPrincipalName);
        let is_request = record.has(Field::RequestUri)
            && (record.knows(Field::TokenId) || record.has(Field::RequestMethod))
            && !record.has(Field::UserPrincipalName);
        let uri = record.at(record.held[Field::RequestUri as usize]);
        record.clues.call = is_request.then(|| table_names::of_request(uri));
        record.clues.is_service_principal = record.service_principal && !user;
        // An export of chosen columns may lack the client; columns that only sign-ins have show them as well.
        let of_sign_ins =
            [Field::AppId, Field::AppDisplayName, Field::AuthenticationProtocol, Field::IncomingTokenType];
        record.clues.is_sign_in = of_sign_ins.iter().any(|field| record.has(*field))
            && [Field::UserId, Field::UserPrincipalName, Field::ResultType].iter().any(|field| record.knows(*field));
    }

    /// The row's table; the name of another that is only counted.
    fn table_of(&mut self, evidence: TableEvidence, stats: &mut SourceStats) -> Result<Table, Cow<'static, str>> {
        let record = &mut self.record;
        self.claimed_by_none = matches!(evidence, TableEvidence::Unknown);
        let kind = match evidence {
            TableEvidence::Row(kind) => kind,
            TableEvidence::Name(kind) => {
                stats.assumed.add(Assumed::TABLE_BY_NAME);
                record.event.flags.set(Flags::TABLE_BY_NAME, true);
                kind
            }
            TableEvidence::Guess(kind) => {
                stats.assumed.add(Assumed::TABLE_GUESSED);
                record.event.flags.set(Flags::TABLE_GUESSED, true);
                kind
            }
            TableEvidence::Alike(name) => {
                stats.count_alike(&name);
                RowTable::Named(name)
            }
            TableEvidence::Unknown => match &stats.from_name {
                Some(kind @ RowTable::Foreign(_)) => kind.clone(),
                _ => RowTable::Named(stats.container.clone().unwrap_or_else(|| UNKNOWN_TABLE.to_owned())),
            },
        };
        match kind {
            RowTable::Ours(table) => Ok(table),
            RowTable::Foreign(table) => Err(Cow::Borrowed(table.name)),
            RowTable::Named(name) => Err(Cow::Owned(name)),
        }
    }
}

impl Sink for RecordReader {
    #[inline]
    fn key(&mut self, start: u32, before: u32, name: &[u8]) -> u32 {
        self.keys.find(start, before, name)
    }

    #[inline]
    fn target(&self, key: u32) -> Target {
        self.keys.targets(key).under(self.table)
    }

    #[inline]
    fn is_skipped(&self, key: u32) -> bool {
        self.keys.is_skipped(key)
    }

    fn member(&mut self, key: u32, raw: &str) {
        if let Some(target) = self.sighted(key, raw) {
            let taken = self.value(target, raw);
            self.refuse(key, taken);
        }
    }

    fn column(&mut self, column: &Column, raw: &str) {
        self.record.sight(&column.targets, raw);
        if let Err(reason) = self.value(column.targets.under(self.table), raw) {
            self.record.refuse(&column.name, &reason);
        }
    }

    fn object_in_text(&mut self, text: &str, start: u32) -> Result<(), String> {
        self.inner(text, start)
    }
}

impl RecordReader {
    /// As [`Sink::member`] for a text without escapes.
    #[inline]
    fn plain_member(&mut self, key: u32, raw: &str) {
        if let Some(target) = self.sighted(key, raw) {
            let taken = self.text(target, &raw[1..raw.len() - 1]);
            self.refuse(key, taken);
        }
    }

    /// Notes what a key says of the table; the field that its value goes to, unless it is skipped.
    #[inline]
    fn sighted(&mut self, key: u32, raw: &str) -> Option<Target> {
        let targets = self.keys.targets(key);
        let target = targets.under(self.table);
        self.record.sight(targets, raw);
        (target != Target::Skip).then_some(target)
    }

    #[inline]
    fn refuse(&mut self, key: u32, taken: Result<(), String>) {
        if let Err(reason) = taken {
            self.record.refuse(self.keys.name(key), &reason);
        }
    }
}

/// Refuses a record that nests deeper than records may.
fn check_depth(json: &str) -> serde_json::Result<()> {
    if deeper_than(MAX_DEPTH, json.as_bytes()) {
        return Err(serde::de::Error::custom(format!("nested deeper than {MAX_DEPTH} levels")));
    }
    Ok(())
}

/// The parser's reason without its line number: a record is one line of something else.
fn plain_reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line 1 column").next().unwrap_or(&text);
    if error.is_data() { reason.to_owned() } else { format!("is not valid JSON: {reason}") }
}
