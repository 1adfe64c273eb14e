//! Rows of `MicrosoftGraphActivityLogs`, and of tables that no analytic reads.

use super::Written;
use super::rng::Rng;
use super::row::Row;
use super::sign_in::SignIn;
use super::world::{Place, TENANT, WORKSPACE};
use tokentrail::testing::model::{Span, Table, Time};

/// A Graph call made with the token of a sign-in.
pub(crate) struct Call<'a> {
    pub(crate) at: Time,
    pub(crate) token: &'a SignIn<'a>,
    pub(crate) place: &'a Place,
    pub(crate) agent: &'a str,
    pub(crate) method: &'a str,
    /// The path behind the host, with the version.
    pub(crate) path: &'a str,
    pub(crate) status: u16,
}

impl<'a> Call<'a> {
    /// A successful GET from where the token was issued, `seconds` after it.
    pub(crate) fn get(token: &'a SignIn<'a>, seconds: i64, path: &'a str) -> Self {
        // Graph rows have no ingest lag: their one clock is the request's.
        let at = token.at.plus(Span::from_ticks(seconds * 10_000_000 + 2_718_281));
        Self { at, token, place: token.place, agent: token.agent, method: "GET", path, status: 200 }
    }

    /// The row as a line.
    pub(crate) fn line(&self, rng: &mut Rng) -> String {
        let token = self.token;
        let request = rng.guid().to_string();
        let version = if self.path.starts_with("/beta") { "beta" } else { "v1.0" };
        let mut row = Row::default();
        row.text("TimeGenerated", self.at.to_string())
            .text("Type", Table::Graph.name())
            .text("SourceSystem", "Microsoft Graph")
            .text("TenantId", WORKSPACE)
            .text("AadTenantId", TENANT)
            .text("ApiVersion", version)
            .text("AppId", token.client)
            .raw("ClientAuthMethod", "0")
            .text("ClientRequestId", &request)
            .text("DeviceId", &token.device.id)
            .raw("DurationMs", rng.between(190_000, 9_000_000).to_string())
            .text("IdentityProvider", format!("https://sts.windows.net/{TENANT}/"))
            .text("IPAddress", &self.place.address)
            .text("Location", "UK South")
            .text("OperationId", &request)
            .text("RequestId", &request)
            .text("RequestMethod", self.method)
            .text("RequestUri", format!("https://graph.microsoft.com{}", self.path))
            .raw("ResponseStatusCode", self.status.to_string())
            .raw("ResponseSizeBytes", if self.status == 200 { rng.between(400, 90_000) } else { 241 }.to_string())
            .text("Scopes", token.scopes.join(" "))
            .text("SessionId", token.session.to_string())
            .text("SignInActivityId", token.id.uti())
            .text("UniqueTokenId", token.id.uti())
            .text("TokenIssuedAt", token.at.minus(Span::minutes(5)).to_string())
            .text("UserAgent", self.agent)
            .text("UserId", token.person.id.to_string())
            .text("Wids", "b79fbf4d-3ef9-4689-8143-76b194e85509")
            .empty(&["ATContent", "ATContentH", "ATContentP", "Roles", "ServicePrincipalId"]);
        row.line()
    }
}

/// A call to the legacy directory API: its own table, which no analytic reads.
pub(crate) fn legacy_call(rng: &mut Rng, token: &SignIn, seconds: i64, path: &str) -> Written {
    let at = token.at.plus(Span::seconds(seconds));
    let mut row = Row::default();
    row.text("TimeGenerated", at.to_string())
        .text("Type", "AADGraphActivityLogs")
        .text("TenantId", WORKSPACE)
        .text("AadTenantId", TENANT)
        .text("AppId", token.client)
        .text("IPAddress", &token.place.address)
        .text("RequestId", rng.guid().to_string())
        .text("RequestMethod", "GET")
        .text("RequestUri", format!("https://graph.windows.net/{TENANT}{path}"))
        .raw("ResponseStatusCode", "200")
        .text("SignInActivityId", token.id.uti())
        .text("UserAgent", token.agent)
        .text("UserId", token.person.id.to_string());
    Written { user: String::new(), ingested: at, line: row.line() }
}

/// A sign-in of a service principal: no user, no analytic.
pub(crate) fn service_principal(rng: &mut Rng, at: Time) -> Written {
    let mut row = Row::default();
    row.text("TimeGenerated", at.to_string())
        .text("CreatedDateTime", at.minus(Span::seconds(95)).to_string())
        .text("Type", "AADServicePrincipalSignInLogs")
        .text("Category", "ServicePrincipalSignInLogs")
        .text("TenantId", WORKSPACE)
        .text("AADTenantId", TENANT)
        .text("Id", rng.guid().to_string())
        .text("AppId", Rng::seeded("backup").guid().to_string())
        .text("ServicePrincipalName", "Contoso Backup")
        .text("ResourceDisplayName", "Microsoft Graph")
        .text("IPAddress", "192.0.2.200")
        .text("ResultType", "0");
    Written { user: String::new(), ingested: at, line: row.line() }
}
