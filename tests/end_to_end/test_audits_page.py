# SPDX-License-Identifier: Apache-2.0
"""Every command of docs/audits.md, pasted in order into a real terminal."""

import pathlib
import shutil
import tempfile
import unittest

from harness import BUILD, ROOT, free_ports
from test_readme import Terminal, blocks


class AuditsPage(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gyre-audits-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / "examples").symlink_to(ROOT / "examples")
        self.terminal = Terminal(self.folder)
        self.addCleanup(self.terminal.close)
        self.terminal.paste(f"PATH={BUILD}:$PATH PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE")

    def test_every_command_runs_as_it_is_printed(self):
        port, stream = free_ports(2)  # the page's may be somebody's
        shown = ""
        texts = [text for language, text in blocks("docs/audits.md") if language == "sh"]
        self.assertGreater(len(texts), 8)
        try:
            for text in texts:
                text = text.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
                shown += self.terminal.paste(text.replace("gyre serve", f"gyre serve --stream tcp://127.0.0.1:{stream}"))
                self.assertNotIn("failed:", shown)
        finally:
            self.terminal.paste("kill %1 2> /dev/null; wait")
        self.assertIn('    ~ balance: {"N":"100"} -> {"N":"1000000"}\n    - limit: {"N":"50"}\n', shown)
        self.assertIn(", by mallory (claimed) from 127.0.0.1\n", shown)
        self.assertIn("time,sequence,event,table,keys,principal,", shown)
        self.assertIn("holds: the record of shard ", shown)
        self.assertIn("refused: ", shown)
        self.assertIn("every byte is as it was written\n", shown)
        self.assertIn("holds: seal ", shown)
        self.assertIn("segments/0000000000000001.segment: segment 1, offset ", shown)
        self.assertIn("1 findings\n", shown)


if __name__ == "__main__":
    unittest.main()
