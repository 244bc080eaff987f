#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What c8d replay draws, as far as it can be judged without a browser (see tests/page). Needs no containerd.
# shellcheck disable=SC2016,SC2154

load helpers

setup() {
    LOGS="$BATS_TEST_DIRNAME/../data/logs"
    cd "$BATS_TEST_TMPDIR" || return
}

# data PAGE: the JSON in a page.
data() {
    sed -n 's/.*<script id="data"[^>]*>\(.*\)<\/script>.*/\1/p' "$1"
}

@test "--html writes a page beside what is printed, and keeps the exit code" {
    run -0 --separate-stderr c8d replay --html page.html "$LOGS/healthy.log"
    [[ ${lines[-1]} == *"3 containers, 8 runs, 0 anomalies" ]]
    [ -z "$stderr" ]
    [ "$(data page.html | jq -c '[.lines, .events, (.runs | length / 8), (.anomalies | length)]')" = '[39,37,8,0]' ]
    run -1 --separate-stderr c8d replay --json --html page.html "$LOGS/duplicate-exit.log"
    [ "$(data page.html | jq -r '.anomalies[0][3]')" = duplicate-exit ]
}

@test "the page has nothing of the network, and what runs in it carries the page's own number" {
    c8d replay --html page.html "$LOGS/healthy.log" >/dev/null
    [ "$(grep -ciE '(src|href)="?(https?:)?//|@import|url\([^#]' page.html)" -eq 0 ]
    nonce=$(sed -n "s/.*script-src 'nonce-\([0-9a-f]\{32\}\)'.*/\1/p" page.html)
    [ -n "$nonce" ]
    [ "$(grep -cE '<(script|style)' page.html)" -eq "$(grep -cE "<(script|style)[^>]* nonce=\"$nonce\"" page.html)" ]
    c8d replay --html other.html "$LOGS/healthy.log" >/dev/null
    [ "$(grep -c "$nonce" other.html)" -eq 0 ]
}

@test "--container leaves the others out of the page" {
    c8d replay --container hog --html page.html "$LOGS/healthy.log" >/dev/null
    [ "$(data page.html | jq -c .rows)" = '[["shop","hog"]]' ]
}

@test "a page that cannot be written is a failure, and no half of it stays" {
    run -2 --separate-stderr c8d replay --html nowhere/page.html "$LOGS/healthy.log"
    [[ $stderr == "c8d: replay: nowhere/page.html: No such file"* ]]
    run -2 --separate-stderr c8d replay --html /dev/full "$LOGS/healthy.log"
    [[ $stderr == "c8d: replay: /dev/full: No space left"* ]]
    [ -c /dev/full ]
    run -2 --separate-stderr bash -c 'ulimit -f 8; trap "" XFSZ; "$C8D" replay --html page.html "$1"' - "$LOGS/healthy.log"
    [[ $stderr == "c8d: replay: page.html: File too large" ]]
    [ ! -e page.html ]
}

@test "what is no event log has no page" {
    echo hello >text
    fails 2 "no line of it" c8d replay --html page.html text
    [ ! -e page.html ]
}
