//! The script that fetches the rows a bundle needs: one query a table, in slices of time that stay under the limits of
//! the engine's interface, piped into this program.

use super::columns::read_by_loader;
use super::{Language, Subject, Target};
use crate::model::{Span, Table, Time};
use std::fmt::Write as _;

/// Limits of an interface, and their source.
struct Limits {
    words: &'static str,
    /// Most bytes of one answer; `None` where there is no limit.
    bytes: Option<i64>,
}

/// Bytes that the rows of one user are taken to have on a day: some two thousand rows of two and a half kilobytes.
const PER_USER_AND_DAY: i64 = 5 << 20;
/// Longest slice.
const LONGEST: Span = Span::minutes(7 * 24 * 60);
/// Shortest slice.
const SHORTEST: Span = Span::minutes(60);

/// A table of an engine.
struct Source {
    /// Its name there.
    name: &'static str,
    /// The table whose rows it has.
    table: Table,
    /// The column that is in the order of the table.
    time: &'static str,
    /// The condition that a row is of the users.
    kql: &'static str,
    sql: &'static str,
}

const SOURCES: [Source; 7] = [
    Source {
        name: "SigninLogs",
        table: Table::SignIn,
        time: "TimeGenerated",
        kql: "UserId in~ (Users) or UserPrincipalName in~ (Users)",
        sql: OF_SIGN_INS,
    },
    Source {
        name: "AADNonInteractiveUserSignInLogs",
        table: Table::NonInteractive,
        time: "TimeGenerated",
        kql: "UserId in~ (Users) or UserPrincipalName in~ (Users)",
        sql: OF_SIGN_INS,
    },
    Source {
        name: "MicrosoftGraphActivityLogs",
        table: Table::Graph,
        time: "TimeGenerated",
        kql: "UserId in~ (Names)",
        sql: "has(Names, lower(ifNull(UserId, '')))",
    },
    Source {
        name: "AADGraphActivityLogs",
        table: Table::AadGraph,
        time: "TimeGenerated",
        kql: "UserId in~ (Names)",
        sql: "has(Names, lower(ifNull(UserId, '')))",
    },
    Source {
        name: "AuditLogs",
        table: Table::Audit,
        time: "TimeGenerated",
        kql: "tostring(InitiatedBy) has_any (Names) or tostring(TargetResources) has_any (Names)",
        sql: "arrayExists(name -> position(lower(concat(ifNull(toString(InitiatedBy), ''), ifNull(toString(TargetResources), ''))), name) > 0, Names)",
    },
    Source {
        name: "OfficeActivity",
        table: Table::UnifiedAudit,
        time: "TimeGenerated",
        kql: "UserId in~ (Names) or MailboxOwnerUPN in~ (Names) or OfficeObjectId in~ (Names)",
        sql: "has(Names, lower(ifNull(UserId, ''))) OR has(Names, lower(ifNull(MailboxOwnerUPN, ''))) OR has(Names, lower(ifNull(OfficeObjectId, '')))",
    },
    Source {
        name: "AzureActivity",
        table: Table::Activity,
        time: "TimeGenerated",
        kql: "Caller in~ (Names) or Claims has_any (Names)",
        sql: "has(Names, lower(ifNull(Caller, ''))) OR arrayExists(name -> position(lower(ifNull(toString(Claims), '')), name) > 0, Names)",
    },
];

const OF_SIGN_INS: &str = "has(Users, lower(ifNull(UserId, ''))) OR has(Users, lower(ifNull(UserPrincipalName, '')))";

/// Defender's own tables; its sign-ins of both kinds are in one.
const OF_DEFENDER: [Source; 3] = [
    Source {
        name: "EntraIdSignInEvents",
        table: Table::SignIn,
        time: "Timestamp",
        kql: "AccountObjectId in~ (Users) or AccountUpn in~ (Users)",
        sql: "",
    },
    Source {
        name: "GraphApiAuditEvents",
        table: Table::Graph,
        time: "Timestamp",
        kql: "AccountObjectId in~ (Names)",
        sql: "",
    },
    Source {
        name: "CloudAppEvents",
        table: Table::UnifiedAudit,
        time: "Timestamp",
        kql: "AccountObjectId in~ (Names) or tostring(RawEventData) has_any (Names)",
        sql: "",
    },
];

