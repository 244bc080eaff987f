#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A program outside the tree builds with pkg-config, against the shared libraries and against the archives, and runs a container.
# pkg_config.sh PREFIX PROGRAM.c
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PKG_CONFIG_PATH="$1/lib/pkgconfig"

# shellcheck disable=SC2046 # flags are words
cc -std=c11 -Wall -Wextra -Werror -o "$work/shared" "$2" $(pkg-config --cflags --libs libc8d-remote)
readelf -d "$work/shared" | grep -q 'NEEDED.*libc8d-remote.so.0\.1'
LD_LIBRARY_PATH="$1/lib" "$here/hello.sh" "$work/shared"

# shellcheck disable=SC2046
cc -std=c11 -Wall -Wextra -Werror -o "$work/archives" "$2" $(pkg-config --cflags libc8d-remote) \
    -Wl,-Bstatic -L"$1/lib" -lc8d-remote -lc8d -Wl,-Bdynamic \
    $(pkg-config --static --libs-only-l libc8d-remote | tr ' ' '\n' | grep -v '^-lc8d')
if readelf -d "$work/archives" | grep -q 'NEEDED.*libc8d'; then
    echo "the archives were not used" >&2
    exit 1
fi
"$here/hello.sh" "$work/archives"

# The model alone.
# shellcheck disable=SC2046
cc -std=c11 -Wall -Wextra -Werror -o "$work/model" "$here/consumer/model.c" $(pkg-config --cflags --libs libc8d-model)
"$work/model"
