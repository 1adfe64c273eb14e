//! Made-up rows of the width real ones have. The same numbers give the same bytes.

use std::fs::{self, File};
use std::io::{BufWriter, Result, Write};
use std::path::Path;

const USERS: u64 = 20_000;
const RESOURCES: u64 = 70;
const AGENTS: u64 = 400;
pub(crate) const SESSIONS_PER_USER: u64 = 4;
/// 2026-05-01T00:00:00Z in seconds.
const START: u64 = 1_777_593_600;

/// A small generator of numbers (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[pick(self.roll(), choices.len())]
    }
}

/// Writes `signins.ndjson` and `graph.ndjson` into the folder.
pub(crate) fn write(folder: &Path, sign_ins: u64, calls: u64) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut dice = Dice(7);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(folder.join("signins.ndjson"))?);
    let mut tokens = Vec::new();
    for row in 0..sign_ins {
        let (token, user) = sign_in(&mut out, &mut dice, row, sign_ins)?;
        if row.is_multiple_of(3) {
            tokens.push((token, user));
        }
    }
    out.flush()?;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(folder.join("graph.ndjson"))?);
    for row in 0..calls {
        let (token, user) = tokens.get(pick(dice.roll(), tokens.len())).copied().unwrap_or((1, 1));
        graph_call(&mut out, &mut dice, (row, calls), token, user)?;
    }
    out.flush()
}

/// `n` as an index below `len`.
fn pick(n: u64, len: usize) -> usize {
    usize::try_from(n % len.max(1) as u64).expect("below a length")
}

pub(crate) fn guid(n: u64, kind: u64) -> String {
    let mut dice = Dice(n.wrapping_mul(31).wrapping_add(kind << 56));
    let (a, b) = (dice.roll(), dice.roll());
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}

pub(crate) fn token_id(n: u64) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut dice = Dice(n ^ 0x5555);
    (0..22).map(|_| char::from(LETTERS[pick(dice.roll(), 64)])).collect()
}

pub(crate) fn time(row: u64, rows: u64, lag: u64, ticks: u64) -> String {
    // A day of rows, in order as exports are.
    let seconds = START + row * 86_400 / rows.max(1) + lag;
    let (day, clock) = ((seconds - START) / 86_400 + 1, seconds % 86_400);
    format!("2026-05-{day:02}T{:02}:{:02}:{:02}.{ticks:07}Z", clock / 3600, clock / 60 % 60, clock % 60)
}

pub(crate) fn address(n: u64) -> String {
    let net = ["192.0.2", "198.51.100", "203.0.113"][pick(n, 3)];
    if n.is_multiple_of(11) {
        format!("2001:db8::{:x}:{:x}", n % 4096, n % 17)
    } else {
        format!("{net}.{}", n / 3 % 254 + 1)
    }
}

pub(crate) fn agent(n: u64) -> String {
    format!(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36 Edg/{}.0.{}.0",
        100 + n % 40,
        100 + n % 40,
        n
    )
}

pub(crate) fn client(n: u64) -> (String, String) {
    match n % 128 {
        0 => ("04b07795-8ddb-461a-bbee-02f9e1bf7b46".into(), "Microsoft Azure CLI".into()),
        1 => ("1fec8e78-bce4-4aaf-ab1b-5451cc387264".into(), "Microsoft Teams".into()),
        2 => ("d3590ed6-52b3-4102-aeff-aad2292ab01c".into(), "Microsoft Office".into()),
        n => (guid(n, 9), format!("Example Client {n}")),
    }
}

