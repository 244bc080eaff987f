#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first C example of the README is the example that is compiled and run: readme.sh README.md PROGRAM.c
set -eu
awk '/^```c$/ { inside = 1; next } inside && /^```$/ { exit } inside' "$1" |
    diff -u "$2" - || {
    echo "README and $2 differ" >&2
    exit 1
}
