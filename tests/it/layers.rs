//! The direction of the imports, read from the sources themselves.

mod circles;

use std::fs;
use std::path::{Path, PathBuf};

/// Every layer; a module uses only what stands left of it. `src/lib.rs` draws the same line.
const LAYERS: [&str; 14] = [
    "model",
    "facts",
    "tables",
    "store",
    "ingest",
    "analytics",
    "triage",
    "report",
    "demo",
    "casefile",
    "config",
    "cli",
    "tui",
    "main",
];

/// Command line and screen do not see each other, but for the one file where the bare call opens the workbench.
const DOOR: &str = "cli/workbench.rs";

/// What only the shell (from `cli` on) may do: draw, parse arguments, print, look at the clock.
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

/// Every source below a folder, as (path from `src`, text without comments and tests).
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
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

/// What the compiler ships: tests may look wherever they like.
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

/// The layers named after `crate::` in a source, `use crate::{a, b::c}` included.
fn used(code: &str) -> Vec<&'static str> {
    let mut used = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let names = if let Some(group) = rest.strip_prefix('{') { top_level(group) } else { vec![rest] };
        for name in names {
            let word = name.trim_start().split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap();
            used.extend(LAYERS.iter().find(|layer| **layer == word));
        }
    }
    used
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
        assert!(name == "lib.rs" || layer(&name).is_some(), "{name} belongs to no layer");
    }
}

#[test]
fn imports_point_left() {
    let mut wrong = Vec::new();
    for (name, code) in sources().iter().filter(|(name, _)| name != "lib.rs" && !is_test(name)) {
        let own = layer(name).unwrap();
        for used in used(code) {
            let other = LAYERS.iter().position(|layer| *layer == used).unwrap();
            let door = name == DOOR && used == "tui";
            let side = used == "cli" && LAYERS[own] == "tui";
            if (other > own && !door) || side {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
fn the_reader_of_imports_reads_groups() {
    assert_eq!(used("use crate::{model::{Time, cli}, store};\nuse crate::tui;"), ["model", "store", "tui"]);
    assert_eq!(used("crate::report::write(crate::factsheet::x)"), ["report"]);
}

#[test]
fn the_map_in_lib_names_the_layers_in_order() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    assert!(lib.contains(&LAYERS.join(" → ")));
}

/// The reader's folders and files in order; each uses only what stands left of it. `src/ingest.rs` draws the same line.
const READER: [&str; 10] =
    ["bytes", "table_names", "stats", "record", "password", "options", "framing", "progress", "bundle", "workers"];

#[test]
fn the_reader_has_one_direction_and_no_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
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
    let circles = circles::circles(&root);
    let ours: Vec<_> = circles.iter().filter(|circle| circle.iter().any(|file| file.starts_with("ingest"))).collect();
    assert!(ours.is_empty(), "{ours:#?}");
}

#[test]
fn the_map_of_the_reader_names_its_folders_in_order() {
    let ingest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ingest.rs")).unwrap();
    assert!(ingest.contains(&READER.join(" → ")));
}
