//! `new-client`: the first use of a client against a sensitive resource.

use crate::analytics::findings::{client_rarity, scopes_asked};
use crate::analytics::first_use::{FirstUse, MOST_USERS};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::known::Standing;
use crate::analytics::names::resource_of;
use crate::analytics::need::OF_FIRST_USE;
use crate::analytics::places::Tool;
use crate::analytics::shared_steps::{BEGUN_BY, GRAPH_ACTIONS, NETWORKS_SEEN, SOFTWARE_SEEN};
use crate::analytics::techniques;
use crate::analytics::want;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, LookAlike, Show, Step, certainty, graph_ties};
use crate::model::{Confidence, EventId, Field, Severity, Sym};
use std::collections::BTreeMap;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "new-client",
    title: "First use of a client for a sensitive resource",
    about: ABOUT,
    look_alikes: &[LookAlike::Administrator, LookAlike::Developer, LookAlike::Onboarding],
    source: "tokentrail",
    attack: techniques::TOKEN_USED,
    needs: OF_FIRST_USE,
    wants: &[want::TWO_WEEKS, want::NETWORKS, want::AGENTS, want::CALLS_OF_TOKENS],
    thresholds: &[],
    severity: Severity::Low,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for the first sign-in of a user with a client to a sensitive resource (directory, device \
registration, Intune, Azure management, Key Vault, sign-in methods), where the user has two weeks of history and hardly \
anybody in the tenant uses that client so.

A thief's tools ask in the name of clients that the victim never used. With a new network, a tool's agent or the odd \
party of a session that is medium; with two of these, high.

An administrator who uses a command line for the first time in the office looks alike and stays low. What more than \
three users do is a roll-out.";

const STEPS: &[Step] = &[
    Step {
        id: "client-rarity",
        title: "how rare is the client?",
        question: "Which client is it, and how many users of the tenant used it before?",
        look_for: "A client that nobody else uses.",
        show: Show::Mark,
        answer: client_rarity,
    },
    NETWORKS_SEEN,
    SOFTWARE_SEEN,
    BEGUN_BY,
    Step {
        id: "scopes-asked",
        title: "scopes asked for",
        question: "Which scopes did the tokens get?",
        look_for: "Registration, directory and role scopes.",
        show: Show::Only,
        answer: scopes_asked,
    },
    GRAPH_ACTIONS,
];

/// First uses with their grades, in time order.
type Graded<'f> = Vec<(&'f FirstUse, Grade)>;

fn detect(context: &DetectContext) -> Vec<Hit> {
    let store = context.store;
    let mut found: BTreeMap<(Sym, Sym, Sym), Graded<'_>> = BTreeMap::new();
    for first in context.first_uses() {
        let session = store.normalized_field(store.event(first.id), Field::SessionId);
        let grade = grade(context, session, first);
        found.entry((first.user, first.app, session)).or_default().push((first, grade));
    }
    found.into_iter().filter_map(|(of, firsts)| hit(context, of, firsts)).collect()
}

fn grade(context: &DetectContext, session: Sym, first: &FirstUse) -> Grade {
    let (store, places, known) = (context.store, context.places(), context.known());
    let FirstUse { id, user, .. } = *first;
    let standing = known.standing(user, places.place(id), store.event(id).time());
    let facts = [
        (standing == Standing::New, "a network that is new to the user"),
        (places.profile(id).tool > Tool::None, "a tool's agent"),
        (context.is_odd(user, session, id), "the odd party of its session"),
    ];
    let with: Vec<&str> = facts.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect();
    let severity = match with.len() {
        0 => Severity::Low,
        1 => Severity::Medium,
        _ => Severity::High,
    };
    let with = if with.is_empty() { "nothing else is new".to_owned() } else { with.join(", ") };
    let most = if standing == Standing::Undecided { Confidence::Medium } else { Confidence::High };
    Grade { severity, reason: format!("the user's first sign-in with this client to this resource; {with}"), most }
}

