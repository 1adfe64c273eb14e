//! Questions on the acts of each user that the audit logs leave open.

use super::NoteContext;
use crate::analytics::ties::Rung;
use crate::model::words::{counted, listed};
use crate::model::{EventId, Field, Table, Time};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// Folders named in a sentence.
const FOLDERS: usize = 5;

/// The hits of one user.
struct OfUser {
    acts: BTreeMap<EventId, Rung>,
    first: Time,
    last: Time,
}

/// Sentences on each user of the hits that stand for theft.
pub(super) fn unlogged(context: &NoteContext) -> Vec<String> {
    let store = &context.loaded.store;
    let mut users: BTreeMap<&str, OfUser> = BTreeMap::new();
    for (_, hit) in context.threats() {
        let user = users.entry(&hit.upn).or_insert_with(|| OfUser {
            acts: BTreeMap::new(),
            first: hit.first_seen,
            last: hit.last_seen,
        });
        user.first = user.first.min(hit.first_seen);
        user.last = user.last.max(hit.last_seen);
        for act in &hit.acts {
            let rung = user.acts.entry(act.event).or_insert(act.rung);
            *rung = act.rung.min(*rung);
        }
    }
    of_users(store, &users)
}

fn of_users(store: &Store, users: &BTreeMap<&str, OfUser>) -> Vec<String> {
    let range = range(store);
    let sentences = users.iter().flat_map(|(upn, user)| user.sentences(store, upn, range));
    sentences.chain(by_address(users)).collect()
}

impl OfUser {
    fn sentences(&self, store: &Store, upn: &str, range: Option<(Time, Time)>) -> Vec<String> {
        self.synchronised(store, upn).into_iter().chain(self.outside(upn, range)).collect()
    }

    /// Folders that a client took whole.
    fn synchronised(&self, store: &Store, upn: &str) -> Option<String> {
        let is_sync = |event: &&EventId| {
            store.get(**event, Field::Operation).eq_ignore_ascii_case("MailItemsAccessed")
                && store.get(**event, Field::Variant).split_whitespace().any(|word| word == "sync")
        };
        let folders: BTreeSet<&str> =
            self.acts.keys().filter(is_sync).map(|event| store.get(*event, Field::Object)).collect();
        if folders.is_empty() {
            return None;
        }
        let folders: Vec<&str> = folders.into_iter().filter(|folder| !folder.is_empty()).collect();
        let named = if folders.is_empty() { String::new() } else { format!(" ({})", listed(&folders, FOLDERS)) };
        Some(format!(
            "Mail folders of {upn} were synchronised{named}: which messages were taken is not logged. An eDiscovery \
             search of the mailbox says what the folders held."
        ))
    }

    /// Times of the hits that the unified log does not cover.
    fn outside(&self, upn: &str, range: Option<(Time, Time)>) -> Vec<String> {
        const WAY_OUT: &str = "Export the unified audit log of the whole time of the hits.";
        let name = Table::UnifiedAudit.name();
        let Some((begins, ends)) = range else { return Vec::new() };
        let mut sentences = Vec::new();
        if begins > self.first {
            sentences.push(format!(
                "{name} begins at {} UTC, after the hits of {upn} begin ({} UTC): what was done until then is not seen. \
                 {WAY_OUT}",
                begins.second(),
                self.first.second()
            ));
        }
        if ends < self.last {
            sentences.push(format!(
                "{name} ends at {} UTC, before the hits of {upn} end ({} UTC): what was done since is not seen. \
                 {WAY_OUT}",
                ends.second(),
                self.last.second()
            ));
        }
        sentences
    }
}

/// Acts that no id ties, of all users.
fn by_address(users: &BTreeMap<&str, OfUser>) -> Option<String> {
    let counts = users.iter().filter_map(|(upn, user)| {
        let count = user.acts.values().filter(|rung| **rung == Rung::Network).count();
        (count > 0).then(|| format!("{count} of {} of {upn}", counted(user.acts.len(), "audit row")))
    });
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| {
        format!(
            "Tied by address alone, as the rows name no token and no session: {}. For changes in the directory, \
             directoryAudits of Graph's beta endpoint has both.",
            counts.join("; ")
        )
    })
}

/// First and last row of the unified log. Sign-ins are no acts, but show that the log goes so far.
fn range(store: &Store) -> Option<(Time, Time)> {
    let rows = store.events().filter(|(_, event)| event.table == Table::UnifiedAudit && event.is_timed());
    let mut times = rows.map(|(_, event)| event.time());
    let first = times.next()?;
    Some(times.fold((first, first), |(begins, ends), time| (begins.min(time), ends.max(time))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::Rows;

    const UPN: &str = "ana@contoso.com";

    fn time(clock: &str) -> Time {
        Time::parse(&format!("2026-05-01T{clock}Z")).expect("a test's time")
    }

    /// The sentences on hits from 10:00 to 11:00, with rows of the unified log that all are tied alike.
    fn sentences(rows: &mut Rows, rung: Rung) -> Vec<String> {
        let store = rows.build();
        let acts = store.events().map(|(id, _)| (id, rung)).collect();
        let user = OfUser { acts, first: time("10:00:00"), last: time("11:00:00") };
        of_users(&store, &BTreeMap::from([(UPN, user)]))
    }

    /// Rows at two times, of an operation.
    fn rows(times: [&str; 2], fields: &[(Field, &str)]) -> Rows {
        let mut rows = Rows::default();
        for clock in times {
            rows.row(Table::UnifiedAudit, &format!("2026-05-01T{clock}Z"), fields);
        }
        rows
    }

    #[test]
    fn acts_with_ids_and_a_log_of_the_whole_time_leave_nothing_open() {
        let read = [(Field::Operation, "MailItemsAccessed"), (Field::Variant, "bind"), (Field::Object, "Inbox")];
        assert_eq!(sentences(&mut rows(["09:00:00", "12:00:00"], &read), Rung::Token), [""; 0]);
        assert_eq!(
            sentences(&mut Rows::default(), Rung::Token),
            [""; 0],
            "a table that is not there is named by itself"
        );
    }

    #[test]
    fn folders_that_were_synchronised_are_named() {
        let read = [(Field::Operation, "MailItemsAccessed"), (Field::Variant, "sync"), (Field::Object, "Inbox")];
        let found = sentences(&mut rows(["09:00:00", "12:00:00"], &read), Rung::Session);
        let one = "Mail folders of ana@contoso.com were synchronised (Inbox): which messages were taken is not logged. \
                   An eDiscovery search of the mailbox says what the folders held.";
        assert_eq!(found, [one]);
    }

    #[test]
    fn acts_that_an_address_ties_are_counted() {
        let found = sentences(&mut rows(["09:00:00", "12:00:00"], &[(Field::Operation, "Send")]), Rung::Network);
        assert!(
            found[0].starts_with(
                "Tied by address alone, as the rows name no token and no session: 2 of 2 audit rows of ana@contoso.com."
            ),
            "{found:?}"
        );
    }

    #[test]
    fn a_log_that_does_not_cover_the_hits_says_from_when_and_until_when() {
        let found = sentences(&mut rows(["10:20:00", "10:40:00"], &[(Field::Operation, "Send")]), Rung::Token);
        let [begins, ends] = found.as_slice() else { panic!("{found:?}") };
        assert!(begins.contains("begins at 2026-05-01 10:20:00 UTC, after the hits"), "{begins}");
        assert!(ends.contains("ends at 2026-05-01 10:40:00 UTC, before the hits"), "{ends}");
    }
}
