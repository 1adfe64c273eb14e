//! Events that came as several rows: the row that represents each, and the values the others add.
//!
//! The rows do not change: published semantics count them. Where the duplicates have values that the representing row
//! lacks, the store adds an event with all of them ([`Flags::UNION`]), and hunt semantics read that one.

use super::{Event, Store, order};
use crate::model::{EventId, Field, Flags, Kept, SourceId, Table, Time};
use foldhash::fast::RandomState;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

/// Number of no event; `merge()` keeps it free.
const NO_EVENT: u32 = u32::MAX;

/// Events that came as several rows, and rows that took the table of a duplicate.
#[derive(Default)]
pub(super) struct Duplicates {
    /// Event and row, in event order; the rows of each event best first.
    pairs: Vec<(EventId, EventId)>,
    /// Number of rows by source, table as first read, and table taken.
    pub(super) moved: BTreeMap<(SourceId, Table, Table), u64>,
    /// Number of events whose representing row only the order of the sources decided, though its duplicate differs.
    pub(super) ambiguous: u64,
    /// Row and event, in row order. Built on first use.
    event_by_row: OnceLock<Vec<(EventId, EventId)>>,
}

impl Duplicates {
    /// The rows of an event that has several, the one that represents it first.
    pub(super) fn rows(&self, event: EventId) -> &[(EventId, EventId)] {
        let start = self.pairs.partition_point(|(known, _)| *known < event);
        let end = self.pairs[start..].partition_point(|(known, _)| *known == event);
        &self.pairs[start..start + end]
    }

    /// The rows of each event that has several.
    pub(super) fn groups(&self) -> impl Iterator<Item = &[(EventId, EventId)]> {
        self.pairs.chunk_by(|a, b| a.0 == b.0)
    }

    /// Number of rows but for the one of each event that represents it.
    pub(super) fn count(&self) -> u64 {
        (self.pairs.len() - self.groups().count()) as u64
    }
}

impl Store {
    /// Gives rows that do not name their table the table that a duplicate names.
    pub(super) fn take_tables(&mut self) {
        let mut certainties = vec![[0_u8; Table::COUNT]; self.texts.len()];
        for event in self.events.iter().filter(|event| event.table.spec().twin.is_some()) {
            let known = &mut certainties[self.normalized_field(event, Field::Id).0 as usize][event.table as usize];
            *known = certainty(event).max(*known);
        }
        for index in 0..self.events.len() {
            let event = self.events.get(index);
            if certainty(event) == CERTAIN {
                continue;
            }
            let Some(other) = event.table.spec().twin else { continue };
            let id = self.normalized_field(event, Field::Id);
            let known = certainties[id.0 as usize];
            if !id.is_none() && known[other as usize] > known[event.table as usize] {
                let event = self.events.head_mut(index);
                *self.duplicates.moved.entry((event.origin.source, event.table, other)).or_default() += 1;
                event.table = other;
            }
        }
    }

    /// Marks the rows that share (table, id): the row that keeps most of its record represents them, then that with the
    /// latest ingest time, a missing time is the oldest, a tie goes to the row read last. The others fill its blank
    /// fields, in the same order.
    pub(super) fn mark_duplicates(&mut self) {
        let mut pairs = self.beaten();
        if pairs.is_empty() {
            return;
        }
        pairs.sort_unstable_by_key(|&(best, row)| (best, Reverse(rank(self.events.get(row as usize)))));
        let mut copies = Vec::with_capacity(pairs.len() * 2);
        for group in pairs.chunk_by(|a, b| a.0 == b.0) {
            let best = group[0].0;
            let rows: Vec<u32> = std::iter::once(best).chain(group.iter().map(|(_, row)| *row)).collect();
            self.duplicates.ambiguous += u64::from(self.is_ambiguous(rows[0], rows[1]));
            for row in &rows[1..] {
                self.events.head_mut(*row as usize).flags.set(Flags::DUPLICATE, true);
            }
            self.mark_repeated(rows.clone());
            let mut stands = best;
            if let Some(union) = self.union(&rows) {
                self.events.head_mut(best as usize).flags.set(Flags::DUPLICATE, true);
                stands = union;
                self.unions += 1;
            }
            copies.extend(rows.iter().map(|row| (EventId(stands), EventId(*row))));
        }
        if self.unions > 0 {
            let order = order(&self.events, &self.texts);
            let mut places = vec![0; order.len()];
            for (new, old) in (0u32..).zip(&order) {
                places[*old as usize] = new;
            }
            for (event, row) in &mut copies {
                *event = EventId(places[event.0 as usize]);
                *row = EventId(places[row.0 as usize]);
            }
            self.events.arrange(order);
        }
        copies.sort_by_key(|(event, _)| *event);
        self.duplicates.pairs = copies;
    }

