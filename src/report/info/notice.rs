//! Facts about the bundle that a reader of the findings needs, in sentences, the most important first.

use super::foreign::{export_sign_ins, lookalikes, name_the_table, nothing_analysed};
use super::words::{counted, rows, sentence};
use super::{Info, SourceInfo};
use crate::analytics::{ANALYTICS, Analytic, Need};
use crate::ingest::Loaded;
use crate::model::words::listed;
use crate::model::{Field, ShapeFamily, ShortSearch, Table};
use crate::store::Store;
use crate::tables::TABLES;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Kind of a notice, in order of importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// An analytic finds nothing here, whatever happened.
    CannotRun,
    /// A table is not there.
    NoTable,
    /// Rows that look like ours and are in a table of another name.
    Lookalike,
    /// A source, or the rest of one, was not read.
    Unread,
    /// Candidates that another engine named, and hits of analytics that there are not.
    Elsewhere,
    /// An export may have been cut.
    Cut,
    /// Times may have been read other than they were meant.
    Times,
    /// Acts that the audit logs leave out.
    Unlogged,
    /// Hours without rows where there usually are some.
    Gap,
    /// Rows that could not be read.
    Skipped,
    /// Values that an export withholds.
    Withheld,
    /// Token ids that only the ids of the sign-ins tell.
    Tokens,
    /// Two clocks that are far apart.
    Clock,
    /// Copies of an event that differ, of which the order of the sources chose one.
    Copies,
}

impl NoticeKind {
    /// The words before the sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::CannotRun => "analytics",
            Self::NoTable => "no table",
            Self::Lookalike => "other name",
            Self::Unread => "not read",
            Self::Elsewhere => "elsewhere",
            Self::Cut => "cut short?",
            Self::Times => "times",
            Self::Unlogged => "not logged",
            Self::Gap => "gap",
            Self::Skipped => "skipped",
            Self::Withheld => "withheld",
            Self::Tokens => "token ids",
            Self::Clock => "clocks",
            Self::Copies => "copies",
        }
    }
}

/// One thing to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Notice {
    /// Of which kind.
    pub kind: NoticeKind,
    /// The source it is about, by its place; `None` for the bundle.
    #[serde(skip)]
    pub at: Option<usize>,
    /// Name of that source.
    pub source: Option<String>,
    /// The fact, a sentence.
    pub what: String,
    /// The way to be rid of it, a sentence; `None` where there is none.
    pub way_out: Option<String>,
}

/// Row counts at which portals and APIs stop.
const LIMITS: [u64; 6] = [10_000, 30_000, 50_000, 100_000, 250_000, 500_000];
/// Sources named that were not read for the same reason as another.
const ALIKE: usize = 3;
/// Gaps named per table.
const GAPS: usize = 5;
/// Ingest trails by minutes, at times by an hour or two; a notice is due above these, in seconds: for half the rows,
/// for any.
const LATE: (i64, i64) = (30 * 60, 6 * 60 * 60);
/// Exports cut fractions of a second: so little before the event is no other clock.
const EARLY: i64 = -5;

/// The notices, with those on other engines and on the audit logs among them.
pub(super) fn notices(loaded: &Loaded, info: &Info, (elsewhere, unlogged): (Vec<Notice>, Vec<Notice>)) -> Vec<Notice> {
    if loaded.store.is_empty() {
        let mut notices: Vec<Notice> = nothing_analysed(loaded)
            .map(|what| notice(NoticeKind::NoTable, sentence(&what), export_sign_ins()))
            .into_iter()
            .collect();
        notices.extend(alike(loaded));
        notices.extend(unread(info));
        notices.extend(elsewhere);
        notices.extend(each(info, skipped));
        return notices;
    }
    let mut notices = cannot_run(&loaded.store, info);
    notices.extend(absent(&loaded.store, info));
    notices.extend(alike(loaded));
    notices.extend(unread(info));
    notices.extend(elsewhere);
    notices.extend(each(info, cut));
    notices.extend(each(info, times));
    notices.extend(unlogged);
    notices.extend(gaps(info));
    notices.extend(each(info, skipped));
    notices.extend(each(info, withheld));
    notices.extend(tokens(loaded));
    notices.extend(clocks(info));
    notices.extend(copies(&loaded.store));
    notices
}

