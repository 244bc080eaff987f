# SPDX-License-Identifier: Apache-2.0
# c8d events, record and replay on a real containerd.

load helpers

setup_file() {
    start_containerd
}

teardown_file() {
    stop_containerd
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
    c8d ps --json | jq -r .container | xargs -r "$C8D" delete -f
}

# notices FILE CONTAINER: what was told of it, in order.
notices() {
    jq -r --arg id "$2" 'select(.container == $id) | "\(.notice) \(.process) \(.exit_code)"' "$1"
}

resynced_after_gap() {
    sed '1,/"notice":"gap"/d' log | grep -q '"notice":"resynced"'
}

@test "every notice of a life, in order, with stable keys" {
    "$C8D" events --json >log &
    events=$!
    await holds log resynced
    c8d run -d --rootfs "$ROOTFS" one sleep 600
    # It ends when its start has been seen: what is gone before the first question about it is answered is told to be gone, and
    # then once more as what its events say.
    mkfifo input
    "$C8D" exec -i --exec-id job one sh -c 'read -r line; exit 3' <input &
    job=$!
    exec 4>input
    await holds log '"notice":"exec-started"'
    exec 4>&-
    ended "$job"
    [ "$status" -eq 3 ]
    await holds log '"exit_code":3'
    c8d kill -s KILL one
    await holds log '"exit_code":137'
    c8d delete one
    await holds log '"notice":"deleted","seq":9'
    kill -TERM "$events"
    ended "$events"
    [ "$status" -eq 0 ]
    [ "$(notices log one | grep ' one ')" = "create one null
start one null
exit one 137
deleted one 137" ]
    # The runtime does not tell when an exec is deleted: a question may find out, and it is gone with its task at the latest.
    [ "$(notices log one | grep ' job ')" = "exec-added job null
exec-started job null
exit job 3
deleted job 3" ]
    [ "$(jq -r 'keys_unsorted | join(" ")' log | sort -u)" = \
        "type notice seq namespace container process incarnation pid exit_code exited_at cause" ]
    [ "$(jq -r .seq log | paste -sd' ')" = "1 2 3 4 5 6 7 8 9" ]
    [ "$(jq -r 'select(.notice == "exit") | .exited_at' log | grep -cE '^20[0-9-]+T[0-9:]+\.[0-9]{9}Z$')" -eq 2 ]
}

@test "what runs already is taken up first" {
    c8d run -d --rootfs "$ROOTFS" one sleep 600
    c8d events --json --count 2 >log
    [ "$(jq -r 'select(.container == "one") | "\(.notice) \(.cause)"' log)" = "create resync
start resync" ]
    c8d delete -f one
}

@test "signals, --count and --timeout end it with 0" {
    "$C8D" events >log &
    await holds log resynced
    kill -INT $!
    ended $!
    [ "$status" -eq 0 ]
    run -0 timeout 10 "$C8D" events --count 1
    [ "${#lines[@]}" -eq 1 ]
    run -0 timeout 10 "$C8D" events --timeout 0.2
}

@test "an output that cannot be written ends it" {
    run -2 --separate-stderr bash -c 'timeout 20 "$C8D" events >/dev/full'
    [ "$stderr" = "c8d: standard output: No space left on device" ]
}

@test "a containerd that is killed: a gap, and no end is missed" {
    c8d run -d --rootfs "$ROOTFS" one sleep 600
    "$C8D" events --json >log &
    await holds log '"notice":"start"'
    "$SERVER" kill "$CONTAINERD/d"
    await holds log '"notice":"gap"'
    kill -KILL "$(jq -r 'select(.notice == "start") | .pid' log)"
    "$SERVER" restart "$CONTAINERD/d"
    await holds log '"notice":"exit"'
    await resynced_after_gap
    kill -TERM $!
    ended $!
    [ "$(jq -r 'select(.notice == "exit") | .exit_code' log)" = 137 ]
    c8d delete one
}

# Each with a container of its own: a shim sends what it could not while containerd was away again for fifteen seconds, and such
# an event of an earlier test is in the recording, and rightly odd.

@test "what was recorded replays to the same end" {
    "$C8D" record -o recording --json >log &
    await holds log resynced
    run -7 c8d run --rm --rootfs "$ROOTFS" seven sh -c 'exit 7'
    await holds log '"notice":"deleted"'
    kill -TERM $!
    ended $!
    [ "$status" -eq 0 ]
    run --separate-stderr c8d replay --json --container seven recording
    [ "$status" -eq 0 ]
    [ "$(jq -r 'select(.type == "run") | "\(.container) \(.incarnation) \(.state) \(.exit_code)"' <<<"$output")" = "seven 1 deleted 7" ]
    [ "$(jq -r 'select(.type == "summary") | .anomalies' <<<"$output")" = 0 ]
}

@test "a recording goes through a pipe, and survives SIGKILL" {
    run --separate-stderr bash -c '"$C8D" record -o - --count 1 | "$C8D" replay --json -'
    [ "$status" -eq 0 ]
    "$C8D" record -o recording --json >log &
    await holds log resynced
    c8d run --rm --rootfs "$ROOTFS" short true
    await holds log '"notice":"deleted"'
    kill -KILL $!
    ended $!
    run c8d replay --json --strict --container short recording
    [ "$status" -eq 0 ] || shown "not replayed without an anomaly"
    [ "$(jq -r 'select(.type == "run") | .state' <<<"$output")" = deleted ]
}

@test "a recording is gone on with: what came between is a gap, and no end is missed" {
    "$C8D" record -o recording --json >log &
    await holds log resynced
    c8d run -d --rootfs "$ROOTFS" one sleep 600
    c8d run -d --rootfs "$ROOTFS" two sleep 600
    await eval '[ "$(grep -c "\"notice\":\"start\"" log)" -eq 2 ]'
    kill -KILL $!
    ended $!
    c8d delete -f one
    "$C8D" record -a -o recording --json >log &
    await holds log resynced
    c8d delete -f two
    await holds log '"notice":"deleted"'
    kill -TERM $!
    ended $!
    [ "$status" -eq 0 ]
    # That an end came while nobody listened is found odd, and nothing else is.
    run -1 --separate-stderr c8d replay --json --strict --html page.html recording
    [ "$(jq -r 'select(.type == "anomaly") | "\(.kind) \(.container)"' <<<"$output")" = "missing-exit one" ]
    [ "$(jq -r 'select(.type == "run") | "\(.container) \(.incarnation) \(.state) \(.exit_code)"' <<<"$output")" = "one 1 deleted null
two 1 deleted 137" ]
    # [line, row, notice, ...]: the gap (10), and that it was made good (11).
    [ "$(sed -n 's/.*<script id="data"[^>]*>\(.*\)<\/script>.*/\1/p' page.html | jq -c '[.marks | _nwise(6) | .[2]] | map(select(. >= 10))')" = '[11,10,11]' ]
}
