//! Values in the JSON text of a sign-in's device.

use serde_json::Value;

/// `deviceId` of a device text; `None` when the device is unregistered or the text has none.
pub fn device_id(device: &str) -> Option<String> {
    let id = device_member(device, "deviceId")?.as_str()?.trim().to_lowercase();
    (!super::normalize::is_no_id(&id)).then_some(id)
}

/// A member of a device text, its name in any case and with underscores in it.
pub fn device_member(device: &str, name: &str) -> Option<Value> {
    let Value::Object(members) = serde_json::from_str(device).ok()? else { return None };
    members.into_iter().find(|(key, _)| key.replace('_', "").eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
