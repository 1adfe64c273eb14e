//! `binding-drop`: an unbound token where bound ones are the rule.

use crate::analytics::binding::{BindingDrop, RULE_DAYS, RULE_ROWS, code_words};
use crate::analytics::findings::{
    binding_code, binding_regular, bound_device, networks_seen, parties, resources, software_seen,
};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::need::OF_BINDING;
use crate::analytics::places::Tool;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, Show, Step, certainty, graph_ties};
use crate::model::{Confidence, EventId, Field, Severity, Sym};
use std::collections::BTreeMap;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "binding-drop",
    title: "Unbound where bound is the rule",
    about: ABOUT,
    source: "tokentrail",
    attack: &[
        "T1021.007",
        "T1069.003",
        "T1087.004",
        "T1098.005",
        "T1114.002",
        "T1213.002",
        "T1213.005",
        "T1526",
        "T1528",
        "T1530",
        "T1550.001",
    ],
    needs: OF_BINDING,
    thresholds: &[],
    severity: Severity::Medium,
    on_by_default: true,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str =
    "Looks for a refresh token that comes without device state, or without a broker, in a network where \
the user's bound tokens never were, for a user, client and system whose tokens are bound as a rule.

A bound refresh token is of no use on another machine. One that was stolen before it was bound, or given to a client \
that does not bind, is: and it comes unbound.

Unbound is the ordinary state of a Mac and of a browser on an unmanaged computer: there bound tokens are no rule. A \
reset device looks alike, but stays in its network.";

const STEPS: &[Step] = &[
    Step {
        id: "binding-regular",
        title: "how regular was binding?",
        question: "How regularly were the user's tokens of this client and system bound before?",
        look_for: "Nine of ten, on several days.",
        show: Show::Mark,
        answer: binding_regular,
    },
    Step {
        id: "binding-code",
        title: "what does the code mean?",
        question: "With which code did the token come unbound, and what does it mean?",
        look_for: "1002: no device state. 1008: no broker.",
        show: Show::Mark,
        answer: binding_code,
    },
    Step {
        id: "networks-seen",
        title: "whose networks?",
        question: "On which days before was each network seen with this user?",
        look_for: "A network seen on two days before is known; the other is not.",
        show: Show::Mark,
        answer: networks_seen,
    },
    Step {
        id: "software-seen",
        title: "whose software?",
        question: "Since when is this software seen with this user?",
        look_for: "An agent or system that the user never had.",
        show: Show::Mark,
        answer: software_seen,
    },
    Step {
        id: "parties",
        title: "how many parties?",
        question: "How many parties used the session, and by what are they told apart?",
        look_for: "Networks and software that never mix.",
        show: Show::GroupBy(Field::IpAddress),
        answer: parties,
    },
    Step {
        id: "bound-device",
        title: "device goes on?",
        question: "Does the device of the bound tokens go on at the same time?",
        look_for: "Its sign-ins within a day after: the user did not change devices.",
        show: Show::Mark,
        answer: bound_device,
    },
    Step {
        id: "resources-of-party",
        title: "resources reached",
        question: "Which resources did the party get tokens for?",
        look_for: "Mail, files, Azure management, directory.",
        show: Show::Only,
        answer: resources,
    },
];

fn detect(context: &DetectContext) -> Vec<Hit> {
    let mut found: BTreeMap<(Sym, Sym, Sym), Vec<&BindingDrop>> = BTreeMap::new();
    for drop in context.drops() {
        found.entry((drop.user, drop.app, drop.session)).or_default().push(drop);
    }
    found.into_values().filter_map(|drops| hit(context, &drops)).collect()
}

fn grade(context: &DetectContext, drop: &BindingDrop) -> Grade {
    let places = context.places();
    let has_tool = places.profile(drop.id).tool > Tool::None;
    let is_odd = || context.is_odd(drop.user, drop.session, drop.id);
    let (severity, why) = if has_tool {
        (Severity::High, ", by a tool")
    } else if is_odd() {
        (Severity::High, ", by the odd party of its session")
    } else {
        (Severity::Medium, "")
    };
    let reason = format!(
        "a refresh token came unbound (code {}) from a network without bound ones{why}; {} of {} before were bound",
        drop.code, drop.bound, drop.all
    );
    Grade { severity, reason, most: Confidence::High }
}

/// The hit of some drops of one user, client and session: the first of the highest severity decides.
fn hit(context: &DetectContext, drops: &[&BindingDrop]) -> Option<Hit> {
    let store = context.store;
    let grades = drops.iter().map(|&drop| (drop, grade(context, drop)));
    let (strongest, mut grade) = grades.rev().max_by_key(|(_, grade)| grade.severity)?;
    let BindingDrop { user, app, session, .. } = *strongest;
    let events: Vec<EventId> = drops.iter().map(|drop| drop.id).collect();
    let first = *events.first()?;
    let mut builder = HitBuilder {
        session: Some(session),
        app_name: context.text(first, Field::AppDisplayName).to_owned(),
        resource_events: events.clone(),
        ..HitBuilder::new(ANALYTIC.id, user, app)
    };
    if !context.bare {
        builder.graph = graph_ties::of_party_with(context, (user, session), strongest.id, &events);
        builder.columns = vec![
            ("BoundBefore", Cell::count(strongest.bound)),
            ("RecordedBefore", Cell::count(strongest.all)),
            ("Code", Cell::Text(strongest.code.to_string())),
        ];
        builder.reasons = vec![format!(
            "unbound with code {}: {}; {} of {} sign-ins on {} days before were bound (rule: 9 of 10, {RULE_ROWS} \
                 on {RULE_DAYS} days)",
            strongest.code,
            code_words(strongest.code),
            strongest.bound,
            strongest.all,
            strongest.days
        )];
        builder.attack = vec![("T1528", grade.reason.clone())];
    }
    grade.most = certainty::most(store, events.iter().copied(), false);
    builder.grade = Some(grade);
    builder.events = events;
    Some(builder.finish(context))
}
