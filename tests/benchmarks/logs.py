# SPDX-License-Identifier: Apache-2.0
"""Reading a change log from its beginning, beside bare ZeroMQ with messages of the same size, and Redis."""

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

RECORDS = 200_000
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


def stream_reader(region):
    records, size, batches, seconds = numbers("bench_stream_reader", region.stream, "bench", str(RECORDS))
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
        region.create_table("bench")
        load.fill(region.http, keys=RECORDS, item_bytes=ITEM_BYTES)
        probe = stream_reader(region)
        subjects = {
            "Gyre's stream reader": lambda _: stream_reader(region),
            "bare ZeroMQ, PUSH to PULL": lambda _: zeromq(bench, probe.batch_bytes, probe.batch_records),
        }
        if bench.has(Redis):
            redis = servers.enter_context(Redis(bench.directory("redis")))
            entry = ("XADD", "log", "*", "item", "x" * ITEM_BYTES)
            load.redis_benchmark(redis.port, RECORDS, *entry, connections=32, pipeline=64)
            subjects[f"Redis, XREAD COUNT {REDIS_COUNT}"] = lambda _: redis_read(redis)
        turns = Turns(subjects, bench.rounds)
    mine = next(iter(subjects))
    rows = [[name, turns.median(name), statistics.median(figure.megabytes for figure in figures), turns.ratio(mine, name)]
            for name, figures in turns.figures.items()]  # fmt: skip
    return Table(
        "Reading the log",
        f"{RECORDS:,} change records of {ITEM_BYTES}-byte items from TRIM_HORIZON, all shards of a table over one connection, "
        f"{probe.batch_records:.0f} records or {probe.batch_bytes / 1000:.0f} KB a batch. Bare ZeroMQ sends messages of that "
        f"size from one process to another. Redis's bytes are those of its items. {bench.turns_text().capitalize()}.",
        ["reader", "records/s", "MB/s", "Gyre's share"],
        rows,
    )
