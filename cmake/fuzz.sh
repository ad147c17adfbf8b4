#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh SECONDS [NAME...]: runs each fuzzer of tests/fuzz (or those named) for so long, as many at a time as there are
# cores. Needs a built fuzz preset. What it learns stays in build/fuzz/corpus, for the next run; an input that breaks
# something lands in build/fuzz/findings, and is named.
set -uo pipefail
cd "$(dirname "$0")/.."
seconds=$1
shift
names=("$@")
[ ${#names[@]} -gt 0 ] || names=($(ls tests/fuzz/corpus))

run() {
  local name=$1 seconds=$2 log=build/fuzz/$1.log dictionary=() file
  mkdir -p "build/fuzz/corpus/$name" build/fuzz/findings
  # In the sources, or made by the build.
  for file in "tests/fuzz/$name.dict" "build/fuzz/tests/fuzz/$name.dict"; do
    [ ! -e "$file" ] || dictionary=(-dict="$file")
  done
  if ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 "build/fuzz/tests/fuzz/fuzz_$name" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=128 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/findings/$name-" "${dictionary[@]}" \
    "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
    printf '%-16s %s inputs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  else
    printf '%-16s FAILED, see %s:\n' "$name" "$log"
    grep -E 'ERROR|runtime error|check failed|Test unit written' "$log"
    return 1
  fi
}
export -f run
printf '%s\n' "${names[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run {} '"$seconds"
