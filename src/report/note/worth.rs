//! Which of many actions a reader must hear of first.

use super::counted;
use crate::analytics::Tally;
use crate::facts::Reach;
use std::collections::HashMap;

/// Terms named of one kind of search.
const TERMS: usize = 5;

/// Beginnings of actions, the gravest first, each with whether it is meant for content (mail, chat, files) or for
/// anything. A sentence has room for a few: what has left the tenant cannot be taken back, what was changed works on
/// after the tokens are dead, a search says what was sought, and what was read is known to whoever read it; what was only
/// listed is how one gets there, and the directory is what every colleague may see.
const WORTH: &[(&[&str], Over)] = &[
    (&["downloaded", "exported"], Over::Anything),
    (&["sent", "shared", "uploaded", "added", "created", "registered", "changed", "deleted"], Over::Anything),
    (&["drafted", "revoked"], Over::Anything),
    (&["searched"], Over::Content),
    (&["read", "opened"], Over::Content),
    (&["listed"], Over::Content),
    (&["searched", "read", "looked"], Over::Anything),
    (&["listed", "counted"], Over::Anything),
];

/// Said last whatever it begins with: every client does it at start.
const PLUMBING: &[&str] = &["read own profile"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Content,
    Anything,
}

/// The place of an action in [`WORTH`]; behind it what has none, then what was refused each time, then plumbing.
fn rank(tally: &Tally) -> usize {
    let (action, reach) = (tally.verb.action.as_str(), tally.verb.reach);
    if reach == Reach::Background || PLUMBING.contains(&action) {
        return WORTH.len() + 2;
    }
    if tally.succeeded == 0 {
        return WORTH.len() + 1;
    }
    let content = matches!(reach, Reach::Mail | Reach::Chat | Reach::Files | Reach::KeyVault | Reach::Data);
    let word = action.split(' ').next().unwrap_or_default();
    let fits = |(words, over): &(&[&str], Over)| words.contains(&word) && (*over == Over::Anything || content);
    WORTH.iter().position(fits).unwrap_or(WORTH.len())
}

/// The same actions, the gravest first; equals in order of first occurrence.
pub(super) fn by_worth(mut actions: Vec<Tally>) -> Vec<Tally> {
    actions.sort_by_key(rank);
    actions
}

/// One entry a kind of action, the gravest first: `downloaded files 2×`, `searched mail for "a" 2× and "b" 1×`.
pub(super) fn kinds(actions: Vec<Tally>) -> Vec<String> {
    let mut kinds: Vec<Vec<Tally>> = Vec::new();
    let mut searches: HashMap<String, usize> = HashMap::new();
    for action in by_worth(actions) {
        let is_search = action.verb.object.is_some() && action.verb.action.starts_with("searched");
        let next = kinds.len();
        let place = if is_search { *searches.entry(action.verb.action.clone()).or_insert(next) } else { next };
        match kinds.get_mut(place) {
            Some(kind) => kind.push(action),
            None => kinds.push(vec![action]),
        }
    }
    kinds.iter().map(|kind| words(kind)).collect()
}

fn words(kind: &[Tally]) -> String {
    let [first, others @ ..] = kind else { return String::new() };
    let terms = others.iter().map(Tally::words).map(|words| {
        let lead = format!("{} for ", first.verb.action);
        words.strip_prefix(&lead).unwrap_or(&words).to_owned()
    });
    let all: Vec<String> = std::iter::once(first.words()).chain(terms).collect();
    match all.len() {
        1 => all[0].clone(),
        count if count > TERMS => {
            format!("{} and {}", all[..TERMS].join(", "), counted(count - TERMS, "more term"))
        }
        count => format!("{} and {}", all[..count - 1].join(", "), all[count - 1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    fn tally(method: &str, uri: &str, (succeeded, failed): (usize, usize)) -> Tally {
        let verb = Facts::embedded().graph_verb(method, &format!("https://graph.microsoft.com/v1.0{uri}"));
        Tally { verb, succeeded, failed }
    }

    #[test]
    fn what_was_taken_is_said_before_what_was_seen() {
        let actions = vec![
            tally("GET", "/me", (1, 0)),
            tally("GET", "/me/messages?$search=\"invoice\"", (2, 0)),
            tally("GET", "/users", (2, 0)),
            tally("GET", "/me/chats/19:x@thread.v2/messages", (0, 3)),
            tally("GET", "/me/drive/root/children", (1, 0)),
            tally("POST", "/$batch", (1, 0)),
            tally("GET", "/me/messages/AAA", (1, 0)),
            tally("GET", "/me/messages?$search=\"wire transfer\"", (1, 0)),
            tally("POST", "/me/sendMail", (1, 0)),
            tally("GET", "/me/drive/items/01A/content", (2, 0)),
        ];
        assert_eq!(
            kinds(actions),
            [
                "downloaded files 2×",
                "sent mail 1×",
                "searched mail for \"invoice\" 2× and \"wire transfer\" 1×",
                "read mail 1×",
                "listed files 1×",
                "listed users 2×",
                "batched calls, contents not logged 1×",
                "read chat messages 3× (3 refused)",
                "read own profile 1×",
            ]
        );
    }

    #[test]
    fn of_many_terms_the_first_are_named() {
        let search = |term: usize| tally("GET", &format!("/me/messages?$search=\"t{term}\""), (1, 0));
        let said = kinds((1..=7).map(search).collect());
        assert_eq!(said, ["searched mail for \"t1\" 1×, \"t2\" 1×, \"t3\" 1×, \"t4\" 1×, \"t5\" 1× and 2 more terms"]);
    }
}
