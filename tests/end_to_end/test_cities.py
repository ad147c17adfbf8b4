# SPDX-License-Identifier: Apache-2.0
"""The example that loads cities, on a part of its list."""

import os
import pathlib
import subprocess
import unittest

from harness import ROOT, TopologyTest


class Cities(TopologyTest):
    latency_ms = 5

    def test_the_cities_example_loads_and_measures(self):
        done = subprocess.run(
            ["node", str(ROOT / "examples" / "cities" / "load.js"), "--limit", "3000",
             "--endpoint", self.topology.url("us-east-1"), "--watch", self.topology.url("ap-northeast-1")],
            capture_output=True, text=True, env={**os.environ, "AWS_REGION": "us-east-1"}, timeout=150,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("3000 of 3000", done.stdout)
        self.assertIn("holds every item", done.stdout)
        self.assertIn("replication lag", done.stdout)
        self.assertIn("3000 items", self.topology.verify("cities").stdout)


if __name__ == "__main__":
    unittest.main()
