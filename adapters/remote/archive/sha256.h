/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 of what comes in pieces: containerd names content by it. */
#ifndef C8D_REMOTE_SHA256_H
#define C8D_REMOTE_SHA256_H

#include <nettle/sha2.h>

/* "sha256:", 64 digits and a NUL. */
#define C8D__DIGEST_BYTES 72

/* Writes containerd's name of what has been added since sha256_init(), and begins anew. */
void c8d__sha256_name(struct sha256_ctx *sum, char out[C8D__DIGEST_BYTES]);

#endif
