# SPDX-License-Identifier: Apache-2.0
"""The HTTP face of a real region, as odd and as ordinary clients see it."""

import gzip
import json
import socket
import subprocess
import unittest
import zlib

from harness import CLIENT_ENVIRONMENT, TopologyTest

SIGNED = (
    "Authorization: AWS4-HMAC-SHA256 Credential=gyre/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=none\r\nX-Amz-Date: 20260101T000000Z\r\n"
)


def request(operation, body, headers="", version="1.1"):
    """The bytes of one signed call."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = (
        f"POST / HTTP/{version}\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"
        f"X-Amz-Target: DynamoDB_20120810.{operation}\r\n{SIGNED}{headers}Content-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


class Reply:
    """One reply read off a socket's file: status, headers in lower case, body. Checks what holds for every one."""

    def __init__(self, stream):
        line = stream.readline()
        assert line.startswith(b"HTTP/1.1 "), line
        self.status = int(line.split()[1])
        self.headers = {}
        while (line := stream.readline().strip()) != b"":
            name, value = line.decode().split(":", 1)
            self.headers[name.lower()] = value.strip()
        self.body = stream.read(int(self.headers.get("content-length", 0)))
        if self.status != 100:
            assert self.headers["x-amz-crc32"] == str(zlib.crc32(self.body)), self.headers
            assert len(self.headers["x-amzn-requestid"]) == 52, self.headers

    def json(self):
        coding = self.headers.get("content-encoding")
        decode = {"gzip": gzip.decompress, "deflate": zlib.decompress, None: bytes}[coding]
        return json.loads(decode(self.body))


class Http(TopologyTest):
    regions = ["us-east-1"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.topology.create_table("pages")
        cls.client.put_item(TableName="pages", Item={"pk": {"S": "large"}, "text": {"S": "x" * 100_000}})

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.topology.http["us-east-1"]), timeout=30)
        self.addCleanup(connection.close)
        return connection

    def exchange(self, *requests):
        """Sends all requests at once on one connection; answers the replies."""
        connection = self.connect()
        connection.sendall(b"".join(requests))
        with connection.makefile("rb") as stream:
            return [Reply(stream) for _ in requests]

    def put(self, key):
        return {"TableName": "pages", "Item": {"pk": {"S": key}}}

    def get(self, key):
        return {"TableName": "pages", "Key": {"pk": {"S": key}}}

    def curl(self, *arguments):
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--include", "--max-time", "30", *arguments],
            capture_output=True, env=CLIENT_ENVIRONMENT, timeout=60,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def test_health(self):
        self.assertTrue(self.curl(self.topology.url("us-east-1")).endswith(
            f"healthy: 127.0.0.1:{self.topology.http['us-east-1']} "))  # fmt: skip

    def test_a_browsers_preflight_and_its_request(self):
        url = self.topology.url("us-east-1")
        text = self.curl("-X", "OPTIONS", "-H", "Origin: http://app", "-H", "Access-Control-Request-Method: POST",
                         "-H", "Access-Control-Request-Headers: x-amz-target, content-type", url)  # fmt: skip
        for line in ["HTTP/1.1 200 OK", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: POST",
                     "Access-Control-Allow-Headers: x-amz-target, content-type",
                     "Access-Control-Expose-Headers: x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
                     "Access-Control-Max-Age: 172800"]:  # fmt: skip
            self.assertIn(line + "\r\n", text)
        (reply,) = self.exchange(request("ListTables", {}, "Origin: http://app\r\n"))
        self.assertEqual(reply.headers["access-control-allow-origin"], "*")

    def test_compressed_requests(self):
        bodies = [("gzip", gzip.compress), ("deflate", zlib.compress)]
        for coding, compress in bodies:
            body = compress(json.dumps(self.put(coding)).encode())
            (reply,) = self.exchange(request("PutItem", body, f"Content-Encoding: {coding}\r\n"))
            self.assertEqual((reply.status, reply.body), (200, b"{}"))
            self.assertIn("Item", self.client.get_item(**self.get(coding)))

    def test_bombs_and_broken_bodies(self):
        for body, coding, status in [(gzip.compress(b" " * (1 << 28)), "gzip", 413), (b"{}", "gzip", 500),
                                     (zlib.compress(b"{}")[:-1], "deflate", 500), (b"{}", "br", 500)]:  # fmt: skip
            (reply,) = self.exchange(request("ListTables", body, f"Content-Encoding: {coding}\r\n"))
            self.assertEqual(reply.status, status, coding)

    def test_compressed_replies(self):
        for accepted, coding in [("gzip", "gzip"), ("gzip;q=0.1, deflate", "deflate"), ("br", None), ("", None)]:
            header = f"Accept-Encoding: {accepted}\r\n" if accepted else ""
            (reply,) = self.exchange(request("GetItem", self.get("large"), header))
            self.assertEqual(reply.headers.get("content-encoding"), coding)
            self.assertEqual(reply.json()["Item"]["text"]["S"], "x" * 100_000)

    def test_pipelined_requests_are_answered_in_order(self):
        writes = [request("PutItem", self.put(f"pipe{i}")) for i in range(20)]
        reads = [request("GetItem", self.get(f"pipe{i}")) for i in range(20)]
        replies = self.exchange(*[one for pair in zip(writes, reads) for one in pair])
        found = [reply.json()["Item"]["pk"]["S"] for reply in replies[1::2]]
        self.assertEqual(found, [f"pipe{i}" for i in range(20)])

    def test_a_slow_client(self):
        connection = self.connect()
        for byte in request("PutItem", self.put("slow")):
            connection.sendall(bytes([byte]))
        with connection.makefile("rb") as stream:
            self.assertEqual(Reply(stream).status, 200)

    def test_a_half_closed_client_gets_its_replies(self):
        connection = self.connect()
        connection.sendall(request("PutItem", self.put("half")) + request("GetItem", self.get("half")))
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as stream:
            self.assertEqual(Reply(stream).status, 200)
            self.assertEqual(Reply(stream).json()["Item"], {"pk": {"S": "half"}})
            self.assertEqual(stream.read(), b"")

    def test_clients_that_vanish(self):
        whole = request("PutItem", self.put("vanished"))
        for length in (1, 100, len(whole) - 1, len(whole)):
            connection = self.connect()
            connection.sendall(whole[:length])
            connection.close()
        self.assertEqual(self.exchange(request("ListTables", {}))[0].status, 200)

    def test_http_1_0(self):
        connection = self.connect()
        with connection.makefile("rb") as stream:
            connection.sendall(request("ListTables", {}, "Connection: keep-alive\r\n", "1.0"))
            self.assertEqual(Reply(stream).headers["connection"], "keep-alive")
            connection.sendall(request("ListTables", {}, version="1.0"))
            self.assertEqual(Reply(stream).headers["connection"], "close")
            self.assertEqual(stream.read(), b"")

    def test_expect_100_continue(self):
        connection = self.connect()
        whole = request("PutItem", self.put("patient"), "Expect: 100-continue\r\n")
        head, body = whole.split(b"\r\n\r\n")
        with connection.makefile("rb") as stream:
            connection.sendall(head + b"\r\n\r\n")
            self.assertEqual(Reply(stream).status, 100)
            connection.sendall(body)
            self.assertEqual(Reply(stream).status, 200)

    def test_a_request_of_17_megabytes(self):
        connection = self.connect()
        connection.sendall(request("PutItem", b" " * (17 << 20)))
        with connection.makefile("rb") as stream:
            self.assertEqual(Reply(stream).status, 413)
            self.assertEqual(stream.read(), b"")


if __name__ == "__main__":
    unittest.main()
