//! Conditional Access policies of a sign-in, in short.
//!
//! The list of a large tenant is a third of its rows, and most of it did not apply. A scan finds the results and goes
//! back for the names of those that did; lists in another order of members, and unusual names, are parsed.

use super::value::is_key;
use crate::model::{PolicyResult, WrittenPolicy, policies_text};
use memchr::memmem::Finder;
use serde_json::Value;
use std::sync::LazyLock;

/// Quoting of the members of a list: as JSON, or JSON inside a text.
struct Quoting {
    /// Before a name.
    before: &'static [u8],
    /// Between a name and a text.
    colon: &'static [u8],
    /// Between a name and an array.
    array: &'static [u8],
    /// First byte after a text in it.
    end: u8,
}

const PLAIN: Quoting = Quoting { before: b"\"", colon: b"\":\"", array: b"\":[", end: b'"' };
const IN_TEXT: Quoting = Quoting { before: b"\\\"", colon: b"\\\":\\\"", array: b"\\\":[", end: b'\\' };

/// Searches for the names, made once.
struct Finders {
    result: Finder<'static>,
    name: Finder<'static>,
    grants: Finder<'static>,
}

static FINDERS: LazyLock<Finders> =
    LazyLock::new(|| Finders { result: Finder::new(RESULT), name: Finder::new(NAME), grants: Finder::new(GRANTS) });

const RESULT: &str = "result";
const NAME: &str = "displayName";
const GRANTS: &str = "enforcedGrantControls";

/// Longest result.
const LONGEST_RESULT: usize = 32;

/// The short text of a list as written: an array, or a text that holds one. Empty where it has no policy.
pub(super) fn short(raw: &str) -> String {
    let quoting = if raw.starts_with('"') { &IN_TEXT } else { &PLAIN };
    // A list of nothing, in either form.
    if raw.len() <= "\"[]\"".len() {
        return String::new();
    }
    quoting.scan(raw).unwrap_or_else(|| parsed(raw))
}

impl Quoting {
    /// The short text; `None` where a list is not plainly of the usual order.
    fn scan(&self, raw: &str) -> Option<String> {
        let (bytes, finders) = (raw.as_bytes(), &*FINDERS);
        let mut found: Vec<WrittenPolicy<'_>> = Vec::new();
        let (mut not_applied, mut before) = (0, 0);
        for at in finders.result.find_iter(bytes) {
            // Not a word of a name: in it the quotes are escaped.
            let after = at + RESULT.len();
            if !(bytes[..at].ends_with(self.before) && bytes[after..].starts_with(self.colon)) {
                continue;
            }
            let start = after + self.colon.len();
            let word = &bytes[start..];
            let end = word.iter().take(LONGEST_RESULT).position(|byte| *byte == self.end)?;
            let word = raw.get(start..start + end)?;
            // The order of the members is that of the first policy.
            if before == 0 {
                finders.name.find(&bytes[..at])?;
            }
            if PolicyResult::read(word).is_none() {
                not_applied += usize::from(!word.eq_ignore_ascii_case("notEnabled"));
            } else {
                let policy = raw.get(before..at)?;
                let name = self.text_of(policy, &finders.name, NAME)?;
                found.push(WrittenPolicy { name, result: word, grants: self.grants(policy, finders)? });
            }
            before = start;
        }
        // No result at all: other names of members, other white space.
        if before == 0 {
            return None;
        }
        Some(policies_text(found, not_applied))
    }

    /// The text of the one member of a name; `None` where there are more, or it is blank or has an escape.
    fn text_of<'t>(&self, policy: &'t str, finder: &Finder<'_>, name: &str) -> Option<&'t str> {
        let bytes = policy.as_bytes();
        let at = finder.find(bytes)?;
        let start = at + name.len();
        if !(bytes[..at].ends_with(self.before) && bytes[start..].starts_with(self.colon)) {
            return None;
        }
        let text = policy.get(start + self.colon.len()..)?;
        let end = memchr::memchr2(b'"', b'\\', text.as_bytes())?;
        let rest = &text.as_bytes()[end..];
        let is_end = rest.starts_with(self.before);
        (is_end && end > 0 && finder.find(rest).is_none()).then_some(&text[..end])
    }

    /// The grant controls as they are written; nothing where there are none.
    fn grants<'t>(&self, policy: &'t str, finders: &Finders) -> Option<&'t str> {
        let Some(at) = finders.grants.find(policy.as_bytes()) else { return Some("") };
        let list = policy.get(at + GRANTS.len()..)?;
        if !list.as_bytes().starts_with(self.array) {
            return None;
        }
        let list = &list[self.array.len()..];
        Some(&list[..memchr::memchr(b']', list.as_bytes())?])
    }
}

