#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Has Spin verify the liveness properties of one setting.
#
#   spin.sh VERIFIER        as made from what `explore --promela SETTING` writes
#
# A property holds when there is no run, fair to each channel, in which it does not. Two more are given that must not hold, since
# what they forbid is what the others begin with. Prints a line for each; exit status 0: all as it has to be.
set -uo pipefail

# Where it is, since it writes a trail of what it finds.
cd "$(dirname "$1")" || exit 2
readonly verifier=./${1##*/}
failed=0

# property NAME EXPECTED-ERRORS SENTENCE
property() {
    local said errors
    said=$("$verifier" -a -f -m2000000 -N "$1" 2>&1)
    errors=$(sed -n 's/.*errors: *\([0-9]*\).*/\1/p' <<<"$said")
    if [ "${errors:-none}" != "$2" ]; then
        echo "not ok $1: $3"
        grep -E 'live:|violated|cycle|error' <<<"$said"
        failed=1
    elif [ "$2" = 0 ] && grep -q 'max search depth too small\|out of memory\|Search not completed' <<<"$said"; then
        echo "not ok $1: the search was not complete"
        failed=1
    else
        echo "ok $1: $3, $(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1 states/p' <<<"$said"), $(
            sed -n 's/^ *\([0-9.e+]*\) transitions.*/\1 transitions/p' <<<"$said")"
    fi
}

property never_owed 1 "an end can be owed"
property never_waited 1 "a request can be waited for"
property end_is_told 0 "under fairness every start that was told is followed by its end, once that has come"
property wait_ends 0 "under fairness every request is completed"
exit "$failed"
