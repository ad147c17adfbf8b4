# SPDX-License-Identifier: Apache-2.0
"""cmake/progress.sh shows how far ninja is, and hides nothing else that it says."""

import os
import pathlib
import pty
import subprocess
import unittest

PROGRESS = str(pathlib.Path(__file__).resolve().parents[2] / "cmake" / "progress.sh")
OUTPUT = "".join(f"[{step}/40] Building {step}.o\n" for step in range(41)) + "FAILED: 7.o\n  error: `x`  %s \\n\n[x] end"


def run(output, stderr):
    command = [PROGRESS, "building all"]
    return subprocess.run(command, input=output, stdout=subprocess.PIPE, stderr=stderr, text=True, timeout=60)


def read_all(terminal):
    text = b""
    while True:
        try:
            text += os.read(terminal, 65536)
        except OSError:  # nobody can write any more
            os.close(terminal)
            return text.decode()


class Progress(unittest.TestCase):
    def test_elsewhere_than_on_a_terminal_a_line_tells_each_tenth(self):
        done = run(OUTPUT, subprocess.PIPE)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 13)
        for tenth, line in enumerate(lines[:10], 1):
            self.assertRegex(line, rf"^dev: building all: {10 * tenth} %, {4 * tenth} of 40, \d+ s")
        self.assertEqual(lines[10:], ["FAILED: 7.o", "  error: `x`  %s \\n", "[x] end"])

    def test_a_few_steps_are_not_worth_lines(self):
        self.assertEqual(run("[1/2] Asking\n[2/2] Linking\n", subprocess.PIPE).stderr, "")

    def test_on_a_terminal_one_line_is_written_again_and_again(self):
        ours, theirs = pty.openpty()
        done = run("[1/4] a\n[2/4] b\nwarning: c\n[4/4] d\n", theirs)
        os.close(theirs)
        self.assertEqual(done.returncode, 0)
        shown = read_all(ours)
        lines = shown.replace("\r\n", "\n").rstrip("\n").split("\n")
        self.assertEqual(len(lines), 3, shown)
        bar = r"\r\x1b\[Kdev: building all \[#{%d} +\] %d of 4, \d+ s[^\r]*"
        self.assertRegex(lines[0], "^" + bar % (7, 1) + bar % (15, 2) + "$")
        self.assertEqual(lines[1], "warning: c")
        self.assertRegex(lines[2], r"\[#{30}\] 4 of 4, \d+ s$")


if __name__ == "__main__":
    unittest.main()
