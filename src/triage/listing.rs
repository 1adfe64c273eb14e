//! Filters on the list of incidents: each keeps some of them, and a stack of them keeps what all of them keep.

use super::groups::Group;
use super::{Case, search};
use crate::analytics::Hit;
use crate::model::{EventId, Field, work};
use crate::store::{Query, Store};
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap};

/// Something that an incident has and that a filter may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListField {
    /// The severity of a hit.
    Severity,
    /// The analytic.
    Alert,
    /// The sign-in name.
    User,
    /// The client application.
    Client,
    /// The verdict, or `open`.
    State,
    /// An address.
    Address,
    /// A user agent.
    Agent,
    /// The day of the first event.
    Day,
}

impl ListField {
    /// All, with the names that a typed filter has for them; the first is the word on screen.
    const NAMES: [(Self, &'static [&'static str]); 8] = [
        (Self::Severity, &["severity", "sev"]),
        (Self::Alert, &["alert", "kind", "analytic"]),
        (Self::User, &["user"]),
        (Self::Client, &["client", "app"]),
        (Self::State, &["state", "verdict"]),
        (Self::Address, &["address", "ip"]),
        (Self::Agent, &["agent", "ua"]),
        (Self::Day, &["day", "time"]),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::NAMES[self as usize].1[0]
    }

    fn named(name: &str) -> Option<Self> {
        let has = |names: &&[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        Self::NAMES.iter().find(|(_, names)| has(names)).map(|(field, _)| *field)
    }

    /// Returns whether a word without a name is looked for here letter by letter; elsewhere it has to stand as typed.
    fn is_short(self) -> bool {
        matches!(self, Self::Severity | Self::Alert | Self::User | Self::Client | Self::State)
    }
}

/// One condition on incidents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListFilter {
    /// A value that one of the hits has, or that none has.
    Value {
        /// Its kind.
        field: ListField,
        /// The value, as logged.
        text: String,
        /// Whether incidents that have it are left out.
        without: bool,
    },
    /// A line as typed.
    Typed(String),
}

impl ListFilter {
    /// The filter in a few words, as logged.
    pub fn words(&self) -> String {
        match self {
            Self::Value { field, text, without } => {
                format!("{} {} {text}", if *without { "without" } else { "only" }, field.word())
            }
            Self::Typed(line) => line.trim().to_owned(),
        }
    }

    /// Its words, each as a condition.
    fn terms(&self) -> Vec<Term> {
        match self {
            Self::Value { field, text, without } => {
                let text = text.to_lowercase();
                vec![Term { field: Some(*field), query: Query::new(""), text, without: *without, exact: true }]
            }
            Self::Typed(line) => line.split_whitespace().map(Term::parse).collect(),
        }
    }
}

/// One word of a filter.
struct Term {
    field: Option<ListField>,
    /// In lower case.
    text: String,
    query: Query,
    without: bool,
    exact: bool,
}

impl Term {
    /// `b.office`, `ip:203.0.113.20`, `-b.office`.
    fn parse(word: &str) -> Self {
        // A dash alone is a text.
        let (without, word) = match word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            Some(rest) => (true, rest),
            None => (false, word),
        };
        let named = word.split_once(':').and_then(|(name, text)| Some((ListField::named(name)?, text)));
        let (field, text) = named.map_or((None, word), |(field, text)| (Some(field), text));
        Self { field, query: Query::new(text), text: text.to_lowercase(), without, exact: false }
    }

    /// Returns whether a text of a field answers it.
    fn meets(&self, field: ListField, text: &str) -> bool {
        match self.field {
            Some(wanted) if wanted != field => false,
            _ if self.exact => holds(text, &self.text) && text.to_lowercase() == self.text,
            // Letters apart from each other would leave out more than was meant.
            None if !self.without && field.is_short() => self.query.matches(text),
            _ => holds(text, &self.text),
        }
    }
}

/// The texts that filters look at, each once: hits share them, and are far apart in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    distinct: Vec<(ListField, String)>,
    /// The numbers of each hit's texts, sorted.
    of_hit: Vec<Vec<u32>>,
    /// The hits by id, as a case has them.
    by_id: Vec<usize>,
}

impl Texts {
    /// The texts of some hits. Reads all their rows: not for the thread that draws.
    pub fn new(store: &Store, hits: &[Hit]) -> Self {
        let mut distinct: Vec<(ListField, String)> = Vec::new();
        let mut numbers: HashMap<(ListField, String), u32, RandomState> = HashMap::default();
        let mut number = |field: ListField, text: &str| {
            *numbers.entry((field, text.to_owned())).or_insert_with(|| {
                distinct.push((field, text.to_owned()));
                u32::try_from(distinct.len() - 1).expect("fewer texts than rows")
            })
        };
        let mut of_hit = Vec::with_capacity(hits.len());
        for hit in hits {
            let mut texts: BTreeSet<u32> = [
                (ListField::Severity, hit.severity.word()),
                (ListField::Alert, hit.analytic),
                (ListField::User, hit.upn.as_str()),
                (ListField::Client, hit.app_name.as_str()),
                (ListField::Day, hit.first_seen.day().as_str()),
            ]
            .into_iter()
            .map(|(field, text)| number(field, text))
            .collect();
            let mut seen = BTreeSet::new();
            for id in rows(hit) {
                for (kind, field) in [(ListField::Address, Field::IpAddress), (ListField::Agent, Field::UserAgent)] {
                    let sym = store.event(id).get(field);
                    if !sym.is_none() && seen.insert(sym) {
                        texts.insert(number(kind, store.text(sym)));
                    }
                }
            }
            of_hit.push(texts.into_iter().collect());
        }
        let mut by_id: Vec<usize> = (0..hits.len()).collect();
        by_id.sort_by(|a, b| hits[*a].id.cmp(&hits[*b].id));
        Self { distinct, of_hit, by_id }
    }

