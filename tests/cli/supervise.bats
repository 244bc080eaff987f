# SPDX-License-Identifier: Apache-2.0
# c8d supervise: a private containerd of its own.

load helpers

setup() {
    # The path of a unix socket has to be short.
    KEPT=$(mktemp -d /tmp/c8d-keep.XXXXXX)
}

teardown() {
    local child

    for child in $(jobs -p); do
        kill -KILL "$child" 2>/dev/null || true
    done
    c8d supervise --directory "$KEPT/c" --stop >/dev/null
    rm -rf --one-file-system "$KEPT"
}

supervise() {
    # In the background without the descriptors of bats, which would wait for the server that is left running.
    "$C8D" supervise --directory "$KEPT/c" "$@" >>"$KEPT/out" 2>>"$KEPT/err" 3>&- 4>&- &
    SUPERVISOR=$!
}

# ups N: so many notices of one that answers.
ups() {
    [[ $(grep -c '"up"' "$KEPT/out") -ge $1 ]]
}

@test "it is kept, and stopped at the end" {
    local pid

    supervise --json --log-level warn
    await ups 1
    pid=$(jq .pid "$KEPT/out")
    [ "$pid" = "$(cat "$KEPT/c/containerd.pid")" ]
    c8d --address "$KEPT/c/containerd.sock" version
    kill -KILL "$pid"
    await ups 2
    kill -TERM "$SUPERVISOR"
    ended "$SUPERVISOR"
    [ "$status" -eq 0 ]
    run jq -r '[.notice, .generation, .exit_code] | @csv' "$KEPT/out"
    [ "$output" = '"up",1,
"down",1,137
"up",2,
"down",2,0' ]
    [ ! -s "$KEPT/err" ]
    [ ! -e "$KEPT/c/containerd.pid" ]
}

@test "it is left running, taken over, and stopped by another" {
    local pid

    supervise --json --leave
    await ups 1
    pid=$(jq .pid "$KEPT/out")
    kill -INT "$SUPERVISOR"
    ended "$SUPERVISOR"
    [ "$status" -eq 0 ]
    kill -0 "$pid"
    supervise --json --leave
    await ups 2
    [ "$(jq -s '.[1] | [.pid, .adopted] == ['"$pid"', true]' "$KEPT/out")" = true ]
    kill -TERM "$SUPERVISOR"
    ended "$SUPERVISOR"
    run -0 c8d supervise --directory "$KEPT/c" --stop
    [ "$output" = "down pid $pid code unknown" ]
    await gone "$pid"
    run -0 c8d supervise --directory "$KEPT/c" --stop
    [ -z "$output" ]
}

@test "what cannot be started is one clear line" {
    fails 2 "/nonexistent: No such file or directory" c8d supervise --directory "$KEPT/c" --containerd /nonexistent
    fails 2 "not valid: 'loud'" c8d supervise --directory "$KEPT/c" --log-level loud
    fails 2 "directory: not valid: 'here'" c8d supervise --directory here
    fails 2 "not a score" c8d supervise --directory "$KEPT/c" --oom-score 2000
    fails 2 "no such file" c8d supervise --directory "$KEPT/c" --config /nonexistent.toml/x --address "$KEPT/s"
    run -2 --separate-stderr c8d supervise --directory "$KEPT/c" --containerd /bin/false
    [[ $output == "down pid "*" code 1" ]]
    [[ $stderr == "c8d: supervise: it has ended before it answered; see $KEPT/c/containerd.log" ]]
}

@test "a configuration that containerd refuses is told, with the place of its log" {
    mkdir "$KEPT/c"
    echo 'version = "two"' >"$KEPT/c/mine.toml"
    run -2 --separate-stderr c8d supervise --directory "$KEPT/c" --config "$KEPT/c/mine.toml" --address "$KEPT/c/s"
    [[ $stderr == "c8d: supervise: it has ended before it answered; see $KEPT/c/containerd.log" ]]
    [ -s "$KEPT/c/containerd.log" ]
}
