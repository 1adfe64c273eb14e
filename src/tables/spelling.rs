//! Targets by key or column, one for each table: a key has a meaning only in its table.

use super::{KeyMarks, TABLES, Target};
use crate::model::Table;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Meaning of a key in each table, and while the table is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Targets {
    any: Target,
    by_table: [Target; Table::COUNT],
    /// Tables in which the key means something else than before the table is known, one bit each.
    differs: u16,
    /// Evidence it gives of the row's table, in any place.
    marks: KeyMarks,
}

const _: () = assert!(Table::COUNT <= 16, "a bit of `differs` for each table");

impl Targets {
    /// A key without a meaning.
    pub const SKIP: Self =
        Self { any: Target::Skip, by_table: [Target::Skip; Table::COUNT], differs: 0, marks: KeyMarks::NONE };

    /// Its meaning in a table; while no table is known, in the first that has it.
    #[inline]
    pub fn under(&self, table: Option<Table>) -> Target {
        table.map_or(self.any, |table| self.by_table[table as usize])
    }

    /// Its meaning while the table is not known.
    pub fn any(&self) -> Target {
        self.any
    }

    /// Tables for which a row with this key has to be read again, one bit each.
    #[inline]
    pub fn differs(&self) -> u16 {
        self.differs
    }

    /// Evidence it gives of the row's table, in any place.
    #[inline]
    pub fn marks(&self) -> KeyMarks {
        self.marks
    }

    /// Returns whether it has a meaning in no table.
    pub fn is_skip(&self) -> bool {
        *self == Self::SKIP
    }

    fn new(any: Target, mut by_table: [Target; Table::COUNT], marks: KeyMarks) -> Self {
        let mut differs = 0;
        for (spec, by_table) in TABLES.iter().zip(by_table) {
            // What the table has no field for is dropped with the row, whatever the reader took it for; readers of
            // whole records begin anew.
            let dropped =
                spec.act.is_some() || by_table == Target::Skip && any.field().is_none_or(|field| !spec.has(field));
            differs |= u16::from(by_table != any && !dropped) << spec.table as u16;
        }
        // Of the row of an act only what says its table is looked at before its reader has the whole record.
        if any.says_table() {
            TABLES.iter().filter(|spec| spec.act.is_some()).for_each(|spec| by_table[spec.table as usize] = any);
        }
        Self { any, by_table, differs, marks }
    }
}

/// Spellings of one table.
type Spellings = HashMap<&'static str, Target>;

/// The target of the value under this key or column. Ignores case, outer and repeated spaces, and the type suffixes
/// that a union query adds.
pub fn targets(spelling: &str, portal: bool) -> Targets {
    static OWN: OnceLock<[Spellings; Table::COUNT]> = OnceLock::new();
    static PORTAL: OnceLock<[Spellings; Table::COUNT]> = OnceLock::new();
    let name = plain(spelling);
    let tables = if portal {
        PORTAL.get_or_init(|| Table::ALL.map(|table| table.spec().portal.iter().copied().collect()))
    } else {
        OWN.get_or_init(|| {
            Table::ALL.map(|table| table.spec().columns.iter().flat_map(|columns| columns.iter()).copied().collect())
        })
    };
    let by_table = tables.each_ref().map(|table| {
        let found = table.get(&*name).or_else(|| if portal { None } else { looser(&name, table) });
        found.copied().unwrap_or(Target::Skip)
    });
    let known = by_table.into_iter().find(|target| *target != Target::Skip).unwrap_or(Target::Skip);
    Targets::new(known, by_table, marks(&name))
}

/// The spelling without the additions of some tools.
fn looser<'t>(name: &str, table: &'t Spellings) -> Option<&'t Target> {
    // Elastic writes app_id; its _id and _index are its own fields.
    if name.starts_with('_') || !name.contains('_') {
        return None;
    }
    let name = name.strip_prefix("properties_").unwrap_or(name);
    // Names of nested objects joined: status_errorCode, DeviceDetail_isCompliant.
    let plain = |name: &str| {
        let bare = || table.get(&*name.replace('_', ""));
        table.get(name).or_else(bare).or_else(|| table.get(&*name.replacen('_', ".", 1)))
    };
    plain(name).or_else(|| {
        // A custom table of the older kind names the type behind each column.
        let (name, suffix) = name.rsplit_once('_')?;
        plain(name).filter(|_| ["s", "g", "t", "d", "b"].contains(&suffix))
    })
}

/// The mark of a key that is evidence of a table; of a flattened object, that of its name.
fn marks(name: &str) -> KeyMarks {
    let outer = || KeyMarks::of_key(name.strip_prefix("azure.").unwrap_or(name).split('.').next()?);
    KeyMarks::of_key(name).or_else(outer).or_else(|| KeyMarks::of_key(&name.replace('_', ""))).unwrap_or(KeyMarks::NONE)
}

/// Prefixes of names in flattened objects.
const PREFIXES: [&str; 5] = ["_source.", "result.", "azure.signinlogs.", "azure.graphactivitylogs.", "properties."];

/// The spelling as written in the tables.
pub fn plain(spelling: &str) -> String {
    let lower = spelling.to_ascii_lowercase();
    let mut name = lower.as_str();
    for prefix in PREFIXES {
        name = name.strip_prefix(prefix).unwrap_or(name);
    }
    for suffix in ["_dynamic", "_string", "{}"] {
        name = name.strip_suffix(suffix).unwrap_or(name);
    }
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;

    #[test]
    fn a_key_means_something_only_in_its_table() {
        let uri = targets("requestUri", false);
        assert_eq!(uri.any().field(), Some(Field::RequestUri));
        assert_eq!(
            (uri.under(Some(Table::Graph)).field(), uri.under(Some(Table::SignIn)).field()),
            (Some(Field::RequestUri), None)
        );
        // Dropped with the row: no reason to read it twice.
        assert_eq!(uri.differs(), 0);
        let token = targets("SignInActivityId", false);
        assert_eq!(token.differs(), 1 << Table::SignIn as u16 | 1 << Table::NonInteractive as u16);
        assert_eq!(targets("nothing known", false), Targets::SKIP);
    }
}
