//! The aftermath of a revocation: access that a user's tokens, or whoever stole them, still had.
//!
//! A row belongs to the latest revocation before it. A call or an act with a token issued before is *residual*; a token
//! renewed in a session from before, without a new login there, is *renewed*; whatever is of an odd party, or comes from
//! a network of an earlier hit that the user did not have, is *returned*.

use super::known::Standing;
use super::parties::Split;
use super::places::Net;
use super::revocations::Revocation;
use super::{DetectContext, Hit};
use crate::model::{EventId, Field, Flags, Severity, Span, Sym, Table, Time};
use crate::store::{Event, Key};
use std::collections::{BTreeSet, HashMap};

/// Longest life of an ordinary access token.
const ORDINARY: Span = Span::minutes(90);
/// Time in which renewals may have begun before the revocation took hold.
const SETTLING: Span = Span::minutes(5);
/// Tokens that renew: refresh tokens of both kinds, and those whose kind the export withholds.
const RENEWING: Flags = Flags(Flags::INCOMING_REFRESH.0 | Flags::INCOMING_PRIMARY.0 | Flags::INCOMING_WITHHELD.0);
/// Results of refusals that a revocation brings: grant revoked, session revoked, session expired, account disabled,
/// refused by policy.
const REFUSED: [&str; 5] = ["50173", "50132", "70043", "50057", "53003"];

/// Kind of access after a revocation, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A token from before, within the life of an ordinary one.
    Within,
    /// A token from before, longer than an ordinary one lives.
    Long,
    /// A token renewed in a session from before.
    Renewed,
    /// Back, by an odd party or from a network of the hits.
    Returned,
}

impl Class {
    /// The word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Within => "residual",
            Self::Long => "residual-long",
            Self::Renewed => "renewed",
            Self::Returned => "returned",
        }
    }
}

/// Access after a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The row.
    pub row: EventId,
    /// Its kind; of several the worst.
    pub class: Class,
    /// Age of its token, where that was issued before the revocation.
    pub age: Option<Span>,
}

impl Access {
    /// Returns whether its token is older than an ordinary one lives.
    pub fn is_of_long_token(&self) -> bool {
        self.age.is_some_and(|age| age > ORDINARY)
    }
}

/// All that followed a revocation until the next.
#[derive(Clone, Debug, Default)]
pub struct Aftermath {
    /// Access, in order.
    pub access: Vec<Access>,
    /// Refused sign-ins from the networks of the hits, in order.
    pub refused: Vec<EventId>,
}

impl Aftermath {
    /// Rows of some kinds.
    pub fn rows(&self, is: impl Fn(Class) -> bool) -> Vec<EventId> {
        self.access.iter().filter(|access| is(access.class)).map(|access| access.row).collect()
    }
}

/// Traces of a user's earlier hits that tell their thief from the user.
struct Theirs<'c> {
    nets: BTreeSet<Net>,
    splits: HashMap<Sym, &'c Split>,
}

impl<'c> Theirs<'c> {
    /// That of the medium and high hits of a user that begin before a time.
    fn new(context: &'c DetectContext, user: Sym, before: Time) -> Self {
        let (store, places) = (context.store, context.places());
        let mut theirs = Self { nets: BTreeSet::new(), splits: HashMap::new() };
        let is_one = |hit: &&Hit| hit.user == user && hit.severity >= Severity::Medium && hit.first_seen < before;
        for hit in context.earlier.iter().filter(is_one) {
            match hit.analytic {
                "session-split" => {
                    let Some(&first) = hit.evidence.first() else { continue };
                    let session = store.normalized_field(store.event(first), Field::SessionId);
                    if let Some(split) = context.splits().get(&(user, session)) {
                        theirs.nets.extend(split.odd().flat_map(|(_, party)| party.nets.iter().copied()));
                        theirs.splits.insert(session, split);
                    }
                }
                "device-code-flow" => {
                    let is_new = |id: &EventId| {
                        let (place, at) = (places.place(*id), store.event(*id).time());
                        context.known().standing(user, place, at) == Standing::New
                    };
                    theirs.nets.extend(hit.legs.iter().copied().filter(is_new).filter_map(|id| places.net(id)));
                }
                "foreign-session" => {
                    // The user may have come into it later, from home.
                    let is_foreign = |id: &EventId| !context.known().is_known(user, places.place(*id), hit.first_seen);
                    theirs.nets.extend(hit.evidence.iter().copied().filter(is_foreign).filter_map(|id| places.net(id)));
                }
                _ => {}
            }
        }
        theirs
    }

