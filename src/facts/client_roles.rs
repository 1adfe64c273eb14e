//! Parts that clients play in attacks and in daily work, by their ids.

use super::table;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const TABLE: &str = include_str!("../../assets/facts/client_roles.csv");

/// A part that a client plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientRole {
    /// Its authorization code goes to a localhost or native redirect, from where a victim can paste it.
    Handoff,
    /// Kits ask for device codes in its name.
    DeviceCodeAbused,
    /// It signs in by device code in daily work: rooms, phones, consoles.
    DeviceCodeExpected,
    /// A service of Microsoft's that calls in the user's name from Microsoft's networks.
    ServiceSide,
    /// It reads the directory widely in daily work: portals and governance.
    ReconExpected,
}

/// Parts of the clients, by normalized id.
pub(super) type ClientRoles = BTreeMap<String, BTreeSet<ClientRole>>;

#[derive(Deserialize)]
pub(super) struct RoleRow {
    id: String,
    role: Written,
}

/// A role as written.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Written {
    Handoff,
    DeviceCodeAbused,
    DeviceCodeExpected,
    ServiceSide,
    ReconExpected,
    /// Takes the client out of the table.
    None,
}

impl RoleRow {
    /// The id and its role; none takes the client out. Or the fault of the row.
    pub(super) fn checked(self) -> Result<(String, Option<ClientRole>), String> {
        let role = match self.role {
            Written::Handoff => Some(ClientRole::Handoff),
            Written::DeviceCodeAbused => Some(ClientRole::DeviceCodeAbused),
            Written::DeviceCodeExpected => Some(ClientRole::DeviceCodeExpected),
            Written::ServiceSide => Some(ClientRole::ServiceSide),
            Written::ReconExpected => Some(ClientRole::ReconExpected),
            Written::None => None,
        };
        Ok((table::id(&self.id)?, role))
    }
}

/// The roles of a set of rows.
pub(super) fn gathered(rows: impl IntoIterator<Item = (String, Option<ClientRole>)>) -> ClientRoles {
    let mut roles = ClientRoles::new();
    for (id, role) in rows {
        roles.entry(id).or_default().extend(role);
    }
    roles
}

pub(super) fn load() -> ClientRoles {
    let rows = table::rows::<RoleRow>("client_roles.csv", TABLE).into_iter();
    gathered(rows.map(|row| row.checked().expect("a test checks every row of the table")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        table::check_sources("client_roles.csv", TABLE);
        let roles = load();
        let count = |role| roles.values().filter(|played| played.contains(&role)).count();
        assert_eq!(count(ClientRole::Handoff), 14);
        assert_eq!(count(ClientRole::DeviceCodeAbused), 8);
        assert_eq!(count(ClientRole::DeviceCodeExpected), 7);
        assert_eq!(count(ClientRole::ServiceSide), 20);
        assert_eq!(count(ClientRole::ReconExpected), 5);
        assert!(roles.values().all(|played| !played.is_empty()));
        let both = |a, b| roles.values().any(|played| played.contains(&a) && played.contains(&b));
        assert!(!both(ClientRole::DeviceCodeAbused, ClientRole::DeviceCodeExpected), "abused is never expected");
        assert_eq!(TABLE.lines().count() - 1, roles.values().map(BTreeSet::len).sum::<usize>(), "no row twice");
    }
}
