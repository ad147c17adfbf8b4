# SPDX-License-Identifier: Apache-2.0
"""Indexes and time to live on a table that has items, through kills and the loss of the engine: both are built beside the log."""

import os
import pathlib
import random
import shutil
import tempfile
import unittest

from harness import GYRE, Program, free_ports, wait_until

import boto3
from botocore.config import Config

ITEMS = 4000
GROUPS = 5
KILLS = 4


class Builds(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gyre-builds-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.start()
        self.addCleanup(lambda: self.region.kill())

    def start(self):
        http, stream = free_ports(2)
        self.region = Program([GYRE, "serve", "--http", f"127.0.0.1:{http}", "--stream", f"tcp://127.0.0.1:{stream}",
                               "--data", str(self.folder / "data")])  # fmt: skip
        self.region.wait_for_line("ready")
        self.client = boto3.client(
            "dynamodb", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{http}",
            aws_access_key_id="gyre", aws_secret_access_key="gyre",
            config=Config(retries={"max_attempts": 1}, read_timeout=60),
        )  # fmt: skip

    def kill_and_start(self):
        self.region.kill()
        self.start()

    def fill(self):
        key = {"AttributeName": "pk", "AttributeType": "S"}
        self.client.create_table(
            TableName="orders", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[key], BillingMode="PAY_PER_REQUEST",
        )  # fmt: skip
        for start in range(0, ITEMS, 25):
            puts = [{"PutRequest": {"Item": {"pk": {"S": f"k{i}"}, "group": {"S": f"g{i % GROUPS}"}, "ttl": {"N": "4000000000"}}}}
                    for i in range(start, start + 25)]  # fmt: skip
            self.client.batch_write_item(RequestItems={"orders": puts})
        self.client.update_table(
            TableName="orders", AttributeDefinitions=[key, {"AttributeName": "group", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": {
                "IndexName": "by_group", "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"}}}],
        )  # fmt: skip
        self.client.update_time_to_live(TableName="orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})

    def index(self):
        return self.client.describe_table(TableName="orders")["Table"]["GlobalSecondaryIndexes"][0]

    def time_to_live(self):
        return self.client.describe_time_to_live(TableName="orders")["TimeToLiveDescription"]["TimeToLiveStatus"]

    def entries(self):
        pages = self.client.get_paginator("query")
        return sum(
            page["Count"]
            for group in range(GROUPS)
            for page in pages.paginate(
                TableName="orders", IndexName="by_group", Select="COUNT", KeyConditionExpression="#g = :g",
                ExpressionAttributeNames={"#g": "group"}, ExpressionAttributeValues={":g": {"S": f"g{group}"}},
            )
        )  # fmt: skip

    def check(self, items):
        table = self.client.describe_table(TableName="orders")["Table"]
        counts = (table["ItemCount"], table["GlobalSecondaryIndexes"][0]["ItemCount"], self.entries())
        self.assertEqual(counts, (items, items, items))
        self.assertEqual(self.time_to_live(), "ENABLED")

    def test_builds_that_are_killed_end_right_and_come_again_with_a_lost_engine(self):
        self.fill()
        source = random.Random(1)
        left = set(range(ITEMS))
        for _ in range(KILLS):
            for _ in range(3):  # what may be in the index already, or not
                gone = source.randrange(ITEMS)
                left.discard(gone)
                self.client.delete_item(TableName="orders", Key={"pk": {"S": f"k{gone}"}})
            self.kill_and_start()
        wait_until(lambda: self.index()["IndexStatus"] == "ACTIVE", "the index to be built")
        wait_until(lambda: self.time_to_live() == "ENABLED", "time to live to be enabled")
        self.check(len(left))
        self.kill_and_start()
        self.check(len(left))
        # All that is not the log: it is made again from the log's beginning.
        self.region.kill()
        for name in os.listdir(self.folder / "data"):
            place = self.folder / "data" / name
            if name != "log":
                shutil.rmtree(place) if place.is_dir() else place.unlink()
        self.start()
        self.check(len(left))


if __name__ == "__main__":
    unittest.main()
