#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A build without containerd, of archives alone, whose prefix is given when it is installed, is one that can be built against:
# small.sh SOURCE BUILD PREFIX
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake -S "$1" -B "$2" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_PREFIX=/nowhere \
    -DC8D_REMOTE=OFF -DC8D_COMMAND=OFF -DC8D_TESTS=OFF -DC8D_SHARED=OFF
cmake --build "$2"
rm -rf "$3"
cmake --install "$2" --prefix "$3"
"$here/declared.sh" "$3"

# Archives need what they are made of, also of whoever does not know that they are archives.
export PKG_CONFIG_PATH="$3/lib/pkgconfig"
# shellcheck disable=SC2046 # flags are words
cc -std=c11 -Wall -Wextra -Werror -o "$work/local" "$here/consumer/local.c" $(pkg-config --cflags --libs libc8d-local)
"$work/local"

# Components that are there are found, and others are not.
for components in "c8d local" "c8d remote"; do
    # shellcheck disable=SC2086 # components are words
    printf '%s\n' 'cmake_minimum_required(VERSION 3.25)' 'project(consumer LANGUAGES C)' \
        "find_package(c8d 0.1 REQUIRED COMPONENTS $components)" >"$work/CMakeLists.txt"
    rm -rf "$work/build"
    cmake -S "$work" -B "$work/build" -DCMAKE_PREFIX_PATH="$3" >"$work/log" 2>&1 && found=yes || found=no
    [ "$components $found" = "c8d local yes" ] || [ "$components $found" = "c8d remote no" ] || {
        cat "$work/log"
        exit 1
    }
done
