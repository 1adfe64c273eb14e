//! JSON inside another text, read without that text being undone first.

use super::escapes::unescaped;
use super::parser::Parser;
use super::quotes::{Bare, InCell, InString, undoubled};
use super::{Arena, MAX_DEPTH, Value};

/// The text that JSON stands in, as far as its quotes show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// None.
    Nothing,
    /// A string of JSON: a backslash stands before each quote and each backslash.
    String,
    /// A quoted cell of a CSV: each quote stands twice.
    Cell,
}

impl Around {
    /// Reads a value from what is written; `None` where it is no JSON, or written in an odd way.
    pub fn value<'r>(self, written: &'r str, arena: &'r Arena) -> Option<Value<'r>> {
        match self {
            Self::Nothing => Parser::<Bare>::new(written, arena).only(MAX_DEPTH),
            Self::String => Parser::<InString>::new(written, arena).only(MAX_DEPTH),
            Self::Cell => Parser::<InCell>::new(written, arena).only(MAX_DEPTH),
        }
    }

    /// The JSON itself; `None` for half a surrogate pair.
    pub fn json<'r>(self, written: &'r str, arena: &'r Arena) -> Option<&'r str> {
        match self {
            Self::Nothing => Some(written),
            Self::String => unescaped(written, arena),
            Self::Cell => Some(undoubled(written, arena)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A value inside another text is that of its content.
        #[test]
        fn it_is_the_value_of_the_content(
            json in r#"(\[|\{|\}|\]|,|:|"(a|b|/|\\n|\\u00e9|\\ud83d\\ude00|\\"|\\\\){0,3}"|-?[0-9]{1,3}|true|null|[ \n\t]){0,12}"#,
            slashes in any::<bool>(),
            numbers in "[a\"\\\\ \n]{0,2}",
        ) {
            for json in [json.clone(), format!("[{json}]"), format!("{{\"b\":{json},\"a\":[{json}]}}")] {
                let written = serde_json::to_string(&json).unwrap();
                let mut inner = written[1..written.len() - 1].to_owned();
                if slashes {
                    inner = inner.replace('/', "\\/");
                }
                let arena = Arena::new();
                let known = Value::parse(&json, &arena);
                prop_assert_eq!(Around::String.value(&inner, &arena), known, "{}", inner);
                let cell = json.replace('"', "\"\"");
                prop_assert_eq!(Around::Cell.value(&cell, &arena), known, "{}", cell);
                prop_assert_eq!(Around::Cell.json(&cell, &arena), Some(json.as_str()));
                for byte in numbers.bytes() {
                    let escape = serde_json::to_string(&char::from(byte)).unwrap();
                    let odd = inner.replace(escape.trim_matches('"'), &format!("\\u{byte:04x}"));
                    let content: String = serde_json::from_str(&format!("\"{odd}\"")).unwrap_or_default();
                    let read = Around::String.value(&odd, &arena);
                    prop_assert!(read.is_none() || read == Value::parse(&content, &arena), "{}", odd);
                }
            }
        }
    }

    #[test]
    fn a_text_that_is_cut_off_anywhere_is_none() {
        let whole = r#"{\"a\": {\"b\": [1.5e3, \"x\\n\\\"\", null, true]}, \"c\": nul"#;
        let cell = r#"{""a"": {""b"": [1.5e3, ""x\n\"""", null, true]}, ""c"": nul"#;
        let cut = |whole: &'static str| (0..whole.len()).map(move |end| &whole[..end]);
        for (written, around) in
            cut(whole).map(|text| (text, Around::String)).chain(cut(cell).map(|text| (text, Around::Cell)))
        {
            assert!(around.value(written, &Arena::new()).is_none(), "{written}");
        }
    }
}
