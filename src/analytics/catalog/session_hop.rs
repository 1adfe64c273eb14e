//! `session-hop`: in one session, a first login, then a client that tools favour, for AAD Graph.

use crate::analytics::findings::session::{apart, binding, elapsed, first_login, scope_change, second_client, tuning};
use crate::analytics::findings::what_to_revoke;
use crate::analytics::need::OF_TESTED_HOP;
use crate::analytics::session::{Hop, hops, published_hops};
use crate::analytics::techniques;
use crate::analytics::want;
use crate::analytics::{Analytic, DetectContext, Hit, LookAlike, Show, Step};
use crate::model::Severity;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "session-hop",
    title: "One session, then an abused client",
    about: ABOUT,
    look_alikes: &[LookAlike::Administrator, LookAlike::Developer],
    source: "Detect suspicious FOCI token logins V2 (HybridBrothers)",
    attack: techniques::TOKEN_USED,
    needs: OF_TESTED_HOP,
    wants: &[want::CALLS_OF_TOKENS],
    thresholds: &[("--session-window", "90m"), ("--admin-scope-only", "off"), ("--noncompliant-only", "off")],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: Some(as_published),
};

const ABOUT: &str = "Looks for a session whose first login is of a family client, followed within ninety minutes by a \
token request of a client that tools favour (Azure CLI, Azure PowerShell, Copilot App, Visual Studio – Legacy, Edge \
New Tab Page) for AAD Graph.

A refresh token taken from one family client can be redeemed by another; ROADtools does so with these clients and \
asks for AAD Graph. The session id stays, address and device may not.

Administrators who sign in to Azure CLI look alike. The published tuning options are flags here; both restrict \
Azure CLI alone and leave the other clients in, where the published options drop three of them.";

/// Steps of both session analytics.
pub(super) const STEPS: &[Step] = &[
    Step {
        id: "first-login",
        title: "first login",
        question: "Is the session's first login the user's own: address, network, agent and device?",
        look_for: "The first row of the session, against the user's earlier sign-ins.",
        show: Show::Mark,
        answer: first_login,
    },
    Step {
        id: "second-client",
        title: "second client",
        question: "Which client came second, for which resource, and could it redeem the first one's token?",
        look_for: "A client this user never used, asking for the directory.",
        show: Show::Only,
        answer: second_client,
    },
    Step {
        id: "address-and-device",
        title: "address and device",
        question: "Does the second request come from another address, agent or device than the first login?",
        look_for: "One session in two places.",
        show: Show::Mark,
        answer: apart,
    },
    Step {
        id: "scopes-compared",
        title: "scopes compared",
        question: "Which scopes does the second token have that the first had not?",
        look_for: "Directory and role scopes that the first client never asks for.",
        show: Show::Only,
        answer: scope_change,
    },
    Step {
        id: "time-between",
        title: "time between",
        question: "How long after the first login did the second client ask?",
        look_for: "Seconds to minutes: a tool that was waiting for the token.",
        show: Show::Mark,
        answer: elapsed,
    },
    Step {
        id: "role-and-compliance",
        title: "administrator?",
        question: "Does the second token name the Global Administrator role, and is its device compliant?",
        look_for: "An administrator at a managed device is the usual benign case.",
        show: Show::Only,
        answer: tuning,
    },
    Step {
        id: "token-binding",
        title: "token binding",
        question: "Was the token that the second client presented bound to a device?",
        look_for: "Unbound tokens can be replayed from anywhere.",
        show: Show::Only,
        answer: binding,
    },
    Step {
        id: "what-to-revoke",
        title: "what to revoke",
        question: "What must be revoked, what stays valid, and what did the session's tokens do?",
        look_for: "Calls of the session, and what follows from the same addresses.",
        show: Show::Only,
        answer: what_to_revoke,
    },
];

/// Clients that the published V2 query watches, and AAD Graph as the only resource.
pub(super) const HOP: Hop = Hop {
    analytic: ANALYTIC.id,
    clients: &[
        ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI"),
        ("14638111-3389-403d-b206-a6a71d9f8f16", "Copilot App"),
        ("1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell"),
        ("872cd9fa-d31f-45e0-9eab-6e460a02d1f1", "Visual Studio - Legacy"),
        ("d7b530a4-7680-4c23-a8bf-c52c121d2e87", "Microsoft Edge Enterprise New Tab Page"),
    ],
    aad_graph_only: true,
    other_client: false,
    bounded: true,
};

fn detect(context: &DetectContext) -> Vec<Hit> {
    hops(context, &HOP)
}

fn as_published(context: &DetectContext) -> Vec<Hit> {
    published_hops(context, &HOP)
}
