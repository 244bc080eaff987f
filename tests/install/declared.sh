#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each function of the headers that are installed is in a library that is installed, and needs no inline one: declared.sh PREFIX
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for header in "$1"/include/c8d/*.h; do
    echo "#include <c8d/${header##*/}>"
done | cc -E -P -I "$1/include" -x c - >"$work/text"
# A name before a bracket, and no type of a function.
tr '\n' ' ' <"$work/text" | grep -oE '\bc8d_[a-z0-9_]+\(' | grep -v '_fn($' | tr -d '(' | LC_ALL=C sort -u >"$work/declared"
nm --defined-only "$1"/lib/*.a 2>/dev/null | awk '$2 == "T" { print $3 }' | LC_ALL=C sort -u >"$work/defined"
[ "$(wc -l <"$work/declared")" -ge 50 ]
missing=$(LC_ALL=C comm -23 "$work/declared" "$work/defined")
[ -z "$missing" ] || {
    echo "declared, and in no library:" >&2
    echo "$missing" >&2
    exit 1
}
