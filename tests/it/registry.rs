//! Every registry is whole, and what the README says of it is what the program has.
//!
//! `UPDATE_DOCS=1 cargo test --test it registry` writes the README's tables anew.

use crate::stories::StoryKind;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use strum::VariantArray;
use tokentrail::testing::analytics::ANALYTICS;
use tokentrail::testing::cli::{EXIT_CODES, command};
use tokentrail::testing::config::SETTINGS;
use tokentrail::testing::report::EXPORTERS;
use tokentrail::testing::report::incidents::COLUMNS;
use tokentrail::testing::tui::keymap::{Context, Keymap};

/// Lines a file may have; 300 is the aim.
const LINES: usize = 800;
/// Bytes all snapshots may have together: what nobody reads before accepting it catches nothing.
const SNAPSHOTS: u64 = 400_000;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Names of the Rust files in a folder, without their extension.
fn modules(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let rust = entries.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

#[test]
fn every_analytic_is_registered_under_the_name_of_its_file() {
    let ids: BTreeSet<String> = ANALYTICS.iter().map(|analytic| analytic.id.replace('-', "_")).collect();
    assert_eq!(ids.len(), ANALYTICS.len(), "an id is there twice");
    assert_eq!(ids, modules("src/analytics/catalog"));
}

#[test]
fn every_analytic_is_told_in_full() {
    for analytic in ANALYTICS {
        let id = analytic.id;
        assert!(is_kebab(id), "{id}");
        assert!(!analytic.title.is_empty() && !analytic.source.is_empty(), "{id}");
        let paragraphs = analytic.about.split("\n\n").count();
        assert!(paragraphs >= 2, "{id}: what it looks for, why it matters, what else looks like it");
        assert!(!analytic.steps.is_empty() && !analytic.attack.is_empty(), "{id}");
        for (index, step) in analytic.steps.iter().enumerate() {
            assert!(step.question.ends_with('?'), "{id} step {}: {}", index + 1, step.question);
            assert!(step.title.len() <= 32 && !step.look_for.is_empty(), "{id} step {}", index + 1);
        }
    }
    assert!(ANALYTICS.iter().any(|analytic| analytic.on_by_default));
}

#[test]
fn every_analytic_has_its_stories() {
    let stories = crate::stories::all();
    let mut lacking = Vec::new();
    for analytic in ANALYTICS {
        let of_it: Vec<_> = stories.iter().filter(|story| story.analytic == analytic.id).collect();
        for kind in StoryKind::VARIANTS {
            if !of_it.iter().any(|story| story.kind == *kind) {
                lacking.push(format!("{} has no story of kind {}", analytic.id, kind.word()));
            }
        }
        if !of_it.iter().any(|story| story.kind == StoryKind::Fires && story.tells_findings()) {
            lacking.push(format!("no story of {} that fires lists the findings of its steps", analytic.id));
        }
    }
    assert!(lacking.is_empty(), "tests/stories/: {}", lacking.join("\n"));
}

/// Saved verdicts hang on these ids. One that changes or goes takes them along: leave ids alone, add new ones.
#[test]
fn every_step_has_an_id_and_the_same_id_asks_the_same() {
    let mut list = String::new();
    let mut titles = std::collections::BTreeMap::new();
    for analytic in ANALYTICS {
        let ids: BTreeSet<&str> = analytic.steps.iter().map(|step| step.id).collect();
        assert_eq!(ids.len(), analytic.steps.len(), "{}: an id is there twice", analytic.id);
        for step in analytic.steps {
            assert!(is_kebab(step.id) && !step.id.as_bytes()[0].is_ascii_digit(), "{}: {}", analytic.id, step.id);
            let title = titles.entry(step.id).or_insert(step.title);
            assert_eq!(*title, step.title, "{} asks two things", step.id);
            writeln!(list, "{} {}", analytic.id, step.id).unwrap();
        }
    }
    insta::assert_snapshot!("steps", list);
}

#[test]
fn thresholds_are_options_with_the_same_default() {
    let command = command();
    for (flag, default) in ANALYTICS.iter().flat_map(|analytic| analytic.thresholds) {
        let arg = command.get_arguments().find(|arg| arg.get_long() == Some(flag.trim_start_matches("--")));
        let arg = arg.unwrap_or_else(|| panic!("{flag} is no option"));
        let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        assert!(defaults.is_empty() || defaults == [*default], "{flag}: {defaults:?} is not {default}");
    }
}

#[test]
fn every_exporter_is_registered() {
    let ids: BTreeSet<&str> = EXPORTERS.iter().map(|exporter| exporter.id).collect();
    assert_eq!(ids.len(), EXPORTERS.len());
    let with_exporter = modules("src/report").into_iter().filter(|name| {
        let text = read(&format!("src/report/{name}.rs"));
        text.contains("const EXPORTER: Exporter")
    });
    assert_eq!(with_exporter.collect::<BTreeSet<_>>(), ids.into_iter().map(str::to_owned).collect());
}

#[test]
fn every_fact_has_source_and_date() {
    for entry in fs::read_dir(root().join("assets/facts")).unwrap() {
        let path = entry.unwrap().path();
        let mut rows = csv::Reader::from_path(&path).unwrap();
        let heads = rows.headers().unwrap().clone();
        let dated: Vec<usize> = ["source", "date"]
            .iter()
            .map(|name| {
                heads.iter().position(|head| head == *name).unwrap_or_else(|| panic!("{}: {name}", path.display()))
            })
            .collect();
        for row in rows.records() {
            let row = row.unwrap();
            assert!(dated.iter().all(|at| !row[*at].trim().is_empty()), "{}: {row:?}", path.display());
        }
    }
}

/// Every file of that extension under `src` and `tests`.
fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src"), root().join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|of| of == extension) {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn no_file_is_too_long_to_read() {
    let lines = |path: &PathBuf| fs::read_to_string(path).unwrap().lines().count();
    let long: Vec<String> = files("rs")
        .iter()
        .filter(|path| lines(path) > LINES)
        .map(|path| format!("{} has {} lines", path.display(), lines(path)))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn snapshots_are_few_enough_to_read() {
    let mut sizes: Vec<(u64, PathBuf)> =
        files("snap").into_iter().map(|path| (fs::metadata(&path).unwrap().len(), path)).collect();
    sizes.sort_unstable();
    let all: u64 = sizes.iter().map(|(size, _)| size).sum();
    assert!(
        all > 0 && all <= SNAPSHOTS,
        "{all} bytes of snapshots, {SNAPSHOTS} at most; the largest: {:?}",
        sizes.last()
    );
}

#[test]
fn the_readme_says_what_the_program_has() {
    let readme = read("README.md");
    let mut updated = readme.clone();
    for (name, table) in [
        ("analytics", analytics()),
        ("options", options()),
        ("exit-codes", exit_codes()),
        ("config", config()),
        ("keys", keys()),
        ("incident", incident()),
    ] {
        updated = with_block(&updated, name, &table);
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(root().join("README.md"), updated).unwrap();
    } else {
        assert!(readme == updated, "the README is behind: UPDATE_DOCS=1 cargo test --test it registry");
    }
}

/// The text with what stands between the two markers of a block replaced.
fn with_block(text: &str, name: &str, block: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let start = text.find(&begin).unwrap_or_else(|| panic!("the README has no block {name}")) + begin.len();
    let stop = start + text[start..].find(&end).unwrap_or_else(|| panic!("block {name} has no end"));
    format!("{}{block}{}", &text[..start], &text[stop..])
}

/// The published schema of `scan --incidents`.
fn schema() -> serde_json::Value {
    serde_json::from_str(&read("assets/schemas/incident.json")).unwrap()
}

#[test]
fn the_schema_of_an_incident_has_its_columns() {
    let schema = schema();
    assert_eq!(schema["required"], serde_json::json!(COLUMNS));
    let properties: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(properties, COLUMNS.into_iter().collect());
}

/// The columns of an incident, as the schema has them.
fn incident() -> String {
    let schema = schema();
    let mut table = String::from("| Field | Meaning |\n|---|---|\n");
    for name in COLUMNS {
        let property = &schema["properties"][name];
        let described = property["description"].as_str().unwrap();
        let item = [&property["items"], &property["anyOf"][0]].into_iter().find_map(|item| item["required"].as_array());
        let parts = item.map(|parts| {
            let names: Vec<String> = parts.iter().map(|part| format!("`{}`", part.as_str().unwrap())).collect();
            format!(": {}", names.join(", "))
        });
        let _ = writeln!(table, "| `{name}` | {described}{} |", parts.unwrap_or_default());
    }
    table
}

/// The table of `list --format markdown`.
fn analytics() -> String {
    let output = assert_cmd::Command::cargo_bin("tokentrail").unwrap().args(["list", "--format", "markdown"]).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    text.split("\n\n").next().unwrap().trim_end().to_owned() + "\n"
}

fn options() -> String {
    let mut table = "| Option | Default | What it does |\n|---|---|---|\n".to_owned();
    let mut command = command();
    // Only a built definition knows what each argument takes.
    command.build();
    let scan = command.find_subcommand("scan").unwrap();
    for arg in scan.get_arguments().filter(|arg| arg.get_long().is_some() && arg.get_id() != "help") {
        let default: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        let help = arg.get_help().unwrap().to_string();
        let (help, default) = match help.split_once(" [default: ") {
            Some((help, default)) => (help.to_owned(), default.trim_end_matches(']').to_owned()),
            None => (help, default.join(", ")),
        };
        let is_flag = !arg.get_action().takes_values();
        let default = if is_flag || default.is_empty() { String::new() } else { format!("`{default}`") };
        let short = arg.get_short().map_or_else(String::new, |short| format!("`-{short}` "));
        writeln!(table, "| {short}`{}` | {default} | {help} |", arg.to_string().replace('|', "\\|")).unwrap();
    }
    table
}

fn exit_codes() -> String {
    let rows = EXIT_CODES.iter().map(|(code, means)| format!("| {code} | {means} |\n"));
    "| Code | Means |\n|---|---|\n".to_owned() + &rows.collect::<String>()
}

fn config() -> String {
    let mut table = "| Setting | Default | What it does |\n|---|---|---|\n".to_owned();
    for setting in SETTINGS {
        let (about, default) = match setting.about.split_once(" [default: ") {
            Some((about, default)) => (format!("{about}."), default.trim_end_matches("].").to_owned()),
            None => (setting.about.to_owned(), format!("`{}`", setting.value)),
        };
        writeln!(table, "| `{}` | {default} | {about} |", setting.name).unwrap();
    }
    table
}

fn keys() -> String {
    const ORDER: &[Context] = &[
        Context::Workbench,
        Context::Hits,
        Context::Timeline,
        Context::Searching,
        Context::Away,
        Context::Triage,
        Context::Walking,
        Context::List,
        Context::Record,
        Context::Bundle,
        Context::Users,
        Context::Pivot,
        Context::Marks,
        Context::Tags,
        Context::Copy,
        Context::Filters,
        Context::Compare,
        Context::InUse,
        Context::Guided,
        Context::Facts,
        Context::Containment,
        Context::Queries,
        Context::Decisions,
        Context::Near,
        Context::Note,
        Context::Disposition,
        Context::Closing,
        Context::Prompt,
        Context::Palette,
        Context::Help,
        Context::Loading,
        Context::Everywhere,
    ];
    let keymap = Keymap::embedded();
    assert!(keymap.contexts().all(|(context, _)| ORDER.contains(&context)), "every context stands in the table");
    let mut table = "| Where | Keys | What they do |\n|---|---|---|\n".to_owned();
    for &context in ORDER {
        for row in keymap.rows(context) {
            let keys: Vec<String> = row.keys().split(' ').map(|key| format!("`{}`", key.replace('|', "\\|"))).collect();
            writeln!(table, "| {} | {} | {} |", context.title(), keys.join(" "), row.desc).unwrap();
        }
    }
    table
}

#[test]
fn every_document_names_no_machine() {
    for name in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = read(name);
        for word in ["/work/", "/tmp/", "../shared"] {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
    assert!(Path::new(&root().join("LICENSE-MIT")).exists() && Path::new(&root().join("LICENSE-APACHE")).exists());
}