    /// The values that a filter can take from some hits, each once: those that are in the list, then those of the rows.
    pub fn values(&self, hits: &[usize], state: &str) -> Vec<(ListField, String)> {
        let numbers: BTreeSet<u32> = hits.iter().flat_map(|hit| &self.of_hit[*hit]).copied().collect();
        let mut values: Vec<_> = numbers.into_iter().map(|number| self.distinct[number as usize].clone()).collect();
        values.push((ListField::State, state.to_owned()));
        values.retain(|(_, text)| !text.is_empty());
        values.sort_by_key(|(field, _)| (*field != ListField::User, *field));
        values
    }

    /// The word for each hit's disposition.
    fn dispositions(&self, hits: &[Hit], case: &Case) -> Vec<&'static str> {
        let mut words = vec!["open"; hits.len()];
        let mut rest = self.by_id.iter().copied().peekable();
        for (id, disposition) in case.hits.iter().filter_map(|(id, work)| Some((id, work.disposition?))) {
            while rest.next_if(|hit| hits[*hit].id < *id).is_some() {}
            while let Some(hit) = rest.next_if(|hit| hits[*hit].id == *id) {
                words[hit] = disposition.words();
            }
        }
        words
    }

    /// Finds the hits that filters keep: those that meet every term, of incidents none of whose hits has what is left
    /// out.
    pub fn kept<'a>(
        &'a self,
        filters: &[ListFilter],
        hits: &[Hit],
        case: &Case,
        groups: &[Group],
    ) -> impl Fn(usize) -> bool + 'a {
        let dispositions = self.dispositions(hits, case);
        let terms = filters.iter().flat_map(ListFilter::terms).filter(|term| !term.text.is_empty());
        let words: BTreeSet<&'static str> = dispositions.iter().copied().collect();
        let terms: Vec<(Term, Vec<bool>, Vec<&'static str>)> = terms
            .map(|term| {
                let met = self.distinct.iter().map(|(field, text)| term.meets(*field, text)).collect();
                let states = words.iter().copied().filter(|word| term.meets(ListField::State, word)).collect();
                (term, met, states)
            })
            .collect();
        let has = move |(_, met, states): &(Term, Vec<bool>, Vec<&'static str>), hit: usize| {
            self.of_hit[hit].iter().any(|text| met[*text as usize]) || states.contains(&dispositions[hit])
        };
        let mut left_out = vec![false; hits.len()];
        if terms.iter().any(|(term, ..)| term.without) {
            work::look(hits.len());
            for group in groups {
                let unwanted = |hit: &usize| terms.iter().any(|term| term.0.without && has(term, *hit));
                let out = group.hits.iter().any(unwanted);
                group.hits.iter().for_each(|hit| left_out[*hit] = out);
            }
        }
        move |hit| !left_out[hit] && terms.iter().all(|term| term.0.without || has(term, hit))
    }
}

/// Returns whether a text contains another, which is in lower case.
fn holds(text: &str, wanted: &str) -> bool {
    if text.is_ascii() && wanted.is_ascii() {
        // There are many: none is copied.
        let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
        return wanted.is_empty() || text.windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted));
    }
    text.to_lowercase().contains(wanted)
}

/// A name in a line that rows have and incidents do not: `result`.
pub fn name_of_rows(line: &str) -> Option<&str> {
    let names = line.split_whitespace().filter_map(|word| word.trim_start_matches('-').split_once(':'));
    names.map(|(name, _)| name).find(|name| ListField::named(name).is_none() && search::is_name(name))
}

/// The rows of a hit, some of them twice.
fn rows(hit: &Hit) -> impl Iterator<Item = EventId> + '_ {
    let calls = hit.graph.iter().map(|call| call.event).chain(hit.acts.iter().map(|act| act.event));
    hit.evidence.iter().chain(&hit.legs).copied().chain(calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_any_case() {
        for (text, wanted, found) in [
            ("B.Office@contoso.com", "b.off", true),
            ("Jörg@contoso.com", "jörg", true),
            ("abc", "abcd", false),
            ("", "", true),
        ] {
            assert_eq!(holds(text, wanted), found, "{text} {wanted}");
        }
    }

    #[test]
    fn a_word_is_a_name_with_a_value_a_text_or_what_is_left_out() {
        let meets = |word: &str, field, text| Term::parse(word).meets(field, text);
        assert!(meets("ip:198", ListField::Address, "198.51.100.23") && !meets("ip:198", ListField::User, "198"));
        assert!(meets("fdc", ListField::User, "finance.director@contoso.com"), "letters in their order");
        assert!(!meets("-fdc", ListField::User, "finance.director@contoso.com"), "what is left out stands as typed");
        assert!(!meets("121", ListField::Address, "198.21.100.21"), "nor are letters gathered from an address");
        assert_eq!(name_of_rows("b.office result:403"), Some("result"));
        assert_eq!(name_of_rows("user:ana ip:1 odd:2"), None);
    }
}
