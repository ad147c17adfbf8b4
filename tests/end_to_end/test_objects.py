# SPDX-License-Identifier: Apache-2.0
"""Objects behind S3's API: what every home of objects does (core/objects/contract_test.h), against s3rver."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from harness import BUILD, Program, wait_until

CONTRACT = BUILD / "tests" / "objects" / "s3_contract"


class Objects(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        script = pathlib.Path(__file__).with_name("s3_server.mjs")
        server = Program(["node", str(script), directory.name, "gyre-test"])
        self.addCleanup(server.kill)
        self.port = int(wait_until(lambda: server.lines, "s3rver serves")[0])

    def run_contract(self, key):
        environment = {**os.environ, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}", "AWS_REGION": "us-east-1",
                       "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "S3RVER"}  # fmt: skip
        return subprocess.run([str(CONTRACT), "s3://gyre-test/a/prefix"], capture_output=True, text=True,
                              env=environment, timeout=200)  # fmt: skip

    def test_the_contract(self):
        done = self.run_contract("S3RVER")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("s3://gyre-test/a/prefix/: kept", done.stdout)

    def test_an_unknown_key_is_refused(self):
        done = self.run_contract("STRANGER")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("s3://gyre-test/a/prefix/a/b: PUT was answered with HTTP 403 InvalidAccessKeyId", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
