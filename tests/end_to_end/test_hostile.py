# SPDX-License-Identifier: Apache-2.0
"""Hostile requests for every operation, made from the API's model, to a region that has little memory and few
descriptors: each is answered, by no fault of ours, and the region goes on."""

import http.client
import pathlib
import queue
import re
import subprocess
import threading
import unittest

from harness import BUILD, GYRE, Program, Topology

GENERATOR = str(BUILD / "tests" / "hostile" / "hostile_requests")
ADDRESS_SPACE_KB = 4 * 1024 * 1024
DESCRIPTORS = 512
RESIDENT_KB_MAX = 768 * 1024
CLIENTS = 4
REGION = "us-east-1"


def hostile_requests():
    """(target, body) of each request that the generator prints."""
    generator = subprocess.Popen([GENERATOR], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with generator.stdout as frames:
        while header := frames.readline():
            target, length = header.decode().split()
            yield target, frames.read(int(length))
    assert generator.wait() == 0


class Client(threading.Thread):
    """Posts what it is handed over one connection after the other, and keeps what should not have been answered."""

    def __init__(self, port, work):
        super().__init__(daemon=True)
        self.port, self.work = port, work
        self.statuses, self.faults = {}, []
        self.connection = None

    def post(self, target, body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self.connection.request("POST", "/", body, {
            "X-Amz-Target": target,
            "X-Amz-Date": "20260101T000000Z",
            "X-Gyre-Command": "1",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": "AWS4-HMAC-SHA256 Credential=gyre/20260101/us-east-1/dynamodb/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=none",
        })  # fmt: skip
        reply = self.connection.getresponse()
        answer = reply.read()
        if reply.will_close:
            self.connection.close()
            self.connection = None
        return reply.status, answer

    def run(self):
        while (request := self.work.get()) is not None:
            target, body = request
            try:
                status, answer = self.post(target, body)
            except (OSError, http.client.HTTPException) as error:
                self.faults.append((target, body[:300], repr(error)))
                self.connection = None
                continue
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status >= 500 and status != 503:
                self.faults.append((target, body[:300], status, answer[:300]))


class Hostile(unittest.TestCase):
    def setUp(self):
        self.topology = Topology([REGION], options={"memory_mb": 64})
        self.addCleanup(self.topology.close)
        limits = f'ulimit -v {ADDRESS_SPACE_KB} && ulimit -n {DESCRIPTORS} && exec "$@"'
        self.topology.program = Program(
            ["bash", "-c", limits, "bash", GYRE, "up", self.topology.file, "--data", self.topology.data])  # fmt: skip
        self.topology.program.wait_for_line("ready")
        self.topology.create_table("hostile")

    def resident_kb_most(self, pid):
        return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path("/proc", str(pid), "status").read_text())[1])

    def test_every_hostile_request_is_answered_and_the_region_goes_on(self):
        pid = self.topology.pid(REGION)
        work = queue.Queue(CLIENTS)
        clients = [Client(self.topology.http[REGION], work) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        count = 0
        for request in hostile_requests():
            work.put(request)
            count += 1
        for _ in clients:
            work.put(None)
        for client in clients:
            client.join()
        self.assertEqual([fault for client in clients for fault in client.faults], [])
        self.assertEqual(sum(sum(client.statuses.values()) for client in clients), count)
        self.assertGreater(count, 5000)
        self.assertEqual(self.topology.pid(REGION), pid, "the region was started again")
        self.assertLess(self.resident_kb_most(pid), RESIDENT_KB_MAX)
        status, _ = Client(self.topology.http[REGION], work).post("DynamoDB_20120810.ListTables", b"{}")
        self.assertEqual(status, 200)


if __name__ == "__main__":
    unittest.main()
