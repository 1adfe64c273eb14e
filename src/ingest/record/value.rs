//! Values in the one form the store keeps, whichever shape wrote them.

use super::json_scan::outside_strings;
use crate::model::{WrittenStep, auth_steps, authentication, flag};
use crate::tables::json::{Arena, Map, Value as Json};
use crate::tables::members;
use crate::tables::{DEVICE_PARTS, PLACE_PARTS};
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Write;

/// JSON text without the white space between its tokens; a text that is not JSON stays as it is.
pub(crate) fn compact(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if !trimmed.starts_with(['{', '[']) {
        return Cow::Borrowed(text);
    }
    let has_space = outside_strings(trimmed.as_bytes()).any(|(_, byte)| byte.is_ascii_whitespace());
    if !has_space && trimmed.len() == text.len() {
        return Cow::Borrowed(text);
    }
    if serde_json::from_str::<IgnoredAny>(trimmed).is_err() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(trimmed.len());
    let mut kept = 0;
    for (at, _) in outside_strings(trimmed.as_bytes()).filter(|(_, byte)| byte.is_ascii_whitespace()) {
        out.push_str(&trimmed[kept..at]);
        kept = at + 1;
    }
    out.push_str(&trimmed[kept..]);
    Cow::Owned(out)
}

/// `@{errorCode=0; failureReason=Other.}`, as PowerShell writes an object too deep for it, as JSON; nothing where it
/// nests another.
pub(crate) fn power_shell(text: &str) -> Option<String> {
    if text.matches("@{").count() != 1 {
        return None;
    }
    let arena = Arena::new();
    let members = members::power_shell(text)?.into_iter().map(|(name, value)| {
        // As Entra itself spells it.
        let name = arena.alloc_str(name);
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        let value = match value.as_str() {
            "True" => Json::Bool(true),
            "False" => Json::Bool(false),
            text => Json::String(arena.alloc_str(text)),
        };
        (&*name, value)
    });
    Some(Json::object(&members.collect::<Vec<_>>(), &arena).to_string())
}

/// `{'a': 'b', 'c': True}`, as some loggers write an object into a text, as JSON; nothing where it holds what such a
/// text does not. Whether it is JSON then is not checked.
pub(crate) fn single_quoted(text: &str) -> Option<String> {
    if !text.starts_with("{'") {
        return None;
    }
    let mut json = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    // The quote that ends the string being read.
    let mut quote = None;
    while let Some(c) = rest.next() {
        match (quote, c) {
            (None, '\'' | '"') => {
                quote = Some(c);
                json.push('"');
            }
            (None, 'A'..='Z') => {
                let mut word = String::from(c);
                while let Some(letter) = rest.next_if(char::is_ascii_alphabetic) {
                    word.push(letter);
                }
                json.push_str(match word.as_str() {
                    "True" => "true",
                    "False" => "false",
                    "None" => "null",
                    _ => return None,
                });
            }
            (Some(end), c) if c == end => {
                quote = None;
                json.push('"');
            }
            (Some(_), '"') => json.push_str("\\\""),
            (Some(_), '\\') => match rest.next()? {
                '\'' => json.push('\''),
                'x' => json.push_str("\\u00"),
                escaped => json.extend(['\\', escaped]),
            },
            (_, c) => json.push(c),
        }
    }
    Some(json)
}

/// The one value of an array that holds no other.
pub(crate) fn only(json: &str) -> Option<&str> {
    let inner = json.strip_prefix('[')?.strip_suffix(']')?.trim();
    // A text or a number without a comma is one; of anything else the parser says.
    if !inner.is_empty() && !inner.contains([',', '[', ']']) {
        return Some(inner);
    }
    let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    if let [only] = items.as_slice() { Some(only.get()) } else { None }
}

/// Returns whether an array holds nothing.
pub(crate) fn is_empty_array(json: &str) -> bool {
    json.strip_prefix('[').and_then(|json| json.strip_suffix(']')).is_some_and(|inner| inner.trim().is_empty())
}

/// Code and reason of a `status` object.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) code: Option<String>,
    pub(crate) reason: Option<String>,
    /// Steps of the authentication, where it speaks of the second factor.
    pub(crate) steps: String,
}

