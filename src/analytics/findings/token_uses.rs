//! Uses of a hit's tokens: their networks, software and age.

use super::{KEPT, listed, missing};
use crate::analytics::handoff::USUAL_DAYS;
use crate::analytics::places::Net;
use crate::analytics::rows::distinct;
use crate::analytics::{Finding, State, StepContext};
use crate::facts::lifetimes;
use crate::model::words::counted;
use crate::model::{EventId, Field, Span, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Sign-ins of the hit that issued its tokens.
fn issuers<'a>(context: &'a StepContext<'_>) -> impl Iterator<Item = EventId> + 'a {
    context.hit.evidence.iter().copied().filter(|&id| context.store.event(id).table.issues())
}

/// Network of a use: for a sign-in that at which the resource saw its caller.
fn net_of_use(context: &StepContext, id: EventId) -> Option<Net> {
    let places = context.detect.places();
    if context.store.event(id).table.issues() {
        places.at_resource(id).and_then(|number| places.numbered(number).telling_net())
    } else {
        places.net(id)
    }
}

/// The hit's uses by network.
fn sides(context: &StepContext) -> BTreeMap<Net, Vec<EventId>> {
    let mut sides: BTreeMap<Net, Vec<EventId>> = BTreeMap::new();
    for &id in &context.hit.evidence {
        if let Some(net) = net_of_use(context, id) {
            sides.entry(net).or_default().push(id);
        }
    }
    sides
}

fn kept(context: &StepContext) -> impl Iterator<Item = EventId> {
    context.hit.evidence.iter().copied().take(KEPT)
}

/// Networks of the tokens, and whether they take turns.
pub fn nets_of_token(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let sides = sides(context);
    let tokens = distinct(&hit.evidence, |id| store.token(store.event(id).get(Field::TokenId)));
    let words: Vec<String> =
        sides.iter().map(|(net, uses)| format!("{} in {net}", counted(uses.len(), "use"))).collect();
    let places = context.detect.places();
    let issued: BTreeSet<String> =
        issuers(context).filter_map(|id| places.net(id)).map(|net| net.to_string()).collect();
    let issued: Vec<String> = issued.into_iter().collect();
    let from = if issued.is_empty() {
        "no sign-in of the bundle issued them".to_owned()
    } else {
        format!("issued to {}", listed(&issued))
    };
    let in_turns = turns(context, &sides);
    let (state, brief) = match (in_turns, sides.len()) {
        (true, _) => (State::Supports, "in turns"),
        (false, 0 | 1) => (State::Unknown, "elsewhere than issued"),
        (false, _) => (State::Unknown, "one after the other"),
    };
    let how = if in_turns { ", in turns" } else { "" };
    let sentence = format!("{}, {from}: {}{how}.", counted(tokens.len(), "token"), listed(&words));
    Finding::new(state, brief, sentence).with_rows(kept(context))
}

/// Returns whether a use of a token in one network lies between two of the same token in another.
fn turns(context: &StepContext, sides: &BTreeMap<Net, Vec<EventId>>) -> bool {
    let store = context.store;
    // First and last use of each token in each network, and the next use elsewhere after the first.
    let mut spans: BTreeMap<_, (Time, Time)> = BTreeMap::new();
    let token = |id: EventId| store.token(store.event(id).get(Field::TokenId));
    for (net, uses) in sides {
        for &id in uses {
            let time = store.event(id).time();
            let span = spans.entry((token(id), *net)).or_insert((time, time));
            span.1 = time;
        }
    }
    sides.iter().any(|(net, uses)| {
        uses.iter().any(|&id| {
            let time = store.event(id).time();
            let others = sides.keys().filter(|other| *other != net);
            others.filter_map(|other| spans.get(&(token(id), *other))).any(|span| span.0 < time && time < span.1)
        })
    })
}

/// Days before on which tokens of the user went between the same two networks.
pub fn pair_usual(context: &StepContext) -> Finding {
    let (store, detect, hit) = (context.store, context.detect, context.hit);
    let places = detect.places();
    let day = hit.first_seen.day_number();
    let issued: BTreeSet<Net> = issuers(context).filter_map(|id| places.net(id)).collect();
    let sides = sides(context);
    if issued.is_empty() || sides.is_empty() {
        let lacks = "The bundle lacks the sign-ins that issued the tokens, or their networks";
        return missing("no sign-in", lacks, "the sign-ins with UniqueTokenIdentifier").with_rows(kept(context));
    }
    let user = hit.evidence.first().map(|&id| detect.user(store.event(id))).unwrap_or_default();
    let pairs = issued.iter().flat_map(|from| sides.keys().map(move |to| (*from, *to))).filter(|(a, b)| a != b);
    let days = pairs.map(|pair| detect.token_uses().days_before(user, pair, day)).max().unwrap_or(0);
    let sentence =
        format!("Tokens of this user were issued to the one and used in the other on {} before.", counted(days, "day"));
    let (state, brief) = match days {
        0 if !detect.known().has_baseline(hit.user, hit.first_seen) => {
            let lacks =
                "The bundle has fewer than seven days of this user before it, and none of them has such a token";
            return missing("too little history", lacks, "30 days of sign-ins and calls of the user")
                .with_rows(kept(context));
        }
        0 => (State::Supports, "never before"),
        USUAL_DAYS.. => (State::Against, "a usual pair"),
        _ => (State::Unknown, "once before"),
    };
    Finding::new(state, brief, sentence).with_rows(kept(context))
}

/// Software on each side.
pub fn agents_of_sides(context: &StepContext) -> Finding {
    let places = context.detect.places();
    let mut sides: BTreeMap<Net, BTreeSet<&str>> = BTreeMap::new();
    let issued = issuers(context).filter_map(|id| Some((places.net(id)?, id)));
    let used = context.hit.evidence.iter().filter_map(|&id| Some((net_of_use(context, id)?, id)));
    // Networks of calls that name no software in a table that can.
    let mut silent: BTreeSet<Net> = BTreeSet::new();
    for (net, id) in issued.chain(used) {
        let (profile, table) = (places.profile(id), context.store.event(id).table);
        if !profile.agent.is_none() {
            sides.entry(net).or_default().insert(&profile.family);
        } else if table.uses() && context.store.has(table, Field::UserAgent) {
            silent.insert(net);
        }
    }
    silent.retain(|net| !sides.contains_key(net));
    let words = |(net, families): (&Net, &BTreeSet<&str>)| {
        let families: Vec<&str> = families.iter().copied().collect();
        format!("{} in {net}", listed(&families))
    };
    let mut words: Vec<String> = sides.iter().map(words).collect();
    words.extend(silent.iter().map(|net| format!("no software named in {net}")));
    if sides.is_empty() || words.len() < 2 {
        let lacks = "Only one of the networks names the software of its rows";
        return missing("agents not recorded", lacks, "the tables with UserAgent").with_rows(kept(context));
    }
    let first = sides.values().next();
    let is_same = sides.values().all(|families| Some(families) == first);
    let (state, brief) = match (sides.len(), is_same) {
        (1, _) => (State::Unknown, "one side names none"),
        (_, true) => (State::Unknown, "the same software"),
        (_, false) => (State::Supports, "different software"),
    };
    Finding::new(state, brief, format!("{}.", listed(&words))).with_rows(kept(context))
}

/// Age of the tokens at their last use and at the end of the bundle.
pub fn token_expired(context: &StepContext) -> Finding {
    let store = context.store;
    let mut issued: BTreeMap<_, Time> = BTreeMap::new();
    let mut used: BTreeMap<_, Time> = BTreeMap::new();
    for &id in &context.hit.evidence {
        let event = store.event(id);
        let token = store.token(event.get(Field::TokenId));
        if event.table.issues() {
            issued.entry(token).or_insert(event.time());
        } else {
            // The claim is five minutes early.
            if let Some(claim) = Time::parse(store.text(event.get(Field::IssuedAt)).trim()) {
                issued.entry(token).or_insert(claim.plus(Span::minutes(5)));
            }
            used.insert(token, event.time());
        }
    }
    let Some(&last) = issued.values().max() else {
        let lacks = "The bundle does not show when the tokens were issued";
        return missing("not recorded", lacks, "the sign-ins with UniqueTokenIdentifier").with_rows(kept(context));
    };
    let age = used.iter().filter_map(|(token, used)| Some(used.since(*issued.get(token)?))).max();
    let end = store.events().last().map_or(last, |(_, event)| event.time());
    let since = end.since(last);
    let (brief, words) = if since > lifetimes::EVALUATED_TOKEN_AT_MOST {
        ("expired", "it has expired")
    } else if since > lifetimes::ACCESS_TOKEN_AT_MOST {
        ("expired unless evaluated", "it has expired, unless the session is under continuous access evaluation")
    } else {
        ("may still work", "it may still work")
    };
    let oldest = age.map_or_else(String::new, |age| format!(" At its last use the oldest was {age} old."));
    let sentence = format!("The last was issued at {}: by the end of the bundle {words}.{oldest}", last.second());
    let state = if age > Some(lifetimes::ACCESS_TOKEN_AT_MOST) { State::Supports } else { State::Unknown };
    Finding::new(state, brief, sentence).with_rows(kept(context))
}
