//! Parties of a session: groups of its sign-ins that share neither network nor software with each other.
//!
//! All rows of a session carry one id, the victim's and the thief's alike. Two networks belong to one party where the
//! same software was seen on both. A party is usual where one of its networks is known to the user, odd where none is,
//! one is new and another party is usual, else undecided.

use super::Origins;
use super::distance::Location;
use super::known::Standing;
use super::places::{Compared, Net, Place, Places, Tool};
use super::sessions::Session;
use crate::model::{EventId, Field, Flags, Span, Sym, Time};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Longest time in which two rows of one party and one of another between them interleave.
const INTERLEAVE: Span = Span::minutes(24 * 60);
/// Time in which nobody goes far away and back, whatever coordinates say.
const HOUR: Span = Span::minutes(60);
/// Most rows at home before and after that are looked at for two that are far.
const LOOKED_AT: usize = 500;
/// Flags of rows that a code or a transfer marks.
pub const MOVED: Flags = Flags(
    Flags::DEVICE_PROTOCOL.0
        | Flags::DEVICE_TRANSFER.0
        | Flags::MOVED_PROTOCOL.0
        | Flags::MOVED_TRANSFER.0
        | Flags::GIVEN.0,
);

/// Standing of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartyState {
    /// One of its networks is known to the user.
    Usual,
    /// None is known, one is new, and another party is usual; or it alone has a kit's agent.
    Odd,
    /// The bundle cannot decide.
    Undecided,
}

impl PartyState {
    /// Its word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Odd => "odd",
            Self::Undecided => "undecided",
        }
    }
}

/// One party of a session.
#[derive(Clone, Debug)]
pub struct Party {
    /// Its networks.
    pub nets: BTreeSet<Net>,
    /// Its sign-ins, in time order.
    pub rows: Vec<EventId>,
    /// Its standing.
    pub state: PartyState,
    /// Whether it is odd by its agent alone.
    pub by_agent: bool,
}

impl Party {
    /// Time of its first sign-in.
    pub fn begins(&self, store: &Store) -> Time {
        self.rows.first().map_or(Time::MISSING, |&id| store.event(id).time())
    }

    /// Distinct places of its rows.
    fn places<'p>(&self, places: &'p Places) -> Vec<&'p Place> {
        places.distinct(self.rows.iter().copied())
    }

    /// The strongest kind of tool among its agents.
    pub fn tool(&self, places: &Places) -> Tool {
        self.rows.iter().map(|&id| places.profile(id).tool).max().unwrap_or(Tool::None)
    }

    /// Returns whether a code or a transfer marks one of its rows.
    pub fn is_moved(&self, store: &Store) -> bool {
        self.rows.iter().any(|&id| store.event(id).flags.any(MOVED))
    }
}

/// A session and its parties.
#[derive(Clone, Debug)]
pub struct Split {
    /// The user.
    pub user: Sym,
    /// The session.
    pub session: Sym,
    /// Its parties by first sign-in; those of a candidate have a partner near in time.
    pub parties: Vec<Party>,
    /// Whether two parties were active near each other in time.
    pub is_candidate: bool,
    /// Smallest time between two parties.
    pub gap: Option<Span>,
}

impl Split {
    /// Splits a session. Parties without a partner near in time are left out where others have one, unless none of those
    /// is odd and the session was far away with one that is left out.
    pub fn new(origins: Origins<'_>, session: &Session<'_>, longest: Span) -> Self {
        let store = origins.store;
        let parties = partition(origins.places, store, session);
        let gaps = gaps(store, &parties);
        let are_near: Vec<bool> = gaps.iter().map(|gap| gap.is_some_and(|gap| gap <= longest)).collect();
        let gap = gaps.into_iter().flatten().min();
        let judged = |parties: Vec<Party>, is_candidate: bool| {
            let mut split = Self { user: session.user, session: session.id, parties, is_candidate, gap };
            split.judge(origins);
            split
        };
        if !are_near.contains(&true) || !are_near.contains(&false) {
            let is_candidate = are_near.contains(&true);
            return judged(parties, is_candidate);
        }
        let near = parties.iter().zip(&are_near).filter(|(_, is_near)| **is_near).map(|(party, _)| party.clone());
        let split = judged(near.collect(), true);
        if split.odd().next().is_some() {
            return split;
        }
        let mut rows: Vec<EventId> = parties.iter().flat_map(|party| &party.rows).copied().collect();
        rows.sort_unstable();
        let whole = judged(parties, false);
        if whole.far_stay(origins, &rows).is_some() { whole } else { split }
    }

