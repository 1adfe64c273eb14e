//! `session-split`: one session, two parties.

use crate::analytics::distance::Location;
use crate::analytics::findings::{interleaved, tokens_by_party};
use crate::analytics::flow::presents_token;
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::need::OF_SESSIONS;
use crate::analytics::parties::{Party, PartyState, Split, Way};
use crate::analytics::places::Tool;
use crate::analytics::shared_steps::{
    BEGUN_BY, GRAPH_ACTIONS, LAST_ACT, NETWORKS_SEEN, OTHERS_THERE, PARTIES, RESOURCES_OF_PARTY,
};
use crate::analytics::want;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, LookAlike, Show, Step, certainty, graph_ties};
use crate::model::words::counted;
use crate::model::{Confidence, EventId, Field, Flags, Severity, Table, Time};
use std::collections::BTreeSet;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "session-split",
    title: "One session, two parties",
    about: ABOUT,
    look_alikes: &[LookAlike::Travel, LookAlike::SharedEgress, LookAlike::Developer],
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
        "T1550.004",
    ],
    needs: OF_SESSIONS,
    wants: &[want::EXCHANGES, want::WEEK, want::NETWORKS, want::AGENTS, want::CALLS_OF_TOKENS],
    thresholds: &[("--split-gap", "1h")],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for a session whose sign-ins fall into two groups that share neither network nor software, \
near in time; and for one that was at home, far away and at home again faster than anybody travels, phones left out.

A stolen refresh token, cookie or device code keeps the victim's session id, so that a report by session mixes victim \
and thief. Where one group is in networks the user is known to sign in from, and the other in a network that is new to \
them, the second is the odd party.

A laptop that moves from the office to a hotel looks alike, and so do a proxy for sign-ins only, and IPv4 beside IPv6: \
there the same software is in both networks, which makes them one party. A thief with the very same agent and system \
as the victim is taken for the victim, unless far away. A VPN that is switched on for an evening reads as a stay far away.";

const STEPS: &[Step] = &[
    PARTIES,
    NETWORKS_SEEN,
    Step {
        id: "interleaved",
        title: "both alive at once?",
        question: "Were both parties active at the same time?",
        look_for: "A row of one between two rows of the other.",
        show: Show::Mark,
        answer: interleaved,
    },
    BEGUN_BY,
    Step {
        id: "tokens-by-party",
        title: "whose tokens?",
        question: "Which tokens are the party's, and did anybody else use them?",
        look_for: "A token used from the other party's network.",
        show: Show::Only,
        answer: tokens_by_party,
    },
    RESOURCES_OF_PARTY,
    GRAPH_ACTIONS,
    OTHERS_THERE,
    LAST_ACT,
];

/// Sessions with two parties, and sessions of one that was in two places at once.
fn detect(context: &DetectContext) -> Vec<Hit> {
    let mut hits = Vec::new();
    for split in context.splits().values() {
        if let Some(found) = grade(context, split) {
            hits.push(hit(context, split, found));
        }
    }
    hits
}

/// The party that a hit reports, and the grade.
struct Found {
    party: usize,
    grade: Grade,
    /// Its sign-in that was far from home, with one at home before and one after.
    far: Option<[EventId; 3]>,
}

fn grade(context: &DetectContext, split: &Split) -> Option<Found> {
    let store = context.store;
    let begins = |at: usize| (split.parties[at].begins(store), at);
    if let Some(earliest) = split.odd().map(|(at, _)| at).min_by_key(|&at| begins(at)) {
        let graded = split.odd().map(|(at, party)| grade_odd(context, split, at, party));
        let best = graded.max_by_key(|grade| grade.severity)?;
        return Some(Found { party: earliest, grade: best, far: None });
    }
    let latest = (0..split.parties.len()).max_by_key(|&at| begins(at))?;
    let pairs = || (0..split.parties.len()).flat_map(|a| (a + 1..split.parties.len()).map(move |b| (a, b)));
    let is_open = |&(a, b): &(usize, usize)| [a, b].iter().any(|&at| split.parties[at].state == PartyState::Undecided);
    if split.is_candidate && pairs().filter(is_open).any(|(a, b)| split.interleaves_apart(context.origins(), a, b)) {
        let reason = "two parties in different networks were active at the same time; which is the user's is undecided";
        let grade = Grade { severity: Severity::Medium, reason: reason.to_owned(), most: Confidence::Medium };
        return Some(Found { party: latest, grade, far: None });
    }
    if let Some(far) = far_away(context, split) {
        return Some(far);
    }
    if !split.is_candidate {
        return None;
    }
    let usual = split.parties.iter().all(|party| party.state == PartyState::Usual);
    let (reason, most) = if usual {
        ("every party is in a network that the user is known to sign in from", Confidence::High)
    } else {
        ("no party is odd: the days before do not show which is the user's", Confidence::Medium)
    };
    let grade = Grade { severity: Severity::Low, reason: reason.to_owned(), most };
    Some(Found { party: latest, grade, far: None })
}

