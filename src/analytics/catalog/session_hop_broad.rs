//! `session-hop-broad`: the first version of the session query: another client, any resource, no time limit.

use super::session_hop::STEPS;
use crate::analytics::need::OF_HOP;
use crate::analytics::session::{Hop, hops, published_hops};
use crate::analytics::techniques;
use crate::analytics::want;
use crate::analytics::{Analytic, DetectContext, Hit, LookAlike};
use crate::model::Severity;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "session-hop-broad",
    title: "One session, another client",
    about: ABOUT,
    look_alikes: &[LookAlike::Administrator, LookAlike::Developer],
    source: "Detect suspicious FOCI token logins V1 (HybridBrothers)",
    attack: techniques::TOKEN_USED,
    needs: OF_HOP,
    wants: &[want::CALLS_OF_TOKENS],
    thresholds: &[("--admin-scope-only", "off"), ("--noncompliant-only", "off")],
    severity: Severity::Low,
    on_by_default: false,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: Some(as_published),
};

const ABOUT: &str = "Looks for a session whose first login is of one family client and which Azure CLI, Azure \
PowerShell or Office 365 Management joins later, for any resource, whatever the result.

It finds what `session-hop` leaves out by its time limit and its one resource, and with it much ordinary work: \
sessions live for weeks on a joined device. Off unless `--analytics` names it.";

pub(super) const HOP: Hop = Hop {
    analytic: ANALYTIC.id,
    clients: &[
        ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI"),
        ("1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell"),
        ("00b41c95-dab0-4487-9791-b9d2c32c80f2", "Office 365 Management"),
    ],
    aad_graph_only: false,
    other_client: true,
    bounded: false,
};

fn detect(context: &DetectContext) -> Vec<Hit> {
    hops(context, &HOP)
}

fn as_published(context: &DetectContext) -> Vec<Hit> {
    published_hops(context, &HOP)
}
