//! Words for rows of audit tables: the verb, its object, its number of items, and who did it.

use crate::facts::{Action, Facts};
use crate::model::{Field, Sym};
use crate::store::{Event, Store};
use crate::tables::Role;

/// Outcome of an operation of which a part was done.
const PARTLY: &str = "PartiallySucceeded";

/// Outcomes that say success, or only that the service answered.
const SUCCESSES: [&str; 4] = ["succeeded", "success", "true", "ok"];

/// Paths whose last segment is the name.
const PATHS: [&str; 5] = ["/subscriptions/", "/providers/", "/tenants/", "https://", "http://"];

/// The action of a row, where its operation is known.
pub fn action<'a>(store: &Store, facts: &'a Facts, row: Event<'_>) -> Option<&'a Action> {
    let operation = store.text(row.get(Field::Operation));
    if operation.is_empty() { None } else { facts.action(operation, store.text(row.get(Field::Variant))) }
}

/// The number of items, where the row says it.
pub fn count(store: &Store, row: Event<'_>) -> Option<u64> {
    store.text(row.get(Field::Count)).parse().ok()
}

/// The one who did it, unless among `users`: sign-in name as logged, else the application. `None` for sign-ins and
/// calls, and where nobody is known.
pub fn actor<'a>(store: &'a Store, row: Event<'_>, users: &[Sym]) -> Option<&'a str> {
    if row.table.role() != Role::Records || users.contains(&row.user) && !row.user.is_none() {
        return None;
    }
    let application =
        || if row.user.is_none() { store.text(row.get(Field::AppDisplayName)) } else { store.upn(row.user) };
    let name = Some(store.text(row.get(Field::UserPrincipalName))).filter(|name| !name.is_empty());
    Some(name.unwrap_or_else(application)).filter(|name| !name.is_empty())
}

/// The verb, else the operation as logged.
pub fn verb<'a>(store: &'a Store, facts: &'a Facts, row: Event<'_>) -> &'a str {
    let operation = || match store.text(row.get(Field::Operation)) {
        "" => "operation not recorded",
        operation => operation,
    };
    action(store, facts, row).map_or_else(operation, |action| &action.verb)
}

/// `read 14 messages (Inbox)`, `created inbox rule "x" → RSS Feeds, deletes`, `tried: reset the password of ana  ✗ failure`
///
/// Text is as logged: make it inert before drawing.
pub fn words(store: &Store, facts: &Facts, row: Event<'_>, failed: bool) -> String {
    let text = |field| store.text(row.get(field));
    let object = short(text(Field::Object));
    let act = match action(store, facts, row) {
        Some(action) => action.phrase(object, count(store, row)),
        None if object.is_empty() => verb(store, facts, row).to_owned(),
        None => format!("{} ({object})", verb(store, facts, row)),
    };
    let detail = match text(Field::Detail) {
        "" => String::new(),
        detail if detail.starts_with(['→', '(']) => format!(" {detail}"),
        detail => format!(": {detail}"),
    };
    if failed {
        let tried = if act.starts_with("failed ") { "" } else { "tried: " };
        return format!("{tried}{act}{detail}  ✗ {}", reason(store, row));
    }
    let partly = if text(Field::Outcome).eq_ignore_ascii_case(PARTLY) { "  (partly)" } else { "" };
    format!("{act}{detail}{partly}")
}

/// The result of an attempt, where it says more than success: then its reason.
fn reason<'a>(store: &'a Store, row: Event<'_>) -> &'a str {
    let says = |text: &&str| !text.is_empty() && !SUCCESSES.iter().any(|known| text.eq_ignore_ascii_case(known));
    let outcome = Some(store.text(row.get(Field::Outcome))).filter(says);
    outcome.or_else(|| Some(store.text(row.get(Field::ResultDescription))).filter(says)).unwrap_or("failed")
}

