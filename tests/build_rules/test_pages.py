# SPDX-License-Identifier: Apache-2.0
"""Pages of documentation are pages: a tool that took one for code would show here."""

import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def pages():
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "*.md"], capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split()]


class Pages(unittest.TestCase):
    def test_each_begins_with_its_title(self):
        self.assertGreater(len(pages()), 20)
        for page in pages():
            with self.subTest(page=str(page.relative_to(ROOT))):
                self.assertRegex(page.read_text(), r"\A(<!--.*?-->\s*)?# \S")

    def test_a_line_that_begins_as_a_row_ends_as_one(self):
        for page in pages():
            code = False
            for number, line in enumerate(page.read_text().splitlines(), 1):
                code ^= line.lstrip().startswith("```")
                if not code and line.startswith("|"):
                    with self.subTest(page=f"{page.relative_to(ROOT)}:{number}"):
                        self.assertTrue(line.rstrip().endswith("|"))


if __name__ == "__main__":
    unittest.main()
