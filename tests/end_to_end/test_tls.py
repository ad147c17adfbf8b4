# SPDX-License-Identifier: Apache-2.0
"""HTTPS: a region with a certificate of a private authority, and the clients that trust it."""

import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import unittest

import boto3
from botocore.config import Config
from botocore.exceptions import SSLError
from harness import CLIENT_ENVIRONMENT, GYRE, Program, Topology, free_ports
from test_http import Reply, request


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)


class Authority:
    """A certificate authority in a directory, which signs certificates for servers."""

    def __init__(self, directory):
        self.directory = directory
        self.certificate = self.path("ca.pem")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test Authority",
                "-keyout", self.path("ca.key"), "-out", self.certificate)  # fmt: skip

    def path(self, name):
        return os.path.join(self.directory, name)

    def sign(self, name, names="IP:127.0.0.1,DNS:localhost"):
        """Makes NAME.pem and NAME.key; answers both paths."""
        pathlib.Path(self.path("names")).write_text(f"subjectAltName={names}\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-keyout", self.path(f"{name}.key"), "-out", self.path("request"))  # fmt: skip
        openssl("x509", "-req", "-days", "2", "-in", self.path("request"), "-CA", self.certificate,
                "-CAkey", self.path("ca.key"), "-CAcreateserial", "-extfile", self.path("names"),
                "-out", self.path(f"{name}.pem"))  # fmt: skip
        return self.path(f"{name}.pem"), self.path(f"{name}.key")


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="gyre-test-")
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.authority = Authority(cls.directory)
        cls.certificate, cls.key = cls.authority.sign("server")


