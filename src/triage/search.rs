//! Search in the timeline. Matches each distinct text of the bundle once.

use super::work::Mark;
use super::{acts, timeline};
use crate::analytics::known::Standing;
use crate::analytics::news::{NewKind, News};
use crate::facts::Facts;
use crate::model::{EventId, Field, Sym};
use crate::store::Store;
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
        fields.iter().any(|field| {
            let sym = row[*field];
            let known = || store.text(store.normalized(sym));
            match field {
                // The name the timeline shows, whatever the record says.
                Field::AppId => self.clients.matches(sym, || {
                    matches(store.text(sym)) || facts.client(known()).is_some_and(|client| matches(&client.name))
                }),
                Field::ResourceIdentity => self.resources.matches(sym, || {
                    matches(store.text(sym)) || facts.resource(known()).is_some_and(|resource| matches(&resource.name))
                }),
                // Graph rows have no name of their own.
                Field::UserPrincipalName => {
                    self.texts.matches(sym, || matches(store.text(sym)))
                        || self.users.matches(row.user, || matches(store.upn(row.user)))
                }
                // The words that the timeline shows in its place.
                Field::Operation => {
                    self.texts.matches(sym, || matches(store.text(sym)))
                        || !sym.is_none()
                            && *self.verbs.entry((sym, row[Field::Variant])).or_insert_with(|| {
                                acts::action(store, facts, row).is_some_and(|action| matches(&action.verb))
                            })
                }
                _ => self.texts.matches(sym, || matches(store.text(sym))),
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
mod tests {
    use super::*;
    use crate::model::Table;
    use crate::store::testing::Rows;

    const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

    fn store() -> Store {
        let mut rows = Rows::default();
        let user = (Field::UserId, "u1");
        rows.row(
            Table::SignIn,
            "2026-05-01T14:02:07Z",
            &[
                user,
                (Field::UserPrincipalName, "Ana@contoso.com"),
                (Field::IpAddress, "198.51.100.23"),
                (Field::Asn, "64500"),
                (Field::AppId, CLI),
                (Field::ResultType, "50126"),
                (Field::UserAgent, "python-requests/2.31.0"),
            ],
        );
        rows.row(
            Table::Graph,
            "2026-05-01T14:03:00Z",
            &[
                user,
                (Field::IpAddress, "192.0.2.10"),
                (Field::RequestMethod, "GET"),
                (Field::ResponseStatusCode, "200"),
                (Field::RequestUri, "https://graph.microsoft.com/v1.0/me/messages?$search=\"an invoice\""),
                (Field::SessionId, "s1"),
            ],
        );
        rows.build()
    }

    /// The rows, of two, that match.
    fn found(line: &str) -> Vec<u32> {
        let store = store();
        let mut search = Search::parse(line).unwrap();
        store
            .events()
            .map(|(id, _)| id)
            .filter(|id| search.holds(&store, Facts::embedded(), *id))
            .map(|id| id.0)
            .collect()
    }

    #[test]
    fn a_row_holds_what_every_term_asks() {
        for (line, rows) in [
            ("", vec![0, 1]),
            ("PYTHON", vec![0]),
            ("ip:198.51", vec![0]),
            ("ip:graph", vec![]),
            ("IPAddress:192.0.2.10 method:get", vec![1]),
            ("method:get result:50126", vec![]),
            ("app:azure", vec![0]),
            ("AS64500", vec![0]),
            ("asn:645", vec![0]),
            ("user:ana@", vec![0, 1]),
            ("kind:graph", vec![1]),
            ("session:", vec![1]),
            ("/me/messages", vec![1]),
            ("uri:/messages.*INV[aeiou]+ce/", vec![1]),
            ("/an inv.ice/ 200", vec![1]),
            ("\"an invoice\"", vec![1]),
            ("uri:\"an invoice\" ip:198", vec![]),
            ("14:02", vec![0]),
            ("time:2026-05-01", vec![0, 1]),
            ("https://graph", vec![1]),
            ("nobody:knows", vec![]),
            ("2.31.0", vec![0]),
            ("2x31", vec![]),
        ] {
            assert_eq!(found(line), rows, "{line}");
        }
    }

    #[test]
    fn a_dash_leaves_rows_out_and_failures_have_a_name() {
        for (line, expected) in [
            ("-invoice", vec![0]),
            ("-ip:198.51.100.23", vec![1]),
            ("-uri:\"an invoice\"", vec![0]),
            ("-/no.such/", vec![0, 1]),
            ("ip:198 -failed:", vec![]),
            ("failed:", vec![0]),
            ("failed:yes", vec![0]),
            ("-failed:", vec![1]),
            ("-", vec![0]),
        ] {
            assert_eq!(found(line), expected, "{line}");
        }
    }

    #[test]
    fn acts_are_found_by_operation_words_object_and_detail() {
        let mut rows = Rows::default();
        let rule = [
            (Field::UserId, "u1"),
            (Field::Operation, "New-InboxRule"),
            (Field::Variant, "moves"),
            (Field::Object, "x"),
            (Field::Detail, "→ RSS Feeds"),
        ];
        rows.row(Table::UnifiedAudit, "2026-05-01T14:02:07Z", &rule);
        let reset = [
            (Field::UserPrincipalName, "admin@contoso.com"),
            (Field::Operation, "Reset user password"),
            (Field::ActedUpon, "ana@contoso.com"),
            (Field::Outcome, "failure"),
        ];
        rows.row(Table::Audit, "2026-05-01T14:02:08Z", &reset);
        let store = rows.build();
        for (line, expected) in [
            ("new-inbox", vec![0]),
            ("\"created inbox rule\"", vec![0]),
            ("act:created", vec![0]),
            ("operation:password", vec![1]),
            ("act:RSS", vec![]),
            ("object:rss", vec![0]),
            ("detail:rss", vec![0]),
            ("user:ana", vec![1]),
            ("result:fail", vec![1]),
            ("act:", vec![0, 1]),
        ] {
            let mut search = Search::parse(line).unwrap();
            let found = [0, 1].into_iter().filter(|id| search.holds(&store, Facts::embedded(), EventId(*id)));
            assert_eq!(found.collect::<Vec<_>>(), expected, "{line}");
        }
    }

    #[test]
    fn marks_are_searched_too() {
        let store = store();
        let bookmark = Mark { bookmarked: true, ..Mark::default() };
        let remark = Mark { tags: vec!["phish".into()], remark: "the first mail".into(), ..Mark::default() };
        let marks: EventMarks = Arc::new([(EventId(0), remark), (EventId(1), bookmark)].into());
        for (line, rows) in [
            ("tag:", vec![0]),
            ("tag:PHI", vec![0]),
            ("tag:mail", vec![]),
            ("remark:/first.mail/", vec![0]),
            ("remark:", vec![0]),
            ("mark:", vec![0, 1]),
            ("mark:bookmark", vec![1]),
            ("mark:phish ip:198", vec![0]),
            ("phish", vec![0]),
            ("\"first mail\"", vec![0]),
        ] {
            let mut search = Search::parse(line).unwrap().with(Arc::clone(&marks));
            let found = [0, 1].into_iter().filter(|id| search.holds(&store, Facts::embedded(), EventId(*id)));
            assert_eq!(found.collect::<Vec<_>>(), rows, "{line}");
        }
        assert!(found("mark: tag: remark:").is_empty(), "without marks there are none");
    }

    #[test]
    fn what_is_wrong_with_an_expression_is_said_in_a_line() {
        for line in ["/(/", "uri:/a{1000}{1000}{1000}/", "/[z-a]/"] {
            let error = Search::parse(line).err().unwrap();
            assert!(error.contains("expression") && !error.contains('\n'), "{error}");
        }
        assert!(Search::parse("/(").is_ok(), "it is a path until its end is typed");
    }

    #[test]
    fn the_parts_that_match_are_told_per_cell() {
        let parts = |line: &str, fields: &[Field], cell| Search::parse(line).unwrap().parts(fields, cell);
        assert_eq!(parts("me es", &[], "/me/messages"), [1..3, 4..6, 6..7, 10..12]);
        assert_eq!(parts("ip:192", &[Field::IpAddress], "192.0.2.10 192."), [0..3, 11..14]);
        assert!(parts("ip:192", &[Field::RequestUri], "/192").is_empty());
        assert!(parts("/x*/", &[], "abc").is_empty(), "nothing is no part");
    }

    #[test]
    fn every_short_name_is_one_name() {
        for (name, _) in NAMES {
            assert_eq!(NAMES.iter().filter(|(other, _)| *other == name).count(), 1, "{name}");
        }
    }

    #[test]
    fn new_asks_for_kinds_of_what_is_new() {
        let store = store();
        let first = store.events().next().expect("a row").0;
        let found = |line: &str| {
            // The bundle has no days before: here the first row is new by what a test says.
            let news: NewsOf = Arc::new(move |_, _, event| {
                if event == first { News::of_kinds(&[NewKind::Country, NewKind::Client]) } else { News::default() }
            });
            let mut search = Search::parse(line).unwrap().with_news(news);
            let rows = store.events().map(|(id, _)| id);
            rows.filter(|id| search.holds(&store, Facts::embedded(), *id)).map(|id| id.0).collect::<Vec<_>>()
        };
        assert_eq!((found("new:"), found("new:country"), found("new:app")), (vec![0], vec![0], vec![0]));
        assert_eq!((found("new:ip"), found("-new:"), found("-new:ip")), (vec![], vec![1], vec![0, 1]));
        let mut without = Search::parse("new:").unwrap();
        assert!(!without.holds(&store, Facts::embedded(), first), "nobody tells");
    }
}