impl Target {
    fn limits(self) -> Limits {
        match self {
            Self::Sentinel => Limits {
                words: "an answer has at most 500,000 rows and 100 MB, and takes at most 10 minutes \
                        (learn.microsoft.com/azure/azure-monitor/service-limits, learn.microsoft.com/azure/azure-monitor/logs/api/timeouts)",
                bytes: Some(64 << 20),
            },
            Self::Adx => Limits {
                words: "an answer has at most 500,000 rows and 64 MB, and takes at most 4 minutes unless asked otherwise \
                        (learn.microsoft.com/azure/kusto/concepts/querylimits)",
                bytes: Some(64 << 20),
            },
            Self::Xdr => Limits {
                words: "an answer has at most 100,000 rows of the last 30 days, and takes at most 3 minutes; 45 calls a minute \
                        (learn.microsoft.com/defender-xdr/api-advanced-hunting)",
                bytes: Some(32 << 20),
            },
            Self::ClickHouse => {
                Limits { words: "the interface has no limits but those of the server's settings", bytes: None }
            }
        }
    }

    fn sources(self) -> &'static [Source] {
        if self == Self::Xdr { &OF_DEFENDER } else { &SOURCES }
    }

    /// The shell function that asks one query and prints the rows.
    fn ask(self) -> &'static str {
        match self {
            Self::Sentinel => {
                "# The id of the workspace, a GUID, as `az monitor log-analytics workspace show --query customerId` prints it.\n\
                 : \"${WORKSPACE:?set it to the id of the workspace}\"\n\
                 ask() { az monitor log-analytics query --workspace \"$WORKSPACE\" --analytics-query \"$1\" --output json </dev/null; }\n"
            }
            Self::Adx => {
                "# The cluster, as https://NAME.REGION.kusto.windows.net, and the database.\n\
                 : \"${CLUSTER:?set it to the address of the cluster}\" \"${DATABASE:?set it to the name of the database}\"\n\
                 ask() {\n  jq -n --arg db \"$DATABASE\" --arg csl \"$1\" '{db: $db, csl: $csl}' |\n    \
                 az rest --method post --url \"$CLUSTER/v1/rest/query\" --resource \"$CLUSTER\" --headers Content-Type=application/json --body @-\n}\n"
            }
            Self::Xdr => {
                "ask() {\n  jq -n --arg query \"$1\" '{Query: $query}' |\n    \
                 az rest --method post --url https://graph.microsoft.com/v1.0/security/runHuntingQuery \
                 --headers Content-Type=application/json --body @- | jq -c '.results[]'\n}\n"
            }
            Self::ClickHouse => {
                "# Options of clickhouse-client, such as --host and --user, and the database.\n\
                 ask() { clickhouse-client ${CLICKHOUSE_OPTIONS:-} --date_time_output_format iso --format JSONEachRow --query \"$1\" </dev/null; }\n"
            }
        }
    }
}

