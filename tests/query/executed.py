"""Runs the queries of each case by a real ClickHouse and compares their rows with the hits that scan finds.

    python tests/query/executed.py FOLDER

FOLDER/texts holds queries on a case and for what a bundle needs, with hostile values: the engine must take them, and read
the values as they are. FOLDER/cases holds a folder for each case: rows.jsonl, and for each analytic and semantics the query (.sql and .kql) and the rows
it must give (.json); `cargo test` writes them. The published queries in KQL are run too, by ClickHouse's own reading of
that language: ADAPTED says what is changed for it. It has no `scan` and no functions, so the others in KQL are only
parsed (kql.mjs).
"""

import csv
import json
import pathlib
import re
import sys
from collections import Counter

from chdb import session

HERE = pathlib.Path(__file__).parent
TYPES = {
    "datetime": "Nullable(DateTime64(7, 'UTC'))",
    "bool": "Nullable(Bool)",
    "int": "Nullable(Int32)",
    "long": "Nullable(Int64)",
    "real": "Nullable(Float64)",
}
OF_DEFENDER = {"EntraIdSignInEvents", "GraphApiAuditEvents", "CloudAppEvents"}


def tables():
    """The tables of the list of columns, each as {column: ClickHouse type}."""
    found = {}
    with open(HERE / "../../assets/query/columns.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["table"] not in OF_DEFENDER:
                kind = TYPES.get(row["type"], "Nullable(String)")
                if row["column"] == "ResponseStatusCode":
                    kind = "Nullable(String)"  # the cases have odd ones
                if row["column"] == "TimeGenerated":
                    kind = "DateTime64(7, 'UTC')"
                found.setdefault(row["table"], {})[row["column"]] = kind
    return found


def plain(value):
    """A value as it is compared: lists are sets, numbers are numbers, a time has seven digits."""
    if isinstance(value, list):
        return tuple(sorted({str(item) for item in value}))
    if isinstance(value, str):
        time = re.fullmatch(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?Z?", value)
        if time:
            return f"{time[1]} {time[2]}.{(time[3] or '.')[1:]:0<7}"
        return value
    if value is None:
        return ""
    return int(value)


def lines(rows, columns):
    return Counter(tuple((name, plain(row.get(name))) for name in columns) for row in rows)


TWICE = ["AuthenticationProcessingDetails", "DeviceDetail", "ResultDescription", "IncomingTokenType", "ResourceIdentity"]

# The published queries in KQL, as ClickHouse's own reading of that language takes them: what is changed for it, as
# (pattern, replacement, why). Lists of ids are written in where they are used, as it takes no list by its name.
ADAPTED = [
    (r"//[^\n]*\n", "\n", "comments"),
    (r"let CIDRASN = .*?;\n", "", "externaldata: it fetches nothing"),
    (r"\| evaluate ipv4_lookup\([^\n]*\n", "", "ipv4_lookup, and what comes of it"),
    (r"\| extend ASN = [^\n]*?(;?)\n", r"\1\n", "ipv4_lookup, and what comes of it"),
    (r"ASNs\s*=[^\n]*\n", "", "ipv4_lookup, and what comes of it"),
    (r"IPs, ASNs, UserAgents", "IPs, UserAgents", "ipv4_lookup, and what comes of it"),
    (
        r"SecondAppId = AppId\n",
        "SecondAppId = AppId, " + ", ".join(f"{name}1 = {name}" for name in TWICE) + "\n",
        "columns of one name on both sides of a join: it calls the second otherwise",
    ),
    (r"materialize\((.*?)\n\);", r"\1;", "materialize"),
]
# Columns of the published queries in KQL that are not compared: the join with Graph calls multiplies this count, and scan
# prints that of sign-ins.
MULTIPLIED = {"SignInCount"}


def adapted(text):
    for pattern, replacement, _ in ADAPTED:
        text = re.sub(pattern, replacement, text, flags=re.S if "materialize" in pattern or "CIDRASN =" in pattern else 0)
    for name, items in re.findall(r"let (\w+) = dynamic\(\[(.*?)\]\);", text):
        text = re.sub(rf"let {name} = [^\n]*\n", "", text)
        text = re.sub(rf"\bin \({name}\)", f"in ({items})", text)
    return text


class Engine:
    """A ClickHouse with the tables of Log Analytics: `log`, whose columns may be null, and `plain`, whose texts may not,
    as in KQL."""

    def __init__(self):
        self.session = session.Session()
        self.tables = tables()
        self.session.query("SET allow_experimental_kusto_dialect = 1")
        for database in ("log", "plain"):
            self.session.query(f"CREATE DATABASE {database}")
            for name, columns in self.tables.items():
                kinds = {
                    column: "String" if database == "plain" and kind == "Nullable(String)" else kind
                    for column, kind in columns.items()
                }
                listed = ", ".join(f"`{column}` {kind}" for column, kind in kinds.items())
                self.session.query(f"CREATE TABLE {database}.{name} ({listed}) ENGINE = MergeTree ORDER BY TimeGenerated")

    def is_of_log_analytics(self, path):
        """Whether a file is JSON lines that name their table."""
        with open(path, encoding="utf-8") as file:
            first = file.readline()
        return first.startswith("{") and json.loads(first).get("Type") in self.tables

    def load(self, *paths):
        """Puts the rows of files in place of those before. Of a nested value the tables hold the JSON."""
        rows = {}
        for line in (line for path in paths for line in path.read_text(encoding="utf-8").split("\n") if line):
            row = json.loads(line)
            row = {name: json.dumps(value) if isinstance(value, (dict, list)) else value for name, value in row.items()}
            rows.setdefault(row["Type"], []).append(json.dumps(row))
        for database in ("log", "plain"):
            for name in self.tables:
                self.session.query(f"TRUNCATE TABLE {database}.{name}")
                if name in rows:
                    text = "\n".join(rows[name])
                    self.session.query(
                        f"INSERT INTO {database}.{name} SETTINGS input_format_skip_unknown_fields=1, "
                        f"input_format_null_as_default=1, date_time_input_format='best_effort' FORMAT JSONEachRow {text}"
                    )

    def sql(self, query):
        self.session.query("USE log")
        return self.rows(query)

    def kusto(self, query):
        self.session.query("USE plain")
        self.session.query("SET dialect = 'kusto'")
        try:
            return self.rows(adapted(query))
        finally:
            self.session.query("SET dialect = 'clickhouse'")

    def rows(self, query):
        out = str(self.session.query(query, "JSONEachRow"))
        return [json.loads(line) for line in out.split("\n") if line]


def refused(engine, texts):
    """Queries with hostile values that the engine refuses, or whose values it reads as others."""
    hostile = json.loads((texts / "hostile.json").read_text(encoding="utf-8"))
    wrong, run = 0, 0
    for path in sorted([*texts.glob("case-*.sql"), *texts.glob("collect-*.sql")]):
        text = path.read_text(encoding="utf-8")
        run += 1
        try:
            engine.sql(text)
            users = re.search(r"(CAST\(\[.*?\] AS Array\(String\)\)) AS Users", text)[1]
            read = engine.sql(f"SELECT {users} AS Users")[0]["Users"]
            if read != hostile:
                raise ValueError(f"reads {read}")
        except Exception as error:
            print(f"{path.name}: {str(error)[:600]}")
            wrong += 1
    print(f"{run} queries with hostile values, {wrong} wrong")
    return wrong + (run == 0)


def main():
    folder = pathlib.Path(sys.argv[1])
    engine = Engine()
    wrong, found = refused(engine, folder / "texts"), Counter()
    for case in sorted((folder / "cases").iterdir()):
        engine.load(case / "rows.jsonl")
        for path in sorted(case.glob("*.sql")) + sorted(case.glob("*.published.kql")):
            expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            run = engine.kusto if path.suffix == ".kql" else engine.sql
            try:
                rows = run(path.read_text(encoding="utf-8"))
            except Exception as error:  # what the engine refuses is a fault of the query
                print(f"{case.name} {path.name}: {str(error)[:600]}")
                wrong += 1
                continue
            # Where nothing is expected, the number of rows is compared.
            columns = [name for name in (expected[0] if expected else []) if path.suffix == ".sql" or name not in MULTIPLIED]
            found[path.name] += len(expected)
            want, got = lines(expected, columns), lines(rows, columns)
            if want != got:
                wrong += 1
                print(f"{case.name} {path.name}: {len(expected)} expected, {len(rows)} found")
                for word, rest in (("scan", want - got), ("engine", got - want)):
                    for line in list(rest)[:3]:
                        print(f"  only {word}: {dict(line)}")
    for name, hits in sorted(found.items()):
        print(f"{name}: {hits} hits compared")
    print(f"{wrong} queries differ")
    sys.exit(1 if wrong or not found or min(found.values()) == 0 else 0)


if __name__ == "__main__":
    main()