/// JSON as the text of a JSON string.
pub(crate) fn quoted(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 5 / 4);
    for c in json.chars() {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

fn policies(dice: &mut Dice) -> String {
    let count = 3 + dice.below(10);
    let policies: Vec<String> = (0..count)
        .map(|n| {
            format!(
                "{{\"id\":\"{}\",\"displayName\":\"Require compliant device or multifactor for group {n}\",\"enforcedGrantControls\":[\"Mfa\",\"RequireCompliantDevice\"],\"enforcedSessionControls\":[\"SignInFrequency\"],\"result\":\"{}\",\"conditionsSatisfied\":{},\"conditionsNotSatisfied\":{},\"includeRulesSatisfied\":[{{\"conditionalAccessCondition\":\"application\",\"ruleSatisfied\":\"allApps\"}}],\"excludeRulesSatisfied\":[]}}",
                guid(dice.below(40), 8),
                dice.one_of(&["notApplied", "success", "reportOnlyNotApplied"]),
                dice.below(4),
                dice.below(1024)
            )
        })
        .collect();
    format!("[{}]", policies.join(","))
}

#[expect(clippy::too_many_lines, reason = "one row, column after column")]
fn sign_in(out: &mut impl Write, dice: &mut Dice, row: u64, rows: u64) -> Result<(u64, u64)> {
    let user = dice.below(USERS);
    let session = user * SESSIONS_PER_USER + dice.below(SESSIONS_PER_USER);
    let token = row + 1;
    let (app, app_name) = client(dice.roll() & dice.roll());
    let resource = dice.below(RESOURCES);
    let place = dice.below(8);
    let device = format!(
        "{{\"deviceId\":\"{}\",\"displayName\":\"WS-{user:05}\",\"operatingSystem\":\"Windows 10\",\"browser\":\"Edge 1{}.0.0\",\"isCompliant\":true,\"isManaged\":true,\"trustType\":\"Azure AD registered\"}}",
        guid(user, 3),
        user % 40
    );
    let location = format!(
        "{{\"city\":\"Example City {place}\",\"state\":\"Example State\",\"countryOrRegion\":\"US\",\"geoCoordinates\":{{\"latitude\":40.{place}5,\"longitude\":-73.{place}9}}}}"
    );
    let details = format!(
        "[{{\"key\":\"Legacy TLS (TLS 1.0, 1.1, 3DES)\",\"value\":\"False\"}},{{\"key\":\"Oauth Scope Info\",\"value\":\"[\\\"User.Read\\\",\\\"openid\\\",\\\"Group.{}.All\\\"]\"}},{{\"key\":\"Is CAE Token\",\"value\":\"{}\"}}]",
        dice.below(30),
        dice.one_of(&["True", "False"])
    );
    let failed = dice.below(20) == 0;
    let (result, reason) = if failed { ("50076", "Strong authentication is required.") } else { ("0", "") };
    let step = "{\"authenticationStepDateTime\":\"2026-05-01T00:00:00.0000000+00:00\",\"authenticationMethod\":\"Previously satisfied\",\"succeeded\":true,\"authenticationStepResultDetail\":\"First factor requirement satisfied by claim in the token\",\"authenticationStepRequirement\":\"Primary authentication\",\"StatusSequence\":0,\"RequestSequence\":0}";
    let tenant = guid(1, 1);
    let (id, session_id, correlation) = (guid(token, 5), guid(session, 6), guid(row, 7));
    write!(out, "{{\"TenantId\":\"{}\",\"SourceSystem\":\"Azure AD\",", guid(2, 1))?;
    let lag = 60 + dice.below(120);
    write!(
        out,
        "\"TimeGenerated\":\"{}\",\"OperationName\":\"Sign-in activity\",\"OperationVersion\":\"1.0\",\"Category\":\"NonInteractiveUserSignInLogs\",",
        time(row, rows, lag, dice.below(10_000_000))
    )?;
    write!(
        out,
        "\"ResultType\":\"{result}\",\"ResultSignature\":\"{}\",\"ResultDescription\":\"{reason}\",\"DurationMs\":0,\"CorrelationId\":\"{correlation}\",",
        if failed { "FAILURE" } else { "SUCCESS" }
    )?;
    write!(
        out,
        "\"ResourceGroup\":\"Microsoft.aadiam\",\"Identity\":\"User {user:05}\",\"Level\":\"4\",\"Location\":\"US\",\"AppDisplayName\":\"{app_name}\",\"AppId\":\"{app}\",\"AppOwnerTenantId\":\"{tenant}\","
    )?;
    write!(
        out,
        "\"AuthenticationContextClassReferences\":\"[]\",\"AuthenticationDetails\":\"{}\",\"AuthenticationMethodsUsed\":\"\",\"AuthenticationProcessingDetails\":\"{}\",",
        quoted(&format!("[{step},{step}]")),
        quoted(&details)
    )?;
    write!(
        out,
        "\"AuthenticationProtocol\":\"none\",\"AuthenticationRequirement\":\"singleFactorAuthentication\",\"AuthenticationRequirementPolicies\":\"[]\",\"AutonomousSystemNumber\":\"{}\",\"AuthenticatorAppLocation\":\"\",",
        64_496 + user % 16
    )?;
    write!(
        out,
        "\"ClientAppUsed\":\"Mobile Apps and Desktop clients\",\"ClientCredentialType\":\"none\",\"ConditionalAccessAudiences\":\"{}\",\"ConditionalAccessPolicies\":\"{}\",\"ConditionalAccessStatus\":\"success\",",
        quoted(&format!("[{{\"applicationId\":\"{}\",\"audienceReasons\":\"none\"}}]", guid(resource, 4))),
        quoted(&policies(dice))
    )?;
    write!(
        out,
        "\"CreatedDateTime\":\"{}\",\"CrossTenantAccessType\":\"none\",\"DeviceDetail\":\"{}\",\"FederatedCredentialId\":\"\",\"GlobalSecureAccessIpAddress\":\"\",\"HomeTenantId\":\"{tenant}\",\"HomeTenantName\":\"\",\"Id\":\"{id}\",",
        time(row, rows, 0, dice.below(10_000_000)),
        quoted(&device)
    )?;
    write!(
        out,
        "\"IPAddress\":\"{}\",\"IncomingTokenType\":\"{}\",\"IsInteractive\":false,\"IsRisky\":false,\"IsTenantRestricted\":false,\"IsThroughGlobalSecureAccess\":false,\"LocationDetails\":\"{}\",\"MfaDetail\":\"\",",
        address(user),
        dice.one_of(&["refreshToken", "primaryRefreshToken", "none"]),
        quoted(&location)
    )?;
    write!(
        out,
        "\"NetworkLocationDetails\":\"[]\",\"OriginalRequestId\":\"{id}\",\"OriginalTransferMethod\":\"{}\",\"ProcessingTimeInMs\":\"{}\",",
        if dice.below(200) == 0 { "deviceCodeFlow" } else { "none" },
        dice.below(900)
    )?;
    write!(
        out,
        "\"ResourceDisplayName\":\"Example Resource {resource}\",\"ResourceIdentity\":\"{}\",\"ResourceOwnerTenantId\":\"{tenant}\",\"ResourceServicePrincipalId\":\"{}\",\"ResourceTenantId\":\"{tenant}\",",
        guid(resource, 4),
        guid(resource, 2)
    )?;
    write!(
        out,
        "\"RiskDetail\":\"none\",\"RiskEventTypes\":\"[]\",\"RiskEventTypes_V2\":\"[]\",\"RiskLevelAggregated\":\"none\",\"RiskLevelDuringSignIn\":\"none\",\"RiskState\":\"none\",\"ServicePrincipalId\":\"\",\"SessionId\":\"{session_id}\",\"SessionLifetimePolicies\":\"{}\",",
        quoted(
            "[{\"expirationRequirement\":\"signInFrequencyPeriodicReauthentication\",\"detail\":\"Sign-in frequency (periodic re-authentication)\"}]"
        )
    )?;
    write!(
        out,
        "\"SignInEventTypes\":\"[]\",\"SignInIdentifierType\":\"\",\"Status\":\"{}\",\"TokenIssuerName\":\"\",\"TokenIssuerType\":\"AzureAD\",\"TokenProtectionStatusDetails\":\"{}\",\"UniqueTokenIdentifier\":\"{}\",",
        quoted(&format!("{{\"errorCode\":{result}}}")),
        quoted("{\"signInSessionStatus\":\"unbound\",\"signInSessionStatusCode\":1002}"),
        token_id(token)
    )?;
    write!(
        out,
        "\"UserAgent\":\"{}\",\"UserDisplayName\":\"User {user:05}\",\"UserId\":\"{}\",\"UserPrincipalName\":\"user{user:05}@contoso.com\",\"UserType\":\"Member\",\"AADTenantId\":\"{tenant}\",\"AlternateSignInName\":\"\",\"Agent\":\"{}\",\"AppliedEventListeners\":[],",
        agent(dice.below(AGENTS)),
        guid(user, 10),
        quoted("{\"agentType\":\"notAgentic\"}")
    )?;
    writeln!(
        out,
        "\"_BilledSize\":6500,\"_IsBillable\":\"True\",\"ClientSessionId\":\"{}\",\"Type\":\"AADNonInteractiveUserSignInLogs\"}}",
        guid(row, 11)
    )?;
    Ok((token, user))
}

fn graph_call(out: &mut impl Write, dice: &mut Dice, at: (u64, u64), token: u64, user: u64) -> Result<()> {
    let (app, _) = client(dice.roll() & dice.roll());
    let (request, tenant) = (guid(at.0, 12), guid(1, 1));
    let path = dice.one_of(&["me/messages", "users", "groups", "me/drive/root/children", "sites/root/lists"]);
    writeln!(
        out,
        "{{\"TenantId\":\"{}\",\"SourceSystem\":\"Azure AD\",\"TimeGenerated\":\"{}\",\"AadTenantId\":\"{tenant}\",\"ApiVersion\":\"v1.0\",\"AppId\":\"{app}\",\"ATContent\":\"\",\"ATContentH\":\"\",\"ATContentP\":\"\",\"ClientAuthMethod\":0,\"ClientRequestId\":\"{}\",\"DeviceId\":\"{}\",\"DurationMs\":{},\"IdentityProvider\":\"https://sts.windows.net/{tenant}/\",\"IPAddress\":\"{}\",\"Location\":\"East US 2\",\"OperationId\":\"{request}\",\"RequestId\":\"{request}\",\"RequestMethod\":\"{}\",\"RequestUri\":\"https://graph.microsoft.com/v1.0/{path}?$top=50&$skip={}&$select=id,displayName,mail\",\"ResponseSizeBytes\":{},\"ResponseStatusCode\":{},\"Roles\":\"\",\"Scopes\":\"Files.Read.All Mail.Read Sites.Read.All User.Read User.ReadBasic.All openid profile email\",\"ServicePrincipalId\":\"\",\"SessionId\":\"{}\",\"SignInActivityId\":\"{}\",\"TokenIssuedAt\":\"2026-05-01T00:00:00Z\",\"UniqueTokenId\":\"\",\"UserAgent\":\"{}\",\"UserId\":\"{}\",\"Wids\":\"b79fbf4d-3ef9-4689-8143-76b194e85509\",\"_BilledSize\":1200,\"_IsBillable\":\"True\",\"Type\":\"MicrosoftGraphActivityLogs\"}}",
        guid(2, 1),
        time(at.0, at.1, 0, dice.below(10_000_000)),
        guid(at.0, 13),
        guid(user, 3),
        dice.below(4_000_000),
        address(user),
        dice.one_of(&["GET", "GET", "GET", "POST"]),
        dice.below(5_000),
        dice.below(100_000),
        dice.one_of(&[200, 200, 200, 403]),
        guid(user * SESSIONS_PER_USER, 6),
        token_id(token),
        agent(dice.below(AGENTS)),
        guid(user, 10),
    )
}
