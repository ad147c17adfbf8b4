# SPDX-License-Identifier: Apache-2.0
"""What a table is beside its items: tags, time to live and capacity, through boto3 and the AWS CLI."""

import http.client
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

    def call(self, operation, region="us-east-1", **members):
        """The reply, of whatever status, to members that this version of boto3 may not know."""
        connection = http.client.HTTPConnection("127.0.0.1", self.topology.http[region], timeout=30)
        connection.request("POST", "/", json.dumps(members), {
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "X-Amz-Date": "20260101T000000Z",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": f"AWS4-HMAC-SHA256 Credential=gyre/20260101/{region}/dynamodb/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=none",
        })  # fmt: skip
        reply = json.loads(connection.getresponse().read())
        connection.close()
        return reply


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


class Capacity(TablesTest):
    def table(self, name, region="us-east-1"):
        return self.call("DescribeTable", region, TableName=name)["Table"]

    def test_a_table_changes_its_capacity_and_says_so(self):
        self.client.create_table(
            TableName="metered",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
            TableClass="STANDARD_INFREQUENT_ACCESS",
        )
        self.client.get_waiter("table_exists").wait(TableName="metered")
        described = self.table("metered")
        self.assertNotIn("BillingModeSummary", described)
        self.assertEqual(described["TableClassSummary"], {"TableClass": "STANDARD_INFREQUENT_ACCESS"})
        self.client.update_table(
            TableName="metered", ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 3}
        )
        throughput = self.table("metered")["ProvisionedThroughput"]
        self.assertEqual((throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]), (9, 3))
        self.assertEqual(throughput["NumberOfDecreasesToday"], 1)
        self.assertGreaterEqual(throughput["LastDecreaseDateTime"], described["CreationDateTime"])
        self.client.update_table(TableName="metered", BillingMode="PAY_PER_REQUEST")
        summary = self.table("metered")["BillingModeSummary"]
        self.assertEqual(summary["BillingMode"], "PAY_PER_REQUEST")
        self.assertGreaterEqual(summary["LastUpdateToPayPerRequestDateTime"], described["CreationDateTime"])
        self.call("UpdateTable", TableName="metered", OnDemandThroughput={"MaxReadRequestUnits": 20})
        self.assertEqual(self.table("metered")["OnDemandThroughput"], {"MaxReadRequestUnits": 20})
        warm = {"ReadUnitsPerSecond": 12001, "WriteUnitsPerSecond": 4000}
        self.call("UpdateTable", TableName="metered", WarmThroughput=warm)
        self.assertEqual(self.table("metered")["WarmThroughput"], {**warm, "Status": "ACTIVE"})

    def test_a_protected_table_is_not_deleted(self):
        self.topology.create_table("protected")
        self.call("UpdateTable", TableName="protected", DeletionProtectionEnabled=True)
        self.assertTrue(self.table("protected")["DeletionProtectionEnabled"])
        self.refused(
            "ValidationException",
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
            "protection first.",
            self.client.delete_table,
            TableName="protected",
        )
        self.call("UpdateTable", TableName="protected", DeletionProtectionEnabled=False)
        self.client.delete_table(TableName="protected")
        self.client.get_waiter("table_not_exists").wait(TableName="protected")

    def test_what_one_replica_is_told_all_of_them_take_over(self):
        self.topology.create_table("told")
        self.topology.add_replica("told", "eu-west-1")
        europe = self.topology.boto3("eu-west-1")
        units = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 8}
        europe.update_table(TableName="told", BillingMode="PROVISIONED", ProvisionedThroughput=units)
        wait_until(
            lambda: units.items() <= self.table("told")["ProvisionedThroughput"].items(),
            "the throughput to arrive",
        )
        self.client.update_time_to_live(
            TableName="told", TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True}
        )
        wait_until(
            lambda: europe.describe_time_to_live(TableName="told")["TimeToLiveDescription"]
            == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"},
            "time to live to arrive",
        )
        self.call("UpdateTable", TableName="told", DeletionProtectionEnabled=True)
        self.client.update_table(TableName="told", TableClass="STANDARD_INFREQUENT_ACCESS")
        wait_until(lambda: "TableClassSummary" in self.table("told", "eu-west-1"), "the class to arrive")
        self.assertFalse(self.table("told", "eu-west-1")["DeletionProtectionEnabled"])

    def test_replicas_share_the_capacity_of_indexes(self):
        caps, warm = {"MaxReadRequestUnits": 50}, {"ReadUnitsPerSecond": 12001, "WriteUnitsPerSecond": 4000}
        index = {
            "IndexName": "idx",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
            "OnDemandThroughput": caps,
        }
        self.call(
            "CreateTable",
            TableName="indexed",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[index],
        )
        self.topology.add_replica("indexed", "eu-west-1")

        def described(region):
            return self.table("indexed", region)["GlobalSecondaryIndexes"][0]

        self.assertEqual(described("eu-west-1")["OnDemandThroughput"], caps)
        changes = {"IndexName": "idx", "OnDemandThroughput": {"MaxWriteRequestUnits": 60}, "WarmThroughput": warm}
        reply = self.call(
            "UpdateTable", "eu-west-1", TableName="indexed", GlobalSecondaryIndexUpdates=[{"Update": changes}]
        )["TableDescription"]
        self.assertEqual(reply["GlobalSecondaryIndexes"][0]["IndexStatus"], "UPDATING")
        wait_until(
            lambda: described("us-east-1")["OnDemandThroughput"] == {**caps, "MaxWriteRequestUnits": 60},
            "the caps to arrive",
        )
        self.assertEqual(described("us-east-1")["WarmThroughput"], {**warm, "Status": "ACTIVE"})


class Throttling(TopologyTest):
    regions = ["us-east-1"]
    options = {"throttle": True}

    def test_a_table_is_held_to_its_throughput(self):
        client = self.topology.boto3("us-east-1")
        client.create_table(
            TableName="slow",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        )
        large = {"pk": {"S": "a"}, "v": {"S": "x" * 200_000}}  # 196 units of the 300 that a bucket holds
        client.put_item(TableName="slow", Item=large)
        client.put_item(TableName="slow", Item=large)
        with self.assertRaises(client.exceptions.ProvisionedThroughputExceededException) as caught:
            client.put_item(TableName="slow", Item=large)
        self.assertEqual(
            caught.exception.response["Error"]["Message"],
            "The level of configured provisioned throughput for the table was exceeded. Consider increasing "
            "your provisioning level with the UpdateTable API.",
        )
        with self.assertRaises(client.exceptions.ProvisionedThroughputExceededException):
            client.batch_write_item(RequestItems={"slow": [{"PutRequest": {"Item": large}}]})


if __name__ == "__main__":
    unittest.main()
