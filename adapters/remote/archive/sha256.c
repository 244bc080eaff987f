/* SPDX-License-Identifier: Apache-2.0 */
#include "sha256.h"
#include <nettle/base16.h>
#include <string.h>

#define PREFIX "sha256:"

void c8d__sha256_name(struct sha256_ctx *sum, char out[C8D__DIGEST_BYTES])
{
    unsigned char digest[SHA256_DIGEST_SIZE];

    sha256_digest(sum, sizeof(digest), digest);
    memcpy(out, PREFIX, strlen(PREFIX));
    base16_encode_update(out + strlen(PREFIX), sizeof(digest), digest);
    out[C8D__DIGEST_BYTES - 1] = '\0';
}
