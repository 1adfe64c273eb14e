//! Pivots: the events of all users that share a value with an event.

use crate::analytics::Incident;
use crate::analytics::known::Standing;
use crate::facts::Facts;
use crate::model::words::{counted, listed_by};
use crate::model::{EventId, Field, Span, Sym, Time};
use crate::store::{Key, Store, device_id};
use std::collections::{HashMap, HashSet};

/// A value that events share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Value {
    /// Its kind.
    pub key: Key,
    /// The normalized value.
    pub sym: Sym,
}

/// Kinds of pivots, in the order of the menu.
pub const KEYS: [Key; 10] = [
    Key::Address,
    Key::Session,
    Key::Token,
    Key::Client,
    Key::Agent,
    Key::Device,
    Key::Resource,
    Key::Operation,
    Key::Object,
    Key::User,
];

impl Value {
    /// A user.
    pub fn user(user: Sym) -> Self {
        Self { key: Key::User, sym: user }
    }

    /// Its kind, in a word or two.
    pub fn kind(self) -> &'static str {
        match self.key {
            Key::User => "user",
            Key::Session => "session",
            Key::Token => "token",
            Key::Address => "address",
            Key::Client => "client",
            Key::Agent => "agent",
            Key::Device => "device",
            Key::Resource => "resource",
            Key::Operation => "operation",
            Key::Object => "object",
        }
    }

    /// The value as shown. As logged: make it inert before drawing.
    pub fn words(self, store: &Store, facts: &Facts) -> String {
        let text = store.text(self.sym);
        let named = |name: Option<&str>| name.map_or_else(|| text.to_owned(), |name| format!("{name} ({text})"));
        match self.key {
            Key::User => store.who(self.sym).into_owned(),
            Key::Client => named(facts.client(text).map(|client| client.name.as_str())),
            Key::Resource => named(facts.resource(text).map(|resource| resource.name.as_str())),
            // A device that is told by a whole text only.
            Key::Device => device_id(text).unwrap_or_else(|| text.to_owned()),
            _ => text.to_owned(),
        }
    }

    /// The events that share it, in time order, duplicates left out.
    pub fn events(self, store: &Store) -> &[EventId] {
        store.with(self.key, self.sym)
    }
}

/// The pivots of a row: its values that are not blank.
pub fn values(store: &Store, event: EventId) -> Vec<Value> {
    let held = KEYS.into_iter().map(|key| Value { key, sym: store.value(key, event) });
    held.filter(|value| !value.sym.is_none()).collect()
}

/// Kinds in the order of what tells most of who else was there.
const TELLING: [Key; 10] = [
    Key::Address,
    Key::Agent,
    Key::Device,
    Key::Session,
    Key::Token,
    Key::Object,
    Key::Client,
    Key::Resource,
    Key::Operation,
    Key::User,
];

/// Values offered of one kind: an incident may have thousands of tokens.
const OF_KIND: usize = 3;
/// Rows of an incident that are looked at for its values.
const LOOKED_AT: usize = 5000;

/// A value of an incident or a row, with its reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The value.
    pub value: Value,
    /// Whether no row of the user before the incident has it.
    pub is_new: bool,
    /// Counts of its events.
    pub counts: Counts,
    /// The user of the row or incident, with the rows of theirs.
    pub of_user: (Sym, usize),
    /// The other users, those with most rows first.
    pub others: Vec<(Sym, usize)>,
}

/// A question who else has the values of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspects {
    /// The first row that the values are of.
    pub event: EventId,
    user: Sym,
    /// The incident's first event: values that the user had before are not new.
    first: Time,
    /// Rows from places that are not known to the user; every row where there is none.
    rows: Vec<EventId>,
}

impl Suspects {
    /// The question about an incident of a user; `None` where it has no row.
    pub fn new(store: &Store, incident: &Incident) -> Option<Self> {
        let foreign = || incident.lanes.iter().filter(|lane| lane.standing != Standing::Known && !lane.is_neutral);
        let is_any = foreign().next().is_none();
        let lanes = incident.lanes.iter().filter(|lane| is_any || lane.standing != Standing::Known && !lane.is_neutral);
        let mut rows: Vec<EventId> = lanes.flat_map(|lane| lane.sign_ins.iter().chain(&lane.uses)).copied().collect();
        rows.sort_unstable();
        rows.truncate(LOOKED_AT);
        let event = *rows.first()?;
        Some(Self { event, user: store.event(event).user, first: incident.first, rows })
    }

