//! Search in the timeline. Matches each distinct text of the bundle once.

use super::work::Mark;
use super::{acts, timeline};
use crate::analytics::known::Standing;
use crate::analytics::news::{NewKind, News};
use crate::facts::Facts;
use crate::model::{EventId, Field, Sym};
use crate::store::{GUID_LEN, Store};
use regex::{Regex, RegexBuilder};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// Marks by event, which a search can ask for.
pub type EventMarks = Arc<BTreeMap<EventId, Mark>>;

/// Most bytes of a compiled expression, and of its cache.
const REGEX_BYTES: usize = 1 << 20;

/// Scope of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SearchScope {
    /// Every field, and the row's words in the timeline.
    Anywhere,
    /// These fields.
    Fields(&'static [Field]),
    /// The words of [`timeline::RowKind`].
    Kind,
    /// The time, as `2026-05-01 14:02:07`.
    Time,
    /// The tags of the event.
    Tags,
    /// The remark on the event.
    Remark,
    /// Any mark on the event.
    Mark,
    /// Whether it failed.
    Failed,
    /// Kinds of what is new to the user.
    New,
}

const ASN: SearchScope = SearchScope::Fields(&[Field::Asn]);

const USERS: [Field; 5] =
    [Field::UserId, Field::UserPrincipalName, Field::UserDisplayName, Field::Identity, Field::ActedUpon];

const RESULTS: [Field; 4] = [Field::ResultType, Field::ResultDescription, Field::ResponseStatusCode, Field::Outcome];

/// Short names of scopes.
const NAMES: [(&str, SearchScope); 24] = [
    ("user", SearchScope::Fields(&USERS)),
    ("ip", SearchScope::Fields(&[Field::IpAddress])),
    ("asn", ASN),
    ("app", SearchScope::Fields(&[Field::AppId, Field::AppDisplayName])),
    ("res", SearchScope::Fields(&[Field::ResourceIdentity, Field::ResourceDisplayName])),
    ("ua", SearchScope::Fields(&[Field::UserAgent])),
    ("result", SearchScope::Fields(&RESULTS)),
    ("method", SearchScope::Fields(&[Field::RequestMethod])),
    ("uri", SearchScope::Fields(&[Field::RequestUri])),
    ("act", SearchScope::Fields(&[Field::Operation, Field::Variant])),
    ("object", SearchScope::Fields(&[Field::Object, Field::Detail])),
    ("session", SearchScope::Fields(&[Field::SessionId])),
    ("token", SearchScope::Fields(&[Field::TokenId])),
    ("device", SearchScope::Fields(&[Field::DeviceDetail, Field::DeviceId])),
    ("scope", SearchScope::Fields(&[Field::Scopes, Field::ProcessingDetails])),
    ("country", SearchScope::Fields(&[Field::Location, Field::LocationDetails])),
    ("id", SearchScope::Fields(&[Field::Id, Field::CorrelationId])),
    ("kind", SearchScope::Kind),
    ("time", SearchScope::Time),
    ("tag", SearchScope::Tags),
    ("remark", SearchScope::Remark),
    ("mark", SearchScope::Mark),
    ("failed", SearchScope::Failed),
    ("new", SearchScope::New),
];

/// The scope of a name before a colon: a short name, or a column of Log Analytics.
fn place(name: &str) -> Option<SearchScope> {
    let short = NAMES.iter().find(|(short, _)| short.eq_ignore_ascii_case(name)).map(|(_, place)| *place);
    let column = || Field::ALL.iter().position(|field| field.column().eq_ignore_ascii_case(name));
    short.or_else(|| column().map(|at| SearchScope::Fields(&Field::ALL[at..=at])))
}

/// Returns whether a word before a colon names fields of rows.
pub(super) fn is_name(name: &str) -> bool {
    place(name).is_some()
}

/// Result of matching a text.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Seen {
    #[default]
    Not,
    Matches,
    Differs,
}

/// Results so far, by the symbol of the text.
#[derive(Default)]
struct Memory(Vec<Seen>);

impl Memory {
    fn matches(&mut self, sym: Sym, look: impl FnOnce() -> bool) -> bool {
        let at = sym.0 as usize;
        if at >= self.0.len() {
            self.0.resize((at + 1).next_power_of_two(), Seen::Not);
        }
        if self.0[at] == Seen::Not {
            self.0[at] = if look() { Seen::Matches } else { Seen::Differs };
        }
        self.0[at] == Seen::Matches
    }
}

/// One condition of a search.
struct Term {
    /// Whether rows that hold it are left out: `-app:office`.
    negated: bool,
    place: SearchScope,
    /// `None` asks only for a value that is not empty.
    pattern: Option<Regex>,
    /// Whether the term may be a clock: `14:02`.
    clock: bool,
    texts: Memory,
    /// Results for the known names of ids, apart from the texts: a client and a resource can have one id.
    clients: Memory,
    resources: Memory,
    users: Memory,
    /// Results for the plain words of operations, by operation and variant.
    verbs: HashMap<(Sym, Sym), bool, foldhash::fast::RandomState>,
}

