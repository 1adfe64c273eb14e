//! A user's tokens in order, one line an event, in words.

use super::acts;
use super::request::{path, request_shape};
use crate::analytics::names::{client_of, resource_of};
use crate::analytics::{Leg, side_of};
use crate::facts::{Facts, Weight};
use crate::model::{EventId, Field, Span, Sym, Time, call_status, call_succeeded};
use crate::store::{Event, Key, Store};
pub use crate::tables::RowKind;
use crate::tables::{Role, Success};
use std::ops::Range;

/// One event in words. Text is as logged: make it inert before drawing.
pub struct Line<'a> {
    /// Event time.
    pub time: Time,
    /// Time since the line before, if there is one.
    pub gap: Option<Span>,
    /// Kind of the row.
    pub kind: RowKind,
    /// Resource, request or act, result included when it is not success: `Exchange Online`, `GET 200 /me/messages`,
    /// `read 14 messages (Inbox)`.
    pub what: String,
    /// Client, by the name that it is shown by.
    pub client: &'a str,
    /// Caller address.
    pub address: &'a str,
    /// Autonomous system number as recorded, digits only.
    pub asn: &'a str,
    /// User agent.
    pub agent: &'a str,
    /// The application that acted, where no person did. On whose timeline the row stands decides who else is named:
    /// [`acts::actor`].
    pub actor: Option<&'a str>,
    /// Weight of the act, 0 for noise; `None` where the row is no act or an unknown one.
    pub weight: Option<u8>,
    /// Whether the sign-in, call or act failed.
    pub failed: bool,
    /// Number of the token that it issued or was made with: [`Store::token_number`].
    pub token: Option<usize>,
}

/// The user's events in time order, duplicates left out.
pub fn of_user(store: &Store, user: Sym) -> &[EventId] {
    store.with(Key::User, user)
}

/// The places of `events` (in time order) between two times, both ends included.
pub fn between(store: &Store, events: &[EventId], from: Time, to: Time) -> Range<usize> {
    let start = before(store, events, from);
    start..before(store, events, to.plus(Span::from_ticks(1))).max(start)
}

/// Number of `events` (in time order) earlier than `time`.
fn before(store: &Store, events: &[EventId], time: Time) -> usize {
    events.partition_point(|event| store.event(*event).time() < time)
}

/// Number of `events` (in time order) in each of `buckets` equal parts of a time, both ends included.
pub fn density(store: &Store, events: &[EventId], from: Time, to: Time, buckets: usize) -> Vec<usize> {
    let parts = i64::try_from(buckets).unwrap_or(i64::MAX).max(1);
    let length = to.since(from).ticks().max(0).saturating_add(1);
    let edge = |part: i64| {
        let ticks = i128::from(length) * i128::from(part) / i128::from(parts);
        from.plus(Span::from_ticks(i64::try_from(ticks).unwrap_or(i64::MAX)))
    };
    let edges: Vec<usize> = (0..=parts).map(|part| before(store, events, edge(part))).collect();
    edges.windows(2).take(buckets).map(|pair| pair[1].saturating_sub(pair[0])).collect()
}

/// Returns whether a sign-in, call or act failed. Where an export has no result, none did.
pub fn has_failed(store: &Store, row: Event<'_>) -> bool {
    let text = |field| store.text(row.get(field));
    match row.table.spec().success {
        Success::Status => Some(text(Field::ResponseStatusCode))
            .filter(|code| !code.is_empty())
            .is_some_and(|code| !call_succeeded(code)),
        Success::Result => !text(Field::ResultType).is_empty() && !row.succeeded(),
        Success::Act => !row.succeeded(),
    }
}

/// Returns whether a call failed that was refused, or that would have changed something.
pub fn is_attempt(store: &Store, row: Event<'_>) -> bool {
    let text = |field| store.text(row.get(field));
    row.table.role() == Role::Uses
        && has_failed(store, row)
        && (matches!(call_status(text(Field::ResponseStatusCode)), 401 | 403)
            || !text(Field::RequestMethod).eq_ignore_ascii_case("GET"))
}

/// A call in plain words: `searched mail for "invoice"`, `tried (403): listed applications`. `None` for what is no call
/// that the facts know.
pub fn call_words(store: &Store, facts: &Facts, event: EventId, with_object: bool) -> Option<String> {
    let row = store.event(event);
    if row.table.role() != Role::Uses {
        return None;
    }
    let text = |field| store.text(row.get(field));
    let verb = facts.graph_verb(text(Field::RequestMethod), text(Field::RequestUri));
    if !verb.is_known {
        return None;
    }
    let sought = if verb.weight == Weight::Searched { "for " } else { "" };
    let object = verb.object.filter(|_| with_object);
    let object = object.map_or_else(String::new, |object| format!(" {sought}\"{object}\""));
    let tried =
        if has_failed(store, row) { format!("tried ({}): ", text(Field::ResponseStatusCode)) } else { String::new() };
    Some(format!("{tried}{}{object}", verb.action))
}

