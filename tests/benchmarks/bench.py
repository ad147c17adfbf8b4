#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures one region against a bare Beast echo server in the same run, in turns, and prints ratios.

The load is wrk with one thread and 32 keep-alive connections on the same cores; items have about 300 bytes; writes are durable
(one fsync per commit) and leave a change record each. A share counts requests, or items where a request writes many."""

import argparse
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
KEYS = 100_000
ITEM_BYTES = 300

# What is measured: the path of request.lua, how it is called, and how many items a request writes.
PATHS = [
    ("PutItem", "PutItem", 1),
    ("PutItemIf", "PutItem with a condition", 1),
    ("PutItemIndexed", "PutItem, one global index", 1),
    ("UpdateItem", "UpdateItem, `SET n = n + :one`", 1),
    ("BatchWriteItem", "BatchWriteItem of 25 (items)", 25),
    ("TransactWriteItems", "TransactWriteItems of 10 (items)", 10),
    ("GetItem", "GetItem", 1),
    ("Query20", "Query, 20 items", 1),
    ("Query1000", "Query, 1,000 items", 1),
    ("Scan", "Scan, 1,000 items", 1),
    ("ScanFiltered", "Scan of 1,000, all filtered out", 1),
]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


def fdatasync_median_ms(directory):
    """What one durable write costs here at least."""
    times = []
    with tempfile.NamedTemporaryFile(dir=directory) as file:
        for _ in range(200):
            file.write(b"x" * 4096)
            file.flush()
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


class Region:
    def __init__(self, directory):
        self.http = free_port()
        begin = time.perf_counter()
        self.process = subprocess.Popen(
            [str(BUILD / "gyre"), "serve", "--region", "us-east-1", "--http", f"127.0.0.1:{self.http}",
             "--stream", f"tcp://127.0.0.1:{free_port()}", "--data", directory],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        if self.process.stdout.readline().strip() != "ready":
            sys.exit("bench: the region did not start")
        self.start_ms = (time.perf_counter() - begin) * 1000

    def idle_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    def call(self, operation, body):
        headers = {
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Date": "20260101T000000Z",
            "Authorization": "AWS4-HMAC-SHA256 Credential=gyre/x/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        }
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}/", json.dumps(body).encode(), headers)
        return json.loads(urllib.request.urlopen(request, timeout=30).read())

    def create_table(self, name, sort_key=False, index=False):
        table = {
            "TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        }  # fmt: skip
        if sort_key or index:
            table["AttributeDefinitions"].append({"AttributeName": "n", "AttributeType": "N"})
        if sort_key:
            table["KeySchema"].append({"AttributeName": "n", "KeyType": "RANGE"})
        if index:
            table["GlobalSecondaryIndexes"] = [{
                "IndexName": "by-n", "Projection": {"ProjectionType": "ALL"},
                "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
            }]  # fmt: skip
        self.call("CreateTable", table)

    def fill(self, table, keys):
        """`keys`: the values of pk and n."""
        pad = "x" * ITEM_BYTES
        for start in range(0, len(keys), 25):
            puts = [{"PutRequest": {"Item": {"pk": {"S": pk}, "n": {"N": str(n)}, "pad": {"S": pad}}}}
                    for pk, n in keys[start : start + 25]]  # fmt: skip
            self.call("BatchWriteItem", {"RequestItems": {table: puts}})

    def create_and_fill(self):
        single = [(f"key{i}", 0) for i in range(1, KEYS + 1)]
        self.create_table("bench")
        self.fill("bench", single)
        self.create_table("indexed", index=True)
        self.fill("indexed", [(pk, i) for i, (pk, _) in enumerate(single)])
        self.create_table("ranges", sort_key=True)
        for name, partitions, items in (("short", 1000, 20), ("long", 20, 1000)):
            self.fill("ranges", [(f"{name}{p}", n) for p in range(1, partitions + 1) for n in range(items)])


def load(port, path, seconds, seed):
    """Requests per second, p50 and p99 in ms; any error ends the run."""
    done = subprocess.run(
        ["wrk", "-t1", "-c32", f"-d{seconds}s", "--latency", "-s", str(pathlib.Path(__file__).with_name("request.lua")),
         f"http://127.0.0.1:{port}/", "--", path, str(KEYS), str(ITEM_BYTES), str(seed)],
        capture_output=True, text=True,
    )  # fmt: skip
    result = next((line.split()[1:] for line in done.stdout.splitlines() if line.startswith("RESULT")), None)
    if result is None or int(result[3]) != 0:
        sys.exit(f"bench: {path} failed\n{done.stdout}{done.stderr}")
    return int(result[0]), int(result[1]) / 1000, int(result[2]) / 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="how often echo and all paths take their turns")
    parser.add_argument("--paths", nargs="+", choices=[path for path, _, _ in PATHS], default=[path for path, _, _ in PATHS])
    parser.add_argument("--data", default=None, help="where to write (default: a temporary directory)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gyre-bench-", dir=options.data) as directory:
        fdatasync_ms = fdatasync_median_ms(directory)
        starts = []
        for i in range(5):
            region = Region(os.path.join(directory, f"start{i}"))
            starts.append(region.start_ms)
            time.sleep(0.2)
            idle_mb = region.idle_mb()
            region.process.terminate()
            region.process.wait()
        region = Region(os.path.join(directory, "data"))
        echo = subprocess.Popen([str(BUILD / "tests" / "benchmarks" / "bench_echo")], stdout=subprocess.PIPE, text=True)
        try:
            echo_port = int(echo.stdout.readline())
            region.create_and_fill()
            paths = [entry for entry in PATHS if entry[0] in options.paths]
            results = {path: [] for path in ["echo"] + [path for path, _, _ in paths]}
            for round_number in range(1, options.rounds + 1):
                results["echo"].append(load(echo_port, "PutItem", options.seconds, round_number))
                for path, _, _ in paths:
                    results[path].append(load(region.http, path, options.seconds, round_number))
        finally:
            echo.kill()
            region.process.terminate()
            region.process.wait()
    print(f"32 connections, {ITEM_BYTES}-byte items, {KEYS} keys, {os.cpu_count()} cores shared with the load, "
          f"{options.rounds} rounds of {options.seconds} s")  # fmt: skip
    print(f"{'path':<34}{'requests/s':>12}{'of echo':>9}{'p50 ms':>9}{'p99 ms':>9}")
    for path, name, items in [("echo", "bare echo", 1)] + paths:
        ratios = [items * mine[0] / bare[0] for mine, bare in zip(results[path], results["echo"])]
        rate, p50, p99 = (statistics.median(column) for column in zip(*results[path]))
        print(f"{name:<34}{rate:>12.0f}{statistics.median(ratios):>9.2f}{p50:>9.2f}{p99:>9.2f}")
    print(f"fdatasync of 4 KB here: median {fdatasync_ms:.2f} ms")
    print(f"start of an empty region: median {statistics.median(starts):.0f} ms; idle memory {idle_mb:.0f} MB")


if __name__ == "__main__":
    main()
