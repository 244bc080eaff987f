/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of bytes, JSON strings and numbers. */
#include "lexing.h"
#include <string.h>

struct c8d_str c8d__between(const char *begin, const char *end)
{
    return (struct c8d_str){begin, (size_t)(end - begin)};
}

/* Nothing may be added to a pointer that there is not. */
const char *c8d__end(struct c8d_str text)
{
    return text.len > 0 ? text.ptr + text.len : text.ptr;
}

bool c8d__same_str(struct c8d_str a, struct c8d_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool c8d__is_text(struct c8d_str string, const char *text)
{
    return string.len == strlen(text) && memcmp(string.ptr, text, string.len) == 0;
}

bool c8d__begins_with(struct c8d_str string, const char *text)
{
    return string.len >= strlen(text) && memcmp(string.ptr, text, strlen(text)) == 0;
}

/* How many backslashes stand before a byte, back to `begin`. */
static size_t backslashes_before(const char *begin, const char *at)
{
    const char *p = at;

    while (p > begin && p[-1] == '\\')
        p--;
    return (size_t)(at - p);
}

/* Every level doubles the backslashes of the one within it and adds one for its quote. */
const char *c8d__quoted_end(const char *p, const char *pe, size_t backslashes)
{
    const char *from = p;

    while (from < pe) {
        const char *quote = memchr(from, '"', (size_t)(pe - from));
        size_t n;

        if (quote == NULL)
            return NULL;
        n = backslashes_before(p, quote);
        if (n < backslashes)
            return NULL;
        if ((n - backslashes) % (2 * (backslashes + 1)) == 0)
            return quote - backslashes;
        from = quote + 1;
    }
    return NULL;
}

/* One row for each sixteen bytes; those above 0x7f are none. */
static const unsigned char plain[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0x00 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0x10 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, /* - . */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, /* 0 to 9 */
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* A to O */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, /* P to Z, _ */
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* a to o */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, /* p to z */
};

#define BLOCK_BYTES 16
typedef unsigned char block __attribute__((vector_size(BLOCK_BYTES)));

/* Ids have 64 bytes, and every line has one or two: sixteen bytes at a time, each all ones where it is plain.
 */
static inline block plain_of(const char *text)
{
    block bytes;
    block lower;

    memcpy(&bytes, text, sizeof(bytes));
    lower = bytes | 0x20;
    return (block)(lower - 'a' < 26) | (block)(bytes - '0' < 10) | (block)(bytes == '-') |
           (block)(bytes == '.') | (block)(bytes == '_');
}

static bool is_all(block ones)
{
    uint64_t halves[2];

    memcpy(halves, &ones, sizeof(halves));
    return (halves[0] & halves[1]) == UINT64_MAX;
}

/* The last block overlaps the one before it. */
static bool is_plain_long(struct c8d_str string)
{
    block all = plain_of(string.ptr + string.len - BLOCK_BYTES);

    for (size_t i = 0; i + BLOCK_BYTES < string.len; i += BLOCK_BYTES)
        all &= plain_of(string.ptr + i);
    return is_all(all);
}

/* Without a way out in the middle: nearly all names are good. */
static bool is_plain_short(struct c8d_str string)
{
    unsigned char all = 1;

    for (size_t i = 0; i < string.len; i++)
        all &= plain[(unsigned char)string.ptr[i]];
    return all != 0;
}

bool c8d__is_name_text(struct c8d_str string)
{
    if (string.len == 0 || string.len > C8D_NAME_BYTES_MAX)
        return false;
    return string.len < BLOCK_BYTES ? is_plain_short(string) : is_plain_long(string);
}

/* How many bytes of a block are all ones before the first that is not. */
static inline size_t ones_in(block ones)
{
    uint64_t halves[2];

    memcpy(halves, &ones, sizeof(halves));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    halves[0] = __builtin_bswap64(halves[0]);
    halves[1] = __builtin_bswap64(halves[1]);
#endif
    if (halves[0] != UINT64_MAX)
        return (size_t)__builtin_ctzll(~halves[0]) / 8;
    return halves[1] != UINT64_MAX ? 8 + (size_t)__builtin_ctzll(~halves[1]) / 8 : BLOCK_BYTES;
}

const char *c8d__name_end(const char *p, const char *pe)
{
    while (pe - p >= BLOCK_BYTES) {
        size_t n = ones_in(plain_of(p));

        p += n;
        if (n < BLOCK_BYTES)
            return p;
    }
    while (p < pe && plain[(unsigned char)*p] != 0)
        p++;
    return p;
}

/* The first quote; NULL when there is none. It is near: the keys and values of an event are short words. */
static const char *next_quote(const char *p, const char *pe)
{
    block bytes;
    size_t n;

    if (pe - p < BLOCK_BYTES)
        return memchr(p, '"', (size_t)(pe - p));
    memcpy(&bytes, p, sizeof(bytes));
    n = ones_in((block)(bytes != '"'));
    return n < BLOCK_BYTES ? p + n : memchr(p + n, '"', (size_t)(pe - p) - n);
}

/* Mostly the first quote is the one. */
const char *c8d__string_end(const char *p, const char *pe)
{
    const char *quote = next_quote(p, pe);

    return quote == NULL || quote == p || quote[-1] != '\\' ? quote : c8d__quoted_end(p, pe, 0);
}

bool c8d__read_u64(struct c8d_str digits, uint64_t *out)
{
    uint64_t value = 0;

    if (digits.len == 0)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned digit = (unsigned)digits.ptr[i] - '0';

        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool c8d__read_i64(struct c8d_str digits, int64_t *out)
{
    bool negative = digits.len > 0 && digits.ptr[0] == '-';
    struct c8d_str magnitude = digits;
    uint64_t value;

    if (negative)
        magnitude = (struct c8d_str){digits.ptr + 1, digits.len - 1};
    if (!c8d__read_u64(magnitude, &value) || value > (uint64_t)INT64_MAX)
        return false;
    *out = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

bool c8d__read_u32(struct c8d_str digits, uint32_t *out)
{
    uint64_t value;

    if (!c8d__read_u64(digits, &value) || value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}