class Serve(TlsTest):
    """One region under `gyre serve`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port, stream = free_ports(2)
        cls.url = f"https://127.0.0.1:{cls.port}"
        cls.program = Program([GYRE, "serve", "--region", "us-east-1", "--http", f"127.0.0.1:{cls.port}",
                               "--stream", f"tcp://127.0.0.1:{stream}", "--data", os.path.join(cls.directory, "data"),
                               "--tls-certificate", cls.certificate, "--tls-key", cls.key])  # fmt: skip
        cls.addClassCleanup(cls.program.stop)
        cls.program.wait_for_line("ready")
        cls.client = cls.boto3(cls.authority.certificate)
        cls.client.create_table(
            TableName="letters", BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])  # fmt: skip

    @classmethod
    def boto3(cls, verify):
        client = boto3.client("dynamodb", endpoint_url=cls.url, region_name="us-east-1", aws_access_key_id="gyre",
                              aws_secret_access_key="gyre", verify=verify,
                              config=Config(retries={"max_attempts": 0}))  # fmt: skip
        cls.addClassCleanup(client.close)
        return client

    def connect(self, **settings):
        context = ssl.create_default_context(cafile=self.authority.certificate)
        for name, value in settings.items():
            setattr(context, name, value)
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection = context.wrap_socket(plain, server_hostname="localhost")
        self.addCleanup(connection.close)
        return connection

    def curl(self, *arguments):
        return subprocess.run(["curl", "--silent", "--show-error", "--max-time", "30", *arguments, self.url],
                              capture_output=True, text=True, env=CLIENT_ENVIRONMENT, timeout=60)  # fmt: skip

    def gyre(self, *arguments):
        return subprocess.run([GYRE, *arguments], capture_output=True, text=True, timeout=60)

    def test_boto3_with_the_authoritys_certificate(self):
        item = {"pk": {"S": "large"}, "text": {"S": "x" * 300_000}}
        self.client.put_item(TableName="letters", Item=item)
        self.assertEqual(self.client.get_item(TableName="letters", Key={"pk": {"S": "large"}})["Item"], item)

    def test_boto3_does_not_trust_a_stranger(self):
        with self.assertRaises(SSLError):
            self.boto3(True).list_tables()

    def test_the_aws_cli(self):
        command = ["/usr/bin/aws", "dynamodb", "list-tables", "--endpoint-url", self.url, "--output", "text"]
        done = subprocess.run([*command, "--ca-bundle", self.authority.certificate], capture_output=True, text=True,
                              env=CLIENT_ENVIRONMENT, timeout=120)  # fmt: skip
        self.assertEqual(done.stdout.split(), ["TABLENAMES", "letters"], done.stderr)

    def test_curl(self):
        done = self.curl("--cacert", self.authority.certificate)
        self.assertEqual(done.stdout, f"healthy: 127.0.0.1:{self.port} ", done.stderr)
        self.assertIn("certificate", self.curl().stderr)

    def test_our_own_commands(self):
        done = self.gyre("verify", "letters", "--endpoint", self.url, "--ca-bundle", self.authority.certificate)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.gyre("verify", "letters", "--endpoint", self.url)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("unable to get local issuer certificate", done.stderr)

    def test_tls_1_2_and_1_3_and_nothing_older(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            connection = self.connect(minimum_version=version, maximum_version=version)
            connection.sendall(request("ListTables", {}))
            self.assertEqual(Reply(connection.makefile("rb")).status, 200)
        openssl_says = subprocess.run(
            ["openssl", "s_client", "-tls1_1", "-cipher", "ALL@SECLEVEL=0", "-connect", f"127.0.0.1:{self.port}"],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)  # fmt: skip
        self.assertIn("alert protocol version", openssl_says.stderr)

    def test_pipelines_slow_clients_and_large_requests(self):
        connection = self.connect()
        stream = connection.makefile("rb")
        connection.sendall(request("ListTables", {}) * 20)
        for _ in range(20):
            self.assertEqual(Reply(stream).status, 200)
        for byte in request("ListTables", {}):
            connection.sendall(bytes([byte]))
        self.assertEqual(Reply(stream).status, 200)
        connection.sendall(request("PutItem", {"TableName": "letters", "Item": {"pk": {"S": "x" * 10_000_000}}}))
        self.assertEqual(Reply(stream).status, 400)

    def test_the_last_reply_ends_with_a_farewell(self):
        for headers, status in [("Connection: close\r\n", 200), ("X-Long: " + "x" * 20_000 + "\r\n", 431)]:
            connection = self.connect(options=ssl.OP_ALL)  # an end without a farewell is an error
            connection.sendall(request("ListTables", {}, headers))
            stream = connection.makefile("rb")
            self.assertEqual(Reply(stream).status, status)
            self.assertEqual(stream.read(), b"")

    def test_a_half_closed_client_gets_its_reply(self):
        connection = self.connect()
        connection.sendall(request("ListTables", {}))
        socket.socket.shutdown(connection, socket.SHUT_WR)
        self.assertEqual(Reply(connection.makefile("rb")).status, 200)

    def test_a_request_of_17_megabytes_is_refused_and_not_just_cut_off(self):
        connection = self.connect()
        connection.sendall(request("PutItem", b" " * (17 << 20)))
        self.assertEqual(Reply(connection.makefile("rb")).status, 413)

    def test_garbage_and_vanishing_clients_harm_nobody(self):
        for garbage in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05hello", os.urandom(500)):
            with socket.create_connection(("127.0.0.1", self.port)) as plain:
                plain.sendall(garbage)
        self.connect().close()
        self.assertIn("letters", self.client.list_tables()["TableNames"])


class BadFiles(TlsTest):
    def assert_refused(self, certificate, key, *parts):
        http, stream = free_ports(2)
        done = subprocess.run([GYRE, "serve", "--region", "r", "--http", f"127.0.0.1:{http}",
                               "--stream", f"tcp://127.0.0.1:{stream}", "--data", os.path.join(self.directory, "bad"),
                               "--tls-certificate", certificate, "--tls-key", key],
                              capture_output=True, text=True, timeout=60)  # fmt: skip
        self.assertNotEqual(done.returncode, 0)
        lines = [line for line in done.stderr.splitlines() if line]
        self.assertEqual(len(lines), 1, done.stderr)
        for part in parts:
            self.assertIn(part, lines[0])

    def test_each_is_one_clear_line(self):
        _, other_key = self.authority.sign("other")
        self.assert_refused("/nonexistent", self.key, "certificate '/nonexistent'", "No such file")
        self.assert_refused(self.certificate, "/nonexistent", "key '/nonexistent'", "No such file")
        self.assert_refused(self.key, self.key, self.key, "no usable PEM certificate")
        self.assert_refused(self.certificate, self.certificate, self.certificate, "no PEM private key")
        self.assert_refused(self.certificate, other_key, other_key, "does not belong to", self.certificate)


class Up(TlsTest):
    """A topology in which one region of two speaks HTTPS, under a name that is not its certificate's."""

    def test_both_regions_run_and_our_commands_find_them(self):
        certificate, key = self.authority.sign("elsewhere", "DNS:db.example")
        topology = Topology(["us-east-1", "eu-west-1"])
        self.addCleanup(topology.close)
        file = pathlib.Path(topology.file)
        tls = f'name = "eu-west-1"\ntls_certificate = "{certificate}"\ntls_key = "{key}"'
        file.write_text(file.read_text().replace('name = "eu-west-1"', tls))
        topology.start()
        self.assertIn(f"https://127.0.0.1:{topology.http['eu-west-1']}", topology.program.output())
        topology.create_table("shared", replicas=["eu-west-1"])
        topology.boto3("us-east-1").put_item(TableName="shared", Item={"pk": {"S": "a"}})
        self.assertIn("the same 1 items", topology.verify("shared").stdout)


if __name__ == "__main__":
    unittest.main()
