//! The page about a bundle: each source, its rows, its gaps, and the questions that the bundle cannot answer.
//!
//! `info` prints it, the workbench shows it, and the note tells it as its gaps.

mod audit;
mod elsewhere;
mod foreign;
mod hours;
mod lack;
mod lines;
mod notice;
mod readiness;
mod words;

pub use elsewhere::pending_words;
pub use foreign::{export_sign_ins, lookalikes, name_the_table, nothing_analysed};
pub use hours::Gap;
use hours::Hours;
pub use lack::Lack;
pub use lines::{Tone, bytes, lag_words, lines, reason_words, source_lines, summary};
pub use notice::{Notice, NoticeKind};
pub use readiness::Readiness;
pub use words::read_words;

use super::note::labels;
use super::row::armless;
use crate::ingest::Loaded;
use crate::model::{Field, FieldSet, Flags, Problem, ProblemKind, ShapeFamily, ShortSearch, Source, Span, Table, Time};
use crate::store::Event;
use crate::triage::fingerprint;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

/// Everything that `info` says.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Info<'a> {
    /// Names the bundle by its bytes; a case file holds the same.
    pub bundle: String,
    /// Rows that became events.
    pub read: u64,
    /// Duplicates: rows of an event beside the one that counts.
    #[serde(rename = "Folded")]
    pub duplicates: u64,
    /// Rows that could not be read.
    pub skipped: u64,
    /// First event time.
    pub first_event: Option<Time>,
    /// Last event time.
    pub last_event: Option<Time>,
    /// Facts that a reader of the findings needs, the most important first.
    pub notices: Vec<Notice>,
    /// Per analytic, whether it can run.
    pub analytics: Vec<Readiness>,
    /// Tables of ours that the bundle has no row of.
    pub absent_tables: Vec<&'static str>,
    /// Per table of ours that it has.
    pub tables: Vec<TableInfo>,
    /// Per source.
    pub sources: Vec<SourceInfo<'a>>,
    /// Records, members and paths that were not read.
    pub problems: Vec<ProblemInfo<'a>>,
}

/// Figures of one table, over all sources.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TableInfo {
    /// Its name.
    pub table: &'static str,
    /// Its events, duplicates left out.
    pub events: u64,
    /// First event.
    pub first_event: Option<Time>,
    /// Last event.
    pub last_event: Option<Time>,
    /// Delay of the ingest time behind the event time.
    pub lag: Option<Lag>,
    /// Times without rows where there usually are some.
    pub gaps: Vec<Gap>,
}

/// Delay of one clock behind the other, over the events that have both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Lag {
    /// Half the events trail no more.
    pub median_seconds: i64,
    /// No event trails more.
    pub max_seconds: i64,
}

/// Figures of one source.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SourceInfo<'a> {
    /// Its name.
    pub source: &'a str,
    /// The last part of the name, where no other source has the same.
    #[serde(skip)]
    pub label: String,
    /// Shape, when one was recognised.
    pub shape: Option<&'a str>,
    /// Family of that shape.
    #[serde(skip)]
    pub family: Option<ShapeFamily>,
    /// Rows per table, those no analytic reads included.
    pub tables: &'a BTreeMap<String, u64>,
    /// Those of them that look like sign-ins or calls, in a table of another name.
    pub lookalikes: &'a BTreeMap<String, u64>,
    /// Bytes as received; packed ones, for what came packed.
    pub bytes: u64,
    /// Bytes that came out of them, where they came packed: what offsets of records count.
    pub decoded: Option<u64>,
    /// SHA-256 as received.
    pub sha256: &'a str,
    /// Rows that became events.
    pub read: u64,
    /// Duplicates: rows of an event beside the one that counts.
    #[serde(rename = "Folded")]
    pub duplicates: u64,
    /// Rows that could not be read.
    pub skipped: u64,
    /// First event time.
    pub first_event: Option<Time>,
    /// Last event time.
    pub last_event: Option<Time>,
    /// Columns that an analytic needs and no row of the source has.
    pub lacks: Vec<Lack>,
    /// Rows whose value of an enumeration the export withholds, by column.
    pub withheld: BTreeMap<&'static str, u64>,
    /// Why rows were not read: each reason with its count, and where it begins.
    pub reasons: Vec<Reason>,
    /// Searches of the unified audit log that found more than the source has.
    pub short_searches: &'a [ShortSearch],
    /// The reader's assumptions.
    pub remarks: Vec<&'a str>,
}

