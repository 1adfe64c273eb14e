//! The direction of the imports, read from the sources themselves.

mod circles;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every layer; a module uses only what stands left of it. `src/lib.rs` draws the same line.
const LAYERS: [&str; 16] = [
    "model",
    "facts",
    "tables",
    "store",
    "ingest",
    "analytics",
    "triage",
    "report",
    "query",
    "demo",
    "casefile",
    "session",
    "config",
    "cli",
    "tui",
    "main",
];

/// Command line and screen do not see each other, but for the one file where the bare call opens the workbench.
const DOOR: &str = "cli/workbench";

/// Calls that only the shell (from `cli` on) may make: draw, parse arguments, print, look at the clock.
const SHELL_ONLY: [&str; 12] = [
    "ratatui",
    "crossterm",
    "clap",
    "indicatif",
    "println!",
    "eprintln!",
    "print!(",
    "io::stdout",
    "io::stderr",
    "SystemTime::now",
    "Utc::now",
    "Local::now",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source, as (path from `src`, text without comments and tests).
fn sources() -> Vec<(String, String)> {
    let root = root();
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            (name, code(&fs::read_to_string(path).unwrap()))
        })
        .collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// The code that the compiler ships: tests may look wherever they like.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn layer(name: &str) -> Option<usize> {
    let first = name.split('/').next().unwrap().trim_end_matches(".rs");
    LAYERS.iter().position(|layer| *layer == first)
}

fn is_test(name: &str) -> bool {
    name.ends_with("tests.rs") || name.contains("/tests/") || name.ends_with("testing.rs")
}

/// The items of a braced group, to its closing brace, without those of groups inside it.
fn top_level(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&group[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items
}

#[test]
fn every_source_belongs_to_a_layer() {
    for (name, _) in sources() {
        let is_root = ["lib.rs", "testing.rs"].contains(&name.as_str());
        assert!(is_root || layer(&name).is_some(), "{name} belongs to no layer");
    }
}

/// Code that leaves the crate is never unused to the compiler: nothing may, but what the binary calls, and with the
/// feature `testing` what tests see.
#[test]
fn nothing_leaves_the_crate_but_main() {
    let lib = fs::read_to_string(root().join("lib.rs")).unwrap();
    let public: Vec<&str> = lib.lines().filter(|line| line.starts_with("pub")).collect();
    assert_eq!(public, ["pub use cli::main;", "pub mod testing;"]);
    assert!(lib.contains("#[cfg(feature = \"testing\")]\n#[doc(hidden)]\npub mod testing;"));
}

#[test]
fn imports_point_left() {
    let wrong = wrong_ways(&circles::uses(&root()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Uses of a layer that stands right, or beside; each path followed to the file that defines what it names.
fn wrong_ways(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, used) in uses.iter().filter(|(name, _)| *name != "lib") {
        let from = layer(name).expect("another test sees to it");
        for other in used.iter().filter(|other| *other != "lib") {
            let to = layer(other).expect("another test sees to it");
            let is_door = name == DOOR && LAYERS[to] == "tui";
            let is_side = LAYERS[to] == "cli" && LAYERS[from] == "tui";
            if (to > from && !is_door) || is_side {
                wrong.push(format!("{name} uses {other}"));
            }
        }
    }
    wrong
}

#[test]
fn no_reexport_goes_round_the_door() {
    let mut tree = circles::Tree::default();
    tree.add("cli", "mod plain; mod workbench;");
    tree.add("cli/workbench", "pub(super) use crate::tui::ExitSummary;\nfn open() { super::plain::run() }");
    tree.add("cli/plain", "use super::workbench::ExitSummary;\nuse crate::model;\nfn run() { model::text::inert() }");
    tree.add("model", "pub mod text;");
    tree.add("model/text", "fn inert() { crate::cli::main() }");
    tree.add("tui", "mod app; pub struct ExitSummary;");
    tree.add("tui/app", "fn f() { super::super::cli::plain::run() }");
    let wrong = ["cli/plain uses tui", "model/text uses cli", "tui/app uses cli/plain"];
    assert_eq!(wrong_ways(&tree.uses()), wrong);
    assert!(tree.uses()["cli/plain"].contains("model/text"), "through the module that was imported");
}

#[test]
fn only_the_shell_touches_terminal_arguments_and_clock() {
    let shell = LAYERS.iter().position(|layer| *layer == "cli").unwrap();
    let mut wrong = Vec::new();
    for (name, code) in sources().iter().filter(|(name, _)| !is_test(name)) {
        if layer(name).is_some_and(|layer| layer < shell) {
            let found = SHELL_ONLY.iter().filter(|word| code.contains(**word));
            wrong.extend(found.map(|word| format!("{name} has {word}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_in_lib_names_the_layers_in_order() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    assert!(lib.contains(&LAYERS.join(" → ")));
}

/// The reader's folders and files in order; each uses only what stands left of it. `src/ingest.rs` draws the same line.
const READER: [&str; 12] = [
    "bytes",
    "table_names",
    "stats",
    "record",
    "password",
    "options",
    "framing",
    "unread",
    "progress",
    "bundle",
    "hashes",
    "workers",
];

#[test]
fn the_reader_has_one_direction() {
    let root = root();
    let room = |file: &str| {
        let name = file.strip_prefix("ingest/")?.split('/').next()?;
        READER.iter().position(|room| *room == name)
    };
    let mut wrong: Vec<String> = Vec::new();
    for (file, used) in circles::uses(&root).iter().filter(|(file, _)| file.starts_with("ingest/")) {
        assert!(room(file).is_some(), "{file} has no place in READER");
        for other in used.iter().filter(|other| other.starts_with("ingest")) {
            // The file of a folder only lists it: what is in it never looks there.
            let is_list = other == "ingest"
                || READER
                    .iter()
                    .any(|room| *other == format!("ingest/{room}") && file.starts_with(&format!("{other}/")));
            if is_list || room(other) > room(file) {
                wrong.push(format!("{file} uses {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_of_the_reader_names_its_folders_in_order() {
    let ingest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ingest.rs")).unwrap();
    assert!(ingest.contains(&READER.join(" → ")));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let circles = circles::circles(&root());
    assert!(circles.is_empty(), "{circles:#?}");
}
