//! Rows of named values and the one writer of JSON lines, JSON and CSV.

use super::escape::cell;
use crate::analytics::Cell;
use crate::model::{Time, is_inert};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

/// A machine format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// One JSON array.
    Json,
    /// RFC 4180, with a header line.
    Csv,
}

/// A value of a row. Text is as logged; each format escapes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Not known.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// An instant; a missing one is written like [`Value::Null`].
    Time(Time),
    /// Text; empty is a value.
    Text(Cow<'a, str>),
    /// Texts, in the order they are meant to be read.
    List(Vec<Cow<'a, str>>),
    /// Rows inside a value.
    Rows(Vec<Row<'a>>),
    /// Named values inside a value.
    Object(Row<'a>),
}

impl<'a> Value<'a> {
    /// A count.
    pub fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A list of texts.
    pub fn list<T: Into<Cow<'a, str>>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(Into::into).collect())
    }

    /// The value on one line, as a spreadsheet's cell holds it.
    fn flat(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Time(time) => Cow::Owned(time.to_string()),
            Self::Text(text) => Cow::Borrowed(text),
            Self::List(texts) => Cow::Owned(texts.join("; ")),
            Self::Rows(rows) => Cow::Owned(rows.iter().map(Row::flat).collect::<Vec<_>>().join("; ")),
            Self::Object(row) => Cow::Owned(row.flat()),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Time> for Value<'_> {
    fn from(time: Time) -> Self {
        Self::Time(time)
    }
}

impl<'a> From<&'a Cell> for Value<'a> {
    fn from(cell: &'a Cell) -> Self {
        match cell {
            Cell::Text(text) => Self::from(text.as_str()),
            Cell::Number(number) => Self::Number(*number),
            Cell::Time(time) => Self::Time(*time),
            Cell::List(texts) => Self::list(texts.iter().map(String::as_str)),
            Cell::Rows(rows) => Self::Rows(rows.iter().map(|cells| Row::from(cells.as_slice())).collect()),
            Cell::Object(cells) => Self::Object(Row::from(cells.as_slice())),
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Time(time) => time.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(texts) => texts.serialize(serializer),
            Self::Rows(rows) => rows.serialize(serializer),
            Self::Object(row) => row.serialize(serializer),
        }
    }
}

/// Named values in the order they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row<'a>(pub Vec<(&'static str, Value<'a>)>);

impl<'a> Row<'a> {
    /// Appends a value.
    pub fn push(&mut self, name: &'static str, value: impl Into<Value<'a>>) {
        self.0.push((name, value.into()));
    }

    /// Returns whether it has a value of that name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn flat(&self) -> String {
        let cells: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}: {}", value.flat())).collect();
        cells.join(", ")
    }
}

impl<'a> From<&'a [(&'static str, Cell)]> for Row<'a> {
    fn from(cells: &'a [(&'static str, Cell)]) -> Self {
        Self(cells.iter().map(|(name, cell)| (*name, Value::from(cell))).collect())
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Writes the rows, each made when its turn comes. CSV has a column for every name that any row has, in the order
/// they first come, and goes over the rows twice.
pub fn write<'a, R>(rows: R, format: Format, out: &mut dyn Write) -> io::Result<()>
where
    R: IntoIterator<Item = Row<'a>>,
    R::IntoIter: Clone,
{
    let mut rows = rows.into_iter();
    match format {
        Format::Jsonl => rows.try_for_each(|row| writeln!(out, "{}", json(&row)?)),
        Format::Json => {
            let mut before = "[\n";
            for row in rows {
                write!(out, "{before}{}", json(&row)?)?;
                before = ",\n";
            }
            out.write_all(if before == "[\n" { b"[]\n" } else { b"\n]\n" })
        }
        Format::Csv => write_csv(rows, out),
    }
}

/// Writes the rows as [`write()`] does; where there are none, CSV still names these columns.
pub fn write_under<'a, R>(columns: &[&str], rows: R, format: Format, out: &mut dyn Write) -> io::Result<()>
where
    R: IntoIterator<Item = Row<'a>>,
    R::IntoIter: Clone,
{
    let rows = rows.into_iter();
    if format == Format::Csv && rows.clone().next().is_none() {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(columns).map_err(io_error)?;
        return csv.flush();
    }
    write(rows, format, out)
}

fn json(row: &Row) -> io::Result<String> {
    Ok(armless(&serde_json::to_string(row)?).into_owned())
}

fn write_csv<'a>(rows: impl Iterator<Item = Row<'a>> + Clone, out: &mut dyn Write) -> io::Result<()> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in rows.clone().flat_map(|row| row.0) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return Ok(());
    }
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(&names).map_err(io_error)?;
    for row in rows {
        csv.write_record(names.iter().map(|name| row.get(name).map(guarded).unwrap_or_default())).map_err(io_error)?;
    }
    csv.flush()
}

