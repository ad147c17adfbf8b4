# SPDX-License-Identifier: Apache-2.0
"""cmake/commit.cmake knows the commit of a tree of git and of an archive, and touches its file only for another one."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Nothing of the machine's own git: no identity, no hooks, no safe directories.
GIT = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": "/nonexistent"}
AUTHOR = ["-c", "user.name=A", "-c", "user.email=a@localhost"]


class Commit(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gyre-commit-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.source = self.make_source(self.folder / "source")
        self.output = self.folder / "commit.cc"

    def make_source(self, folder):
        (folder / "cmake").mkdir(parents=True)
        for file in [".gitattributes", "cmake/commit.cmake", "cmake/commit.txt"]:
            shutil.copy(ROOT / file, folder / file)
        return folder

    def git(self, *arguments):
        command = ["git", *AUTHOR, *arguments]
        return subprocess.run(command, cwd=self.source, env=GIT, check=True, capture_output=True, timeout=60).stdout

    def commit(self):
        self.git("init", "--quiet")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "first")
        return self.git("rev-parse", "HEAD").decode().strip()

    def written(self, source=None):
        source = source or self.source
        script = ["-P", str(source / "cmake" / "commit.cmake")]
        subprocess.run(
            ["cmake", f"-DSOURCE={source}", f"-DOUTPUT={self.output}", *script], env=GIT, check=True, timeout=60
        )
        return self.output.read_text()

    def test_a_tree_of_git_is_asked(self):
        whole = self.commit()
        self.assertRegex(self.written(), rf'return {{"{whole[:12]}", "\d{{4}}-\d\d-\d\d"}};')
        with open(self.source / "cmake" / "commit.txt", "a") as file:
            file.write("changed\n")
        self.assertIn(f'{{"{whole[:12]}-dirty", "', self.written())

    def test_an_archive_names_its_commit(self):
        whole = self.commit()
        unpacked = self.folder / "unpacked"
        unpacked.mkdir()
        archive = self.git("archive", "HEAD")
        subprocess.run(["tar", "-x", "-C", str(unpacked)], input=archive, check=True, timeout=60)
        found = self.written(unpacked).split('return {"')[1].split('"')[0]
        self.assertGreaterEqual(len(found), 7)
        self.assertTrue(whole.startswith(found), found)

    def test_elsewhere_it_is_unknown(self):
        self.assertIn('return {"unknown", ""};', self.written())

    def test_the_same_commit_leaves_the_file_alone(self):
        self.written()
        os.utime(self.output, ns=(1, 1))
        self.written()
        self.assertEqual(self.output.stat().st_mtime_ns, 1)
        self.commit()
        self.written()
        self.assertNotEqual(self.output.stat().st_mtime_ns, 1)


if __name__ == "__main__":
    unittest.main()
