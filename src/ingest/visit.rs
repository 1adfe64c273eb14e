//! The strict way through a record: `serde_json` walks it, and hands each value to the row.

use super::keys::{INNER_START, Keys, ROW_START};
use super::row::{Column, Rows};
use crate::tables::Target;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Reads an object's members into the row.
pub(super) struct Object<'r> {
    pub(super) rows: &'r mut Rows,
    pub(super) start: u32,
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
            match self.rows.target(key) {
                Target::Properties if self.start == ROW_START => map.next_value_seed(Inner { rows: self.rows })?,
                Target::Properties => {
                    map.next_value::<IgnoredAny>()?;
                }
                Target::Skip if self.rows.keys.targets(key).is_skip() => {
                    map.next_value::<IgnoredAny>()?;
                }
                _ => {
                    let raw = map.next_value::<&'de RawValue>()?.get();
                    self.rows.member(key, raw);
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
        self.rows.inner(text, INNER_START).map_err(E::custom)
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
pub(super) struct Values<'r, 'c> {
    pub(super) rows: &'r mut Rows,
    pub(super) columns: &'c [Column],
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
            self.rows.column(column, raw.get());
        }
        if seq.next_element::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom(format!("has more values than {} columns", self.columns.len())));
        }
        Ok(())
    }
}
