# SPDX-License-Identifier: Apache-2.0
"""Secondary indexes: with their table, added and removed later, while writes go on and through a kill -9."""

import json
import os
import signal
import threading
import unittest

from botocore.exceptions import BotoCoreError, ClientError
from harness import Topology, TopologyTest, wait_until


def number_index(name, projection="ALL"):
    """The definition of a global index over the number "n"."""
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": projection},
    }


def update_index(client, table, **action):
    return client.update_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "n", "AttributeType": "N"}],
        GlobalSecondaryIndexUpdates=[action],
    )


def indexes(client, table):
    """The global indexes of a table, by name."""
    described = client.describe_table(TableName=table)["Table"].get("GlobalSecondaryIndexes", [])
    return {index["IndexName"]: index for index in described}


def wait_active(client, table, index):
    def active():
        return indexes(client, table).get(index, {}).get("IndexStatus") == "ACTIVE"

    wait_until(active, f"index {index} of {table} to be ACTIVE")


def scan(client, table, **more):
    pages = client.get_paginator("scan").paginate(TableName=table, **more)
    return sorted((item for page in pages for item in page["Items"]), key=lambda item: item["pk"]["S"])


def fill(client, table, count):
    for start in range(0, count, 25):
        puts = [
            {"PutRequest": {"Item": {"pk": {"S": f"{i:06}"}, "n": {"N": str(i % 7)}}}}
            for i in range(start, min(start + 25, count))
        ]
        client.batch_write_item(RequestItems={table: puts})


