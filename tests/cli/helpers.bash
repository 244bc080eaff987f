# SPDX-License-Identifier: Apache-2.0
# What the tests of the command share.
# shellcheck shell=bash disable=SC2154

bats_require_minimum_version 1.5.0

: "${C8D:?the path of the command}"
SERVER="$BATS_TEST_DIRNAME/../support/containerd.sh"

# A command that hangs is a failure, and soon.
c8d() {
    timeout 60 "$C8D" "$@"
}

simulated() {
    c8d --runtime simulated "$@"
}

# await COMMAND...: waits until it succeeds, for at most 20 s.
await() {
    local deadline=$((SECONDS + 20))

    until "$@"; do
        if ((SECONDS >= deadline)); then
            echo "waited in vain for: $*" >&2
            return 1
        fi
        sleep 0.02
    done
}

# What a failed test leaves in the background would keep bats waiting for it.
teardown() {
    local child

    for child in $(jobs -p); do
        kill -KILL "$child" 2>/dev/null || true
    done
}

# holds FILE TEXT: the file has a line with the text. For await.
holds() {
    grep -qF -- "$2" "$1" 2>/dev/null
}

gone() {
    ! kill -0 "$1" 2>/dev/null
}

# ended PID: waits for a child of ours and puts its exit code into $status. A child that does not end is a failure.
ended() {
    await zombie "$1"
    status=0
    wait "$1" || status=$?
}

zombie() {
    gone "$1" || [[ $(ps -o stat= -p "$1") == Z* ]]
}

# fails CODE TEXT COMMAND...: one line on standard error that begins with "c8d: " and holds TEXT; nothing on standard output.
fails() {
    local code=$1 text=$2

    shift 2
    run "-$code" --separate-stderr "$@"
    [[ $status -eq $code ]] || shown "exit code $status instead of $code: $*"
    [[ -z $output ]] || shown "output: $output"
    [[ ${#stderr_lines[@]} -eq 1 && $stderr == "c8d: "* && $stderr == *"$text"* ]] || shown "error: $stderr"
}

shown() {
    echo "$1" >&2
    echo "stdout: $output" >&2
    echo "stderr: ${stderr-}" >&2
    return 1
}

# ---- beside a containerd of the file's own

# The path of a unix socket has to be short.
start_containerd() {
    CONTAINERD=$(mktemp -d /tmp/c8d-cli.XXXXXX)
    "$SERVER" start "$CONTAINERD/d" || {
        tail -n 20 "$CONTAINERD/d/log" >&2
        return 1
    }
    "$SERVER" rootfs - "$CONTAINERD/rootfs"
    ROOTFS="$CONTAINERD/rootfs"
    C8D_ADDRESS=$(cat "$CONTAINERD/d/address")
    C8D_NAMESPACE=$(cat "$CONTAINERD/d/namespace")
    C8D_FIFO_DIRECTORY="$CONTAINERD/fifo"
    export CONTAINERD ROOTFS C8D_ADDRESS C8D_NAMESPACE C8D_FIFO_DIRECTORY
}

stop_containerd() {
    "$SERVER" stop "$CONTAINERD/d"
    rm -rf --one-file-system "$CONTAINERD"
}

# Each container of this containerd has a shim that was told the address.
no_shim() {
    ! pgrep -f -- "^[^ ]*containerd-shim.* -address $C8D_ADDRESS( |\$)" >/dev/null
}

no_pipe() {
    [[ -z $(ls -A "$C8D_FIFO_DIRECTORY" 2>/dev/null) ]]
}

nothing_left() {
    local left

    left=$(c8d ps --json)
    [[ -z $left ]] || {
        echo "left behind: $left" >&2
        return 1
    }
    await no_pipe
    await no_shim
}

# state ID: as ps tells it.
state() {
    c8d ps --json | jq -r --arg id "$1" 'select(.container == $id) | .state'
}

is_state() {
    [[ $(state "$1") == "$2" ]]
}