/// A search. Every term has to match.
pub struct Search {
    terms: Vec<Term>,
    marks: EventMarks,
    news: Option<NewsOf>,
}

/// News of a row: work of the analytics, which a search asks for only where a term does.
pub type NewsOf = Arc<dyn Fn(&Store, &Facts, EventId) -> News + Send + Sync>;

impl Search {
    /// Reads `text`, `field:value` and `/expression/`, each also in quotes, separated by spaces; after a `-` what must
    /// not hold.
    ///
    /// # Errors
    /// The fault of an expression, in a line.
    pub fn parse(line: &str) -> Result<Self, String> {
        Ok(Self {
            terms: words(line).map(Term::parse).collect::<Result<_, _>>()?,
            marks: EventMarks::default(),
            news: None,
        })
    }

    /// This search, with the marks it may ask for.
    #[must_use]
    pub fn with(self, marks: EventMarks) -> Self {
        Self { marks, ..self }
    }

    /// This search, with what tells what of a row is new. Without it nothing is.
    #[must_use]
    pub fn with_news(self, news: NewsOf) -> Self {
        Self { news: Some(news), ..self }
    }

    /// Returns whether the search is empty.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Returns whether a row matches every term.
    pub fn holds(&mut self, store: &Store, facts: &Facts, event: EventId) -> bool {
        let mark = self.marks.get(&event);
        let news = self.news.as_ref();
        self.terms.iter_mut().all(|term| match term.place {
            SearchScope::New => {
                let news = news.map(|news| news(store, facts, event)).unwrap_or_default();
                term.is_among(news) != term.negated
            }
            _ => term.holds(store, facts, event, mark),
        })
    }

    /// The parts of a cell that match, in order; `fields` are those that the cell shows.
    pub fn parts(&self, fields: &[Field], cell: &str) -> Vec<Range<usize>> {
        let tells = |term: &&Term| match term.place {
            _ if term.negated => false,
            SearchScope::Anywhere => true,
            SearchScope::Fields(asked) => fields.iter().any(|field| asked.contains(field)),
            SearchScope::Kind
            | SearchScope::Time
            | SearchScope::Tags
            | SearchScope::Remark
            | SearchScope::Mark
            | SearchScope::New
            | SearchScope::Failed => false,
        };
        let patterns = self.terms.iter().filter(tells).filter_map(|term| term.pattern.as_ref());
        let found = patterns.flat_map(|pattern| pattern.find_iter(cell)).map(|part| part.range());
        let mut parts: Vec<Range<usize>> = found.filter(|part| !part.is_empty()).collect();
        parts.sort_by_key(|part| part.start);
        let mut end = 0;
        for part in &mut parts {
            *part = part.start.max(end)..part.end.max(end);
            end = part.end;
        }
        parts.retain(|part| !part.is_empty());
        parts
    }
}

