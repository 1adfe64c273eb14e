//! Strict JSON parser for a record: `serde_json` reads it and hands each value to the sink.

use super::keys::{Column, INNER_START, ROW_START};
use super::sink::Sink;
use crate::tables::Target;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Reads an object's members into the sink.
pub(crate) struct Object<'s, S> {
    pub(crate) sink: &'s mut S,
    pub(crate) start: u32,
}

impl<'de, S: Sink> DeserializeSeed<'de> for Object<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Object<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut key = self.start;
        while let Some(next) = map.next_key_seed(KeyAfter { sink: &mut *self.sink, start: self.start, before: key })? {
            key = next;
            match self.sink.target(key) {
                Target::Properties if self.start == ROW_START => {
                    map.next_value_seed(Inner { sink: &mut *self.sink })?;
                }
                Target::Properties => {
                    map.next_value::<IgnoredAny>()?;
                }
                Target::Skip if self.sink.is_skipped(key) => {
                    map.next_value::<IgnoredAny>()?;
                }
                _ => {
                    let raw = map.next_value::<&'de RawValue>()?.get();
                    self.sink.member(key, raw);
                }
            }
        }
        Ok(())
    }
}

/// Finds the number of a key without copying it.
struct KeyAfter<'s, S> {
    sink: &'s mut S,
    start: u32,
    before: u32,
}

impl<'de, S: Sink> DeserializeSeed<'de> for KeyAfter<'_, S> {
    type Value = u32;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u32, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<S: Sink> Visitor<'_> for KeyAfter<'_, S> {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<u32, E> {
        Ok(self.sink.key(self.start, self.before, key.as_bytes()))
    }
}

/// Reads `properties`: an object, or one inside a text.
struct Inner<'s, S> {
    sink: &'s mut S,
}

impl<'de, S: Sink> DeserializeSeed<'de> for Inner<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Inner<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("properties")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Object { sink: self.sink, start: INNER_START }.visit_map(map)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.sink.object_in_text(text, INNER_START).map_err(E::custom)
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
pub(crate) struct Values<'s, 'c, S> {
    pub(crate) sink: &'s mut S,
    pub(crate) columns: &'c [Column],
}

impl<'de, S: Sink> Visitor<'de> for Values<'_, '_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        for (index, column) in self.columns.iter().enumerate() {
            let Some(raw) = seq.next_element::<&'de RawValue>()? else {
                return Err(A::Error::custom(format!("has {index} values for {} columns", self.columns.len())));
            };
            self.sink.column(column, raw.get());
        }
        if seq.next_element::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom(format!("has more values than {} columns", self.columns.len())));
        }
        Ok(())
    }
}
