#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the client costs on a real containerd, over each transport and in Go (golang-go and Debian's
# golang-github-containerd-containerd-dev; left out where they are not installed).
# Beside a containerd: tests/support/with-containerd.sh tests/bench/containerd.sh DIRECTORY-OF-PROGRAMS [LIVES]
set -eu

programs=$1
lives=${2:-50}
source=$(cd "$(dirname "$0")/go/lifecycle" && pwd)

go_client() {
    [ ! -x "$programs/lifecycle_go" ] || "$programs/lifecycle_go" "$@"
}

if command -v go >/dev/null && [ -d /usr/share/gocode/src/github.com/containerd/containerd ]; then
    (cd "$source" && GO111MODULE=off GOPATH=/usr/share/gocode go build -o "$programs/lifecycle_go" .)
fi

for transport in grpc nghttp2; do
    export C8D_TEST_TRANSPORT=$transport
    "$programs/version_bench"
    "$programs/lifecycle_bench" idle
    for flight in 1 4 16; do
        "$programs/lifecycle_bench" lives "$lives" "$flight"
    done
done
if [ -x "$programs/floor_bench" ]; then
    "$programs/floor_bench" idle
    "$programs/floor_bench" "$lives"
    "$programs/floor_bench" "$lives" poll
fi
go_client version 5000
go_client idle
for flight in 1 4 16; do
    go_client lives "$lives" "$flight"
done

"$programs/lifecycle_bench" make 1000
for transport in grpc nghttp2; do
    C8D_TEST_TRANSPORT=$transport "$programs/lifecycle_bench" restore
done
go_client restore
"$programs/lifecycle_bench" clear 1000
