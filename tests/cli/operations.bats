# SPDX-License-Identifier: Apache-2.0
# c8d create, pause, resume, wait, state, stats, pids and update on a real containerd.

load helpers

setup_file() {
    start_containerd
}

teardown_file() {
    stop_containerd
}

teardown() {
    local child

    for child in $(jobs -p); do
        kill -KILL "$child" 2>/dev/null || true
    done
    c8d ps --json | jq -r .container | xargs -r "$C8D" delete -f
}

# A container named one that runs for ten minutes.
run_one() {
    c8d run -d "$@" --rootfs "$ROOTFS" one sleep 600
}

@test "create makes a record and runs nothing" {
    run c8d create --rootfs "$ROOTFS" --label team=blue --label tier=1 one sleep 600
    [ "$status" -eq 0 ]
    [ "$output" = one ]
    [ "$(state one)" = none ]
    fails 2 "already exists" c8d create --rootfs "$ROOTFS" one
    run c8d state --json one
    [ "$(jq -r '"\(.type) \(.state) \(.pid) \(.exit_code) \(.runtime) \(.labels.team) \(.labels.tier)"' <<<"$output")" = \
        "state none 0 null io.containerd.runc.v2 blue 1" ]
    [[ $(jq -r .created_at <<<"$output") == 20*Z ]]
    run c8d state one
    [[ $output == *"label       team=blue"* ]]
}

@test "create refuses what does not go together" {
    fails 2 "neither --bundle nor --rootfs" c8d create one
    fails 2 "either --bundle or --rootfs" c8d create --bundle / --rootfs / one
    fails 2 "SNAPSHOTTER/KEY" c8d create --snapshot native one
    fails 2 "NAME=VALUE" c8d create --label blue --rootfs / one
    fails 2 "no container ID" c8d create --rootfs /
}

@test "run on a snapshot that is missing fails and leaves nothing" {
    fails 125 "nosuch" c8d run --rm --snapshot native/nosuch one true
    nothing_left
}

@test "run with another OCI runtime" {
    printf '#!/bin/sh\necho called >>%s\nexec runc "$@"\n' "$BATS_TEST_TMPDIR/calls" >"$BATS_TEST_TMPDIR/runc"
    chmod 755 "$BATS_TEST_TMPDIR/runc"
    run -3 c8d run --rm --runc "$BATS_TEST_TMPDIR/runc" --rootfs "$ROOTFS" one sh -c 'exit 3'
    grep -q called "$BATS_TEST_TMPDIR/calls"
    fails 125 "" c8d run --rm --shim io.containerd.nosuch.v1 --rootfs "$ROOTFS" one true
    nothing_left
}

@test "pause and resume" {
    run_one
    c8d pause one
    [ "$(state one)" = paused ]
    fails 2 "pause: one: it is paused already" c8d pause one
    c8d resume one
    [ "$(state one)" = running ]
    fails 2 "resume: one: it is not paused" c8d resume one
    fails 2 "not found" c8d pause nosuch
    c8d create --rootfs "$ROOTFS" idle
    fails 2 "pause: idle: it does not run" c8d pause idle
}

@test "pause of several goes on after a failure" {
    run_one
    c8d run -d --rootfs "$ROOTFS" two sleep 600
    fails 2 "nosuch" c8d pause one nosuch two
    [ "$(state one)" = paused ]
    [ "$(state two)" = paused ]
}

@test "delete takes the pipes along of what was run in the background" {
    run_one -i
    [ -n "$(ls -A "$C8D_FIFO_DIRECTORY")" ]
    # What is refused keeps them.
    fails 2 "one" c8d delete one
    [ -n "$(ls -A "$C8D_FIFO_DIRECTORY")" ]
    c8d delete -f one
    nothing_left
    # Of one that has ended, too, whether its output was read or not.
    c8d run -d -i --rootfs "$ROOTFS" two sh -c 'echo unread; exit 3'
    await is_state two stopped
    c8d delete two
    nothing_left
}

@test "wait tells the code and ends with it" {
    c8d run -d --rootfs "$ROOTFS" one sh -c 'while [ ! -e /tmp/go ]; do sleep 0.05; done; rm /tmp/go; exit 2'
    "$C8D" wait one >"$BATS_TEST_TMPDIR/out" &
    touch "$ROOTFS/tmp/go"
    ended $!
    [ "$status" -eq 2 ]
    [ "$(cat "$BATS_TEST_TMPDIR/out")" = 2 ]
    # Once more: it has ended already.
    run -2 c8d wait --json one
    [ "$(jq -r '"\(.type) \(.container) \(.exit_code)"' <<<"$output")" = "exit one 2" ]
}

