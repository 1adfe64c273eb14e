//! Where a value goes by what it is called: the parts of which each table's list of columns is made.

use crate::model::Field;

/// How strongly a spelling speaks for its field. Of two spellings in one row the stronger is kept, whatever
/// their order; of two equal ones the later.
pub type Rank = u8;

/// Lower-case spelling and target. Order does not matter; a spelling stands once in a table.
pub type Columns = &'static [(&'static str, Target)];

/// Where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nowhere.
    Skip,
    /// A field that is text; numbers and booleans are kept as written.
    Text(Field, Rank),
    /// A field that is JSON, or JSON inside a text.
    Json(Field, Rank),
    /// A field that is one word, words joined by commas, or an array of them.
    Words(Field, Rank),
    /// A field of which only the digits count.
    Number(Field, Rank),
    /// The event time.
    Created(Rank),
    /// The ingest time.
    Ingested(Rank),
    /// The inner object of a diagnostics record.
    Properties,
    /// The record itself, inside what a search tool put around it: an object, or JSON in a text.
    Wrapper,
    /// An object whose members are known by its name and theirs: `source.ip`.
    Group(&'static str),
    /// The endpoint a sign-in was made at, which is all that Defender's tables say of the protocol.
    Endpoint,
    /// Result: an object with code and reason, or a word.
    Status,
    /// A country as text, or a place as an object.
    Place,
    /// `City, State, CC`.
    PortalPlace,
    /// The resource's id, unless it is the ARM path that envelopes and Log Analytics keep under the same name.
    Resource,
    /// Names the table.
    Type(Rank),
    /// What an interface answers in place of rows.
    ErrorAnswer,
    /// Names the table, or the kind of an audit row.
    Category,
    /// The time of an audit row.
    Activity,
    /// Whether a person was at the prompt.
    Interactive,
    /// The kinds of sign-in a row is of.
    EventTypes,
    /// `app` marks a token without a user.
    AppOnly,
    /// Blank in a row of a user.
    ServicePrincipal,
    /// The object the token was issued to: a user only in a token that has one.
    TokenOwner,
    /// One member of the device that the portal spreads over columns.
    DevicePart(usize),
}

impl Target {
    /// The field that the value goes to first; `None` for what only says something of the row.
    pub fn field(self) -> Option<Field> {
        match self {
            Self::Text(field, _) | Self::Json(field, _) | Self::Words(field, _) | Self::Number(field, _) => Some(field),
            Self::Endpoint => Some(Field::AuthenticationProtocol),
            Self::Status => Some(Field::ResultType),
            Self::Place | Self::PortalPlace => Some(Field::Location),
            Self::Resource => Some(Field::ResourceIdentity),
            Self::TokenOwner => Some(Field::UserId),
            Self::DevicePart(_) => Some(Field::DeviceDetail),
            Self::Skip
            | Self::Created(_)
            | Self::Ingested(_)
            | Self::Properties
            | Self::Wrapper
            | Self::Group(_)
            | Self::Type(_)
            | Self::ErrorAnswer
            | Self::Category
            | Self::Activity
            | Self::Interactive
            | Self::EventTypes
            | Self::AppOnly
            | Self::ServicePrincipal => None,
        }
    }
}

/// Members of the device JSON, in the order Entra writes them; [`Target::DevicePart`] counts in it.
pub const DEVICE_PARTS: [&str; 7] =
    ["deviceId", "displayName", "operatingSystem", "browser", "isCompliant", "isManaged", "trustType"];
