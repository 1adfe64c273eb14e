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

    /// How well a text answers, the larger the better; `None` when it does not.
    ///
    /// A word is looked for within each word of the text: across a whole line nearly any three letters are found.
    pub fn score(&self, text: &str) -> Option<i64> {
        let best =
            |word: &String| text.split_whitespace().filter_map(|part| self.matcher.fuzzy_match(part, word)).max();
        self.words.iter().map(best).sum()
    }
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
}