    /// Returns whether two rows of one event have one ingest time and different values.
    fn is_ambiguous(&self, best: u32, next: u32) -> bool {
        let (best, next) = (self.events.get(best as usize), self.events.get(next as usize));
        let differ = |field: &Field| {
            let (one, other) = (self.normalized_field(best, *field), self.normalized_field(next, *field));
            one != other && !one.is_none() && !other.is_none()
        };
        best.table == next.table && best.ingested == next.ingested && TELLING.iter().any(differ)
    }

    /// Pairs of the best row of an event and each other row of it.
    fn beaten(&self) -> Vec<(u32, u32)> {
        // One slot for each symbol and table: a symbol is a small number, so no hashing is needed.
        let mut best = vec![NO_EVENT; self.texts.len()];
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let id = |event: Event<'_>| self.normalized_field(event, Field::Id);
        let mut is_there = [false; Table::COUNT];
        self.events.heads().for_each(|head| is_there[head.table as usize] = true);
        for table in Table::ALL.into_iter().filter(|table| is_there[*table as usize]) {
            best.fill(NO_EVENT);
            let before = pairs.len();
            for (index, event) in (0u32..).zip(self.events.iter()).filter(|(_, event)| event.table == table) {
                let id = id(event);
                if id.is_none() {
                    continue;
                }
                let kept = &mut best[id.0 as usize];
                if *kept == NO_EVENT {
                    *kept = index;
                } else {
                    let wins = rank(event) > rank(self.events.get(*kept as usize));
                    pairs.push((0, if wins { std::mem::replace(kept, index) } else { index }));
                }
            }
            for (winner, row) in &mut pairs[before..] {
                *winner = best[id(self.events.get(*row as usize)).0 as usize];
            }
        }
        pairs.extend(self.copies_without_id());
        let beaten: HashSet<u32, RandomState> = pairs.iter().map(|(_, row)| *row).collect();
        let merged = self.merged(|row| !beaten.contains(&row));
        let stands: HashMap<u32, u32, RandomState> = merged.iter().map(|&(best, row)| (row, best)).collect();
        for (winner, _) in &mut pairs {
            *winner = stands.get(winner).copied().unwrap_or(*winner);
        }
        pairs.extend(merged);
        pairs
    }

