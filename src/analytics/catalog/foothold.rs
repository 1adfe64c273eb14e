//! `foothold`: changes that let somebody come back after sessions are revoked.

use crate::analytics::findings::{added, added_before, added_tie, rules_made, same_object, still_there, survives};
use crate::analytics::footholds::{self, Anchor, Foothold, Tied, rule_trait};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::need::OF_FOOTHOLD;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, LookAlike, Show, Step, want};
use crate::model::words::counted;
use crate::model::{Confidence, EventId, Field, Severity, Span, Sym, Time};
use crate::tables::Role;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "foothold",
    title: "Something that outlives a revocation",
    about: ABOUT,
    look_alikes: &[LookAlike::Helpdesk, LookAlike::NewDevice, LookAlike::Onboarding],
    source: "tokentrail",
    attack: &[
        "T1070.008",
        "T1098",
        "T1098.001",
        "T1098.002",
        "T1098.003",
        "T1098.005",
        "T1114.003",
        "T1484.002",
        "T1528",
        "T1556.006",
        "T1556.009",
        "T1564.008",
    ],
    needs: OF_FOOTHOLD,
    wants: &[want::CHANGES, want::ACTS],
    thresholds: &[],
    severity: Severity::Low,
    on_by_default: true,
    reads_hits: true,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str =
    "Looks for changes that let somebody come back: a device, a sign-in method, a passkey, a Temporary \
Access Pass, a consent, a secret, a role, a policy, an inbox rule, forwarding, a permission on a mailbox. Those of a \
user with a hit, from five minutes before it to `--foothold-window` after it, are one hit; elsewhere those from a \
network that is new to who made them.

Revoked sessions and a new password end none of these.

A first working day, a new phone, a campaign for passkeys and a helpdesk's work look alike and stay low: no hit of the \
same user, and networks that are known.";

const STEPS: &[Step] = &[
    Step {
        id: "added",
        title: "what was added?",
        question: "What was added or changed, in order?",
        look_for: "A device, a sign-in method, a rule the user does not know.",
        show: Show::Only,
        answer: added,
    },
    Step {
        id: "added-tie",
        title: "by which session or address?",
        question: "By which session, token or address was it added, or is it only near in time?",
        look_for: "The session or the token of the hit.",
        show: Show::Only,
        answer: added_tie,
    },
    Step {
        id: "added-before",
        title: "such changes before?",
        question: "Did the user make such changes before?",
        look_for: "Rules, devices and methods of earlier weeks.",
        show: Show::Mark,
        answer: added_before,
    },
    Step {
        id: "survives",
        title: "what survives a revocation?",
        question: "Which of them outlive revoked sessions and a new password?",
        look_for: "Each one is a line of the containment list.",
        show: Show::Only,
        answer: survives,
    },
    Step {
        id: "rules-made",
        title: "what do the rules do?",
        question: "What do the mail rules do: words, folder, target?",
        look_for: "Rules that delete, forward, or hide mail about money or security.",
        show: Show::Only,
        answer: rules_made,
    },
    Step {
        id: "still-there",
        title: "removed again?",
        question: "Was each removed in the bundle, or is it still there?",
        look_for: "Delete, remove and disable operations on the same object.",
        show: Show::Mark,
        answer: still_there,
    },
    Step {
        id: "same-object",
        title: "the same at other users?",
        question: "Do other users have the same device, app or rule?",
        look_for: "One name at several users.",
        show: Show::Mark,
        answer: same_object,
    },
];

fn detect(context: &DetectContext) -> Vec<Hit> {
    let anchors = footholds::anchors(&context.earlier, context.settings.foothold_window);
    let mut taken: HashSet<(Sym, EventId)> = HashSet::new();
    let mut hits = Vec::new();
    for anchor in &anchors {
        let found = anchor.footholds(context);
        taken.extend(found.iter().flat_map(|foothold| &foothold.rows).map(|&row| (anchor.user, row)));
        if !found.is_empty() {
            hits.push(hit(context, anchor.user, &found, anchored(context, anchor, &found)));
        }
    }
    hits.extend(standalone(context, &taken));
    hits
}

/// Footholds of users without a hit, by user and date.
fn standalone(context: &DetectContext, taken: &HashSet<(Sym, EventId)>) -> Vec<Hit> {
    let store = context.store;
    let mut days: BTreeMap<(Sym, i64), Vec<EventId>> = BTreeMap::new();
    for (id, event) in context.rows_in(Role::Records) {
        if footholds::action_of(context, event).is_none() {
            continue;
        }
        let users = if event.user.is_none() { store.acted_upon(id) } else { std::slice::from_ref(&event.user) };
        for &user in users {
            if !taken.contains(&(user, id)) && footholds::is_from_new_network(context, user, id) {
                days.entry((user, event.time().day_number())).or_default().push(id);
            }
        }
    }
    let found = days.into_iter().map(|((user, _), rows)| {
        let found = footholds::grouped(context, user, rows.into_iter(), |_| Tied::Time);
        hit(context, user, &found, alone(context, &found))
    });
    found.collect()
}

/// Kinds that matter whatever ties them.
const GRAVE: [&str; 7] = ["device", "key", "tap", "secret", "role", "policy", "forward"];

