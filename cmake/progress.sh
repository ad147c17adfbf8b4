#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows how far ninja is, whose output it reads: on a terminal as a bar, else as a line for each tenth. Whatever is
# not progress goes through as it is. Ninja runs with NINJA_STATUS="[%f/%t] ".
#   usage: ninja ... | progress.sh WHAT
set -euo pipefail
what=$1
least_steps=10 # fewer are not worth lines
width=30
terminal=$([ -t 2 ] && echo yes || true)
tenths=0

# Seconds until the end, if the rest goes as fast as what is done.
left() { [ "$1" -lt "$2" ] && [ "$1" -ge $(($2 / 10)) ] && printf ', about %d s left' $((SECONDS * ($2 - $1) / $1)) || true; }

show() {
  local steps=$1 all=$2 bar
  if [ -n "$terminal" ]; then
    printf -v bar '%*s' $((width * steps / all)) ''
    printf '\r\e[Kdev: %s [%-*s] %d of %d, %d s%s' "$what" $width "${bar// /#}" "$steps" "$all" $SECONDS "$(left "$steps" "$all")" >&2
  elif [ "$all" -ge $least_steps ] && [ $((10 * steps / all)) -gt $tenths ]; then
    tenths=$((10 * steps / all))
    printf 'dev: %s: %d %%, %d of %d, %d s%s\n' "$what" $((10 * tenths)) "$steps" "$all" $SECONDS "$(left "$steps" "$all")" >&2
  fi
}

shown=
while IFS= read -r line || [ -n "$line" ]; do
  if [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\  ]]; then
    [ "${BASH_REMATCH[1]}" -eq 0 ] || show "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    shown=$terminal
  else
    [ -z "$shown" ] || printf '\n' >&2
    shown=
    printf '%s\n' "$line" >&2
  fi
done
[ -z "$shown" ] || printf '\n' >&2
