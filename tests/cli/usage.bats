# SPDX-License-Identifier: Apache-2.0
# Bad input: one line, the right code, and nothing made.

load helpers

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export C8D_ADDRESS="$BATS_TEST_TMPDIR/nosuch.sock"
}

@test "words that are none of the command's" {
    fails 2 "no subcommand" c8d
    fails 2 "no such subcommand: 'frobnicate'" c8d frobnicate
    fails 2 "'--frobnicate'" c8d --frobnicate ps
    fails 2 "'--frobnicate'" c8d ps --frobnicate
    fails 2 "unexpected argument 'x'" c8d ps x
    fails 2 "unexpected argument 'b'" c8d kill a b
    fails 125 "'--rootfs'" c8d run --rootfs
    fails 125 "'--frobnicate'" c8d exec --frobnicate a true
}

@test "missing words" {
    fails 125 "no container ID" c8d run --rootfs /
    fails 125 "neither --bundle nor --rootfs" c8d run a
    fails 125 "no container ID" c8d exec
    fails 125 "no command" c8d exec a
    fails 2 "no container ID" c8d kill
    fails 2 "no container ID" c8d delete
    fails 2 "no file" c8d record
    fails 2 "no file" c8d replay
}

@test "words that contradict each other" {
    fails 125 "not with --detach" c8d run -d --rm --rootfs / a
    fails 125 "--content-store goes with --restore-from" c8d run --content-store --rootfs / a
    fails 125 "--content-store goes with --restore-from" c8d start --content-store a
    fails 2 "only containerd has a content store" simulated checkpoint --content-store a image
    fails 125 "either --bundle or --rootfs" c8d run --bundle / --rootfs / a
    fails 2 "standard output" c8d record -o - --json
    fails 2 "not with --json" c8d shrink --json "$BATS_TEST_DIRNAME/../data/logs/duplicate-exit.log"
}

@test "a checkpoint that nobody was asked for leaves no directory, and takes none" {
    cd "$BATS_TEST_TMPDIR"
    fails 2 "checkpoint: a: " simulated checkpoint a image
    [ ! -e image ]
    fails 2 "nowhere" c8d --address "$BATS_TEST_TMPDIR/nowhere" --timeout 1 checkpoint a image
    [ ! -e image ]
    fails 2 "only containerd has a content store" simulated checkpoint --content-store a image/
    [ ! -e image ]
    mkdir image
    fails 2 "checkpoint: a: " simulated checkpoint a image
    [ -d image ]
}

@test "values that are none" {
    fails 2 "not a number of seconds: 'soon'" c8d --timeout soon ps
    fails 2 "not a number of seconds: '-1'" c8d --timeout -1 ps
    fails 2 "not a number of seconds: 'nan'" c8d --timeout nan ps
    fails 2 "not a number of seconds: '0x10'" c8d --timeout 0x10 ps
    fails 2 "not a number of seconds: ' 5'" c8d --timeout ' 5' ps
    fails 2 "not a number of seconds: '1.2.3'" c8d --timeout 1.2.3 ps
    fails 2 "not a number of seconds: ''" c8d --timeout '' ps
    fails 2 "no such runtime: 'x'" c8d --runtime x ps
    C8D_RUNTIME=x fails 2 "no such runtime: 'x'" c8d ps
    fails 2 "the runtime local is the Host Compute Service of Windows" c8d --runtime local ps
    C8D_RUNTIME=local fails 2 "Host Compute Service" c8d ps
    fails 2 "no such transport: 'x'" c8d --transport x ps
    C8D_TRANSPORT=x fails 2 "C8D_TRANSPORT: no such transport: 'x'" c8d ps
    fails 2 "no such signal: 'NOSUCH'" c8d kill -s NOSUCH a
    fails 2 "no such signal: '0'" c8d kill -s 0 a
    fails 2 "no such signal: '65'" c8d kill -s 65 a
    fails 2 "not a count: '0'" c8d events --count 0
    fails 2 "not a count: '-1'" c8d record -o x --count -1
    fails 2 "not never, interval or frame: 'often'" c8d record -o x --sync often
    fails 2 "at least 64K: '1K'" c8d record -o x --rotate-size 1K
    fails 2 "at least 64K: '9999999999999G'" c8d record -o x --rotate-size 9999999999999G
    fails 2 "--keep goes with --rotate-size" c8d record -o x --keep 3
    fails 2 "want different things" c8d record -o x --append --force
    fails 2 "no file to be rotated" c8d record -o - --append
    fails 125 "not NAME=VALUE: 'x'" c8d run --rootfs / --env x a
    fails 125 "not NAME=VALUE: '=x'" c8d run --rootfs / --env =x a
    fails 125 "not an absolute path: 'tmp'" c8d run --rootfs / --workdir tmp a
    fails 125 "not a number of bytes: 'much'" c8d run --rootfs / --memory much a
    fails 125 "not a number of bytes: '0'" c8d run --rootfs / --memory 0 a
    fails 125 "not a number of bytes: '9999999999g'" c8d run --rootfs / --memory 9999999999g a
    fails 2 "no such machine: 'x'" c8d graph x
    fails 2 "not a list of steps: 'x'" c8d sim --only x
    fails 2 "not a list of steps: '5-1'" c8d sim --only 5-1
    fails 2 "not a list of steps: '1,'" c8d sim --only 1,
    fails 2 "not to standard output" c8d replay --html - "$BATS_TEST_DIRNAME/../data/logs/healthy.log"
    fails 2 "no file" simulated record -o ''
    fails 2 "namespace: not 1 to 76 bytes" simulated -n '' ps
    fails 2 "update: nosuch: No such file or directory" simulated update a --resources nosuch
    fails 2 "update: .: Is a directory" simulated update a --resources .
    echo '[]' >resources
    fails 2 "update: resources: not an object" simulated update a --resources resources
    echo '{' >resources
    fails 2 "update: resources: line 2: " simulated update a --resources resources
    fails 2 "no such format: 'png'" c8d graph --format png
    fails 2 "either --json or --format" c8d graph --json --format dot
}