/// One reason for which rows were not read.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Reason {
    /// The words for the first.
    pub reason: String,
    /// Number of times.
    pub count: usize,
    /// Record number of the first, where there is one.
    pub record: Option<u64>,
    /// Byte offset of the first, where there is one.
    pub offset: Option<u64>,
    /// Its kind, which decides its cost.
    #[serde(skip)]
    pub kind: ProblemKind,
}

impl Reason {
    /// Returns whether it says how times were read, and loses no row.
    pub fn is_of_times(&self) -> bool {
        self.kind == ProblemKind::Times
    }

    /// Returns whether it is about the source, not about some of its rows.
    pub fn is_of_source(&self) -> bool {
        self.is_of_times() || self.record.is_none()
    }
}

/// One thing that was not read.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProblemInfo<'a> {
    /// Source or path.
    pub source: &'a str,
    /// Record number.
    pub record: Option<u64>,
    /// Byte offset.
    pub offset: Option<u64>,
    /// Why.
    pub reason: &'a str,
}

/// Writes it as one JSON object.
pub fn write_json(info: &Info, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", armless(&serde_json::to_string_pretty(info)?))
}

impl<'a> Info<'a> {
    /// Problems of paths and members that are no source.
    pub fn path_problems(&self) -> impl Iterator<Item = &ProblemInfo<'a>> {
        let known: HashSet<&str> = self.sources.iter().map(|source| source.source).collect();
        self.problems.iter().filter(move |problem| !known.contains(problem.source))
    }
}

/// Everything there is to say about what was read.
pub fn info(loaded: &Loaded) -> Info<'_> {
    let range = loaded.store.range();
    let seen = Seen::new(loaded);
    let mut problems: HashMap<&str, Vec<&Problem>> = HashMap::new();
    for problem in &loaded.problems {
        problems.entry(&problem.source).or_default().push(problem);
    }
    let of = |source: &Source| problems.get(source.name.as_str()).map_or(&[][..], Vec::as_slice);
    let mut info = Info {
        bundle: fingerprint(&loaded.sources),
        read: loaded.rows_read(),
        duplicates: loaded.store.duplicates(),
        skipped: loaded.rows_skipped(),
        first_event: range.map(|(first, _)| first),
        last_event: range.map(|(_, last)| last),
        notices: Vec::new(),
        analytics: Vec::new(),
        absent_tables: Table::ALL
            .into_iter()
            .filter(|table| loaded.store.count(*table) == 0)
            .map(Table::name)
            .collect(),
        tables: seen.tables.into_iter().filter_map(Rows::into_info).collect(),
        sources: loaded
            .sources
            .iter()
            .zip(seen.sources)
            .zip(labels(&loaded.sources))
            .map(|((source, seen), label)| source_info(source, of(source), label, seen))
            .collect(),
        problems: loaded.problems.iter().map(problem_info).collect(),
    };
    info.notices = notice::notices(loaded, &info, (elsewhere::notices(&loaded.store), audit::gaps(&loaded.store)));
    info.analytics = readiness::readiness(&loaded.store, &info);
    info
}

/// The fields that the rows of each source and the events of each table have.
struct Seen {
    sources: Vec<Held>,
    tables: [Rows; Table::COUNT],
}

/// The events of a table.
struct Rows {
    table: Table,
    events: u64,
    first: Option<Time>,
    last: Option<Time>,
    lags: Vec<Span>,
    hours: Hours,
}

#[derive(Clone, Default)]
struct Held {
    fields: FieldSet,
    withheld: BTreeMap<&'static str, u64>,
}

impl Seen {
    /// One pass over the rows. A column that is there and always blank is none.
    fn new(loaded: &Loaded) -> Self {
        let store = &loaded.store;
        let mut sources = vec![Held::default(); loaded.sources.len()];
        let mut tables = Table::ALL.map(Rows::new);
        let mut open: Vec<Vec<Field>> = loaded
            .sources
            .iter()
            .map(|source| Field::ALL.into_iter().filter(|field| source.fields.contains(*field)).collect())
            .collect();
        for (_, event) in store.events() {
            if !event.is_duplicate() {
                tables[event.table as usize].add(event);
            }
            if event.is_union() {
                continue;
            }
            let at = event.origin.source.0 as usize;
            let (Some(source), Some(open)) = (sources.get_mut(at), open.get_mut(at)) else { continue };
            let holds = |field: Field| {
                let computed = field == Field::TokenId && event.flags.has(Flags::TOKEN_COMPUTED);
                !computed && !store.normalized_field(event, field).is_none()
            };
            // Most columns are found in the first rows, and are not looked for in the others.
            open.retain(|&field| {
                let found = holds(field);
                if found {
                    source.fields.insert(field);
                }
                !found
            });
            if event.flags.any(WITHHELD_ANY) {
                for (flag, field) in WITHHELD {
                    if event.flags.has(flag) {
                        *source.withheld.entry(field.column()).or_default() += 1;
                    }
                }
            }
        }
        Self { sources, tables }
    }
}