    /// The values, what is new first, then the rarest: those of the fewest other users, then of the fewest rows.
    pub fn reach(&self, store: &Store) -> Vec<Reach> {
        let held: HashSet<Value, foldhash::fast::RandomState> =
            self.rows.iter().flat_map(|event| values(store, *event)).filter(|value| value.key != Key::User).collect();
        let is_new = |value: &Value| {
            let before = value.events(store).iter().take_while(|event| store.event(**event).time() < self.first);
            !before.into_iter().any(|event| store.event(*event).user == self.user)
        };
        let mut reach: Vec<Reach> = held
            .into_iter()
            .map(|value| reach_of(store, value, self.user, is_new(&value)))
            // A client, resource or operation is everybody's, unless this user never had it.
            .filter(|reach| reach.is_new || !matches!(reach.value.key, Key::Client | Key::Resource | Key::Operation))
            .collect();
        sort(store, &mut reach);
        let mut of_kind: HashMap<&str, usize> = HashMap::new();
        reach.retain(|reach| {
            let count = of_kind.entry(reach.value.kind()).or_default();
            *count += 1;
            *count <= OF_KIND
        });
        reach
    }
}

/// The values of a row, the rarest first and its user last; left out is the value that all rows shown share.
pub fn reach_of_row(store: &Store, event: EventId, shown: Option<Value>) -> Vec<Reach> {
    let user = store.event(event).user;
    let held = values(store, event).into_iter().filter(|value| Some(*value) != shown);
    let mut reach: Vec<Reach> = held.map(|value| reach_of(store, value, user, false)).collect();
    sort(store, &mut reach);
    reach
}

fn sort(store: &Store, reach: &mut [Reach]) {
    let kind = |value: Value| TELLING.iter().position(|key| *key == value.key);
    reach.sort_by(|one, other| {
        let rank = |reach: &Reach| {
            (reach.value.key == Key::User, !reach.is_new, reach.others.len(), kind(reach.value), reach.counts.rows)
        };
        rank(one).cmp(&rank(other)).then_with(|| store.text(one.value.sym).cmp(store.text(other.value.sym)))
    });
}

fn reach_of(store: &Store, value: Value, user: Sym, is_new: bool) -> Reach {
    let mut users: HashMap<Sym, usize, foldhash::fast::RandomState> = HashMap::default();
    for id in value.events(store) {
        *users.entry(store.event(*id).user).or_default() += 1;
    }
    let of_user = (user, users.get(&user).copied().unwrap_or(0));
    let mut others: Vec<(Sym, usize)> =
        users.into_iter().filter(|(other, _)| !other.is_none() && *other != user).collect();
    others.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| store.upn(one.0).cmp(store.upn(other.0))));
    Reach { value, is_new, counts: counts(store, value), of_user, others }
}

impl Reach {
    /// The others in words: `nobody else`, `3 others: hr.lead@contoso.com 12 rows, ceo@contoso.com 3 rows and 1 more`.
    pub fn others_words(&self, store: &Store) -> String {
        if self.others.is_empty() {
            return "nobody else".to_owned();
        }
        let named = listed_by(&self.others, NAMED, |share| share_words(store, *share));
        format!("{}: {named}", counted(self.others.len(), "other"))
    }

    /// The row's or incident's own user, then the others, each with their rows.
    pub fn words(&self, store: &Store) -> String {
        if self.of_user.0.is_none() || self.of_user.1 == 0 {
            return self.others_words(store);
        }
        format!("{}; {}", share_words(store, self.of_user), self.others_words(store))
    }

    /// Every user with the rows of theirs: the row's or incident's own first, then those with most.
    pub fn shares(&self) -> Vec<(Sym, usize)> {
        let theirs = Some(self.of_user).filter(|(user, rows)| !user.is_none() && *rows > 0);
        theirs.into_iter().chain(self.others.iter().copied()).collect()
    }
}

/// `hr.lead@contoso.com 12 rows`.
fn share_words(store: &Store, (user, rows): (Sym, usize)) -> String {
    format!("{} {}", store.who(user), counted(rows, "row"))
}

/// Other users named.
const NAMED: usize = 4;

/// Counts of the events that share a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Number of events.
    pub rows: usize,
    /// Number of distinct users.
    pub users: usize,
    /// Number of distinct sessions.
    pub sessions: usize,
    /// Number of distinct UTC days.
    pub days: usize,
    /// Time of the first event.
    pub first: Time,
    /// Time of the last event.
    pub last: Time,
}

