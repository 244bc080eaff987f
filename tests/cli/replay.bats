#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# c8d replay on stored logs and on what is none. Needs no containerd.
# shellcheck disable=SC2016,SC2154

load helpers

setup() {
    LOGS="$BATS_TEST_DIRNAME/../data/logs"
    cd "$BATS_TEST_TMPDIR" || return
}

@test "each stored log is told as expected" {
    for log in "$LOGS"/*.log; do
        [ "${log##*/}" = containerd-0.2.log ] || c8d replay --json "$log" >told || [ $? -eq 1 ]
        [ "${log##*/}" = containerd-0.2.log ] || diff -u "${log%.log}.expected.json" told
    done
}

@test "a healthy log exits with 0, an odd one with 1" {
    run -0 --separate-stderr c8d replay "$LOGS/healthy.log"
    [[ ${lines[-1]} == "39 lines: 37 events, 2 ignored, 0 malformed; 3 containers, 8 runs, 0 anomalies" ]]
    [ -z "$stderr" ]
    run -1 --separate-stderr c8d replay "$LOGS/duplicate-exit.log"
    [[ $output == *"line 5: duplicate-exit: moby/c1, run 1: "*"containerd#2299"* ]]
    [ -z "$stderr" ]
}

@test "lines that cannot be read count for the exit code with --strict alone" {
    run -0 --separate-stderr c8d replay "$LOGS/malformed-line.log"
    [[ $output == *"line 4: malformed-line: "* ]]
    run -1 --separate-stderr c8d replay --strict "$LOGS/malformed-line.log"
    run -1 --separate-stderr c8d replay --strict "$LOGS/truncated-line.log"
    run -0 --separate-stderr c8d replay --strict "$LOGS/healthy.log"
}

@test "--container shows one container alone" {
    run -0 --separate-stderr c8d replay --json --container hog "$LOGS/healthy.log"
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[0]} == *'"container":"hog"'*'"oom":true'* ]]
    [[ ${lines[1]} == *'"containers":3,"runs":1,"anomalies":0}' ]]
    run -0 --separate-stderr c8d replay --json --container c1 "$LOGS/two-namespaces.log"
    [ "${#lines[@]}" -eq 3 ]
}

@test "the parts of a log are one log, and - is standard input" {
    head -c 3000 "$LOGS/healthy.log" >first
    tail -c +3001 "$LOGS/healthy.log" >second
    c8d replay --json first second >told
    diff "$LOGS/healthy.expected.json" told
    c8d replay --json first - <second >told
    diff "$LOGS/healthy.expected.json" told
    c8d replay --json - <"$LOGS/healthy.log" >told
    diff "$LOGS/healthy.expected.json" told
}

@test "a format that is given is the only one that is read" {
    run -0 c8d replay --format ctr "$LOGS/healthy.log"
    run -0 c8d replay --format c8d "$LOGS/recording.log"
    fails 2 "no line of it" c8d replay --format c8d "$LOGS/healthy.log"
    fails 2 "no line of it" c8d replay --format ctr "$LOGS/recording.log"
    fails 2 "no such format" c8d replay --format csv "$LOGS/healthy.log"
}

@test "each format is found by itself, and can be asked for" {
    local log
    for log in nerdctl:nerdctl docker:docker docker:docker-json podman:podman podman:podman-journal crictl:crictl \
        containerd:containerd-1.7-cri; do
        run -0 --separate-stderr c8d replay --json "$LOGS/${log#*:}.log"
        printf '%s\n' "${lines[@]}" >told
        diff "$LOGS/${log#*:}.expected.json" told
        c8d replay --json --format "${log%:*}" "$LOGS/${log#*:}.log" | diff told -
    done
    fails 2 "no line of it" c8d replay --format docker "$LOGS/podman-json.log"
}

@test "what is no event log is refused with one line and 2" {
    : >empty
    head -c 100000 "$C8D" >binary
    echo "hello" >text
    fails 2 "empty: empty" c8d replay empty
    fails 2 "binary: binary" c8d replay binary
    fails 2 "text: no line of it" c8d replay text
    fails 2 "containerd-0.2.log: the table that containerd 0.2 printed" c8d replay "$LOGS/containerd-0.2.log"
    fails 2 "nowhere: No such file" c8d replay nowhere
    fails 2 ".: Is a directory" c8d replay .
    fails 2 "nowhere: No such file" c8d replay "$LOGS/healthy.log" nowhere
}

@test "what cannot be printed is a failure" {
    run -2 --separate-stderr bash -c '"$C8D" replay --json "$1" >/dev/full' - "$LOGS/healthy.log"
    [[ $stderr == "c8d: standard output: "* ]]
    # Whoever reads had enough.
    bash -c '"$C8D" replay --json "$1" | head -n 1' - "$LOGS/healthy.log" >told
    [ "$(wc -l <told)" -eq 1 ]
}
