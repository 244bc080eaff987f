#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds an optimised libc8d and installs it: build.sh SOURCE BUILD PREFIX
set -eu
# What is installed is the same without link-time optimisation, which takes as long as all compilers together.
cmake -S "$1" -B "$2" --preset release -DC8D_LTO=OFF -DCMAKE_INSTALL_PREFIX="$3" -DCMAKE_INSTALL_LIBDIR=lib
cmake --build "$2"
# What an older version installed must not help a newer one.
rm -rf "$3"
cmake --install "$2"
