//! The client of a hit: its family, its use before by the user and by others, and its scopes.

use super::{KEPT, listed, missing, names_of};
use crate::analytics::scopes::scope_names;
use crate::analytics::{Finding, State, StepContext, scopes};
use crate::facts::Standing;
use crate::model::words::counted;
use crate::model::{Field, Span, Sym};
use crate::store::Key;
use std::collections::BTreeSet;

/// Family membership of the client at the time of the hit.
pub fn client_family(context: &StepContext) -> Finding {
    let hit = context.hit;
    let membership = context.facts.family_at(&hit.app_id.to_lowercase(), hit.first_seen);
    let (state, brief) = match membership.standing {
        // Office starts are of the family too.
        Standing::Member => (State::Unknown, "family client"),
        Standing::Leaving => (State::Unknown, "leaving the family"),
        Standing::Left => (State::Unknown, "no longer of the family"),
        Standing::Never => (State::Unknown, "no family client"),
    };
    let means = match membership.standing {
        Standing::Member => "one stolen token of it unlocks every other Microsoft app of the family",
        Standing::Leaving => "whether its token still unlocked other apps that day is not known",
        Standing::Left | Standing::Never => {
            "its refresh token gets tokens for many resources, but does not unlock other apps"
        }
    };
    let known = context.facts.client(&hit.app_id.to_lowercase()).map_or("", |client| client.name.as_str());
    let named = if known.is_empty() || known == hit.app_name {
        hit.app_name.clone()
    } else {
        format!("{} (known as {known})", hit.app_name)
    };
    let sentence = format!("{named}, {}: {}; {means}.", hit.app_id, membership.sentence);
    Finding::new(state, brief, sentence).with_rows(hit.evidence.iter().copied())
}

/// Sign-ins of the user with the client in the 30 days before.
pub fn client_history(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let Some(&last) = hit.evidence.last() else {
        return missing("no rows", "The hit has no rows", "the hit's rows");
    };
    let baseline = context.baseline;
    if baseline.is_empty() {
        return missing(
            "no history",
            "The bundle has no sign-in of this user that is more than a day older than the hit",
            "30 days of AADNonInteractiveUserSignInLogs for the user",
        );
    }
    let seen = baseline.seen(store, last, Field::AppId);
    let depth = baseline.first.map_or(0, |first| hit.first_seen.since(first).whole_minutes() / (24 * 60));
    let reach =
        if depth < 29 { format!(" Only {depth} of 30 days of history are in the logs.") } else { String::new() };
    let app = store.normalized_field(store.event(last), Field::AppId);
    let since = hit.first_seen.minus(Span::minutes(30 * 24 * 60));
    let rows = baseline.history(context.detect).sign_ins(store, app, since, hit.first_seen);
    let (state, brief) = match seen.days {
        _ if baseline.is_thin() => (State::Unknown, format!("only {} days of history", baseline.all.days)),
        0 => (State::Supports, "first use".to_owned()),
        1 => (State::Unknown, "used on 1 day".to_owned()),
        days => (State::Against, format!("used on {days} days")),
    };
    let kept = &rows[rows.len().saturating_sub(KEPT)..];
    let cut = super::kept("last", kept.len(), rows.len(), "of those 30 days");
    let sentence =
        format!("{}: {}, the last day left out, of {}.{reach}{cut}", hit.app_name, seen.words(), baseline.words());
    Finding::new(state, brief, sentence).with_rows(kept.iter().copied())
}

/// Users of the client up to the hit.
pub fn client_rarity(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let Some(&first) = hit.evidence.first() else {
        return missing("no rows", "The hit has no rows", "the hit's rows");
    };
    let app = store.normalized_field(store.event(first), Field::AppId);
    let mut users: BTreeSet<Sym> = BTreeSet::new();
    for &id in store.with(Key::Client, app).iter().take_while(|id| **id < first) {
        let event = store.event(id);
        if event.table.issues() && event.succeeded() && !event.user.is_none() {
            users.insert(event.user);
        }
    }
    let had = users.remove(&hit.user);
    let names = names_of(store, users);
    let others = if names.is_empty() { "nobody else".to_owned() } else { listed(&names) };
    let itself = if had { "the user, for other resources, and " } else { "" };
    let sentence = format!("{} ({}) was used before by {itself}{others}.", hit.app_name, hit.app_id);
    let (state, brief) = match (had, names.len()) {
        (false, 0) => (State::Supports, "nobody used it before".to_owned()),
        (true, 0) => (State::Unknown, "only this user's".to_owned()),
        (_, count) => (State::Unknown, counted(count, "other user")),
    };
    Finding::new(state, brief, sentence).with_rows([first])
}

/// Scopes of the hit's tokens.
pub fn scopes_asked(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let details = hit.evidence.iter().map(|&id| store.get(id, Field::ProcessingDetails));
    let scopes: BTreeSet<String> = details.flat_map(scopes::scopes).collect();
    let rows = hit.evidence.iter().copied();
    if scopes.is_empty() {
        let lacks = "The rows have no Oauth Scope Info";
        let export = "AuthenticationProcessingDetails from Log Analytics or Graph";
        return missing("scopes not recorded", lacks, export).with_rows(rows);
    }
    let scopes = scope_names(context.facts, &scopes.into_iter().collect::<Vec<_>>());
    let sentence = format!("Scopes of the tokens: {}.", listed(&scopes));
    Finding::new(State::Unknown, counted(scopes.len(), "scope"), sentence).with_rows(rows)
}
