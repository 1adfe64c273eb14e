//! The words of the house, in comments and names.

use super::{root, walk};
use std::fs;

/// Layers that are older than these rules, and not mended yet.
const OLDER: &[&str] = &["facts", "store", "analytics", "triage"];

/// Names that say nothing of the thing named.
const NOT_NAMES: [&str; 5] = ["told", "said", "own", "laid", "worth"];

/// Every source of the other layers: path from `src`, and text.
fn texts() -> Vec<(String, String)> {
    let root = root();
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    let is_older = |name: &str| OLDER.iter().any(|layer| name.starts_with(layer));
    let name = |path: &std::path::Path| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    let texts = paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap()));
    texts.filter(|(name, _)| !is_older(name)).collect()
}

/// The text of a line of documentation.
fn doc(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).map(str::trim_start)
}

#[test]
fn comments_name_the_thing_first() {
    for (name, text) in texts() {
        let mut before = None;
        for (at, line) in (1..).zip(text.lines()) {
            let here = doc(line);
            let begins = before.is_none_or(str::is_empty);
            let first = here.and_then(|text| text.split(|c: char| !c.is_alphanumeric()).next());
            assert!(!begins || first != Some("What"), "src/{name}:{at} begins with \"What\": name the thing");
            before = here;
        }
    }
}

#[test]
fn names_say_what_is_named() {
    for (name, text) in texts() {
        for (at, line) in (1..).zip(text.lines()).filter(|(_, line)| doc(line).is_none()) {
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            for pair in
                words.windows(2).filter(|pair| ["let", "mut", "fn", "mod", "const", "static"].contains(&pair[0]))
            {
                assert!(!NOT_NAMES.contains(&pair[1]), "src/{name}:{at} names something {:?}", pair[1]);
            }
            let constructor = line.trim_start().contains("fn of(") && line.ends_with("-> Self {");
            assert!(!constructor, "src/{name}:{at} makes a value by `of`: new, from_… or for_…");
        }
    }
}
