//! Users by the names that are typed for them.

use crate::model::{Sym, inert};
use crate::store::Store;

/// Names offered for one that is not there.
const NEAR: usize = 5;

/// The users of that sign-in name or id; a name may have passed from one id to another.
pub(super) fn named(store: &Store, name: &str) -> Vec<Sym> {
    let name = name.trim().to_lowercase();
    let (id, users) = (store.find(&name), store.users().into_iter());
    users.filter(|(user, upn)| *upn == name || Some(*user) == id).map(|(user, _)| user).collect()
}

/// Says that nobody has the name, and offers names near it.
pub(super) fn unknown(store: &Store, name: &str) -> String {
    let wanted = name.trim().to_lowercase();
    let mut near: Vec<(usize, &str)> =
        store.users().into_iter().map(|(_, upn)| (distance(&wanted, upn), upn)).collect();
    near.sort_unstable();
    near.dedup();
    let near: Vec<_> = near.iter().take(NEAR).map(|(_, upn)| inert(upn)).collect();
    let hint =
        if near.is_empty() { "the bundle has no users".to_owned() } else { format!("near: {}", near.join(", ")) };
    format!("no user {} in the bundle; {hint}", inert(name))
}

/// Distance of a name from the one wanted: 0 where one begins the other, else edits of the part before `@`.
fn distance(wanted: &str, upn: &str) -> usize {
    fn local(name: &str) -> &str {
        name.split('@').next().unwrap_or(name)
    }
    let (a, b) = (local(wanted), local(upn));
    if !a.is_empty() && (b.contains(a) || a.contains(b)) {
        return 0;
    }
    strsim::levenshtein(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Field, Table};
    use crate::store::testing::Rows;

    #[test]
    fn an_unknown_user_gets_the_nearest_names() {
        let mut rows = Rows::default();
        for upn in ["Finance.Director@contoso.com", "a.novak@contoso.com", "b.office@contoso.com"] {
            rows.row(Table::SignIn, "2026-05-01T14:00:00Z", &[(Field::UserPrincipalName, upn)]);
        }
        let store = rows.build();
        let message = unknown(&store, "a.nowak@contoso.com");
        assert!(message.contains("near: a.novak@contoso.com,"), "{message}");
        assert!(unknown(&store, "finance").contains("near: finance.director@contoso.com,"));
        assert_eq!(named(&store, " FINANCE.director@contoso.com").len(), 1);
        assert_eq!(named(&store, "nobody"), []);
        assert_eq!(distance("kitten@x", "sitting@x"), 3);
    }
}
