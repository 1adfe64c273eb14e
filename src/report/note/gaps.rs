//! Questions that the bundle cannot answer, and the assumptions made.

use super::selection::Depth;
use super::{NoteContext, steps, unlogged};
use crate::analytics::{ANALYTICS, Clients, Hit, Semantics, Settings, Threshold};
use crate::model::Table;
use crate::model::words::counted;
use crate::report::info::{Notice, NoticeKind, info, reason_words};
use crate::report::visibility::unread_of;
use crate::store::Store;

/// Further reasons named per source.
const REASONS: usize = 3;

pub(super) fn gaps(context: &NoteContext) -> Vec<String> {
    let info = info(context.loaded);
    let label = |at: usize| context.labels.get(at).map_or("", String::as_str);
    let sentence = |notice: &Notice| {
        let name = notice.at.map(label).or(notice.source.as_deref());
        let source = name.map_or_else(String::new, |name| format!("{name}: "));
        let way_out = notice.way_out.as_ref().map_or_else(String::new, |way_out| format!(" {way_out}"));
        format!("{source}{}{way_out}", notice.what)
    };
    // What stops an analytic comes before what leaves a step open, and that before what is less.
    let (first, rest): (Vec<&Notice>, Vec<&Notice>) =
        info.notices.iter().partition(|notice| notice.kind <= NoticeKind::Gap);
    let mut gaps: Vec<String> = first.into_iter().map(sentence).collect();
    for chosen in context.selection.incidents.iter().filter(|chosen| chosen.depth == Depth::First) {
        let unread = unread_of(context.loaded, chosen.incident);
        gaps.extend(unread.iter().map(|unread| format!("{}.", unread.words(label(unread.at)))));
    }
    gaps.extend(unlogged::unlogged(context));
    gaps.extend(steps::unanswered(context));
    gaps.extend(rest.into_iter().map(sentence));
    for (at, source) in info.sources.iter().enumerate() {
        let label = label(at);
        let lacks: Vec<String> =
            source.lacks.iter().map(|lack| format!("{} ({})", lack.column, lack.without)).collect();
        if !lacks.is_empty() {
            gaps.push(format!("{label} lacks {}.", lacks.join(", ")));
        }
        let ours = |name: &str| Table::named(name).is_some();
        let others = source.tables.iter().filter(|(name, _)| !ours(name));
        gaps.extend(others.map(|(name, rows)| {
            let rows = counted(usize::try_from(*rows).unwrap_or(usize::MAX), "row");
            format!("{label}: {rows} of {name} are read by no check.")
        }));
        gaps.extend(source.remarks.iter().map(|remark| format!("{label}: {remark}")));
        // Rows that were not read are told above, by their commonest reason.
        let reasons = || source.reasons.iter().filter(|reason| !reason.is_of_source());
        let named = reasons().max_by_key(|reason| reason.count).filter(|_| source.skipped > 0);
        let others = reasons().filter(|reason| Some(*reason) != named).take(REASONS);
        gaps.extend(others.map(|reason| format!("{label}: {}", reason_words(reason))));
    }
    gaps
}

/// The thresholds, but for those of bursts and hops, of the analytics that ran.
fn more_thresholds(settings: &Settings) -> Option<String> {
    const TOLD: [Threshold; 4] =
        [Threshold::MinResources, Threshold::Window, Threshold::DeviceCodeWindow, Threshold::SessionWindow];
    let ran = ANALYTICS.iter().filter(|analytic| settings.runs(analytic));
    let flags: Vec<&str> = ran.flat_map(|analytic| analytic.thresholds).map(|(flag, _)| *flag).collect();
    let decides = |threshold: &Threshold| !TOLD.contains(threshold) && flags.contains(&threshold.flag());
    let words: Vec<String> = Threshold::ALL
        .into_iter()
        .filter(decides)
        .map(|threshold| format!("{} {}", threshold.about(), threshold.value(settings)))
        .collect();
    (!words.is_empty()).then(|| format!("Also set: {}.", words.join("; ")))
}

pub(super) fn assumptions(store: &Store, settings: &Settings, hits: &[Hit]) -> Vec<String> {
    let networks = store.networks();
    let semantics = match settings.semantics {
        Semantics::Hunt => {
            "The hunts were run as they are meant: an event counts at the time it happened and once, however many rows \
             tell it, and ids compare without case."
        }
        Semantics::Published => {
            "The hunts were run as they are published: by ingest time, and with every copy of a row."
        }
    };
    let clients = match &settings.clients {
        Clients::Seeds => "the five published ids".to_owned(),
        Clients::Family => "every client that was ever in the family of client ids".to_owned(),
        Clients::Listed(ids) => format!("{} listed", counted(ids.len(), "id")),
    };
    let mut assumptions = vec![
        "All times are UTC, as the logs give them.".to_owned(),
        semantics.to_owned(),
        format!(
            "A burst is {} resources within {}; device code to burst at most {}; first login to second client at most \
             {}; watched clients: {clients}.",
            settings.min_resources,
            settings.window.threshold(),
            settings.device_code_window.threshold(),
            settings.session_window.threshold()
        ),
    ];
    if settings.admin_scope_only || settings.noncompliant_only {
        let device = if settings.noncompliant_only { ", from a device not known to be compliant" } else { "" };
        assumptions.push(format!("In session hops Azure CLI counts only with the Global Administrator role{device}."));
    }
    if let Some(list) = &settings.allow {
        for entry in list.in_force() {
            let covered = counted(hits.iter().filter(|hit| hit.allowed.as_ref() == Some(entry)).count(), "hit");
            assumptions.push(format!(
                "Suppression in force: {} {entry} until {} covers {covered}: {}",
                list.name,
                entry.expires.second(),
                entry.reason
            ));
        }
        for entry in list.expired() {
            assumptions.push(format!(
                "Suppression not applied: {} {entry} expired on {}.",
                list.name,
                entry.expires.second()
            ));
        }
    }
    assumptions.extend(more_thresholds(settings));
    if let Some(time) = settings.baseline_until {
        assumptions.push(format!("Nothing from {time} on counts as a user's habit."));
    }
    for (user, time) in &settings.revoked {
        assumptions.push(format!("The sessions of {user} were revoked at {time}, as --revoked says."));
    }
    if let Some(known) = &settings.known {
        assumptions.push(format!(
            "Known to every user: the {} of {} (SHA-256 {}).",
            counted(known.len(), "network"),
            known.name,
            known.sha256
        ));
    }
    let range = [("from", settings.since), ("before", settings.until)];
    let range: Vec<String> =
        range.iter().filter_map(|(word, time)| time.map(|time| format!("{word} {time}"))).collect();
    if !range.is_empty() {
        assumptions.push(format!("Only events {} were looked at.", range.join(" and ")));
    }
    assumptions.push(match networks {
        None => "The number of a network is the record's own.".to_owned(),
        Some(table) => format!(
            "The number of a network is that of {} ({} prefixes, SHA-256 {}); the record's own where that knows none.",
            table.name, table.len, table.sha256
        ),
    });
    if store.count(Table::UnifiedAudit) > 0 {
        assumptions
            .push("Messages read in a Teams client are not logged as read; those read through Graph are.".to_owned());
    }
    assumptions.push("An address or agent is what the caller showed; it names a machine, not a person.".to_owned());
    assumptions.push("Custody begins when this program first read the files.".to_owned());
    assumptions
}
