# SPDX-License-Identifier: Apache-2.0
"""A region that outsiders give more connections, bodies and unread replies than it has descriptors and memory for."""

import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from harness import GYRE, Program, free_ports, wait_until

MEGABYTE = 1024 * 1024
SIGNED = (
    "Authorization: AWS4-HMAC-SHA256 Credential=gyre/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=none\r\nX-Amz-Date: 20260101T000000Z\r\n"
)
TABLE = {
    "TableName": "things",
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def head(operation, framing):
    return (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"
        f"X-Amz-Target: DynamoDB_20120810.{operation}\r\n{SIGNED}{framing}\r\n"
    ).encode()


def request(operation, body):
    data = json.dumps(body).encode()
    return head(operation, f"Content-Length: {len(data)}\r\n") + data


def put(key, size=10):
    return request("PutItem", {"TableName": "things", "Item": {"pk": {"S": key}, "text": {"S": "x" * size}}})


class Client:
    """One kept connection."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def send_what_fits(self, data):
        """Sends until the other side takes no more; answers how much that was."""
        self.socket.setblocking(False)
        sent = 0
        try:
            while sent < len(data):
                sent += self.socket.send(data[sent : sent + MEGABYTE])
        except BlockingIOError:
            pass
        self.socket.settimeout(60)
        return sent

    def receive(self):
        """Status and body of the next reply; status 0 if the connection ended."""
        line = self.file.readline()
        if not line:
            return 0, b""
        length = 0
        while (header := self.file.readline().strip()) != b"":
            name, value = header.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        return int(line.split()[1]), self.file.read(length)

    def ask(self, data):
        self.socket.sendall(data)
        return self.receive()


class Region:
    """`gyre serve` under limits of the shell."""

    def __init__(self, limits, *arguments):
        self.directory = tempfile.mkdtemp(prefix="gyre-test-")
        self.http, self.stream = free_ports(2)
        command = [
            GYRE, "serve", "--region", "us-east-1", "--http", f"127.0.0.1:{self.http}",
            "--stream", f"tcp://127.0.0.1:{self.stream}", "--data", self.directory + "/data", *arguments,
        ]  # fmt: skip
        self.program = Program(["/bin/sh", "-c", limits + '; exec "$@"', "sh", *command])

    def ready(self):
        self.program.wait_for_line("ready")
        return self

    def alive(self):
        return self.program.process.poll() is None

    def memory_peak(self):
        status = pathlib.Path(f"/proc/{self.program.process.pid}/status").read_text()
        (line,) = [one for one in status.splitlines() if one.startswith("VmHWM")]
        return int(line.split()[1]) * 1024

    def close(self):
        self.program.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


def connect_many(port, count):
    """Idle connections: those that the other side took, at least for a moment."""
    connections = []
    for _ in range(count):
        connection = socket.socket()
        connection.settimeout(0.2)
        try:
            connection.connect(("127.0.0.1", port))
        except OSError:
            connection.close()  # its queue of connections to accept is full for now
            continue
        connections.append(connection)
    return connections


class ResourcesTest(unittest.TestCase):
    def region(self, limits, *arguments):
        region = Region(limits, *arguments)
        self.addCleanup(region.close)
        return region

    def client(self, region):
        client = Client(region.http)
        self.addCleanup(client.close)
        return client


class Descriptors(ResourcesTest):
    @classmethod
    def setUpClass(cls):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))

    def flood(self, limit, port_of):
        region = self.region(f"ulimit -n {limit}", "--memory", "16").ready()
        client = self.client(region)
        self.assertEqual(client.ask(request("CreateTable", TABLE))[0], 200)
        idle = connect_many(port_of(region), 1100)
        try:
            # Enough for the store to write files and to merge them.
            for i in range(60):
                self.assertEqual(client.ask(put(f"key{i}", 300_000))[0], 200)
            self.assertTrue(region.alive(), region.program.output())
        finally:
            for connection in idle:
                connection.close()
        wait_until(lambda: self.serves(region, put("new")), "new connections to be served")
        self.assertEqual(region.program.stop(), 0)

    def serves(self, region, asked):
        client = Client(region.http)
        try:
            return client.ask(asked)[0] == 200
        except OSError:
            return False
        finally:
            client.close()

    def test_idle_http_connections_leave_the_store_its_files(self):
        for limit in (256, 1024):
            with self.subTest(limit=limit):
                self.flood(limit, lambda region: region.http)

    def test_idle_stream_connections_leave_the_store_its_files(self):
        for limit in (256, 1024):
            with self.subTest(limit=limit):
                self.flood(limit, lambda region: region.stream)

    def test_stream_connections_leave_some_to_http(self):
        region = self.region("ulimit -n 256").ready()
        idle = connect_many(region.stream, 600)
        try:
            # Some may be taken before the port is told to take no more; those are closed again.
            wait_until(lambda: self.serves(region, request("ListTables", {})), "a request to be served beside them")
        finally:
            for connection in idle:
                connection.close()

    def test_a_limit_too_small_to_serve_is_one_clear_line(self):
        region = self.region("ulimit -n 60")
        self.assertNotEqual(region.program.process.wait(30), 0)
        wait_until(lambda: region.program.lines, "the reason")
        self.assertEqual(len(region.program.lines), 1, region.program.output())
        self.assertIn("only 60 files may be open at once", region.program.lines[0])
        self.assertFalse(os.path.exists(region.directory + "/data"))


class Memory(ResourcesTest):
    """With --memory 64 the store holds 64 MB, bodies 32 MB and replies 32 MB; the program itself needs some too."""

    BOUND = 400 * MEGABYTE

    def setUp(self):
        self.served = self.region("true", "--memory", "64").ready()
        self.assertEqual(self.client(self.served).ask(request("CreateTable", TABLE))[0], 200)

    def assert_small_requests_pass(self):
        for i in range(4):  # on every I/O thread
            self.assertEqual(self.client(self.served).ask(put(f"small{i}"))[0], 200)

    def test_parked_bodies(self):
        size = 16 * MEGABYTE
        whole = head("PutItem", f"Content-Length: {size}\r\n") + b" " * (size - 1)
        clients = [self.client(self.served) for _ in range(200)]
        for client in clients:
            client.send_what_fits(whole)
        self.assert_small_requests_pass()
        self.assertLess(self.served.memory_peak(), self.BOUND)
        # Whoever finishes is served; the others are next in line.
        for client in clients[1:]:
            client.close()
        self.assert_small_requests_pass()

    def test_unread_replies(self):
        writer = self.client(self.served)
        keys = [f"large{i}" for i in range(40)]
        for key in keys:
            self.assertEqual(writer.ask(put(key, 400_000))[0], 200)
        get = request("BatchGetItem", {"RequestItems": {"things": {"Keys": [{"pk": {"S": key}} for key in keys]}}})
        clients = [self.client(self.served) for _ in range(100)]
        for client in clients:
            client.socket.sendall(get)
        self.assert_small_requests_pass()
        status, body = clients[0].receive()
        self.assertEqual((status, len(body) > 15_000_000), (200, True))
        self.assert_small_requests_pass()
        self.assertLess(self.served.memory_peak(), self.BOUND)

    def test_endless_framing(self):
        for start in (b"1;", b"1", b"2\r\n{}\r\n0\r\nX-Trailer: "):
            before = self.served.memory_peak()
            client = self.client(self.served)
            try:
                client.socket.sendall(head("PutItem", "Transfer-Encoding: chunked\r\n") + start)
                for _ in range(100):
                    client.socket.sendall(b"1" * MEGABYTE)
            except OSError:
                pass  # closed, once the refusal had its time to be read
            self.assertLess(self.served.memory_peak() - before, 20 * MEGABYTE, start)
        self.assert_small_requests_pass()

    def test_a_stop_waits_for_nobody(self):
        idle = self.client(self.served)
        half = self.client(self.served)
        half.socket.sendall(put("half")[:-5])
        parked = self.client(self.served)
        parked.send_what_fits(head("PutItem", f"Content-Length: {16 * MEGABYTE}\r\n") + b" " * MEGABYTE)
        with socket.create_connection(("127.0.0.1", self.served.stream)):
            self.assert_small_requests_pass()
            begin = time.monotonic()
            self.assertEqual(self.served.program.stop(), 0)
            self.assertLess(time.monotonic() - begin, 2)
        self.assertEqual(idle.receive(), (0, b""))


class Origins(ResourcesTest):
    """What a web page that a user happens to visit can do to a region on the same machine."""

    def test_a_page_commands_only_the_region_that_served_it(self):
        region = self.region("true", "--allowed-origin", "http://console.example").ready()
        host = f"127.0.0.1:{region.http}"

        def status(*headers):
            done = subprocess.run(
                ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "30",
                 "--data", "{}", *[part for one in headers for part in ("-H", one)], f"http://{host}/"],
                capture_output=True, text=True, timeout=60,
            )  # fmt: skip
            return int(done.stdout)

        command = ["X-Amz-Target: Gyre.DescribeLinks", "Content-Type: application/json"]
        self.assertEqual(status(*command), 200)
        self.assertEqual(status(*command, f"Origin: http://{host}"), 200)
        self.assertEqual(status(*command, "Origin: http://console.example"), 200)
        self.assertEqual(status(*command, "Origin: http://evil.example"), 403)
        self.assertEqual(status(*command, "Origin: null"), 403)
        self.assertEqual(status(*command, "Origin: http://evil.example", "Host: evil.example"), 403)
        self.assertEqual(status("X-Amz-Target: Gyre.DescribeLinks", "Content-Type: text/plain"), 404)
        listing = ["X-Amz-Target: DynamoDB_20120810.ListTables", "Content-Type: application/json"]
        signed = [line for line in SIGNED.split("\r\n") if line]
        self.assertEqual(status(*listing, *signed, "Origin: http://evil.example"), 200)


if __name__ == "__main__":
    unittest.main()
