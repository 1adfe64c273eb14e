//! All events of a bundle by time, with interned text and indexes; read-only once built.

mod chunks;
mod compared;
mod device;
mod events;
mod fold;
mod index;
mod intern;
mod networks;
mod query;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod ties;
mod token;

pub use compared::is_blank;
pub use device::{device_id, device_member};
pub use events::{Event, Events};
pub use index::{Index, Key};
pub use intern::Interner;
pub use query::Query;
pub use token::Computed;

use crate::facts::Networks;
use crate::model::{EventId, Field, FieldSet, Flags, Number, Sym, Table, Time, number, work};
use compared::{Folded, Hollow, fold_text, folded};
use foldhash::fast::RandomState;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{Arc, OnceLock};

/// What one reading thread hands over: events whose symbols mean something only with their own texts.
#[derive(Default)]
pub struct Part {
    /// The texts.
    pub texts: Interner,
    /// The events, in any order.
    pub events: Events,
}

/// Stands for the folded form of a text that says something in some fields only; `merge()` keeps it free.
const HOLLOW: Sym = Sym(u32::MAX);

/// Every event of the bundle.
///
/// Events stand in hunt order: event time, ingest time, id, then place in the bundle. Copies of an event are
/// kept and marked ([`Head::is_folded`](crate::model::Head::is_folded)): published semantics count them, hunt semantics do not. What hunt
/// semantics read instead of rows that fill each other's blanks is marked too ([`Head::is_union`](crate::model::Head::is_union)).
pub struct Store {
    events: Events,
    texts: Interner,
    /// Folded form of each symbol: trimmed, lower case; [`Sym::NONE`] when blank, [`HOLLOW`] when some fields
    /// take it for blank.
    folds: Vec<Sym>,
    /// Folded form of each hollow text, and in what way it is hollow.
    hollow: HashMap<Sym, (Sym, Hollow), RandomState>,
    /// Token ids whose comparable form differs from what was written.
    token_folds: HashMap<Sym, Sym>,
    /// The folded UPN of each user key, from the user's last event that has one.
    upns: HashMap<Sym, Sym, RandomState>,
    copies: fold::Copies,
    /// How many of the events are unions of rows.
    unions: u64,
    computed: Computed,
    networks: Option<Arc<Networks>>,
    present: OnceLock<[(u64, FieldSet); Table::COUNT]>,
    indexes: [OnceLock<Index>; Key::COUNT],
    by_name: OnceLock<Vec<(Sym, usize)>>,
}

impl Store {
    /// Builds the store from what the reading threads found. The result does not depend on how the events
    /// were spread over the parts.
    pub fn build(parts: Vec<Part>) -> Self {
        let (texts, mut events) = merge(parts);
        let compared = compared_texts(&events, &texts);
        // Sorting and folding only read the texts: together they take as long as the longer of the two.
        let (folded, padded) = std::thread::scope(|scope| {
            let folded = scope.spawn(|| {
                let all =
                    || compared.iter().zip((0..).map(Sym)).map(|(compared, sym)| (*compared, sym, texts.text(sym)));
                let padded: Vec<Sym> = all().filter(|(.., text)| text.ends_with('=')).map(|(_, sym, _)| sym).collect();
                let folded = all().map(|(compared, sym, text)| (sym, folded(text, compared)));
                // Most texts are their own folded form.
                (folded.filter(|(_, folded)| !matches!(folded, Folded::Same)).collect(), padded)
            });
            let order = order(&events, &texts);
            events.arrange(order);
            folded.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        let mut store = Self {
            events,
            texts,
            folds: Vec::new(),
            hollow: HashMap::default(),
            token_folds: HashMap::new(),
            upns: HashMap::default(),
            copies: fold::Copies::default(),
            unions: 0,
            computed: Computed::default(),
            networks: None,
            present: OnceLock::new(),
            by_name: OnceLock::new(),
            indexes: Default::default(),
        };
        store.fold_texts(folded);
        store.fold_tokens(&padded);
        if store.flag_events().any(Flags::TABLE_GUESSED | Flags::TABLE_BY_NAME) {
            store.take_tables();
        }
        store.fold_copies();
        store.resolve_users();
        store.compute_tokens();
        store
    }

    /// Number of rows, copies included.
    pub fn len(&self) -> usize {
        self.events.len() - usize::try_from(self.unions).expect("a part of the events")
    }

    /// Whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Number of rows that only repeat another.
    pub fn folded(&self) -> u64 {
        self.copies.folded()
    }

    /// The event.
    #[inline]
    pub fn event(&self, id: EventId) -> Event<'_> {
        work::look(1);
        self.events.get(id.0 as usize)
    }

    /// Every event in order, copies and unions included.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = (EventId, Event<'_>)> + Clone {
        work::look(self.events.len());
        let number = |index: usize| EventId(u32::try_from(index).expect("bounded by merge()"));
        (0..self.events.len()).map(move |index| (number(index), self.events.get(index)))
    }

