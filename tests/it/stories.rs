//! Stories of what users and intruders do, and what the analytics make of them: the files in `tests/stories/`, whose
//! `README.md` explains how they are written.

mod event;
mod read;

pub(crate) use read::{Story, StoryKind};

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tokentrail::testing::analytics::{self, Cell, Finding, Hit, Incidents, Step};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::model::{Severity, Time};
use tokentrail::testing::report::card::{CardContext, headline};

/// Every story, by name.
pub(crate) fn all() -> Vec<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name != "README.md"));
    paths.sort();
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        Story::read(&name, &fs::read_to_string(&path).unwrap()).unwrap_or_else(|error| panic!("{error}"))
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_story_comes_out_as_it_says() {
    let mut wrong = String::new();
    for mut story in all() {
        let store = story.rows.build();
        let hits = analytics::run(&store, Facts::embedded(), &story.settings);
        let of_story: Vec<&Hit> = hits.iter().filter(|hit| hit.analytic == story.analytic).collect();
        let fits = match story.kind {
            StoryKind::Fires => !of_story.is_empty(),
            StoryKind::Below => of_story.is_empty(),
            StoryKind::LookAlike => of_story.iter().all(|hit| hit.severity == Severity::Low),
        };
        if !fits {
            writeln!(
                wrong,
                "{}: {} hits of {} are no {}",
                story.name,
                of_story.len(),
                story.analytic,
                story.kind.word()
            )
            .unwrap();
        }
        for hit in &hits {
            let declared = analytics::by_id(hit.analytic).unwrap().attack;
            for technique in hit.attack.iter().filter(|technique| !declared.contains(&technique.id)) {
                writeln!(wrong, "{}: {} earns {} and does not declare it", story.name, hit.analytic, technique.id)
                    .unwrap();
            }
        }
        let facts = Facts::embedded();
        let incidents = Incidents::new(&store, facts, &story.settings, Arc::default(), &hits, &BTreeSet::new());
        let context = CardContext { store: &store, facts, hits: &hits, incidents: &incidents };
        let headline = |hit: &Hit| {
            let at = incidents.all.iter().position(|incident| incident.id == hit.incident);
            at.map_or_else(String::new, |at| headline(&context, at))
        };
        let found: Vec<Outcome> = hits.iter().map(|hit| Outcome::new(hit, headline(hit), &story)).collect();
        if let Some(place) = story.differs(&found) {
            writeln!(wrong, "{place}: the story says otherwise. Found:\n{}", shown(&found, &story)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A hit as a story shows it.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The hit.
    hit: String,
    /// `step: state` and the sentence of each finding.
    findings: Vec<(String, String)>,
    /// Ids of the techniques it earned.
    techniques: String,
    /// Its columns by name.
    columns: Vec<(&'static str, String)>,
    /// Why it fired.
    reasons: Vec<String>,
    /// The sentence on its incident.
    headline: String,
}

impl Outcome {
    fn new(hit: &Hit, headline: String, story: &Story) -> Self {
        let user = hit.upn.strip_suffix(event::DOMAIN).unwrap_or(&hit.upn);
        let resources = match hit.resource_ids.len() {
            1 => "1 resource".to_owned(),
            count => format!("{count} resources"),
        };
        let published = if hit.also_published { " | as published" } else { "" };
        let words = format!(
            "{} | {user} | {} severity | {} confidence | {resources} | {} to {}{published}",
            hit.analytic,
            hit.severity.word(),
            hit.confidence.word(),
            clock(hit.first_seen, story),
            clock(hit.last_seen, story),
        );
        let steps = analytics::by_id(hit.analytic).unwrap().steps.iter();
        let finding =
            |(step, found): (&Step, &Finding)| (format!("{}: {}", step.id, found.state.word()), found.sentence.clone());
        let earned: Vec<&str> = hit.attack.iter().map(|attack| attack.id).collect();
        Self {
            hit: words,
            findings: steps.zip(&hit.findings).map(finding).collect(),
            techniques: earned.join(", "),
            columns: hit.columns.iter().map(|(name, cell)| (*name, shown_cell(cell, story))).collect(),
            reasons: hit.reasons.clone(),
            headline,
        }
    }
}

fn shown_cell(cell: &Cell, story: &Story) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Time(time) => clock(*time, story),
        Cell::List(texts) => texts.join(", "),
        Cell::Rows(rows) if rows.len() == 1 => "1 row".to_owned(),
        Cell::Rows(rows) => format!("{} rows", rows.len()),
        Cell::Object(cells) => {
            let cells = cells.iter().map(|(name, cell)| format!("{name}: {}", shown_cell(cell, story)));
            cells.collect::<Vec<_>>().join(", ")
        }
    }
}

/// A time as stories write it: without the day where it is the story's last.
fn clock(time: Time, story: &Story) -> String {
    let text = time.to_string();
    let (day, clock) = text.trim_end_matches('Z').split_once('T').unwrap();
    let clock = clock.trim_end_matches('0').trim_end_matches('.');
    let clock = if clock.len() < 8 { format!("{clock:0<8}") } else { clock.to_owned() };
    if day == story.day { clock } else { format!("{day} {clock}") }
}

/// The outcome in the story's words, and its further demands.
fn shown(found: &[Outcome], story: &Story) -> String {
    if found.is_empty() {
        return "nothing\n".to_owned();
    }
    let mut text = String::new();
    for outcome in found {
        writeln!(text, "{}", outcome.hit).unwrap();
        for (finding, _) in &outcome.findings {
            writeln!(text, "  {finding}").unwrap();
        }
        writeln!(text, "  techniques: {}", outcome.techniques).unwrap();
        for (name, value) in outcome.columns.iter().filter(|(name, _)| story.asks_for(name)) {
            writeln!(text, "  {name} = {value}").unwrap();
        }
        for reason in &outcome.reasons {
            writeln!(text, "  because {reason}").unwrap();
        }
        writeln!(text, "  headline {}", outcome.headline).unwrap();
    }
    text
}
