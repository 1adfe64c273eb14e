//! Detections: one file each in `catalog/`, registered in [`ANALYTICS`].

pub mod acts;
mod admitted;
pub mod aftermath;
mod allow;
pub mod assess;
pub mod baseline;
pub mod binding;
pub mod burst;
mod candidates;
mod catalog;
mod cell;
pub mod certainty;
mod context;
pub mod device_ends;
pub mod distance;
mod elsewhere;
mod finding;
pub mod findings;
pub mod first_use;
pub mod flow;
pub mod foothold_rows;
pub mod footholds;
pub mod graph_ties;
mod grouped;
mod habits;
pub mod handoff;
mod history;
mod hit;
pub mod hit_builder;
pub mod incidents;
pub mod known;
mod known_networks;
mod look_alike;
pub mod machines;
mod mark;
pub mod names;
mod near;
mod need;
pub mod news;
mod numbers;
mod origins;
pub mod owners;
pub mod parties;
pub mod past;
pub mod places;
pub mod points;
mod reading;
pub mod recon;
pub mod registration;
pub mod revocations;
pub mod rows;
pub mod scopes;
pub mod session;
pub mod sessions;
mod settings;
mod shared_steps;
pub mod software;
mod step;
pub mod sweeps;
mod techniques;
mod threshold;
pub mod ties;
pub mod token_uses;
mod user_rows;
mod want;
mod weigh;
pub mod weights;
mod what_if;

pub use allow::{Allow, AllowList, Uncovered};
pub use baseline::Baseline;
pub use candidates::Candidates;
pub use catalog::{ANALYTICS, hop_clients};
pub use cell::Cell;
pub use context::DetectContext;
pub use elsewhere::{Pending, pending};
pub use finding::{Finding, State};
pub use findings::{ActionCount, count_actions, in_words, reached};
pub use flow::{Leg, leg_of, side_of};
pub use hit::{Attack, FoundElsewhere, GraphCall, GraphTie, Hit, HitAct};
pub use hit_builder::hit_id;
pub use incidents::{Incident, Incidents};
pub use known_networks::{KnownNetwork, KnownNetworks};
pub use look_alike::LookAlike;
pub use mark::{Grade, Mark, Marks};
pub use near::{Near, NearMiss, near_misses};
pub use need::Need;
pub use origins::Origins;
pub use settings::{Clients, Semantics, Settings};
pub use step::{Show, Step, StepContext};
pub use threshold::{Amount, Threshold};
pub use want::{Ask, Want};
pub use weights::Weights;
pub use what_if::{Difference, what_if};

use crate::facts::Facts;
use crate::model::{EventId, Field, Severity, Sym, threads};
use crate::store::Store;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use hit_builder::HitBuilder;

/// A detection.
pub struct Analytic {
    /// Kebab-case id, on the command line and in every export.
    pub id: &'static str,
    /// A few words for a list.
    pub title: &'static str,
    /// Its behaviour, why it matters, and look-alikes. Markdown, a paragraph each.
    pub about: &'static str,
    /// The innocent stories of its look-alikes, the likeliest first.
    pub look_alikes: &'static [LookAlike],
    /// The published hunt it comes from.
    pub source: &'static str,
    /// ATT&CK ids it may earn (each needs evidence).
    pub attack: &'static [&'static str],
    /// Rows and columns it cannot run without.
    pub needs: &'static [Need],
    /// Rows and history it runs without, leaving a question open.
    pub wants: &'static [Want],
    /// Thresholds as the user may set them: flag and default.
    pub thresholds: &'static [(&'static str, &'static str)],
    /// Severity before the hit's own evidence moves it.
    pub severity: Severity,
    /// Whether it runs when `--analytics` does not name it.
    pub on_by_default: bool,
    /// Whether it begins with the hits of other analytics, and runs after them.
    pub reads_hits: bool,
    /// The numbered triage steps.
    pub steps: &'static [Step],
    /// Finds its hits under hunt semantics, findings not yet filled in.
    pub detect: Detect,
    /// Finds the rows of the published query, as it is written; `None` where none was published.
    pub as_published: Option<Detect>,
}

/// Finds an analytic's hits.
pub type Detect = fn(&DetectContext) -> Vec<Hit>;

impl Analytic {
    /// Its hits under the context's semantics.
    fn hits(&self, context: &DetectContext) -> Vec<Hit> {
        let detect = match context.settings.semantics {
            Semantics::Hunt => Some(self.detect),
            Semantics::Published => self.as_published,
        };
        detect.map_or_else(Vec::new, |detect| detect(context))
    }
}

/// The analytic of that id.
pub fn by_id(id: &str) -> Option<&'static Analytic> {
    ANALYTICS.iter().find(|analytic| analytic.id == id)
}

