//! Rows before they are written in an export's shape.

use crate::rng::{Guid, Rng};
use crate::world::machine::{Binding, Device};
use crate::world::nets::Spot;
use tokentrail::testing::model::{Span, Time};

/// Asker, place and program of a request.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// The number of the person.
    pub(crate) who: usize,
    pub(crate) spot: Spot,
    pub(crate) device: Device,
    pub(crate) agent: String,
    pub(crate) binding: Binding,
}

/// The token presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    None,
    Refresh,
    Primary,
}

/// Way in which the second factor was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Factor {
    /// By a claim in the token.
    Claim,
    /// By this method, now.
    Fresh(&'static str),
}

impl Factor {
    /// A method that people of this tenant use.
    pub(crate) fn drawn(rng: &mut Rng) -> Self {
        let methods =
            ["Mobile app notification", "Text message", "Mobile app verification code", "Passwordless phone sign-in"];
        Self::Fresh(methods[rng.index(methods.len())])
    }
}

/// Origin of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    None,
    DeviceCode,
}

pub(crate) const OK: u32 = 0;
pub(crate) const BAD_PASSWORD: u32 = 50126;
pub(crate) const MFA_NEEDED: u32 = 50074;
pub(crate) const STAY_SIGNED_IN: u32 = 50140;
pub(crate) const CONFIRM_APP: u32 = 50199;
pub(crate) const BLOCKED: u32 = 53003;
pub(crate) const EXPIRED: u32 = 70043;

/// Result of a request, as the service words it.
pub(crate) fn reason(code: u32) -> &'static str {
    match code {
        BAD_PASSWORD => "Error validating credentials due to invalid username or password.",
        MFA_NEEDED => "Strong Authentication is required.",
        STAY_SIGNED_IN => "This error occurred due to 'Keep me signed in' interrupt when the user was signing-in.",
        CONFIRM_APP => "For security reasons, user confirmation is required for this request.",
        BLOCKED => "Access has been blocked by Conditional Access policies.",
        EXPIRED => "The refresh token has expired or is invalid due to sign-in frequency checks by Conditional Access.",
        _ => "",
    }
}

/// A sign-in.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) interactive: bool,
    pub(crate) at: Time,
    pub(crate) origin: Origin,
    pub(crate) client: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) result: u32,
    /// True for the leg where a code was typed.
    pub(crate) code_typed: bool,
    pub(crate) transfer: Transfer,
    pub(crate) incoming: Incoming,
    pub(crate) factor: Factor,
    pub(crate) session: Guid,
    pub(crate) correlation: Guid,
    pub(crate) id: Guid,
    pub(crate) scopes: &'static [&'static str],
    /// Seconds from the sign-in to its ingest.
    pub(crate) lag: i64,
    /// The story it belongs to.
    pub(crate) tag: Option<usize>,
}

impl SignIn {
    /// A silent renewal by refresh token.
    pub(crate) fn silent(
        rng: &mut Rng,
        at: Time,
        origin: Origin,
        session: Guid,
        (client, resource): (&'static str, &'static str),
    ) -> Self {
        Self {
            interactive: false,
            at,
            origin,
            client,
            resource,
            result: OK,
            code_typed: false,
            transfer: Transfer::None,
            incoming: Incoming::Refresh,
            factor: Factor::Claim,
            session,
            correlation: rng.guid(),
            id: rng.guid(),
            scopes: scopes(resource),
            lag: rng.between(34, 182),
            tag: None,
        }
    }

    /// A person, or a browser for one, at the prompt.
    pub(crate) fn prompt(
        rng: &mut Rng,
        at: Time,
        origin: Origin,
        session: Guid,
        (client, resource): (&'static str, &'static str),
    ) -> Self {
        let row = Self::silent(rng, at, origin, session, (client, resource));
        Self { interactive: true, incoming: Incoming::None, ..row }
    }

    pub(crate) fn ingested(&self) -> Time {
        self.at.plus(Span::from_ticks(self.lag * 10_000_000 + 4_171_903 + self.lag * 7_919))
    }
}

/// Scopes that first-party clients get for a resource.
fn scopes(resource: &str) -> &'static [&'static str] {
    use crate::world::ids::{ARM, DEVICE_REGISTRATION, EXCHANGE, GRAPH, SHAREPOINT};
    match resource {
        GRAPH => &["email", "openid", "profile", "User.Read", "Mail.ReadWrite", "Files.ReadWrite.All"],
        EXCHANGE => &["EWS.AccessAsUser.All", "Mail.ReadWrite"],
        SHAREPOINT => &["AllSites.FullControl", "MyFiles.Write"],
        ARM => &["user_impersonation"],
        DEVICE_REGISTRATION => &["adrs_access"],
        _ => &["user_impersonation", "openid"],
    }
}

/// A call of Microsoft Graph or of the legacy directory API.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) at: Time,
    pub(crate) origin: Origin,
    pub(crate) client: &'static str,
    pub(crate) session: Guid,
    /// The sign-in that the token was issued in.
    pub(crate) token: Guid,
    pub(crate) issued: Time,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) method: &'static str,
    /// The path behind the host.
    pub(crate) path: String,
    pub(crate) status: u16,
    /// True for the legacy directory API.
    pub(crate) legacy: bool,
    pub(crate) id: Guid,
    pub(crate) tag: Option<usize>,
}

impl Call {
    /// A successful GET from where the token was issued, `seconds` after it.
    pub(crate) fn get(rng: &mut Rng, token: &SignIn, seconds: i64, path: impl Into<String>) -> Self {
        Self {
            at: token.at.plus(Span::from_ticks(seconds * 10_000_000 + rng.below(10_000_000))),
            origin: token.origin.clone(),
            client: token.client,
            session: token.session,
            token: token.id,
            issued: token.at.minus(Span::minutes(5)),
            scopes: token.scopes,
            method: "GET",
            path: path.into(),
            status: 200,
            legacy: false,
            id: rng.guid(),
            tag: token.tag,
        }
    }
}

/// A row of the directory's audit log.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    pub(crate) at: Time,
    pub(crate) who: usize,
    pub(crate) address: String,
    pub(crate) operation: &'static str,
    pub(crate) device: Device,
    pub(crate) version: &'static str,
    pub(crate) agent: String,
    pub(crate) id: Guid,
    pub(crate) correlation: Guid,
}

/// The rows of a bundle.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) sign_ins: Vec<SignIn>,
    pub(crate) calls: Vec<Call>,
    pub(crate) audit: Vec<Audit>,
}