/// Counts the events that share a value.
pub fn counts(store: &Store, value: Value) -> Counts {
    let events = value.events(store);
    let time = |id: Option<&EventId>| id.map_or(Time::MISSING, |id| store.event(*id).time());
    let mut users: HashSet<Sym, foldhash::fast::RandomState> = HashSet::default();
    let mut sessions: HashSet<Sym, foldhash::fast::RandomState> = HashSet::default();
    let mut days = 0;
    let mut last_day = None;
    for id in events {
        let event = store.event(*id);
        users.insert(event.user);
        sessions.insert(store.normalized_field(event, Field::SessionId));
        // They stand in time order.
        let day = event.time().ticks().div_euclid(Span::minutes(24 * 60).ticks());
        days += usize::from(event.time().is_known() && last_day.replace(day) != Some(day));
    }
    users.remove(&Sym::NONE);
    sessions.remove(&Sym::NONE);
    Counts {
        rows: events.len(),
        users: users.len(),
        sessions: sessions.len(),
        days,
        first: time(events.first()),
        last: time(events.last()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Table;
    use crate::store::testing::Rows;

    /// Two users at one address, one of them with a registered device that a Graph call names too.
    fn store() -> Store {
        let mut rows = Rows::default();
        let address = (Field::IpAddress, "198.51.100.23");
        let detail = r#"{"deviceId":"AAAA0000-0000-0000-0000-00000000000B","isCompliant":true}"#;
        rows.row(
            Table::SignIn,
            "2026-05-01T23:59:59Z",
            &[(Field::UserId, "u1"), address, (Field::SessionId, "s1"), (Field::DeviceDetail, detail)],
        );
        rows.row(Table::NonInteractive, "2026-05-02T00:00:00Z", &[(Field::UserId, "u2"), address]);
        rows.row(
            Table::Graph,
            "2026-05-04T10:00:00Z",
            &[(Field::UserId, "u1"), (Field::DeviceId, "aaaa0000-0000-0000-0000-00000000000b"), address],
        );
        let other = r#"{"deviceId":"only in a text","displayName":"x"}"#;
        rows.row(Table::SignIn, "2026-05-05T10:00:00Z", &[(Field::UserId, "u3"), (Field::DeviceDetail, other)]);
        rows.build()
    }

    #[test]
    fn a_value_is_counted_across_users_and_days() {
        let store = store();
        let first = store.events().next().unwrap().0;
        let held = values(&store, first);
        let kinds: Vec<_> = held.iter().map(|value| value.kind()).collect();
        assert_eq!(kinds, ["address", "session", "device", "user"], "blank ones are left out");
        let counts = counts(&store, held[0]);
        assert_eq!((counts.rows, counts.users, counts.sessions, counts.days), (3, 2, 1, 3));
        assert_eq!((counts.first.day().as_str(), counts.last.day().as_str()), ("2026-05-01", "2026-05-04"));
    }

    #[test]
    fn a_device_is_one_whether_a_text_or_a_claim_names_it() {
        let store = store();
        let ids: Vec<EventId> = store.events().map(|(id, _)| id).collect();
        let device = |at: usize| *values(&store, ids[at]).iter().find(|value| value.key == Key::Device).unwrap();
        assert_eq!(device(0), device(2));
        assert_eq!(device(0).events(&store), [ids[0], ids[2]]);
        assert_eq!(device(0).words(&store, Facts::embedded()), "aaaa0000-0000-0000-0000-00000000000b");
        assert_eq!(device(3).words(&store, Facts::embedded()), "only in a text");
        assert_eq!(device(3).events(&store), [ids[3]]);
    }

    #[test]
    fn a_row_offers_no_value_that_all_rows_shown_share_and_names_whose_the_others_are() {
        let store = store();
        let first = store.events().next().unwrap().0;
        let user = Value::user(store.event(first).user);
        let reach = reach_of_row(&store, first, Some(user));
        assert!(reach.iter().all(|reach| reach.value != user), "it would lead to where one is");
        assert!(reach_of_row(&store, first, None).iter().any(|reach| reach.value == user));
        let address = reach.iter().find(|reach| reach.value.key == Key::Address).unwrap();
        assert_eq!(address.words(&store), "u1 2 rows; 1 other: u2 1 row");
        assert_eq!(address.shares().iter().map(|(_, rows)| rows).sum::<usize>(), address.counts.rows);
    }

    #[test]
    fn users_of_one_name_are_told_apart_by_the_beginning_of_their_ids() {
        let mut rows = Rows::default();
        let twins = ["1f0d2a77-0000-4000-8000-000000000001", "a4b3c2d1-0000-4000-8000-000000000002"];
        for (id, name) in twins.map(|id| (id, "ana@contoso.com")).into_iter().chain([("u3", "bo@contoso.com")]) {
            rows.row(Table::SignIn, "2026-05-01T10:00:00Z", &[(Field::UserId, id), (Field::UserPrincipalName, name)]);
        }
        rows.row(Table::SignIn, "2026-05-01T10:00:00Z", &[(Field::UserPrincipalName, "ana@contoso.com")]);
        let store = rows.build();
        let who = |key: &str| store.who(store.find(key).unwrap()).into_owned();
        assert_eq!(who(twins[0]), "ana@contoso.com [1f0d2a77]");
        assert_eq!(who(twins[1]), "ana@contoso.com [a4b3c2d1]");
        assert_eq!(who("ana@contoso.com"), "ana@contoso.com [no id]", "it may be either's");
        assert_eq!(who("u3"), "bo@contoso.com");
    }

    #[test]
    fn known_ids_are_told_by_name() {
        let mut rows = Rows::default();
        let azure_cli = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
        rows.row(Table::SignIn, "2026-05-05T10:00:00Z", &[(Field::AppId, azure_cli)]);
        let store = rows.build();
        let held = values(&store, EventId(0));
        assert_eq!(held[0].words(&store, Facts::embedded()), format!("Microsoft Azure CLI ({azure_cli})"));
    }
}
