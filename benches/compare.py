"""Runs the load benchmark and DuckDB in turns and prints the ratios. See README.md."""

import json
import pathlib
import statistics
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent


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


def main():
    folder, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ours, theirs = bench(), python()
    pairs = []
    for _ in range(rounds):
        a = run(ours, "read", "--threads", "2", folder)
        b = run(theirs, HERE / "duckdb_load.py", folder, "2")
        assert a["rows"] == b["rows"], "both must read the same rows"
        pairs.append((a, b))
        per_event = a["peak_kib"] * 1024 / a["rows"]
        loaded = a["peak_kib_loaded"] * 1024 / a["rows"]
        print(
            f"tokentrail {a['seconds']:.3f} s, {a['peak_kib'] // 1024} MiB ({per_event:.0f} B an event, {loaded:.0f} loaded),"
            f" {a['share_of_analytics']:.0%} analytics"
            f" | duckdb {b['seconds']:.3f} s, {b['peak_kib'] // 1024} MiB | ratio {b['seconds'] / a['seconds']:.2f}"
        )
    ratios = [b["seconds"] / a["seconds"] for a, b in pairs]
    print(f"median ratio {statistics.median(ratios):.2f} (above 1: tokentrail is faster), best {max(ratios):.2f}, worst {min(ratios):.2f}")


if __name__ == "__main__":
    main()
