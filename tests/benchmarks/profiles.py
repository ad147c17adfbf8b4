# SPDX-License-Identifier: Apache-2.0
"""Where a request's processor time goes, by perf: what is Gyre's own, and what is the least that is left without it."""

import collections
import contextlib
import itertools
import os
import re
import shutil
import statistics
import subprocess

import load
from paths import ITEM_BYTES, KEYS, create_and_fill
from report import Table
from servers import Echo, Region

PATHS = [("PutItem", 1), ("PutItemIf", 1), ("UpdateItem", 1), ("BatchWriteItem", 25), ("GetItem", 1), ("Query20", 1)]
SAMPLES_A_SECOND = 1500

# Of a sample in the kernel: by the call that it was in, from the C library's name of it inwards.
KERNEL = [
    ("waiting", re.compile(r"epoll|futex|lll_lock|poll|nanosleep|yield")),
    ("network", re.compile(r"send|recv|accept")),
    ("disk", re.compile(r"sync|write|pread|truncate|open|unlink|blk_")),
    ("memory", re.compile(r"page_fault|madvise|mmap|munmap")),
]
C_LIBRARY = re.compile(r"libc\.so|libm\.so|ld-linux|libstdc|libgcc|vdso")
# Of a sample in user space: by library, then by function.
LIBRARIES = [
    ("RocksDB", re.compile(r"librocksdb|liblz4|libsnappy|libzstd")),
    ("memory", re.compile(r"jemalloc")),
    ("JSON", re.compile(r"simdjson")),
    ("C library", C_LIBRARY),
]
FUNCTIONS = [
    ("HTTP", re.compile(r"boost::|gyre::http::|deflate|crc32")),
    ("JSON", re.compile(r"gyre::json::|simdjson")),
    ("memory", re.compile(r"^(operator new|operator delete|malloc|free|calloc|realloc)")),
]
GROUPS = ["network", "waiting", "disk", "RocksDB", "memory", "C library", "JSON", "HTTP", "the rest of Gyre"]
OWN = ["JSON", "HTTP", "the rest of Gyre"]


class Perf:
    @staticmethod
    def missing():
        if not shutil.which("perf"):
            return "perf (package linux-perf)"
        tried = subprocess.run(["perf", "record", "-q", "-g", "-o", os.devnull, "true"], capture_output=True)
        return "the right to use perf (kernel.perf_event_paranoid)" if tried.returncode else None


def first_match(patterns, text):
    return next((name for name, pattern in patterns if pattern.search(text)), None)


def in_kernel(library):
    return "kernel" in library


def group_of(stack):
    """`stack`: (function, library) from the innermost frame outwards."""
    function, library = stack[0]
    if in_kernel(library):
        calls = list(itertools.takewhile(lambda frame: in_kernel(frame[1]), stack))
        names = [name for name, _ in calls]
        if len(calls) < len(stack) and C_LIBRARY.search(stack[len(calls)][1]):
            names.append(stack[len(calls)][0])
        if any("eventfd" in name for name in names):
            return "waiting"  # a wakeup, by a write to a file
        # What interrupted user code is the network's, as a rule.
        return next(filter(None, (first_match(KERNEL, name) for name in reversed(names))), "network")
    return first_match(LIBRARIES, library) or first_match(FUNCTIONS, function) or "the rest of Gyre"


def shares(recording):
    """Of each group, of all samples in a recording."""
    script = subprocess.run(["perf", "script", "-i", recording, "-F", "ip,sym,dso"], capture_output=True, text=True)
    counts = collections.Counter()
    for sample in script.stdout.split("\n\n"):
        stack = []
        for line in sample.splitlines():
            frame = re.match(r"\s*[0-9a-f]+ (.*) \(([^)]*)\)$", line)
            if frame:
                stack.append(frame.groups())
        if stack:
            counts[group_of(stack)] += 1
    total = sum(counts.values()) or 1
    return {group: counts[group] / total for group in GROUPS}


def cost(bench, server, path):
    """Requests a second, and µs of processor that one takes in the server and in the load."""
    before, load_before = server.cpu_seconds(), os.times().children_user + os.times().children_system
    figure = load.wrk(server.http, path, table_of(path), keys=KEYS, item_bytes=ITEM_BYTES, seconds=bench.seconds, seed=2)
    requests = figure.rate * bench.seconds
    server_us = (server.cpu_seconds() - before) * 1e6 / requests
    load_us = (os.times().children_user + os.times().children_system - load_before) * 1e6 / requests
    return figure.rate, server_us, load_us


def profile(bench, server, path):
    """As cost(), and the server's shares, of as many seconds afterwards."""
    measured = cost(bench, server, path)
    recording = bench.directory("perf")
    command = ["perf", "record", "-q", "-F", str(SAMPLES_A_SECOND), "-g", "-o", recording, "-p", str(server.process.pid)]
    with subprocess.Popen(command + ["sleep", str(bench.seconds)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        load.wrk(server.http, path, table_of(path), keys=KEYS, item_bytes=ITEM_BYTES, seconds=bench.seconds, seed=3)
    return *measured, shares(recording)


def row_of(echo, path, items):
    echo_rate, *echo_us = echo
    rate, server_us, load_us, parts = path
    parts_us = {group: part * server_us for group, part in parts.items()}
    others_us = load_us + sum(us for group, us in parts_us.items() if group not in OWN)
    shares_of_echo = [items * share for share in (rate / echo_rate, sum(echo_us) / (server_us + load_us), sum(echo_us) / others_us)]
    return *parts_us.values(), load_us, *shares_of_echo


def table_of(path):
    return "ranges" if path.startswith("Query") else "bench"


def measure_profiles(bench):
    if not bench.has(Perf):
        return None
    rows = []
    with contextlib.ExitStack() as servers:
        region = servers.enter_context(Region(bench.directory("profiles")))
        echo = servers.enter_context(Echo())
        create_and_fill(region)
        for path, items in PATHS:
            # The echo again for each: a machine's mood changes, and only what was measured side by side compares.
            pairs = [(cost(bench, echo, "PutItem"), profile(bench, region, path)) for _ in range(bench.rounds)]
            rows.append([path, *(statistics.median(column) for column in zip(*(row_of(*pair, items) for pair in pairs)))])
    return Table(
        "Where the time goes",
        f"Microseconds of processor that a request takes, 32 connections, {ITEM_BYTES}-byte items; {bench.turns_text()}. In the "
        "kernel a sample counts for the system call that it is in. \"If busy\" is the share of the bare echo that the path would "
        "have if both cores never waited for the disk or each other, against the echo right before it; \"without "
        "Gyre\" what would be left to reach if its own code took no time at all.",
        ["path", *GROUPS, "the load", "of echo", "if busy", "without Gyre"],
        rows,
    )