    /// Marks rows that are equal in every field and both times, all but the first of them.
    fn mark_repeated(&mut self, mut rows: Vec<u32>) {
        let same = |event: Event<'_>| {
            // A missing text and an empty one are the same to a published query.
            let text = |field: Field| Some(event.get(field)).filter(|sym| !self.texts.is_empty(*sym));
            (event.ingested, event.created, Field::ALL.map(text))
        };
        rows.sort_by_cached_key(|row| {
            let event = self.events.get(*row as usize);
            (same(event), event.origin.source, event.origin.record)
        });
        let repeated: Vec<u32> = rows
            .windows(2)
            .filter(|pair| same(self.events.get(pair[0] as usize)) == same(self.events.get(pair[1] as usize)))
            .map(|pair| pair[1])
            .collect();
        for row in repeated {
            self.events.head_mut(row as usize).flags.set(Flags::REPEATED, true);
        }
    }

    /// Adds the union of some rows, best first, and returns its place; `None` where the best row has every value.
    fn union(&mut self, rows: &[u32]) -> Option<u32> {
        let best = self.events.get(rows[0] as usize);
        let others = || rows[1..].iter().map(|row| self.events.get(*row as usize));
        // A day is no time that another row's could only sharpen.
        let instant = |event: Event<'_>| if event.is_timed() { event.created } else { Time::MISSING };
        let sharpest = others().fold(instant(best), |time, other| sharper(time, instant(other)));
        let created = sharpest.known().unwrap_or(best.created);
        let mut given = Vec::new();
        for &field in best.table.spec().fields {
            let lacks = |event: Event<'_>| self.normalized_field(event, field).is_none();
            let tells = |event: &Event<'_>| !lacks(*event) && !is_withheld(*event, field);
            let others = || others().filter(|other| self.may_lend(best, *other, field));
            if lacks(best) || is_withheld(best, field) {
                // A withheld value is better than none.
                let giver = others().find(tells).or_else(|| others().find(|event| lacks(best) && !lacks(*event)));
                given.extend(giver.map(|giver| (field, giver.get(field))));
            }
        }
        let of_columns = |event: Event<'_>| event.flags.0 & Flags::OF_COLUMNS.0;
        let marks = others().fold(of_columns(best), |marks, other| marks | of_columns(other));
        let outcome = self.last_step(rows).get(Field::Outcome);
        if best.table.records() && outcome != best.get(Field::Outcome) {
            given.retain(|(field, _)| *field != Field::Outcome);
            given.push((Field::Outcome, outcome));
        }
        if created == best.created && given.is_empty() && marks == of_columns(best) {
            return None;
        }
        let mut flags = Flags(Flags::UNION.0 | marks);
        if !sharpest.is_known() {
            flags.set(Flags(best.flags.0 & (Flags::UNTIMED | Flags::NO_INSTANT).0), true);
        }
        let at = self.events.len();
        let place = u32::try_from(at).ok().filter(|at| *at != NO_EVENT);
        self.events.push_copy(rows[0] as usize);
        for (field, text) in given {
            self.events.set(at, field, text);
        }
        let union = self.events.get(at);
        // Where no row names a result, the status of one may have told it.
        let unnamed = self.normalized_field(union, Field::ResultType).is_none();
        let succeeded = if union.table.records() {
            self.last_step(rows).succeeded()
        } else {
            unnamed && rows.iter().any(|row| self.events.get(*row as usize).succeeded())
        };
        flags.set(Flags::SUCCESS, succeeded);
        let flags = flags | self.flags_of(union);
        let head = self.events.head_mut(at);
        (head.created, head.flags) = (created, flags);
        Some(place.expect("a store holds at most 4,294,967,295 events"))
    }

    /// Returns whether a row may fill a blank of the row that represents its event. Of a change in both audit logs, id
    /// and address are those of `AuditLogs`, for the other log names its front end's address. Whoever acted is not
    /// put together from rows that name different actors.
    fn may_lend(&self, best: Event<'_>, other: Event<'_>, field: Field) -> bool {
        if !best.table.records() {
            return true;
        }
        let names = |field: Field| !self.normalized_field(best, field).is_none();
        match field {
            Field::Id | Field::IpAddress => best.table == other.table,
            Field::UserId | Field::UserPrincipalName | Field::AppDisplayName => {
                let is_known = names(Field::UserId) || names(Field::UserPrincipalName);
                // The account around a record may be an application's.
                let is_user = field != Field::AppDisplayName && other.flags.kept() != Kept::Envelope;
                !names(Field::AppDisplayName) && (!is_known || is_user)
            }
            _ => true,
        }
    }

    /// The rows of an event that has several, the one that represents it first; none for an event of one row.
    pub fn rows(&self, event: EventId) -> impl ExactSizeIterator<Item = EventId> + Clone + '_ {
        self.duplicates.rows(event).iter().map(|(_, row)| *row)
    }

    /// The row that tells how an act ended: the latest step of an Azure operation, else the best row.
    fn last_step(&self, rows: &[u32]) -> Event<'_> {
        let row = |row: &u32| self.events.get(*row as usize);
        let steps = rows.iter().map(row).filter(|event| event.table == Table::Activity);
        steps.max_by_key(|event| event.created).unwrap_or_else(|| row(&rows[0]))
    }

    /// Every duplicate row.
    pub fn duplicate_rows(&self) -> impl Iterator<Item = EventId> + '_ {
        self.duplicates.groups().flat_map(|rows| rows[1..].iter().map(|(_, row)| *row))
    }

    /// The event that hunt semantics read for a row: the row itself unless it is a duplicate.
    pub fn event_of(&self, row: EventId) -> EventId {
        let event_by_row = self.duplicates.event_by_row.get_or_init(|| {
            let mut rows: Vec<_> = self.duplicates.pairs.iter().map(|&(event, row)| (row, event)).collect();
            rows.sort_unstable();
            rows
        });
        event_by_row.binary_search_by_key(&row, |(row, _)| *row).map_or(row, |at| event_by_row[at].1)
    }

    /// The row that an event's text of a field came from: the event itself where it has one row.
    pub fn field_row(&self, event: EventId, field: Field) -> EventId {
        let text = self.event(event).get(field);
        self.rows(event).find(|row| self.event(*row).get(field) == text).unwrap_or(event)
    }

    /// The row that an event's time came from: the event itself where it has one row.
    pub fn time_row(&self, event: EventId) -> EventId {
        let time = self.event(event).created;
        self.rows(event).find(|row| self.event(*row).created == time).unwrap_or(event)
    }

    /// Number of events whose best rows have one ingest time and different values: the row read last represents each.
    pub fn ambiguous_events(&self) -> u64 {
        self.duplicates.ambiguous
    }

    /// Rows that did not name their table and took that of a duplicate: source, table as first read, table taken, rows.
    pub fn moved_rows(&self) -> impl Iterator<Item = (SourceId, Table, Table, u64)> + '_ {
        self.duplicates.moved.iter().map(|(&(source, from, to), &rows)| (source, from, to, rows))
    }
}

