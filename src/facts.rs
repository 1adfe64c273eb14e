//! Dated and sourced knowledge: clients, family membership and the parts that clients play; resources; user agents and
//! the tools that send them; traces of tools on devices; roles; networks of services, and Microsoft's ranges; Graph
//! verbs; actions of audit logs; techniques of ATT&CK.
//!
//! The tables are `assets/facts/*.csv`; every row names its source and its date: that of the source, or, where a
//! product's own habit is the source, that of the row. They are read once, on first use.

mod actions;
mod agents;
mod attack;
mod client_roles;
mod clients;
mod fingerprints;
pub mod given;
mod graph;
pub mod lifetimes;
mod marked;
mod microsoft;
mod networks;
mod recon;
mod resources;
mod table;
mod tools;
mod user_tables;
mod weight;

pub use actions::{ActClass, Action, CONTINUES, folded_operation};
pub use agents::Agent;
#[cfg(any(test, feature = "testing"))]
pub use attack::all as techniques;
pub use attack::technique;
pub use client_roles::ClientRole;
pub use clients::{Client, Membership, Standing};
pub use fingerprints::Fingerprint;
pub use graph::Verb;
pub use networks::{Network, Networks, address};
pub use recon::Recon;
pub use resources::{Reach, Resource};
pub use tools::ToolAgent;
pub use user_tables::UserTables;
pub use weight::Weight;

use crate::model::Time;
use resources::Resources;
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::LazyLock;

/// All facts.
pub struct Facts {
    /// Sorted by id.
    clients: Vec<Client>,
    resources: Resources,
    agents: Vec<agents::Pattern>,
    tools: Vec<ToolAgent>,
    fingerprints: Vec<Fingerprint>,
    client_roles: client_roles::ClientRoles,
    sensitive: marked::Marks<String>,
    roles: marked::Marks<String>,
    networks: marked::Marks<u32>,
    microsoft: microsoft::Ranges,
    verbs: Vec<graph::Pattern>,
    recon: Recon,
    actions: actions::Actions,
}

