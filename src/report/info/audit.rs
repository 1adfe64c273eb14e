//! Gaps of the audit logs: workloads that are not there, mail that was read and not logged, and logs that
//! begin late or end early.

use super::notice::{Notice, NoticeKind, notice};
use super::words::rows;
use crate::model::words::{counted, listed};
use crate::model::{Field, Kept, Span, Sym, Table, Time};
use crate::store::{Event, Store};
use std::collections::{BTreeMap, BTreeSet};

/// Users named in a sentence.
const NAMED: usize = 3;
/// Time without mail reading in the log, once it is throttled.
const THROTTLED: Span = Span::DAY;
/// Rows that show how often a log has some.
const ENOUGH: usize = 10;
/// Name of a workload in words, the starts of its names in the log, and the loss without it.
const WORKLOADS: [(&str, &[&str], &str); 3] = [
    ("Exchange", &["exchange"], "what was done in mail is not seen"),
    ("SharePoint and OneDrive", &["sharepoint", "onedrive"], "what was done to files is not seen"),
    ("Teams", &["microsoftteams", "teams"], "what was done in chats is not seen"),
];

/// Traces of a mailbox.
#[derive(Default)]
struct Mailbox {
    /// Acts in it other than reading.
    others: u64,
    /// Whether reading is logged.
    is_read: bool,
}

/// Traces that one pass over the rows of audit tables finds.
#[derive(Default)]
struct Found {
    workloads: BTreeSet<&'static str>,
    mailboxes: BTreeMap<Sym, Mailbox>,
    throttled: BTreeMap<Sym, Vec<Time>>,
    logs: BTreeMap<&'static str, Vec<Time>>,
    /// Rows of the unified log, and those of them that are `OfficeActivity`'s.
    unified: (u64, u64),
    /// Rows of `AzureActivity`, and those of them that name no token.
    activities: (u64, u64),
}

/// Notices of a bundle that has rows of audit tables.
pub(super) fn gaps(store: &Store) -> Vec<Notice> {
    if !store.has_records() {
        return Vec::new();
    }
    let found = Found::new(store);
    let mut notices: Vec<Notice> = workloads(store, &found).into_iter().chain(office_activity(&found)).collect();
    notices.extend(unread_mail(store, &found));
    notices.extend(throttled(store, &found));
    notices.extend(ends(store, &found));
    notices.extend(claims(&found));
    notices
}

impl Found {
    fn new(store: &Store) -> Self {
        let mut found = Self::default();
        for (_, event) in store.events().filter(|(_, event)| event.table.records() && !event.is_duplicate()) {
            if event.is_timed() {
                found.logs.entry(event.table.name()).or_default().push(event.time());
            }
            match event.table {
                Table::UnifiedAudit => {
                    found.unified.0 += 1;
                    found.unified.1 += u64::from(event.flags.kept() == Kept::Columns);
                    found.add(store, event);
                }
                Table::Activity => {
                    found.activities.0 += 1;
                    found.activities.1 += u64::from(store.token(event.get(Field::TokenId)).is_none());
                }
                _ => {}
            }
        }
        found
    }

    fn add(&mut self, store: &Store, event: Event<'_>) {
        let workload = store.text(event.get(Field::Workload)).to_ascii_lowercase();
        let known = WORKLOADS.iter().find(|(_, starts, _)| starts.iter().any(|start| workload.starts_with(start)));
        let Some((name, ..)) = known else { return };
        self.workloads.insert(name);
        if *name != WORKLOADS[0].0 || event.user.is_none() {
            return;
        }
        let mailbox = self.mailboxes.entry(event.user).or_default();
        if !store.text(event.get(Field::Operation)).eq_ignore_ascii_case("MailItemsAccessed") {
            mailbox.others += 1;
            return;
        }
        mailbox.is_read = true;
        if store.text(event.get(Field::Variant)).split_whitespace().any(|word| word == "throttled") {
            self.throttled.entry(event.user).or_default().push(event.time());
        }
    }
}

/// Names of users, the first few.
fn names(store: &Store, users: &[Sym]) -> String {
    let mut names: Vec<&str> = users.iter().map(|user| store.upn(*user)).collect();
    names.sort_unstable();
    listed(&names, NAMED)
}

/// Workloads that the unified log has no row of.
fn workloads(store: &Store, found: &Found) -> Option<Notice> {
    if store.count(Table::UnifiedAudit) == 0 {
        return None;
    }
    let lacking: Vec<_> = WORKLOADS.iter().filter(|(name, ..)| !found.workloads.contains(name)).collect();
    let names: Vec<&str> = lacking.iter().map(|(name, ..)| *name).collect();
    let losses: Vec<&str> = lacking.iter().map(|(.., loss)| *loss).collect();
    let what = format!("UnifiedAuditLog has no row of {}: {}.", names.join(", nor of "), losses.join(", "));
    let way_out = "Export the unified audit log of the same days without a filter of workload, record type or \
                   operation."
        .to_owned();
    (!lacking.is_empty()).then(|| notice(NoticeKind::Unlogged, what, way_out))
}

