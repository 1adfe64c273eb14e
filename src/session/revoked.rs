//! Revocations that the analyst said in a case, as the analytics take them.

use crate::analytics::{Candidates, Hit, Settings, run_over};
use crate::facts::Facts;
use crate::store::Store;
use crate::triage::Case;
use std::sync::Arc;

/// Runs the analytics again where the case says of revocations what the settings do not: access after them is a hit of
/// its own, and raises severity. The settings and the case's steps take it along. `None` where there is nothing new.
pub fn with_revocations(
    store: &Store,
    facts: &Facts,
    settings: &mut Settings,
    case: &mut Case,
) -> Option<(Vec<Hit>, Arc<Candidates>)> {
    let revoked = case.revocations();
    if revoked == settings.revoked_in_case {
        return None;
    }
    settings.revoked_in_case = revoked;
    let candidates: Arc<Candidates> = Arc::default();
    let hits = run_over(store, facts, settings, Arc::clone(&candidates));
    case.name_steps(hits.iter().map(|hit| (hit.id.as_str(), hit.analytic)));
    Some((hits, candidates))
}
