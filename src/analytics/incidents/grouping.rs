//! Groups of hits: chains of two that share something.

use super::super::habits::DeviceSeen;
use super::super::known::Standing;
use super::super::{DetectContext, Hit};
use crate::model::{Field, Span, Sym, Time};
use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};

/// All that may join two hits of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Tie {
    /// Number of a set of hits that share events.
    Events(usize),
    /// Number of a set of hits that share a session.
    Sessions(usize),
    /// Number of a set of hits that share a token.
    Tokens(usize),
    /// An address that is new to the user.
    Address(std::net::IpAddr),
    /// A device that is new to the user.
    Device(Sym),
    /// A time at which queries elsewhere found hits of the user, of which the bundle has no rows.
    Elsewhere,
}

type Ties = Vec<Tie>;

/// Groups of hits, each in the order given, which is that of time.
pub(super) fn groups(context: &DetectContext, hits: &[Hit]) -> Vec<Vec<usize>> {
    let mut whose: HashMap<(Sym, &str, bool), Vec<usize>> = HashMap::new();
    for (at, hit) in hits.iter().enumerate() {
        whose.entry((hit.user, &hit.user_id, hit.allowed.is_some())).or_default().push(at);
    }
    let mut groups: Vec<Vec<usize>> = whose.into_values().flat_map(|of_user| of_one(context, hits, of_user)).collect();
    groups.sort_unstable();
    groups
}

/// Groups of one user's hits.
fn of_one(context: &DetectContext, hits: &[Hit], mut of_user: Vec<usize>) -> Vec<Vec<usize>> {
    // Allowed hits come last.
    of_user.sort_by_key(|&at| (hits[at].first_seen, at));
    if of_user.len() == 1 {
        return vec![of_user];
    }
    let mut ties = ties(context, hits, &of_user).into_iter();
    let with_ties = of_user.into_iter().map(|at| (at, ties.next().unwrap_or_default()));
    let (near, plain): (Vec<_>, Vec<_>) = with_ties.partition(|(at, _)| hits[*at].is_near_miss());
    let mut joined = Joined::default();
    for (at, ties) in &plain {
        joined.join_all(hits, *at, ties);
    }
    // A near miss joins the first that it belongs to; those that belong to none may belong together.
    let mut alone = Joined::default();
    for (at, ties) in &near {
        match joined.first_with(hits, *at, ties) {
            Some(other) => joined.add(*at, other),
            None => alone.join_all(hits, *at, ties),
        }
    }
    joined.groups().into_iter().chain(alone.groups()).collect()
}

/// Everything that may join each of some hits of a user to another.
fn ties(context: &DetectContext, hits: &[Hit], of_user: &[usize]) -> Vec<Ties> {
    let mut found: Vec<Ties> = Vec::with_capacity(of_user.len());
    let mut shared: [Shared; 3] = Default::default();
    for &at in of_user {
        found.push(of_hit(context, &hits[at], &mut shared));
        shared.iter_mut().for_each(Shared::end_hit);
    }
    let [events, sessions, tokens] = shared;
    events.add_to(&mut found, Tie::Events);
    sessions.add_to(&mut found, Tie::Sessions);
    tokens.add_to(&mut found, Tie::Tokens);
    found
}

/// Addresses and devices that may join a hit to another; its events, sessions and tokens are listed.
fn of_hit(context: &DetectContext, hit: &Hit, [events, sessions, tokens]: &mut [Shared; 3]) -> Ties {
    let (store, places) = (context.store, context.places());
    let habits = &context.rows_of(hit.user).habits;
    let mut found: HashSet<Tie, RandomState> = HashSet::default();
    if hit.is_found_elsewhere_only() {
        found.insert(Tie::Elsewhere);
    }
    let mut looked: HashSet<(u32, u32), RandomState> = HashSet::default();
    let calls = hit.graph.iter().map(|call| call.event);
    let acts = hit.acts.iter().map(|act| act.event);
    for id in hit.evidence.iter().chain(&hit.legs).copied().chain(calls).chain(acts) {
        let event = store.event(id);
        events.add(id.0);
        let (session, token) =
            (store.normalized_field(event, Field::SessionId), store.token(event.get(Field::TokenId)));
        for (ids, id) in [(&mut *sessions, session), (&mut *tokens, token)] {
            if !id.is_none() {
                ids.add(id.0);
            }
        }
        if hit.user.is_none() || !looked.insert((places.number(id), places.profile_number(id))) {
            continue;
        }
        let (place, at) = (places.place(id), event.time());
        let is_new = context.known().standing_of_address(hit.user, place, at) == Standing::New;
        found.extend(place.address.filter(|_| is_new).map(Tie::Address));
        if event.table.issues() && habits.device_seen(context.origins(), id, at) == DeviceSeen::New {
            found.insert(Tie::Device(places.profile(id).device));
        }
    }
    found.into_iter().collect()
}

