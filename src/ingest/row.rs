//! One record to one event, in one pass over its bytes.

use super::fields::{DEVICE_PARTS, Rank, Target};
use super::keys::{INNER_START, Keys, ROW_START};
use super::table::{self, Clues, Kind, Told};
use super::tally::Tally;
use super::{clock, value};
use crate::model::{Event, Field, Origin, Span, Sym, Table};
use crate::store::{Interner, Part};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// Deepest nesting of a record: what serde_json itself would build.
pub(super) const MAX_DEPTH: usize = 128;

/// JSON values longer than this are not remembered as written.
const REMEMBERED_LEN: usize = 16 << 10;
/// Bytes of JSON values remembered as written; then the memory is cleared.
const REMEMBERED_BYTES: usize = 32 << 20;

/// Turns records into events of one [`Part`]; each reading thread has its own.
#[derive(Default)]
pub(super) struct Rows {
    /// The events so far.
    pub(super) part: Part,
    keys: Keys,
    draft: Draft,
    written: Written,
    /// Country of each place seen.
    countries: HashMap<Sym, Sym, foldhash::fast::RandomState>,
    /// Last symbol of each field: many columns hardly change.
    last: Last,
}

struct Last([Sym; Field::COUNT]);

impl Default for Last {
    fn default() -> Self {
        Self([Sym::NONE; Field::COUNT])
    }
}

/// JSON values as written, and what they became: most rows repeat the same few.
#[derive(Default)]
struct Written {
    texts: Interner,
    syms: Vec<Sym>,
    bytes: usize,
    statuses: HashMap<Sym, (Option<Sym>, Option<Sym>), foldhash::fast::RandomState>,
}

/// Where a record stands in its source.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) offset: u64,
    pub(super) len: usize,
}

/// A column of a table that has its names apart from its rows.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) target: Target,
    /// How far east of UTC the column's times are.
    pub(super) ahead: Span,
}

/// The row being read. Nothing of it is kept unless it is read to its end.
struct Draft {
    event: Event,
    /// How strongly each field's text is held: [`Rank`] plus one, and eight more when not empty.
    weights: [u8; Field::COUNT],
    created: Rank,
    ingested: Rank,
    /// The time text that could not be read.
    bad_time: Option<String>,
    clues: Clues,
    app_only: Option<bool>,
    service_principal: bool,
    token_owner: Option<Sym>,
    device: Option<Box<[String; DEVICE_PARTS.len()]>>,
    ahead: Span,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            event: Event::new(Table::SignIn, Origin::default()),
            weights: [0; Field::COUNT],
            created: 0,
            ingested: 0,
            bad_time: None,
            clues: Clues::default(),
            app_only: None,
            service_principal: false,
            token_owner: None,
            device: None,
            ahead: Span::from_ticks(0),
        }
    }
}

impl Rows {
    /// The events and their texts.
    pub(super) fn into_part(self) -> Part {
        self.part
    }

    /// Reads a JSON object.
    pub(super) fn object(&mut self, json: &str, spot: Spot, tally: &mut Tally) {
        self.read(spot, tally, json.as_bytes(), |rows| {
            let mut parser = serde_json::Deserializer::from_str(json);
            Object { rows, start: ROW_START }.deserialize(&mut parser)?;
            parser.end()
        });
    }

    /// Reads a JSON array that holds the values of `columns`.
    pub(super) fn array(&mut self, json: &str, columns: &[Column], spot: Spot, tally: &mut Tally) {
        self.read(spot, tally, json.as_bytes(), |rows| {
            let mut parser = serde_json::Deserializer::from_str(json);
            parser.deserialize_seq(Values { rows, columns })?;
            parser.end()
        });
    }

