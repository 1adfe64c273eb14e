//! `token-two-networks`: one access token, used in two networks.

use crate::analytics::findings::{agents_of_sides, nets_of_token, pair_usual, token_expired};
use crate::analytics::handoff::USUAL_DAYS;
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::known::Standing;
use crate::analytics::need::OF_TOKEN_USES;
use crate::analytics::places::{Compared, Net, Place};
use crate::analytics::shared_steps::{GRAPH_ACTIONS, WHOSE_PARTY};
use crate::analytics::token_uses::{TokenUse, UsedToken};
use crate::analytics::want;
use crate::analytics::{
    Analytic, Cell, DetectContext, Grade, GraphCall, GraphTie, Hit, LookAlike, Show, Step, certainty,
};
use crate::model::words::counted;
use crate::model::{EventId, Field, Severity, Sym, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "token-two-networks",
    title: "One access token, two networks",
    about: ABOUT,
    look_alikes: &[LookAlike::SharedEgress, LookAlike::Travel],
    source: "tokentrail",
    attack: &["T1550.001"],
    needs: OF_TOKEN_USES,
    wants: &[want::USES_OF_TOKENS, want::ISSUERS, want::WEEK, want::NETWORKS, want::AGENTS],
    thresholds: &[],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for an access token that Graph calls or audit logs show in two networks (rule 1), or that \
is used only in other networks than that of the sign-in it was issued to (rule 2). The address at which a resource saw \
the caller of a sign-in counts as a use of its token (rule 3).

An access token is used where it was issued. One that a proxy, a log, memory or a tool gave away works from anywhere \
until it expires, and no sign-in shows it: only its id in both places does.

Where no AS number tells two networks apart, other software has to: another system, or calls from a part of the network \
that is none of the user's, which name no software while the other side does.

A proxy for sign-ins with direct access to Graph looks alike: the same pair of networks day after day, low where the \
days before show it. A laptop that changes its network within the hour keeps its software, and does not go back and \
forth. Calls of Microsoft's own services are left out, and with them those that name no software from its networks.";

const STEPS: &[Step] = &[
    Step {
        id: "nets-of-token",
        title: "how many networks?",
        question: "How many tokens were used in which networks, and in turns?",
        look_for: "A use in one network between two in the other.",
        show: Show::GroupBy(Field::IpAddress),
        answer: nets_of_token,
    },
    Step {
        id: "pair-usual",
        title: "a usual pair of networks?",
        question: "Were tokens of this user issued in the one network and used in the other before?",
        look_for: "The same pair on two days before: a proxy for sign-ins only.",
        show: Show::Mark,
        answer: pair_usual,
    },
    Step {
        id: "agents-of-sides",
        title: "whose software on each side?",
        question: "Which software used the token in each of the networks?",
        look_for: "A browser on one side, a script on the other.",
        show: Show::Mark,
        answer: agents_of_sides,
    },
    GRAPH_ACTIONS,
    WHOSE_PARTY,
    Step {
        id: "token-expired",
        title: "has it expired?",
        question: "Has the token expired?",
        look_for: "90 minutes since its issue; 28 hours in evaluated sessions.",
        show: Show::Mark,
        answer: token_expired,
    },
];

/// Most networks of one token that are compared, those seen first. Nobody goes through more within the life of a token,
/// and a made-up log may name one a row.
const MOST_NETS: usize = 20;
/// Most parts of a network, by prefix and software, that are compared where a network has no number.
const MOST_PARTS: usize = 16;

/// An unordered pair of networks.
type Pair = (Net, Net);
/// A user, and the session, or the token where it has none.
type Of = (Sym, Result<Sym, Sym>);

fn detect(context: &DetectContext) -> Vec<Hit> {
    let mut found: BTreeMap<(Of, Pair), Found> = BTreeMap::new();
    for token in &context.token_uses().tokens {
        let session = session(context, token);
        let of = (token.user, if session.is_none() { Err(token.token) } else { Ok(session) });
        for (pair, one) in Sides::new(context, token).pairs(context) {
            found.entry((of, pair)).or_default().add(token, one);
        }
    }
    found.into_iter().map(|((of, pair), found)| hit(context, of, pair, &found)).collect()
}

/// The session of a token: of its sign-in, else of the first use that names one.
fn session(context: &DetectContext, token: &UsedToken) -> Sym {
    let store = context.store;
    let rows = token.issuer.into_iter().chain(token.uses.iter().map(|used| used.id));
    let sessions = rows.map(|id| store.normalized_field(store.event(id), Field::SessionId));
    sessions.into_iter().find(|session| !session.is_none()).unwrap_or_default()
}

/// A rule that holds for one token and a pair of networks.
struct One {
    severity: Severity,
    reason: &'static str,
    is_open: bool,
    /// The first use that differs.
    first: EventId,
    uses: Vec<EventId>,
}

/// All that holds for a pair of networks.
#[derive(Default)]
struct Found {
    best: Option<(Severity, &'static str, bool)>,
    first: Option<EventId>,
    named_by: Option<EventId>,
    tokens: BTreeSet<Sym>,
    issuers: BTreeSet<EventId>,
    uses: BTreeSet<EventId>,
}

impl Found {
    fn add(&mut self, token: &UsedToken, one: One) {
        if self.best.is_none_or(|(severity, ..)| one.severity > severity) {
            self.best = Some((one.severity, one.reason, one.is_open));
        }
        if self.first.is_none_or(|first| one.first < first) {
            self.first = Some(one.first);
            self.named_by = token.issuer.or(token.uses.first().map(|used| used.id));
        }
        self.tokens.insert(token.token);
        self.issuers.extend(token.issuer);
        self.uses.extend(one.uses);
    }
}

/// Software of a use.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Software {
    family: Arc<str>,
    /// Empty where none is known.
    os: Arc<str>,
}

impl Software {
    /// That of a row, where its agent is named.
    fn of(context: &DetectContext, id: EventId) -> Option<Self> {
        let profile = context.places().profile(id);
        let (family, os) = (Arc::clone(&profile.family), Arc::clone(&profile.os));
        (!profile.agent.is_none()).then_some(Self { family, os })
    }

    /// Returns whether two are of different systems: a broker gets tokens for other programs, but on its own machine.
    fn is_of_other_system(&self, other: &Self) -> bool {
        !self.os.is_empty() && !other.os.is_empty() && self.os != other.os
    }

    fn differs(&self, other: &Self) -> bool {
        self.family != other.family || self.is_of_other_system(other)
    }
}

/// A part of a network's uses: an address prefix and, where it is named, the software.
type Part = (Net, Option<Software>);

/// The uses of a token in one network.
struct Side {
    net: Net,
    uses: Vec<TokenUse>,
    parts: BTreeSet<Part>,
}

/// The uses of a token by network, in order of the first.
struct Sides<'t> {
    token: &'t UsedToken,
    sides: Vec<Side>,
}

