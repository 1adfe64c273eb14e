//! Graph calls by user and client, each with the normal form of its request and the form's category.
//!
//! Every distinct address is read once. Nothing here depends on a threshold.

mod habits;
mod uri;

pub use habits::Habits;

use super::Origins;
use super::admitted::Admitted;
use super::grouped::{Grouped, Part};
use super::known::day;
use crate::facts::{Facts, Recon};
use crate::model::{EventId, Field, Flags, Sym, Table, call_status};
use crate::store::{Event, Store};
use crate::tables::Role;
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

/// A client as one user calls with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Client {
    /// The user.
    pub user: Sym,
    /// The client.
    pub app: Sym,
}

/// Address of a request as read: number of its form, and whether it asks the undocumented interface.
type Read = Option<(u32, bool)>;

/// Calls by user and client.
pub struct Calls {
    forms: Vec<Form>,
    by_address: HashMap<(Sym, bool), Read, RandomState>,
    /// By user and client, in time order.
    calls: Grouped<Client, Call>,
    habits: OnceLock<Habits>,
}

impl Calls {
    /// Calls of users that public clients made, but for neutral ones and requests of changes.
    pub(super) fn new<'s>(
        admitted: Admitted<'s>,
        origins: Origins<'s>,
        user: impl Fn(Event<'s>) -> Sym + Sync,
    ) -> Self {
        let Origins { store, facts, places, .. } = origins;
        let parts = store.read_in(Role::Uses, |rows| {
            let mut reader = Reader::new(facts);
            let counts = |event: Event<'_>| {
                matches!(event.table, Table::Graph | Table::AadGraph)
                    && !event.flags.has(Flags::APP_AUTH)
                    && admitted.counts(event)
                    && !store.normalized_field(event, Field::UserId).is_none()
            };
            let calls = rows.filter(|(_, event)| counts(*event)).filter_map(|(id, event)| {
                let user = Some(user(event)).filter(|user| !user.is_none() && !places.place(id).is_neutral)?;
                let call = reader.call(store, id, event)?;
                Some((Client { user, app: store.normalized_field(event, Field::AppId) }, call))
            });
            let calls: Part<Client, Call> = calls.collect();
            (reader, calls)
        });
        let mut reader = Reader::new(facts);
        let parts = parts.into_iter().map(|(part, mut calls)| {
            let forms = reader.absorb(part);
            calls.rows.iter_mut().for_each(|(_, call)| call.form = forms[call.form as usize]);
            calls
        });
        let calls = Grouped::new(parts.collect());
        Self { forms: reader.forms, by_address: reader.by_address, calls, habits: OnceLock::new() }
    }

    /// Calls by user and client, in time order.
    pub fn by_client(&self) -> &Grouped<Client, Call> {
        &self.calls
    }

    /// The form of a call.
    pub fn form(&self, call: Call) -> &Form {
        &self.forms[call.form as usize]
    }

    /// The form of an event.
    pub fn form_of(&self, event: Event<'_>) -> Option<&Form> {
        let read = self.by_address.get(&(event.get(Field::RequestUri), event.table == Table::AadGraph));
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
    /// The status of the row before, and its class.
    status: (Sym, u8),
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
            status: (Sym::NONE, 0),
        }
    }

    /// A row as a call; `None` where its request is none.
    fn call(&mut self, store: &Store, id: EventId, event: Event<'_>) -> Option<Call> {
        let (form, is_internal) = self.read(store, event)?;
        let session = store.normalized_field(event, Field::SessionId);
        let (tie, in_session) =
            if session.is_none() { (store.token(event.get(Field::TokenId)), 0) } else { (session, IN_SESSION) };
        let written = event.get(Field::ResponseStatusCode);
        if written != self.status.0 {
            self.status = (written, u8::try_from(call_status(store.text(written)) / 100).unwrap_or(0));
        }
        let marks = in_session | if is_internal { INTERNAL_ASKED } else { 0 };
        Some(Call { id, form, tie, day: day(event.time()), class: self.status.1, marks })
    }

    /// Takes in what the reader of a later part found; returns its forms' numbers here.
    fn absorb(&mut self, other: Self) -> Vec<u32> {
        let forms: Vec<u32> = other.forms.into_iter().map(|form| self.number(form)).collect();
        let read = |read: Read| read.map(|(form, is_internal)| (forms[form as usize], is_internal));
        self.by_address.extend(other.by_address.into_iter().map(|(address, of)| (address, read(of))));
        forms
    }

    fn number(&mut self, form: Form) -> u32 {
        if let Some(number) = self.known.get(&form.text) {
            return *number;
        }
        let number = u32::try_from(self.forms.len()).expect("no more than events");
        self.known.insert(form.text.clone(), number);
        self.forms.push(form);
        number
    }

    fn read(&mut self, store: &Store, event: Event<'_>) -> Read {
        let older = event.table == Table::AadGraph;
        let key = (event.get(Field::RequestUri), older);
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
        let category = self.recon.category(&self.text);
        self.number(Form {
            text: self.text.clone(),
            category: category.map(|category| category.number),
            technique: category.and_then(|category| category.technique),
            tools: self.tools.get(self.text.as_str()).cloned().unwrap_or_default(),
        })
    }
}
