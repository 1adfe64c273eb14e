//! Resources that tokens are issued for, and the reach of each.

use super::table;
use serde::Deserialize;
use std::collections::HashMap;

pub(super) const TABLE: &str = include_str!("../../assets/facts/resources.csv");

/// A resource tokens are issued for.
#[derive(Debug)]
pub struct Resource {
    /// Application id, lower case.
    pub id: String,
    /// The printed name.
    pub name: String,
    /// Every display name seen, the newest first.
    pub display_names: Vec<String>,
    /// Its reach.
    pub reach: Reach,
}

/// Reach of a resource or a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Mail and calendar.
    Mail,
    /// Chat and meetings.
    Chat,
    /// Files and sites.
    Files,
    /// Azure control plane.
    AzureManagement,
    /// Secrets and keys.
    KeyVault,
    /// Users, groups, roles, applications.
    Directory,
    /// Audit and management APIs.
    Management,
    /// Device registration and enrolment.
    DeviceRegistration,
    /// Microsoft Graph as a token's audience: all of the above by scope.
    Graph,
    /// Business data (Dataverse, Power BI, storage, DevOps).
    Data,
    /// Client plumbing: no evidence.
    Background,
    /// Anything else.
    Other,
}

impl Reach {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Mail,
        Self::Chat,
        Self::Files,
        Self::AzureManagement,
        Self::KeyVault,
        Self::Directory,
        Self::Management,
        Self::DeviceRegistration,
        Self::Graph,
        Self::Data,
        Self::Background,
        Self::Other,
    ];

    /// Its words in findings and spelling in the tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Chat => "chat",
            Self::Files => "files",
            Self::AzureManagement => "Azure management",
            Self::KeyVault => "Key Vault",
            Self::Directory => "directory",
            Self::Management => "Office management",
            Self::DeviceRegistration => "device registration",
            Self::Graph => "Microsoft Graph",
            Self::Data => "business data",
            Self::Background => "background",
            Self::Other => "other",
        }
    }

    /// Returns whether it is a person's own data.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Mail | Self::Chat | Self::Files)
    }

    /// Returns whether it is control over a tenant or its secrets.
    pub fn is_control(self) -> bool {
        matches!(self, Self::AzureManagement | Self::KeyVault | Self::Management | Self::DeviceRegistration)
    }

    /// Returns whether it is content that thieves take: personal data, business data, secrets.
    pub fn is_content(self) -> bool {
        self.is_personal() || matches!(self, Self::KeyVault | Self::Data)
    }

    /// Returns whether it is of use to an intruder: content, control, or the directory that leads to both.
    pub fn is_valuable(self) -> bool {
        self.is_content() || self.is_control() || self == Self::Directory
    }

    /// The reach of a spelling in a table.
    pub(super) fn spelt(word: &str) -> Self {
        Self::ALL.into_iter().find(|reach| reach.word() == word).expect("a test checks every reach in the tables")
    }
}

/// The resources, by id and by name.
#[derive(Default)]
pub(super) struct Resources {
    /// Sorted by id.
    rows: Vec<Resource>,
    by_name: HashMap<String, usize>,
}

impl Resources {
    pub(super) fn load() -> Self {
        Self::new(table::rows::<ResourceRow>("resources.csv", TABLE).into_iter().map(Resource::from).collect())
    }

    /// These resources, with others replacing those of the same id.
    pub(super) fn overlaid(self, users: Vec<Resource>) -> Self {
        let mut rows = self.rows;
        for row in users {
            rows.retain(|known| known.id != row.id);
            rows.push(row);
        }
        Self::new(rows)
    }

    fn new(mut rows: Vec<Resource>) -> Self {
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        let mut by_name = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            for name in row.display_names.iter().chain([&row.name]) {
                by_name.entry(name.to_lowercase()).or_insert(index);
            }
        }
        Self { rows, by_name }
    }

    pub(super) fn get(&self, id: &str) -> Option<&Resource> {
        self.rows.binary_search_by(|row| row.id.as_str().cmp(id)).ok().map(|index| &self.rows[index])
    }

    pub(super) fn named(&self, name: &str) -> Option<&Resource> {
        self.by_name.get(&name.trim().to_lowercase()).map(|index| &self.rows[*index])
    }
}

#[derive(Deserialize)]
pub(super) struct ResourceRow {
    id: String,
    name: String,
    display_names: String,
    reach: String,
}

impl ResourceRow {
    /// Checks a row of the user's; returns it in the form the tables compare, or its fault.
    pub(super) fn checked(mut self) -> Result<Self, String> {
        self.id = table::id(&self.id)?;
        if self.name.trim().is_empty() {
            return Err("the resource has no name".to_owned());
        }
        if Reach::ALL.into_iter().all(|reach| reach.word() != self.reach) {
            let known: Vec<_> = Reach::ALL.into_iter().map(Reach::word).collect();
            return Err(format!("\"{}\" is no reach; known are {}", self.reach, known.join(", ")));
        }
        Ok(self)
    }
}

impl From<ResourceRow> for Resource {
    fn from(row: ResourceRow) -> Self {
        let names = row.display_names.split('|').filter(|name| !name.is_empty());
        Self {
            display_names: names.map(str::to_owned).collect(),
            reach: Reach::spelt(&row.reach),
            id: row.id,
            name: row.name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::words::is_guid;

    #[test]
    fn the_table_is_whole() {
        table::check_sources("resources.csv", TABLE);
        let Resources { rows, .. } = Resources::load();
        assert!(rows.iter().all(|r| is_guid(&r.id) && r.id == r.id.to_lowercase() && !r.name.is_empty()));
        assert!(rows.windows(2).all(|pair| pair[0].id < pair[1].id), "ids are unique");
        let mut names: Vec<_> = rows.iter().flat_map(|r| &r.display_names).map(|name| name.to_lowercase()).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "a display name stands for one resource");
    }

    #[test]
    fn a_renamed_resource_is_one_resource() {
        let resources = Resources::load();
        let arm = resources.get("797f4846-ba00-4fd7-ba43-dac1f8f63013").unwrap();
        assert_eq!(arm.display_names, ["Azure Resource Manager", "Windows Azure Service Management API"]);
        assert_eq!(arm.reach, Reach::AzureManagement);
        for name in ["windows azure service management api", " AZURE RESOURCE MANAGER "] {
            assert_eq!(resources.named(name).unwrap().id, arm.id);
        }
        assert!(resources.named("").is_none());
        assert!(resources.get("797F4846-BA00-4FD7-BA43-DAC1F8F63013").is_none(), "ids come normalized");
    }

    #[test]
    fn the_six_of_the_published_example_reach_six_classes() {
        let resources = Resources::load();
        let reach = |name| resources.named(name).unwrap().reach;
        assert_eq!(reach("Microsoft Graph"), Reach::Graph);
        assert_eq!(reach("Office 365 Exchange Online"), Reach::Mail);
        assert_eq!(reach("Microsoft Teams Services"), Reach::Chat);
        assert_eq!(reach("Azure Resource Manager"), Reach::AzureManagement);
        assert_eq!(reach("Azure Key Vault"), Reach::KeyVault);
        assert_eq!(reach("Office 365 Management APIs"), Reach::Management);
        assert_eq!(reach("Windows Azure Active Directory"), Reach::Directory);
    }
}
