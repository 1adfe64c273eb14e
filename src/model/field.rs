//! The fields of a sign-in or Graph activity row that anything downstream reads.

/// One text field of an event, named as Log Analytics names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Field {
    /// Sign-in id; `RequestId` of a Graph row.
    Id,
    /// Correlation id of a sign-in; `OperationId` of a Graph row.
    CorrelationId,
    /// Object id of the user.
    UserId,
    /// Sign-in name. Graph rows have none.
    UserPrincipalName,
    /// Display name of the user.
    UserDisplayName,
    /// The `Identity` column: a display name too.
    Identity,
    /// Client application id.
    AppId,
    /// Client application name at the time.
    AppDisplayName,
    /// Application id of the resource the token is for.
    ResourceIdentity,
    /// Display name of the resource; changes over the years for the same id.
    ResourceDisplayName,
    /// Caller address.
    IpAddress,
    /// Autonomous system number, digits only.
    Asn,
    /// User agent.
    UserAgent,
    /// Result code as text, `0` for success.
    ResultType,
    /// Result in words.
    ResultDescription,
    /// `deviceCode` marks the browser leg of a device-code flow.
    AuthenticationProtocol,
    /// `deviceCodeFlow` marks what descends from a device-code flow.
    OriginalTransferMethod,
    /// Token presented to get this one: `none`, `refreshToken`, …
    IncomingTokenType,
    /// Session id (`sid`).
    SessionId,
    /// `UniqueTokenIdentifier` of a sign-in, `SignInActivityId` of a Graph row: the token's `uti`.
    TokenId,
    /// Tenant of the user.
    HomeTenantId,
    /// Tenant of the resource.
    ResourceTenantId,
    /// Device as JSON text.
    DeviceDetail,
    /// Place as JSON text.
    LocationDetails,
    /// Country code.
    Location,
    /// `Browser`, `Mobile Apps and Desktop clients`, …
    ClientAppUsed,
    /// `AuthenticationProcessingDetails` as JSON text: scopes, CAE, role ids.
    ProcessingDetails,
    /// Token protection of the session, as JSON text or a word.
    TokenProtection,
    /// `Member` or `Guest`.
    UserType,
    /// Conditional Access outcome.
    ConditionalAccessStatus,
    /// Single- or multi-factor.
    AuthenticationRequirement,
    /// Risk level during the sign-in.
    RiskLevel,
    /// Risk state of the user, what Entra detected, and the rest of the risk's columns, where they say anything.
    RiskState,
    /// Conditional Access policies that applied or would have, in the short form of [`super::policies_text()`].
    Policies,
    /// Steps of the authentication in the short form of [`super::authentication()`].
    AuthenticationDetails,
    /// Fingerprint of the caller's TLS, which Defender alone records.
    GatewayJa4,
    /// Address at which the resource saw the caller; usually blank.
    AddressAtResource,
    /// Graph: HTTP method.
    RequestMethod,
    /// Graph: full request URI.
    RequestUri,
    /// Graph: HTTP status as text.
    ResponseStatusCode,
    /// Graph: scopes of the token, separated by spaces.
    Scopes,
    /// Graph: device id claim.
    DeviceId,
    /// Audit: what was done, as logged, without a closing full stop.
    Operation,
    /// Audit: service that logged it: `Exchange`, `AzureActiveDirectory`, `Core Directory`.
    Workload,
    /// Audit: kind of an operation that has several: `Bind`, `Sync throttled`, `forwards`.
    Variant,
    /// Audit: name or subject of what it was done to, else its id.
    Object,
    /// Audit: what else to know of it, in words: where a rule moves mail, the scopes of a consent.
    Detail,
    /// Audit: number of items, digits only.
    Count,
    /// Audit: short digests of the items' ids, separated by spaces, to count an item once.
    Items,
    /// Audit: result as logged.
    Outcome,
    /// Audit: users acted upon, by sign-in name or object id, separated by spaces.
    ActedUpon,
    /// Audit and Graph: issue of the token as its claim has it, five minutes early; RFC 3339.
    IssuedAt,
}

impl Field {
    /// Number of fields.
    pub const COUNT: usize = Self::ALL.len();