    fn judge(&mut self, origins: Origins<'_>) {
        let Origins { store, places, known, .. } = origins;
        let user = self.user;
        let standing = |party: &Party| -> Vec<Standing> {
            let at = party.begins(store);
            party.places(places).into_iter().map(|place| known.standing(user, place, at)).collect()
        };
        let standings: Vec<Vec<Standing>> = self.parties.iter().map(standing).collect();
        let usual: Vec<bool> = standings.iter().map(|all| all.contains(&Standing::Known)).collect();
        for (at, party) in self.parties.iter_mut().enumerate() {
            let another = usual.iter().enumerate().any(|(other, usual)| other != at && *usual);
            party.state = if usual[at] {
                PartyState::Usual
            } else if another && standings[at].contains(&Standing::New) && self.is_candidate {
                PartyState::Odd
            } else {
                PartyState::Undecided
            };
        }
        let has_kit = |party: &Party| party.tool(places) == Tool::Kit;
        let kits = self.parties.iter().filter(|party| has_kit(party)).count();
        if self.is_candidate && kits == 1 && self.parties.iter().all(|party| party.state != PartyState::Odd) {
            for party in &mut self.parties {
                if party.state == PartyState::Undecided && has_kit(party) {
                    (party.state, party.by_agent) = (PartyState::Odd, true);
                }
            }
        }
    }

    /// Places of its odd parties.
    pub fn odd(&self) -> impl Iterator<Item = (usize, &Party)> {
        self.parties.iter().enumerate().filter(|(_, party)| party.state == PartyState::Odd)
    }

    /// The party that a sign-in of the session belongs to.
    pub fn party_with(&self, id: EventId) -> Option<usize> {
        self.parties.iter().position(|party| party.rows.binary_search(&id).is_ok())
    }

    /// Returns whether two parties interleave: a row of one strictly between two of the other, within a day.
    pub fn interleaves(&self, store: &Store, a: usize, b: usize) -> bool {
        between(store, &self.parties[a].rows, &self.parties[b].rows, |_, _| true)
            || between(store, &self.parties[b].rows, &self.parties[a].rows, |_, _| true)
    }

    /// Returns whether two parties interleave with two rows in different networks.
    pub fn interleaves_apart(&self, origins: Origins<'_>, a: usize, b: usize) -> bool {
        let Origins { store, places, .. } = origins;
        let apart = |x, y| places.compared(x, y) == Compared::Different;
        between(store, &self.parties[a].rows, &self.parties[b].rows, apart)
            || between(store, &self.parties[b].rows, &self.parties[a].rows, apart)
    }

    /// Returns whether some row of one party and some row of another are in different networks.
    pub fn are_apart(&self, places: &Places, a: usize, b: usize) -> bool {
        let (a, b) = (&self.parties[a], &self.parties[b]);
        let (a, b) = (a.places(places), b.places(places));
        a.iter().any(|a| b.iter().any(|b| a.compared(b) == Compared::Different))
    }

    /// The first three rows among some of the session's, at home, far away and at home again: within the hour, or within
    /// a day but there and back faster than anybody travels. Phones and Microsoft's networks do not count as away.
    pub fn far_stay(&self, origins: Origins<'_>, rows: &[EventId]) -> Option<[EventId; 3]> {
        let Origins { store, places, known, .. } = origins;
        let mut locations: HashMap<EventId, Location> = HashMap::new();
        let time = |id: EventId| store.event(id).time();
        let mut trip = |a: EventId, b: EventId| {
            let mut at = |id| locations.entry(id).or_insert_with(|| Location::new(store, id)).clone();
            let (from, to, elapsed) = (at(a), at(b), time(b).since(time(a)));
            Trip { is_far: from.is_far(&to), is_fast: from.is_fast(&to, elapsed) }
        };
        let standing = |id: EventId, at: Time| known.standing(self.user, places.place(id), at);
        let homes: Vec<EventId> =
            rows.iter().copied().filter(|&id| standing(id, time(id)) == Standing::Known).collect();
        for &y in if homes.is_empty() { &[] } else { rows } {
            let is_phone = matches!(&*places.profile(y).os, "ios" | "android");
            if is_phone || places.place(y).is_microsoft || standing(y, time(y)) != Standing::New {
                continue;
            }
            let (before, after) = homes.split_at(homes.partition_point(|id| *id < y));
            let was_new = |x: &&EventId| time(**x) < time(y) && standing(y, time(**x)) == Standing::New;
            let near = before.iter().rev().take(LOOKED_AT);
            let mut near = near.take_while(|id| time(y).since(time(**id)) <= Span::DAY).filter(was_new);
            let Some(&x) = near.find(|x| trip(**x, y).is_far) else { continue };
            let back = |z: &&EventId| time(**z) > time(y) && standing(**z, time(x)) == Standing::Known;
            let near = after.iter().take(LOOKED_AT);
            let mut near = near.take_while(|id| time(**id).since(time(x)) <= Span::DAY).filter(back);
            let Some(&z) = near.find(|z| trip(y, **z).is_far) else { continue };
            let within_the_hour = time(z).since(time(x)) <= HOUR;
            if within_the_hour || (trip(x, y).is_fast && trip(y, z).is_fast) {
                return Some([x, y, z]);
            }
        }
        None
    }
}

