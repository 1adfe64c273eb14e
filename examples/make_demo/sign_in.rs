//! Rows of the two sign-in tables, as wide as Log Analytics exports them.

use super::rng::{Guid, Rng};
use super::row::{Row, json};
use super::world::{Device, PARTNER_TENANT, Person, Place, TENANT, WORKSPACE, client_name, resource_name};
use tokentrail::testing::model::{Span, Table, Time};

/// The tenant that owns Microsoft's own clients and resources.
const VENDOR_TENANT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// A result code with its text.
pub(crate) type Outcome = (&'static str, &'static str);

pub(crate) const OK: Outcome = ("0", "");
pub(crate) const BAD_PASSWORD: Outcome =
    ("50126", "Invalid username or password or Invalid on-premise username or password.");
pub(crate) const MFA_NEEDED: Outcome =
    ("50076", "The user must use multi-factor authentication to access the resource.");
pub(crate) const STAY_SIGNED_IN: Outcome = ("50140", "Interrupted to ask whether the user wants to stay signed in.");
pub(crate) const CONSENT_NEEDED: Outcome =
    ("65001", "The user or administrator has not consented to use the application.");
pub(crate) const CONFIRM_APP: Outcome =
    ("50199", "For security reasons, user confirmation is required for this request.");

/// One sign-in. What a story does not say is as on an ordinary day.
#[derive(Clone)]
pub(crate) struct SignIn<'a> {
    pub(crate) table: Table,
    pub(crate) at: Time,
    /// Seconds from the sign-in to its ingest.
    pub(crate) lag: i64,
    pub(crate) person: &'a Person,
    pub(crate) client: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) place: &'a Place,
    pub(crate) device: &'a Device,
    pub(crate) agent: &'a str,
    pub(crate) outcome: Outcome,
    pub(crate) protocol: &'static str,
    pub(crate) transfer: &'static str,
    pub(crate) incoming: &'static str,
    pub(crate) session: Guid,
    pub(crate) correlation: Guid,
    pub(crate) id: Guid,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) risk: &'static str,
    /// The second factor given now; `None` where a claim in the token satisfies.
    pub(crate) factor: Option<&'static str>,
}

impl<'a> SignIn<'a> {
    /// An ordinary success from the office on the person's own device. Ids and lag come from `rng`.
    pub(crate) fn new(
        rng: &mut Rng,
        table: Table,
        person: &'a Person,
        at: Time,
        client: &'static str,
        resource: &'static str,
    ) -> Self {
        let (agent, incoming) = match table {
            Table::SignIn => (person.agents.browser, "none"),
            _ => (person.agents.office, "primaryRefreshToken"),
        };
        Self {
            table,
            at,
            lag: rng.between(30, 180),
            person,
            client,
            resource,
            place: &person.office,
            device: &person.device,
            agent,
            outcome: OK,
            protocol: "none",
            transfer: "none",
            incoming,
            session: Guid::default(),
            correlation: rng.guid(),
            id: rng.guid(),
            scopes: &["email", "openid", "profile", "User.Read"],
            risk: "none",
            factor: None,
        }
    }

    /// Time at which the row reached the workspace. The fraction differs from the sign-in's, as it does in real logs.
    pub(crate) fn ingested(&self) -> Time {
        self.at.plus(Span::from_ticks(self.lag * 10_000_000 + 4_171_903 + self.lag * 7_919))
    }

    /// The row as a line.
    pub(crate) fn line(&self) -> String {
        let mut row = Row::default();
        self.write_request(&mut row);
        self.write_result(&mut row);
        self.write_who(&mut row);
        self.write_where(&mut row);
        self.write_token(&mut row);
        self.write_policy(&mut row);
        match self.table {
            Table::SignIn => self.write_interactive(&mut row),
            _ => self.write_non_interactive(&mut row),
        }
        row.line()
    }

    /// A column that is dynamic in one table and text in the other.
    fn dynamic(&self, row: &mut Row, column: &'static str, value: &str) {
        match self.table {
            Table::SignIn => row.raw(column, value),
            _ => row.text(column, value),
        };
    }

    fn succeeded(&self) -> bool {
        self.outcome == OK
    }

