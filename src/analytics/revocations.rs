//! Revocations: what ends a user's sessions, by audit logs or as given by hand.
//!
//! Revoked sessions, a disabled account and a new password are read alike. Those within five minutes of the first are
//! one, at the earliest time. The directory's own time counts where the record has it: tokens issued before are void.

use super::Settings;
use crate::facts::folded_operation;
use crate::model::{EventId, Field, Span, Sym, Table, Time};
use crate::store::{Event, Store};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};

/// Longest time from the first change of a revocation to another of the same.
const ONE: Span = Span::minutes(5);

/// Operations that revoke, folded, and their meaning.
const OPERATIONS: [(&str, &str); 6] = [
    (TIMESTAMP, "sessions revoked"),
    ("disable account", "account disabled"),
    ("reset password (by admin)", "password reset"),
    ("reset user password", "password reset"),
    ("change user password", "password changed"),
    ("update passwordprofile", "password changed"),
];
/// The operation that says from when on tokens hold.
const TIMESTAMP: &str = "update stsrefreshtokenvalidfrom timestamp";
/// The operation that disables an account, by its variant.
const UPDATE: &str = "update user";
/// Meaning of a time given at the start.
const GIVEN: &str = "given by --revoked";
/// Meaning of a time in the case.
const IN_CASE: &str = "set by the analyst";

/// One revocation of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Its time: tokens issued before are void.
    pub at: Time,
    /// Its rows, in order; none where it is only given by hand.
    pub rows: Vec<EventId>,
    /// The user who made the first change; [`Sym::NONE`] for an application, and for a time given by hand.
    pub by: Sym,
    /// Its meaning: `sessions revoked, password reset`.
    pub reason: String,
}

impl Revocation {
    /// Name of who made it, in words.
    pub fn actor<'a>(&self, store: &'a Store) -> &'a str {
        if !self.by.is_none() {
            return store.upn(self.by);
        }
        let application =
            self.rows.iter().map(|&id| store.get(id, Field::AppDisplayName)).find(|name| !name.is_empty());
        application.unwrap_or(if self.rows.is_empty() { "the responder" } else { "an application" })
    }
}

/// Revocations of every user that has some, in order.
pub type Revocations = HashMap<Sym, Vec<Revocation>>;

/// One change that revokes.
struct Change {
    at: Time,
    row: Option<EventId>,
    by: Sym,
    reason: &'static str,
}

/// Revocations by some rows, and those that the settings name.
pub fn found<'s>(
    store: &'s Store,
    rows: impl Iterator<Item = (EventId, Event<'s>)>,
    settings: &Settings,
) -> Revocations {
    let mut changes: BTreeMap<Sym, Vec<Change>> = BTreeMap::new();
    // Operations are few, and rows repeat them.
    let mut folded: HashMap<Sym, Operation, RandomState> = HashMap::default();
    for (id, event) in rows {
        if !matches!(event.table, Table::Audit | Table::UnifiedAudit) || !event.succeeded() {
            continue;
        }
        let operation =
            *folded.entry(event.get(Field::Operation)).or_insert_with_key(|name| operation(store.text(*name)));
        let Some(reason) = reason(store, operation, event) else { continue };
        let at = valid_from(store, event).unwrap_or_else(|| event.time());
        for user in targets(store, id, event) {
            let change = Change { at, row: Some(id), by: event.user, reason };
            changes.entry(user).or_default().push(change);
        }
    }
    let given = settings.revoked.iter().map(|given| (given, GIVEN));
    let mut given = given.chain(settings.revoked_in_case.iter().map(|given| (given, IN_CASE))).peekable();
    // All users are looked up once, and only where some are named.
    let users = if given.peek().is_some() { store.users() } else { Vec::new() };
    for ((name, at), reason) in given {
        let named = |(user, upn): &&(Sym, &str)| upn == name || store.text(*user) == name;
        for (user, _) in users.iter().filter(named) {
            changes.entry(*user).or_default().push(Change { at: *at, row: None, by: Sym::NONE, reason });
        }
    }
    changes.into_iter().map(|(user, changes)| (user, joined(changes))).collect()
}