/// The findings of a hit that are evidence: the step on what to revoke is a task.
pub fn of_evidence(hit: &Hit) -> impl Iterator<Item = &Finding> {
    let steps = by_id(hit.analytic).map_or(&[][..], |analytic| analytic.steps);
    hit.findings
        .iter()
        .enumerate()
        .filter(|(at, _)| !steps.get(*at).is_some_and(Step::is_task))
        .map(|(_, finding)| finding)
}

/// Runs the chosen analytics and answers every step of every hit; near misses are left out.
///
/// Sorts hits by first seen, analytic, user, app; allowed hits come last.
pub fn run(store: &Store, facts: &Facts, settings: &Settings) -> Vec<Hit> {
    run_over(store, facts, settings, Arc::default())
}

/// As [`run`], reusing the candidates of an earlier run on the same store.
pub fn run_over(store: &Store, facts: &Facts, settings: &Settings, candidates: Arc<Candidates>) -> Vec<Hit> {
    run_over_some(store, facts, settings, candidates, |hit| !hit.is_near_miss())
}

/// As [`run_over`], with what the analytics' own rules grade low.
pub fn run_with_low(store: &Store, facts: &Facts, settings: &Settings, candidates: Arc<Candidates>) -> Vec<Hit> {
    run_over_some(store, facts, settings, candidates, |_| true)
}

fn run_over_some(
    store: &Store,
    facts: &Facts,
    settings: &Settings,
    candidates: Arc<Candidates>,
    wanted: fn(&Hit) -> bool,
) -> Vec<Hit> {
    // A hit that an engine found too is told whatever its grade.
    let kept = wanted;
    let wanted: fn(&Hit) -> bool = if store.elsewhere().is_empty() { wanted } else { |_| true };
    let late: Vec<&Analytic> = ANALYTICS.iter().filter(|a| a.reads_hits && settings.runs(a)).collect();
    // Those that read hits need them, whether they are asked for or not.
    let runs = |analytic: &&Analytic| {
        !analytic.reads_hits && (settings.runs(analytic) || (!late.is_empty() && analytic.on_by_default))
    };
    let analytics: Vec<&'static Analytic> = ANALYTICS.iter().filter(runs).collect();
    let mut context = DetectContext::over(store, facts, settings, candidates);
    context.earlier = detected(&context, (&analytics, wanted));
    let mut later = Vec::new();
    for analytic in late {
        let mut found = analytic.hits(&context);
        found.retain(wanted);
        later.extend(answered(&context, analytic, found, wanted));
    }
    let mut hits = std::mem::take(&mut context.earlier);
    hits.retain(|hit| by_id(hit.analytic).is_some_and(|analytic| settings.runs(analytic)));
    hits.extend(later);
    hits.sort_by(|a, b| order(a).cmp(&order(b)));
    elsewhere::join(store, facts, settings, &mut hits);
    hits.retain(|hit| !hit.elsewhere.is_empty() || kept(hit));
    tell_apart(&mut hits);
    if let Some(allow) = &settings.allow {
        allow.apply(store, &mut hits);
    }
    if settings.semantics == Semantics::Hunt {
        points::discount(&context, &mut hits);
        incidents::assign(&context, &mut hits);
    }
    hits
}