/// The way between two sign-ins.
struct Trip {
    is_far: bool,
    is_fast: bool,
}

/// Returns whether a row of `inner` lies strictly between two of `outer` at most a day apart, the first of which fits
/// it.
fn between(store: &Store, outer: &[EventId], inner: &[EventId], fits: impl Fn(EventId, EventId) -> bool) -> bool {
    let time = |id: EventId| store.event(id).time();
    inner.iter().any(|&y| {
        let end = outer.partition_point(|&id| time(id) < time(y));
        let after = outer.partition_point(|&id| time(id) <= time(y));
        let Some(&z) = outer.get(after) else { return false };
        let before = outer[..end].iter().rev().take_while(|&&x| time(z).since(time(x)) <= INTERLEAVE);
        before.into_iter().any(|&x| fits(x, y))
    })
}

/// For each party the smallest time between one of its rows and one of another.
fn gaps(store: &Store, parties: &[Party]) -> Vec<Option<Span>> {
    let mut all: Vec<(EventId, usize)> = Vec::new();
    for (at, party) in parties.iter().enumerate() {
        all.extend(party.rows.iter().map(|&id| (id, at)));
    }
    all.sort_unstable();
    let mut gaps = vec![None; parties.len()];
    for pair in all.windows(2) {
        let [(a, first), (b, second)] = [pair[0], pair[1]];
        if first != second {
            let gap = store.event(b).time().since(store.event(a).time());
            for party in [first, second] {
                gaps[party] = Some(gaps[party].map_or(gap, |known: Span| known.min(gap)));
            }
        }
    }
    gaps
}

/// The parties of a session, not judged, by first sign-in.
fn partition(places: &Places, store: &Store, session: &Session<'_>) -> Vec<Party> {
    let telling: Vec<EventId> = session.events().filter(|&id| places.net(id).is_some()).collect();
    let mut groups = Groups::default();
    // By software: the networks it was seen on, with the TLS fingerprint.
    let mut seen: BTreeMap<(Sym, &str), BTreeSet<(Sym, Net)>> = BTreeMap::new();
    for &id in &telling {
        let Some(net) = places.net(id) else { continue };
        groups.add(net);
        let profile = places.profile(id);
        if !profile.is_blank() {
            seen.entry((profile.agent, &profile.os)).or_default().insert((profile.ja4, net));
        }
    }
    for on in seen.values() {
        // A row without a fingerprint may be that of any; two fingerprints are two programs.
        let without: Vec<Net> = on.iter().filter(|(ja4, _)| ja4.is_none()).map(|(_, net)| *net).collect();
        for (ja4, net) in on {
            let fellow = on.iter().find(|(other, _)| other == ja4).map(|(_, net)| *net);
            for other in without.iter().copied().chain(fellow) {
                groups.join(*net, other);
            }
        }
    }
    let prefixes: Vec<Net> = groups.nets().filter(|net| !matches!(net, Net::Asn(_))).collect();
    for v4 in prefixes.iter().filter(|net| net.is_v4()) {
        for v6 in prefixes.iter().filter(|net| !net.is_v4()) {
            groups.join(*v4, *v6);
        }
    }
    let mut parties: Vec<(Net, Party)> = Vec::new();
    for &id in &telling {
        let Some(net) = places.net(id) else { continue };
        let root = groups.root(net);
        let at = parties.iter().position(|(known, _)| *known == root).unwrap_or_else(|| {
            let party =
                Party { nets: BTreeSet::new(), rows: Vec::new(), state: PartyState::Undecided, by_agent: false };
            parties.push((root, party));
            parties.len() - 1
        });
        parties[at].1.nets.insert(net);
        parties[at].1.rows.push(id);
    }
    let mut parties: Vec<Party> = parties.into_iter().map(|(_, party)| party).collect();
    add_without_net(places, store, session, &telling, &mut parties);
    parties
}

