//! One record to one event, in one pass over its bytes.

mod inside;
mod intern;
mod numbers;
mod times;

use super::keys::{INNER_START, Keys, ROW_START};
use super::scout::First;
use super::table::{self, Clues, Kind, Told};
use super::tally::{Assumed, Notes, Tally};
use super::value;
use super::visit::{Object, Values};
use crate::model::{Field, FieldSet, Flags, NewEvent, Origin, Span, Sym, Table, flag};
use crate::store::{Part, is_blank, is_success};
use crate::tables::foreign::{ACTIVITY, AUDIT};
use crate::tables::{self, DEVICE_PARTS, Marks, Rank, Target, Targets};
use inside::{Unclaimed, leave};
use intern::{Last, Written};
use numbers::may_be_damaged;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;
use times::{Dates, Stand};
pub(super) use times::{EitherWay, Other};

/// Deepest nesting of a record: what `serde_json` itself would build.
pub(super) const MAX_DEPTH: usize = 128;

/// Times a row is read again: under the table it is of, or under none and then that.
const READ_AGAIN: usize = 2;

/// Turns records into events of one [`Part`]; each reading thread has its own.
#[derive(Default)]
pub(super) struct Rows {
    /// The events so far.
    pub(super) part: Part,
    /// Those whose times wait for what the rest of their source says.
    pub(super) either_way: Vec<EitherWay>,
    /// Where the first rows are shown; nowhere once there are enough.
    pub(super) first: Option<Arc<First>>,
    pub(super) keys: Keys,
    /// The table that rows are read as, while keys of theirs mean something else elsewhere; mostly none is needed.
    table: Option<Table>,
    draft: Draft,
    written: Written,
    /// Country of each place seen.
    countries: HashMap<Sym, Sym, foldhash::fast::RandomState>,
    last: Last,
    batch: Vec<Sym>,
    /// Whether a record that is in no table is put into `unclaimed` rather than counted.
    holds_back: bool,
    /// Whether no table claims the record just read.
    claimed_by_none: bool,
    unclaimed: Option<Unclaimed>,
}

/// Where a record stands in its source.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) offset: u64,
    pub(super) len: usize,
    check: u32,
}

impl Spot {
    /// The spot of a record whose bytes, as they stand in the source, begin at `offset`.
    pub(super) fn new(offset: u64, record: &[u8]) -> Self {
        Self { offset, len: record.len(), check: check(record) }
    }
}

/// What is kept of a record's bytes to know them again. Against somebody who looks for other bytes of the same sum it
/// does nothing: that is what the files' SHA-256 is for.
pub(super) fn check(record: &[u8]) -> u32 {
    let sum = foldhash::fast::FixedState::default().hash_one(record);
    u32::try_from((sum ^ (sum >> 32)) & u64::from(u32::MAX)).expect("the upper half is cut off")
}

/// A column of a table that has its names apart from its rows.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) targets: Targets,
    /// How far east of UTC the column's times are.
    pub(super) ahead: Span,
}

/// The row being read. Nothing of it is kept unless it is read to its end.
struct Draft {
    event: NewEvent,
    /// The values so far, one after another.
    text: String,
    /// Where each field's value stands in `text`.
    held: [Held; Field::COUNT],
    /// How strongly each field's value is held: [`Rank`] plus one, and [`FULL`] more when not empty.
    weights: [u8; Field::COUNT],
    /// Fields whose value is JSON as written.
    written: FieldSet,
    status: Option<Held>,
    created: Rank,
    ingested: Rank,
    /// Whether its properties are a text that is no JSON.
    unread_properties: bool,
    /// What stands for the event time and for the ingest time.
    clocks: [Stand; 2],
    /// What is wrong with the time that could not be read.
    bad_time: Option<String>,
    /// Tables in which a key of it means something else than it was read as, one bit each.
    differs: u16,
    /// Why its first bad value is none: no matter in a row of a table that is not read.
    refused: Option<String>,
    /// What an interface answered in place of rows.
    error_answer: Option<String>,
    clues: Clues,
    app_only: Option<bool>,
    service_principal: bool,
    token_owner: Option<Held>,
    device: Option<Box<[String; DEVICE_PARTS.len()]>>,
    ahead: Span,
    /// What its times say of the order of day and month, where they say it by numbers alone.
    dates: Option<Box<Dates>>,
    assumed: Assumed,
    notes: Notes,
}

