#!/usr/bin/env python3
"""Bombs at full size against a release build: each must end in a sentence, within seconds and half a gigabyte.

    cargo build --release --locked && python3 benches/bombs.py target/release/tokentrail [FOLDER]

Prints seconds, peak memory and what was said of each; ends with 1 when one takes too long or too much.
"""

import gzip
import io
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zipfile

ROW = b'{"Type":"SigninLogs","TimeGenerated":"2026-05-01T00:00:00Z","Id":"i","AppId":"a","UserId":"u","ResultType":"0"}'
SECONDS, MIB = 20, 500


def packed(path, block, count):
    with gzip.open(path, "wb", compresslevel=9) as out:
        out.write(ROW + b"\n")
        for _ in range(count):
            out.write(block)


def zeros(path):
    packed(path, bytes(1 << 20), 1024)


def blanks(path):
    packed(path, b"\n" * (1 << 20), 1024)


def nested(path):
    inner = b"x"
    for _ in range(10_000):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("in.zip", inner)
        inner = out.getvalue()
    open(path, "wb").write(inner)


def many_zips(path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("rows.json", ROW)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10_000):
            archive.writestr(f"{number}.zip", inner.getvalue())


def one_line(path):
    with open(path, "wb") as out:
        out.write(b'{"TimeGenerated":"')
        out.truncate(4 << 30)


def one_packed_line(path):
    with open(path, "wb") as out:
        line = gzip.compress(b"x" * (16 << 20), 1)
        out.write(gzip.compress(ROW + b'\n{"TimeGenerated":"'))
        for _ in range(256):
            out.write(line)


def deep(path):
    open(path, "wb").write(b"[" + ROW + b',{"x":' + b"[" * 200_000 + b"]" * 200_000 + b"}," + ROW + b"]")


def deep_line(path):
    open(path, "wb").write(ROW + b'\n{"x":' + b"[" * 200_000 + b"]" * 200_000 + b"}\n" + ROW + b"\n")


def members(path):
    """A million empty members, written by hand: the library would take minutes."""
    with open(path, "wb") as out:
        directory = io.BytesIO()
        for number in range(1_000_000):
            name = b"%d.json" % number
            offset = out.tell()
            out.write(struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name)
            directory.write(
                struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, offset)
                + name
            )
        start, size = out.tell(), len(directory.getvalue())
        out.write(directory.getvalue())
        end64 = out.tell()
        out.write(struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1_000_000, 1_000_000, size, start))
        out.write(struct.pack("<4sIQI", b"PK\x06\x07", 0, end64, 1))
        out.write(struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))


BOMBS = {
    "zeros.gz": zeros,
    "blanks.gz": blanks,
    "nested.zip": nested,
    "zips.zip": many_zips,
    "line.json": one_line,
    "line.json.gz": one_packed_line,
    "deep.json": deep,
    "deep.ndjson": deep_line,
    "members.zip": members,
}


def main():
    binary = os.path.abspath(sys.argv[1])
    folder = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp()
    bad = 0
    for name, make in BOMBS.items():
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            make(path)
        began = time.monotonic()
        child = subprocess.Popen([binary, "info", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = child.communicate()
        took = time.monotonic() - began
        # The largest child so far: sound for a limit, since each stays below it.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        said = [line for line in (out + err).decode().splitlines() if "--max" in line or "nested deeper" in line]
        # Ten thousand small archives are no bomb: they are read.
        said = said or [line for line in out.decode().splitlines() if "10000 rows read" in line]
        print(f"{name:14} {took:6.2f} s  peak so far {peak:4} MiB  {' '.join((said or ['-'])[0].split())[:150]}")
        bad += took > SECONDS or peak > MIB or not said
    return 1 if bad else 0


sys.exit(main())