/// The name in a path of Azure, the address of a file or the path of a mail folder; any other text is whole.
fn short(object: &str) -> &str {
    let begins = |start: &&str| object.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    if !PATHS.iter().any(begins) {
        return object.strip_prefix('\\').unwrap_or(object);
    }
    let path = object.split('?').next().unwrap_or(object).trim_end_matches('/');
    path.rsplit('/').next().filter(|name| !name.ends_with(':')).unwrap_or(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Flags, Table};
    use crate::store::testing::Rows;

    /// The words of a row by `ana@contoso.com` that failed where its outcome begins with `fail`.
    fn shown(table: Table, fields: &[(Field, &str)]) -> String {
        let mut rows = Rows::default();
        let failed = fields.iter().any(|(field, text)| *field == Field::Outcome && text.starts_with("fail"));
        let who = [(Field::UserPrincipalName, "ana@contoso.com")];
        rows.row(table, "2026-05-01T14:00:00Z", &[&who, fields].concat());
        if !failed {
            rows.flag(Flags::SUCCESS);
        }
        let store = rows.build();
        let (_, row) = store.events().next().unwrap();
        words(&store, Facts::embedded(), row, !row.succeeded())
    }

    #[test]
    fn acts_are_shown_with_object_count_and_detail() {
        use Field::{Count, Detail, Object, Operation, Outcome, ResultDescription, Variant};
        let (unified, audit, azure) = (Table::UnifiedAudit, Table::Audit, Table::Activity);
        let vm = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm-1";
        let url = "https://contoso.sharepoint.com/sites/x/Shared Documents/a.xlsx?web=1";
        for (table, fields, expected) in [
            (
                unified,
                &[(Operation, "MailItemsAccessed"), (Variant, "bind"), (Object, "\\Inbox"), (Count, "14")][..],
                "read 14 messages (Inbox)",
            ),
            (
                unified,
                &[(Operation, "MailItemsAccessed"), (Variant, "sync"), (Object, "Inbox"), (Count, "1")],
                "synchronised mail folder Inbox",
            ),
            (unified, &[(Operation, "SoftDelete"), (Count, "2")], "deleted 2 messages"),
            (unified, &[(Operation, "Send"), (Object, "Invoice")], "sent mail \"Invoice\""),
            (
                unified,
                &[(Operation, "New-InboxRule"), (Object, "x"), (Detail, "→ RSS Feeds, deletes")],
                "created inbox rule \"x\" → RSS Feeds, deletes",
            ),
            (unified, &[(Operation, "FileDownloaded"), (Object, url)], "downloaded file a.xlsx"),
            (unified, &[(Operation, "SearchQueryInitiatedExchange"), (Object, "bank")], "searched mail for \"bank\""),
            (
                unified,
                &[(Operation, "HardDelete"), (Count, "3"), (Outcome, "PartiallySucceeded")],
                "deleted 3 messages permanently  (partly)",
            ),
            (
                unified,
                &[(Operation, "UserLoginFailed"), (Outcome, "failed"), (Object, "Office")],
                "failed to sign in to Office  ✗ failed",
            ),
            (audit, &[(Operation, "Register device"), (Object, "DESKTOP-7")], "registered device DESKTOP-7"),
            (
                audit,
                &[(Operation, "Consent to application"), (Object, "Mail Sync"), (Detail, "Mail.Read, for all")],
                "consented to app \"Mail Sync\": Mail.Read, for all",
            ),
            (
                audit,
                &[
                    (Operation, "Reset user password"),
                    (Object, "b@contoso.com"),
                    (Outcome, "failure"),
                    (ResultDescription, "policy"),
                ],
                "tried: reset the password of b@contoso.com  ✗ failure",
            ),
            (
                azure,
                &[(Operation, "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION"), (Object, vm)],
                "ran a command on virtual machine vm-1",
            ),
            (azure, &[(Operation, "Microsoft.New/things/write"), (Object, vm)], "Microsoft.New/things/write (vm-1)"),
            (unified, &[(Operation, "Frobnicate")], "Frobnicate"),
            (unified, &[], "operation not recorded"),
        ] {
            assert_eq!(shown(table, fields), expected);
        }
    }

    #[test]
    fn a_reason_is_shown_where_the_outcome_says_success() {
        let mut rows = Rows::default();
        let fields = [
            (Field::Operation, "UserLoginFailed"),
            (Field::Outcome, "Success"),
            (Field::ResultDescription, "InvalidUserNameOrPassword"),
        ];
        rows.row(Table::UnifiedAudit, "2026-05-01T14:00:00Z", &fields);
        let store = rows.build();
        let (_, row) = store.events().next().unwrap();
        let words = words(&store, Facts::embedded(), row, true);
        assert_eq!(words, "failed to sign in  ✗ InvalidUserNameOrPassword");
    }

    #[test]
    fn names_stay_whole_unless_they_are_paths() {
        for (object, expected) in [
            ("", ""),
            ("a/b", "a/b"),
            ("\\Inbox\\Old", "Inbox\\Old"),
            ("HTTPS://contoso.example/", "contoso.example"),
            ("https://", "https://"),
            ("/subscriptions/s/", "s"),
            ("é/subscriptions/", "é/subscriptions/"),
        ] {
            assert_eq!(short(object), expected, "{object}");
        }
    }

    #[test]
    fn somebody_else_is_named() {
        let mut rows = Rows::default();
        let operation = (Field::Operation, "Register device");
        let app = (Field::AppDisplayName, "Device Registration Service");
        rows.row(Table::Audit, "2026-05-01T14:00:00Z", &[operation, (Field::UserPrincipalName, "Ana@contoso.com")]);
        rows.row(Table::Audit, "2026-05-01T14:00:01Z", &[operation, app]);
        rows.row(Table::Audit, "2026-05-01T14:00:02Z", &[operation]);
        rows.row(Table::SignIn, "2026-05-01T14:00:03Z", &[(Field::UserPrincipalName, "eve@contoso.com"), app]);
        let store = rows.build();
        let users = [store.find("ana@contoso.com").unwrap()];
        let actors = |users: &[Sym]| store.events().map(|(_, row)| actor(&store, row, users)).collect::<Vec<_>>();
        let app = Some("Device Registration Service");
        assert_eq!(actors(&users), [None, app, None, None]);
        assert_eq!(actors(&[]), [Some("Ana@contoso.com"), app, None, None]);
        assert_eq!(actors(&[Sym::NONE])[1], app, "nobody is not the application");
    }
}
