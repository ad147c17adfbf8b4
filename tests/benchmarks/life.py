# SPDX-License-Identifier: Apache-2.0
"""What a region costs before it does anything: its start and its memory."""

import statistics
import time

import load
from paths import ITEM_BYTES, KEYS
from report import Table
from servers import Region

STARTS = 5
SETTLE_SECONDS = 0.5


def start(directory):
    """Milliseconds until it serves, megabytes once it idles, and the region."""
    region = Region(directory)
    time.sleep(SETTLE_SECONDS)
    return region.start_ms, region.memory_mb(), region


def starts(directory_of, kill=False):
    times, memories = [], []
    for number in range(STARTS):
        ms, megabytes, region = start(directory_of(number))
        region.stop(kill)
        times.append(ms)
        memories.append(megabytes)
    return [statistics.median(times), statistics.median(memories)]


def measure_life(bench):
    full = bench.directory("full")
    with Region(full) as region:
        region.create_table("bench")
        load.fill(region.http, keys=KEYS, item_bytes=ITEM_BYTES)
    empty = bench.directory("empty")
    rows = [["empty, new directory", *starts(lambda number: f"{empty}{number}")]]
    rows.append([f"{KEYS:,} items, after a clean stop", *starts(lambda _: full)])
    # Each start writes the table's last items anew, so that each kill leaves a log to replay.
    killed = []
    for number in range(STARTS):
        ms, megabytes, region = start(full)
        load.fill(region.http, keys=KEYS // 4, item_bytes=ITEM_BYTES + number + 1)
        region.stop(kill=True)
        if number > 0:
            killed.append((ms, megabytes))
    rows.append([f"{KEYS:,} items, killed after {KEYS // 4:,} writes", *(statistics.median(column) for column in zip(*killed))])
    return Table(
        "Start and memory",
        f"Until a region says `ready`, and its resident memory {SETTLE_SECONDS} s later; medians of {STARTS} starts.",
        ["region", "start ms", "memory MB"],
        rows,
    )