    /// The text of a symbol; empty for [`Sym::NONE`].
    #[inline]
    pub fn text(&self, sym: Sym) -> &str {
        work::look(1);
        self.texts.text(sym)
    }

    /// The text of a field; empty where the record has none.
    pub fn get(&self, id: EventId, field: Field) -> &str {
        self.text(self.event(id)[field])
    }

    /// The symbol of a text that occurs in the bundle (or among folded forms).
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.texts.find(text)
    }

    /// The comparable form of a text whose field is not known: trimmed, Unicode lower case; [`Sym::NONE`] when blank
    /// (missing, white space, a word or mark for nothing, `{PII Removed}` or an all-zero GUID). Long texts that
    /// nothing compares (requests, JSON, scopes, token ids) stand for themselves.
    pub fn fold(&self, sym: Sym) -> Sym {
        work::look(1);
        match self.folds[sym.0 as usize] {
            HOLLOW => {
                self.hollow.get(&sym).filter(|(_, hollow)| hollow.says_somewhere()).map_or(Sym::NONE, |(fold, _)| *fold)
            }
            fold => fold,
        }
    }

    /// The comparable form of an event's field, as [`Self::fold`] has it; but `none` is a value of an enumeration, a
    /// word for nothing is a name where the id beside it says something, and one character again and again is no id.
    #[inline]
    pub fn folded_field(&self, event: Event<'_>, field: Field) -> Sym {
        work::look(1);
        match self.folds[event[field].0 as usize] {
            HOLLOW => self.hollow_field(event, field),
            fold => fold,
        }
    }

    #[cold]
    fn hollow_field(&self, event: Event<'_>, field: Field) -> Sym {
        let id = |of| !self.folded_field(event, of).is_none();
        self.hollow.get(&event[field]).filter(|(_, hollow)| hollow.says(field, id)).map_or(Sym::NONE, |(fold, _)| *fold)
    }

    /// The comparable form of a token id: exact but for trailing `=`; [`Sym::NONE`] when blank.
    pub fn token(&self, sym: Sym) -> Sym {
        match self.folds[sym.0 as usize] {
            Sym::NONE | HOLLOW => Sym::NONE,
            _ => self.token_folds.get(&sym).copied().unwrap_or(sym),
        }
    }

    /// Folded UPN of a user key; the key itself where the bundle knows none.
    pub fn upn(&self, user: Sym) -> &str {
        self.text(self.upns.get(&user).copied().unwrap_or(user))
    }

    /// Every user key with its UPN, sorted by UPN.
    pub fn users(&self) -> Vec<(Sym, &str)> {
        let mut users: Vec<Sym> = self.events.heads().map(|head| head.user).filter(|u| !u.is_none()).collect();
        users.sort_unstable();
        users.dedup();
        let mut users: Vec<_> = users.into_iter().map(|user| (user, self.upn(user))).collect();
        users.sort_by(|a, b| a.1.cmp(b.1).then_with(|| self.text(a.0).cmp(self.text(b.0))));
        users
    }

    /// Every user key that [`Store::counts`] has, by sign-in name, with the number of its events. Sorted on first use.
    pub fn users_by_name(&self) -> &[(Sym, usize)] {
        self.by_name.get_or_init(|| {
            let mut users: Vec<(Sym, usize)> = self.counts(Key::User).collect();
            users.sort_by_cached_key(|(user, _)| (self.upn(*user), self.text(*user)));
            users
        })
    }

    /// Events with this key, in order, copies left out. Built on first use.
    pub fn with(&self, key: Key, sym: Sym) -> &[EventId] {
        self.index(key).get(sym)
    }

    /// What the event holds of a key; [`Sym::NONE`] for nothing.
    pub fn held(&self, key: Key, id: EventId) -> Sym {
        self.index(key).held(self, key, self.event(id))
    }

    /// Every value of a key with the number of events [`Store::with`] gives for it, in no order that matters.
    pub fn counts(&self, key: Key) -> impl Iterator<Item = (Sym, usize)> + '_ {
        self.index(key).counts()
    }

    fn index(&self, key: Key) -> &Index {
        self.indexes[key as usize].get_or_init(|| Index::build(self, key))
    }

    /// Rows of a table, copies included.
    pub fn count(&self, table: Table) -> u64 {
        self.present()[table as usize].0
    }

    /// Whether any row of a table has a value for the field.
    pub fn has(&self, table: Table, field: Field) -> bool {
        self.present()[table as usize].1.contains(field)
    }

    fn present(&self) -> &[(u64, FieldSet); Table::COUNT] {
        self.present.get_or_init(|| {
            let mut present = [(0, FieldSet::default()); Table::COUNT];
            for event in self.events.iter().filter(|event| !event.is_union()) {
                let (count, fields) = &mut present[event.table as usize];
                *count += 1;
                for field in Field::ALL {
                    let computed = field == Field::TokenId && event.flags.has(Flags::TOKEN_COMPUTED);
                    if !computed && !self.folded_field(event, field).is_none() {
                        fields.insert(field);
                    }
                }
            }
            present
        })
    }

    /// First and last event time.
    pub fn range(&self) -> Option<(Time, Time)> {
        self.events.ends().map(|(first, last)| (first.time(), last.time()))
    }

    /// Takes the folded form of each text that is not its own.
    fn fold_texts(&mut self, folded: Vec<(Sym, Folded)>) {
        let mut folds: Vec<Sym> = (0..).map(Sym).take(self.texts.len()).collect();
        let known = folds.len();
        for (sym, folded) in folded {
            folds[sym.0 as usize] = match folded {
                Folded::Blank => Sym::NONE,
                Folded::Same => sym,
                Folded::Other(text) => self.texts.intern(&text),
                Folded::Hollow(text, hollow) => {
                    let fold = if self.texts.text(sym) == text { sym } else { self.texts.intern(&text) };
                    self.hollow.insert(sym, (fold, hollow));
                    HOLLOW
                }
            };
        }
        // A folded form is its own folded form.
        folds.reserve_exact(self.texts.len() - known);
        folds.extend((0..).map(Sym).skip(known).take(self.texts.len() - known));
        self.folds = folds;
    }

    /// Reads the flags of each event; gives those that any of them has.
    fn flag_events(&mut self) -> Flags {
        // The texts of these fields are few, and rows repeat them.
        let mut seen: HashMap<Sym, Flags, RandomState> = HashMap::default();
        let mut last = [(Sym::NONE, Flags::default()); FLAGGED.len()];
        let mut any = Flags::default();
        for at in 0..self.events.len() {
            let event = self.events.get(at);
            let mut found = event.flags;
            for ((field, read), last) in FLAGGED.into_iter().zip(&mut last) {
                let sym = event[field];
                if sym.is_none() {
                    continue;
                }
                if last.0 != sym {
                    *last = (sym, *seen.entry(sym).or_insert_with(|| word_flags(self.texts.text(sym))));
                }
                found.0 |= last.1.0 & read.0;
            }
            self.events.head_mut(at).flags = found;
            any = any | found;
        }
        any
    }

    /// Finds the bare form of each token id among the texts that end in padding.
    fn fold_tokens(&mut self, padded: &[Sym]) {
        if padded.is_empty() {
            return;
        }
        let mut is_token = vec![false; self.texts.len()];
        for event in self.events.iter() {
            is_token[event[Field::TokenId].0 as usize] = true;
        }
        for &sym in padded.iter().filter(|sym| is_token[sym.0 as usize]) {
            let text = self.texts.text(sym).trim_end_matches('=').to_owned();
            // Nothing but padding is blank. A text that other fields hold too keeps the folded form it has.
            let blank = compared::is_no_id(&text);
            let bare = if blank { Sym::NONE } else { self.texts.intern(&text) };
            if bare.0 as usize == self.folds.len() {
                self.folds.push(bare);
            }
            self.token_folds.insert(sym, bare);
        }
    }

    /// The flags of an event that others made.
    fn flags_of(&self, event: Event<'_>) -> Flags {
        let read = |(field, read): (Field, Flags)| word_flags(self.texts.text(event[field])).0 & read.0;
        Flags(FLAGGED.into_iter().map(read).fold(0, |flags, more| flags | more))
    }

    fn resolve_users(&mut self) {
        let ids: HashMap<Sym, Sym, RandomState> = user_ids_by_upn(self, |_| true);
        for index in 0..self.events.len() {
            let user = user_of(self, self.events.get(index), &ids);
            self.events.head_mut(index).user = user;
            let upn = self.folded_field(self.events.get(index), Field::UserPrincipalName);
            if !user.is_none() && !upn.is_none() {
                self.upns.insert(user, upn);
            }
        }
    }
}

