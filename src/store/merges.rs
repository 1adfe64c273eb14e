//! Rows of different tables that are one event: a logon of the unified audit log and the sign-in with its id, a
//! directory change in both audit logs, and the steps of one Azure operation.

use super::{Event, Store};
use crate::facts::folded_operation;
use crate::model::{Field, Span, Sym, Table, Time};
use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};

/// Longest time between the two records of one directory change.
const SAME_CHANGE: Span = Span::from_ticks(2 * 10_000_000);

/// Operations of logons, normalized.
const LOGONS: [&str; 2] = ["userloggedin", "userloginfailed"];

/// A change that may have a second record: row, time, and whether it was found.
type Waiting = (u32, Time, bool);

/// Correlation id of a change and the number of its operation.
type ChangeKey = (Sym, usize);

impl Store {
    /// Returns whether a row is a logon of the unified audit log.
    pub fn is_logon(&self, event: Event<'_>) -> bool {
        // Compared as symbols, for this is asked of every row.
        let logons = || self.logons.get_or_init(|| LOGONS.map(|name| self.find(name)));
        event.table == Table::UnifiedAudit && logons().contains(&Some(self.normalized_field(event, Field::Operation)))
    }

    /// Pairs of the row that represents an event and a row of another table, or of another step, that is the event
    /// too. `is_best` tells rows that no row of their own table stands for.
    pub(super) fn merged(&self, is_best: impl Fn(u32) -> bool) -> Vec<(u32, u32)> {
        let rows = |table: Table| {
            let all = (0u32..).zip(self.events.iter());
            all.filter(move |(_, event)| event.table == table).filter(|(row, _)| is_best(*row))
        };
        if !self.events.heads().any(|head| head.table.records()) {
            return Vec::new();
        }
        let mut pairs = Vec::new();
        let id = |event: Event<'_>| self.normalized_field(event, Field::Id);
        let logons: HashMap<Sym, u32, RandomState> = rows(Table::UnifiedAudit)
            .filter(|(_, event)| self.is_logon(*event) && !id(*event).is_none())
            .map(|(row, event)| (id(event), row))
            .collect();
        if !logons.is_empty() {
            let sign_ins = Table::ALL.into_iter().filter(|table| table.issues()).flat_map(&rows);
            let mut taken: HashMap<u32, u32, RandomState> = HashMap::default();
            for (row, event) in sign_ins {
                if let Some(logon) = logons.get(&id(event)) {
                    taken.entry(*logon).or_insert(row);
                }
            }
            pairs.extend(taken.into_iter().map(|(logon, sign_in)| (sign_in, logon)));
        }
        let copies = self.copies_of_portal(rows(Table::Audit));
        let copied: HashSet<u32, RandomState> = copies.iter().map(|(_, row)| *row).collect();
        pairs.extend(copies);
        let changes = rows(Table::Audit).filter(|(row, _)| !copied.contains(row));
        pairs.extend(self.changes(changes, rows(Table::UnifiedAudit)));
        pairs.extend(self.steps(rows(Table::Activity)));
        pairs.sort_unstable();
        pairs
    }

    /// Pairs of a row and a copy of it, of rows that have no record id: of one time, operation, user, object and
    /// address.
    pub(super) fn copies_without_id(&self) -> Vec<(u32, u32)> {
        let mut first: HashMap<(Table, Time, [Sym; 11]), u32, RandomState> = HashMap::default();
        let mut pairs = Vec::new();
        for (row, event) in (0u32..).zip(self.events.iter()) {
            if !matches!(event.table, Table::Audit | Table::UnifiedAudit) || !event.is_timed() {
                continue;
            }
            let has = |field: Field| !self.normalized_field(event, field).is_none();
            if has(Field::Id) || !has(Field::Operation) || !event.created.is_known() {
                continue;
            }
            let key = [
                Field::Operation,
                Field::UserId,
                Field::UserPrincipalName,
                Field::Object,
                Field::Detail,
                Field::ActedUpon,
                Field::IpAddress,
                Field::CorrelationId,
                // Several at once differ in these alone.
                Field::Variant,
                Field::Items,
                Field::DeviceId,
            ];
            let key = (event.table, event.created, key.map(|field| self.normalized_field(event, field)));
            let kept = *first.entry(key).or_insert(row);
            if kept != row {
                pairs.push((kept, row));
            }
        }
        pairs
    }

