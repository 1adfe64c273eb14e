//! `auth-code-handoff`: an authorization code issued here and redeemed there.

use crate::analytics::findings::{code_issued, code_redeemed, exits_usual};
use crate::analytics::handoff::Handoff;
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::need::OF_HANDOFF;
use crate::analytics::shared_steps::{CLIENT_USED_BEFORE, OTHERS_THERE, RESOURCES_OF_PARTY};
use crate::analytics::techniques;
use crate::analytics::want;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, LookAlike, Show, Step, certainty, graph_ties};
use crate::model::words::counted;
use crate::model::{Confidence, EventId, Field, Severity, Span, Sym};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "auth-code-handoff",
    title: "Code issued here, redeemed there",
    about: ABOUT,
    look_alikes: &[LookAlike::SharedEgress, LookAlike::Developer],
    source: "tokentrail",
    attack: techniques::TOKEN_STOLEN,
    needs: OF_HANDOFF,
    wants: &[want::WEEK, want::NETWORKS, want::AGENTS, want::CALLS_OF_TOKENS],
    thresholds: &[("--handoff-window", "10m")],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
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
        look_for: "The interactive sign-in: the user's browser, at a usual place.",
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
    RESOURCES_OF_PARTY,
    CLIENT_USED_BEFORE,
    OTHERS_THERE,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::testing::{AWAY, Bundle, DESK, Fields, KIT, LYON, NO_TOKEN, REFRESH, TICK, after, graded};
    use crate::model::{Table, Time};

    const CLI: (Field, &str) = (Field::AppId, "04b07795-8ddb-461a-bbee-02f9e1bf7b46");
    const SHELL: (Field, &str) = (Field::AppId, "1950a258-227b-4e31-a9cf-717495945fc2");
    const PORTAL: (Field, &str) = (Field::AppId, "c44b4083-3bb0-49c1-b47d-974e53cbdf3c");
    const SESSION: (Field, &str) = (Field::SessionId, "s");
    const NOW: Span = Span::seconds(0);

    /// A code issued at the desk, and a redemption so long after it.
    fn pair(bundle: &mut Bundle, elapsed: Span, redeemer: &[(Field, &str)]) {
        bundle.row(Table::SignIn, &after(NOW), &[DESK, &[CLI, SESSION]]);
        bundle.row(Table::NonInteractive, &after(elapsed), &[&[NO_TOKEN, CLI, SESSION], redeemer]);
    }

    fn severities(days: u32, elapsed: Span, redeemer: &[(Field, &str)]) -> Vec<Severity> {
        let mut bundle = Bundle::at_desk(days);
        pair(&mut bundle, elapsed, redeemer);
        bundle.severities(ANALYTIC.id)
    }

    #[test]
    fn a_redemption_comes_from_five_seconds_before_to_ten_minutes_after() {
        let found = |elapsed| severities(10, elapsed, AWAY).len();
        let ticks = |span: Span, more: i64| Span::from_ticks(span.ticks() + more);
        assert_eq!((found(Span::seconds(600)), found(ticks(Span::seconds(600), TICK.ticks()))), (1, 0));
        assert_eq!((found(Span::seconds(-5)), found(ticks(Span::seconds(-5), -TICK.ticks()))), (1, 0));
    }

    #[test]
    fn the_grade_is_by_network_tool_and_distance() {
        let minute = Span::minutes(1);
        let with = |fields: Fields, more: Fields| [fields, more].concat();
        let no_number = |address| vec![(Field::IpAddress, address), (Field::Asn, "")];
        for (days, redeemer, expected) in [
            (10, with(DESK, &[]), None),
            (10, with(DESK, &[(Field::IpAddress, "192.0.3.10")]), Some(Severity::Low)),
            (10, no_number("203.0.113.9"), Some(Severity::Medium)),
            (10, with(AWAY, &[]), Some(Severity::High)),
            (7, with(AWAY, &[]), Some(Severity::High)),
            (6, with(AWAY, &[]), Some(Severity::Medium)),
            (6, with(AWAY, &[KIT]), Some(Severity::High)),
            (6, with(AWAY, &[LYON]), Some(Severity::High)),
            (10, vec![(Field::Asn, "64510")], None),
            (10, with(AWAY, &[(Field::OriginalTransferMethod, "deviceCodeFlow")]), None),
            (10, with(AWAY, &[REFRESH]), None),
            (10, with(AWAY, &[SHELL]), None),
            (10, with(AWAY, &[(Field::SessionId, "other")]), None),
            (10, with(AWAY, &[(Field::SessionId, "")]), None),
        ] {
            let found = severities(days, minute, &redeemer);
            assert_eq!(found, Vec::from_iter(expected), "{days} days, {redeemer:?}");
        }
    }

    #[test]
    fn only_clients_with_a_local_redirect_hand_codes_off() {
        for (client, found) in [(CLI, 1), (PORTAL, 0)] {
            let mut bundle = Bundle::at_desk(10);
            bundle.row(Table::SignIn, &after(NOW), &[DESK, &[client, SESSION]]);
            bundle.row(Table::NonInteractive, &after(Span::minutes(1)), &[AWAY, &[NO_TOKEN, client, SESSION]]);
            assert_eq!(bundle.hits(ANALYTIC.id).len(), found);
        }
    }

    #[test]
    fn a_pair_of_networks_on_two_days_before_is_usual_with_any_client() {
        let usual = |days: &[&str]| {
            let mut bundle = Bundle::at_desk(10);
            for (at, day) in days.iter().enumerate() {
                let session = format!("before{at}");
                let of = [SHELL, (Field::SessionId, session.as_str())];
                bundle.row(Table::SignIn, &format!("2026-04-{day}:00:00Z"), &[DESK, &of]);
                bundle.row(Table::NonInteractive, &format!("2026-04-{day}:01:00Z"), &[AWAY, &[NO_TOKEN], &of]);
            }
            pair(&mut bundle, Span::minutes(1), AWAY);
            graded(bundle.hits(ANALYTIC.id).last().unwrap())
        };
        assert_eq!(usual(&["28T09", "29T09"]), Severity::Low);
        assert_eq!(usual(&["29T09", "29T15"]), Severity::High, "one day");
    }

    #[test]
    fn each_redemption_is_of_the_first_code_that_it_may_be_of() {
        let mut bundle = Bundle::at_desk(10);
        for second in [0, 10, 20] {
            bundle.row(Table::SignIn, &after(Span::seconds(second)), &[DESK, &[CLI, SESSION]]);
        }
        for second in [30, 40] {
            bundle.row(Table::NonInteractive, &after(Span::seconds(second)), &[AWAY, &[NO_TOKEN, CLI, SESSION]]);
        }
        let hits = bundle.hits(ANALYTIC.id);
        let [hit] = &hits[..] else { panic!("one hit of user, session and client") };
        let Some(Cell::Rows(pairs)) = hit.column("Handoffs") else { panic!("{:?}", hit.columns) };
        let times: Vec<_> = pairs.iter().map(|pair| (pair[0].1.clone(), pair[2].1.clone())).collect();
        let time = |second| Cell::Time(Time::parse(&after(Span::seconds(second))).unwrap());
        assert_eq!(times, [(time(0), time(30)), (time(10), time(40))], "the third code has none left");
        assert_eq!(hit.span_needed, Some(Span::seconds(30)));
        assert_eq!(hit.sign_in_count, 3, "the code and both redemptions, not the other codes");
    }

    #[test]
    fn its_rows_are_the_code_and_all_of_the_session_in_the_redeemers_network_from_then_on() {
        let mut bundle = Bundle::at_desk(10);
        let resource = |id| (Field::ResourceIdentity, id);
        bundle.row(Table::SignIn, &after(NOW), &[DESK, &[CLI, SESSION, resource("code")]]);
        bundle.row(Table::NonInteractive, &after(Span::seconds(-3)), &[AWAY, &[NO_TOKEN, CLI, SESSION, resource("a")]]);
        bundle.row(
            Table::NonInteractive,
            &after(Span::seconds(-4)),
            &[AWAY, &[REFRESH, CLI, SESSION, resource("early")]],
        );
        bundle.row(
            Table::NonInteractive,
            &after(Span::minutes(90)),
            &[AWAY, &[REFRESH, PORTAL, SESSION, resource("b")]],
        );
        bundle.row(
            Table::NonInteractive,
            &after(Span::minutes(91)),
            &[DESK, &[REFRESH, CLI, SESSION, resource("desk")]],
        );
        let elsewhere = [REFRESH, CLI, (Field::SessionId, "t"), resource("other")];
        bundle.row(Table::NonInteractive, &after(Span::minutes(92)), &[AWAY, &elsewhere]);
        let hits = bundle.hits(ANALYTIC.id);
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].resource_ids, ["a", "b"]);
        assert_eq!((hits[0].sign_in_count, hits[0].app_id.as_str()), (3, CLI.1));
        let times = (hits[0].first_seen.to_string(), hits[0].last_seen.to_string());
        assert_eq!(times, (after(Span::seconds(-3)), after(Span::minutes(90))));
        assert_eq!(hits[0].span_needed, Some(NOW), "it fires with the shortest window");
        let states: Vec<_> = hits[0].findings.iter().map(|finding| finding.state).collect();
        assert!(hits[0].findings[0].sentence.contains("was given the code"), "{states:?}");
    }

    #[test]
    fn neutral_rows_hand_nothing_off() {
        let mut bundle = Bundle::at_desk(10);
        let service = [(Field::Asn, "8075"), (Field::UserAgent, "")];
        pair(&mut bundle, Span::minutes(1), &[AWAY, &service].concat());
        assert!(bundle.hits(ANALYTIC.id).is_empty());
    }
}
