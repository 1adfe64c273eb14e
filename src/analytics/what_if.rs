//! What other thresholds would find: which hits come and which go, without a look at what they mean.

use super::{ANALYTICS, Analytic, Candidates, DetectContext, Hit, Settings, order, tell_apart};
use crate::facts::Facts;
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What other settings change, by id of the hit.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Hits only they find, in order; without Graph calls, columns, reasons and findings.
    pub gained: Vec<Hit>,
    /// Ids of the hits they do not find, in order.
    pub lost: Vec<String>,
    /// Hits that both find, on the same sign-ins.
    pub kept: usize,
    /// Hits that both find, but on other sign-ins.
    pub changed: usize,
}

/// What the settings would find where `before` was found.
pub fn what_if(
    store: &Store,
    facts: &Facts,
    settings: &Settings,
    candidates: &Arc<Candidates>,
    before: &[Hit],
) -> Difference {
    let runs = ANALYTICS.iter().filter(|analytic| settings.runs(analytic));
    let mut after: Vec<Hit> = runs.flat_map(|analytic| bare(store, facts, settings, candidates, analytic)).collect();
    after.sort_by(|a, b| order(a).cmp(&order(b)));
    tell_apart(&mut after);
    let known: BTreeMap<&str, &Hit> = before.iter().map(|hit| (hit.id.as_str(), hit)).collect();
    let mut difference = Difference::default();
    let mut found = BTreeSet::new();
    for hit in after {
        match known.get(hit.id.as_str()) {
            None => difference.gained.push(hit),
            Some(old) => {
                if old.evidence == hit.evidence && old.legs == hit.legs {
                    difference.kept += 1;
                } else {
                    difference.changed += 1;
                }
                found.insert(old.id.as_str());
            }
        }
    }
    difference.lost = before.iter().filter(|hit| !found.contains(hit.id.as_str())).map(|hit| hit.id.clone()).collect();
    difference
}

/// The hits of one analytic: which rows, and no more.
pub(super) fn bare(
    store: &Store,
    facts: &Facts,
    settings: &Settings,
    candidates: &Arc<Candidates>,
    analytic: &Analytic,
) -> Vec<Hit> {
    let mut context = DetectContext::over(store, facts, settings, Arc::clone(candidates));
    context.bare = true;
    (analytic.detect)(&context)
}