/// Fields that every export writes alike: two rows that differ in one of them disagree.
const TELLING: [Field; 7] = [
    Field::UserId,
    Field::AppId,
    Field::ResourceIdentity,
    Field::IpAddress,
    Field::SessionId,
    Field::TokenId,
    Field::ResultType,
];

/// Sort key of the rows of an event: the greatest represents it.
fn rank(event: Event<'_>) -> impl Ord + use<> {
    (Reverse(event.flags.kept()), event.ingested, event.origin.source, event.origin.record)
}

/// Returns whether the export hides the field's value.
fn is_withheld(event: Event<'_>, field: Field) -> bool {
    match field {
        Field::AuthenticationProtocol => event.flags.has(Flags::PROTOCOL_WITHHELD),
        Field::OriginalTransferMethod => event.flags.has(Flags::TRANSFER_WITHHELD),
        Field::IncomingTokenType => event.flags.has(Flags::INCOMING_WITHHELD),
        _ => false,
    }
}

/// Certainty of a table that the row itself names.
const CERTAIN: u8 = 3;

/// Certainty of a row's table.
fn certainty(event: Event<'_>) -> u8 {
    if event.flags.has(Flags::TABLE_GUESSED) {
        1
    } else if event.flags.has(Flags::TABLE_BY_NAME) {
        2
    } else {
        CERTAIN
    }
}