class Indexes(TopologyTest):
    regions = ["us-east-1"]

    def setUp(self):
        self.client = self.topology.boto3("us-east-1")

    def test_boto3_reads_local_and_global_indexes_page_by_page(self):
        self.client.create_table(
            TableName="games",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in [("player", "S"), ("game", "S"), ("score", "N")]
            ],
            KeySchema=[
                {"AttributeName": "player", "KeyType": "HASH"},
                {"AttributeName": "game", "KeyType": "RANGE"},
            ],
            LocalSecondaryIndexes=[
                {
                    "IndexName": "by-score",
                    "KeySchema": [
                        {"AttributeName": "player", "KeyType": "HASH"},
                        {"AttributeName": "score", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "best",
                    "KeySchema": [
                        {"AttributeName": "game", "KeyType": "HASH"},
                        {"AttributeName": "score", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["when"]},
                }
            ],
        )
        for i in range(20):
            item = {"player": {"S": f"p{i % 2}"}, "game": {"S": f"g{i // 2}"}, "when": {"S": "now"}, "why": {"S": "fun"}}
            if i % 4 < 2:
                item["score"] = {"N": str(100 - i)}
            self.client.put_item(TableName="games", Item=item)

        pages = list(
            self.client.get_paginator("query").paginate(
                TableName="games",
                IndexName="by-score",
                KeyConditionExpression="player = :p AND score > :least",
                ExpressionAttributeValues={":p": {"S": "p0"}, ":least": {"N": "85"}},
                Select="ALL_ATTRIBUTES",
                PaginationConfig={"PageSize": 2},
            )
        )
        items = [item for page in pages for item in page["Items"]]
        self.assertEqual([item["score"]["N"] for item in items], ["88", "92", "96", "100"])
        self.assertTrue(all(item["why"] == {"S": "fun"} for item in items))
        self.assertEqual(set(pages[0]["LastEvaluatedKey"]), {"player", "game", "score"})

        best = self.client.query(
            TableName="games",
            IndexName="best",
            KeyConditionExpression="game = :g",
            ExpressionAttributeValues={":g": {"S": "g0"}},
            ScanIndexForward=False,
        )["Items"]
        self.assertEqual([item["player"]["S"] for item in best], ["p0", "p1"])
        self.assertEqual(set(best[0]), {"player", "game", "score", "when"})
        self.assertEqual(self.client.scan(TableName="games", IndexName="best", Select="COUNT")["Count"], 10)

        key = {"player": {"S": "p0"}, "game": {"S": "g0"}}
        moved = self.client.update_item(
            TableName="games",
            Key=key,
            UpdateExpression="SET score = :s",
            ExpressionAttributeValues={":s": {"N": "1"}},
            ReturnConsumedCapacity="INDEXES",
            ReturnItemCollectionMetrics="SIZE",
        )
        self.assertEqual(
            moved["ConsumedCapacity"],
            {
                "TableName": "games",
                "CapacityUnits": 5.0,
                "Table": {"CapacityUnits": 1.0},
                "LocalSecondaryIndexes": {"by-score": {"CapacityUnits": 2.0}},
                "GlobalSecondaryIndexes": {"best": {"CapacityUnits": 2.0}},
            },
        )
        self.assertEqual(
            moved["ItemCollectionMetrics"],
            {"ItemCollectionKey": {"player": {"S": "p0"}}, "SizeEstimateRangeGB": [0.0, 1.0]},
        )

    def test_the_aws_cli_adds_an_index_to_a_table_that_holds_data_and_removes_it(self):
        client = self.topology.create_table("from-cli")
        fill(client, "from-cli", 30)
        self.topology.aws(
            "us-east-1", "update-table", "--table-name", "from-cli",
            "--attribute-definitions", "AttributeName=n,AttributeType=N",
            "--global-secondary-index-updates", json.dumps([{"Create": number_index("by-n")}]),
        )  # fmt: skip
        wait_active(client, "from-cli", "by-n")
        found = self.topology.aws(
            "us-east-1", "query", "--table-name", "from-cli", "--index-name", "by-n",
            "--key-condition-expression", "n = :n", "--expression-attribute-values", '{":n":{"N":"3"}}',
        )  # fmt: skip
        self.assertEqual([item["pk"]["S"] for item in found["Items"]], ["000003", "000010", "000017", "000024"])
        self.topology.aws(
            "us-east-1", "update-table", "--table-name", "from-cli",
            "--global-secondary-index-updates", '[{"Delete":{"IndexName":"by-n"}}]',
        )  # fmt: skip
        wait_until(lambda: not indexes(client, "from-cli"), "the index to go")

    def test_an_index_is_built_while_writes_go_on(self):
        client = self.topology.create_table("busy")
        fill(client, "busy", 5000)
        stop = threading.Event()

        def write():
            i = 0
            while not stop.is_set():
                key = {"pk": {"S": f"{i * 37 % 6000:06}"}}
                if i % 5 == 0:
                    client.delete_item(TableName="busy", Key=key)
                else:
                    client.put_item(TableName="busy", Item={**key, "n": {"N": str(i % 11)}})
                i += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            update_index(client, "busy", Create=number_index("by-n"))
            wait_active(client, "busy", "by-n")
        finally:
            stop.set()
            writer.join()
        self.assertEqual(scan(client, "busy", IndexName="by-n"), scan(client, "busy"))


class ReplicatedIndexes(TopologyTest):
    regions = ["us-east-1", "eu-west-1"]

    def test_an_index_comes_and_goes_in_every_region(self):
        us, eu = (self.topology.boto3(region) for region in self.regions)
        self.topology.create_table("shared")
        fill(us, "shared", 500)
        update_index(us, "shared", Create=number_index("first", "KEYS_ONLY"))
        wait_active(us, "shared", "first")
        self.topology.add_replica("shared", "eu-west-1")
        wait_active(eu, "shared", "first")
        self.assertEqual(scan(eu, "shared", IndexName="first"), scan(us, "shared", IndexName="first"))

        update_index(eu, "shared", Create=number_index("second"))
        for client in (us, eu):
            wait_active(client, "shared", "second")
            self.assertEqual(len(scan(client, "shared", IndexName="second")), 500)
        us.put_item(TableName="shared", Item={"pk": {"S": "new"}, "n": {"N": "1"}})
        wait_until(lambda: len(scan(eu, "shared", IndexName="second")) == 501, "the new item in the other region")

        update_index(us, "shared", Delete={"IndexName": "first"})
        for client in (us, eu):
            wait_until(lambda client=client: list(indexes(client, "shared")) == ["second"], "the index to go")


class InterruptedBuild(unittest.TestCase):
    ITEMS = 60_000

    def test_a_build_goes_on_after_kill_9(self):
        topology = Topology(["us-east-1"]).start()
        self.addCleanup(topology.close)
        client = topology.create_table("large")
        fill(client, "large", self.ITEMS)
        update_index(client, "large", Create=number_index("by-n"))
        wait_until(lambda: indexes(client, "large")["by-n"].get("Backfilling"), "the build to begin", seconds=10)
        victim = topology.pid("us-east-1")
        os.kill(victim, signal.SIGKILL)

        def back():
            try:
                return topology.pid("us-east-1") != victim and indexes(client, "large")
            except (OSError, ValueError, BotoCoreError, ClientError):
                return None

        wait_until(back, "the region to be back")
        wait_active(client, "large", "by-n")
        self.assertEqual(scan(client, "large", IndexName="by-n"), scan(client, "large"))


if __name__ == "__main__":
    unittest.main()
