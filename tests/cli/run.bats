# SPDX-License-Identifier: Apache-2.0
# c8d run on a real containerd.

load helpers

setup_file() {
    start_containerd
}

teardown_file() {
    stop_containerd
}

@test "both outputs, the code, and nothing left behind" {
    run --separate-stderr c8d run --rm --rootfs "$ROOTFS" one sh -c 'echo out; echo err >&2; exit 7'
    [ "$status" -eq 7 ]
    [ "$output" = out ]
    [ "$stderr" = err ]
    nothing_left
}

@test "standard input up to its end, more than a pipe holds" {
    head -c 1000000 /dev/urandom >"$BATS_TEST_TMPDIR/in"
    c8d run --rm -i --rootfs "$ROOTFS" one cat <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
    cmp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
    nothing_left
}

@test "a process that does not read its input ends all the same" {
    run -0 timeout 20 bash -c 'yes | "$C8D" run --rm -i --rootfs "$ROOTFS" one true'
    nothing_left
}

@test "the default spec isolates" {
    run c8d run --rm --rootfs "$ROOTFS" one sh -c 'echo $$; id; cat /proc/self/status; mkdir /sys/x || echo sys is read-only'
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = 1 ]
    [ "${lines[1]}" = "uid=0 gid=0" ]
    grep -q "^NoNewPrivs:.*1$" <<<"$output"
    grep -q "^CapBnd:.*00000000a80425fb$" <<<"$output"
    grep -q "sys is read-only" <<<"$output"
}

@test "environment, directory and the shell when there is no command" {
    run c8d run --rm --rootfs "$ROOTFS" -e A=one -e A=two -e B= -w /tmp one sh -c 'echo "$A,${B-unset},$PATH"; pwd'
    [ "${lines[0]}" = "two,,/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" ]
    [ "${lines[1]}" = /tmp ]
    run -5 c8d run --rm -i --rootfs "$ROOTFS" one <<<"exit 5"
    nothing_left
}

@test "--memory is a limit that the kernel keeps" {
    run -137 c8d run --rm --memory 16m --rootfs "$ROOTFS" one hog
    nothing_left
}

@test "a bundle, with its own and with another command" {
    local bundle="$BATS_TEST_TMPDIR/bundle"

    mkdir "$bundle"
    ln -s "$ROOTFS" "$bundle/root"
    cat >"$bundle/config.json" <<'JSON'
{"ociVersion": "1.0.2", "root": {"path": "root"},
 "process": {"cwd": "/", "args": ["/bin/sh", "-c", "echo bundle; exit 3"], "env": ["A=there"]},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
 "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}]}}
JSON
    run c8d run --rm --bundle "$bundle" one
    [ "$status" -eq 3 ]
    [ "$output" = bundle ]
    run c8d run --rm --bundle "$bundle" -e A=new one /bin/sh -c 'echo $A'
    [ "$output" = new ]
    nothing_left
}

@test "commands that cannot be run, and nothing left behind" {
    fails 127 "not found" c8d run --rootfs "$ROOTFS" one nosuch
    fails 127 "no such file" c8d run --rootfs "$ROOTFS" one /nosuch
    touch "$ROOTFS/plain"
    fails 126 "permission denied" c8d run --rootfs "$ROOTFS" one /plain
    nothing_left
}

@test "a spec that the runtime refuses leaves nothing behind" {
    mkdir -p "$BATS_TEST_TMPDIR/bundle/root"
    echo '{"ociVersion":"1.0.2","process":{"cwd":"relative","args":["true"]},"root":{"path":"root"}}' \
        >"$BATS_TEST_TMPDIR/bundle/config.json"
    fails 125 "" c8d run --bundle "$BATS_TEST_TMPDIR/bundle" one
    nothing_left
}

@test "without --rm the record stays, and its name is in use" {
    c8d run --rootfs "$ROOTFS" one true
    await no_shim
    [ "$(c8d ps --json | jq -r '"\(.container) \(.pid) \(.state)"')" = "one 0 none" ]
    fails 125 "already exists" c8d run --rootfs "$ROOTFS" one true
    fails 125 "already exists" c8d run --rm --rootfs "$ROOTFS" one true
    [ "$(state one)" = none ]
    c8d delete one
    nothing_left
}

@test "a detached container goes on" {
    run c8d run -d --rootfs "$ROOTFS" one sleep 600
    [ "$status" -eq 0 ]
    [ "$output" = one ]
    [ "$(state one)" = running ]
    c8d delete -f one
    nothing_left
}

@test "signals are forwarded, and the answer comes back" {
    "$C8D" run --rm --rootfs "$ROOTFS" one sh -c 'trap "echo TERM; exit 9" TERM; trap "echo INT" INT; trap "echo USR1" USR1
        echo ready; while :; do sleep 0.05; done' >"$BATS_TEST_TMPDIR/out" &
    await holds "$BATS_TEST_TMPDIR/out" ready
    kill -INT $!
    await holds "$BATS_TEST_TMPDIR/out" INT
    kill -USR1 $!
    await holds "$BATS_TEST_TMPDIR/out" USR1
    kill -TERM $!
    ended $!
    [ "$status" -eq 9 ]
    nothing_left
}

@test "output that cannot be written ends the container" {
    run -125 --separate-stderr bash -c '"$C8D" run --rootfs "$ROOTFS" one sh -c "while :; do echo x; done" >/dev/full'
    [ "$stderr" = "c8d: standard output: No space left on device" ]
    nothing_left
    run --separate-stderr bash -c '"$C8D" run --rootfs "$ROOTFS" one sh -c "while :; do echo x; done" | head -n 1'
    [ "$output" = x ]
    [ -z "$stderr" ] # nobody reads it, who knows by himself
    nothing_left
}

@test "all output arrives when the process ends at once" {
    run c8d run --rm --rootfs "$ROOTFS" one head -c 300000 /dev/zero
    local count

    count=$(c8d run --rm --rootfs "$ROOTFS" one head -c 300000 /dev/zero | wc -c)
    [ "$count" -eq 300000 ]
}

@test "however short the time, what was begun is not left behind" {
    local timeout

    for timeout in 0 0.002 0.005 0.01 0.03 0.1; do
        run "$C8D" --timeout "$timeout" run --rm --rootfs "$ROOTFS" one true
        [ "$status" -eq 0 ] || [ "$status" -eq 125 ]
        nothing_left
    done
}

@test "what --record wrote replays without an anomaly" {
    run -3 c8d run --rm --record "$BATS_TEST_TMPDIR/recording" --rootfs "$ROOTFS" one sh -c 'exit 3'
    run -0 c8d replay --json --strict "$BATS_TEST_TMPDIR/recording"
    [ "$(jq -r 'select(.type == "run") | "\(.container) \(.state) \(.exit_code)"' <<<"$output")" = "one deleted 3" ]
    [ "$(jq -r 'select(.type == "summary") | .anomalies' <<<"$output")" = 0 ]
}

@test "the end is heard over a containerd that is killed and comes back" {
    "$C8D" run --rm --rootfs "$ROOTFS" one sh -c 'echo ready; while [ ! -e /end ]; do sleep 0.05; done; echo bye; exit 5' \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" &
    await holds "$BATS_TEST_TMPDIR/out" ready
    "$SERVER" kill "$CONTAINERD/d"
    touch "$ROOTFS/end"
    await holds "$BATS_TEST_TMPDIR/out" bye
    "$SERVER" restart "$CONTAINERD/d"
    ended $!
    rm "$ROOTFS/end"
    [ "$status" -eq 5 ]
    [ ! -s "$BATS_TEST_TMPDIR/err" ]
    nothing_left
}
