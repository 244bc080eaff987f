# SPDX-License-Identifier: Apache-2.0
# bash completion of c8d.
# shellcheck shell=bash

# The words after the program, up to the one being completed, without options and their values.
_c8d_plain_words() {
    local word skip=

    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ -n $skip ]]; then
            skip=
        elif [[ " $(_c8d_valued) " == *" $word "* ]]; then
            skip=1
        elif [[ $word != -* ]]; then
            printf '%s\n' "$word"
        fi
    done
}

# The options that a value follows, those of one subcommand a line.
_c8d_valued() {
    printf '%s ' --address -n --namespace --timeout --runtime --transport --owner \
        --rootfs --bundle -e --env -w --workdir --memory --snapshot --label --shim --runc --record \
        --restore-from --exec-id -u --user --detach-keys \
        -s --signal \
        --interval \
        --resources --memory-swap --cpu-shares --cpu-period --cpu-quota --cpuset-cpus --cpuset-mems --pids-limit \
        --count \
        -o --output --sync --rotate-size --keep \
        --host --stream --subject --partitions --nats-creds --nats-ca --durable --worker \
        --format --container --html --svg --since --until --state-at --explain --jobs --anomaly \
        --seed --steps --containers --faults --runs --only \
        --directory --config --containerd --root --state --metrics --log-level --oom-score
}

_c8d_options() {
    local making='--rootfs --bundle --snapshot --env --workdir --memory --label --shim --runc --systemd-cgroup'

    printf '%s' '--address --namespace --timeout --json --verbose --runtime --transport --owner --help '
    case $1 in
    '') printf '%s' '--version' ;;
    run) printf '%s' '--rm --detach --interactive --terminal --detach-keys --record --restore-from --content-store ' "$making" ;;
    start) printf '%s' '--attach --interactive --terminal --detach-keys --restore-from --content-store' ;;
    attach) printf '%s' '--no-stdin --detach-keys' ;;
    create) printf '%s' "$making" ;;
    exec) printf '%s' '--interactive --terminal --detach-keys --env --workdir --exec-id --user' ;;
    kill) printf '%s' '--signal' ;;
    checkpoint) printf '%s' '--exit --content-store' ;;
    delete) printf '%s' '--force' ;;
    stats) printf '%s' '--follow --interval' ;;
    update)
        printf '%s' '--resources --memory --memory-swap --cpu-shares --cpu-period --cpu-quota --cpuset-cpus --cpuset-mems' \
            ' --pids-limit'
        ;;
    events) printf '%s' '--follow --count' ;;
    record)
        printf '%s' '--output --append --force --sync --rotate-size --keep --count' \
            ' --host --stream --subject --partitions --nats-creds --nats-ca'
        ;;
    replay)
        printf '%s' '--format --container --strict --html --svg --timeline --since --until --state-at --explain' \
            ' --follow --jobs --output --durable --worker --stream --subject --partitions --nats-creds --nats-ca'
        ;;
    diff) printf '%s' '--format --no-execs' ;;
    shrink) printf '%s' '--format --anomaly --output --force' ;;
    sim) printf '%s' '--seed --steps --containers --faults --runs --only --output' ;;
    graph) printf '%s' '--format --no-self' ;;
    check) printf '%s' '--rootfs' ;;
    supervise)
        printf '%s' '--directory --config --containerd --root --state --metrics --log-level --oom-score --leave --stop'
        ;;
    esac
}

# The runtime options given so far count for the question which containers there are.
_c8d_containers() {
    local i words=()

    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --address | -n | --namespace | --runtime | --transport | --owner) words+=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}") ;;
        esac
    done
    c8d "${words[@]}" --timeout 1 ps 2>/dev/null | awk 'NR > 1 { print $1 }'
}

_c8d_value() {
    case $1 in
    --address | --record | --resources | --runc | -o | --output | --html | --svg | --nats-creds | --nats-ca) compgen -f -- "$2" ;;
    --rootfs | --bundle | --restore-from) compgen -d -- "$2" ;;
    --runtime) compgen -W 'auto local remote simulated' -- "$2" ;;
    --transport) compgen -W 'auto grpc nghttp2' -- "$2" ;;
    -s | --signal) compgen -W 'TERM KILL INT HUP QUIT USR1 USR2 STOP CONT' -- "$2" ;;
    --format) compgen -W "$([[ $3 == graph ]] && echo 'dot svg' || echo 'auto ctr nerdctl docker podman crictl containerd c8d')" -- "$2" ;;
    --sync) compgen -W 'never interval frame' -- "$2" ;;
    --container) compgen -W "$(_c8d_containers)" -- "$2" ;;
    esac
}

_c8d_argument() {
    case $1 in
    '') compgen -W 'run exec create start attach kill pause resume checkpoint wait delete ps state stats pids update events record replay diff shrink sim graph
        supervise check version' -- "$2" ;;
    exec | start | attach | kill | pause | resume | checkpoint | wait | delete | state | stats | pids | update) compgen -W "$(_c8d_containers)" -- "$2" ;;
    replay | diff | shrink) compgen -f -- "$2" ;;
    graph) compgen -W 'container task process connection query launch response supervisor stop replace stdin wish compute_system hcs_process' -- "$2" ;;
    esac
}

_c8d() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} plain

    mapfile -t plain < <(_c8d_plain_words)
    COMPREPLY=()
    if [[ " $(_c8d_valued) " == *" $previous "* ]]; then
        mapfile -t COMPREPLY < <(_c8d_value "$previous" "$current" "${plain[0]}")
    elif [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_c8d_options "${plain[0]}")" -- "$current")
    elif [[ ${plain[0]} == exec && ${#plain[@]} -gt 1 ]]; then
        return
    else
        mapfile -t COMPREPLY < <(_c8d_argument "${plain[0]}" "$current")
    fi
}

complete -o filenames -o bashdefault -F _c8d c8d