fn anchored(context: &DetectContext, anchor: &Anchor<'_>, found: &[Foothold<'_>]) -> Grade {
    let made: Vec<&Foothold<'_>> = found.iter().filter(|foothold| !foothold.is_by_other).collect();
    let hits: BTreeSet<&str> = anchor.hits.iter().map(|hit| hit.analytic).collect();
    let after = format!("the user has a hit of {}", hits.into_iter().collect::<Vec<_>>().join(", "));
    let Some(tied) = made.iter().map(|foothold| foothold.tied).min() else {
        let reason = format!("{after}, but others made the changes from networks of their own");
        return Grade { severity: Severity::Low, reason, most: Confidence::Medium };
    };
    let grave = made.iter().find(|foothold| GRAVE.contains(&foothold.kind()));
    let rule = made.iter().filter(|foothold| foothold.kind() == "rule").find_map(|rule| rule_trait(context, rule.row));
    let (severity, why) = if tied < Tied::Time {
        (Severity::High, format!("a change was made {} of it", tied.words()))
    } else if let Some(grave) = grave {
        (Severity::High, format!("within its time: {}", grave.action.verb))
    } else if let Some(why) = rule {
        (Severity::High, format!("within its time a mail rule: {why}"))
    } else {
        (Severity::Medium, "the changes are near in time only".to_owned())
    };
    let most = match tied {
        Tied::Session | Tied::Token => Confidence::High,
        Tied::Net => Confidence::Medium,
        Tied::Time => Confidence::Low,
    };
    Grade { severity, reason: format!("{after}; {why}"), most }
}

/// Longest time between two kinds of foothold that make one case.
const TOGETHER: Span = Span::minutes(60);

fn alone(context: &DetectContext, found: &[Foothold<'_>]) -> Grade {
    let time = |foothold: &Foothold<'_>| context.store.event(foothold.row).time();
    let pair = found.iter().enumerate().any(|(at, first)| {
        let rest = found[at + 1..].iter().take_while(|next| time(next).since(time(first)) <= TOGETHER);
        rest.into_iter().any(|next| next.kind() != first.kind())
    });
    let grave = found.iter().find(|foothold| ["key", "tap", "forward"].contains(&foothold.kind()));
    let (severity, why) = if pair {
        (Severity::Medium, "two kinds within an hour".to_owned())
    } else if let Some(grave) = grave {
        (Severity::Medium, grave.action.verb.to_string())
    } else {
        (Severity::Low, "a single change, and no hit of the user near it".to_owned())
    };
    Grade { severity, reason: format!("from a network that is new to who made it; {why}"), most: Confidence::Medium }
}

fn hit(context: &DetectContext, user: Sym, found: &[Foothold<'_>], grade: Grade) -> Hit {
    let store = context.store;
    let mut rows: Vec<EventId> = found.iter().flat_map(|foothold| &foothold.rows).copied().collect();
    rows.sort_unstable();
    let mut builder =
        HitBuilder { grade: Some(grade), sign_in_count: Some(0), ..HitBuilder::new(ANALYTIC.id, user, Sym::NONE) };
    if !context.bare {
        builder.columns = vec![("Footholds", Cell::Rows(found.iter().map(|one| cells(context, one)).collect()))];
        builder.attack = techniques(found);
        let surviving = found.iter().filter(|one| one.action.survives).count();
        let outlive = match (found.len(), surviving) {
            (1, 0) => "which does not outlive".to_owned(),
            (1, _) => "which outlives".to_owned(),
            (_, 0) => "none of which outlives".to_owned(),
            (all, surviving) if all == surviving => "all of which outlive".to_owned(),
            (_, 1) => "1 of which outlives".to_owned(),
            (_, surviving) => format!("{surviving} of which outlive"),
        };
        let changes = counted(found.len(), "change");
        builder.reasons = vec![format!("{changes}, {outlive} a revocation and a new password")];
    }
    let times: Vec<Time> = rows.iter().map(|&id| store.event(id).time()).collect();
    builder.seen = Some((times[0], times[times.len() - 1]));
    builder.events = rows;
    let mut hit = builder.finish(context);
    hit.user = user;
    hit
}

fn cells(context: &DetectContext, foothold: &Foothold<'_>) -> Vec<(&'static str, Cell)> {
    let store = context.store;
    let text = |text: &str| Cell::Text(text.to_owned());
    vec![
        ("Time", Cell::Time(store.event(foothold.rows[0]).time())),
        ("Category", text(foothold.kind())),
        ("Action", text(&foothold.action.verb)),
        ("Object", text(store.get(foothold.row, Field::Object))),
        ("Tie", text(foothold.tied.word())),
        ("Survives", text(if foothold.action.survives { "yes" } else { "no" })),
        ("Undo", text(foothold.undo())),
    ]
}

fn techniques(found: &[Foothold<'_>]) -> Vec<(&'static str, String)> {
    let mut earned: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    for foothold in found {
        for id in &foothold.action.attack {
            if let Some(known) = ANALYTIC.attack.iter().find(|known| **known == &**id) {
                earned.entry(known).or_default().push(&foothold.action.verb);
            }
        }
    }
    earned.into_iter().map(|(id, verbs)| (id, verbs.join("; "))).collect()
}
