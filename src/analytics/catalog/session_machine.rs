//! `session-machine`: a session that goes on with another machine.

use crate::analytics::findings::machines_of_session;
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::machines::Machines;
use crate::analytics::need::OF_MACHINES;
use crate::analytics::shared_steps::{
    BEGUN_BY, GRAPH_ACTIONS, LAST_ACT, NETWORKS_SEEN, OTHERS_THERE, RESOURCES_OF_PARTY,
};
use crate::analytics::techniques;
use crate::analytics::want;
use crate::analytics::{Analytic, DetectContext, Grade, Hit, LookAlike, Mark, Show, Step, certainty, graph_ties};
use crate::model::words::counted;
use crate::model::{Field, Severity, Sym};
use std::collections::BTreeSet;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "session-machine",
    title: "One session, another machine",
    about: ABOUT,
    look_alikes: &[LookAlike::Developer, LookAlike::NewDevice],
    source: "tokentrail",
    attack: techniques::TOKEN_USED,
    needs: OF_MACHINES,
    wants: &[want::EXCHANGES, want::PROTECTION, want::WEEK, want::CALLS_OF_TOKENS],
    thresholds: &[],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str =
    "Looks for sign-ins of a session whose operating system, registered device or token binding is not \
that of the session's sign-ins before; for a tool or an HTTP library that presents tokens of another program's session; \
and for a browser's session that goes on, in a network that is new to the user, in another program or in an older version.

A session belongs to one browser or one program on one machine. A stolen token that is used behind the user's own VPN, \
or days later, shows no two networks near in time; it shows another machine. Where the bundle has nothing of the \
session before the thief's rows, they are compared with the user's other sign-ins: a session that begins with a token \
and not with a login, in a network that is new to the user, on a system or device that the user does not have, or with \
a client that the user never used and no software named.

A login in a browser that hands its code to a command line looks alike: sign-ins that redeem a code at the same \
address within ten minutes count as the same machine, and so does what a device code or a transfer marks, which \
device-code-flow grades. A record's device can be the victim's on the thief's row, so that the user agent decides the \
system first.";

const STEPS: &[Step] = &[
    Step {
        id: "machines-of-session",
        title: "which machines?",
        question: "Which software, systems, devices and token bindings did the session's sign-ins have?",
        look_for: "A system, device or program that the rows before do not have.",
        show: Show::GroupBy(Field::UserAgent),
        answer: machines_of_session,
    },
    NETWORKS_SEEN,
    BEGUN_BY,
    RESOURCES_OF_PARTY,
    GRAPH_ACTIONS,
    OTHERS_THERE,
    LAST_ACT,
];

fn detect(context: &DetectContext) -> Vec<Hit> {
    let found = context.machines().iter();
    found.map(|(&(user, session), machines)| hit(context, user, session, machines)).collect()
}

fn hit(context: &DetectContext, user: Sym, session: Sym, machines: &Machines) -> Hit {
    let first = machines.rows.first().copied();
    let lost =
        if machines.is_binding_lost { "; the tokens before were bound, the network is new to the user" } else { "" };
    let (marks, points) = (machines.marks.words(), machines.points);
    let what = if machines.is_whole_session {
        "a session without its login, of a machine that the user does not have,"
    } else {
        "another machine in the session"
    };
    let grade = Grade {
        severity: machines.severity,
        reason: format!("{what} by {marks} (points: {points}){lost}"),
        most: certainty::most(context.store, machines.rows.iter().copied(), false),
    };
    let mut builder = HitBuilder::for_sign_ins(context, ANALYTIC.id, (user, session), first, machines.rows.clone());
    builder.grade = Some(grade);
    builder.machine = machines.difference();
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
    let of = if machines.is_whole_session {
        "of a session whose login the bundle lacks, from another machine than the user's"
    } else {
        "of the session from another machine"
    };
    let mut reasons = vec![format!(
        "{} {of}: {} from {}",
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