/// For each folded UPN the one user id it has in the sign-ins that `keep` admits; [`Sym::NONE`] when it has several.
pub fn user_ids_by_upn<S: BuildHasher + Default>(
    store: &Store,
    keep: impl Fn(Event<'_>) -> bool,
) -> HashMap<Sym, Sym, S> {
    let mut ids = HashMap::default();
    for event in store.events.iter().filter(|e| e.table.issues() && !e.is_folded()) {
        let upn = store.folded_field(event, Field::UserPrincipalName);
        let id = store.folded_field(event, Field::UserId);
        if upn.is_none() || id.is_none() || !keep(event) {
            continue;
        }
        ids.entry(upn)
            .and_modify(|known| {
                if *known != id {
                    *known = Sym::NONE;
                }
            })
            .or_insert(id);
    }
    ids
}

/// The user an event belongs to: its user id, else the one its UPN stands for in `ids`, else the UPN itself.
pub fn user_of(store: &Store, event: Event<'_>, ids: &HashMap<Sym, Sym, impl BuildHasher>) -> Sym {
    let id = store.folded_field(event, Field::UserId);
    if !id.is_none() {
        return id;
    }
    let upn = store.folded_field(event, Field::UserPrincipalName);
    ids.get(&upn).copied().filter(|id| !id.is_none()).unwrap_or(upn)
}

/// Joins the parts under one set of symbols.
fn merge(parts: Vec<Part>) -> (Interner, Events) {
    let mut parts = parts.into_iter();
    let Some(Part { mut texts, mut events }) = parts.next() else { return (Interner::default(), Events::default()) };
    for part in parts {
        let map = texts.absorb(part.texts);
        events.absorb(part.events, &map);
    }
    assert!(u32::try_from(events.len()).is_ok(), "a store holds at most 4,294,967,295 events");
    (texts, events)
}

/// The order in which the events are to stand, by their places now.
fn order(events: &Events, texts: &Interner) -> Vec<u32> {
    // The time stands beside the position: nearly every comparison ends there, without a look at the event.
    let mut order: Vec<(Time, u32)> = (0u32..).zip(events.heads()).map(|(at, event)| (event.time(), at)).collect();
    // Ids are compared folded everywhere, so that a blank one sorts like a missing one here too.
    let id = |event: Event<'_>| {
        let text = texts.text(event[Field::Id]);
        match fold_text(text) {
            Folded::Blank | Folded::Hollow(..) => Cow::Borrowed(""),
            Folded::Same => Cow::Borrowed(text),
            Folded::Other(folded) => Cow::Owned(folded),
        }
    };
    order.sort_unstable_by(|a, b| {
        a.0.cmp(&b.0).then_with(|| {
            let (a, b) = (events.get(a.1 as usize), events.get(b.1 as usize));
            let place = |event: Event<'_>| (event.origin.source, event.origin.record, event.is_union());
            a.ingested.cmp(&b.ingested).then_with(|| id(a).cmp(&id(b))).then_with(|| place(a).cmp(&place(b)))
        })
    });
    order.into_iter().map(|(_, at)| at).collect()
}

