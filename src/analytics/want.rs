//! Rows and history without which an analytic still runs, but leaves a question open.

use super::need::Need;
use crate::model::{Field, Table};

/// Something an analytic does better with.
#[derive(Clone, Copy, Debug)]
pub struct Want {
    /// The rows or the history.
    pub ask: Ask,
    /// The loss without it, a clause.
    pub loss: &'static str,
}

/// Rows or history that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Rows of a table with a column.
    Rows(Need),
    /// Days with sign-ins.
    Days(usize),
}

const CALLS: &[Table] = &[Table::Graph, Table::AadGraph];
const SIGN_INS: &[Table] = &[Table::SignIn, Table::NonInteractive];
const CHANGED: &[Table] = &[Table::Audit, Table::UnifiedAudit];

/// Sign-ins that issued the tokens.
pub(super) const ISSUERS: Want = Want {
    ask: Ask::Rows(Need { tables: SIGN_INS, columns: &[Field::TokenId] }),
    loss: "uses are compared with each other only, not with the sign-in that issued the token",
};

/// Calls made with the tokens.
pub(super) const CALLS_OF_TOKENS: Want = Want {
    ask: Ask::Rows(Need { tables: CALLS, columns: &[Field::RequestUri] }),
    loss: "what the tokens did is not seen",
};

/// Acts in mail, files and Teams.
pub(super) const ACTS: Want = Want {
    ask: Ask::Rows(Need { tables: &[Table::UnifiedAudit], columns: &[Field::Operation] }),
    loss: "mail rules, forwarding and permissions that were added are not seen",
};

/// Sign-ins without a person at the prompt.
pub(super) const EXCHANGES: Want = Want {
    ask: Ask::Rows(Need { tables: &[Table::NonInteractive], columns: &[Field::AppId] }),
    loss: "where tokens were redeemed and renewed is not seen",
};

/// Numbers of networks.
pub(super) const NETWORKS: Want = Want {
    ask: Ask::Rows(Need { tables: SIGN_INS, columns: &[Field::Asn] }),
    loss: "networks are told apart by the prefix of the address alone, unless --asn names them",
};

/// User agents.
pub(super) const AGENTS: Want = Want {
    ask: Ask::Rows(Need { tables: SIGN_INS, columns: &[Field::UserAgent] }),
    loss: "software cannot be compared",
};

/// Steps of authentication.
pub(super) const FACTORS: Want = Want {
    ask: Ask::Rows(Need { tables: SIGN_INS, columns: &[Field::AuthenticationDetails] }),
    loss: "how MFA was met is not known",
};

/// Token protection.
pub(super) const PROTECTION: Want = Want {
    ask: Ask::Rows(Need { tables: SIGN_INS, columns: &[Field::TokenProtection] }),
    loss: "a lost token binding is not seen",
};

/// Sessions of calls.
pub(super) const SESSIONS_OF_CALLS: Want = Want {
    ask: Ask::Rows(Need { tables: CALLS, columns: &[Field::SessionId] }),
    loss: "calls are grouped by token alone",
};

/// Sessions of sign-ins.
pub(super) const SESSIONS: Want = Want {
    ask: Ask::Rows(Need { tables: SIGN_INS, columns: &[Field::SessionId] }),
    loss: "the sign-ins from a network stand in for a session, and where it went from there is not seen",
};

/// A week of history.
pub(super) const WEEK: Want =
    Want { ask: Ask::Days(super::known::BASELINE_DAYS), loss: "no network can be called new to a user" };

/// Two weeks of history.
pub(super) const TWO_WEEKS: Want = Want { ask: Ask::Days(14), loss: "no first use can be told from the first row" };

/// Changes in the directory.
pub(super) const CHANGES: Want = Want {
    ask: Ask::Rows(Need { tables: CHANGED, columns: &[Field::Operation] }),
    loss: "devices, sign-in methods and consents that were added are not seen",
};

/// Sign-ins with the token that each presented, and the device.
pub(super) const DEVICE_SIGN_INS: [Want; 2] = [
    Want {
        ask: Ask::Rows(Need { tables: SIGN_INS, columns: &[Field::IncomingTokenType] }),
        loss: "only registrations with a tool's traces, or of many devices, are found (rule C)",
    },
    Want {
        ask: Ask::Rows(Need { tables: SIGN_INS, columns: &[Field::OriginalTransferMethod, Field::DeviceDetail] }),
        loss: "neither transfers of a token to a device nor its first use are seen",
    },
];

/// Calls and acts with the token of each.
pub(super) const USES_OF_TOKENS: Want = Want {
    ask: Ask::Rows(Need { tables: &[Table::Graph, Table::AadGraph, Table::UnifiedAudit], columns: &[Field::TokenId] }),
    loss: "only the address at which a resource saw the caller of a sign-in is compared (rule 3)",
};

/// Revocations.
pub(super) const REVOCATIONS: Want = Want {
    ask: Ask::Rows(Need { tables: CHANGED, columns: &[Field::Operation] }),
    loss: "no revocation is known but those given by --revoked",
};

/// Acts with the time that their token was issued.
pub(super) const ACTS_OF_TOKENS: Want = Want {
    ask: Ask::Rows(Need { tables: &[Table::UnifiedAudit], columns: &[Field::IssuedAt, Field::TokenId] }),
    loss: "whether old tokens still worked in mail, files and Teams is not seen",
};
