# SPDX-License-Identifier: Apache-2.0
# c8d run and exec with a terminal, start and attach, on a real containerd.

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

# at_terminal STEP... -- ARGUMENT...: c8d with somebody at its terminal.
at_terminal() {
    local steps=()

    while [[ $1 != -- ]]; do
        steps+=("$1")
        shift
    done
    shift
    timeout 90 "$BATS_TEST_DIRNAME/terminal.py" "${steps[@]}" -- "$C8D" "$@"
}

@test "run -t gives a terminal of the size and the kind of ours" {
    TERM=vt220 run at_terminal size:101x37 expect:37\ 101 expect:vt220 -- \
        run --rm -t --rootfs "$ROOTFS" one sh -c 'while [ "$(stty size)" != "37 101" ]; do sleep 0.02; done; stty size; echo $TERM; exit 4'
    [ "$status" -eq 4 ]
    nothing_left
}

@test "run -it passes every key on, and restores our terminal" {
    run at_terminal raw 'expect:ready' 'send:hello\n' 'expect:<hello>' 'send:\x03' 'expect:interrupted' -- run --rm -it --rootfs "$ROOTFS" one \
        sh -c 'trap "echo interrupted; exit 6" INT; echo ready; read line; echo "<$line>"; while :; do sleep 0.05; done'
    [ "$status" -eq 6 ]
    nothing_left
}

@test "the size is followed" {
    run at_terminal size:80x24 expect:24\ 80 size:120x50 expect:50\ 120 'send:q\n' -- run --rm -it --rootfs "$ROOTFS" one \
        sh -c 'trap "stty size" WINCH; stty size; while ! read -t 1 line || [ "$line" != q ]; do :; done; exit 3'
    [ "$status" -eq 3 ]
}

@test "our terminal is restored whatever ends us" {
    local signal

    for signal in SEGV ABRT; do
        run at_terminal raw expect:ready "signal:$signal" -- run -it --rootfs "$ROOTFS" one sh -c 'echo ready; sleep 600'
        [ "$status" -ne 99 ] || shown "$signal"
        [ "$status" -gt 128 ] || shown "$signal"
        c8d delete -f one
    done
}

@test "detach keys leave it running, attach joins it again" {
    local script='echo first; while read line; do echo "<$line>"; [ "$line" != end ] || exit 5; done'

    run at_terminal raw expect:first 'send:a\n' 'expect:<a>' 'send:\x10\x11' -- run -it --rootfs "$ROOTFS" one sh -c "$script"
    [ "$status" -eq 0 ]
    [ "$(state one)" = running ]
    # Other keys; half of them is passed on.
    run at_terminal raw 'send:b\n' 'expect:<b>' 'send:xz\n' 'expect:<xz>' 'send:xy' -- attach --detach-keys x,y one
    [ "$status" -eq 0 ]
    [ "$(state one)" = running ]
    run at_terminal raw 'send:end\n' 'expect:<end>' -- attach one
    [ "$status" -eq 5 ]
}

@test "detach keys that are none are refused" {
    fails 125 "not keys: 'ctrl-5'" c8d run -it --detach-keys ctrl-5 --rootfs / one
    fails 125 "not keys: 'ab'" c8d attach --detach-keys ab one
}

@test "exec -t has a terminal in a container without one" {
    c8d run -d --rootfs "$ROOTFS" one sleep 600
    run at_terminal size:90x30 raw 'send:stty size; exit 8\n' expect:30\ 90 -- exec -it one sh
    [ "$status" -eq 8 ]
    run at_terminal 'expect:tty' -- exec -t one sh -c '[ -t 1 ] && echo tty'
    [ "$status" -eq 0 ]
}

@test "a terminal for somebody who has none is refused" {
    fails 125 "our standard input is no terminal" c8d run --rm -it --rootfs "$ROOTFS" one sh </dev/null
    [ -z "$(c8d ps --json)" ]
    c8d run -d --rootfs "$ROOTFS" one sleep 600
    fails 125 "our standard input is no terminal" c8d exec -it one sh </dev/null
}

@test "start runs what create made" {
    c8d create --rootfs "$ROOTFS" one sh -c 'echo out; echo err >&2; exit 7'
    run --separate-stderr c8d start --attach one
    [ "$status" -eq 7 ]
    [ "$output" = out ]
    [ "$stderr" = err ]
    [ "$(state one)" = none ]
    # Once more, in the background.
    run c8d start one
    [ "$status" -eq 0 ]
    [ "$output" = one ]
    run -7 c8d wait one
    fails 125 "not found" c8d start nosuch
    fails 125 "it was not made with a terminal" c8d start -t one
}

@test "start -a -i passes our input on" {
    c8d create --rootfs "$ROOTFS" one sh -c 'cat; exit 2'
    run --separate-stderr c8d start -a -i one <<<"hello"
    [ "$status" -eq 2 ]
    [ "$output" = hello ]
}

@test "start -i keeps the streams for attach" {
    c8d create --rootfs "$ROOTFS" one sh -c 'echo begun; read line; echo "<$line>"; exit 9'
    run -0 c8d start -i --json one
    [ "$(jq -r '"\(.type) \(.container)"' <<<"$output")" = "started one" ]
    run -9 --separate-stderr c8d attach one <<<"hello"
    [ "$output" = "begun
<hello>" ]
}

@test "attach --no-stdin leaves the input alone" {
    c8d run -d -i --rootfs "$ROOTFS" one sh -c 'echo begun; read line; echo "<$line>"; exit 9'
    "$C8D" attach --no-stdin one </dev/null >"$BATS_TEST_TMPDIR/out" &
    await holds "$BATS_TEST_TMPDIR/out" begun
    kill -KILL $!
    run -9 --separate-stderr c8d attach one <<<"hello"
    [ "$output" = "<hello>" ]
}

@test "attach passes signals on" {
    c8d run -d -i --rootfs "$ROOTFS" one sh -c 'trap "echo got; exit 4" USR1; echo ready; while :; do sleep 0.05; done'
    "$C8D" attach --no-stdin one >"$BATS_TEST_TMPDIR/out" &
    await holds "$BATS_TEST_TMPDIR/out" ready
    kill -USR1 $!
    ended $!
    [ "$status" -eq 4 ]
    holds "$BATS_TEST_TMPDIR/out" got
}

@test "a container outlives a c8d that was killed, and can be attached to" {
    "$C8D" run --rootfs "$ROOTFS" one sh -c 'while [ ! -e /tmp/go ]; do echo on; sleep 0.05; done; exit 6' >"$BATS_TEST_TMPDIR/out" &
    await holds "$BATS_TEST_TMPDIR/out" on
    kill -KILL $!
    ended $!
    [ "$(state one)" = running ]
    "$C8D" attach one >"$BATS_TEST_TMPDIR/out" &
    await holds "$BATS_TEST_TMPDIR/out" on
    touch "$ROOTFS/tmp/go"
    ended $!
    [ "$status" -eq 6 ]
    rm "$ROOTFS/tmp/go"
}

@test "attach of what cannot be attached to" {
    fails 125 "not found" c8d attach nosuch
    c8d create --rootfs "$ROOTFS" idle
    fails 125 "attach: idle: it does not run" c8d attach idle
}