@test "a socket that nobody listens at" {
    fails 2 "$C8D_ADDRESS: No such file or directory" c8d ps
    touch plain
    fails 2 "plain: Connection refused" c8d --address "$PWD/plain" ps
    fails 2 "cannot connect to" c8d version
    fails 2 "cannot connect to" c8d events
    fails 2 "cannot connect to" c8d kill a
    fails 2 "cannot connect to" c8d delete a
    fails 125 "cannot connect to" c8d run --rootfs / a true
    fails 125 "cannot connect to" c8d exec a true
    fails 2 "address" c8d --address not/absolute ps
}

@test "a recording that nothing came into is not left behind" {
    fails 2 "cannot connect to" c8d record -o recording
    [ ! -e recording ]
    fails 125 "cannot connect to" c8d run --rootfs / --record recording a true
    [ ! -e recording ]
}

@test "a recording that is there is not replaced" {
    echo mine >recording
    fails 2 "recording: File exists (--append goes on with it, --force replaces it)" simulated record -o recording
    fails 2 "recording: File exists (--force replaces it)" \
        c8d shrink -o recording "$BATS_TEST_DIRNAME/../data/logs/duplicate-exit.log"
    fails 125 "recording: File exists" simulated run --record recording a true
    fails 2 "recording: it is no recording" simulated record -f -o recording --count 1
    fails 2 "recording: it is no recording" simulated record -a -o recording --count 1
    [ "$(cat recording)" = mine ]
    rm recording
    simulated record -o recording --count 1
    simulated record -a -o recording --count 1
    [ "$(grep -c resumed recording)" -eq 1 ]
    simulated record -f -o recording --count 1
    [ "$(grep -c resumed recording)" -eq 0 ]
    head -1 recording | grep -q c8d
}

@test "a disk that is full" {
    fails 2 "/dev/full: " simulated record -f -o /dev/full
    run --separate-stderr simulated version >/dev/null
    run -2 --separate-stderr bash -c '"$C8D" --runtime simulated version >/dev/full'
    [ "$stderr" = "c8d: standard output: No space left on device" ]
    run -125 --separate-stderr bash -c '"$C8D" --runtime simulated run --rm a echo x >/dev/full'
    [ "$stderr" = "c8d: standard output: No space left on device" ]
    run -2 --separate-stderr bash -c '"$C8D" --help >/dev/full'
    [ "$stderr" = "c8d: standard output: No space left on device" ]
}

@test "a disk that fills up while a log is followed" {
    fails 2 "standard output: No space left on device" timeout 20 \
        bash -c '"$C8D" replay --follow "$1" >/dev/full' - "$BATS_TEST_DIRNAME/../data/logs/healthy.log"
}

@test "a standard output that is closed" {
    run -2 --separate-stderr bash -c '"$C8D" --runtime simulated version >&-'
    [[ $stderr == "c8d: standard output: "* ]]
}

# unread CODE ARGUMENT...: c8d ends so, and quietly, with a standard output whose reader has gone.
unread() {
    local code=$1

    shift
    [ -p pipe ] || mkfifo pipe
    # shellcheck disable=SC2016 # the arguments are those of the shell inside
    run "-$code" --separate-stderr timeout 60 bash -c 'exec 3<>pipe 4>pipe 3<&-; exec "$C8D" "$@" >&4' - "$@"
    [[ -z $stderr ]] || shown "error of $*: $stderr"
}

