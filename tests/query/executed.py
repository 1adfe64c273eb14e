"""Runs the queries of each case by a real ClickHouse and compares their rows with the hits that scan finds.

    python tests/query/executed.py CASES [--kusto]

CASES holds a folder for each case: rows.jsonl, and for each analytic and semantics the query (.sql and .kql) and the rows
it must give (.json); `cargo test` writes them. With --kusto the published queries in KQL are run too, by ClickHouse's own
reading of that language, as far as it goes: ADAPTED says what is changed for it.
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


class Engine:
    """A ClickHouse with the tables of Log Analytics."""

    def __init__(self):
        self.session = session.Session()
        self.tables = tables()
        for name, columns in self.tables.items():
            listed = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
            self.session.query(f"CREATE TABLE {name} ({listed}) ENGINE = MergeTree ORDER BY TimeGenerated")

    def load(self, path):
        for name in self.tables:
            self.session.query(f"TRUNCATE TABLE {name}")
        rows = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows.setdefault(row["Type"], []).append(line)
        for name, found in rows.items():
            if name in self.tables:
                text = "\n".join(found)
                self.session.query(
                    f"INSERT INTO {name} SETTINGS input_format_skip_unknown_fields=1, date_time_input_format='best_effort' "
                    f"FORMAT JSONEachRow {text}"
                )

    def rows(self, query):
        out = str(self.session.query(query, "JSONEachRow"))
        return [json.loads(line) for line in out.splitlines() if line]


def main():
    folder = pathlib.Path(sys.argv[1])
    engine = Engine()
    wrong, run, found = 0, 0, Counter()
    for case in sorted(folder.iterdir()):
        engine.load(case / "rows.jsonl")
        for path in sorted(case.glob("*.sql")):
            expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            run += 1
            try:
                rows = engine.rows(path.read_text(encoding="utf-8"))
            except Exception as error:  # what the engine refuses is a fault of the query
                print(f"{case.name} {path.name}: {str(error)[:600]}")
                wrong += 1
                continue
            # Where nothing is expected, the number of rows is compared.
            columns = list(expected[0]) if expected else []
            found[path.stem] += len(expected)
            want, got = lines(expected, columns), lines(rows, columns)
            if want != got:
                wrong += 1
                print(f"{case.name} {path.name}: {len(expected)} expected, {len(rows)} found")
                for word, rest in (("scan", want - got), ("engine", got - want)):
                    for line in list(rest)[:3]:
                        print(f"  only {word}: {dict(line)}")
    print(f"{run} queries in SQL run, {wrong} differ; hits compared: {dict(found)}")
    sys.exit(1 if wrong or not run or min(found.values()) == 0 else 0)


main()