impl<'t> Sides<'t> {
    fn new(context: &DetectContext, token: &'t UsedToken) -> Self {
        let places = context.places();
        let mut by_net: BTreeMap<Net, usize> = BTreeMap::new();
        let mut sides: Vec<Side> = Vec::new();
        for &used in &token.uses {
            let next = sides.len();
            let at = *by_net.entry(used.net).or_insert(next);
            if at == next {
                sides.push(Side { net: used.net, uses: Vec::new(), parts: BTreeSet::new() });
            }
            let side = &mut sides[at];
            side.uses.push(used);
            if side.parts.len() < MOST_PARTS
                && let Some(address) = places.numbered(used.place).address
            {
                side.parts.insert((Net::prefix(address), Software::of(context, used.id)));
            }
        }
        sides.truncate(MOST_NETS);
        Self { token, sides }
    }

    /// The pairs of networks that a rule holds for; one may be there by both rules.
    fn pairs(&self, context: &DetectContext) -> Vec<(Pair, One)> {
        let mut found = Vec::new();
        for (at, a) in self.sides.iter().enumerate() {
            let others = self.sides[at + 1..].iter();
            let two = |b: &Side| two_uses(context, self.token.user, a, b);
            found.extend(others.filter_map(|b| Some((pair(a.net, b.net), two(b)?))));
        }
        found.extend(self.elsewhere(context));
        found
    }

