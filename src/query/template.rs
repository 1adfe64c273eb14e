//! Filling in of a query's text. Its marks are comments of its own language: `:` and names of parameters, a line each;
//! `+` and the name of a part that several texts share.

use super::{Target, catalog, parameter};
use crate::analytics::Settings;
use crate::facts::Facts;

/// A text with the values of the settings, and its parts in place.
pub(super) fn filled(text: &str, target: Target, settings: &Settings, facts: &Facts) -> String {
    let (language, mut out) = (target.language(), String::with_capacity(text.len() * 2));
    let (given, part) = (format!("{}:", language.comment()), format!("{}+ ", language.comment()));
    for line in text.lines() {
        if let Some(names) = line.strip_prefix(&given) {
            for name in names.split_whitespace() {
                let parameter = parameter::named(name).expect("a test looks up every parameter of every text");
                let value = (parameter.value)(settings, facts);
                out += &language.parameter(parameter.name, &value, parameter.about);
                out.push('\n');
            }
            out += target.tables();
        } else if let Some(name) = line.strip_prefix(&part) {
            out += &filled(catalog::part(name, language).expect("a test looks up every part"), target, settings, facts);
        } else {
            out += line;
            out.push('\n');
        }
    }
    out
}