impl Facts {
    /// The facts built into the program.
    pub fn embedded() -> &'static Self {
        static FACTS: LazyLock<Facts> = LazyLock::new(Facts::built_in);
        &FACTS
    }

    fn built_in() -> Self {
        Self {
            clients: clients::load(),
            resources: Resources::load(),
            agents: agents::load(),
            tools: tools::load(),
            fingerprints: fingerprints::load(),
            client_roles: client_roles::load(),
            sensitive: marked::resources(),
            roles: marked::roles(),
            networks: marked::networks(),
            microsoft: microsoft::Ranges::load(),
            verbs: graph::load(),
            recon: Recon::load(),
            actions: actions::Actions::load(),
        }
    }

    /// The client of a normalized id.
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.binary_search_by(|client| client.id.as_str().cmp(id)).ok().map(|index| &self.clients[index])
    }

    /// Every client known, sorted by id.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// The 37 ids of the published family list (secureworks/family-of-client-ids-research), exact.
    pub fn is_published_family(&self, id: &str) -> bool {
        self.client(id).is_some_and(|client| client.published)
    }

    /// Returns whether a client (normalized id) was ever a family member: current, removed or unverified.
    pub fn was_ever_family(&self, id: &str) -> bool {
        self.client(id).is_some_and(|client| client.family.was_ever())
    }

    /// Family membership of a client (normalized id) at a time, with its source, as a sentence.
    ///
    /// A client counts as a member through the whole of the day it was last seen as one (UTC), as gone from the
    /// midnight of the day it was first seen as none, and as leaving in between.
    pub fn family_at(&self, id: &str, at: Time) -> Membership {
        clients::membership(self.client(id), at)
    }

    /// The resource of a normalized id.
    pub fn resource(&self, id: &str) -> Option<&Resource> {
        self.resources.get(id)
    }

    /// The resource that has (or had) this display name, compared without case.
    pub fn resource_named(&self, name: &str) -> Option<&Resource> {
        self.resources.named(name)
    }

    /// The name a client is shown by: that of the facts, else the logged one, else its id. Columns of data keep what was
    /// logged.
    pub fn client_name<'a>(&'a self, id: &'a str, logged: &'a str) -> &'a str {
        shown_name(self.client(id).map(|client| client.name.as_str()), id, logged)
    }

    /// The name a resource is shown by, likewise; one that only its logged name tells goes by the facts' name too.
    pub fn resource_name<'a>(&'a self, id: &'a str, logged: &'a str) -> &'a str {
        let known = self.resource(id).or_else(|| self.resource_named(logged).filter(|_| id.is_empty()));
        shown_name(known.map(|resource| resource.name.as_str()), id, logged)
    }

    /// A scope as shown: a role by its name, anything else as it is.
    pub fn scope_name<'a>(&'a self, scope: &'a str) -> Cow<'a, str> {
        let role = self.role(&scope.to_ascii_lowercase());
        role.map_or(Cow::Borrowed(scope), |name| Cow::Owned(format!("{name} role")))
    }

    /// The class of a user agent. A client can fake it: a script is evidence, a browser proves nothing.
    pub fn agent(&self, user_agent: &str) -> Agent {
        agents::class(&self.agents, user_agent)
    }

    /// The tool that a user agent names: the first row that fits the trimmed agent, compared without case.
    pub fn tool(&self, agent: &str) -> Option<&ToolAgent> {
        tools::find(&self.tools, agent)
    }

    /// The trace of a tool in a registered device's name or in the version of its system.
    pub fn fingerprint(&self, name: &str, os_version: &str) -> Option<&Fingerprint> {
        fingerprints::find(&self.fingerprints, name, os_version)
    }

    /// Returns whether a client (normalized id) plays this part.
    pub fn client_has(&self, id: &str, role: ClientRole) -> bool {
        self.client_roles.get(id).is_some_and(|played| played.contains(&role))
    }

    /// Returns whether a client (normalized id) is one of Microsoft's, as far as any table knows.
    pub fn is_microsofts(&self, id: &str) -> bool {
        self.client(id).is_some() || self.resource(id).is_some() || self.client_roles.contains_key(id)
    }

    /// The clients, by normalized id, that play this part.
    pub fn clients_with(&self, role: ClientRole) -> impl Iterator<Item = &str> {
        self.client_roles.iter().filter(move |(_, played)| played.contains(&role)).map(|(id, _)| id.as_str())
    }

    /// The resources, by normalized id, of which [`Self::is_sensitive`] holds.
    pub fn sensitive_resources(&self) -> impl Iterator<Item = &str> {
        self.sensitive.iter().filter(|(_, resource)| resource.is_marked).map(|(id, _)| id.as_str())
    }

    /// A regular expression that fits each user agent in lower case that [`Self::tool`] knows, shells aside.
    pub fn tool_pattern(&self) -> String {
        tools::pattern(&self.tools)
    }

    /// The operations, by folded name, that leave a foothold in one variant at least; a name that ends in
    /// [`CONTINUES`] goes on in any way.
    pub fn foothold_operations(&self) -> impl Iterator<Item = &str> {
        self.actions.footholds()
    }

    /// Returns whether a resource (normalized id) is one that a client's first use of draws attention to.
    pub fn is_sensitive(&self, resource: &str) -> bool {
        self.sensitive.get(resource).is_some_and(|resource| resource.is_marked)
    }

    /// The name of a built-in role by the normalized id of its template.
    pub fn role(&self, id: &str) -> Option<&str> {
        self.roles.get(id).map(|role| role.name.as_str())
    }

    /// Returns whether Microsoft calls this role privileged (normalized id of its template).
    pub fn is_privileged_role(&self, id: &str) -> bool {
        self.roles.get(id).is_some_and(|role| role.is_marked)
    }

    /// Returns whether an AS number is of Microsoft's networks, from which its services call and its clouds reach out.
    pub fn is_microsoft_asn(&self, asn: u32) -> bool {
        self.networks.get(&asn).is_some_and(|network| network.is_marked)
    }

    /// Returns whether an address is in a range that Microsoft's networks announce.
    pub fn is_microsoft_address(&self, address: IpAddr) -> bool {
        self.microsoft.has(address)
    }

    /// The AS numbers of which [`Self::is_microsoft_asn`] holds.
    pub fn microsoft_networks(&self) -> impl Iterator<Item = u32> {
        self.networks.iter().filter(|(_, network)| network.is_marked).map(|(asn, _)| *asn)
    }

    /// Categories of requests, and the requests of tools that sweep.
    pub fn recon(&self) -> &Recon {
        &self.recon
    }

    /// The action of a Graph call, in plain words.
    pub fn graph_verb(&self, method: &str, uri: &str) -> Verb {
        graph::verb(&self.verbs, method, uri)
    }

    /// The action of an audited operation, by the most special variant whose words (separated by blanks) are all in
    /// `variant`. Case, blanks around the name, one closing full stop and kinds of dashes make no difference; operations
    /// of Azure are known by the end of their path too.
    pub fn action(&self, operation: &str, variant: &str) -> Option<&Action> {
        self.actions.get(operation, variant)
    }

    /// The techniques that Graph calls may earn, one for each row that earns one.
    #[cfg(any(test, feature = "testing"))]
    pub fn call_techniques(&self) -> impl Iterator<Item = &'static str> {
        self.verbs.iter().filter_map(|row| row.technique)
    }
}

/// The name to show: the known one, else the logged one, else the id.
fn shown_name<'a>(known: Option<&'a str>, id: &'a str, logged: &'a str) -> &'a str {
    known.unwrap_or(if logged.is_empty() { id } else { logged })
}
