"""Detects, collects, loads and shows at scale: sign-ins generated inside ClickHouse, seconds for each step.

    python benches/scale.py PROGRAM FOLDER ROWS...

Needs the package chdb (tests/query/requirements.txt) and about 190 MB of disk in FOLDER for each million rows. The rows
are of thirty days, a hundred a day and user, one in four by a client whose bursts are watched; one theft is planted on
the twentieth day. Each step is timed as the wall clock has it; `first screen` is the program with what was collected, on
a terminal, until it shows an incident.
"""

import os
import pathlib
import pty
import re
import resource
import select
import shutil
import struct
import subprocess
import sys
import time
import fcntl
import termios

from chdb import session

sys.path.insert(0, str(pathlib.Path(__file__).parent / "../tests/query"))
import executed  # noqa: E402

DAYS = 30
START = "2026-04-01"
THEFT = "2026-04-20"
AFTER = "2026-04-21"
END = "2026-05-01"
VICTIM = "user-7@contoso.com"
TABLE = "AADNonInteractiveUserSignInLogs"
# One in four is of a watched client; the rest is what starts with Windows, Teams and browsers.
CLIENTS = [
    "1fec8e78-bce4-4aaf-ab1b-5451cc387264",
    "5e3ce6c0-2b1f-4285-8d4b-75ee78787346",
    "4765445b-32c6-49b0-83e6-1d93765276ca",
    "d3590ed6-52b3-4102-aeff-aad2292ab01c",
]
RESOURCES = [
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0ff1-ce00-000000000000",
    "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",
]


def insert(columns, numbers):
    """Adds a row for each number: each column as an expression on it and the columns before."""
    names = ", ".join(columns)
    values = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    return f"INSERT INTO {TABLE} ({names}) SELECT {names} FROM (SELECT {values} FROM {numbers})"


def rows(first, count, all_rows, users):
    """Rows of the generator, from one number on: each column by its name."""
    one_of = lambda values, seed: f"{values}[1 + cityHash64(number, {seed}) % {len(values)}]"
    columns = {
        "TimeGenerated": f"toDateTime64('{START} 00:00:00', 7, 'UTC') + toIntervalMillisecond(intDiv(number * {DAYS * 86400000}, {all_rows}))",
        "CreatedDateTime": "TimeGenerated - toIntervalSecond(number % 180)",
        "Type": f"'{TABLE}'",
        "Id": "lower(hex(sipHash128(number, 'id')))",
        "UserId": f"concat('user-', toString(cityHash64(number) % {users}))",
        "UserPrincipalName": "concat(UserId, '@contoso.com')",
        "AppId": one_of(CLIENTS, 1),
        "AppDisplayName": "concat('app ', substring(AppId, 1, 4))",
        "ResourceIdentity": one_of(RESOURCES, 2),
        "ResourceDisplayName": "concat('resource ', substring(ResourceIdentity, 1, 8))",
        "ResultType": "if(cityHash64(number, 3) % 50 = 0, '50173', '0')",
        "SessionId": "concat('session-', toString(cityHash64(UserId, toDate(TimeGenerated))))",
        "CorrelationId": "lower(hex(sipHash128(number, 'c')))",
        "UniqueTokenIdentifier": "base64Encode(toString(sipHash64(number, 't')))",
        "IncomingTokenType": one_of(["refreshToken", "primaryRefreshToken", "none"], 4),
        "IPAddress": "concat('198.51.', toString(cityHash64(UserId) % 200), '.', toString(cityHash64(UserId, 5) % 250))",
        "AutonomousSystemNumber": "toString(64500 + cityHash64(UserId) % 50)",
        "UserAgent": "'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36 Edg/147.0.0.0'",
        "DeviceDetail": """concat('{"deviceId":"', lower(hex(sipHash128(UserId))), '","operatingSystem":"Windows10"}')""",
        "HomeTenantId": "'7d3f1c52-0b6e-4a55-9c41-5be2a6c0d100'",
        "ResourceTenantId": "'7d3f1c52-0b6e-4a55-9c41-5be2a6c0d100'",
        "AuthenticationProtocol": "'none'",
        "OriginalTransferMethod": "'none'",
    }
    return insert(columns, f"numbers({first}, {count})")


