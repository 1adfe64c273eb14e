//! Values in the JSON text of a sign-in's device.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Formatter;

/// `deviceId` of a device text; `None` when the device is unregistered or the text has none.
pub fn device_id(device: &str) -> Option<String> {
    let id = device_member(device, "deviceId")?.as_str()?.trim().to_lowercase();
    (!super::normalize::is_no_id(&id)).then_some(id)
}

/// A member of a device text, its name in any case and with underscores in it.
pub fn device_member(device: &str, name: &str) -> Option<Value> {
    let mut deserializer = serde_json::Deserializer::from_str(device);
    let found = Member(name).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    found.map(|(_, value)| value)
}

/// Reads one member of an object, whose others are skipped: of spellings the first by its letters, of equal ones the last.
struct Member<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<(Cow<'de, str>, Value)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<(Cow<'de, str>, Value)>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found: Self::Value = None;
        while let Some(Key(key)) = members.next_key()? {
            let is_wanted = key.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase());
            let is_wanted = is_wanted.eq(self.0.bytes().map(|byte| byte.to_ascii_lowercase()));
            if is_wanted && found.as_ref().is_none_or(|(known, _)| key <= *known) {
                found = Some((key, members.next_value()?));
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Name of a member, borrowed where it has no escape.
#[derive(Deserialize)]
struct Key<'k>(#[serde(borrow)] Cow<'k, str>);
