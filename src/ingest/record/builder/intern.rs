//! The texts of a row into the interner: most rows repeat what the one before them had.

use super::RecordReader;
use super::values::HALF_A_PAIR;
use crate::ingest::record::value;
use crate::ingest::table_names::RowTable;
use crate::model::{Field, Sym};
use crate::store::{Interner, TextKey};
use crate::tables::json::{self, Arena};
use std::borrow::Cow;
use std::convert::Infallible;

/// JSON values longer than this are not remembered as written.
const REMEMBERED_LEN: usize = 16 << 10;
/// The fields that may come as JSON.
const JSON_FIELDS: [Field; 4] =
    [Field::DeviceDetail, Field::LocationDetails, Field::ProcessingDetails, Field::TokenProtection];
/// Bytes of texts that a memo holds; then it is cleared. Each thread has several, so they are small.
const REMEMBERED_BYTES: usize = 512 << 10;

/// Last symbol of each field: many columns hardly change.
pub(super) struct Last([Sym; Field::COUNT]);

impl Default for Last {
    fn default() -> Self {
        Self([Sym::NONE; Field::COUNT])
    }
}

/// Values made of texts, each once: most rows repeat the same few.
pub(super) struct Memo<T> {
    texts: Interner,
    values: Vec<Option<T>>,
    bytes: usize,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { texts: Interner::default(), values: Vec::new(), bytes: 0 }
    }
}

impl<T> Memo<T> {
    /// The value of a text; made where it is not remembered.
    pub(super) fn get<E>(&mut self, text: &str, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
        if self.bytes > REMEMBERED_BYTES {
            *self = Self::default();
        }
        let at = self.texts.intern(text).0 as usize;
        if self.values.len() <= at {
            self.values.resize_with(at + 1, || None);
        }
        let value = &mut self.values[at];
        if value.is_none() {
            self.bytes += text.len();
            *value = Some(make()?);
        }
        Ok(value.as_ref().expect("just made"))
    }

    /// As [`Self::get`], where nothing can fail.
    pub(super) fn of(&mut self, text: &str, make: impl FnOnce() -> T) -> &T {
        match self.get(text, || Ok::<T, Infallible>(make())) {
            Ok(value) => value,
        }
    }
}

/// Values as written, each with its kept form.
#[derive(Default)]
pub(super) struct Written {
    /// Of [`JSON_FIELDS`].
    kept: Memo<Sym>,
    pub(super) statuses: Memo<value::Status>,
    pub(super) policies: Memo<String>,
    /// By the names of tables, and by categories of rows.
    pub(super) tables: Memo<Option<RowTable>>,
    /// By the parts of the steps.
    pub(super) steps: Memo<String>,
}

impl RecordReader {
    /// Fields that are JSON as written: their kept form is looked up by it.
    pub(super) fn intern_written(&mut self) -> Result<(), String> {
        let of_record = self.record.written;
        let fields = || JSON_FIELDS.into_iter().filter(|field| of_record.contains(*field));
        if fields().next().is_none() {
            return Ok(());
        }
        self.with_arena(|reader, arena| {
            let Self { record, written, part, .. } = reader;
            for field in fields() {
                let held = record.held[field as usize];
                let raw = &record.text[held.start as usize..(held.start + held.len) as usize];
                let mut kept = || Ok::<_, String>(part.texts.intern(&kept_form(raw, arena)?));
                record.event[field] =
                    if raw.len() > REMEMBERED_LEN { kept()? } else { *written.kept.get(raw, kept)? };
                // Done: the other fields follow together.
                record.weights[field as usize] = 0;
            }
            Ok(())
        })
    }

    pub(super) fn intern(&mut self) {
        let Self { record, part, last_texts: last, batch, .. } = self;
        let mut fields = [Field::Id; Field::COUNT];
        let mut keys = [TextKey::Text(""); Field::COUNT];
        let mut count = 0;
        for field in Field::ALL {
            if record.weights[field as usize] == 0 {
                continue;
            }
            let held = record.held[field as usize];
            let key = TextKey::new(&record.text[held.start as usize..(held.start + held.len) as usize]);
            let before = last.0[field as usize];
            if !before.is_none() && part.texts.key(before) == key {
                record.event[field] = before;
            } else {
                (fields[count], keys[count]) = (field, key);
                count += 1;
            }
        }
        batch.clear();
        part.texts.intern_all(&keys[..count], batch);
        for (field, sym) in fields.into_iter().zip(batch.iter()) {
            record.event[field] = *sym;
            last.0[field as usize] = *sym;
        }
    }

    /// A place names its country; rows that give only the place get it from there.
    pub(super) fn fill_country(&mut self) {
        let place = self.record.event[Field::LocationDetails];
        if place.is_none() || !self.record.event[Field::Location].is_none() {
            return;
        }
        let texts = &mut self.part.texts;
        let country = *self.countries.entry(place).or_insert_with(|| {
            let country = value::country(texts.text(place)).filter(|country| !country.is_empty());
            country.map_or(Sym::NONE, |country| texts.intern(&country))
        });
        self.record.event[Field::Location] = country;
    }
}

/// A JSON value as the store keeps it: a string's content or the value itself, without outer white space.
fn kept_form<'r>(raw: &'r str, arena: &'r Arena) -> Result<Cow<'r, str>, String> {
    let text = if raw.starts_with('"') { json::content(raw, arena).ok_or(HALF_A_PAIR)? } else { raw };
    Ok(value::compact(text))
}