/// What a value that is not empty weighs more than one that is.
const FULL: u8 = 8;

#[derive(Clone, Copy, Default)]
struct Held {
    start: u32,
    len: u32,
}

impl Default for Draft {
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
            ahead: Span::from_ticks(0),
            dates: None,
            assumed: Assumed::default(),
            notes: Notes::default(),
        }
    }
}

impl Draft {
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

    /// As [`Self::put`]; tells whether the text was taken.
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

    /// Takes what a key says of the row's table, unless its value is empty: a union export has every table's keys.
    #[inline]
    fn sight(&mut self, targets: &Targets, value: &str) {
        let (differs, marks) = (targets.differs(), targets.marks());
        if (differs != 0 || marks != Marks::NONE) && !matches!(value.trim(), "" | "\"\"" | "[]" | "{}" | "null") {
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

impl Rows {
    /// The events and their texts, and those whose times read either way.
    pub(super) fn into_parts(self) -> (Part, Vec<EitherWay>) {
        (self.part, self.either_way)
    }

    /// Reads a JSON array that holds the values of `columns`.
    pub(super) fn array(&mut self, json: &str, columns: &[Column], spot: Spot, tally: &mut Tally) {
        self.read(spot, tally, |rows| {
            check_depth(json)?;
            let mut parser = serde_json::Deserializer::from_str(json);
            parser.deserialize_seq(Values { rows, columns })?;
            parser.end()
        });
    }

    fn read(&mut self, spot: Spot, tally: &mut Tally, fill: impl Fn(&mut Self) -> serde_json::Result<()>) {
        tally.records += 1;
        // Once, in nearly all sources; again where the keys of its own table mean something else.
        for again in 0..=READ_AGAIN {
            self.draft.clear();
            if let Err(error) = fill(self) {
                let fault = plain_reason(&error);
                if self.holds_back {
                    self.unclaimed = Some(Unclaimed::Fault(fault));
                } else {
                    tally.skip(spot.offset, fault);
                }
                return;
            }
            self.complete();
            let told = table::tell(&self.draft.clues, tally.from_name.as_ref());
            if again < READ_AGAIN && self.mistook(&told) {
                continue;
            }
            if let Err(reason) = self.finish(told, spot, tally) {
                tally.skip(spot.offset, reason);
            }
            return;
        }
    }

    /// Returns whether keys were taken for those of another table, and takes up that table: the row is to be read
    /// again.
    fn mistook(&mut self, told: &Told) -> bool {
        let own = match told {
            Told::Row(kind) | Told::Name(kind) | Told::Guess(kind) => Some(kind),
            Told::Alike(_) | Told::Unknown => None,
        };
        match (self.table, own) {
            (None, Some(Kind::Ours(table))) if self.draft.differs & 1 << *table as u16 != 0 => {
                self.table = Some(*table);
                true
            }
            (Some(before), Some(Kind::Ours(table))) if before != *table => {
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
    fn finish(&mut self, told: Told, spot: Spot, tally: &mut Tally) -> Result<(), String> {
        let table = match self.kind(told, tally) {
            Ok(table) => table,
            Err(name) => {
                let answer = self.draft.error_answer.take().filter(|_| name == super::UNKNOWN_TABLE);
                if self.holds_back && self.claimed_by_none {
                    self.unclaimed = Some(Unclaimed::Unknown { table: name, answer });
                } else {
                    leave(&name, answer, spot, tally);
                }
                return Ok(());
            }
        };
        // Only here: another table's columns have other types, and are no fault of ours.
        if let Some(reason) = self.draft.refused.take() {
            return Err(reason);
        }
        if self.draft.unread_properties && !self.draft.has(Field::AppId) && !self.draft.has(Field::UserId) {
            return Err("its properties are a text that is no JSON".to_owned());
        }
        self.status();
        let draft = &mut self.draft;
        if table.spec().user_of_token && !draft.has(Field::UserId) {
            let of_user = draft.app_only.map_or(!draft.service_principal, |app_only| !app_only);
            if let Some(owner) = draft.token_owner.filter(|owner| of_user && owner.len > 0) {
                draft.held[Field::UserId as usize] = owner;
                draft.weights[Field::UserId as usize] = FULL;
            }
        }
        if !draft.event.time().is_known() {
            return Err(draft
                .bad_time
                .take()
                .map_or_else(|| "has no time".to_owned(), |fault| format!("its time {fault}")));
        }
        draft.stand();
        draft.event.table = table;
        draft.event.origin = Origin {
            source: tally.source,
            record: u32::try_from(tally.records)
                .map_err(|_| "is past record 4,294,967,295 of its source".to_owned())?,
            offset: spot.offset,
            len: u32::try_from(spot.len).map_err(|_| "is longer than 4 GiB".to_owned())?,
            check: spot.check,
        };
        self.intern_written()?;
        self.intern();
        self.fill_country();
        if let Some(dates) = self.draft.dates.take() {
            tally.dates.day_first += dates.day_first;
            tally.dates.month_first += dates.month_first;
            let either = dates.created.or(dates.ingested);
            if let Some(other) = either {
                tally.dates.either_way(tally.records, spot.offset, !other.day_first);
            }
            if either.is_some() || dates.serial {
                let event = self.part.events.len();
                let Dates { created, ingested, serial, .. } = *dates;
                self.either_way.push(EitherWay { event, created, ingested, serial });
            }
        }
        tally.assumed.add(self.draft.assumed);
        tally.note_row(self.draft.notes);
        tally.keep((&self.draft.event).into());
        if let Some(first) = &self.first
            && !first.leave((&self.draft.event).into(), &self.part.texts)
        {
            self.first = None;
        }
        self.part.events.push(&self.draft.event);
        Ok(())
    }

    /// Puts together what several columns gave, and what they say of the table.
    fn complete(&mut self) {
        let draft = &mut self.draft;
        if let Some(parts) = draft.device.take() {
            draft.put(Field::DeviceDetail, 0, &value::device(&parts));
        }
        let user = draft.has(Field::UserId) || draft.has(Field::UserPrincipalName);
        let is_request = draft.has(Field::RequestUri)
            && (draft.knows(Field::TokenId) || draft.has(Field::RequestMethod))
            && !draft.has(Field::UserPrincipalName);
        let uri = draft.at(draft.held[Field::RequestUri as usize]);
        draft.clues.call = is_request.then(|| table::of_request(uri));
        draft.clues.is_service_principal = draft.service_principal && !user;
        // An export of chosen columns may lack the client; what only sign-ins have tells them as well.
        let told = [Field::AppId, Field::AppDisplayName, Field::AuthenticationProtocol, Field::IncomingTokenType];
        draft.clues.is_sign_in = told.iter().any(|field| draft.has(*field))
            && [Field::UserId, Field::UserPrincipalName, Field::ResultType].iter().any(|field| draft.knows(*field));
    }

    /// The row's table; the name of another that is only counted.
    fn kind(&mut self, told: Told, tally: &mut Tally) -> Result<Table, Cow<'static, str>> {
        let draft = &mut self.draft;
        self.claimed_by_none = matches!(told, Told::Unknown);
        let kind = match told {
            Told::Row(kind) => kind,
            Told::Name(kind) => {
                tally.assumed.add(Assumed::TABLE_BY_NAME);
                draft.event.flags.set(Flags::TABLE_BY_NAME, true);
                kind
            }
            Told::Guess(kind) => {
                tally.assumed.add(Assumed::TABLE_GUESSED);
                draft.event.flags.set(Flags::TABLE_GUESSED, true);
                kind
            }
            Told::Alike(name) => {
                tally.count_alike(&name);
                Kind::Named(name)
            }
            Told::Unknown => match &tally.from_name {
                Some(kind @ Kind::Foreign(_)) => kind.clone(),
                _ => Kind::Named(tally.container.clone().unwrap_or_else(|| super::UNKNOWN_TABLE.to_owned())),
            },
        };
        match kind {
            Kind::Ours(table) => Ok(table),
            Kind::Foreign(table) => Err(Cow::Borrowed(table.name)),
            Kind::Named(name) => Err(Cow::Owned(name)),
        }
    }

    /// Result code and reason from the status, where nothing else gives them.
    fn status(&mut self) {
        let Some(held) = self.draft.status else { return };
        let json = self.draft.at(held);
        let known = &mut self.written.statuses;
        if known.len() > 4096 {
            known.clear();
        }
        if !known.contains_key(json) {
            known.insert(json.into(), value::status(json));
        }
        let status = known.get(json).expect("just put there");
        if let Some(code) = &status.code {
            // A mark for no result is kept as it is written; whether the sign-in succeeded is the status' to say.
            let held = self.draft.at(self.draft.held[Field::ResultType as usize]);
            let is_mark = self.draft.has(Field::ResultType) && is_blank(held, Field::ResultType);
            self.draft.event.flags.set(Flags::SUCCESS, is_mark && is_success(code));
            self.draft.put(Field::ResultType, 1, code);
        }
        if let Some(reason) = &status.reason {
            self.draft.put(Field::ResultDescription, 0, reason);
        }
    }

    /// Takes the JSON value of a member, as written.
    pub(super) fn member(&mut self, key: u32, raw: &str) {
        let targets = self.keys.targets(key);
        let target = targets.under(self.table);
        self.draft.sight(targets, raw);
        if let Err(reason) = self.value(target, raw) {
            let name = self.keys.name(key);
            self.draft.refuse(name, &reason);
        }
    }

    /// Where the value under a key goes.
    #[inline]
    pub(super) fn target(&self, key: u32) -> Target {
        self.keys.targets(key).under(self.table)
    }

    /// Takes the JSON value of a column, as written.
    pub(super) fn column(&mut self, column: &Column, raw: &str) {
        self.draft.sight(&column.targets, raw);
        if let Err(reason) = self.value(column.targets.under(self.table), raw) {
            self.draft.refuse(&column.name, &reason);
        }
    }

    /// Takes a JSON value as written.
    fn value(&mut self, target: Target, raw: &str) -> Result<(), String> {
        match raw.as_bytes()[0] {
            b'n' => Ok(()),
            b'"' => {
                let inner = &raw[1..raw.len() - 1];
                if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
                    return self.text(target, inner);
                }
                if let Target::Json(field, rank) = target {
                    self.draft.put_written(field, rank, raw);
                    return Ok(());
                }
                let text: String = serde_json::from_str(raw).map_err(|_| "half a surrogate pair".to_owned())?;
                self.text(target, &text)
            }
            b'{' | b'[' => self.nested(target, raw),
            _ => self.text(target, raw),
        }
    }

    /// Takes a text, which may hold JSON.
    fn text(&mut self, target: Target, text: &str) -> Result<(), String> {
        let text = match target {
            Target::Json(..) | Target::Status | Target::Place if is_type_name(text) => {
                self.draft.assumed.add(Assumed::TYPE_NAMES);
                return Ok(());
            }
            Target::Text(..) | Target::Words(..) | Target::EventTypes | Target::Number(..) if is_type_of_cell(text) => {
                self.draft.assumed.add(Assumed::TYPE_NAMES);
                return Ok(());
            }
            Target::Json(..) | Target::Status | Target::Place if text.starts_with("@{") => {
                &value::power_shell(text).unwrap_or_default()
            }
            _ => text,
        };
        match target {
            Target::Text(field, rank) => {
                if may_be_damaged(text) {
                    self.damaged(field, text);
                }
                self.draft.put(field, rank, text);
            }
            Target::Words(field, rank) => self.draft.put(field, rank, text),
            Target::Json(field, rank) => self.draft.put(field, rank, &value::compact(text)),
            Target::Number(field, rank) => {
                if text.bytes().all(|b| b.is_ascii_digit()) {
                    self.draft.put(field, rank, text);
                } else {
                    self.number(field, rank, text);
                }
            }
            Target::Created(rank) => self.time(rank, text, true),
            Target::Ingested(rank) => self.time(rank, text, false),
            Target::Type(rank) if !text.is_empty() => self.draft.clues.named(rank, text),
            Target::Category if !text.is_empty() => self.draft.clues.category = table::named(text),
            Target::Activity if !text.is_empty() => self.draft.clues.hint = Some(&AUDIT),
            Target::Skip | Target::Type(_) | Target::Category | Target::Activity | Target::ErrorAnswer => {}
            Target::Interactive => self.draft.clues.interactive = flag(text),
            Target::EventTypes => self.draft.clues.event_types = table::of_event_types(text),
            Target::AppOnly => self.draft.app_only = (!text.is_empty()).then(|| text.eq_ignore_ascii_case("app")),
            Target::ServicePrincipal => self.draft.service_principal = !text.trim().is_empty(),
            Target::TokenOwner => self.draft.token_owner = Some(self.draft.hold(text)),
            Target::Resource if text.starts_with('/') => {}
            Target::Resource => self.draft.put(Field::ResourceIdentity, 0, text),
            Target::Place if text.starts_with('{') => self.draft.put(Field::LocationDetails, 0, &value::compact(text)),
            Target::Place => self.draft.put(Field::Location, 1, text),
            Target::PortalPlace => {
                let (json, country) = value::portal_place(text);
                self.draft.put(Field::LocationDetails, 0, &json);
                self.draft.put(Field::Location, 1, &country);
            }
            Target::Status if text.starts_with('{') => self.draft.status = Some(self.draft.hold(text)),
            Target::Status if text.eq_ignore_ascii_case("success") => self.draft.put(Field::ResultType, 0, "0"),
            Target::Status if text.starts_with(['[', '<']) => self.draft.assumed.add(Assumed::NO_STATUS),
            Target::Status => self.draft.put(Field::ResultType, 0, text),
            Target::DevicePart(part) => {
                text.clone_into(&mut self.draft.device.get_or_insert_default()[part]);
            }
            Target::Properties => return self.inner(text, INNER_START),
            Target::Wrapper => return self.inner(text, ROW_START),
            // A search tool's own column of that name.
            Target::Group(name) => return self.group_text(name, text),
            Target::Endpoint => self.endpoint(text),
        }
        Ok(())
    }

    /// Takes an object or an array as written.
    fn nested(&mut self, target: Target, raw: &str) -> Result<(), String> {
        let kind = if raw.starts_with('{') { "an object" } else { "an array" };
        if raw.starts_with('[')
            && unwraps(target, raw)
            && let Some(only) = value::only(raw)
        {
            return self.value(target, only);
        }
        match target {
            // Nothing in it is nothing; but not where a time has to be.
            Target::Created(rank) if value::is_empty_array(raw) => {
                self.time(rank, "[]", true);
                Ok(())
            }
            Target::Text(..) | Target::Number(..) | Target::Ingested(_) | Target::Resource
                if value::is_empty_array(raw) =>
            {
                Ok(())
            }
            Target::Json(field, rank) => {
                self.draft.put_written(field, rank, raw);
                Ok(())
            }
            Target::Place => {
                self.draft.put_written(Field::LocationDetails, 0, raw);
                Ok(())
            }
            Target::Status => {
                self.draft.status = Some(self.draft.hold(raw));
                Ok(())
            }
            Target::Words(Field::Scopes, rank) => self.words(Field::Scopes, rank, raw, " "),
            Target::Words(field, rank) => self.words(field, rank, raw, ","),
            Target::EventTypes => self.text(target, raw),
            Target::Wrapper => self.members(raw, ROW_START),
            Target::Group(name) => self.group(name, raw),
            Target::ErrorAnswer => {
                self.draft.error_answer = value::error_answer(raw);
                Ok(())
            }
            // Of a person at the prompt it is a name; here it is whoever changed an Azure resource.
            Target::Text(Field::Identity, _) if raw.starts_with('{') => {
                self.draft.clues.hint = Some(&ACTIVITY);
                Ok(())
            }
            Target::Text(..) | Target::Number(..) | Target::Created(_) | Target::Ingested(_) | Target::Resource => {
                Err(format!("is {kind} where a text is expected"))
            }
            _ => Ok(()),
        }
    }

    fn words(&mut self, field: Field, rank: Rank, raw: &str, separator: &str) -> Result<(), String> {
        let text = value::words(raw, separator).ok_or("is an object where words are expected")?;
        self.draft.put(field, rank, &text);
        Ok(())
    }

    /// Reads a record or its `properties` that came as JSON inside a text, with single quotes too. What is not JSON
    /// there belongs to other services' logs, and says nothing.
    pub(super) fn inner(&mut self, text: &str, start: u32) -> Result<(), String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        let is_json = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
        if text.starts_with('{') && is_json(text) {
            return self.members(text, start);
        }
        match value::single_quoted(text).filter(|json| is_json(json)) {
            // What the text hides from the record's own check.
            Some(json) if !value::deeper_than(MAX_DEPTH, json.as_bytes()) => self.members(&json, start),
            _ => {
                self.draft.unread_properties |= start == INNER_START;
                Ok(())
            }
        }
    }

    fn members(&mut self, json: &str, start: u32) -> Result<(), String> {
        if !json.starts_with('{') {
            return Ok(());
        }
        let mut parser = serde_json::Deserializer::from_str(json);
        Object { rows: self, start }.deserialize(&mut parser).map_err(|error| plain_reason(&error))
    }

    /// Reads an object whose members' names need its own before them.
    fn group(&mut self, name: &str, raw: &str) -> Result<(), String> {
        let Ok(members) = serde_json::from_str::<HashMap<Cow<'_, str>, &RawValue>>(raw) else { return Ok(()) };
        for (key, value) in members {
            let full = format!("{name}.{key}");
            let targets = tables::targets(&full, false);
            self.draft.sight(&targets, value.get());
            match (targets.under(self.table), value.get()) {
                (Target::Skip, value) if value.starts_with('{') => self.group(&full, value)?,
                (target, value) => self.value(target, value)?,
            }
        }
        Ok(())
    }

    fn group_text(&mut self, name: &str, text: &str) -> Result<(), String> {
        match tables::targets(&name.replace('_', ""), false).under(self.table) {
            Target::Group(_) | Target::Skip => Ok(()),
            target => self.text(target, text),
        }
    }

    /// Defender's tables have no protocol; the endpoint of the page where a code is typed stands for it.
    fn endpoint(&mut self, text: &str) {
        if text.trim().eq_ignore_ascii_case("Cmsi:Cmsi") && !self.draft.knows(Field::AuthenticationProtocol) {
            self.draft.put(Field::AuthenticationProtocol, 0, "deviceCode");
            self.draft.assumed.add(Assumed::BY_ENDPOINT);
        }
    }

    fn cell(&mut self, target: Target, cell: &str) -> Result<(), String> {
        match target {
            Target::Words(..) | Target::EventTypes if cell.starts_with('[') => self.nested(target, cell),
            _ => self.text(target, cell),
        }
    }
}

/// Returns whether an array of one value stands for it: search tools put each value into one. Those of fields that
/// are arrays stay, unless what is in it is the array as text.
fn unwraps(target: Target, array: &str) -> bool {
    match target {
        Target::Json(Field::ProcessingDetails, _) => array[1..].trim_start().starts_with('"'),
        Target::Words(..) | Target::EventTypes | Target::ErrorAnswer | Target::Skip => false,
        _ => true,
    }
}

/// Whether PowerShell wrote the name of a nested value's type in its place.
fn is_type_name(text: &str) -> bool {
    text.starts_with("Microsoft.Graph.") || text.starts_with("System.")
}

/// Returns whether a cell that is no object holds such a name: an application may be called `Microsoft.Azure.…`.
fn is_type_of_cell(text: &str) -> bool {
    const TYPES: [&str; 6] = [
        "System.Object",
        "System.String",
        "System.Collections.",
        "System.Management.",
        "Microsoft.Graph.PowerShell.",
        "Microsoft.Open.",
    ];
    text.starts_with(['S', 'M']) && TYPES.iter().any(|name| text.starts_with(name)) && !text.contains(' ')
}

/// Refuses a record that nests deeper than records may.
fn check_depth(json: &str) -> serde_json::Result<()> {
    if value::deeper_than(MAX_DEPTH, json.as_bytes()) {
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
