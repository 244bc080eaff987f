#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A private containerd for tests: its own root, state and socket under one directory, no system service, no CRI plugin.
#
#   containerd.sh start DIR         starts it and waits until it answers; writes DIR/pid, address, metrics, namespace
#   containerd.sh kill DIR          ends it with SIGKILL; containers go on running
#   containerd.sh restart DIR       starts it again on the same state, killing it before if it runs
#   containerd.sh stop DIR          ends it and all that it left: containers, shims, mounts
#   containerd.sh rootfs DIR PATH   makes a small root file system at PATH (DIR is not used by it, and may be "-")
#
# The namespace is unique to DIR's run, because runc keeps its state by namespace and container for the whole host.
set -eu

fail() {
    echo "containerd.sh: $*" >&2
    exit 1
}

free_port() {
    # The kernel gives the port; it is free again a moment later.
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

write_config() {
    cat >"$1/config.toml" <<EOF
version = 2
root = "$1/root"
state = "$1/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$1/containerd.sock"
[metrics]
  address = "$(cat "$1/metrics")"
EOF
}

# A zombie has ended, whenever its parent gets round to it; between two looks at it it may be gone altogether.
runs() {
    state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) || return 1
    # Its files are closed when the last thread is gone; the first one may be a zombie long before.
    case "$state" in
    "") return 1 ;;
    Z) [ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" -gt 1 ] ;;
    esac
}

# signal NAME PID: it may end before the signal comes.
signal() {
    kill "-$1" "$2" 2>/dev/null || ! runs "$2" || fail "process $2 takes no signal"
}

alive() {
    [ -s "$1/pid" ] && runs "$(cat "$1/pid")"
}

# Waits until the server answers a call, or is gone, or 20 s are over. For a socket that is not there yet, ctr waits a second.
await_answer() {
    tries=0
    while [ ! -S "$1/containerd.sock" ] && [ "$tries" -lt 400 ] && alive "$1"; do
        tries=$((tries + 1))
        sleep 0.05
    done
    tries=0
    until ctr --address "$1/containerd.sock" --connect-timeout 1s version >/dev/null 2>&1; do
        alive "$1" || fail "containerd ended; see $1/log"
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || fail "containerd does not answer; see $1/log"
        sleep 0.1
    done
}

# Waits until a process is gone, and ends it by force after 10 s.
await_end() {
    tries=0
    while runs "$1"; do
        tries=$((tries + 1))
        [ "$tries" -ne 100 ] || signal KILL "$1"
        [ "$tries" -lt 150 ] || fail "process $1 does not end"
        sleep 0.1
    done
}

launch() {
    # What containerd makes beside its state (images of tasks, which it leaves there) goes with the rest.
    mkdir -p "$1/tmp"
    TMPDIR="$1/tmp" setsid containerd --config "$1/config.toml" >>"$1/log" 2>&1 </dev/null &
    echo $! >"$1/pid"
    await_answer "$1"
}

start() {
    mkdir -p "$1"
    alive "$1" && fail "already running in $1"
    echo "127.0.0.1:$(free_port)" >"$1/metrics"
    echo "$1/containerd.sock" >"$1/address"
    echo "c8dtest-$$-$(date +%s%N)" >"$1/namespace"
    write_config "$1"
    launch "$1"
}

kill_server() {
    alive "$1" || return 0
    signal KILL "$(cat "$1/pid")"
    await_end "$(cat "$1/pid")"
}

# The shims of this containerd alone: each is told its address.
shims() {
    pgrep -f -- "^[^ ]*containerd-shim.* -address $1/containerd\.sock( |\$)"
}

# The processes of a shim's containers are its children.
end_shims() {
    for shim in $(shims "$1"); do
        children=$(cat "/proc/$shim/task/$shim/children" 2>/dev/null) || true
        for child in $children; do
            signal KILL "$child"
        done
        signal KILL "$shim"
        await_end "$shim"
    done
}

end_runc_state() {
    for namespace in "$(cat "$1/namespace" 2>/dev/null)" $(ls "$1/state/io.containerd.runtime.v2.task" 2>/dev/null); do
        case "$namespace" in
        c8dtest-*) ;;
        *) continue ;;
        esac
        for container in "/run/containerd/runc/$namespace"/*; do
            [ -d "$container" ] || continue
            runc --root "/run/containerd/runc/$namespace" delete --force "${container##*/}" >/dev/null 2>&1 || true
        done
        rm -rf "/run/containerd/runc/$namespace"
    done
}

# runc removes the cgroup of a container and leaves the one that holds them all, once for each controller.
end_cgroups() {
    namespace=$(cat "$1/namespace" 2>/dev/null) || return 0
    for parent in "/sys/fs/cgroup/$namespace" /sys/fs/cgroup/*/"$namespace"; do
        [ ! -d "$parent" ] || find "$parent" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
}

unmount_all() {
    awk -v under="$1/" 'index($5, under) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r mount; do
        umount -l "$mount" || true
    done
}

stop() {
    [ -d "$1" ] || return 0
    if alive "$1"; then
        signal TERM "$(cat "$1/pid")"
        await_end "$(cat "$1/pid")"
    fi
    end_shims "$1"
    end_runc_state "$1"
    end_cgroups "$1"
    unmount_all "$1"
    rm -rf "$1/root" "$1/state" "$1/containerd.sock" "$1/containerd.sock.ttrpc" "$1/pid"
}

write_hog() {
    cat >"$1/bin/hog" <<'EOF'
#!/bin/sh
# Takes memory until somebody ends it.
grown=0123456789abcdef
while :; do
    grown=$grown$grown
done
EOF
    chmod 755 "$1/bin/hog"
}

rootfs() {
    busybox=$(command -v busybox) || fail "busybox (static) is not installed"
    mkdir -p "$1/bin" "$1/dev" "$1/etc" "$1/proc" "$1/sys" "$1/tmp"
    cp "$busybox" "$1/bin/busybox"
    for applet in sh sleep cat echo true false stty kill ls mkdir env id head; do
        ln -sf busybox "$1/bin/$applet"
    done
    write_hog "$1"
}

absolute() {
    case "$1" in
    /*) echo "$1" ;;
    *) echo "$(pwd)/$1" ;;
    esac
}

[ $# -ge 2 ] || fail "usage: containerd.sh start|kill|restart|stop DIR, or rootfs DIR PATH"
directory=$(absolute "$2")
case "$1" in
start) start "$directory" ;;
kill) kill_server "$directory" ;;
restart)
    kill_server "$directory"
    launch "$directory"
    ;;
stop) stop "$directory" ;;
rootfs)
    [ $# -eq 3 ] || fail "usage: containerd.sh rootfs DIR PATH"
    rootfs "$(absolute "$3")"
    ;;
*) fail "unknown: $1" ;;
esac