    fn write_request(&self, row: &mut Row) {
        let category = if self.table == Table::SignIn { "SignInLogs" } else { "NonInteractiveUserSignInLogs" };
        row.text("TimeGenerated", self.ingested().to_string())
            .text("CreatedDateTime", self.at.to_string())
            .text("Type", self.table.name())
            .text("Category", category)
            .text("SourceSystem", "Azure AD")
            .text("TenantId", WORKSPACE)
            .text("AADTenantId", TENANT)
            .text("OperationName", "Sign-in activity")
            .text("OperationVersion", "1.0")
            .text("ResourceGroup", "Microsoft.aadiam")
            .text("Level", "4")
            .raw("DurationMs", "0")
            .text("Id", self.id.to_string())
            .text("OriginalRequestId", self.id.to_string())
            .text("CorrelationId", self.correlation.to_string())
            .raw("IsInteractive", if self.table == Table::SignIn { "true" } else { "false" })
            .raw("AppliedEventListeners", "[]")
            .raw("IsRisky", "null")
            .empty(&["ServicePrincipalId", "TokenIssuerName"])
            .text("TokenIssuerType", "AzureAD");
        let agent = r#"{"agentType":"notAgentic","parentAppId":""}"#;
        self.dynamic(row, "Agent", agent);
    }