/// A script for the rows of some users in a period. It prints what it fetches.
///
/// `slice` is the length of the slices of time; without one they are as long as the engine's limits bear. `only` names
/// tables; without any, those of all that are read.
pub fn collect(
    subject: &Subject,
    (from, to): (Time, Time),
    slice: Option<Span>,
    target: Target,
    only: &[Table],
) -> String {
    let (language, limits) = (target.language(), target.limits());
    let length = slice.unwrap_or_else(|| length(subject.users.len(), to.since(from), limits.bytes));
    let slices = slices(from, to, length);
    let mut out = String::from("#!/bin/sh\n");
    let mut comment = |text: &str| {
        let _ = writeln!(out, "# {text}");
    };
    comment(&format!("Fetches what tokentrail needs on {} from {}.", subject_words(subject), target.words()));
    comment("Run it, and look at what it fetches while it does:");
    comment("    sh collect.sh | tokentrail -          or, to keep the rows:     sh collect.sh >rows.json");
    comment(&format!("Limits: {}.", limits.words));
    if limits.bytes.is_some() {
        comment(&format!(
            "Each query asks for {}, by 5 MB a user and day. A query over a limit fails and says so: take --slice for less.",
            slices.first().map_or(LONGEST, |(from, to)| to.since(*from)).threshold()
        ));
    }
    comment(
        "Rows of others are not fetched: whether many users share an address or a client, `tokentrail query scope` asks.",
    );
    out += "set -eu\n";
    out += target.ask();
    out += "SLICES='\n";
    for (from, to) in &slices {
        let _ = writeln!(out, "{from} {to}");
    }
    out += "'\n";
    out += match language {
        Language::Kql => FETCH_KQL,
        Language::Sql => FETCH_SQL,
    };
    let is_wanted = |source: &&Source| only.is_empty() || only.contains(&source.table);
    for source in target.sources().iter().filter(is_wanted) {
        let _ = writeln!(out, "\nfetch {} <<'QUERY'", source.name);
        out += &query(source, subject, target);
        out += "QUERY\n";
    }
    out
}

