# SPDX-License-Identifier: Apache-2.0
"""Wrong requests and their exact answers, as the tables in errors/ have them (errors/README.md tells how to write one)."""

import http.client
import json
import pathlib
import re
import unittest

from harness import TopologyTest

TABLES = pathlib.Path(__file__).with_name("errors")
SETUP = TABLES / "setup.txt"

STREAMS = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
NAMESPACES = {
    "SerializationException": "com.amazon.coral.service#",
    "UnknownOperationException": "com.amazon.coral.service#",
    "ValidationException": "com.amazon.coral.validate#",
}
DYNAMODB = "com.amazonaws.dynamodb.v20120810#"

REPETITION = re.compile(r"<<(.+?)\*(\d+)>>")
HOLE = re.compile(r'"\?"|(?<=[:, \[])\?(?=[,}\]])')
ERROR = re.compile(r"(?:(\d{3}) )?(\w+(?:Exception|Error)): ?(.*)")


class Row:
    """A request and the answer that it must get: an error, or else any success. What is filled is no request itself."""

    def __init__(self, place, operation, body):
        self.place, self.operation, self.body = place, operation, body
        self.error, self.members = None, {}
        self.is_pattern = False

    def filled(self, place, text):
        self.is_pattern = True
        string = json.dumps(text)
        return Row(place, self.operation, HOLE.sub(lambda hole: string if hole[0] == '"?"' else text, self.body))

    def expect_error(self, text):
        parts = ERROR.fullmatch(text)
        status, name, message = parts.groups() if parts else (None, "ValidationException", text)
        self.error = {"status": int(status or 400), "__type": NAMESPACES.get(name, DYNAMODB) + name}
        if message:
            self.error["message"] = message


def read_rows(path):
    rows, pattern = [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = REPETITION.sub(lambda found: found[1] * int(found[2]), line)
        place = f"{path.name}:{number}"
        mark, _, rest = line.partition(" ")
        if not line or mark.startswith("#"):
            continue
        if mark == "!":
            rows[-1].expect_error(rest)
        elif mark == "+":
            rows[-1].members = json.loads(rest)
        elif mark == "?":
            rows.append(pattern.filled(place, rest))
        elif mark == "":
            pattern.body += "\n" + rest
        else:
            pattern = Row(place, mark, rest)
            rows.append(pattern)
    return [row for row in rows if not row.is_pattern]


class Errors(TopologyTest):
    regions = ["us-east-1"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = http.client.HTTPConnection("127.0.0.1", cls.topology.http["us-east-1"], timeout=30)
        cls.check(SETUP)

    @classmethod
    def tearDownClass(cls):
        cls.connection.close()
        super().tearDownClass()

    @classmethod
    def answer(cls, row):
        """Status and members of the reply."""
        version = "DynamoDBStreams_20120810" if row.operation in STREAMS else "DynamoDB_20120810"
        cls.connection.request("POST", "/", row.body.encode(), {
            "X-Amz-Target": f"{version}.{row.operation}",
            "X-Amz-Date": "20260101T000000Z",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": "AWS4-HMAC-SHA256 Credential=gyre/20260101/us-east-1/dynamodb/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=none",
        })  # fmt: skip
        reply = cls.connection.getresponse()
        members = json.loads(reply.read())
        if "Message" in members:  # the one or the other, as errors of AWS have it; error_reply_test.cc knows which
            members["message"] = members.pop("Message")
        return {"status": reply.status, **members}

    @classmethod
    def check(cls, path):
        wrong = []
        for row in read_rows(path):
            got = cls.answer(row)
            if row.error is None:
                right = got["status"] == 200
            else:
                right = got == {**row.error, **row.members}
            if not right:
                wanted = {**row.error, **row.members} if row.error else "success"
                wrong.append(f"{row.place} {row.operation} {row.body[:400]}\n  wanted {wanted}\n  got    {got}")
        assert not wrong, f"{len(wrong)} wrong answers\n" + "\n".join(wrong)


def test_of(path):
    return lambda self: self.check(path)


for table in sorted(TABLES.glob("*.txt")):
    if table != SETUP:
        setattr(Errors, f"test_{table.stem}", test_of(table))

if __name__ == "__main__":
    unittest.main()
