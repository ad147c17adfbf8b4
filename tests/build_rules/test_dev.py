# SPDX-License-Identifier: Apache-2.0
"""./dev up compiles what it starts, and nothing else."""

import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("GYRE_BUILD", ROOT / "build" / "release"))


def compiled(*targets):
    """What ninja compiles for these targets, in an empty build folder."""
    command = ["ninja", "-C", str(BUILD), "-t", "commands", *targets]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
    return re.findall(r" -o (\S+\.o) -c ", done.stdout)


class Up(unittest.TestCase):
    def test_no_test_fuzzer_or_benchmark_is_compiled(self):
        up = re.search(r"^  up\)\n(.*?);;", (ROOT / "dev").read_text(), re.DOTALL | re.MULTILINE)[1]
        targets = re.search(r"build release --target (.*)", up)[1].split()
        self.assertIn("gyre", targets)
        objects = compiled(*targets)
        self.assertIn("cli/CMakeFiles/gyre.dir/main.cc.o", objects)
        unwanted = re.compile(r"_test\b|^tests/|benchmark|fuzz")
        self.assertEqual([name for name in objects if unwanted.search(name)], [])
        self.assertTrue([name for name in compiled("all") if unwanted.search(name)])


if __name__ == "__main__":
    unittest.main()
