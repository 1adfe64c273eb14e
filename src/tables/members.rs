//! Members of a whole record, for tables whose rows are read at once: name and value, whatever shape they came in.

use super::json::{self, Arena, Around, Map, Value};
use super::name_index::{NameIndex, NameMark};
use crate::model::Span;
use bumpalo::collections::Vec as List;
use std::cell::{Cell, OnceCell};
use wide::u8x16;

/// Members of a record or of an object inside one. Names compare without case, and without the suffixes of union
/// exports; of members of one name the first that is not empty counts.
#[derive(Debug)]
pub struct Members<'r> {
    arena: &'r Arena,
    /// The text that their values are written in.
    around: Around,
    list: List<'r, Member<'r>>,
    /// Made when enough names were looked for.
    index: OnceCell<NameIndex<'r>>,
    /// Names looked for without it.
    looks: Cell<u8>,
}

/// So many names are looked for without an index.
const FEW_LOOKS: u8 = 3;

#[derive(Clone, Copy, Debug)]
struct Member<'r> {
    name: &'r str,
    /// See [`is_word`].
    is_word: bool,
    value: Written<'r>,
    /// UTC offset of a column's times.
    utc_offset: Span,
}

/// A value as written.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
enum Written<'r> {
    /// JSON.
    Json(&'r str),
    /// JSON, and what it says.
    Read(&'r str, Value<'r>),
    /// Cell of a CSV.
    Cell(&'r str),
    /// Cell of a CSV that holds JSON, each quote of it twice.
    Doubled(&'r str),
}

/// A time as written, and the UTC offset of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenTime<'r> {
    /// The text.
    pub text: &'r str,
    /// The offset, for times that name none.
    pub utc_offset: Span,
}

impl<'r> Members<'r> {
    /// No members yet.
    pub fn new(arena: &'r Arena) -> Self {
        // As many as nearly all records have.
        const ROOM: usize = 48;
        let list = List::with_capacity_in(ROOM, arena);
        Self { arena, around: Around::Nothing, list, index: OnceCell::new(), looks: Cell::new(0) }
    }

    /// The members of a JSON object; none of anything else.
    pub fn from_json(json: &'r str, arena: &'r Arena) -> Self {
        Self::written(json, Around::Nothing, arena).unwrap_or_else(|| Self::new(arena))
    }

    /// As [`Self::from_json`], of an object that stands in another text; `None` of anything else.
    fn written(written: &'r str, around: Around, arena: &'r Arena) -> Option<Self> {
        let mut members = Self { around, ..Self::new(arena) };
        if json::members(written, around, arena, |name, json, value| members.add_read(name, json, value)) {
            // Whoever opens an object has many questions to it.
            members.looks.set(FEW_LOOKS);
            return Some(members);
        }
        // What is written in an odd way is read without the text around it.
        let json = Some(around).filter(|around| *around != Around::Nothing)?.json(written, arena)?;
        Self::written(json, Around::Nothing, arena)
    }

    #[inline]
    fn add(&mut self, name: &'r str, value: Written<'r>, utc_offset: Span) {
        if self.index.get().is_some() {
            self.index = OnceCell::new();
        }
        self.list.push(Member { name, is_word: is_word(name), value, utc_offset });
    }

    /// Adds a CSV cell under its column, as its own text or as the JSON that is written in it.
    pub fn add_cell(&mut self, name: &'r str, cell: &'r str, around: Around, utc_offset: Span) {
        let cell = if around == Around::Cell { Written::Doubled(cell) } else { Written::Cell(cell) };
        self.add(name, cell, utc_offset);
    }

    /// Adds a JSON value under its column.
    pub fn add_json(&mut self, name: &'r str, json: &'r str, utc_offset: Span) {
        self.add(name, Written::Json(json), utc_offset);
    }

    /// Adds a JSON value that was read already.
    #[inline]
    pub fn add_read(&mut self, name: &'r str, json: &'r str, value: Value<'r>) {
        self.add(name, Written::Read(json, value), Span::from_ticks(0));
    }

    /// Room for what is read out of them.
    pub fn arena(&self) -> &'r Arena {
        self.arena
    }

    /// Every name, as written.
    pub fn names(&self) -> impl Iterator<Item = &'r str> {
        self.list.iter().map(|member| member.name)
    }

    /// Every name that is no word, as written.
    pub fn odd_names(&self) -> impl Iterator<Item = &'r str> {
        self.list.iter().filter(|member| !member.is_word).map(|member| member.name)
    }

    /// Returns whether there is a value under the name, one that is not empty or null.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A text, number or truth value as text, trimmed; `None` where it is missing, null, empty or nested.
    pub fn text(&self, name: &str) -> Option<&'r str> {
        self.find(name)?.value.text(self.arena)
    }

    /// The first of several names that has a text.
    pub fn first(&self, names: &[&str]) -> Option<&'r str> {
        names.iter().find_map(|name| self.text(name))
    }

    /// A time as written.
    pub fn time(&self, names: &[&str]) -> Option<WrittenTime<'r>> {
        names.iter().find_map(|name| {
            let member = self.find(name)?;
            Some(WrittenTime { text: member.value.text(self.arena)?, utc_offset: member.utc_offset })
        })
    }

    /// A value, JSON and PowerShell's `@{…}` inside texts read out; null where it is missing.
    pub fn value(&self, name: &str) -> Value<'r> {
        self.find(name).map_or(Value::Null, |member| member.value.read(self.arena))
    }

    /// Name as written and value of each member that is not empty, as [`Self::value`] has it.
    pub fn values(&self) -> impl Iterator<Item = (&'r str, Value<'r>)> {
        self.words_and_values().map(|(name, _, value)| (name, value))
    }

    /// As [`Self::values`], and whether the name is a word.
    pub fn words_and_values(&self) -> impl Iterator<Item = (&'r str, bool, Value<'r>)> {
        let full = self.list.iter().filter(|member| !member.value.is_empty());
        full.map(|member| (member.name, member.is_word, member.value.read(self.arena)))
    }

    /// Name as written and text of each member that has one, as [`Self::text`] has it.
    pub fn texts(&self) -> impl Iterator<Item = (&'r str, &'r str)> {
        self.list.iter().filter_map(|member| Some((member.name, member.value.text(self.arena)?)))
    }

    /// The members of an object under a name, inside a text too; `None` where it is no object.
    pub fn inside(&self, name: &str) -> Option<Members<'r>> {
        let (json, around) = match self.find(name)?.value {
            Written::Cell(cell) => (cell.trim(), Around::Nothing),
            Written::Doubled(cell) => (cell, Around::Cell),
            Written::Json(json) | Written::Read(json, _) if json.starts_with('{') => (json, self.around),
            Written::Json(json) if json.starts_with("\"{") => (inner(json), Around::String),
            written => (written.text(self.arena)?, Around::Nothing),
        };
        let json = match power_shell(json) {
            Some(parts) => self.arena.alloc_str(&object_of(&parts, self.arena).to_string()),
            None if json.starts_with('{') => json,
            None => return None,
        };
        Members::written(json, around, self.arena).filter(|members| !members.list.is_empty())
    }

    fn find(&self, name: &str) -> Option<&Member<'r>> {
        let is_it = |member: &Member<'_>| is_name(member.name, name) && !member.value.is_empty();
        if self.index.get().is_none() && self.looks.get() < FEW_LOOKS {
            self.looks.set(self.looks.get() + 1);
            let may_be = |member: &&Member<'_>| !member.is_word || member.name.len() == name.len();
            return self.list.iter().filter(may_be).find(|member| is_it(member));
        }
        let index = self.index.get_or_init(|| {
            let mut index = NameIndex::new(self.list.len(), self.arena);
            self.list.iter().for_each(|member| index.add(member.mark()));
            index
        });
        index.find(mark_of_name(name), |at| Some(&self.list[at]).filter(|member| is_it(member)))
    }
}

