//! A user's tokens in order, one line an event, in words.

use crate::facts::Facts;
use crate::model::{EventId, Span, Sym, Time};
use crate::store::{Key, Store};

/// What kind of line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Device-code sign-in, either leg.
    DeviceCode,
    /// Interactive sign-in.
    SignIn,
    /// A token obtained without a prompt.
    Token,
    /// A Graph call.
    Graph,
}

/// One event in words. Text is as logged: make it inert before drawing.
pub struct Line<'a> {
    /// The event.
    pub event: EventId,
    /// When.
    pub time: Time,
    /// Since the line before, if there is one.
    pub gap: Option<Span>,
    /// Which kind.
    pub kind: Kind,
    /// Resource or request, result included when it is not success: `Exchange Online`, `GET 200 /me/messages`.
    pub what: String,
    /// Client name.
    pub client: &'a str,
    /// Caller address.
    pub address: &'a str,
    /// Whether it failed.
    pub failed: bool,
}

/// The user's events in time order, copies left out.
pub fn of_user(store: &Store, user: Sym) -> &[EventId] {
    store.with(Key::User, user)
}

/// One event in words; `before` is the event of the line above.
pub fn line<'a>(store: &'a Store, facts: &Facts, event: EventId, before: Option<EventId>) -> Line<'a> {
    use crate::model::{Field, Flags, Table};
    let row = store.event(event);
    let device = row.flags.has(Flags::DEVICE_PROTOCOL)
        || (row.flags.has(Flags::DEVICE_TRANSFER)
            && (!row.flags.has(Flags::INCOMING_KNOWN) || row.flags.has(Flags::INCOMING_NONE)));
    let kind = match row.table {
        Table::Graph => Kind::Graph,
        _ if device => Kind::DeviceCode,
        Table::SignIn => Kind::SignIn,
        Table::NonInteractive => Kind::Token,
    };
    let text = |field| store.text(row[field]);
    let (what, failed) = if kind == Kind::Graph {
        let status = text(Field::ResponseStatusCode);
        let path = text(Field::RequestUri).trim_start_matches("https://graph.microsoft.com");
        (format!("{} {status} {path}", text(Field::RequestMethod)), !status.starts_with('2'))
    } else {
        let folded = store.text(store.fold(row[Field::ResourceIdentity]));
        let name = facts.resource(folded).map_or(text(Field::ResourceDisplayName), |resource| &resource.name);
        let failed = !row.succeeded();
        let result = if failed { format!("  ✗ {}", text(Field::ResultType)) } else { String::new() };
        (format!("{name}{result}"), failed)
    };
    Line {
        event,
        time: row.time(),
        gap: before.map(|before| row.time().since(store.event(before).time())),
        kind,
        what,
        client: text(Field::AppDisplayName),
        address: text(Field::IpAddress),
        failed,
    }
}