/// The unified log as a workspace keeps it, where nothing else is there.
fn office_activity(found: &Found) -> Option<Notice> {
    let (all, of_office) = found.unified;
    let what = "The unified audit log is here as OfficeActivity alone, which has no logons, no changes of the \
                directory and mostly no session: few acts are tied to a token."
        .to_owned();
    let way_out = "Export the unified audit log itself: Search-UnifiedAuditLog, Purview's audit search, or the \
                   Management Activity API."
        .to_owned();
    (all > 0 && all == of_office).then(|| notice(NoticeKind::Unlogged, what, way_out))
}

/// Users whose mailboxes were used, and of whom no reading is logged.
fn unread_mail(store: &Store, found: &Found) -> Option<Notice> {
    let users: Vec<Sym> =
        found.mailboxes.iter().filter(|(_, of)| !of.is_read && of.others > 0).map(|(user, _)| *user).collect();
    if users.is_empty() {
        return None;
    }
    let all = found.mailboxes.values().any(|of| of.is_read);
    let whose = if all { format!(" of {}", names(store, &users)) } else { String::new() };
    let what = format!(
        "UnifiedAuditLog has no MailItemsAccessed{whose}, though {} acted in {} mailbox: mail may have been read, and \
         it is not logged, not licensed or not exported.",
        if all { "they".to_owned() } else { counted(users.len(), "user") },
        if users.len() == 1 && !all { "the" } else { "their" }
    );
    let way_out =
        "Search the unified audit log for MailItemsAccessed of these users, and check that their mailbox auditing has \
         it."
        .to_owned();
    Some(notice(NoticeKind::Unlogged, what, way_out))
}

/// Users of whose reading the log has nothing for a day, for there was too much of it.
fn throttled(store: &Store, found: &Found) -> Vec<Notice> {
    let to_notice = |(user, times): (&Sym, &Vec<Time>)| {
        let last = times.iter().max().copied().unwrap_or(Time::MISSING);
        let what = format!(
            "MailItemsAccessed of {} was throttled: what was read from {} to {} UTC is not logged.",
            store.upn(*user),
            last.second(),
            last.plus(THROTTLED).second()
        );
        notice(NoticeKind::Unlogged, what, "No export has it: take the mailbox as read.".to_owned())
    };
    found.throttled.iter().map(to_notice).collect()
}

/// Logs that begin after the first sign-in or end before the last, by more than a day and more than they ever pause.
fn ends(store: &Store, found: &Found) -> Vec<Notice> {
    let sign_ins = || store.events().filter(|(_, event)| event.table.issues() && event.is_timed());
    let (first, last) = (sign_ins().map(|(_, event)| event.time()).min(), sign_ins().map(|(_, e)| e.time()).max());
    let Some((first, last)) = first.zip(last) else { return Vec::new() };
    let mut notices = Vec::new();
    for (name, times) in found.logs.iter().filter(|(_, times)| times.len() >= ENOUGH) {
        let mut times = times.clone();
        times.sort_unstable();
        let pause = times.windows(2).map(|pair| pair[1].since(pair[0])).max().unwrap_or(Span::DAY);
        let least = pause.max(Span::DAY);
        let (begins, ends) = (times[0], times[times.len() - 1]);
        let mut add = |what: String| {
            let way_out = format!(
                "Export {name} of the whole time of the sign-ins; the portal keeps AuditLogs for 7 or 30 days, a \
                 workspace or storage account for longer."
            );
            notices.push(notice(NoticeKind::Unlogged, what, way_out));
        };
        if begins.since(first) > least {
            let late = begins.since(first);
            add(format!(
                "{name} begins at {} UTC, {late} after the first sign-in: what was done before is not seen.",
                begins.second()
            ));
        }
        if last.since(ends) > least {
            let early = last.since(ends);
            add(format!(
                "{name} ends at {} UTC, {early} before the last sign-in: what was done since is not seen.",
                ends.second()
            ));
        }
    }
    notices
}

