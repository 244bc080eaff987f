#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the demo on the containerd beside it: with-containerd.sh demo.sh PROGRAM RECORDING
set -eu
exec "$1" "$2" "$C8D_TEST_ADDRESS" "$C8D_TEST_NAMESPACE" "$C8D_TEST_METRICS" "$C8D_TEST_ROOTFS" "$C8D_TEST_CONTAINERD" \
    "$C8D_TEST_DIR"