@test "a standard input that is closed" {
    fails 2 "replay: -: Bad file descriptor" bash -c '"$C8D" replay - <&-'
}

@test "an output that nobody reads any more ends every subcommand quietly" {
    local logs="$BATS_TEST_DIRNAME/../data/logs"

    unread 0 --help
    unread 0 --version
    unread 0 graph
    unread 0 graph --format svg
    unread 0 sim --runs 2
    unread 0 diff "$logs/docker.log" "$logs/docker.log"
    unread 1 diff "$logs/healthy.log" "$logs/demo.log"
    unread 0 shrink "$logs/duplicate-exit.log"
    unread 0 replay --json "$logs/healthy.log"
    unread 1 replay "$logs/duplicate-exit.log"
    unread 1 replay --follow "$logs/duplicate-exit.log"
    unread 0 --runtime simulated ps
    unread 0 --runtime simulated version
    unread 0 --runtime simulated check
    unread 0 --runtime simulated stats --follow
    unread 0 --runtime simulated events
    unread 0 --runtime simulated record -o -
    unread 0 --runtime simulated run --detach a true
    # Its code is not known then, which is never 0.
    unread 125 --runtime simulated run --rm a echo x
}

@test "a log that is longer than what its reader wants" {
    local line='2024-12-11 05:54:19.191684944 +0000 UTC default /tasks/exit {"container_id":"a","id":"a","pid":7,"exit_status":0,"exited_at":"2024-12-11T05:54:19Z"}'

    for _ in {1..3000}; do
        echo "$line"
    done | gzip >log.gz
    unread 1 replay log.gz
    run -2 --separate-stderr timeout 20 bash -c '"$C8D" replay log.gz >/dev/full'
    [ "$stderr" = "c8d: standard output: not all could be written" ]
}

@test "names with characters that are not allowed" {
    fails 125 "not a container id: 'a b'" simulated run --rm 'a b' true
    fails 125 "not a container id: '../x'" simulated run --rm ../x true
    fails 125 "not a container id" simulated run --rm "$(printf 'a%.0s' {1..77})" true
    fails 2 "not a container id" simulated kill 'a/b'
    fails 2 "not a container id" simulated delete ''
    fails 125 "ID: no text (UTF-8)" simulated run --rm "$(printf 'a\xff')" true
    fails 125 "namespace: no text (UTF-8)" simulated -n "$(printf 'a\xff')" run --rm a true
    fails 125 "root file system: no text (UTF-8)" simulated run --rootfs "$(mkdir -p "$(printf '\xff')" && printf '\xff')" a true
    fails 2 "namespace" simulated -n 'a/b' ps
    fails 2 "namespace" c8d -n 'a b' ps
}

@test "names that a terminal would obey" {
    fails 2 "kill: a?[31m?b: not a container id" simulated kill "$(printf 'a\033[31m\nb')"
    fails 2 "no such machine: 'a?b'" c8d graph "$(printf 'a\nb')"
    fails 2 "a?b: No such file or directory" c8d replay "$(printf 'a\nb')"
}

@test "root file systems that are none" {
    touch plain
    fails 125 "nosuch: No such file or directory" simulated run --rootfs nosuch a
    fails 125 "plain: Not a directory" simulated run --rootfs plain a
}

@test "bundles that are none" {
    local bad

    fails 125 "nosuch: No such file or directory" simulated run --bundle nosuch a
    touch plain
    fails 125 "plain: Not a directory" simulated run --bundle plain a
    mkdir bundle
    fails 125 "config.json" simulated run --bundle bundle a
    for bad in '' '{' '[]' '{}' '{"ociVersion":"1.0.2"}' '{"ociVersion":"1.0.2","ociVersion":"1.0.2"}' \
        '{"ociVersion":"1.0.2","process":{"cwd":"/","args":[]},"root":{"path":"x"}}' \
        '{"ociVersion":"1.0.2","process":{"cwd":"/","args":[1]},"root":{"path":"x"}}' \
        '{"ociVersion":"1.0.2","process":{"args":["true"]},"root":{"path":"x"}}' \
        '{"ociVersion":"1.0.2","process":{"cwd":"/","args":["true"]}}'; do
        echo "$bad" >bundle/config.json
        fails 125 "config.json" simulated run --bundle bundle a
    done
    echo '{"ociVersion":"1.0.2","process":{"cwd":"/","args":["true"]},"root":{"path":"nosuch"}}' >bundle/config.json
    fails 125 "nosuch: No such file or directory" simulated run --bundle bundle a
}
