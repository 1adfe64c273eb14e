//! Ties between what was done and the sign-in it was done with: the first rung of a ladder that holds.
//!
//! Ids come first; a time alone ties nothing to a token and is listed apart. Sign-ins are those of the user who acted.

use super::places::Places;
use crate::model::{EventId, Field, Span, Sym, Time};
use crate::store::{Event, Key, Store};
use foldhash::{HashMap, HashMapExt};
use std::net::IpAddr;

/// Rung of the ladder, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// The same token.
    Token,
    /// The same session.
    Session,
    /// A token issued in the same second to the same client.
    Issued,
    /// The same address, within a day after a success from it.
    Network,
    /// Within a day after a success, from anywhere.
    Time,
    /// Nothing.
    None,
}

impl Rung {
    /// Returns whether an id ties: a token's or a session's.
    pub fn is_by_id(self) -> bool {
        matches!(self, Self::Token | Self::Session)
    }

    /// The word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Session => "session",
            Self::Issued => "issued",
            Self::Network => "network",
            Self::Time => "time",
            Self::None => "none",
        }
    }
}

/// A tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The rung.
    pub rung: Rung,
    /// The sign-in; `None` for [`Rung::None`].
    pub sign_in: Option<EventId>,
}

/// The thing that ties an act to a sign-in, on the rungs that tie it to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// The token.
    Token(Sym),
    /// The session.
    Session(Sym),
    /// The sign-in in whose second the token was issued.
    Issued(EventId),
    /// The address.
    Address(IpAddr),
}

impl Link {
    /// Its rung.
    pub fn rung(self) -> Rung {
        match self {
            Self::Token(_) => Rung::Token,
            Self::Session(_) => Rung::Session,
            Self::Issued(_) => Rung::Issued,
            Self::Address(_) => Rung::Network,
        }
    }
}

/// Acts of a user, in order, by what ties them.
pub type ActsByLink = HashMap<Link, Vec<EventId>>;

/// Longest time that an address or a time ties an act to a sign-in.
const DAY: Span = Span::DAY;
/// Time by which the claim of its issue is earlier than a token's issue.
const EARLY: Span = Span::seconds(300);
/// Longest time between the issue of a token and its sign-in.
const SAME_ISSUE: Span = Span::seconds(2);

/// Ties of rows to the sign-ins of their users, each user's sign-ins looked up once.
pub struct Ties<'a> {
    store: &'a Store,
    places: &'a Places,
    users: HashMap<Sym, SignIns>,
}

impl<'a> Ties<'a> {
    /// Ties over a bundle.
    pub fn new(store: &'a Store, places: &'a Places) -> Self {
        Self { store, places, users: HashMap::new() }
    }

    /// The tie of a row: of a sign-in and of a row of nobody, none.
    pub fn tie(&mut self, id: EventId) -> Tie {
        let event = self.store.event(id);
        let none = Tie { rung: Rung::None, sign_in: None };
        if event.table.issues() || event.user.is_none() {
            return none;
        }
        let (store, places) = (self.store, self.places);
        let sign_ins = self.users.entry(event.user).or_insert_with(|| SignIns::new(store, places, event.user));
        let found = |rung, sign_in: Option<EventId>| sign_in.map(|sign_in| Tie { rung, sign_in: Some(sign_in) });
        let at = second(event);
        let token = store.token(event.get(Field::TokenId));
        let session = store.normalized_field(event, Field::SessionId);
        found(Rung::Token, sign_ins.tokens.get(&token).and_then(|rows| nearest(rows, at)))
            .or_else(|| found(Rung::Session, sign_ins.sessions.get(&session).and_then(|rows| nearest(rows, at))))
            .or_else(|| found(Rung::Issued, sign_ins.issued(store, event)))
            .or_else(|| {
                let place = places.place(id);
                let address = place.address.filter(|address| !place.is_microsoft && is_public(*address))?;
                found(Rung::Network, within_a_day(sign_ins.addresses.get(&address)?, at))
            })
            .or_else(|| found(Rung::Time, within_a_day(&sign_ins.successes, at)))
            .unwrap_or(none)
    }
}

