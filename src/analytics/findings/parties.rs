//! Parties of a hit's session.

use super::{KEPT, listed};
use crate::analytics::binding::{Binding, Protection};
use crate::analytics::flow::presents_token;
use crate::analytics::parties::{MOVED, Party, Split};
use crate::analytics::places::Compared;
use crate::analytics::rows::distinct;
use crate::analytics::{Finding, State, StepContext, graph_ties};
use crate::model::words::counted;
use crate::model::{EventId, Field, Flags, Table};
use std::collections::BTreeSet;

/// Most rows after a hit that are looked at, the last ones: of a script's account thousands follow each of its hits.
const FOLLOWED: usize = 100;

/// The split of the hit's session, and the party that has the hit's first row.
fn split<'s>(context: &'s StepContext<'_>) -> Option<(&'s Split, usize)> {
    let session = context.store.find(context.hit.session.as_deref()?)?;
    let split = context.detect.splits().get(&(context.hit.user, session))?;
    let party = context.hit.evidence.iter().find_map(|&id| split.party_with(id))?;
    Some((split, party))
}

fn one_party(context: &StepContext) -> Finding {
    if context.hit.session.as_deref().is_none_or(str::is_empty) {
        let lacks = "The hit's sign-ins have no session, so what else was in it is not known";
        return super::missing("no session", lacks, "the sign-ins from Log Analytics, which have SessionId");
    }
    Finding::new(State::Against, "one party", "The session has one network and one party only.")
}

/// Parties of the session: their networks and software.
pub fn parties(context: &StepContext) -> Finding {
    let Some((split, _)) = split(context) else { return one_party(context) };
    let places = context.detect.places();
    let words = |party: &Party| {
        let nets: Vec<String> = party.nets.iter().map(ToString::to_string).collect();
        let software: BTreeSet<&str> = party.rows.iter().map(|&id| &*places.profile(id).family).collect();
        let software: Vec<&str> = software.into_iter().collect();
        format!(
            "{} from {} with {} ({})",
            counted(party.rows.len(), "sign-in"),
            listed(&nets),
            listed(&software),
            party.state.word()
        )
    };
    let all: Vec<String> = split.parties.iter().map(words).collect();
    let (state, brief) = match split.odd().count() {
        0 if split.parties.len() < 2 => (State::Against, "one party".to_owned()),
        0 => (State::Unknown, format!("{} parties, none odd", split.parties.len())),
        _ => (State::Supports, format!("{} parties", split.parties.len())),
    };
    let sentence = format!(
        "{}. Networks with the same software are one party; a thief with the very same software would be too.",
        all.join("; ")
    );
    Finding::new(state, brief, sentence).with_rows(split.parties.iter().flat_map(|party| party.rows.iter().copied()))
}

/// Sign-ins of the party between those of another.
pub fn interleaved(context: &StepContext) -> Finding {
    let Some((split, party)) = split(context) else { return one_party(context) };
    let store = context.store;
    let others: Vec<usize> = (0..split.parties.len()).filter(|&other| other != party).collect();
    let alive: Vec<usize> = others.into_iter().filter(|&other| split.interleaves(store, party, other)).collect();
    if alive.is_empty() {
        let sentence = "No row of one party lies between two of another within a day: one may have followed the other.";
        return Finding::new(State::Unknown, "one after the other", sentence);
    }
    let places = context.detect.places();
    let apart = alive.iter().any(|&other| split.are_apart(places, party, other));
    let nets: BTreeSet<String> =
        alive.iter().flat_map(|&other| split.parties[other].nets.iter().map(ToString::to_string)).collect();
    let nets: Vec<String> = nets.into_iter().collect();
    let sentence = format!("The party was active between sign-ins of the one from {}.", listed(&nets));
    let rows = alive.iter().flat_map(|&other| split.parties[other].rows.iter().copied());
    let state = if apart { State::Supports } else { State::Unknown };
    Finding::new(state, "both at once", sentence).with_rows(rows).with_rows(split.parties[party].rows.iter().copied())
}