    /// Rule 2: no use is in the network of the sign-in.
    fn elsewhere(&self, context: &DetectContext) -> Vec<(Pair, One)> {
        let places = context.places();
        let Some((issuer, net)) = self.token.issuer.and_then(|id| Some((id, places.net(id)?))) else {
            return Vec::new();
        };
        let from = places.place(issuer);
        let compared = |used: &TokenUse| from.compared(places.numbered(used.place));
        let is_apart = |used: &TokenUse| match compared(used) {
            Compared::Different | Compared::Weak => true,
            Compared::OtherVersion => self.is_silent_beside(context, issuer, used),
            Compared::Same | Compared::Unknown => false,
        };
        if !self.token.uses.iter().all(is_apart) {
            return Vec::new();
        }
        let graded = |side: &Side| {
            let grades = side.uses.iter().map(|used| self.graded(context, (issuer, net), used, compared(used)));
            let (severity, reason, is_open) = grades.max_by_key(|grade| grade.0)?;
            let first = side.uses.first()?.id;
            let uses = side.uses.iter().map(|used| used.id).collect();
            Some((pair(net, side.net), One { severity, reason, is_open, first, uses }))
        };
        self.sides.iter().filter_map(graded).collect()
    }

    /// Returns whether a use is silent and new, where the sign-in names its software.
    fn is_silent_beside(&self, context: &DetectContext, issuer: EventId, used: &TokenUse) -> bool {
        Software::of(context, issuer).is_some() && is_silent_and_new(context, self.token.user, used)
    }

    /// Grade of a use elsewhere than the sign-in, with whether the days before leave it open.
    fn graded(
        &self,
        context: &DetectContext,
        (issuer, net): (EventId, Net),
        used: &TokenUse,
        compared: Compared,
    ) -> (Severity, &'static str, bool) {
        let (user, at) = (self.token.user, context.store.event(used.id).time());
        let is_usual = context.token_uses().days_before(user, (net, used.net), at.day_number()) >= USUAL_DAYS;
        let differ = |how: fn(&Software, &Software) -> bool| {
            let both = Software::of(context, issuer).zip(Software::of(context, used.id));
            both.is_some_and(|(a, b)| how(&a, &b))
        };
        let standing = context.known().standing(user, context.places().numbered(used.place), at);
        // A part of a network: most networks have many.
        if compared != Compared::Different {
            return if !is_usual && differ(Software::is_of_other_system) {
                let reason = "another system used the token in another part of the network than it was issued to";
                (Severity::Medium, reason, true)
            } else if !is_usual && self.is_silent_beside(context, issuer, used) {
                (Severity::Medium, SILENT, true)
            } else {
                (Severity::Low, "the token was used in another part of the network than it was issued to", true)
            };
        }
        if is_usual {
            let reason = "tokens of the user went between these two networks on two days before";
            return (Severity::Low, reason, false);
        }
        if differ(Software::differs) && standing == Standing::New {
            let reason = "other software used the token in a network that is new to the user, and in no other";
            return (Severity::High, reason, false);
        }
        let reason = "the token was used in other networks only than it was issued to";
        (Severity::Medium, reason, standing == Standing::Undecided)
    }
}

/// The reason where one side names its software, and the other does not.
const SILENT: &str = "software that names nothing used the token in a part of the network that is none of the user's";

/// Returns whether a place is in a part of the network that is new to the user by the days before, or that nobody is known
/// to sign in from.
fn is_range_new(context: &DetectContext, user: Sym, place: &Place, at: Time) -> bool {
    let known = context.known();
    known.standing(user, place, at) == Standing::New || known.is_unseen(user, place, at)
}

/// Returns whether a use is a call that names no software, from a part of the network that is new. Audit logs have no
/// agent for most of their rows, and Defender's table of calls has none for any.
fn is_silent_and_new(context: &DetectContext, user: Sym, used: &TokenUse) -> bool {
    let (event, place) = (context.store.event(used.id), context.places().numbered(used.place));
    let names_agents = event.table.uses() && context.store.has(event.table, Field::UserAgent);
    names_agents && Software::of(context, used.id).is_none() && is_range_new(context, user, place, event.time())
}

