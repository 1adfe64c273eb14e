//! The two languages: every value that goes into a query is written here, and nowhere else.

use crate::model::{Span, Time};
use std::fmt::Write as _;

/// A query language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Kusto's language, of Log Analytics, Sentinel, Data Explorer and Defender.
    Kql,
    /// ClickHouse's SQL.
    Sql,
}

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(i64),
    /// Whether an option is on.
    Truth(bool),
    /// A length of time. SQL gets ticks of 100 ns, the unit in which its texts compute.
    Span(Span),
    /// An instant.
    Time(Time),
    /// So long before the query runs; nothing for the very moment.
    Ago(Span),
    /// A text.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
}

impl Language {
    /// The beginning of a comment that ends with the line.
    pub fn comment(self) -> &'static str {
        match self {
            Self::Kql => "//",
            Self::Sql => "--",
        }
    }

    /// A text as a literal. Nothing in it can end the literal, begin a line or hide from a reader: what is no letter,
    /// digit or sign of ASCII is written by its number.
    pub fn text(self, text: &str) -> String {
        let quote = match self {
            Self::Kql => '"',
            Self::Sql => '\'',
        };
        let mut literal = String::with_capacity(text.len() + 2);
        literal.push(quote);
        for c in text.chars() {
            match c {
                '\n' => literal.push_str("\\n"),
                '\r' => literal.push_str("\\r"),
                '\t' => literal.push_str("\\t"),
                '\\' => literal.push_str("\\\\"),
                // The other quote stands as it is: JSON, which Kusto's lists are, has no escape for it.
                _ if c == quote => literal.extend(['\\', c]),
                ' '..='~' => literal.push(c),
                _ if c.is_alphanumeric() => literal.push(c),
                _ => self.numbered(c, &mut literal),
            }
        }
        literal.push(quote);
        literal
    }

    /// A character by its number: SQL knows those of bytes alone.
    fn numbered(self, c: char, literal: &mut String) {
        let mut bytes = [0; 4];
        let mut units = [0; 2];
        match self {
            Self::Sql => c.encode_utf8(&mut bytes).bytes().for_each(|byte| {
                write!(literal, "\\x{byte:02x}").expect("texts grow");
            }),
            Self::Kql => c.encode_utf16(&mut units).iter().for_each(|unit| {
                write!(literal, "\\u{unit:04x}").expect("texts grow");
            }),
        }
    }

    /// A list of texts as a literal.
    pub fn texts<T: AsRef<str>>(self, texts: impl IntoIterator<Item = T>) -> String {
        let literals: Vec<String> = texts.into_iter().map(|text| self.text(text.as_ref())).collect();
        match self {
            Self::Kql => format!("dynamic([{}])", literals.join(", ")),
            // The type of an empty list would be unknown.
            Self::Sql => format!("CAST([{}] AS Array(String))", literals.join(", ")),
        }
    }

    /// A value as an expression.
    pub fn value(self, value: &Value) -> String {
        match (self, value) {
            (_, Value::Number(number)) => number.to_string(),
            (_, Value::Truth(is_on)) => is_on.to_string(),
            (Self::Kql, Value::Span(span)) => span.threshold(),
            (Self::Sql, Value::Span(span)) => format!("toInt64({})", span.ticks()),
            (Self::Kql, Value::Time(time)) => format!("datetime({time})"),
            (Self::Sql, Value::Time(time)) => {
                let written = time.to_string().replace('T', " ").replace('Z', "");
                format!("toDateTime64('{written}', 7, 'UTC')")
            }
            (Self::Kql, Value::Ago(span)) if span.ticks() == 0 => "now()".to_owned(),
            (Self::Kql, Value::Ago(span)) => format!("ago({})", span.threshold()),
            (Self::Sql, Value::Ago(span)) => {
                format!("now64(7, 'UTC') - toIntervalSecond({})", span.whole_seconds())
            }
            (_, Value::Text(text)) => self.text(text),
            (_, Value::Texts(texts)) => self.texts(texts),
        }
    }

    /// A query with further columns, each the same text in every row.
    pub(super) fn with_columns(self, query: &str, columns: &[(&str, &str)]) -> String {
        let columns = columns.iter().map(|(name, text)| (name, self.text(text)));
        match self {
            Self::Kql => {
                let columns: Vec<String> = columns.map(|(name, text)| format!("{name} = {text}")).collect();
                format!("{query}| extend {}\n", columns.join(", "))
            }
            Self::Sql => {
                let columns: Vec<String> = columns.map(|(name, text)| format!("{text} AS {name}")).collect();
                format!("SELECT *, {} FROM (\n{query})\n", columns.join(", "))
            }
        }
    }

    /// The line that gives a parameter its value.
    pub fn parameter(self, name: &str, value: &Value, about: &str) -> String {
        let (comment, written) = (self.comment(), self.value(value));
        match self {
            Self::Kql => format!("let {name} = {written}; {comment} {about}"),
            Self::Sql => format!("    {written} AS {name}, {comment} {about}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOSTILE: [&str; 9] = [
        "a\"b'c",
        "\\",
        "\\\" | take 0 //",
        "x\n| take 0",
        "'); DROP TABLE SigninLogs; --",
        "\r\n\u{2028}\u{85}\u{0}",
        "*/ {x:String} $$ `",
        "\u{202e}\u{200b}",
        "{{}}",
    ];

    /// Reads a literal back by the escapes that both languages share, and each one's own.
    fn read(language: Language, literal: &str) -> Option<String> {
        let quote = if language == Language::Kql { '"' } else { '\'' };
        let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
        let mut bytes: Vec<u8> = Vec::new();
        let mut units: Vec<u16> = Vec::new();
        let mut chars = inner.chars();
        let flush = |units: &mut Vec<u16>, bytes: &mut Vec<u8>| {
            let text = String::from_utf16(units).ok()?;
            units.clear();
            bytes.extend(text.bytes());
            Some(())
        };
        while let Some(c) = chars.next() {
            if c == quote || c.is_control() {
                return None;
            }
            let escape = if c == '\\' { Some(chars.next()?) } else { None };
            if escape != Some('u') {
                flush(&mut units, &mut bytes)?;
            }
            let mut number = |digits: usize| u16::from_str_radix(&chars.by_ref().take(digits).collect::<String>(), 16);
            match escape {
                None => bytes.extend(c.to_string().bytes()),
                Some('n') => bytes.push(b'\n'),
                Some('r') => bytes.push(b'\r'),
                Some('t') => bytes.push(b'\t'),
                Some('u') => units.push(number(4).ok()?),
                Some('x') => bytes.push(u8::try_from(number(2).ok()?).ok()?),
                Some(other) => bytes.extend(other.to_string().bytes()),
            }
        }
        flush(&mut units, &mut bytes)?;
        String::from_utf8(bytes).ok()
    }

    #[test]
    fn hostile_texts_stay_inside_their_literal() {
        for text in HOSTILE {
            for language in [Language::Kql, Language::Sql] {
                let literal = language.text(text);
                assert!(!literal.chars().any(char::is_control), "{literal}");
                assert_eq!(read(language, &literal).as_deref(), Some(text), "{literal}");
            }
        }
    }

    #[test]
    fn values_are_expressions_of_their_language() {
        let time = Value::Time(Time::parse("2026-05-01T14:02:00.1234567Z").unwrap());
        let texts = Value::Texts(vec!["a".to_owned(), "é\"".to_owned()]);
        let none = Value::Texts(Vec::new());
        for (value, kql, sql) in [
            (&time, "datetime(2026-05-01T14:02:00.1234567Z)", "toDateTime64('2026-05-01 14:02:00.1234567', 7, 'UTC')"),
            (&Value::Span(Span::minutes(90)), "90m", "toInt64(54000000000)"),
            (&Value::Ago(Span::minutes(0)), "now()", "now64(7, 'UTC') - toIntervalSecond(0)"),
            (&Value::Ago(Span::minutes(60)), "ago(1h)", "now64(7, 'UTC') - toIntervalSecond(3600)"),
            (&texts, r#"dynamic(["a", "é\""])"#, r#"CAST(['a', 'é"'] AS Array(String))"#),
            (&none, "dynamic([])", "CAST([] AS Array(String))"),
        ] {
            assert_eq!((Language::Kql.value(value).as_str(), Language::Sql.value(value).as_str()), (kql, sql));
        }
    }

    proptest! {
        #[test]
        fn every_text_reads_back(text in any::<String>()) {
            for language in [Language::Kql, Language::Sql] {
                let literal = language.text(&text);
                prop_assert_eq!(literal.lines().count(), 1);
                prop_assert_eq!(read(language, &literal), Some(text.clone()));
            }
        }
    }
}