/// Token, protocol or code of the first row of the hit.
pub fn begun_by(context: &StepContext) -> Finding {
    let store = context.store;
    let Some(&first) = context.hit.evidence.first() else {
        return super::missing("no row", "The hit has no sign-in", "SigninLogs");
    };
    let event = store.event(first);
    let at = event.time().second();
    let (state, brief, how) = if event.flags.has(Flags::GIVEN) {
        (
            State::Unknown,
            "a code before",
            "a device code was typed in its session within a day before; the export does not record whose token it was. To answer: the sign-ins from Log Analytics, which have OriginalTransferMethod",
        )
    } else if event.flags.any(MOVED) {
        (State::Supports, "device code or transfer", "a device code or an authentication transfer gave it its tokens")
    } else if !event.flags.has(Flags::INCOMING_KNOWN) {
        (
            State::Missing,
            "token not recorded",
            "the export does not record which token was presented. To answer: the sign-ins from Log Analytics, which have IncomingTokenType",
        )
    } else if presents_token(event) {
        (State::Unknown, "a token", "it presented a token of the session, so no login was made")
    } else if event.table == Table::SignIn {
        (
            State::Unknown,
            "an interactive sign-in",
            "an interactive sign-in that presented no token: a login, or a cookie",
        )
    } else {
        (State::Unknown, "a code", "a request without a token: a code was redeemed")
    };
    let token = store.text(event.get(Field::IncomingTokenType));
    let presented = if token.is_empty() { String::new() } else { format!(" (IncomingTokenType {token})") };
    Finding::new(state, brief, format!("The first row, at {at}: {how}{presented}.")).with_rows([first])
}

/// Tokens of the party, and those of them that were used from another network.
pub fn tokens_by_party(context: &StepContext) -> Finding {
    let Some((split, party)) = split(context) else { return one_party(context) };
    let (store, places) = (context.store, context.detect.places());
    let issued: Vec<(EventId, crate::model::Sym)> = split.parties[party]
        .rows
        .iter()
        .map(|&id| (id, store.token(store.event(id).get(Field::TokenId))))
        .filter(|(_, token)| !token.is_none())
        .collect();
    if issued.is_empty() {
        return super::missing(
            "no token id",
            "The party's sign-ins name no token",
            "the sign-ins from Log Analytics, which have UniqueTokenIdentifier",
        );
    }
    let calls = graph_ties::by_party(context.detect, split);
    let used: Vec<EventId> =
        calls.iter().filter(|call| call.party == Some(party)).map(|call| call.call.event).collect();
    let elsewhere: Vec<EventId> = used
        .iter()
        .copied()
        .filter(|&call| {
            let issuer = store.issuer(store.token(store.event(call).get(Field::TokenId)));
            issuer.is_some_and(|issuer| places.compared(issuer, call) == Compared::Different)
        })
        .collect();
    let tokens: BTreeSet<_> = issued.iter().map(|(_, token)| *token).collect();
    let uses = counted(used.len(), "call");
    let (state, brief, sentence) = if !store.has_uses() {
        return super::missing(
            "no call in the bundle",
            &format!("The party has {}; no call of the bundle can show their use", counted(tokens.len(), "token")),
            "MicrosoftGraphActivityLogs of the same days",
        );
    } else if elsewhere.is_empty() {
        (
            State::Unknown,
            counted(tokens.len(), "token"),
            format!("{}, {uses} with them, all from the party's own networks.", counted(tokens.len(), "token")),
        )
    } else {
        (
            State::Supports,
            format!("{} elsewhere", counted(elsewhere.len(), "use")),
            format!(
                "{}, {uses} with them, {} of which came from another network.",
                counted(tokens.len(), "token"),
                elsewhere.len()
            ),
        )
    };
    Finding::new(state, brief, sentence).with_rows(issued.into_iter().map(|(id, _)| id)).with_rows(elsewhere)
}

