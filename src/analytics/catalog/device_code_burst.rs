//! `device-code-burst`: a device-code sign-in, then the burst.

use crate::analytics::burst::{sliding, tumbling};
use crate::analytics::candidates::Burst;
use crate::analytics::findings::{delay, graph_agents, leg_origin, legs_apart, resources, what_to_revoke};
use crate::analytics::flow::{Flow, FlowTie, FlowTies, Leg, leg_of};
use crate::analytics::hit_builder::{HitBuilder, burst_hit};
use crate::analytics::need::OF_DEVICE_CODE;
use crate::analytics::rows::CLOCK_SKEW;
use crate::analytics::shared_steps::GRAPH_ACTIONS;
use crate::analytics::techniques;
use crate::analytics::want;
use crate::analytics::{Analytic, Cell, DetectContext, Hit, LookAlike, Show, Step};
use crate::model::{EventId, Field, Severity, Sym, Table, Time};
use crate::tables::Role;
use std::collections::{HashMap, HashSet};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "device-code-burst",
    title: "Device code, then a burst",
    about: ABOUT,
    look_alikes: &[LookAlike::Developer, LookAlike::Administrator, LookAlike::NewDevice],
    source: "hunt-2025-045",
    attack: techniques::DEVICE_CODE,
    needs: OF_DEVICE_CODE,
    wants: &[want::CALLS_OF_TOKENS],
    thresholds: &[
        ("--device-code-window", "20m"),
        ("--min-resources", "3"),
        ("--window", "10m"),
        ("--clients", "seeds"),
    ],
    severity: Severity::High,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: Some(as_published),
};

const ABOUT: &str = "Looks for a device-code sign-in followed within twenty minutes by a burst of the same user.

In a device-code phish the victim types the attacker's code into the real Microsoft page. The tokens go to whoever \
polls for them, and a tool spends them at once.

A developer who signs in to a command line by device code looks alike: there both legs come from one address, with \
a tool the user knows. The address of the browser leg is where the code was typed, which is usually the victim: it \
is never called the attacker's here.";

const STEPS: &[Step] = &[
    Step {
        id: "device-code-address",
        title: "device-code address",
        question: "Was the code typed and redeemed at addresses and in networks this user usually signs in from?",
        look_for: "The address that redeemed the code: the tokens went there.",
        show: Show::Mark,
        answer: leg_origin,
    },
    Step {
        id: "code-to-burst",
        title: "how fast?",
        question: "How long after the device code did the burst begin?",
        look_for: "Under five minutes points to a tool that waits for the code.",
        show: Show::Mark,
        answer: delay,
    },
    Step {
        id: "resources-reached",
        title: "resources reached",
        question: "Which kinds of resource did the burst get tokens for?",
        look_for: "Mail, chat, Azure management and Key Vault together.",
        show: Show::Only,
        answer: resources,
    },
    Step {
        id: "graph-agents",
        title: "software used",
        question: "Which kind of software made the Graph calls?",
        look_for: "A script where a browser or Office would be; agents can be forged.",
        show: Show::GroupBy(Field::UserAgent),
        answer: graph_agents,
    },
    GRAPH_ACTIONS,
    Step {
        id: "code-and-burst-origin",
        title: "same place?",
        question: "Was the code typed at another address, or with other software, than the tokens were used with?",
        look_for: "Code typed in one place, tokens spent in another.",
        show: Show::Mark,
        answer: legs_apart,
    },
    Step {
        id: "what-to-revoke",
        title: "what to revoke",
        question: "What must be revoked, what stays valid, and what did the user's tokens do around it?",
        look_for: "Calls of that day, and what follows from the same addresses.",
        show: Show::Only,
        answer: what_to_revoke,
    },
];

/// Bursts that follow a flow, each once, with the flow that fits best.
fn detect(context: &DetectContext) -> Vec<Hit> {
    let flows = context.flows();
    let mut hits = Vec::new();
    for burst in sliding(context) {
        let Some(known) = flows.get(&burst.user) else { continue };
        let fitting = fitting(context, burst, known);
        // Strongest tie, then latest: flows stand in the order they began.
        let Some(&(tie, best, start)) = fitting.iter().max() else { continue };
        let others = fitting.iter().filter(|(_, index, _)| *index != best).map(|(_, index, _)| &known[*index]);
        let others: Vec<Time> = others.map(|flow| flow.time(context.store)).collect();
        let events = burst.events[start..].to_vec();
        hits.push(with_flow(context, burst, events, &known[best], tie, &others).finish(context));
    }
    hits
}

/// First legs of the flows that a burst follows.
pub(super) fn flows_with_a_burst(context: &DetectContext) -> HashSet<EventId> {
    let flows = context.flows();
    let followed = |burst: &Burst| {
        let known = flows.get(&burst.user)?;
        let (_, best, _) = fitting(context, burst, known).into_iter().max()?;
        known[best].legs.first().copied()
    };
    sliding(context).iter().filter_map(followed).collect()
}

/// The flows that a burst follows, as tie, place of the flow and start of the part of the burst after it. That part
/// must begin within the window and still be a burst.
fn fitting(context: &DetectContext, burst: &Burst, known: &[Flow]) -> Vec<(FlowTie, usize, usize)> {
    let store = context.store;
    let clock = |id: &EventId| store.event(*id).time();
    let (Some(first), Some(last)) = (burst.events.first().map(clock), burst.events.last().map(clock)) else {
        return Vec::new();
    };
    let from = |flow: &Flow| flow.time(store).minus(CLOCK_SKEW);
    let by = |flow: &Flow| flow.time(store).plus(context.settings.device_code_window);
    // Both stand in time order.
    let near = known.partition_point(|flow| by(flow) < first)..known.partition_point(|flow| from(flow) <= last);
    let Some(latest) = latest_start(context, &burst.events).filter(|_| !near.is_empty()) else { return Vec::new() };
    let ties = FlowTies::new(store, &burst.events);
    let fits = |index: usize| {
        let flow = &known[index];
        let start = burst.events.partition_point(|id| clock(id) < from(flow));
        let soon = start <= latest && clock(&burst.events[start]) <= by(flow);
        soon.then(|| (ties.with(flow, start), index, start))
    };
    near.filter_map(fits).collect()
}

