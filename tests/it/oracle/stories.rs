//! The stories that the published hunts tell as their true positives, as raw rows, and what the planted cases
//! start from. Addresses are from the documentation ranges.

use super::known::{AAD_GRAPH, AAD_GRAPH_NAME, CLI, CLI_TYPO, POWERSHELL};
use super::row::{Row, SECOND, at};
use tokentrail::testing::model::{Field, Table};

pub(crate) const USER: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
pub(crate) const UPN: &str = "finance.director@contoso.com";
pub(crate) const SESSION: &str = "22222222-aaaa-4bbb-8ccc-000000000002";
pub(crate) const CORRELATION: &str = "33333333-aaaa-4bbb-8ccc-000000000003";
pub(crate) const TENANT: &str = "44444444-aaaa-4bbb-8ccc-000000000004";
pub(crate) const TOKEN: &str = "AbCdEfGhIjKlMnOpQrStUv";

const SIX: [(&str, &str, i64); 6] = [
    ("00000003-0000-0000-c000-000000000000", "Microsoft Graph", 0),
    ("00000002-0000-0ff1-ce00-000000000000", "Exchange / Outlook", 31),
    ("cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "MS Teams", 62),
    ("797f4846-ba00-4fd7-ba43-dac1f8f63013", "Azure Management", 93),
    ("cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault", 124),
    ("c5393580-f805-4401-95e8-94b7a6ef2fc2", "Office Management", 157),
];

fn sign_in(table: Table, time: i64, client: &str, id: &str) -> Row {
    let name = if client == POWERSHELL { "Microsoft Azure PowerShell" } else { "Microsoft Azure CLI" };
    Row::new(table, time)
        .with(Field::Id, id)
        .with(Field::UserId, USER)
        .with(Field::UserPrincipalName, UPN)
        .with(Field::AppId, client)
        .with(Field::AppDisplayName, name)
        .with(Field::ResultType, "0")
        .with(Field::IpAddress, "192.0.2.100")
        .with(Field::UserAgent, "python-requests/2.31.0")
        .with(Field::HomeTenantId, TENANT)
        .with(Field::ResourceTenantId, TENANT)
        .with(Field::IncomingTokenType, "refreshToken")
}

/// An exchange of the burst's client for the `n`th resource at a time.
pub(crate) fn exchange(n: usize, time: i64) -> Row {
    let (resource, name, _) = SIX[n];
    sign_in(Table::NonInteractive, time, CLI, &format!("exchange-{n}"))
        .with(Field::ResourceIdentity, resource)
        .with(Field::ResourceDisplayName, name)
}

/// The burst: six resources from 14:02:00 to 14:04:37 by the client id that the hunts print.
pub(crate) fn six_exchanges() -> Vec<Row> {
    let start = at("2026-05-01T14:02:00Z");
    (0..6).map(|n| exchange(n, start + SIX[n].2 * SECOND).with(Field::AppId, CLI_TYPO)).collect()
}

/// The device code typed at a time.
pub(crate) fn device_code(time: i64) -> Row {
    sign_in(Table::SignIn, time, CLI, "device-code")
        .with(Field::AuthenticationProtocol, "deviceCode")
        .with(Field::IncomingTokenType, "none")
        .with(Field::CorrelationId, CORRELATION)
}

/// A first login and a second one `later` ticks on, for Azure AD Graph in one session.
pub(crate) fn hop(later: i64) -> Vec<Row> {
    let start = at("2026-05-01T14:02:00Z");
    let first = sign_in(Table::NonInteractive, start, POWERSHELL, "first").with(Field::IncomingTokenType, "none");
    let second = sign_in(Table::NonInteractive, start + later, CLI, "second");
    let rows = [first, second].map(|row| {
        row.with(Field::SessionId, SESSION)
            .with(Field::ResourceIdentity, AAD_GRAPH)
            .with(Field::ResourceDisplayName, AAD_GRAPH_NAME)
    });
    rows.into()
}

/// A Graph call of the burst's user and client at a time.
pub(crate) fn graph_call(time: i64) -> Row {
    let mut row = Row::new(Table::Graph, time)
        .with(Field::Id, "call")
        .with(Field::UserId, USER)
        .with(Field::AppId, CLI)
        .with(Field::RequestMethod, "GET")
        .with(Field::RequestUri, "https://graph.microsoft.com/v1.0/me/messages?$search=invoice");
    row.created = None;
    row
}
