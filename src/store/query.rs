//! Fuzzy search. The only file that knows the crate behind it, so that another can take its place.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

/// What was typed to find something.
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

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a text answers, at a fraction of the cost of asking how well.
    pub fn matches(&self, text: &str) -> bool {
        self.words.iter().all(|word| is_in_a_part(text, word))
    }

    /// Its words, each to be looked for on its own.
    pub fn words(&self) -> impl Iterator<Item = Word<'_>> {
        self.words.iter().map(|word| Word(word))
    }

    /// How well a text answers, the larger the better; `None` when it does not.
    ///
    /// A word is looked for within each word of the text: across a whole line nearly any three letters are found.
    pub fn score(&self, text: &str) -> Option<i64> {
        let best =
            |word: &String| text.split_whitespace().filter_map(|part| self.matcher.fuzzy_match(part, word)).max();
        self.words.iter().map(best).sum()
    }
}

/// A word of a query.
pub struct Word<'q>(&'q str);

impl Word<'_> {
    /// Returns whether a text answers it.
    pub fn is_in(&self, text: &str) -> bool {
        is_in_a_part(text, self.0)
    }
}

/// Returns whether one of the words of `text` holds it. Most texts do not even as a whole, which is quicker to see.
fn is_in_a_part(text: &str, word: &str) -> bool {
    holds(text, word) && text.split_whitespace().any(|part| holds(part, word))
}

/// Whether the characters of `word` stand in `text` in their order, in any case.
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
