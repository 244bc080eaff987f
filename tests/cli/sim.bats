#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# c8d sim: worlds from a seed. Needs no containerd.
# shellcheck disable=SC2016,SC2154

load helpers

setup() {
    cd "$BATS_TEST_TMPDIR" || return
}

@test "the promises are kept in many worlds" {
    run -0 --separate-stderr c8d sim --seed 1 --runs 60 --json
    [ -z "$stderr" ]
    [ "${#lines[@]}" -eq 60 ]
    [ "$(jq -s '[.[] | .violations] | add' <<<"$output")" -eq 0 ]
    [ "$(jq -s '[.[] | .starts] | add' <<<"$output")" -gt 100 ]
}

@test "without faults every start is told and ends" {
    run -0 --separate-stderr c8d sim --seed 3 --steps 500 --containers 8 --faults none
    [[ $output =~ ^"seed 3: 500 steps, 8 containers: "[0-9]+" notices, "([0-9]+)" starts, "([0-9]+)" ends, all promises kept"$ ]]
    [ "${BASH_REMATCH[1]}" -gt 20 ]
}

@test "a seed says it all, and its recording replays" {
    c8d sim --seed 9 --json -o one.c8d >one
    c8d sim --seed 9 --json -o two.c8d >two
    diff one two
    # The wall clock apart.
    diff <(sed 's/^[0-9a-f]* {"time":[0-9]*//' one.c8d) <(sed 's/^[0-9a-f]* {"time":[0-9]*//' two.c8d)
    c8d replay --json --strict one.c8d >told || [ $? -eq 1 ]
    [ "$(jq -r 'select(.type == "run") | .state' told | sort -u)" = deleted ]
}

@test "a plan can be cut down by hand" {
    run -0 --separate-stderr c8d sim --seed 9 --only 3,7,20,9999 --json
    [ "$(jq .steps <<<"$output")" -eq 3 ]
    # A number is not the beginning of another.
    run -0 --separate-stderr c8d sim --seed 9 --only 20 --json
    [ "$(jq .steps <<<"$output")" -eq 1 ]
}

@test "wrong words are refused" {
    fails 2 "no such fault: 'rain'" c8d sim --faults rain
    fails 2 "not a rate" c8d sim --faults event-lost=1001
    fails 2 "not a number from 1 to 64: '65'" c8d sim --containers 65
    fails 2 "not a number" c8d sim --seed x
    fails 2 "unexpected argument" c8d sim 5
    echo mine >file
    run -2 --separate-stderr c8d sim --steps 1 -o file
    [[ $stderr == "c8d: file: it is no recording"* ]]
    [ "$(cat file)" = mine ]
    # Nothing was tried before, for it would be lost; and what can be recorded in is as it was.
    [ -z "$output" ]
    run -2 --separate-stderr c8d sim --steps 1 -o nosuch/file
    [ -z "$output" ]
    [ "$stderr" = "c8d: nosuch/file: No such file or directory" ]
    c8d sim --steps 1 -o made >/dev/null
    [ -s made ]
}
