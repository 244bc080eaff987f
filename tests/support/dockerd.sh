#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A private dockerd on the containerd of with-containerd.sh: its own roots and socket under one directory, no network.
#
#   dockerd.sh start DIR                  starts it, and makes the image "busy" out of C8D_TEST_ROOTFS
#   dockerd.sh run DIR [ARGUMENT...]      docker run -d without a network; prints the ID
#   dockerd.sh kill DIR                   ends it with SIGKILL; containers go on running
#
# What runs in containerd is ended with that; what dockerd has mounted, here.
set -eu

fail() {
    echo "dockerd.sh: $*" >&2
    exit 1
}

# By its path: another docker may come first.
client() {
    DOCKER_HOST="unix://$directory/socket" DOCKER_CONFIG="$directory" /usr/bin/docker "$@"
}

alive() {
    [ -s "$directory/pid" ] && kill -0 "$(cat "$directory/pid")" 2>/dev/null
}

start() {
    mkdir -p "$directory"
    setsid dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver vfs --data-root "$directory/root" \
        --exec-root "$directory/exec" --pidfile "$directory/pid" --host "unix://$directory/socket" \
        --containerd "$C8D_TEST_ADDRESS" --containerd-namespace "$C8D_TEST_NAMESPACE" \
        --containerd-plugins-namespace "$C8D_TEST_NAMESPACE-plugins" >"$directory/log" 2>&1 </dev/null &
    tries=0
    until client version >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || fail "dockerd does not answer; see $directory/log"
        sleep 0.1
    done
    tar -C "$C8D_TEST_ROOTFS" -c . | client import - busy >/dev/null
}

end() {
    # Without its file it is not killed twice: it may go between a look at it and the signal, and then the number is another's.
    ! alive || kill -KILL "$(cat "$directory/pid")"
    rm -f "$directory/pid"
    awk -v under="$directory/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
        while read -r mount; do
            umount -l "$mount" || true
        done
}

[ $# -ge 2 ] || fail "usage: dockerd.sh start|run|kill DIR [ARGUMENT...]"
verb=$1
directory=$2
shift 2
case "$verb" in
start) start ;;
run) client run -d --network none "$@" ;;
kill) end ;;
*) fail "unknown: $verb" ;;
esac