impl<'r> Written<'r> {
    fn is_empty(self) -> bool {
        match self {
            Self::Cell(cell) | Self::Doubled(cell) => trim(cell).is_empty(),
            Self::Read(_, Value::String(text)) => text.is_empty(),
            Self::Json(json) | Self::Read(json, _) => matches!(json, "null" | "\"\""),
        }
    }

    fn text(self, arena: &'r Arena) -> Option<&'r str> {
        let text = match self {
            Self::Cell(cell) => trim(cell),
            Self::Doubled(cell) => trim(Around::Cell.json(cell, arena)?),
            Self::Read(_, Value::String(text)) => trim(text),
            Self::Json(json) | Self::Read(json, _) => plain_text(json, arena)?,
        };
        (!text.is_empty()).then_some(text)
    }

    fn read(self, arena: &'r Arena) -> Value<'r> {
        let value = match self {
            Self::Cell(cell) => Value::String(cell),
            Self::Doubled(cell) => json_in(cell, Around::Cell, arena),
            Self::Read(_, value) => value,
            Self::Json(json) => match json.as_bytes() {
                [b'"', b'{' | b'[', ..] => json_in(inner(json), Around::String, arena),
                [b'"', ..] => json::content(json, arena).map_or(Value::Null, Value::String),
                _ => Value::parse(json, arena).unwrap_or_default(),
            },
        };
        read_out(value, arena)
    }
}

impl Member<'_> {
    fn mark(&self) -> NameMark {
        let bytes = self.name.as_bytes();
        if self.is_word {
            return NameMark::new(bytes, bytes.len());
        }
        let bytes = bytes.trim_ascii_start();
        let may_have_more = match bytes {
            _ if bytes.len() != self.name.len() => true,
            [.., b'_' | b']'] | [.., b'_', _] => true,
            [.., last] if last.is_ascii_whitespace() => true,
            _ => bytes.ends_with(b"_dynamic") || bytes.ends_with(b"_string"),
        };
        NameMark::new(bytes, if may_have_more { NameMark::ANY } else { bytes.len() })
    }
}

/// Returns whether a name is letters and digits alone, as nearly every name is: nothing was added to it, and no other is
/// joined to it.
#[inline(never)]
fn is_word(name: &str) -> bool {
    const LANE: usize = 16;
    let bytes = name.as_bytes();
    match (bytes.len(), bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (8..=LANE, Some(start), Some(end)) => {
            let mut lane = [0; LANE];
            lane[..8].copy_from_slice(start);
            lane[8..].copy_from_slice(end);
            let is_below = |lane: u8x16, count: u8| lane.min(u8x16::splat(count - 1)).simd_eq(lane);
            let lane = u8x16::new(lane);
            let letters = is_below((lane | u8x16::splat(0x20)) - u8x16::splat(b'a'), 26);
            (letters | is_below(lane - u8x16::splat(b'0'), 10)).to_bitmask() & 0xffff == 0xffff
        }
        (len, ..) => len > 0 && bytes.iter().all(u8::is_ascii_alphanumeric),
    }
}

fn mark_of_name(name: &str) -> NameMark {
    NameMark::new(name.as_bytes(), name.len())
}

/// Returns whether a key as written is a name: without case, and without what exports add to columns.
#[inline]
fn is_name(written: &str, name: &str) -> bool {
    // Nearly every key is written so.
    if written == name {
        return true;
    }
    let (mut written, name) = (written.as_bytes(), name.as_bytes());
    if written.first().is_some_and(u8::is_ascii_whitespace) {
        written = written.trim_ascii_start();
    }
    let Some((start, rest)) = written.split_at_checked(name.len()) else { return false };
    if !start.eq_ignore_ascii_case(name) {
        return false;
    }
    match rest {
        [] | [b' ', b'[', .., b']'] => true,
        [b'_', suffix @ ..] => ["", "s", "g", "t", "d", "b", "dynamic", "string"]
            .iter()
            .any(|known| known.as_bytes() == suffix.trim_ascii_end()),
        rest => rest.trim_ascii().is_empty(),
    }
}

/// A text without the white space around it, of which nearly every text has none.
pub fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// The value that another text holds, or else the text.
fn json_in<'r>(written: &'r str, around: Around, arena: &'r Arena) -> Value<'r> {
    let value = around.value(written, arena);
    value.or_else(|| around.json(written, arena).map(Value::String)).unwrap_or_default()
}

/// A JSON string without its quotes.
fn inner(json: &str) -> &str {
    &json[1..json.len() - 1]
}

/// The text of a JSON scalar, trimmed; `None` for null and nested values.
fn plain_text<'r>(json: &'r str, arena: &'r Arena) -> Option<&'r str> {
    match json.as_bytes().first()? {
        b'"' => json::content(json, arena).map(trim),
        b'{' | b'[' | b'n' => None,
        _ => Some(json),
    }
}

/// Texts inside texts that are read out of a value, at most.
const LAYERS: usize = 4;

/// A value without the text around it, where the text is JSON, or PowerShell's form of an object.
#[inline]
pub fn read_out<'r>(value: Value<'r>, arena: &'r Arena) -> Value<'r> {
    match value {
        Value::String(text) if !may_hold_value(text) => value,
        Value::String(_) | Value::Array(_) => read_out_layers(value, arena),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value,
    }
}

/// Returns whether a text may hold JSON, or PowerShell's form of an object. Nearly none does.
#[inline]
pub fn may_hold_value(text: &str) -> bool {
    let may = |first: Option<&u8>| matches!(first, Some(b'{' | b'[' | b'"' | b'@'));
    match text.as_bytes().first() {
        Some(first) if !first.is_ascii_graphic() => may(text.trim_start().as_bytes().first()),
        first => may(first),
    }
}

fn read_out_layers<'r>(mut value: Value<'r>, arena: &'r Arena) -> Value<'r> {
    for _ in 0..LAYERS {
        match value.as_str().and_then(|text| in_text(text, arena)) {
            Some(inner) => value = inner,
            None => break,
        }
    }
    let is_object = |item: &Value<'_>| item.as_str().is_some_and(|text| text.starts_with("@{"));
    match value {
        Value::Array(items) if items.iter().any(is_object) => {
            let read = |item: &Value<'r>| if is_object(item) { read_out(*item, arena) } else { *item };
            Value::list(&items.iter().map(read).collect::<Vec<_>>(), arena)
        }
        value => value,
    }
}

/// The value that a text holds.
fn in_text<'r>(text: &'r str, arena: &'r Arena) -> Option<Value<'r>> {
    let text = trim(text);
    match text.as_bytes().first()? {
        b'@' => power_shell(text).map(|parts| object_of(&parts, arena)),
        b'{' | b'[' | b'"' => Value::parse(text, arena),
        _ => None,
    }
}

/// An object of PowerShell's text for one, in parts.
fn object_of<'r>(parts: &[(&'r str, String)], arena: &'r Arena) -> Value<'r> {
    let member = |(name, value): &(&'r str, String)| (*name, Value::String(arena.alloc_str(value)));
    Value::Object(Map::new(&parts.iter().map(member).collect::<Vec<_>>(), arena))
}

/// Names and values of PowerShell's text for an object, `@{Name=MailAccessType; Value=Bind}`; its values are texts. A
/// part that names nothing belongs to the value before it, which had the separator in it.
pub fn power_shell(text: &str) -> Option<Vec<(&str, String)>> {
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
    for (_, value) in &mut parts {
        *value = value.trim().to_owned();
    }
    Some(parts)
}

/// The member of an object under a name, without case; null where there is none.
#[inline]
pub fn member<'r>(value: Value<'r>, name: &str) -> Value<'r> {
    let Value::Object(object) = value else { return Value::Null };
    let named = object.find(|key| key == name).or_else(|| object.find(|key| key.eq_ignore_ascii_case(name)));
    named.copied().unwrap_or_default()
}

