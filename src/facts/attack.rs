//! The ATT&CK techniques that calls, analytics and evidence may earn.

use super::table;
use serde::Deserialize;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../assets/facts/attack.csv");

/// A technique under its id in ATT&CK.
#[derive(Debug, Deserialize)]
pub struct Technique {
    /// Such as `T1114.002`.
    pub id: String,
    /// Name with its parent's, as ATT&CK has it.
    pub name: String,
}

/// The technique of an id.
///
/// # Panics
/// When the table has no such technique: an id in the code or in another table is one of this table's, which tests
/// check for every one.
pub fn technique(id: &str) -> &'static Technique {
    find(id).expect("a test checks every id in the code and in the tables")
}

/// The technique of an id, where the table has it.
pub(super) fn find(id: &str) -> Option<&'static Technique> {
    all().iter().find(|technique| technique.id == id)
}

/// Every technique of the table, in its order.
pub fn all() -> &'static [Technique] {
    static TECHNIQUES: LazyLock<Vec<Technique>> = LazyLock::new(|| table::rows("attack.csv", TABLE));
    &TECHNIQUES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        table::check_sources("attack.csv", TABLE);
        assert!(all().is_sorted_by(|a, b| a.id < b.id), "sorted, and each once");
        assert!(all().iter().all(|technique| technique.id.starts_with('T') && !technique.name.is_empty()));
    }
}
