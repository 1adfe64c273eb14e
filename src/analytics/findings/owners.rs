//! Owners of a hit's rows: sessions, tokens, parties.

use super::{KEPT, listed};
use crate::analytics::owners::Owners;
use crate::analytics::parties::PartyState;
use crate::analytics::rows::distinct;
use crate::analytics::{Finding, State, StepContext};
use crate::model::words::counted;
use crate::model::{EventId, Field};
use std::collections::BTreeMap;

/// Sessions and tokens of the hit's rows, and the parties that they are given to.
pub fn whose_party(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let sessions = distinct(&hit.evidence, |id| store.normalized_field(store.event(id), Field::SessionId));
    let tokens = distinct(&hit.evidence, |id| store.token(store.event(id).get(Field::TokenId)));
    let mut owners = Owners::new(context.detect);
    let mut ways: BTreeMap<(PartyState, &str), usize> = BTreeMap::new();
    let (mut of_none, mut not_issued) = (0, 0);
    for &id in &hit.evidence {
        if !store.event(id).table.issues() && owners.issuer(id).is_none() {
            not_issued += 1;
        }
        match owners.owner(id) {
            Some(owner) => {
                let state = owner.split.parties[owner.party].state;
                *ways.entry((state, owner.way.word())).or_default() += 1;
            }
            None => of_none += 1,
        }
    }
    let party = |((state, way), count): (&(PartyState, &str), &usize)| {
        format!("{} of the {} party by {way}", counted(*count, "row"), state.word())
    };
    let given: Vec<String> = ways.iter().map(party).collect();
    let is = |wanted: PartyState| ways.keys().any(|(state, _)| *state == wanted);
    let (state, brief) = if is(PartyState::Odd) {
        (State::Supports, "the odd party's")
    } else if is(PartyState::Usual) && of_none == 0 {
        (State::Against, "the usual party's")
    } else if given.is_empty() {
        (State::Unknown, "one party, or none")
    } else {
        (State::Unknown, "undecided")
    };
    let given = if given.is_empty() {
        "no session of them is split into parties".to_owned()
    } else if of_none > 0 {
        format!("{}; {} of none", given.join(", "), counted(of_none, "row"))
    } else {
        given.join(", ")
    };
    let unseen = if not_issued > 0 {
        format!(" Of {} no sign-in of the bundle issued the token.", counted(not_issued, "call"))
    } else {
        String::new()
    };
    let names: Vec<&str> = sessions.iter().map(|&session| store.text(session)).collect();
    let named = if names.is_empty() { "no session named".to_owned() } else { listed(&names) };
    let sentence = format!(
        "{} ({named}) and {}: {given}.{unseen}",
        counted(sessions.len(), "session"),
        counted(tokens.len(), "token")
    );
    let rows: Vec<EventId> = hit.evidence.iter().copied().take(KEPT).collect();
    Finding::new(state, brief, sentence).with_rows(rows)
}