/// Rows that are lost though nothing was skipped.
fn alike(loaded: &Loaded) -> Option<Notice> {
    lookalikes(loaded).map(|what| notice(NoticeKind::Lookalike, sentence(&what), name_the_table()))
}

pub(super) fn notice(kind: NoticeKind, what: String, way_out: impl Into<Option<String>>) -> Notice {
    Notice { kind, at: None, source: None, what, way_out: way_out.into() }
}

/// The notices of each source.
fn each(info: &Info, say: impl Fn(&SourceInfo) -> Vec<Notice>) -> Vec<Notice> {
    let notices = info.sources.iter().enumerate().flat_map(|(at, source)| {
        let with_source = move |notice| Notice { at: Some(at), source: Some(source.source.to_owned()), ..notice };
        say(source).into_iter().map(with_source)
    });
    notices.collect()
}

/// Analytics that want of columns stops, those stopped by the same ones together.
fn cannot_run(store: &Store, info: &Info) -> Vec<Notice> {
    let has = |table, field| store.has(table, field);
    let present = |need: &&Need| need.tables.iter().any(|table| store.count(*table) > 0);
    let mut stopped: BTreeMap<Vec<&[Field]>, Vec<&Analytic>> = BTreeMap::new();
    for analytic in ANALYTICS.iter().filter(|analytic| analytic.on_by_default) {
        // A table that is not there is said of the table.
        let unmet = analytic.needs.iter().filter(|need| !need.is_met(has)).filter(present);
        let mut columns: Vec<&[Field]> = Vec::new();
        for need in unmet {
            // In whichever of its tables.
            if !columns.contains(&need.columns) {
                columns.push(need.columns);
            }
        }
        if !columns.is_empty() {
            stopped.entry(columns).or_default().push(analytic);
        }
    }
    let to_notice = |(columns, analytics): (Vec<&[Field]>, Vec<&Analytic>)| {
        let ids: Vec<&str> = analytics.iter().map(|analytic| analytic.id).collect();
        let either = |columns: &&[Field]| columns.iter().map(|field| field.column()).collect::<Vec<_>>().join(" or ");
        let names: Vec<String> = columns.iter().map(either).collect();
        let wanted = |column: &str| columns.iter().any(|columns| columns.iter().any(|field| field.column() == column));
        let mut exports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for source in &info.sources {
            for lack in source.lacks.iter().filter(|lack| wanted(lack.column)) {
                exports.entry(lack.export).or_default().insert(source.shape.unwrap_or_default());
            }
        }
        let shapes = |shapes: &BTreeSet<&str>| shapes.iter().copied().collect::<Vec<_>>().join(", ");
        let kinds: BTreeSet<&str> = exports.values().flatten().copied().collect();
        let way_out = match (exports.len(), kinds.len()) {
            (0, _) => None,
            // One kind of source need not be told from others.
            (_, 1) => Some(exports.keys().map(|export| sentence(export)).collect::<Vec<_>>().join(" ")),
            (1, _) => exports.keys().map(|export| sentence(export)).next(),
            _ => {
                let each = exports.iter().map(|(export, of)| format!("{}: {export}", shapes(of)));
                Some(each.collect::<Vec<_>>().join("; ") + ".")
            }
        };
        notice(
            NoticeKind::CannotRun,
            format!("{} cannot run: no source has {}.", ids.join(", "), names.join(", ")),
            way_out,
        )
    };
    stopped.into_iter().map(to_notice).collect()
}

/// Tables of ours that the bundle has no row of, and what that costs.
fn absent(store: &Store, info: &Info) -> Vec<Notice> {
    let from_graph = info.sources.iter().any(|source| source.family == Some(ShapeFamily::Graph));
    let absent = TABLES.iter().filter(|spec| store.count(spec.table) == 0);
    absent
        .map(|spec| {
            let export = spec.missing.from_graph.filter(|_| from_graph).unwrap_or(spec.missing.export);
            notice(NoticeKind::NoTable, format!("No row of {}: {}.", spec.name, spec.missing.cost), export.to_owned())
        })
        .collect()
}

