"""Measures the load benchmark, DuckDB and plain reading in shuffled turns and prints the table of README.md."""

import argparse
import gzip
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
OURS = "tokentrail"


def python():
    """A Python that has duckdb."""
    folder = HERE / ".venv"
    program = folder / "bin" / "python"
    if not program.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([program, "-m", "pip", "-q", "install", "duckdb"], check=True)
    return program


def bench():
    """The built benchmark."""
    built = subprocess.run(
        ["cargo", "bench", "--bench", "load", "--no-run", "--message-format=json"],
        cwd=HERE.parent, check=True, capture_output=True, text=True,
    )
    messages = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "load")


def run(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def read_through(paths):
    """One thread, one buffer: nothing that reads the files is faster."""
    buffer = bytearray(1 << 20)
    start = time.perf_counter()
    for path in paths:
        file = os.open(path, os.O_RDONLY)
        while os.readv(file, [buffer]):
            pass
        os.close(file)
    return {"seconds": time.perf_counter() - start}


def packed(folder):
    """The files of a folder, each packed with gzip beside it, once."""
    target = folder.with_name(folder.name + "-gz")
    target.mkdir(exist_ok=True)
    for path in sorted(folder.iterdir()):
        packed = target / (path.name + ".gz")
        if not packed.exists():
            with path.open("rb") as rows, gzip.open(packed, "wb", compresslevel=6) as out:
                shutil.copyfileobj(rows, out, 1 << 20)
    return target


def ways(folder, acts):
    """Name of each way, and what measures it."""
    ours, theirs, cores = bench(), python(), os.cpu_count()
    rows = sorted(str(path) for path in folder.iterdir())
    duckdb = lambda columns: lambda: run(theirs, HERE / "duckdb_load.py", folder, "2", columns)
    read = lambda *paths, threads=2, more=(): lambda: run(ours, "read", "--threads", str(threads), *more, *paths)
    found = {
        OURS: read(folder),
        "tokentrail, hashing": read(folder, more=["--hash"]),
        "DuckDB, same fields": duckdb("all"),
        "DuckDB, twelve columns": duckdb("twelve"),
        "read(), one thread": lambda: read_through(rows),
    }
    if cores > 2:
        found[f"tokentrail, {cores} threads"] = read(folder, threads=cores)
    gz = packed(folder)
    found["tokentrail, gzip"] = read(gz)
    found["gzip unpacked alone"] = lambda: run(ours, "unpack", *sorted(str(path) for path in gz.iterdir()))
    if acts:
        found["sign-ins alone"] = read(folder / "signins.ndjson")
        for path in sorted(acts.iterdir()):
            found[path.name] = read(path)
    return found


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=pathlib.Path, help="rows that `load generate` wrote")
    words.add_argument("rounds", type=int, nargs="?", default=9)
    words.add_argument("--acts", type=pathlib.Path, help="rows that `load generate-acts` wrote")
    args = words.parse_args()
    found, turns = ways(args.folder, args.acts), []
    for turn in range(args.rounds):
        order = list(found)
        random.shuffle(order)
        turns.append({name: found[name]() for name in order})
        print(f"turn {turn + 1} of {args.rounds}", file=sys.stderr)
    rows = turns[0][OURS]["rows"]
    assert all(turn[name]["rows"] == rows for turn in turns for name in turn if name.startswith("DuckDB")), \
        "both must read the same rows"
    print("| | s, median (least) | MiB | B an event | times tokentrail | MB/s |\n|---|---|---|---|---|---|")
    for name in found:
        seconds = [turn[name]["seconds"] for turn in turns]
        ratio = statistics.median(turn[name]["seconds"] / turn[OURS]["seconds"] for turn in turns)
        peaks = [turn[name].get("peak_kib") for turn in turns]
        peak = statistics.median(peaks) if all(peaks) else None
        size, events = turns[0][name].get("bytes"), turns[0][name].get("rows")
        cells = [
            name,
            f"{statistics.median(seconds):.2f} ({min(seconds):.2f})",
            f"{peak / 1024:.0f}" if peak else "",
            f"{peak * 1024 / events:.0f}" if peak and events else "",
            f"{ratio:.2f}",
            f"{size / 1e6 / statistics.median(seconds):.0f}" if size else "",
        ]
        print("| " + " | ".join(cells) + " |")
    ours = [turn[OURS] for turn in turns]
    share = statistics.median(run["share_of_analytics"] for run in ours)
    loaded = statistics.median(run["peak_kib_loaded"] for run in ours) * 1024 / rows
    print(f"\n{rows} rows, {ours[0]['hits']} hits; analytics {share:.0%} of the time; {loaded:.0f} B an event loaded")


if __name__ == "__main__":
    main()