    /// Reads CSV cells that hold the values of `columns`. An empty cell is a missing value.
    pub(super) fn cells<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a str>,
        columns: &[Column],
        spot: Spot,
        tally: &mut Tally,
    ) {
        self.read(spot, tally, b"", |rows| {
            for (column, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                rows.draft.ahead = column.ahead;
                rows.cell(column.target, cell).map_err(|reason| named(&column.name, &reason))?;
            }
            Ok(())
        });
    }

    fn read(
        &mut self,
        spot: Spot,
        tally: &mut Tally,
        json: &[u8],
        fill: impl FnOnce(&mut Self) -> serde_json::Result<()>,
    ) {
        tally.records += 1;
        self.draft.clear();
        if value::deeper_than(MAX_DEPTH, json) {
            return tally.skip(spot.offset, format!("nested deeper than {MAX_DEPTH} levels"));
        }
        let done = fill(self).map_err(|error| plain_reason(&error)).and_then(|()| self.finish(spot, tally));
        if let Err(reason) = done {
            tally.skip(spot.offset, reason);
        }
    }

    /// Completes the row and keeps it.
    fn finish(&mut self, spot: Spot, tally: &mut Tally) -> Result<(), String> {
        if let Some(parts) = self.draft.device.take() {
            self.put(Field::DeviceDetail, 0, &value::device(&parts));
        }
        self.fill_country();
        let draft = &mut self.draft;
        let event = &mut draft.event;
        let has = |field: Field| draft.weights[field as usize] > 8;
        let known = |field: Field| draft.weights[field as usize] > 0;
        let user = has(Field::UserId) || has(Field::UserPrincipalName);
        draft.clues.is_request = has(Field::RequestUri)
            && (known(Field::TokenId) || has(Field::RequestMethod))
            && !has(Field::UserPrincipalName);
        draft.clues.is_service_principal = draft.service_principal && !user;
        draft.clues.is_sign_in = (has(Field::AppId) || has(Field::AppDisplayName))
            && (known(Field::UserId) || known(Field::UserPrincipalName) || known(Field::ResultType));
        let kind = match table::tell(&mut draft.clues, tally.from_name.as_ref()) {
            Told::Row(kind) => kind,
            Told::Name(kind) => {
                tally.told_by_name = true;
                kind
            }
            Told::Guess(kind) => {
                tally.guessed = true;
                kind
            }
            Told::Unknown => match &tally.from_name {
                Some(kind @ Kind::Other(_)) => kind.clone(),
                _ => Kind::Other(Cow::Owned(tally.container.clone().unwrap_or_else(|| "no known table".to_owned()))),
            },
        };
        let table = match kind {
            Kind::Ours(table) => table,
            Kind::Other(name) => {
                tally.count(&name);
                return Ok(());
            }
        };
        if table == Table::Graph && !has(Field::UserId) {
            let of_user = draft.app_only.map_or(!draft.service_principal, |app_only| !app_only);
            if let Some(owner) = draft.token_owner.filter(|_| of_user) {
                event[Field::UserId] = owner;
            }
        }
        if !event.time().is_known() {
            return Err(draft
                .bad_time
                .take()
                .map_or_else(|| "has no time".to_owned(), |text| format!("its time cannot be read: \"{text}\"")));
        }
        event.table = table;
        event.origin = Origin {
            source: tally.source,
            record: u32::try_from(tally.records)
                .map_err(|_| "is past record 4,294,967,295 of its source".to_owned())?,
            offset: spot.offset,
            len: u32::try_from(spot.len).map_err(|_| "is longer than 4 GiB".to_owned())?,
        };
        tally.keep(event);
        self.part.events.push(event.clone());
        Ok(())
    }

    /// A place names its country; rows that give only the place get it from there.
    fn fill_country(&mut self) {
        let place = self.draft.event[Field::LocationDetails];
        if place.is_none() || self.draft.weights[Field::Location as usize] != 0 {
            return;
        }
        let texts = &mut self.part.texts;
        let country = *self.countries.entry(place).or_insert_with(|| {
            let country = value::country(texts.text(place)).filter(|country| !country.is_empty());
            country.map_or(Sym::NONE, |country| texts.intern(&country))
        });
        self.draft.event[Field::Location] = country;
    }

    /// Puts a text into a field unless a stronger one is there.
    #[inline]
    fn put(&mut self, field: Field, rank: Rank, text: &str) {
        let weight = rank + 1 + 8 * u8::from(!text.is_empty());
        if weight < self.draft.weights[field as usize] {
            return;
        }
        let last = self.last.0[field as usize];
        let sym =
            if !last.is_none() && self.part.texts.text(last) == text { last } else { self.part.texts.intern(text) };
        self.last.0[field as usize] = sym;
        self.draft.event[field] = sym;
        self.draft.weights[field as usize] = weight;
    }

    fn put_sym(&mut self, field: Field, rank: Rank, sym: Sym) {
        let weight = rank + 1 + 8 * u8::from(!self.part.texts.text(sym).is_empty());
        if weight >= self.draft.weights[field as usize] {
            self.draft.event[field] = sym;
            self.draft.weights[field as usize] = weight;
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
                    return self.remembered(field, rank, raw);
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
        match target {
            Target::Skip => {}
            Target::Text(field, rank) | Target::Words(field, rank) => self.put(field, rank, text),
            Target::Json(field, rank) => self.put(field, rank, &value::compact(text)),
            Target::Number(field, rank) => {
                if text.bytes().all(|b| b.is_ascii_digit()) {
                    self.put(field, rank, text);
                } else {
                    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                    self.put(field, rank, &digits);
                }
            }
            Target::Created(rank) => self.time(rank, text, true),
            Target::Ingested(rank) => self.time(rank, text, false),
            Target::Type if !text.is_empty() => self.draft.clues.kind = Some(table::named(text)),
            Target::Category if !text.is_empty() => self.draft.clues.category = Some(table::named(text)),
            Target::Type | Target::Category => {}
            Target::Interactive => self.draft.clues.interactive = flag(text),
            Target::EventTypes => self.draft.clues.event_types = table::of_event_types(text),
            Target::AppOnly => self.draft.app_only = (!text.is_empty()).then(|| text.eq_ignore_ascii_case("app")),
            Target::ServicePrincipal => self.draft.service_principal = !text.trim().is_empty(),
            Target::TokenOwner => self.draft.token_owner = Some(self.part.texts.intern(text)),
            Target::Resource if text.starts_with('/') => {}
            Target::Resource => self.put(Field::ResourceIdentity, 0, text),
            Target::Place if text.starts_with('{') => self.put(Field::LocationDetails, 0, &value::compact(text)),
            Target::Place => self.put(Field::Location, 1, text),
            Target::PortalPlace => {
                let (json, country) = value::portal_place(text);
                self.put(Field::LocationDetails, 0, &json);
                self.put(Field::Location, 1, &country);
            }
            Target::Status if text.starts_with('{') => self.status(text),
            Target::Status if text.eq_ignore_ascii_case("success") => self.put(Field::ResultType, 0, "0"),
            Target::Status => self.put(Field::ResultType, 0, text),
            Target::DevicePart(part) => {
                self.draft.device.get_or_insert_default()[part] = text.to_owned();
            }
            Target::Properties => return self.inner(text),
        }
        Ok(())
    }

    /// Takes an object or an array as written.
    fn nested(&mut self, target: Target, raw: &str) -> Result<(), String> {
        let kind = if raw.starts_with('{') { "an object" } else { "an array" };
        match target {
            Target::Json(field, rank) => self.remembered(field, rank, raw),
            Target::Place => self.remembered(Field::LocationDetails, 0, raw),
            Target::Status => {
                self.status(raw);
                Ok(())
            }
            Target::Words(Field::Scopes, rank) => self.words(Field::Scopes, rank, raw, " "),
            Target::Words(field, rank) => self.words(field, rank, raw, ","),
            Target::EventTypes => self.text(target, raw),
            Target::Text(..) | Target::Number(..) | Target::Created(_) | Target::Ingested(_) | Target::Resource => {
                Err(format!("is {kind} where a text is expected"))
            }
            _ => Ok(()),
        }
    }

    fn words(&mut self, field: Field, rank: Rank, raw: &str, separator: &str) -> Result<(), String> {
        let text = value::words(raw, separator).ok_or("is an object where words are expected")?;
        self.put(field, rank, &text);
        Ok(())
    }

    /// Takes a JSON value whose kept form is looked up by how it was written.
    fn remembered(&mut self, field: Field, rank: Rank, raw: &str) -> Result<(), String> {
        if raw.len() > REMEMBERED_LEN {
            let text = kept_form(raw)?;
            self.put(field, rank, &text);
            return Ok(());
        }
        if self.written.bytes > REMEMBERED_BYTES {
            self.written = Written::default();
        }
        let key = self.written.texts.intern(raw);
        if self.written.syms.len() <= key.0 as usize {
            self.written.syms.resize(key.0 as usize + 1, Sym::NONE);
        }
        let mut sym = self.written.syms[key.0 as usize];
        if sym.is_none() {
            sym = self.part.texts.intern(&kept_form(raw)?);
            self.written.syms[key.0 as usize] = sym;
            self.written.bytes += raw.len();
        }
        self.put_sym(field, rank, sym);
        Ok(())
    }

    fn status(&mut self, json: &str) {
        let key = self.written.texts.intern(json);
        let texts = &mut self.part.texts;
        let (code, reason) = *self.written.statuses.entry(key).or_insert_with(|| {
            let (code, reason) = value::status(json);
            (code.map(|code| texts.intern(&code)), reason.map(|reason| texts.intern(&reason)))
        });
        if let Some(code) = code {
            self.put_sym(Field::ResultType, 1, code);
        }
        if let Some(reason) = reason {
            self.put_sym(Field::ResultDescription, 0, reason);
        }
    }

    fn time(&mut self, rank: Rank, text: &str, created: bool) {
        let Some(time) = clock::read(text) else {
            if !text.is_empty() {
                self.draft.bad_time = Some(text.chars().take(40).collect());
            }
            return;
        };
        let time = time.minus(self.draft.ahead);
        let draft = &mut self.draft;
        let (slot, held) = if created {
            (&mut draft.event.created, &mut draft.created)
        } else {
            (&mut draft.event.ingested, &mut draft.ingested)
        };
        if rank + 1 >= *held {
            (*slot, *held) = (time, rank + 1);
        }
    }

    /// Reads `properties` that came as JSON inside a text. What is not JSON there belongs to other services'
    /// logs, and says nothing.
    fn inner(&mut self, text: &str) -> Result<(), String> {
        if !text.trim_start().starts_with('{') || serde_json::from_str::<IgnoredAny>(text).is_err() {
            return Ok(());
        }
        let mut parser = serde_json::Deserializer::from_str(text);
        Object { rows: self, start: INNER_START }.deserialize(&mut parser).map_err(|error| plain_reason(&error))
    }

    fn cell(&mut self, target: Target, cell: &str) -> Result<(), String> {
        match target {
            Target::Words(..) | Target::EventTypes if cell.starts_with('[') => self.nested(target, cell),
            _ => self.text(target, cell),
        }
    }
}

