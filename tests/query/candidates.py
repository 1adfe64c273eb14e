"""Holds the queries that find candidates against scan: none of its hits may lie outside them.

    python tests/query/candidates.py TOKENTRAIL BUNDLES

BUNDLES holds folders of bundles whose files are JSON lines of Log Analytics, as `cargo run --example unseen -- --write`
makes them; others are left out. Each bundle is loaded into a real ClickHouse, the query of each analytic is run there, and
each hit of `scan` must have a row of the same user whose span meets its own.
"""

import json
import pathlib
import subprocess
import sys
from collections import Counter

from executed import Engine, plain

SPAN = ["--since", "2020-01-01", "--until", "2040-01-01"]


def said(program, *arguments):
    done = subprocess.run([program, *arguments, "--config", "/dev/null", "-q"], capture_output=True, text=True, check=True)
    return done.stdout


def candidates_of(program, engine):
    """The ids of the analytics whose query finds candidates, with what it finds."""
    for analytic in json.loads(said(program, "list", "--format", "json")):
        text = said(program, "query", analytic["Id"], "--target", "clickhouse", *SPAN)
        if "Finds: candidates" in text:
            yield analytic["Id"], engine.sql(text)


def meets(row, hit):
    """Whether a row is of the hit's user, and its span meets the hit's."""
    names = {str(row.get(name) or "").lower() for name in ("UserId", "UserPrincipalName", "User")} - {""}
    users = {str(hit.get(name) or "").lower() for name in ("UserId", "UserPrincipalName")} - {""}
    return names & users and plain(row["FirstSeen"]) <= plain(hit["LastSeen"]) and plain(hit["FirstSeen"]) <= plain(row["LastSeen"])


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    engine = Engine()
    lost, hits, rows, read = 0, Counter(), Counter(), 0
    for bundle in sorted(folder.iterdir()):
        files = sorted((bundle / "logs").iterdir())
        if not all(path.is_file() and engine.is_of_log_analytics(path) for path in files):
            continue
        read += 1
        engine.load(*files)
        found = [json.loads(line) for line in said(program, "scan", str(bundle / "logs"), "--format", "jsonl").split("\n") if line]
        for analytic, candidates in candidates_of(program, engine):
            rows[analytic] += len(candidates)
            for hit in (hit for hit in found if hit["Analytic"] == analytic):
                hits[analytic] += 1
                if not any(meets(row, hit) for row in candidates):
                    lost += 1
                    print(f"{bundle.name} {analytic}: no candidate for {hit['UserPrincipalName']} {hit['FirstSeen']} {hit['LastSeen']}: {hit['Reasons']}")
    for analytic in sorted(rows):
        print(f"{analytic}: {hits[analytic]} hits among {rows[analytic]} candidates")
    print(f"{read} bundles, {lost} hits outside")
    sys.exit(1 if lost or not read or not sum(hits.values()) else 0)


main()
