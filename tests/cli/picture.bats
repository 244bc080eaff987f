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

@test "--svg draws one container, well-formed" {
    c8d replay --container web --svg web.svg "$LOGS/healthy.log" >/dev/null
    python3 - <<'END'
import xml.etree.ElementTree as tree
svg = tree.parse("web.svg").getroot()
texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
assert {"shop/web", "web", "check-1", "check-2", "typo", "worker", "137", "0", "1"} <= set(texts), texts
assert not any("hog" in (text or "") for text in texts), texts
END
    c8d replay --container c1 --svg two.svg "$LOGS/two-namespaces.log" >/dev/null
    [ "$(grep -c '>c1</text>' two.svg)" -eq 2 ]
}

@test "--svg wants a container, and one that is in the log" {
    fails 2 "name it with --container" c8d replay --svg web.svg "$LOGS/healthy.log"
    run -2 --separate-stderr c8d replay --container nobody --svg web.svg "$LOGS/healthy.log"
    [[ $stderr == "c8d: replay: no container 'nobody' in the log" ]]
    [ ! -e web.svg ]
}

@test "--timeline is as wide as it is told, and plain where there is no terminal" {
    local width

    for width in 40 80 133; do
        COLUMNS=$width c8d replay --timeline "$LOGS/healthy.log" >told
        [ "$(grep '^web ' told | wc -L)" -le "$width" ]
        [ "$(sed -n '/^line /p' told | wc -L)" -eq $((width - 14)) ]
    done
    [ "$(LC_ALL=C grep -c $'[^ -~]' told)" -eq 0 ]
    grep -q '^hog .*o.*x-* *deleted 137$' told
    fails 2 "for people" c8d replay --timeline --json "$LOGS/healthy.log"
}

# terminal COLUMNS COMMAND: what it shows on a terminal.
terminal() {
    script -qec "stty cols $1; $2" /dev/null
}

@test "--timeline has colours on a terminal, unless NO_COLOR is set" {
    terminal 100 "LC_ALL=C.UTF-8 TERM=xterm '$C8D' replay --timeline '$LOGS/healthy.log'" >told
    grep -q $'\033\[32m\xe2\x96\x88' told
    terminal 100 "LC_ALL=C NO_COLOR=1 TERM=xterm '$C8D' replay --timeline '$LOGS/healthy.log'" >told
    [ "$(grep -c $'\033' told)" -eq 0 ]
    [ "$(grep '^line ' told | tr -d '\r' | wc -L)" -eq 86 ]
    terminal 100 "LC_ALL=C TERM=dumb '$C8D' replay --timeline '$LOGS/healthy.log'" >told
    [ "$(grep -c $'\033' told)" -eq 0 ]
}

@test "--timeline folds many execs, and shows them with --container" {
    for n in 1 2 3 4 5 6; do
        echo "2026-01-02 00:00:0$n +0000 UTC default /tasks/exec-added {\"container_id\":\"web\",\"exec_id\":\"e$n\"}"
    done >log
    c8d replay --timeline log >told
    grep -q '(6 execs; --container shows them)' told
    c8d replay --timeline --container web log >told
    [ "$(grep -cE '^  e[1-6] ' told)" -eq 6 ]
}