impl Draft {
    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// A JSON value as the store keeps it: a string's content or the value itself, without outer white space.
fn kept_form(raw: &str) -> Result<String, String> {
    if raw.starts_with('"') {
        let text: String = serde_json::from_str(raw).map_err(|_| "half a surrogate pair".to_owned())?;
        return Ok(value::compact(&text).into_owned());
    }
    Ok(value::compact(raw).into_owned())
}

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn named(name: &str, reason: &str) -> serde_json::Error {
    serde_json::Error::custom(format!("{name} {reason}"))
}

/// The parser's reason without its line number: a record is one line of something else.
fn plain_reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line 1 column").next().unwrap_or(&text);
    if error.is_data() { reason.to_owned() } else { format!("is not valid JSON: {reason}") }
}

/// Reads an object's members into the row.
struct Object<'r> {
    rows: &'r mut Rows,
    start: u32,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut key = self.start;
        while let Some(next) = map.next_key_seed(KeyAfter { keys: &mut self.rows.keys, before: key })? {
            key = next;
            match self.rows.keys.target(key) {
                Target::Skip => {
                    map.next_value::<IgnoredAny>()?;
                }
                Target::Properties if self.start == ROW_START => map.next_value_seed(Inner { rows: self.rows })?,
                Target::Properties => {
                    map.next_value::<IgnoredAny>()?;
                }
                target => {
                    let raw = map.next_value::<&'de RawValue>()?.get();
                    self.rows
                        .value(target, raw)
                        .map_err(|reason| A::Error::custom(format!("{} {reason}", self.rows.keys.name(key))))?;
                }
            }
        }
        Ok(())
    }
}

