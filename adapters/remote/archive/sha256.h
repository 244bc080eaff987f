/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4) of what comes in pieces: containerd names content by it. */
#ifndef C8D_REMOTE_SHA256_H
#define C8D_REMOTE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define C8D__SHA256_BLOCK 64
/* "sha256:", 64 digits and a NUL. */
#define C8D__DIGEST_BYTES 72

struct c8d__sha256 {
    uint32_t state[8];
    uint64_t bytes; /* so far */
    unsigned char block[C8D__SHA256_BLOCK];
};

void c8d__sha256_init(struct c8d__sha256 *sum);
void c8d__sha256_add(struct c8d__sha256 *sum, const void *bytes, size_t size);
/* Writes containerd's name of it. The sum is used up. */
void c8d__sha256_name(struct c8d__sha256 *sum, char out[C8D__DIGEST_BYTES]);

#endif
