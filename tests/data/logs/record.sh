#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records the logs of a real containerd that stand beside this script.
#
#   record.sh OUT [C8D]   writes OUT/healthy.log and OUT/demo.log, and with the c8d command OUT/recording.log
#
# Needs root, containerd, ctr, runc, jq and a static busybox. The containerd is a private one.
set -eu

[ $# -eq 1 ] || [ $# -eq 2 ] || { echo "usage: record.sh OUT [C8D]" >&2; exit 2; }
out=$1
c8d=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
server=$here/../../support/containerd.sh
work=$(mktemp -d)
namespace=shop
listener=

finish() {
    [ -z "$listener" ] || kill "$listener" 2>/dev/null || true
    sh "$server" stop "$work" || true
    rm -rf "$work" "/run/containerd/runc/$namespace"
}
trap finish EXIT
trap 'exit 1' INT TERM

client() {
    ctr --address "$work/containerd.sock" --namespace "$namespace" "$@" </dev/null
}

# await FILE PATTERN COUNT: until so many lines of the file match.
await() {
    tries=0
    until [ -e "$1" ] && [ "$(grep -c -- "$2" "$1")" -ge "$3" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || { echo "record.sh: no $2 in $1" >&2; exit 1; }
        sleep 0.1
    done
}

# A stream is known to deliver when it has delivered something.
listen() {
    log=$1
    ctr --address "$work/containerd.sock" events >>"$log" &
    listener=$!
    before=$(grep -c /namespaces/ "$log" || true)
    tries=0
    until [ "$(grep -c /namespaces/ "$log")" -gt "$before" ]; do
        tries=$((tries + 1))
        ctr --address "$work/containerd.sock" namespaces label "$namespace" probe="$tries"
        sleep 0.1
    done
}

run() {
    client run --detach --rootfs "$@" >/dev/null
}

# end ID: kills the task, and deletes it and its container.
end() {
    seen=$(grep -c "/tasks/exit.*\"id\":\"$1\"" "$log" || true)
    client task kill --signal KILL "$1"
    await "$log" "/tasks/exit.*\"id\":\"$1\"" $((seen + 1))
    client task delete "$1" >/dev/null 2>&1 || true
    client container delete "$1"
}

lives_with_execs() {
    run "$work/rootfs" web /bin/sleep 1000
    client task exec --exec-id check-1 web /bin/true
    client task exec --exec-id check-2 web /bin/false || true
    client task exec --exec-id typo web /bin/no-such-program 2>/dev/null || true
    client task pause web
    client task resume web
    end web
}

# A container without a PID namespace of its own: the kernel does not end its execs with it.
write_host_pids() {
    ctr oci spec | jq --arg rootfs "$work/rootfs" '.root.path = $rootfs | .process.args = ["/bin/sleep", "1000"]
        | .linux.namespaces |= map(select(.type != "pid"))' >"$work/host-pids.json"
}

lives_again_and_is_outlived() {
    client run --detach --config "$work/host-pids.json" web
    client task exec --detach --exec-id worker web /bin/sleep 1000
    end web
    await "$log" '/tasks/exit.*"id":"worker"' 1
}

runs_out_of_memory() {
    client run --rm --rootfs --memory-limit 16777216 "$work/rootfs" hog /bin/hog >/dev/null 2>&1 || true
    await "$log" '/containers/delete.*"id":"hog"' 1
}

outlives_its_server() {
    run "$work/rootfs" db /bin/sleep 1000
    kill "$listener"
    sh "$server" restart "$work"
    listen "$log"
    end db
}

# Where the private containerd kept its state is of no interest.
tidy() {
    sed -i "s|$work/state|/run/containerd|g" "$1"
}

command_of_ours() {
    "$c8d" --address "$work/containerd.sock" --namespace "$namespace" "$@" </dev/null
}

# What our own client sees of the end of its server and of a life after it.
record_ours() {
    rm -f "$out/recording.log"
    # Not by the function: the shell that would run it in the background is not what is to be ended.
    "$c8d" --address "$work/containerd.sock" --namespace "$namespace" record -o "$out/recording.log" &
    listener=$!
    await "$out/recording.log" SUBSCRIBED 1
    command_of_ours run --detach --rootfs "$work/rootfs" web /bin/sleep 1000
    command_of_ours exec --exec-id check-1 web /bin/true
    command_of_ours exec --exec-id typo web /bin/no-such-program 2>/dev/null || true
    sh "$server" restart "$work"
    await "$out/recording.log" '"LISTED"' 2
    command_of_ours kill --signal KILL web
    await "$out/recording.log" '"EXITED".*"container":"web","pid"' 1
    command_of_ours delete --force web
    await "$out/recording.log" '"DELETED","namespace":"[a-z]*","container":"web"' 2
    kill "$listener"
    wait "$listener"
    listener=
}

mkdir -p "$out"
sh "$server" start "$work"
sh "$server" rootfs - "$work/rootfs"
write_host_pids
client namespaces create "$namespace" >/dev/null

: >"$out/healthy.log"
listen "$out/healthy.log"
lives_with_execs
lives_again_and_is_outlived
runs_out_of_memory
outlives_its_server
await "$log" '/containers/delete.*"id":"db"' 1
kill "$listener"
tidy "$log"

: >"$out/demo.log"
listen "$out/demo.log"
lives_with_execs
runs_out_of_memory
await "$log" '/containers/delete.*"id":"hog"' 1
tidy "$log"
kill "$listener"

[ -z "$c8d" ] || record_ours
