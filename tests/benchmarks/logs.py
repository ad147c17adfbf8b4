# SPDX-License-Identifier: Apache-2.0
"""Reading change logs, from memory and from the disk, beside bare ZeroMQ with messages of the same size, and Redis."""

import contextlib
import dataclasses
import statistics
import subprocess
import sys

import load
from paths import ITEM_BYTES
from report import Table
from servers import PROGRAMS, Redis, Region
from turns import Figure, Turns

RECENT = 30_000  # records, written last: a region of the default size holds them in memory
RECENT_PASSES = 20
OLDER = 200_000  # records, written before those
OLDER_PASSES = 3
REDIS_READS = 5_000
REDIS_COUNT = 100  # entries a read


@dataclasses.dataclass
class LogFigure(Figure):
    megabytes: float = 0  # a second
    batch_bytes: float = 0
    batch_records: float = 0


def numbers(program, *arguments):
    done = subprocess.run([str(PROGRAMS / program), *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {program} failed\n{done.stderr}")
    return [float(number) for number in done.stdout.split()]


def stream_reader(region, table, records, passes):
    arguments = (region.stream, table, str(records), str(passes))
    records, size, batches, seconds = numbers("bench_stream_reader", *arguments)
    return LogFigure(
        records / seconds, megabytes=size / seconds / 1e6, batch_bytes=size / batches, batch_records=records / batches
    )


def zeromq(bench, batch_bytes, batch_records):
    messages, seconds = numbers("bench_zeromq", str(round(batch_bytes)), str(bench.seconds))
    rate = messages / seconds
    return LogFigure(rate * batch_records, megabytes=rate * batch_bytes / 1e6)


def redis_read(redis):
    """The same first entries each time, by one connection: what Redis has at hand."""
    read = load.redis_benchmark(redis.port, REDIS_READS, "XREAD", "COUNT", str(REDIS_COUNT), "STREAMS", "log", "0-0")
    return LogFigure(read.rate * REDIS_COUNT, megabytes=read.rate * REDIS_COUNT * ITEM_BYTES / 1e6)


def measure_logs(bench):
    with contextlib.ExitStack() as servers:
        region = servers.enter_context(Region(bench.directory("logs")))
        for table, records in (("older", OLDER), ("recent", RECENT)):
            region.create_table(table)
            load.fill(region.http, table, keys=records, item_bytes=ITEM_BYTES)
        probe = stream_reader(region, "recent", RECENT, 1)
        bare = "bare ZeroMQ, PUSH to PULL"
        subjects = {
            "Gyre, records in memory": lambda _: stream_reader(region, "recent", RECENT, RECENT_PASSES),
            "Gyre, older ones": lambda _: stream_reader(region, "older", OLDER, OLDER_PASSES),
            bare: lambda _: zeromq(bench, probe.batch_bytes, probe.batch_records),
        }
        xread = f"Redis, XREAD COUNT {REDIS_COUNT}"
        if bench.has(Redis):
            redis = servers.enter_context(Redis(bench.directory("redis")))
            entry = ("XADD", "log", "*", "item", "x" * ITEM_BYTES)
            load.redis_benchmark(redis.port, OLDER, *entry, connections=32, pipeline=64)
            subjects[xread] = lambda _: redis_read(redis)
        turns = Turns(subjects, bench.rounds)
    rows = [[name, turns.median(name), statistics.median(figure.megabytes for figure in figures), turns.ratio(name, bare),
             turns.ratio(name, xread)] for name, figures in turns.figures.items()]  # fmt: skip
    return Table(
        "Reading the log",
        f"Change records of {ITEM_BYTES}-byte items, all shards of a table over one connection, from their beginning to their end: "
        f"{RECENT:,} that the region still holds in memory, and {OLDER:,} older ones from files that the system holds in memory. "
        f"{probe.batch_records:.0f} records or {probe.batch_bytes / 1000:.0f} KB a batch; bare ZeroMQ sends messages of that "
        f"size from one process to another. Redis's bytes are those of its items. {bench.turns_text().capitalize()}.",
        ["reader", "records/s", "MB/s", "of bare ZeroMQ", "times Redis"],
        rows,
    )
