#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The C code that the README shows is part of the example that is compiled and run: readme.sh README.md PROGRAM.c
set -euo pipefail

shown=$(awk '/^```c$/ { inside = 1; next } inside && /^```$/ { exit } inside' "$1")
[ -n "$shown" ] || {
    echo "no C code in $1" >&2
    exit 1
}
[[ "$(<"$2")" == *"$shown"* ]] || {
    echo "what $1 shows is not in $2:" >&2
    diff <(printf '%s\n' "$shown") "$2" | grep '^<' >&2
    exit 1
}
