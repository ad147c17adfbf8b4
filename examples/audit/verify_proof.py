#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks a proof about an archive of Gyre, with nothing but a public key: no archive, no Gyre, no code of Gyre.

usage: verify_proof.py --key HEX [PROOF]

PROOF is a file (standard input without it) with one line of JSON: an inclusion proof (this record is in the archive) or
a consistency proof (the newer seal has all that the older one has, unchanged). --key is the Ed25519 key that you trust: the
archive's first one, or a later one. Exit status 0: the proof holds, and a line says what it proves. 1: it does not.

The formats are described in core/archive/README.md and core/log/README.md. Needs python3-nacl.
"""

import argparse
import hashlib
import json
import struct
import sys

import nacl.exceptions
import nacl.signing

TRAILER_BYTES = 296  # of a segment
ROW_BYTES = 60  # of a record's row: what the Merkle tree covers
SIGNATURE_BYTES = 64
KEY_BYTES = 104  # before the signature
SEAL_BYTES = 240  # before the subtrees and the signature


class Refused(Exception):
    """The proof does not hold."""


def require(condition, reason):
    if not condition:
        raise Refused(reason)


def number(data, offset):
    return struct.unpack_from("<Q", data, offset)[0]


def small_number(data, offset):
    return struct.unpack_from("<I", data, offset)[0]


def hash_of(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def node(left, right):
    return hash_of(b"\1", left, right)


def left_of(count):
    """How many of `count` leaves are on the left: the greatest power of two that is smaller."""
    return 1 << ((count - 1).bit_length() - 1)


def root_from_path(leaf, position, count, path):
    """RFC 6962, section 2.1.1: from a leaf up to the root."""
    require(0 <= position < count, "a position is outside of its tree")
    if count == 1:
        require(not path, "a path is too long")
        return leaf
    require(path, "a path is too short")
    left = left_of(count)
    if position < left:
        return node(root_from_path(leaf, position, left, path[:-1]), path[-1])
    return node(path[-1], root_from_path(leaf, position - left, count - left, path[:-1]))


def roots_from_path(old_count, count, whole, old_root, path):
    """RFC 6962, section 2.1.2: the roots of the older and of the newer tree."""
    if old_count == count:
        require(len(path) == (0 if whole else 1), "a path has the wrong length")
        return (old_root, old_root) if whole else (path[0], path[0])
    require(path, "a path is too short")
    left = left_of(count)
    if old_count <= left:
        old, new = roots_from_path(old_count, left, whole, old_root, path[:-1])
        return old, node(new, path[-1])
    old, new = roots_from_path(old_count - left, count - left, False, old_root, path[:-1])
    return node(path[-1], old), node(path[-1], new)


def check_signature(data, key, what):
    try:
        nacl.signing.VerifyKey(key).verify(data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:])
    except (nacl.exceptions.BadSignatureError, ValueError) as error:
        raise Refused(f"the signature of {what} is wrong") from error


def believed_keys(records, trusted, incarnation):
    """The archive's keys by number: from the trusted one on, each of them signed by the one before."""
    keys = {}
    before = None
    for count, record in enumerate(records, 1):
        require(len(record) == KEY_BYTES + SIGNATURE_BYTES and record[:8] == b"gyre.key", "a key is none")
        require(small_number(record, 8) == 1 and small_number(record, 12) == 0, "the format of a key is unknown")
        key, signer = record[40:72], record[72:104]
        require(number(record, 24) == incarnation, "a key is that of another archive")
        require(number(record, 16) == count, "the keys are not in order")
        require(signer == (before if before else key), "a key is signed by another one than the key before")
        check_signature(record, signer, f"key {count}")
        if key == trusted or keys:
            keys[count] = key
        before = key
    require(keys, "the key that you trust is none of the proof's")
    return keys


