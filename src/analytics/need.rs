//! Tables and columns without which each analytic cannot run. From these, `info`, the workbench and the note derive
//! what a bundle cannot show.

use crate::model::{Field, Table};

/// Rows of one of the tables, with one of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The tables.
    pub tables: &'static [Table],
    /// The columns.
    pub columns: &'static [Field],
}

impl Need {
    /// Returns whether it is met where these tables have these columns.
    pub fn is_met(&self, has: impl Fn(Table, Field) -> bool) -> bool {
        self.tables.iter().any(|&table| self.columns.iter().any(|&column| has(table, column)))
    }
}

const BURST: &[Table] = &[Table::NonInteractive];
const AFTERWARDS: &[Table] =
    &[Table::SignIn, Table::NonInteractive, Table::Graph, Table::AadGraph, Table::UnifiedAudit];
const INTERACTIVE: &[Table] = &[Table::SignIn];
const SIGN_INS: &[Table] = &[Table::SignIn, Table::NonInteractive];

/// Changes in the directory, or acts in the unified audit log.
pub(super) const OF_FOOTHOLD: &[Need] =
    &[Need { tables: &[Table::Audit, Table::UnifiedAudit], columns: &[Field::Operation] }];

/// Sign-ins or calls after a revocation. The revocation may be given by hand.
pub(super) const OF_REVOCATIONS: &[Need] =
    &[Need { tables: AFTERWARDS, columns: &[Field::UserId, Field::UserPrincipalName] }];

/// A burst: successes of one user and one client for several resources.
pub(super) const OF_BURST: &[Need] = &[
    Need { tables: BURST, columns: &[Field::AppId] },
    Need { tables: BURST, columns: &[Field::ResultType] },
    Need { tables: BURST, columns: &[Field::ResourceIdentity, Field::ResourceDisplayName] },
    Need { tables: BURST, columns: &[Field::UserId, Field::UserPrincipalName] },
];

/// A burst, and a leg of a device-code flow before it.
pub(super) const OF_DEVICE_CODE: &[Need] = &[
    OF_BURST[0],
    OF_BURST[1],
    OF_BURST[2],
    OF_BURST[3],
    Need { tables: SIGN_INS, columns: &[Field::AuthenticationProtocol, Field::OriginalTransferMethod] },
];

/// A session's first login, and a later token of another kind for the home tenant.
pub(super) const OF_HOP: &[Need] = &[
    Need { tables: SIGN_INS, columns: &[Field::SessionId] },
    Need { tables: SIGN_INS, columns: &[Field::IncomingTokenType] },
    Need { tables: SIGN_INS, columns: &[Field::AppId] },
    Need { tables: SIGN_INS, columns: &[Field::ResourceIdentity, Field::ResourceDisplayName] },
    Need { tables: SIGN_INS, columns: &[Field::HomeTenantId] },
    Need { tables: SIGN_INS, columns: &[Field::ResourceTenantId] },
    Need { tables: SIGN_INS, columns: &[Field::UserId, Field::UserPrincipalName] },
];

/// As [`OF_HOP`], where the later token must be that of a success.
pub(super) const OF_TESTED_HOP: &[Need] = &[
    OF_HOP[0],
    OF_HOP[1],
    OF_HOP[2],
    OF_HOP[3],
    OF_HOP[4],
    OF_HOP[5],
    OF_HOP[6],
    Need { tables: SIGN_INS, columns: &[Field::ResultType] },
];

/// A leg of a flow.
pub(super) const OF_FLOW: &[Need] = &[
    Need { tables: SIGN_INS, columns: &[Field::AuthenticationProtocol, Field::OriginalTransferMethod] },
    Need { tables: SIGN_INS, columns: &[Field::ResultType] },
    Need { tables: SIGN_INS, columns: &[Field::UserId, Field::UserPrincipalName] },
];

/// Sign-ins of a session, and where they came from.
pub(super) const OF_SESSIONS: &[Need] = &[
    Need { tables: SIGN_INS, columns: &[Field::SessionId] },
    Need { tables: SIGN_INS, columns: &[Field::IpAddress, Field::Asn] },
    Need { tables: SIGN_INS, columns: &[Field::ResultType] },
    Need { tables: SIGN_INS, columns: &[Field::UserId, Field::UserPrincipalName] },
];

