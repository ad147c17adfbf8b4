# SPDX-License-Identifier: Apache-2.0
"""What Terraform, Pulumi and the CDK ask of DynamoDB (sequences/, replayed by sequences.mjs), against three regions."""

import json
import os
import pathlib
import subprocess
import unittest

from harness import TopologyTest


class Sequences(TopologyTest):
    regions = ["us-east-1", "eu-west-1", "ap-northeast-1"]

    def test_the_call_sequences_of_infrastructure_tools(self):
        endpoints = {region: self.topology.url(region) for region in self.regions}
        done = subprocess.run(
            ["node", "--test", str(pathlib.Path(__file__).with_name("sequences.mjs"))],
            capture_output=True, text=True, env={**os.environ, "GYRE_ENDPOINTS": json.dumps(endpoints)}, timeout=300,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
