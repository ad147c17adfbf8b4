# SPDX-License-Identifier: Apache-2.0
"""What a table is beside its items: tags and time to live, through boto3 and the AWS CLI."""

import json
import time
import unittest

from botocore.exceptions import ClientError
from harness import GYRE, Program, TopologyTest, wait_until


class TablesTest(TopologyTest):
    regions = ["us-east-1", "eu-west-1"]

    def setUp(self):
        self.client = self.topology.boto3("us-east-1")

    def arn(self, table):
        return self.client.describe_table(TableName=table)["Table"]["TableArn"]

    def refused(self, code, message, call, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        self.assertEqual(caught.exception.response["Error"]["Message"], message)


class Tags(TablesTest):
    def test_boto3_adds_lists_and_removes_tags(self):
        self.topology.create_table("tagged")
        arn = self.arn("tagged")
        self.client.tag_resource(
            ResourceArn=arn, Tags=[{"Key": "team", "Value": "blue"}, {"Key": "stage", "Value": "test"}]
        )
        self.client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "red"}])
        self.client.untag_resource(ResourceArn=arn, TagKeys=["stage"])
        pages = self.client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        self.assertEqual([tag for page in pages for tag in page["Tags"]], [{"Key": "team", "Value": "red"}])
        self.refused(
            "ValidationException",
            "Tag Key cannot be prefixed with aws:, Key: aws:mine",
            self.client.tag_resource,
            ResourceArn=arn,
            Tags=[{"Key": "aws:mine", "Value": ""}],
        )

    def test_the_aws_cli_tags_a_table_that_it_creates(self):
        self.topology.aws(
            "us-east-1", "create-table", "--table-name", "from-cli", "--billing-mode", "PAY_PER_REQUEST",
            "--attribute-definitions", "AttributeName=pk,AttributeType=S",
            "--key-schema", "AttributeName=pk,KeyType=HASH", "--tags", "Key=made,Value=by hand",
        )  # fmt: skip
        arn = self.arn("from-cli")
        self.topology.aws("us-east-1", "tag-resource", "--resource-arn", arn, "--tags", "Key=more,Value=")
        tags = self.topology.aws("us-east-1", "list-tags-of-resource", "--resource-arn", arn)["Tags"]
        self.assertEqual(tags, [{"Key": "made", "Value": "by hand"}, {"Key": "more", "Value": ""}])


SERVICE = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}


class TimeToLive(TablesTest):
    def enable(self, table):
        self.client.update_time_to_live(
            TableName=table, TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True}
        )

    def put(self, table, pk, seconds):
        self.client.put_item(
            TableName=table, Item={"pk": {"S": pk}, "ttl": {"N": str(int(time.time()) + seconds)}}
        )

    def keys(self, table, region="us-east-1"):
        items = self.topology.boto3(region).scan(TableName=table)["Items"]
        return {item["pk"]["S"] for item in items}

    def records(self, table):
        streams = self.topology.boto3("us-east-1", "dynamodbstreams")
        arn = self.client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        records = []
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            records += streams.get_records(ShardIterator=iterator)["Records"]
        return records

    def test_expired_items_go_and_the_stream_names_the_service(self):
        self.topology.create_table("sessions")
        self.client.update_table(
            TableName="sessions",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self.put("sessions", "there before", -5)
        self.enable("sessions")
        self.put("sessions", "put after", 1)
        self.put("sessions", "stays", 3600)
        wait_until(lambda: self.keys("sessions") == {"stays"}, "expired items to go")
        removed = [record for record in self.records("sessions") if record["eventName"] == "REMOVE"]
        self.assertEqual({r["dynamodb"]["Keys"]["pk"]["S"] for r in removed}, {"there before", "put after"})
        self.assertTrue(all(record["userIdentity"] == SERVICE for record in removed))
        self.client.delete_item(TableName="sessions", Key={"pk": {"S": "stays"}})
        deleted = [r for r in self.records("sessions") if r["eventName"] == "REMOVE" and r not in removed]
        self.assertEqual([record["dynamodb"]["Keys"]["pk"]["S"] for record in deleted], ["stays"])
        self.assertNotIn("userIdentity", deleted[0])

        tail = Program([GYRE, "tail", "sessions", "--from-start", "--data", self.topology.data])
        tail.wait_for_line('"userIdentity"')
        tail.stop()
        lines = [json.loads(line) for line in tail.lines if line.startswith("{")]
        expired = [line for line in lines if "userIdentity" in line]
        self.assertEqual({line["userIdentity"]["PrincipalId"] for line in expired}, {"dynamodb.amazonaws.com"})
        self.assertEqual({line["principal"] for line in expired}, {"dynamodb.amazonaws.com"})

    def test_the_aws_cli_enables_and_describes(self):
        self.topology.create_table("from-cli-ttl")
        specification = self.topology.aws(
            "us-east-1", "update-time-to-live", "--table-name", "from-cli-ttl",
            "--time-to-live-specification", "Enabled=true,AttributeName=ttl",
        )  # fmt: skip
        self.assertEqual(specification, {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "ttl"}})

        def description():
            described = self.topology.aws("us-east-1", "describe-time-to-live", "--table-name", "from-cli-ttl")
            return described["TimeToLiveDescription"]

        enabled = {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
        wait_until(lambda: description() == enabled, "time to live to be enabled")
        for attribute, message in [
            ("ttl", "TimeToLive is already enabled"),
            ("other", "TimeToLive is active on a different AttributeName: current AttributeName is ttl"),
        ]:
            self.refused(
                "ValidationException",
                message,
                self.client.update_time_to_live,
                TableName="from-cli-ttl",
                TimeToLiveSpecification={"AttributeName": attribute, "Enabled": True},
            )

    def test_replicas_take_time_to_live_over_and_expire_without_conflicts(self):
        self.topology.create_table("shared")
        self.enable("shared")
        self.topology.add_replica("shared", "eu-west-1")
        described = self.topology.boto3("eu-west-1").describe_time_to_live(TableName="shared")
        self.assertEqual(
            described["TimeToLiveDescription"], {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
        )
        for i in range(50):
            self.put("shared", f"item {i}", 1)
        self.put("shared", "stays", 3600)
        for region in self.regions:
            wait_until(lambda: self.keys("shared", region) == {"stays"}, f"expired items to go in {region}")
        self.assertEqual(self.topology.verify("shared").returncode, 0)
        self.assertEqual(self.topology.gyre("conflicts", "--table", "shared").stdout, "")


if __name__ == "__main__":
    unittest.main()
