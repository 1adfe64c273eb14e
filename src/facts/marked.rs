//! Tables of ids that bear a name and one mark: roles of the directory, sensitive resources, networks of services.

use super::table;
use serde::{Deserialize, Deserializer, de::Error};
use std::collections::BTreeMap;

pub(super) const ROLES: &str = include_str!("../../assets/facts/roles.csv");
pub(super) const RESOURCES: &str = include_str!("../../assets/facts/sensitive_resources.csv");
pub(super) const NETWORKS: &str = include_str!("../../assets/facts/service_networks.csv");

/// Name and mark of an id.
#[derive(Debug)]
pub(super) struct Marked {
    pub(super) name: String,
    /// Privileged, sensitive, or Microsoft's.
    pub(super) is_marked: bool,
}

/// A table: by normalized id, or by number.
pub(super) type Marks<K> = BTreeMap<K, Marked>;

/// A row of any of these tables: each names its mark in its own way.
#[derive(Deserialize)]
pub(super) struct IdRow {
    id: String,
    name: String,
    #[serde(alias = "privileged", alias = "sensitive", deserialize_with = "yes_or_no")]
    marked: bool,
}

#[derive(Deserialize)]
pub(super) struct NetworkRow {
    asn: u32,
    holder: String,
    #[serde(alias = "microsoft", deserialize_with = "yes_or_no")]
    marked: bool,
}

pub(super) fn yes_or_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match String::deserialize(deserializer)?.trim() {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(D::Error::custom(format!("\"{other}\" is neither yes nor no"))),
    }
}

impl IdRow {
    /// The row in the form the tables compare, or its fault.
    pub(super) fn checked(self) -> Result<(String, Marked), String> {
        let id = table::id(&self.id)?;
        if self.name.trim().is_empty() {
            return Err("the row has no name".to_owned());
        }
        Ok((id, Marked { name: self.name, is_marked: self.marked }))
    }
}

impl NetworkRow {
    /// The row in the form the tables compare, or its fault.
    pub(super) fn checked(self) -> Result<(u32, Marked), String> {
        if self.asn == 0 {
            return Err("0 is no AS number".to_owned());
        }
        Ok((self.asn, Marked { name: self.holder, is_marked: self.marked }))
    }
}

/// Roles of the directory by the id of their template: marked are the privileged ones.
pub(super) fn roles() -> Marks<String> {
    ids("roles.csv", ROLES)
}

/// Resources that a first use by a client draws attention to.
pub(super) fn resources() -> Marks<String> {
    ids("sensitive_resources.csv", RESOURCES)
}

/// Networks that services call from: marked are Microsoft's.
pub(super) fn networks() -> Marks<u32> {
    let rows = table::rows::<NetworkRow>("service_networks.csv", NETWORKS).into_iter();
    rows.map(|row| row.checked().expect("a test checks every row of the table")).collect()
}

fn ids(name: &str, text: &str) -> Marks<String> {
    let rows = table::rows::<IdRow>(name, text).into_iter();
    rows.map(|row| row.checked().expect("a test checks every row of the table")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        for (name, text) in
            [("roles.csv", ROLES), ("sensitive_resources.csv", RESOURCES), ("service_networks.csv", NETWORKS)]
        {
            table::check_sources(name, text);
        }
        for (text, rows) in [(ROLES, roles()), (RESOURCES, resources())] {
            assert_eq!(rows.len(), text.lines().count() - 1, "no id twice");
        }
        assert_eq!(networks().len(), NETWORKS.lines().count() - 1, "no number twice");
    }

    #[test]
    fn roles_resources_and_networks_are_known() {
        let roles = roles();
        let role = |id: &str| roles.get(id).map(|role| (role.name.as_str(), role.is_marked));
        assert_eq!(role("62e90394-69f5-4237-9190-012177145e10"), Some(("Global Administrator", true)));
        assert_eq!(role("4a5d8f65-41da-4de4-8968-e035b65339cf"), Some(("Reports Reader", false)));
        assert_eq!(resources().values().filter(|resource| resource.is_marked).count(), 6);
        let numbers: Vec<u32> = networks().into_keys().collect();
        assert_eq!(numbers, [3598, 8068, 8069, 8070, 8071, 8072, 8073, 8074, 8075, 12076]);
    }
}