/// The time of an event of two rows: the first row's, or the second's where that is more precise and equal to the first
/// row's precision.
fn sharper(time: Time, other: Time) -> Time {
    if !time.is_known() {
        return other;
    }
    let coarse = time.precision();
    if other.is_known() && other.precision() < coarse && other.floor(coarse) == time { other } else { time }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::Rows;

    const ID: (Field, &str) = (Field::Id, "id-1");

    /// The one event that is no duplicate.
    fn only(store: &Store) -> (EventId, Event<'_>) {
        let mut live = store.events().filter(|(_, event)| !event.is_duplicate());
        let found = live.next().expect("an event");
        assert!(live.next().is_none(), "one event");
        found
    }

    #[test]
    fn capitals_count_in_the_record_ids_of_one_table() {
        for (table, ids, live) in [
            (Table::Audit, ["Directory_c_Ab3_1", "Directory_c_aB3_1"], 2),
            (Table::Audit, ["Directory_c_Ab3_1", "Directory_c_Ab3_1"], 1),
            (Table::UnifiedAudit, ["A1B2", "a1b2"], 1),
        ] {
            let mut rows = Rows::default();
            for id in ids {
                rows.row(table, "2026-05-01T14:02:00Z", &[(Field::Id, id)]);
            }
            let store = rows.build();
            assert_eq!(store.events().filter(|(_, event)| !event.is_duplicate()).count(), live, "{ids:?}");
        }
    }

    #[test]
    fn blanks_of_the_latest_row_are_filled_from_the_next() {
        let mut rows = Rows::default();
        let table = Table::NonInteractive;
        let at = "2026-05-01T14:02:00Z";
        rows.row_at(table, at, "2026-05-01T14:03:00Z", &[ID, (Field::SessionId, "old"), (Field::UserAgent, "old")]);
        rows.row_at(table, at, "2026-05-01T14:05:00Z", &[ID, (Field::SessionId, " "), (Field::AppId, "app")]);
        rows.row_at(table, at, "2026-05-01T14:04:00Z", &[ID, (Field::SessionId, "new"), (Field::AppId, "other")]);
        let store = rows.build();
        let (id, event) = only(&store);
        let text = |field| store.text(event.get(field));
        assert_eq!([text(Field::SessionId), text(Field::UserAgent), text(Field::AppId)], ["new", "old", "app"]);
        let record = |row: EventId| store.event(row).origin.record;
        assert_eq!(store.rows(id).map(record).collect::<Vec<_>>(), [2, 3, 1]);
        let field_rows =
            [Field::SessionId, Field::UserAgent, Field::AppId].map(|field| record(store.field_row(id, field)));
        assert_eq!(field_rows, [3, 1, 2]);
        assert_eq!((store.len(), store.duplicates()), (3, 2));
        assert!(store.rows(id).all(|row| store.event_of(row) == id) && store.event_of(id) == id);
        let rows: Vec<&str> = store
            .events()
            .filter(|(_, event)| !event.is_union())
            .map(|(_, event)| store.text(event.get(Field::SessionId)))
            .collect();
        assert_eq!(rows, ["old", "new", " "], "rows stay as they were written");
    }

    #[test]
    fn the_copy_that_keeps_most_of_a_record_represents_it() {
        let at = "2026-05-01T14:02:00Z";
        let copies = [
            (Kept::Whole, "", &[ID, (Field::UserPrincipalName, "ana@contoso.com"), (Field::Count, "3")][..]),
            (Kept::Columns, "2026-05-01T14:09:00Z", &[ID, (Field::Count, "2"), (Field::UserAgent, "agent")]),
            (Kept::Envelope, "", &[ID, (Field::UserId, "an-application"), (Field::IpAddress, "203.0.113.5")]),
        ];
        for first in 0..copies.len() {
            let mut rows = Rows::default();
            for (kept, ingested, fields) in copies.iter().cycle().skip(first).take(copies.len()) {
                let mut flags = Flags::default();
                flags.set_kept(*kept);
                flags.set(Flags::SUCCESS, *kept != Kept::Whole);
                rows.row_at(Table::UnifiedAudit, at, ingested, fields).flag(flags);
            }
            let store = rows.build();
            let (_, event) = only(&store);
            let text = |field| store.text(event.get(field));
            let fields = [Field::Count, Field::UserAgent, Field::IpAddress].map(text);
            assert_eq!(fields, ["3", "agent", "203.0.113.5"], "from {first}");
            assert!(!event.succeeded(), "only the record knows its outcome");
            assert!(event.get(Field::UserId).is_none(), "the account around a record may be an application's");
        }
    }

    #[test]
    fn copies_that_only_their_order_decides_are_counted() {
        let at = "2026-05-01T14:02:00Z";
        let tied = |ingested: &str, address: &str| {
            let mut rows = Rows::default();
            rows.row_at(Table::SignIn, at, at, &[ID, (Field::IpAddress, "203.0.113.1")]);
            rows.row_at(Table::SignIn, at, ingested, &[ID, (Field::IpAddress, address)]);
            rows.build().ambiguous_events()
        };
        assert_eq!(tied(at, "203.0.113.2"), 1);
        assert_eq!(tied(at, "203.0.113.1"), 0, "the same row twice");
        assert_eq!(tied(at, " "), 0, "a blank says nothing");
        assert_eq!(tied("2026-05-01T14:02:01Z", "203.0.113.2"), 0, "the latest ingest decides");
    }

    #[test]
    fn copies_that_add_nothing_make_no_union() {
        let mut rows = Rows::default();
        for _ in 0..3 {
            rows.row(Table::SignIn, "2026-05-01T14:02:00Z", &[ID]);
        }
        let store = rows.build();
        let (id, event) = only(&store);
        assert!(!event.is_union());
        assert_eq!((event.origin.record, store.len(), store.rows(id).len()), (3, 3, 3));
        assert_eq!(store.duplicate_rows().count(), 2);
    }

    #[test]
    fn a_mark_that_one_copy_has_is_the_events() {
        for flagged in [1, 2] {
            let mut rows = Rows::default();
            for row in [1, 2] {
                rows.row(Table::SignIn, "2026-05-01T14:02:00Z", &[ID, (Field::AppId, "app")]);
                if row == flagged {
                    rows.flag(Flags::GLOBAL_SECURE_ACCESS);
                }
            }
            let store = rows.build();
            let (_, event) = only(&store);
            assert!(event.flags.has(Flags::GLOBAL_SECURE_ACCESS));
            assert_eq!(event.is_union(), flagged == 1, "the row that stands for both has it already");
        }
    }

    #[test]
    fn the_time_is_the_most_precise_that_agrees() {
        for (best, other, time) in [
            ("2026-05-01T14:02:00Z", "2026-05-01T14:02:00.1234567Z", "2026-05-01T14:02:00.1234567Z"),
            ("2026-05-01T14:02:00.123Z", "2026-05-01T14:02:00.1234567Z", "2026-05-01T14:02:00.1234567Z"),
            ("2026-05-01T14:02:00.1234567Z", "2026-05-01T14:02:00Z", "2026-05-01T14:02:00.1234567Z"),
            ("2026-05-01T14:02:00Z", "2026-05-01T14:02:01.5Z", "2026-05-01T14:02:00.0000000Z"),
            ("", "2026-05-01T14:02:01.5Z", "2026-05-01T14:02:01.5000000Z"),
        ] {
            let mut rows = Rows::default();
            rows.row_at(Table::SignIn, other, "2026-05-01T15:00:00Z", &[ID]);
            rows.row_at(Table::SignIn, "2026-05-01T14:30:00Z", "2026-05-01T14:30:00Z", &[]);
            rows.row_at(Table::SignIn, best, "2026-05-01T16:00:00Z", &[ID]);
            let store = rows.build();
            assert!(store.events().map(|(_, event)| event.time()).is_sorted());
            let mut union =
                store.events().filter(|(_, event)| !event.is_duplicate() && !event.get(Field::Id).is_none());
            assert_eq!(union.next().unwrap().1.created.to_string(), time, "{best} {other}");
        }
    }

    #[test]
    fn a_guessed_table_gives_way_to_a_known_one() {
        let build = |tables: &[(Table, Flags)]| {
            let mut rows = Rows::default();
            for (table, flags) in tables {
                rows.row(*table, "2026-05-01T14:02:00Z", &[ID]).flag(*flags);
            }
            rows.build()
        };
        let (sure, guessed, named) = (Flags::default(), Flags::TABLE_GUESSED, Flags::TABLE_BY_NAME);
        let (prompt, silent) = (Table::SignIn, Table::NonInteractive);
        for (tables, table) in [
            ([(prompt, guessed), (silent, sure)], silent),
            ([(silent, sure), (prompt, guessed)], silent),
            ([(prompt, guessed), (silent, named)], silent),
            ([(prompt, named), (silent, guessed)], prompt),
            ([(silent, named), (prompt, sure)], prompt),
        ] {
            let store = build(&tables);
            assert_eq!(only(&store).1.table, table, "{tables:?}");
            assert_eq!(store.moved_rows().map(|(.., rows)| rows).sum::<u64>(), 1);
        }
        let apart = build(&[(prompt, sure), (silent, sure), (prompt, guessed)]);
        assert_eq!((apart.duplicates(), apart.moved_rows().count()), (1, 0), "two known tables are two events");
    }

    #[test]
    fn a_withheld_value_gives_way_to_a_known_one() {
        let mut rows = Rows::default();
        for kind in ["refreshToken", "unknownFutureValue"] {
            rows.row(Table::NonInteractive, "2026-05-01T14:02:00Z", &[ID, (Field::IncomingTokenType, kind)]);
        }
        let store = rows.build();
        let (_, event) = only(&store);
        assert_eq!(store.text(event.get(Field::IncomingTokenType)), "refreshToken");
        assert!(event.flags.has(Flags::INCOMING_KNOWN) && !event.flags.has(Flags::INCOMING_WITHHELD));
    }
}
