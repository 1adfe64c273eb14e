//! Members of a whole record, for tables whose rows are read at once: name and value, whatever shape they came in.

use super::json::{Map, Name, Value};
use crate::model::Span;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Members of a record or of an object inside one. Names compare without case, and without the suffixes of union
/// exports; of members of one name the first that is not empty counts.
#[derive(Debug, Default)]
pub struct Members<'r> {
    list: Vec<Member<'r>>,
    /// The mark of each name: a hundred names are looked for in every record, and most are not in it.
    marks: Vec<NameMark>,
}

#[derive(Debug)]
struct Member<'r> {
    name: Cow<'r, str>,
    value: Written<'r>,
    /// UTC offset of a column's times.
    utc_offset: Span,
}

/// A value as written.
#[derive(Debug)]
enum Written<'r> {
    /// JSON.
    Json(Cow<'r, str>),
    /// Cell of a CSV.
    Cell(Cow<'r, str>),
}

/// A time as written, and the UTC offset of its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenTime {
    /// The text.
    pub text: String,
    /// The offset, for times that name none.
    pub utc_offset: Span,
}

impl<'r> Members<'r> {
    /// The members of a JSON object; none of anything else.
    pub fn from_json(json: &'r str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// The members of a JSON object in a text that does not outlive them.
    pub fn from_text(json: &str) -> Members<'static> {
        let Members { list, marks } = Members::from_json(json);
        let members = list.into_iter().map(|member| Member {
            name: Cow::Owned(member.name.into_owned()),
            value: match member.value {
                Written::Json(json) => Written::Json(Cow::Owned(json.into_owned())),
                Written::Cell(cell) => Written::Cell(Cow::Owned(cell.into_owned())),
            },
            utc_offset: member.utc_offset,
        });
        Members { list: members.collect(), marks }
    }

    fn add(&mut self, name: Cow<'r, str>, value: Written<'r>, utc_offset: Span) {
        self.marks.push(NameMark::of_key(&name));
        self.list.push(Member { name, value, utc_offset });
    }

    /// Adds a CSV cell under its column.
    pub fn add_cell(&mut self, name: &'r str, cell: &'r str, utc_offset: Span) {
        self.add(Cow::Borrowed(name), Written::Cell(Cow::Borrowed(cell)), utc_offset);
    }

    /// Adds a JSON value under its column.
    pub fn add_json(&mut self, name: &'r str, json: &'r str, utc_offset: Span) {
        self.add(Cow::Borrowed(name), Written::Json(Cow::Borrowed(json)), utc_offset);
    }

    /// Every name, as written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|member| &*member.name)
    }

    /// Returns whether there is a value under the name, one that is not empty or null.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A text, number or truth value as text, trimmed; `None` where it is missing, null, empty or nested.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.find(name)?.value.text()
    }

    /// The first of several names that has a text.
    pub fn first(&self, names: &[&str]) -> Option<Cow<'_, str>> {
        names.iter().find_map(|name| self.text(name))
    }

    /// A time as written.
    pub fn time(&self, names: &[&str]) -> Option<WrittenTime> {
        let name = names.iter().find(|name| self.text(name).is_some())?;
        let utc_offset = self.find(name)?.utc_offset;
        Some(WrittenTime { text: self.text(name)?.into_owned(), utc_offset })
    }

    /// A value, JSON and PowerShell's `@{…}` inside texts read out; null where it is missing.
    pub fn value(&self, name: &str) -> Value<'_> {
        self.find(name).map_or(Value::Null, |member| member.value.read())
    }

    /// Name as written and value of each member that is not empty, as [`Self::value`] has it.
    pub fn values(&self) -> impl Iterator<Item = (&str, Value<'_>)> {
        self.list.iter().filter(|member| !member.value.is_empty()).map(|member| (&*member.name, member.value.read()))
    }

    /// Name as written and text of each member that has one, as [`Self::text`] has it.
    pub fn texts(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.list.iter().filter_map(|member| Some((&*member.name, member.value.text()?)))
    }

    /// The members of an object under a name, inside a text too; `None` where it is no object.
    pub fn inside(&self, name: &str) -> Option<Members<'_>> {
        let json = match &self.find(name)?.value {
            Written::Cell(cell) => Cow::Borrowed(cell.trim()),
            Written::Json(json) if json.starts_with('{') => Cow::Borrowed(&**json),
            Written::Json(json) => plain_text(json)?,
        };
        let json =
            if json.starts_with("@{") { Cow::Owned(Value::Object(power_shell(&json)?).to_string()) } else { json };
        let members = match json {
            _ if !json.starts_with('{') => return None,
            Cow::Borrowed(json) => Members::from_json(json),
            Cow::Owned(json) => Members::from_text(&json),
        };
        (!members.list.is_empty()).then_some(members)
    }

    fn find(&self, name: &str) -> Option<&Member<'_>> {
        let mark = NameMark::of_name(name);
        let mut alike =
            self.marks.iter().zip(&self.list).filter(|(known, _)| known.may_be(mark)).map(|(_, member)| member);
        alike.find(|member| is_name(&member.name, name) && !member.value.is_empty())
    }
}

