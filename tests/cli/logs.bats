#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Questions to a log: parts of it, compressed ones, growing ones, one beside another.

# Needs no containerd.
# shellcheck disable=SC2016,SC2154

load helpers

setup() {
    LOGS="$BATS_TEST_DIRNAME/../data/logs"
    cd "$BATS_TEST_TMPDIR" || return
}

# in_bytes N FILE: the first N bytes of it one at a time, and then the rest. A pipe with a byte in it is not written to.
in_bytes() {
    python3 - "$@" <<'END'
import array, fcntl, os, sys, termios
n, path = int(sys.argv[1]), sys.argv[2]
log = open(path, "rb").read()
waiting = array.array("i", [1])
for i in range(n):
    os.write(1, log[i:i + 1])
    while fcntl.ioctl(1, termios.FIONREAD, waiting) == 0 and waiting[0] > 0:
        os.sched_yield()
sys.stdout.buffer.write(log[n:])
END
}

@test "gzip and zstd files are read as they are, several members too" {
    head -n 10 "$LOGS/healthy.log" | gzip >part.gz
    tail -n +11 "$LOGS/healthy.log" | gzip >>part.gz
    zstd -q "$LOGS/healthy.log" -o whole.zst
    c8d replay --json part.gz | diff "$LOGS/healthy.expected.json" -
    c8d replay --json whole.zst | diff "$LOGS/healthy.expected.json" -
    c8d replay --json - <whole.zst | diff "$LOGS/healthy.expected.json" -
    head -c 200 part.gz >short.gz
    fails 2 "short.gz: damaged: it ends too early" c8d replay short.gz
    head -c 200 whole.zst >short.zst
    fails 2 "short.zst: damaged: it ends too early" c8d replay short.zst
    { head -c 100 whole.zst; head -c 1000 /dev/zero; } >bad.zst
    fails 2 "bad.zst: damaged: it cannot be unpacked" c8d replay bad.zst
    : | gzip >empty.gz
    fails 2 "empty.gz: empty" c8d replay empty.gz
}

@test "a byte order mark is none of the first line, wherever the pieces end" {
    local mark=$'\xef\xbb\xbf'
    { printf %s "$mark"; cat "$LOGS/healthy.log"; } >marked.log
    c8d replay --json marked.log | diff "$LOGS/healthy.expected.json" -
    gzip -k marked.log
    c8d replay --json marked.log.gz | diff "$LOGS/healthy.expected.json" -
    # Each part of a log has its own.
    { printf %s "$mark"; head -n 10 "$LOGS/healthy.log"; } >1.log
    { printf %s "$mark"; tail -n +11 "$LOGS/healthy.log"; } >2.log
    c8d replay --json 1.log 2.log | diff "$LOGS/healthy.expected.json" -
    # A byte a piece: each is written when the one before it has been read.
    in_bytes 4 marked.log | c8d replay --json - | diff "$LOGS/healthy.expected.json" -
    # What only begins as a mark does is the text's.
    { printf '\xef\xbb'; cat "$LOGS/healthy.log"; } >half.log
    c8d replay --json half.log | grep -q '"malformed":1\b'
    printf %s "$mark" >alone.log
    fails 2 "alone.log: empty" c8d replay alone.log
}

@test "a log in UTF-16 is said to be that, and how to convert it" {
    local order log
    for order in LE:'\xff\xfe' BE:'\xfe\xff'; do
        log=${order%%:*}.log
        # shellcheck disable=SC2059
        { printf "${order#*:}"; iconv -f UTF-8 -t "UTF-16${order%%:*}" "$LOGS/healthy.log"; } >"$log"
        fails 2 "$log: UTF-16, which cannot be read; iconv -f UTF-16 -t UTF-8 " c8d replay "$log"
        iconv -f UTF-16 -t UTF-8 "$log" | c8d replay --json - | diff "$LOGS/healthy.expected.json" -
    done
    gzip -k LE.log
    fails 2 "LE.log.gz: UTF-16" c8d replay LE.log.gz
}

