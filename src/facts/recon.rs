//! Sweeps of a directory or a mailbox: the category of a request, and the requests that a tool makes.
//!
//! Both tables name requests in a normal form: no host and version, lower case, `{id}` for ids.

use super::{attack, table};
use foldhash::fast::RandomState;
use serde::Deserialize;
use std::collections::HashMap;

pub(super) const CATEGORIES: &str = include_str!("../../assets/facts/recon_categories.csv");
pub(super) const TOOLS: &str = include_str!("../../assets/facts/recon_tools.csv");

/// Segment of a path for `me` and for `users/{id}`.
const USER: &str = "U/";
/// Category that takes a path out of the table.
const NO_CATEGORY: &str = "none";
/// Most segments of a path in the table, with `users/{id}` for the user.
const DEEPEST: usize = 4;

/// Category of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReconCategory {
    /// Number of the category.
    pub number: u8,
    /// Technique of reading it.
    pub technique: Option<&'static str>,
}

/// A tool, by the requests it makes.
#[derive(Clone, Debug)]
pub struct ReconTool {
    /// Its name.
    pub name: String,
    /// Its requests, in normal form.
    pub endpoints: Vec<String>,
}

/// The two tables.
#[derive(Clone, Debug, Default)]
pub struct Recon {
    names: Vec<String>,
    /// By path: the category, and whether it is that of the path alone.
    paths: HashMap<String, (ReconCategory, bool), RandomState>,
    tools: Vec<ReconTool>,
}

impl Recon {
    pub(super) fn load() -> Self {
        let mut recon = Self::default();
        for row in table::rows::<CategoryRow>("recon_categories.csv", CATEGORIES) {
            recon.add_path(row.checked().expect("a test checks every row of the table"));
        }
        let tools = table::rows::<ToolRow>("recon_tools.csv", TOOLS).into_iter();
        recon.add_tools(tools.map(|row| row.checked().expect("a test checks every row of the table")));
        recon
    }

    /// Names of the categories, by number.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The tools.
    pub fn tools(&self) -> &[ReconTool] {
        &self.tools
    }

    /// The category of a request in normal form: that of its longest path in the table.
    pub fn category(&self, form: &str) -> Option<ReconCategory> {
        // `name({id})` is `name` with an id.
        let spread = form.contains("({id})").then(|| form.replace("({id})", "/{id}"));
        let form = spread.as_deref().unwrap_or(form);
        let ends = form.match_indices('/').map(|(at, _)| at).take(DEEPEST).chain([form.len()]);
        let mut ends: Vec<usize> = ends.collect();
        ends.truncate(DEEPEST);
        let found = |end: &usize| {
            let (category, alone) = self.paths.get(&form[..*end])?;
            (!alone || *end == form.len()).then_some(*category)
        };
        ends.iter().rev().find_map(found)
    }

    /// Sets the category of a path, over the one it has.
    pub(super) fn add_path(&mut self, row: CategoryRow) {
        let CategoryRow { category, path, scope, technique } = row;
        let paths = match path.strip_prefix(USER) {
            Some(rest) => vec![format!("me/{rest}"), format!("users/{{id}}/{rest}")],
            None => vec![path],
        };
        if category == NO_CATEGORY {
            self.paths.retain(|path, _| !paths.contains(path));
            return;
        }
        let known = self.names.iter().position(|name| *name == category);
        let at = known.unwrap_or_else(|| {
            self.names.push(category);
            self.names.len() - 1
        });
        let number = u8::try_from(at).expect("the row was checked against so many");
        let technique = attack::find(&technique).map(|technique| technique.id.as_str());
        for path in paths {
            self.paths.insert(path, (ReconCategory { number, technique }, scope == Scope::Alone));
        }
    }

    /// Adds tools, over those of the same names.
    pub(super) fn add_tools(&mut self, rows: impl IntoIterator<Item = (String, String)>) {
        let mut added: Vec<ReconTool> = Vec::new();
        for (name, endpoint) in rows {
            match added.iter_mut().find(|tool| tool.name == name) {
                Some(tool) if tool.endpoints.contains(&endpoint) => {}
                Some(tool) => tool.endpoints.push(endpoint),
                None => added.push(ReconTool { name, endpoints: vec![endpoint] }),
            }
        }
        self.tools.retain(|tool| added.iter().all(|other| other.name != tool.name));
        self.tools.append(&mut added);
    }

