#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# c8d.exe under Wine: by itself, on a double of containerd behind a named pipe, and on the simulated HCS.

# shellcheck disable=SC2154,SC2030,SC2031

bats_require_minimum_version 1.5.0

: "${C8D:?the path of c8d.exe}"
: "${C8D_DOUBLE:?the path of containerd_double.exe}"
: "${C8D_HCS:?the path of the simulated vmcompute.dll}"
: "${C8D_MANIFEST:?the path of manifest.exe}"
WINE="$BATS_TEST_DIRNAME/../../tools/mingw/wine"
LOGS="$BATS_TEST_DIRNAME/../data/logs"
unset C8D_ADDRESS C8D_RUNTIME C8D_NAMESPACE CONTAINERD_ADDRESS CONTAINERD_NAMESPACE

setup() {
    cd "$BATS_TEST_TMPDIR" || return
}

# Whatever Wine starts in the background keeps its outputs open, so these are files.
c8d() {
    status=0
    timeout 60 "$WINE" "$C8D" "$@" >out 2>err 3>&- 8>&- || status=$?
}

# ends CODE ARGUMENT...
ends() {
    local code=$1

    shift
    c8d "$@" </dev/null
    [ "$status" -eq "$code" ] || {
        echo "c8d $*: $status instead of $code"
        cat out err
        return 1
    }
}

# fails CODE TEXT ARGUMENT...: with one line on standard error that has the text, and nothing on standard output.
fails() {
    local code=$1 text=$2

    shift 2
    ends "$code" "$@"
    [ ! -s out ]
    [ "$(wc -l <err)" -eq 1 ]
    grep -q "^c8d: " err
    grep -qF -- "$text" err
}

says() {
    printf '%s\n' "$@" | diff - out
}

# bundle NAME ARG...: a bundle of a Windows container.
bundle() {
    local name=$1

    shift
    mkdir -p "$name"
    jq -n '{ociVersion: "1.0.2", process: {cwd: "C:\\", args: $ARGS.positional, env: []},
        root: {path: "\\\\?\\Volume{66d1ef4c-7a00-11e6-8948-00155ddbef9d}\\"},
        windows: {layerFolders: ["C:\\layers\\base", "C:\\layers\\rw"]}}' --args -- "$@" >"$name/config.json"
}

# A double behind a pipe, as long as all tests: without a program of its own Wine would start anew for each command. It ends, with 0
# when nothing is left in it, when its input does.
setup_file() {
    local deadline=$((SECONDS + 60))

    export C8D_PIPE="\\\\.\\pipe\\containerd-c8d-command-$$"
    cd "$BATS_FILE_TMPDIR" || return
    mkfifo input
    "$WINE" "$C8D_DOUBLE" "$C8D_PIPE" default <input >double.out 2>&1 3>&- &
    double=$!
    exec 8>input
    until ends 0 --address "$C8D_PIPE" version; do
        ((SECONDS < deadline)) || return 1
    done
}

teardown_file() {
    exec 8>&-
    wait "$double"
}

@test "it tells its version and what it can do" {
    ends 0 --version
    grep -q '^c8d [0-9]' out
    ends 0 --help
    grep -q '^  replay ' out
    ends 0 run --help
    grep -qF '[io.containerd.runhcs.v1]' out
    grep -qF '\\.\pipe\containerd-containerd' out
}

@test "what is wrong is one line, and the code for it" {
    fails 2 "no subcommand"
    fails 2 "no such subcommand: 'nosuch'" nosuch
    fails 2 "no such machine: 'nosuch'" graph nosuch
    fails 2 "nosuch.log: No such file or directory" replay nosuch.log
    fails 2 "not on Windows" supervise
    fails 125 "no such runtime: 'nosuch'" run --runtime nosuch one
}

