//! The tables a bundle may hold rows of, as data: one file a table.
//!
//! A table's file has its names, the evidence that a row is of it, its columns and their spellings, the role of its
//! rows, and the loss without it. Nothing outside this layer knows a table by name where its [`Role`] or its [`RowKind`]
//! would do. CONTRIBUTING.md says how to add one.

mod aad_graph;
mod act;
mod activity;
mod address;
mod audit;
mod column;
mod common;
pub mod foreign;
mod graph;
pub mod hit_table;
pub mod json;
pub mod json_text;
pub mod members;
mod name_index;
mod nested;
mod non_interactive;
mod row_kind;
mod sign_in;
mod slots;
mod spelling;
mod unified_audit;

pub use act::{ActRow, ReadAct};
pub use audit::OBJECT_ID;
pub use column::{Columns, DEVICE_PARTS, PLACE_PARTS, Rank, Target};
pub use foreign::{Foreign, KeyMarks, Marked};
pub use row_kind::RowKind;
pub use slots::{ALL_FIELDS, NO_SLOT, Slots};
pub use spelling::{Targets, plain, targets};

use crate::model::{Field, Table};

/// Every table that is read, in the order of [`Table::ALL`].
pub static TABLES: [TableSpec; Table::COUNT] = SPECS;

const SPECS: [TableSpec; Table::COUNT] = [
    sign_in::SPEC,
    non_interactive::SPEC,
    graph::SPEC,
    aad_graph::SPEC,
    unified_audit::SPEC,
    audit::SPEC,
    activity::SPEC,
];

const _: () = {
    let mut at = 0;
    while at < Table::COUNT {
        assert!(SPECS[at].table as usize == at && Table::ALL[at] as usize == at);
        at += 1;
    }
};

/// Role of a table's rows for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Issues a token: a sign-in.
    Issues,
    /// Uses a token: a call.
    Uses,
    /// Records an act; the token need not be known.
    Records,
}

impl Role {
    /// Number of roles.
    pub const COUNT: usize = 3;
}

/// Test of a row's success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Success {
    /// Its result, which the store reads once.
    Result,
    /// An HTTP status.
    Status,
    /// The finding of its reader.
    Act,
}

/// Loss without a table.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    /// The questions that stay open.
    pub cost: &'static str,
    /// Its export, a sentence.
    pub export: &'static str,
    /// As [`Self::export`], for exports from Microsoft Graph; `None` where it makes no difference.
    pub from_graph: Option<&'static str>,
}

/// One table as data.
#[derive(Debug)]
pub struct TableSpec {
    /// The table.
    pub table: Table,
    /// Its Log Analytics name.
    pub name: &'static str,
    /// A few words for it in a sentence: `Graph log`.
    pub words: &'static str,
    /// Other names in `Type`, in a diagnostics category or in a container's name, lower case.
    pub aliases: &'static [&'static str],
    /// Parts of the file names of downloads and collectors, lower case. Those of later tables take precedence.
    pub file_marks: &'static [&'static str],
    /// Sets of keys, lower case, that no other table has; a row that has all keys of one of them is of this table.
    pub keys: &'static [&'static [&'static str]],
    /// Hosts of the interface whose calls it records.
    pub hosts: &'static [&'static str],
    /// Whether the first part of a request's path is a version or the tenant, which a reader does not need.
    pub skips: fn(&str) -> bool,
    /// Role of its rows for a token.
    pub role: Role,
    /// Kind of its rows, device-code sign-ins aside.
    pub kind: RowKind,
    /// The fields its rows have; no others are kept.
    pub fields: &'static [Field],
    /// Reader of a whole record, for tables whose rows nest; their columns are then of the reader's.
    pub act: Option<ReadAct>,
    /// Its columns, each list under every spelling.
    pub columns: &'static [Columns],
    /// Its columns in the Entra portal's CSV.
    pub portal: Columns,
    /// The table whose rows look the same: only a row's own words or a duplicate of it decide between the two.
    pub twin: Option<Table>,
    /// Whether the object that the token was issued to is the user where a row names no other.
    pub user_of_token: bool,
    /// Test of a row's success.
    pub success: Success,
    /// Fields that like rows share besides user, client, address, agent, session and resource.
    pub same_run: &'static [Field],
    /// Lists of its fields, each with the loss without it.
    pub reads: &'static [&'static [(Field, &'static str)]],
    /// Loss without it.
    pub missing: Missing,
}

impl TableSpec {
    /// Returns whether its rows have the field.
    pub fn has(&self, field: Field) -> bool {
        self.fields.contains(&field)
    }
}

impl Table {
    /// The table's data.
    pub fn spec(self) -> &'static TableSpec {
        &TABLES[self as usize]
    }

    /// The table's Log Analytics name.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// Role of its rows for a token.
    pub fn role(self) -> Role {
        self.spec().role
    }

    /// Returns whether its rows issue a token.
    pub fn issues(self) -> bool {
        match self.role() {
            Role::Issues => true,
            Role::Uses | Role::Records => false,
        }
    }

    /// Returns whether its rows use a token.
    pub fn uses(self) -> bool {
        match self.role() {
            Role::Uses => true,
            Role::Issues | Role::Records => false,
        }
    }

    /// Returns whether its rows record an act.
    pub fn records(self) -> bool {
        match self.role() {
            Role::Records => true,
            Role::Issues | Role::Uses => false,
        }
    }

    /// The table of exactly this Log Analytics name, if the program reads it.
    pub fn named(name: &str) -> Option<Self> {
        TABLES.iter().find(|spec| spec.name == name).map(|spec| spec.table)
    }

    /// The table of this name or alias, in lower case.
    pub fn of_name(lower: &str) -> Option<Self> {
        let is_name = |spec: &&TableSpec| spec.name.eq_ignore_ascii_case(lower) || spec.aliases.contains(&lower);
        TABLES.iter().find(is_name).map(|spec| spec.table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_and_spelt_is_what_rows_have() {
        for spec in &TABLES {
            let fields = spec.columns.iter().chain([&spec.portal]).flat_map(|columns| columns.iter());
            for (name, target) in fields {
                assert_eq!(plain(name), *name, "{}", spec.name);
                assert!(target.field().is_none_or(|field| spec.has(field)), "{}: {name}", spec.name);
            }
            for field in spec.reads.iter().copied().flatten().map(|(field, _)| field).chain(spec.same_run) {
                assert!(spec.has(*field), "{}: {field:?}", spec.name);
            }
            let names: Vec<&str> =
                spec.columns.iter().flat_map(|columns| columns.iter()).map(|(name, _)| *name).collect();
            for (at, name) in names.iter().enumerate() {
                assert!(!names[..at].contains(name), "{}: {name} stands twice", spec.name);
            }
        }
    }

    #[test]
    fn names_of_tables_differ() {
        for spec in &TABLES {
            assert_eq!(Table::of_name(&spec.name.to_ascii_lowercase()), Some(spec.table));
            for alias in spec.aliases {
                assert_eq!((Table::of_name(alias), Foreign::of_name(alias)), (Some(spec.table), None));
            }
        }
    }
}