impl Side {
    /// Returns whether every use is silent and new, where all of another side name their software.
    fn is_silent_beside(&self, other: &Self, context: &DetectContext, user: Sym) -> bool {
        other.uses.iter().all(|used| Software::of(context, used.id).is_some())
            && self.uses.iter().all(|used| is_silent_and_new(context, user, used))
    }
}

fn pair(a: Net, b: Net) -> Pair {
    (a.min(b), a.max(b))
}

/// Comparison of the parts of two networks, and whether two of those that differ name different software.
fn compared(a: &Side, b: &Side) -> Option<(Compared, bool)> {
    let differ = |a: &Part, b: &Part| a.1.as_ref().zip(b.1.as_ref()).is_some_and(|(a, b)| a.differs(b));
    let pairs = || a.parts.iter().flat_map(|a| b.parts.iter().map(move |b| (a, b)));
    if let (Net::Asn(_), Net::Asn(_)) = (a.net, b.net) {
        return Some((Compared::Different, pairs().any(|(a, b)| differ(a, b))));
    }
    let is_weak = |(a, b): &(&Part, &Part)| a.0 != b.0 && a.0.is_v4() == b.0.is_v4();
    let mut weak = pairs().filter(is_weak).peekable();
    if weak.peek().is_some() {
        return Some((Compared::Weak, weak.any(|(a, b)| differ(a, b))));
    }
    pairs().any(|(a, b)| a.0.is_v4() != b.0.is_v4()).then_some((Compared::OtherVersion, false))
}

/// Rule 1: a token in two networks.
fn two_uses(context: &DetectContext, user: Sym, a: &Side, b: &Side) -> Option<One> {
    let (compared, differ) = compared(a, b)?;
    let is_weak = compared != Compared::Different;
    let is_silent = || a.is_silent_beside(b, context, user) || b.is_silent_beside(a, context, user);
    let (severity, reason) = match compared {
        Compared::Different if differ => (Severity::High, "different software used the token in two networks"),
        Compared::Different if in_turns(context, a, b) => {
            (Severity::High, "the token was used in two networks in turns")
        }
        Compared::Different => (Severity::Medium, "the token was used in two networks"),
        _ if differ => (Severity::Medium, "different software used the token in two parts of a network"),
        _ if is_silent() && !is_usual(context, user, a, b) => (Severity::Medium, SILENT),
        Compared::OtherVersion => return None,
        _ => (Severity::Low, "the token was used in two parts of a network, and no software tells them apart"),
    };
    let first = a.uses.first()?.id.max(b.uses.first()?.id);
    let uses = a.uses.iter().chain(&b.uses).map(|used| used.id).collect();
    Some(One { severity, reason, is_open: is_weak, first, uses })
}

/// Returns whether tokens of a user went between two networks on two days before.
fn is_usual(context: &DetectContext, user: Sym, a: &Side, b: &Side) -> bool {
    let first = a.uses.iter().chain(&b.uses).map(|used| used.id).min();
    let day = first.map_or(0, |id| context.store.event(id).time().day_number());
    let days = |pair| context.token_uses().days_before(user, pair, day);
    days((a.net, b.net)).max(days((b.net, a.net))) >= USUAL_DAYS
}

/// Returns whether a use in one network lies between two in the other.
fn in_turns(context: &DetectContext, a: &Side, b: &Side) -> bool {
    let time = |used: &TokenUse| context.store.event(used.id).time();
    let between = |outer: &Side, inner: &Side| {
        let Some((from, to)) = outer.uses.first().map(time).zip(outer.uses.last().map(time)) else { return false };
        let next = inner.uses.partition_point(|used| time(used) <= from);
        inner.uses.get(next).is_some_and(|used| time(used) < to)
    };
    between(a, b) || between(b, a)
}