/// Effect of an operation on sessions.
#[derive(Clone, Copy)]
enum Operation {
    Ends(&'static str),
    /// As its variant says.
    Updates,
    Nothing,
}

fn operation(name: &str) -> Operation {
    let name = folded_operation(name);
    match OPERATIONS.iter().find(|(known, _)| *known == name) {
        Some((_, reason)) => Operation::Ends(reason),
        None if name == UPDATE => Operation::Updates,
        None => Operation::Nothing,
    }
}

/// Meaning of a row that revokes; `None` of any other.
fn reason(store: &Store, operation: Operation, event: Event<'_>) -> Option<&'static str> {
    let is_disabled = || store.text(event.get(Field::Variant)).split_whitespace().any(|word| word == "disabled");
    match operation {
        Operation::Ends(reason) => Some(reason),
        Operation::Updates => is_disabled().then_some("account disabled"),
        Operation::Nothing => None,
    }
}

/// The time that the directory itself set.
fn valid_from(store: &Store, event: Event<'_>) -> Option<Time> {
    let detail = store.text(event.get(Field::Detail));
    if folded_operation(store.text(event.get(Field::Operation))) == TIMESTAMP { Time::parse(detail) } else { None }
}

/// The users whose sessions a row ends: those it names, else the one who acted, where that is whom it is about. Of a
/// record without a target nothing is known.
fn targets(store: &Store, id: EventId, event: Event<'_>) -> Vec<Sym> {
    if !store.text(event.get(Field::ActedUpon)).trim().is_empty() {
        return store.acted_upon(id).to_vec();
    }
    let object = store.text(event.get(Field::Object)).trim().to_lowercase();
    let is_self = object == store.upn(event.user) || object == store.text(event.user);
    let is_change =
        object.is_empty() && folded_operation(store.text(event.get(Field::Operation))) == "change user password";
    if !event.user.is_none() && (is_self || is_change) { vec![event.user] } else { Vec::new() }
}

/// Changes of one user as revocations.
fn joined(mut changes: Vec<Change>) -> Vec<Revocation> {
    changes.sort_by_key(|change| (change.at, change.row));
    let mut found: Vec<(Revocation, Vec<&str>)> = Vec::new();
    for change in &changes {
        let Some((last, reasons)) = found.last_mut().filter(|(last, _)| change.at.since(last.at) <= ONE) else {
            let rows = change.row.into_iter().collect();
            let one = Revocation { at: change.at, rows, by: change.by, reason: String::new() };
            found.push((one, vec![change.reason]));
            continue;
        };
        if last.rows.is_empty() {
            last.by = change.by;
        }
        last.rows.extend(change.row);
        if !reasons.contains(&change.reason) {
            reasons.push(change.reason);
        }
    }
    let named = found.into_iter().map(|(mut one, reasons)| {
        one.rows.sort_unstable();
        Revocation { reason: reasons.join(", "), ..one }
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::{DetectContext, Settings};
    use crate::facts::Facts;
    use crate::store::testing::Rows;

    /// A change of 1 May 2026 that succeeded: time, operation, further fields.
    type Made<'a> = (&'a str, &'a str, &'a [(Field, &'a str)]);

    /// Time, number of rows and meaning of the clerk's revocations.
    fn read(changes: &[Made<'_>], revoked: &[(&str, &str)]) -> Vec<(String, usize, String)> {
        let mut rows = Rows::default();
        let sign_in = [(Field::UserId, "u1"), (Field::UserPrincipalName, "clerk@contoso.com")];
        rows.row(Table::SignIn, "2026-05-01T08:00:00Z", &sign_in);
        for (time, operation, fields) in changes {
            let mut all = vec![(Field::UserPrincipalName, "admin@contoso.com"), (Field::Operation, *operation)];
            all.retain(|(field, _)| !fields.iter().any(|(other, _)| other == field));
            all.extend_from_slice(fields);
            rows.row(Table::Audit, &format!("2026-05-01T{time}Z"), &all);
            rows.flag(crate::model::Flags::SUCCESS);
        }
        let store = rows.build();
        let revoked = revoked.iter().map(|(user, at)| ((*user).to_owned(), Time::parse(at).expect("a time"))).collect();
        let settings = Settings { revoked, ..Settings::default() };
        let context = DetectContext::new(&store, Facts::embedded(), &settings);
        let user = store.find("u1").expect("the clerk");
        context.revocations(user).iter().map(|one| (one.at.clock(), one.rows.len(), one.reason.clone())).collect()
    }

    const UPON: (Field, &str) = (Field::ActedUpon, "clerk@contoso.com");

    #[test]
    fn changes_within_five_minutes_of_the_first_are_one_revocation() {
        let revoked = read(
            &[
                ("10:00:00", "Reset user password.", &[UPON]),
                ("10:04:00", "Disable account", &[UPON]),
                ("10:05:01", "UPDATE StsRefreshTokenValidFrom Timestamp", &[UPON]),
                ("11:00:00", "Update user", &[UPON, (Field::Variant, "disabled")]),
                ("12:00:00", "Update user", &[UPON]),
            ],
            &[],
        );
        let words: Vec<String> = revoked.iter().map(|(at, rows, reason)| format!("{at} {rows} {reason}")).collect();
        let second = |text: &str| words.iter().any(|words| words.starts_with(text));
        assert_eq!(revoked.len(), 3, "{words:?}");
        assert!(second("10:00:00") && second("10:05:01") && second("11:00:00"), "{words:?}");
        assert_eq!((revoked[0].1, &*revoked[0].2), (2, "password reset, account disabled"));
    }

    #[test]
    fn the_directory_says_from_when_on_tokens_hold() {
        let detail = (Field::Detail, "2026-05-01T09:58:30Z");
        let revoked = read(&[("10:00:00", "Update StsRefreshTokenValidFrom Timestamp", &[UPON, detail])], &[]);
        assert!(revoked[0].0.starts_with("09:58:30"), "{revoked:?}");
        let revoked = read(&[("10:00:00", "Disable account", &[UPON, detail])], &[]);
        assert!(revoked[0].0.starts_with("10:00:00"), "{revoked:?}");
    }

    #[test]
    fn who_acts_upon_nobody_revokes_only_what_is_theirs() {
        let by = (Field::UserPrincipalName, "clerk@contoso.com");
        let theirs = [by, (Field::Object, "Clerk@contoso.com")];
        assert_eq!(read(&[("10:00:00", "Update StsRefreshTokenValidFrom Timestamp", &theirs)], &[]).len(), 1);
        assert_eq!(read(&[("10:00:00", "Change user password", &[by])], &[]).len(), 1);
        assert_eq!(read(&[("10:00:00", "Reset user password", &[by])], &[]).len(), 0, "whose is not known");
    }

    #[test]
    fn a_time_given_by_hand_is_a_revocation() {
        let at = "2026-05-01T10:02:00Z";
        assert_eq!(read(&[], &[("clerk@contoso.com", at)])[0].2, "given by --revoked");
        assert_eq!(read(&[], &[("u1", at)]).len(), 1);
        assert_eq!(read(&[], &[("other@contoso.com", at)]).len(), 0);
        let both = read(&[("10:00:00", "Disable account", &[UPON])], &[("u1", at)]);
        assert_eq!((both.len(), both[0].1), (1, 1), "one and the same");
    }
}
