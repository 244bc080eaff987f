#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds an optimised libc8d and installs it: build.sh SOURCE BUILD PREFIX
set -eu
cmake -S "$1" -B "$2" --preset release -DCMAKE_INSTALL_PREFIX="$3" -DCMAKE_INSTALL_LIBDIR=lib
cmake --build "$2"
# What an older version installed must not help a newer one.
rm -rf "$3"
cmake --install "$2"
