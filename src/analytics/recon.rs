//! Graph calls by user and client, each with the normal form of its request and the form's category.
//!
//! Every distinct address is read once. Nothing here depends on a threshold.

mod habits;
mod uri;

pub use habits::Habits;

use super::Origins;
use super::known::day;
use crate::facts::{Facts, Recon};
use crate::model::{EventId, Field, Flags, Sym, Table, call_status};
use crate::store::{Event, Store};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Mark of the undocumented interface of Azure AD Graph that sweeps ask.
const INTERNAL: &str = "1.61-internal";

/// Normal form of a request.
#[derive(Debug)]
pub struct Form {
    /// The form.
    pub text: String,
    /// Number of its category.
    pub category: Option<u8>,
    /// Technique of reading it.
    pub technique: Option<&'static str>,
    /// Tools that make the request: number of the tool, and of the request among its own.
    pub tools: Vec<(usize, usize)>,
}

/// Calls that belong together: those of a session; of a token, where a call names no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// A session.
    Session(Sym),
    /// A token, or [`Sym::NONE`].
    Token(Sym),
}

impl Group {
    /// Its session; [`Sym::NONE`] where it has none.
    pub fn session(self) -> Sym {
        match self {
            Self::Session(session) => session,
            Self::Token(_) => Sym::NONE,
        }
    }
}

/// A call: sixteen bytes, of which there may be millions.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The event.
    pub id: EventId,
    /// Number of its form.
    pub form: u32,
    /// Session or token.
    tie: Sym,
    day: u16,
    /// Hundreds of its status.
    class: u8,
    marks: u8,
}

const IN_SESSION: u8 = 1;
const INTERNAL_ASKED: u8 = 2;

impl Call {
    /// Returns whether it was answered.
    pub fn is_read(self) -> bool {
        self.class == 2
    }

    /// Returns whether it was refused.
    pub fn is_refused(self) -> bool {
        self.class == 4
    }

    /// Returns whether it asks the undocumented interface.
    pub fn is_internal(self) -> bool {
        self.marks & INTERNAL_ASKED != 0
    }

    /// Calls of its client that it belongs to.
    pub fn group(self) -> Group {
        if self.marks & IN_SESSION == 0 { Group::Token(self.tie) } else { Group::Session(self.tie) }
    }
}

/// A user's calls with one client.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// The user.
    pub user: Sym,
    /// The client.
    pub app: Sym,
    /// Place of the first of its calls; the next client's begin where they end.
    start: u32,
}

/// Address of a request as read: number of its form, and whether it asks the undocumented interface.
type Read = Option<(u32, bool)>;

/// Calls by user and client.
#[derive(Default)]
pub struct Calls {
    forms: Vec<Form>,
    by_address: HashMap<(Sym, bool), Read, RandomState>,
    /// By user and client.
    clients: Vec<Client>,
    /// By user and client, in time order.
    calls: Vec<Call>,
    habits: OnceLock<Habits>,
}