/// The last place from which the events still have enough distinct resources.
fn latest_start(context: &DetectContext, events: &[EventId]) -> Option<usize> {
    let mut seen: HashSet<Sym> = HashSet::new();
    (0..events.len()).rev().find(|&at| {
        let resource = context.resource(context.store.event(events[at]));
        if !resource.is_none() {
            seen.insert(resource);
        }
        seen.len() >= context.settings.min_resources
    })
}

fn with_flow(
    context: &DetectContext,
    burst: &Burst,
    events: Vec<EventId>,
    flow: &Flow,
    tie: FlowTie,
    others: &[Time],
) -> HitBuilder {
    let mut builder = burst_hit(context, ANALYTIC.id, burst, events);
    if context.bare {
        builder.legs.clone_from(&flow.legs);
        return builder;
    }
    let leg = |wanted| flow.legs.iter().copied().find(|&id| leg_of(context.store.event(id)) == Some(wanted));
    let entry_leg = leg(Leg::Browser).or_else(|| flow.legs.first().copied());
    let code = flow.time(context.store);
    front_columns(context, &mut builder, code, entry_leg);
    tie_columns(context, &mut builder, tie, &flow.legs, others);
    let first = builder.events.first().map_or(code, |&id| context.store.event(id).time());
    builder.reasons.insert(
        0,
        format!(
            "device-code sign-in at {}, first token {} later (rule: within {})",
            code.second(),
            first.since(code),
            context.settings.device_code_window.threshold(),
        ),
    );
    builder.reasons.push(match tie {
        FlowTie::Session => "device code and burst share a session".to_owned(),
        FlowTie::Correlation => "device code and burst share a correlation id".to_owned(),
        FlowTie::User => "device code and burst share the user only: no session or correlation id in common".to_owned(),
    });
    builder
}

fn front_columns(context: &DetectContext, builder: &mut HitBuilder, time: Time, leg: Option<EventId>) {
    let text = |field| Cell::Text(leg.map_or("", |id| context.text(id, field)).to_owned());
    let front = [
        ("DeviceCodeTime", Cell::Time(time)),
        ("DeviceCodeIP", Cell::Text(leg.map_or("", |id| context.address(id)).to_owned())),
        ("DeviceCodeAuthProtocol", text(Field::AuthenticationProtocol)),
    ];
    builder.columns.splice(0..0, front);
    builder.code_time = Some(time);
}

fn tie_columns(context: &DetectContext, builder: &mut HitBuilder, tie: FlowTie, legs: &[EventId], others: &[Time]) {
    let rows = legs.iter().map(|&id| {
        let event = context.store.event(id);
        let leg = if leg_of(event) == Some(Leg::Polling) { "polling" } else { "browser" };
        vec![
            ("Time", Cell::Time(context.time(event))),
            ("Table", Cell::Text(event.table.name().to_owned())),
            ("Leg", Cell::Text(leg.to_owned())),
            ("IPAddress", Cell::Text(context.address(id).to_owned())),
            ("UserAgent", Cell::Text(context.text(id, Field::UserAgent).to_owned())),
        ]
    });
    builder.columns.push(("DeviceCodeTie", Cell::Text(tie.word().to_owned())));
    builder.columns.push(("DeviceCodeLegs", Cell::Rows(rows.collect())));
    builder.columns.push(("OtherDeviceCodeTimes", Cell::List(others.iter().map(Time::to_string).collect())));
    builder.legs = legs.to_vec();
}

/// The published join: every pair of a burst and a device-code row of the same UPN whose time the burst's first
/// event follows by at most the window.
fn as_published(context: &DetectContext) -> Vec<Hit> {
    let mut codes: HashMap<Sym, Vec<EventId>> = HashMap::new();
    for (id, event) in context.rows_in(Role::Issues) {
        let text = |field: Field| context.store.text(event.get(field));
        if event.table == Table::SignIn
            && text(Field::AuthenticationProtocol) == "deviceCode"
            && text(Field::ResultType) == "0"
        {
            codes.entry(context.exact(event, Field::UserPrincipalName)).or_default().push(id);
        }
    }
    let clock = |id: EventId| context.time(context.store.event(id));
    for codes in codes.values_mut() {
        codes.sort_by_key(|id| (clock(*id), *id));
    }
    let mut hits = Vec::new();
    for burst in tumbling(context) {
        let Some(&first) = burst.events.first() else { continue };
        let first = clock(first);
        let codes = codes.get(&burst.user).map_or(&[][..], Vec::as_slice);
        let soon = codes.partition_point(|code| clock(*code).plus(context.settings.device_code_window) < first);
        // Each of them tells the same burst.
        let most = if context.thin { 1 } else { usize::MAX };
        for &code in codes[soon..].iter().take(most) {
            let time = clock(code);
            if time <= first {
                let mut builder = burst_hit(context, ANALYTIC.id, burst, burst.events.clone());
                front_columns(context, &mut builder, time, Some(code));
                tie_columns(context, &mut builder, FlowTie::User, &[code], &[]);
                builder.reasons.insert(
                    0,
                    format!("device-code sign-in at {}, first token {} later", time.second(), first.since(time)),
                );
                hits.push(builder.finish(context));
            }
        }
    }
    hits
}
