//! Queries: an analytic as the text of a query, for the engine that holds more than one machine can; and the queries
//! that fetch what this program reads.
//!
//! The program opens no connection: a query is text to paste or to pipe. Texts are in `assets/query/`, one file for each
//! analytic, semantics and language; [`Template`](template) fills them in. A file says in its first lines what it does
//! not compute: an engine that works on sets finds some hits whole, of the others the users and spans to look at.

mod case;
mod catalog;
mod collect;
mod columns;
mod language;
mod offers;
mod parameter;
mod subject;
mod target;
mod template;

pub use case::{Question, of_case};
#[cfg(any(test, feature = "testing"))]
pub use catalog::Coverage;
pub use catalog::coverage;
pub use collect::collect;
pub use language::{Language, Value};
pub use offers::{Offer, offers};
pub use subject::Subject;
pub use target::Target;

use crate::analytics::{Analytic, Semantics, Settings};
use crate::facts::Facts;
use crate::tables::hit_table;
use thiserror::Error;

/// The reason why there is no query.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum QueryError {
    /// Nobody published one.
    #[error(
        "{0} ports no published query: leave out --as-published for the query of its own rules ({1} have published ones)"
    )]
    NotPublished(&'static str, String),
    /// The tables of the target lack what the analytic needs.
    #[error(
        "{analytic} needs {lacks}, which Defender's own tables do not have: take --target sentinel, whose tables the \
         Defender portal shows beside them once a workspace is connected"
    )]
    NotInTarget {
        /// The analytic.
        analytic: &'static str,
        /// The columns.
        lacks: String,
    },
}

/// The text of an analytic's query, under the semantics of the settings and with their values written in.
///
/// # Errors
/// When nobody published a query, or the target cannot answer it.
pub fn of_analytic(
    analytic: &Analytic,
    settings: &Settings,
    facts: &Facts,
    target: Target,
) -> Result<String, QueryError> {
    let published = settings.semantics == Semantics::Published;
    let Some(file) = catalog::file(analytic.id, settings.semantics, target.language()) else {
        return Err(QueryError::NotPublished(analytic.id, catalog::published().join(", ")));
    };
    if let Some(lacks) = target.lacks(analytic) {
        return Err(QueryError::NotInTarget { analytic: analytic.id, lacks });
    }
    let comment = target.language().comment();
    let (id, title, word, engine) = (analytic.id, analytic.title, settings.semantics.word(), target.words());
    let semantics = if published { "as published" } else { "by tokentrail's own rules" };
    let origin = if published { format!(" ({})", analytic.source) } else { String::new() };
    let coverage = catalog::coverage(id, settings.semantics, target.language());
    let finds = coverage.words(id);
    let head = format!(
        "{comment} {id}: {title}\n{comment} Semantics: {word}, {semantics}{origin}. For {engine}.\n{comment} {finds}\n\
         {comment} Its last columns name the query: saved as JSON or CSV, the result opens as a part of a bundle.\n"
    );
    let value = |name: &str| {
        let parameter = parameter::named(name)?;
        Some(((parameter.value)(settings, facts), parameter.about))
    };
    let columns = [
        (hit_table::ANALYTIC, id),
        (hit_table::SEMANTICS, word),
        (hit_table::FINDS, coverage.claim()),
        (hit_table::ENGINE, target.name()),
    ];
    Ok(head + &target.language().with_columns(&template::filled(file, target, &value), &columns))
}
