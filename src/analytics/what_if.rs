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
    context.earlier = earlier;
    let mut hits = analytic.hits(&context);
    lower_all(&context, &mut hits);
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::{near_misses, run_over};
    use crate::model::{Field, Flags, Table};
    use crate::store::testing::Rows;

    /// A thief in a session, and back after its revocation; calls of the user with a token from before.
    fn back_after_a_revocation() -> Store {
        let mut rows = Rows::default();
        let mut count = 0;
        let mut sign_in = |rows: &mut Rows, at: &str, (address, number): (&str, &str), agent: &str, session: &str| {
            count += 1;
            let id = count.to_string();
            let fields = [
                (Field::Id, id.as_str()),
                (Field::UserId, "u"),
                (Field::IpAddress, address),
                (Field::Asn, number),
                (Field::UserAgent, agent),
                (Field::SessionId, session),
                (Field::ResultType, "0"),
            ];
            rows.row(Table::NonInteractive, at, &fields);
        };
        let (desk, chrome) = (("192.0.2.10", "64496"), "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0");
        let (thief, library) = (("203.0.113.5", "64510"), "python-requests/2.31.0");
        for day in 1..=10 {
            sign_in(&mut rows, &format!("2026-04-{day:02}T09:00:00Z"), desk, chrome, "old");
        }
        sign_in(&mut rows, "2026-05-01T10:00:00Z", desk, chrome, "s");
        sign_in(&mut rows, "2026-05-01T10:10:00Z", thief, library, "s");
        sign_in(&mut rows, "2026-05-01T10:20:00Z", desk, chrome, "s");
        let revoked = [(Field::Operation, "Disable account"), (Field::ActedUpon, "u")];
        rows.row(Table::Audit, "2026-05-01T11:00:00Z", &revoked).flag(Flags::SUCCESS);
        let call = [(Field::UserId, "u"), (Field::IssuedAt, "2026-05-01T10:00:00Z"), (Field::RequestUri, "/me")];
        rows.row(Table::Graph, "2026-05-01T11:10:00Z", &call);
        sign_in(&mut rows, "2026-05-01T12:00:00Z", thief, library, "later");
        rows.build()
    }

    #[test]
    fn an_analytic_that_reads_hits_has_them_in_a_trial_too() {
        let (store, settings) = (back_after_a_revocation(), Settings::default());
        let (facts, candidates) = (Facts::embedded(), Arc::default());
        let hits = run_over(&store, facts, &settings, Arc::clone(&candidates));
        assert!(hits.iter().any(|hit| hit.analytic == "after-revoke"), "it fires");
        let difference = what_if(&store, facts, &settings, &candidates, &hits);
        assert_eq!((difference.gained.len(), difference.lost.len(), difference.changed), (0, 0, 0));
        let near = near_misses(&store, facts, &settings, &candidates);
        assert!(near.misses.iter().all(|miss| miss.hit.analytic != "after-revoke"), "a hit is no near miss");
    }
}
