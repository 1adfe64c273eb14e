//! Fuzzy search. The only file that knows the crate behind it, whose repository is archived, so that another can take
//! its place.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use std::cmp::Reverse;

/// Most matches that are ranked. More come from a letter or two that nearly all texts have, and ranking them takes
/// longer than the next key.
const RANKED: usize = 5_000;

/// Text typed to find something.
pub struct Query {
    words: Vec<String>,
    matcher: SkimMatcherV2,
}

impl Query {
    /// A query: every word has to be found, in any order and in any case.
    pub fn new(text: &str) -> Self {
        Self {
            words: text.split_whitespace().map(str::to_owned).collect(),
            matcher: SkimMatcherV2::default().ignore_case(),
        }
    }

    /// Returns whether the query is empty.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Returns whether a text matches, at a fraction of the cost of ranking it.
    pub fn matches(&self, text: &str) -> bool {
        self.words.iter().all(|word| is_in_a_part(text, word))
    }

    /// The items that match, best first: by the first of an item's texts that matches, then by its score. Equal items
    /// keep their order, and so do all when the query is empty or too many match.
    ///
    /// For lists to choose from. A list whose order matters is filtered by [`Self::matches`].
    pub fn rank<T, S: AsRef<str>, const N: usize>(&self, of: Vec<T>, texts: impl Fn(&T) -> [S; N]) -> Vec<T> {
        let first = |item: &T| texts(item).iter().position(|text| self.matches(text.as_ref()));
        let mut found: Vec<(usize, T)> = of.into_iter().filter_map(|item| Some((first(&item)?, item))).collect();
        if !self.is_empty() && found.len() <= RANKED {
            found.sort_by_cached_key(|(at, item)| (*at, Reverse(self.score(texts(item)[*at].as_ref()))));
        }
        found.into_iter().map(|(_, item)| item).collect()
    }

    /// Score of a text, larger is better; `None` when it does not match.
    ///
    /// Looks for a word within each word of the text: nearly any three letters occur across a whole line.
    fn score(&self, text: &str) -> Option<i64> {
        let best =
            |word: &String| text.split_whitespace().filter_map(|part| self.matcher.fuzzy_match(part, word)).max();
        self.words.iter().map(best).sum()
    }
}

/// Returns whether one of the words of `text` contains it. Tries the whole text first, which is quicker and rules out
/// most.
fn is_in_a_part(text: &str, word: &str) -> bool {
    holds(text, word) && text.split_whitespace().any(|part| holds(part, word))
}

/// Returns whether `text` has the characters of `word` in their order, in any case.
fn holds(text: &str, word: &str) -> bool {
    if text.is_ascii() && word.is_ascii() {
        let mut rest = text.bytes();
        return word.bytes().all(|wanted| rest.any(|byte| byte.eq_ignore_ascii_case(&wanted)));
    }
    let mut rest = text.chars().flat_map(char::to_lowercase);
    word.chars().flat_map(char::to_lowercase).all(|wanted| rest.any(|c| c == wanted))
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn every_word_counts() {
        let query = Query::new("foci Fin");
        assert!(query.score("high foci-burst finance.director@contoso.com").is_some());
        assert!(query.score("high foci-burst a.novak@contoso.com").is_none());
        assert!(Query::new(" ").is_empty());
    }

    #[test]
    fn the_best_comes_first_and_what_answers_alike_keeps_its_order() {
        let users = ["office.admin@contoso.com", "a.fin@contoso.com", "finance.director@contoso.com"];
        let found = |typed: &str, of: &[&'static str]| Query::new(typed).rank(of.to_vec(), |user| [*user]);
        assert_eq!(found("fin", &users)[2], "office.admin@contoso.com", "scattered letters come last");
        assert_eq!(found("", &users), users);
        let (one, two) = ("b.one@contoso.com", "a.two@contoso.com");
        assert_eq!((found("contoso", &[one, two]), found("contoso", &[two, one])), (vec![one, two], vec![two, one]));
        let texts = |named: &(&'static str, &'static str)| [named.0, named.1];
        let (by_name, by_id) = (("x.a.d", "0000"), ("novak", "ad00"));
        assert_eq!(Query::new("ad").rank(vec![by_id, by_name], texts), [by_name, by_id], "the first text comes first");
    }

    #[test]
    fn too_many_answers_stay_in_their_order() {
        let names: Vec<String> = (0..=super::RANKED).map(|number| format!("f{number}i.n")).collect();
        let best = "fin".to_owned();
        let all = [names.as_slice(), std::slice::from_ref(&best)].concat();
        let first = |of: &[String]| Query::new("fin").rank(of.to_vec(), |name| [name.clone()]).remove(0);
        assert_eq!(first(&all), names[0]);
        assert_eq!(first(&all[3..]), best);
    }

    #[test]
    fn what_matches_has_a_score() {
        let texts = ["finance.director@contoso.com", "A.Novak@contoso.com", "ünal@contoso.com", "", "two words"];
        for query in ["fin", "FDC", "nov cont", "üna", "zz", "mocc", "two", " ", "@@"] {
            let query = Query::new(query);
            for text in texts {
                assert_eq!(query.matches(text), query.score(text).is_some(), "{text}");
            }
        }
        assert!(Query::new("üN").matches("Ünal@contoso.com"), "the score knows the case of ASCII only");
    }
}
