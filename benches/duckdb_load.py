"""Loads the benchmark's rows with DuckDB: the fields that tokentrail keeps, or twelve columns. See README.md."""

import json
import resource
import sys
import time

import duckdb

SIGN_IN = (
    "TimeGenerated CreatedDateTime Id CorrelationId UserId UserPrincipalName UserDisplayName Identity AppId "
    "AppDisplayName ResourceIdentity ResourceDisplayName IPAddress AutonomousSystemNumber UserAgent ResultType "
    "ResultDescription AuthenticationProtocol OriginalTransferMethod IncomingTokenType SessionId "
    "UniqueTokenIdentifier HomeTenantId ResourceTenantId DeviceDetail LocationDetails Location ClientAppUsed "
    "AuthenticationProcessingDetails TokenProtectionStatusDetails UserType ConditionalAccessStatus "
    "AuthenticationRequirement RiskLevelDuringSignIn"
).split()
GRAPH = (
    "TimeGenerated RequestId OperationId UserId AppId IPAddress UserAgent SignInActivityId SessionId DeviceId "
    "Location RequestMethod RequestUri ResponseStatusCode Scopes"
).split()

TWELVE = (
    "TimeGenerated UserPrincipalName AppId AppDisplayName ResourceDisplayName ResultType IPAddress UniqueTokenIdentifier",
    "TimeGenerated SignInActivityId IPAddress RequestUri",
)

# The published hunt on what was loaded, so that both programs have done the same work at the end.
HUNT = """
SELECT count(*) FROM (
  SELECT UserPrincipalName, AppId, AppDisplayName, time_bucket(INTERVAL 10 MINUTE, TimeGenerated) AS bin
  FROM signins WHERE ResultType = '0' AND AppId IN ('04b07795-8ddb-461a-bbee-02f9e1bf7b46')
  GROUP BY ALL HAVING count(DISTINCT ResourceDisplayName) >= 3)
"""


def load(connection, table, path, fields):
    times = {"TimeGenerated", "CreatedDateTime"}
    columns = ", ".join(f"'{field}': '{'TIMESTAMP' if field in times else 'VARCHAR'}'" for field in fields)
    connection.execute(
        f"CREATE TABLE {table} AS SELECT * FROM read_json('{path}', format='newline_delimited', "
        f"columns={{{columns}}}, maximum_object_size=67108864)"
    )


def main():
    folder, threads = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2
    is_whole = len(sys.argv) <= 3 or sys.argv[3] == "all"
    sign_in, graph = (SIGN_IN, GRAPH) if is_whole else [columns.split() for columns in TWELVE]
    start = time.perf_counter()
    connection = duckdb.connect(config={"threads": threads})
    load(connection, "signins", f"{folder}/signins.ndjson", sign_in)
    load(connection, "graph", f"{folder}/graph.ndjson", graph)
    hits = connection.execute(HUNT).fetchone()[0]
    seconds = time.perf_counter() - start
    rows = connection.execute("SELECT (SELECT count(*) FROM signins) + (SELECT count(*) FROM graph)").fetchone()[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": round(seconds, 3), "rows": rows, "hits": hits, "peak_kib": peak}))


if __name__ == "__main__":
    main()