const FETCH_KQL: &str = "\
# Asks the query that comes in, for each slice of time.
fetch() {
  query=$(cat)
  printf '%s' \"$SLICES\" | while read -r from to; do
    [ -n \"$from\" ] || continue
    echo \"$1 $from\" >&2
    ask \"let From = datetime($from); let To = datetime($to);
$query\"
  done
}
";

const FETCH_SQL: &str = "\
# Asks the query that comes in, for each slice of time.
fetch() {
  query=$(cat)
  printf '%s' \"$SLICES\" | while read -r from to; do
    [ -n \"$from\" ] || continue
    echo \"$1 $from\" >&2
    ask \"WITH parseDateTime64BestEffort('$from', 7, 'UTC') AS From, parseDateTime64BestEffort('$to', 7, 'UTC') AS To,
$query\"
  done
}
";

fn subject_words(subject: &Subject) -> String {
    crate::model::words::counted(subject.users.len(), "name") + " of users"
}

/// The longest slice whose rows of so many users stay under half the bytes of an answer, in whole hours.
fn length(users: usize, period: Span, bytes: Option<i64>) -> Span {
    let Some(bytes) = bytes else { return period };
    let a_day = i64::try_from(users.max(1)).unwrap_or(i64::MAX).saturating_mul(PER_USER_AND_DAY);
    let hours = (bytes / 2).saturating_mul(24) / a_day;
    Span::from_ticks(hours.saturating_mul(SHORTEST.ticks())).clamp(SHORTEST, LONGEST)
}

/// The slices of a period.
fn slices(from: Time, to: Time, length: Span) -> Vec<(Time, Time)> {
    let mut found = Vec::new();
    let mut at = from;
    while at < to {
        let end = at.plus(length).min(to);
        found.push((at, end));
        at = end;
    }
    found
}

/// The query for one table, from `From` on and before `To`.
fn query(source: &Source, subject: &Subject, target: Target) -> String {
    let language = target.language();
    let users = language.texts(&subject.users);
    let columns = read_by_loader(source.name, source.table);
    let Source { name, time, .. } = source;
    match language {
        Language::Kql => {
            let names = names_kql(target);
            let columns = columns.join(", ");
            format!(
                "let Users = {users};\n{names}{name}\n| where {time} >= From and {time} < To\n| where {}\n| project {columns}\n",
                source.kql
            )
        }
        Language::Sql => {
            let columns: Vec<String> =
                columns.into_iter().filter(|column| *column != "Type").map(|c| format!("`{c}`")).collect();
            format!(
                "{users} AS Users,\n    {NAMES_SQL} AS Names\nSELECT '{name}' AS Type, {}\nFROM {name}\nWHERE {time} >= From AND {time} < To\n    AND ({})\n",
                columns.join(", "),
                source.sql
            )
        }
    }
}

/// The ids and names that sign-ins give the users, each by the other.
fn names_kql(target: Target) -> &'static str {
    match target {
        Target::Xdr => {
            "let Known =\n    EntraIdSignInEvents\n    | where Timestamp >= From - 7d and Timestamp < To + 7d\n    | where AccountObjectId in~ (Users) or AccountUpn in~ (Users)\n    | project Name = pack_array(AccountObjectId, AccountUpn);\nlet Names = toscalar(\n    union Known, (print Name = Users)\n    | mv-expand Name to typeof(string)\n    | where isnotempty(Name)\n    | summarize make_set(tolower(Name)));\n"
        }
        Target::Sentinel | Target::Adx | Target::ClickHouse => {
            "let Known =\n    union (SigninLogs | project TimeGenerated, UserId, UserPrincipalName), (AADNonInteractiveUserSignInLogs | project TimeGenerated, UserId, UserPrincipalName)\n    | where TimeGenerated >= From - 7d and TimeGenerated < To + 7d\n    | where UserId in~ (Users) or UserPrincipalName in~ (Users)\n    | project Name = pack_array(UserId, UserPrincipalName);\nlet Names = toscalar(\n    union Known, (print Name = Users)\n    | mv-expand Name to typeof(string)\n    | where isnotempty(Name)\n    | summarize make_set(tolower(Name)));\n"
        }
    }
}

const NAMES_SQL: &str = "(\n        SELECT arrayDistinct(arrayConcat(Users, groupUniqArrayArray(arrayFilter(name -> name != '', [lower(ifNull(UserId, '')), lower(ifNull(UserPrincipalName, ''))]))))\n        FROM (SELECT TimeGenerated, UserId, UserPrincipalName FROM SigninLogs UNION ALL SELECT TimeGenerated, UserId, UserPrincipalName FROM AADNonInteractiveUserSignInLogs)\n        WHERE TimeGenerated >= From - toIntervalDay(7) AND TimeGenerated < To + toIntervalDay(7)\n            AND (has(Users, lower(ifNull(UserId, ''))) OR has(Users, lower(ifNull(UserPrincipalName, ''))))\n    )";

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    #[test]
    fn slices_cover_the_period_and_stay_small() {
        let (from, to) = (time("2026-04-01"), time("2026-05-01T12:00:00Z"));
        for users in [1, 7, 5000] {
            let slices = slices(from, to, length(users, to.since(from), Some(64 << 20)));
            assert_eq!((slices.first().unwrap().0, slices.last().unwrap().1), (from, to));
            assert!(slices.windows(2).all(|pair| pair[0].1 == pair[1].0));
            assert!(slices.iter().all(|(from, to)| to.since(*from) <= LONGEST));
        }
        assert_eq!(slices(from, to, length(1, to.since(from), None)), [(from, to)]);
        assert_eq!(slices(from, from.plus(Span::minutes(90)), length(5000, Span::DAY, Some(64 << 20))).len(), 2);
    }

    #[test]
    fn hostile_names_end_no_query_and_no_script() {
        let subject = Subject::of_users(["x'; rm -rf /\nQUERY\n$(id) `id` \") | take 0 //".to_owned()]);
        for target in [Target::Sentinel, Target::Adx, Target::Xdr, Target::ClickHouse] {
            let script = collect(&subject, (time("2026-05-01"), time("2026-05-02")), None, target, &[]);
            assert_eq!(script.lines().filter(|line| *line == "QUERY").count(), target.sources().len(), "{script}");
            assert!(!script.lines().any(|line| line.starts_with("$(id)")));
        }
    }
}
