//! Effect of other thresholds: hits that come and hits that go.

use super::{ANALYTICS, Analytic, Candidates, DetectContext, Hit, Settings, lower_all, order, tell_apart};
use crate::facts::Facts;
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Hits that other settings add, drop or change.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Hits that only the other settings find, in order; without Graph calls, columns, reasons and findings.
    pub gained: Vec<Hit>,
    /// Ids of the hits that the other settings do not find, in order.
    pub lost: Vec<String>,
    /// Hits that both find, on the same sign-ins.
    pub kept: usize,
    /// Hits that both find, but on other sign-ins.
    pub changed: usize,
}

/// Compares the hits under other settings with those of `before`.
pub fn what_if(
    store: &Store,
    facts: &Facts,
    settings: &Settings,
    candidates: &Arc<Candidates>,
    before: &[Hit],
) -> Difference {
    let runs = ANALYTICS.iter().filter(|analytic| settings.runs(analytic));
    let mut after: Vec<Hit> = runs.flat_map(|analytic| bare(store, facts, settings, candidates, analytic)).collect();
    after.retain(|hit| !hit.is_near_miss());
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

/// The hits of one analytic with their rows and severities only, near misses included.
pub(super) fn bare(
    store: &Store,
    facts: &Facts,
    settings: &Settings,
    candidates: &Arc<Candidates>,
    analytic: &Analytic,
) -> Vec<Hit> {
    // One that begins with the hits of others has to have them.
    let mut earlier: Vec<Hit> = Vec::new();
    if analytic.reads_hits {
        let others = ANALYTICS.iter().filter(|a| !a.reads_hits && (settings.runs(a) || a.on_by_default));
        earlier.extend(others.flat_map(|other| bare(store, facts, settings, candidates, other)));
        earlier.retain(|hit| !hit.is_near_miss());
    }
    let mut context = DetectContext::over(store, facts, settings, Arc::clone(candidates));
    context.bare = true;
    context.earlier = &earlier;
    let mut hits = analytic.hits(&context);
    lower_all(&context, &mut hits);
    hits
}
