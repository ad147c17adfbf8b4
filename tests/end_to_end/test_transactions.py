# SPDX-License-Identifier: Apache-2.0
"""Transactions through Debian's boto3 and the AWS CLI, also across a restart of the region."""

import json
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError
from harness import TopologyTest


def put(pk, **more):
    return {"Put": {"TableName": "accounts", "Item": {"pk": {"S": pk}, **more}}}


def add(pk, amount, **more):
    return {
        "Update": {
            "TableName": "accounts",
            "Key": {"pk": {"S": pk}},
            "UpdateExpression": "ADD n :n",
            "ExpressionAttributeValues": {":n": {"N": str(amount)}},
            **more,
        }
    }


def get(pk):
    return {"Get": {"TableName": "accounts", "Key": {"pk": {"S": pk}}}}


class Transactions(TopologyTest):
    regions = ["us-east-1"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.topology.create_table("accounts")

    def balance(self, pk):
        answer = self.client.get_item(TableName="accounts", Key={"pk": {"S": pk}}, ConsistentRead=True)
        return int(answer["Item"]["n"]["N"])

    def test_a_cancelled_transaction_says_why_and_writes_nothing(self):
        self.client.transact_write_items(TransactItems=[put("there", n={"N": "1"})])
        refused = put("there")
        refused["Put"]["ConditionExpression"] = "attribute_not_exists(pk)"
        refused["Put"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.client.transact_write_items(TransactItems=[put("absent"), refused])
        answer = caught.exception.response
        self.assertEqual(
            answer["Error"]["Message"],
            "Transaction cancelled, please refer cancellation reasons for specific reasons "
            "[None, ConditionalCheckFailed]",
        )
        self.assertEqual(
            answer["CancellationReasons"],
            [
                {"Code": "None"},
                {
                    "Code": "ConditionalCheckFailed",
                    "Message": "The conditional request failed",
                    "Item": {"pk": {"S": "there"}, "n": {"N": "1"}},
                },
            ],
        )
        found = self.client.transact_get_items(TransactItems=[get("absent"), get("there")])["Responses"]
        self.assertEqual(found, [{}, {"Item": {"pk": {"S": "there"}, "n": {"N": "1"}}}])

    def test_readers_never_see_half_a_transfer(self):
        self.client.transact_write_items(TransactItems=[put("x", n={"N": "100"}), put("y", n={"N": "100"})])
        done = threading.Event()
        failures = []

        def transfer():
            try:
                for _ in range(200):
                    self.client.transact_write_items(TransactItems=[add("x", -1), add("y", 1)])
            except ClientError as error:
                failures.append(error)
            finally:
                done.set()

        writer = threading.Thread(target=transfer)
        writer.start()
        while not done.is_set():
            items = self.client.transact_get_items(TransactItems=[get("x"), get("y")])["Responses"]
            self.assertEqual(sum(int(item["Item"]["n"]["N"]) for item in items), 200)
        writer.join()
        self.assertEqual(failures, [])
        self.assertEqual((self.balance("x"), self.balance("y")), (-100, 300))

    def test_the_aws_cli_writes_and_reads_transactions(self):
        def call(command, *actions, **more):
            return self.topology.aws("us-east-1", command, "--transact-items", json.dumps(actions), **more)

        call("transact-write-items", put("cli", n={"N": "1"}), put("other"))
        call("transact-write-items", add("cli", 2), {"Delete": {"TableName": "accounts", "Key": {"pk": {"S": "other"}}}})
        found = call("transact-get-items", get("cli"), get("other"))["Responses"]
        self.assertEqual(found, [{"Item": {"pk": {"S": "cli"}, "n": {"N": "3"}}}, {}])
        check = {
            "ConditionCheck": {
                "TableName": "accounts",
                "Key": {"pk": {"S": "other"}},
                "ConditionExpression": "attribute_exists(pk)",
            }
        }
        refused = call("transact-write-items", add("cli", 1), check, check=False)
        self.assertIn("TransactionCanceledException", refused.stderr)
        self.assertIn("[None, ConditionalCheckFailed]", refused.stderr)
        self.assertEqual(self.balance("cli"), 3)

    def test_the_change_records_of_a_transaction_name_it(self):
        self.client.transact_write_items(TransactItems=[put("r1"), put("r2"), put("r3")])
        self.client.put_item(TableName="accounts", Item={"pk": {"S": "alone"}})
        lines = self.topology.gyre("replay", "accounts", "--from", "1 hour ago", "--to", "now").stdout.splitlines()
        records = {record["keys"]["pk"]["S"]: record for record in map(json.loads, lines)}
        together = [records[pk] for pk in ("r1", "r2", "r3")]
        self.assertEqual([record["participant_count"] for record in together], [3, 3, 3])
        self.assertEqual(len({record["transaction_id"] for record in together}), 1)
        self.assertEqual(len({record["commit_ms"] for record in together}), 1)
        self.assertNotIn("transaction_id", records["alone"])

    def test_a_token_counts_once_even_across_a_restart(self):
        request = {"TransactItems": [add("once", 1)], "ClientRequestToken": "one-token"}
        self.client.transact_write_items(**request)
        self.client.transact_write_items(**request)
        self.topology.stop()
        self.topology.start()
        self.client.transact_write_items(**request)
        self.assertEqual(self.balance("once"), 1)
        with self.assertRaises(self.client.exceptions.IdempotentParameterMismatchException):
            self.client.transact_write_items(TransactItems=[add("once", 2)], ClientRequestToken="one-token")

    def test_one_token_in_many_requests_at_once_counts_once(self):
        request = {"TransactItems": [add("at-once", 1)], "ClientRequestToken": "another-token"}
        with ThreadPoolExecutor(8) as pool:
            for answer in [pool.submit(self.client.transact_write_items, **request) for _ in range(32)]:
                answer.result()
        self.assertEqual(self.balance("at-once"), 1)


if __name__ == "__main__":
    unittest.main()