    /// The techniques that categories may earn.
    #[cfg(any(test, feature = "testing"))]
    pub fn techniques(&self) -> impl Iterator<Item = &'static str> {
        self.paths.values().filter_map(|(category, _)| category.technique)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Scope {
    /// The path alone.
    Alone,
    /// The path, and all below it.
    Below,
}

#[derive(Deserialize)]
pub(super) struct CategoryRow {
    category: String,
    path: String,
    scope: Scope,
    technique: String,
}

/// Most categories: they are bits of a set.
const MOST_CATEGORIES: usize = 32;

impl CategoryRow {
    /// The row in the form the table compares, or its fault.
    pub(super) fn checked(self) -> Result<Self, String> {
        let category = self.category.trim().to_lowercase();
        if category.is_empty() {
            return Err("the row names no category".to_owned());
        }
        let user = self.path.trim().strip_prefix(USER);
        let path = user.unwrap_or_else(|| self.path.trim()).trim_matches('/').to_lowercase();
        let depth = path.split('/').count() + if user.is_some() { 2 } else { 0 };
        if path.is_empty() || depth > DEEPEST {
            return Err(format!("{:?} is no path of one to {DEEPEST} segments", self.path));
        }
        let technique = self.technique.trim().to_owned();
        if !technique.is_empty() && attack::find(&technique).is_none() {
            return Err(format!("{technique:?} is no technique of attack.csv"));
        }
        let path = if user.is_some() { format!("{USER}{path}") } else { path };
        Ok(Self { category, path, scope: self.scope, technique })
    }

    /// The row, or its fault where the table has no room for another category.
    pub(super) fn fits(self, recon: &Recon) -> Result<Self, String> {
        let is_known = self.category == NO_CATEGORY || recon.names.contains(&self.category);
        if is_known || recon.names.len() < MOST_CATEGORIES {
            Ok(self)
        } else {
            Err(format!("there are {MOST_CATEGORIES} categories already"))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct ToolRow {
    tool: String,
    endpoint: String,
}

impl ToolRow {
    /// Name and request of a tool, or the fault of the row.
    pub(super) fn checked(self) -> Result<(String, String), String> {
        let (tool, endpoint) = (self.tool.trim(), self.endpoint.trim().trim_matches('/'));
        if tool.is_empty() || endpoint.is_empty() {
            return Err("the row names no tool or no endpoint".to_owned());
        }
        Ok((tool.to_owned(), endpoint.to_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        table::check_sources("recon_categories.csv", CATEGORIES);
        table::check_sources("recon_tools.csv", TOOLS);
        let recon = Recon::load();
        assert_eq!(recon.names().len(), 13);
        let sizes: Vec<(&str, usize)> =
            recon.tools().iter().map(|tool| (tool.name.as_str(), tool.endpoints.len())).collect();
        assert_eq!(sizes, [("GraphRunner", 11), ("AzureHound", 14)]);
    }

    #[test]
    fn requests_have_the_category_of_their_first_segments() {
        let recon = Recon::load();
        for (form, expected) in [
            ("organization", "org"),
            ("tenantdetails", "org"),
            ("users", "users"),
            ("users/{id}", "users"),
            ("users({id})", "users"),
            ("me", ""),
            ("users/{id}/manager", ""),
            ("users/{id}/messages", "mail"),
            ("users({id})/messages", "mail"),
            ("me/mailfolders/{id}/messages", "mail"),
            ("me/inferenceclassification/overrides", "mail"),
            ("groups", "groups"),
            ("groups/{id}/members", "groups"),
            ("groupsettings", ""),
            ("rolemanagement/directory/roleassignments", "roles"),
            ("directory/administrativeunits/{id}", "roles"),
            ("directory/deleteditems", ""),
            ("serviceprincipals({id})/approleassignedto", "apps"),
            ("oauth2permissiongrants", "apps"),
            ("devicemanagement/manageddevices", "devices"),
            ("identity/conditionalaccess/policies", "policy"),
            ("identity/apiconnectors", ""),
            ("search/query", "files"),
            ("search", ""),
            ("me/drive/root/children", "files"),
            ("users/{id}/drives", "files"),
            ("sites/{id}", "files"),
            ("me/joinedteams", "chat"),
            ("teams/{id}/channels", "chat"),
            ("me/people", "people"),
            ("contacts", "people"),
            ("auditlogs/signins", "audit"),
            ("me/authentication/methods", "authmethods"),
            ("", ""),
        ] {
            let found = recon.category(form).map_or("", |category| &recon.names()[usize::from(category.number)]);
            assert_eq!(found, expected, "{form}");
        }
    }
}
