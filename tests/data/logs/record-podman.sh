#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records what a real podman tells, as text, as JSON and in its own file of events.
#
#   record-podman.sh OUT     writes OUT/podman.log, podman-json.log and podman-file.log
#
# Needs root, podman, conmon, runc and a static busybox. Where conmon is not in its usual place, CONMON says where.
set -eu

[ $# -eq 1 ] || { echo "usage: record-podman.sh OUT" >&2; exit 2; }
out=$1
here=$(cd "$(dirname "$0")" && pwd)
server=$here/../../support/containerd.sh
work=$(mktemp -d)
listeners=
image=localhost/busybox:1

export HOME="$work/home" CONTAINERS_CONF="$work/containers.conf" CONTAINERS_STORAGE_CONF="$work/storage.conf"

# shellcheck disable=SC2317 # reached by the trap
finish() {
    # shellcheck disable=SC2086 # one word a process
    [ -z "$listeners" ] || kill $listeners 2>/dev/null || true
    client rm --all --force >/dev/null 2>&1 || true
    awk -v under="$work/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo | sort -r | xargs -r -n 1 umount -l
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# Takes the place of the shell, so that in the background $! is podman itself and not a shell around it.
become_client() {
    exec podman --runtime runc --root "$work/graph" --runroot "$work/run" --tmpdir "$work/tmp" --events-backend file "$@"
}

client() {
    (become_client "$@")
}

run() {
    client run --network none --ulimit nofile=512:512 --ulimit nproc=512:512 "$@" </dev/null >/dev/null 2>&1 || true
}

# await COMMAND...: until it succeeds.
await() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || { echo "record-podman.sh: $* does not succeed" >&2; exit 1; }
        sleep 0.1
    done
}

tells() {
    [ "$(grep -c -- "$2" "$out/podman-json.log")" -ge "$1" ]
}

mkdir -p "$out" "$HOME/.config/containers"
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$HOME/.config/containers/policy.json"
cat >"$CONTAINERS_CONF" <<END
[engine]
cgroup_manager = "cgroupfs"
conmon_path = ["${CONMON:-/usr/bin/conmon}"]
[network]
network_backend = "cni"
END
cat >"$CONTAINERS_STORAGE_CONF" <<END
[storage]
driver = "vfs"
graphroot = "$work/graph"
runroot = "$work/run"
END
sh "$server" rootfs - "$work/rootfs"
tar -C "$work/rootfs" -c . | client import - "$image" >/dev/null 2>&1

become_client events >"$out/podman.log" &
listeners=$!
become_client events --format json >"$out/podman-json.log" &
listeners="$listeners $!"
probe() {
    client tag "$image" "localhost/probe:$tries"
    [ -s "$out/podman.log" ] && [ -s "$out/podman-json.log" ]
}
await probe

run --rm --name ok "$image" sh -c 'exit 3'
run --name typo "$image" /no/such
client rm typo >/dev/null
run --detach --name web "$image" sleep 1000
client exec web sh -c 'exit 4' || true
client exec web /nope 2>/dev/null || true
client exec --detach web sleep 500 >/dev/null
client pause web >/dev/null
client unpause web >/dev/null
client stop --time 1 web >/dev/null 2>&1
client start web >/dev/null
client restart --time 0 web >/dev/null
client kill web >/dev/null
client wait web >/dev/null
client rm --force web >/dev/null
run --detach --name crash --restart on-failure:2 "$image" sh -c 'exit 5'
# It looks after its ends when it is asked.
client wait crash >/dev/null
client rm --force crash >/dev/null
await tells 4 '"remove"'

cp "$work/tmp/events/events.log" "$out/podman-file.log"
