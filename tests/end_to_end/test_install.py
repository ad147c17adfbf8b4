# SPDX-License-Identifier: Apache-2.0
"""What `cmake --install` and the Debian package bring works: program, manual page, completions, headers of plugins."""

import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest

from harness import BUILD, ROOT, wait_until

# What is typed, and the last word after the tabulator; None: there is nothing to offer.
COMPLETIONS = [
    ("gyre ver", "verify"),
    ("gyre link c", "cut"),
    ("gyre link cut --one", "--one-way"),
    ("gyre region re", "restart"),
    ("gyre verify --en", "--endpoint"),
    ("gyre serve --error-style agg", "aggregated"),
    ("gyre serve --durability=as", "async"),
    ("gyre serve --region link --durability as", "async"),
    ("gyre completion f", "fish"),
    ("gyre up top", "topology.toml"),
    ("gyre up --data fol", "folder"),
    ("gyre consume --name top", None),
    ("gyre verify top", None),
]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="gyre-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.prefix = cls.folder / "prefix"
        run("cmake", "--install", str(BUILD), "--prefix", str(cls.prefix))
        cls.gyre = str(cls.prefix / "bin" / "gyre")
        cls.share = cls.prefix / "share"
        for name in ["topology.toml", "folio.txt"]:
            (cls.folder / name).touch()
        (cls.folder / "folder").mkdir()

    def test_the_program_runs_and_its_pages_are_there(self):
        self.assertRegex(run(self.gyre, "--version"), r"^gyre \d+\.\d+\.\d+\ncommit ")
        doc = self.share / "doc" / "gyre"
        for name in ["README.md", "copyright", "docs/topology.md", "examples/topologies/three-regions.toml"]:
            self.assertTrue((doc / name).is_file(), name)
        for page in doc.rglob("*"):
            self.assertNotIn("node_modules", page.parts)
        schemas = {file.name for file in (self.share / "gyre" / "schemas").iterdir()}
        self.assertEqual(schemas, {file.name for file in (ROOT / "schemas").glob("*.capnp")})

    def test_the_plugin_of_the_page_compiles_against_the_installed_headers(self):
        page = (self.share / "doc" / "gyre" / "examples" / "plugins" / "README.md").read_text()
        source = self.folder / "shouter.cc"
        source.write_text(re.search(r"^```cpp\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)[1])
        include = f"-I{self.prefix / 'include'}"
        run("g++", "-std=c++17", "-Wall", "-Werror", "-shared", "-fPIC", include, str(source), "-o", f"{source}.so")

    def test_the_manual_page_is_clean_and_has_every_command_and_option(self):
        page = str(self.share / "man" / "man1" / "gyre.1.gz")
        self.assertEqual(run("mandoc", "-T", "lint", "-W", "warning", page), "")
        text = re.sub(".\b", "", run("mandoc", "-T", "ascii", "-O", "width=500", page))
        commands = [["gyre"]]
        for command in commands:  # grows by those below
            text_of_help = run(self.gyre, *command[1:], "--help")
            self.assertIn(" ".join(command), text)
            for option in re.findall(r"^  (?:-\w,)?(--[\w-]+)", text_of_help, re.MULTILINE):
                self.assertIn(option, text, command)
            below = text_of_help.partition("\nSubcommands:\n")[2].partition("\n\n")[0]
            commands += [[*command, name] for name in re.findall(r"^  (\w[\w-]*)", below, re.MULTILINE)]
        self.assertGreater(len(commands), 15)

    def assert_completed(self, typed, wanted, offered):
        self.assertEqual([re.sub("^.*=", "", word).rstrip("/") for word in offered], [wanted] if wanted else [], typed)

    def test_bash_completes(self):
        script = str(self.share / "bash-completion" / "completions" / "gyre")
        self.assertEqual(run("bash", "--norc", "-c", f"source {script}; complete -p"), "complete -F _gyre gyre\n")
        ask = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gyre; printf "%s\\n" "${COMPREPLY[@]}"'
        for typed, wanted in COMPLETIONS:
            words = re.split(" |(=)", typed)  # as bash does it
            offered = run("bash", "--norc", "-c", ask, script, *[word for word in words if word], cwd=self.folder)
            self.assert_completed(typed, wanted, offered.split())

    def test_fish_completes(self):
        script = str(self.share / "fish" / "vendor_completions.d" / "gyre.fish")
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder)}
        for typed, wanted in COMPLETIONS:
            ask = f"source {script}; complete -C '{typed}'"
            offered = run("fish", "--no-config", "-c", ask, cwd=self.folder, env=environment)
            self.assert_completed(typed, wanted, [line.split("\t")[0] for line in offered.splitlines()])

    def test_zsh_completes(self):
        shell = Zsh(self.share / "zsh" / "vendor-completions", self.folder)
        self.addCleanup(shell.close)
        for typed, wanted in COMPLETIONS:
            line = shell.complete(typed).rstrip(" ")
            self.assert_completed(typed, wanted, [] if line == typed else [line.split(" ")[-1]])


class Zsh:
    """An interactive zsh: the tabulator completes, and Ctrl-T writes the line to a file and empties it."""

    SETUP = """
        PS1= PS2=; unsetopt beep; fpath=({functions} $fpath); autoload -U compinit; compinit -u -D
        tell() {{ print -r -- "$BUFFER" > {line}.new; mv {line}.new {line}; BUFFER= }}; zle -N tell; bindkey '^T' tell
        touch {ready}
    """

    def __init__(self, functions, folder):
        self.line, ready = folder / "zsh_line", folder / "zsh_ready"
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TERM": "dumb"}
            os.execve("/usr/bin/zsh", ["zsh", "-f", "-i"], environment)
        threading.Thread(target=self.drain, daemon=True).start()
        setup = self.SETUP.format(functions=functions, line=self.line, ready=ready)
        self.type("\n".join(row.strip() for row in setup.splitlines()))
        wait_until(ready.exists, "zsh to be ready")

    def drain(self):
        try:
            while os.read(self.descriptor, 65536):
                pass
        except OSError:  # it ended
            os.close(self.descriptor)

    def type(self, keys):
        os.write(self.descriptor, keys.encode())

    def complete(self, typed):
        self.line.unlink(missing_ok=True)
        self.type(typed + "\t\x14")
        wait_until(self.line.exists, f"zsh to complete '{typed}'")
        return self.line.read_text().rstrip("\n")

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


class DebianPackage(unittest.TestCase):
    def test_it_names_what_it_needs_and_its_program_runs(self):
        folder = tempfile.mkdtemp(prefix="gyre-package-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        run("cpack", "--config", str(BUILD / "CPackConfig.cmake"), "-B", folder)
        [package] = pathlib.Path(folder).glob("gyre_*.deb")
        needs = run("dpkg-deb", "--field", str(package), "Depends")
        for library in ["librocksdb", "libzmq5", "libcapnp", "libssl3", "libsimdjson", "libjemalloc2", "libc6"]:
            self.assertIn(library, needs)
        run("dpkg-deb", "--extract", str(package), folder)
        self.assertIn("RocksDB ", run(os.path.join(folder, "usr", "bin", "gyre"), "--version"))


if __name__ == "__main__":
    unittest.main()