/// The party that was far away between two sign-ins at home.
fn far_away(context: &DetectContext, split: &Split) -> Option<Found> {
    let within = |at: usize| {
        let party = &split.parties[at];
        let two = (party.nets.len() > 1).then_some(&party.rows)?;
        Some((at, split.far_stay(context.origins(), two)?))
    };
    // With other software there it is a party of its own, which may come hours later.
    let apart = || {
        if split.parties.len() < 2 {
            return None;
        }
        let mut rows: Vec<EventId> = split.parties.iter().flat_map(|party| &party.rows).copied().collect();
        rows.sort_unstable();
        let far = split.far_stay(context.origins(), &rows)?;
        Some((split.party_with(far[1])?, far))
    };
    let begins = |at: usize| (split.parties[at].begins(context.store), at);
    let latest_within = (0..split.parties.len()).filter_map(within).max_by_key(|(at, _)| begins(*at));
    let (party, far) = latest_within.or_else(apart)?;
    let reason = "the session was far away between two sign-ins in known networks, and nobody travels that fast";
    let grade = Grade { severity: Severity::Medium, reason: reason.to_owned(), most: Confidence::High };
    Some(Found { party, grade, far: Some(far) })
}

/// Grade of an odd party.
fn grade_odd(context: &DetectContext, split: &Split, at: usize, party: &Party) -> Grade {
    let (store, places) = (context.store, context.places());
    let others = |usual_only: bool| {
        let all = split.parties.iter().enumerate().filter(move |(other, _)| *other != at);
        all.filter(move |(_, other)| !usual_only || other.state == PartyState::Usual).map(|(other, _)| other)
    };
    let has_usual = others(true).next().is_some();
    let apart = others(has_usual).any(|other| split.are_apart(places, at, other));
    let handed = || {
        let handoffs = context.handoffs().iter().filter(|handoff| handoff.severity > Severity::Low);
        handoffs.into_iter().any(|handoff| party.rows.binary_search(&handoff.redeemed).is_ok())
    };
    let why = if others(false).any(|other| split.interleaves(store, at, other)) {
        Some("it was active between sign-ins of the other party")
    } else if party.tool(places) > Tool::None {
        Some("it used an attacker's tool or a bare HTTP library")
    } else if party.is_moved(store) {
        let is_given = party.rows.iter().any(|&id| store.event(id).flags.has(Flags::GIVEN));
        Some(if is_given {
            "a device code was typed in the session before it"
        } else {
            "it began with a device code or a transfer"
        })
    } else if handed() {
        Some("it redeemed an authorization code that was issued elsewhere")
    } else {
        None
    };
    let new = if party.by_agent { "names an attacker's tool" } else { "is in a network that is new to the user" };
    let decided = if party.by_agent { Confidence::Medium } else { Confidence::High };
    match (why, apart) {
        (Some(why), true) => {
            Grade { severity: Severity::High, reason: format!("a second party {new}, and {why}"), most: decided }
        }
        (_, false) => Grade {
            severity: Severity::Medium,
            reason: format!("a second party {new}; the networks are only told apart by address prefix"),
            most: Confidence::Medium,
        },
        (None, true) => Grade { severity: Severity::Medium, reason: format!("a second party {new}"), most: decided },
    }
}

