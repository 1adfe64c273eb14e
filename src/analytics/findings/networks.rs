//! Networks of a hit's rows: when the user was seen there before, and who else was.

use super::{listed, missing, names_of};
use crate::analytics::known::{Days, Standing};
use crate::analytics::places::Net;
use crate::analytics::{Finding, State, StepContext};
use crate::model::EventId;
use crate::model::words::counted;
use std::collections::BTreeMap;

/// Most users that a sentence names.
const ENOUGH_OTHERS: usize = 2;

/// Networks of the hit's sign-ins and legs, each with the first row in it.
fn networks(context: &StepContext) -> BTreeMap<Net, EventId> {
    let places = context.detect.places();
    let mut nets = BTreeMap::new();
    for &id in context.hit.evidence.iter().chain(&context.hit.legs) {
        if let Some(net) = places.net(id) {
            nets.entry(net).or_insert(id);
        }
    }
    nets
}

/// Days before on which each network was seen with the user.
pub fn networks_seen(context: &StepContext) -> Finding {
    let (hit, known, places) = (context.hit, context.detect.known(), context.detect.places());
    let nets = networks(context);
    let rows = hit.evidence.iter().chain(&hit.legs).copied();
    if nets.is_empty() {
        return missing(
            "no address recorded",
            "None of these rows has a public address",
            "the same rows from Log Analytics, which have IPAddress",
        )
        .with_rows(rows);
    }
    let at = hit.begins(context.store);
    let standing = |id: EventId| known.standing(hit.user, places.place(id), at);
    let words: Vec<String> = nets
        .iter()
        .map(|(net, &id)| {
            let days = known.days(hit.user, *net);
            let before = days.map_or(0, |days| days.before(at));
            let first = days.and_then(Days::first).filter(|_| before > 0);
            let given = known.given(places.place(id)).map(|given| format!(" ({})", given.reason)).unwrap_or_default();
            match first {
                Some(first) => format!(
                    "{net}{given} is {}, seen on {} before, first on {}",
                    standing(id).word(),
                    counted(before, "day"),
                    first.day()
                ),
                None => format!("{net}{given} is {}, not seen before", standing(id).word()),
            }
        })
        .collect();
    let standings: Vec<Standing> = nets.values().map(|&id| standing(id)).collect();
    let (state, brief) = if standings.contains(&Standing::New) {
        (State::Supports, "a new network")
    } else if standings.iter().all(|standing| *standing == Standing::Known) {
        (State::Against, "known networks")
    } else if known.has_baseline(hit.user, at) {
        (State::Unknown, "undecided")
    } else {
        let days = known.baseline_days(hit.user, at);
        let lacks =
            format!("{}. The bundle has sign-ins of this user on {} before", words.join("; "), counted(days, "day"));
        return missing("too little history", &lacks, "30 days of SigninLogs and AADNonInteractiveUserSignInLogs")
            .with_rows(rows);
    };
    let baseline = counted(known.baseline_days(hit.user, at), "day");
    Finding::new(state, brief, format!("{}. Compared with sign-ins on {baseline} or more before.", words.join("; ")))
        .with_rows(rows)
}

/// Other users who signed in from the networks that are not known to this one.
pub fn others_there(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let (known, places) = (context.detect.known(), context.detect.places());
    let at = hit.begins(store);
    let nets = networks(context);
    let foreign: Vec<(Net, EventId)> =
        nets.into_iter().filter(|(_, id)| !known.is_known(hit.user, places.place(*id), at)).collect();
    if foreign.is_empty() {
        return Finding::new(State::Unknown, "no new network", "Every network is known to the user.");
    }
    let mut words = Vec::new();
    let (mut at_home, mut guests) = (0, 0);
    for &(net, _) in &foreign {
        let usual = names_of(store, known.others_at(hit.user, net, at));
        let all = names_of(store, known.others(hit.user, net));
        at_home = at_home.max(usual.len());
        guests = guests.max(all.len() - usual.len());
        words.push(match (usual.len(), all.len()) {
            (_, 0) => format!("nobody else signed in from {net}"),
            (0, _) => format!("{net} was also used by {}, to whom it was new as well", listed(&all)),
            _ => format!("{net} is known to {}", listed(&usual)),
        });
    }
    let (state, brief) = if at_home >= ENOUGH_OTHERS {
        (State::Against, format!("known to {at_home} others"))
    } else if guests >= ENOUGH_OTHERS {
        (State::Supports, format!("{guests} other users, new to all"))
    } else if guests + at_home == 0 {
        (State::Unknown, "nobody else".to_owned())
    } else {
        (State::Unknown, counted(guests + at_home, "other user"))
    };
    let sentence = super::capital(&words.join("; ")) + ".";
    Finding::new(state, brief, sentence).with_rows(foreign.into_iter().map(|(_, id)| id))
}
