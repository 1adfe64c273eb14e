//! `after-revoke`: access after a user's sessions were revoked.

use crate::analytics::aftermath::{Access, Aftermath, Class, aftermath};
use crate::analytics::findings::{
    refused_after, renewed_after, residual_calls, returned_after, revoked_what, still_standing,
};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::need::OF_REVOCATIONS;
use crate::analytics::revocations::Revocation;
use crate::analytics::{
    Analytic, Cell, DetectContext, Grade, GraphCall, GraphTie, Hit, LookAlike, Show, Step, certainty, want,
};
use crate::model::words::counted;
use crate::model::{Confidence, EventId, Field, Flags, Severity, Sym};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "after-revoke",
    title: "Access after the revocation",
    about: ABOUT,
    look_alikes: &[LookAlike::NewDevice, LookAlike::Helpdesk],
    source: "tokentrail",
    attack: &["T1078.004", "T1550.001"],
    needs: OF_REVOCATIONS,
    wants: &[want::REVOCATIONS, want::CALLS_OF_TOKENS, want::ACTS_OF_TOKENS],
    thresholds: &[],
    severity: Severity::Low,
    on_by_default: true,
    reads_hits: true,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for access after a user's sessions were revoked, the account disabled or the password \
changed, by AuditLogs or by `--revoked`: calls with a token issued before; tokens renewed in a session from before \
without a new login; anything by the odd party, or from a foreign network, of an earlier hit.

An access token outlives the revocation by about an hour, in sessions with continuous access evaluation by more than a \
day. A device's primary refresh token, an app's consent and a kit that logs in again are not ended by it at all.

Calls within 90 minutes of their token's issue are ordinary and stay low, and applications that are refused for days \
are no access. A user who logs in anew is no renewal. Where a call does not say when its token was issued and the \
sign-in is not in the bundle, nothing is said of it.";

const STEPS: &[Step] = &[
    Step {
        id: "revoked-what",
        title: "what was revoked, by whom?",
        question: "What was revoked, when, and by whom?",
        look_for: "Revoked sessions, a disabled account, a new password.",
        show: Show::Only,
        answer: revoked_what,
    },
    Step {
        id: "residual-calls",
        title: "until when did old tokens work?",
        question: "Until when, and for what, were tokens from before the revocation used?",
        look_for: "Calls more than 90 minutes after their token was issued.",
        show: Show::Only,
        answer: residual_calls,
    },
    Step {
        id: "renewed-after",
        title: "was a token renewed?",
        question: "Was a token renewed in a session from before, and by which device?",
        look_for: "A primary refresh token: its device has to be disabled.",
        show: Show::Only,
        answer: renewed_after,
    },
    Step {
        id: "returned-after",
        title: "did they come back?",
        question: "Did an odd party, or somebody in its network, come back?",
        look_for: "Sign-ins and calls from networks of the earlier hits.",
        show: Show::Only,
        answer: returned_after,
    },
    Step {
        id: "refused-after",
        title: "what is refused?",
        question: "Which of their sign-ins were refused since?",
        look_for: "50173 and 50132: the revocation bites.",
        show: Show::Only,
        answer: refused_after,
    },
    Step {
        id: "still-standing",
        title: "which footholds stand?",
        question: "Which changes of the earlier hits still stand?",
        look_for: "Devices, methods, consents and rules that nobody removed.",
        show: Show::Mark,
        answer: still_standing,
    },
];

fn detect(context: &DetectContext) -> Vec<Hit> {
    let mut users: Vec<(&Sym, &Vec<Revocation>)> = context.all_revocations().iter().collect();
    users.sort_unstable_by_key(|(user, _)| **user);
    let mut hits = Vec::new();
    for (&user, revocations) in users {
        for revocation in revocations {
            let found = aftermath(context, user, revocation);
            if let Some(class) = found.access.iter().map(|access| access.class).max() {
                hits.push(hit(context, user, revocation, &found, class));
            }
        }
    }
    hits
}

