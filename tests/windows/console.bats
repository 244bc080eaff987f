#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# c8d.exe on a console, which Wine makes of a terminal. Whatever is typed goes through Wine's own console; of Ctrl-C it makes an event
# in every mode, so that a Ctrl-C that is passed on as a byte is not to be had here. The streams of processes are pipes of the whole
# machine: its containers have names of their own.

bats_require_minimum_version 1.5.0

: "${C8D:?the path of c8d.exe}"
: "${C8D_DOUBLE:?the path of containerd_double.exe}"
: "${C8D_CONSOLE:?the path of console.exe}"
WINE="$BATS_TEST_DIRNAME/../../tools/mingw/wine"
unset C8D_ADDRESS C8D_RUNTIME C8D_NAMESPACE CONTAINERD_ADDRESS CONTAINERD_NAMESPACE

# A double behind a pipe, as long as all tests; what it is told of sizes is in double.out.
setup_file() {
    local deadline=$((SECONDS + 60))

    export C8D_PIPE="\\\\.\\pipe\\containerd-c8d-console-$$"
    cd "$BATS_FILE_TMPDIR" || return
    mkfifo input
    "$WINE" "$C8D_DOUBLE" "$C8D_PIPE" default <input >double.out 2>&1 3>&- &
    double=$!
    exec 8>input
    until timeout 60 "$WINE" "$C8D" --address "$C8D_PIPE" version </dev/null >out 2>&1 3>&- 8>&-; do
        ((SECONDS < deadline)) || return 1
    done
}

teardown_file() {
    exec 8>&-
    wait "$double"
}

setup() {
    export C8D_ADDRESS=$C8D_PIPE
    cd "$BATS_TEST_TMPDIR" || return
    bundle 'echo ready; cat'
}

# bundle SCRIPT: a Windows container that runs it.
bundle() {
    mkdir -p bundle
    jq -n '{ociVersion: "1.0.2", process: {cwd: "C:\\", args: (["sh", "-c"] + $ARGS.positional), env: []},
        root: {path: "\\\\?\\Volume{66d1ef4c-7a00-11e6-8948-00155ddbef9d}\\"},
        windows: {layerFolders: ["C:\\layers\\base", "C:\\layers\\rw"]}}' --args -- "$1" >bundle/config.json
}

c8d() {
    timeout 60 "$WINE" "$C8D" "$@" </dev/null 3>&- 8>&-
}

# at_console CODE STEP... -- ARGUMENT...: c8d with somebody at its console; what the console was like is in "report".
at_console() {
    local code=$1 status=0 steps=()

    shift
    while [[ $1 != -- ]]; do
        steps+=("$1")
        shift
    done
    shift
    timeout 90 "$BATS_TEST_DIRNAME/../cli/terminal.py" "${steps[@]}" -- "$WINE" "$C8D_CONSOLE" report "$C8D" "$@" \
        >out 2>err 3>&- 8>&- || status=$?
    [ "$status" -eq "$code" ] || {
        echo "c8d $*: $status instead of $code"
        cat out err report
        return 1
    }
}

console_was() {
    printf '%s\n' "$@" | diff - report
}

@test "run -it has the console in raw mode, passes keys on as bytes, and puts it back" {
    at_console 0 expect:ready raw 'send:a\x02b' 'expect:a\x02b' 'send:\x10\x11' -- run -it --bundle bundle keys
    console_was cooked raw cooked
    c8d delete -f keys
}

@test "without a terminal of its own it leaves the console as it is, and passes Ctrl-C on as the signal" {
    bundle 'echo ready; sleep 600'
    at_console 130 expect:ready 'send:\x03' -- run --rm --bundle bundle signal
    console_was cooked
}

@test "a process gets the size of the console, at the start and in an exec" {
    at_console 0 size:101x37 expect:ready raw 'send:\x10\x11' -- run -it --bundle bundle size
    grep -q 'resized size 101 37' "$BATS_FILE_TMPDIR/double.out"
    at_console 0 size:88x21 expect:ready raw 'send:\x10\x11' -- exec -it size sh -c 'echo ready; cat'
    grep -q 'resized size 88 21' "$BATS_FILE_TMPDIR/double.out"
    console_was cooked raw cooked
    c8d delete -f size
}

@test "the console is put back when the process ends" {
    local deadline=$((SECONDS + 60))

    at_console 137 expect:ready raw -- run -it --bundle bundle end &
    until c8d kill -s KILL end; do
        ((SECONDS < deadline)) || return 1
    done
    wait $!
    console_was cooked raw cooked
    c8d delete -f end
}
