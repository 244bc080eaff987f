#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the example beside a private containerd and looks at what it prints: hello.sh PROGRAM [ARGUMENT...]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2016 # the variables are those of the shell inside
said=$("$here/../support/with-containerd.sh" sh -c '
    program=$1
    shift
    exec "$program" "$C8D_TEST_ADDRESS" "$C8D_TEST_NAMESPACE" "$C8D_TEST_ROOTFS" "$@"' sh "$@")
echo "$said"
[ "$said" = "hello from a container
it ended with code 7" ]
