//! Revocation: tokens and sessions to revoke, access that outlives it, and activity around the hit.

use super::{KEPT, count_actions, in_words, listed};
use crate::analytics::rows::distinct;
use crate::analytics::{Finding, State, StepContext};
use crate::facts::lifetimes::{ACCESS_TOKEN, ACCESS_TOKEN_AT_MOST, EVALUATED_TOKEN_AT_MOST, EVALUATION};
use crate::model::words::counted;
use crate::model::{EventId, Field, Span};

/// A day, the span that the published steps audit.
const DAY: Span = Span::minutes(24 * 60);

/// Tokens and sessions to revoke, access that stays valid, and the activity of the day around the hit. Decides nothing.
pub fn what_to_revoke(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let sessions = distinct(&hit.evidence, |id| store.normalized_field(store.event(id), Field::SessionId));
    let sessions: Vec<&str> = sessions.into_iter().map(|sym| store.text(sym)).collect();
    let around = calls_around(context);
    let later = later_rows(context);
    let session_words = if sessions.is_empty() {
        "the rows name no session".to_owned()
    } else {
        format!("{}: {}", counted(sessions.len(), "session"), listed(&sessions))
    };
    let graph_words = if store.has_uses() {
        let calls: Vec<EventId> = hit.graph.iter().map(|call| call.event).collect();
        let done = in_words(&count_actions(store, context.facts, &calls));
        let done = if done.is_empty() { String::new() } else { format!("With its tokens: {}. ", listed(&done)) };
        format!("{done}{} of the user in the 24 h before and after", counted(around, "Graph call"))
    } else {
        "Graph activity is not in the bundle: export MicrosoftGraphActivityLogs to see what the tokens did".to_owned()
    };
    let later_words = match later.last {
        Some(last) => format!(
            "{} after the hit's last sign-in from {}, the last at {}",
            counted(later.all, "row"),
            listed(&later.addresses),
            store.event(last).time().second()
        ),
        None => format!("nothing more from the hit's addresses after {}", hit.last_seen.second()),
    };
    let cut = super::kept("first", later.kept.len(), later.all, "after it");
    let sentence = format!(
        "Revoke the user's refresh tokens and sessions ({session_words}). Access tokens already issued outlive that: \
         those of this hit until about {} (tokens normally live {} to {} min), up to {} h in sessions with continuous \
         access evaluation, where a resource that enforces it cuts them within about {} min. {graph_words}; \
         {later_words}.{cut}",
        hit.last_seen.plus(ACCESS_TOKEN_AT_MOST).second(),
        ACCESS_TOKEN.whole_minutes(),
        ACCESS_TOKEN_AT_MOST.whole_minutes(),
        EVALUATED_TOKEN_AT_MOST.whole_minutes() / 60,
        EVALUATION.whole_minutes(),
    );
    let brief = if later.all == 0 {
        "nothing after the hit".to_owned()
    } else {
        format!("{} after the hit", counted(later.all, "row"))
    };
    let calls: Vec<EventId> = hit.graph.iter().map(|call| call.event).collect();
    // Nothing here tells theft from work; without the table nothing can be read of what was done.
    let state = if store.has_uses() { State::Unknown } else { State::Missing };
    Finding::new(state, brief, sentence).with_rows(calls).with_rows(later.kept)
}

/// Number of the user's Graph calls within a day of the hit.
fn calls_around(context: &StepContext) -> usize {
    let (store, hit) = (context.store, context.hit);
    context.baseline.history(context.detect).calls(store, hit.first_seen.minus(DAY), hit.last_seen.plus(DAY)).len()
}

/// Returns whether the row's address is usual for the user.
fn is_usual(context: &StepContext, id: EventId) -> bool {
    context.baseline.seen(context.store, id, Field::IpAddress).is_usual()
}

/// Rows of the user after the hit, within a day, from an address of the hit that is not usual for the user.
struct Later<'a> {
    all: usize,
    /// The first of them, in time order.
    kept: Vec<EventId>,
    last: Option<EventId>,
    addresses: Vec<&'a str>,
}

fn later_rows<'a>(context: &StepContext<'a>) -> Later<'a> {
    let (store, hit) = (context.store, context.hit);
    let strange: Vec<EventId> = hit.evidence.iter().copied().filter(|&id| !is_usual(context, id)).collect();
    // Where every address is the user's usual one, they are all there is to follow.
    let rows = if strange.is_empty() { &hit.evidence } else { &strange };
    let mut later = Later { all: 0, kept: Vec::new(), last: None, addresses: Vec::new() };
    for address in distinct(rows, |id| store.normalized_field(store.event(id), Field::IpAddress)) {
        let history = context.baseline.history(context.detect);
        let rows = history.rows_from(store, address, hit.last_seen, hit.last_seen.plus(DAY));
        if let Some(last) = rows.last() {
            later.all += rows.len();
            later.kept.extend(rows.iter().take(KEPT));
            later.last = later.last.max(Some(*last));
            later.addresses.push(store.text(address));
        }
    }
    later.kept.sort_unstable();
    later.kept.truncate(KEPT);
    later
}
