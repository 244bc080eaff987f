#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records what a real dockerd tells, as text and as JSON, and what the containerd under it tells of the same.
#
#   record-docker.sh OUT     writes OUT/docker.log, docker-json.log, docker-ctr.log and dockerd-20.10.log
#
# Needs root, containerd, ctr, runc, dockerd, docker and a static busybox. Both daemons are private ones, without a network.
set -eu

[ $# -eq 1 ] || { echo "usage: record-docker.sh OUT" >&2; exit 2; }
out=$1
here=$(cd "$(dirname "$0")" && pwd)
server=$here/../../support/containerd.sh
work=$(mktemp -d)
listeners=
export DOCKER_HOST="unix://$work/docker.sock"

# shellcheck disable=SC2317 # reached by the trap
finish() {
    # shellcheck disable=SC2086 # one word a process
    [ -z "$listeners" ] || kill $listeners 2>/dev/null || true
    [ ! -e "$work/pid" ] || { kill "$(cat "$work/pid")" && wait; } || true
    sh "$server" stop "$work/containerd" || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# await COMMAND...: until it succeeds.
await() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || { echo "record-docker.sh: $* does not succeed" >&2; exit 1; }
        sleep 0.1
    done
}

# tells COUNT PATTERN: docker has told so many of them.
tells() {
    [ "$(grep -c -- "$2" "$out/docker-json.log")" -ge "$1" ]
}

run() {
    docker run --network none "$@" </dev/null >/dev/null 2>&1 || true
}

mkdir -p "$out"
sh "$server" start "$work/containerd"
sh "$server" rootfs - "$work/rootfs"
dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs --debug --data-root "$work/data" \
    --exec-root "$work/exec" --pidfile "$work/pid" --host "$DOCKER_HOST" \
    --containerd "$work/containerd/containerd.sock" >"$out/dockerd-20.10.log" 2>&1 &
await docker version
tar -C "$work/rootfs" -c . | docker import - busybox:1 >/dev/null

docker events >"$out/docker.log" &
listeners=$!
docker events --format '{{json .}}' >"$out/docker-json.log" &
listeners="$listeners $!"
ctr --address "$work/containerd/containerd.sock" events >"$out/docker-ctr.log" &
listeners="$listeners $!"
# A stream is known to deliver when it has delivered something.
probe() {
    docker tag busybox:1 "probe:$tries"
    ctr --address "$work/containerd/containerd.sock" namespaces label moby probe="$tries"
    [ -s "$out/docker.log" ] && [ -s "$out/docker-json.log" ] && [ -s "$out/docker-ctr.log" ]
}
await probe

run --rm --name ok busybox:1 true
run --name typo busybox:1 /no/such
run --detach --name web --label 'exitCode=none (yet), x' --health-cmd 'echo "fine (it says)"' --health-interval 1s \
    busybox:1 sleep 1000
# An exec with a line feed in it, one that cannot be started, and one that the end of its container ends.
docker exec web sh -c 'echo one
exit 3' >/dev/null || true
docker exec web /nope >/dev/null 2>&1 || true
docker exec --detach web sleep 500
docker pause web
docker unpause web
await tells 1 health_status
docker stop --time 1 web
docker start web
docker restart --time 0 web
docker kill web
docker rm web
run --detach --name crash --restart on-failure:3 busybox:1 sh -c 'exit 5'
await tells 4 '"status":"die".*"name":"crash"'
docker rm --force crash
run --name hog --memory 16m busybox:1 /bin/hog
docker rm hog
docker start typo || true
docker rm typo
await tells 5 '"status":"destroy"'

# Where the private daemons kept their state is of no interest.
sed -i -e "s|$work|/run/docker-test|g" "$out/docker.log" "$out/docker-json.log" "$out/docker-ctr.log" "$out/dockerd-20.10.log"
