//! Device-code legs against the burst.

use super::{KEPT, listed, missing};
use crate::analytics::flow::{CODE_LIFE, Leg, leg_of};
use crate::analytics::rows::CLOCK_SKEW;
use crate::analytics::{Finding, State, StepContext};
use crate::model::{EventId, Field, Span, Table, Time};
use std::collections::BTreeSet;

/// Shorter delays mean that a tool was waiting for the code.
const AUTOMATED: Span = Span::minutes(5);
/// Longest time from a device code to a burst.
const LOOK_BACK: Span = Span::minutes(60);

/// Time from the device code to the burst's first event.
pub fn delay(context: &StepContext) -> Finding {
    let hit = context.hit;
    let Some(code) = hit.code_time else {
        return missing("no device code", "The hit has no device-code time", "SigninLogs with AuthenticationProtocol");
    };
    let gap = hit.first_seen.since(code);
    // A developer's own tool polls as quickly.
    let reads = if gap <= AUTOMATED {
        "under five minutes, as with every client that polls for the code: says nothing by itself"
    } else {
        "over five minutes: a person may have been at work"
    };
    let sentence =
        format!("Device code at {}, first token at {}: {gap}, {reads}.", code.second(), hit.first_seen.second());
    Finding::new(State::Unknown, gap.to_string(), sentence)
        .with_rows(hit.legs.iter().copied())
        .with_rows(hit.evidence.first().copied())
}

/// A device-code sign-in of the same user in the hour before the burst.
pub fn device_code_before(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let has_column = |field| store.has(Table::SignIn, field) || store.has(Table::NonInteractive, field);
    if !has_column(Field::AuthenticationProtocol) && !has_column(Field::OriginalTransferMethod) {
        return missing(
            "not in this export",
            "No sign-in of the bundle has AuthenticationProtocol or OriginalTransferMethod, so a device code would be invisible",
            "the sign-ins from Log Analytics, diagnostic settings or Graph beta",
        );
    }
    let (from, to) = (hit.first_seen.minus(LOOK_BACK), hit.first_seen.plus(CLOCK_SKEW));
    let legs = context.baseline.history(context.detect).legs(store, from, to);
    let Some(&last) = legs.last() else {
        let missing_table = if store.count(Table::SignIn) == 0 {
            " SigninLogs is not in the bundle, so where the code was typed cannot be seen."
        } else {
            ""
        };
        let sentence = format!(
            "No device-code sign-in in the hour before: the token was got another way, or is the client's own.{missing_table}"
        );
        return Finding::new(State::Unknown, "none within 1 h", sentence);
    };
    // The flow's time is its first leg's: the last one may already be the burst's own first row.
    let begun = store.event(last).time().minus(CODE_LIFE);
    let legs = &legs[legs.partition_point(|id| store.event(*id).time() < begun)..];
    let time = legs.first().map_or(begun, |&id| store.event(id).time());
    let shared = shares_session(context, legs);
    let shared_words = if shared { "it shares the burst's session" } else { "it shares no session with the burst" };
    let sentence = format!(
        "Device-code sign-in at {}, {} before the burst; {shared_words}.",
        time.second(),
        hit.first_seen.since(time)
    );
    let kept = &legs[legs.len().saturating_sub(KEPT)..];
    let cut = super::kept("last", kept.len(), legs.len(), "of it");
    Finding::new(State::Supports, format!("{} before", hit.first_seen.since(time)), sentence + &cut)
        .with_rows(kept.iter().copied())
}

fn shares_session(context: &StepContext, legs: &[EventId]) -> bool {
    let store = context.store;
    let session =
        |&id: &EventId| Some(store.normalized_field(store.event(id), Field::SessionId)).filter(|sym| !sym.is_none());
    let of_hit: BTreeSet<_> = context.hit.evidence.iter().filter_map(session).collect();
    legs.iter().filter_map(session).any(|sym| of_hit.contains(&sym))
}

/// Differences of address and agent between the legs and the burst.
pub fn legs_apart(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let of =
        |leg| -> Vec<EventId> { hit.legs.iter().copied().filter(|&id| leg_of(store.event(id)) == Some(leg)).collect() };
    let (browser, polling) = (of(Leg::Browser), of(Leg::Polling));
    let spent: Vec<EventId> = polling.iter().chain(&hit.evidence).copied().collect();
    let rows = || browser.iter().chain(&spent).copied();
    if browser.is_empty() {
        return missing(
            "no browser sign-in",
            "The bundle has no sign-in in a browser for this code, so where the code was typed is not known",
            "SigninLogs of the user with AuthenticationProtocol (Log Analytics, diagnostic settings or Graph beta)",
        )
        .with_rows(rows());
    }
    let typed_at = values(context, &browser, Field::IpAddress);
    let spent_at = values(context, &spent, Field::IpAddress);
    let agents = (kinds(context, &browser), kinds(context, &spent));
    let apart = typed_at.is_disjoint(&spent_at);
    let (state, brief) = match (apart, agents.0 == agents.1) {
        (true, _) => (State::Supports, "different addresses"),
        (false, false) => (State::Unknown, "same address, other software"),
        (false, true) => (State::Against, "same address and software"),
    };
    let reads = match state {
        State::Supports => "the code was typed in one place and the tokens were used in another, as in a phish",
        State::Unknown => "as on the user's own machine with a browser and a tool, or through one proxy",
        _ => "as when the user starts it themself, or everything passes one proxy",
    };
    let gap = hit.legs.first().map_or(Time::MISSING, |&id| store.event(id).time());
    let list = |set: &BTreeSet<String>| listed(&set.iter().collect::<Vec<_>>());
    let sentence = format!(
        "Code typed at {} from {} ({}), tokens used from {} ({}): {reads}.",
        gap.second(),
        list(&typed_at),
        list(&agents.0),
        list(&spent_at),
        list(&agents.1),
    );
    Finding::new(state, brief, sentence).with_rows(rows())
}

fn values(context: &StepContext, rows: &[EventId], field: Field) -> BTreeSet<String> {
    let store = context.store;
    let normalized = rows.iter().map(|&id| store.normalized_field(store.event(id), field)).filter(|sym| !sym.is_none());
    normalized.map(|sym| store.text(sym).to_owned()).collect()
}

fn kinds(context: &StepContext, rows: &[EventId]) -> BTreeSet<String> {
    rows.iter().map(|&id| context.facts.agent(context.store.get(id, Field::UserAgent)).software().to_owned()).collect()
}
