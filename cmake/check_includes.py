#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds every #include of the tree against cmake/rooms.txt. Prints one line per wrong one; exit status 1 if any.

usage: check_includes.py [ROOT]"""

import pathlib
import re
import sys

# Libraries by the headers that they bring.
LIBRARY_HEADERS = {
    "asio": ("boost/asio", "boost/version.hpp"),
    "beast": ("boost/beast", "boost/asio"),
    "spdlog": ("spdlog/",),
    "fmt": ("fmt/",),
    "xxhash": ("xxhash.h",),
    "sodium": ("sodium",),
    "rocksdb": ("rocksdb/",),
    "capnp": ("capnp/", "kj/"),
    "simdjson": ("simdjson",),
    "openssl": ("openssl/",),
    "zlib": ("zlib.h",),
    "libdeflate": ("libdeflate.h",),
    "zmq": ("zmq",),
    "toml": ("toml++/",),
    "cli11": ("CLI/",),
}
# fmt/core.h is what log.h brings everywhere; test libraries are for tests.
EVERYWHERE = ("fmt/core.h",)
# The plugin headers are handed out as a pair, to be included from anywhere.
PLUGIN_HEADERS = ("consumers/plugin.h", "plugin_abi.h")
IN_TESTS = ("gtest/", "gmock/", "rapidcheck", "benchmark/", "boost/multiprecision")
# What core/storage keeps to itself, though the rooms above include rooms that include it: they read through
# core/storage/read_view.h. The header or folder, and the rooms that include it nevertheless. Tests may.
INNER = {
    "core/engine/": ("core/engine", "core/storage", "cli", "tests"),
    "core/storage/row_keys.h": ("core/storage", "tests"),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def read_rooms(root):
    rooms = {}
    for line in (root / "cmake" / "rooms.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            room, allowed, libraries = (column.strip() for column in line.split("|"))
            names = set()
            for name in allowed.split():
                names.add(name.rstrip("+"))
                if name.endswith("+"):
                    names |= rooms[name.rstrip("+")][0]
            rooms[room] = (names, libraries.split())
    return rooms


def room_of(path, rooms):
    """The innermost room that holds `path`; None outside of all."""
    holding = [room for room in rooms if path.startswith(room + "/")]
    return max(holding, key=len, default=None)


def is_test(path):
    return "_test" in path or path.startswith("tests/") or "/testing/" in path


def wrong_reason(path, kind, header, rooms):
    """Why this include breaks the rule; None if it does not."""
    room = room_of(path, rooms)
    if room is None:
        return None
    allowed_rooms, allowed_libraries = rooms[room]
    for inner, users in INNER.items():
        if header.startswith(inner) and room not in users and not is_test(path):
            return f"<{header}> is for {', '.join(users)}: read through core/storage/read_view.h"
    target = "schemas" if header.startswith("schemas/") else room_of(header, rooms) if kind == '"' else None
    if target:
        if target in {room, *allowed_rooms} or "*" in allowed_rooms:
            return None
        return f"room {room} may not include room {target}"
    if header.startswith(EVERYWHERE) or (is_test(path) and header.startswith(IN_TESTS)):
        return None
    if kind == '"':
        if (path, header) == PLUGIN_HEADERS:
            return None
        return None if room == "examples" else f'"{header}" is in no room; headers are included from the root'
    bringing = {library for library, prefixes in LIBRARY_HEADERS.items() if header.startswith(prefixes)}
    if header.startswith(IN_TESTS):
        return f"<{header}> is for tests"
    if bringing and "*" not in allowed_libraries and not bringing & set(allowed_libraries):
        return f"room {room} may not include <{header}>"
    if not bringing and header.startswith("boost/"):
        return f"<{header}> belongs to no library of cmake/rooms.txt"
    return None


def wrong_includes(root):
    rooms = read_rooms(root)
    for file in sorted([*root.rglob("*.h"), *root.rglob("*.cc")]):
        path = file.relative_to(root).as_posix()
        if path.startswith("build/") or "node_modules/" in path:
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if match := INCLUDE.match(line):
                if reason := wrong_reason(path, match[1], match[2], rooms):
                    yield f"{path}:{number}: {reason}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1]).resolve()
    wrong = list(wrong_includes(root))
    print("\n".join(wrong) if wrong else "include rule: held")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
