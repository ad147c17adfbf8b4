# SPDX-License-Identifier: Apache-2.0
"""One endpoint for all regions: requests go to the region that they are signed for. The SDK for JavaScript (routing.mjs)
finds the endpoint in AWS_ENDPOINT_URL."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from botocore.exceptions import ClientError
from harness import REGIONS, Topology, TopologyTest, wait_until
from test_tls import Authority


def client_at(test, url, region, verify=None):
    """A client of a region, at whatever port."""
    import boto3
    from botocore.config import Config

    client = boto3.client("dynamodb", endpoint_url=url, region_name=region, verify=verify,
                          aws_access_key_id="gyre", aws_secret_access_key="gyre",
                          config=Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=60))  # fmt: skip
    test.addCleanup(client.close)
    return client


class Routing(TopologyTest):
    def client(self, region):
        return client_at(self, self.topology.url("us-east-1"), region)

    def test_the_sdk_for_javascript_uses_three_regions_through_one_port(self):
        environment = {**os.environ, "AWS_ENDPOINT_URL": self.topology.url("us-east-1"),
                       "AWS_ACCESS_KEY_ID": "gyre", "AWS_SECRET_ACCESS_KEY": "gyre"}  # fmt: skip
        done = subprocess.run(
            ["node", "--test", str(pathlib.Path(__file__).with_name("routing.mjs"))],
            capture_output=True, text=True, env=environment, timeout=150,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_cut_link_does_not_matter(self):
        self.topology.gyre("link", "cut", "eu-west-1", "us-east-1")
        try:
            self.assertEqual(self.client("eu-west-1").list_tables()["ResponseMetadata"]["HTTPStatusCode"], 200)
        finally:
            self.topology.gyre("link", "heal", "eu-west-1", "us-east-1")

    def test_a_region_that_is_down_is_unavailable_until_it_is_back(self):
        europe = self.client("eu-west-1")
        europe.list_tables()
        self.topology.gyre("region", "kill", "eu-west-1")

        def refusal():
            try:
                europe.list_tables()
                return None
            except ClientError as error:
                # What was under way when it died has no known outcome.
                return error.response if error.response["ResponseMetadata"]["HTTPStatusCode"] == 503 else None

        refused = wait_until(refusal, "a request for a region that is down to be refused")
        self.assertEqual(refused["Error"]["Code"], "ServiceUnavailable")
        self.assertIn("'eu-west-1', which does not answer at http://", refused["Error"]["Message"])
        self.assertEqual(self.client("us-east-1").list_tables()["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.topology.gyre("region", "restart", "eu-west-1")
        wait_until(lambda: refusal() is None, "the region to be back")


class RoutingOff(TopologyTest):
    regions = REGIONS[:2]
    options = {"region_routing": False}

    def test_each_port_answers_for_itself(self):
        self.topology.create_table("here")
        client = client_at(self, self.topology.url("us-east-1"), "eu-west-1")
        self.assertEqual(client.list_tables()["TableNames"], ["here"])


class RoutingUnderTls(unittest.TestCase):
    def test_regions_pass_on_over_https(self):
        directory = tempfile.mkdtemp(prefix="gyre-test-")
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        authority = Authority(directory)
        certificate, key = authority.sign("server")
        topology = Topology(REGIONS[:2], options={"tls_certificate": certificate, "tls_key": key}).start()
        self.addCleanup(topology.close)
        url = topology.url("us-east-1").replace("http://", "https://")
        client = client_at(self, url, "eu-west-1", authority.certificate)
        client.create_table(TableName="there", BillingMode="PAY_PER_REQUEST",
                            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])  # fmt: skip
        for _ in range(10):
            self.assertEqual(client.list_tables()["TableNames"], ["there"])
        self.assertEqual(client_at(self, url, "us-east-1", authority.certificate).list_tables()["TableNames"], [])


if __name__ == "__main__":
    unittest.main()