/// Azure operations of which some have no claims. Where none has, the source lacks the column.
fn claims(found: &Found) -> Option<Notice> {
    let (all, lacking) = found.activities;
    let what = format!(
        "{} of {all} of AzureActivity have no claims, so no token id: only address and time tie them.",
        rows(lacking)
    );
    let way_out = "Export AzureActivity with its Claims.".to_owned();
    (lacking > 0 && lacking < all).then(|| notice(NoticeKind::Unlogged, what, way_out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::Rows;

    fn sentences(rows: &mut Rows) -> Vec<String> {
        gaps(&rows.build()).into_iter().map(|notice| notice.what).collect()
    }

    const ANA: (Field, &str) = (Field::UserPrincipalName, "ana@contoso.com");
    const BO: (Field, &str) = (Field::UserPrincipalName, "bo@contoso.com");

    fn act(rows: &mut Rows, user: (Field, &str), workload: &str, operation: &str, variant: &str) {
        let fields = [user, (Field::Workload, workload), (Field::Operation, operation), (Field::Variant, variant)];
        rows.row(Table::UnifiedAudit, "2026-05-01T10:00:00Z", &fields);
    }

    /// A log with all three workloads.
    fn whole() -> Rows {
        let mut rows = Rows::default();
        act(&mut rows, ANA, "Exchange", "MailItemsAccessed", "bind");
        act(&mut rows, ANA, "OneDrive", "FileAccessed", "");
        act(&mut rows, ANA, "MicrosoftTeams", "MessageSent", "");
        rows
    }

    #[test]
    fn a_whole_log_has_no_gap() {
        assert_eq!(sentences(&mut whole()), [""; 0]);
        assert_eq!(sentences(Rows::default().row(Table::SignIn, "2026-05-01T10:00:00Z", &[ANA])), [""; 0]);
    }

    #[test]
    fn workloads_that_are_not_there_are_named() {
        let mut rows = Rows::default();
        act(&mut rows, ANA, "OneDrive", "FileAccessed", "");
        assert_eq!(
            sentences(&mut rows),
            [
                "UnifiedAuditLog has no row of Exchange, nor of Teams: what was done in mail is not seen, what was done in \
              chats is not seen."
            ]
        );
    }

    #[test]
    fn mail_that_may_have_been_read_is_named_by_its_user() {
        let mut rows = whole();
        act(&mut rows, BO, "Exchange", "Send", "");
        let one = "UnifiedAuditLog has no MailItemsAccessed of bo@contoso.com, though they acted in their mailbox: mail \
                   may have been read, and it is not logged, not licensed or not exported.";
        assert_eq!(sentences(&mut rows), [one]);
        let mut rows = Rows::default();
        act(&mut rows, ANA, "Exchange", "Send", "");
        act(&mut rows, BO, "Exchange", "Send", "");
        let found = sentences(&mut rows);
        assert!(
            found[1].starts_with("UnifiedAuditLog has no MailItemsAccessed, though 2 users acted in their"),
            "{found:?}"
        );
    }

    #[test]
    fn throttled_reading_has_a_day_that_no_export_tells() {
        let mut rows = whole();
        act(&mut rows, ANA, "Exchange", "MailItemsAccessed", "bind throttled");
        assert_eq!(
            sentences(&mut rows),
            [
                "MailItemsAccessed of ana@contoso.com was throttled: what was read from 2026-05-01 10:00:00 to 2026-05-02 \
              10:00:00 UTC is not logged."
            ]
        );
    }

    #[test]
    fn a_log_that_begins_late_or_ends_early_says_by_how_much() {
        // A row an hour over ten hours, and sign-ins some days around.
        let log = |before: &str, after: &str| {
            let mut rows = Rows::default();
            for hour in 0..10 {
                let fields = [ANA, (Field::Operation, "Update user")];
                rows.row(Table::Audit, &format!("2026-05-05T{:02}:00:00Z", 8 + hour), &fields);
            }
            rows.row(Table::SignIn, before, &[ANA]).row(Table::SignIn, after, &[ANA]);
            sentences(&mut rows)
        };
        let whole = log("2026-05-05T07:00:00Z", "2026-05-06T08:00:00Z");
        assert_eq!(whole, [""; 0], "less than a day");
        let found = log("2026-05-01T08:00:00Z", "2026-05-09T17:00:00Z");
        let [begins, ends] = found.as_slice() else { panic!("{found:?}") };
        assert!(
            begins.starts_with("AuditLogs begins at 2026-05-05 08:00:00 UTC, ") && begins.contains("first"),
            "{begins}"
        );
        assert!(ends.starts_with("AuditLogs ends at 2026-05-05 17:00:00 UTC, ") && ends.contains("last"), "{ends}");
    }

    #[test]
    fn operations_without_claims_are_counted_where_others_have_some() {
        let mut rows = Rows::default();
        let token = (Field::TokenId, "AbCdEfGhIjKlMnOpQrStUw");
        rows.row(Table::Activity, "2026-05-01T10:00:00Z", &[ANA, token]);
        assert_eq!(sentences(&mut rows), [""; 0]);
        rows.row(Table::Activity, "2026-05-01T10:00:00Z", &[ANA, token]);
        rows.row(Table::Activity, "2026-05-01T10:00:09Z", &[ANA]);
        assert_eq!(
            sentences(&mut rows),
            ["1 row of 2 of AzureActivity have no claims, so no token id: only address and time tie them."]
        );
    }
}