/// Which texts stand in a field that is compared folded. The others are long and many: folded, they would take
/// the memory of another copy.
fn compared_texts(events: &Events, texts: &Interner) -> Vec<bool> {
    let fields: Vec<Field> = Field::ALL.into_iter().filter(|field| !NOT_FOLDED.contains(field)).collect();
    let mut compared = vec![false; texts.len()];
    for event in events.iter() {
        for field in &fields {
            compared[event[*field].0 as usize] = true;
        }
    }
    compared
}

/// Fields whose texts are shown and searched but never compared folded; a token id is compared as it is.
const NOT_FOLDED: [Field; 8] = [
    Field::TokenId,
    Field::RequestUri,
    Field::DeviceDetail,
    Field::LocationDetails,
    Field::ProcessingDetails,
    Field::TokenProtection,
    Field::ResultDescription,
    Field::Scopes,
];

/// Which flags each enumerated field may set.
const FLAGGED: [(Field, Flags); 4] = [
    (Field::ResultType, Flags::SUCCESS),
    (Field::AuthenticationProtocol, Flags(Flags::DEVICE_PROTOCOL.0 | Flags::PROTOCOL_WITHHELD.0)),
    (Field::OriginalTransferMethod, Flags(Flags::DEVICE_TRANSFER.0 | Flags::TRANSFER_WITHHELD.0)),
    (Field::IncomingTokenType, Flags(Flags::INCOMING_KNOWN.0 | Flags::INCOMING_NONE.0 | Flags::INCOMING_WITHHELD.0)),
];

/// Returns whether a result is one of success: 0, what a spreadsheet makes of 0, or the word.
pub fn is_success(result: &str) -> bool {
    // "00" and a blank are none: only the one digit is.
    let spread = || result.contains(['.', ',', 'e', 'E']) && number(result) == Number::Whole(0);
    result == "0" || result.eq_ignore_ascii_case("success") || spread()
}

/// What an enumerated value means, whichever field it stands in. Case and spaces do not count.
fn word_flags(text: &str) -> Flags {
    let word: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let mut flags = Flags::default();
    flags.set(Flags::SUCCESS, is_success(&word));
    flags.set(Flags::DEVICE_PROTOCOL, word == "devicecode");
    flags.set(Flags::DEVICE_TRANSFER, word == "devicecodeflow");
    let known = !is_blank(text, Field::IncomingTokenType) && word != "{piiremoved}";
    flags.set(Flags::INCOMING_KNOWN, known);
    flags.set(Flags::INCOMING_NONE, word == "none");
    let withheld = Flags::PROTOCOL_WITHHELD | Flags::TRANSFER_WITHHELD | Flags::INCOMING_WITHHELD;
    flags.set(withheld, word == "unknownfuturevalue");
    flags
}