fn grade(context: &DetectContext, found: &Aftermath, class: Class) -> Grade {
    let store = context.store;
    let (severity, reason) = match class {
        Class::Returned => (Severity::High, "an odd party, or a network of an earlier hit, is back after it"),
        Class::Renewed => {
            let is_device = |id: &EventId| store.event(*id).flags.has(Flags::INCOMING_PRIMARY);
            let words = if found.rows(|class| class == Class::Renewed).iter().any(is_device) {
                "a token was renewed in a session from before; the device holding the primary refresh token must be \
                 disabled"
            } else {
                "a token was renewed in a session from before, without a new login"
            };
            (Severity::High, words)
        }
        Class::Long => (
            Severity::Medium,
            "a token from before was used for long: continuous access evaluation, or a long lifetime",
        ),
        Class::Within => (Severity::Low, "tokens from before were used within the life of an ordinary access token"),
    };
    let deciding = found.rows(|of| of == class);
    // A token's age needs no session.
    let by_name = |id: &EventId| store.normalized_field(store.event(*id), Field::UserId).is_none();
    let most = match class {
        Class::Renewed => certainty::most(store, deciding, false),
        _ if deciding.iter().all(by_name) => Confidence::Low,
        _ => Confidence::High,
    };
    Grade { severity, reason: reason.to_owned(), most }
}

fn hit(context: &DetectContext, user: Sym, revocation: &Revocation, found: &Aftermath, class: Class) -> Hit {
    let store = context.store;
    let rows = found.rows(|_| true);
    let sign_ins: Vec<EventId> = rows.iter().copied().filter(|&id| store.event(id).table.issues()).collect();
    let last = rows.last().map_or(revocation.at, |&id| store.event(id).time());
    let mut builder = HitBuilder {
        grade: Some(grade(context, found, class)),
        sign_in_count: Some(sign_ins.len()),
        seen: Some((revocation.at, last)),
        ..HitBuilder::new(ANALYTIC.id, user, Sym::NONE)
    };
    if !context.bare {
        builder.columns = columns(context, revocation, found, class);
        builder.reasons = reasons(context, revocation, found);
        builder.graph = calls(context, &rows);
        builder.resource_events = sign_ins;
        if found.access.iter().any(|access| access.age.is_some()) {
            builder.attack = vec![("T1550.001", "tokens issued before the revocation were used after it".to_owned())];
        }
    }
    builder.events = rows;
    let mut hit = builder.finish(context);
    hit.user = user;
    hit
}

/// The calls among some rows.
fn calls(context: &DetectContext, rows: &[EventId]) -> Vec<GraphCall> {
    let store = context.store;
    let is_call = |id: &EventId| store.event(*id).table.uses();
    let call = |event: EventId| {
        let tie = if store.has_issuer(store.event(event)) { GraphTie::Token } else { GraphTie::UserAppTime };
        GraphCall { event, tie }
    };
    rows.iter().copied().filter(is_call).map(call).collect()
}

fn columns(
    context: &DetectContext,
    revocation: &Revocation,
    found: &Aftermath,
    class: Class,
) -> Vec<(&'static str, Cell)> {
    let count = |class: Class| Cell::count(found.access.iter().filter(|access| access.class == class).count());
    vec![
        ("Class", Cell::Text(class.word().to_owned())),
        ("RevokedBy", Cell::Text(revocation.actor(context.store).to_owned())),
        ("Revocation", Cell::Text(revocation.reason.clone())),
        ("Residual", count(Class::Within)),
        ("ResidualLong", count(Class::Long)),
        ("Renewed", count(Class::Renewed)),
        ("Returned", count(Class::Returned)),
        ("Refused", Cell::count(found.refused.len())),
    ]
}

fn reasons(context: &DetectContext, revocation: &Revocation, found: &Aftermath) -> Vec<String> {
    let of = |class: Class| found.access.iter().filter(move |access| access.class == class);
    let at = revocation.at.second();
    let mut reasons = vec![format!("{} at {at} by {}", revocation.reason, revocation.actor(context.store))];
    let mut add = |count: usize, noun: &str, words: &str| {
        if count > 0 {
            reasons.push(format!("{} {words}", counted(count, noun)));
        }
    };
    add(of(Class::Returned).count(), "row", "of an odd party or from a network of an earlier hit after it");
    add(of(Class::Renewed).count(), "sign-in", "renewed a token in a session from before it");
    let old: Vec<&Access> = found.access.iter().filter(|access| access.age.is_some()).collect();
    add(old.len(), "call", "with a token issued before it");
    add(found.refused.len(), "sign-in", "from their networks refused since");
    reasons.extend(
        old.iter().filter_map(|access| access.age).max().map(|age| format!("the oldest such token was {age} old")),
    );
    reasons
}
