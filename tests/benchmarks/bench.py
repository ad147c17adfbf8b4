#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures Gyre beside bare peers, in turns, and prints ratios. A run replaces the sections that it measured in a JSON file,
and writes the page of all sections."""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import machine
import report
from commits import measure_commits
from endurance import measure_large, measure_sustained
from life import measure_life
from logs import measure_logs
from paths import PATH_NAMES, measure_conditions, measure_paths
from profiles import measure_profiles
from replication import measure_replication
from worst import measure_worst

ROOT = pathlib.Path(__file__).resolve().parents[2]

# In the order of the page.
SECTIONS = {
    "paths": measure_paths,
    "conditions": measure_conditions,
    "commits": measure_commits,
    "profiles": measure_profiles,
    "logs": measure_logs,
    "replication": measure_replication,
    "life": measure_life,
    "worst": measure_worst,
    "sustained": measure_sustained,
    "large": measure_large,
}
LONG_SECTIONS = ["sustained", "large"]


class Bench:
    """What a section asks of the run that it is part of."""

    def __init__(self, options, root):
        self.paths = options.paths
        self.seconds = options.seconds
        self.rounds = options.rounds
        self.all = options.all
        self.sustained_seconds = options.sustained or 120
        self._root = root
        self._directories = 0
        self._reported = set()

    def directory(self, name):
        """A path where nothing is yet."""
        self._directories += 1
        return os.path.join(self._root, f"{self._directories}-{name}")

    def has(self, peer):
        """Whether a peer is installed; says so once if not."""
        missing = peer.missing()
        if missing and missing not in self._reported:
            self._reported.add(missing)
            print(f"bench: without it: {missing}", file=sys.stderr)
        return missing is None

    def turns_text(self):
        return f"{self.rounds} round{'s' if self.rounds > 1 else ''} of {self.seconds} s"


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=2, help="how often all subjects of a table take their turns")
    parser.add_argument("--sections", nargs="+", choices=SECTIONS, help="only these")
    parser.add_argument("--paths", nargs="+", choices=PATH_NAMES, default=PATH_NAMES,
                        help="only the section of the paths, and of it these")
    parser.add_argument("--all", action="store_true", help="the whole matrix, and the long runs")
    parser.add_argument("--large", action="store_true", help="also five million items (minutes)")
    parser.add_argument("--sustained", type=int, nargs="?", const=120, metavar="SECONDS", help="also writes for so long (120)")
    parser.add_argument("--data", help="where to write (default: a temporary directory)")
    parser.add_argument("--json", default=str(ROOT / "build" / "benchmarks.json"), help="where the figures go")
    parser.add_argument("--page", default=str(ROOT / "docs" / "benchmarks.md"), help="where the page goes")
    return parser.parse_args()


def chosen_sections(options):
    if options.sections:
        return options.sections
    if options.paths != PATH_NAMES:
        return ["paths"]
    wanted = {"sustained": options.all or options.sustained, "large": options.all or options.large}
    return [name for name in SECTIONS if name not in LONG_SECTIONS or wanted[name]]


def commit():
    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def main():
    options = parse_options()
    results = report.Results(options.json)
    # A part of a table would take the place of the whole.
    keep = options.paths == PATH_NAMES
    for section in chosen_sections(options):
        with tempfile.TemporaryDirectory(prefix="gyre-bench-", dir=options.data) as directory:
            described = machine.describe(directory)
            table = SECTIONS[section](Bench(options, directory))
        if table is None:
            continue  # what it takes is not installed
        report.print_table(table)
        if keep:
            results.keep(section, table, described, commit())
    if keep:
        results.write_page(options.page, SECTIONS)
        print(f"\nwritten to {os.path.relpath(options.page)} and {os.path.relpath(options.json)}")


if __name__ == "__main__":
    main()
