//! All events of a bundle by time, with interned text and indexes; read-only once built.

mod acted_upon;
mod blocks;
mod chunks;
mod device;
mod devices;
mod duplicates;
mod events;
mod forms;
mod given;
mod index;
mod intern;
mod merges;
mod networks;
mod normalize;
mod query;
mod roles;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod ties;
mod token;

pub use device::{device_id, device_member};
pub use events::{Event, Events};
pub use index::{Index, Key};
pub use intern::{GUID_LEN, Interner, TextKey};
pub use normalize::is_blank;
pub use query::Query;
pub use token::Computed;

use crate::facts::Networks;
use crate::model::{Elsewhere, EventId, Field, Flags, Number, Sym, Table, Time, number, threads, work};
use crate::tables::Role;
use foldhash::fast::RandomState;
use forms::{Changed, Forms, compared_texts};
use normalize::{Normalized, normalize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Events of one reading thread, with the texts their symbols refer to.
#[derive(Default)]
pub struct Part {
    /// The texts.
    pub texts: Interner,
    /// The events, in any order.
    pub events: Events,
    /// Rows of results of other engines.
    pub elsewhere: Vec<Elsewhere>,
}

/// Characters of an id that tell a user from another of the same sign-in name.
const ID_PART: usize = 8;

/// Every event of the bundle.
///
/// Events are in hunt order: event time, ingest time, id, then place in the bundle. The store keeps the duplicates of
/// an event and marks them ([`EventHead::is_duplicate`](crate::model::EventHead::is_duplicate)): published semantics
/// count them, hunt semantics do not. Where the rows of an event fill each other's blanks, hunt semantics read an event
/// made of all of them ([`EventHead::is_union`](crate::model::EventHead::is_union)).
pub struct Store {
    events: Events,
    texts: Interner,
    forms: Forms,
    /// The normalized UPN of each user key, from the user's last event that has one.
    upns: HashMap<Sym, Sym, RandomState>,
    /// User keys of each normalized UPN that several have.
    namesakes: HashMap<Sym, Vec<Sym>, RandomState>,
    duplicates: duplicates::Duplicates,
    /// Number of events that are unions of rows.
    unions: u64,
    computed: Computed,
    networks: Option<Arc<Networks>>,
    acted_upon: acted_upon::ActedUpon,
    /// Number of rows of each table.
    counts: OnceLock<[u64; Table::COUNT]>,
    /// By table and field: whether any row has a value.
    present: [[OnceLock<bool>; Field::COUNT]; Table::COUNT],
    by_role: OnceLock<[Vec<u64>; Role::COUNT]>,
    indexes: [OnceLock<Index>; Key::COUNT],
    devices: OnceLock<devices::Devices>,
    by_name: OnceLock<Vec<(Sym, usize)>>,
    token_numbers: OnceLock<ties::TokenNumbers>,
    empty_text: OnceLock<Sym>,
    /// Names of logons, where the bundle has them.
    logons: OnceLock<[Option<Sym>; 2]>,
    elsewhere: Vec<Elsewhere>,
}

impl Store {
    /// Builds the store from the parts of the reading threads. Does not depend on which part holds which event.
    pub fn build(mut parts: Vec<Part>) -> Self {
        let elsewhere = parts.iter_mut().flat_map(|part| std::mem::take(&mut part.elsewhere));
        let mut elsewhere: Vec<Elsewhere> = elsewhere.collect();
        elsewhere.sort_by_key(|row| (row.origin.source, row.origin.record));
        let (mut texts, mut events) = merge(parts);
        let compared = compared_texts(&events, &texts);
        // Sorting and normalizing only read the texts: together they take as long as the longer of the two.
        let ((), changed) = threads::both(
            || {
                let order = order(&events, &texts);
                events.arrange(order);
            },
            || Changed::read(&texts, &compared),
        );
        drop(compared);
        let forms = Forms::new(changed, &mut texts, &events);
        let mut store = Self {
            events,
            texts,
            forms,
            upns: HashMap::default(),
            namesakes: HashMap::default(),
            duplicates: duplicates::Duplicates::default(),
            unions: 0,
            computed: Computed::default(),
            networks: None,
            acted_upon: acted_upon::ActedUpon::default(),
            counts: OnceLock::new(),
            present: [const { [const { OnceLock::new() }; Field::COUNT] }; Table::COUNT],
            by_role: OnceLock::new(),
            by_name: OnceLock::new(),
            token_numbers: OnceLock::new(),
            empty_text: OnceLock::new(),
            logons: OnceLock::new(),
            elsewhere,
            indexes: Default::default(),
            devices: OnceLock::new(),
        };
        let flags = store.flag_events();
        if flags.any(Flags::TABLE_GUESSED | Flags::TABLE_BY_NAME) {
            store.take_tables();
        }
        store.mark_duplicates();
        store.resolve_users();
        if flags.has(Flags::TYPED_BY_ENDPOINT) {
            store.mark_given();
        }
        store.compute_tokens();
        store
    }

    /// Number of rows, duplicates included.
    pub fn len(&self) -> usize {
        self.events.len() - usize::try_from(self.unions).expect("a part of the events")
    }

    /// Returns whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Number of duplicate rows: those of an event but for the row that represents it.
    pub fn duplicates(&self) -> u64 {
        self.duplicates.count()
    }

    /// The event.
    #[inline]
    pub fn event(&self, id: EventId) -> Event<'_> {
        work::look(1);
        self.events.get(id.0 as usize)
    }

    /// Every event in order, duplicates and unions included.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = (EventId, Event<'_>)> + Clone {
        self.events_in(0..self.events.len())
    }

    /// Number of [`Store::events`].
    pub fn event_count(&self) -> usize {
        self.events.len()
    }

    /// Part of [`Store::events`], by their places.
    pub fn events_in(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = (EventId, Event<'_>)> + Clone {
        work::look(range.len());
        let number = |index: usize| EventId(u32::try_from(index).expect("bounded by merge()"));
        range.map(move |index| (number(index), self.events.get(index)))
    }

    /// The text of a symbol; empty for [`Sym::NONE`].
    #[inline]
    pub fn text(&self, sym: Sym) -> &str {
        work::look(1);
        self.texts.text(sym)
    }

    /// The text of a symbol as it is compared, for what reads many rows: it keeps no text of a GUID.
    #[inline]
    pub fn key(&self, sym: Sym) -> TextKey<'_> {
        work::look(1);
        self.texts.key(sym)
    }

    /// The text of a field; empty where the record has none.
    pub fn get(&self, id: EventId, field: Field) -> &str {
        self.text(self.event(id).get(field))
    }

    /// The symbol of an empty text, which a record may hold; [`Sym::NONE`] where none does.
    pub fn empty_text(&self) -> Sym {
        *self.empty_text.get_or_init(|| self.texts.find("").unwrap_or(Sym::NONE))
    }

    /// Number of symbols: each is below it.
    pub fn symbols(&self) -> usize {
        self.texts.len()
    }

    /// Gives back the memory that only a store under construction needs.
    pub fn settle(&mut self) {
        self.texts.settle();
        self.events.settle();
    }

    /// The symbol of a text of the bundle or of a normalized form.
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.texts.find(text)
    }

    /// Normalized UPN of a user key; the key itself where the bundle knows none.
    pub fn upn(&self, user: Sym) -> &str {
        self.text(self.upns.get(&user).copied().unwrap_or(user))
    }

    /// The sign-in name as shown: where several users have it, with the beginning of the user's own id.
    pub fn who(&self, user: Sym) -> Cow<'_, str> {
        self.who_as(user, self.upn(user))
    }

    /// [`Self::who`] with the name in another form, such as without its domain.
    pub fn who_as<'t>(&'t self, user: Sym, name: &'t str) -> Cow<'t, str> {
        self.namesake(user).map_or(Cow::Borrowed(name), |id| Cow::Owned(format!("{name} [{id}]")))
    }

    /// Text that tells a user from another of the same sign-in name: the beginning of the id. `None` where the name does.
    pub fn namesake(&self, user: Sym) -> Option<&str> {
        let upn = self.upns.get(&user)?;
        let users = self.namesakes.get(upn)?;
        // A row that names no id may be any of theirs.
        if *upn == user {
            return Some("no id");
        }
        let id = self.text(user);
        let part = id.get(..ID_PART).unwrap_or(id);
        let is_shared = users.iter().any(|other| *other != user && self.text(*other).starts_with(part));
        Some(if is_shared { id } else { part })
    }

    /// Every user key with its UPN, sorted by UPN; users who were only acted upon too.
    pub fn users(&self) -> Vec<(Sym, &str)> {
        let mut users: Vec<Sym> = self.events.heads().map(|head| head.user).filter(|u| !u.is_none()).collect();
        users.extend(self.all_acted_upon().map(|(_, user)| user));
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
            let id = |user| self.key(user).read(&mut [0; GUID_LEN]).to_owned();
            users.sort_by_cached_key(|(user, _)| (self.upn(*user), id(*user)));
            users
        })
    }

    /// Events with this key, in order, duplicates left out. Built on first use.
    pub fn with(&self, key: Key, sym: Sym) -> &[EventId] {
        self.index(key).get(sym)
    }

    /// The event's value of a key; [`Sym::NONE`] when it has none.
    pub fn value(&self, key: Key, id: EventId) -> Sym {
        index::value_of(self, key, self.event(id))
    }

    /// Every value of a key with the number of events that [`Store::with`] gives for it, in no particular order.
    pub fn counts(&self, key: Key) -> impl Iterator<Item = (Sym, usize)> + '_ {
        self.index(key).counts()
    }

    /// Every value of a key with the events that [`Store::with`] gives for it, in no particular order.
    pub fn groups(&self, key: Key) -> impl Iterator<Item = (Sym, &[EventId])> + '_ {
        self.index(key).groups()
    }

    fn index(&self, key: Key) -> &Index {
        self.indexes[key as usize].get_or_init(|| Index::build(self, key))
    }

    /// Number of rows of a table, duplicates included.
    pub fn count(&self, table: Table) -> u64 {
        let count = || {
            let mut counts = [0; Table::COUNT];
            self.events.heads().filter(|head| !head.is_union()).for_each(|head| counts[head.table as usize] += 1);
            counts
        };
        self.counts.get_or_init(count)[table as usize]
    }

    /// Returns whether any row of a table has a value in the field. Looked up on first use.
    pub fn has(&self, table: Table, field: Field) -> bool {
        let is_there = |event: Event<'_>| {
            let is_computed = field == Field::TokenId && event.flags.has(Flags::TOKEN_COMPUTED);
            event.table == table && !event.is_union() && !is_computed && !self.normalized_field(event, field).is_none()
        };
        // Most fields are seen in the first rows, and most others in none.
        let look = || self.count(table) > 0 && self.events.has_text(table, field) && self.events.iter().any(is_there);
        *self.present[table as usize][field as usize].get_or_init(look)
    }

    /// Rows of results that queries gave in other engines, in order of source and record.
    pub fn elsewhere(&self) -> &[Elsewhere] {
        &self.elsewhere
    }

    /// First and last event time.
    pub fn range(&self) -> Option<(Time, Time)> {
        self.events.ends().map(|(first, last)| (first.time(), last.time()))
    }

    /// Sets the flags of each event; returns those that any of them has.
    fn flag_events(&mut self) -> Flags {
        let mut found = vec![Flags::default(); self.events.len()];
        threads::fill(&mut found, |start, flags| self.read_flags(start, flags));
        let mut any = Flags::default();
        for (at, flags) in found.into_iter().enumerate() {
            self.events.head_mut(at).flags = flags;
            any = any | flags;
        }
        any
    }

    /// Reads the flags of the events from a place on, with those that their texts set.
    fn read_flags(&self, start: usize, flags: &mut [Flags]) {
        // The texts of these fields are few, and rows repeat them.
        let mut seen: HashMap<Sym, Flags, RandomState> = HashMap::default();
        let mut last = [(Sym::NONE, Flags::default()); FLAGGED.len()];
        for (at, flags) in (start..).zip(flags) {
            let event = self.events.get(at);
            let mut found = event.flags;
            for ((field, read), last) in FLAGGED.into_iter().zip(&mut last) {
                let sym = event.get(field);
                if sym.is_none() {
                    continue;
                }
                if last.0 != sym {
                    *last = (sym, *seen.entry(sym).or_insert_with(|| word_flags(self.texts.text(sym))));
                }
                found.0 |= last.1.0 & read.0;
            }
            *flags = found;
        }
    }

    /// The flags of a union, from the texts it took.
    fn flags_of(&self, event: Event<'_>) -> Flags {
        let read = |(field, read): (Field, Flags)| word_flags(self.texts.text(event.get(field))).0 & read.0;
        Flags(FLAGGED.into_iter().map(read).fold(0, |flags, more| flags | more))
    }

    fn resolve_users(&mut self) {
        let ids: HashMap<Sym, Sym, RandomState> = user_ids_by_upn(self, |_| true);
        let mut users = vec![Sym::NONE; self.events.len()];
        let upns = threads::fill(&mut users, |start, users| {
            let mut upns: HashMap<Sym, Sym, RandomState> = HashMap::default();
            for (at, user) in (start..).zip(users) {
                let event = self.events.get(at);
                *user = user_of(self, event, &ids);
                let upn = self.normalized_field(event, Field::UserPrincipalName);
                if !user.is_none() && !upn.is_none() {
                    upns.insert(*user, upn);
                }
            }
            upns
        });
        for (at, user) in users.into_iter().enumerate() {
            self.events.head_mut(at).user = user;
        }
        // Parts are in order: the name of a later one counts.
        for upns in upns {
            self.upns.extend(upns);
        }
        self.resolve_acted_upon(&ids);
        for (user, upn) in &self.upns {
            self.namesakes.entry(*upn).or_default().push(*user);
        }
        self.namesakes.retain(|_, users| users.len() > 1);
    }
}