fn hit(context: &DetectContext, (user, of): Of, pair: Pair, found: &Found) -> Hit {
    let store = context.store;
    let time = |id: EventId| store.event(id).time();
    let uses: Vec<EventId> = found.uses.iter().copied().collect();
    let sign_ins: Vec<EventId> = found.issuers.iter().copied().collect();
    let events: Vec<EventId> = found.uses.union(&found.issuers).copied().collect();
    let (severity, reason, is_open) = found.best.unwrap_or((Severity::Low, "", true));
    let first = found.first.map_or(Time::MISSING, time);
    let last = uses.last().map_or(first, |&id| time(id));
    let most = certainty::most(store, events.iter().copied(), is_open);
    let session = of.unwrap_or_default();
    let mut builder = HitBuilder::for_sign_ins(context, ANALYTIC.id, (user, session), found.named_by, events);
    builder.grade = Some(Grade { severity, reason: reason.to_owned(), most });
    builder.seen = Some((first, last));
    builder.sign_in_count = Some(sign_ins.len());
    builder.resource_events = sign_ins;
    let is_call = |id: &EventId| store.event(*id).table.uses();
    let call = |event| GraphCall { event, tie: GraphTie::Token };
    builder.graph = uses.iter().copied().filter(is_call).map(call).collect();
    if !context.bare {
        let nets = [pair.0, pair.1].map(|net| net.to_string());
        builder.columns = vec![
            ("Nets", Cell::List(nets.to_vec())),
            ("Tokens", Cell::count(found.tokens.len())),
            ("Uses", Cell::count(uses.len())),
        ];
        builder.reasons = vec![format!(
            "{} between {} and {}: {}",
            counted(found.tokens.len(), "token"),
            nets[0],
            nets[1],
            counted(uses.len(), "use")
        )];
        if severity > Severity::Low {
            builder.attack = vec![("T1550.001", reason.to_owned())];
        }
    }
    builder.finish(context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::testing::{AWAY, Bundle, DESK, LIBRARY, after};
    use crate::model::{Span, Table};

    const TOKEN: (Field, &str) = (Field::TokenId, "t");
    const SESSION: (Field, &str) = (Field::SessionId, "s");
    const LINUX: (Field, &str) = (Field::UserAgent, "Mozilla/5.0 (X11; Linux x86_64) Chrome/129.0.0.0 Safari/537.36");

    fn minute(minute: i64) -> String {
        after(Span::minutes(minute))
    }

    fn calls(rows: &[(i64, &[(Field, &str)])]) -> Vec<Severity> {
        let mut bundle = Bundle::at_desk(10);
        for (at, fields) in rows {
            bundle.row(Table::Graph, &minute(*at), &[fields, &[TOKEN, SESSION]]);
        }
        bundle.severities(ANALYTIC.id)
    }

    #[test]
    fn the_use_between_is_strictly_between() {
        assert_eq!(calls(&[(0, DESK), (1, AWAY)]), [Severity::Medium]);
        assert_eq!(calls(&[(0, DESK), (1, AWAY), (2, DESK)]), [Severity::High]);
        assert_eq!(calls(&[(0, DESK), (0, AWAY), (2, DESK)]), [Severity::Medium], "not after the first");
        assert_eq!(calls(&[(0, DESK), (2, AWAY), (2, DESK)]), [Severity::Medium], "not before the last");
        assert_eq!(calls(&[(0, DESK), (1, &[AWAY, &[LIBRARY]].concat())]), [Severity::High]);
        assert_eq!(calls(&[(0, DESK), (1, &[AWAY, &[(Field::UserAgent, "")]].concat())]), [Severity::Medium]);
    }

    /// Fields of a use in a network without a number.
    fn part(address: &'static str, agent: &[(Field, &'static str)]) -> Vec<(Field, &'static str)> {
        [AWAY, &[(Field::IpAddress, address), (Field::Asn, "")], agent].concat()
    }

    #[test]
    fn parts_of_networks_without_numbers_are_weak() {
        assert_eq!(calls(&[(0, DESK), (1, &part("203.0.113.9", &[])), (2, DESK)]), [Severity::Low]);
        assert_eq!(calls(&[(0, DESK), (1, &part("203.0.113.9", &[LIBRARY]))]), [Severity::Medium]);
        assert_eq!(calls(&[(0, DESK), (1, &part("2001:db8::1", &[LIBRARY]))]), [], "another family");
        let other = [DESK, &[(Field::IpAddress, "192.0.2.77"), (Field::Asn, "")]].concat();
        assert_eq!(calls(&[(0, DESK), (1, &other)]), [], "the number of its prefix");
    }

    #[test]
    fn every_use_has_to_be_elsewhere_than_the_sign_in() {
        let with = |more: &[(i64, &[(Field, &str)])]| {
            let mut bundle = Bundle::at_desk(10);
            bundle.row(Table::NonInteractive, &minute(0), &[DESK, &[TOKEN, SESSION]]);
            for (at, fields) in more {
                bundle.row(Table::AadGraph, &minute(*at), &[fields, &[TOKEN, SESSION]]);
            }
            bundle
                .hits(ANALYTIC.id)
                .iter()
                .map(|hit| (hit.grade.clone().unwrap().severity, hit.sign_in_count))
                .collect()
        };
        let found: Vec<(Severity, usize)> = with(&[(1, AWAY), (2, AWAY)]);
        assert_eq!(found, [(Severity::Medium, 1)]);
        let script = [AWAY, &[LIBRARY]].concat();
        let found: Vec<(Severity, usize)> = with(&[(1, AWAY), (2, &script)]);
        assert_eq!(found, [(Severity::High, 1)]);
        for (agent, severity) in [(&[][..], Severity::Low), (&[LIBRARY], Severity::Low), (&[LINUX], Severity::Medium)] {
            assert_eq!(with(&[(1, &part("203.0.113.9", agent))]), [(severity, 1)], "{agent:?}");
        }
        let found: Vec<(Severity, usize)> = with(&[(1, &script), (2, DESK)]);
        assert_eq!(found, [(Severity::High, 1)], "by rule 1, of two uses");
        let other_version = (Field::IpAddress, "2001:db8::1");
        let found: Vec<(Severity, usize)> = with(&[(1, &script), (2, &[other_version, LINUX])]);
        assert_eq!(found, [], "one cannot be compared with the sign-in, nor with the other");
        assert_eq!(with(&[(1, &[other_version])]), [], "nothing is known of the user's addresses of that version");
    }

    #[test]
    fn a_pair_is_usual_after_two_earlier_dates() {
        let on = |days: &[&str]| {
            let mut bundle = Bundle::at_desk(10);
            for day in days {
                let token = [(Field::TokenId, *day), (Field::SessionId, *day)];
                bundle.row(Table::NonInteractive, &format!("2026-04-{day}:00:00Z"), &[DESK, &token]);
                bundle.row(Table::Graph, &format!("2026-04-{day}:01:00Z"), &[AWAY, &token]);
            }
            bundle.row(Table::NonInteractive, &minute(0), &[DESK, &[TOKEN, SESSION]]);
            bundle.row(Table::Graph, &minute(1), &[AWAY, &[TOKEN, SESSION]]);
            *bundle.severities(ANALYTIC.id).last().unwrap()
        };
        assert_eq!(on(&["28T09", "29T09"]), Severity::Low);
        assert_eq!(on(&["29T09", "29T15"]), Severity::Medium, "one date");
    }

    #[test]
    fn one_hit_of_a_session_and_a_pair() {
        let mut bundle = Bundle::at_desk(10);
        for (at, token, session) in [(0, "a", "s"), (5, "b", "s"), (10, "c", ""), (15, "d", "")] {
            let of = [(Field::TokenId, token), (Field::SessionId, session)];
            bundle.row(Table::Graph, &minute(at), &[DESK, &of]);
            bundle.row(Table::UnifiedAudit, &minute(at + 1), &[AWAY, &of]);
        }
        let found: Vec<_> = bundle
            .hits(ANALYTIC.id)
            .iter()
            .map(|hit| (hit.first_seen.to_string(), hit.evidence.len(), hit.graph.len(), hit.session.is_some()))
            .collect();
        assert_eq!(
            found,
            [(minute(1), 4, 2, true), (minute(11), 2, 1, false), (minute(16), 2, 1, false)],
            "sessions, and tokens without one"
        );
    }
}
