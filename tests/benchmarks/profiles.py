# SPDX-License-Identifier: Apache-2.0
"""Where a request's processor time goes, by perf: what is Gyre's own, and what is the least that is left without it."""

import collections
import contextlib
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

# Of a sample in the kernel: by the system call that it was in.
SYSTEM_CALLS = [
    ("network", re.compile(r"send|recv|accept|_sys_writev|_sys_readv")),
    ("disk", re.compile(r"sync|_sys_write|pwrite|_sys_pread|_sys_read$|truncate|open|unlink")),
    ("waiting", re.compile(r"epoll|futex|poll|eventfd|nanosleep|yield")),
]
# Of a sample in user space: by library, then by function.
LIBRARIES = [
    ("RocksDB", re.compile(r"librocksdb|liblz4|libsnappy|libzstd")),
    ("memory", re.compile(r"jemalloc")),
    ("JSON", re.compile(r"simdjson")),
    ("C library", re.compile(r"libc\.so|libm\.so|ld-linux|libstdc|libgcc|vdso")),
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


def group_of(stack):
    """`stack`: (function, library) from the innermost frame outwards."""
    function, library = stack[0]
    if "kernel" in library or library == "[unknown]":
        calls = [name for name, where in stack if "kernel" in where and "_sys_" in name]
        # Without one it is the kernel's own business amid user code, or the network's.
        return first_match(SYSTEM_CALLS, calls[-1]) or "waiting" if calls else "network"
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


def profile(bench, server, path):
    """Requests a second; µs of processor that a request takes in the server and in the load; the server's shares."""
    recording = bench.directory("perf")
    command = ["perf", "record", "-q", "-F", str(SAMPLES_A_SECOND), "-g", "-o", recording, "-p", str(server.process.pid)]
    load.wrk(server.http, path, table_of(path), keys=KEYS, item_bytes=ITEM_BYTES, seconds=1, seed=1)
    before, load_before = server.cpu_seconds(), os.times().children_user + os.times().children_system
    figure = load.wrk(server.http, path, table_of(path), keys=KEYS, item_bytes=ITEM_BYTES, seconds=bench.seconds, seed=2)
    requests = figure.rate * bench.seconds
    server_us = (server.cpu_seconds() - before) * 1e6 / requests
    load_us = (os.times().children_user + os.times().children_system - load_before) * 1e6 / requests
    with subprocess.Popen(command + ["sleep", str(bench.seconds)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        load.wrk(server.http, path, table_of(path), keys=KEYS, item_bytes=ITEM_BYTES, seconds=bench.seconds, seed=3)
    return figure.rate, server_us, load_us, shares(recording)


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
        echo_us = statistics.median(sum(profile(bench, echo, "PutItem")[1:3]) for _ in range(bench.rounds))
        for path, items in PATHS:
            profiles = [profile(bench, region, path) for _ in range(bench.rounds)]
            server_us, load_us = (statistics.median(each[i] for each in profiles) for i in (1, 2))
            parts = {group: statistics.median(each[3][group] for each in profiles) * server_us for group in GROUPS}
            others_us = load_us + sum(us for group, us in parts.items() if group not in OWN)
            rows.append([path, *parts.values(), load_us, items * echo_us / (server_us + load_us), items * echo_us / others_us])
    return Table(
        "Where the time goes",
        f"Microseconds of processor that a request takes, 32 connections, {ITEM_BYTES}-byte items; {bench.turns_text()}. In the "
        "kernel a sample counts for the system call that it is in. \"If busy\" is the share of the bare echo that the path would "
        f"have if both cores never waited for the disk or each other (the echo and its load take {echo_us:.1f} µs); \"without "
        "Gyre\" what would be left to reach if its own code took no time at all.",
        ["path", *GROUPS, "the load", "if busy", "without Gyre"],
        rows,
    )
