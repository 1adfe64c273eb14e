//! Orders actions by gravity for the bottom line.

use crate::analytics::ActionCount;
use crate::facts::Weight;
use crate::model::words::counted;
use std::collections::HashMap;
use std::sync::Arc;

/// Terms named of one kind of search.
const TERMS: usize = 5;

/// The rank of an action in a sentence that has room for a few, the gravest first: content (mail, chat, files) before
/// directory look-ups, which every colleague may do; then actions refused each time, then plumbing.
fn rank(tally: &ActionCount) -> u8 {
    let (weight, is_content) = (tally.verb.weight, tally.verb.reach.is_content());
    match weight {
        Weight::Plumbing => 10,
        _ if tally.succeeded == 0 => 9,
        Weight::Took => 0,
        Weight::Changed => 1,
        Weight::Prepared => 2,
        Weight::Searched if is_content => 3,
        Weight::Read if is_content => 4,
        Weight::Listed if is_content => 5,
        Weight::Searched | Weight::Read => 6,
        Weight::Listed => 7,
        Weight::Other => 8,
    }
}

/// Sorts actions, the gravest first; equals in order of first occurrence.
pub(in crate::report) fn by_gravity(mut actions: Vec<ActionCount>) -> Vec<ActionCount> {
    actions.sort_by_key(rank);
    actions
}

/// One entry a kind of action, the gravest first: `downloaded files 2×`, `searched mail for "a" 2× and "b" 1×`.
pub(in crate::report) fn kinds(actions: Vec<ActionCount>) -> Vec<String> {
    let mut kinds: Vec<Vec<ActionCount>> = Vec::new();
    let mut searches: HashMap<Arc<str>, usize> = HashMap::new();
    for action in by_gravity(actions) {
        let is_search = action.verb.object.is_some() && action.verb.weight == Weight::Searched;
        let next = kinds.len();
        let place = if is_search { *searches.entry(Arc::clone(&action.verb.action)).or_insert(next) } else { next };
        match kinds.get_mut(place) {
            Some(kind) => kind.push(action),
            None => kinds.push(vec![action]),
        }
    }
    kinds.iter().map(|kind| words(kind)).collect()
}

fn words(kind: &[ActionCount]) -> String {
    let [first, others @ ..] = kind else { return String::new() };
    let terms = others.iter().map(ActionCount::words).map(|words| {
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

    fn tally(method: &str, uri: &str, (succeeded, failed): (usize, usize)) -> ActionCount {
        let verb = Facts::embedded().graph_verb(method, &format!("https://graph.microsoft.com/v1.0{uri}"));
        ActionCount { verb, succeeded, failed }
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
                "batch of up to 20 calls, not logged 1×",
                "read chat messages 3× (3 refused)",
                "read own profile 1×",
            ]
        );
    }

    #[test]
    fn of_many_terms_the_first_are_named() {
        let search = |term: usize| tally("GET", &format!("/me/messages?$search=\"t{term}\""), (1, 0));
        let words = kinds((1..=7).map(search).collect());
        assert_eq!(words, ["searched mail for \"t1\" 1×, \"t2\" 1×, \"t3\" 1×, \"t4\" 1×, \"t5\" 1× and 2 more terms"]);
    }
}