/// Sign-ins with user and network.
pub(super) const OF_LOGINS: &[Need] = &[OF_SESSIONS[1], OF_SESSIONS[2], OF_SESSIONS[3]];

const DEVICES: &[Table] = &[Table::SignIn, Table::NonInteractive, Table::Audit, Table::UnifiedAudit];

/// Registrations in the directory's log, or sign-ins with the token that each presented.
pub(super) const OF_DEVICES: &[Need] = &[
    Need { tables: DEVICES, columns: &[Field::IncomingTokenType, Field::Operation] },
    Need { tables: DEVICES, columns: &[Field::UserId, Field::UserPrincipalName] },
];

const USES: &[Table] = &[Table::Graph, Table::AadGraph, Table::UnifiedAudit, Table::SignIn, Table::NonInteractive];

/// Calls or acts with the token of each, or sign-ins that a resource saw at another address.
pub(super) const OF_TOKEN_USES: &[Need] = &[
    Need { tables: USES, columns: &[Field::RequestUri, Field::Operation, Field::AddressAtResource] },
    Need { tables: USES, columns: &[Field::TokenId] },
    Need { tables: USES, columns: &[Field::IpAddress] },
    Need { tables: USES, columns: &[Field::UserId, Field::UserPrincipalName] },
];

const ALL: &[Table] = &[Table::SignIn, Table::NonInteractive, Table::Graph, Table::AadGraph];

/// Rows with the agent that made them.
pub(super) const OF_AGENTS: &[Need] = &[
    Need { tables: ALL, columns: &[Field::UserAgent] },
    Need { tables: ALL, columns: &[Field::ResultType, Field::ResponseStatusCode] },
    Need { tables: ALL, columns: &[Field::UserId, Field::UserPrincipalName] },
];

/// An interactive sign-in, and the redemption of its code in the same session.
pub(super) const OF_HANDOFF: &[Need] = &[
    Need { tables: INTERACTIVE, columns: &[Field::AppId] },
    Need { tables: INTERACTIVE, columns: &[Field::SessionId] },
    Need { tables: BURST, columns: &[Field::IncomingTokenType] },
    OF_SESSIONS[0],
    OF_SESSIONS[1],
    OF_SESSIONS[2],
    OF_SESSIONS[3],
];

/// First uses of a client for a resource.
pub(super) const OF_FIRST_USE: &[Need] = &[
    Need { tables: SIGN_INS, columns: &[Field::AppId] },
    Need { tables: SIGN_INS, columns: &[Field::ResourceIdentity] },
    Need { tables: SIGN_INS, columns: &[Field::ResultType] },
    Need { tables: SIGN_INS, columns: &[Field::UserId, Field::UserPrincipalName] },
];

/// Refresh tokens and their binding.
pub(super) const OF_BINDING: &[Need] = &[
    Need { tables: BURST, columns: &[Field::TokenProtection] },
    Need { tables: BURST, columns: &[Field::IncomingTokenType] },
    Need { tables: BURST, columns: &[Field::AppId] },
    OF_SESSIONS[1],
    OF_SESSIONS[2],
    OF_SESSIONS[3],
];

/// As [`OF_SESSIONS`], with the machine of each sign-in.
pub(super) const OF_MACHINES: &[Need] = &[
    OF_SESSIONS[0],
    OF_SESSIONS[2],
    OF_SESSIONS[3],
    Need { tables: SIGN_INS, columns: &[Field::UserAgent, Field::DeviceDetail] },
];

const CALLS: &[Table] = &[Table::Graph, Table::AadGraph];

/// Calls with their addresses.
pub(super) const OF_CALLS: &[Need] = &[
    Need { tables: CALLS, columns: &[Field::RequestUri] },
    Need { tables: CALLS, columns: &[Field::UserId] },
    Need { tables: CALLS, columns: &[Field::AppId] },
];
