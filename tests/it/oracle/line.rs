//! A hit as named texts, for comparing.

use super::row::moment;
use std::collections::{BTreeMap, BTreeSet};

/// A hit, column by column, as text.
pub(crate) type Line = BTreeMap<&'static str, String>;

/// A list as it is compared: sorted, without repeats.
pub(crate) fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let mut items: Vec<String> = items.into_iter().map(|item| item.as_ref().to_owned()).collect();
    items.sort();
    items.dedup();
    format!("{items:?}")
}

/// Row numbers from 1, as messages list them.
pub(crate) fn numbers(rows: impl IntoIterator<Item = usize>) -> String {
    let mut rows: Vec<usize> = rows.into_iter().map(|n| n + 1).collect();
    rows.sort_unstable();
    format!("{rows:?}")
}

/// Times, in the same form.
pub(crate) fn moments(times: impl IntoIterator<Item = i64>) -> String {
    list(times.into_iter().map(moment))
}

/// The scopes in whatever brackets, quotes and commas they come.
pub(crate) fn scopes(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| "[]\",\\ ".contains(c)).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}
