//! What was read: each source, what became of its rows, and what it lacks.

use super::row::armless;
use crate::ingest::Loaded;
use crate::model::{Field, Problem, Source, Table, Time};
use crate::triage::fingerprint;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Everything that `info` says.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Info<'a> {
    /// Names the bundle by its bytes; a case file holds the same.
    pub bundle: String,
    /// Rows that became events.
    pub read: u64,
    /// Events that other rows tell better.
    pub folded: u64,
    /// Rows that could not be read.
    pub skipped: u64,
    /// First event time.
    pub first_event: Option<Time>,
    /// Last event time.
    pub last_event: Option<Time>,
    /// Tables of ours that the bundle has no row of.
    pub absent_tables: Vec<&'static str>,
    /// Per source.
    pub sources: Vec<SourceInfo<'a>>,
    /// What was not read.
    pub problems: Vec<ProblemInfo<'a>>,
}

/// What is said of one source.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SourceInfo<'a> {
    /// Its name.
    pub source: &'a str,
    /// Shape, when one was recognised.
    pub shape: Option<&'a str>,
    /// Rows per table, those no analytic reads included.
    pub tables: &'a BTreeMap<String, u64>,
    /// Bytes as received.
    pub bytes: u64,
    /// SHA-256 as received.
    pub sha256: &'a str,
    /// Rows that became events.
    pub read: u64,
    /// Events that other rows tell better.
    pub folded: u64,
    /// Rows that could not be read.
    pub skipped: u64,
    /// First event time.
    pub first_event: Option<Time>,
    /// Last event time.
    pub last_event: Option<Time>,
    /// Columns that an analytic needs and no row of the source has.
    pub lacks: Vec<Lack>,
    /// What the reader had to assume.
    pub remarks: &'a [String],
}

/// A column that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Lack {
    /// The column.
    pub column: &'static str,
    /// What cannot be told without it.
    pub without: &'static str,
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

/// What each table's analytics read, and what is lost without it.
const NEEDED: &[(Field, &[Table], &str)] = &[
    (Field::Id, &Table::ALL, "copies of a row cannot be folded"),
    (Field::UserId, &Table::ALL, "a renamed user is two users; Graph calls cannot be given to a user"),
    (Field::UserPrincipalName, &SIGN_INS, "users have no names"),
    (Field::AppId, &Table::ALL, "no client is known: nothing can be found"),
    (Field::ResourceIdentity, &SIGN_INS, "resources are told apart by display name alone"),
    (Field::ResultType, &SIGN_INS, "no success is known: nothing can be found"),
    (Field::IpAddress, &Table::ALL, "addresses cannot be compared"),
    (Field::UserAgent, &Table::ALL, "tooling cannot be told from clients"),
    (Field::AuthenticationProtocol, &[Table::SignIn], "the browser leg of a device-code flow cannot be seen"),
    (Field::OriginalTransferMethod, &SIGN_INS, "the polling leg of a device-code flow cannot be seen"),
    (Field::IncomingTokenType, &SIGN_INS, "a session's first login cannot be told from its refreshes"),
    (Field::SessionId, &SIGN_INS, "sessions cannot be followed"),
    (Field::CorrelationId, &SIGN_INS, "legs of a device-code flow are tied by user and time alone"),
    (Field::HomeTenantId, &SIGN_INS, "own-tenant sign-ins cannot be told from guests'"),
    (Field::ResourceTenantId, &SIGN_INS, "own-tenant sign-ins cannot be told from guests'"),
    (Field::TokenId, &Table::ALL, "Graph calls cannot be tied to the token that made them"),
    (Field::ProcessingDetails, &[Table::NonInteractive], "scopes and roles of a token are not known"),
    (Field::RequestUri, &[Table::Graph], "what the calls did is not known"),
    (Field::RequestMethod, &[Table::Graph], "what the calls did is not known"),
    (Field::ResponseStatusCode, &[Table::Graph], "failed calls cannot be told from successful ones"),
];

const SIGN_INS: [Table; 2] = [Table::SignIn, Table::NonInteractive];

/// What the source lacks of what the analytics need of its tables.
pub fn lacks(source: &Source) -> Vec<Lack> {
    let has = |table: &&Table| source.tables.get(table.name()).is_some_and(|rows| *rows > 0);
    NEEDED
        .iter()
        .filter(|(field, tables, _)| tables.iter().any(|table| has(&table)) && !source.fields.contains(*field))
        .map(|(field, _, without)| Lack { column: field.column(), without })
        .collect()
}

/// Writes it as one JSON object.
pub fn write_json(info: &Info, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", armless(&serde_json::to_string_pretty(info)?))
}

/// Everything there is to say about what was read.
pub fn info(loaded: &Loaded) -> Info<'_> {
    let range = loaded.store.range();
    Info {
        bundle: fingerprint(&loaded.sources),
        read: loaded.rows_read(),
        folded: loaded.store.folded(),
        skipped: loaded.rows_skipped(),
        first_event: range.map(|(first, _)| first),
        last_event: range.map(|(_, last)| last),
        absent_tables: absent_tables(loaded),
        sources: loaded.sources.iter().map(source_info).collect(),
        problems: loaded.problems.iter().map(problem_info).collect(),
    }
}

/// Names of the tables that analytics read and the bundle has no row of.
pub fn absent_tables(loaded: &Loaded) -> Vec<&'static str> {
    let present = |table: &Table| loaded.store.events().any(|(_, event)| event.table == *table);
    Table::ALL.iter().filter(|table| !present(table)).map(|table| table.name()).collect()
}

fn source_info(source: &Source) -> SourceInfo<'_> {
    SourceInfo {
        source: &source.name,
        shape: source.shape,
        tables: &source.tables,
        bytes: source.bytes,
        sha256: &source.sha256,
        read: source.read,
        folded: source.folded,
        skipped: source.skipped,
        first_event: source.first,
        last_event: source.last,
        lacks: lacks(source),
        remarks: &source.remarks,
    }
}

fn problem_info(problem: &Problem) -> ProblemInfo<'_> {
    ProblemInfo { source: &problem.source, record: problem.record, offset: problem.offset, reason: &problem.reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_asked_only_for_what_its_tables_have() {
        let mut source = Source::default();
        source.tables.insert(Table::Graph.name().to_owned(), 3);
        for field in [Field::Id, Field::UserId, Field::AppId, Field::IpAddress, Field::UserAgent, Field::TokenId] {
            source.fields.insert(field);
        }
        let columns: Vec<_> = lacks(&source).iter().map(|lack| lack.column).collect();
        assert_eq!(columns, ["RequestUri", "RequestMethod", "ResponseStatusCode"]);
        assert_eq!(lacks(&Source::default()), []);
    }
}
