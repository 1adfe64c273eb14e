"""Checks lines of `tokentrail scan --incidents` against their published schema.

usage: schema.py SCHEMA LINES...
"""

import json
import sys

from jsonschema import Draft202012Validator

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
lines = wrong = 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            lines += 1
            for error in validator.iter_errors(json.loads(line)):
                wrong += 1
                print(f"{path}:{number}: {'/'.join(map(str, error.path))}: {error.message[:200]}")
print(f"{lines} incidents, {wrong} against the schema")
sys.exit(1 if wrong or not lines else 0)
