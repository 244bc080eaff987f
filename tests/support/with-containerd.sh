#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a command beside a private containerd that nobody else uses, and cleans up whatever becomes of it.
#
#   with-containerd.sh COMMAND [ARGUMENT...]
#
# The command finds in its environment
#   C8D_TEST_ADDRESS    the socket
#   C8D_TEST_NAMESPACE  a namespace unique to this run
#   C8D_TEST_METRICS    host:port of containerd's metrics
#   C8D_TEST_ROOTFS     a root file system with busybox
#   C8D_TEST_DIR        the directory of the server, for containerd.sh kill and restart
#   C8D_TEST_CONTAINERD the path of containerd.sh
# and is ended after C8D_TEST_SECONDS seconds (580).
set -eu

[ $# -ge 1 ] || {
    echo "usage: with-containerd.sh COMMAND [ARGUMENT...]" >&2
    exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
server="$here/containerd.sh"
# Not in the build tree: the path of a unix socket has to be short.
child=""
directory=$(mktemp -d /tmp/c8d-test.XXXXXX)

# shellcheck disable=SC2317 # reached by the trap
cleanup() {
    status=$?
    trap - EXIT
    # A second signal must not cut this short.
    trap '' HUP INT TERM
    [ -z "$child" ] || kill "$child" 2>/dev/null || true
    "$server" stop "$directory/containerd" || status=1
    rm -rf --one-file-system "$directory"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

"$server" start "$directory/containerd" || {
    tail -n 20 "$directory/containerd/log" >&2
    exit 1
}
"$server" rootfs - "$directory/rootfs"

C8D_TEST_ADDRESS=$(cat "$directory/containerd/address")
C8D_TEST_NAMESPACE=$(cat "$directory/containerd/namespace")
C8D_TEST_METRICS=$(cat "$directory/containerd/metrics")
C8D_TEST_ROOTFS="$directory/rootfs"
C8D_TEST_DIR="$directory/containerd"
C8D_TEST_CONTAINERD="$server"
export C8D_TEST_ADDRESS C8D_TEST_NAMESPACE C8D_TEST_METRICS C8D_TEST_ROOTFS C8D_TEST_DIR C8D_TEST_CONTAINERD

# In the background, so that a signal is heard at once; with a limit of its own, below the one of ctest, which would leave the
# server behind.
exec 3<&0
timeout --foreground --kill-after=10 "${C8D_TEST_SECONDS:-580}" "$@" <&3 3<&- &
child=$!
status=0
wait "$child" || status=$?
child=""
exit "$status"
