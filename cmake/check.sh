#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formatting, the include rule, headers that compile alone, clang-tidy, instruction counts, the fuzzers. Needs a release
# build, a debug build, which compiles each file by itself, and built fuzzers.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
step() { printf '== %s\n' "$1"; }

step "formatting"
git ls-files '*.h' '*.cc' | xargs clang-format-19 --dry-run --Werror || failed=1

step "include rule"
/usr/bin/python3 cmake/check_includes.py || failed=1

step "headers compile alone"
compile_alone() {
  local header=$1 room view
  # The innermost folder that has an include view of its own is the header's room.
  room=$(dirname "$header")
  while [ "$room" != . ] && ! grep -q "^$room *|" cmake/rooms.txt; do room=$(dirname "$room"); done
  view=build/debug/include_view/gyre_$(tr '/-' '__' <<<"$room")
  g++ -std=c++20 -fsyntax-only -Wall -Wextra -x c++ -I"$view" "$view/$header" 2>&1 | grep -v 'pragma once in main file' | grep -E 'error' && return 1
  return 0
}
export -f compile_alone
git ls-files '*.h' | grep -v '^examples/\|^tests/' | xargs -P "$(nproc)" -I{} bash -c 'compile_alone {}' || failed=1

step "clang-tidy"
git ls-files '*.cc' | grep -v '_test\.cc$\|^tests/\|^examples/' |
  xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/debug --quiet --warnings-as-errors='*' 2>&1 |
  grep -vE '^[0-9]+ warnings? generated|^Suppressed|^Use -header-filter' >build/clang-tidy.log
# What clang cannot compile in Debian's headers (C++20's rewritten operators, in Cap'n Proto) is not ours to mend.
findings=$(grep -E ': (warning|error):' build/clang-tidy.log | grep -v '^/usr/' | sort -u)
[ -z "$findings" ] || { printf '%s\n' "$findings"; failed=1; }

step "instructions of the hottest paths"
tests/benchmarks/instructions.py || failed=1

step "fuzzers, a minute each"
cmake/fuzz.sh 60 || failed=1

[ $failed = 0 ] && echo "check: all held"
exit $failed
