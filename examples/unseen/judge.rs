//! Reads a written bundle, runs the analytics, and holds their hits against the truth.

use crate::bundle::{Bundle, Scenario};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tokentrail::testing::analytics::{self, Hit, Settings};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Hashing, Loaded, Options, load};
use tokentrail::testing::model::{Confidence, EventId, Field, Severity};

/// Rank of a scenario: its best hit, or none.
pub(crate) type Rank = Option<(Severity, Confidence)>;

/// A hit as the judgement names it.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) user: String,
    pub(crate) analytic: &'static str,
    pub(crate) rank: (Severity, Confidence),
    pub(crate) reason: String,
}

/// A scenario with what was found of it.
pub(crate) struct Judged {
    pub(crate) kind: &'static str,
    pub(crate) theft: bool,
    pub(crate) user: String,
    pub(crate) undecided: Option<&'static str>,
    /// Its best hit.
    pub(crate) best: Option<Named>,
}

impl Judged {
    pub(crate) fn rank(&self) -> Rank {
        self.best.as_ref().map(|hit| hit.rank)
    }

    /// Returns whether a hit above low shows it.
    pub(crate) fn found(&self) -> bool {
        self.rank().is_some_and(|(severity, _)| severity > Severity::Low)
    }
}

/// One bundle judged.
pub(crate) struct Judgement {
    pub(crate) seed: u64,
    pub(crate) export: String,
    pub(crate) rows: u64,
    /// Rows that could not be read.
    pub(crate) skipped: u64,
    pub(crate) scenarios: Vec<Judged>,
    /// Hits above low of people to whom nothing happened.
    pub(crate) noise: Vec<Named>,
    /// Hits above low on other rows of people to whom something happened.
    pub(crate) stray: Vec<Named>,
    /// People to whom nothing happened, times months.
    pub(crate) months: f64,
}

/// Judges what stands in a folder.
pub(crate) fn judge(bundle: &Bundle, folder: &Path) -> anyhow::Result<Judgement> {
    let options = Options { hash: Hashing::Never, ..Options::default() };
    let loaded = load(&[folder.to_owned()], &options, &|_| {}, &AtomicBool::new(false))?;
    let hits = analytics::run(&loaded.store, Facts::embedded(), &Settings::default());
    let hits: Vec<(Named, BTreeSet<String>)> = hits.iter().map(|hit| (named(hit), rows(&loaded, hit))).collect();
    let scenarios: Vec<Judged> = bundle.scenarios.iter().map(|scenario| judged(scenario, &hits)).collect();
    let (mut noise, mut stray) = (Vec::new(), Vec::new());
    for (hit, rows) in hits.iter().filter(|(hit, _)| hit.rank.0 > Severity::Low) {
        if bundle.scenarios.iter().any(|scenario| !scenario.rows.is_disjoint(rows)) {
            continue;
        }
        let cast = bundle.scenarios.iter().any(|scenario| scenario.user == hit.user);
        if cast { stray.push(hit.clone()) } else { noise.push(hit.clone()) }
    }
    let cast: BTreeSet<&str> = bundle.scenarios.iter().map(|scenario| scenario.user.as_str()).collect();
    let others = u32::try_from(bundle.world.people.len() - cast.len()).expect("few people");
    let days = u32::try_from(bundle.world.export.days).expect("few days");
    Ok(Judgement {
        seed: bundle.seed,
        export: bundle.world.export.to_string(),
        rows: loaded.rows_read(),
        skipped: loaded.rows_skipped(),
        scenarios,
        noise,
        stray,
        months: f64::from(others) * f64::from(days) / 30.0,
    })
}

fn judged(scenario: &Scenario, hits: &[(Named, BTreeSet<String>)]) -> Judged {
    let shows = |rows: &BTreeSet<String>| !rows.is_disjoint(&scenario.rows);
    let best = hits.iter().filter(|(_, rows)| shows(rows)).map(|(hit, _)| hit).max_by_key(|hit| hit.rank);
    Judged {
        kind: scenario.kind,
        theft: scenario.theft,
        user: scenario.user.clone(),
        undecided: scenario.undecided,
        best: best.cloned(),
    }
}

fn named(hit: &Hit) -> Named {
    Named {
        user: hit.upn.clone(),
        analytic: hit.analytic,
        rank: (hit.severity, hit.confidence),
        reason: hit.reasons.first().cloned().unwrap_or_default(),
    }
}

/// The ids of the rows that a hit stands on.
fn rows(loaded: &Loaded, hit: &Hit) -> BTreeSet<String> {
    let calls = hit.graph.iter().map(|call| &call.event);
    let ids = hit.evidence.iter().chain(&hit.legs).chain(calls);
    ids.map(|id: &EventId| loaded.store.get(*id, Field::Id).to_owned()).collect()
}