/// The user id of each normalized UPN in the sign-ins that `keep` admits; [`Sym::NONE`] for one that has several.
pub fn user_ids_by_upn<S: BuildHasher + Default>(
    store: &Store,
    keep: impl Fn(Event<'_>) -> bool,
) -> HashMap<Sym, Sym, S> {
    let mut ids = HashMap::default();
    for event in store.events.iter().filter(|e| e.table.issues() && !e.is_duplicate()) {
        let upn = store.normalized_field(event, Field::UserPrincipalName);
        let id = store.normalized_field(event, Field::UserId);
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

/// The user an event belongs to: its user id, else the id of its UPN in `ids`, else the UPN itself.
pub fn user_of(store: &Store, event: Event<'_>, ids: &HashMap<Sym, Sym, impl BuildHasher>) -> Sym {
    let id = store.normalized_field(event, Field::UserId);
    if !id.is_none() {
        return id;
    }
    let upn = store.normalized_field(event, Field::UserPrincipalName);
    ids.get(&upn).copied().filter(|id| !id.is_none()).unwrap_or(upn)
}

/// Joins the parts under one set of symbols.
fn merge(parts: Vec<Part>) -> (Interner, Events) {
    let mut parts = parts.into_iter();
    let Some(Part { mut texts, mut events, .. }) = parts.next() else {
        return (Interner::default(), Events::default());
    };
    for part in parts {
        let map = texts.absorb(part.texts);
        events.absorb(part.events, &map);
    }
    assert!(u32::try_from(events.len()).is_ok(), "a store holds at most 4,294,967,295 events");
    (texts, events)
}

/// The hunt order of the events, as their present places.
fn order(events: &Events, texts: &Interner) -> Vec<u32> {
    // The time stands beside the position: nearly every comparison ends there, without a look at the event.
    let mut order: Vec<(Time, u32)> = Vec::with_capacity(events.len());
    order.extend((0u32..).zip(events.heads()).map(|(at, event)| (event.time(), at)));
    // Ids are compared normalized everywhere, so that a blank one sorts like a missing one here too.
    let id = |event: Event<'_>| {
        let text = match texts.key(event.get(Field::Id)) {
            TextKey::Text(text) => text,
            id @ TextKey::Id(_) => return Cow::Owned(id.read(&mut [0; GUID_LEN]).to_owned()),
        };
        match normalize(text) {
            Normalized::Blank | Normalized::Placeholder(..) => Cow::Borrowed(""),
            Normalized::Same => Cow::Borrowed(text),
            Normalized::Other(normalized) => Cow::Owned(normalized),
        }
    };
    threads::sort(&mut order);
    // Audit logs write whole seconds, so that many events have one time: the id of each is normalized once.
    for same in order.chunk_by_mut(|(a, _), (b, _)| a == b).filter(|same| same.len() > 1) {
        let key = |at: u32| {
            let event = events.get(at as usize);
            let place = (event.origin.source, event.origin.record, event.is_union());
            (event.ingested, id(event), place, at)
        };
        let mut keys: Vec<_> = same.iter().map(|(_, at)| key(*at)).collect();
        keys.sort_unstable();
        for ((_, place), (.., at)) in same.iter_mut().zip(keys) {
            *place = at;
        }
    }
    order.into_iter().map(|(_, at)| at).collect()
}

const PROTOCOLS: Flags = Flags(Flags::DEVICE_PROTOCOL.0 | Flags::MOVED_PROTOCOL.0 | Flags::PROTOCOL_WITHHELD.0);
const TRANSFERS: Flags = Flags(Flags::DEVICE_TRANSFER.0 | Flags::MOVED_TRANSFER.0 | Flags::TRANSFER_WITHHELD.0);
const INCOMING: Flags = Flags(
    Flags::INCOMING_KNOWN.0
        | Flags::INCOMING_NONE.0
        | Flags::INCOMING_WITHHELD.0
        | Flags::INCOMING_REFRESH.0
        | Flags::INCOMING_PRIMARY.0,
);

/// Enumerated fields and the flags that each may set.
const FLAGGED: [(Field, Flags); 4] = [
    (Field::ResultType, Flags::SUCCESS),
    (Field::AuthenticationProtocol, PROTOCOLS),
    (Field::OriginalTransferMethod, TRANSFERS),
    (Field::IncomingTokenType, INCOMING),
];

/// Returns whether a result code means success: 0, 0 as a spreadsheet writes it, or the word.
pub fn is_success(result: &str) -> bool {
    // "00" and a blank are none: only the one digit is.
    let spread = || result.contains(['.', ',', 'e', 'E']) && number(result) == Number::Whole(0);
    result == "0" || result.eq_ignore_ascii_case("success") || spread()
}

/// The flags of an enumerated value, in any field. Ignores case and spaces.
fn word_flags(text: &str) -> Flags {
    let word: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let mut flags = Flags::default();
    flags.set(Flags::SUCCESS, is_success(&word));
    flags.set(Flags::DEVICE_PROTOCOL, word == "devicecode");
    flags.set(Flags::DEVICE_TRANSFER, word == "devicecodeflow");
    flags.set(Flags::MOVED_PROTOCOL | Flags::MOVED_TRANSFER, word == "authenticationtransfer");
    flags.set(Flags::INCOMING_REFRESH, word.split(',').any(|word| word == "refreshtoken"));
    flags.set(Flags::INCOMING_PRIMARY, word.split(',').any(|word| word == "primaryrefreshtoken"));
    let known = !is_blank(text, Field::IncomingTokenType) && word != "{piiremoved}";
    flags.set(Flags::INCOMING_KNOWN, known);
    flags.set(Flags::INCOMING_NONE, word == "none");
    let withheld = Flags::PROTOCOL_WITHHELD | Flags::TRANSFER_WITHHELD | Flags::INCOMING_WITHHELD;
    flags.set(withheld, word == "unknownfuturevalue");
    flags
}

#[cfg(test)]
mod tests {
    use super::testing::Rows;
    use super::*;

    /// As many rows as make several parts where tests run.
    const ROWS: usize = 300;

    #[test]
    fn what_is_found_in_parts_is_that_of_all_rows() {
        let mut rows = Rows::default();
        for at in 0..ROWS {
            let time = format!("2026-05-01T{:02}:{:02}:00Z", at / 60, at % 60);
            // Renamed in the last part; every third sign-in names no id, every fifth failed.
            let (upn, result) =
                (if at < ROWS - 9 { "ana@c" } else { "ana.b@c" }, if at % 5 == 0 { "50126" } else { "0" });
            let mut fields = vec![(Field::UserPrincipalName, upn), (Field::ResultType, result)];
            if at % 3 > 0 {
                fields.push((Field::UserId, "u"));
            }
            rows.row(Table::SignIn, &time, &fields);
        }
        let store = rows.build();
        let user = store.find("u").unwrap();
        assert_eq!((store.upn(user), store.with(Key::User, user).len()), ("ana.b@c", ROWS));
        assert!(store.events().all(|(id, event)| event.succeeded() != (id.0 % 5 == 0)));
        let has = |table, field| store.has(table, field);
        assert!(has(Table::SignIn, Field::UserId) && !has(Table::SignIn, Field::Asn));
        assert!(!has(Table::NonInteractive, Field::UserId), "a table with the same fields");
        assert_eq!([Table::SignIn, Table::NonInteractive].map(|table| store.count(table)), [ROWS as u64, 0]);
    }
}