/// Wanted hits of the analytics in their order, answered, those marked that the published query finds too. Found on two
/// threads: one begins with the first analytic, the other with what most of them ask for, then the last.
fn detected(context: &DetectContext, (analytics, wanted): (&[&'static Analytic], fn(&Hit) -> bool)) -> Vec<Hit> {
    let waiting: Mutex<VecDeque<&'static Analytic>> = Mutex::new(analytics.iter().copied().collect());
    let verbatim = as_published(context.settings);
    let mut published = DetectContext::new(context.store, context.facts, &verbatim);
    (published.bare, published.thin) = (true, true);
    let take = |end: fn(&mut VecDeque<&'static Analytic>) -> Option<&'static Analytic>| {
        let next = || end(&mut waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let mut found = Vec::new();
        while let Some(analytic) = next() {
            let mut hits = analytic.hits(context);
            hits.retain(wanted);
            mark_published(context, &published, analytic, &mut hits);
            found.push((analytic.id, answered(context, analytic, hits, wanted)));
        }
        found
    };
    let is_shared = context.settings.semantics == Semantics::Hunt && analytics.len() > 1;
    let ends = if is_shared { vec![false, true] } else { vec![false] };
    if is_shared {
        // Both threads need the devices; before they start, all cores are free.
        context.store.read_devices();
    }
    let found = threads::each(ends, |is_other| {
        if is_other {
            context.known();
            context.sessions();
        }
        take(if is_other { VecDeque::pop_back } else { VecDeque::pop_front })
    });
    let mut found: HashMap<&str, Vec<Hit>> = found.into_iter().flatten().collect();
    analytics.iter().flat_map(|analytic| found.remove(analytic.id).unwrap_or_default()).collect()
}

/// Hits that are worth a thread.
const WORTH: usize = 64;

/// Weighs hits, and answers every step of those that are wanted, on several threads where there are many. Takes the hits
/// of one user in time order, so that each sign-in enters the baseline once.
fn answered(context: &DetectContext, analytic: &Analytic, mut hits: Vec<Hit>, wanted: fn(&Hit) -> bool) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.user, hit.begins(context.store)));
    let parts = threads::most().min(hits.len() / WORTH + 1);
    let mut rest = hits.into_iter();
    let of_each = rest.len().div_ceil(parts);
    let parts = (0..parts).map(|_| rest.by_ref().take(of_each).collect()).collect();
    let parts = threads::each(parts, |hits| answered_in_order(context, analytic, hits, wanted));
    parts.into_iter().flatten().collect()
}

fn answered_in_order(
    context: &DetectContext,
    analytic: &Analytic,
    mut hits: Vec<Hit>,
    wanted: fn(&Hit) -> bool,
) -> Vec<Hit> {
    let DetectContext { store, facts, .. } = *context;
    let mut baseline = Baseline::new(Sym::NONE);
    let hunt = context.settings.semantics == Semantics::Hunt;
    hits.retain_mut(|hit| {
        if baseline.user() != hit.user {
            baseline = Baseline::new(hit.user);
        }
        if hunt && !analytic.reads_hits {
            assess::weighed(context, hit, &baseline);
        }
        if !wanted(hit) {
            return false;
        }
        baseline.grow(store, facts, hit.begins(store));
        if hunt && !analytic.reads_hits {
            hit.acts = acts::of_hit(context, hit);
        }
        hit.reasons.extend(hit_builder::graph_reason(store, hit));
        let assessment =
            assess::complete(&StepContext { analytic, detect: context, store, facts, hit, baseline: &baseline });
        assessment.fill(hit);
        true
    });
    hits
}

/// Weighs the hits that their analytic's own rule grades above low, and lowers those that everyday work explains: as
/// far as it takes to know which are near misses.
fn lower_all(context: &DetectContext, hits: &mut [Hit]) {
    hits.sort_by_key(|hit| (hit.user, hit.begins(context.store)));
    let mut baseline = Baseline::new(Sym::NONE);
    for hit in hits.iter_mut().filter(|hit| hit.grade.is_some() && !hit.is_near_miss()) {
        if baseline.user() != hit.user {
            baseline = Baseline::new(hit.user);
        }
        assess::weighed(context, hit, &baseline);
    }
}

/// Order of hits: first seen, analytic, user, app; then anything that still differs.
fn order(hit: &Hit) -> impl Ord + '_ {
    let who = (&hit.upn, &hit.user_id, &hit.app_id);
    (hit.first_seen, hit.analytic, who, hit.last_seen, &hit.session, &hit.evidence, &hit.legs)
}

/// Settings of the published queries, as they are written: their own thresholds, this run's range.
fn as_published(settings: &Settings) -> Settings {
    Settings { semantics: Semantics::Published, since: settings.since, until: settings.until, ..Settings::default() }
}

/// Marks the hits that overlap a row of the published query: same client, and a row (or a duplicate of it) in common.
fn mark_published(context: &DetectContext, published: &DetectContext, analytic: &Analytic, hits: &mut [Hit]) {
    if context.settings.semantics == Semantics::Published {
        for hit in hits {
            hit.also_published = true;
        }
        return;
    }
    if hits.is_empty() {
        return;
    }
    let same_row = |id: EventId| {
        let event = context.store.event(id);
        let row = context.store.normalized_field(event, Field::Id);
        if row.is_none() { (event.table, Err(id)) } else { (event.table, Ok(row)) }
    };
    let mut rows = HashSet::new();
    for hit in analytic.hits(published) {
        rows.extend(hit.evidence.iter().map(|&id| (hit.app_id.trim().to_lowercase(), same_row(id))));
    }
    for hit in hits {
        hit.also_published = hit.evidence.iter().any(|&id| rows.contains(&(hit.app_id.clone(), same_row(id))));
    }
}

/// Published semantics return a row for every pair, so equal ids occur: the later ones get a number.
fn tell_apart(hits: &mut [Hit]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for hit in hits {
        let count = seen.entry(hit.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            hit.id = format!("{}-{count}", hit.id);
        }
    }
}