/// As [`short`], by parsing.
fn parsed(raw: &str) -> String {
    let text: Option<String> = if raw.starts_with('"') { serde_json::from_str(raw).ok() } else { None };
    let json = text.as_deref().unwrap_or(raw).trim();
    let list = match serde_json::from_str(json) {
        Ok(Value::Array(list)) => list,
        Ok(one @ Value::Object(_)) => vec![one],
        _ => return String::new(),
    };
    let member = |policy: &Value, name: &str| {
        let found = policy.as_object()?.iter().find(|(key, _)| is_key(key, name))?;
        Some(match found.1 {
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            _ => return None,
        })
    };
    let (mut found, mut not_applied) = (Vec::new(), 0);
    for policy in &list {
        let result = member(policy, "result").unwrap_or_default();
        if PolicyResult::read(&result).is_none() {
            not_applied += usize::from(!result.is_empty() && !result.eq_ignore_ascii_case("notEnabled"));
            continue;
        }
        let name = member(policy, "displayName").filter(|name| !name.trim().is_empty());
        let name = name.or_else(|| member(policy, "id")).unwrap_or_default();
        found.push((name, result, member(policy, "enforcedGrantControls").unwrap_or_default()));
    }
    let written = found.iter().map(|(name, result, grants)| WrittenPolicy { name, result, grants });
    policies_text(written, not_applied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn list() -> Value {
        json!([
            {"id": "1", "displayName": "CA001: MFA", "enforcedGrantControls": ["Mfa"], "enforcedSessionControls": [],
                "result": "success", "conditionsSatisfied": 3, "conditionsNotSatisfied": 0},
            {"id": "2", "displayName": "CA002", "enforcedGrantControls": ["Block"], "result": "notApplied"},
            {"id": "3", "displayName": "CA003", "enforcedGrantControls": [], "result": "notEnabled"},
            {"id": "4", "displayName": "CA014: Block", "enforcedGrantControls": ["Block"], "enforcedSessionControls": [],
                "result": "reportOnlyFailure"},
        ])
    }

    const SHORT: &str = "CA001: MFA = success [Mfa]; CA014: Block = reportOnlyFailure [Block]; 1 not applied";

    /// A list with `displayName` before `result`, as every service writes it.
    fn written(list: &Value) -> String {
        let policies = list.as_array().unwrap().iter().map(|policy| {
            let names = ["id", "displayName", "authenticationStrength", "enforcedGrantControls", "result"];
            let members = names.iter().filter_map(|name| Some(format!("\"{name}\":{}", policy.get(name)?)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        });
        format!("[{}]", policies.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn every_form_of_a_list_gives_the_same_text() {
        let usual = written(&list());
        assert!(PLAIN.scan(&usual).is_some());
        assert_eq!(short(&usual), SHORT);
        let in_text = Value::from(usual.clone()).to_string();
        assert!(IN_TEXT.scan(&in_text).is_some());
        assert_eq!(short(&in_text), SHORT);
        let spaced = serde_json::to_string_pretty(&list()).unwrap();
        assert_eq!(short(&spaced), SHORT);
        assert_eq!(short(&Value::from(spaced).to_string()), SHORT);
        let capitals = usual.replace("displayName", "DisplayName").replace("\"result", "\"Result");
        assert_eq!(short(&capitals), SHORT);
        let underscores = usual.replace("displayName", "display_name").replace("enforcedGrant", "enforced_grant_");
        assert_eq!(short(&underscores).split(" [").next(), Some("CA001: MFA = success"));
        let turned = r#"[{"result":"success","displayName":"A"},{"result":"failure","displayName":"B"}]"#;
        assert_eq!(short(turned), "A = success; B = failure");
    }

    #[test]
    fn names_are_those_of_their_own_policy() {
        let strength = json!([{"displayName": "CA002", "authenticationStrength": {"displayName": "Phishing-resistant"},
            "result": "failure"}]);
        assert_eq!(short(&written(&strength)), "CA002 = failure");
        let sly = json!([{"displayName": "a\",\"result\":\"failure\",\"displayName\":\"b", "result": "success"}]);
        let in_text = Value::from(written(&sly)).to_string();
        for raw in [written(&sly), in_text] {
            let text = short(&raw);
            assert_eq!(crate::model::policies(&text).count(), 1, "{text}");
            assert!(text.ends_with(" = success"), "{text}");
        }
        let accents = json!([{"displayName": "R\u{e8}gle \u{2013} MFA", "result": "success"}]);
        assert_eq!(short(&written(&accents)), "R\u{e8}gle \u{2013} MFA = success");
        assert_eq!(short(r#"[{"displayName":"A \u0026 B","result":"success"}]"#), "A & B = success");
        assert_eq!(short(r#"[{"id":"7","displayName":"","result":"success"}]"#), "7 = success");
    }

    #[test]
    fn what_is_no_list_gives_nothing() {
        for raw in
            ["", "[]", "\"[]\"", "\"\"", "\"not json\"", "{", "[1,2]", "[{\"result\":\"", "\"[{\\\"result\\\":\\\"\""]
        {
            assert_eq!(short(raw), "", "{raw}");
        }
    }
}