/// The last of what was done with the hit's tokens, and sign-ins from its addresses after it: successes and refusals.
pub fn last_act(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let history = context.baseline.history(context.detect);
    let addresses = distinct(&hit.evidence, |id| store.normalized_field(store.event(id), Field::IpAddress));
    let until = store.range().map_or(hit.last_seen, |(_, last)| last);
    let mut after: Vec<EventId> = Vec::new();
    let mut all = 0;
    for address in addresses {
        let rows = history.rows_from(store, address, hit.last_seen, until);
        all += rows.len();
        after.extend(&rows[rows.len().saturating_sub(FOLLOWED)..]);
    }
    after.sort_unstable();
    after.drain(..after.len().saturating_sub(FOLLOWED));
    let cut = super::kept("last", after.len(), all, "after it");
    let sign_ins = after.into_iter().filter(|&id| store.event(id).table.issues());
    let (later, refused): (Vec<EventId>, Vec<EventId>) = sign_ins.partition(|&id| store.event(id).succeeded());
    let refusals = counted(refused.len(), "refused sign-in");
    let (brief, followed) = match (later.len(), refused.len()) {
        (0, 0) => ("nothing after it".to_owned(), "nothing followed from its addresses".to_owned()),
        (0, _) => (format!("{refusals} after it"), format!("{refusals} followed from its addresses")),
        (count, _) => {
            let successes = counted(count, "sign-in");
            (format!("{successes} after it"), format!("{successes} and {refusals} followed from its addresses"))
        }
    };
    // Tokens are used after they are issued.
    let used = hit.graph.iter().map(|call| call.event).chain(hit.acts.iter().map(|act| act.event)).max();
    let used = used.filter(|&id| store.event(id).time() > hit.last_seen);
    let (brief, used_words) = match used {
        Some(id) => {
            let at = store.event(id).time().second();
            (format!("used until {at}"), format!(" Its tokens were used until {at}."))
        }
        None => (brief, String::new()),
    };
    let last = hit.last_seen.second();
    let sentence = format!("The last of its sign-ins is at {last}; {followed}.{used_words}{cut}");
    Finding::new(State::Unknown, brief, sentence)
        .with_rows(later)
        .with_rows(refused)
        .with_rows(hit.evidence.last().copied())
        .with_rows(used)
}

/// Systems, devices and token bindings of the hit's rows and of the session's others.
pub fn machines_of_session(context: &StepContext) -> Finding {
    let (store, hit, places) = (context.store, context.hit, context.detect.places());
    let session = hit.session.as_deref().and_then(|session| store.find(session));
    let session = session.and_then(|session| context.detect.sessions().get(hit.user, session));
    let others: Vec<EventId> = session.map_or_else(Vec::new, |session| {
        session.events().filter(|id| hit.evidence.binary_search(id).is_err()).collect()
    });
    let words = |rows: &[EventId]| {
        let machine = |&id: &EventId| {
            let profile = places.profile(id);
            let device = if profile.device.is_none() { "no registered device" } else { "a registered device" };
            let bound = match Protection::read(store.get(id, Field::TokenProtection)).binding {
                Some(Binding::Bound) => ", bound",
                Some(Binding::Unbound) => ", unbound",
                None => "",
            };
            let version = if profile.version > 0 { format!(", version {}", profile.version) } else { String::new() };
            format!("{}{version}, {device}{bound}", profile.words())
        };
        let machines: BTreeSet<String> = rows.iter().map(machine).collect();
        listed(&machines.into_iter().collect::<Vec<_>>())
    };
    let others_words = if others.is_empty() { "none in the bundle".to_owned() } else { words(&others) };
    let sentence = format!("The hit's rows: {}. The session's others: {others_words}.", words(&hit.evidence));
    let kept = others.iter().copied().take(KEPT);
    Finding::new(State::Supports, "another machine", sentence).with_rows(hit.evidence.iter().copied()).with_rows(kept)
}
