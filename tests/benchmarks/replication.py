# SPDX-License-Identifier: Apache-2.0
"""What replication costs the region that is written to, beside doing each write twice."""

import contextlib
import http
import statistics
import urllib.error

import load
from paths import ITEM_BYTES, KEYS
from report import Table
from servers import Region, free_port, wait_until

NAMES = ["us-east-1", "eu-west-1", "ap-northeast-1"]
MARKERS = 32  # enough for one in each shard


def start_regions(bench, servers):
    ports = {name: free_port() for name in NAMES}
    return [servers.enter_context(Region(
        bench.directory(name), name, ports[name],
        [(peer, f"tcp://127.0.0.1:{port}") for peer, port in ports.items() if peer != name],
    )) for name in NAMES]  # fmt: skip


def add_replica(origin, table, name):
    def accepted():
        try:
            return origin.call("UpdateTable", {"TableName": table, "ReplicaUpdates": [{"Create": {"RegionName": name}}]})
        except urllib.error.HTTPError as error:
            if error.code != http.HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            return None  # the regions have not met yet

    wait_until(accepted, f"{name} to be reached")

    def active():
        replicas = origin.call("DescribeTable", {"TableName": table})["Table"].get("Replicas", [])
        return any(replica["RegionName"] == name and replica["ReplicaStatus"] == "ACTIVE" for replica in replicas)

    wait_until(active, f"the replica of {table} in {name} to be ACTIVE")


def wait_for_followers(origin, followers, number):
    """Until each has what was written last, in every shard."""
    items = [{"pk": {"S": f"marker{i}"}, "n": {"N": str(number)}} for i in range(MARKERS)]
    for item in items:
        origin.call("PutItem", {"TableName": "shared", "Item": item})
    for follower in followers:
        for item in items:
            get = {"TableName": "shared", "Key": {"pk": item["pk"]}}
            wait_until(lambda: follower.call("GetItem", get).get("Item") == item, "the followers to catch up")


def cpu_us_a_write(bench, origin, table, number, after=lambda: None):
    begin = origin.cpu_seconds()
    figure = load.wrk(origin.http, "PutItem", table, keys=KEYS, item_bytes=ITEM_BYTES, seconds=bench.seconds, seed=number)
    after()
    return (origin.cpu_seconds() - begin) * 1e6 / (figure.rate * bench.seconds), figure.rate


def measure_replication(bench):
    alone, followed = [], []
    with contextlib.ExitStack() as servers:
        origin, *followers = start_regions(bench, servers)
        for table in ("alone", "shared"):
            origin.create_table(table)
        for name in NAMES[1:]:
            add_replica(origin, "shared", name)
        for table in ("alone", "shared"):
            load.fill(origin.http, table, keys=KEYS, item_bytes=ITEM_BYTES)
        wait_for_followers(origin, followers, 0)
        for number in range(1, bench.rounds + 1):
            alone.append(cpu_us_a_write(bench, origin, "alone", number))
            followed.append(cpu_us_a_write(
                bench, origin, "shared", number, lambda: wait_for_followers(origin, followers, number)))  # fmt: skip
    ratios = [mine[0] / (2 * its[0]) for mine, its in zip(followed, alone)]
    (alone_us, alone_rate), (followed_us, followed_rate) = (
        [statistics.median(column) for column in zip(*measured)] for measured in (alone, followed)
    )
    return Table(
        "Replication to two regions",
        f"Processor time of the region that is written to, a PutItem of {ITEM_BYTES} bytes, 32 connections, until both "
        f"followers have everything; all three regions share the cores. {bench.turns_text().capitalize()}.",
        ["table", "writes/s", "processor µs a write", "of writing twice"],
        [["in one region", alone_rate, alone_us, 0.5],
         ["followed by two", followed_rate, followed_us, statistics.median(ratios)]],
    )
