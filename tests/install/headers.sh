#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each public header compiles alone, as C11 and as C++17, with no warning: headers.sh DIRECTORY
set -eu

checked=0
for header in "$1"/c8d/*.h; do
    name=${header#"$1"/}
    for compiler in gcc clang; do
        echo "#include <$name>" |
            "$compiler" -std=c11 -Wall -Wextra -Wpedantic -Wstrict-prototypes -Werror -I "$1" -fsyntax-only -x c -
    done
    for compiler in g++ clang++; do
        echo "#include <$name>" |
            "$compiler" -std=c++17 -Wall -Wextra -Wpedantic -Werror -I "$1" -fsyntax-only -x c++ -
    done
    checked=$((checked + 1))
done
echo "$checked headers"
[ "$checked" -ge 10 ]