/// A text, number or truth value as text, trimmed; `None` where it is empty, null or nested.
#[inline]
pub fn scalar(value: Value<'_>) -> Option<&str> {
    match value {
        Value::String(text) => Some(trim(text)).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number),
        Value::Bool(flag) => Some(if flag { "true" } else { "false" }),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text of an object's member.
pub fn member_text<'r>(value: Value<'r>, name: &str) -> Option<&'r str> {
    scalar(member(value, name))
}

/// The elements of an array; of an object or a scalar, itself; of null, nothing.
pub fn elements(value: Value<'_>) -> impl Iterator<Item = Value<'_>> + Clone {
    let (items, only): (&[_], _) = match value {
        Value::Array(items) => (items, None),
        Value::Null => (&[], None),
        other => (&[], Some(other)),
    };
    items.iter().copied().chain(only)
}

/// The value of a list of names and values (`[{"Name": …, "Value": …}]`, in either order, or `{name: value}`).
pub fn named<'r>(list: Value<'r>, name: &str) -> Option<&'r str> {
    let in_list = elements(list).find_map(|entry| {
        let key = member_text(entry, "Name").or_else(|| member_text(entry, "Key"))?;
        if key.eq_ignore_ascii_case(name) { member_text(entry, "Value") } else { None }
    });
    in_list.or_else(|| member_text(list, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_letters_and_digits_alone() {
        for name in
            ["Id", "UserId", "Resource", "AuditData12", "ClientIPAddress", "ClientIPAddress1", "ClientIPAddress12"]
        {
            assert!(is_word(name), "{name}");
            for at in 0..name.len() {
                for other in ["_", ".", " ", "@", "[", "`", "{", "/", ":", "\u{0}", "\u{7f}", "\u{e9}"] {
                    assert!(!is_word(&format!("{}{other}{}", &name[..at], &name[at + 1..])), "{name} {at} {other}");
                }
            }
        }
        assert!(!is_word(""));
    }

    proptest! {
        /// An object in another text has the members of its own.
        #[test]
        fn objects_in_texts_are_read_as_they_are(
            values in proptest::collection::vec(
                r#""(a|\\n|\\"|/|\\u00e9|\\ud800|\\\\|null){0,2}"|1\.50|99999999999999999999|true|null|\[1,\{"x":""\}\]|\{"B":"\\"","b":\{\}\}|"\{\\"b\\":\\"\\\\\\"x\\"\}""#,
                0..4,
            ),
            end in "\\}| \\}|,\\}",
        ) {
            let pairs: Vec<String> = values.iter().zip(["a", "A", "c", "d"]).map(|(value, name)| format!("\"{name}\": {value}")).collect();
            let json = format!("{{{}{end}", pairs.join(","));
            let arena = Arena::new();
            let string = serde_json::to_string(&json).unwrap();
            let cell = json.replace('"', "\"\"");
            let mut members = Members::new(&arena);
            members.add_cell("bare", &json, Around::Nothing, Span::from_ticks(0));
            members.add_cell("cell", &cell, Around::Cell, Span::from_ticks(0));
            members.add_json("string", &string, Span::from_ticks(0));
            for name in ["cell", "string"] {
                prop_assert_eq!((members.has(name), members.text(name)), (true, members.text("bare")));
                prop_assert_eq!(members.value(name), members.value("bare"), "{}", json);
                let (bare, inside) = (members.inside("bare"), members.inside(name));
                prop_assert_eq!(bare.is_some(), inside.is_some(), "{}", json);
                let Some((bare, inside)) = bare.zip(inside) else { continue };
                for member in ["a", "c", "d"] {
                    prop_assert_eq!(bare.has(member), inside.has(member));
                    prop_assert_eq!(bare.text(member), inside.text(member));
                    prop_assert_eq!(bare.value(member), inside.value(member));
                    let text = |members: &Members<'_>| Some(members.inside(member)?.text("b")?.to_owned());
                    prop_assert_eq!(text(&bare), text(&inside));
                }
            }
        }
    }

    #[test]
    fn names_compare_without_case_and_suffix() {
        let arena = Arena::new();
        let json = r#"{"operation":" Send ","UserId_":"a","n":1,"o":{"x":1},"e":"","e_s":"v"}"#;
        let mut members = Members::from_json(json, &arena);
        members.add_cell("TimeGenerated [UTC]", "2026-05-01", Around::Nothing, Span::from_ticks(0));
        assert_eq!(members.text("Operation"), Some("Send"));
        assert_eq!(members.text("UserId"), Some("a"));
        assert_eq!(members.text("N"), Some("1"));
        assert_eq!(members.text("o"), None);
        assert_eq!(members.text("e"), Some("v"), "an empty member does not hide another");
        assert_eq!(members.time(&["Time", "TimeGenerated"]).unwrap().text, "2026-05-01");
    }

    #[test]
    fn texts_of_json_and_of_powershell_are_read_out() {
        let arena = Arena::new();
        let members = Members::from_json(
            r#"{"a":"{\"b\":\"x\"}","c":"@{Value=Bind; Name=MailAccessType}","d":["@{Name=A; Value=1}"],"e":"\"[\\\"r\\\"]\""}"#,
            &arena,
        );
        assert_eq!(members.inside("a").unwrap().text("B"), Some("x"));
        assert_eq!(named(members.value("c"), "MailAccessType"), Some("Bind"));
        assert_eq!(named(members.value("d"), "a"), Some("1"));
        assert_eq!(members.value("e").to_string(), r#"["r"]"#);
        let json = r#"{"a":"@{UserAgent=Mozilla/5.0 (X; Y; z); Id=1; In=@{B=2; C=3}; Mail=a=b;;}"}"#;
        let parts = Members::from_json(json, &arena).inside("a").unwrap();
        let text = |name: &str| parts.text(name).unwrap();
        assert_eq!((text("UserAgent"), text("Id")), ("Mozilla/5.0 (X; Y; z)", "1"));
        assert_eq!((text("In"), text("Mail")), ("@{B=2; C=3}", "a=b;;"));
        assert!(members.inside("e").is_none() && members.inside("missing").is_none());
    }
}