/// Finds the number of a key without copying it.
struct KeyAfter<'k> {
    keys: &'k mut Keys,
    before: u32,
}

impl<'de> DeserializeSeed<'de> for KeyAfter<'_> {
    type Value = u32;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u32, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyAfter<'_> {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<u32, E> {
        Ok(self.keys.find(self.before, key))
    }
}

/// Reads `properties`: an object, or one inside a text.
struct Inner<'r> {
    rows: &'r mut Rows,
}

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inner<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("properties")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Object { rows: self.rows, start: INNER_START }.visit_map(map)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.rows.inner(text).map_err(E::custom)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// Reads the values of one row of a table.
struct Values<'r, 'c> {
    rows: &'r mut Rows,
    columns: &'c [Column],
}

impl<'de> Visitor<'de> for Values<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        for (index, column) in self.columns.iter().enumerate() {
            let Some(raw) = seq.next_element::<&'de RawValue>()? else {
                return Err(A::Error::custom(format!("has {index} values for {} columns", self.columns.len())));
            };
            self.rows
                .value(column.target, raw.get())
                .map_err(|reason| A::Error::custom(format!("{} {reason}", column.name)))?;
        }
        if seq.next_element::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom(format!("has more values than {} columns", self.columns.len())));
        }
        Ok(())
    }
}