@test "a log is replayed with the bytes that Linux gives, from a file, compressed, and from standard input" {
    ends 0 replay --json "$LOGS/healthy.log"
    cmp out "$LOGS/healthy.expected.json"
    c8d replay --json - <"$LOGS/crlf.log"
    cmp out "$LOGS/crlf.expected.json"
    gzip -c "$LOGS/healthy.log" >'grün.gz'
    ends 0 replay --json 'grün.gz'
    cmp out "$LOGS/healthy.expected.json"
    ends 1 replay --json --html page.html "$LOGS/conflicting-exit.log"
    cmp out "$LOGS/conflicting-exit.expected.json"
    grep -q '</html>' page.html
    run ! grep -q $'\r' page.html
}

# Without its manifest the code page is one of 256 letters, here as on a Windows of the West.
@test "its manifest asks for UTF-8, and so a name may have any letters" {
    timeout 60 "$WINE" "$C8D_MANIFEST" "Z:$C8D" </dev/null >manifest 2>err 3>&- 8>&-
    grep -q '<activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>' manifest
    cp "$LOGS/healthy.log" 'журнал 記録.log'
    ends 0 replay --json 'журнал 記録.log'
    cmp out "$LOGS/healthy.expected.json"
    fails 2 'нет.log: No such file or directory' replay 'нет.log'
}

@test "a machine is drawn, a world is simulated, two logs are compared, one is shrunk" {
    ends 0 graph process
    [ "$(head -n 1 out)" = "digraph c8d {" ]
    grep -q -- ' -> ' out
    run ! grep -q $'\r' out
    ends 0 sim --seed 1 --steps 200
    ends 0 diff "$LOGS/healthy.log" "$LOGS/healthy.log"
    ends 0 shrink -o short.log "$LOGS/conflicting-exit.log"
    ends 1 replay short.log
    [ "$(wc -l <short.log)" -lt "$(wc -l <"$LOGS/conflicting-exit.log")" ]
}

@test "what happens is recorded, nobody's recording is overwritten, and it is replayed" {
    ends 7 --runtime simulated run --rm --record life.c8d one sh -c 'echo hello; exit 7'
    says hello
    fails 125 "File exists" --runtime simulated run --rm --record life.c8d one true
    ends 0 replay --json life.c8d
    grep -q '"exit_code":7' out
}

@test "containers run behind a named pipe, from their start to their deletion" {
    bundle short sh -c 'echo hello; echo no >&2; exit 7'
    bundle long sh -c 'echo ready; sleep 600'
    bundle reads cat
    export C8D_ADDRESS=$C8D_PIPE
    ends 7 run --rm --bundle short one
    says hello
    [ "$(cat err)" = no ]
    echo typed >typed
    c8d run --rm -i --bundle reads one <typed
    [ "$status" -eq 0 ]
    says typed
    ends 0 run -d --bundle long two
    ends 3 exec two sh -c 'echo in; exit 3'
    says in
    ends 0 state --json two
    [ "$(jq -r '.state + " " + .runtime' out)" = "running io.containerd.runhcs.v1" ]
    ends 0 kill -s KILL two
    ends 137 wait two
    ends 0 delete two
    fails 2 "not found" kill two
}

@test "without an address the Host Compute Service is the runtime, with one containerd is" {
    export C8D_VMCOMPUTE=$C8D_HCS
    bundle short sh -c 'echo hello; exit 7'
    ends 0 version
    grep -q 'HCS' out
    ends 7 run --rm --runtime local --bundle short one
    says hello
    fails 125 "Linux container" run --rm --runtime local --rootfs . one
    fails 2 "nosuch" --address '\\.\pipe\nosuch' --timeout 1 version
}

@test "what an owner has left in the Host Compute Service is listed and deleted for that owner alone" {
    export C8D_VMCOMPUTE=$C8D_HCS C8D_HCS_LEFT_OF=mine C8D_RUNTIME=local
    ends 0 ps
    run ! grep -q '^left ' out
    ends 0 --owner other ps
    run ! grep -q '^left ' out
    ends 0 --owner mine ps
    grep -q '^left ' out
    fails 2 'belongs to "mine"' --owner other delete left
    fails 2 'belongs to "mine"' state left
    C8D_OWNER=mine ends 0 delete left
    fails 2 "out of range" --owner "$(printf '%080d' 0)" ps
}
