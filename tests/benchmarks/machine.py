# SPDX-License-Identifier: Apache-2.0
"""What a reader of the figures must know of the machine that they were measured on."""

import os
import pathlib
import platform
import statistics
import tempfile
import time


def fdatasync_median_ms(directory):
    """What one durable write costs here at least: 4 KB appended to a file."""
    times = []
    with tempfile.NamedTemporaryFile(dir=directory) as file:
        for _ in range(200):
            file.write(b"x" * 4096)
            file.flush()
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def first_value(file, name):
    """Of a file of `name : value` lines."""
    for line in pathlib.Path(file).read_text().splitlines():
        if line.startswith(name):
            return line.split(":", 1)[1].strip()
    return "unknown"


def describe(directory):
    """`directory` lies on the disk that is measured."""
    memory_kb = int(first_value("/proc/meminfo", "MemTotal").split()[0])
    return {
        "processor": first_value("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_gb": round(memory_kb / 1024 / 1024),
        "kernel": platform.release().split("-")[0],
        "fdatasync_ms": round(fdatasync_median_ms(directory), 3),
    }
