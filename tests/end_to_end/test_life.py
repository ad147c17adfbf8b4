# SPDX-License-Identifier: Apache-2.0
"""The life of a topology that runs by itself: up --detach, status, down, and what becomes of it when processes are killed."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import unittest

from harness import GYRE, Program, Topology, wait_until


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Life(unittest.TestCase):
    def make(self, regions=("a", "b"), **more):
        topology = Topology(regions, **more)
        self.addCleanup(topology.close)
        self.addCleanup(topology.gyre, "down", check=False, seconds=120)
        return topology

    def up(self, topology):
        return topology.gyre("up", topology.file, "--detach", check=False, seconds=120)

    def status(self, topology):
        return [json.loads(line) for line in topology.gyre("status", "--json", check=False).stdout.splitlines()]

    def supervisor(self, topology):
        return self.status(topology)[0]["supervisor_pid"]

    def assert_nothing_runs(self, topology):
        for command in ["status", "down"]:
            done = topology.gyre(command, check=False)
            self.assertEqual((done.returncode, done.stdout), (1, ""), command)
            self.assertIn(f"nothing runs on '{topology.data}'", done.stderr)
        self.assertEqual(topology.gyre("status", "--json", check=False).returncode, 1)

    def hang_at_start(self, topology):
        """Region a of the topology waits for a certificate that nobody writes."""
        pipe = pathlib.Path(topology.directory, "pipe.pem")
        os.mkfifo(pipe)
        file = pathlib.Path(topology.file)
        tls = f'tls_certificate = "{pipe}"\ntls_key = "{pipe}"\n'
        file.write_text(file.read_text().replace('name = "a"\n', 'name = "a"\n' + tls))

    def start_that_hangs(self, topology):
        self.hang_at_start(topology)
        program = Program([GYRE, "up", topology.file, "--data", topology.data, "--detach"])
        wait_until(lambda: any(line["pid"] for line in self.status(topology)), "the region's process")
        self.assertEqual(topology.gyre("status", check=False).returncode, 1)
        self.assertEqual({line["state"] for line in self.status(topology)}, {"starting"})
        return program

    def test_a_topology_goes_up_and_down(self):
        topology = self.make()
        done = self.up(topology)
        self.assertEqual(done.returncode, 0, done.stderr)
        for part in [topology.url("a"), topology.url("b"), "export AWS_", "gyre down --data", "\nready\n"]:
            self.assertIn(part, done.stdout)
        self.assertEqual(topology.boto3("a").list_tables()["TableNames"], [])
        shown = topology.gyre("status").stdout
        lines = self.status(topology)
        self.assertEqual([(line["region"], line["state"]) for line in lines], [("a", "running"), ("b", "running")])
        for line in lines:
            self.assertIn(f"{line['region']:<16} running   {line['http']}", shown)
            self.assertIn(f"pid {line['pid']}", shown)
            self.assertEqual(line["http"], topology.url(line["region"]))
            self.assertTrue(alive(line["pid"]))
            self.assertGreaterEqual(line["up_ms"], 0)
            self.assertIn("serving HTTP", pathlib.Path(topology.data, line["region"], "log").read_text())
        supervisor = lines[0]["supervisor_pid"]
        self.assertIn(f"pid {supervisor}, up ", shown)
        down = topology.gyre("down")
        for line in lines:
            self.assertIn(f"{line['region']} (pid {line['pid']}) stopped", down.stdout)
        self.assertIn(f"`gyre up` (pid {supervisor}) stopped", down.stdout)
        self.assertFalse(any(alive(pid) for pid in [supervisor, *(line["pid"] for line in lines)]))
        self.assert_nothing_runs(topology)

    def test_down_stops_one_in_the_foreground_too(self):
        topology = self.make(["a"]).start()
        topology.gyre("down")
        self.assertEqual(topology.program.process.wait(30), 0)

    def test_a_second_up_changes_nothing(self):
        topology = self.make(["a"])
        self.assertEqual(self.up(topology).returncode, 0)
        before = self.status(topology)
        for more in [["--detach"], []]:
            done = topology.gyre("up", topology.file, *more, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"another `gyre up` (pid {before[0]['supervisor_pid']}) runs", done.stderr)
            self.assertIn(f"gyre down --data {topology.data}", done.stderr)
        after = self.status(topology)
        self.assertEqual(after[0]["pid"], before[0]["pid"])
        self.assertEqual(after[0]["state"], "running")

    def test_a_start_that_fails_says_why(self):
        topology = self.make()
        with socket.create_server(("127.0.0.1", topology.http["b"])):
            done = self.up(topology)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("b cannot start", done.stderr)
        self.assertIn(f"127.0.0.1:{topology.http['b']}", done.stderr)
        self.assert_nothing_runs(topology)
        self.assertEqual(self.up(topology).returncode, 0)

    def test_a_folder_that_cannot_be_and_a_file_that_is_not_are_told(self):
        topology = self.make(["a"])
        done = subprocess.run(
            [GYRE, "up", topology.file, "--detach", "--data", "/proc/none"], capture_output=True, text=True, timeout=60
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn("/proc/none", done.stderr)
        done = topology.gyre("up", topology.file + ".none", "--detach", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot read", done.stderr)

    def test_down_while_it_starts(self):
        topology = self.make(["a"])
        program = self.start_that_hangs(topology)
        down = topology.gyre("down", seconds=120)
        self.assertIn("a (pid ", down.stdout)
        self.assertEqual(program.process.wait(60), 2)
        program.wait_for_line("it was stopped before all regions were ready")
        self.assert_nothing_runs(topology)

    def test_ctrl_c_while_it_starts(self):
        topology = self.make(["a"])
        program = self.start_that_hangs(topology)
        program.process.send_signal(signal.SIGINT)
        self.assertEqual(program.process.wait(60), 2)
        self.assert_nothing_runs(topology)

    def test_its_process_is_killed_while_it_starts(self):
        topology = self.make(["a"])
        program = self.start_that_hangs(topology)
        region = self.status(topology)[0]["pid"]
        os.kill(self.supervisor(topology), signal.SIGKILL)
        self.assertEqual(program.process.wait(60), 2)
        program.wait_for_line("it ended before all regions were ready")
        wait_until(lambda: not alive(region), "the region to end with it")
        self.assert_nothing_runs(topology)

    def test_its_process_is_killed_and_the_next_up_goes_on(self):
        topology = self.make()
        self.assertEqual(self.up(topology).returncode, 0)
        topology.create_table("kept", region="a")
        for _ in range(3):
            before = self.status(topology)
            os.kill(before[0]["supervisor_pid"], signal.SIGKILL)
            wait_until(lambda: not alive(before[0]["supervisor_pid"]), "its end")
            self.assert_nothing_runs(topology)
            done = self.up(topology)  # at once: the old regions may still be ending
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertFalse({line["pid"] for line in before} & {line["pid"] for line in self.status(topology)})
        self.assertEqual(topology.boto3("a").list_tables()["TableNames"], ["kept"])

    def test_a_region_that_dies_comes_back_and_is_told_of(self):
        topology = self.make(["a"])
        self.assertEqual(self.up(topology).returncode, 0)
        topology.gyre("region", "kill", "a")
        wait_until(lambda: self.status(topology)[0]["state"] == "stopped", "the region to be stopped")
        done = topology.gyre("status", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("stopped by `gyre region kill`", done.stdout)
        topology.gyre("region", "restart", "a")
        wait_until(lambda: topology.gyre("status", check=False).returncode == 0, "the region to run again")
        self.assertIn("[a] ended: signal 9", pathlib.Path(topology.data, "up.log").read_text())

    def test_strangers_are_left_alone(self):
        topology = self.make(["a"])
        self.assertEqual(self.up(topology).returncode, 0)
        with subprocess.Popen(["sleep", "1000"]) as stranger, contextlib.ExitStack() as stack:
            stack.callback(stranger.kill)
            pid_file = pathlib.Path(topology.data, "a", "pid")
            own = pid_file.read_text()
            pid_file.write_text(f"{stranger.pid}\n")
            done = topology.gyre("region", "kill", "a", check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("a does not run", done.stderr)
            topology.gyre("region", "restart", "a")
            pid_file.write_text(own)
            supervisor = self.supervisor(topology)
            os.kill(supervisor, signal.SIGKILL)
            wait_until(lambda: not alive(supervisor), "its end")
            pid_file.write_text(f"{stranger.pid}\n")
            self.assert_nothing_runs(topology)
            self.assertEqual(self.up(topology).returncode, 0)
            topology.gyre("down")
            self.assertIsNone(stranger.poll())


if __name__ == "__main__":
    unittest.main()
