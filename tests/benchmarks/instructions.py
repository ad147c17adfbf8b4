#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the instructions of one request of the hottest paths, under valgrind, and compares them with instructions.json.

Counts repeat where seconds do not, to a few in a thousand, so a count that moved by more than the tolerance is a change
of the code. A region without sockets takes the same requests each time (instructions.cc); what one request costs is the
difference between a run with many requests and a run with none. RocksDB and the C++ library are counted with it."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE / "instructions.json"
PATHS = ["PutItem", "UpdateItem", "PutItemIf", "GetItem", "Query20", "BatchWriteItem"]
REQUESTS = 400
TOLERANCE = 0.05
# Libraries choose code by processor; these keep them to what every x86-64 of the last fifteen years has.
SAME_CODE_EVERYWHERE = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX512F,-ERMS",
    "SIMDJSON_FORCE_IMPLEMENTATION": "westmere",
}


def count(build, path, requests):
    """Instructions of a whole run."""
    program = build / "tests" / "benchmarks" / "bench_instructions"
    with tempfile.TemporaryDirectory(prefix="gyre-instructions-") as directory:
        done = subprocess.run(
            ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
             str(program), os.path.join(directory, "data"), path, str(requests)],
            capture_output=True, text=True, env={**os.environ, **SAME_CODE_EVERYWHERE},
        )  # fmt: skip
    total = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode != 0 or not total:
        sys.exit(f"instructions: {program.name} {path} failed\n{done.stdout}{done.stderr}")
    return int(total.group(1).replace(",", ""))


def count_all(build):
    """Instructions of one request, by path."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        empty = pool.submit(count, build, PATHS[0], 0)
        full = {path: pool.submit(count, build, path, REQUESTS) for path in PATHS}
        return {path: round((run.result() - empty.result()) / REQUESTS) for path, run in full.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="write what is counted to instructions.json")
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parents[1] / "build" / "release")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("instructions: valgrind is missing; ./dev check installs it")
    counted = count_all(options.build)
    if options.update:
        TABLE.write_text(json.dumps(counted, indent=2) + "\n")
    expected = json.loads(TABLE.read_text())
    moved = False
    for path, instructions in counted.items():
        change = instructions / expected[path] - 1
        moved |= abs(change) > TOLERANCE
        print(f"{path:<16}{instructions:>10} instructions a request, {change:+.1%} of {expected[path]}")
    if moved:
        sys.exit(
            f"instructions: a path moved by more than {TOLERANCE:.0%}. If that is meant, for better or worse, write the new "
            "counts with\n"
            "    tests/benchmarks/instructions.py --update\n"
            "and say in the commit what moved them."
        )


if __name__ == "__main__":
    main()
