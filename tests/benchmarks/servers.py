# SPDX-License-Identifier: Apache-2.0
"""The servers that are measured: a region of Gyre, and what stands beside it. Each runs on a free port, with data in a
directory of its own, and ends with its `with` block."""

import json
import mmap
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build" / "release"
PROGRAMS = BUILD / "tests" / "benchmarks"
READY_SECONDS = 60
VERSIONS = 25
VERSION_PARTITIONS = 40  # as in request.lua: what they hold fits in the memtables

# What DynamoDB's clients send; nobody here verifies the signature.
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=gyre/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


def wait_until(condition, what):
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"bench: waited {READY_SECONDS} s in vain: {what}")
        time.sleep(0.005)


class Server:
    """One process. `cores`: how many it may use; None = all."""

    def __init__(self, command, cores=None, environment=None):
        if cores:
            command = ["taskset", "--cpu-list", f"0-{cores - 1}", *command]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, **(environment or {})}
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, kill=False):
        """SIGTERM, or with `kill` SIGKILL; returns when it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            self.process.wait()

    def wait_for_port(self, port):
        def listens():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        wait_until(listens, f"{self.process.args[0]} to listen")

    def memory_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    def cpu_seconds(self):
        """Of all its threads, user and system, so far."""
        members = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(members[11]) + int(members[12])) / os.sysconf("SC_CLK_TCK")


class DynamoServer(Server):
    """A server that speaks DynamoDB's API at `http`."""

    def call(self, operation, body):
        headers = {**HEADERS, "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}/", json.dumps(body).encode(), headers)
        return json.loads(urllib.request.urlopen(request, timeout=60).read())

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
        wait_until(
            lambda: self.call("DescribeTable", {"TableName": name})["Table"]["TableStatus"] == "ACTIVE",
            f"table {name} to be ACTIVE",
        )

    def fill_ranges(self, item_bytes):
        """The table of the queries: 1,000 partitions of 20 items, and 20 of 1,000."""
        self.create_table("ranges", sort_key=True)
        self.put_partitions("ranges", "short", 1000, 20, "x" * item_bytes)
        self.put_partitions("ranges", "long", 20, 1000, "x" * item_bytes)

    def put_partitions(self, table, name, partitions, items, pad):
        keys = [(f"{name}{partition}", n) for partition in range(1, partitions + 1) for n in range(items)]
        for start in range(0, len(keys), 25):
            puts = [{"PutRequest": {"Item": {"pk": {"S": pk}, "n": {"N": str(n)}, "pad": {"S": pad}}}}
                    for pk, n in keys[start : start + 25]]  # fmt: skip
            self.call("BatchWriteItem", {"RequestItems": {table: puts}})

    def put_versions(self, item_bytes):
        """The table of the query of versions: each of its items is written so often that its older ones are still in memory."""
        for version in range(VERSIONS):
            self.put_partitions("versions", "short", VERSION_PARTITIONS, 20, f"{version:02}".ljust(item_bytes, "x"))


class Region(DynamoServer):
    """`peers`: names and stream endpoints of other regions."""

    def __init__(self, directory, name="us-east-1", stream_port=None, peers=(), cores=None, count_syncs=False):
        self.http = free_port()
        self.stream = f"tcp://127.0.0.1:{stream_port or free_port()}"
        command = [str(BUILD / "gyre"), "serve", "--region", name, "--http", f"127.0.0.1:{self.http}",
                   "--stream", self.stream, "--data", directory]  # fmt: skip
        for peer, endpoint in peers:
            command += ["--peer", f"{peer}={endpoint}"]
        self.sync_file = f"{directory}.syncs"
        environment = {}
        if count_syncs:
            pathlib.Path(self.sync_file).write_bytes(bytes(8))
            environment = {"LD_PRELOAD": str(PROGRAMS / "bench_sync_counter.so"), "GYRE_SYNC_COUNT": self.sync_file}
        begin = time.perf_counter()
        super().__init__(command, cores, environment)
        if not any(line.strip() == "ready" for line in self.process.stdout):
            sys.exit("bench: the region did not start")
        self.start_ms = (time.perf_counter() - begin) * 1000

    def syncs(self):
        """How often it has made files durable; needs `count_syncs`."""
        with open(self.sync_file, "rb") as file, mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ) as counter:
            return int.from_bytes(counter[:8], "little")


class Echo(Server):
    """The bare limit of HTTP (echo.cc)."""

    def __init__(self, cores=None):
        super().__init__([str(PROGRAMS / "bench_echo")], cores)
        self.http = int(self.process.stdout.readline())


class Dynalite(DynamoServer):
    """dynalite on LevelDB: a DynamoDB in JavaScript, whose writes are not made durable."""

    program = HERE / "node_modules" / "dynalite" / "cli.js"

    @classmethod
    def missing(cls):
        return None if cls.program.exists() and shutil.which("node") else "dynalite is not installed (npm ci in tests/benchmarks)"

    def __init__(self, directory):
        self.http = free_port()
        super().__init__(["node", str(self.program), "--host", "127.0.0.1", "--port", str(self.http), "--path", directory])
        self.wait_for_port(self.http)


class Redis(Server):
    """Redis as a durable log: every append is synced before it is answered."""

    @classmethod
    def missing(cls):
        found = shutil.which("redis-server") and shutil.which("redis-benchmark")
        return None if found else "Redis is not installed (apt-get install redis-server)"

    def __init__(self, directory):
        self.port = free_port()
        os.mkdir(directory)
        super().__init__(["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", directory,
                          "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--loglevel", "warning"])  # fmt: skip
        self.wait_for_port(self.port)
