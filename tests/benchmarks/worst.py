# SPDX-License-Identifier: Apache-2.0
"""What small requests wait for while others send the heaviest that are known."""

import http.client
import json
import multiprocessing
import statistics
import time

from report import Table
from servers import HEADERS, Region
from turns import Figure, Turns

SENDERS = 2
TINY_ITEMS = 30_000  # of a partition whose page takes long to filter, and of one that was deleted
LARGE_ITEMS = 8
NULL = {"NULL": True}


def packed(operation, body):
    return operation, json.dumps(body, separators=(",", ":")).encode()


def post(connection, operation, body):
    """Answers the status."""
    connection.request("POST", "/", body, {**HEADERS, "X-Amz-Target": f"DynamoDB_20120810.{operation}"})
    reply = connection.getresponse()
    reply.read()
    return reply.status


def many(count, text, separator):
    return separator.join([text] * count)


def heavy_requests():
    """By name: an operation and its body."""
    key = {"pk": {"S": "large0"}}
    part = {":b": {"S": "b" + "a" * 99}}  # which takes memmem longest
    return {
        "a body of 14 MB, of nulls": packed("PutItem", {"TableName": "bench", "Item": {**key, "l": {"L": [NULL] * 1_000_000}}}),
        "50,000 placeholders": packed("GetItem", {
            "TableName": "bench", "Key": key, "ProjectionExpression": "#n0",
            "ExpressionAttributeNames": {f"#n{i}": "a" for i in range(50_000)},
        }),
        "a condition of 150 `contains`, on 390 KB": packed("UpdateItem", {
            "TableName": "bench", "Key": {"pk": {"S": "text"}}, "UpdateExpression": "SET n = :b",
            "ConditionExpression": many(150, "contains(s,:b)", " or "), "ExpressionAttributeValues": part,
        }),
        "a page of tiny items, 140 operators": packed("Query", {
            "TableName": "ranges", "KeyConditionExpression": "pk = :p",
            "FilterExpression": many(140, "pad = :p", " or "), "ExpressionAttributeValues": {":p": {"S": "tiny0"}},
        }),
        f"{TINY_ITEMS:,} deleted rows": packed("Query", {
            "TableName": "ranges", "KeyConditionExpression": "pk = :p", "Limit": 1,
            "ExpressionAttributeValues": {":p": {"S": "deleted0"}},
        }),
        f"a transaction of {LARGE_ITEMS} items of 90,000 nulls": packed("TransactGetItems", {
            "TransactItems": [{"Get": {"TableName": "bench", "Key": {"pk": {"S": f"large{i}"}}}} for i in range(LARGE_ITEMS)],
        }),
    }  # fmt: skip


def fill(region):
    region.create_table("bench")
    region.create_table("ranges", sort_key=True)
    region.call("PutItem", {"TableName": "bench", "Item": {"pk": {"S": "text"}, "s": {"S": "a" * 390_000}}})
    for i in range(LARGE_ITEMS):
        region.call("PutItem", {"TableName": "bench", "Item": {"pk": {"S": f"large{i}"}, "l": {"L": [NULL] * 90_000}}})
    region.put_partitions("ranges", "tiny", 1, TINY_ITEMS, "x")
    region.put_partitions("ranges", "deleted", 1, TINY_ITEMS, "x")
    for start in range(0, TINY_ITEMS, 25):
        deletes = [{"DeleteRequest": {"Key": {"pk": {"S": "deleted0"}, "n": {"N": str(n)}}}} for n in range(start, start + 25)]
        region.call("BatchWriteItem", {"RequestItems": {"ranges": deletes}})


def send(port, operation, body, ready, stop):
    """Another process: one heavy request after the other."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    post(connection, operation, body)
    ready.release()
    while not stop.is_set():
        post(connection, operation, body)


def probe(port, seconds):
    """Small requests, reads and writes in turns, one at a time; the rate is that of both."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    requests = [
        packed("GetItem", {"TableName": "bench", "Key": {"pk": {"S": "small"}}}),
        packed("PutItem", {"TableName": "bench", "Item": {"pk": {"S": "small"}, "v": {"S": "x" * 100}}}),
    ]
    times = []
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        for operation, body in requests:
            before = time.perf_counter()
            if post(connection, operation, body) != 200:
                raise RuntimeError(f"a small {operation} was refused")
            times.append((time.perf_counter() - before) * 1000)
    times.sort()
    return Figure(len(times) / seconds, statistics.median(times), times[int(len(times) * 0.99)], times[-1])


def probe_beside(port, request, seconds):
    ready, stop = multiprocessing.Semaphore(0), multiprocessing.Event()
    senders = [multiprocessing.Process(target=send, args=(port, *request, ready, stop)) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for _ in senders:
        ready.acquire()
    figure = probe(port, seconds)
    stop.set()
    for sender in senders:
        sender.join()
    return figure


def measure_worst(bench):
    with Region(bench.directory("worst")) as region:
        fill(region)
        subjects = {"nothing": lambda _: probe(region.http, bench.seconds)}
        for name, request in heavy_requests().items():
            subjects[name] = lambda _, request=request: probe_beside(region.http, request, bench.seconds)
        turns = Turns(subjects, bench.rounds)
    rows = []
    for name in subjects:
        pairs = zip(turns.figures[name], turns.figures["nothing"])
        times = statistics.median(mine.p99_ms / its.p99_ms for mine, its in pairs)
        longest = max(figure.longest_ms for figure in turns.figures[name])
        rows.append([name, turns.median(name, "p50_ms"), turns.median(name, "p99_ms"), longest, times])
    return Table(
        "Beside the heaviest requests",
        f"GetItem and PutItem of 100 bytes in turns, one at a time, while {SENDERS} other processes send nothing but the request named; "
        f"{bench.turns_text()}. All share the machine's cores. The last column: how many times the p99 of those with nothing beside.",
        ["beside", "p50 ms", "p99 ms", "longest ms", "p99, times"],
        rows,
    )
