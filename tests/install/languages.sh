#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Programs in C++, in Python by the shared library alone, and one of the model alone, do what they should: languages.sh PREFIX
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PKG_CONFIG_PATH="$1/lib/pkgconfig" LD_LIBRARY_PATH="$1/lib"

for compiler in g++ clang++; do
    # shellcheck disable=SC2046 # flags are words
    "$compiler" -std=c++17 -Wall -Wextra -Wconversion -Wsign-conversion -Wpedantic -Werror -o "$work/program" \
        "$here/consumer/program.cpp" $(pkg-config --cflags --libs libc8d)
    "$work/program"
done
# shellcheck disable=SC2046
cc -std=c11 -Wall -Wextra -Wconversion -Werror -o "$work/events" "$here/consumer/events.c" \
    $(pkg-config --cflags --libs libc8d-model)
"$work/events"
python3 "$here/consumer/program.py" "$1/lib/libc8d.so"