    fn has_net(&self, context: &DetectContext, id: EventId) -> bool {
        context.places().net(id).is_some_and(|net| self.nets.contains(&net))
    }

    /// Returns whether a row is of an odd party.
    fn is_odd(&self, context: &DetectContext, id: EventId, event: Event<'_>) -> bool {
        let session = context.store.normalized_field(event, Field::SessionId);
        let is_odd = |split: &&Split, at: usize| split.odd().any(|(odd, _)| odd == at);
        if event.table.issues() {
            let split = self.splits.get(&session);
            return split.is_some_and(|split| split.party_with(id).is_some_and(|at| is_odd(split, at)));
        }
        // The session of the sign-in that gave the token, where the call names none.
        let issuer = context.store.issuer(context.store.token(event.get(Field::TokenId)));
        let issued = issuer.map(|id| context.store.normalized_field(context.store.event(id), Field::SessionId));
        let split = self.splits.get(&issued.unwrap_or(session));
        split.is_some_and(|split| split.attribute(context.origins(), id).is_some_and(|(at, _)| is_odd(split, at)))
    }
}

/// The aftermath of a user's revocation.
pub fn aftermath(context: &DetectContext, user: Sym, revocation: &Revocation) -> Aftermath {
    let store = context.store;
    let theirs = Theirs::new(context, user, revocation.at);
    let next = context.revocations(user).iter().map(|other| other.at).find(|at| *at > revocation.at);
    let all = store.with(Key::User, user);
    let start = all.partition_point(|&id| store.event(id).time() <= revocation.at);
    let end = next.map_or(all.len(), |next| all.partition_point(|&id| store.event(id).time() <= next));
    let mut found = Aftermath::default();
    // First login of each session since.
    let mut anew: HashMap<Sym, Time> = HashMap::new();
    for &id in &all[start..end.max(start)] {
        let event = store.event(id);
        if event.user != user || !event.is_timed() || !context.admits(event) {
            continue;
        }
        let is_sign_in = event.table.issues();
        if is_sign_in && !event.succeeded() {
            if REFUSED.contains(&store.get(id, Field::ResultType).trim()) && theirs.has_net(context, id) {
                found.refused.push(id);
            }
            continue;
        }
        if !is_sign_in && !is_call(context, event) {
            continue;
        }
        let issued = if is_sign_in { None } else { issue(context, event) };
        let age = issued.filter(|issued| *issued < revocation.at).map(|issued| event.time().since(issued));
        let class = if theirs.has_net(context, id) || theirs.is_odd(context, id, event) {
            Some(Class::Returned)
        } else if is_sign_in {
            is_renewed(context, event, revocation.at, &anew).then_some(Class::Renewed)
        } else {
            age.map(|age| if age <= ORDINARY { Class::Within } else { Class::Long })
        };
        found.access.extend(class.map(|class| Access { row: id, class, age }));
        if event.table == Table::SignIn {
            anew.entry(store.normalized_field(event, Field::SessionId)).or_insert(event.time());
        }
    }
    found
}

/// Returns whether a row shows the use of a token: a call of either Graph, or an act in mail, files or Teams.
fn is_call(context: &DetectContext, event: Event<'_>) -> bool {
    event.table.uses() || (event.table == Table::UnifiedAudit && !context.store.is_logon(event))
}

/// Issue of a call's token: as the call says, else the time of the sign-in that gave it.
fn issue(context: &DetectContext, event: Event<'_>) -> Option<Time> {
    let store = context.store;
    Time::parse(store.text(event.get(Field::IssuedAt)))
        .or_else(|| Some(store.event(store.issuer(store.token(event.get(Field::TokenId)))?).time()))
}

/// Returns whether a sign-in renews a token in a session from before a time, without a new login there.
fn is_renewed(context: &DetectContext, event: Event<'_>, revoked: Time, anew: &HashMap<Sym, Time>) -> bool {
    let store = context.store;
    let session = store.normalized_field(event, Field::SessionId);
    if session.is_none() || !event.flags.any(RENEWING) || event.time() <= revoked.plus(SETTLING) {
        return false;
    }
    let is_theirs = |id: &&EventId| store.event(**id).user == event.user && store.event(**id).is_timed();
    let first = store.with(Key::Session, session).iter().find(is_theirs);
    let is_older = first.is_some_and(|&id| store.event(id).time() < revoked);
    is_older && anew.get(&session).is_none_or(|login| *login >= event.time())
}
