# SPDX-License-Identifier: Apache-2.0
# Help, pages, completion and pictures.

load helpers

MACHINES="container task process connection query launch response supervisor stop replace stdin wish compute_system hcs_process"

subcommands() {
    c8d --help | awk '/^Subcommands:/ { list = 1; next } list && /^  [a-z]/ { print $1 }'
}

@test "the help has a line for each subcommand" {
    c8d --help | awk '/^Subcommands:/ { list = 1; next } list && /^$/ { exit } list' >"$BATS_TEST_TMPDIR/list"
    run ! grep -vE '^  [a-z]+ +[A-Z]' "$BATS_TEST_TMPDIR/list"
}

@test "every subcommand has help, a page and completion" {
    local name tools="$BATS_TEST_DIRNAME/../../tools"

    [ "$(subcommands | wc -l)" -ge 20 ]
    for name in $(subcommands); do
        run --separate-stderr c8d "$name" --help
        [ "$status" -eq 0 ]
        [[ ${lines[0]} == "Usage: c8d $name "* ]]
        [ -z "$stderr" ]
        [ -s "$tools/man/c8d-$name.1" ]
        grep -q "Xr c8d-$name 1" "$tools/man/c8d.1"
        grep -qw "$name" "$tools/completion/c8d.bash"
        grep -qw "$name" "$tools/completion/_c8d"
        grep -qw "$name" "$tools/completion/c8d.fish"
    done
}

# help_of SUBCOMMAND: its options, one a line; what reads from a server has a help of its own.
help_of() {
    c8d "$@" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z][a-z-]+' | grep -oE -- '--.*'
    if [[ ${1-} == replay ]]; then
        c8d replay nats://host --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z][a-z-]+' | grep -oE -- '--.*'
    fi
}

# Options of the help, one a line, without those that all share.
options() {
    help_of "$1" | sort -u | grep -vxF "$(help_of version)"
}

@test "pages and completion know every option" {
    local name option tools="$BATS_TEST_DIRNAME/../../tools"

    for name in $(subcommands); do
        for option in $(options "$name"); do
            grep -qF -- "\\-${option#--}" "$tools/man/c8d-$name.1" || shown "c8d-$name.1 lacks $option"
            grep -qF -- "$option" "$tools/completion/c8d.bash" || shown "c8d.bash lacks $option"
            grep -qF -- "$option" "$tools/completion/_c8d" || shown "_c8d lacks $option"
            grep -qF -- "-l ${option#--}" "$tools/completion/c8d.fish" || shown "c8d.fish lacks $option"
        done
    done
}

@test "bash completes the options of the help, and no others" {
    local name nats=none

    # A command without NATS has completions none the less.
    c8d record --help | grep -q -- --host || nats='--(host|stream|subject|partitions|nats-.*|durable|worker)'
    for name in "" $(subcommands); do
        # shellcheck disable=SC2086 # none is no word
        diff <(help_of $name | sort -u) <(completed $name -- | grep -vxE -- "$nats" | sort -u) || shown "differs: c8d $name"
    done
}

@test "pages name no option that is in no help" {
    local name page

    for name in $(subcommands); do
        help_of "$name"
    done | sort -u >"$BATS_TEST_TMPDIR/options"
    for page in "$BATS_TEST_DIRNAME"/../../tools/man/c8d-*.1; do
        run ! grep -vxF -f "$BATS_TEST_TMPDIR/options" \
            <(grep -E '^\.(It|Op) ' "$page" | grep -oE 'Fl \\-[a-z][a-z-]+' | sed 's/^Fl \\-/--/')
    done
}

@test "pages are well-formed" {
    local page

    for page in "$BATS_TEST_DIRNAME"/../../tools/man/*.1; do
        run -0 groff -mdoc -ww -z -Tutf8 "$page"
        [ -z "$output" ]
    done
}

# completed WORD...: what bash would offer for the last word.
completed() {
    bash -c 'source "$1"; shift; COMP_WORDS=(c8d "$@"); COMP_CWORD=$#; _c8d; printf "%s\n" "${COMPREPLY[@]}"' \
        - "$BATS_TEST_DIRNAME/../../tools/completion/c8d.bash" "$@"
}

@test "bash completes subcommands, options and values" {
    [ "$(completed ver)" = version ]
    [ "$(completed --json re | paste -sd' ')" = "resume record replay" ]
    [ "$(completed --runtime s)" = simulated ]
    [ "$(completed run --roo)" = --rootfs ]
    [ "$(completed -n ns kill -s US | paste -sd' ')" = "USR1 USR2" ]
    [ "$(completed graph pro)" = process ]
    [ "$(completed graph --format d)" = dot ]
    [ "$(completed replay --format ct)" = ctr ]
}

@test "graph draws what graphviz understands" {
    local machine

    for machine in "" $MACHINES; do
        # shellcheck disable=SC2086
        c8d graph $machine >"$BATS_TEST_TMPDIR/dot"
        dot -Tsvg -o "$BATS_TEST_TMPDIR/svg" "$BATS_TEST_TMPDIR/dot"
        grep -q "</svg>" "$BATS_TEST_TMPDIR/svg"
    done
    run c8d graph process --format svg --no-self
    [ "$status" -eq 0 ]
    [[ $output == *"STARTING_SEEN"*"</svg>"* ]]
}

@test "graph shows arrows, symbols and effects of the machine" {
    run c8d graph container
    grep -qE 'container_0 -> container_3 \[label="CREATE / create' <<<"$output"
    grep -qE 'container_1 -> container_1 ' <<<"$output"
    run c8d graph container --no-self
    grep -qE 'container_0 -> container_3 ' <<<"$output"
    run ! grep -qE 'container_([0-9]+) -> container_\1 ' <<<"$output"
}

@test "graph tells its arrows as JSON" {
    local machine

    for machine in $MACHINES; do
        c8d graph --json "$machine" >"$BATS_TEST_TMPDIR/json"
        jq -se --arg machine "$machine" 'length > 0 and all(.[]; .machine == $machine)' "$BATS_TEST_TMPDIR/json"
        c8d graph --help | tr -s '\n ' ' ' | grep -qF -- "$machine"
    done
    c8d graph --json container | jq -se 'any(.[]; .from == "ABSENT" and .symbol == "CREATE" and .to == "CREATING" and (.effects | length > 0))'
    run ! jq -e 'select(.from == .to)' <(c8d graph --json --no-self)
    # As many as the picture has.
    [ "$(c8d graph --json process | jq -r '"\(.from) \(.to)"' | sort -u | wc -l)" -eq "$(c8d graph process | grep -c -- '->')" ]
}

@test "svg without graphviz is one clear line" {
    fails 2 "graphviz" env PATH=/nosuch "$C8D" graph --format svg
}
