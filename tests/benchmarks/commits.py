# SPDX-License-Identifier: Apache-2.0
"""Durable writes beside what they rest on: the same rows and syncs by RocksDB alone, and Redis with a log of its own."""

import contextlib
import shutil
import subprocess
import sys

import load
from paths import ITEM_BYTES, KEYS
from report import Table
from servers import PROGRAMS, Redis, Region
from turns import Figure, Turns

REDIS_REQUESTS_BY_CONNECTIONS = {1: 5_000, 32: 50_000}


def raw_rocksdb(bench, kind, group):
    """`group` writes in each synchronous batch."""
    directory = bench.directory("rocksdb")
    done = subprocess.run(
        [str(PROGRAMS / "bench_rocksdb"), kind, directory, str(group), str(ITEM_BYTES), str(KEYS), str(bench.seconds)],
        capture_output=True, text=True,
    )  # fmt: skip
    shutil.rmtree(directory, ignore_errors=True)
    if done.returncode != 0:
        sys.exit(f"bench: bench_rocksdb failed\n{done.stderr}")
    commits, seconds = (float(number) for number in done.stdout.split())
    return Figure(commits * group / seconds)


def measure_commits(bench):
    rows = []
    with contextlib.ExitStack() as servers:
        region = servers.enter_context(Region(bench.directory("commits"), count_syncs=True))
        region.create_table("bench")
        load.fill(region.http, keys=KEYS, item_bytes=ITEM_BYTES)
        redis = servers.enter_context(Redis(bench.directory("redis"))) if bench.has(Redis) else None
        for connections in (1, 32):
            rows.append(commit_row(bench, region, redis, connections))
    return Table(
        "Durable writes",
        f"PutItem of {ITEM_BYTES}-byte items over {KEYS:,} keys, each with its change record. RocksDB alone writes the same "
        "two rows a write, and as many writes a sync as Gyre did: through a region's own engine, and as RocksDB comes. "
        f"Redis: XADD of as many bytes, appendfsync always. {bench.turns_text().capitalize()}.",
        ["connections", "Gyre, writes/s", "writes a sync", "its engine alone, writes/s", "Gyre's share",
         "plain RocksDB, writes/s", "Gyre's share", "Redis, writes/s", "times Redis"],
        rows,
    )  # fmt: skip


def commit_row(bench, region, redis, connections):
    def gyre(number):
        return load.wrk(region.http, "PutItem", keys=KEYS, item_bytes=ITEM_BYTES, connections=connections,
                        seconds=bench.seconds, seed=number)  # fmt: skip

    syncs = region.syncs()
    probe = gyre(0)
    # Flushes sync as well, so that a writer alone would seem to make less than one write a sync.
    writes_a_sync = max(1, probe.rate * bench.seconds / (region.syncs() - syncs))
    group = round(writes_a_sync)
    subjects = {
        "gyre": gyre,
        "engine": lambda _: raw_rocksdb(bench, "engine", group),
        "plain": lambda _: raw_rocksdb(bench, "plain", group),
    }
    if redis:
        requests = REDIS_REQUESTS_BY_CONNECTIONS[connections]
        entry = ("XADD", "log", "*", "item", "x" * ITEM_BYTES)
        subjects["redis"] = lambda _: load.redis_benchmark(redis.port, requests, *entry, connections=connections)
    turns = Turns(subjects, bench.rounds)
    return [str(connections), turns.median("gyre"), writes_a_sync, turns.median("engine"), turns.ratio("gyre", "engine"),
            turns.median("plain"), turns.ratio("gyre", "plain"), turns.median("redis") if redis else None,
            turns.ratio("gyre", "redis")]  # fmt: skip
