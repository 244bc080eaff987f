# SPDX-License-Identifier: Apache-2.0
# c8d check, on a real containerd and on the runtime in memory.

load helpers

setup_file() {
    start_containerd
}

teardown_file() {
    stop_containerd
}

# The steps of $output that are not in order, by name.
wrong() {
    jq -r 'select(.type == "check" and (.ok | not)) | .step' <<<"$output"
}

@test "check finds a containerd in order, over each transport, and leaves nothing" {
    local transport

    mkdir "$BATS_TEST_TMPDIR/roots"
    for transport in grpc nghttp2; do
        run -0 --separate-stderr env "TMPDIR=$BATS_TEST_TMPDIR/roots" timeout 60 "$C8D" --transport "$transport" check --json
        [ -z "$stderr" ]
        [ "$(jq -r 'select(.type == "check") | "\(.step) \(.ok) \(.calls_expected)"' <<<"$output" | paste -sd,)" = \
            "connect true null,version true 1,create true 1,start true 2,exec true 3,pause true 1,resume true 1,stats true 1,reconnect true null,kill true 1,delete true 2,ends true 0" ]
        [ "$(jq -c 'select(.type == "summary")' <<<"$output")" = '{"type":"summary","steps":12,"taken":12,"failed":0}' ]
    done
    nothing_left
    [ -z "$(ls -A "$BATS_TEST_TMPDIR/roots")" ]
}

@test "check takes another root, and says in words what it has seen" {
    run -0 --separate-stderr c8d check --rootfs "$ROOTFS"
    [ -z "$stderr" ]
    [[ ${lines[2]} == "ok    create      1 call" ]]
    [[ ${lines[3]} == "ok    start       2 calls" ]]
    [[ ${lines[12]} == "12 steps, nothing found" ]]
    nothing_left
}

@test "check finds a container that cannot start, and removes it" {
    run -1 --separate-stderr c8d check --json --rootfs /nosuch
    [ "$(wrong)" = start ]
    [[ $(jq -r 'select(.step == "start") | .detail' <<<"$output") == *"no such file"* ]]
    [ "$(jq -c 'select(.type == "summary")' <<<"$output")" = '{"type":"summary","steps":12,"taken":4,"failed":1}' ]
    nothing_left
}

# Busybox is there, but for the shell: init runs, and no process beside it can.
@test "check finds an exec that cannot start, and removes what ran" {
    mkdir -p "$BATS_TEST_TMPDIR/root/bin"
    cp -a "$ROOTFS/bin/busybox" "$BATS_TEST_TMPDIR/root/bin/"
    ln -s busybox "$BATS_TEST_TMPDIR/root/bin/sleep"
    run -1 --separate-stderr c8d check --json --rootfs "$BATS_TEST_TMPDIR/root"
    [ "$(wrong)" = exec ]
    nothing_left
}

# The shell gives another code than it was asked for.
@test "check finds an exit code that is wrong" {
    cp -a "$ROOTFS" "$BATS_TEST_TMPDIR/root"
    rm "$BATS_TEST_TMPDIR/root/bin/sh"
    printf '#!/bin/busybox sh\nexit 8\n' >"$BATS_TEST_TMPDIR/root/bin/sh"
    chmod 755 "$BATS_TEST_TMPDIR/root/bin/sh"
    run -1 --separate-stderr c8d check --json --rootfs "$BATS_TEST_TMPDIR/root"
    [ "$(wrong)" = exec ]
    [ "$(jq -r 'select(.step == "exec") | .detail' <<<"$output")" = "it has ended with 8 instead of 7" ]
    nothing_left
}

@test "check of the runtime in memory" {
    run -0 --separate-stderr simulated check --json
    [ -z "$stderr" ]
    [ -z "$(wrong)" ]
}

@test "check has no arguments, and needs a server" {
    fails 2 "nosuch" c8d check nosuch
    fails 2 "cannot connect to '/nosuch.sock'" c8d --address /nosuch.sock check
    fails 2 "of Windows" c8d --runtime local check
}