/// A sign-in, by the second.
#[derive(Clone, Copy, Debug)]
struct SignIn {
    at: Time,
    id: EventId,
    succeeded: bool,
}

/// A user's sign-ins in order of time.
#[derive(Default)]
struct SignIns {
    tokens: HashMap<Sym, Vec<SignIn>>,
    sessions: HashMap<Sym, Vec<SignIn>>,
    /// Successes by client.
    clients: HashMap<Sym, Vec<SignIn>>,
    /// Successes by address.
    addresses: HashMap<IpAddr, Vec<SignIn>>,
    successes: Vec<SignIn>,
}

impl SignIns {
    fn new(store: &Store, places: &Places, user: Sym) -> Self {
        let mut all = Self::default();
        for &id in store.with(Key::User, user) {
            let event = store.event(id);
            if !event.table.issues() {
                continue;
            }
            let sign_in = SignIn { at: second(event), id, succeeded: event.succeeded() };
            let (token, session) =
                (store.token(event.get(Field::TokenId)), store.normalized_field(event, Field::SessionId));
            if !token.is_none() {
                all.tokens.entry(token).or_default().push(sign_in);
            }
            if !session.is_none() {
                all.sessions.entry(session).or_default().push(sign_in);
            }
            if !event.succeeded() || !event.is_timed() {
                continue;
            }
            all.successes.push(sign_in);
            let client = store.normalized_field(event, Field::AppId);
            if !client.is_none() {
                all.clients.entry(client).or_default().push(sign_in);
            }
            if let Some(address) = places.place(id).address {
                all.addresses.entry(address).or_default().push(sign_in);
            }
        }
        all
    }

    /// A success of the row's client in the second that its token was issued in.
    fn issued(&self, store: &Store, event: Event<'_>) -> Option<EventId> {
        let client = store.normalized_field(event, Field::AppId);
        let issued = Time::parse(store.text(event.get(Field::IssuedAt)))?.plus(EARLY).floor(Span::seconds(1));
        let rows = self.clients.get(&client)?;
        let start = rows.partition_point(|row| row.at < issued.minus(SAME_ISSUE));
        let near = rows[start..].iter().take_while(|row| row.at <= issued.plus(SAME_ISSUE));
        near.min_by_key(|row| row.at.since(issued).length()).map(|row| row.id)
    }
}

/// The second of a row.
fn second(event: Event<'_>) -> Time {
    event.time().floor(Span::seconds(1))
}

/// The latest success at or before a time, else the latest sign-in at or before, else the earliest after.
fn nearest(rows: &[SignIn], at: Time) -> Option<EventId> {
    let before = &rows[..rows.partition_point(|row| row.at <= at)];
    let success = before.iter().rev().find(|row| row.succeeded);
    success.or_else(|| before.last()).or_else(|| rows.first()).map(|row| row.id)
}

/// The latest of some successes at or before a time, at most a day before.
fn within_a_day(rows: &[SignIn], at: Time) -> Option<EventId> {
    let before = &rows[..rows.partition_point(|row| row.at <= at)];
    before.last().filter(|row| at.since(row.at) <= DAY).map(|row| row.id)
}

