# SPDX-License-Identifier: Apache-2.0
"""The verifier of proofs in examples/audit, which shares no code with Gyre: it takes good proofs, and no others."""

import json
import random
import struct
import subprocess
import sys
import unittest

from harness import BUILD, ROOT

import nacl.signing

sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "examples" / "audit"))
import verify_proof  # noqa: E402

SAMPLE = BUILD / "tests" / "audit" / "sample_proofs"
SCRIPT = ROOT / "examples" / "audit" / "verify_proof.py"


class Proofs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        lines = subprocess.run([str(SAMPLE)], capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()
        cls.keys = [bytes.fromhex(line.split()[1]) for line in lines if line.startswith("key ")]
        cls.records = [line.split(" ", 4)[1:] for line in lines if line.startswith("record ")]
        cls.seals = [line.split(" ", 3)[1:] for line in lines if line.startswith("seals ")]

    def holds(self, proof, key=None):
        try:
            return verify_proof.check(proof, key or self.keys[0])
        except verify_proof.Refused:
            return None

    def test_good_proofs_hold(self):
        self.assertGreater(len(self.records), 100)
        for shard, sequence, stored, proof in self.records:
            self.assertEqual(json.loads(proof)["bytes"], stored)
            self.assertIn(f"the record of shard {shard} with sequence {sequence} ({len(stored) // 2} bytes)", self.holds(proof))
        self.assertEqual(len(self.seals), 6)
        for old, new, proof in self.seals:
            self.assertIn(f"has all that seal {old} ", self.holds(proof), new)

    def test_a_later_key_may_be_trusted_for_what_it_signed(self):
        self.assertTrue(self.holds(self.records[0][3], self.keys[1]))
        for old, new, proof in self.seals:
            # Seals 1 and 2 are signed with the first key.
            self.assertEqual(bool(self.holds(proof, self.keys[1])), (old, new) == ("3", "3"))

    def test_a_stranger_key_is_not_believed(self):
        stranger = bytes(31) + b"\1"
        for proof in (self.records[0][3], self.seals[1][2]):
            self.assertIsNone(self.holds(proof, stranger))

    def test_any_changed_digit_is_refused(self):
        source = random.Random(1)
        for proof in [one[3] for one in self.records[::10]] + [one[2] for one in self.seals]:
            for _ in range(40):
                at = source.choice([at for at, c in enumerate(proof) if c in "0123456789abcdef"])
                # Names of members have such letters as well: these make no proof.
                digit = source.choice([c for c in "0123456789abcdef" if c != proof[at]])
                changed = proof[:at] + digit + proof[at + 1 :]
                self.assertIsNone(self.holds(changed), changed)

    def test_parts_of_two_proofs_make_none(self):
        one, other = (json.loads(self.records[at][3]) for at in (5, 60))
        for name in ("row", "bytes", "record_position", "record_path", "trailer"):
            if one[name] != other[name]:
                self.assertIsNone(self.holds(json.dumps({**one, name: other[name]})), name)
        mixed = json.loads(self.seals[1][2])
        self.assertIsNone(self.holds(json.dumps({**mixed, "path": mixed["path"][1:]})))
        self.assertIsNone(self.holds(json.dumps({**mixed, "path": mixed["path"] + [mixed["path"][0]]})))

    def test_a_key_that_was_signed_for_another_archive_is_not_believed(self):
        proof = json.loads(self.records[0][3])
        first, second = (bytes.fromhex(record) for record in proof["keys"])
        owner = nacl.signing.SigningKey(b"1" * 32)
        self.assertEqual(owner.verify_key.encode(), self.keys[0])

        def signed(record, incarnation):
            body = record[:24] + struct.pack("<Q", incarnation) + record[32:104]
            return (body + owner.sign(body).signature).hex()

        own = struct.unpack_from("<Q", first, 24)[0]
        for one, other in ((own, own + 1), (own + 1, own), (own + 1, own + 1), (own, own)):
            changed = json.dumps({**proof, "keys": [signed(first, one), signed(second, other)]})
            self.assertEqual(bool(self.holds(changed)), (one, other) == (own, own))
        for seals in self.seals:
            changed = json.loads(seals[2])
            changed["keys"][0] = signed(first, own + 1)
            self.assertIsNone(self.holds(json.dumps(changed)))

    def test_what_is_no_proof_is_refused(self):
        for text in ("", "{}", "[]", "null", '{"kind":"gyre.inclusion","format":1}', "[" * 5000, '{"format":1,"kind":"x"}'):
            self.assertIsNone(self.holds(text), text[:40])

    def test_the_program_says_what_it_thinks(self):
        proof = self.records[0][3]
        done = subprocess.run([str(SCRIPT), "--key", self.keys[0].hex()], input=proof, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout[:6]), (0, "holds:"), done.stderr)
        done = subprocess.run([str(SCRIPT), "--key", "00" * 32], input=proof, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "refused: the key that you trust is none of the proof's\n")


if __name__ == "__main__":
    unittest.main()
