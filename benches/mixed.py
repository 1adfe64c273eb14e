#!/usr/bin/env python3
"""Turns generated rows into the folder a customer sends: .json, .json.gz and .csv, file by file.

    cargo bench --bench load -- generate DIR 460000 846000
    python3 benches/mixed.py DIR MIXED
"""

import csv
import gzip
import itertools
import json
import os
import sys

LINES = 20_000


def main():
    source, target = sys.argv[1:3]
    os.makedirs(target, exist_ok=True)
    kinds = itertools.cycle(["json", "gz", "json", "csv"])
    for name in sorted(os.listdir(source)):
        with open(os.path.join(source, name), "rb") as rows:
            for part in itertools.count():
                lines = list(itertools.islice(rows, LINES))
                if not lines:
                    break
                stem = os.path.join(target, f"{name.split('.')[0]}-{part:04}")
                kind = next(kinds)
                if kind == "gz":
                    with gzip.open(stem + ".json.gz", "wb", compresslevel=1) as out:
                        out.writelines(lines)
                elif kind == "csv":
                    records = [json.loads(line) for line in lines]
                    with open(stem + ".csv", "w", newline="", encoding="utf-8") as out:
                        table = csv.DictWriter(out, list(records[0]), extrasaction="ignore")
                        table.writeheader()
                        for record in records:
                            text = {k: v if isinstance(v, str) else json.dumps(v) for k, v in record.items() if v is not None}
                            table.writerow(text)
                else:
                    with open(stem + ".json", "wb") as out:
                        out.writelines(lines)
    print(sum(os.path.getsize(os.path.join(target, name)) for name in os.listdir(target)), "bytes in", target)


main()