    /// Pairs of a row of `AuditLogs` and its copy in the portal's CSV, which has no id: of one correlation id,
    /// operation, object, first user acted upon, and time to the coarser of the two.
    fn copies_of_portal<'s>(&'s self, changes: impl Iterator<Item = (u32, Event<'s>)> + Clone) -> Vec<(u32, u32)> {
        let is_named = |event: Event<'_>| !self.normalized_field(event, Field::Id).is_none();
        let first_user = |event: Event<'_>| {
            let users = self.text(self.normalized_field(event, Field::ActedUpon));
            users.split_whitespace().next().unwrap_or_default()
        };
        let key = |event: Event<'_>| {
            let fields = [Field::CorrelationId, Field::Operation, Field::Object];
            let key = fields.map(|field| self.normalized_field(event, field));
            (!key[0].is_none() && !key[1].is_none()).then_some((key, first_user(event)))
        };
        if changes.clone().all(|(_, event)| is_named(event)) {
            return Vec::new();
        }
        let mut waiting: HashMap<_, Vec<Waiting>, RandomState> = HashMap::default();
        for (row, event) in changes.clone().filter(|(_, event)| is_named(*event)) {
            if let Some(key) = key(event) {
                waiting.entry(key).or_default().push((row, event.time(), false));
            }
        }
        let mut pairs = Vec::new();
        for (row, event) in changes.filter(|(_, event)| !is_named(*event)) {
            let Some(known) = key(event).and_then(|key| waiting.get_mut(&key)) else { continue };
            let is_same = |time: Time| {
                let coarse = time.precision().max(event.time().precision());
                time.floor(coarse) == event.time().floor(coarse)
            };
            if let Some(change) = known.iter_mut().find(|(_, time, taken)| !taken && is_same(*time)) {
                change.2 = true;
                pairs.push((change.0, row));
            }
        }
        pairs
    }

    /// Directory changes that both audit logs have: of one correlation id and operation, two seconds apart at most;
    /// several of one pair off in order of time.
    fn changes<'s>(
        &'s self,
        changes: impl Iterator<Item = (u32, Event<'s>)>,
        unified: impl Iterator<Item = (u32, Event<'s>)>,
    ) -> Vec<(u32, u32)> {
        let mut unified = unified.peekable();
        let mut pairs = Vec::new();
        if unified.peek().is_none() {
            return pairs;
        }
        // Few operations have many rows.
        let mut operations: HashMap<Sym, usize, RandomState> = HashMap::default();
        let mut folded: HashMap<String, usize> = HashMap::new();
        let mut key = |event: Event<'_>| {
            let correlation = self.normalized_field(event, Field::CorrelationId);
            let operation = event.get(Field::Operation);
            if correlation.is_none() || operation.is_none() {
                return None;
            }
            let number = *operations.entry(operation).or_insert_with(|| {
                let next = folded.len();
                *folded.entry(folded_operation(self.text(operation))).or_insert(next)
            });
            Some((correlation, number))
        };
        // Sorted, for most are of a key of their own: a list for each would take many times as much.
        let mut waiting: Vec<(ChangeKey, Waiting)> =
            changes.filter_map(|(row, event)| Some((key(event)?, (row, event.time(), false)))).collect();
        if waiting.is_empty() {
            return pairs;
        }
        // Of one key in order of time, in which events are.
        waiting.sort_by_key(|(key, _)| *key);
        for (row, event) in unified {
            let Some(key) = key(event) else { continue };
            let first = waiting.partition_point(|(known, _)| *known < key);
            let mut changes =
                waiting[first..].iter_mut().take_while(|(known, _)| *known == key).map(|(_, change)| change);
            let is_near = |time: Time| {
                let apart = event.time().since(time).ticks().abs();
                apart <= SAME_CHANGE.ticks()
            };
            if let Some(change) = changes.find(|(_, time, taken)| !taken && is_near(*time)) {
                change.2 = true;
                pairs.push((change.0, row));
            }
        }
        pairs
    }

    /// Steps of one Azure operation on one resource: the first is the event.
    fn steps<'s>(&'s self, rows: impl Iterator<Item = (u32, Event<'s>)>) -> Vec<(u32, u32)> {
        let mut first: HashMap<[Sym; 3], u32, RandomState> = HashMap::default();
        let mut pairs = Vec::new();
        for (row, event) in rows {
            let key = [Field::CorrelationId, Field::Operation, Field::ResourceIdentity]
                .map(|field| self.normalized_field(event, field));
            if key[0].is_none() || key[1].is_none() {
                continue;
            }
            let begun = *first.entry(key).or_insert(row);
            if begun != row {
                pairs.push((begun, row));
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::Rows;

    const AT: &str = "2026-05-01T14:00:00Z";

    fn live(mut rows: Rows) -> Vec<(Table, String, String)> {
        let store = rows.build();
        let live = store.events().filter(|(_, event)| !event.is_duplicate());
        live.map(|(_, event)| {
            let text = |field| store.text(event.get(field)).to_owned();
            (event.table, text(Field::SessionId), text(Field::Outcome))
        })
        .collect()
    }

    #[test]
    fn a_logon_lends_its_session_to_the_sign_in_of_its_id() {
        let mut rows = Rows::default();
        rows.row(Table::SignIn, AT, &[(Field::Id, "A1"), (Field::AppId, "app")]);
        for session in ["S", ""] {
            rows.row(
                Table::UnifiedAudit,
                AT,
                &[(Field::Id, "a1"), (Field::Operation, "UserLoggedIn"), (Field::SessionId, session)],
            );
        }
        rows.row(Table::UnifiedAudit, AT, &[(Field::Id, "a2"), (Field::Operation, "UserLoggedIn")]);
        assert_eq!(
            live(rows),
            [(Table::SignIn, "S".into(), String::new()), (Table::UnifiedAudit, String::new(), String::new())]
        );
    }

    #[test]
    fn a_change_in_both_logs_is_one_and_two_changes_are_two() {
        let mut rows = Rows::default();
        let change = |rows: &mut Rows, table, at: &str, operation: &str| {
            rows.row(table, at, &[(Field::CorrelationId, "C"), (Field::Operation, operation)]);
        };
        change(&mut rows, Table::Audit, "2026-05-01T14:00:00.5Z", "Add member to role");
        change(&mut rows, Table::UnifiedAudit, "2026-05-01T14:00:00Z", "Add member to role.");
        change(&mut rows, Table::UnifiedAudit, "2026-05-01T14:00:01Z", "Add member to role.");
        change(&mut rows, Table::UnifiedAudit, "2026-05-01T14:00:01Z", "Add user.");
        let tables: Vec<Table> = live(rows).into_iter().map(|(table, ..)| table).collect();
        assert_eq!(tables, [Table::Audit, Table::UnifiedAudit, Table::UnifiedAudit]);
    }

    #[test]
    fn a_merged_change_has_the_id_and_address_of_its_audit_log_alone() {
        let mut rows = Rows::default();
        let change = [(Field::CorrelationId, "c"), (Field::Operation, "Add user")];
        let app = [(Field::AppDisplayName, "Device Registration Service")];
        rows.row(Table::Audit, AT, &[&change[..], &app].concat());
        let unified = [
            (Field::Id, "u1"),
            (Field::IpAddress, "203.0.113.5"),
            (Field::UserPrincipalName, "ana@contoso.com"),
            (Field::Workload, "AzureActiveDirectory"),
        ];
        rows.row(Table::UnifiedAudit, AT, &[&change[..], &unified].concat());
        let store = rows.build();
        let live: Vec<_> = store.events().filter(|(_, event)| !event.is_duplicate()).collect();
        let [(_, event)] = live[..] else { panic!("one event: {}", live.len()) };
        let lent = [Field::Id, Field::IpAddress, Field::UserPrincipalName].map(|field| store.text(event.get(field)));
        assert_eq!(lent, ["", "", ""]);
        assert_eq!(store.text(event.get(Field::Workload)), "AzureActiveDirectory");
    }

    #[test]
    fn a_row_of_the_portal_is_a_copy_of_the_row_with_an_id() {
        let row = |rows: &mut Rows, at: &str, id: &str, correlation: &str, operation: &str, user: &str| {
            let fields = [
                (Field::Id, id),
                (Field::CorrelationId, correlation),
                (Field::Operation, operation),
                (Field::Object, "Ana"),
                (Field::ActedUpon, user),
            ];
            rows.row(Table::Audit, at, &fields);
        };
        let one = "ana@contoso.com";
        for (at, correlation, operation, user, live) in [
            ("2026-05-01T14:00:00.1234567Z", "C", "Update user", one, 1),
            ("2026-05-01T14:00:00Z", "c", "update user", one, 1),
            ("2026-05-01T14:00:01Z", "c", "Update user", one, 2),
            ("2026-05-01T14:00:00Z", "d", "Update user", one, 2),
            ("2026-05-01T14:00:00Z", "", "Update user", one, 2),
            ("2026-05-01T14:00:00Z", "c", "Delete user", one, 2),
            ("2026-05-01T14:00:00Z", "c", "Update user", "ben@contoso.com", 2),
        ] {
            let mut rows = Rows::default();
            row(&mut rows, "2026-05-01T14:00:00.1234567Z", "d1", "c", "Update user", one);
            // The portal's file twice.
            row(&mut rows, at, "", correlation, operation, user);
            row(&mut rows, at, "", correlation, operation, user);
            rows.row(
                Table::UnifiedAudit,
                "2026-05-01T14:00:00Z",
                &[(Field::Id, "u1"), (Field::CorrelationId, "c"), (Field::Operation, "Update user.")],
            );
            let found = self::live(rows);
            assert_eq!(found.len(), live, "{at} {correlation} {operation} {user}: {found:?}");
        }
        let mut rows = Rows::default();
        row(&mut rows, AT, "d1", "c", "Update user", one);
        row(&mut rows, AT, "d2", "c", "Update user", one);
        row(&mut rows, AT, "", "c", "Update user", one);
        assert_eq!(live(rows).len(), 2, "two changes stay two");
    }

    #[test]
    fn rows_without_an_id_are_one_where_they_say_the_same() {
        let mut rows = Rows::default();
        let act = |rows: &mut Rows, at: &str, object: &str, id: &str| {
            let user = (Field::UserPrincipalName, "ana@contoso.com");
            let fields = [(Field::Operation, "FileDownloaded"), user, (Field::Object, object), (Field::Id, id)];
            rows.row(Table::UnifiedAudit, at, &fields);
        };
        act(&mut rows, AT, "a.xlsx", "");
        act(&mut rows, AT, "a.xlsx", "");
        act(&mut rows, AT, "b.xlsx", "");
        act(&mut rows, "2026-05-01T14:00:01Z", "a.xlsx", "");
        act(&mut rows, AT, "a.xlsx", "u1");
        act(&mut rows, AT, "a.xlsx", "u2");
        assert_eq!(live(rows).len(), 5);
    }

    #[test]
    fn one_operation_on_two_resources_is_two() {
        let mut rows = Rows::default();
        for resource in ["/subscriptions/s/vm1", "/subscriptions/s/vm2"] {
            let fields =
                [(Field::CorrelationId, "c"), (Field::Operation, "x/write"), (Field::ResourceIdentity, resource)];
            rows.row(Table::Activity, AT, &fields);
        }
        assert_eq!(live(rows).len(), 2);
    }

    #[test]
    fn the_steps_of_an_azure_operation_are_one_with_the_last_outcome() {
        let mut rows = Rows::default();
        for (at, outcome) in [("14:00:00", "Start"), ("14:00:01", "Accept"), ("14:00:09", "Success")] {
            rows.row(
                Table::Activity,
                &format!("2026-05-01T{at}Z"),
                &[
                    (Field::CorrelationId, "c"),
                    (Field::Operation, "MICROSOFT.COMPUTE/virtualMachines/write"),
                    (Field::ResourceIdentity, "/subscriptions/s/vm"),
                    (Field::Outcome, outcome),
                ],
            );
        }
        assert_eq!(live(rows), [(Table::Activity, String::new(), "Success".to_owned())]);
    }
}