/// Adds the rows without a network to the party of the nearest row with the same software.
fn add_without_net(places: &Places, store: &Store, session: &Session<'_>, telling: &[EventId], parties: &mut [Party]) {
    let without = session.events().filter(|&id| places.place(id).net.is_none() && !places.place(id).is_neutral);
    let mut added: Vec<(usize, EventId)> = Vec::new();
    for id in without.filter(|&id| !places.profile(id).is_blank()) {
        let time = store.event(id).time();
        let apart = |other: EventId| {
            let other = store.event(other).time();
            if other < time { time.since(other) } else { other.since(time) }
        };
        let alike = telling.iter().copied().filter(|&other| places.profile(other).is_same(places.profile(id)));
        let Some(nearest) = alike.min_by_key(|&other| (apart(other), other)) else { continue };
        if let Some(party) = parties.iter().position(|party| party.rows.binary_search(&nearest).is_ok()) {
            added.push((party, id));
        }
    }
    for (party, id) in added {
        parties[party].rows.push(id);
    }
    for party in parties.iter_mut() {
        party.rows.sort_unstable();
    }
}

/// Networks joined into groups.
#[derive(Default)]
struct Groups(BTreeMap<Net, Net>);

impl Groups {
    fn add(&mut self, net: Net) {
        self.0.entry(net).or_insert(net);
    }

    fn nets(&self) -> impl Iterator<Item = Net> + '_ {
        self.0.keys().copied()
    }

    fn root(&self, net: Net) -> Net {
        let mut root = net;
        while let Some(&parent) = self.0.get(&root)
            && parent != root
        {
            root = parent;
        }
        root
    }

    fn join(&mut self, a: Net, b: Net) {
        let (a, b) = (self.root(a), self.root(b));
        self.0.insert(a.max(b), a.min(b));
    }
}

/// Way in which a call is given to a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Its token is that of one of the party's sign-ins.
    Token,
    /// Same session, and its network is that of one party only.
    Network,
    /// Same session, and its agent is that of one party only.
    Agent,
}

impl Way {
    /// Its word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Network => "network",
            Self::Agent => "agent",
        }
    }
}

