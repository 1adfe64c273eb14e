//! `auth-code-handoff`: an authorization code issued here and redeemed there.

use crate::analytics::findings::{client_history, code_issued, code_redeemed, exits_usual, others_there, resources};
use crate::analytics::handoff::Handoff;
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::need::OF_HANDOFF;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, Show, Step, certainty, graph_ties};
use crate::model::words::counted;
use crate::model::{Confidence, EventId, Field, Severity, Span, Sym};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "auth-code-handoff",
    title: "Code issued here, redeemed there",
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
    needs: OF_HANDOFF,
    thresholds: &[("--handoff-window", "10m")],
    severity: Severity::Medium,
    on_by_default: true,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for an authorization code that one place was given and another redeemed within minutes, for \
a client whose codes go to a localhost or native address.

A victim who signs in on the real page and pastes the address it ends at gives away the code in it: no consent, no \
device code, and the session goes on at the thief. The interactive sign-in is the victim's; the request without a token \
that follows it, same client and session, is the thief's.

A command line at the desk redeems at the same address, which is no hit. Cloud Shell, a remote workspace and a proxy for \
sign-ins only look alike: they go between the same two networks day after day, and stay low where the days before show \
it.";

const STEPS: &[Step] = &[
    Step {
        id: "code-issued",
        title: "where issued?",
        question: "Where was the code issued, and to which browser?",
        look_for: "The interactive sign-in: the user's browser, at a place of the user's.",
        show: Show::Mark,
        answer: code_issued,
    },
    Step {
        id: "code-redeemed",
        title: "where redeemed?",
        question: "Where was the code redeemed, by which agent, and after how long?",
        look_for: "A new network, a tool, a place far away.",
        show: Show::Mark,
        answer: code_redeemed,
    },
    Step {
        id: "exits-usual",
        title: "a usual pair?",
        question: "Did codes of this user go between these two networks before?",
        look_for: "The same pair on two days before: a proxy, or a remote workspace.",
        show: Show::Mark,
        answer: exits_usual,
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
        id: "client-used-before",
        title: "client used before",
        question: "Has the user used this client in the days before?",
        look_for: "Earlier rows of the same client: how many, on how many days.",
        show: Show::Only,
        answer: client_history,
    },
    Step {
        id: "others-there",
        title: "other users there?",
        question: "Did other users sign in from the same networks?",
        look_for: "Several users to whom the network is new: one box, many victims.",
        show: Show::Mark,
        answer: others_there,
    },
];

/// The handoffs of one client in one session of a user, in the order of their codes.
type Handoffs<'h> = BTreeMap<(Sym, Sym, Sym), Vec<&'h Handoff>>;

fn detect(context: &DetectContext) -> Vec<Hit> {
    let mut found = Handoffs::new();
    for handoff in context.handoffs() {
        found.entry((handoff.user, handoff.session, handoff.app)).or_default().push(handoff);
    }
    found.into_values().filter_map(|handoffs| hit(context, &handoffs)).collect()
}

/// The hit of the strongest of some handoffs; of equal ones, the earliest.
fn hit(context: &DetectContext, handoffs: &[&Handoff]) -> Option<Hit> {
    let store = context.store;
    let strongest = handoffs.iter().min_by_key(|handoff| Reverse(handoff.severity))?;
    let Handoff { user, app, session, issued, redeemed, .. } = **strongest;
    let resource_events = spent(context, strongest);
    let mut events = resource_events.clone();
    events.push(issued);
    events.sort_unstable();
    events.dedup();
    let most = certainty::most(store, events.iter().copied(), strongest.most < Confidence::High);
    let grade = Grade { severity: strongest.severity, reason: strongest.reason.clone(), most };
    let mut builder = HitBuilder {
        session: Some(session),
        app_name: context.text(issued, Field::AppDisplayName).to_owned(),
        grade: Some(grade),
        span_needed: Some(strongest.elapsed(store).max(Span::seconds(0))),
        ..HitBuilder::new(ANALYTIC.id, user, app)
    };
    if !context.bare {
        builder.graph = graph_ties::of_party_with(context, (user, session), redeemed, &resource_events);
        builder.columns = vec![("Handoffs", Cell::Rows(handoffs.iter().map(|&one| row(context, one)).collect()))];
        builder.reasons = reasons(context, strongest, handoffs.len());
        if strongest.severity > Severity::Low {
            builder.attack = vec![("T1528", strongest.reason.clone())];
        }
    }
    (builder.events, builder.resource_events) = (events, resource_events);
    Some(builder.finish(context))
}

/// The redemption and the session's later sign-ins from its network, of any client; without the code's row.
fn spent(context: &DetectContext, handoff: &Handoff) -> Vec<EventId> {
    let places = context.places();
    let net = places.net(handoff.redeemed);
    let Some(session) = context.sessions().get(handoff.user, handoff.session) else { return Vec::new() };
    let rows = session.events().filter(|&id| id >= handoff.redeemed && id != handoff.issued);
    rows.filter(|&id| id == handoff.redeemed || (net.is_some() && places.net(id) == net)).collect()
}

fn row(context: &DetectContext, handoff: &Handoff) -> Vec<(&'static str, Cell)> {
    let (store, places) = (context.store, context.places());
    let time = |id: EventId| Cell::Time(store.event(id).time());
    let net = |id| Cell::Text(places.net(id).map(|net| net.to_string()).unwrap_or_default());
    vec![
        ("Issued", time(handoff.issued)),
        ("IssuedNet", net(handoff.issued)),
        ("Redeemed", time(handoff.redeemed)),
        ("RedeemedNet", net(handoff.redeemed)),
        ("Grade", Cell::Text(handoff.severity.word().to_owned())),
    ]
}

fn reasons(context: &DetectContext, handoff: &Handoff, all: usize) -> Vec<String> {
    let places = context.places();
    let from = |id| {
        let net = places.net(id).map_or_else(|| "no network".to_owned(), |net| net.to_string());
        format!("{net} with {}", places.profile(id).family)
    };
    let mut reasons = vec![format!(
        "code issued to {}, redeemed after {} from {} (rule: within {})",
        from(handoff.issued),
        handoff.elapsed(context.store),
        from(handoff.redeemed),
        context.settings.handoff_window.threshold()
    )];
    if all > 1 {
        reasons.push(format!("{} of this client in the session; this one weighs most", counted(all, "such code")));
    }
    reasons
}
