# SPDX-License-Identifier: Apache-2.0
"""Wrong files, ports, directories and bytes: each a clear answer, and nothing harmed."""

import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import unittest

from harness import BUILD, GYRE, Topology, TopologyTest, free_ports


def run(*arguments, seconds=30):
    return subprocess.run([GYRE, *arguments], capture_output=True, text=True, timeout=seconds)


class BadTopologies(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="gyre-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def up(self, text):
        file = pathlib.Path(self.directory, "topology.toml")
        file.write_text(text)
        return run("up", str(file), "--data", os.path.join(self.directory, "data"))

    def assert_one_line(self, done, *parts):
        self.assertNotEqual(done.returncode, 0)
        lines = done.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        for part in parts:
            self.assertIn(part, lines[0])

    def region(self, name, http, stream):
        return f'[[region]]\nname = "{name}"\nhttp = "127.0.0.1:{http}"\nstream = "tcp://127.0.0.1:{stream}"\n'

    def test_two_regions_on_one_port(self):
        first, second, third = free_ports(3)
        done = self.up(self.region("a", first, second) + self.region("b", first, third))
        self.assert_one_line(done, f"port {first} is used twice", "a", "b")

    def test_not_toml(self):
        self.assert_one_line(self.up("[[region]\nname = 1"), "topology.toml:1")

    def test_a_misspelt_member(self):
        first, second = free_ports(2)
        done = self.up(self.region("a", first, second) + "latancy_ms = 4\n")
        self.assert_one_line(done, "latancy_ms")

    def test_a_link_to_nowhere(self):
        first, second = free_ports(2)
        done = self.up(self.region("a", first, second) + '[[link]]\nbetween = ["a", "b"]\n')
        self.assert_one_line(done, "'b'")

    def test_a_missing_file(self):
        self.assert_one_line(run("up", "/nonexistent.toml"), "/nonexistent.toml")

    def test_a_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = self.up(self.region("a", port, free_ports(1)[0]))
        self.assert_one_line(done, str(port), "in use")

    def test_a_directory_that_cannot_be_made(self):
        first, second = free_ports(2)
        file = pathlib.Path(self.directory, "topology.toml")
        file.write_text(self.region("a", first, second))
        self.assert_one_line(run("up", str(file), "--data", str(file) + "/below"), str(file))

    def test_no_topology_runs(self):
        done = run("verify", "cities", "--data", self.directory)
        self.assert_one_line(done, self.directory, "gyre up")


class BadBytes(TopologyTest):
    regions = ["us-east-1", "eu-west-1"]

    def test_garbage_on_the_stream_port_harms_nobody(self):
        chance = random.Random(7)
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", self.topology.stream["us-east-1"])) as connection:
                connection.sendall(chance.randbytes(chance.randrange(1, 300)))
        self.still_serves()

    def test_truncated_zeromq_frames_harm_nobody(self):
        greeting = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0" + bytes(31)
        ready = b"\x04\x26\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER\x08Identity\x00\x00\x00\x00"
        for body in [b"\x00\x05ab", b"\x00\x08" + b"\xff" * 8, b"\x02" + b"\xff" * 8, b"\x00\x10" + bytes(16)]:
            with socket.create_connection(("127.0.0.1", self.topology.stream["us-east-1"])) as connection:
                connection.sendall(greeting + ready + body)
        self.still_serves()

    def test_garbage_on_the_http_port_harms_nobody(self):
        chance = random.Random(8)
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", self.topology.http["us-east-1"])) as connection:
                connection.sendall(chance.randbytes(chance.randrange(1, 300)) + b"\r\n\r\n")
        self.still_serves()

    def still_serves(self):
        table = f"after{random.randrange(1 << 30)}"
        client = self.topology.create_table(table, replicas=["eu-west-1"])
        client.put_item(TableName=table, Item={"pk": {"S": "a"}})
        self.topology.verify(table)


class BadPlugins(TopologyTest):
    regions = ["us-east-1"]

    def consume(self, library):
        return self.topology.gyre(
            "consume", library, "--name", "bad", "--region", "us-east-1", "--table", "t", check=False
        )

    def test_a_library_that_is_not_there(self):
        done = self.consume("/nonexistent.so")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("/nonexistent.so", done.stderr)

    def test_a_library_that_is_no_plugin(self):
        done = self.consume(foreign_library())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("gyre_plugin_query", done.stderr)

    def test_a_plugin_made_for_another_abi_version(self):
        done = self.consume(str(BUILD / "consumers" / "test_plugins" / "future_version.so"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("ABI version", done.stderr)


def foreign_library():
    """Some shared library that has nothing to do with Gyre."""
    return str(next(pathlib.Path("/usr/lib").glob("**/libz.so.1")))


if __name__ == "__main__":
    unittest.main()