fn hit(context: &DetectContext, (user, app, session): (Sym, Sym, Sym), firsts: Graded<'_>) -> Option<Hit> {
    let store = context.store;
    let events: Vec<EventId> = firsts.iter().map(|(first, _)| first.id).collect();
    let users = firsts.iter().map(|(first, _)| first.users).max()?;
    let mut grade = firsts.into_iter().rev().map(|(_, grade)| grade).max_by_key(|grade| grade.severity)?;
    let first = *events.first()?;
    grade.most = certainty::most(store, events.iter().copied(), grade.most < Confidence::High);
    let mut builder = HitBuilder::for_sign_ins(context, ANALYTIC.id, (user, session), Some(first), events.clone());
    builder.grade = Some(grade);
    if !context.bare {
        let mut calls = graph_ties::tied_firmly(context, &events);
        calls.retain(|call| store.normalized_field(store.event(call.event), Field::AppId) == app);
        builder.graph = calls;
        builder.columns = vec![("UsersOfClient", Cell::count(users))];
        let mut names: Vec<&str> =
            events.iter().map(|id| resource_of(store, context.facts, store.event(*id))).collect();
        names.sort_unstable();
        names.dedup();
        builder.reasons = vec![format!(
            "first use of {} for {}; {users} of at most {MOST_USERS} users of the bundle do so up to it",
            builder.app_name,
            names.join(", ")
        )];
    }
    builder.events = events;
    Some(builder.finish(context))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::testing::{AWAY, BROWSER, Bundle, DESK, Fields, KIT, LIBRARY, REFRESH, after};
    use crate::model::{Span, Table};

    const VAULT: (Field, &str) = (Field::ResourceIdentity, "cfa8b339-82a2-471a-a3c9-0fc0be7a4093");
    const ARM: (Field, &str) = (Field::ResourceIdentity, "797f4846-ba00-4fd7-ba43-dac1f8f63013");
    const MAIL: (Field, &str) = (Field::ResourceIdentity, "00000002-0000-0ff1-ce00-000000000000");
    const SHELL: (Field, &str) = (Field::AppId, "1950a258-227b-4e31-a9cf-717495945fc2");
    const SERVICE: (Field, &str) = (Field::AppId, "394866fc-eedb-4f01-8536-3ff84b16be2a");
    const SESSION: (Field, &str) = (Field::SessionId, "s");

    /// A number of sign-ins at the desk on so many days.
    fn history(rows: u32, days: u32) -> Bundle {
        let mut bundle = Bundle::default();
        for at in 0..rows {
            let time = format!("2026-04-{:02}T{:02}:00:00Z", 1 + at % days, at / days);
            bundle.row(Table::SignIn, &time, &[DESK]);
        }
        bundle
    }

    fn first_use(bundle: &mut Bundle, fields: &[(Field, &str)]) -> Vec<Severity> {
        let of = [SHELL, VAULT, SESSION, REFRESH];
        bundle.row(Table::NonInteractive, &after(Span::seconds(0)), &[AWAY, &of, fields]);
        bundle.severities(ANALYTIC.id)
    }

    #[test]
    fn it_takes_thirty_sign_ins_on_fourteen_dates_before() {
        for (rows, days, fires) in [(30, 14, true), (29, 14, false), (30, 13, false), (30, 30, true)] {
            assert_eq!(!first_use(&mut history(rows, days), &[]).is_empty(), fires, "{rows} on {days} dates");
        }
        let mut bundle = history(29, 13);
        bundle.row(Table::SignIn, &after(Span::minutes(-1)), &[DESK]);
        assert_eq!(first_use(&mut bundle, &[]).len(), 1, "the date itself counts by the rows before");
    }

    #[test]
    fn three_users_are_few_and_four_are_a_roll_out() {
        let among = |others: &[&str]| {
            let mut bundle = history(30, 15);
            for other in others {
                let user = [(Field::UserId, *other)];
                bundle.row(Table::NonInteractive, "2026-04-25T09:00:00Z", &[DESK, &[SHELL, VAULT], &user]);
            }
            first_use(&mut bundle, &[]).len()
        };
        assert_eq!((among(&["a", "b"]), among(&["a", "b", "c"]), among(&["a", "b", "a"])), (1, 0, 1));
        let mut later = history(30, 15);
        for other in ["a", "b", "c"] {
            let user = [(Field::UserId, other)];
            later.row(Table::NonInteractive, &after(Span::minutes(1)), &[DESK, &[SHELL, VAULT], &user]);
        }
        assert_eq!(first_use(&mut later, &[]).len(), 1, "who came later does not count");
    }

    #[test]
    fn network_tool_and_odd_party_make_the_grade() {
        let desk = |agent: (Field, &'static str)| [DESK, &[agent]].concat();
        let away = |agent: (Field, &'static str)| [AWAY, &[agent]].concat();
        for (fields, severity) in [
            (desk(BROWSER), Severity::Low),
            (desk(KIT), Severity::Medium),
            (desk(LIBRARY), Severity::Medium),
            (away(BROWSER), Severity::Medium),
            (away(LIBRARY), Severity::High),
            (away(KIT), Severity::High),
        ] {
            assert_eq!(first_use(&mut history(30, 15), &fields), [severity], "{fields:?}");
        }
        let mut split = history(30, 15);
        split.row(Table::NonInteractive, &after(Span::minutes(-5)), &[DESK, &[SESSION]]);
        let other = (Field::UserAgent, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/137.0");
        assert_eq!(first_use(&mut split, &[other]), [Severity::High], "a new network, and the odd party");
    }

    #[test]
    fn only_first_uses_of_sensitive_resources_by_clients_of_people_count() {
        let found = |fields: &[(Field, &str)]| first_use(&mut history(30, 15), fields).len();
        assert_eq!(found(&[]), 1);
        assert_eq!(found(&[MAIL]), 0);
        assert_eq!(found(&[SERVICE]), 0);
        assert_eq!(found(&[(Field::ResultType, "53003")]), 0, "a refusal");
        let neutral: Fields = &[(Field::Asn, "8075"), (Field::UserAgent, "")];
        assert_eq!(found(neutral), 0);
        let mut used = history(30, 15);
        used.row(Table::SignIn, "2026-04-20T09:00:00Z", &[DESK, &[SHELL, VAULT]]);
        assert!(first_use(&mut used, &[]).iter().all(|severity| *severity == Severity::Low), "used at the desk before");
    }

    #[test]
    fn a_use_before_the_range_is_a_use() {
        let mut bundle = history(30, 15);
        bundle.row(Table::SignIn, "2026-04-20T09:00:00Z", &[DESK, &[SHELL, VAULT]]).since("2026-05-01T00:00:00Z");
        assert!(first_use(&mut bundle, &[]).is_empty());
    }

    #[test]
    fn one_hit_is_of_a_client_and_a_session() {
        let mut bundle = history(30, 15);
        for (minute, resource, session) in [(1, ARM, "s"), (2, VAULT, "s"), (3, ARM, "t")] {
            let of = [SHELL, resource, (Field::SessionId, session)];
            bundle.row(Table::NonInteractive, &after(Span::minutes(minute)), &[AWAY, &of]);
        }
        let hits = bundle.hits(ANALYTIC.id);
        assert_eq!(hits.len(), 1, "the third use of the client for it is not the first");
        assert_eq!(hits[0].resource_ids, [ARM.1, VAULT.1]);
        assert_eq!((hits[0].sign_in_count, hits[0].session.as_deref()), (2, Some("s")));
    }
}
