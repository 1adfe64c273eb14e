//! `binding-drop`: an unbound token where bound ones are the rule.

use crate::analytics::binding::{BindingDrop, RULE_DAYS, RULE_ROWS, code_words};
use crate::analytics::findings::{binding_code, binding_regular, bound_device};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::need::OF_BINDING;
use crate::analytics::places::Tool;
use crate::analytics::shared_steps::{NETWORKS_SEEN, PARTIES, RESOURCES_OF_PARTY, SOFTWARE_SEEN};
use crate::analytics::techniques;
use crate::analytics::want;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, LookAlike, Show, Step, certainty, graph_ties};
use crate::model::{Confidence, EventId, Severity, Sym};
use std::collections::BTreeMap;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "binding-drop",
    title: "Unbound where bound is the rule",
    about: ABOUT,
    look_alikes: &[LookAlike::NewDevice, LookAlike::Travel],
    source: "tokentrail",
    attack: techniques::TOKEN_STOLEN,
    needs: OF_BINDING,
    wants: &[want::NETWORKS, want::AGENTS, want::CALLS_OF_TOKENS],
    thresholds: &[],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
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
    NETWORKS_SEEN,
    SOFTWARE_SEEN,
    PARTIES,
    Step {
        id: "bound-device",
        title: "device goes on?",
        question: "Does the device of the bound tokens go on at the same time?",
        look_for: "Its sign-ins within a day after: the user did not change devices.",
        show: Show::Mark,
        answer: bound_device,
    },
    RESOURCES_OF_PARTY,
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
    let BindingDrop { user, session, .. } = *strongest;
    let events: Vec<EventId> = drops.iter().map(|drop| drop.id).collect();
    let first = *events.first()?;
    let mut builder = HitBuilder::for_sign_ins(context, ANALYTIC.id, (user, session), Some(first), events.clone());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::testing::{AWAY, BROWSER, Bundle, DESK, Fields, KIT, LIBRARY, MAC, REFRESH, after};
    use crate::model::Field;
    use crate::model::{Span, Table};

    const OFFICE: (Field, &str) = (Field::AppId, "d3590ed6-52b3-4102-aeff-aad2292ab01c");
    const SESSION: (Field, &str) = (Field::SessionId, "s");
    const PRIMARY: (Field, &str) = (Field::IncomingTokenType, "primaryRefreshToken");
    const BOUND: (Field, &str) =
        (Field::TokenProtection, r#"{"signInSessionStatus":"bound","signInSessionStatusCode":0}"#);

    fn unbound(code: u32) -> String {
        format!(r#"{{"signInSessionStatus":"unbound","signInSessionStatusCode":{code}}}"#)
    }

    /// Rows at the desk, bound and then unbound, spread over some days.
    fn before(bound: u32, loose: u32, days: u32) -> Bundle {
        let mut bundle = Bundle::default();
        let loose_record = unbound(1006);
        for at in 0..bound + loose {
            let time = format!("2026-04-{:02}T{:02}:00:00Z", 1 + at % days, at / days);
            let record = if at < bound { BOUND } else { (Field::TokenProtection, loose_record.as_str()) };
            bundle.row(Table::NonInteractive, &time, &[DESK, &[OFFICE, SESSION, PRIMARY, record]]);
        }
        bundle
    }

    fn severities(mut bundle: Bundle, code: u32, fields: &[(Field, &str)]) -> Vec<Severity> {
        let record = unbound(code);
        let record = [(Field::TokenProtection, record.as_str())];
        let of = [OFFICE, SESSION, REFRESH];
        bundle.row(Table::NonInteractive, &after(Span::seconds(0)), &[AWAY, &of, &record, fields]);
        bundle.severities(ANALYTIC.id)
    }

    #[test]
    fn binding_is_the_rule_from_twenty_rows_on_three_days_nine_of_ten_bound() {
        for (bound, loose, days, fires) in [
            (20, 0, 3, true),
            (19, 0, 3, false),
            (20, 0, 2, false),
            (18, 2, 3, true),
            (17, 3, 3, false),
            (27, 3, 3, true),
            (26, 3, 3, false),
            (26, 4, 3, false),
        ] {
            let found = severities(before(bound, loose, days), 1002, &[]);
            assert_eq!(!found.is_empty(), fires, "{bound} bound, {loose} not, {days} days");
        }
    }

    #[test]
    fn two_codes_and_a_refresh_token_from_another_network_count() {
        let medium = vec![Severity::Medium];
        let found = |code, fields: &[(Field, &str)]| severities(before(20, 0, 3), code, fields);
        assert_eq!(found(1002, &[]), medium);
        assert_eq!(found(1008, &[]), medium);
        for code in [1003, 1004, 1005, 1006, 1007] {
            assert!(found(code, &[]).is_empty(), "{code}");
        }
        assert!(found(1002, &[PRIMARY]).is_empty(), "a primary one is no refresh token");
        assert!(found(1002, &[(Field::IncomingTokenType, "unknownFutureValue")]).is_empty(), "withheld");
        assert!(found(1002, DESK).is_empty(), "the network of bound rows");
        assert!(found(1002, &[MAC]).is_empty(), "another system");
        assert!(found(1002, &[(Field::AppId, "other")]).is_empty(), "another client");
        assert!(found(1002, &[(Field::UserId, "other")]).is_empty(), "another user");
        assert!(found(1002, &[(Field::ResultType, "50126")]).is_empty(), "a failure");
        assert!(found(1002, &[(Field::IpAddress, ""), (Field::Asn, "")]).is_empty(), "no network to compare");
    }

    #[test]
    fn a_tool_makes_it_high_and_one_hit_is_of_a_session() {
        let windows: Fields = &[(Field::DeviceDetail, r#"{"operatingSystem":"Windows"}"#)];
        for tool in [KIT, LIBRARY] {
            let found = severities(before(20, 0, 3), 1002, &[&[tool], windows].concat());
            assert_eq!(found, [Severity::High], "{tool:?}");
        }
        let mut bundle = before(20, 0, 3);
        let record = unbound(1002);
        for (minute, session) in [(0, "s"), (1, "s"), (2, "t")] {
            let of = [OFFICE, REFRESH, (Field::SessionId, session), (Field::TokenProtection, record.as_str())];
            bundle.row(Table::SignIn, &after(Span::minutes(minute)), &[AWAY, &of]);
        }
        let hits = bundle.hits(ANALYTIC.id);
        let counts: Vec<_> = hits.iter().map(|hit| (hit.session.clone().unwrap(), hit.sign_in_count)).collect();
        assert_eq!(counts, [("s".to_owned(), 2), ("t".to_owned(), 1)], "interactive ones too");
    }

    #[test]
    fn the_odd_party_of_a_session_makes_it_high() {
        let session = (Field::SessionId, "today");
        let found = |agent| {
            let mut bundle = before(24, 0, 8);
            bundle.row(Table::NonInteractive, &after(Span::minutes(-5)), &[DESK, &[OFFICE, session, PRIMARY, BOUND]]);
            severities(bundle, 1002, &[session, agent])
        };
        assert_eq!(found(BROWSER), [Severity::Medium], "the same software is one party");
        let other = (Field::UserAgent, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/137.0");
        assert_eq!(found(other), [Severity::High]);
    }

    #[test]
    fn interactive_rows_and_rows_without_a_record_make_no_rule() {
        for fields in [[BOUND, REFRESH], [(Field::TokenProtection, ""), REFRESH]] {
            let table = if fields[0] == BOUND { Table::SignIn } else { Table::NonInteractive };
            let mut bundle = before(19, 0, 3);
            bundle.row(table, "2026-04-20T09:00:00Z", &[DESK, &[OFFICE, SESSION], &fields]);
            assert!(severities(bundle, 1002, &[]).is_empty(), "{fields:?}");
        }
    }
}