@test "several jobs print the same" {
    local log
    for log in healthy docker conflicting-exit recording malformed-line; do
        c8d replay --json --jobs 3 "$LOGS/$log.log" | diff "$LOGS/$log.expected.json" -
    done
    # The page, too, but for the number that is another each time.
    c8d replay --json --html one.html "$LOGS/healthy.log" >/dev/null
    c8d replay --json --jobs 3 --html three.html "$LOGS/healthy.log" >/dev/null
    diff <(sed 's/nonce[-=]"\?[0-9a-f]*//g' one.html) <(sed 's/nonce[-=]"\?[0-9a-f]*//g' three.html)
    fails 2 "not a number of jobs" c8d replay --jobs 0 "$LOGS/healthy.log"
}

@test "--until takes the log for one that ends there, by line or by time" {
    head -n 10 "$LOGS/healthy.log" >begin
    c8d replay --json begin >expected
    c8d replay --json --until 10 "$LOGS/healthy.log" | diff expected -
    # The time of the tenth line.
    c8d replay --json --until "$(sed -n '10s/^\([^ ]*\) \([^ ]*\) .*/\1T\2Z/p' "$LOGS/healthy.log")" "$LOGS/healthy.log" |
        diff expected -
    c8d replay --json --until 10 - <"$LOGS/healthy.log" | diff expected -
    fails 2 "neither a time nor a line" c8d replay --until yesterday "$LOGS/healthy.log"
    fails 2 "no event of it is as early as --until" c8d replay --until 2001-01-01 "$LOGS/healthy.log"
    fails 2 "no event of it is as early as --state-at" c8d replay --state-at 2001-01-01 "$LOGS/healthy.log"
    echo "a text" >text
    fails 2 "no line of it is one of an event log" c8d replay --until 2001-01-01 text
}

# Its third line is stamped before its second.
@test "times are no order" {
    run -1 --separate-stderr c8d replay --json "$LOGS/out-of-order-time.log"
    local odd
    odd=$(sed -n 's/.*"kind":"out-of-order-time","line":\([0-9]*\).*/\1/p' <<<"$output")
    at=$(sed -n "${odd}s/^\([^ ]*\) \([^ ]*\) .*/\1 \2/p" "$LOGS/out-of-order-time.log")
    head -n "$odd" "$LOGS/out-of-order-time.log" >begin
    c8d replay --json begin >expected || true
    # Up to it is up to its line, whatever later time stands before it.
    c8d replay --json --until "$at" "$LOGS/out-of-order-time.log" >told || true
    diff expected told
}

@test "--state-at shows how things stood, and nothing else" {
    run -0 --separate-stderr c8d replay --json --state-at 5 "$LOGS/conflicting-exit.log"
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[0]} == *'"state":"stopped"'*'"exit_code":0,'* ]]
    [[ ${lines[1]} == *'"runs":1,"anomalies":0}' ]]
    run -0 --separate-stderr c8d replay --json --state-at 3 "$LOGS/conflicting-exit.log"
    [[ ${lines[0]} == *'"state":"running"'*'"exit_code":null,'* ]]
    # Of the same name's runs the last one alone.
    run -0 --separate-stderr c8d replay --json --state-at 99999 --container web "$LOGS/healthy.log"
    [ "$(grep -c '"process":"web"' <<<"$output")" -eq 1 ]
    [ -z "$stderr" ]
    fails 2 "both say where the log ends" c8d replay --until 3 --state-at 3 "$LOGS/healthy.log"
}

@test "a name of which the log has nothing is mentioned" {
    run -0 --separate-stderr c8d replay --container wbe "$LOGS/healthy.log"
    [ "$stderr" = "c8d: replay: no run and no anomaly of 'wbe' to be shown" ]
    run -0 --separate-stderr c8d replay --json --namespace nobody "$LOGS/healthy.log"
    [ "$stderr" = "c8d: replay: no run and no anomaly in namespace 'nobody' to be shown" ]
}

