# SPDX-License-Identifier: Apache-2.0
"""The item and table operations through Debian's boto3."""

import random
import unittest
from decimal import Decimal

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError
from harness import TopologyTest, wait_until

EVERY_TYPE = {
    "s": {"S": "text with \u00fc, \U0001f409 and \"quotes\"\n"},
    "empty": {"S": ""},
    "n": {"N": "-12345678901234567890123456789012345678"},
    "fraction": {"N": "0.00000000000000000000000000000000000001"},
    "b": {"B": bytes(range(256))},
    "yes": {"BOOL": True},
    "null": {"NULL": True},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2.5"]},
    "bs": {"BS": [b"\0", b"\1"]},
    "l": {"L": [{"N": "1"}, {"L": []}, {"M": {}}]},
    "m": {"M": {"deep": {"M": {"er": {"S": "x"}}}}},
}


class Boto3(TopologyTest):
    regions = ["us-east-1"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.topology.create_table("things", sort_key="sk")

    def key(self, pk, sk="s"):
        return {"pk": {"S": pk}, "sk": {"S": sk}}

    def get(self, pk, sk="s", **more):
        return self.client.get_item(TableName="things", Key=self.key(pk, sk), **more).get("Item")

    def refused(self, code, part, call, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        self.assertIn(part, caught.exception.response["Error"]["Message"])

    def test_every_attribute_type_comes_back_as_it_went(self):
        item = {**self.key("types"), **EVERY_TYPE}
        self.client.put_item(TableName="things", Item=item)
        found = self.get("types")
        for sets in ("ss", "ns", "bs"):
            kind = next(iter(found[sets]))
            self.assertEqual(sorted(found[sets][kind]), sorted(item[sets][kind]))
        self.assertEqual({k: v for k, v in found.items() if k not in ("ss", "ns", "bs")},
                         {k: v for k, v in item.items() if k not in ("ss", "ns", "bs")})  # fmt: skip

    def test_numbers_survive_boto3s_decimal_types(self):
        value = TypeSerializer().serialize(Decimal("3.1415926535897932384626433832795028841"))
        self.client.put_item(TableName="things", Item={**self.key("pi"), "v": value})
        self.assertEqual(TypeDeserializer().deserialize(self.get("pi")["v"]), Decimal(value["N"]))

    def test_conditions_and_return_values(self):
        put = lambda **more: self.client.put_item(TableName="things", Item={**self.key("cond"), "v": {"N": "1"}}, **more)
        put(ConditionExpression="attribute_not_exists(pk)")
        self.refused("ConditionalCheckFailedException", "The conditional request failed", put,
                     ConditionExpression="attribute_not_exists(pk)")  # fmt: skip
        old = put(ReturnValues="ALL_OLD")
        self.assertEqual(old["Attributes"]["v"], {"N": "1"})

    def test_update_expressions(self):
        reply = self.client.update_item(
            TableName="things", Key=self.key("update"),
            UpdateExpression="SET #v = if_not_exists(#v, :zero) + :one, tags = list_append(:l, :l) ADD seen :s",
            ExpressionAttributeNames={"#v": "value"},
            ExpressionAttributeValues={":zero": {"N": "0"}, ":one": {"N": "1"}, ":l": {"L": [{"S": "x"}]}, ":s": {"SS": ["a"]}},
            ReturnValues="ALL_NEW",
        )  # fmt: skip
        self.assertEqual(reply["Attributes"]["value"], {"N": "1"})
        self.assertEqual(reply["Attributes"]["tags"], {"L": [{"S": "x"}, {"S": "x"}]})
        reply = self.client.update_item(
            TableName="things", Key=self.key("update"), UpdateExpression="REMOVE tags[0] DELETE seen :s",
            ExpressionAttributeValues={":s": {"SS": ["a"]}}, ReturnValues="ALL_NEW",
        )  # fmt: skip
        self.assertEqual(reply["Attributes"]["tags"], {"L": [{"S": "x"}]})
        self.assertNotIn("seen", reply["Attributes"])

    def test_query_pages_both_ways_and_filters(self):
        for start in range(0, 100, 25):
            self.client.batch_write_item(RequestItems={"things": [
                {"PutRequest": {"Item": {**self.key("many", f"{i:03}"), "n": {"N": str(i)}, "pad": {"S": "x" * 20_000}}}}
                for i in range(start, start + 25)
            ]})  # fmt: skip
        for forward in (True, False):
            found, start, pages = [], {}, 0
            while True:
                page = self.client.query(
                    TableName="things", KeyConditionExpression="pk = :p AND sk BETWEEN :a AND :b",
                    FilterExpression="n >= :ten",
                    ExpressionAttributeValues={":p": {"S": "many"}, ":a": {"S": "005"}, ":b": {"S": "094"}, ":ten": {"N": "10"}},
                    ScanIndexForward=forward, ProjectionExpression="sk", **start,
                )  # fmt: skip
                pages += 1
                found += [item["sk"]["S"] for item in page["Items"]]
                if "LastEvaluatedKey" not in page:
                    break
                start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
            wanted = [f"{i:03}" for i in range(10, 95)]
            self.assertEqual(found, wanted if forward else wanted[::-1])
            self.assertGreater(pages, 1, "2 MB of items need more than one page of 1 MB")

    def test_parallel_scan_covers_every_item_once(self):
        client = self.topology.create_table("scanned")
        keys = {f"k{i}" for i in range(200)}
        for key in keys:
            client.put_item(TableName="scanned", Item={"pk": {"S": key}})
        found = []
        for segment in range(7):
            start = {}
            while True:
                page = client.scan(TableName="scanned", Segment=segment, TotalSegments=7, Limit=9, **start)
                found += [item["pk"]["S"] for item in page["Items"]]
                if "LastEvaluatedKey" not in page:
                    break
                start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        self.assertEqual(sorted(found), sorted(keys))

    def test_batch_get(self):
        keys = [self.key("batch", str(i)) for i in range(30)]
        for start in (0, 25):
            self.client.batch_write_item(
                RequestItems={"things": [{"PutRequest": {"Item": key}} for key in keys[start : start + 25]]}
            )
        reply = self.client.batch_get_item(RequestItems={"things": {"Keys": keys + [self.key("batch", "missing")]}})
        self.assertEqual(len(reply["Responses"]["things"]), 30)
        self.assertEqual(reply["UnprocessedKeys"], {})

    def test_clear_errors(self):
        put = self.client.put_item
        self.refused("ResourceNotFoundException", "not found", put, TableName="nowhere", Item=self.key("a"))
        self.refused("ValidationException", "Missing the key sk", put, TableName="things", Item={"pk": {"S": "a"}})
        self.refused("ValidationException", "Type mismatch", put, TableName="things",
                     Item={"pk": {"N": "1"}, "sk": {"S": "a"}})  # fmt: skip
        self.refused("ValidationException", "exceeded the maximum allowed size", put, TableName="things",
                     Item={**self.key("big"), "v": {"S": "x" * 409_600}})  # fmt: skip
        self.refused("ValidationException", "Syntax error", put, TableName="things", Item=self.key("a"),
                     ConditionExpression="a = = b")  # fmt: skip
        self.refused("ValidationException", "38 significant digits", put, TableName="things",
                     Item={**self.key("a"), "v": {"N": "1" * 39}})  # fmt: skip
        self.assertIsNone(self.get("big"))
        self.refused("UnknownOperationException", "ListBackups", self.client.list_backups)
        self.refused("ResourceInUseException", "", self.client.create_table, TableName="things",
                     AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                     KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST")  # fmt: skip

    def test_tables_are_listed_and_deleted(self):
        names = [f"listed{i}" for i in range(5)]
        for name in names:
            self.topology.create_table(name)
        found = []
        for page in self.client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2}):
            found += page["TableNames"]
        self.assertTrue(set(names) <= set(found))
        self.client.delete_table(TableName="listed0")
        wait_until(lambda: "listed0" not in self.client.list_tables()["TableNames"], "listed0 to be gone")

    def test_the_stream_shows_what_happened_and_no_write_that_changed_nothing(self):
        client = self.topology.create_table("watched")
        client.update_table(TableName="watched", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
        item = {"pk": {"S": "a"}, "v": {"N": "1"}}
        client.put_item(TableName="watched", Item=item)
        client.put_item(TableName="watched", Item=item)
        client.delete_item(TableName="watched", Key={"pk": {"S": "a"}})
        client.delete_item(TableName="watched", Key={"pk": {"S": "a"}})
        streams = self.topology.boto3("us-east-1", "dynamodbstreams")
        arn = client.describe_table(TableName="watched")["Table"]["LatestStreamArn"]
        records = []
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            records += streams.get_records(ShardIterator=iterator)["Records"]
        self.assertEqual([record["eventName"] for record in records], ["INSERT", "REMOVE"])
        self.assertEqual(records[0]["dynamodb"]["NewImage"], item)
        self.assertNotIn("OldImage", records[1]["dynamodb"])

    def test_random_writes_read_back(self):
        chance = random.Random(11)
        wanted = {}
        for i in range(300):
            key = str(chance.randrange(40))
            if chance.random() < 0.3:
                self.client.delete_item(TableName="things", Key=self.key("random", key))
                wanted.pop(key, None)
            else:
                self.client.put_item(TableName="things", Item={**self.key("random", key), "v": {"N": str(i)}})
                wanted[key] = str(i)
        page = self.client.query(TableName="things", KeyConditionExpression="pk = :p",
                                 ExpressionAttributeValues={":p": {"S": "random"}}, ConsistentRead=True)  # fmt: skip
        self.assertEqual({item["sk"]["S"]: item["v"]["N"] for item in page["Items"]}, wanted)


if __name__ == "__main__":
    unittest.main()
