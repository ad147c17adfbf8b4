# SPDX-License-Identifier: Apache-2.0
"""Long runs: minutes of writes without a pause, and a table of millions of items."""

import pathlib
import time

import load
from paths import ITEM_BYTES, KEYS, subject
from report import Table
from servers import Region
from turns import Turns

FIRST_SECONDS = 10
LARGE_PATHS = ["PutItem", "UpdateItem", "GetItem"]
LARGE_KEYS = 5_000_000


def newest_file(directory):
    """RocksDB numbers its files: how many it has made."""
    return max((int(file.stem) for file in pathlib.Path(directory).glob("*.sst")), default=0)


def measure_sustained(bench):
    directory = bench.directory("sustained")
    rows = []
    with Region(directory) as region:
        region.create_table("bench")
        load.fill(region.http, keys=KEYS, item_bytes=ITEM_BYTES)
        for seconds in (FIRST_SECONDS, bench.sustained_seconds):
            files = newest_file(directory)
            figure = load.wrk(region.http, "PutItem", keys=KEYS, item_bytes=ITEM_BYTES, seconds=seconds)
            first_rate = rows[0][1] if rows else figure.rate
            rows.append([f"{seconds} s", figure.rate, figure.rate / first_rate, figure.p50_ms, figure.p99_ms,
                         figure.longest_ms, str(newest_file(directory) - files)])  # fmt: skip
    return Table(
        "Writing without a pause",
        f"PutItem of {ITEM_BYTES} bytes over {KEYS:,} keys by 32 connections. The longest stall is what the slowest request "
        "waited. Files are what RocksDB's flushes and compactions made meanwhile.",
        ["run", "writes/s", "of the first", "p50 ms", "p99 ms", "longest stall ms", "files"],
        rows,
    )


def measure_large(bench):
    large_directory = bench.directory("large")
    with Region(bench.directory("small")) as small, Region(large_directory) as large:
        for region, keys in ((small, KEYS), (large, LARGE_KEYS)):
            region.create_table("bench")
            filled = load.fill(region.http, keys=keys, item_bytes=ITEM_BYTES)
        turns = Turns({
            f"{path} {keys}": subject(bench, region, path, "bench", keys=keys)
            for path in LARGE_PATHS for region, keys in ((small, KEYS), (large, LARGE_KEYS))
        }, bench.rounds)  # fmt: skip
        memory_mb = large.memory_mb()
    with Region(large_directory) as again:
        start_ms = again.start_ms
        time.sleep(1)
        idle_mb = again.memory_mb()
    rows = []
    for path in LARGE_PATHS:
        mine, its = f"{path} {LARGE_KEYS}", f"{path} {KEYS}"
        rows.append([path, turns.median(its), turns.median(mine), turns.ratio(mine, its), turns.median(mine, "p50_ms"),
                     turns.median(mine, "p99_ms")])  # fmt: skip
    return Table(
        f"{LARGE_KEYS:,} items",
        f"32 connections, {ITEM_BYTES}-byte items, keys at random, beside a region with {KEYS:,} items; {bench.turns_text()}. "
        f"BatchWriteItem filled it with {filled.rate * 25:,.0f} items a second. It starts in {start_ms:.0f} ms, and holds "
        f"{memory_mb:.0f} MB of memory after the load, {idle_mb:.0f} MB after a start.",
        ["path", f"{KEYS:,} items, requests/s", f"{LARGE_KEYS:,} items, requests/s", "share", "p50 ms", "p99 ms"],
        rows,
    )
