# SPDX-License-Identifier: Apache-2.0
"""Every command of README.md and of the examples' READMEs, pasted in order into a real terminal.

```sh blocks are pasted as they are printed, ```json blocks are the exact output of the commands before them. A ```cpp block is the
file that the text before it names. Only `git clone` and `./dev up` are done otherwise: the folder has the build under test, and
the regions run beside the terminal.
"""

import os
import pathlib
import pty
import re
import select
import shutil
import socket
import tempfile
import time
import unittest

from harness import BUILD, CLIENT_ENVIRONMENT, GYRE, ROOT, Program

PORTS = [8000, 8001, 8002, 9000, 9001, 9002, 8443, 9443]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
STARTS_REGIONS = "./dev up"


def blocks(page):
    """(language, text) of each fenced block of a page."""
    return BLOCK.findall((ROOT / page).read_text())


class Terminal:
    """An interactive bash that believes it talks to a person."""

    def __init__(self, folder):
        self.output = ""
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            environment = {
                "PATH": os.pathsep.join(["/usr/bin", "/bin", os.path.dirname(shutil.which("node") or "/usr/bin/node")]),
                "HOME": CLIENT_ENVIRONMENT["HOME"],
                "TERM": "xterm",
            }
            os.execve("/bin/bash", ["bash", "--norc", "--noprofile", "-i"], environment)
        self.paste("PS1= PS2=; trap 'echo \"failed:\" $BASH_COMMAND' ERR")

    def paste(self, text, seconds=300):
        """Pastes all lines at once, as a person does; answers what the terminal showed."""
        begin = len(self.output)
        keys = (text.rstrip("\n") + "\necho 'the e''nd'\n").encode()
        deadline = time.monotonic() + seconds
        while "the end" not in self.output[begin:]:
            if time.monotonic() > deadline:
                raise AssertionError(f"still busy after {seconds} s:\n{self.output[begin:]}")
            readable, writable, _ = select.select([self.descriptor], [self.descriptor] if keys else [], [], 1)
            if readable:
                self.output += os.read(self.descriptor, 65536).decode(errors="replace").replace("\r", "")
            if writable:
                keys = keys[os.write(self.descriptor, keys[:512]) :]
        return self.output[begin:]

    def close(self):
        os.close(self.descriptor)  # hangs up: the shell and its jobs end
        os.waitpid(self.pid, 0)


class Readme(unittest.TestCase):
    def setUp(self):
        for port in PORTS:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))  # the pages name these ports: nothing else may have them
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gyre-readme-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        shutil.copytree(ROOT / "examples", self.folder / "examples", ignore=shutil.ignore_patterns("node_modules"))
        shutil.copytree(ROOT / "consumers", self.folder / "consumers")
        (self.folder / "build").mkdir()
        (self.folder / "build" / "release").symlink_to(BUILD)
        topology = self.folder / "examples" / "topologies" / "three-regions.toml"
        self.regions = Program([GYRE, "up", str(topology), "--data", str(self.folder / "data")])
        self.addCleanup(self.regions.kill)
        self.regions.wait_for_line("ready")
        self.terminal = Terminal(self.folder)
        self.addCleanup(self.terminal.close)

    def paste(self, page):
        shown = ""
        for language, text in blocks(page):
            if language == "sh" and STARTS_REGIONS not in text:
                shown = self.terminal.paste(text)
                self.assertNotIn("failed:", shown, f"{page}:\n{shown}")
            elif language == "json":
                self.assertIn(text.strip(), shown, page)
            elif language == "cpp":
                (self.folder / "shouter").mkdir()
                (self.folder / "shouter" / "shouter.cc").write_text(text)

    def test_every_command_runs_as_it_is_printed(self):
        self.paste("README.md")
        self.assertIn("hold the same 171076 items", self.terminal.output)
        self.assertIn("cities: 1 keys differ", self.terminal.output)
        self.assertIn('"mayor":{"S":"Alice"}', self.terminal.output)
        self.assertIn("\n2160\n", self.terminal.output)
        self.assertIn("healthy: 127.0.0.1:8443", self.terminal.output)
        self.paste("examples/cities/README.md")
        self.paste("examples/plugins/README.md")


class Pages(unittest.TestCase):
    def test_every_page_with_commands_is_pasted(self):
        found = [page.relative_to(ROOT) for page in (ROOT / "examples").rglob("README.md")]
        pages = {str(page) for page in found if "node_modules" not in page.parts}
        self.assertEqual(pages, {"examples/cities/README.md", "examples/plugins/README.md"})


if __name__ == "__main__":
    unittest.main()
