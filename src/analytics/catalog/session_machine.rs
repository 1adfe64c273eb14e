//! `session-machine`: a session that goes on with another machine.

use crate::analytics::findings::{
    begun_by, graph_verbs, last_act, machines_of_session, networks_seen, others_there, resources,
};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::machines::Machines;
use crate::analytics::need::OF_MACHINES;
use crate::analytics::{Analytic, DetectContext, Grade, Hit, Mark, Show, Step, graph_ties};
use crate::model::words::counted;
use crate::model::{Confidence, Field, Severity, Sym};
use std::collections::BTreeSet;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "session-machine",
    title: "One session, another machine",
    about: ABOUT,
    source: "tokentrail",
    attack: &[
        "T1021.007",
        "T1069.003",
        "T1078.004",
        "T1087.004",
        "T1098.005",
        "T1114.002",
        "T1213.002",
        "T1213.005",
        "T1526",
        "T1530",
        "T1550.001",
    ],
    needs: OF_MACHINES,
    thresholds: &[],
    severity: Severity::Medium,
    on_by_default: true,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str =
    "Looks for sign-ins of a session whose operating system, registered device or token binding is not \
that of the session's sign-ins before.

A session belongs to one browser or one program on one machine. A stolen token that is used behind the user's own VPN, \
or days later, shows no two networks near in time; it shows another machine.

A login in a browser that hands its code to a command line looks alike: sign-ins that redeem a code at the same \
address within ten minutes count as the same machine, and so does what a device code or a transfer marks, which \
device-code-flow grades. A record's device can be the victim's on the thief's row, so that the user agent decides the \
system first.";

const STEPS: &[Step] = &[
    Step {
        id: "machines-of-session",
        title: "which machines?",
        question: "Which systems, devices and token bindings did the session's sign-ins have?",
        look_for: "A system or device that the rows before do not have.",
        show: Show::GroupBy(Field::UserAgent),
        answer: machines_of_session,
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
        id: "begun-by",
        title: "how did it begin?",
        question: "With which token, protocol or code did the party begin?",
        look_for: "No incoming token: a login, a code or a cookie.",
        show: Show::Mark,
        answer: begun_by,
    },
    Step {
        id: "resources-of-party",
        title: "resources reached",
        question: "Which resources did the party get tokens for?",
        look_for: "Mail, files, Azure management, directory.",
        show: Show::Only,
        answer: resources,
    },
    Step {
        id: "graph-actions",
        title: "what the calls did",
        question: "What did the Graph calls read, search or change?",
        look_for: "Mail searches, file listings, chat reads within the same minutes.",
        show: Show::Only,
        answer: graph_verbs,
    },
    Step {
        id: "others-there",
        title: "other users there?",
        question: "Did other users sign in from the same networks?",
        look_for: "Several users to whom the network is new: one box, many victims.",
        show: Show::Mark,
        answer: others_there,
    },
    Step {
        id: "last-act",
        title: "is it over?",
        question: "When was the party last active, and was it refused since?",
        look_for: "Refusals after the last success.",
        show: Show::Mark,
        answer: last_act,
    },
];

fn detect(context: &DetectContext) -> Vec<Hit> {
    let found = context.machines().iter();
    found.map(|(&(user, session), machines)| hit(context, user, session, machines)).collect()
}

fn hit(context: &DetectContext, user: Sym, session: Sym, machines: &Machines) -> Hit {
    let store = context.store;
    let first = machines.rows.first().copied();
    let app = first.map_or(Sym::NONE, |id| store.normalized_field(store.event(id), Field::AppId));
    let by_name = machines.rows.iter().all(|&id| store.normalized_field(store.event(id), Field::UserId).is_none());
    let grade = Grade {
        severity: machines.severity,
        reason: format!("another machine in the session by {} (points: {})", machines.marks.words(), machines.points),
        most: if by_name { Confidence::Low } else { Confidence::High },
    };
    let mut builder = HitBuilder {
        session: Some(session),
        app_name: first.map_or("", |id| context.text(id, Field::AppDisplayName)).to_owned(),
        events: machines.rows.clone(),
        resource_events: machines.rows.clone(),
        grade: Some(grade),
        ..HitBuilder::new(ANALYTIC.id, user, app)
    };
    if !context.bare {
        builder.graph = graph_ties::of_tokens(context, &machines.rows);
        builder.columns = vec![("Marks", machines.marks.cell())];
        builder.reasons = reasons(context, machines);
    }
    builder.finish(context)
}

fn reasons(context: &DetectContext, machines: &Machines) -> Vec<String> {
    let places = context.places();
    let software: BTreeSet<String> = machines.rows.iter().map(|&id| places.profile(id).words()).collect();
    let nets: BTreeSet<String> =
        machines.rows.iter().filter_map(|&id| places.net(id)).map(|net| net.to_string()).collect();
    let list = |texts: BTreeSet<String>| texts.into_iter().collect::<Vec<_>>().join(", ");
    let mut reasons = vec![format!(
        "{} of the session from another machine: {} from {}",
        counted(machines.rows.len(), "sign-in"),
        list(software),
        if nets.is_empty() { "no network".to_owned() } else { list(nets) },
    )];
    reasons.push(format!("marks: {}", machines.marks.words()));
    let open = machines.marks.names(Mark::Unknown);
    if !open.is_empty() {
        reasons.push(format!("not decided: {}", open.join(", ")));
    }
    reasons
}
