//! Made-up rows of the width real ones have, with thefts among them. The same numbers give the same bytes.
//!
//! Of each 5,000 sign-ins twelve in a row are a thief's: with a stolen token of one session, from an address that nobody
//! else has, one client asks for twelve resources with a library's agent. Of each 20,000 Graph calls thirty in a row
//! sweep the directory with one of the thieves' tokens.

use std::fs::{self, File};
use std::io::{BufWriter, Result, Write};
use std::path::Path;

const USERS: u64 = 20_000;
const RESOURCES: u64 = 70;
const AGENTS: u64 = 400;
pub(crate) const SESSIONS_PER_USER: u64 = 4;
/// 2026-05-01T00:00:00Z in seconds.
const START: u64 = 1_777_593_600;
/// Days of rows: enough to know what is usual.
const DAYS: u64 = 30;
/// A theft for so many sign-ins, and its sign-ins.
const THEFTS: (u64, u64) = (5_000, 12);
/// A sweep for so many calls, and its calls.
const SWEEPS: (u64, u64) = (20_000, 30);
const AZURE_CLI: (&str, &str) = ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI");
/// Requests of a sweep.
const SWEPT: [&str; 6] = ["organization", "users", "groups", "applications", "devices", "me/messages"];

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

/// A token that calls and acts use.
#[derive(Clone, Copy)]
struct Token {
    number: u64,
    user: u64,
    session: u64,
    is_stolen: bool,
}

/// Writes `signins.ndjson`, `graph.ndjson` and, where there are acts, `audit.ndjson` into the folder.
pub(crate) fn write(folder: &Path, sign_ins: u64, calls: u64, acts: u64) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut dice = Dice(7);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(folder.join("signins.ndjson"))?);
    let mut tokens = Vec::new();
    for row in 0..sign_ins {
        let token = sign_in(&mut out, &mut dice, row, sign_ins)?;
        if row.is_multiple_of(3) {
            tokens.push(token);
        }
    }
    out.flush()?;
    let none = Token { number: 1, user: 1, session: 1, is_stolen: false };
    let stolen: Vec<Token> = tokens.iter().copied().filter(|token| token.is_stolen).collect();
    let mut out = BufWriter::with_capacity(1 << 20, File::create(folder.join("graph.ndjson"))?);
    for row in 0..calls {
        let sweep = (row % SWEEPS.0 < SWEEPS.1).then(|| row / SWEEPS.0);
        let swept = sweep.and_then(|sweep| stolen.get(pick(sweep, stolen.len()))).copied();
        let token = swept.unwrap_or_else(|| tokens.get(pick(dice.roll(), tokens.len())).copied().unwrap_or(none));
        graph_call(&mut out, &mut dice, (row, calls), (token, swept.is_some()))?;
    }
    out.flush()?;
    if acts > 0 {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(folder.join("audit.ndjson"))?);
        for row in 0..acts {
            let token = tokens.get(pick(dice.roll(), tokens.len())).copied().unwrap_or(none);
            act(&mut out, &mut dice, (row, acts), token)?;
        }
        out.flush()?;
    }
    Ok(())
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
    // In order as exports are.
    let seconds = START + row * DAYS * 86_400 / rows.max(1) + lag;
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

/// The network of a user's address: an address is in one.
fn network(n: u64) -> u64 {
    64_496 + if n.is_multiple_of(11) { 3 } else { n % 3 }
}

/// The address that a token's sign-in, call or act comes from.
fn caller(user: u64, is_stolen: bool) -> String {
    if is_stolen { format!("2001:db8:ffff::{user:x}") } else { address(user) }
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
        0 => (AZURE_CLI.0.into(), AZURE_CLI.1.into()),
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
fn sign_in(out: &mut impl Write, dice: &mut Dice, row: u64, rows: u64) -> Result<Token> {
    let is_stolen = row % THEFTS.0 < THEFTS.1;
    let user = if is_stolen { row / THEFTS.0 * 37 % USERS } else { dice.below(USERS) };
    let session = user * SESSIONS_PER_USER + if is_stolen { 0 } else { dice.below(SESSIONS_PER_USER) };
    let token = row + 1;
    let (app, app_name) = client(if is_stolen { 0 } else { dice.roll() & dice.roll() });
    let resource = if is_stolen { row % THEFTS.0 } else { dice.below(RESOURCES) };
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
    let failed = !is_stolen && dice.below(20) == 0;
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
        if is_stolen { 64_511 } else { network(user) }
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
        caller(user, is_stolen),
        if is_stolen { "refreshToken" } else { dice.one_of(&["refreshToken", "primaryRefreshToken", "none"]) },
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
        // Most people keep to the software they have.
        if is_stolen { "python-requests/2.32.3".to_owned() } else { agent((user + dice.below(3)) % AGENTS) },
        guid(user, 10),
        quoted("{\"agentType\":\"notAgentic\"}")
    )?;
    writeln!(
        out,
        "\"_BilledSize\":6500,\"_IsBillable\":\"True\",\"ClientSessionId\":\"{}\",\"Type\":\"AADNonInteractiveUserSignInLogs\"}}",
        guid(row, 11)
    )?;
    Ok(Token { number: token, user, session, is_stolen })
}