impl Split {
    /// The party that a call of the session is given to, and how; `None` where the record cannot tell.
    pub fn attribute(&self, origins: Origins<'_>, call: EventId) -> Option<(usize, Way)> {
        let Origins { store, places, .. } = origins;
        let token = store.token(store.event(call).get(Field::TokenId));
        if let Some(issuer) = store.issuer(token) {
            return self.party_with(issuer).map(|party| (party, Way::Token));
        }
        let only = |fits: &dyn Fn(&Party) -> bool| {
            let mut fitting = self.parties.iter().enumerate().filter(|(_, party)| fits(party)).map(|(at, _)| at);
            fitting.next().filter(|_| fitting.next().is_none())
        };
        let by_net = places.net(call).and_then(|net| only(&|party| party.nets.contains(&net)));
        if let Some(party) = by_net {
            return Some((party, Way::Network));
        }
        let agent = places.profile(call).agent;
        let has_agent = |party: &Party| party.rows.iter().any(|&id| places.profile(id).agent == agent);
        if agent.is_none() { None } else { only(&has_agent).map(|party| (party, Way::Agent)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::admitted::Admitted;
    use crate::analytics::known::Known;
    use crate::analytics::sessions::Sessions;
    use crate::analytics::{Origins, Settings};
    use crate::facts::Facts;
    use crate::model::Table;
    use crate::store::testing::Rows;

    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0";
    const SAFARI: &str = "Mozilla/5.0 (Macintosh) Safari/605.1";
    const HOME: (&str, &str) = ("192.0.2.10", "64496");
    const AWAY: (&str, &str) = ("203.0.113.5", "64510");

    /// A session on 1 May 2026 after ten days at home: time, address and number, agent.
    fn split(rows: &[(&str, (&str, &str), &str)]) -> Split {
        let mut store = Rows::default();
        let mut count = 0;
        let mut add = |at: &str, (address, number): (&str, &str), agent: &str, session: &str| {
            count += 1;
            let id = count.to_string();
            let fields = [
                (Field::Id, id.as_str()),
                (Field::UserId, "u"),
                (Field::IpAddress, address),
                (Field::Asn, number),
                (Field::UserAgent, agent),
                (Field::SessionId, session),
                (Field::ResultType, "0"),
            ];
            store.row(Table::NonInteractive, at, &fields);
        };
        for day in 1..=10 {
            add(&format!("2026-04-{day:02}T09:00:00Z"), HOME, CHROME, "old");
        }
        for (clock, place, agent) in rows {
            add(&format!("2026-05-01T{clock}Z"), *place, agent, "s");
        }
        let store = store.build();
        let places = Places::new(&store, Facts::embedded());
        let known = Known::new(&store, &places, None, None);
        let origins = Origins { store: &store, facts: Facts::embedded(), places: &places, known: &known };
        let sessions = Sessions::new(Admitted::new(&store, &Settings::default()));
        let found = sessions.get(store.find("u").unwrap(), store.find("s").unwrap()).expect("the session is there");
        Split::new(origins, &found, Span::minutes(60))
    }

    fn states(split: &Split) -> Vec<PartyState> {
        split.parties.iter().map(|party| party.state).collect()
    }

    #[test]
    fn two_parties_an_hour_apart_are_a_candidate_and_more_are_not() {
        let at = |clock| split(&[("10:00:00", HOME, CHROME), (clock, AWAY, SAFARI)]);
        let near = at("11:00:00");
        assert!(near.is_candidate);
        assert_eq!(states(&near), [PartyState::Usual, PartyState::Odd]);
        assert_eq!(near.gap, Some(Span::minutes(60)));
        let far = at("11:00:00.0000001");
        assert!(!far.is_candidate);
        assert_eq!(far.parties.len(), 2, "all its parties are listed");
        assert_eq!(states(&far), [PartyState::Usual, PartyState::Undecided]);
    }

    #[test]
    fn one_program_in_two_networks_is_one_party() {
        let found = split(&[("10:00:00", HOME, CHROME), ("10:10:00", AWAY, CHROME)]);
        assert_eq!((found.parties.len(), found.parties[0].nets.len()), (1, 2));
        let blank = split(&[("10:00:00", HOME, ""), ("10:10:00", AWAY, "")]);
        assert_eq!(blank.parties.len(), 2, "nothing is no software");
    }

    #[test]
    fn two_address_families_without_numbers_are_one_party() {
        let found = split(&[("10:00:00", ("198.51.100.7", ""), CHROME), ("10:10:00", ("2001:db8:1::7", ""), SAFARI)]);
        assert_eq!(found.parties.len(), 1);
        let with = split(&[("10:00:00", ("198.51.100.7", "7"), CHROME), ("10:10:00", ("2001:db8:1::7", ""), SAFARI)]);
        assert_eq!(with.parties.len(), 2);
    }

    #[test]
    fn rows_without_an_address_go_with_the_nearest_of_their_software() {
        let found = split(&[("10:00:00", HOME, CHROME), ("10:05:00", ("", ""), SAFARI), ("10:10:00", AWAY, SAFARI)]);
        let sizes: Vec<usize> = found.parties.iter().map(|party| party.rows.len()).collect();
        assert_eq!(sizes, [1, 2]);
        let other = split(&[("10:00:00", HOME, CHROME), ("10:05:00", ("", ""), "x"), ("10:10:00", AWAY, SAFARI)]);
        let all: usize = other.parties.iter().map(|party| party.rows.len()).sum();
        assert_eq!(all, 2, "software that no party has");
    }

    #[test]
    fn a_party_without_a_partner_near_in_time_is_dropped() {
        let third = ("198.51.100.7", "64511");
        let found = split(&[("10:00:00", HOME, CHROME), ("10:10:00", AWAY, SAFARI), ("14:00:00", third, "x")]);
        assert_eq!(found.parties.len(), 2);
    }

    #[test]
    fn a_kit_makes_an_undecided_party_odd_and_a_library_does_not() {
        let (one, two) = (("198.51.100.7", ""), ("203.0.113.5", ""));
        let with = |agent| states(&split(&[("10:00:00", one, CHROME), ("10:10:00", two, agent)]));
        assert_eq!(with("azurehound/v2.1"), [PartyState::Undecided, PartyState::Odd]);
        assert_eq!(with("python-requests/2.31"), [PartyState::Undecided, PartyState::Undecided]);
    }
}