/// Reads a `status` object; nothing for anything else.
pub(crate) fn status(json: &str) -> Status {
    let Ok(Value::Object(status)) = serde_json::from_str(json) else { return Status::default() };
    let member = |name: &str| status.iter().find(|(key, _)| is_key(key, name)).and_then(|(_, v)| scalar(v));
    let more = member("additionalDetails").unwrap_or_default();
    let of_mfa = more.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("MFA"));
    let steps = of_mfa.then(|| WrittenStep { detail: &more, ..WrittenStep::default() });
    Status { code: member("errorCode"), reason: member("failureReason"), steps: authentication(steps) }
}

/// The steps of an authentication.
#[derive(Debug)]
pub(crate) enum Steps<'t> {
    /// In short already.
    Short(&'t str),
    /// As an export has them.
    Written(Vec<WrittenStep<'t>>),
}

/// The steps that a text holds; `None` for what holds none.
pub(crate) fn steps<'t>(text: &'t str, arena: &'t Arena) -> Option<Steps<'t>> {
    let text = text.trim();
    if !text.starts_with(['[', '{']) {
        return (!auth_steps(text).is_empty()).then_some(Steps::Short(text));
    }
    // Most sign-ins without a prompt have none.
    if text == "[]" {
        return None;
    }
    let list = Json::parse(text, arena)?;
    let step = |step: Json<'t>| if let Json::Object(step) = step { Some(step_of(step)) } else { None };
    let written = members::elements(list).map(step).collect::<Option<_>>()?;
    Some(Steps::Written(written))
}

/// One step of an authentication.
fn step_of(members: Map<'_>) -> WrittenStep<'_> {
    let mut step = WrittenStep::default();
    for (key, value) in members.iter() {
        let text = || members::scalar(value).unwrap_or_default();
        if is_key(key, "authenticationMethod") {
            step.method = text();
        } else if is_key(key, "authenticationStepResultDetail") {
            step.detail = text();
        } else if is_key(key, "authenticationStepRequirement") {
            step.requirement = text();
        } else if is_key(key, "succeeded") {
            step.succeeded = flag(text());
        }
    }
    step
}

/// Reason given for an API's error answer in place of rows; `None` where it has no code.
pub(crate) fn error_answer(json: &str) -> Option<String> {
    let Ok(Value::Object(error)) = serde_json::from_str(json) else { return None };
    let member = |name: &str| error.iter().find(|(key, _)| is_key(key, name)).and_then(|(_, v)| scalar(v));
    let code = member("code").filter(|code| !code.is_empty())?;
    let message = member("message").filter(|message| !message.is_empty()).map(|message| format!(": {message}"));
    Some(format!(
        "is an error answer of Microsoft Graph or Log Analytics and no rows: {code}{}; export again",
        message.unwrap_or_default()
    ))
}

/// The country of a place object.
pub(crate) fn country(json: &str) -> Option<String> {
    let Ok(Value::Object(place)) = serde_json::from_str(json) else { return None };
    let found = place.iter().find(|(key, _)| is_key(key, "countryOrRegion"))?;
    scalar(found.1)
}

/// Returns whether a key is this name, in any case and with Elastic's underscores.
pub(super) fn is_key(key: &str, name: &str) -> bool {
    key.eq_ignore_ascii_case(name)
        || key.len() > name.len() && key.contains('_') && key.replace('_', "").eq_ignore_ascii_case(name)
}

/// Columns of the risk that are kept beside its level.
pub(crate) const RISK_PARTS: usize = 4;

/// A value of the risk's columns; `None` where it says nothing. Defender writes numbers for words.
pub(crate) fn risk_part(part: usize, text: &str) -> Option<Cow<'_, str>> {
    const STATES: [(&str, &str); 6] = [
        ("0", "none"),
        ("1", "confirmedSafe"),
        ("2", "remediated"),
        ("3", "dismissed"),
        ("4", "atRisk"),
        ("5", "confirmedCompromised"),
    ];
    const LEVELS: [(&str, &str); 5] = [("0", "none"), ("1", "none"), ("10", "low"), ("50", "medium"), ("100", "high")];
    // As most rows have it.
    if matches!(text, "none" | "[]" | "") {
        return None;
    }
    let text = text.trim();
    let text = if text.starts_with('[') { Cow::Owned(words(text, ",")?) } else { Cow::Borrowed(text) };
    let numbers: &[(&str, &str)] = match part {
        0 => &STATES,
        3 => &LEVELS,
        _ => &[],
    };
    let text = numbers.iter().find(|(number, _)| *number == text).map_or(text, |(_, word)| Cow::Borrowed(*word));
    let says_nothing = ["", "none", "hidden", "unknownfuturevalue", "null"];
    (!says_nothing.iter().any(|word| text.eq_ignore_ascii_case(word))).then_some(text)
}

/// The columns of the risk in one text: `atRisk; unfamiliarFeatures; user's level medium`.
pub(crate) fn risk(parts: &[String; RISK_PARTS]) -> String {
    let [state, detections, detail, level] = parts;
    let level = if level.is_empty() { String::new() } else { format!("user's level {level}") };
    let parts = [state, detections, detail, &level].into_iter().filter(|text| !text.is_empty());
    parts.map(|text| text.replace(';', ",")).collect::<Vec<_>>().join("; ")
}

/// An array of words, joined.
pub(crate) fn words(json: &str, separator: &str) -> Option<String> {
    let Ok(Value::Array(items)) = serde_json::from_str(json) else { return None };
    Some(items.iter().filter_map(scalar).collect::<Vec<_>>().join(separator))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The device as the JSON the other shapes have, from the portal's columns. Blank columns are left out, but
/// for the id: an empty one says that the device is not registered.
pub(crate) fn device(parts: &[String; DEVICE_PARTS.len()]) -> String {
    let mut json = format!("{{\"{}\":{}", DEVICE_PARTS[0], Value::from(parts[0].as_str()));
    for (name, text) in DEVICE_PARTS.iter().zip(parts).skip(1).filter(|(_, text)| !text.trim().is_empty()) {
        let flag = flag(text);
        let value = flag.filter(|_| name.starts_with("is")).map_or_else(|| Value::from(text.as_str()), Value::from);
        write!(json, ",\"{name}\":{value}").expect("a String takes every write");
    }
    json.push('}');
    json
}

/// The place as the JSON the other shapes have, from Defender's columns and the country. Blank columns are left out, and
/// coordinates that are no numbers.
pub(crate) fn place(parts: &[String; PLACE_PARTS], country: &str) -> String {
    let [city, state, latitude, longitude] = parts.each_ref().map(String::as_str);
    let mut place = serde_json::Map::new();
    for (name, text) in [("city", city), ("state", state), ("countryOrRegion", country)] {
        if !text.trim().is_empty() {
            place.insert(name.to_owned(), Value::from(text));
        }
    }
    let degrees = |text: &str| text.trim().parse::<f64>().ok().filter(|at| at.is_finite());
    if let Some((latitude, longitude)) = degrees(latitude).zip(degrees(longitude)) {
        let point = serde_json::json!({"latitude": latitude, "longitude": longitude});
        place.insert("geoCoordinates".to_owned(), point);
    }
    Value::from(place).to_string()
}

/// The outcome of Conditional Access as the other shapes word it, from Defender's number (Microsoft Learn,
/// `EntraIdSignInEvents`, 2026-11); `None` for any other text.
pub(crate) fn policies_outcome(number: &str) -> Option<&'static str> {
    match number {
        "0" => Some("success"),
        "1" => Some("failure"),
        "2" => Some("notApplied"),
        _ => None,
    }
}

/// `City, State, CC` as the place object the other shapes have, and its country.
pub(crate) fn portal_place(text: &str) -> (String, String) {
    let mut parts = text.rsplitn(3, ',').map(str::trim);
    let country = parts.next().unwrap_or_default();
    let state = parts.next().unwrap_or_default();
    let city = parts.next().unwrap_or_default();
    let (city, state) = if city.is_empty() { (state, "") } else { (city, state) };
    let json = format!(
        "{{\"city\":{},\"state\":{},\"countryOrRegion\":{}}}",
        Value::from(city),
        Value::from(state),
        Value::from(country)
    );
    (json, country.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_only_outside_strings() {
        assert_eq!(compact("[ {\n \"a b\" : \"c \\\" d\" } ]"), "[{\"a b\":\"c \\\" d\"}]");
        assert_eq!(compact("plain words [x]"), "plain words [x]");
        assert_eq!(compact("{not json }"), "{not json }");
        assert!(matches!(compact("[{\"a\":\"b c\"}]"), Cow::Borrowed(_)));
    }

    #[test]
    fn portal_columns_become_the_objects() {
        let mut parts = [const { String::new() }; DEVICE_PARTS.len()];
        assert_eq!(device(&parts), "{\"deviceId\":\"\"}");
        parts[2] = "Windows 10".into();
        parts[4] = "No".into();
        assert_eq!(device(&parts), "{\"deviceId\":\"\",\"operatingSystem\":\"Windows 10\",\"isCompliant\":false}");
        let parts = ["Springfield", "", "12.5", "-3"].map(str::to_owned);
        let point = "{\"latitude\":12.5,\"longitude\":-3.0}";
        let expected = format!("{{\"city\":\"Springfield\",\"countryOrRegion\":\"US\",\"geoCoordinates\":{point}}}");
        assert_eq!(place(&parts, "US"), expected);
        for degrees in ["north", "NaN", "1e999"] {
            let parts = ["Springfield", "", "12.5", degrees].map(str::to_owned);
            assert_eq!(place(&parts, ""), "{\"city\":\"Springfield\"}", "{degrees}");
        }
        let (json, country) = portal_place("Springfield, Example State, US");
        assert_eq!(json, "{\"city\":\"Springfield\",\"state\":\"Example State\",\"countryOrRegion\":\"US\"}");
        assert_eq!(country, "US");
    }

    #[test]
    fn what_power_shell_flattened_is_an_object_again() {
        assert_eq!(
            power_shell("@{AdditionalDetails=; ErrorCode=0; IsManaged=True}").unwrap(),
            "{\"additionalDetails\":\"\",\"errorCode\":\"0\",\"isManaged\":true}"
        );
        assert_eq!(power_shell("@{a=@{b=c}}"), None);
        assert_eq!(power_shell("@{a"), None);
    }

    #[test]
    fn single_quotes_become_json() {
        let json =
            single_quoted(r#"{'a': 'it\'s "so"', 'b': {"c": True, 'd': [None, 1.5]}, 'e': "it's", 'f': 'Zo\xeb'}"#);
        let read: Value = serde_json::from_str(&json.unwrap()).unwrap();
        assert_eq!(
            read,
            serde_json::json!({"a": "it's \"so\"", "b": {"c": true, "d": [null, 1.5]}, "e": "it's", "f": "Zoë"})
        );
        for text in ["{'a': Nothing}", "plain words", "{'a\\"] {
            assert_eq!(single_quoted(text), None, "{text}");
        }
    }

    #[test]
    fn steps_are_kept_in_short_in_every_spelling() {
        let arena = Arena::new();
        let short = |text| match steps(text, &arena)? {
            Steps::Short(text) => Some(text.to_owned()),
            Steps::Written(steps) => Some(authentication(steps)).filter(|text| !text.is_empty()),
        };
        let expected = "Password fresh; MFA Mobile app notification fresh";
        for text in [
            r#"[{"authenticationStepDateTime":"2026-05-01T10:00:00Z","authenticationMethod":"Password","succeeded":true,
                "authenticationStepResultDetail":"Correct password","authenticationStepRequirement":"Primary authentication",
                "RequestSequence":1},
               {"authenticationMethod":"Mobile app notification","succeeded":true,"authenticationStepRequirement":null,
                "authenticationStepResultDetail":"MFA successfully completed","authenticationMethodDetail":"+1 XXX"}]"#,
            r#"[{"AuthenticationMethod":"Password","Succeeded":"True"},
               {"AuthenticationMethod":"Mobile app notification","Succeeded":1,
                "AuthenticationStepResultDetail":"MFA completed"}]"#,
            r#"[{"authentication_method":"Password","succeeded":true},
               {"authentication_method":"Mobile app notification","succeeded":true,
                "authentication_step_requirement":"multiFactorAuthentication"}]"#,
            expected,
        ] {
            assert_eq!(short(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(
            short("{\"authenticationMethod\":\"Password\",\"succeeded\":true}").as_deref(),
            Some("Password fresh")
        );
        for text in ["", "[]", " [ ] ", "[{}]", "[{\"succeeded\":true}]", "[1]", "[not json", "any words", "@{"] {
            assert_eq!(short(text), None, "{text}");
        }
    }

    #[test]
    fn status_gives_code_and_reason() {
        let expected = Status { code: Some("0".into()), reason: Some("Other.".into()), steps: String::new() };
        assert_eq!(status("{\"errorCode\":0,\"failureReason\":\"Other.\"}"), expected);
        let steps_of = |more: &str| status(&format!("{{\"errorCode\":0,\"additionalDetails\":\"{more}\"}}")).steps;
        assert_eq!(steps_of("MFA requirement satisfied by claim in the token"), "MFA by claim");
        assert_eq!(steps_of("The user could not be found"), "");
        assert_eq!(status("[]"), Status::default());
    }
}
