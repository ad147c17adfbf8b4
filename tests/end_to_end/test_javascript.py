# SPDX-License-Identifier: Apache-2.0
"""The AWS SDK for JavaScript, v3 (javascript.mjs), against two regions."""

import os
import pathlib
import subprocess
import unittest

from harness import TopologyTest


class JavaScript(TopologyTest):
    regions = ["us-east-1", "eu-west-1"]

    def test_the_sdk_for_javascript(self):
        environment = {**os.environ, "GYRE_US": self.topology.url("us-east-1"), "GYRE_EU": self.topology.url("eu-west-1")}
        done = subprocess.run(
            ["node", "--test", str(pathlib.Path(__file__).with_name("javascript.mjs"))],
            capture_output=True, text=True, env=environment, timeout=150,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
