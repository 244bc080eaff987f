# SPDX-License-Identifier: Apache-2.0
# The command on the runtime in memory.

load helpers

@test "run passes both outputs on and ends with the code" {
    run --separate-stderr simulated run --rm one sh -c 'echo out; echo err >&2; exit 7'
    [ "$status" -eq 7 ]
    [ "$output" = out ]
    [ "$stderr" = err ]
}

@test "run -i passes our input on up to its end" {
    run --separate-stderr simulated run --rm -i one cat <<<"hello"
    [ "$status" -eq 0 ]
    [ "$output" = hello ]
}

@test "run without -i leaves our input alone" {
    printf 'first\nsecond\n' | {
        simulated run --rm one echo hello
        read -r line
        [ "$line" = first ]
    }
}

@test "run ends with 137 for an out-of-memory kill" {
    run -137 simulated run --rm one hog
}

@test "a command that does not exist is 127" {
    fails 127 "not found" simulated run --rm one nosuch
}

@test "each command is a world of its own" {
    simulated run one true
    run --separate-stderr simulated ps --json
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    fails 125 "not found" simulated exec one true
}

@test "signals are forwarded" {
    local signal

    for signal in INT TERM HUP QUIT USR1 USR2; do
        rm -f "$BATS_TEST_TMPDIR/out"
        "$C8D" --runtime simulated run --rm one sh -c 'echo ready; sleep 600' >"$BATS_TEST_TMPDIR/out" &
        await holds "$BATS_TEST_TMPDIR/out" ready
        kill -s "$signal" $!
        ended $!
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
    done
}

@test "a signal that the container ignores does not end the command" {
    "$C8D" --runtime simulated run --rm one sh -c "trap '' TERM; echo ready; sleep 600" >"$BATS_TEST_TMPDIR/out" &
    await holds "$BATS_TEST_TMPDIR/out" ready
    kill -TERM $!
    kill -USR1 $!
    ended $!
    [ "$status" -eq 138 ]
}

@test "shared options may stand before and after the subcommand" {
    run -3 "$C8D" run --runtime simulated --rm one sh -c 'exit 3'
    run -3 "$C8D" --timeout 5 --runtime simulated run --rm one sh -c 'exit 3'
}

@test "options after the ID are the command's" {
    run simulated run --rm one echo --json -d --rm
    [ "$status" -eq 0 ]
    [ "$output" = "--json -d --rm" ]
    run simulated run --rm one -- echo --
    [ "$output" = "--" ]
}

@test "run -d and create print an object with --json" {
    run -0 simulated run -d --json one sleep 600
    [ "$output" = '{"type":"started","namespace":"default","container":"one"}' ]
    run -0 simulated create --json -n other one sleep 600
    [ "$output" = '{"type":"created","namespace":"other","container":"one"}' ]
}

@test "run -d prints the ID" {
    run simulated run -d one sleep 600
    [ "$status" -eq 0 ]
    [ "$output" = one ]
}

@test "version tells both" {
    run simulated version --json
    [ "$status" -eq 0 ]
    [ "$(jq -r '.type, .runtime' <<<"$output" | paste -sd' ')" = "version simulated" ]
}

@test "--verbose tells at the end what was asked" {
    run --separate-stderr simulated --verbose run --rm one true
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [[ $stderr =~ ^calls\ [0-9]+,\ events\ [0-9]+, ]]
}

@test "run --record can be replayed" {
    local file="$BATS_TEST_TMPDIR/recording"

    run -3 simulated run --rm --record "$file" one sh -c 'exit 3'
    run -0 c8d replay --json "$file"
    [ "$(jq -r 'select(.type == "run") | "\(.container) \(.state) \(.exit_code)"' <<<"$output")" = "one deleted 3" ]
}