impl Calls {
    /// Calls of users that public clients made, but for neutral ones and requests of changes.
    pub(super) fn new<'s>(
        origins: Origins<'s>,
        rows: impl Iterator<Item = (EventId, Event<'s>)>,
        user: impl Fn(Event<'s>) -> Sym,
    ) -> Self {
        let Origins { store, facts, places, .. } = origins;
        let mut reader = Reader::new(facts);
        // Sorted, not hashed: users have as many clients as they like, and each look-up of a million would miss every cache.
        let mut found: Vec<(Sym, Sym, Call)> = Vec::new();
        let mut status = (Sym::NONE, 0);
        for (id, event) in rows {
            if !matches!(event.table, Table::Graph | Table::AadGraph) || event.flags.has(Flags::APP_AUTH) {
                continue;
            }
            let user = user(event);
            if user.is_none() || places.place(id).is_neutral || store.normalized_field(event, Field::UserId).is_none() {
                continue;
            }
            let Some((form, is_internal)) = reader.read(store, event) else { continue };
            let session = store.normalized_field(event, Field::SessionId);
            let (tie, in_session) =
                if session.is_none() { (store.token(event[Field::TokenId]), 0) } else { (session, IN_SESSION) };
            let written = event[Field::ResponseStatusCode];
            if written != status.0 {
                status = (written, u8::try_from(call_status(store.text(written)) / 100).unwrap_or(0));
            }
            let marks = in_session | if is_internal { INTERNAL_ASKED } else { 0 };
            let call = Call { id, form, tie, day: day(event.time()), class: status.1, marks };
            found.push((user, store.normalized_field(event, Field::AppId), call));
        }
        found.sort_unstable_by_key(|(user, app, call)| (*user, *app, call.id));
        let mut clients: Vec<Client> = Vec::new();
        for (start, (user, app, _)) in (0..).zip(&found) {
            if clients.last().is_none_or(|last| (last.user, last.app) != (*user, *app)) {
                clients.push(Client { user: *user, app: *app, start });
            }
        }
        clients.shrink_to_fit();
        // In the place of what was sorted, whose room would stay.
        let mut calls: Vec<Call> = found.into_iter().map(|(.., call)| call).collect();
        calls.shrink_to_fit();
        Self { forms: reader.forms, by_address: reader.by_address, clients, calls, habits: OnceLock::new() }
    }

    /// Every user and client with its calls, which are in time order.
    pub fn clients(&self) -> impl Iterator<Item = (&Client, &[Call])> {
        let ends = self.clients.iter().skip(1).map(|next| next.start as usize).chain([self.calls.len()]);
        self.clients.iter().zip(ends).map(|(client, end)| (client, &self.calls[client.start as usize..end]))
    }

    /// The form of a call.
    pub fn form(&self, call: Call) -> &Form {
        &self.forms[call.form as usize]
    }

    /// The form of an event.
    pub fn form_of(&self, event: Event<'_>) -> Option<&Form> {
        let read = self.by_address.get(&(event[Field::RequestUri], event.table == Table::AadGraph));
        read.copied().flatten().map(|(form, _)| &self.forms[form as usize])
    }

    /// Days on which users called requests of each category.
    pub fn habits(&self) -> &Habits {
        self.habits.get_or_init(|| Habits::new(self))
    }
}

/// Reads addresses, each once.
struct Reader<'f> {
    recon: &'f Recon,
    forms: Vec<Form>,
    known: HashMap<String, u32, RandomState>,
    by_address: HashMap<(Sym, bool), Read, RandomState>,
    tools: HashMap<&'f str, Vec<(usize, usize)>, RandomState>,
    text: String,
}

impl<'f> Reader<'f> {
    fn new(facts: &'f Facts) -> Self {
        let recon = facts.recon();
        let mut tools: HashMap<&str, Vec<(usize, usize)>, RandomState> = HashMap::default();
        for (number, tool) in recon.tools().iter().enumerate() {
            for (at, endpoint) in tool.endpoints.iter().enumerate() {
                tools.entry(endpoint).or_default().push((number, at));
            }
        }
        Self {
            recon,
            forms: Vec::new(),
            known: HashMap::default(),
            by_address: HashMap::default(),
            tools,
            text: String::new(),
        }
    }

    fn read(&mut self, store: &Store, event: Event<'_>) -> Read {
        let older = event.table == Table::AadGraph;
        let key = (event[Field::RequestUri], older);
        if let Some(read) = self.by_address.get(&key) {
            return *read;
        }
        let address = store.text(key.0);
        let is_call = uri::normal(address, older, &mut self.text);
        let read = is_call.then(|| {
            let number = self.known.get(&self.text).copied().unwrap_or_else(|| self.add());
            (number, older && address.to_ascii_lowercase().contains(INTERNAL))
        });
        self.by_address.insert(key, read);
        read
    }

    fn add(&mut self) -> u32 {
        let number = u32::try_from(self.forms.len()).expect("no more than events");
        let category = self.recon.category(&self.text);
        self.forms.push(Form {
            text: self.text.clone(),
            category: category.map(|category| category.number),
            technique: category.and_then(|category| category.technique),
            tools: self.tools.get(self.text.as_str()).cloned().unwrap_or_default(),
        });
        self.known.insert(self.text.clone(), number);
        number
    }
}
