# SPDX-License-Identifier: Apache-2.0
"""PartiQL through Debian's boto3 and the AWS CLI, as AWS's developer guide writes it."""

import json
import unittest

from botocore.exceptions import ClientError
from harness import TopologyTest, wait_until


class PartiQl(TopologyTest):
    regions = ["us-east-1", "eu-west-1"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.topology.create_table("Music", sort_key="sk")

    def run_statement(self, statement, *parameters, **more):
        if parameters:
            more["Parameters"] = list(parameters)
        return self.client.execute_statement(Statement=statement, **more)["Items"]

    def refused(self, code, part, statement, *parameters):
        with self.assertRaises(ClientError) as caught:
            self.run_statement(statement, *parameters)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        self.assertIn(part, caught.exception.response["Error"]["Message"])

    def test_an_item_lives_through_the_four_statements(self):
        self.run_statement(
            """INSERT INTO "Music" VALUE {'pk': 'Acme Band', 'sk': 'PartiQL Rocks', 'Awards': 1,
               'Detail': {'Grammys': [2020, 2018]}, 'Members': <<'member1', 'member2'>>}"""
        )
        self.run_statement(
            """UPDATE "Music" SET AwardsWon = 1 SET Detail.Grammys = list_append(Detail.Grammys, [2016])
               SET Members = set_add(Members, <<'member3'>>) REMOVE Awards
               WHERE pk = 'Acme Band' AND sk = 'PartiQL Rocks' AND Awards = 1"""
        )
        [item] = self.run_statement("""SELECT * FROM "Music" WHERE pk = ? AND sk = ?""",
                                    {"S": "Acme Band"}, {"S": "PartiQL Rocks"})  # fmt: skip
        self.assertEqual(item["AwardsWon"], {"N": "1"})
        self.assertEqual(item["Detail"], {"M": {"Grammys": {"L": [{"N": "2020"}, {"N": "2018"}, {"N": "2016"}]}}})
        self.assertEqual(sorted(item["Members"]["SS"]), ["member1", "member2", "member3"])
        self.assertNotIn("Awards", item)
        [old] = self.run_statement(
            "DELETE FROM Music WHERE pk = 'Acme Band' AND sk = 'PartiQL Rocks' RETURNING ALL OLD *"
        )
        self.assertEqual(old, item)
        self.assertEqual(self.run_statement("SELECT * FROM Music WHERE pk = 'Acme Band'"), [])

    def test_pages_of_a_scan_and_of_a_query_come_to_all_items(self):
        for pk in ["x", "y"]:
            for number in range(7):
                self.run_statement("INSERT INTO Music VALUE {'pk': ?, 'sk': ?, 'paged': true}", {"S": pk}, {"S": str(number)})
        for statement, expected in [
            ("SELECT sk FROM Music WHERE paged = true", 14),
            ("SELECT sk FROM Music WHERE pk IN ['x', 'y'] ORDER BY pk, sk DESC", 14),
            ("SELECT sk FROM Music WHERE pk = 'x' AND sk >= '3'", 4),
        ]:
            items, more = [], {}
            while True:
                page = self.client.execute_statement(Statement=statement, Limit=3, **more)
                self.assertLessEqual(len(page["Items"]), 3)
                items += page["Items"]
                if "NextToken" not in page:
                    break
                more = {"NextToken": page["NextToken"]}
            self.assertEqual(len(items), expected, statement)

    def test_what_is_refused_is_refused_in_awss_words(self):
        self.run_statement("INSERT INTO Music VALUE {'pk': 'once', 'sk': '1'}")
        for code, part, statement in [
            ("DuplicateItemException", "Duplicate primary key exists in table", "INSERT INTO Music VALUE {'pk': 'once', 'sk': '1'}"),
            ("ConditionalCheckFailedException", "The conditional request failed", "UPDATE Music SET a = 1 WHERE pk = 'no' AND sk = '1'"),
            ("ResourceNotFoundException", "Requested resource not found", "SELECT * FROM nowhere"),
            ("ValidationException", "Expected data manipulation", "SLECT * FROM Music"),
            ("ValidationException", "Number of parameters in request and statement don't match.", "SELECT * FROM Music WHERE pk = ?"),
            ("ValidationException", "mandatory equality on all key attributes", "DELETE FROM Music WHERE pk = 'once'"),
        ]:
            self.refused(code, part, statement)

    def test_batches_answer_statement_by_statement(self):
        written = self.client.batch_execute_statement(Statements=[
            {"Statement": "INSERT INTO Music VALUE {'pk': 'batch', 'sk': ?}", "Parameters": [{"S": "1"}]},
            {"Statement": "UPDATE Music SET a = 1 WHERE pk = 'batch' AND sk = 'none'"},
        ])["Responses"]  # fmt: skip
        self.assertEqual(written[0], {"TableName": "Music"})
        self.assertEqual(written[1]["Error"]["Code"], "ConditionalCheckFailed")
        read = self.client.batch_execute_statement(Statements=[
            {"Statement": "SELECT * FROM Music WHERE pk = 'batch' AND sk = '1'"},
            {"Statement": "SELECT * FROM Music WHERE pk = 'batch'"},
        ])["Responses"]  # fmt: skip
        self.assertEqual(read[0]["Item"], {"pk": {"S": "batch"}, "sk": {"S": "1"}})
        self.assertEqual(read[1]["Error"]["Code"], "ValidationError")

    def test_a_select_reads_a_secondary_index(self):
        text = lambda name: {"AttributeName": name, "AttributeType": "S"}  # noqa: E731
        self.client.create_table(
            TableName="Albums",
            AttributeDefinitions=[text("pk"), text("artist"), text("title")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[{
                "IndexName": "byArtist",
                "KeySchema": [{"AttributeName": "artist", "KeyType": "HASH"}, {"AttributeName": "title", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["year"]},
            }],
            BillingMode="PAY_PER_REQUEST",
        )  # fmt: skip
        for pk, artist, title, year in [("1", "Nina", "Pastel Blues", 1965), ("2", "Nina", "High Priestess", 1967), ("3", "Ella", "Twelve Nights", 1961)]:
            self.run_statement(
                "INSERT INTO Albums VALUE {'pk': ?, 'artist': ?, 'title': ?, 'year': ?}",
                {"S": pk}, {"S": artist}, {"S": title}, {"N": str(year)},
            )  # fmt: skip
        ordered = """SELECT title FROM "Albums"."byArtist" WHERE artist = ? ORDER BY title DESC"""
        pages = [self.client.execute_statement(Statement=ordered, Parameters=[{"S": "Nina"}], Limit=1)]
        pages.append(self.client.execute_statement(
            Statement=ordered, Parameters=[{"S": "Nina"}], NextToken=pages[0]["NextToken"]))  # fmt: skip
        titles = [item["title"]["S"] for page in pages for item in page["Items"]]
        self.assertEqual(titles, ["Pastel Blues", "High Priestess"])
        found = self.run_statement("""SELECT pk FROM Albums.byArtist WHERE artist IN ['Nina', 'Ella'] AND "year" < 1966""")
        self.assertEqual(sorted(item["pk"]["S"] for item in found), ["1", "3"])

    def transact(self, *statements, **more):
        return self.client.execute_transaction(TransactStatements=[{"Statement": one} for one in statements], **more)["Responses"]

    def test_a_transaction_writes_all_or_nothing_and_says_why(self):
        self.transact(
            "INSERT INTO Music VALUE {'pk': 'transaction', 'sk': '1', 'n': 1}",
            "INSERT INTO Music VALUE {'pk': 'transaction', 'sk': '2', 'n': 1}",
        )
        move = [
            "UPDATE Music SET n = n - 1 WHERE pk = 'transaction' AND sk = '1' AND n >= 1",
            "UPDATE Music SET n = n + 1 WHERE pk = 'transaction' AND sk = '2'",
            "EXISTS(SELECT * FROM Music WHERE pk = 'transaction' AND sk = 'lock' AND owner IS MISSING)",
        ]
        for _ in range(2):  # a token counts once
            self.transact(*move, ClientRequestToken="move")
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.transact(*move)
        reasons = [reason["Code"] for reason in caught.exception.response["CancellationReasons"]]
        self.assertEqual(reasons, ["ConditionalCheckFailed", "None", "None"])
        found = self.transact(
            "SELECT n FROM Music WHERE pk = 'transaction' AND sk = '1'",
            "SELECT n FROM Music WHERE pk = 'transaction' AND sk = '2'",
            "SELECT n FROM Music WHERE pk = 'transaction' AND sk = 'lock'",
        )
        self.assertEqual(found, [{"Item": {"n": {"N": "0"}}}, {"Item": {"n": {"N": "2"}}}, {}])

    def test_the_aws_cli_runs_statements_and_replicas_get_what_they_wrote(self):
        aws = lambda *arguments: self.topology.aws("us-east-1", *arguments)  # noqa: E731
        self.topology.create_table("Copied", replicas=["eu-west-1"], sort_key="sk")
        aws("execute-statement", "--statement", "INSERT INTO \"Copied\" VALUE {'pk':'cli','sk':'1','n':?}",
            "--parameters", json.dumps([{"N": "5"}]))  # fmt: skip
        aws("batch-execute-statement", "--statements",
            json.dumps([{"Statement": "UPDATE Copied SET n = n + 1 WHERE pk = 'cli' AND sk = '1'"}]))  # fmt: skip

        def copied():
            reply = self.topology.aws("eu-west-1", "execute-statement", "--statement", "SELECT n FROM Copied WHERE pk = 'cli'")
            return reply["Items"] == [{"n": {"N": "6"}}]

        wait_until(copied, "the other region to hold the item")


if __name__ == "__main__":
    unittest.main()