/// Returns whether an address names a caller: those of private ranges and of the machine itself are shared by many.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !(address.is_private() || address.is_loopback() || address.is_link_local()),
        IpAddr::V6(address) => !(address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use crate::model::Table;
    use crate::store::testing::Rows;

    /// Id, clock and fields of a sign-in.
    type SignedIn<'t> = (&'t str, &'t str, &'t [(Field, &'t str)]);

    const USER: (Field, &str) = (Field::UserId, "u1");

    /// The rung of one act after some sign-ins, and the id of the sign-in.
    fn tied(sign_ins: &[SignedIn<'_>], at: &str, act: &[(Field, &str)]) -> (Rung, String) {
        let mut rows = Rows::default();
        for (id, time, fields) in sign_ins {
            let mut all = vec![USER, (Field::Id, *id), (Field::ResultType, "0")];
            all.retain(|(field, _)| !fields.iter().any(|(other, _)| other == field));
            all.extend_from_slice(fields);
            rows.row(Table::NonInteractive, &format!("2026-05-01T{time}Z"), &all);
        }
        let act: Vec<(Field, &str)> = [USER, (Field::Id, "act")].into_iter().chain(act.iter().copied()).collect();
        rows.row(Table::UnifiedAudit, at, &act);
        let store = rows.build();
        let places = Places::new(&store, Facts::embedded());
        let (id, _) = store.events().find(|(_, event)| event.table.records()).expect("the act");
        let tie = Ties::new(&store, &places).tie(id);
        (tie.rung, tie.sign_in.map_or(String::new(), |id| store.get(id, Field::Id).to_owned()))
    }

    #[test]
    fn the_first_rung_that_holds_is_the_tie() {
        let at = "2026-05-01T14:00:00Z";
        let token = (Field::TokenId, "Tok");
        let session = (Field::SessionId, "S");
        let address = (Field::IpAddress, "192.0.2.7");
        let client = (Field::AppId, "app");
        let early = (Field::IssuedAt, "2026-05-01T13:25:01Z");
        let failed = (Field::ResultType, "53003");
        let sign_ins: &[SignedIn<'_>] = &[
            ("by-session-failed", "12:00:00", &[session, failed]),
            ("by-session", "13:00:00", &[(Field::SessionId, "s")]),
            ("by-issue", "13:30:00.5", &[client]),
            ("by-address", "13:40:00", &[address]),
            ("late-session", "15:00:00", &[session]),
            ("by-token", "16:00:00", &[token, failed]),
        ];
        for (act, rung, sign_in) in [
            (vec![token, session], Rung::Token, "by-token"),
            (vec![session, client, early], Rung::Session, "by-session"),
            (vec![client, early, address], Rung::Issued, "by-issue"),
            (vec![client, (Field::IssuedAt, "2026-05-01T13:20:00Z"), address], Rung::Network, "by-address"),
            (vec![(Field::TokenId, "tok")], Rung::Time, "by-address"),
            (vec![(Field::IpAddress, "10.0.0.1")], Rung::Time, "by-address"),
        ] {
            assert_eq!(tied(sign_ins, at, &act), (rung, sign_in.to_owned()), "{act:?}");
        }
    }

    #[test]
    fn a_time_ties_to_the_second_and_for_a_day() {
        let sign_in: &[SignedIn<'_>] = &[("s", "14:00:00.9", &[])];
        assert_eq!(tied(sign_in, "2026-05-01T14:00:00.1Z", &[]).0, Rung::Time, "in its second");
        assert_eq!(tied(sign_in, "2026-05-01T13:59:59Z", &[]).0, Rung::None);
        assert_eq!(tied(sign_in, "2026-05-02T14:00:00.999Z", &[]).0, Rung::Time);
        assert_eq!(tied(sign_in, "2026-05-02T14:00:01Z", &[]).0, Rung::None);
        let failed: &[SignedIn<'_>] = &[("s", "14:00:00", &[(Field::ResultType, "50126")])];
        assert_eq!(tied(failed, "2026-05-01T14:00:01Z", &[]).0, Rung::None, "a failure is no way in");
    }

    #[test]
    fn microsofts_networks_and_ids_that_are_no_ids_tie_nothing() {
        let sign_in: &[SignedIn<'_>] =
            &[("s", "14:00:00", &[(Field::IpAddress, "192.0.2.7"), (Field::Asn, "8075"), (Field::SessionId, "0")])];
        let act = [(Field::IpAddress, "192.0.2.7"), (Field::SessionId, "00000000-0000-0000-0000-000000000000")];
        assert_eq!(tied(sign_in, "2026-05-01T14:05:00Z", &act).0, Rung::Time);
    }
}
