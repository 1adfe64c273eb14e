//! Graph calls by user and client, each with the normal form of its request and the form's category.
//!
//! Every distinct address is read once. Nothing here depends on a threshold.

mod habits;
mod uri;

pub use habits::Habits;

use super::Origins;
use crate::facts::{Facts, Recon};
use crate::model::{EventId, Field, Flags, Sym, Table, call_status};
use crate::store::{Event, Store};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::ops::Range;
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

/// A call.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The event.
    pub id: EventId,
    /// Number of its form.
    pub form: u32,
    /// Number of its group: user, client and session, else token.
    pub group: u32,
    /// Hundreds of its status.
    pub class: u8,
    /// Whether it asks the undocumented interface.
    pub is_internal: bool,
}

impl Call {
    /// Returns whether it was answered.
    pub fn is_read(self) -> bool {
        self.class == 2
    }

    /// Returns whether it was refused.
    pub fn is_refused(self) -> bool {
        self.class == 4
    }
}

/// A user's calls with one client.
#[derive(Clone, Debug)]
pub struct Client {
    /// The user.
    pub user: Sym,
    /// The client.
    pub app: Sym,
    calls: Range<usize>,
}

/// Address of a request as read: number of its form, and whether it asks the undocumented interface.
type Read = Option<(u32, bool)>;

/// Calls by user and client.
#[derive(Default)]
pub struct Calls {
    forms: Vec<Form>,
    by_address: HashMap<(Sym, bool), Read, RandomState>,
    clients: Vec<Client>,
    calls: Vec<Call>,
    /// Session of each group; [`Sym::NONE`] where it is a token's.
    sessions: Vec<Sym>,
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
        let mut clients: Numbers<(Sym, Sym)> = Numbers::default();
        let mut groups: Numbers<(u32, Sym, Sym)> = Numbers::default();
        let rows_of = |table| usize::try_from(store.count(table)).unwrap_or(0);
        let mut calls: Vec<Call> = Vec::with_capacity(rows_of(Table::Graph) + rows_of(Table::AadGraph));
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
            let client = clients.number((user, store.normalized_field(event, Field::AppId)));
            let session = store.normalized_field(event, Field::SessionId);
            let token = if session.is_none() { store.token(event[Field::TokenId]) } else { Sym::NONE };
            let group = groups.number((client, session, token));
            let written = event[Field::ResponseStatusCode];
            if written != status.0 {
                status = (written, u8::try_from(call_status(store.text(written)) / 100).unwrap_or(0));
            }
            calls.push(Call { id, form, group, class: status.1, is_internal });
        }
        // What told the groups apart takes more than the calls.
        let (groups, clients) = (groups.keys, clients.keys);
        let clients = by_client(&mut calls, clients, |call| groups[call.group as usize].0);
        Self {
            forms: reader.forms,
            by_address: reader.by_address,
            clients,
            calls,
            sessions: groups.into_iter().map(|(_, session, _)| session).collect(),
            habits: OnceLock::new(),
        }
    }

    /// Every user and client.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// Calls of a client, in time order.
    pub fn of(&self, client: &Client) -> &[Call] {
        &self.calls[client.calls.clone()]
    }

    /// The form of a call.
    pub fn form(&self, call: Call) -> &Form {
        &self.forms[call.form as usize]
    }

    /// Session of a group; [`Sym::NONE`] where it has none.
    pub fn session(&self, group: u32) -> Sym {
        self.sessions[group as usize]
    }

    /// The form of an event.
    pub fn form_of(&self, event: Event<'_>) -> Option<&Form> {
        let read = self.by_address.get(&(event[Field::RequestUri], event.table == Table::AadGraph));
        read.copied().flatten().map(|(form, _)| &self.forms[form as usize])
    }

    /// Days on which users called requests of each category.
    pub fn habits(&self, store: &Store) -> &Habits {
        self.habits.get_or_init(|| Habits::new(store, self))
    }
}

/// Brings calls into the order of the numbers of their clients, those of each in order of time. In place: a copy of all
/// calls would be the peak of memory.
fn by_client(calls: &mut [Call], clients: Vec<(Sym, Sym)>, client_of: impl Fn(&Call) -> u32) -> Vec<Client> {
    let mut next = vec![0; clients.len()];
    for call in calls.iter() {
        next[client_of(call) as usize] += 1;
    }
    let mut all = 0;
    for start in &mut next {
        all += std::mem::replace(start, all);
    }
    let ends: Vec<usize> = next.iter().skip(1).copied().chain([all]).collect();
    let starts = next.clone();
    for client in 0..clients.len() {
        while next[client] < ends[client] {
            let at = next[client];
            let place = &mut next[client_of(&calls[at]) as usize];
            calls.swap(at, *place);
            *place += 1;
        }
    }
    let client = |((user, app), (start, end)): ((Sym, Sym), (usize, usize))| {
        calls[start..end].sort_unstable_by_key(|call| call.id);
        Client { user, app, calls: start..end }
    };
    clients.into_iter().zip(starts.into_iter().zip(ends)).map(client).collect()
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

/// Numbers of keys in order of appearance.
struct Numbers<K> {
    known: HashMap<K, u32, RandomState>,
    keys: Vec<K>,
    last: Option<(K, u32)>,
}

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Self { known: HashMap::default(), keys: Vec::new(), last: None }
    }
}

impl<K: Copy + Eq + std::hash::Hash> Numbers<K> {
    fn number(&mut self, key: K) -> u32 {
        if let Some((last, number)) = self.last
            && last == key
        {
            return number;
        }
        let next = u32::try_from(self.keys.len()).expect("no more than events");
        let number = *self.known.entry(key).or_insert(next);
        if number == next {
            self.keys.push(key);
        }
        self.last = Some((key, number));
        number
    }
}
