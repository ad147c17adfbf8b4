#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures one region against a bare Beast echo server in the same run, in turns, and prints ratios.

The load is wrk with one thread and 32 keep-alive connections on the same cores; items have about 300 bytes; puts are durable
(one fsync per commit) and write a change record each."""

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

    def create_and_fill(self):
        self.call("CreateTable", {
            "TableName": "bench", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        })  # fmt: skip
        pad = "x" * ITEM_BYTES
        for start in range(1, KEYS + 1, 25):
            puts = [{"PutRequest": {"Item": {"pk": {"S": f"key{i}"}, "n": {"N": "0"}, "pad": {"S": pad}}}}
                    for i in range(start, min(start + 25, KEYS + 1))]  # fmt: skip
            self.call("BatchWriteItem", {"RequestItems": {"bench": puts}})


def load(port, operation, seconds, seed):
    """Requests per second, p50 and p99 in ms; any error ends the run."""
    done = subprocess.run(
        ["wrk", "-t1", "-c32", f"-d{seconds}s", "--latency", "-s", str(pathlib.Path(__file__).with_name("request.lua")),
         f"http://127.0.0.1:{port}/", "--", operation, str(KEYS), str(ITEM_BYTES), str(seed)],
        capture_output=True, text=True,
    )  # fmt: skip
    result = next((line.split()[1:] for line in done.stdout.splitlines() if line.startswith("RESULT")), None)
    if result is None or int(result[3]) != 0:
        sys.exit(f"bench: {operation} failed\n{done.stdout}{done.stderr}")
    return int(result[0]), int(result[1]) / 1000, int(result[2]) / 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="echo, PutItem and GetItem in turns, so often")
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
        echo = subprocess.Popen([str(BUILD / "tests" / "bench_echo")], stdout=subprocess.PIPE, text=True)
        try:
            echo_port = int(echo.stdout.readline())
            region.create_and_fill()
            targets = [("echo", echo_port, "PutItem"), ("PutItem", region.http, "PutItem"), ("GetItem", region.http, "GetItem")]
            results = {name: [] for name, _, _ in targets}
            for round_number in range(options.rounds):
                for name, port, operation in targets:
                    results[name].append(load(port, operation, options.seconds, round_number + 1))
        finally:
            echo.kill()
            region.process.terminate()
            region.process.wait()
    print(f"32 connections, {ITEM_BYTES}-byte items, {KEYS} keys, {os.cpu_count()} cores shared with the load, "
          f"{options.rounds} rounds of {options.seconds} s")  # fmt: skip
    print(f"{'path':<10}{'requests/s':>12}{'of echo':>9}{'p50 ms':>9}{'p99 ms':>9}")
    for name, rounds in results.items():
        ratios = [mine[0] / bare[0] for mine, bare in zip(rounds, results["echo"])]
        rate, p50, p99 = (statistics.median(column) for column in zip(*rounds))
        print(f"{name:<10}{rate:>12.0f}{statistics.median(ratios):>9.2f}{p50:>9.2f}{p99:>9.2f}")
    print(f"fdatasync of 4 KB here: median {fdatasync_ms:.2f} ms")
    print(f"start of an empty region: median {statistics.median(starts):.0f} ms; idle memory {idle_mb:.0f} MB")


if __name__ == "__main__":
    main()
