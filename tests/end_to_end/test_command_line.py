# SPDX-License-Identifier: Apache-2.0
"""What the commands say of regions and links is true, and what went wrong is said, and shows in the exit status."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from harness import GYRE, Program, Topology, TopologyTest, free_ports, wait_until


def run(*arguments, output=subprocess.PIPE):
    return subprocess.run([GYRE, *arguments], stdout=output, stderr=subprocess.PIPE, text=True, timeout=60)


class RunningRegions(TopologyTest):
    regions = ["us-east-1", "eu-west-1"]

    def lines(self, *arguments):
        return [json.loads(line) for line in self.topology.gyre(*arguments, "--json").stdout.splitlines()]

    def states(self):
        return {line["region"]: line["state"] for line in self.lines("region", "list")}

    def test_a_killed_region_is_stopped_and_its_link_is_not_connected(self):
        both = {"us-east-1": "running", "eu-west-1": "running"}
        self.assertEqual(self.states(), both)
        self.topology.gyre("region", "kill", "eu-west-1")
        wait_until(lambda: self.states()["eu-west-1"] == "stopped", "the region to be stopped")
        links = self.lines("link", "list")
        self.assertEqual([line.get("state") for line in links if line["to"] == "us-east-1"], ["not connected"])
        self.assertTrue(all("error" in line for line in links if line["to"] == "eu-west-1"), links)
        self.assertIn("not connected", self.topology.gyre("link", "list").stdout)
        self.topology.gyre("region", "restart", "eu-west-1")
        wait_until(lambda: self.states() == both, "the region to run again")
        ended = [line for line in self.topology.program.lines if "[eu-west-1] ended: signal 9" in line]
        self.assertEqual(len(ended), 1, ended)
        wait_until(
            lambda: [line.get("state") for line in self.lines("link", "list")] == ["connected"] * 2,
            "the links to be connected",
        )

    def test_a_peer_that_hangs_is_not_called_connected(self):
        pid = self.topology.pid("eu-west-1")
        os.kill(pid, signal.SIGSTOP)
        try:
            url = ["--endpoint", self.topology.url("us-east-1")]
            wait_until(lambda: re.search(": (silent for|not connected)", run("link", "list", *url).stdout), "silence")
        finally:
            os.kill(pid, signal.SIGCONT)

    def test_a_region_that_cannot_start_again_is_stopped_and_says_why(self):
        topology = Topology(["a", "b"])
        self.addCleanup(topology.close)
        topology.start()
        topology.gyre("region", "kill", "b")
        wait_until(lambda: "stopped" in topology.gyre("region", "list").stdout, "b to be stopped")
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", topology.http["b"]))
            taken.listen()
            topology.gyre("region", "restart", "b")
            listed = wait_until(
                lambda: [line for line in topology.gyre("region", "list").stdout.splitlines() if "cannot start" in line],
                "the reason to be listed",
            )
        self.assertIn("stopped", listed[0])
        self.assertIn(str(topology.http["b"]), listed[0].split("cannot start")[1])
        topology.gyre("region", "restart", "b")
        wait_until(lambda: topology.gyre("region", "list").stdout.count("running") == 2, "b to run again")

    def test_link_set_needs_something_to_set(self):
        done = self.topology.gyre("link", "set", "us-east-1", "eu-west-1", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--latency, --jitter or --loss", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_replay_says_that_a_key_is_none_or_has_no_changes(self):
        client = self.topology.create_table("keyed", sort_key="sk")
        client.put_item(TableName="keyed", Item={"pk": {"S": "a"}, "sk": {"S": "1"}})
        client.put_item(TableName="keyed", Item={"pk": {"S": "a"}, "sk": {"S": "2"}})

        def replay(key):
            return self.topology.gyre("replay", "keyed", "--key", key, check=False)

        for key, count in [("a", 2), ('{"pk":{"S":"a"}}', 2), ('{"pk":{"S":"a"},"sk":{"S":"2"}}', 1)]:
            done = replay(key)
            self.assertEqual((done.returncode, len(done.stdout.splitlines())), (0, count), key)
        for key in ["b", '{"pk":{"N":"1"}}', '{"pk":{"S":"a"},"sk":{"S":"3"}}']:
            done = replay(key)
            self.assertEqual((done.returncode, done.stdout), (1, ""), key)
            self.assertIn("no change of the key", done.stderr)
        for key, part in [('{"id":{"S":"a"}}', "pk, sk"), ("{}", "pk, sk"), ('{"pk":', "DynamoDB JSON")]:
            done = replay(key)
            self.assertEqual((done.returncode, done.stdout), (2, ""), key)
            self.assertIn(part, done.stderr)
        self.assertNotEqual(replay("").returncode, 0)

    def test_an_answer_that_cannot_be_written_is_an_error(self):
        client = self.topology.create_table("full")
        client.put_item(TableName="full", Item={"pk": {"S": "a"}})
        data = ["--data", self.topology.data]
        stream = ["full", *data]
        for arguments in [
            ["replay", *stream], ["tail", "--from-start", *stream], ["verify", *stream], ["region", "list", *data],
            ["link", "list", *data], ["--help"], ["--version"],
        ]:  # fmt: skip
            with open("/dev/full", "w") as full:
                done = run(*arguments, output=full)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn("cannot write", done.stderr, arguments)

    def test_an_endpoint_of_the_wrong_kind_is_refused_with_the_right_one(self):
        http = self.topology.url("us-east-1")
        for arguments, wanted in [
            (["tail", "t", "--endpoint", http], "tcp://"),
            (["replay", "t", "--endpoint", http], "tcp://"),
            (["verify", "t", "--endpoint", "tcp://127.0.0.1:1"], "http://"),
        ]:
            done = run(*arguments)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("must begin with " + wanted, done.stdout + done.stderr)
        for command in ["tail", "replay"]:
            self.assertIn("tcp://HOST:PORT", run(command, "--help").stdout)


class Serve(unittest.TestCase):
    """`gyre serve` in a folder of its own, with as little said as possible."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="gyre-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def serve(self, *arguments):
        program = Program(["/usr/bin/env", "-C", self.folder, GYRE, "serve", *arguments])
        self.addCleanup(program.kill)
        return program

    def test_what_is_not_said_is_chosen(self):
        while True:  # until no other program takes one of the ports meanwhile
            http = min(free_ports(1)[0], 64_000)
            program = self.serve("--http", f"127.0.0.1:{http}")
            try:
                program.wait_for_line("ready")
                break
            except AssertionError:
                self.assertIn("Address already in use", program.output())
        shown = program.output()
        self.assertRegex(shown, rf"us-east-1 +http://127.0.0.1:{http} +streams tcp://127.0.0.1:{http + 1000}\n")
        self.assertIn("\n  export AWS_ACCESS_KEY_ID=gyre AWS_SECRET_ACCESS_KEY=gyre AWS_DEFAULT_REGION=us-east-1 ", shown)
        self.assertIn("The data is in data/us-east-1/data.", shown)
        self.assertTrue(pathlib.Path(self.folder, "data", "us-east-1", "data", "CURRENT").exists())
        self.assertEqual(program.stop(), 0)

    def test_any_region_can_be_named_that_can_name_a_folder(self):
        program = self.serve("--region", "mars-north-1", "--http", "127.0.0.1:0", "--memory-only")
        program.wait_for_line("ready")
        self.assertIn("AWS_DEFAULT_REGION=mars-north-1", program.output())
        for name in ["", "..", "a/b"]:
            done = run("serve", "--region", name)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"'{name}' cannot name a region", done.stderr)

    def test_a_port_in_use_is_told_with_what_to_do(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            for option, arguments in [
                ("--http", ["--http", address, "--stream", "tcp://127.0.0.1:0"]),
                ("--stream", ["--http", "127.0.0.1:0", "--stream", "tcp://" + address]),
            ]:
                done = run("serve", "--memory-only", *arguments)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(address + ": Address already in use", done.stderr)
                self.assertIn(option + " ", done.stderr.split("in use")[1])

    def test_streams_need_a_port(self):
        done = run("serve", "--http", "127.0.0.1:65000", "--memory-only")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no port 66000 for streams: --stream", done.stderr)


class NothingRuns(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="gyre-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def assert_nothing_runs(self, data):
        for arguments in [["region", "list"], ["link", "list"]]:
            done = run(*arguments, "--data", data)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn("no topology runs", done.stderr)

    def test_after_an_up_that_failed(self):
        topology = Topology(["a", "b"], directory=self.directory)
        with socket.create_server(("127.0.0.1", topology.http["b"])):
            done = run("up", topology.file, "--data", topology.data)
        self.assertIn("b cannot start", done.stderr)
        self.assert_nothing_runs(topology.data)

    def test_after_an_up_that_was_killed(self):
        topology = Topology(["a"], directory=self.directory).start()
        topology.program.kill()
        self.assert_nothing_runs(topology.data)

    def test_an_empty_topology_has_nothing_to_run(self):
        file = pathlib.Path(self.directory, "empty.toml")
        file.write_text("")
        self.assertIn("no [[region]]: nothing to run", run("up", str(file)).stderr)


if __name__ == "__main__":
    unittest.main()