/// The error below: by itself the crate hides its kind, and a closed pipe must be known for one.
fn io_error(err: csv::Error) -> io::Error {
    match err.into_kind() {
        csv::ErrorKind::Io(err) => err,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A cell: no text is a formula in whatever reader, and none moves a terminal that the file is printed on. Numbers of
/// ours stay numbers.
fn guarded(value: &Value) -> String {
    let flat = value.flat();
    if matches!(value, Value::Number(_) | Value::Flag(_) | Value::Time(_)) {
        return flat.into_owned();
    }
    cell(&flat)
}

/// JSON text whose strings hold nothing that a terminal obeys: characters that JSON allows unescaped (DEL, C1, bidi
/// and zero-width marks) are escaped too, so nothing is lost.
pub(crate) fn armless(json: &str) -> Cow<'_, str> {
    if is_inert(json) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    let mut bytes = [0; 4];
    let mut units = [0; 2];
    for c in json.chars() {
        // A line feed stands between values only, where the text is laid out for reading.
        if c == '\n' || is_inert(c.encode_utf8(&mut bytes)) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}").expect("writing to a string does not fail");
            }
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rows: &[Row], format: Format) -> String {
        let mut out = Vec::new();
        write(rows.iter().cloned(), format, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn rows() -> Vec<Row<'static>> {
        let mut first = Row::default();
        first.push("Name", "=cmd|'/C calc'!A0");
        first.push("Count", Value::Number(-3));
        first.push("Seen", Time::parse("2026-05-01T14:02:00.5Z").unwrap());
        let mut second = Row::default();
        second.push("Name", "say \"hi\",\nnow");
        second.push("List", Value::list(["a", "-b"]));
        let mut inner = Row::default();
        inner.push("Id", "7");
        inner.push("Ok", Value::Flag(true));
        second.push("Inner", Value::Rows(vec![inner.clone(), inner]));
        second.push("None", Time::MISSING);
        vec![first, second]
    }

    #[test]
    fn json_lines_keep_the_order_of_names() {
        insta::assert_snapshot!(text(&rows(), Format::Jsonl), @r#"
        {"Name":"=cmd|'/C calc'!A0","Count":-3,"Seen":"2026-05-01T14:02:00.5000000Z"}
        {"Name":"say \"hi\",\nnow","List":["a","-b"],"Inner":[{"Id":"7","Ok":true},{"Id":"7","Ok":true}],"None":null}
        "#);
    }

    #[test]
    fn json_is_one_array_of_the_same_objects() {
        let array: Vec<serde_json::Value> = serde_json::from_str(&text(&rows(), Format::Json)).unwrap();
        assert_eq!(array.len(), 2);
        assert_eq!(text(&[], Format::Json), "[]\n");
    }

    #[test]
    fn csv_has_one_column_a_name_and_no_live_formula() {
        insta::assert_snapshot!(text(&rows(), Format::Csv), @r#"
        Name,Count,Seen,List,Inner,None
        '=cmd|'/C calc'!A0,-3,2026-05-01T14:02:00.5000000Z,,,
        "say ""hi"", now",,,a; '-b,"Id: 7, Ok: true; Id: 7, Ok: true",
        "#);
        let guard = |text: &'static str| guarded(&Value::from(text)).starts_with('\'');
        assert!(["=1", "+1", "-1", "@a", "\ta", "\ra"].into_iter().all(guard));
        assert!(!guard("a=1"));
    }

    #[test]
    fn no_export_moves_a_terminal() {
        let mut row = Row::default();
        row.push("Agent", "a\u{1b}[31m\u{202e}b\u{9b}\u{7f}\u{e0041}");
        for format in [Format::Jsonl, Format::Json, Format::Csv] {
            let text = text(std::slice::from_ref(&row), format);
            assert!(text.lines().all(is_inert), "{text:?}");
        }
        let json: serde_json::Value = serde_json::from_str(&text(&[row], Format::Jsonl)).unwrap();
        assert_eq!(json["Agent"], "a\u{1b}[31m\u{202e}b\u{9b}\u{7f}\u{e0041}");
    }
}
