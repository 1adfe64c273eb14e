//! Values in a token's processing details and device text, read from their JSON.

use crate::facts::Facts;
use crate::model::flag;
use crate::model::words::is_guid;
pub use crate::store::device_id;
use crate::store::device_member;
use serde_json::Value;

/// Scopes under the key `Oauth Scope Info`, sorted; empty where there are none. Both written forms are read:
/// a JSON array in a text, and the older unquoted `[a,b]`.
pub fn scopes(details: &str) -> Vec<String> {
    let Some(value) = detail(details, "Oauth Scope Info") else { return Vec::new() };
    let mut scopes: Vec<String> = serde_json::from_str(&value).unwrap_or_else(|_| {
        let inner = value.trim().trim_start_matches('[').trim_end_matches(']');
        inner.split([',', ' ']).map(|scope| scope.trim_matches('"').to_owned()).collect()
    });
    scopes.retain(|scope| !scope.is_empty());
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

/// Scopes the second has and the first has not, sorted.
pub fn added(first: &str, second: &str) -> Vec<String> {
    let before = scopes(first);
    let mut added = scopes(second);
    added.retain(|scope| before.binary_search(scope).is_err());
    added
}

/// Scopes as shown: roles among them by name.
pub fn scope_names(facts: &Facts, scopes: &[String]) -> Vec<String> {
    scopes.iter().map(|scope| facts.scope_name(scope).into_owned()).collect()
}

/// A role of the directory in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether Microsoft calls it privileged.
    pub is_privileged: bool,
}

/// Roles whose template ids a sign-in's processing details have, among the claims (`wids`) or the scopes, as far as the
/// facts know them.
pub fn roles<'a>(facts: &'a Facts, details: &str) -> Vec<Role<'a>> {
    let ids = details.split(|c: char| !c.is_ascii_hexdigit() && c != '-').filter(|id| is_guid(id));
    let role = |id: &str| {
        let id = id.to_ascii_lowercase();
        Some(Role { name: facts.role(&id)?, is_privileged: facts.is_privileged_role(&id) })
    };
    ids.filter_map(role).collect()
}

/// A value by key in `AuthenticationProcessingDetails`, an array of `{key, value}`.
pub fn detail(details: &str, key: &str) -> Option<String> {
    let Value::Array(pairs) = serde_json::from_str(details).ok()? else { return None };
    // PowerShell writes Key and Value with capitals.
    let member = |pair: &Value, name: &str| {
        pair.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    };
    let is_named =
        |pair: &&Value| member(pair, "key").is_some_and(|k| k.as_str().is_some_and(|k| k.eq_ignore_ascii_case(key)));
    let value = member(pairs.iter().find(is_named)?, "value")?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Scopes as the published query extracts them: group 1 of `{"key":"Oauth Scope Info","value":"\[(.*)\]"}`, whose dot
/// stops at a line feed; empty where it does not match.
pub fn published_extract(details: &str) -> &str {
    const BEFORE: &str = r#"{"key":"Oauth Scope Info","value":"["#;
    const AFTER: &str = r#"]"}"#;
    let mut rest = details;
    while let Some(at) = rest.find(BEFORE) {
        rest = &rest[at + BEFORE.len()..];
        let line = rest.split('\n').next().unwrap_or_default();
        if let Some(end) = line.rfind(AFTER) {
            return &line[..end];
        }
    }
    ""
}

/// `isCompliant` of a device text; `None` where it has none.
pub fn compliant(device: &str) -> Option<bool> {
    truth(device, "isCompliant")
}

/// `isManaged` of a device text; `None` where it has none.
pub fn managed(device: &str) -> Option<bool> {
    truth(device, "isManaged")
}

fn truth(device: &str, name: &str) -> Option<bool> {
    match device_member(device, name)? {
        Value::Bool(value) => Some(value),
        Value::String(text) => flag(&text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_written_forms_of_scopes_are_read() {
        let json = r#"[{"key":"Is CAE Token","value":"False"},{"key":"Oauth Scope Info","value":"[\"b\",\"a\"]"}]"#;
        assert_eq!(scopes(json), ["a", "b"]);
        assert_eq!(
            scopes(r#"[{"key":"Oauth Scope Info","value":"[User.Read,Mail.Read]"}]"#),
            ["Mail.Read", "User.Read"]
        );
        assert_eq!(published_extract(json), r#"\"b\",\"a\""#);
        assert_eq!(published_extract("[\n {\n \"key\": \"Oauth Scope Info\"}]"), "");
        assert_eq!(added(r#"[{"key":"Oauth Scope Info","value":"[a]"}]"#, json), ["b"]);
    }

    #[test]
    fn compliance_has_three_states() {
        assert_eq!(compliant(r#"{"isCompliant":true}"#), Some(true));
        assert_eq!(compliant(r#"{"isCompliant":"FALSE"}"#), Some(false));
        for unknown in ["", "{}", "x", r#"{"isCompliant":null}"#] {
            assert_eq!(compliant(unknown), None, "{unknown}");
        }
    }
}
