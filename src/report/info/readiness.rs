//! Readiness of each analytic for the bundle: it can run, runs without something, or cannot run.

use super::words::sentence;
use super::{Info, Lack};
use crate::analytics::{ANALYTICS, Analytic, Ask, Need};
use crate::store::Store;
use serde::Serialize;

/// Readiness of an analytic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Readiness {
    /// Id of the analytic.
    pub analytic: &'static str,
    /// The state.
    pub state: Ready,
    /// Rows and columns that the bundle lacks for it.
    pub without: Vec<Without>,
}

/// State of an analytic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ready {
    /// Everything is there.
    CanRun,
    /// It runs, and leaves questions open.
    RunsWithout,
    /// It finds nothing here, whatever happened.
    CannotRun,
}

impl Ready {
    /// Its words.
    pub fn words(self) -> &'static str {
        match self {
            Self::CanRun => "can run",
            Self::RunsWithout => "runs without",
            Self::CannotRun => "cannot run",
        }
    }
}

/// Something that the bundle lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Without {
    /// Table, column or history.
    pub lacks: String,
    /// The loss, a clause; `None` where the analytic cannot run without it.
    pub loss: Option<&'static str>,
    /// The export that has it, a sentence; `None` where none is known.
    pub export: Option<String>,
}

impl Readiness {
    /// `AuditLogs: what was added is not seen; SessionId: …`; empty where it can run. Notices name the exports.
    pub fn lacks(&self) -> String {
        let lacks = self.without.iter().map(|without| match without.loss {
            Some(loss) => format!("{}: {loss}", without.lacks),
            None => without.lacks.clone(),
        });
        lacks.collect::<Vec<_>>().join("; ")
    }
}

/// Readiness of every analytic that runs by default.
pub(super) fn readiness(store: &Store, info: &Info) -> Vec<Readiness> {
    let days = days_of_sign_ins(store);
    let of = |analytic: &Analytic| {
        let unmet = analytic.needs.iter().filter(|need| !is_met(store, need));
        let mut stops: Vec<Without> = unmet.map(|need| rows(store, info, need, None)).collect();
        // Several columns of a table that is not there are one lack.
        stops.dedup();
        if !stops.is_empty() {
            return Readiness { analytic: analytic.id, state: Ready::CannotRun, without: stops };
        }
        let lacks = analytic.wants.iter().filter_map(|want| match want.ask {
            Ask::Rows(need) => (!is_met(store, &need)).then(|| rows(store, info, &need, Some(want.loss))),
            Ask::Days(wanted) => (days < wanted).then(|| Without {
                lacks: format!("{wanted} days of sign-ins (it has {days})"),
                loss: Some(want.loss),
                export: Some(format!("Export the sign-ins of {wanted} days or more before.")),
            }),
        });
        let without: Vec<Without> = lacks.collect();
        let state = if without.is_empty() { Ready::CanRun } else { Ready::RunsWithout };
        Readiness { analytic: analytic.id, state, without }
    };
    ANALYTICS.iter().filter(|analytic| analytic.on_by_default).map(of).collect()
}

fn is_met(store: &Store, need: &Need) -> bool {
    need.is_met(|table, field| store.has(table, field))
}

/// The tables of a need where the bundle has none of them, else its columns.
fn rows(store: &Store, info: &Info, need: &Need, loss: Option<&'static str>) -> Without {
    let has_table = need.tables.iter().any(|table| store.count(*table) > 0);
    if !has_table {
        let names: Vec<&str> = need.tables.iter().map(|table| table.name()).collect();
        let export = need.tables.first().map(|table| table.spec().missing.export.to_owned());
        return Without { lacks: names.join(" or "), loss, export };
    }
    let columns: Vec<&str> = need.columns.iter().map(|field| field.column()).collect();
    let lack = |lack: &&Lack| columns.contains(&lack.column);
    let export = info.sources.iter().flat_map(|source| &source.lacks).find(lack).map(|lack| sentence(lack.export));
    Without { lacks: columns.join(" or "), loss, export }
}

/// Distinct UTC days with a successful sign-in.
fn days_of_sign_ins(store: &Store) -> usize {
    let (mut days, mut last) = (0, None);
    for (_, event) in store.events() {
        if event.table.issues() && event.succeeded() && event.is_timed() {
            let day = Some(event.time().day_number());
            days += usize::from(day != last);
            last = day;
        }
    }
    days
}
