//! Targets and spellings of columns, from which each table's list is made.

use crate::model::{Field, Flags};

/// Rank of a spelling of a field. Of two spellings in one row the higher rank wins, in any order; of equal ranks the
/// later.
pub type Rank = u8;

/// Lower-case spelling and target, in any order; each spelling once in a table.
pub type Columns = &'static [(&'static str, Target)];

/// Destination of a value.
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
    /// The record inside a search tool's envelope: an object, or JSON in a text.
    Wrapper,
    /// An object whose members are named by its name and theirs: `source.ip`.
    Group(&'static str),
    /// The endpoint of a sign-in, Defender's only hint at the protocol.
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
    /// An API's answer in place of rows, such as an error.
    ErrorAnswer,
    /// The table's name, or the kind of an audit row.
    Category,
    /// The time of an audit row.
    Activity,
    /// Whether the sign-in was interactive.
    Interactive,
    /// The kinds of sign-in of a row.
    EventTypes,
    /// `app` marks a token without a user.
    AppOnly,
    /// Blank in a row of a user.
    ServicePrincipal,
    /// The object the token was issued to: a user only where the token has one.
    TokenOwner,
    /// One member of the device, for which the portal has a column each.
    DevicePart(usize),
    /// City (0), state (1), latitude (2) or longitude (3) of the place, for which Defender has a column each.
    PlacePart(usize),
    /// The steps of the authentication, as an array of objects.
    Steps,
    /// Result (0) or method (1) of the second factor, for which the portal has a column each.
    MfaPart(usize),
    /// The list of Conditional Access policies, of which those are kept that applied or would have.
    Policies(Rank),
    /// State (0), detections (1), detail (2) or the user's level (3) of the risk, for which each export has columns.
    RiskPart(usize),
    /// Sets flags where it says yes.
    Mark(Flags),
    /// Proof of a call's client for itself: a number, 0 for none.
    ClientProof,
}

impl Target {
    /// Returns whether the value says which table the row is of, or holds values that may.
    pub fn says_table(self) -> bool {
        matches!(self, Self::Type(_) | Self::Category | Self::Properties | Self::Wrapper | Self::Group(_))
    }

    /// The first field that takes the value; `None` for values that only describe the row.
    pub fn field(self) -> Option<Field> {
        match self {
            Self::Text(field, _) | Self::Json(field, _) | Self::Words(field, _) | Self::Number(field, _) => Some(field),
            Self::Endpoint => Some(Field::AuthenticationProtocol),
            Self::Status => Some(Field::ResultType),
            Self::Place | Self::PortalPlace => Some(Field::Location),
            Self::Resource => Some(Field::ResourceIdentity),
            Self::TokenOwner => Some(Field::UserId),
            Self::DevicePart(_) => Some(Field::DeviceDetail),
            Self::PlacePart(_) => Some(Field::LocationDetails),
            Self::Steps | Self::MfaPart(_) => Some(Field::AuthenticationDetails),
            Self::Policies(_) => Some(Field::Policies),
            Self::RiskPart(_) => Some(Field::RiskState),
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
            | Self::ServicePrincipal
            | Self::Mark(_)
            | Self::ClientProof => None,
        }
    }
}

/// Members of the device JSON, in the order Entra writes them; [`Target::DevicePart`] counts in it.
pub const DEVICE_PARTS: [&str; 7] =
    ["deviceId", "displayName", "operatingSystem", "browser", "isCompliant", "isManaged", "trustType"];

/// Number of the members of a place beside its country.
pub const PLACE_PARTS: usize = 4;
