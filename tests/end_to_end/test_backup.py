# SPDX-License-Identifier: Apache-2.0
"""`gyre backup`: copies of regions that serve, and starts on them."""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import threading
import unittest

from harness import GYRE, Topology, wait_until

WRITERS = 3


def epoch(data):
    """As core/storage/README.md has it: `gyre.idn`, a byte of format, the epoch; 0: it has not started yet."""
    bytes_ = pathlib.Path(data, "log", "identity").read_bytes()
    return struct.unpack_from(">Q", bytes_, 9)[0]


class Writer(threading.Thread):
    """Puts 1, 2, 3 ... one after the other, until it is told to stop."""

    def __init__(self, topology, name):
        super().__init__(daemon=True)
        self.client = topology.boto3("a")
        self.name_of_keys = name
        self.acknowledged = 0
        self.stopping = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not self.stopping.is_set():
                key = f"{self.name_of_keys}/{self.acknowledged + 1}"
                self.client.put_item(TableName="orders", Item={"pk": {"S": key}, "v": {"S": "x" * 400}})
                self.acknowledged += 1
        except Exception as error:  # told by the test
            self.failure = error


class Backup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.topology = Topology(["a", "b"]).start()
        cls.client = cls.topology.create_table("orders", "a")

    @classmethod
    def tearDownClass(cls):
        cls.topology.close()

    def setUp(self):
        self.place = os.path.join(self.topology.directory, self.id().rsplit(".", 1)[1])

    def copy_of(self, directory):
        """A topology of region a alone whose store is `directory`."""
        topology = Topology(["a"])
        self.addCleanup(topology.close)
        store = pathlib.Path(topology.data, "a", "data")
        store.parent.mkdir(parents=True)
        shutil.copytree(directory, store)
        return topology.start()

    def test_a_copy_under_load_has_all_that_was_acknowledged(self):
        writers = [Writer(self.topology, f"load{i}") for i in range(WRITERS)]
        for writer in writers:
            writer.start()
        try:
            wait_until(lambda: all(w.acknowledged > 50 or w.failure for w in writers), "writes")
            before = [writer.acknowledged for writer in writers]
            done = self.topology.gyre("backup", self.place, "--region", "a", "--json", seconds=180)
            after = [writer.acknowledged for writer in writers]
        finally:
            for writer in writers:
                writer.stopping.set()
            for writer in writers:
                writer.join(60)
        self.assertEqual([writer.failure for writer in writers], [None] * WRITERS)
        told = json.loads(done.stdout)
        self.assertEqual((told["region"], told["directory"]), ("a", self.place))
        checked = subprocess.run([GYRE, "log", "verify", "--data", self.place], capture_output=True, text=True, timeout=120)
        self.assertEqual(checked.returncode, 0, checked.stdout)
        self.assertNotIn("open", checked.stdout)

        copy = self.copy_of(self.place)
        items = set()
        for page in copy.boto3("a").get_paginator("scan").paginate(TableName="orders"):
            items |= {item["pk"]["S"] for item in page["Items"]}
        counts = []
        for i in range(WRITERS):
            there = 0
            while f"load{i}/{there + 1}" in items:
                there += 1
            counts.append(there)
        # Up to one write of each, and nothing behind it.
        self.assertEqual(len([key for key in items if key.startswith("load")]), sum(counts))
        for acknowledged, there, later in zip(before, counts, after):
            self.assertLessEqual(acknowledged, there)
            self.assertLessEqual(there, later + 1)

        own = epoch(os.path.join(copy.data, "a", "data"))
        self.assertEqual(epoch(self.place), 0)
        self.assertNotIn(own, (0, epoch(os.path.join(self.topology.data, "a", "data"))))
        # It lives on by itself.
        copy.boto3("a").put_item(TableName="orders", Item={"pk": {"S": "only in the copy"}})
        self.assertNotIn("Item", self.client.get_item(TableName="orders", Key={"pk": {"S": "only in the copy"}}))

    def test_text_names_the_place(self):
        os.mkdir(self.place)  # an empty directory is no obstacle
        done = self.topology.gyre("backup", self.place, "--region", "b")
        self.assertRegex(done.stdout, f"^b: a copy as of frame [0-9]+ is in '{self.place}'; ")
        self.assertTrue(os.path.exists(os.path.join(self.place, "log", "identity")))
        self.assertFalse(os.path.exists(os.path.join(self.topology.data, "b", "data", "backup")))

    def test_one_region_by_its_url(self):
        done = subprocess.run([GYRE, "backup", self.place, "--endpoint", self.topology.url("a")], capture_output=True,
                              text=True, timeout=120)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("a: a copy as of frame ", done.stdout)

    def test_what_cannot_be_is_said_before_anything_is_done(self):
        os.mkdir(self.place)
        mine = pathlib.Path(self.place, "mine")
        mine.write_text("mine")
        for directory, arguments, message in (
            (self.place, ["--region", "a"], "is not empty"),
            (str(mine), ["--region", "a"], "is no directory"),
            (self.place + "/none/at/all", ["--region", "a"], "is no directory"),
            (self.place + "/new", [], "--region names one of several: a, b"),
            (self.place + "/new", ["--region", "c"], "there is no region c, only a, b"),
        ):
            done = self.topology.gyre("backup", directory, *arguments, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(message, done.stderr)
        self.assertEqual(os.listdir(self.place), ["mine"])
        self.assertEqual(mine.read_text(), "mine")

    def test_a_region_in_memory_has_nothing_to_copy(self):
        topology = Topology(["m"], options={"memory_only": True})
        self.addCleanup(topology.close)
        topology.start()
        done = topology.gyre("backup", self.place, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("this region is in memory: it has no files to copy", done.stderr)
        self.assertFalse(os.path.exists(self.place))


if __name__ == "__main__":
    unittest.main()