/// Things that hits share, as numbers. A burst has a hundred thousand rows, so no row is a tie of its own: what the same
/// hits share is one.
#[derive(Default)]
struct Shared {
    /// The thing in the high half, in the low one the number of the hit among those of its user.
    all: Vec<u64>,
    /// Start of the present hit's.
    start: usize,
    hit: u64,
}

impl Shared {
    /// Adds a thing of the present hit.
    fn add(&mut self, thing: u32) {
        let next = u64::from(thing) << 32 | self.hit;
        if self.all.len() == self.start || self.all.last() != Some(&next) {
            self.all.push(next);
        }
    }

    /// Goes on to the next hit.
    fn end_hit(&mut self) {
        self.all[self.start..].sort_unstable();
        let mut kept = self.start;
        for at in self.start..self.all.len() {
            if kept == self.start || self.all[kept - 1] != self.all[at] {
                self.all[kept] = self.all[at];
                kept += 1;
            }
        }
        self.all.truncate(kept);
        self.start = kept;
        self.hit += 1;
    }

    /// Adds a tie for each set of hits that share something.
    fn add_to(mut self, ties: &mut [Ties], tie: impl Fn(usize) -> Tie) {
        self.all.sort_unstable();
        let mut sets: HashSet<Vec<usize>, RandomState> = HashSet::default();
        let mut last: Vec<usize> = Vec::new();
        for same in self.all.chunk_by(|a, b| a >> 32 == b >> 32).filter(|same| same.len() > 1) {
            let hits =
                || same.iter().map(|shared| usize::try_from(shared & u64::from(u32::MAX)).expect("a number of a hit"));
            if hits().eq(last.iter().copied()) {
                continue;
            }
            last.clear();
            last.extend(hits());
            if sets.contains(&last) {
                continue;
            }
            for hit in hits() {
                ties[hit].push(tie(sets.len()));
            }
            sets.insert(last.clone());
        }
    }
}

/// Hits joined so far, and the chains of those that share something.
#[derive(Default)]
struct Joined {
    /// The hit that each one stands with: itself, or an earlier one.
    with: HashMap<usize, usize, RandomState>,
    /// Chains of the hits that have a tie, in order of time.
    chains: HashMap<Tie, Vec<Chain>, RandomState>,
}

/// Hits that share something, each at most a day after one before.
struct Chain {
    /// One of them.
    hit: usize,
    first: Time,
    end: Time,
}

/// Returns whether two spans are near enough for what they share: a shared event says it whatever the time.
fn is_near(tie: &Tie, end: Time, next: Time) -> bool {
    match tie {
        Tie::Events(_) => true,
        Tie::Elsewhere => next <= end,
        Tie::Sessions(_) | Tie::Tokens(_) | Tie::Address(_) | Tie::Device(_) => next.since(end) <= Span::DAY,
    }
}

impl Joined {
    /// Joins a hit to all that it belongs to, and remembers its ties. Hits come in order of first seen.
    fn join_all(&mut self, hits: &[Hit], at: usize, ties: &[Tie]) {
        self.with.insert(at, at);
        let Hit { first_seen, last_seen, .. } = hits[at];
        for tie in ties {
            let chains = self.chains.entry(*tie).or_default();
            match chains.last_mut() {
                Some(chain) if is_near(tie, chain.end, first_seen) => {
                    chain.end = chain.end.max(last_seen);
                    let other = chain.hit;
                    let (a, b) = (self.root(other), self.root(at));
                    self.with.insert(a.max(b), a.min(b));
                }
                _ => chains.push(Chain { hit: at, first: first_seen, end: last_seen }),
            }
        }
    }

    /// The first group that a hit belongs to, without joining it.
    fn first_with(&mut self, hits: &[Hit], at: usize, ties: &[Tie]) -> Option<usize> {
        let Hit { first_seen, last_seen, .. } = hits[at];
        let near = |tie: &Tie| {
            let chains = self.chains.get(tie)?;
            // Their ends are in order, too.
            let next = chains.get(chains.partition_point(|chain| !is_near(tie, chain.end, first_seen)))?;
            is_near(tie, last_seen, next.first).then_some(next.hit)
        };
        let others: Vec<usize> = ties.iter().filter_map(near).collect();
        others.into_iter().map(|other| self.root(other)).min()
    }

    fn add(&mut self, at: usize, to: usize) {
        self.with.insert(at, to);
    }

    fn root(&mut self, at: usize) -> usize {
        let mut root = at;
        while self.with[&root] != root {
            root = self.with[&root];
        }
        self.with.insert(at, root);
        root
    }

    fn groups(mut self) -> Vec<Vec<usize>> {
        let mut all: Vec<usize> = self.with.keys().copied().collect();
        all.sort_unstable();
        let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
        for at in all {
            let root = self.root(at);
            groups.entry(root).or_default().push(at);
        }
        groups.into_values().collect()
    }
}