class Seal:
    def __init__(self, data):
        require(len(data) >= SEAL_BYTES + SIGNATURE_BYTES and data[:8] == b"gyre.sea", "a seal is none")
        require(small_number(data, 8) == 1, "the format of a seal is unknown")
        self.data = data
        self.number, self.incarnation, self.first_segment, self.segment_count = (number(data, at) for at in (16, 24, 32, 40))
        self.time_ms, self.last_sequence, self.key_number = (number(data, at) for at in (48, 56, 72))
        self.key, self.root = data[176:208], data[208:240]

    def check(self, keys):
        require(keys.get(self.key_number) == self.key, f"seal {self.number} is signed with a key that you do not trust")
        check_signature(self.data, self.key, f"seal {self.number}")


def check_inclusion(proof, trusted):
    seal = Seal(bytes.fromhex(proof["seal"]))
    seal.check(believed_keys([bytes.fromhex(key) for key in proof["keys"]], trusted, seal.incarnation))
    # The segment is in the tree that the seal signs.
    trailer = bytes.fromhex(proof["trailer"])
    require(len(trailer) == TRAILER_BYTES and trailer[:8] == b"gyre.end", "the end of the segment is none")
    segment = number(trailer, 16)
    path = [bytes.fromhex(one) for one in proof["segment_path"]]
    root = root_from_path(hash_of(b"\0", trailer), segment - seal.first_segment, seal.segment_count, path)
    require(root == seal.root, "the segment is not in the seal")
    # The record is in the tree that the segment names.
    row, stored = bytes.fromhex(proof["row"]), bytes.fromhex(proof["bytes"])
    require(len(row) == ROW_BYTES and small_number(row, 52) == len(stored), "the record's row is none")
    path = [bytes.fromhex(one) for one in proof["record_path"]]
    root = root_from_path(hash_of(b"\0", row, stored), proof["record_position"], number(trailer, 80), path)
    require(root == trailer[160:192], "the record is not in its segment")
    return (
        f"holds: the record of shard {number(row, 0)} with sequence {number(row, 8)} ({len(stored)} bytes) is in segment "
        f"{segment}, which seal {seal.number} of {seal.time_ms} ms signs"
    )


def check_consistency(proof, trusted):
    old, new = Seal(bytes.fromhex(proof["old_seal"])), Seal(bytes.fromhex(proof["seal"]))
    require((old.incarnation, old.first_segment) == (new.incarnation, new.first_segment), "the seals are of two archives")
    keys = believed_keys([bytes.fromhex(key) for key in proof["keys"]], trusted, new.incarnation)
    old.check(keys)
    new.check(keys)
    require(old.number <= new.number and 0 < old.segment_count <= new.segment_count, "the seals are not in order")
    path = [bytes.fromhex(one) for one in proof["path"]]
    old_root, new_root = roots_from_path(old.segment_count, new.segment_count, True, old.root, path)
    require(old_root == old.root and new_root == new.root, "the newer seal does not extend the older one")
    return (
        f"holds: seal {new.number} ({new.segment_count} segments) has all that seal {old.number} "
        f"({old.segment_count} segments) has, unchanged"
    )


def check(text, trusted):
    try:
        proof = json.loads(text)
        require(proof["format"] == 1, "the proof's format is unknown")
        kinds = {"gyre.inclusion": check_inclusion, "gyre.consistency": check_consistency}
        require(proof["kind"] in kinds, "this is a proof of something unknown")
        return kinds[proof["kind"]](proof, trusted)
    except (KeyError, TypeError, ValueError, AttributeError, struct.error, RecursionError) as error:
        raise Refused(f"this is no proof: {error!r}") from error


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--key", required=True, help="the public key that you trust, in hexadecimal digits")
    parser.add_argument("proof", nargs="?", type=argparse.FileType("r"), default=sys.stdin)
    arguments = parser.parse_args()
    try:
        print(check(arguments.proof.read(), bytes.fromhex(arguments.key)))
    except Refused as refused:
        print(f"refused: {refused}")
        sys.exit(1)


if __name__ == "__main__":
    main()
