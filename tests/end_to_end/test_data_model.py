# SPDX-License-Identifier: Apache-2.0
"""DynamoDB-Toolbox, a data-modelling library for JavaScript, runs a shop in one table (data_model.mjs)."""

import os
import pathlib
import subprocess
import unittest

from harness import TopologyTest


class DataModel(TopologyTest):
    regions = ["us-east-1"]

    def test_a_shop_in_one_table(self):
        environment = {**os.environ, "GYRE_US": self.topology.url("us-east-1")}
        done = subprocess.run(
            ["node", "--test", str(pathlib.Path(__file__).with_name("data_model.mjs"))],
            capture_output=True, text=True, env=environment, timeout=150,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