    /// Every field in declaration order.
    pub const ALL: [Self; 52] = [
        Self::Id,
        Self::CorrelationId,
        Self::UserId,
        Self::UserPrincipalName,
        Self::UserDisplayName,
        Self::Identity,
        Self::AppId,
        Self::AppDisplayName,
        Self::ResourceIdentity,
        Self::ResourceDisplayName,
        Self::IpAddress,
        Self::Asn,
        Self::UserAgent,
        Self::ResultType,
        Self::ResultDescription,
        Self::AuthenticationProtocol,
        Self::OriginalTransferMethod,
        Self::IncomingTokenType,
        Self::SessionId,
        Self::TokenId,
        Self::HomeTenantId,
        Self::ResourceTenantId,
        Self::DeviceDetail,
        Self::LocationDetails,
        Self::Location,
        Self::ClientAppUsed,
        Self::ProcessingDetails,
        Self::TokenProtection,
        Self::UserType,
        Self::ConditionalAccessStatus,
        Self::AuthenticationRequirement,
        Self::RiskLevel,
        Self::RiskState,
        Self::Policies,
        Self::AuthenticationDetails,
        Self::GatewayJa4,
        Self::AddressAtResource,
        Self::RequestMethod,
        Self::RequestUri,
        Self::ResponseStatusCode,
        Self::Scopes,
        Self::DeviceId,
        Self::Operation,
        Self::Workload,
        Self::Variant,
        Self::Object,
        Self::Detail,
        Self::Count,
        Self::Items,
        Self::Outcome,
        Self::ActedUpon,
        Self::IssuedAt,
    ];

    /// Returns whether its texts are ids.
    pub fn is_id(self) -> bool {
        matches!(
            self,
            Self::Id
                | Self::CorrelationId
                | Self::UserId
                | Self::AppId
                | Self::ResourceIdentity
                | Self::SessionId
                | Self::TokenId
                | Self::HomeTenantId
                | Self::ResourceTenantId
                | Self::DeviceId
        )
    }

    /// The Log Analytics column this field is read from, for messages.
    pub fn column(self) -> &'static str {
        match self {
            Self::Id => "Id",
            Self::CorrelationId => "CorrelationId",
            Self::UserId => "UserId",
            Self::UserPrincipalName => "UserPrincipalName",
            Self::UserDisplayName => "UserDisplayName",
            Self::Identity => "Identity",
            Self::AppId => "AppId",
            Self::AppDisplayName => "AppDisplayName",
            Self::ResourceIdentity => "ResourceIdentity",
            Self::ResourceDisplayName => "ResourceDisplayName",
            Self::IpAddress => "IPAddress",
            Self::Asn => "AutonomousSystemNumber",
            Self::UserAgent => "UserAgent",
            Self::ResultType => "ResultType",
            Self::ResultDescription => "ResultDescription",
            Self::AuthenticationProtocol => "AuthenticationProtocol",
            Self::OriginalTransferMethod => "OriginalTransferMethod",
            Self::IncomingTokenType => "IncomingTokenType",
            Self::SessionId => "SessionId",
            Self::TokenId => "UniqueTokenIdentifier",
            Self::HomeTenantId => "HomeTenantId",
            Self::ResourceTenantId => "ResourceTenantId",
            Self::DeviceDetail => "DeviceDetail",
            Self::LocationDetails => "LocationDetails",
            Self::Location => "Location",
            Self::ClientAppUsed => "ClientAppUsed",
            Self::ProcessingDetails => "AuthenticationProcessingDetails",
            Self::TokenProtection => "TokenProtectionStatusDetails",
            Self::UserType => "UserType",
            Self::ConditionalAccessStatus => "ConditionalAccessStatus",
            Self::AuthenticationRequirement => "AuthenticationRequirement",
            Self::RiskLevel => "RiskLevelDuringSignIn",
            Self::RiskState => "RiskState",
            Self::Policies => "ConditionalAccessPolicies",
            Self::AuthenticationDetails => "AuthenticationDetails",
            Self::GatewayJa4 => "GatewayJA4",
            Self::AddressAtResource => "IPAddressFromResourceProvider",
            Self::RequestMethod => "RequestMethod",
            Self::RequestUri => "RequestUri",
            Self::ResponseStatusCode => "ResponseStatusCode",
            Self::Scopes => "Scopes",
            Self::DeviceId => "DeviceId",
            Self::Operation => "Operation",
            Self::Workload => "Workload",
            Self::Variant => "Variant",
            Self::Object => "Object",
            Self::Detail => "Detail",
            Self::Count => "Count",
            Self::Items => "Items",
            Self::Outcome => "Result",
            Self::ActedUpon => "ActedUpon",
            Self::IssuedAt => "IssuedAt",
        }
    }
}

/// A set of fields, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u128);

const _: () = assert!(Field::COUNT <= 128, "a bit of a set for each field");

impl FieldSet {
    /// Adds a field.
    pub fn insert(&mut self, field: Field) {
        self.0 |= 1 << field as u8;
    }

    /// Removes a field.
    pub fn remove(&mut self, field: Field) {
        self.0 &= !(1 << field as u8);
    }

    /// Adds every field of `other`.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Returns whether the field is in the set.
    pub fn contains(self, field: Field) -> bool {
        self.0 & (1 << field as u8) != 0
    }
}
