//! What the world knows, dated and sourced: clients and family membership, resources, user agents, Graph verbs.
//!
//! The tables stand in `assets/facts/*.csv`; every row names its source and date.

use crate::model::Time;

/// All facts.
pub struct Facts {}

impl Facts {
    /// The facts built into the program.
    pub fn embedded() -> &'static Self {
        static FACTS: Facts = Facts {};
        &FACTS
    }

    /// What is known of a client id (folded).
    pub fn client(&self, id: &str) -> Option<&Client> {
        let _ = id;
        None
    }

    /// Every client known, sorted by id.
    pub fn clients(&self) -> &[Client] {
        &[]
    }

    /// The 37 ids of the published family list (secureworks/family-of-client-ids-research), exact.
    pub fn is_published_family(&self, id: &str) -> bool {
        self.client(id).is_some_and(|client| client.published)
    }

    /// Whether a client (folded id) was ever a family member: current, removed or unverified.
    pub fn was_ever_family(&self, id: &str) -> bool {
        self.client(id).is_some_and(|client| client.family.was_ever())
    }

    /// Family membership of a client at a time, with its source, as a sentence.
    pub fn family_at(&self, id: &str, at: Time) -> Membership {
        let _ = (id, at);
        Membership { standing: Standing::Never, sentence: String::new() }
    }

    /// What is known of a resource id (folded).
    pub fn resource(&self, id: &str) -> Option<&Resource> {
        let _ = id;
        None
    }

    /// The resource that has (or had) this display name, compared without case.
    pub fn resource_named(&self, name: &str) -> Option<&Resource> {
        let _ = name;
        None
    }

    /// The class of a user agent.
    pub fn agent(&self, user_agent: &str) -> Agent {
        let _ = user_agent;
        Agent::Unknown
    }

    /// What a Graph call did, in plain words.
    pub fn graph_verb(&self, method: &str, uri: &str) -> Verb {
        let _ = (method, uri);
        Verb { action: String::new(), object: None, reach: Reach::Other, technique: None }
    }
}

/// A client application.
pub struct Client {
    /// Application id, lower case.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether the published family list has it.
    pub published: bool,
    /// Family record.
    pub family: Family,
    /// Where the row comes from.
    pub source: String,
    /// What to know about it; may be empty.
    pub remark: String,
}

/// A client's record in the family of client ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// In the newest list.
    Current,
    /// Was a member, left between two dated observations.
    Removed,
    /// In an older list, absent from the newest source.
    Unverified,
    /// Known and never a member.
    Never,
    /// An id in a published list that no application has.
    NotAnApplication,
}

impl Family {
    /// Whether it was ever a member.
    pub fn was_ever(self) -> bool {
        matches!(self, Self::Current | Self::Removed | Self::Unverified)
    }
}

/// Family membership at a time.
pub struct Membership {
    /// Where it stood.
    pub standing: Standing,
    /// For hits and notes, source included.
    pub sentence: String,
}

/// Where a client stood at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Member.
    Member,
    /// Between the last observation as member and the first as none.
    Leaving,
    /// Had left.
    Left,
    /// Never a member, or not known.
    Never,
}

/// A resource tokens are issued for.
pub struct Resource {
    /// Application id, lower case.
    pub id: String,
    /// The name we print.
    pub name: String,
    /// Every display name seen, the newest first.
    pub display_names: Vec<String>,
    /// What it holds.
    pub reach: Reach,
    /// Where the row comes from.
    pub source: String,
}

/// What a resource or a call reaches.
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
    /// Client plumbing that says little.
    Background,
    /// Anything else.
    Other,
}

impl Reach {
    /// A word or two for findings.
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
}

/// Class of a user agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {
    /// A web browser.
    Browser,
    /// An Office or other Microsoft rich client.
    Office,
    /// A mobile platform or app.
    Mobile,
    /// A vendor SDK or command line tool (Azure CLI, MSAL, Graph SDK).
    Sdk,
    /// A bare HTTP library, command line client or known attack tool.
    Script,
    /// Not recorded.
    Blank,
    /// None of the above.
    Unknown,
}

impl Agent {
    /// A word for findings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Office => "Office",
            Self::Mobile => "mobile",
            Self::Sdk => "SDK",
            Self::Script => "script",
            Self::Blank => "not recorded",
            Self::Unknown => "unrecognised",
        }
    }
}

/// What a Graph call did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verb {
    /// Plain words that count: `searched mail`, `listed files`, `read chat messages`.
    pub action: String,
    /// What it named: the search term, the mailbox, the user.
    pub object: Option<String>,
    /// What it reached.
    pub reach: Reach,
    /// ATT&CK id the call earns when it succeeded.
    pub technique: Option<&'static str>,
}
