#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Many hosts' recordings in a stream of a NATS server, and workers that replay it.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154

load helpers

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    start_server --jetstream
}

# start_server ARGUMENT...: a server of our own, on a port that it chooses; its address is $NATS.
start_server() {
    mkdir -p ports
    nats-server --addr 127.0.0.1 --port -1 --store_dir "$PWD/store" --ports_file_dir "$PWD/ports" "$@" >server.log 2>&1 &
    SERVER_PID=$!
    await ports_are_told
    NATS=$(jq -r '.nats[0]' ports/*.ports)
}

ports_are_told() {
    [ "$(jq -r '.nats | length' ports/*.ports 2>/dev/null)" = 1 ]
}

# record_as HOST: a recording without any container.
record_as() {
    "$C8D" --runtime simulated record -o "$NATS" --host "$1" --count 1
}

# exits FILE...: each end that was told, as "host container process run code".
exits() {
    cat "$@" 2>/dev/null | jq -r 'select(.notice == "exit") | "\(.host) \(.container) \(.process) \(.incarnation) \(.exit_code)"' | sort
}

# What workers in the background have said is told when a test fails.
teardown() {
    local child

    cat worker.err 2>/dev/null || true
    for child in $(jobs -p); do
        kill -KILL "$child" 2>/dev/null || true
    done
}

# all_told FILE FILE N: waits for N ends, as long as more come.
all_told() {
    local before=-1 now=0

    while ((now < $3)) && ((now > before)); do
        before=$now
        await more_than "$1" "$2" "$before"
        # shellcheck disable=SC2086 # perhaps no file
        now=$(exits "$1" $2 | wc -l)
    done
}

more_than() {
    # shellcheck disable=SC2086 # perhaps no file
    [ "$(exits "$1" $2 | wc -l)" -gt "$3" ]
}

@test "three recorders, two workers, one of them killed: nothing is lost, nothing is told twice" {
    local host recorders=() one two

    for host in h1 h2.example h3; do
        "$C8D_LIVES" "$NATS" "$host" 60 &
        recorders+=($!)
    done
    "$C8D" replay "$NATS" --follow --worker 1/2 -o one 2>>worker.err &
    one=$!
    "$C8D" replay "$NATS" --follow --worker 2/2 -o two 2>>worker.err &
    two=$!
    # Killed with messages in its hands, more than once.
    for _ in 1 2 3 4 5; do
        before=$(exits one | wc -l)
        await eval '[ "$(exits one | wc -l)" -gt "$before" ] || gone "${recorders[0]}"'
        kill -KILL "$one"
        wait "$one" || true
        "$C8D" replay "$NATS" --follow --worker 1/2 -o one 2>>worker.err &
        one=$!
    done
    for pid in "${recorders[@]}"; do
        ended "$pid"
        [ "$status" -eq 0 ]
    done
    all_told one two 360
    kill -TERM "$one" "$two"
    ended "$one"
    ended "$two"
    # 60 containers on each of 3 hosts, each with an exec; the code is told by the number.
    for host in h1 h2.example h3; do
        for n in $(seq 0 59); do
            echo "$host web-$n web-$n 1 $((n % 7))"
            echo "$host web-$n probe 1 0"
        done
    done | sort >expected
    exits one two | diff expected -
    # Both had their share.
    [ "$(exits one | wc -l)" -gt 60 ]
    [ "$(exits two | wc -l)" -gt 60 ]
    # A worker that comes when all is told has nothing to add.
    cp one before
    run -0 --separate-stderr c8d replay "$NATS" --worker 1/2 -o one
    diff before one
}

@test "a server that goes away and comes again loses nothing" {
    local port=${NATS##*:}

    "$C8D_LIVES" "$NATS" h1 40 &
    local recorder=$!
    "$C8D" replay "$NATS" --follow -o all 2>>worker.err &
    local worker=$!
    await eval '[ "$(exits all | wc -l)" -ge 10 ]'
    kill -KILL "$SERVER_PID"
    wait "$SERVER_PID" || true
    rm -f ports/*
    nats-server --addr 127.0.0.1 --port "$port" --store_dir "$PWD/store" --jetstream >>server.log 2>&1 &
    SERVER_PID=$!
    ended "$recorder"
    [ "$status" -eq 0 ]
    all_told all "" 80
    kill -TERM "$worker"
    ended "$worker"
    [ "$(exits all | wc -l)" -eq 80 ]
    [ "$(exits all | sort -u | wc -l)" -eq 80 ]
}

@test "the command records there, with its host's name" {
    run -0 record_as node-1.example
    run -0 c8d replay "$NATS" --durable look
    run -0 c8d --runtime simulated record -o "$NATS" --count 1
}

@test "secrets come from the environment or a file, never from the address" {
    kill -KILL "$SERVER_PID"
    wait "$SERVER_PID" || true
    rm -f ports/*
    start_server --jetstream --user ann --pass secret
    fails 2 "Authentication Violation" record_as h1
    C8D_NATS_USER=ann C8D_NATS_PASSWORD=secret run -0 record_as h1
    fails 2 "no user or password in an address" c8d --runtime simulated record -o "nats://ann:secret@${NATS#nats://}"
    fails 2 "no user or password in an address" c8d replay "nats://ann:secret@${NATS#nats://}"
}

@test "a server that is none, or has no streams, is one clear line" {
    fails 2 "No server available" c8d replay nats://127.0.0.1:1
    fails 2 "No server available" c8d --runtime simulated record -o nats://127.0.0.1:1
    kill -KILL "$SERVER_PID"
    wait "$SERVER_PID" || true
    rm -f ports/*
    start_server
    fails 2 "stream C8D" record_as h1
    fails 2 "stream C8D" c8d replay "$NATS"
}

@test "wrong words are refused" {
    fails 2 "not I/N" c8d replay "$NATS" --worker 3/2
    fails 2 "not I/N" c8d replay "$NATS" --worker 0/2
    fails 2 "not a number of partitions" c8d replay "$NATS" --partitions 0
    fails 2 "not a name for NATS" c8d replay "$NATS" --stream a.b
    fails 2 "not a consumer's name" c8d replay "$NATS" --durable 'a b'
    fails 2 "one server alone" c8d replay "$NATS" file
    fails 2 "no file to be rotated" c8d record -o "$NATS" --append
}
