//! Authorization codes issued in one place and redeemed in another. Shared by the analytic of that name and by those
//! that ask how a party got into a session.

use super::Origins;
use super::admitted::Admitted;
use super::distance::Location;
use super::known::Standing;
use super::parties::MOVED;
use super::places::{Compared, Net, Tool};
use crate::facts::ClientRole;
use crate::model::{Confidence, EventId, Field, Flags, Severity, Span, Sym, Table};
use crate::store::{Event, Store};
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap, VecDeque};

/// A redemption may be logged this much before the code was issued.
const SKEW: Span = Span::seconds(5);
/// Days on which a pair of networks has to be seen before to be usual.
pub const USUAL_DAYS: usize = 2;

/// A code and its redemption.
#[derive(Clone, Debug)]
pub struct Handoff {
    /// The user.
    pub user: Sym,
    /// The client.
    pub app: Sym,
    /// The session.
    pub session: Sym,
    /// The sign-in that was given the code.
    pub issued: EventId,
    /// The sign-in that redeemed it.
    pub redeemed: EventId,
    /// Severity by the rule.
    pub severity: Severity,
    /// The part of the rule that decided, one sentence.
    pub reason: String,
    /// The highest confidence that the comparison allows.
    pub most: Confidence,
    /// Days before the code's on which codes of the user went between the same two networks.
    pub days_before: usize,
}

impl Handoff {
    /// From code to redemption; less than nothing where the redemption was logged first.
    pub fn elapsed(&self, store: &Store) -> Span {
        store.event(self.redeemed).time().since(store.event(self.issued).time())
    }
}

/// The handoff whose first row is a given one, among those of a user, a client and a session.
pub fn begun_with<'h>(store: &Store, handoffs: &'h [Handoff], rows: &[EventId]) -> Option<&'h Handoff> {
    let first = *rows.first()?;
    let until = store.event(first).time().plus(SKEW);
    let near = rows.iter().take_while(|id| store.event(**id).time() <= until);
    let of_code = |id: &EventId| handoffs.binary_search_by_key(id, |handoff| handoff.issued).ok();
    let begins = |handoff: &&Handoff| handoff.issued.min(handoff.redeemed) == first;
    near.into_iter().filter_map(of_code).map(|at| &handoffs[at]).find(begins)
}

/// Every code with its redemption, in the order of the codes. Pairs at one address, and such as cannot be compared, are
/// left out.
pub(super) fn handoffs(rows: Admitted<'_>, origins: Origins<'_>, window: Span) -> Vec<Handoff> {
    let Origins { store, places, .. } = origins;
    let rows = rows.find_in(Role::Issues, || {
        let mut handed: HashMap<Sym, bool, RandomState> = HashMap::default();
        move |id, event| {
            if !may_be_part(event) {
                return None;
            }
            let app = store.normalized_field(event, Field::AppId);
            let is_handed =
                *handed.entry(app).or_insert_with(|| origins.facts.client_has(store.text(app), ClientRole::Handoff));
            let session = store.normalized_field(event, Field::SessionId);
            let is_part = is_handed && !session.is_none() && !places.place(id).is_neutral;
            is_part.then_some(((event.user, app, session), id, event.table))
        }
    });
    let mut codes: HashMap<(Sym, Sym, Sym), Vec<EventId>, RandomState> = HashMap::default();
    let mut redeemed: HashMap<(Sym, Sym, Sym), VecDeque<EventId>, RandomState> = HashMap::default();
    for (key, id, table) in rows {
        match table {
            Table::SignIn => codes.entry(key).or_default().push(id),
            _ => redeemed.entry(key).or_default().push_back(id),
        }
    }
    let mut pairs: Vec<(EventId, EventId, (Sym, Sym, Sym))> = Vec::new();
    for (key, codes) in codes {
        let Some(redeemed) = redeemed.get_mut(&key) else { continue };
        for code in codes {
            let issued = store.event(code).time();
            while redeemed.front().is_some_and(|id| store.event(*id).time().since(issued) < SKEW.negated()) {
                redeemed.pop_front();
            }
            let in_time = |id: &EventId| store.event(*id).time().since(issued) <= window;
            if let Some(first) = redeemed.front().copied().filter(in_time) {
                redeemed.pop_front();
                pairs.push((code, first, key));
            }
        }
    }
    pairs.sort_unstable();
    let mut exits: HashMap<(Sym, Net, Net), BTreeSet<i64>> = HashMap::new();
    let mut found = Vec::new();
    for (issued, redeemed, (user, app, session)) in pairs {
        let day = store.event(issued).time().day_number();
        let exits = places.net(issued).zip(places.net(redeemed)).map(|(a, b)| exits.entry((user, a, b)).or_default());
        let days_before = exits.as_ref().map_or(0, |days| days.range(..day).count());
        if let Some(days) = exits {
            days.insert(day);
        }
        if let Some((severity, reason, most)) = graded(origins, user, issued, redeemed, days_before >= USUAL_DAYS) {
            found.push(Handoff { user, app, session, issued, redeemed, severity, reason, most, days_before });
        }
    }
    found
}

/// Returns whether a row may be a code or its redemption: a success that no other code or transfer marks, interactive or
/// without a token.
fn may_be_part(event: Event<'_>) -> bool {
    (event.table == Table::SignIn || event.flags.has(Flags::INCOMING_NONE))
        && event.succeeded()
        && !event.user.is_none()
        && !event.flags.any(MOVED)
}

fn graded(
    origins: Origins<'_>,
    user: Sym,
    issued: EventId,
    redeemed: EventId,
    usual: bool,
) -> Option<(Severity, String, Confidence)> {
    let Origins { store, places, known, .. } = origins;
    let (from, to) = (places.place(issued), places.place(redeemed));
    if from.address == to.address {
        return None;
    }
    let at = store.event(redeemed).time();
    let standing = known.standing(user, to, at);
    let decided = if standing == Standing::Undecided { Confidence::Medium } else { Confidence::High };
    Some(match from.compared(to) {
        Compared::Unknown | Compared::OtherVersion => return None,
        Compared::Same => (Severity::Low, "code and redemption come from one network".to_owned(), Confidence::High),
        _ if usual => (
            Severity::Low,
            "the user's codes were redeemed between these two networks on two days before".to_owned(),
            decided,
        ),
        Compared::Weak => (
            Severity::Medium,
            "the code was redeemed at an address in another part of the network".to_owned(),
            Confidence::Medium,
        ),
        Compared::Different => {
            let far = || Location::new(store, issued).is_far(&Location::new(store, redeemed));
            let what = if standing == Standing::New {
                "in a network that is new to the user"
            } else if places.profile(redeemed).tool == Tool::Kit {
                "by an attacker's tool in another network"
            } else if far() {
                "far away"
            } else {
                return Some((Severity::Medium, "the code was redeemed in another network".to_owned(), decided));
            };
            (Severity::High, format!("the code was redeemed {what}"), decided)
        }
    })
}
