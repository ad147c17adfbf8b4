# SPDX-License-Identifier: Apache-2.0
"""Help, versions and exit codes are told, and a wrong command line is answered with what was meant."""

import re
import subprocess
import unittest

from harness import GYRE, ROOT


def run(*arguments):
    return subprocess.run([GYRE, *arguments], capture_output=True, text=True, timeout=60)


class Usage(unittest.TestCase):
    def assert_refused(self, arguments, first_line):
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
        self.assertEqual(done.stderr.splitlines()[0], first_line)
        self.assertRegex(done.stderr.splitlines()[-1], "^'gyre.* --help' has more.$")

    def test_a_wrong_name_is_answered_with_the_nearest(self):
        for arguments, first_line in [
            (["regoin"], "gyre: no command 'regoin'. Did you mean 'region'?"),
            (["help", "vefiry"], "gyre: no command 'vefiry'. Did you mean 'verify'?"),
            (["region", "kil", "a"], "gyre region: no command 'kil'. Did you mean 'kill'?"),
            (["cut", "a", "b"], "gyre: no command 'cut'. Did you mean 'gyre link cut'?"),
            (["frobnicate", "--json"], "gyre: no command 'frobnicate'."),
            (["verify", "t", "--endpiont", "x"], "gyre verify: no option '--endpiont'. Did you mean '--endpoint'?"),
            (["serve", "--regoin=a", "--data", "d"], "gyre serve: no option '--regoin'. Did you mean '--region'?"),
            (["--versoin"], "gyre: no option '--versoin'. Did you mean '--version'?"),
        ]:
            self.assert_refused(arguments, first_line)

    def test_other_mistakes_are_told_with_their_command(self):
        self.assert_refused(["verify"], "gyre verify: table is required")
        self.assert_refused(["link", "set", "a", "b", "--loss", "2"], "gyre link set: --loss: Value 2 not in range 0.000000 to 1.000000")
        self.assert_refused([], "gyre: a command is missing. There are")
        self.assertIn("\n  verify ", run().stderr)

    def test_help_of_a_command_is_that_of_its_option(self):
        for words in [[], ["serve"], ["link"], ["link", "cut"]]:
            done = run("help", *words)
            self.assertEqual(done.returncode, 0)
            self.assertEqual(done.stdout, run(*words, "--help").stdout)
            self.assertIn("Usage: gyre", done.stdout)

    def test_the_exit_codes_are_on_every_page(self):
        codes = run("--help").stdout.partition("Exit status:\n")[2].strip().splitlines()
        self.assertEqual([line.split()[0] for line in codes], ["0", "1", "2", "78"])
        readme = (ROOT / "README.md").read_text()
        manual = run("man").stdout
        for line in codes:
            code, meaning = line.split(maxsplit=1)
            self.assertIn(f"| {code} | {meaning} |", readme)
            self.assertIn(f"\\fB{code}\\fR\n{meaning}.\n", manual)

    def test_the_version_names_commit_compiler_and_libraries(self):
        done = run("--version")
        self.assertEqual(done.returncode, 0)
        lines = done.stdout.splitlines()
        self.assertRegex(lines[0], r"^gyre \d+\.\d+\.\d+$")
        self.assertRegex(lines[1], r"^commit (unknown|[0-9a-f]{7,}(-dirty)? of \d{4}-\d\d-\d\d)$")
        self.assertRegex(lines[2], r"^compiler (g|clang)\+\+ \d+")
        libraries = {re.split(r" (?=\d)", line)[0] for line in lines[3:]}
        self.assertGreater(libraries, {"RocksDB", "ZeroMQ", "Cap'n Proto", "Boost", "OpenSSL", "simdjson", "jemalloc"})


if __name__ == "__main__":
    unittest.main()