impl Term {
    fn parse(word: &str) -> Result<Self, String> {
        // A dash alone is a text.
        let (negated, word) = match word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            Some(rest) => (true, rest),
            None => (false, word),
        };
        let named = word.split_once(':').and_then(|(name, value)| Some((place(name)?, value)));
        let (place, value) = named.unwrap_or((SearchScope::Anywhere, word));
        // As the timeline writes it; records have the digits only.
        let (place, value) = match number(value).filter(|_| place == SearchScope::Anywhere || place == ASN) {
            Some(number) => (ASN, number),
            None => (place, value),
        };
        let quoted = value.strip_prefix('"').map(|rest| rest.strip_suffix('"').unwrap_or(rest));
        // A path begins with a slash too: only one that ends with it is an expression.
        let expression =
            value.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|rest| !rest.is_empty());
        let text = match (quoted, expression) {
            (Some(text), _) => regex::escape(text),
            (None, Some(expression)) => expression.to_owned(),
            (None, None) => regex::escape(value),
        };
        let built =
            RegexBuilder::new(&text).case_insensitive(true).size_limit(REGEX_BYTES).dfa_size_limit(REGEX_BYTES).build();
        let pattern = built.map_err(|error| reason(&error))?;
        Ok(Self {
            negated,
            place,
            pattern: (!text.is_empty()).then_some(pattern),
            clock: place == SearchScope::Anywhere && is_clock(value),
            texts: Memory::default(),
            clients: Memory::default(),
            resources: Memory::default(),
            users: Memory::default(),
            verbs: HashMap::default(),
        })
    }

    fn holds(&mut self, store: &Store, facts: &Facts, event: EventId, mark: Option<&Mark>) -> bool {
        self.is_in(store, facts, event, mark) != self.negated
    }

    fn is_in(&mut self, store: &Store, facts: &Facts, event: EventId, mark: Option<&Mark>) -> bool {
        let row = store.event(event);
        let tagged = || mark.is_some_and(|mark| mark.tags.iter().any(|tag| self.says(tag)));
        let remarked = || mark.is_some_and(|mark| !mark.remark.is_empty() && self.says(&mark.remark));
        match self.place {
            SearchScope::Tags => tagged(),
            SearchScope::Remark => remarked(),
            SearchScope::Mark => {
                tagged() || remarked() || mark.is_some_and(|mark| mark.bookmarked && self.says("bookmark"))
            }
            SearchScope::Anywhere if tagged() || remarked() => true,
            SearchScope::Fields(fields) => self.any(store, facts, event, fields),
            SearchScope::Anywhere => {
                self.any(store, facts, event, &Field::ALL)
                    || self.says(timeline::kind(row).words())
                    || (self.clock && self.says(&row.time().second()))
            }
            SearchScope::Kind => self.says(timeline::kind(row).words()),
            SearchScope::Time => self.says(&row.time().second()),
            SearchScope::Failed => timeline::has_failed(store, row) && self.says("yes"),
            // The search asks for it, which has the news.
            SearchScope::New => false,
        }
    }

    /// Returns whether a kind of what is new has the pattern in one of its names.
    fn is_among(&self, news: News) -> bool {
        let names = |kind: NewKind| kind.aliases().iter().copied().chain([kind.word(), "yes"]);
        news.with(Standing::New).any(|kind| names(kind).any(|name| self.says(name)))
    }

    fn says(&self, text: &str) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
    }

    fn any(&mut self, store: &Store, facts: &Facts, event: EventId, fields: &[Field]) -> bool {
        let row = store.event(event);
        let Some(pattern) = &self.pattern else {
            return fields.iter().any(|field| !store.normalized_field(row, *field).is_none());
        };
        let matches = |text: &str| pattern.is_match(text);
        let sym_matches = |sym| matches(store.key(sym).read(&mut [0; GUID_LEN]));
        fields.iter().any(|field| {
            let sym = row.get(*field);
            let known = || store.text(store.normalized(sym));
            match field {
                // The name the timeline shows, whatever the record says.
                Field::AppId => self.clients.matches(sym, || {
                    sym_matches(sym) || facts.client(known()).is_some_and(|client| matches(&client.name))
                }),
                Field::ResourceIdentity => self.resources.matches(sym, || {
                    sym_matches(sym) || facts.resource(known()).is_some_and(|resource| matches(&resource.name))
                }),
                // Graph rows have no name of their own.
                Field::UserPrincipalName => {
                    self.texts.matches(sym, || sym_matches(sym))
                        || self.users.matches(row.user, || matches(store.upn(row.user)))
                }
                // The words that the timeline shows in its place.
                Field::Operation => {
                    self.texts.matches(sym, || sym_matches(sym))
                        || !sym.is_none()
                            && *self.verbs.entry((sym, row.get(Field::Variant))).or_insert_with(|| {
                                acts::action(store, facts, row).is_some_and(|action| matches(&action.verb))
                            })
                }
                _ => self.texts.matches(sym, || sym_matches(sym)),
            }
        })
    }
}

/// The digits of `AS64500`.
fn number(word: &str) -> Option<&str> {
    let (head, digits) = word.split_at_checked(2)?;
    let only_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (head.eq_ignore_ascii_case("as") && only_digits).then_some(digits)
}

/// Returns whether a word may be a clock: `14:02`, `14:02:07`.
fn is_clock(word: &str) -> bool {
    word.contains(':') && word.split(':').all(|part| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The words of a line. Quotes and expressions keep their spaces.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(' ');
        if rest.is_empty() {
            return None;
        }
        let end = kept_together(rest).or_else(|| rest.find(' ')).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

/// The end of a quote or an expression that `text` begins with, a name before it included.
fn kept_together(text: &str) -> Option<usize> {
    let dash = usize::from(text.starts_with('-'));
    let start = match text[dash..].split_once(':') {
        Some((name, _)) if place(name).is_some() => dash + name.len() + 1,
        _ => dash,
    };
    let close = text[start..].chars().next().filter(|first| matches!(first, '"' | '/'))?;
    let inside = start + 1;
    let mut closings = text[inside..].match_indices(close).map(|(at, _)| inside + at + 1);
    let ends = |end: &usize| text[*end..].is_empty() || text[*end..].starts_with(' ');
    closings.find(|end| ends(end)).or((close == '"').then_some(text.len()))
}

/// The fault of an expression, without the four-line picture.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the expression is too big".to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            format!("no expression: {}", last.trim_start_matches("error: "))
        }
    }
}

#[cfg(test)]
mod tests;
