//! What kind of line a row makes in a timeline.

/// What kind of line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Device-code sign-in, either leg.
    DeviceCode,
    /// Interactive sign-in.
    SignIn,
    /// A token obtained without a prompt.
    Token,
    /// A call of Microsoft Graph or Azure AD Graph.
    Graph,
}

impl Kind {
    /// The words printed for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::DeviceCode => "device code",
            Self::SignIn => "sign-in",
            Self::Token => "token",
            Self::Graph => "Graph call",
        }
    }

    /// The word in exports and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::DeviceCode => "device code",
            Self::SignIn => "sign-in",
            Self::Token => "token",
            Self::Graph => "graph",
        }
    }
}
