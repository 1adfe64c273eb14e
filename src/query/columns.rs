//! Columns of the tables of Log Analytics and Defender, as Microsoft documents them.

use crate::model::Table;
use crate::tables::{Target, targets};
use serde::Deserialize;
use std::sync::LazyLock;

/// A column.
#[derive(Debug, Deserialize)]
struct Column {
    table: String,
    column: String,
}

static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let mut rows = csv::Reader::from_reader(include_bytes!("../../assets/query/columns.csv").as_slice());
    rows.deserialize().collect::<Result<_, _>>().expect("a test reads every row")
});

/// Columns that say what a row costs its owner, and no more.
const OF_BILLING: [&str; 2] = ["_BilledSize", "_IsBillable"];

/// The columns of an engine's table that the loader reads of a table: those that it has a use for; of a table whose rows
/// it reads whole, all.
pub(super) fn read_by_loader(name: &str, table: Table) -> Vec<&'static str> {
    let spec = table.spec();
    let is_read = |column: &str| {
        let is_time = column == "TimeGenerated" || column == "Timestamp" || column == "Type";
        is_time || spec.act.is_some() || targets(column, false).under(Some(table)) != Target::Skip
    };
    let columns = COLUMNS.iter().filter(|known| known.table == name).map(|known| known.column.as_str());
    columns.filter(|column| is_read(column) && !OF_BILLING.contains(column)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_what_nobody_reads_is_left_out() {
        assert!(COLUMNS.len() > 500);
        let columns = read_by_loader("SigninLogs", Table::SignIn);
        for needed in ["TimeGenerated", "CreatedDateTime", "IncomingTokenType", "ConditionalAccessPolicies", "Type"] {
            assert!(columns.contains(&needed), "{needed}");
        }
        assert!(!columns.contains(&"OperationVersion") && !columns.contains(&"_BilledSize"), "{columns:?}");
        assert!(read_by_loader("OfficeActivity", Table::UnifiedAudit).contains(&"AppAccessContext"));
    }

    #[test]
    fn what_a_table_of_sign_ins_or_calls_has_by_its_own_name_is_fetched() {
        for table in [Table::SignIn, Table::NonInteractive] {
            let columns = read_by_loader(table.name(), table);
            let known = |field: &crate::model::Field| {
                COLUMNS.iter().any(|c| c.table == table.name() && c.column == field.column())
            };
            for field in table.spec().fields.iter().filter(|field| known(field)) {
                assert!(columns.contains(&field.column()), "{field:?}");
            }
        }
    }
}
