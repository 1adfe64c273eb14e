//! Device codes and transfers: the user's earlier ones, the legs of a hit's flow, and what its tokens went on to.

use super::{KEPT, listed, missing};
use crate::analytics::flow::{FlowKind, leg_in};
use crate::analytics::places::{Compared, Place};
use crate::analytics::registration::{BROKER, asks_for_registration};
use crate::analytics::{Finding, State, StepContext};
use crate::model::words::counted;
use crate::model::{EventId, Field, Flags, Sym};
use crate::store::Key;
use std::collections::BTreeSet;

/// Most flows before the hit's that are looked at, the latest.
const LOOKED_AT: usize = 100;
/// Days with codes before that make them a habit.
const HABIT_DAYS: usize = 2;

/// Flows of the user before the hit's.
pub fn codes_before(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let kind = kind_of_hit(context);
    let flows = context.detect.flows_in(kind).get(&hit.user).map_or(&[][..], Vec::as_slice);
    // Flows are in the order of their begin; a script's account has thousands.
    let all = &flows[..flows.partition_point(|flow| flow.time(store) < hit.first_seen)];
    let before = &all[all.len().saturating_sub(LOOKED_AT)..];
    let days: BTreeSet<i64> = before.iter().map(|flow| flow.time(store).day_number()).collect();
    let rows = || before.iter().flat_map(|flow| flow.legs.iter().copied()).take(KEPT);
    if before.is_empty() {
        if !context.detect.known().has_baseline(hit.user, hit.first_seen) {
            let lacks = "The bundle has fewer than seven days of this user before it, and none of them has a code";
            return missing("too little history", lacks, "30 days of sign-ins of the user");
        }
        let sentence = "No device code or transfer of this user in the days before.";
        return Finding::new(State::Supports, "the first one", sentence);
    }
    let clients: BTreeSet<Sym> = before
        .iter()
        .flat_map(|flow| &flow.legs)
        .map(|&leg| store.normalized_field(store.event(leg), Field::AppId))
        .collect();
    let same = clients.contains(&store.find(&hit.app_id).unwrap_or_default());
    let habit = days.len() >= HABIT_DAYS && same;
    let client = if same { "with this client too" } else { "with other clients" };
    let sentence = format!("{} on {} before, {client}.", counted(before.len(), "code"), counted(days.len(), "day"));
    let state = if habit { State::Against } else { State::Unknown };
    Finding::new(state, counted(all.len(), "earlier code"), sentence).with_rows(rows())
}

fn kind_of_hit(context: &StepContext) -> FlowKind {
    let is_transfer =
        context.hit.legs.iter().any(|&leg| leg_in(FlowKind::Transfer, context.store.event(leg)).is_some());
    if is_transfer { FlowKind::Transfer } else { FlowKind::DeviceCode }
}

/// Networks and software of the flow's legs.
pub fn legs_of_flow(context: &StepContext) -> Finding {
    let (hit, places) = (context.hit, context.detect.places());
    let mut words: Vec<String> = Vec::new();
    for &leg in &hit.legs {
        let net = places.net(leg).map_or_else(|| "no network".to_owned(), |net| net.to_string());
        let profile = places.profile(leg);
        let os = if profile.os.is_empty() { String::new() } else { format!(" on {}", profile.os) };
        words.push(format!("{} from {net}{os}", profile.family));
    }
    words.dedup();
    let apart = places.are_apart(hit.legs.iter().copied());
    let software = places.differ(hit.legs.iter().copied());
    let (state, brief) = match (hit.legs.len(), apart, software) {
        (..=1, ..) => {
            let lacks = format!("The bundle has one leg of the flow: {}", listed(&words));
            return missing("one leg only", &lacks, "SigninLogs and AADNonInteractiveUserSignInLogs of the user")
                .with_rows(hit.legs.iter().copied());
        }
        (_, true, _) => (State::Supports, "two networks"),
        (_, false, true) => (State::Unknown, "one network, two programs"),
        (_, false, false) => (State::Against, "one network, one program"),
    };
    let sentence =
        format!("{}. Whose address a leg shows is disputed: it is no proof of who sat there.", listed(&words));
    Finding::new(state, brief, sentence).with_rows(hit.legs.iter().copied())
}

/// Rows that descend from the flow: from where, until when.
pub fn descendants(context: &StepContext) -> Finding {
    let (store, hit, places) = (context.store, context.hit, context.detect.places());
    let rows: Vec<EventId> = hit.evidence.iter().copied().filter(|id| hit.legs.binary_search(id).is_err()).collect();
    let Some(&last) = rows.last() else {
        let sentence = "No sign-in of the bundle presents a token that came of this flow.";
        return Finding::new(State::Unknown, "none", sentence);
    };
    let nets: BTreeSet<String> = rows.iter().filter_map(|&id| places.net(id)).map(|net| net.to_string()).collect();
    let nets: Vec<String> = nets.into_iter().collect();
    let legs = places.distinct(hit.legs.iter().copied());
    let is_away = |row: &&Place| legs.iter().all(|leg| row.compared(leg) == Compared::Different);
    let away = !legs.is_empty() && places.distinct(rows.iter().copied()).iter().any(is_away);
    let is_recorded = !rows.iter().any(|&id| store.event(id).flags.has(Flags::GIVEN));
    let with = if is_recorded { "with tokens of the flow" } else { "of its session that may be with its tokens" };
    let sentence = format!(
        "{} {with}, from {}, the last at {}.",
        counted(rows.len(), "sign-in"),
        listed(&nets),
        store.event(last).time().second()
    );
    let state = if away { State::Supports } else { State::Unknown };
    Finding::new(state, counted(rows.len(), "sign-in"), sentence).with_rows(rows)
}

/// Requests of the flow's tokens for device registration.
pub fn device_registration(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let asked: Vec<EventId> = hit.evidence.iter().copied().filter(|&id| asks_for_registration(store, id)).collect();
    if asked.is_empty() {
        let broker = store.find(BROKER).is_some_and(|broker| !store.with(Key::Client, broker).is_empty());
        let seen = if broker { "" } else { " The bundle has no sign-in of the Broker at all." };
        let sentence = format!("No token for the Device Registration Service.{seen}");
        return Finding::new(State::Unknown, "none", sentence);
    }
    let sentence = format!(
        "{} for the Device Registration Service: a device registered with it outlives a revocation. Directory changes \
         say whether one was.",
        counted(asked.len(), "token")
    );
    Finding::new(State::Supports, "device registration", sentence).with_rows(asked)
}
