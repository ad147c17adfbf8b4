# SPDX-License-Identifier: Apache-2.0
"""Every operation of the public API is either served or refused by name, and README.md says the same of each."""

import http.client
import json
import pathlib
import re
import subprocess
import unittest

from harness import ROOT, TopologyTest

# The model of the API, as C++ tables: the rows `{"PutItem", &kPutItemInput},` of the lists at their ends.
MODEL = ROOT / "core" / "api" / "model"
OPERATION = re.compile(r'\{"(\w+)",\s*&k\w+\}')


def model_operations(*tables):
    """The names of the operations that tables of the model have."""
    names = []
    for table in tables:
        text = (MODEL / f"{table}.cc").read_text()
        names += OPERATION.findall(text.split("constexpr Operation kOperations[] = {", 1)[1].split("};", 1)[0])
    return names


STREAMS = model_operations("streams")
DYNAMODB = model_operations(*(file.stem for file in MODEL.glob("*.cc") if file.stem not in ("gyre", "shapes", "streams")))


def sdk_operations():
    script = str(pathlib.Path(__file__).with_name("operations.mjs"))
    return json.loads(subprocess.run(["node", script], capture_output=True, text=True, check=True, timeout=60).stdout)


def every_target():
    """X-Amz-Target by operation, of all that the SDKs or the model know."""
    known = sdk_operations()
    targets = {name: f"DynamoDB_20120810.{name}" for name in {*DYNAMODB, *known["dynamodb"]}}
    targets.update({name: f"DynamoDBStreams_20120810.{name}" for name in {*STREAMS, *known["streams"]}})
    return targets


def readme_rows():
    """The table of operations in README.md: (names, whether they work) of each row that names some."""
    text = (ROOT / "README.md").read_text()
    table = text.split("## What works", 1)[1].split("\n\n")[1]
    for line in table.splitlines()[2:]:
        names, verdict = (cell.strip() for cell in line.strip("| ").split(" | "))
        yield set(re.findall(r"\w+", re.sub(r"\(.*?\)", "", names))), not verdict.startswith("missing")


class OperationList(TopologyTest):
    regions = ["us-east-1"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.targets = every_target()
        cls.refusals = {name: cls.refusal(target) for name, target in cls.targets.items()}

    @classmethod
    def refusal(cls, target):
        """The message with which an operation is refused as unknown; None if it is served (here: asked for a body)."""
        connection = http.client.HTTPConnection("127.0.0.1", cls.topology.http["us-east-1"], timeout=30)
        connection.request("POST", "/", b"", {
            "X-Amz-Target": target,
            "X-Amz-Date": "20260101T000000Z",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": "AWS4-HMAC-SHA256 Credential=gyre/20260101/us-east-1/dynamodb/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=none",
        })  # fmt: skip
        reply = connection.getresponse()
        body = json.loads(reply.read())
        connection.close()
        assert reply.status == 400, (target, reply.status, body)
        return body["message"] if body["__type"].endswith("#UnknownOperationException") else None

    def test_the_model_has_what_the_api_has(self):
        self.assertEqual((len(DYNAMODB), len(set(DYNAMODB)), len(STREAMS)), (62, 62, 4))
        self.assertEqual(set(self.targets), {*DYNAMODB, *STREAMS}, "the SDKs know operations that the model lacks")

    def test_what_is_refused_is_refused_by_name(self):
        for name, message in self.refusals.items():
            if message is not None:
                self.assertIn(f"'{self.targets[name]}'", message)

    def test_the_readme_names_every_operation_once_and_says_what_the_region_does(self):
        said = {}
        for names, works in readme_rows():
            for name in names & self.targets.keys():
                self.assertNotIn(name, said, "stands in two rows")
                said[name] = works
        served = {name: message is None for name, message in self.refusals.items()}
        self.assertEqual({name for name in said if said[name]}, {name for name in served if served[name]})
        self.assertEqual({name for name in said if not said[name]}, {name for name in served if not served[name]})


if __name__ == "__main__":
    unittest.main()
