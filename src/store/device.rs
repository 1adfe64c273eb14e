//! Values in the JSON text of a sign-in's device.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Formatter;

/// Member with a device's id.
const ID: &str = "deviceId";

/// `deviceId` of a device text; `None` when the device is unregistered or the text has none.
pub fn device_id(device: &str) -> Option<String> {
    id(device_member(device, ID))
}

/// As [`device_id`], with the operating system as recorded.
pub(super) fn device_id_and_system(device: &str) -> (Option<String>, Option<String>) {
    let [device, system] = device_members(device, [ID, "operatingSystem"]);
    (id(device), system.and_then(|system| system.as_str().map(str::to_owned)))
}

fn id(member: Option<Value>) -> Option<String> {
    let id = member?.as_str()?.trim().to_lowercase();
    (!super::normalize::is_no_id(&id)).then_some(id)
}

/// A member of a device text, its name in any case and with underscores in it.
pub fn device_member(device: &str, name: &str) -> Option<Value> {
    let [value] = device_members(device, [name]);
    value
}

/// As [`device_member`], several at once.
fn device_members<const N: usize>(device: &str, names: [&str; N]) -> [Option<Value>; N] {
    let mut deserializer = serde_json::Deserializer::from_str(device);
    let found = Members(names).deserialize(&mut deserializer);
    let found = found.ok().filter(|_| deserializer.end().is_ok());
    found.map_or([const { None }; N], |found| found.map(|member| member.map(|(_, value)| value)))
}

/// Reads members of an object, whose others are skipped: of spellings the first by its letters, of equal ones the last.
struct Members<'n, const N: usize>([&'n str; N]);

impl<'de, const N: usize> DeserializeSeed<'de> for Members<'_, N> {
    type Value = [Option<(Cow<'de, str>, Value)>; N];

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Members<'_, N> {
    type Value = [Option<(Cow<'de, str>, Value)>; N];

    fn expecting(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found: Self::Value = [const { None }; N];
        while let Some(Key(key)) = members.next_key()? {
            let letters = || key.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase());
            let is_named = |name: &&str| letters().eq(name.bytes().map(|byte| byte.to_ascii_lowercase()));
            let member = self.0.iter().position(is_named).map(|at| &mut found[at]);
            match member.filter(|found| found.as_ref().is_none_or(|(known, _)| key <= *known)) {
                Some(found) => *found = Some((key, members.next_value()?)),
                None => _ = members.next_value::<IgnoredAny>()?,
            }
        }
        Ok(found)
    }
}

/// Name of a member, borrowed where it has no escape.
#[derive(Deserialize)]
struct Key<'k>(#[serde(borrow)] Cow<'k, str>);
