# SPDX-License-Identifier: Apache-2.0
# c8d ps, kill, delete and version on a real containerd.

load helpers

setup_file() {
    start_containerd
}

teardown_file() {
    stop_containerd
}

teardown() {
    c8d ps --json | jq -r .container | xargs -r "$C8D" delete -f
}

@test "ps of nothing" {
    run c8d ps
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 1 ]
    run c8d ps --json
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "ps tells what each container does" {
    local pid

    c8d run -d --rootfs "$ROOTFS" b-running sleep 600
    c8d run --rootfs "$ROOTFS" a-over true
    c8d run -d --rootfs "$ROOTFS" c-stopped sleep 600
    c8d kill -s KILL c-stopped
    await is_state c-stopped stopped
    run c8d ps --json
    [ "$(jq -r '"\(.type) \(.namespace) \(.container) \(.state)"' <<<"$output")" = "container $C8D_NAMESPACE a-over none
container $C8D_NAMESPACE b-running running
container $C8D_NAMESPACE c-stopped stopped" ]
    pid=$(jq -r 'select(.container == "b-running") | .pid' <<<"$output")
    [ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "sleep 600 " ]
    run c8d ps
    [[ ${lines[2]} =~ ^b-running\ +$pid\ running$ ]]
}

@test "kill by name and by number" {
    local signal

    for signal in USR1 SIGUSR1 sigusr1 10; do
        rm -f "$BATS_TEST_TMPDIR/out"
        "$C8D" run --rm --rootfs "$ROOTFS" one sh -c 'trap "echo got; exit 4" USR1; echo ready; while :; do sleep 0.05; done' \
            >"$BATS_TEST_TMPDIR/out" &
        await holds "$BATS_TEST_TMPDIR/out" ready
        c8d kill --signal "$signal" one
        ended $!
        [ "$status" -eq 4 ]
    done
}

@test "kill of what does not run" {
    fails 2 "not found" c8d kill nosuch
    c8d run --rootfs "$ROOTFS" over true
    fails 2 "it does not run" c8d kill over
    c8d run -d --rootfs "$ROOTFS" ended sleep 600
    c8d kill -s KILL ended
    await is_state ended stopped
    fails 2 "not found; it is stopped" c8d kill ended
    fails 125 "already exists; it is stopped" c8d start ended
    fails 125 "conflicting state; it is stopped" c8d exec ended true
}

@test "delete refuses what runs, unless forced" {
    c8d run -d --rootfs "$ROOTFS" one sleep 600
    fails 2 "delete: one: " c8d delete one
    [ "$(state one)" = running ]
    c8d delete --force one
    nothing_left
}

@test "delete takes what has ended with it" {
    c8d run -d --rootfs "$ROOTFS" one sleep 600
    c8d kill -s KILL one
    await is_state one stopped
    c8d delete one
    nothing_left
}

@test "delete of several goes on after a failure" {
    c8d run --rootfs "$ROOTFS" one true
    c8d run --rootfs "$ROOTFS" two true
    fails 2 "nosuch" c8d delete one nosuch two
    nothing_left
    c8d delete -f nosuch
}

@test "version" {
    run c8d version
    [ "$status" -eq 0 ]
    [[ ${lines[1]} == "containerd "* ]]
    run c8d version --json
    [ "$(jq -r '.server' <<<"$output")" = "$(ctr --address "$C8D_ADDRESS" version | awk '/Server/ { s = 1 } s && /Version/ { print $2; exit }')" ]
}

@test "a containerd that does not answer is given up in time" {
    local pid

    pid=$(cat "$CONTAINERD/d/pid")
    kill -STOP "$pid"
    run --separate-stderr timeout 20 "$C8D" --timeout 0.3 ps
    kill -CONT "$pid"
    [ "$status" -eq 2 ]
    [[ $stderr == "c8d: ps: "* ]]
    [ "${#stderr_lines[@]}" -eq 1 ]
    await c8d ps
}

@test "each transport runs a container and tells the same" {
    local transport

    for transport in grpc nghttp2; do
        run --separate-stderr c8d --transport "$transport" run --rm --rootfs "$ROOTFS" "over-$transport" sh -c 'echo out; exit 7'
        [ "$status" -eq 7 ]
        [ "$output" = out ]
        run c8d version --json
        [ "$status" -eq 0 ]
        [ "$output" = "$(C8D_TRANSPORT=$transport c8d version --json)" ]
    done
}