/// One event in words; `before` is the event of the line above.
pub fn line<'a>(store: &'a Store, facts: &'a Facts, event: EventId, before: Option<EventId>) -> Line<'a> {
    let row = store.event(event);
    let text = |field| store.text(row.get(field));
    let kind = kind(row);
    let failed = has_failed(store, row);
    Line {
        time: row.time(),
        gap: before.map(|before| row.time().since(store.event(before).time())),
        kind,
        what: match row.table.role() {
            Role::Uses => request(store, row),
            Role::Issues => resource(store, facts, row, kind, failed),
            Role::Records => acts::words(store, facts, row, failed),
        },
        client: client_of(store, facts, row),
        address: text(Field::IpAddress),
        asn: text(Field::Asn),
        agent: text(Field::UserAgent),
        actor: acts::actor(store, row, &[]).filter(|_| row.user.is_none()),
        weight: acts::action(store, facts, row).map(|action| action.weight),
        failed,
        token: store.token_number(row),
    }
}

/// Kind of an event's row.
pub fn kind(row: Event<'_>) -> RowKind {
    side_of(row).map_or(row.table.spec().kind, |_| RowKind::DeviceCode)
}

/// `GET 200 /me/messages?$search=…`
fn request(store: &Store, row: Event<'_>) -> String {
    let text = |field| store.text(row.get(field));
    let path = path(text(Field::RequestUri));
    format!("{} {} {path}", text(Field::RequestMethod), text(Field::ResponseStatusCode))
}

/// Words for a run, by one of its events: `GET 200 /users/{id}`, `Exchange Online`, `downloaded a file`.
pub fn run_words(store: &Store, facts: &Facts, event: EventId) -> String {
    let row = store.event(event);
    match row.table.role() {
        Role::Issues => line(store, facts, event, None).what,
        Role::Records if row.succeeded() => acts::verb(store, facts, row).to_owned(),
        Role::Records => format!("tried: {}", acts::verb(store, facts, row)),
        Role::Uses => {
            let text = |field| store.text(row.get(field));
            let shape = request_shape(text(Field::RequestUri));
            format!("{} {} {shape}", text(Field::RequestMethod), text(Field::ResponseStatusCode))
        }
    }
}

