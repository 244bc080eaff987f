#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the shared libraries export is exactly what exports.txt lists, so that a change of the interface shows up as a diff.
# After a change that is meant: exports.sh PREFIX exports.txt --update
set -eu

list() {
    for library in libc8d libc8d-local libc8d-remote; do
        nm -D --defined-only "$1/lib/$library.so" | awk -v library="$library" '{ print library, $3 }' | LC_ALL=C sort
    done
}

if [ "${3:-}" = --update ]; then
    list "$1" >"$2"
fi
list "$1" | diff -u "$2" -

# They are found by the name that programs record: before 1.0 with the minor version, which may break the interface.
version=$(PKG_CONFIG_PATH="$1/lib/pkgconfig" pkg-config --modversion libc8d)
[ "${version%%.*}" = 0 ] && version=${version%.*} || version=${version%%.*}
for library in libc8d libc8d-local libc8d-remote; do
    objdump -p "$1/lib/$library.so" | grep -qx "  SONAME  *$library.so.$version"
done