    fn write_result(&self, row: &mut Row) {
        let (code, reason) = self.outcome;
        let status = if self.succeeded() {
            r#"{"errorCode":0,"additionalDetails":"MFA requirement satisfied by claim in the token"}"#.to_owned()
        } else {
            format!(r#"{{"errorCode":{code},"failureReason":{}}}"#, json(reason))
        };
        row.text("ResultType", code)
            .text("ResultDescription", reason)
            .text("ResultSignature", if self.succeeded() { "SUCCESS" } else { "FAILURE" });
        self.dynamic(row, "Status", &status);
    }

    fn write_who(&self, row: &mut Row) {
        let person = self.person;
        row.text("UserPrincipalName", &person.upn)
            .text("UserDisplayName", &person.name)
            .text("Identity", &person.name)
            .text("UserId", person.id.to_string())
            .text("UserType", if person.guest { "Guest" } else { "Member" })
            .text("AlternateSignInName", if person.guest { "{PII Removed}" } else { &person.upn })
            .text("SignInIdentifierType", "userPrincipalName")
            .text("HomeTenantId", person.home_tenant())
            .text("ResourceTenantId", TENANT)
            .text("CrossTenantAccessType", if person.guest { "b2bCollaboration" } else { "none" })
            .text("AppId", self.client)
            .text("AppDisplayName", client_name(self.client))
            .text("AppOwnerTenantId", VENDOR_TENANT)
            .text("ResourceIdentity", self.resource)
            .text("ResourceDisplayName", resource_name(self.resource))
            .text("ResourceOwnerTenantId", VENDOR_TENANT)
            .text("ResourceServicePrincipalId", Rng::seeded(self.resource).guid().to_string());
    }

    fn write_where(&self, row: &mut Row) {
        let Place { address, asn, city, state, country, geo } = self.place;
        let location = format!(
            r#"{{"city":{},"state":{},"countryOrRegion":"{country}","geoCoordinates":{{"latitude":{},"longitude":{}}}}}"#,
            json(city),
            json(state),
            geo.0,
            geo.1
        );
        let Device { id, name, system, browser, trust, compliant } = self.device;
        let device = if id.is_empty() {
            format!(r#"{{"deviceId":"","operatingSystem":"{system}","browser":"{browser}"}}"#)
        } else {
            format!(
                r#"{{"deviceId":"{id}","displayName":"{name}","operatingSystem":"{system}","browser":"{browser}","isCompliant":{compliant},"isManaged":true,"trustType":"{trust}"}}"#
            )
        };
        row.text("IPAddress", address)
            .text("AutonomousSystemNumber", asn.to_string())
            .text("Location", *country)
            .text("UserAgent", self.agent)
            .text(
                "ClientAppUsed",
                if self.table == Table::SignIn { "Browser" } else { "Mobile Apps and Desktop clients" },
            )
            .text("NetworkLocationDetails", "[]");
        self.dynamic(row, "LocationDetails", &location);
        self.dynamic(row, "DeviceDetail", &device);
    }

    fn write_token(&self, row: &mut Row) {
        let scopes: Vec<String> = self.scopes.iter().map(|scope| json(scope)).collect();
        let scopes = json(&format!("[{}]", scopes.join(",")));
        let details = format!(
            r#"[{{"key":"Legacy TLS (TLS 1.0, 1.1, 3DES)","value":"False"}},{{"key":"Oauth Scope Info","value":{scopes}}},{{"key":"Is CAE Token","value":"{}"}}]"#,
            if self.device.compliant { "True" } else { "False" }
        );
        // Only what holds a primary refresh token is bound to its device.
        let protection = if self.incoming == "primaryRefreshToken" {
            r#"{"signInSessionStatus":"bound","signInSessionStatusCode":0}"#
        } else {
            r#"{"signInSessionStatus":"unbound","signInSessionStatusCode":1002}"#
        };
        row.text("AuthenticationProcessingDetails", details)
            .text("AuthenticationProtocol", self.protocol)
            .text("OriginalTransferMethod", self.transfer)
            .text("IncomingTokenType", self.incoming)
            .text("SessionId", self.session.to_string())
            .text("UniqueTokenIdentifier", self.id.uti())
            .text("TokenProtectionStatusDetails", protection);
    }

    fn write_policy(&self, row: &mut Row) {
        let result = if self.succeeded() { "success" } else { "failure" };
        let policies = format!(
            r#"[{{"id":"3f0b9c51-6d2e-4a7b-8c19-0a5d7e4f2b01","displayName":"CA001: Require multifactor authentication for all users","enforcedGrantControls":["Mfa"],"enforcedSessionControls":[],"result":"{result}","conditionsSatisfied":3,"conditionsNotSatisfied":0}},{{"id":"3f0b9c51-6d2e-4a7b-8c19-0a5d7e4f2b02","displayName":"CA014: Block device code flow (report-only)","enforcedGrantControls":["Block"],"enforcedSessionControls":[],"result":"{}","conditionsSatisfied":1,"conditionsNotSatisfied":2}}]"#,
            if self.protocol == "deviceCode" { "reportOnlyFailure" } else { "reportOnlyNotApplied" }
        );
        let steps = format!(
            r#"[{{"authenticationStepDateTime":"{}","authenticationMethod":"{}","succeeded":{},"authenticationStepResultDetail":"{}","authenticationStepRequirement":"Multifactor authentication","StatusSequence":0,"RequestSequence":{}}}]"#,
            self.at,
            self.factor.unwrap_or("Previously satisfied"),
            self.succeeded(),
            self.factor.map_or("MFA requirement satisfied by claim in the token", |_| "MFA completed in Azure AD"),
            u8::from(self.factor.is_some())
        );
        row.text("AuthenticationDetails", steps)
            .text("AuthenticationRequirement", "multiFactorAuthentication")
            .text(
                "AuthenticationRequirementPolicies",
                r#"[{"requirementProvider":"multiConditionalAccess","detail":"Conditional Access"}]"#,
            )
            .text("AuthenticationContextClassReferences", "[]")
            .text("AuthenticationMethodsUsed", "")
            .text("SessionLifetimePolicies", "[]")
            .text("ConditionalAccessStatus", result)
            .text("RiskDetail", "none")
            .text("RiskEventTypes", "[]")
            .text("RiskEventTypes_V2", if self.risk == "none" { "[]" } else { r#"["unfamiliarFeatures"]"# })
            .text("RiskLevelAggregated", self.risk)
            .text("RiskLevelDuringSignIn", self.risk)
            .text("RiskState", if self.risk == "none" { "none" } else { "atRisk" });
        self.dynamic(row, "ConditionalAccessPolicies", &policies);
        self.dynamic(row, "MfaDetail", if self.table == Table::SignIn { "{}" } else { "" });
    }

    fn write_interactive(&self, row: &mut Row) {
        row.text("Resource", "Microsoft.aadiam")
            .text("ResourceId", format!("/tenants/{TENANT}/providers/Microsoft.aadiam"))
            .raw("FlaggedForReview", "false")
            .text("ProcessingTimeInMilliseconds", (90 + self.lag).to_string())
            .empty(&["IPAddressFromResourceProvider", "ResourceProvider", "RiskLevel", "ServicePrincipalName"])
            .text("SignInIdentifier", &self.person.upn);
    }

    fn write_non_interactive(&self, row: &mut Row) {
        let audiences = format!(r#"[{{"applicationId":"{}","audienceReasons":"none"}}]"#, self.resource);
        row.text("ConditionalAccessAudiences", audiences)
            .text("ClientCredentialType", "none")
            .text("ProcessingTimeInMs", (40 + self.lag).to_string())
            .text("SignInEventTypes", r#"["nonInteractiveUser"]"#)
            .raw("IsTenantRestricted", "false")
            .raw("IsThroughGlobalSecureAccess", "false")
            .text("HomeTenantName", if self.person.home_tenant() == PARTNER_TENANT { "Fabrikam" } else { "" })
            .empty(&[
                "AuthenticatorAppLocation",
                "ClientSessionId",
                "FederatedCredentialId",
                "GlobalSecureAccessIpAddress",
            ]);
    }
}
