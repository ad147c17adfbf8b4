# SPDX-License-Identifier: Apache-2.0
"""What a newcomer does, with the stock AWS CLI and the `gyre` subcommands."""

import json
import unittest

from harness import GYRE, Program, Topology, TopologyTest, wait_until


class AwsCli(TopologyTest):
    latency_ms = 5

    def create_music(self, table):
        self.topology.aws(
            "us-east-1", "create-table", "--table-name", table,
            "--attribute-definitions", "AttributeName=artist,AttributeType=S", "AttributeName=song,AttributeType=S",
            "--key-schema", "AttributeName=artist,KeyType=HASH", "AttributeName=song,KeyType=RANGE",
            "--billing-mode", "PAY_PER_REQUEST",
        )  # fmt: skip
        for replica in ["eu-west-1", "ap-northeast-1"]:
            self.topology.aws(
                "us-east-1", "update-table", "--table-name", table,
                "--replica-updates", json.dumps([{"Create": {"RegionName": replica}}]),
            )  # fmt: skip

            def active(replica=replica):
                table_now = self.topology.aws("us-east-1", "describe-table", "--table-name", table)["Table"]
                return [r for r in table_now.get("Replicas", []) if r["RegionName"] == replica and r["ReplicaStatus"] == "ACTIVE"]

            wait_until(active, f"{replica} to be ACTIVE")

    def put(self, region, table, artist, song, **more):
        item = {"artist": {"S": artist}, "song": {"S": song}, **more}
        self.topology.aws(region, "put-item", "--table-name", table, "--item", json.dumps(item))
        return item

    def get(self, region, table, artist, song):
        key = json.dumps({"artist": {"S": artist}, "song": {"S": song}})
        reply = self.topology.aws(region, "get-item", "--table-name", table, "--key", key)
        return reply and reply.get("Item")

    def test_an_item_written_in_one_region_is_read_from_the_others(self):
        self.create_music("music")
        item = self.put("us-east-1", "music", "Nina Simone", "Sinnerman", year={"N": "1965"})
        for region in ["eu-west-1", "ap-northeast-1"]:
            self.assertEqual(
                wait_until(lambda: self.get(region, "music", "Nina Simone", "Sinnerman"), f"the item in {region}"), item
            )
        self.assertIn("same", self.topology.verify("music").stdout)

    def test_the_stream_is_read_with_the_streams_commands(self):
        self.topology.aws(
            "us-east-1", "create-table", "--table-name", "streamed", "--billing-mode", "PAY_PER_REQUEST",
            "--attribute-definitions", "AttributeName=id,AttributeType=S",
            "--key-schema", "AttributeName=id,KeyType=HASH",
            "--stream-specification", "StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES",
        )  # fmt: skip
        for value in ["1", "2"]:
            item = json.dumps({"id": {"S": "a"}, "value": {"N": value}})
            self.topology.aws("us-east-1", "put-item", "--table-name", "streamed", "--item", item)
        streams = self.topology.aws("us-east-1", "list-streams", "--table-name", "streamed", service="dynamodbstreams")
        arn = streams["Streams"][0]["StreamArn"]
        described = self.topology.aws("us-east-1", "describe-stream", "--stream-arn", arn, service="dynamodbstreams")
        records = []
        for shard in described["StreamDescription"]["Shards"]:
            iterator = self.topology.aws(
                "us-east-1", "get-shard-iterator", "--stream-arn", arn, "--shard-id", shard["ShardId"],
                "--shard-iterator-type", "TRIM_HORIZON", service="dynamodbstreams",
            )["ShardIterator"]  # fmt: skip
            page = self.topology.aws("us-east-1", "get-records", "--shard-iterator", iterator, service="dynamodbstreams")
            records += page["Records"]
        self.assertEqual([r["eventName"] for r in records], ["INSERT", "MODIFY"])
        self.assertEqual(records[1]["dynamodb"]["OldImage"]["value"], {"N": "1"})
        self.assertEqual(records[1]["dynamodb"]["NewImage"]["value"], {"N": "2"})

    def test_both_sides_of_a_cut_link_are_written_and_agree_after_it_heals(self):
        self.create_music("cut")
        self.topology.gyre("link", "cut", "us-east-1", "ap-northeast-1")
        self.put("us-east-1", "cut", "same", "key", side={"S": "america"})
        self.put("ap-northeast-1", "cut", "same", "key", side={"S": "asia"})
        self.put("ap-northeast-1", "cut", "only", "asia")
        self.assertIsNone(self.get("us-east-1", "cut", "only", "asia"))
        differs = self.topology.gyre("verify", "cut", "--wait", "0", check=False)
        self.assertEqual(differs.returncode, 1, differs.stdout + differs.stderr)
        self.assertIn("only", differs.stdout)
        self.topology.gyre("link", "heal", "us-east-1", "ap-northeast-1")
        self.topology.verify("cut")
        winners = {self.get(region, "cut", "same", "key")["side"]["S"] for region in self.topology.regions}
        self.assertEqual(winners, {"asia"}, "the later write wins everywhere")
        conflicts = self.topology.gyre("conflicts", "--table", "cut").stdout
        self.assertIn("america", conflicts, "the loser is kept in the conflict log")

    def test_tail_follows_and_replay_tells_the_history_oldest_first(self):
        self.create_music("history")
        tail = Program([GYRE, "tail", "history", "--data", self.topology.data, "--region", "eu-west-1"])
        try:
            tail.wait_for_line("following")
            self.put("us-east-1", "history", "first", "song")
            self.put("us-east-1", "history", "second", "song")
            tail.wait_for_line("second")
        finally:
            tail.stop()
        lines = [json.loads(line) for line in tail.lines if line.startswith("{")]
        self.assertEqual([line["keys"]["artist"]["S"] for line in lines], ["first", "second"])

        replayed = self.topology.gyre("replay", "history", "--from", "1 hour ago", "--to", "now").stdout.splitlines()
        self.assertEqual([json.loads(line)["keys"]["artist"]["S"] for line in replayed], ["first", "second"])
        one = self.topology.gyre("replay", "history", "--key", '{"artist":{"S":"second"},"song":{"S":"song"}}').stdout
        self.assertEqual(len(one.splitlines()), 1)

    def test_a_replica_of_a_table_that_holds_data_gets_the_data(self):
        self.topology.create_table("filled")
        with_batch = [{"PutRequest": {"Item": {"pk": {"S": f"k{i}"}, "v": {"N": str(i)}}}} for i in range(25)]
        client = self.topology.boto3("us-east-1")
        client.batch_write_item(RequestItems={"filled": with_batch})
        self.topology.add_replica("filled", "eu-west-1")
        count = self.topology.aws("eu-west-1", "scan", "--table-name", "filled", "--select", "COUNT")["Count"]
        self.assertEqual(count, 25)
        self.topology.verify("filled")

    def test_a_removed_replica_is_gone(self):
        self.topology.create_table("leaving", replicas=["eu-west-1"])
        self.topology.aws(
            "us-east-1", "update-table", "--table-name", "leaving",
            "--replica-updates", '[{"Delete":{"RegionName":"eu-west-1"}}]',
        )  # fmt: skip

        def gone():
            done = self.topology.aws("eu-west-1", "describe-table", "--table-name", "leaving", check=False)
            return done.returncode != 0 and "ResourceNotFoundException" in done.stderr

        wait_until(gone, "the replica's table to go")
        wait_until(
            lambda: "Replicas" not in self.topology.aws("us-east-1", "describe-table", "--table-name", "leaving")["Table"],
            "the group to dissolve",
        )

    def test_a_table_deleted_in_one_region_leaves_the_group_of_the_others(self):
        self.topology.create_table("shrinking", replicas=["eu-west-1", "ap-northeast-1"])
        self.topology.aws("eu-west-1", "delete-table", "--table-name", "shrinking")

        def replicas():
            table = self.topology.aws("us-east-1", "describe-table", "--table-name", "shrinking")["Table"]
            return [replica["RegionName"] for replica in table.get("Replicas", [])]

        wait_until(lambda: replicas() == ["ap-northeast-1"], "eu-west-1 to leave the group")
        self.topology.boto3("us-east-1").put_item(TableName="shrinking", Item={"pk": {"S": "after"}})
        self.topology.verify("shrinking")


class SecondStart(unittest.TestCase):
    def test_a_second_start_finds_the_data_again(self):
        topology = Topology(["us-east-1", "eu-west-1"])
        self.addCleanup(topology.close)
        topology.start()
        client = topology.create_table("kept", replicas=["eu-west-1"])
        client.put_item(TableName="kept", Item={"pk": {"S": "a"}})
        topology.verify("kept")
        self.assertEqual(topology.stop(), 0)
        topology.start()
        for region in topology.regions:
            item = topology.boto3(region).get_item(TableName="kept", Key={"pk": {"S": "a"}})
            self.assertEqual(item["Item"], {"pk": {"S": "a"}})
        client.put_item(TableName="kept", Item={"pk": {"S": "b"}})
        topology.verify("kept")


if __name__ == "__main__":
    unittest.main()