impl Written<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Cell(cell) => cell.trim().is_empty(),
            Self::Json(json) => matches!(&**json, "null" | "\"\""),
        }
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        let text = match self {
            Self::Cell(cell) => Cow::Borrowed(cell.trim()),
            Self::Json(json) => plain_text(json)?,
        };
        (!text.is_empty()).then_some(text)
    }

    fn read(&self) -> Value<'_> {
        match self {
            Self::Cell(cell) => read_out(Value::String(Cow::Borrowed(cell))),
            Self::Json(json) => read_out(match json.as_bytes() {
                [b'"', inner @ .., b'"'] if memchr::memchr(b'\\', inner).is_none() => json[1..json.len() - 1].into(),
                _ => serde_json::from_str(json).unwrap_or_default(),
            }),
        }
    }
}

/// First letter of a name, in lower case, and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NameMark {
    letter: u8,
    /// [`Self::ANY`] where exports may have added something, or the name is long.
    len: u8,
}

impl NameMark {
    const ANY: u8 = u8::MAX;

    fn of_key(key: &str) -> Self {
        let bytes = key.as_bytes().trim_ascii_start();
        let is_plain = bytes.len() == key.len() && !key.bytes().any(|byte| byte == b'_' || byte.is_ascii_whitespace());
        let len = if is_plain { Self::of_name(key).len } else { Self::ANY };
        Self { letter: Self::first(bytes), len }
    }

    fn of_name(name: &str) -> Self {
        Self { letter: Self::first(name.as_bytes()), len: u8::try_from(name.len()).unwrap_or(Self::ANY) }
    }

    fn first(bytes: &[u8]) -> u8 {
        bytes.first().map_or(0, u8::to_ascii_lowercase)
    }

    /// Returns whether a key with this mark may be a name with that one.
    #[inline]
    fn may_be(self, name: Self) -> bool {
        self.letter == name.letter && (self.len == name.len || self.len == Self::ANY)
    }
}

/// Returns whether a key as written is a name: without case, and without what exports add to columns.
#[inline]
fn is_name(written: &str, name: &str) -> bool {
    let (mut written, name) = (written.as_bytes(), name.as_bytes());
    if written.first().is_some_and(u8::is_ascii_whitespace) {
        written = written.trim_ascii_start();
    }
    let Some((start, rest)) = written.split_at_checked(name.len()) else { return false };
    if !start.eq_ignore_ascii_case(name) {
        return false;
    }
    match rest {
        [] | [b' ', b'[', ..] => true,
        [b'_', suffix @ ..] => ["", "s", "g", "t", "d", "b", "dynamic", "string"]
            .iter()
            .any(|known| known.as_bytes() == suffix.trim_ascii_end()),
        rest => rest.trim_ascii().is_empty(),
    }
}

/// The text of a JSON scalar; `None` for null and nested values.
fn plain_text(json: &str) -> Option<Cow<'_, str>> {
    match json.as_bytes().first()? {
        b'"' => {
            let inner = &json[1..json.len() - 1];
            if inner.contains('\\') {
                let text: String = serde_json::from_str(json).ok()?;
                Some(Cow::Owned(text.trim().to_owned()))
            } else {
                Some(Cow::Borrowed(inner.trim()))
            }
        }
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(json)),
    }
}

/// Texts inside texts that are read out of a value, at most.
const LAYERS: usize = 4;

/// A value without the text around it, where the text is JSON, or PowerShell's form of an object.
pub fn read_out(mut value: Value<'_>) -> Value<'_> {
    for _ in 0..LAYERS {
        let inner = match &value {
            Value::String(Cow::Borrowed(text)) => in_text(text),
            Value::String(Cow::Owned(text)) => in_text(text).map(Value::into_static),
            _ => None,
        };
        match inner {
            Some(inner) => value = inner,
            None => break,
        }
    }
    if let Value::Array(items) = &mut value {
        for item in items {
            if matches!(item, Value::String(text) if text.starts_with("@{")) {
                *item = read_out(item.take());
            }
        }
    }
    value
}

/// The value that a text holds.
fn in_text(text: &str) -> Option<Value<'_>> {
    let text = text.trim();
    if text.starts_with("@{") {
        power_shell(text).map(Value::Object)
    } else if text.starts_with(['{', '[', '"']) {
        serde_json::from_str(text).ok()
    } else {
        None
    }
}