/// `Exchange Online`, `device code entered → Azure Resource Manager`, `Microsoft Graph  ✗ 50076`
fn resource(store: &Store, facts: &Facts, row: Event<'_>, kind: RowKind, failed: bool) -> String {
    let name = resource_of(store, facts, row);
    let leg = match kind {
        RowKind::DeviceCode if side_of(row) == Some(Leg::Browser) => "device code entered",
        RowKind::DeviceCode => "device code redeemed",
        RowKind::SignIn => "sign-in",
        RowKind::Token | RowKind::Graph | RowKind::Act | RowKind::Record => "",
    };
    let arrow = if leg.is_empty() || name.is_empty() { "" } else { " → " };
    let result = if failed { format!("  ✗ {}", store.text(row.get(Field::ResultType))) } else { String::new() };
    format!("{leg}{arrow}{name}{result}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Flags, Table};
    use crate::store::testing::Rows;

    fn store() -> Store {
        let user = (Field::UserId, "u1");
        let mut rows = Rows::default();
        rows.row(
            Table::SignIn,
            "2026-05-01T14:00:00Z",
            &[
                user,
                (Field::ResultType, "0"),
                (Field::AuthenticationProtocol, "deviceCode"),
                (Field::ResourceDisplayName, "Microsoft Graph"),
            ],
        );
        rows.row(
            Table::NonInteractive,
            "2026-05-01T14:02:00Z",
            &[user, (Field::ResultType, "50076"), (Field::ResourceDisplayName, "Key Vault"), (Field::AppId, "app")],
        );
        rows.row(
            Table::NonInteractive,
            "2026-05-01T14:02:10Z",
            &[user, (Field::ResultType, "0"), (Field::TokenId, "T=")],
        );
        for token in ["T", "other"] {
            rows.row(
                Table::Graph,
                "2026-05-01T14:03:00Z",
                &[
                    user,
                    (Field::TokenId, token),
                    (Field::RequestMethod, "GET"),
                    (Field::ResponseStatusCode, "200"),
                    (Field::RequestUri, "https://graph.microsoft.com/v1.0/me/messages?$top=5"),
                ],
            );
        }
        rows.build()
    }

    #[test]
    fn each_kind_of_event_says_what_happened() {
        let store = store();
        let events = of_user(&store, store.find("u1").unwrap());
        let lines: Vec<Line> = (0..events.len())
            .map(|at| line(&store, Facts::embedded(), events[at], at.checked_sub(1).map(|above| events[above])))
            .collect();
        let what: Vec<&str> = lines.iter().map(|line| line.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "device code entered → Microsoft Graph",
                "Key Vault  ✗ 50076",
                "",
                "GET 200 /me/messages?$top=5",
                "GET 200 /me/messages?$top=5"
            ]
        );
        assert_eq!(lines[1].gap, Some(Span::minutes(2)));
        assert_eq!((lines[1].failed, lines[1].client), (true, "app"));
        assert_eq!(lines[2..].iter().map(|line| line.token).collect::<Vec<_>>(), [Some(0), Some(0), None]);
    }

    #[test]
    fn calls_have_plain_words_and_a_refusal_is_an_attempt() {
        let mut rows = Rows::default();
        for (method, status, path) in [
            ("GET", "200", "me/messages?$search=%22invoice%22"),
            ("GET", "403", "applications"),
            ("GET", "404", "me/photo/$value"),
            ("POST", "400", "me/mailFolders/inbox/messageRules"),
        ] {
            let uri = format!("https://graph.microsoft.com/v1.0/{path}");
            let fields = [
                (Field::RequestMethod, method),
                (Field::ResponseStatusCode, status),
                (Field::RequestUri, uri.as_str()),
            ];
            rows.row(Table::Graph, "2026-05-01T14:00:00Z", &fields);
        }
        let store = rows.build();
        let words = |id| call_words(&store, Facts::embedded(), EventId(id), true).unwrap_or_default();
        assert_eq!(words(0), "searched mail for \"invoice\"");
        assert!(words(1).starts_with("tried (403): "), "{}", words(1));
        let attempts: Vec<bool> = store.events().map(|(_, row)| is_attempt(&store, row)).collect();
        assert_eq!(attempts, [false, true, false, true]);
    }

    #[test]
    fn acts_say_what_was_done() {
        let mut rows = Rows::default();
        let who = (Field::UserPrincipalName, "ana@contoso.com");
        let rule = [who, (Field::Operation, "New-InboxRule"), (Field::Object, "x"), (Field::Detail, "→ RSS Feeds")];
        rows.row(Table::UnifiedAudit, "2026-05-01T14:00:00Z", &rule).flag(Flags::SUCCESS);
        let seen = [who, (Field::Operation, "ListViewed"), (Field::Outcome, "failure")];
        rows.row(Table::UnifiedAudit, "2026-05-01T14:00:01Z", &seen);
        let device = [(Field::Operation, "Add device"), (Field::AppDisplayName, "Device Registration Service")];
        rows.row(Table::Audit, "2026-05-01T14:00:02Z", &device).flag(Flags::SUCCESS);
        let store = rows.build();
        let lines: Vec<Line> = store.events().map(|(event, _)| line(&store, Facts::embedded(), event, None)).collect();
        let seen: Vec<_> =
            lines.iter().map(|line| (line.what.as_str(), line.actor, line.weight, line.failed)).collect();
        assert_eq!(
            seen,
            [
                ("created inbox rule \"x\" → RSS Feeds", None, Some(2), false),
                ("tried: looked at a list  ✗ failure", None, Some(0), true),
                ("added a device", Some("Device Registration Service"), Some(3), false),
            ]
        );
        let runs: Vec<String> = store.events().map(|(event, _)| run_words(&store, Facts::embedded(), event)).collect();
        assert_eq!(runs, ["created inbox rule", "tried: looked at a list", "added a device"]);
    }

    #[test]
    fn parts_of_a_time_hold_every_event_once() {
        let store = store();
        let events = of_user(&store, store.find("u1").unwrap());
        let (from, to) = store.range().unwrap();
        for buckets in [1, 2, 7, 100] {
            let counts = density(&store, events, from, to, buckets);
            assert_eq!((counts.len(), counts.iter().sum::<usize>()), (buckets, 5));
        }
        assert_eq!(density(&store, events, from, from, 3).iter().sum::<usize>(), 1);
        assert_eq!(between(&store, events, store.event(events[1]).time(), store.event(events[2]).time()), 1..3);
        assert!(between(&store, events, to, from).is_empty(), "a time the wrong way round");
    }
}
