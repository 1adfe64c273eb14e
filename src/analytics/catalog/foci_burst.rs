//! `foci-burst`: one client exchanges tokens for many resources within minutes.

use crate::analytics::burst::{sliding, tumbling};
use crate::analytics::candidates::Burst;
use crate::analytics::findings::{client_family, device_code_before, origin, resources, what_to_revoke};
use crate::analytics::flow::descends;
use crate::analytics::hit_builder::burst_hit;
use crate::analytics::need::OF_BURST;
use crate::analytics::shared_steps::CLIENT_USED_BEFORE;
use crate::analytics::techniques;
use crate::analytics::want;
use crate::analytics::{Analytic, DetectContext, Hit, LookAlike, Show, Step};
use crate::model::{Severity, Time};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "foci-burst",
    title: "One client, many resources",
    about: ABOUT,
    look_alikes: &[LookAlike::OfficeStart, LookAlike::Developer, LookAlike::NewDevice, LookAlike::Onboarding],
    source: "hunt-2025-044",
    attack: techniques::TOKEN_USED,
    needs: OF_BURST,
    wants: &[want::CALLS_OF_TOKENS],
    thresholds: &[("--min-resources", "3"), ("--window", "10m"), ("--clients", "seeds")],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: Some(as_published),
};

const ABOUT: &str = "Looks for one watched client that gets tokens for three or more resources within ten minutes, \
without a prompt.

A stolen refresh token is worth most when it is exchanged for everything the user can reach: mail, chat, Azure, \
secrets. Tools do that in one go, and each exchange is a non-interactive sign-in.

Office starting up, a developer's command line and a new laptop look alike: they come from the user's own address \
and device, with a client the user has used before. The published query counts sign-ins after a join with Graph \
calls, which multiplies them; here SignInCount counts sign-in rows in both semantics.";

const STEPS: &[Step] = &[
    Step {
        id: "client-and-family",
        title: "which app?",
        question: "Which client is it, and could one stolen token unlock other apps then?",
        look_for: "The client id of the burst rows; a name alone can be anyone's.",
        show: Show::Mark,
        answer: client_family,
    },
    Step {
        id: "usual-address",
        title: "address vs. usual",
        question: "Do address, network, agent and device belong to this user's usual sign-ins?",
        look_for: "An address or agent that no earlier sign-in of the user has.",
        show: Show::Mark,
        answer: origin,
    },
    Step {
        id: "resources-reached",
        title: "resources reached",
        question: "Which kinds of resource did the burst get tokens for?",
        look_for: "Mail, chat and Azure management together; mail alone says less.",
        show: Show::Only,
        answer: resources,
    },
    Step {
        id: "device-code-before",
        title: "device code before",
        question: "Did the user complete a device-code sign-in within the hour before the burst?",
        look_for: "Device-code rows above the burst, and the session they share.",
        show: Show::Mark,
        answer: device_code_before,
    },
    Step {
        id: "what-to-revoke",
        title: "what to revoke",
        question: "What must be revoked, what stays valid, and what did the tokens do?",
        look_for: "Calls by the burst's tokens, and what follows from its addresses.",
        show: Show::Only,
        answer: what_to_revoke,
    },
    CLIENT_USED_BEFORE,
];

fn detect(context: &DetectContext) -> Vec<Hit> {
    let found = sliding(context).iter().map(|burst| {
        let mut builder = burst_hit(context, ANALYTIC.id, burst, burst.events.clone());
        if !context.bare {
            builder.reasons.extend(flow_not_seen(context, burst));
        }
        builder.finish(context)
    });
    found.collect()
}

/// The sentence on rows that descend from a device-code flow which the bundle does not have.
fn flow_not_seen(context: &DetectContext, burst: &Burst) -> Option<String> {
    let store = context.store;
    let descending = burst.events.iter().filter(|&&id| descends(store.event(id))).count();
    if descending == 0 {
        return None;
    }
    let last = burst.events.last().map_or(Time::MISSING, |&id| store.event(id).time());
    let known = context.flows().get(&burst.user);
    let is_seen = known.is_some_and(|flows| flows.iter().any(|flow| flow.time(store) <= last));
    (!is_seen)
        .then(|| format!("{descending} of its sign-ins descend from a device-code flow that is not in the bundle"))
}

fn as_published(context: &DetectContext) -> Vec<Hit> {
    let hit = |burst: &Burst| burst_hit(context, ANALYTIC.id, burst, burst.events.clone()).finish(context);
    tumbling(context).iter().map(hit).collect()
}
