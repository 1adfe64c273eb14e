//! Filling in of a query's text. Its marks are comments of its own language: `:` and names of parameters, a line each;
//! `+` and the name of a part that several texts share.

use super::{Target, Value, catalog};

/// A text with the values of its parameters, each with a few words about it, and its parts in place.
pub(super) fn filled(text: &str, target: Target, value: &dyn Fn(&str) -> Option<(Value, &'static str)>) -> String {
    let (language, mut out) = (target.language(), String::with_capacity(text.len() * 2));
    let (given, part) = (format!("{}:", language.comment()), format!("{}+ ", language.comment()));
    for line in text.lines() {
        if let Some(names) = line.strip_prefix(&given) {
            for name in names.split_whitespace() {
                let (value, about) = value(name).expect("a test fills in every text");
                out += &language.parameter(name, &value, about);
                out.push('\n');
            }
            out += target.tables();
        } else if let Some(name) = line.strip_prefix(&part) {
            out += &filled(catalog::part(name, language).expect("a test fills in every text"), target, value);
        } else {
            out += line;
            out.push('\n');
        }
    }
    out
}
