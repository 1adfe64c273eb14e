//! The published queries, said again in SQL: `SQLite` compares text byte for byte and keeps every pair of a join.

use super::known::{PUBLISHED_FAMILY, SEEDS};
use super::line::{Line, list};
use super::row::{Row, moment};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tokentrail::testing::model::{Field, Table};

/// Ticks from 0001-01-01, where `bin()` begins, to 1970.
const EPOCH: i64 = 62_135_596_800 * 10_000_000;

/// A loaded database. Make one and load it again and again.
pub(crate) struct Published(Connection);

impl Published {
    pub(crate) fn new() -> Self {
        let db = Connection::open_in_memory().expect("SQLite opens");
        for table in Table::ALL {
            let columns: String = Field::ALL.map(|f| format!("{} TEXT NOT NULL", column(table, f))).join(", ");
            db.execute_batch(&format!("CREATE TABLE {} (n INTEGER, TimeGenerated INTEGER, {columns})", table.name()))
                .expect("the schema holds");
        }
        for (name, ids) in [("SeedClients", SEEDS.as_slice()), ("FociClientApplications", &PUBLISHED_FAMILY)] {
            let values: Vec<String> = ids.iter().map(|id| format!("('{id}')")).collect();
            db.execute_batch(&format!(
                "CREATE TABLE {name} (client_id TEXT); INSERT INTO {name} VALUES {}",
                values.join(",")
            ))
            .expect("the lists load");
        }
        db.execute_batch(BURSTS).expect("the view holds");
        Self(db)
    }

    /// Every hit of every published query over the rows of `[since, until)`.
    pub(crate) fn hits(&self, rows: &[Row], since: Option<i64>, until: Option<i64>) -> Vec<Line> {
        self.0.execute_batch("BEGIN").expect("a transaction begins");
        for table in Table::ALL {
            self.0.execute_batch(&format!("DELETE FROM {}", table.name())).expect("tables empty");
        }
        for (n, row) in rows.iter().enumerate() {
            // Rows that overlapping exports bring twice are one row of the table.
            let id = super::hunt::text::normalized_id(row.get(Field::Id));
            if id.is_some() && rows[..n].iter().any(|other| is_same(row, other)) {
                continue;
            }
            let time = row.published_time();
            if since.is_none_or(|since| since <= time) && until.is_none_or(|until| time < until) {
                self.load(n, row);
            }
        }
        self.0.execute_batch("COMMIT").expect("the rows are in");
        let mut hits = self.read("foci-burst", "SELECT * FROM Bursts");
        hits.extend(self.read("device-code-burst", DEVICE_CODE_BURSTS));
        for (analytic, narrowed) in [("session-hop", HOP_V2), ("session-hop-broad", HOP_V1)] {
            hits.extend(self.read(analytic, &format!("{HOPS} {narrowed}")));
        }
        hits
    }

    fn load(&self, n: usize, row: &Row) {
        let marks = ", ?".repeat(Field::COUNT);
        let sql = format!("INSERT INTO {} VALUES (?, ?{marks})", row.table.name());
        let number = i64::try_from(n).expect("few rows");
        let numbers = [Value::Integer(number), Value::Integer(row.published_time() + EPOCH)];
        let texts = Field::ALL.iter().map(|f| Value::Text(row.get(*f).to_owned()));
        let mut insert = self.0.prepare_cached(&sql).expect("the insert holds");
        insert.execute(params_from_iter(numbers.into_iter().chain(texts))).expect("the row loads");
    }

    fn read(&self, analytic: &'static str, sql: &str) -> Vec<Line> {
        let mut query = self.0.prepare_cached(sql).unwrap_or_else(|e| panic!("{analytic}: {e}"));
        let names: Vec<String> = query.column_names().into_iter().map(str::to_owned).collect();
        let lines = query.query_map([], |row| {
            let mut line = Line::from([("Analytic", analytic.to_owned())]);
            for (i, name) in names.iter().enumerate() {
                let name = COLUMNS.iter().find(|known| *known == name).unwrap_or_else(|| panic!("column {name}"));
                line.insert(name, text(name, row.get(i)?));
            }
            Ok(line)
        });
        lines.expect("the query runs").collect::<Result<_, _>>().expect("every row reads")
    }
}

/// Returns whether two rows are one: same table, both times, and every field.
fn is_same(a: &Row, b: &Row) -> bool {
    let times = |row: &Row| (row.table, row.created, row.ingested);
    times(a) == times(b) && Field::ALL.iter().all(|field| a.get(*field) == b.get(*field))
}

