# SPDX-License-Identifier: Apache-2.0
"""Regions that keep everything in memory serve as others do, write no file, and keep to their memory."""

import contextlib
import os
import pathlib
import re
import stat
import subprocess
import tempfile
import unittest

import test_boto3
import test_indexes
import test_javascript
import test_transactions
from botocore.exceptions import ClientError
from harness import CLIENT_ENVIRONMENT, GYRE, Program, Topology, wait_until

SUPERVISORS_FILES = {"lock", "running.toml", "pid", "ready"}


def files_below(folder):
    return {file.name for file in pathlib.Path(folder).rglob("*") if file.is_file()}


def files_written_by(pid):
    """Regular files that a process has open for writing."""
    found = []
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            flags = re.search(r"flags:\s*(\d+)", pathlib.Path(f"/proc/{pid}/fdinfo/{descriptor}").read_text())
            path = f"/proc/{pid}/fd/{descriptor}"
            if stat.S_ISREG(os.stat(path).st_mode) and int(flags[1], 8) & os.O_ACCMODE != os.O_RDONLY:
                found.append(os.readlink(path))
    return found


class InMemory:
    """The tests of another class, against regions in memory."""

    options = {"memory_only": True}

    @classmethod
    def tearDownClass(cls):
        try:
            written = files_below(cls.topology.data) - SUPERVISORS_FILES
            assert not written, written
            for region in cls.topology.regions:
                assert not files_written_by(cls.topology.pid(region))
        finally:
            super().tearDownClass()


class Boto3InMemory(InMemory, test_boto3.Boto3):
    pass


class TransactionsInMemory(InMemory, test_transactions.Transactions):
    test_a_token_counts_once_even_across_a_restart = None  # which loses all


class IndexesInMemory(InMemory, test_indexes.Indexes):
    pass


class JavaScriptInMemory(InMemory, test_javascript.JavaScript):
    pass


class Serve(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gyre-test-")
        self.addCleanup(self.folder.cleanup)

    def start(self, *arguments):
        """`gyre serve` with every place that a program may write to below one folder; answers it and a client."""
        environment = {**CLIENT_ENVIRONMENT, "HOME": self.folder.name, "TMPDIR": self.folder.name}
        program = Program(
            ["/usr/bin/env", "-C", self.folder.name, GYRE, "serve", "--http", "127.0.0.1:0", "--memory-only", *arguments],
            environment,
        )
        self.addCleanup(program.kill)
        program.wait_for_line("ready")
        return program, re.search(r"http://\S+", program.output())[0]

    def client(self, url):
        import boto3
        from botocore.config import Config

        client = boto3.client(
            "dynamodb", endpoint_url=url, region_name="us-east-1", aws_access_key_id="gyre", aws_secret_access_key="gyre",
            config=Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=60),
        )  # fmt: skip
        self.addCleanup(client.close)
        return client

    def create_table(self, client):
        client.create_table(
            TableName="things", BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )  # fmt: skip

    def test_nothing_is_written_and_a_stop_loses_all(self):
        for _ in range(2):
            program, url = self.start()
            self.assertIn("lost when this region stops", program.output())
            client = self.client(url)
            self.assertEqual(client.list_tables()["TableNames"], [])
            self.create_table(client)
            client.put_item(TableName="things", Item={"pk": {"S": "a"}, "n": {"N": "1"}})
            self.assertEqual(client.scan(TableName="things")["Items"], [{"pk": {"S": "a"}, "n": {"N": "1"}}])
            self.assertEqual(files_written_by(program.process.pid), [])
            self.assertEqual(program.stop(), 0)
            self.assertEqual(os.listdir(self.folder.name), [])

    def test_a_full_memory_refuses_writes_until_items_are_deleted(self):
        _, url = self.start("--memory", "16")
        client = self.client(url)
        self.create_table(client)
        written = []

        def put(key):
            try:
                client.put_item(TableName="things", Item={"pk": {"S": key}, "v": {"S": "x" * 200_000}})
                return True
            except ClientError as error:
                self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 503, error)
                self.assertIn("the store is almost full", error.response["Error"]["Message"])
                return False

        def fill():
            """Until it is full even without the change records that can go: those of the items make up to a third."""
            while len(written) < 1000 and put(str(len(written))):
                written.append(str(len(written)))
            return len(written)

        self.assertIn(fill(), range(20, 1000))
        for key in written:
            client.delete_item(TableName="things", Key={"pk": {"S": key}})
        self.assertEqual(client.scan(TableName="things")["Items"], [])
        wait_until(lambda: put("again"), "room for writes")
        self.assertEqual(len(client.get_item(TableName="things", Key={"pk": {"S": "again"}})["Item"]["v"]["S"]), 200_000)

    def test_the_log_goes_before_items_are_refused(self):
        _, url = self.start("--memory", "16")
        client = self.client(url)
        self.create_table(client)
        for i in range(200):  # 40 MB of change records, in a store of 28 MB
            item = {"pk": {"S": "same"}, "v": {"S": f"{i}" + "x" * 100_000}}

            def put():
                try:
                    return client.put_item(TableName="things", Item=item)
                except ClientError as error:
                    self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 503, error)
                    return None

            wait_until(put, "room that old change records leave")

    def test_a_folder_for_what_is_not_kept_is_refused(self):
        done = subprocess.run(
            [GYRE, "serve", "--memory-only", "--data", self.folder.name], capture_output=True, text=True, timeout=60
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn("--memory-only keeps nothing in --data", done.stderr)


class Topologies(unittest.TestCase):
    def test_a_region_in_memory_beside_one_on_a_disk(self):
        topology = Topology(["disk", "memory"])
        self.addCleanup(topology.close)
        file = pathlib.Path(topology.file)
        file.write_text(file.read_text().replace('name = "memory"\n', 'name = "memory"\nmemory_only = true\n'))
        topology.start()
        client = topology.create_table("things", region="disk", replicas=["memory"])
        client.put_item(TableName="things", Item={"pk": {"S": "a"}})
        topology.verify("things")
        self.assertTrue(pathlib.Path(topology.data, "disk", "data").exists())
        self.assertEqual(files_below(pathlib.Path(topology.data, "memory")), {"pid", "ready"})


if __name__ == "__main__":
    unittest.main()
