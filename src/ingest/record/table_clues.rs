//! The table of a row, decided from what the row holds.

use crate::ingest::table_names::{RowTable, named};
use crate::model::Table;
use crate::tables::foreign::SERVICE_PRINCIPAL;
use crate::tables::{KeyMarks, Marked, Rank};

/// Evidence in a row for its table.
#[derive(Default)]
pub(crate) struct Clues {
    /// The table it names, and the rank of what names it.
    kind: Option<(Rank, RowTable)>,
    /// Keys that only some tables have.
    pub(crate) marks: KeyMarks,
    /// Suggested by one column, where nothing says more.
    pub(crate) hint: Option<Table>,
    /// Its category.
    pub(crate) category: Option<RowTable>,
    /// Its kinds of sign-in.
    pub(crate) event_types: Option<RowTable>,
    /// True if a person was at the prompt.
    pub(crate) interactive: Option<bool>,
    /// The table of calls it looks like a row of.
    pub(crate) call: Option<Table>,
    /// It has a client and a user, or the id of a sign-in.
    pub(crate) is_sign_in: bool,
    /// It has a service principal and no user.
    pub(crate) is_service_principal: bool,
}

impl Clues {
    /// Takes a name of the row's table.
    pub(crate) fn named(&mut self, rank: Rank, name: &str) {
        if self.kind.as_ref().is_none_or(|(held, _)| *held <= rank) {
            self.kind = named(name).map(|kind| (rank, kind));
        }
    }

    /// Returns whether it would be read, if it named no other table.
    fn is_alike(&self) -> bool {
        self.is_sign_in || self.call.is_some()
    }
}

/// A row's table, and what it was decided by.
pub(crate) enum TableEvidence {
    /// By the row.
    Row(RowTable),
    /// By the source's name, because the row does not say.
    Name(RowTable),
    /// By nothing: it looks like a sign-in.
    Guess(RowTable),
    /// By an unknown name, though the row looks like one of ours.
    Alike(String),
    /// It is no row we know.
    Unknown,
}

/// Decides a row's table.
pub(crate) fn decide_table(clues: &Clues, from_name: Option<&RowTable>) -> TableEvidence {
    let named = clues.kind.clone().map(|(_, kind)| kind);
    if let Some(kind @ (RowTable::Ours(_) | RowTable::Foreign(_))) = named {
        return TableEvidence::Row(kind);
    }
    if let (None, Some(RowTable::Ours(table))) = (&named, &clues.category) {
        return TableEvidence::Row(RowTable::Ours(*table));
    }
    // A computed column may have taken the place of the name; what a row holds is no accident.
    match clues.marks.table() {
        Some(Marked::Ours(table)) => return TableEvidence::Row(RowTable::Ours(table)),
        Some(Marked::Foreign(table)) => return TableEvidence::Row(RowTable::Foreign(table)),
        None => {}
    }
    if let Some(RowTable::Named(name)) = named {
        return if clues.is_alike() { TableEvidence::Alike(name) } else { TableEvidence::Row(RowTable::Named(name)) };
    }
    // An audit row's category is the kind of its activity.
    if clues.hint == Some(Table::Audit) && !clues.is_alike() {
        return TableEvidence::Row(RowTable::Ours(Table::Audit));
    }
    match clues.category.clone() {
        Some(RowTable::Named(_)) | None if clues.hint == Some(Table::Activity) => {
            return TableEvidence::Row(RowTable::Ours(Table::Activity));
        }
        Some(RowTable::Named(name)) if clues.is_alike() => return TableEvidence::Alike(name),
        Some(kind) => return TableEvidence::Row(kind),
        None => {}
    }
    match (clues.call, from_name) {
        // Exports that leave out the host: the name of the source may know better.
        (Some(Table::Graph), Some(RowTable::Ours(table))) if table.uses() && *table != Table::Graph => {
            return TableEvidence::Name(RowTable::Ours(*table));
        }
        (Some(table), _) => return TableEvidence::Row(RowTable::Ours(table)),
        (None, _) => {}
    }
    if !clues.is_sign_in {
        return if clues.is_service_principal {
            TableEvidence::Row(RowTable::Foreign(&SERVICE_PRINCIPAL))
        } else {
            TableEvidence::Unknown
        };
    }
    if let Some(kind) = clues.event_types.clone() {
        return TableEvidence::Row(kind);
    }
    if clues.is_service_principal {
        return TableEvidence::Row(RowTable::Foreign(&SERVICE_PRINCIPAL));
    }
    match (clues.interactive, from_name) {
        (Some(true), _) => TableEvidence::Row(RowTable::Ours(Table::SignIn)),
        (Some(false), Some(kind)) if *kind != RowTable::Ours(Table::SignIn) => TableEvidence::Name(kind.clone()),
        (Some(false), _) => TableEvidence::Row(RowTable::Ours(Table::NonInteractive)),
        (None, Some(kind)) => TableEvidence::Name(kind.clone()),
        (None, None) => TableEvidence::Guess(RowTable::Ours(Table::SignIn)),
    }
}
