# SPDX-License-Identifier: Apache-2.0
"""Load: wrk for servers that speak DynamoDB's API, redis-benchmark for Redis."""

import csv
import pathlib
import signal
import subprocess
import sys

from turns import Figure

SCRIPT = str(pathlib.Path(__file__).with_name("request.lua"))
FILL_SECONDS_MAX = 3600


def wrk(port, path, table="bench", *, keys, item_bytes, connections=32, seconds=3, seed=1):
    """Requests for random keys with one thread and connections that are kept; any error ends the run."""
    command = wrk_command(port, path, table, keys, item_bytes, connections, seconds, seed)
    done = subprocess.run(command, capture_output=True, text=True)
    return figure_of(done.stdout, path, done.stdout + done.stderr)


def fill(port, table="bench", *, keys, item_bytes, connections=32):
    """Writes each key once, 25 items a request; answers requests a second. `keys`: a multiple of 25."""
    command = wrk_command(port, "Fill", table, keys, item_bytes, connections, FILL_SECONDS_MAX, 1)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == "FILLED\n":
                process.send_signal(signal.SIGINT)
    return figure_of("".join(lines), "Fill", "".join(lines))


def wrk_command(port, path, table, keys, item_bytes, connections, seconds, seed):
    script_arguments = [path, table, str(keys), str(item_bytes), str(seed)]
    return ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=30s", "--latency", "-s", SCRIPT,
            f"http://127.0.0.1:{port}/", "--", *script_arguments]  # fmt: skip


def figure_of(output, path, everything):
    result = next((line.split()[1:] for line in output.splitlines() if line.startswith("RESULT")), None)
    if result is None or int(result[5]) != 0:
        sys.exit(f"bench: {path} failed\n{everything}")
    requests, duration_us, p50_us, p99_us, longest_us = (int(number) for number in result[:5])
    return Figure(requests * 1e6 / duration_us, p50_us / 1000, p99_us / 1000, longest_us / 1000)


def redis_benchmark(port, requests, *command, connections=1, pipeline=1):
    done = subprocess.run(
        ["redis-benchmark", "-p", str(port), "-c", str(connections), "-P", str(pipeline), "-n", str(requests),
         "--precision", "3", "--csv", *command],
        capture_output=True, text=True,
    )  # fmt: skip
    rows = list(csv.DictReader(done.stdout.splitlines()))
    if done.returncode != 0 or not rows:
        sys.exit(f"bench: redis-benchmark {command[0]} failed\n{done.stdout}{done.stderr}")
    row = rows[0]
    return Figure(*(float(row[name]) for name in ("rps", "p50_latency_ms", "p99_latency_ms", "max_latency_ms")))
