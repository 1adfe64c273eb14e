//! What to revoke, what outlives it, and what happened around the hit.

use super::{counted, listed};
use crate::analytics::link::{distinct, within};
use crate::analytics::{Finding, Inquiry, State};
use crate::model::{EventId, Field, Span, Table};
use crate::store::Key;

/// A day, the span that the published steps audit.
const DAY: Span = Span::minutes(24 * 60);
/// The longest usual life of an access token: an hour by name, 60 to 90 minutes in practice.
const ACCESS_TOKEN: Span = Span::minutes(90);

/// What to revoke and what stays valid, with what the bundle shows of the day around the hit. Decides nothing.
pub fn what_to_revoke(inquiry: &Inquiry) -> Finding {
    let (store, hit) = (inquiry.store, inquiry.hit);
    let sessions = distinct(&hit.evidence, |id| store.fold(store.event(id)[Field::SessionId]));
    let sessions: Vec<&str> = sessions.into_iter().map(|sym| store.text(sym)).collect();
    let around = calls_around(inquiry);
    let later = later_rows(inquiry);
    let session_words = if sessions.is_empty() {
        "the rows name no session".to_owned()
    } else {
        format!("{}: {}", counted(sessions.len(), "session"), listed(&sessions))
    };
    let graph_words = if store.count(Table::Graph) == 0 {
        "Graph activity is not in the bundle: export MicrosoftGraphActivityLogs to see what the tokens did".to_owned()
    } else {
        format!("{} of the user in the 24 h before and after", counted(around.len(), "Graph call"))
    };
    let later_words = match later.last() {
        Some(&last) => format!(
            "{} after the hit's last sign-in from {}, the last at {}",
            counted(later.len(), "row"),
            listed(&addresses_of(inquiry, &later)),
            store.event(last).time().second()
        ),
        None => "no row after the hit's last sign-in from addresses of the hit that are not the user's usual ones"
            .to_owned(),
    };
    let sentence = format!(
        "Revoke the user's refresh tokens and sessions ({session_words}). Access tokens already issued outlive that: \
         those of this hit until about {} by the usual 60 to 90 minutes, up to 28 h in sessions with continuous access evaluation, \
         where a resource that enforces it cuts them within about 15 min. {graph_words}; {later_words}.",
        hit.last_seen.plus(ACCESS_TOKEN).second(),
    );
    let brief = if later.is_empty() {
        "nothing after the hit".to_owned()
    } else {
        format!("{} after the hit", counted(later.len(), "row"))
    };
    let calls = hit.graph.iter().map(|call| call.event);
    Finding::new(State::Unknown, brief, sentence).with_rows(calls).with_rows(later)
}

fn calls_around(inquiry: &Inquiry) -> Vec<EventId> {
    let (store, hit) = (inquiry.store, inquiry.hit);
    let (from, to) = (hit.first_seen.minus(DAY), hit.last_seen.plus(DAY));
    let ids = within(store, store.with(Key::User, hit.user), from, to).iter().copied();
    ids.filter(|&id| store.event(id).table == Table::Graph).collect()
}

/// Whether the row's address is one the user usually signs in from.
fn is_usual(inquiry: &Inquiry, id: EventId) -> bool {
    inquiry.baseline.seen(inquiry.store, id, Field::IpAddress).is_usual()
}

/// Rows of the user after the hit, within a day, from an address of the hit that is not usual for the user.
fn later_rows(inquiry: &Inquiry) -> Vec<EventId> {
    let (store, hit) = (inquiry.store, inquiry.hit);
    let strange: Vec<EventId> = hit.evidence.iter().copied().filter(|&id| !is_usual(inquiry, id)).collect();
    // Where every address is the user's usual one, they are all there is to follow.
    let rows = if strange.is_empty() { &hit.evidence } else { &strange };
    let addresses = distinct(rows, |id| store.fold(store.event(id)[Field::IpAddress]));
    let ids = within(store, store.with(Key::User, hit.user), hit.last_seen, hit.last_seen.plus(DAY)).iter().copied();
    ids.filter(|&id| {
        let event = store.event(id);
        event.time() > hit.last_seen && addresses.contains(&store.fold(event[Field::IpAddress]))
    })
    .collect()
}

fn addresses_of<'a>(inquiry: &Inquiry<'a>, rows: &[EventId]) -> Vec<&'a str> {
    let store = inquiry.store;
    distinct(rows, |id| store.fold(store.event(id)[Field::IpAddress])).into_iter().map(|sym| store.text(sym)).collect()
}
