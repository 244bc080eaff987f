#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Stands for runc where CRIU does not work: what it is asked is written to the file "calls" beside it. A checkpoint writes a file
# into the image directory, and what is in "dump" beside it, and ends the container if it is to; a restore needs that file, copies
# the directory to "restored", and then starts the container afresh. Everything else is runc's.
set -eu

here=$(dirname "$0")
echo "$*" >>"$here/calls"

# The value that follows an option among the arguments; empty when it is not there.
value_of() {
    wanted=$1
    shift
    while [ $# -gt 1 ]; do
        [ "$1" != "$wanted" ] || {
            echo "$2"
            return
        }
        shift
    done
}

last() {
    for word in "$@"; do :; done
    echo "$word"
}

case " $* " in
*" checkpoint "*)
    images=$(value_of --image-path "$@")
    mkdir -p "$images"
    echo image >"$images/inventory.img"
    [ ! -d "$here/dump" ] || cp -R "$here/dump/." "$images"
    case " $* " in
    *" --leave-running "*) ;;
    *) runc --root "$(value_of --root "$@")" kill "$(last "$@")" KILL ;;
    esac
    ;;
*" restore "*)
    images=$(value_of --image-path "$@")
    [ -e "$images/inventory.img" ] || {
        echo "no image" >&2
        exit 1
    }
    cp -R "$images" "$here/restored"
    exec runc --root "$(value_of --root "$@")" --log "$(value_of --log "$@")" --log-format json run --detach \
        --bundle "$(value_of --bundle "$@")" --pid-file "$(value_of --pid-file "$@")" "$(last "$@")"
    ;;
*) exec runc "$@" ;;
esac