/// Notices of unread paths and members, and of sources that could not be read to their end. Those for one kind of
/// reason are one notice.
fn unread(info: &Info) -> Vec<Notice> {
    let paths = info.path_problems().map(|problem| (None, problem.source, problem.reason.to_owned()));
    let of_sources = info.sources.iter().enumerate().flat_map(|(at, source)| {
        let reasons = source.reasons.iter().filter(|reason| reason.is_of_source() && !reason.is_of_times());
        reasons.map(move |reason| (Some(at), source.source, super::reason_words(reason)))
    });
    let mut kinds: Vec<(Vec<&str>, Notice)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut all: Vec<(Option<usize>, &str, String)> = paths.chain(of_sources).collect();
    // A log that was not read comes before a text that came along with the logs.
    all.sort_by_key(|(_, source, _)| is_document(source));
    for (at, source, reason) in all {
        let place = *places.entry(super::kind_of(&reason)).or_insert(kinds.len());
        if let Some((others, _)) = kinds.get_mut(place) {
            others.push(source);
        } else {
            let notice = notice(NoticeKind::Unread, reason, None);
            kinds.push((Vec::new(), Notice { at, source: Some(source.to_owned()), ..notice }));
        }
    }
    let notices = kinds.into_iter().map(|(others, mut notice)| {
        let what = notice.what;
        notice.what = match others.len() {
            0 => format!("{what}."),
            1..=ALIKE => format!("{what}; likewise {}.", others.join(", ")),
            count => format!("{what}; likewise {count} more (tokentrail info lists each)."),
        };
        notice
    });
    notices.collect()
}

/// Endings of files that come along with logs and are none.
const DOCUMENTS: [&str; 12] =
    ["md", "markdown", "rst", "pdf", "docx", "pptx", "html", "htm", "png", "jpg", "jpeg", "svg"];

fn is_document(source: &str) -> bool {
    let name = source.rsplit(['/', '\\', '!']).next().unwrap_or(source);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    DOCUMENTS.iter().any(|document| ending.eq_ignore_ascii_case(document))
}

/// Notices of how times were read where the source does not tell.
fn times(source: &SourceInfo) -> Vec<Notice> {
    let reasons = source.reasons.iter().filter(|reason| reason.is_of_times());
    reasons.map(|reason| notice(NoticeKind::Times, format!("{}.", super::reason_words(reason)), None)).collect()
}

fn cut(source: &SourceInfo) -> Vec<Notice> {
    let rows = source.tables.values().sum::<u64>() + source.skipped;
    let what = format!("Exactly {rows} rows, a number at which exports are cut.");
    let way_out = "Export it again in shorter ranges of time.".to_owned();
    let is_full = source.tables.iter().any(|(table, rows)| is_full_page(table, *rows));
    let mut notices = Vec::new();
    if LIMITS.contains(&rows) || is_full {
        notices.push(notice(NoticeKind::Cut, what, way_out));
    }
    notices.extend(short_search(source));
    notices
}

/// Searches listed.
const SEARCHES: usize = 3;

/// Searches of the unified audit log that found more than the source has.
fn short_search(source: &SourceInfo) -> Option<Notice> {
    let mut facts: Vec<String> = Vec::new();
    for ShortSearch { found, rows } in source.short_searches {
        facts.push(match found {
            0 => format!("{} of a page without an answer (ResultIndex -1)", self::rows(*rows)),
            _ => format!("{rows} of {found} that a search found"),
        });
    }
    let what = format!("The unified audit log is not whole: {}.", listed(&facts, SEARCHES));
    let way_out = "Search again in shorter ranges of time, and for each compare ResultCount with the rows.".to_owned();
    (!facts.is_empty()).then(|| notice(NoticeKind::Cut, what, way_out))
}

/// Rows that Search-UnifiedAuditLog gives at most in a call, and in a session.
const PAGE: u64 = 5_000;
const SESSION: u64 = 50_000;

/// Returns whether so many rows of a table may be the first of more.
fn is_full_page(table: &str, rows: u64) -> bool {
    table == Table::UnifiedAudit.name() && rows > 0 && rows <= SESSION && rows.is_multiple_of(PAGE)
}

fn gaps(info: &Info) -> Vec<Notice> {
    let mut notices = Vec::new();
    for table in &info.tables {
        let name = table.table;
        for gap in table.gaps.iter().take(GAPS) {
            notices.push(notice(
                NoticeKind::Gap,
                format!(
                    "{name} has no row for {} from {} to {} UTC, where it usually has some: a holiday, or a hole in \
                     the export.",
                    gap.until.since(gap.from),
                    gap.from.second(),
                    gap.until.second()
                ),
                None,
            ));
        }
        if let Some(more) = table.gaps.len().checked_sub(GAPS).filter(|more| *more > 0) {
            notices.push(notice(NoticeKind::Gap, format!("{name} has {more} further gaps like that."), None));
        }
    }
    notices
}

