//! The page about a bundle as lines of text, each with its indentation; its user wraps them.

use super::words::{counted, read_words, rows, second};
use super::{Info, Lag, Reason, SourceInfo};
use crate::model::{Span, Table};

/// The purpose of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Names what follows.
    Head,
    /// To be looked at.
    Warn,
    /// Said.
    Plain,
    /// For reference.
    Quiet,
}

/// All of it, the most important first.
pub fn lines(info: &Info) -> Vec<(Tone, String)> {
    let mut lines = summary(info);
    for notice in &info.notices {
        let source = notice.source.as_ref().map_or_else(String::new, |source| format!("{source}: "));
        let words = notice.kind.words();
        let colon = if words.ends_with('?') { "" } else { ":" };
        lines.push((Tone::Warn, format!("{words}{colon} {source}{}", notice.what)));
        lines.extend(notice.way_out.iter().map(|way_out| (Tone::Plain, format!("    → {way_out}"))));
    }
    for table in &info.tables {
        lines.push((Tone::Head, String::new()));
        lines.push((Tone::Head, table.table.to_owned()));
        let range = format!("{} → {} UTC", second(table.first_event), second(table.last_event));
        lines.push((Tone::Plain, format!("  {}, {range}", counted(table.events, "event"))));
        if let Some(lag) = table.lag {
            lines.push((Tone::Quiet, format!("  {}", lag_words(lag))));
        }
    }
    if !info.analytics.is_empty() {
        lines.push((Tone::Head, String::new()));
        lines.push((Tone::Head, "Analytics".to_owned()));
    }
    for row in &info.analytics {
        let lacks = row.lacks();
        let colon = if lacks.is_empty() { "" } else { ": " };
        lines.push((Tone::Plain, format!("  {} {}{colon}{lacks}", row.analytic, row.state.words())));
    }
    for source in &info.sources {
        lines.push((Tone::Head, String::new()));
        lines.extend(source_lines(source));
    }
    for problem in info.path_problems() {
        lines.push((Tone::Head, String::new()));
        lines.push((Tone::Head, problem.source.to_owned()));
        lines.push((Tone::Warn, format!("  not read: {}", problem.reason)));
    }
    lines
}

/// `ingested 5m00s after the event (median), 2h at most`. Exports cut fractions of a second: a second before it is none.
pub fn lag_words(lag: Lag) -> String {
    let span = |seconds: i64| Span::seconds(seconds.abs()).to_string();
    let most = match lag.max_seconds {
        seconds if seconds < 0 => String::new(),
        seconds => format!(", {} after it at most", span(seconds)),
    };
    match lag.median_seconds {
        ..-1 => format!("clock skew: ingest time precedes the event by {} (median){most}", span(lag.median_seconds)),
        -1..=0 => format!("ingested with the event (median){most}"),
        median => format!("ingested {} after the event (median), {} at most", span(median), span(lag.max_seconds)),
    }
}

/// The lines about the whole bundle.
pub fn summary(info: &Info) -> Vec<(Tone, String)> {
    let summary = read_words(info.sources.len(), info.read, info.duplicates, info.skipped);
    let mut lines = vec![(Tone::Head, summary)];
    if info.first_event.is_some() {
        lines.push((Tone::Plain, format!("{} → {} UTC", second(info.first_event), second(info.last_event))));
    }
    lines.push((Tone::Plain, String::new()));
    lines
}

/// The lines about one source.
pub fn source_lines(source: &SourceInfo) -> Vec<(Tone, String)> {
    let shape = source.shape.unwrap_or("not recognised");
    let mut lines = vec![(Tone::Head, format!("{} ({shape})", source.source))];
    let counts = format!(
        "  {} read, {}, {} skipped; {} bytes",
        rows(source.read),
        counted(source.duplicates, "duplicate"),
        source.skipped,
        bytes(source.bytes, source.decoded)
    );
    lines.push((Tone::Plain, counts));
    if source.first_event.is_some() {
        let range = format!("  {} → {} UTC", second(source.first_event), second(source.last_event));
        lines.push((Tone::Plain, range));
    }
    let ours = |name: &str| Table::named(name).is_some();
    for (name, count) in source.tables {
        let other = if ours(name) { "" } else { ", read by no check" };
        let alike = source
            .lookalikes
            .get(name)
            .map_or_else(String::new, |count| format!(" ({} like sign-ins or Graph calls)", rows(*count)));
        let tone = if alike.is_empty() { Tone::Plain } else { Tone::Warn };
        lines.push((tone, format!("  {name}: {}{other}{alike}", rows(*count))));
    }
    lines.extend(lacking(source));
    lines.extend(source.remarks.iter().map(|remark| (Tone::Warn, format!("  {remark}"))));
    for reason in &source.reasons {
        let words = match (reason.is_of_times(), reason.record) {
            (true, _) => "times",
            (false, Some(_)) => "skipped",
            (false, None) => "not read",
        };
        lines.push((Tone::Warn, format!("  {words}: {}", reason_words(reason))));
    }
    if !source.sha256.is_empty() {
        lines.push((Tone::Quiet, format!("  sha256 {}", source.sha256)));
    }
    lines
}

/// The lines about a source's missing columns, those with one way out together.
fn lacking(source: &SourceInfo) -> Vec<(Tone, String)> {
    let mut lines = Vec::new();
    let mut exports: Vec<&str> = Vec::new();
    for lack in &source.lacks {
        if !exports.contains(&lack.export) {
            exports.push(lack.export);
        }
    }
    for export in exports {
        for lack in source.lacks.iter().filter(|lack| lack.export == export) {
            let analytics = match lack.analytics.as_slice() {
                [] => String::new(),
                ids => format!("; not enough for {}", ids.join(", ")),
            };
            lines.push((Tone::Warn, format!("  lacks {}: {}{analytics}", lack.column, lack.without)));
        }
        lines.push((Tone::Plain, format!("    → {export}")));
    }
    lines
}

/// `965`, or `146410 packed, 1802711 decoded`: offsets count the latter.
pub fn bytes(received: u64, decoded: Option<u64>) -> String {
    decoded.map_or_else(|| received.to_string(), |decoded| format!("{received} packed, {decoded} decoded"))
}

/// `3 × has no time, first at record 6, byte 1234`.
pub fn reason_words(reason: &Reason) -> String {
    let times = if reason.count > 1 { format!("{} × ", reason.count) } else { String::new() };
    let first = if reason.count > 1 || reason.is_of_times() { ", first at " } else { ", " };
    let place = match (reason.record, reason.offset) {
        (Some(record), Some(offset)) => format!("{first}record {record}, byte {offset}"),
        (Some(record), None) => format!("{first}record {record}"),
        (None, Some(offset)) if reason.reason.contains(&format!("byte {offset} ")) => String::new(),
        (None, Some(offset)) => format!("{first}byte {offset}"),
        (None, None) => String::new(),
    };
    format!("{times}{}{place}", reason.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_be_ahead() {
        let words = |median_seconds, max_seconds| lag_words(Lag { median_seconds, max_seconds });
        assert_eq!(words(90, 7200), "ingested 1m30s after the event (median), 2h00m at most");
        assert_eq!(words(-1, 739), "ingested with the event (median), 12m19s after it at most");
        let skewed = "clock skew: ingest time precedes the event by 5m00s (median), 12m19s after it at most";
        assert_eq!(words(-300, 739), skewed);
    }
}