def theft():
    """Four resources in a minute by a script with the victim's token."""
    columns = {
        "TimeGenerated": f"toDateTime64('{THEFT} 12:00:00', 7, 'UTC') + toIntervalSecond(number * 20)",
        "CreatedDateTime": "TimeGenerated",
        "Type": f"'{TABLE}'",
        "Id": "concat('burst-', toString(number))",
        "UserId": "'user-7'",
        "UserPrincipalName": f"'{VICTIM}'",
        "AppId": "'04b07795-8ddb-461a-bbee-02f9e1bf7b46'",
        "AppDisplayName": "'Microsoft Azure CLI'",
        "ResourceIdentity": "concat('resource-', toString(number))",
        "ResourceDisplayName": "ResourceIdentity",
        "ResultType": "'0'",
        "SessionId": "'session-x'",
        "IncomingTokenType": "'refreshToken'",
        "IPAddress": "'203.0.113.9'",
        "UserAgent": "'python-requests/2.31.0'",
    }
    return insert(columns, "numbers(4)")


def first_screen(program, path):
    """Seconds from the start of the program on a terminal of 80×24 to the victim's name on it."""
    started = time.monotonic()
    child, terminal = pty.fork()
    if child == 0:
        state = os.path.join(os.path.dirname(path), "state")
        os.environ.update(TERM="xterm-256color", XDG_STATE_HOME=state)
        os.execv(program, [program, path, "--config", "/dev/null"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = b""
    while b"incidents," not in seen and time.monotonic() < started + 120:
        if select.select([terminal], [], [], 1)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
    took = time.monotonic() - started
    shown = b"incidents," in seen
    os.write(terminal, b"q")
    os.close(terminal)
    os.waitpid(child, 0)
    if not shown:
        sys.exit("no incident came on screen")
    return took


def run(program, folder, count):
    place = pathlib.Path(folder) / f"rows-{count}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    engine = session.Session(str(place / "engine"))
    for name, columns in executed.tables().items():
        listed = ", ".join(f"`{column}` {kind.replace('Nullable(String)', 'String')}" for column, kind in columns.items())
        engine.query(f"CREATE TABLE {name} ({listed}) ENGINE = MergeTree ORDER BY TimeGenerated")

    def step(words, work):
        started = time.monotonic()
        result = work()
        took = time.monotonic() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
        print(f"| {count:,} | {words} | {took:.1f} | {peak:.1f} | {result} |", flush=True)

    def ask(*args):
        command = [program, "query", *args, "--target", "clickhouse", "--config", "/dev/null", "-q"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def generate():
        users = max(200, count // (100 * DAYS))
        block = 5_000_000
        for first in range(0, count, block):
            engine.query(rows(first, min(block, count - first), count, users))
        engine.query(theft())
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        return f"{users:,} users, {size / 1e9:.1f} GB on disk"

    def found(text):
        got = str(engine.query(text, "JSONEachRow"))
        mine = sum(1 for line in got.splitlines() if VICTIM in line)
        return f"{got.count(chr(10)):,} rows, {mine} of the planted user"

    collected = place / "collected.json"

    def collect(since, until):
        script = ask("collect", "--user", VICTIM, "--since", since, "--until", until)
        bound = lambda day: f"parseDateTime64BestEffort('{day}T00:00:00.0000000Z', 7, 'UTC')"
        got = 0
        with open(collected, "w", encoding="utf-8") as file:
            for block in script.split("\nfetch ")[1:]:
                query = block.split(" <<'QUERY'\n", 1)[1].split("\nQUERY")[0]
                head = f"WITH {bound(since)} AS From, {bound(until)} AS To,\n"
                lines = str(engine.query(head + query + "\nSETTINGS date_time_output_format = 'iso'", "JSONEachRow"))
                got += lines.count("\n")
                file.write(lines)
        return f"{got:,} rows"

    def scan():
        command = [program, "scan", str(collected), "--format", "jsonl", "--config", "/dev/null", "-q"]
        hits = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return f"{hits.count(chr(10))} hits"

    step("generate", generate)
    for analytic in ["foci-burst", "session-hop", "device-code-burst"]:
        step(f"detect {analytic}, one day", lambda: found(ask(analytic, "--since", THEFT, "--until", AFTER)))
    if count <= 10_000_000:
        for analytic in ["foci-burst", "session-hop"]:
            step(f"detect {analytic}, thirty days", lambda: found(ask(analytic, "--since", START, "--until", END)))
    step("collect the user, thirty days", lambda: collect(START, END))
    step("load and scan", scan)
    step("first screen", lambda: f"after {first_screen(program, str(collected)):.2f} s")
    engine.close()
    shutil.rmtree(place)


if __name__ == "__main__":
    print("| rows | step | seconds | peak GiB | result |\n|---|---|---|---|---|", flush=True)
    for number in sys.argv[3:]:
        run(os.path.abspath(sys.argv[1]), sys.argv[2], int(re.sub("[_,]", "", number)))