fn skipped(source: &SourceInfo) -> Vec<Notice> {
    let reasons = || source.reasons.iter().filter(|reason| !reason.is_of_source());
    let commonest = reasons().filter(|_| source.skipped > 0).max_by_key(|reason| reason.count);
    let to_notice = |reason: &super::Reason| {
        let also = match reasons().count() - 1 {
            0 => String::new(),
            others => format!(", and {} more", counted(others as u64, "reason")),
        };
        let what = format!("{} could not be read: {}{also}.", rows(source.skipped), super::reason_words(reason));
        notice(NoticeKind::Skipped, what, None)
    };
    commonest.map(to_notice).into_iter().collect()
}

fn withheld(source: &SourceInfo) -> Vec<Notice> {
    let to_notice = |(&column, &count): (&&'static str, &u64)| {
        let means = match column {
            "IncomingTokenType" => "some token was presented, of a kind not told",
            "AuthenticationProtocol" => "it was no device code, but perhaps an authentication transfer",
            _ => "how the session came to be is not told",
        };
        notice(
            NoticeKind::Withheld,
            format!("{} withhold {column} (unknownFutureValue): {means}.", rows(count)),
            "Log Analytics names it; Microsoft Graph does when asked with the header \
             \"Prefer: include-unknown-enum-members\"."
                .to_owned(),
        )
    };
    source.withheld.iter().map(to_notice).collect()
}

/// Events whose copies contradict each other, where nothing in them says which is the later.
fn copies(store: &Store) -> Option<Notice> {
    let tied = store.ambiguous_events();
    let what = format!(
        "The copies of {} have the same ingest time, or none, and different values: the copy in the source that is \
         last by name stands for each, so other file names can give other values.",
        counted(tied, "event")
    );
    let way_out = "The record view shows each copy (c).".to_owned();
    (tied > 0).then(|| notice(NoticeKind::Copies, what, way_out))
}

fn tokens(loaded: &Loaded) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (source, compared) in &loaded.store.computed().sources {
        let at = source.0 as usize;
        let lacking = format!("{} name no token id", counted(compared.lacking, "sign-in"));
        let what = if compared.refused {
            let known = compared.agree + compared.differ;
            let why = if compared.differ > 0 {
                format!("{} of {known} named ones are not what the sign-in's id gives", compared.differ)
            } else {
                "other sources' named ones are not what the sign-in's id gives".to_owned()
            };
            format!("{lacking}, and none is computed: {why}, so the export was anonymised or changed.")
        } else {
            format!("{lacking}: computed from the sign-in's id; {} of them tie Graph calls.", compared.tied)
        };
        let way_out = "Graph's beta endpoint and Log Analytics have UniqueTokenIdentifier.".to_owned();
        let source = loaded.sources.get(at).map(|source| source.name.clone());
        notices.push(Notice { at: Some(at), source, ..notice(NoticeKind::Tokens, what, way_out) });
    }
    notices
}

fn clocks(info: &Info) -> Vec<Notice> {
    let late = |lag: &super::Lag| lag.median_seconds > LATE.0 || lag.max_seconds > LATE.1 || lag.median_seconds < EARLY;
    let tables = info.tables.iter().filter_map(|table| Some((table.table, table.lag.filter(late)?)));
    tables
        .map(|(table, lag)| {
            let trails = super::lag_words(lag);
            let what = format!("{table}: {trails}. TimeGenerated is not when it happened.");
            notice(NoticeKind::Clock, what, None)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_beside_the_logs_is_no_log() {
        assert!(is_document("logs.zip!docs/README.md") && is_document("a\\Report.PDF"));
        assert!(!is_document("SigninLogs.json") && !is_document("export.md/rows.csv") && !is_document("md"));
    }

    #[test]
    fn a_page_of_a_search_may_be_the_first_of_more() {
        let is_full = |rows| is_full_page("UnifiedAuditLog", rows);
        assert!(is_full(5_000) && is_full(45_000) && is_full(50_000));
        assert!(!is_full(4_999) && !is_full(55_000) && !is_full(0) && !is_full_page("SigninLogs", 5_000));
    }
}