const WITHHELD: [(Flags, Field); 3] = [
    (Flags::INCOMING_WITHHELD, Field::IncomingTokenType),
    (Flags::PROTOCOL_WITHHELD, Field::AuthenticationProtocol),
    (Flags::TRANSFER_WITHHELD, Field::OriginalTransferMethod),
];
const WITHHELD_ANY: Flags = Flags(Flags::INCOMING_WITHHELD.0 | Flags::PROTOCOL_WITHHELD.0 | Flags::TRANSFER_WITHHELD.0);

impl Rows {
    fn new(table: Table) -> Self {
        Self { table, events: 0, first: None, last: None, lags: Vec::new(), hours: Hours::default() }
    }

    /// Counts an event; they come in order.
    fn add(&mut self, event: Event<'_>) {
        let time = event.time();
        self.events += 1;
        self.first = self.first.or(Some(time));
        self.last = Some(time);
        if event.is_timed() {
            self.hours.add(time);
        }
        if event.is_timed() && event.created.is_known() && event.ingested.is_known() {
            self.lags.push(event.ingested.since(event.created));
        }
    }

    fn into_info(self) -> Option<TableInfo> {
        let gaps = self.hours.gaps();
        let (table, events, first_event, last_event) = (self.table.name(), self.events, self.first, self.last);
        (events > 0).then(|| TableInfo { table, events, first_event, last_event, lag: lag(self.lags), gaps })
    }
}

fn lag(mut lags: Vec<Span>) -> Option<Lag> {
    let max = *lags.iter().max()?;
    let middle = (lags.len() - 1) / 2;
    let (_, median, _) = lags.select_nth_unstable(middle);
    Some(Lag { median_seconds: median.whole_seconds(), max_seconds: max.whole_seconds() })
}

fn source_info<'a>(source: &'a Source, problems: &[&Problem], label: String, seen: Held) -> SourceInfo<'a> {
    SourceInfo {
        source: &source.name,
        label,
        shape: source.shape.map(|shape| shape.id),
        family: source.shape.map(|shape| shape.family),
        tables: &source.tables,
        lookalikes: &source.lookalikes,
        bytes: source.bytes,
        decoded: source.decoded,
        sha256: source.sha256(),
        read: source.read,
        duplicates: source.duplicates,
        skipped: source.skipped,
        first_event: source.first,
        last_event: source.last,
        lacks: lack::lacks(source, seen.fields),
        withheld: seen.withheld,
        reasons: reasons(problems.iter().copied()),
        short_searches: &source.short_searches,
        remarks: source.all_remarks().collect(),
    }
}

/// Problems of one kind as one: what is quoted in a reason, and its numbers, do not tell kinds apart. In the order
/// in which they begin.
fn reasons<'p>(problems: impl Iterator<Item = &'p Problem>) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for problem in problems {
        let place = *places.entry(kind_of(&problem.reason)).or_insert(reasons.len());
        if let Some(known) = reasons.get_mut(place) {
            known.count += 1;
        } else {
            let Problem { reason, record, offset, kind, .. } = problem.clone();
            reasons.push(Reason { reason, count: 1, record, offset, kind });
        }
    }
    reasons
}

fn kind_of(reason: &str) -> String {
    let outside = reason.split('"').step_by(2);
    outside.flat_map(str::chars).filter(|c| !c.is_ascii_digit()).collect()
}

fn problem_info(problem: &Problem) -> ProblemInfo<'_> {
    ProblemInfo { source: &problem.source, record: problem.record, offset: problem.offset, reason: &problem.reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_of_one_kind_are_counted_from_the_first() {
        let problem = |record, reason: &str| Problem {
            source: "a.json".to_owned(),
            record: Some(record),
            offset: Some(record * 100),
            kind: ProblemKind::Unread,
            reason: reason.to_owned(),
        };
        let problems = [
            problem(3, "its time cannot be read: \"soon\""),
            problem(4, "nested deeper than 128 levels"),
            problem(9, "its time cannot be read: \"later\""),
        ];
        let counts: Vec<_> = reasons(problems.iter()).into_iter().map(|r| (r.count, r.record, r.offset)).collect();
        assert_eq!(counts, [(2, Some(3), Some(300)), (1, Some(4), Some(400))]);
    }
}