/// A field's column in a table: Graph rows call the token id `SignInActivityId`.
fn column(table: Table, field: Field) -> &'static str {
    match (table, field) {
        (Table::Graph, Field::TokenId) => "SignInActivityId",
        _ => field.column(),
    }
}

/// A value as it is compared. The name says what kind it is.
fn text(name: &str, value: Value) -> String {
    match value {
        Value::Integer(ticks) if TIMES.contains(&name) => moment(ticks - EPOCH),
        Value::Integer(number) => number.to_string(),
        Value::Text(json) if name == "evidence" => {
            let mut rows: Vec<usize> = serde_json::from_str(&json).expect("SQLite's own JSON");
            rows.sort_unstable();
            super::line::numbers(rows)
        }
        Value::Text(json) if LISTS.contains(&name) => {
            list(serde_json::from_str::<Vec<String>>(&json).expect("SQLite's own JSON"))
        }
        Value::Text(details) if name.ends_with("OauthScopeInfo") => scope_info(&details).to_owned(),
        Value::Text(text) => text,
        other => panic!("{name} is {other:?}"),
    }
}

/// `extract("{\"key\":\"Oauth Scope Info\",\"value\":\"\\[(.*)\\]\"}", 1, details)`: the dot is greedy and
/// stops at a line's end.
fn scope_info(details: &str) -> &str {
    const HEAD: &str = r#"{"key":"Oauth Scope Info","value":"["#;
    const TAIL: &str = r#"]"}"#;
    let mut bodies = details.match_indices(HEAD).map(|(start, _)| &details[start + HEAD.len()..]);
    let matched = bodies.find_map(|body| {
        let line = body.lines().next()?;
        line.rfind(TAIL).map(|end| &line[..end])
    });
    matched.unwrap_or("")
}

const TIMES: [&str; 5] =
    ["FirstSeen", "LastSeen", "DeviceCodeTime", "FirstRequestTimeGenerated", "SecondRequestTimeGenerated"];
const LISTS: [&str; 4] = ["Resources", "IPs", "UserAgents", "RequestUris"];

/// hunt-2025-044. Reading: the left outer join leaves `RequestUri` empty where no call matches, and
/// `make_set` keeps an empty text, so a burst without calls has `[""]`.
const BURSTS: &str = "
CREATE VIEW Bursts AS
SELECT
    min(l.TimeGenerated) AS FirstSeen,
    max(l.TimeGenerated) AS LastSeen,
    max(l.TimeGenerated) / 600000000 - min(l.TimeGenerated) / 600000000 AS SpanMinutes,
    l.UserPrincipalName AS UserPrincipalName,
    l.AppDisplayName AS AppDisplayName,
    l.AppId AS AppId,
    count(DISTINCT l.AppId) AS AppIdCount,
    count(DISTINCT l.ResourceDisplayName) AS ResourceCount,
    json_group_array(DISTINCT l.ResourceDisplayName) AS Resources,
    json_group_array(DISTINCT l.IPAddress) AS IPs,
    json_group_array(DISTINCT l.UserAgent) AS UserAgents,
    json_group_array(DISTINCT coalesce(g.RequestUri, '')) AS RequestUris,
    count(DISTINCT l.n) AS SignInCount,
    json_group_array(DISTINCT l.n) AS evidence
FROM AADNonInteractiveUserSignInLogs l
LEFT JOIN MicrosoftGraphActivityLogs g ON l.CorrelationId = g.SignInActivityId
WHERE l.ResultType = '0' AND l.AppId IN (SELECT client_id FROM SeedClients)
GROUP BY l.UserPrincipalName, l.AppId, l.AppDisplayName, l.TimeGenerated / 6000000000
HAVING count(DISTINCT l.ResourceDisplayName) >= 3";

/// hunt-2025-045.
const DEVICE_CODE_BURSTS: &str = "
SELECT s.TimeGenerated AS DeviceCodeTime, s.IPAddress AS DeviceCodeIP,
    s.AuthenticationProtocol AS DeviceCodeAuthProtocol, b.*
FROM Bursts b JOIN SigninLogs s ON s.UserPrincipalName = b.UserPrincipalName
WHERE s.AuthenticationProtocol = 'deviceCode' AND s.ResultType = '0'
    AND b.FirstSeen BETWEEN s.TimeGenerated AND s.TimeGenerated + 20 * 600000000";

