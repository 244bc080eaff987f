/* SPDX-License-Identifier: Apache-2.0 */
#include "sha256.h"
#include <string.h>

#define WORDS 64
#define LENGTH_BYTES 8

/* The fractions of the cube roots of the first 64 primes. */
static const uint32_t rounds[WORDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t word, unsigned by)
{
    return word >> by | word << (32 - by);
}

static void expand(const unsigned char *block, uint32_t words[WORDS])
{
    for (size_t i = 0; i < 16; i++)
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
                   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (unsigned i = 16; i < WORDS; i++) {
        uint32_t low = turn(words[i - 15], 7) ^ turn(words[i - 15], 18) ^ words[i - 15] >> 3;
        uint32_t high = turn(words[i - 2], 17) ^ turn(words[i - 2], 19) ^ words[i - 2] >> 10;

        words[i] = words[i - 16] + low + words[i - 7] + high;
    }
}

static void take_block(uint32_t state[8], const unsigned char *block)
{
    uint32_t words[WORDS];
    uint32_t v[8];

    expand(block, words);
    memcpy(v, state, sizeof(v));
    for (unsigned i = 0; i < WORDS; i++) {
        uint32_t high = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25);
        uint32_t low = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22);
        uint32_t one = v[7] + high + ((v[4] & v[5]) ^ (~v[4] & v[6])) + rounds[i] + words[i];
        uint32_t two = low + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

        memmove(v + 1, v, 7 * sizeof(v[0]));
        v[4] += one;
        v[0] = one + two;
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += v[i];
}

void c8d__sha256_init(struct c8d__sha256 *sum)
{
    *sum = (struct c8d__sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                          0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void c8d__sha256_add(struct c8d__sha256 *sum, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    while (size > 0) {
        size_t used = sum->bytes % C8D__SHA256_BLOCK;
        size_t n = C8D__SHA256_BLOCK - used < size ? C8D__SHA256_BLOCK - used : size;

        memcpy(sum->block + used, at, n);
        sum->bytes += n;
        at += n;
        size -= n;
        if (used + n == C8D__SHA256_BLOCK)
            take_block(sum->state, sum->block);
    }
}

/* A one bit, zeros, and the number of bits at the end of a block. */
static void pad(struct c8d__sha256 *sum)
{
    static const unsigned char padding[C8D__SHA256_BLOCK] = {0x80};
    unsigned char length[LENGTH_BYTES];
    size_t used = sum->bytes % C8D__SHA256_BLOCK;
    size_t room = C8D__SHA256_BLOCK - LENGTH_BYTES;

    for (unsigned i = 0; i < LENGTH_BYTES; i++)
        length[i] = (unsigned char)(sum->bytes * 8 >> 8 * (LENGTH_BYTES - 1 - i));
    c8d__sha256_add(sum, padding, used < room ? room - used : room + C8D__SHA256_BLOCK - used);
    c8d__sha256_add(sum, length, sizeof(length));
}

void c8d__sha256_name(struct c8d__sha256 *sum, char out[C8D__DIGEST_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    char *at = out;

    pad(sum);
    memcpy(at, "sha256:", 7);
    at += 7;
    for (unsigned i = 0; i < 64; i++)
        *at++ = digits[sum->state[i / 8] >> 4 * (7 - i % 8) & 15];
    *at = '\0';
}