@test "--since shows what was not over before" {
    run -0 --separate-stderr c8d replay --json --since 38 "$LOGS/healthy.log"
    [ "$(grep -c '"type":"run"' <<<"$output")" -eq 1 ]
    [[ $output == *'"container":"db"'* ]]
    run -0 --separate-stderr c8d replay --json --since 2030-01-01 "$LOGS/healthy.log"
    [ "${#lines[@]}" -eq 1 ]
}

@test "--namespace shows one alone" {
    run -0 --separate-stderr c8d replay --json --namespace k8s.io "$LOGS/two-namespaces.log"
    [ "$(grep -c '"namespace":"k8s.io"' <<<"$output")" -eq 1 ]
    [ "$(grep -c '"namespace":"moby"' <<<"$output")" -eq 0 ]
}

@test "--explain tells the story of one anomaly" {
    run -1 --separate-stderr c8d replay --explain 1 "$LOGS/conflicting-exit.log"
    [[ ${lines[0]} == "conflicting-exit, line 5, of moby/c1, run 1" ]]
    [[ $output == *">       5 "*"exit"*"duplicate"*"run 1: stopped, pid 100, code 0"* ]]
    [[ $output == *"containerd#4769"* ]]
    run -1 --separate-stderr c8d replay --json --explain 2 "$LOGS/docker-dies-twice.log"
    [[ $output == *'"type":"story","line":6,'* ]]
    [[ ${lines[-1]} == *'"type":"anomaly","kind":"missing-exit","line":6,'* ]]
    run -1 --separate-stderr c8d replay --explain 1 - <"$LOGS/duplicate-exit.log"
    [[ ${lines[0]} == "duplicate-exit, "* ]]
    fails 2 "there is no anomaly 2; 1 are shown" c8d replay --explain 2 "$LOGS/conflicting-exit.log"
    fails 2 "there is no anomaly 1; 0 are shown" c8d replay --explain 1 "$LOGS/healthy.log"
}

# shows N PATTERN: until so many lines of `told` match.
shows() {
    await_true 20 "[ \$(grep -c -- '$2' told) -ge $1 ]"
}

await_true() {
    local tries=0
    until eval "$2"; do
        tries=$((tries + 1))
        [ "$tries" -lt $(($1 * 10)) ] || { cat told; false; }
        sleep 0.1
    done
}

# is_at_begin PID: it has the file `log` open, and nothing of it was read.
is_at_begin() {
    local fd
    for fd in "/proc/$1/fd"/*; do
        if [ "$(readlink "$fd")" = "$PWD/log" ] && grep -qE '^pos:[[:space:]]*0$' "/proc/$1/fdinfo/${fd##*/}"; then
            return 0
        fi
    done
    return 1
}

@test "--follow waits for more, also when the log is put aside or cut" {
    head -n 3 "$LOGS/conflicting-exit.log" >log
    "$C8D" replay --follow --json log >told 2>said &
    local follower=$!
    sed -n 4,5p "$LOGS/conflicting-exit.log" >>log
    shows 1 conflicting-exit
    mv log log.1
    sed -n 5p "$LOGS/conflicting-exit.log" >log
    shows 2 '"anomaly"'
    sed -n 5p "$LOGS/conflicting-exit.log" >>log.1
    cp log copy
    : >log
    # A log that is cut and written again within a moment cannot be told from one that grew.
    await_true 20 "is_at_begin $follower"
    cat copy copy >>log
    shows 4 '"anomaly"'
    kill "$follower"
    local status=0
    wait "$follower" || status=$?
    [ "$status" -eq 1 ]
    [[ $(tail -n 1 told) == *'"type":"summary"'*'"anomalies":4}' ]]
    [ ! -s said ]
    fails 2 "does not go with" c8d replay --follow --until 3 log
}

