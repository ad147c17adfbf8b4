# SPDX-License-Identifier: Apache-2.0
"""Who asked for a write stands in its change record, in every region that has it: read from the files of regions that have stopped."""

import json
import os
import subprocess
import unittest

from harness import GYRE, Topology, wait_until


class AuditTest(unittest.TestCase):
    def setUp(self):
        self.topology = Topology(["us-east-1", "eu-west-1"]).start()
        self.addCleanup(self.topology.close)

    def changes(self, region):
        """What `gyre log dump` says of the region's records, by request id."""
        folder = os.path.join(self.topology.data, region, "data")
        done = subprocess.run([GYRE, "log", "dump", "--data", folder], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([line for line in lines if "unreadable" in line], [])
        return {line["change"]["request_id"]: line["change"] for line in lines}

    def test_records_say_who_asked(self):
        self.topology.create_table("watched", replicas=["eu-west-1"])
        client = self.topology.boto3("us-east-1")
        # The body of the second is parsed on another thread.
        requests = [
            client.put_item(TableName="watched", Item={"pk": {"S": key}, "pad": {"S": "x" * size}})
            for key, size in (("small", 1), ("large", 300_000))
        ]
        ids = [request["ResponseMetadata"]["RequestId"] for request in requests]
        there = self.topology.boto3("eu-west-1")
        for key in ("small", "large"):
            wait_until(
                lambda key=key: "Item" in there.get_item(TableName="watched", Key={"pk": {"S": key}}),
                f"'{key}' is replicated",
            )
        self.assertEqual(self.topology.stop(), 0)

        for region in ("us-east-1", "eu-west-1"):
            changes = self.changes(region)
            for request_id in ids:
                change = changes[request_id]
                self.assertEqual(change["event"], "INSERT")
                self.assertEqual(change["principal"], "gyre")
                self.assertFalse(change["principal_verified"])
                self.assertEqual(change["source_address"], "127.0.0.1")
                self.assertTrue(change["user_agent"].startswith("Boto3/"), change["user_agent"])
                self.assertLessEqual(len(change["user_agent"]), 256)


if __name__ == "__main__":
    unittest.main()