fn hit(context: &DetectContext, split: &Split, Found { party: at, grade, far }: Found) -> Hit {
    let party = &split.parties[at];
    let (of, first) = ((split.user, split.session), party.rows.first().copied());
    // What is known of a user by name alone is not known well.
    let most = certainty::most(context.store, party.rows.iter().copied(), false).min(grade.most);
    let mut builder = HitBuilder::for_sign_ins(context, ANALYTIC.id, of, first, party.rows.clone());
    builder.grade = Some(Grade { most, ..grade });
    builder.span_needed = split.gap.filter(|_| far.is_none());
    if !context.bare {
        let calls = graph_ties::by_party(context, split);
        builder.columns = columns(context, split, at, &calls);
        builder.reasons = reasons(context, split, at);
        builder.reasons.extend(far.map(|far| travelled(context, far)));
        builder.graph = calls.into_iter().filter(|call| call.party == Some(at)).map(|call| call.call).collect();
        builder.attack = how_begun(context, party).into_iter().collect();
    }
    builder.finish(context)
}

/// The technique of a party that began with an interactive sign-in without a token: a stolen cookie.
fn how_begun(context: &DetectContext, party: &Party) -> Option<(&'static str, String)> {
    let event = context.store.event(*party.rows.first()?);
    let is_cookie = event.table == Table::SignIn && !presents_token(event);
    let words = "the second party began with an interactive sign-in that presented no token";
    is_cookie.then(|| ("T1550.004", words.to_owned()))
}

fn reasons(context: &DetectContext, split: &Split, at: usize) -> Vec<String> {
    let words = |party: &Party| {
        let nets: Vec<String> = party.nets.iter().map(ToString::to_string).collect();
        format!("{} ({}, {})", nets.join(" and "), party.state.word(), counted(party.rows.len(), "sign-in"))
    };
    let mut all: Vec<&Party> = vec![&split.parties[at]];
    all.extend(split.parties.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, party)| party));
    let listed: Vec<String> = all.into_iter().map(words).collect();
    let mut reasons = vec![format!("one session used from {}", listed.join(", and from "))];
    if let Some(gap) = split.gap.filter(|_| split.is_candidate) {
        reasons.push(format!(
            "the parties came within {gap} of each other (rule: within {})",
            context.settings.split_gap.threshold()
        ));
    }
    reasons
}

/// Towns and times at which the session was at home, far away and at home again.
fn travelled(context: &DetectContext, far: [EventId; 3]) -> String {
    let store = context.store;
    let [before, there, after] = far.map(|id| {
        let town = Location::new(store, id).words();
        let net = || context.places().net(id).map_or_else(String::new, |net| net.to_string());
        format!("{} at {}", if town.is_empty() { net() } else { town }, store.event(id).time().second())
    });
    format!("the session was in {there}, after {before} and before {after}")
}

fn columns(
    context: &DetectContext,
    split: &Split,
    at: usize,
    calls: &[graph_ties::PartyCall],
) -> Vec<(&'static str, Cell)> {
    let nets = |party: &Party| Cell::List(party.nets.iter().map(ToString::to_string).collect());
    let party = |(number, party): (usize, &Party)| {
        let distinct = |texts: BTreeSet<String>| Cell::List(texts.into_iter().collect());
        let places = context.places();
        let profile = |id: &EventId| places.profile(*id).words();
        let time = |id: Option<&EventId>| Cell::Time(id.map_or(Time::MISSING, |id| context.store.event(*id).time()));
        let tokens = party.rows.iter().map(|&id| context.store.token(context.store.event(id).get(Field::TokenId)));
        let tokens: BTreeSet<String> =
            tokens.filter(|token| !token.is_none()).map(|token| context.store.text(token).to_owned()).collect();
        let by =
            |way| Cell::count(calls.iter().filter(|call| call.party == Some(number) && call.way == Some(way)).count());
        vec![
            ("Nets", nets(party)),
            ("State", Cell::Text(party.state.word().to_owned())),
            ("Profiles", distinct(party.rows.iter().map(profile).collect())),
            ("First", time(party.rows.first())),
            ("Last", time(party.rows.last())),
            ("SignIns", Cell::count(party.rows.len())),
            ("Tokens", distinct(tokens)),
            ("CallsByToken", by(Way::Token)),
            ("CallsByNetwork", by(Way::Network)),
            ("CallsByAgent", by(Way::Agent)),
        ]
    };
    let loose = calls.iter().filter(|call| call.party.is_none()).count();
    vec![
        ("PartyNets", nets(&split.parties[at])),
        ("Parties", Cell::Rows(split.parties.iter().enumerate().map(party).collect())),
        ("CallsOfNoParty", Cell::count(loose)),
    ]
}
