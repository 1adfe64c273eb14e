//! Kinds of rows in a timeline.

use serde::{Serialize, Serializer};

/// Kind of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Device-code sign-in, either leg.
    DeviceCode,
    /// Interactive sign-in.
    SignIn,
    /// A token obtained without a prompt.
    Token,
    /// A call of Microsoft Graph or Azure AD Graph.
    Graph,
    /// An act that the unified audit log or Azure's activity log recorded.
    Act,
    /// A change in the directory.
    Record,
}

/// Serializes as its word in exports.
impl Serialize for RowKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl RowKind {
    /// The words printed for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::DeviceCode => "device code",
            Self::SignIn => "sign-in",
            Self::Token => "token",
            Self::Graph => "Graph call",
            Self::Act => "act",
            Self::Record => "directory change",
        }
    }

    /// The word in exports and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::DeviceCode => "device code",
            Self::SignIn => "sign-in",
            Self::Token => "token",
            Self::Graph => "graph",
            Self::Act => "act",
            Self::Record => "record",
        }
    }
}
