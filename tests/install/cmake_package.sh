#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A project outside the tree finds the installed package and runs a container: cmake_package.sh PREFIX PROGRAM.c
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake -S "$here/consumer" -B "$work" -DCMAKE_PREFIX_PATH="$1" -DPROGRAM="$2"
cmake --build "$work"
"$work/model"
for program in shared archives; do
    "$here/hello.sh" "$work/$program"
done