fn graph_call(out: &mut impl Write, dice: &mut Dice, at: (u64, u64), (token, is_sweep): (Token, bool)) -> Result<()> {
    let Token { number, user, session, is_stolen } = token;
    let (app, _) = client(if is_stolen { 0 } else { dice.roll() & dice.roll() });
    let (request, tenant) = (guid(at.0, 12), guid(1, 1));
    let path = dice.one_of(&["me/messages", "users", "groups", "me/drive/root/children", "sites/root/lists"]);
    let path = if is_sweep { SWEPT[pick(at.0 % SWEEPS.0, SWEPT.len())] } else { path };
    writeln!(
        out,
        "{{\"TenantId\":\"{}\",\"SourceSystem\":\"Azure AD\",\"TimeGenerated\":\"{}\",\"AadTenantId\":\"{tenant}\",\"ApiVersion\":\"v1.0\",\"AppId\":\"{app}\",\"ATContent\":\"\",\"ATContentH\":\"\",\"ATContentP\":\"\",\"ClientAuthMethod\":0,\"ClientRequestId\":\"{}\",\"DeviceId\":\"{}\",\"DurationMs\":{},\"IdentityProvider\":\"https://sts.windows.net/{tenant}/\",\"IPAddress\":\"{}\",\"Location\":\"East US 2\",\"OperationId\":\"{request}\",\"RequestId\":\"{request}\",\"RequestMethod\":\"{}\",\"RequestUri\":\"https://graph.microsoft.com/v1.0/{path}?$top=50&$skip={}&$select=id,displayName,mail\",\"ResponseSizeBytes\":{},\"ResponseStatusCode\":{},\"Roles\":\"\",\"Scopes\":\"Files.Read.All Mail.Read Sites.Read.All User.Read User.ReadBasic.All openid profile email\",\"ServicePrincipalId\":\"\",\"SessionId\":\"{}\",\"SignInActivityId\":\"{}\",\"TokenIssuedAt\":\"2026-05-01T00:00:00Z\",\"UniqueTokenId\":\"\",\"UserAgent\":\"{}\",\"UserId\":\"{}\",\"Wids\":\"b79fbf4d-3ef9-4689-8143-76b194e85509\",\"_BilledSize\":1200,\"_IsBillable\":\"True\",\"Type\":\"MicrosoftGraphActivityLogs\"}}",
        guid(2, 1),
        time(at.0, at.1, 0, dice.below(10_000_000)),
        guid(at.0, 13),
        guid(user, 3),
        dice.below(4_000_000),
        caller(user, is_stolen),
        dice.one_of(&["GET", "GET", "GET", "POST"]),
        dice.below(5_000),
        dice.below(100_000),
        dice.one_of(&[200, 200, 200, 403]),
        guid(session, 6),
        token_id(number),
        if is_stolen { "python-requests/2.32.3".to_owned() } else { agent((user + dice.below(3)) % AGENTS) },
        guid(user, 10),
    )
}

/// A row of the unified audit log, as its export has it.
fn act(out: &mut impl Write, dice: &mut Dice, at: (u64, u64), token: Token) -> Result<()> {
    let Token { number, user, session, is_stolen } = token;
    let (operation, workload) = dice.one_of(&[
        ("FileAccessed", "SharePoint"),
        ("FileDownloaded", "OneDrive"),
        ("FileModified", "SharePoint"),
        ("MessageSent", "MicrosoftTeams"),
    ]);
    writeln!(
        out,
        "{{\"CreationTime\":\"{}\",\"Id\":\"{}\",\"Operation\":\"{operation}\",\"OrganizationId\":\"{}\",\"RecordType\":6,\"ResultStatus\":\"Succeeded\",\"UserKey\":\"i:0h.f|membership|{user:016x}@live.com\",\"UserType\":0,\"Version\":1,\"Workload\":\"{workload}\",\"ClientIP\":\"{}\",\"UserId\":\"user{user:05}@contoso.com\",\"AppAccessContext\":{{\"AADSessionId\":\"{}\",\"CorrelationId\":\"{}\",\"UniqueTokenId\":\"{}\"}},\"ObjectId\":\"https://contoso.sharepoint.com/sites/site{}/Shared Documents/file-{}.docx\",\"SiteUrl\":\"https://contoso.sharepoint.com/sites/site{}/\",\"SourceFileName\":\"file-{}.docx\"}}",
        &time(at.0, at.1, 0, 0)[..19],
        guid(at.0, 14),
        guid(1, 1),
        caller(user, is_stolen),
        guid(session, 6),
        guid(at.0, 15),
        token_id(number),
        user % 50,
        at.0 % 3_000,
        user % 50,
        at.0 % 3_000,
    )
}