/// The part that both versions of the session query share.
const HOPS: &str = "
WITH FociTokenRequest AS (
    SELECT * FROM AADNonInteractiveUserSignInLogs
    WHERE HomeTenantId = ResourceTenantId AND AppId IN (SELECT client_id FROM FociClientApplications)
),
Pairs AS (
    SELECT
        a.UserPrincipalName AS UserPrincipalName,
        a.TimeGenerated AS FirstRequestTimeGenerated,
        a.ResultType AS FirstResult,
        a.ResultDescription AS FirstResultDescription,
        a.Identity AS Identity,
        a.Location AS Location,
        a.AppDisplayName AS FirstAppDisplayName,
        a.AppId AS FirstAppId,
        a.ClientAppUsed AS ClientAppUsed,
        a.DeviceDetail AS DeviceDetail,
        b.DeviceDetail AS SecondDeviceDetail,
        a.IPAddress AS IPAddress,
        a.LocationDetails AS LocationDetails,
        a.UserAgent AS UserAgent,
        b.TimeGenerated AS SecondRequestTimeGenerated,
        a.ResultType AS SecondResult,
        b.ResultDescription AS SecondResultDescription,
        b.AppDisplayName AS SecondAppDisplayName,
        b.AppId AS SecondAppId,
        b.IncomingTokenType AS SecondIncomingTokenType,
        a.SessionId AS SessionId,
        b.TimeGenerated / 600000000 - a.TimeGenerated / 600000000 AS TimeDiff,
        a.AuthenticationProcessingDetails AS FirstOauthScopeInfo,
        b.AuthenticationProcessingDetails AS SecondOauthScopeInfo,
        a.ResourceIdentity AS FirstResourceIdentity,
        b.ResourceIdentity AS SecondResourceIdentity,
        b.IPAddress AS SecondIPAddress,
        b.UserAgent AS SecondUserAgent,
        json_array(a.n, b.n) AS evidence
    FROM FociTokenRequest a JOIN FociTokenRequest b
        ON a.SessionId = b.SessionId AND a.UserPrincipalName = b.UserPrincipalName
    WHERE a.IncomingTokenType = 'none' AND b.IncomingTokenType <> 'none'
)
SELECT * FROM Pairs WHERE";

const HOP_V2: &str = "TimeDiff >= 1 AND TimeDiff <= 90
    AND SecondAppDisplayName IN ('Microsoft Azure CLI', 'Copilot App', 'Microsoft Azure PowerShell',
        'Visual Studio - Legacy', 'Microsoft Edge Enterprise New Tab Page')
    AND SecondResourceIdentity = '00000002-0000-0000-c000-000000000000'
    AND SecondResult = '0'";

/// Reading: V1 names its clients by display name as V2 does, so "different client" is a different name.
const HOP_V1: &str = "TimeDiff >= 0 AND FirstAppDisplayName <> SecondAppDisplayName
    AND SecondAppDisplayName IN ('Microsoft Azure CLI', 'Microsoft Azure PowerShell', 'Office 365 Management')";

/// Every column a query here names.
pub(crate) const COLUMNS: [&str; 45] = [
    "FirstSeen",
    "LastSeen",
    "SpanMinutes",
    "UserPrincipalName",
    "AppDisplayName",
    "AppId",
    "AppIdCount",
    "ResourceCount",
    "Resources",
    "IPs",
    "UserAgents",
    "RequestUris",
    "SignInCount",
    "DeviceCodeTime",
    "DeviceCodeIP",
    "DeviceCodeAuthProtocol",
    "FirstRequestTimeGenerated",
    "FirstResult",
    "FirstResultDescription",
    "Identity",
    "Location",
    "FirstAppDisplayName",
    "FirstAppId",
    "ClientAppUsed",
    "DeviceDetail",
    "SecondDeviceDetail",
    "IPAddress",
    "LocationDetails",
    "UserAgent",
    "SecondRequestTimeGenerated",
    "SecondResult",
    "SecondResultDescription",
    "SecondAppDisplayName",
    "SecondAppId",
    "SecondIncomingTokenType",
    "SessionId",
    "TimeDiff",
    "FirstOauthScopeInfo",
    "SecondOauthScopeInfo",
    "FirstResourceIdentity",
    "SecondResourceIdentity",
    "SecondIPAddress",
    "SecondUserAgent",
    "evidence",
    "Analytic",
];