@test "wait that is given up is 125" {
    run_one
    fails 125 "not ended in time" c8d wait --timeout 0.2 one
    fails 125 "not found" c8d wait nosuch
    "$C8D" wait one 2>"$BATS_TEST_TMPDIR/err" &
    await ready_to_wait $!
    kill -TERM $!
    ended $!
    [ "$status" -eq 125 ]
    grep -q "^c8d: wait: one: interrupted" "$BATS_TEST_TMPDIR/err"
}

# It has a handler for TERM of its own.
ready_to_wait() {
    (($((16#$(awk '/^SigCgt:/ { print $2 }' "/proc/$1/status"))) >> 14 & 1))
}

@test "pids names init, execs and others" {
    local pid

    c8d run -d --rootfs "$ROOTFS" one sh -c 'sleep 601 & sleep 602'
    "$C8D" exec --exec-id e1 one sleep 603 &
    await has_exec one
    run c8d pids --json one
    pid=$(c8d state --json one | jq .pid)
    [ "$(jq -r "select(.process == \"one\") | .pid" <<<"$output")" = "$pid" ]
    [ "$(jq -r 'select(.process == "e1") | .container' <<<"$output")" = one ]
    [ "$(jq -r 'select(.process == null) | .type' <<<"$output" | uniq)" = process ]
    run c8d pids one
    [[ $output == *"$pid one"* ]]
}

has_exec() {
    [[ -n $(c8d pids --json "$1" | jq -r 'select(.process == "e1") | .pid') ]]
}

@test "stats once" {
    run_one --memory 64m
    run c8d stats --json one
    [ "$(jq -r '"\(.type) \(.container) \(.memory.limit) \(.pids.current) \(.pids.limit)"' <<<"$output")" = \
        "stats one 67108864 1 max" ]
    (($(jq .cpu.usage_ns <<<"$output") > 0))
    [ "$(jq '[.[] | objects | keys | length] | add' <<<"$output")" -eq 41 ]
    run c8d stats
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[1]} =~ ^one\ +-\ +[0-9.]+s\ .*64\.0MiB\ +[0-9.]+%\ +1\  ]]
}

@test "stats of what does not run" {
    fails 2 "not found" c8d stats nosuch
    c8d create --rootfs "$ROOTFS" idle
    fails 2 "stats: idle: it does not run" c8d stats idle
    run c8d stats --json
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    fails 2 "seconds" c8d stats --interval 0
}

# It has measured twice.
measured_twice() {
    [[ $(grep -c '"type":"stats"' "$1") -ge 2 ]]
}

@test "stats --follow goes on until the container ends" {
    run_one
    "$C8D" stats --follow --json one >"$BATS_TEST_TMPDIR/out" &
    await measured_twice "$BATS_TEST_TMPDIR/out"
    c8d delete -f one
    ended $!
    [ "$status" -eq 0 ]
}

@test "stats --follow ends on a signal" {
    run_one
    "$C8D" stats --follow --json >"$BATS_TEST_TMPDIR/out" &
    await measured_twice "$BATS_TEST_TMPDIR/out"
    kill -INT $!
    ended $!
    [ "$status" -eq 0 ]
}

limit_is() {
    [ "$(c8d stats --json one | jq -r "$1")" = "$2" ]
}

@test "update changes limits at once" {
    run_one --memory 64m
    c8d update --memory 128m --pids-limit 50 one
    limit_is .memory.limit 134217728
    limit_is .pids.limit 50
    echo '{"memory":{"limit":268435456},"pids":{"limit":60}}' >"$BATS_TEST_TMPDIR/resources"
    c8d update --resources "$BATS_TEST_TMPDIR/resources" --pids-limit 70 one
    limit_is .memory.limit 268435456
    limit_is .pids.limit 70
    c8d update --resources - one <<<'{"pids":{"limit":80}}'
    limit_is .pids.limit 80
}

@test "update refuses what is wrong and changes nothing" {
    run_one --memory 64m
    fails 2 "nothing to change" c8d update one
    fails 2 "not a number of bytes: '12x'" c8d update --memory 12x one
    fails 2 "not a number: 'many'" c8d update --pids-limit many one
    fails 2 "/nosuch" c8d update --resources /nosuch one
    echo '[]' >"$BATS_TEST_TMPDIR/resources"
    fails 2 "not an object" c8d update --resources "$BATS_TEST_TMPDIR/resources" one
    echo '{"memory":' >"$BATS_TEST_TMPDIR/resources"
    fails 2 "line 2" c8d update --resources "$BATS_TEST_TMPDIR/resources" one
    fails 2 "update: one: " c8d update --memory 1 one
    limit_is .memory.limit 67108864
}

@test "checkpoint writes an image that run goes on from" {
    cp "$BATS_TEST_DIRNAME/../support/runc_stub.sh" "$BATS_TEST_TMPDIR/runc"
    run_one --runc "$BATS_TEST_TMPDIR/runc"
    c8d checkpoint one "$BATS_TEST_TMPDIR/image"
    [ "$(state one)" = running ]
    # It ends when it is seen to run: the shim of containerd 1.6 loses an end that comes before runc has told the pid.
    "$C8D" run --rm --runc "$BATS_TEST_TMPDIR/runc" --restore-from "$BATS_TEST_TMPDIR/image" --rootfs "$ROOTFS" two \
        sh -c 'while [ ! -e /tmp/go ]; do sleep 0.05; done; rm /tmp/go; echo again; exit 4' >"$BATS_TEST_TMPDIR/out" &
    await is_state two running
    touch "$ROOTFS/tmp/go"
    ended $!
    [ "$status" -eq 4 ]
    [ "$(cat "$BATS_TEST_TMPDIR/out")" = again ]
    grep -q -- "restore --image-path $BATS_TEST_TMPDIR/image" "$BATS_TEST_TMPDIR/calls"
    c8d checkpoint --exit one "$BATS_TEST_TMPDIR/image"
    run -137 c8d wait one
}

# What is in the content store, and what holds it there.
stored() {
    ctr --address "$C8D_ADDRESS" --namespace "$C8D_NAMESPACE" content ls -q
    ctr --address "$C8D_ADDRESS" --namespace "$C8D_NAMESPACE" leases ls -q
}

@test "checkpoint through the content store, and start from there" {
    local image="$BATS_TEST_TMPDIR/image" runc="$BATS_TEST_TMPDIR/runc"

    cp "$BATS_TEST_DIRNAME/../support/runc_stub.sh" "$runc"
    mkdir "$BATS_TEST_TMPDIR/dump"
    echo memory >"$BATS_TEST_TMPDIR/dump/pages-1.img"
    run_one --runc "$runc"
    c8d checkpoint --content-store one "$image"
    [ "$(cat "$image/pages-1.img")" = memory ]
    # runc has not seen our directory.
    grep -q " checkpoint " "$BATS_TEST_TMPDIR/calls"
    run ! grep -qF -- "$image" "$BATS_TEST_TMPDIR/calls"
    c8d create --runc "$runc" --rootfs "$ROOTFS" two sleep 600
    c8d start --content-store --restore-from "$image" two
    [ "$(state two)" = running ]
    grep -q " restore " "$BATS_TEST_TMPDIR/calls"
    run ! grep -qF -- "$image" "$BATS_TEST_TMPDIR/calls"
    diff -r "$image" "$BATS_TEST_TMPDIR/restored"
    [ -z "$(stored)" ]
    # With --exit, and run; without the option runc is given the directory.
    rm -r "$image" "$BATS_TEST_TMPDIR/restored"
    c8d checkpoint --content-store --exit one "$image"
    run -137 c8d wait one
    c8d run -d --content-store --restore-from "$image" --runc "$runc" --rootfs "$ROOTFS" three sleep 600
    diff -r "$image" "$BATS_TEST_TMPDIR/restored"
    run ! grep -qF -- "$image" "$BATS_TEST_TMPDIR/calls"
    c8d create --runc "$runc" --rootfs "$ROOTFS" four sleep 600
    rm -r "$BATS_TEST_TMPDIR/restored"
    c8d start --restore-from "$image" four
    grep -q -- "restore --image-path $image" "$BATS_TEST_TMPDIR/calls"
}

@test "checkpoint refuses what cannot be" {
    fails 2 "no container ID" c8d checkpoint
    fails 2 "no directory" c8d checkpoint one
    fails 2 "not found" c8d checkpoint nosuch "$BATS_TEST_TMPDIR/image"
    fails 2 "/nosuch/image" c8d checkpoint one /nosuch/image
    fails 125 "/nosuch" c8d start --restore-from /nosuch one
    fails 125 "/nosuch" c8d run --rm --restore-from /nosuch --rootfs "$ROOTFS" one true
    [ -z "$(c8d ps --json)" ]
}
