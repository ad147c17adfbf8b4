# SPDX-License-Identifier: Apache-2.0
"""The include rule is held: a wrong include of each kind is planted, and found."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("GYRE_BUILD", ROOT / "build" / "release"))
CHECK = str(ROOT / "cmake" / "check_includes.py")


class IncludeRule(unittest.TestCase):
    def setUp(self):
        self.tree = pathlib.Path(tempfile.mkdtemp(prefix="gyre-test-"))
        self.addCleanup(shutil.rmtree, self.tree)
        (self.tree / "cmake").mkdir()
        shutil.copy(ROOT / "cmake" / "rooms.txt", self.tree / "cmake")

    def check(self, path, text):
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        done = subprocess.run([sys.executable, CHECK, str(self.tree)], capture_output=True, text=True)
        file.unlink()
        return done

    def assert_refused(self, path, text, reason):
        done = self.check(path, text)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(reason, done.stdout)
        self.assertIn(f"{path}:1:", done.stdout)

    def test_this_tree_keeps_the_rule(self):
        done = subprocess.run([sys.executable, CHECK, str(ROOT)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_a_room_below_may_not_include_one_above(self):
        self.assert_refused(
            "core/storage/x.cc", '#include "streams/record_json.h"\n', "core/storage may not include room streams"
        )

    def test_neighbours_that_must_not_see_each_other(self):
        self.assert_refused("consumers/x.cc", '#include "global-tables/links.h"\n', "may not include room global-tables")

    def test_streams_may_not_include_its_own_transport(self):
        self.assert_refused(
            "streams/x.cc", '#include "streams/transport/stream_client.h"\n', "may not include room streams/transport"
        )

    def test_kinds_of_operations_that_know_nothing_of_each_other(self):
        self.assert_refused(
            "core/operations/tables/x.cc",
            '#include "core/operations/items/item_action.h"\n',
            "may not include room core/operations/items",
        )

    def test_a_library_that_belongs_to_another_room(self):
        self.assert_refused("core/model/x.cc", "#include <rocksdb/db.h>\n", "may not include <rocksdb/db.h>")
        self.assert_refused("streams/x.cc", "#include <zmq.hpp>\n", "may not include <zmq.hpp>")

    def test_a_test_library_outside_of_tests(self):
        self.assert_refused("core/model/x.cc", "#include <gtest/gtest.h>\n", "is for tests")

    def test_a_header_not_named_from_the_root(self):
        self.assert_refused("core/model/x.cc", '#include "number.h"\n', "from the root")

    def test_what_is_allowed_passes(self):
        text = '#include "core/base/ids.h"\n#include <vector>\n#include <fmt/core.h>\n'
        self.assertEqual(self.check("core/model/x.cc", text).returncode, 0)

    def test_the_build_itself_hides_foreign_rooms(self):
        view = BUILD / "include_view" / "gyre_core_model"
        file = self.tree / "x.cc"
        for include, compiles in [("core/base/ids.h", True), ("core/json/json_writer.h", False)]:
            file.write_text(f'#include "{include}"\n')
            done = subprocess.run(
                ["g++", "-std=c++20", "-fsyntax-only", f"-I{view}", str(file)], capture_output=True, text=True
            )
            self.assertEqual(done.returncode == 0, compiles, done.stderr)


if __name__ == "__main__":
    unittest.main()