/// An object of PowerShell's text for one, `@{Name=MailAccessType; Value=Bind}`; its values are texts. A part that
/// names nothing belongs to the value before it, which had the separator in it.
pub fn power_shell(text: &str) -> Option<Map<'static>> {
    let body = text.trim().strip_prefix("@{")?.strip_suffix('}')?;
    let mut parts: Vec<(&str, String)> = Vec::new();
    for part in body.split("; ") {
        let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let named = part.split_once('=').map(|(name, value)| (name.trim(), value)).filter(|(name, _)| is_name(name));
        match (named, parts.last_mut()) {
            (_, Some((_, value))) if value.matches("@{").count() > value.matches('}').count() => {
                *value += "; ";
                *value += part;
            }
            (Some((name, value)), _) => parts.push((name, value.to_owned())),
            (None, Some((_, value))) => {
                *value += "; ";
                *value += part;
            }
            (None, None) => return None,
        }
    }
    let text = |value: String| Value::String(Cow::Owned(value.trim().to_owned()));
    Some(parts.into_iter().map(|(name, value)| (Cow::Owned(name.to_owned()), text(value))).collect())
}

/// The member of an object under a name, without case; null where there is none.
pub fn member<'v>(value: &'v Value<'v>, name: &str) -> &'v Value<'v> {
    let Value::Object(object) = value else { return &Value::Null };
    object
        .get(name)
        .or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
        .unwrap_or(&Value::Null)
}

/// A text, number or truth value as text, trimmed; `None` where it is empty, null or nested.
pub fn scalar(value: &Value<'_>) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text of an object's member.
pub fn member_text(value: &Value<'_>, name: &str) -> Option<String> {
    scalar(member(value, name))
}

/// The elements of an array; of an object or a scalar, itself; of null, nothing.
pub fn elements<'v>(value: &'v Value<'v>) -> &'v [Value<'v>] {
    match value {
        Value::Array(items) => items,
        Value::Null => &[],
        other => std::slice::from_ref(other),
    }
}

/// The value of a list of names and values (`[{"Name": …, "Value": …}]`, in either order, or `{name: value}`).
pub fn named(list: &Value<'_>, name: &str) -> Option<String> {
    let in_list = elements(list).iter().find_map(|entry| {
        let key = member_text(entry, "Name").or_else(|| member_text(entry, "Key"))?;
        if key.eq_ignore_ascii_case(name) { member_text(entry, "Value") } else { None }
    });
    in_list.or_else(|| member_text(list, name))
}

impl<'de: 'r, 'r> Deserialize<'de> for Members<'r> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

/// Reads an object's members as written.
struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        // As many as nearly all records have.
        const ROOM: usize = 32;
        let mut members = Members { list: Vec::with_capacity(ROOM), marks: Vec::with_capacity(ROOM) };
        while let Some((name, value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
            members.add(name.0, Written::Json(Cow::Borrowed(value.get())), Span::from_ticks(0));
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case_and_suffix() {
        let mut members =
            Members::from_json(r#"{"operation":" Send ","UserId_":"a","n":1,"o":{"x":1},"e":"","e_s":"v"}"#);
        members.add_cell("TimeGenerated [UTC]", "2026-05-01", Span::from_ticks(0));
        assert_eq!(members.text("Operation").as_deref(), Some("Send"));
        assert_eq!(members.text("UserId").as_deref(), Some("a"));
        assert_eq!(members.text("N").as_deref(), Some("1"));
        assert_eq!(members.text("o"), None);
        assert_eq!(members.text("e").as_deref(), Some("v"), "an empty member does not hide another");
        assert_eq!(members.time(&["Time", "TimeGenerated"]).unwrap().text, "2026-05-01");
    }

    #[test]
    fn texts_of_json_and_of_powershell_are_read_out() {
        let members = Members::from_json(
            r#"{"a":"{\"b\":\"x\"}","c":"@{Value=Bind; Name=MailAccessType}","d":["@{Name=A; Value=1}"],"e":"\"[\\\"r\\\"]\""}"#,
        );
        assert_eq!(members.inside("a").unwrap().text("B").as_deref(), Some("x"));
        assert_eq!(named(&members.value("c"), "MailAccessType").as_deref(), Some("Bind"));
        assert_eq!(named(&members.value("d"), "a").as_deref(), Some("1"));
        assert_eq!(members.value("e").to_string(), r#"["r"]"#);
        let parts =
            Members::from_json(r#"{"a":"@{UserAgent=Mozilla/5.0 (X; Y; z); Id=1; In=@{B=2; C=3}; Mail=a=b;;}"}"#);
        let parts = parts.inside("a").unwrap();
        let text = |name: &str| parts.text(name).unwrap().into_owned();
        assert_eq!((text("UserAgent"), text("Id")), ("Mozilla/5.0 (X; Y; z)".to_owned(), "1".to_owned()));
        assert_eq!((text("In"), text("Mail")), ("@{B=2; C=3}".to_owned(), "a=b;;".to_owned()));
        assert!(members.inside("e").is_none() && members.inside("missing").is_none());
    }
}
