#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The model does no I/O, takes no memory and no lock: all that its archive may want from outside is mem* (and what compilers call
# by themselves). model_symbols.sh ARCHIVE
set -eu

[ -s "$1" ] || {
    echo "no archive at $1" >&2
    exit 1
}
defined=$(nm --defined-only "$1" | awk 'NF == 3 { print $3 }' | sort -u)
wanted=$(nm --undefined-only "$1" | awk '$1 == "U" { print $2 }' | sort -u)
foreign=$(printf '%s\n' "$wanted" | grep -vxF "$defined" |
    grep -vxE 'mem(cpy|move|set|cmp|chr)|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_' || true)

printf '%s\n' "$defined" | grep -qx c8d_model_step || {
    echo "the archive does not hold c8d_model_step" >&2
    exit 1
}
[ -z "$foreign" ] || {
    echo "the model wants from outside:" >&2
    echo "$foreign" >&2
    exit 1
}
