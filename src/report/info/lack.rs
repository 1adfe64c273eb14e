//! Columns that a source lacks: the questions left open, the analytics that cannot run, the exports that have them.

use crate::analytics::{ANALYTICS, Analytic, Need};
use crate::model::{Field, FieldSet, ShapeFamily, Source, Table};
use crate::tables::TABLES;
use serde::Serialize;

/// A column that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Lack {
    /// The column.
    pub column: &'static str,
    /// The question that stays open without it.
    pub without: &'static str,
    /// Analytics that cannot run on this source alone, for want of this column and those that would do as well.
    pub analytics: Vec<&'static str>,
    /// The export that has it.
    pub export: &'static str,
}

/// Columns read of the source's tables that it lacks; `fields` are those that its rows have.
pub(super) fn lacks(source: &Source, fields: FieldSet) -> Vec<Lack> {
    let has = |table: Table| source.tables.get(table.name()).is_some_and(|rows| *rows > 0);
    let is_there = |table, field| has(table) && fields.contains(field);
    let wants = |analytic: &&Analytic, field: Field| {
        let unmet = |need: &&Need| !need.is_met(is_there) && need.tables.iter().any(|table| has(*table));
        analytic.needs.iter().filter(unmet).any(|need| need.columns.contains(&field))
    };
    let mut read: Vec<(Field, &str, Table)> = Vec::new();
    for spec in TABLES.iter().filter(|spec| has(spec.table)) {
        for (field, without) in spec.reads.iter().copied().flatten() {
            // Tables that read the same lose the same.
            if !read.iter().any(|(known, ..)| known == field) {
                read.push((*field, without, spec.table));
            }
        }
    }
    read.into_iter()
        .filter(|(field, ..)| !fields.contains(*field))
        .map(|(field, without, table)| Lack {
            column: field.column(),
            without,
            analytics: ANALYTICS.iter().filter(|analytic| wants(analytic, field)).map(|analytic| analytic.id).collect(),
            export: if table.records() {
                export_of_acts(field)
            } else {
                export_with(source.shape.map(|shape| shape.family).unwrap_or_default(), field)
            },
        })
        .collect()
}

/// Columns that Microsoft Graph's v1.0 endpoint leaves out.
const BETA_ONLY: [Field; 6] = [
    Field::AuthenticationProtocol,
    Field::OriginalTransferMethod,
    Field::IncomingTokenType,
    Field::SessionId,
    Field::TokenId,
    Field::AuthenticationDetails,
];

/// Columns that the portal's CSV has no place for.
const NOT_IN_PORTAL: [Field; 2] = [Field::ProcessingDetails, Field::RiskLevel];

/// The export of audit rows that has a column: no choice of columns adds what the service did not log.
fn export_of_acts(field: Field) -> &'static str {
    match field {
        Field::SessionId | Field::TokenId => {
            "many rows name none, and OfficeActivity none at all: export the unified audit log itself"
        }
        _ => "none of its rows has one: an export from Log Analytics or Microsoft Graph may",
    }
}

/// The export that has a column which one in a shape of this family lacks.
fn export_with(family: ShapeFamily, field: Field) -> &'static str {
    match family {
        ShapeFamily::Graph if BETA_ONLY.contains(&field) => {
            "export with Graph's beta endpoint (v1.0 leaves it out), or from Log Analytics"
        }
        ShapeFamily::Graph => "export without $select, or from Log Analytics",
        ShapeFamily::Portal if NOT_IN_PORTAL.contains(&field) => {
            "download as JSON instead of CSV, or export from Log Analytics"
        }
        ShapeFamily::Portal => "download again with every column, or export from Log Analytics",
        ShapeFamily::Defender => "export the table from Log Analytics: Defender XDR does not keep it",
        ShapeFamily::Stream => "none of its rows has one: other days may, or the same rows from Log Analytics",
        ShapeFamily::Query => "export every column of the table (no project in the query)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourceShape;

    fn source(family: ShapeFamily, table: Table) -> Source {
        let mut source = Source { shape: Some(SourceShape { id: "any", family }), ..Source::default() };
        source.tables.insert(table.name().to_owned(), 3);
        source
    }

    #[test]
    fn a_source_is_asked_only_for_what_its_tables_have() {
        let mut fields = FieldSet::default();
        for field in [Field::Id, Field::UserId, Field::AppId, Field::IpAddress, Field::UserAgent, Field::TokenId] {
            fields.insert(field);
        }
        let lacks = |source: &Source| lacks(source, fields);
        let columns: Vec<_> = lacks(&source(ShapeFamily::Query, Table::Graph)).iter().map(|lack| lack.column).collect();
        assert_eq!(columns, ["RequestUri", "RequestMethod", "ResponseStatusCode"]);
        assert_eq!(lacks(&Source::default()), []);
    }

    #[test]
    fn audit_rows_are_not_asked_for_columns_that_were_never_logged() {
        let lacking = lacks(&source(ShapeFamily::Query, Table::UnifiedAudit), FieldSet::default());
        let session = lacking.iter().find(|lack| lack.column == "SessionId").unwrap();
        assert!(session.export.contains("unified audit log itself"), "{}", session.export);
    }

    #[test]
    fn a_missing_column_names_the_analytics_and_the_export() {
        let mut fields = FieldSet::default();
        for field in Field::ALL {
            if !BETA_ONLY.contains(&field) {
                fields.insert(field);
            }
        }
        let lacking = lacks(&source(ShapeFamily::Graph, Table::NonInteractive), fields);
        let of = |column: &str| lacking.iter().find(|lack| lack.column == column).unwrap();
        assert!(of("OriginalTransferMethod").analytics.contains(&"device-code-burst"));
        let of_session = &of("SessionId").analytics;
        assert!(["session-hop", "session-hop-broad"].iter().all(|id| of_session.contains(id)));
        assert!(!of_session.contains(&"device-code-burst"), "it needs no session");
        assert!(of("SessionId").export.contains("beta"));
        fields.insert(Field::AuthenticationProtocol);
        let lacking = lacks(&source(ShapeFamily::Graph, Table::NonInteractive), fields);
        let transfer = lacking.iter().find(|lack| lack.column == "OriginalTransferMethod").unwrap();
        assert!(transfer.analytics.is_empty(), "either of two columns will do");
    }
}
