# SPDX-License-Identifier: Apache-2.0
"""HTTP: the paths of a region beside a bare echo and dynalite, and two of them under other loads."""

import contextlib
import functools
import itertools
import os

import load
from report import Table
from servers import VERSIONS, Dynalite, Echo, Region
from turns import Turns

# The path of request.lua, how it is called, how many items a request counts for, and its table.
PATHS = [
    ("PutItem", "PutItem", 1, "bench"),
    ("PutItemIf", "PutItem with a condition", 1, "bench"),
    ("PutItemIndexed", "PutItem, one global index", 1, "indexed"),
    ("UpdateItem", "UpdateItem, `SET n = n + :one`", 1, "bench"),
    ("BatchWriteItem", "BatchWriteItem of 25 (items)", 25, "bench"),
    ("TransactWriteItems", "TransactWriteItems of 10 (items)", 10, "bench"),
    ("GetItem", "GetItem", 1, "bench"),
    ("Query20", "Query, 20 items", 1, "ranges"),
    ("QueryVersions", f"Query, 20 items of {VERSIONS} versions", 1, "versions"),
    ("Query1000", "Query, 1,000 items", 1, "ranges"),
    ("Scan", "Scan, 1,000 items", 1, "bench"),
    ("ScanFiltered", "Scan of 1,000, all filtered out", 1, "bench"),
]
PATH_NAMES = [path for path, _, _, _ in PATHS]
# dynalite has no transactions, and is not made for long pages.
DYNALITE_PATHS = ["PutItem", "PutItemIf", "UpdateItem", "BatchWriteItem", "GetItem", "Query20"]
DYNALITE_KEYS = 10_000

ITEM_BYTES = 300
LARGE_BYTES = 8_000
LARGE_KEYS = 10_000
KEYS = 100_000


def script_path(path):
    """Which path of request.lua it is: those that differ by table alone are one there."""
    return "PutItem" if path == "PutItemIndexed" else path


def subject(bench, server, path, table, *, keys=KEYS, item_bytes=ITEM_BYTES, connections=32):
    """Measures one path of one server."""
    return lambda number: load.wrk(server.http, script_path(path), table, keys=keys, item_bytes=item_bytes,
                                   connections=connections, seconds=bench.seconds, seed=number)  # fmt: skip


def after_writing_versions(region, query):
    def run(number):
        region.put_versions(ITEM_BYTES)
        return query(number)

    return run


def create_and_fill(server, keys=KEYS):
    server.create_table("bench")
    load.fill(server.http, keys=keys, item_bytes=ITEM_BYTES)
    server.fill_ranges(ITEM_BYTES)


def measure_paths(bench):
    paths = [entry for entry in PATHS if entry[0] in bench.paths]
    with contextlib.ExitStack() as servers:
        region = servers.enter_context(Region(bench.directory("paths")))
        echo = servers.enter_context(Echo())
        create_and_fill(region)
        region.create_table("indexed", index=True)
        load.fill(region.http, "indexed", keys=KEYS, item_bytes=ITEM_BYTES)
        subjects = {"echo": subject(bench, echo, "PutItem", "bench")}
        subjects |= {path: subject(bench, region, path, table) for path, _, _, table in paths}
        if "QueryVersions" in subjects:
            region.create_table("versions", sort_key=True)
            subjects["QueryVersions"] = after_writing_versions(region, subjects["QueryVersions"])
        if bench.has(Dynalite):
            dynalite = servers.enter_context(Dynalite(bench.directory("dynalite")))
            create_and_fill(dynalite, DYNALITE_KEYS)
            subjects |= {f"dynalite {path}": subject(bench, dynalite, path, table, keys=DYNALITE_KEYS)
                         for path, _, _, table in paths if path in DYNALITE_PATHS}  # fmt: skip
        turns = Turns(subjects, bench.rounds)
    rows = []
    for path, name, items, _ in [("echo", "bare echo", 1, None)] + paths:
        times = [turns.median(path, member) for member in ("p50_ms", "p99_ms")]
        rows.append([name, turns.median(path), turns.ratio(path, "echo", items), *times,
                     turns.ratio(path, f"dynalite {path}")])  # fmt: skip
    return Table(
        "Paths",
        f"32 connections, {ITEM_BYTES}-byte items, {KEYS:,} keys ({DYNALITE_KEYS:,} in dynalite), {bench.turns_text()}. A share "
        "of the echo counts requests, or items where a request writes many; the echo is Boost.Beast on one thread, answering "
        "`{}`. dynalite runs on LevelDB and does not make its writes durable.",
        ["path", "requests/s", "of echo", "p50 ms", "p99 ms", "times dynalite"],
        rows,
    )


def conditions(bench):
    """Connections, bytes of an item, and cores of the server; None = all."""
    if not bench.all:
        return [
            (32, ITEM_BYTES, 1),
            (1, ITEM_BYTES, None),
            (32, ITEM_BYTES, None),
            (256, ITEM_BYTES, None),
            (32, LARGE_BYTES, None),
        ]
    cores = [count for count in (1, 2) if count < os.cpu_count()] + [None]
    return list(itertools.product((1, 32, 256), (ITEM_BYTES, LARGE_BYTES), cores))


def measure_conditions(bench):
    rows = []
    asked = conditions(bench)
    for cores in sorted({cores for _, _, cores in asked}, key=lambda count: count or os.cpu_count()):
        with Region(bench.directory(f"conditions{cores}"), cores=cores) as region, Echo(cores) as echo:
            fill_sizes(region)
            for connections, item_bytes, its_cores in asked:
                if its_cores == cores:
                    rows.append(condition_row(bench, region, echo, connections, item_bytes, cores or os.cpu_count()))
    return Table(
        "Connections, sizes, cores",
        f"{KEYS:,} keys of {ITEM_BYTES} bytes and {LARGE_KEYS:,} of {LARGE_BYTES:,}; the cores are those that the server may "
        f"use, and the load may use all. {bench.turns_text().capitalize()}. The echo takes the same requests on the same cores.",
        ["connections", "item bytes", "cores"] + [
            f"{path}{column}" for path in ("PutItem", "GetItem") for column in ("/s", ", of echo", ", p50 ms", ", p99 ms")
        ],
        rows,
    )


def fill_sizes(region):
    region.create_table("bench")
    load.fill(region.http, keys=KEYS, item_bytes=ITEM_BYTES)
    region.create_table("large")
    load.fill(region.http, "large", keys=LARGE_KEYS, item_bytes=LARGE_BYTES)


def condition_row(bench, region, echo, connections, item_bytes, cores):
    large = item_bytes == LARGE_BYTES
    one = functools.partial(subject, bench, table="large" if large else "bench", keys=LARGE_KEYS if large else KEYS,
                            item_bytes=item_bytes, connections=connections)  # fmt: skip
    turns = Turns({
        "PutItem of echo": one(echo, "PutItem"), "PutItem": one(region, "PutItem"),
        "GetItem of echo": one(echo, "GetItem"), "GetItem": one(region, "GetItem"),
    }, bench.rounds)  # fmt: skip
    row = [str(connections), str(item_bytes), str(cores)]
    for path in ("PutItem", "GetItem"):
        times = [turns.median(path, member) for member in ("p50_ms", "p99_ms")]
        row += [turns.median(path), turns.ratio(path, f"{path} of echo"), *times]
    return row