@test "two logs of the same host say the same, or what one lacks" {
    run -0 --separate-stderr c8d diff "$LOGS/docker.log" "$LOGS/docker-ctr.log"
    [ "$output" = "14 runs are the same; 0 differences" ]
    # Codes are others.
    sed 's/"exit_status":5,/"exit_status":6,/' "$LOGS/docker-ctr.log" >wrong
    run -1 --separate-stderr c8d diff --json "$LOGS/docker-json.log" wrong
    [ "$(grep -c '"what":"code".*"exit_code_a":5,"exit_code_b":6' <<<"$output")" -eq 4 ]
    [[ ${lines[-1]} == '{"type":"summary","same":10,"differences":4}' ]]
    # The ends of one container are not there, and follow from what comes after them; or from nothing.
    grep -v '"exit_status":5' "$LOGS/docker-ctr.log" >lossy
    run -1 --separate-stderr c8d diff "$LOGS/docker-json.log" lossy
    [ "$(grep -c ': code 5 (.*), and code unknown (lossy, line ' <<<"$output")" -eq 4 ]
    run -1 --separate-stderr c8d diff --json lossy "$LOGS/docker-json.log"
    [ "$(grep -c '"what":"code".*"exit_code_a":null,"exit_code_b":5' <<<"$output")" -eq 4 ]
    grep -v '"exit_status":5\|/containers/delete' "$LOGS/docker-ctr.log" >lossy
    run -1 --separate-stderr c8d diff "$LOGS/docker-json.log" lossy
    [[ $output == *": deleted ("*"), and running (lossy, line "* ]]
    # podman's text has no codes, and does not tell what they are for.
    sed 's/"ContainerExitCode":5/&,"OOMKilled":true/' "$LOGS/podman-json.log" >killed
    run -0 --separate-stderr c8d diff killed "$LOGS/podman.log"
    run -1 --separate-stderr c8d diff killed "$LOGS/podman-json.log"
    [[ $output == *": out of memory (killed, line "*"), and no lack of memory ("* ]]
    grep -v '"Action":"die"' "$LOGS/docker-json.log" | grep -v '"name":"hog"' >deaf
    run -1 --separate-stderr c8d diff "$LOGS/docker.log" deaf
    [[ $output == *": a run that ended with code 137 is in $LOGS/docker.log alone (line "* ]]
    fails 2 "two logs are wanted" c8d diff "$LOGS/docker.log"
    fails 2 "nowhere: No such file" c8d diff "$LOGS/docker.log" nowhere
    echo hello >text
    fails 2 "text: no line of it" c8d diff "$LOGS/docker.log" text
}

@test "shrink leaves what an anomaly needs, and no more" {
    cat "$LOGS/healthy.log" "$LOGS/conflicting-exit.log" "$LOGS/restarts.log" >log
    c8d shrink log >small
    [ "$(wc -l <small)" -le 3 ]
    run -1 --separate-stderr c8d replay --json small
    [[ $output == *'"kind":"conflicting-exit"'*'"container":"c1"'* ]]
    local n
    for ((n = 1; n <= $(wc -l <small); n++)); do
        sed "${n}d" small >smaller
        run --separate-stderr c8d replay --json smaller
        [[ $output != *'"kind":"conflicting-exit"'* ]]
    done
    c8d shrink --anomaly 2 -o out "$LOGS/docker-dies-twice.log"
    run -1 --separate-stderr c8d replay --json out
    [[ $output == *'"kind":"missing-exit"'* ]]
    fails 2 "out: File exists" c8d shrink -o out "$LOGS/docker-dies-twice.log"
    run -1 --separate-stderr c8d shrink "$LOGS/healthy.log"
    [[ $stderr == "c8d: shrink: "*"there is no anomaly 1" ]]
}
