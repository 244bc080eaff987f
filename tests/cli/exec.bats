# SPDX-License-Identifier: Apache-2.0
# c8d exec on a real containerd.

load helpers

setup_file() {
    start_containerd
    c8d run -d --rootfs "$ROOTFS" -e WHERE=container -w /tmp box sleep 600
}

teardown_file() {
    c8d delete -f box
    stop_containerd
}

@test "both outputs and the code" {
    run --separate-stderr c8d exec box sh -c 'echo out; echo err >&2; exit 7'
    [ "$status" -eq 7 ]
    [ "$output" = out ]
    [ "$stderr" = err ]
    await no_pipe
}

@test "standard input up to its end" {
    head -c 500000 /dev/urandom >"$BATS_TEST_TMPDIR/in"
    c8d exec -i box cat <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
    cmp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
}

@test "what it is like comes from the container, and from the options" {
    run c8d exec box sh -c 'echo $WHERE; pwd; id'
    [ "${lines[*]}" = "container /tmp uid=0 gid=0" ]
    run c8d exec -e WHERE=here -w / -u 5:6 box sh -c 'echo $WHERE; pwd; id'
    [ "${lines[*]}" = "here / uid=5 gid=6" ]
    fails 125 "--user" c8d exec -u root box true
}

@test "an ID may be used again when its process is over" {
    run -1 c8d exec --exec-id job box false
    run -0 c8d exec --exec-id job box true
    fails 125 "name of its container" c8d exec --exec-id box box true
    fails 125 "exec id: 'a b'" c8d exec --exec-id 'a b' box true
}

@test "an ID in use is refused" {
    "$C8D" exec --exec-id job box sh -c 'echo ready; sleep 600' >"$BATS_TEST_TMPDIR/out" &
    await holds "$BATS_TEST_TMPDIR/out" ready
    fails 125 "already exists" c8d exec --exec-id job box true
    kill -KILL $!
    ended $!
}

@test "commands that cannot be run" {
    fails 127 "not found" c8d exec box nosuch
    fails 127 "no such file" c8d exec box /nosuch
    touch "$ROOTFS/plain"
    fails 126 "permission denied" c8d exec box /plain
    run -0 c8d exec box true
}

@test "containers that do not run" {
    fails 125 "not found" c8d exec nosuch true
    c8d run --rootfs "$ROOTFS" over true
    fails 125 "it does not run" c8d exec over true
    c8d delete over
}

@test "signals are forwarded" {
    "$C8D" exec box sh -c 'echo ready; sleep 600' >"$BATS_TEST_TMPDIR/out" &
    await holds "$BATS_TEST_TMPDIR/out" ready
    kill -TERM $!
    ended $!
    [ "$status" -eq 143 ]
}

@test "what it leaves running is not waited for" {
    run -0 timeout 15 "$C8D" exec box sh -c 'sleep 600 & exit 0'
}
