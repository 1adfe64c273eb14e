//! The words of the house, in comments and names.

use super::walk;
use std::fs;
use std::path::Path;

/// Folders of our own code.
const CODE: [&str; 5] = ["src", "tests", "examples", "benches", "fuzz/fuzz_targets"];

/// Words that a comment does not begin with: they put the thing off to the end of the sentence.
const NOT_OPENINGS: [&str; 6] = ["What", "Where", "How", "Who", "Whose", "Which"];

/// Lines of help, which clap prints: a comment there is a sentence for the user.
const HELP: &str = "src/cli/args.rs";

/// Names that say nothing of the thing named.
const NOT_NAMES: [&str; 5] = ["told", "said", "own", "laid", "worth"];

/// Every source: path from the root, and text.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in CODE {
        walk(&root.join(folder), &mut paths);
    }
    let name = |path: &Path| path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The text of a line of documentation.
fn doc(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).map(str::trim_start)
}

#[test]
fn comments_name_the_thing_first() {
    for (name, text) in texts().iter().filter(|(name, _)| name != HELP) {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let begins = at == 0 || doc(lines[at - 1]).is_none_or(str::is_empty);
            let Some(text) = doc(line).filter(|_| begins) else { continue };
            let first = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let place = format!("{name}:{}", at + 1);
            assert!(!NOT_OPENINGS.contains(&first), "{place} begins with {first:?}: name the thing");
            let item = lines[at..].iter().find(|line| !line.trim_start().starts_with(['/', '#'])).unwrap_or(&"");
            let is_function = item.contains("fn ") && !item.contains(": fn(");
            assert!(first != "Whether" || !is_function, "{place} begins with \"Whether\": write \"Returns whether\"");
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
                assert!(!NOT_NAMES.contains(&pair[1]), "{name}:{at} names something {:?}", pair[1]);
            }
            let constructor = line.trim_start().contains("fn of(") && line.ends_with("-> Self {");
            assert!(!constructor, "{name}:{at} makes a value by `of`: new, from_… or for_…");
        }
    }
}
